// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/aztec/JobSnapshot.h"

#include <QAbstractTableModel>

namespace proverdeck::ui {

/// The jobs of an analysis, of one epoch and type if so wanted, in the order in which they were
/// seen.
class JobTableModel : public QAbstractTableModel, public SnapshotModel
{
    Q_OBJECT

public:
    enum Column {
        Type,
        State,
        Epoch,
        Enqueued,
        Started,
        Completed,
        Wait,
        Work,
        Attempts,
        Retries,
        TimeOuts,
        Agent,
        Id,
        ColumnCount
    };
    enum Role { JobRole = Qt::UserRole + 1, SortRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setResult(const AztecResultPtr &result);
    /// @p epoch none: all; @p type empty: all.
    void setFilter(std::optional<qint64> epoch, const QString &type);
    /// Row of a job; −1 if it is filtered away.
    [[nodiscard]] int rowOf(quint32 job) const;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    [[nodiscard]] std::shared_ptr<const models::tables::ColumnSource> snapshot() const override
    {
        return m_shown;
    }

private:
    void rebuild();

    AztecResultPtr m_result;
    std::shared_ptr<const JobSnapshot> m_shown
        = std::make_shared<JobSnapshot>(AztecResultPtr(), std::vector<quint32>());
    std::optional<qint64> m_epoch;
    QString m_type;
};

} // namespace proverdeck::ui

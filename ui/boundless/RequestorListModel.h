// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QStringList>

namespace proverdeck::ui {

/// A list of requestors' addresses, each with a remark if something is wrong with it.
class RequestorListModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Address, Remark, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    /// @p others are addresses with which an entry conflicts, and @p conflict is what is then said.
    void setAddresses(const QStringList &addresses, const QStringList &others,
                      const QString &conflict);
    [[nodiscard]] const QStringList &addresses() const { return m_addresses; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString remarkOn(int row) const;

    QStringList m_addresses;
    QStringList m_others;
    QString m_conflict;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/report/BundleEntry.h"

#include <QAbstractTableModel>
#include <QSet>

namespace proverdeck::ui {

/// The files of a support bundle; each can be left out by its tick.
class BundleFileModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { File, Size, Masked, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    /// Files that were left out before stay so.
    void setEntries(const QList<models::report::BundleEntry> &entries);
    [[nodiscard]] const QList<models::report::BundleEntry> &entries() const { return m_entries; }
    [[nodiscard]] QStringList leftOut() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    QList<models::report::BundleEntry> m_entries;
    QSet<QString> m_leftOut; ///< names
};

/// What is masked in one of the files.
class BundleRedactionModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Line, What, Text, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setRedactions(const QList<models::report::BundleRedaction> &redactions);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    QList<models::report::BundleRedaction> m_redactions;
};

/// "12.3 MiB", "845 bytes"
[[nodiscard]] QString sizeText(qint64 bytes);

} // namespace proverdeck::ui

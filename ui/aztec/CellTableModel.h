// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QIcon>

namespace proverdeck::ui {

/// One cell of a table of texts and numbers.
struct TableCell
{
    QString text;
    QVariant sort; ///< what it sorts by; unset: its text
    QString why; ///< tool tip: why there is no value, or more about it
    bool isNumber = false;
    QIcon icon;

    [[nodiscard]] static TableCell number(std::optional<double> value, const QString &text,
                                          const QString &why = {});
    [[nodiscard]] static TableCell count(std::optional<int> value, const QString &why = {});
};

/// Rows that were computed elsewhere, as they are. A row has a key that stays the same when the
/// table is computed anew.
class CellTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Role { SortRole = Qt::UserRole + 1, KeyRole };
    struct Row
    {
        QVariant key;
        QList<TableCell> cells;
    };

    explicit CellTableModel(const QStringList &titles, QObject *parent = nullptr);

    void setRows(const QList<Row> &rows);
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    QStringList m_titles;
    QList<Row> m_rows;
};

} // namespace proverdeck::ui

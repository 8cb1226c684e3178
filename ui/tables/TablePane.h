// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/tables/TableColumn.h"

#include <QWidget>

class QAbstractItemModel;
class QLabel;
class QTimer;
class QToolButton;

namespace proverdeck::ui {

class OrderModel;
class TableView;

/// A table with its filters and what is below it: how many rows are shown of how many, the totals
/// of those, and the buttons for filters and columns. Every table of the program is one.
class TablePane : public QWidget
{
    Q_OBJECT

public:
    /// @p name is the object name of the view and that of what is remembered; @p title is for those
    /// who do not see it.
    TablePane(const QString &name, const QString &title, TableColumns columns, int sortRole,
              QAbstractItemModel *source, QWidget *parent = nullptr);
    ~TablePane() override;

    [[nodiscard]] TableView &view() const { return *m_view; }
    [[nodiscard]] OrderModel &order() const { return *m_order; }
    void setEmptyText(const QString &text);
    /// Arranges the table as somebody left it, and keeps how they arrange it from now on. @p memory
    /// outlives the pane.
    void setMemory(TableMemory *memory);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void showState();
    void showTotals();
    [[nodiscard]] QString totalsText() const;
    [[nodiscard]] QByteArray state() const;
    void restore(const QByteArray &state);
    void keep();

    OrderModel *m_order = nullptr;
    TableView *m_view = nullptr;
    QLabel *m_count = nullptr;
    QLabel *m_totals = nullptr;
    QToolButton *m_filter = nullptr;
    QToolButton *m_clear = nullptr;
    TableMemory *m_memory = nullptr;
    QTimer *m_keepLater = nullptr;
    QString m_said; ///< what became of copying
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/tables/TableText.h"

#include <QSet>
#include <QTableView>

class QMenu;

namespace proverdeck::ui {

class OrderModel;
class TableHeader;

/// The rows of an OrderModel. Ctrl+F filters the column that has the keyboard, Ctrl+C copies the
/// selected rows, the menu key and the right button offer the rest.
class TableView : public QTableView
{
    Q_OBJECT

public:
    explicit TableView(OrderModel &model, QWidget *parent = nullptr);

    [[nodiscard]] OrderModel &order() const { return m_model; }
    [[nodiscard]] TableHeader &header() const { return *m_header; }
    /// What is shown where there is no row at all.
    void setEmptyText(const QString &text) { m_emptyText = text; }
    /// Actions of the page that come first in the menu of a row.
    void setRowActions(const QList<QAction *> &actions) { m_rowActions = actions; }

    /// The selected rows, or all that are shown if none is, with the columns as they are arranged.
    /// A long table takes some turns of the event loop.
    void copyRows(models::tables::TextForm form);
    /// Which columns are shown.
    [[nodiscard]] QMenu *makeColumnMenu();
    /// As wide as what they show now, except those that somebody has set.
    void fitColumns();
    [[nodiscard]] bool isWidthChosen(int column) const { return m_chosenWidths.contains(column); }
    void setWidthChosen(int column) { m_chosenWidths.insert(column); }

    void setModel(QAbstractItemModel *model) override;

signals:
    void arranged(); ///< somebody moved, hid, resized or sorted columns
    void said(const QString &text); ///< what became of copying

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    class Copying;

    void showHeaderMenu(const QPoint &at);
    [[nodiscard]] QMenu *makeMenu();
    [[nodiscard]] models::tables::RowOrder rowsToCopy() const;

    OrderModel &m_model;
    TableHeader *m_header = nullptr;
    QString m_emptyText;
    QList<QAction *> m_rowActions;
    QSet<int> m_chosenWidths;
    QSet<int> m_fitted;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

#include <vector>

class QLineEdit;

namespace proverdeck::ui {

class OrderModel;

/// The titles of a table's columns, with a line to type into below each. A click sorts, with Shift
/// or Ctrl by one more column. Escape empties a line, and once more goes back to the table.
class TableHeader : public QHeaderView
{
    Q_OBJECT

public:
    TableHeader(OrderModel &model, QWidget *parent);

    void setFiltersVisible(bool visible);
    [[nodiscard]] bool areFiltersVisible() const { return m_areFiltersVisible; }
    /// Shows the lines and begins to type in that of @p column.
    void editFilter(int column);

    [[nodiscard]] QSize sizeHint() const override;

signals:
    void filtersShown(bool visible);
    void tableWanted(); ///< the keyboard goes back to the rows

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void updateGeometries() override;
    [[nodiscard]] QSize sectionSizeFromContents(int section) const override;

private:
    void makeEditors();
    void placeEditors();
    void showFilters();
    [[nodiscard]] int editorHeight() const;

    OrderModel &m_model;
    std::vector<QLineEdit *> m_editors; ///< by column
    bool m_areFiltersVisible = false;
};

} // namespace proverdeck::ui

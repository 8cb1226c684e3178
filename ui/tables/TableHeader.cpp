// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tables/TableHeader.h"

#include "ui/tables/OrderModel.h"

#include <QGuiApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QScrollBar>
#include <QTextDocument>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

QString placeholderOf(models::tables::ValueKind kind)
{
    using models::tables::ValueKind;
    switch (kind) {
    case ValueKind::Text:
        return TableHeader::tr("filter");
    case ValueKind::Number:
        return TableHeader::tr("> 5");
    case ValueKind::Duration:
        return TableHeader::tr("> 5 s");
    case ValueKind::Time:
        break;
    }
    return TableHeader::tr("> 2026-11-21");
}

} // namespace

TableHeader::TableHeader(OrderModel &model, QWidget *parent)
    : QHeaderView(Qt::Horizontal, parent)
    , m_model(model)
{
    setSectionsClickable(true);
    setSectionsMovable(true);
    setHighlightSections(false);
    setStretchLastSection(true);
    setSectionResizeMode(QHeaderView::Interactive);
    connect(this, &QHeaderView::sectionClicked, this, [this](int section) {
        const bool isFurther = QGuiApplication::keyboardModifiers().testAnyFlags(
            Qt::ShiftModifier | Qt::ControlModifier);
        m_model.toggleSort(section, isFurther);
    });
    connect(this, &QHeaderView::sectionResized, this, &TableHeader::placeEditors);
    connect(this, &QHeaderView::sectionMoved, this, &TableHeader::placeEditors);
    connect(&m_model, &OrderModel::queryChanged, this, &TableHeader::showFilters);
}

int TableHeader::editorHeight() const
{
    return fontMetrics().height() + 12;
}

void TableHeader::setFiltersVisible(bool visible)
{
    if (visible == m_areFiltersVisible) {
        return;
    }
    makeEditors();
    m_areFiltersVisible = visible;
    if (!visible) {
        m_model.clearFilters(); // nothing filters unseen
    }
    updateGeometries();
    updateGeometry();
    emit filtersShown(visible);
}

void TableHeader::makeEditors()
{
    while (int(m_editors.size()) < count()) {
        const auto column = int(m_editors.size());
        auto *edit = new QLineEdit(this);
        const QString title
            = m_model.headerData(column, Qt::Horizontal, OrderModel::TitleRole).toString();
        edit->setObjectName(u"filter-"_s + m_model.columns().at(std::size_t(column)).id);
        edit->setAccessibleName(tr("Filter of %1").arg(title));
        const bool isText
            = m_model.columns().at(std::size_t(column)).kind == models::tables::ValueKind::Text;
        edit->setPlaceholderText(placeholderOf(m_model.columns().at(std::size_t(column)).kind));
        edit->setToolTip(
            isText ? tr("word: in the text; !word: not in it; =word: all of it; -: not known")
                   : tr("> 5, <= 20k, 5..9: by value; anything else: in the text; -: not known"));
        edit->setClearButtonEnabled(true);
        edit->installEventFilter(this);
        connect(edit, &QLineEdit::textChanged, this,
                [this, column](const QString &typed) { m_model.setFilter(column, typed); });
        m_editors.push_back(edit);
    }
}

void TableHeader::editFilter(int column)
{
    setFiltersVisible(true);
    if (column < 0 || isSectionHidden(column)) {
        column = logicalIndexAt(0);
    }
    if (column >= 0 && column < int(m_editors.size())) {
        m_editors[std::size_t(column)]->setFocus(Qt::ShortcutFocusReason);
        m_editors[std::size_t(column)]->selectAll();
    }
}

/// What the model filters by, which others may have changed.
void TableHeader::showFilters()
{
    for (std::size_t i = 0; i < m_editors.size(); ++i) {
        QLineEdit *edit = m_editors[i];
        if (edit->text() != m_model.filterText(int(i))) {
            const QSignalBlocker blocker(edit);
            edit->setText(m_model.filterText(int(i)));
        }
        const QString problem = m_model.filterProblem(int(i));
        QPalette colours = palette();
        if (!problem.isEmpty()) {
            colours.setColor(QPalette::Text, QColor(0xd55e00));
        }
        if (edit->palette() != colours) {
            edit->setPalette(colours);
        }
        edit->setAccessibleDescription(problem);
        if (!problem.isEmpty()) {
            edit->setToolTip(Qt::convertFromPlainText(problem));
        }
    }
}

QSize TableHeader::sizeHint() const
{
    QSize size = QHeaderView::sizeHint();
    size.rheight() += m_areFiltersVisible ? editorHeight() : 0;
    return size;
}

/// Room for the sign of sorting, so that a click does not cut the title.
QSize TableHeader::sectionSizeFromContents(int section) const
{
    QSize size = QHeaderView::sectionSizeFromContents(section);
    const QString title
        = m_model.headerData(section, Qt::Horizontal, OrderModel::TitleRole).toString();
    if (title == m_model.headerData(section, Qt::Horizontal, Qt::DisplayRole).toString()) {
        size.rwidth() += fontMetrics().horizontalAdvance(u" ▲2"_s);
    }
    return size;
}

void TableHeader::updateGeometries()
{
    setViewportMargins(0, 0, 0, m_areFiltersVisible ? editorHeight() : 0);
    QHeaderView::updateGeometries();
    placeEditors();
}

void TableHeader::placeEditors()
{
    const int top = QHeaderView::sizeHint().height();
    for (std::size_t i = 0; i < m_editors.size(); ++i) {
        const auto column = int(i);
        const bool isShown = m_areFiltersVisible && column < count() && !isSectionHidden(column);
        if (isShown) {
            m_editors[i]->setGeometry(sectionViewportPosition(column) + 1, top + 1,
                                      sectionSize(column) - 2, editorHeight() - 2);
        }
        m_editors[i]->setVisible(isShown);
    }
}

bool TableHeader::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        auto *edit = qobject_cast<QLineEdit *>(watched);
        const auto key = static_cast<QKeyEvent *>(event)->key();
        if (edit && key == Qt::Key_Escape) {
            if (edit->text().isEmpty()) {
                emit tableWanted();
            }
            edit->clear();
            return true;
        }
        if (edit && (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter)) {
            emit tableWanted();
            return true;
        }
    }
    return QHeaderView::eventFilter(watched, event);
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogSearch.h"
#include "ui/logs/LogView.h"

#include <QAccessible>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

// What the user does to the view: selecting, copying, moving about.
namespace proverdeck::ui {

using namespace Qt::StringLiterals;

LogPlace LogView::placeAt(const QPoint &point)
{
    layOutScreen();
    if (m_screen.empty()) {
        return {};
    }
    const int step = int(std::floor(point.y() / rowHeight()));
    if (step < 0) {
        return {m_screen.front().line, 0};
    }
    if (step >= int(m_screen.size())) {
        const Shown &last = m_screen.back();
        return {last.line, last.row->clamped(LogPlace::LineEnd)};
    }
    const Shown &shown = m_screen[static_cast<std::size_t>(step)];
    const qreal x = std::max(0.0, point.x() - textLeft());
    if (shown.row->isPlain) {
        const int first = m_wrapping ? shown.part * columns() : m_left;
        return {shown.line, shown.row->columnOf(first + int(std::lround(x / cellWidth())))};
    }
    layOut(*shown.row);
    if (shown.part >= shown.row->layout->lineCount()) {
        return {shown.line, 0};
    }
    const qreal scrolled = m_wrapping ? 0 : m_left * cellWidth();
    return {shown.line, shown.row->layout->lineAt(shown.part).xToCursor(x + scrolled)};
}

LogPlace LogView::endPlace()
{
    if (m_rowCount == 0) {
        return {};
    }
    const qint64 line = lineOf(m_rowCount - 1);
    const LogRow &row = rowOfLine(line);
    return {line, row.tail.isEmpty() ? row.clamped(LogPlace::LineEnd) : LogPlace::LineEnd};
}

void LogView::select(const LogPlace &anchor, const LogPlace &cursor)
{
    const bool isOther = !m_hasCurrent || m_cursor.line != cursor.line;
    m_anchor = anchor;
    m_cursor = cursor;
    m_hasCurrent = true;
    viewport()->update();
    if (isOther) {
        QAccessibleValueChangeEvent event(this, textOf(cursor.line));
        QAccessible::updateAccessibility(&event);
        emit currentLineChanged(cursor.line);
    }
}

void LogView::selectAll()
{
    takeExtent();
    if (m_rowCount > 0) {
        select({lineOf(0), 0}, endPlace());
    }
}

std::pair<qint64, qint64> LogView::selectedLines() const
{
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    return {from.line, to.column == 0 && to.line > from.line ? to.line - 1 : to.line};
}

QString LogView::selectedText() const
{
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    QString result;
    if (from == to) {
        return result;
    }
    qsizetype left = MaxCopy;
    constexpr qsizetype Batch = 2000;
    bool isFirst = true;
    const auto take = [&](const models::StoredLine &line) {
        QString text = models::readLogText(line.text).text;
        const bool isCut = to.column >= LogRow::ShownBytes; // beyond what can be pointed at
        if (line.line == to.line && !isCut) {
            text.truncate(to.column);
        }
        if (line.line == from.line) {
            text.remove(0, from.column);
        }
        if (!isFirst) {
            result += u'\n';
        }
        isFirst = false;
        result += text;
        left -= line.text.size();
    };
    if (m_filter) {
        const qint64 first = m_filter->firstAt(from.line);
        const qint64 last = m_filter->firstAt(to.line + 1);
        for (qint64 i = first; i < last && left > 0; ++i) {
            for (const models::StoredLine &line : m_store.lines(m_filter->lineOf(i), 1, left)) {
                take(line);
            }
        }
        return result;
    }
    for (qint64 at = std::max(from.line, m_extent.firstLine); at <= to.line && left > 0;) {
        const auto lines = m_store.lines(at, qsizetype(std::min<qint64>(Batch, to.line - at + 1)),
                                         std::max<qsizetype>(1, left));
        if (lines.empty()) {
            break;
        }
        std::for_each(lines.begin(), lines.end(), take);
        at += qint64(lines.size());
    }
    return result;
}

void LogView::copy() const
{
    if (hasSelection()) {
        QGuiApplication::clipboard()->setText(selectedText());
    }
}

void LogView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_rowCount == 0) {
        return;
    }
    m_selecting = true;
    m_selectingLines = event->position().x() < textLeft();
    const LogPlace place = placeAt(event->position().toPoint());
    const bool isMore = event->modifiers() & Qt::ShiftModifier;
    if (m_selectingLines) {
        select(isMore ? LogPlace{m_anchor.line, 0} : LogPlace{place.line, 0},
               {place.line, rowOfLine(place.line).clamped(LogPlace::LineEnd)});
    } else {
        select(isMore ? m_anchor : place, place);
    }
}

void LogView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_selecting) {
        return;
    }
    m_mouse = event->position().toPoint();
    onAutoScroll();
    if (viewport()->rect().contains(m_mouse)) {
        m_autoScroll.stop();
    } else if (!m_autoScroll.isActive()) {
        m_autoScroll.start();
    }
}

/// The mouse is held outside: the further, the faster.
void LogView::onAutoScroll()
{
    const auto step = [](int value, int size) {
        const int beyond = value < 0 ? value : std::max(0, value - size);
        return beyond / 12 + (beyond > 0 ? 1 : beyond < 0 ? -1 : 0);
    };
    if (const int rows = step(m_mouse.y(), viewport()->height()); rows != 0) {
        scrollRows(rows);
    }
    if (const int cells = step(m_mouse.x(), viewport()->width()); cells != 0) {
        horizontalScrollBar()->setValue(m_left + cells * 4);
    }
    LogPlace place = placeAt(m_mouse);
    LogPlace anchor = m_anchor;
    if (m_selectingLines) {
        const bool isDown = place.line >= anchor.line;
        anchor.column = isDown ? 0 : rowOfLine(anchor.line).clamped(LogPlace::LineEnd);
        place.column = isDown ? rowOfLine(place.line).clamped(LogPlace::LineEnd) : 0;
    }
    select(anchor, place);
}

void LogView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_selecting) {
        return;
    }
    m_selecting = false;
    m_autoScroll.stop();
    constexpr qint64 Most = 20'000; // lines; more only when asked for
    QClipboard *clipboard = QGuiApplication::clipboard();
    if (hasSelection() && clipboard->supportsSelection()
        && std::abs(m_anchor.line - m_cursor.line) < Most) {
        clipboard->setText(selectedText(), QClipboard::Selection);
    }
    updateScrollBars(); // followers did not move meanwhile
    viewport()->update();
}

/// Selects a word; what belongs to addresses, paths and numbers counts as part of one.
void LogView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_rowCount == 0) {
        return;
    }
    const LogPlace place = placeAt(event->position().toPoint());
    if (event->position().x() < Margin) {
        toggleMark(place.line);
        return;
    }
    const QString &text = rowOfLine(place.line).text.text;
    const auto isWord = [&text](int i) {
        const QChar character = text.at(i);
        return character.isLetterOrNumber() || u"_-./:~@+%"_s.contains(character);
    };
    int begin = std::min(place.column, int(text.size()));
    int end = begin;
    while (begin > 0 && isWord(begin - 1)) {
        --begin;
    }
    while (end < text.size() && isWord(end)) {
        ++end;
    }
    select({place.line, begin}, {place.line, end});
}

void LogView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copyAction = menu->addAction(tr("&Copy"), QKeySequence::Copy, this, &LogView::copy);
    copyAction->setEnabled(hasSelection());
    QAction *allAction
        = menu->addAction(tr("Select &all"), QKeySequence::SelectAll, this, &LogView::selectAll);
    allAction->setEnabled(m_rowCount > 0);
    QAction *markAction
        = menu->addAction(tr("&Mark this line"), this, [this] { toggleMark(currentLine()); });
    markAction->setShortcut(Qt::Key_M);
    markAction->setEnabled(m_rowCount > 0);
    menu->popup(event->globalPos());
}

/// The current line goes up or down, and is spoken.
void LogView::moveCurrent(qint64 rows)
{
    if (m_rowCount == 0) {
        return;
    }
    const qint64 row = m_hasCurrent
        ? std::clamp<qint64>(rowOf(m_cursor.line) + rows, 0, m_rowCount - 1)
        : m_top.row + (m_following ? visibleRows() - 1 : 0) + std::min<qint64>(0, rows);
    const qint64 line = lineOf(std::clamp<qint64>(row, 0, m_rowCount - 1));
    showSelection({line, 0}, {line, 0});
}

bool LogView::navigate(QKeyEvent *event)
{
    const bool control = event->modifiers() & Qt::ControlModifier;
    switch (event->key()) {
    case Qt::Key_Home:
        scrollTo({});
        return true;
    case Qt::Key_End:
        setFollowing(true);
        return true;
    case Qt::Key_PageUp:
        scrollRows(-visibleRows());
        return true;
    case Qt::Key_PageDown:
        scrollRows(visibleRows());
        return true;
    case Qt::Key_Up:
    case Qt::Key_Down: {
        const int rows = event->key() == Qt::Key_Up ? -1 : 1;
        if (control) {
            scrollRows(rows);
        } else {
            moveCurrent(rows);
        }
        return true;
    }
    default:
        return false;
    }
}

void LogView::keyPressEvent(QKeyEvent *event)
{
    const bool control = event->modifiers() & Qt::ControlModifier;
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (event->matches(QKeySequence::ZoomIn) || (control && event->key() == Qt::Key_Equal)) {
        zoom(1);
    } else if (event->matches(QKeySequence::ZoomOut)) {
        zoom(-1);
    } else if (control && event->key() == Qt::Key_0) {
        zoom(0);
    } else if (!navigate(event)) {
        event->ignore();
        emit keyPressed(event);
        if (!event->isAccepted()) {
            QAbstractScrollArea::keyPressEvent(event); // the rest goes to the parent
        }
        return;
    }
    event->accept();
}

} // namespace proverdeck::ui

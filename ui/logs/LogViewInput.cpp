// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogView.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

#include <cmath>

// What the user does to the view: selecting, copying, scrolling, zooming.
namespace proverdeck::ui {

using namespace Qt::StringLiterals;

LogView::Position LogView::positionAt(const QPoint &point)
{
    const qsizetype count = m_buffer.lineCount();
    if (count == 0) {
        return {};
    }
    const int step = int(std::floor(point.y() / rowHeight()));
    const qsizetype i = verticalScrollBar()->value() + qsizetype(step);
    if (i < 0) {
        return {m_buffer.droppedLines(), 0};
    }
    if (i >= count) {
        return endPosition();
    }
    const Row &row = rowAt(i);
    const qreal x = point.x() - Margin + horizontalScrollBar()->value();
    const int column = row.layout.lineCount() > 0 ? row.layout.lineAt(0).xToCursor(x) : 0;
    return {m_buffer.droppedLines() + i, column};
}

LogView::Position LogView::endPosition() const
{
    const qsizetype last = m_buffer.lineCount() - 1;
    return {m_buffer.droppedLines() + std::max<qsizetype>(0, last),
            int(models::readLogText(m_buffer.lineView(last)).text.size())};
}

void LogView::select(const Position &anchor, const Position &cursor)
{
    m_anchor = anchor;
    m_cursor = cursor;
    viewport()->update();
}

void LogView::selectAll()
{
    select({m_buffer.droppedLines(), 0}, endPosition());
}

QString LogView::textBetween(const Position &from, const Position &to) const
{
    QString result;
    const qint64 dropped = m_buffer.droppedLines();
    const qsizetype first = std::max<qint64>(0, from.row - dropped);
    const qsizetype last = std::min(to.row - dropped, m_buffer.lineCount() - 1);
    for (qsizetype i = first; i <= last; ++i) {
        QString text = models::readLogText(m_buffer.lineView(i)).text;
        if (dropped + i == to.row) {
            text.truncate(to.column);
        }
        if (dropped + i == from.row) {
            text.remove(0, from.column);
        }
        if (i > first && !m_buffer.isContinuation(i)) {
            result += u'\n';
        }
        result += text;
    }
    return result;
}

QString LogView::selectedText() const
{
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    return from == to ? QString() : textBetween(from, to);
}

QString LogView::allText() const
{
    QString text = textBetween({m_buffer.droppedLines(), 0}, endPosition());
    if (m_buffer.lineCount() > 0) {
        text += u'\n';
    }
    return text;
}

void LogView::copy() const
{
    if (hasSelection()) {
        QGuiApplication::clipboard()->setText(selectedText());
    }
}

void LogView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton) {
        return;
    }
    m_selecting = true;
    const Position position = positionAt(event->position().toPoint());
    select(event->modifiers() & Qt::ShiftModifier ? m_anchor : position, position);
}

void LogView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_selecting) {
        return;
    }
    m_mouse = event->position().toPoint();
    select(m_anchor, positionAt(m_mouse));
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
    QScrollBar *horizontal = horizontalScrollBar();
    verticalScrollBar()->setValue(verticalScrollBar()->value()
                                  + step(m_mouse.y(), viewport()->height()));
    horizontal->setValue(horizontal->value()
                         + step(m_mouse.x(), viewport()->width()) * horizontal->singleStep());
    select(m_anchor, positionAt(m_mouse));
}

void LogView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_selecting) {
        return;
    }
    m_selecting = false;
    m_autoScroll.stop();
    QClipboard *clipboard = QGuiApplication::clipboard();
    if (hasSelection() && clipboard->supportsSelection()) {
        clipboard->setText(selectedText(), QClipboard::Selection);
    }
    updateScrollBars(); // followers did not move meanwhile
}

/// Selects a word; what belongs to addresses, paths and numbers counts as part of one.
void LogView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_buffer.lineCount() == 0) {
        return;
    }
    const Position position = positionAt(event->position().toPoint());
    const QString &text = rowAt(position.row - m_buffer.droppedLines()).text.text;
    const auto isWord = [&text](int i) {
        const QChar character = text.at(i);
        return character.isLetterOrNumber() || u"_-./:~@+%"_s.contains(character);
    };
    int begin = std::min(position.column, int(text.size()));
    int end = begin;
    while (begin > 0 && isWord(begin - 1)) {
        --begin;
    }
    while (end < text.size() && isWord(end)) {
        ++end;
    }
    select({position.row, begin}, {position.row, end});
}

void LogView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copyAction = menu->addAction(tr("&Copy"), QKeySequence::Copy, this, &LogView::copy);
    copyAction->setEnabled(hasSelection());
    QAction *allAction
        = menu->addAction(tr("Select &all"), QKeySequence::SelectAll, this, &LogView::selectAll);
    allAction->setEnabled(m_buffer.lineCount() > 0);
    menu->popup(event->globalPos());
}

void LogView::wheelEvent(QWheelEvent *event)
{
    if (event->modifiers() & Qt::ControlModifier) {
        if (event->angleDelta().y() != 0) {
            zoom(event->angleDelta().y() > 0 ? 1 : -1);
        }
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
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
    } else if (event->key() == Qt::Key_Home) {
        verticalScrollBar()->setValue(0);
    } else if (event->key() == Qt::Key_End) {
        setFollowing(true);
    } else {
        QAbstractScrollArea::keyPressEvent(event); // arrows and pages; the rest goes to the parent
        return;
    }
    event->accept();
}

} // namespace proverdeck::ui

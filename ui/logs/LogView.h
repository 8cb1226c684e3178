// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogBuffer.h"
#include "models/logs/LogText.h"

#include <QAbstractScrollArea>
#include <QCache>
#include <QTextLayout>
#include <QTimer>

#include <compare>
#include <memory>

namespace proverdeck::ui {

/// Shows the end of a growing log and follows it. Paints the visible rows only.
///
/// Takes the raw bytes of a remote program and shows them as text, whatever they are. Rows are
/// counted from the first one that ever came, so positions stay right when the buffer drops its
/// oldest.
class LogView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit LogView(QWidget *parent = nullptr);
    ~LogView() override;

    [[nodiscard]] const models::LogBuffer &buffer() const { return m_buffer; }
    void append(const QByteArray &bytes);
    void clear();
    void setEmptyText(const QString &text);
    [[nodiscard]] const QString &emptyText() const { return m_emptyText; }

    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    /// Rows that came while not following.
    [[nodiscard]] qint64 newLines() const;
    /// Shows the log's line @p number (1-based) and selects it; the nearest kept one if it is gone.
    void goToLine(qint64 number);

    /// All hits in the visible rows are marked.
    void setSearch(const QString &needle, bool caseSensitive);
    /// Selects one hit and scrolls to it.
    void showHit(const models::LogPosition &hit);
    /// Where a search goes on from.
    [[nodiscard]] models::LogPosition searchStart(bool forward) const;

    [[nodiscard]] bool hasSelection() const { return m_anchor != m_cursor; }
    [[nodiscard]] QString selectedText() const;
    [[nodiscard]] QString allText() const;
    void selectAll();
    /// The selection to the clipboard; nothing happens without one.
    void copy() const;
    void zoom(int steps);

signals:
    void followingChanged(bool following);
    /// Bytes came, at most once per repaint.
    void contentChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    static constexpr int Margin = 18; ///< left of the text; holds the signs of the levels

    struct Position
    {
        qint64 row = 0; ///< counted from the first that ever came
        int column = 0;
        auto operator<=>(const Position &) const = default;
    };
    struct Row
    {
        models::LogText text;
        QTextLayout layout;
    };

    void flush();
    void onScrolled();
    void onAutoScroll();
    void updateScrollBars();
    void resetRows();
    [[nodiscard]] Row &rowAt(qsizetype i);
    [[nodiscard]] qreal rowHeight() const;
    [[nodiscard]] int visibleRows() const;
    [[nodiscard]] Position positionAt(const QPoint &point);
    [[nodiscard]] Position endPosition() const;
    [[nodiscard]] QString textBetween(const Position &from, const Position &to) const;
    [[nodiscard]] QList<QTextLayout::FormatRange> marksOf(qsizetype i, const Row &row) const;
    void paintLevel(QPainter &painter, models::LogLevel level, const QRectF &rect) const;
    void select(const Position &anchor, const Position &cursor);
    void makeVisible(const Position &position);

    models::LogBuffer m_buffer;
    QCache<qint64, Row> m_rows{400};
    QString m_emptyText;
    QString m_needle;
    bool m_caseSensitive = false;

    QTimer m_flush;
    QTimer m_autoScroll;
    QPoint m_mouse;
    Position m_anchor;
    Position m_cursor;
    qint64 m_pausedAt = 0; ///< rows that had come when following ended
    qreal m_widest = 0;
    int m_zoom = 0;
    bool m_following = true;
    bool m_selecting = false;
    bool m_updating = false; ///< the scroll bars are moved by us, not by the user
};

} // namespace proverdeck::ui

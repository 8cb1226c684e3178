// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogMatcher.h"
#include "models/logs/LogStore.h"
#include "ui/logs/LogCells.h"
#include "ui/logs/LogRow.h"

#include <QAbstractScrollArea>
#include <QTimer>

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace proverdeck::models {
class LogSearch;
}

namespace proverdeck::ui {

/// A place in a log: its line, from 0, and the character of what readLogText() makes of it.
struct LogPlace
{
    static constexpr int LineEnd = 0x7fffffff;
    qint64 line = 0;
    int column = 0;
    auto operator<=>(const LogPlace &) const = default;
};

/// Shows a log of any length and follows its end while it grows. Reads and paints the visible rows
/// only, so the length does not matter, nor how fast it grows.
///
/// Shows all lines, or those that a search has found.
class LogView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    static constexpr qsizetype MaxCopy = 256 * 1024 * 1024;

    /// @p store must outlive the view.
    explicit LogView(const models::LogStore &store, QWidget *parent = nullptr);
    ~LogView() override;

    /// Only these lines; nullptr: all. @p filter must outlive its use.
    void setFilter(const models::LogSearch *filter);
    /// The store or the filter has changed. Shown with the next frame.
    void refresh();
    void setEmptyText(const QString &text);
    [[nodiscard]] const QString &emptyText() const { return m_emptyText; }

    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    /// Rows that came while not following.
    [[nodiscard]] qint64 newLines() const;
    [[nodiscard]] qint64 rowCount() const { return m_rowCount; }
    [[nodiscard]] qint64 topLine() const;
    /// Shows a line (from 0) and makes it the current one; the nearest there is.
    void showLine(qint64 line);
    /// Scrolls so that the line, or the next that is shown, can be seen; nothing else changes.
    void bringIntoView(qint64 line);
    /// Shows the log's line @p number (1-based) and selects it; the nearest kept one if it is gone.
    void goToLine(qint64 number);
    /// Where the user is: the selection's end, or the top.
    [[nodiscard]] qint64 currentLine() const;
    [[nodiscard]] QString textOf(qint64 line) const;

    /// All hits in the visible rows are marked; an empty or wrong pattern marks none.
    void setSearch(const models::LogPattern &pattern);
    /// The hits in one line.
    [[nodiscard]] QList<models::LogMatcher::Hit> hitsIn(qint64 line);
    void select(const LogPlace &anchor, const LogPlace &cursor);
    /// Selects and scrolls there.
    void showSelection(const LogPlace &anchor, const LogPlace &cursor);
    /// Where a search goes on from: the selection's beginning, or the top.
    [[nodiscard]] LogPlace searchStart() const;

    [[nodiscard]] bool hasSelection() const { return m_anchor != m_cursor; }
    /// First and last line of the selection.
    [[nodiscard]] std::pair<qint64, qint64> selectedLines() const;
    /// Up to MaxCopy bytes.
    [[nodiscard]] QString selectedText() const;
    void selectAll();
    /// The selection to the clipboard; nothing happens without one.
    void copy() const;
    void zoom(int steps);

    void setWrapping(bool isWrapping);
    void setShowingNumbers(bool isShowing);
    void setShowingArrival(bool isShowing);
    void toggleMark(qint64 line);
    void setMarks(const std::set<qint64> &marks);
    [[nodiscard]] const std::set<qint64> &marks() const { return m_marks; }

signals:
    void followingChanged(bool following);
    /// The log has changed, at most once per frame.
    void contentChanged();
    void currentLineChanged(qint64 line);
    void scrolled();
    void markToggled(qint64 line);
    /// A key that the view does not know.
    void keyPressed(QKeyEvent *event);

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
    void scrollContentsBy(int dx, int dy) override;

private:
    static constexpr int Margin = 18; ///< left of the text; holds the signs of the levels

    /// Between the lines of a wrapped row's layout, so that one can be painted without the others.
    static constexpr qreal PartDistance = 10'000;

    /// A row of the screen: of a wrapped line, one of several.
    struct Place
    {
        qint64 row = 0;
        int part = 0;
        auto operator<=>(const Place &) const = default;
    };
    struct Shown
    {
        qint64 line;
        int part;
        LogRow *row;
    };

    // Rows: LogViewRows.cpp
    void flush();
    void takeExtent();
    [[nodiscard]] qint64 lineOf(qint64 row) const;
    [[nodiscard]] qint64 rowOf(qint64 line) const;
    void fetch(qint64 firstRow, qsizetype count);
    [[nodiscard]] LogRow &rowAt(qint64 row);
    [[nodiscard]] LogRow &rowOfLine(qint64 line);
    void layOut(LogRow &row) const;
    [[nodiscard]] int partsOf(LogRow &row) const;
    void layOutScreen();
    void resetRows();

    // Scrolling: LogViewScroll.cpp
    void updateScrollBars();
    void scrollTo(Place top);
    void scrollRows(qint64 rows);
    [[nodiscard]] Place moved(Place from, qint64 rows);
    [[nodiscard]] Place lastTop();
    void onBarMoved();
    void onAutoScroll();
    void makeVisible(const LogPlace &place);

    [[nodiscard]] int visibleRows() const;
    [[nodiscard]] int columns() const;
    [[nodiscard]] qreal cellWidth() const;
    [[nodiscard]] qreal rowHeight() const;
    [[nodiscard]] int gutterCells() const;
    [[nodiscard]] qreal textLeft() const;

    // Painting: LogViewPaint.cpp
    void paintCells(const Shown &shown, int y);
    void paintShaped(QPainter &painter, const Shown &shown, qreal y);
    void paintGutter(const Shown &shown, int y);
    [[nodiscard]] QByteArray gutterText(const Shown &shown) const;
    void paintSigns(QPainter &painter, const Shown &shown, const QRectF &rect) const;
    void paintEmpty();
    [[nodiscard]] quint16 styleIndex(const CellStyle &style);
    [[nodiscard]] CellStyle groundOf(qint64 line) const;
    [[nodiscard]] std::pair<int, int> selectedIn(qint64 line, const LogRow &row) const;
    void findHits(LogRow &row);

    // Selection: LogViewInput.cpp
    [[nodiscard]] LogPlace placeAt(const QPoint &point);
    [[nodiscard]] LogPlace endPlace();
    void moveCurrent(qint64 rows);
    bool navigate(QKeyEvent *event);

    const models::LogStore &m_store;
    const models::LogSearch *m_filter = nullptr;
    models::LogExtent m_extent;
    qint64 m_rowCount = 0;
    std::map<qint64, std::unique_ptr<LogRow>> m_rows; ///< by line
    std::vector<Shown> m_screen;
    std::unique_ptr<models::LogMatcher> m_matcher;
    int m_search = 0; ///< counts searches, so that rows know theirs are old

    QString m_emptyText;
    LogCells m_cells;
    QImage m_image;
    std::vector<CellStyle> m_styles; ///< of the row that is painted
    std::vector<quint16> m_cellStyles;

    QTimer m_frame;
    QTimer m_autoScroll;
    QPoint m_mouse;
    Place m_top;
    LogPlace m_anchor;
    LogPlace m_cursor;
    bool m_hasCurrent = false; ///< the cursor's line was chosen by the user
    std::set<qint64> m_marks;
    qint64 m_pausedAt = 0; ///< rows that there were when following ended
    qint64 m_rowsPerStep = 1; ///< of the scroll bar
    int m_widest = 0; ///< cells
    int m_left = 0; ///< cells scrolled away
    int m_zoom = 0;
    bool m_following = true;
    bool m_selecting = false;
    bool m_selectingLines = false;
    bool m_updating = false; ///< the scroll bars are moved by us, not by the user
    bool m_wrapping = false;
    bool m_showsNumbers = false;
    bool m_showsArrival = false;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/TimelineView.h"

#include "models/aztec/Texts.h"
#include "ui/aztec/TypeStyle.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextDocument>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::aztec::Attempt;

namespace {

constexpr int LaneHeight = 14;
constexpr int LaneGap = 2;
constexpr int GroupGap = 10;
constexpr int RightMargin = 12;
constexpr double ShortestRange = 20; ///< ms

/// Round steps of time: 1, 2, 5 × 10ⁿ ms below a minute, then minutes and hours.
double timeStep(double span, int ticks)
{
    const double rough = span / std::max(ticks, 1);
    for (const double step : {60e3, 120e3, 300e3, 600e3, 1200e3, 1800e3, 3600e3, 7200e3, 14400e3,
                              21600e3, 43200e3, 86400e3}) {
        if (rough > 30e3 && rough <= step) {
            return step;
        }
    }
    return rough > 86400e3 ? std::ceil(rough / 86400e3) * 86400e3 : niceStep(span, ticks);
}

} // namespace

TimelineView::TimelineView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(u"aztecTimeline"_s);
    setAccessibleName(tr("Timeline of the jobs"));
    setAccessibleDescription(tr("Plus and minus zoom, the arrow keys move, 0 shows everything."));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
}

void TimelineView::setResult(const AztecResultPtr &result, std::optional<qint64> epoch)
{
    const bool sameView = m_result && result && m_epoch == epoch;
    const bool wasAll = m_from <= m_first && m_to >= m_last;
    m_result = result;
    m_epoch = epoch;
    m_lanes.clear();
    m_groups.clear();
    m_types.clear();
    m_laneCount = 0;
    if (!result) {
        viewport()->update();
        return;
    }
    const auto &analysis = result->analysis;
    std::vector<std::vector<Lane>> byPlace(analysis.places.size());
    m_first = 0;
    m_last = 0;
    bool any = false;
    for (const Attempt &attempt : analysis.attempts) {
        const auto &job = analysis.jobs.at(attempt.job);
        if (epoch && job.epoch != *epoch) {
            continue;
        }
        auto &lanes = byPlace.at(std::size_t(attempt.place));
        if (lanes.size() <= std::size_t(attempt.lane)) {
            lanes.resize(std::size_t(attempt.lane) + 1);
        }
        lanes.at(std::size_t(attempt.lane))
            .bars.push_back({attempt.start, attempt.end, attempt.job, job.type, job.onCriticalPath,
                             attempt.how});
        if (!m_types.contains(job.type)) {
            m_types << job.type;
        }
        m_first = any ? std::min(m_first, double(attempt.start)) : double(attempt.start);
        m_last = any ? std::max(m_last, double(attempt.end)) : double(attempt.end);
        any = true;
    }
    for (std::size_t place = 0; place < byPlace.size(); ++place) {
        auto &lanes = byPlace.at(place);
        lanes.erase(std::remove_if(lanes.begin(), lanes.end(),
                                   [](const Lane &lane) { return lane.bars.empty(); }),
                    lanes.end());
        if (lanes.empty()) {
            continue;
        }
        m_groups << Group{analysis.agentOf(int(place)), m_laneCount, int(lanes.size())};
        m_laneCount += int(lanes.size());
        std::move(lanes.begin(), lanes.end(), std::back_inserter(m_lanes));
    }
    m_last = std::max(m_last, m_first + ShortestRange);
    if (!sameView || wasAll) {
        showAll();
    }
    updateScrollBars();
    viewport()->update();
}

void TimelineView::selectJob(std::optional<quint32> job)
{
    m_selected = job;
    viewport()->update();
}

void TimelineView::showAll()
{
    const double margin = (m_last - m_first) * 0.01;
    setRange(m_first - margin, m_last + margin);
}

void TimelineView::setRange(double from, double to)
{
    const double most = std::max((m_last - m_first) * 1.1, ShortestRange);
    double span = std::clamp(to - from, ShortestRange, most);
    const double middle = (from + to) / 2;
    m_from
        = std::clamp(middle - span / 2, m_first - span * 0.5, std::max(m_first, m_last - span / 2));
    m_to = m_from + span;
    viewport()->update();
}

void TimelineView::zoom(double factor, double atX)
{
    const double time = timeAt(atX);
    const double span = (m_to - m_from) / factor;
    const double share = (time - m_from) / (m_to - m_from);
    const double bounded
        = std::clamp(span, ShortestRange, std::max((m_last - m_first) * 1.1, ShortestRange));
    setRange(time - share * bounded, time + (1 - share) * bounded);
}

int TimelineView::titleWidth() const
{
    int width = 60;
    for (const Group &group : m_groups) {
        width = std::max(width, fontMetrics().horizontalAdvance(group.title));
    }
    return std::min(width, 220) + 16;
}

int TimelineView::headHeight() const
{
    return fontMetrics().height() + 10;
}

int TimelineView::legendHeight(int width) const
{
    if (m_types.isEmpty() || !m_result) {
        return 0;
    }
    int rows = 1;
    int x = 8;
    for (const quint16 type : m_types) {
        const int needed = fontMetrics().horizontalAdvance(m_result->analysis.types.at(type)) + 40;
        if (x > 8 && x + needed > width) {
            ++rows;
            x = 8;
        }
        x += needed;
    }
    return rows * (fontMetrics().height() + 6) + 6;
}

double TimelineView::xOf(double time, int width) const
{
    const double left = titleWidth();
    return left + (time - m_from) / (m_to - m_from) * (width - left - RightMargin);
}

double TimelineView::timeAt(double x) const
{
    const double left = titleWidth();
    const double width = std::max(1.0, viewport()->width() - left - RightMargin);
    return m_from + (x - left) / width * (m_to - m_from);
}

double TimelineView::laneTop(int lane) const
{
    double y = 4;
    for (const Group &group : m_groups) {
        if (lane < group.first + group.count) {
            return y + (lane - group.first) * (LaneHeight + LaneGap);
        }
        y += group.count * (LaneHeight + LaneGap) + GroupGap;
    }
    return y;
}

int TimelineView::contentHeight() const
{
    return int(laneTop(m_laneCount)) + 8;
}

const TimelineView::Group *TimelineView::groupAt(int lane) const
{
    for (const Group &group : m_groups) {
        if (lane >= group.first && lane < group.first + group.count) {
            return &group;
        }
    }
    return nullptr;
}

void TimelineView::updateScrollBars()
{
    const int head = headHeight() + legendHeight(viewport()->width());
    const int visible = std::max(0, viewport()->height() - head);
    verticalScrollBar()->setPageStep(visible);
    verticalScrollBar()->setSingleStep(LaneHeight * 2);
    verticalScrollBar()->setRange(0, std::max(0, contentHeight() - visible));
}

void TimelineView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBars();
}

void TimelineView::paintBar(QPainter &painter, const Sheet &sheet, const Bar &bar,
                            const QRectF &box) const
{
    const auto at = m_types.indexOf(bar.type);
    paintTypeBar(painter, box, typeStyle(int(at), sheet.theme), sheet.theme);
    if (bar.isCritical) {
        painter.fillRect(QRectF(box.left(), box.bottom() - 3, box.width(), 3), sheet.theme.text);
    }
    if (box.width() < 5) {
        return;
    }
    if (bar.how == Attempt::End::Failed || bar.how == Attempt::End::TimedOut) {
        // A cross for a failure, a stroke for a time-out, at the bar's end.
        const QRectF sign(box.right() - 9, box.top() + 2, 7, box.height() - 4);
        painter.fillRect(sign.adjusted(-2, -1, 2, 1), sheet.theme.background);
        painter.setPen(QPen(sheet.theme.vermillion, 2));
        painter.drawLine(sign.topLeft(), sign.bottomRight());
        if (bar.how == Attempt::End::Failed) {
            painter.drawLine(sign.topRight(), sign.bottomLeft());
        }
    } else if (bar.how == Attempt::End::Open) {
        painter.setPen(QPen(sheet.theme.text, 1, Qt::DotLine));
        painter.drawLine(box.topRight(), box.bottomRight());
    }
    if (m_selected == bar.job) {
        painter.setPen(QPen(sheet.theme.text, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box.adjusted(0, 0, -1, -1));
    }
}

int TimelineView::paintLane(QPainter &painter, const Sheet &sheet, const Lane &lane, double y) const
{
    const int width = sheet.size.width();
    const double left = titleWidth();
    const double right = width - RightMargin;
    const double perPixel = (m_to - m_from) / std::max(1.0, right - left);
    int painted = 0;
    auto at = std::partition_point(lane.bars.begin(), lane.bars.end(),
                                   [this](const Bar &bar) { return double(bar.to) < m_from; });
    while (at != lane.bars.end() && double(at->from) <= m_to) {
        const double x = std::max(left, xOf(double(at->from), width));
        const double end = std::min(right, xOf(double(at->to), width));
        if (end - x >= 1.5) {
            paintBar(painter, sheet, *at, QRectF(x, y, end - x, LaneHeight));
            ++painted;
            ++at;
            continue;
        }
        // One column of pixels for all that lies within it: go on at the next column.
        const double column = std::floor(x);
        paintBar(painter, sheet, *at, QRectF(column, y, 1.5, LaneHeight));
        ++painted;
        const double until = m_from + (column + 1 - left) * perPixel;
        at = std::partition_point(at + 1, lane.bars.end(),
                                  [until](const Bar &bar) { return double(bar.to) < until; });
    }
    return painted;
}

int TimelineView::paintLanes(QPainter &painter, const Sheet &sheet) const
{
    const int head = headHeight() + legendHeight(sheet.size.width());
    int painted = 0;
    painter.save();
    painter.setClipRect(0, head, sheet.size.width(), sheet.size.height() - head);
    int lane = 0;
    for (const Group &group : m_groups) {
        const double top = head + laneTop(group.first) - sheet.top;
        const double bottom = top + group.count * (LaneHeight + LaneGap);
        if (bottom >= head && top <= sheet.size.height()) {
            painter.setPen(sheet.theme.text);
            const double titleTop = std::clamp(double(head) + 2, top, std::max(top, bottom - 20));
            painter.drawText(
                QRectF(8, titleTop, titleWidth() - 14, fontMetrics().height()),
                Qt::AlignLeft | Qt::AlignTop,
                fontMetrics().elidedText(group.title, Qt::ElideMiddle, titleWidth() - 16));
            painter.setPen(sheet.theme.grid);
            painter.drawLine(QPointF(0, bottom + GroupGap / 2.0 - 1),
                             QPointF(sheet.size.width(), bottom + GroupGap / 2.0 - 1));
            for (lane = group.first; lane < group.first + group.count; ++lane) {
                const double y = top + (lane - group.first) * (LaneHeight + LaneGap);
                if (y + LaneHeight >= head && y <= sheet.size.height()) {
                    painted += paintLane(painter, sheet, m_lanes.at(std::size_t(lane)), y);
                }
            }
        }
    }
    painter.restore();
    return painted;
}

void TimelineView::paintAxis(QPainter &painter, const Sheet &sheet) const
{
    const int top = legendHeight(sheet.size.width());
    const int label = fontMetrics().horizontalAdvance(u"00:00:00.000"_s) + 24;
    const int ticks = std::max(1, (sheet.size.width() - titleWidth()) / label);
    const double step = timeStep(m_to - m_from, ticks);
    painter.setFont(font());
    for (double time = std::ceil(m_from / step) * step; time <= m_to; time += step) {
        const double x = xOf(time, sheet.size.width());
        painter.setPen(sheet.theme.grid);
        painter.drawLine(QPointF(x, top + headHeight() - 4), QPointF(x, sheet.size.height()));
        const QString full = m_result->analysis.timeText(std::llround(time));
        const QString clock = !m_result->analysis.hasDates ? full
            : step >= 86400e3                              ? full.left(10)
                                                           : full.mid(11, 12);
        if (x + label / 2.0 > sheet.size.width()) {
            break; // no room for its label
        }
        painter.setPen(sheet.theme.muted);
        painter.drawText(QRectF(x - label / 2.0, top, label, headHeight() - 4), Qt::AlignCenter,
                         step >= 86400e3    ? clock
                             : step >= 1000 ? clock.left(8)
                                            : clock);
    }
}

void TimelineView::paintLegend(QPainter &painter, const Sheet &sheet) const
{
    int x = 8;
    int y = 4;
    const int height = fontMetrics().height();
    for (qsizetype i = 0; i < m_types.size(); ++i) {
        const QString name = m_result->analysis.types.at(m_types.at(i));
        const int needed = fontMetrics().horizontalAdvance(name) + 40;
        if (x > 8 && x + needed > sheet.size.width()) {
            x = 8;
            y += height + 6;
        }
        paintTypeBar(painter, QRectF(x, y + (height - 11) / 2.0, 18, 11),
                     typeStyle(int(i), sheet.theme), sheet.theme);
        painter.setPen(sheet.theme.text);
        painter.drawText(QRectF(x + 23, y, needed, height), Qt::AlignLeft | Qt::AlignVCenter, name);
        x += needed;
    }
}

int TimelineView::paintAll(QPainter &painter, const Sheet &sheet) const
{
    painter.fillRect(QRect(QPoint(0, 0), sheet.size), sheet.theme.background);
    painter.setFont(font());
    if (!m_result || m_laneCount == 0) {
        painter.setPen(sheet.theme.muted);
        painter.drawText(QRect(QPoint(0, 0), sheet.size), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("No work of an agent is in these logs.\nThe broker prints nothing when "
                            "it hands a job out: open the agents' logs, too."));
        return 0;
    }
    paintAxis(painter, sheet);
    paintLegend(painter, sheet);
    return paintLanes(painter, sheet);
}

void TimelineView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    m_painted = paintAll(
        painter, {viewport()->size(), verticalScrollBar()->value(), chartThemeFor(palette())});
}

QByteArray TimelineView::toPng(const QSize &size) const
{
    return pngImage(size, [this, size](QPainter &painter) {
        paintAll(painter, {size, 0, printTheme()});
    });
}

QByteArray TimelineView::toSvg(const QSize &size) const
{
    return svgImage(size, tr("Timeline"), [this, size](QPainter &painter) {
        paintAll(painter, {size, 0, printTheme()});
    });
}

std::optional<quint32> TimelineView::jobAt(const QPoint &point) const
{
    const int head = headHeight() + legendHeight(viewport()->width());
    if (point.y() < head || point.x() < titleWidth()) {
        return std::nullopt;
    }
    const double y = point.y() - head + verticalScrollBar()->value();
    for (int lane = 0; lane < m_laneCount; ++lane) {
        const double top = laneTop(lane);
        if (y < top || y >= top + LaneHeight + LaneGap) {
            continue;
        }
        const auto &bars = m_lanes.at(std::size_t(lane)).bars;
        const double slack = (m_to - m_from) / std::max(1, viewport()->width()) * 2;
        const double time = timeAt(point.x());
        const auto at = std::partition_point(bars.begin(), bars.end(), [&](const Bar &bar) {
            return double(bar.to) + slack < time;
        });
        if (at != bars.end() && double(at->from) - slack <= time) {
            return at->job;
        }
        return std::nullopt;
    }
    return std::nullopt;
}

void TimelineView::wheelEvent(QWheelEvent *event)
{
    const QPoint turn = event->angleDelta();
    if (event->modifiers() & Qt::ControlModifier) {
        zoom(std::pow(1.0015, turn.y()), event->position().x());
    } else if (turn.x() != 0 || (event->modifiers() & Qt::ShiftModifier)) {
        const double step = (m_to - m_from) * (turn.x() ? turn.x() : turn.y()) / -1200.0;
        setRange(m_from + step, m_to + step);
    } else {
        QAbstractScrollArea::wheelEvent(event);
        return;
    }
    event->accept();
}

void TimelineView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton) {
        m_press = event->pos();
        m_dragged = event->pos();
        m_isDragging = false;
    }
}

void TimelineView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_press) {
        viewport()->setCursor(jobAt(event->pos()) ? Qt::PointingHandCursor : Qt::ArrowCursor);
        return;
    }
    if (!m_isDragging && (event->pos() - *m_press).manhattanLength() > 4) {
        m_isDragging = true;
        viewport()->setCursor(Qt::ClosedHandCursor);
    }
    if (m_isDragging) {
        const double perPixel
            = (m_to - m_from) / std::max(1, viewport()->width() - titleWidth() - RightMargin);
        const double step = (m_dragged.x() - event->pos().x()) * perPixel;
        setRange(m_from + step, m_to + step);
        verticalScrollBar()->setValue(verticalScrollBar()->value() + m_dragged.y()
                                      - event->pos().y());
        m_dragged = event->pos();
    }
}

void TimelineView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_press) {
        return;
    }
    const bool wasDrag = m_isDragging;
    m_press.reset();
    m_isDragging = false;
    viewport()->setCursor(Qt::ArrowCursor);
    if (wasDrag) {
        return;
    }
    if (const auto job = jobAt(event->pos())) {
        selectJob(job);
        emit jobSelected(*job);
    }
}

void TimelineView::keyPressEvent(QKeyEvent *event)
{
    const double middle = (titleWidth() + viewport()->width()) / 2.0;
    const double step = (m_to - m_from) / 5;
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(1.5, middle);
        return;
    case Qt::Key_Minus:
        zoom(1 / 1.5, middle);
        return;
    case Qt::Key_0:
        showAll();
        return;
    case Qt::Key_Left:
        setRange(m_from - step, m_to - step);
        return;
    case Qt::Key_Right:
        setRange(m_from + step, m_to + step);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

bool TimelineView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const auto job = jobAt(help->pos());
        if (job) {
            const auto &analysis = m_result->analysis;
            const auto &row = analysis.jobs.at(*job);
            const QString id = QString::fromUtf8(m_result->ids.at(*job));
            const QString work = row.workMs >= 0
                ? tr("worked on for %1").arg(models::aztec::durationText(double(row.workMs)))
                : tr("work time not known");
            const QString text = id.left(id.size() - 56) + u"…\n"_s + work
                + (row.timeouts ? tr("\n%1 time-outs").arg(row.timeouts) : QString())
                + (row.onCriticalPath ? tr("\non the critical path (by type and time)")
                                      : QString());
            QToolTip::showText(help->globalPos(), Qt::convertFromPlainText(text), viewport());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace proverdeck::ui

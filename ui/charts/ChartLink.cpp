// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartLink.h"

#include <algorithm>
#include <cmath>

namespace proverdeck::ui {

namespace {

constexpr qsizetype MaxSteps = 100;

} // namespace

ChartLink::ChartLink(QObject *parent)
    : QObject(parent)
{
}

void ChartLink::setExtent(const QObject *source, TimeRange extent)
{
    if (!m_extents.contains(source)) {
        connect(source, &QObject::destroyed, this, [this, source] { m_extents.remove(source); });
    }
    m_extents.insert(source, extent);
    TimeRange all;
    for (const TimeRange &one : std::as_const(m_extents)) {
        if (one.to <= 0) {
            continue;
        }
        all = all.to <= 0 ? one : TimeRange{std::min(all.from, one.from), std::max(all.to, one.to)};
    }
    m_extent = all;
    if (m_live) {
        follow();
    }
}

/// The newest data, at least some seconds of it.
void ChartLink::follow()
{
    static constexpr qint64 Shortest = 10'000;
    if (m_extent.to <= 0) {
        return;
    }
    const qint64 oldest = m_liveSpan > 0 ? m_extent.to - m_liveSpan : m_extent.from;
    apply({std::min(oldest, m_extent.to - Shortest), m_extent.to});
}

void ChartLink::apply(TimeRange view)
{
    if (view != m_view) {
        m_view = view;
        emit viewChanged();
    }
}

void ChartLink::changeLive(bool live)
{
    if (live != m_live) {
        m_live = live;
        emit liveChanged(live);
    }
}

void ChartLink::remember(quint64 gesture)
{
    if (gesture == 0 || gesture != m_lastGesture) {
        m_past.append({m_view, m_live});
        if (m_past.size() > MaxSteps) {
            m_past.removeFirst();
        }
    }
    m_lastGesture = gesture;
    m_future.clear();
}

void ChartLink::setView(TimeRange view, quint64 gesture)
{
    if (view.span() < MinSpan) {
        const qint64 middle = view.from + view.span() / 2;
        view = {middle - MinSpan / 2, middle + MinSpan / 2};
    }
    if (m_extent.to > 0) {
        // Never so far out or away that nothing is left to see.
        const qint64 most = std::max(2 * m_extent.span(), 10 * MinSpan);
        if (view.span() > most) {
            const qint64 middle = view.from + view.span() / 2;
            view = {middle - most / 2, middle + most / 2};
        }
        const qint64 margin = view.span() / 5;
        const qint64 shift = std::max<qint64>(0, m_extent.from + margin - view.to)
            - std::max<qint64>(0, view.from - (m_extent.to - margin));
        view = {view.from + shift, view.to + shift};
    }
    if (view == m_view) {
        return;
    }
    remember(gesture);
    changeLive(false);
    apply(view);
    emit historyChanged();
}

void ChartLink::zoom(double factor, double centre, quint64 gesture)
{
    const double from = centre - (centre - double(m_view.from)) * factor;
    const double to = centre + (double(m_view.to) - centre) * factor;
    setView({std::llround(from), std::llround(to)}, gesture);
}

void ChartLink::pan(double share, quint64 gesture)
{
    const qint64 by = std::llround(double(m_view.span()) * share);
    setView({m_view.from + by, m_view.to + by}, gesture);
}

void ChartLink::restore(QList<Step> &from, QList<Step> &to)
{
    if (from.isEmpty()) {
        return;
    }
    to.append({m_view, m_live});
    const Step step = from.takeLast();
    m_lastGesture = 0;
    changeLive(step.live);
    if (step.live) {
        follow();
    } else {
        apply(step.view);
    }
    emit historyChanged();
}

void ChartLink::back()
{
    restore(m_past, m_future);
}

void ChartLink::forward()
{
    restore(m_future, m_past);
}

void ChartLink::showAll()
{
    if (m_extent.to <= 0) {
        return;
    }
    remember(0);
    m_liveSpan = m_live ? 0 : m_liveSpan;
    const qint64 least = std::max<qint64>(0, MinSpan - m_extent.span());
    apply({m_extent.from - least, m_extent.to});
    emit historyChanged();
}

void ChartLink::setLive(bool live)
{
    if (live == m_live) {
        return;
    }
    remember(0);
    changeLive(live);
    if (live) {
        follow();
    }
    emit historyChanged();
}

void ChartLink::setLiveSpan(qint64 span)
{
    m_liveSpan = span;
    setLive(true);
    follow();
}

void ChartLink::setMarkers(const QList<ChartMarker> &markers)
{
    if (markers != m_markers) {
        m_markers = markers;
        emit markersChanged();
    }
}

void ChartLink::setCursor(qint64 at)
{
    if (m_cursor != at) {
        m_cursor = at;
        emit cursorChanged();
    }
}

void ChartLink::clearCursor()
{
    if (m_cursor) {
        m_cursor.reset();
        emit cursorChanged();
    }
}

} // namespace proverdeck::ui

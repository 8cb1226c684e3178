// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QObject>
#include <QString>

#include <optional>

namespace proverdeck::ui {

/// A stretch of time in milliseconds since the epoch, UTC.
struct TimeRange
{
    qint64 from = 0;
    qint64 to = 0;
    bool operator==(const TimeRange &) const = default;
    [[nodiscard]] qint64 span() const { return to - from; }
    [[nodiscard]] bool isEmpty() const { return to <= from; }
};

/// Something that happened at one moment, shown in every chart of a page.
struct ChartMarker
{
    enum class Kind { BatchDone, Repeat, Alert };
    qint64 at = 0; ///< ms since the epoch, UTC
    Kind kind = Kind::BatchDone;
    QString text; ///< "batch 7 proved in 72.99 s"
    bool operator==(const ChartMarker &) const = default;
};

/// What the charts of one page have in common: the time that they show, its history, and a cursor,
/// which logs may share. While it is live the view follows the newest data; any change of the view
/// by a person freezes it until setLive(true).
///
/// Lives in the GUI thread. Charts must be told of one link only.
class ChartLink : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 MinSpan = 2000; ///< ms; no view is shorter

    explicit ChartLink(QObject *parent = nullptr);

    /// What the data of @p source covers; forgotten when the source is destroyed.
    void setExtent(const QObject *source, TimeRange extent);
    /// From the first to the last moment of all sources; empty without data.
    [[nodiscard]] TimeRange extent() const { return m_extent; }
    [[nodiscard]] TimeRange view() const { return m_view; }

    /// A step of a person: it can be taken back. Steps of one gesture (a drag, turns of a wheel)
    /// name the same @p gesture above 0 and are one step.
    void setView(TimeRange view, quint64 gesture = 0);
    [[nodiscard]] quint64 newGesture() { return ++m_gesture; }
    void zoom(double factor, double centre, quint64 gesture = 0); ///< below 1: closer
    void pan(double share, quint64 gesture = 0); ///< of the span; above 0: later
    void back();
    void forward();
    [[nodiscard]] bool canGoBack() const { return !m_past.isEmpty(); }
    [[nodiscard]] bool canGoForward() const { return !m_future.isEmpty(); }
    void showAll();

    [[nodiscard]] bool isLive() const { return m_live; }
    void setLive(bool live);
    /// How much of the newest a live view shows; 0 for all. In milliseconds.
    void setLiveSpan(qint64 span);
    [[nodiscard]] qint64 liveSpan() const { return m_liveSpan; }

    void setMarkers(const QList<ChartMarker> &markers);
    [[nodiscard]] const QList<ChartMarker> &markers() const { return m_markers; }

    [[nodiscard]] std::optional<qint64> cursor() const { return m_cursor; }

public slots:
    /// The moment that a person points at, in a chart or in a log.
    void setCursor(qint64 at);
    void clearCursor();

signals:
    void viewChanged();
    void historyChanged();
    void liveChanged(bool live);
    void markersChanged();
    /// Set or cleared: ask cursor().
    void cursorChanged();
    /// A person asks for this moment elsewhere, in the logs.
    void timePicked(qint64 at);

private:
    struct Step
    {
        TimeRange view;
        bool live;
    };
    void follow();
    void apply(TimeRange view);
    void changeLive(bool live);
    void remember(quint64 gesture);
    void restore(QList<Step> &from, QList<Step> &to);

    QHash<const QObject *, TimeRange> m_extents;
    TimeRange m_extent;
    TimeRange m_view;
    QList<Step> m_past;
    QList<Step> m_future;
    QList<ChartMarker> m_markers;
    std::optional<qint64> m_cursor;
    quint64 m_gesture = 0;
    quint64 m_lastGesture = 0;
    qint64 m_liveSpan = 0;
    bool m_live = true;
};

} // namespace proverdeck::ui

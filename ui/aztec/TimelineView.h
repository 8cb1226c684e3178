// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/aztec/AztecLoader.h"
#include "ui/charts/ChartTheme.h"

#include <QAbstractScrollArea>

namespace proverdeck::ui {

/// Every attempt at every job as a bar, in lanes per machine and agent. Ctrl and wheel or + and −
/// zoom, dragging or the arrows pan, a click chooses a job. Paints only what is visible: bars
/// narrower than a pixel become one.
class TimelineView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit TimelineView(QWidget *parent = nullptr);

    /// @p epoch none: all.
    void setResult(const AztecResultPtr &result, std::optional<qint64> epoch);
    void selectJob(std::optional<quint32> job);
    void zoom(double factor, double atX); ///< @p atX in pixels of the viewport
    void showAll();
    /// The visible stretch, in ms.
    [[nodiscard]] std::pair<double, double> range() const { return {m_from, m_to}; }
    [[nodiscard]] int laneCount() const { return m_laneCount; }
    /// Rectangles drawn by the last painting, for tests of the merging.
    [[nodiscard]] int paintedBars() const { return m_painted; }
    /// The job whose bar is at a point of the viewport.
    [[nodiscard]] std::optional<quint32> jobAt(const QPoint &point) const;

    [[nodiscard]] QByteArray toPng(const QSize &size) const;
    [[nodiscard]] QByteArray toSvg(const QSize &size) const;

signals:
    void jobSelected(quint32 job);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    struct Bar
    {
        qint64 from = 0;
        qint64 to = 0;
        quint32 job = 0;
        quint16 type = 0;
        bool isCritical = false;
        models::aztec::Attempt::End how = models::aztec::Attempt::End::Open;
    };
    struct Lane
    {
        std::vector<Bar> bars; ///< one after the other
    };
    struct Group
    {
        QString title;
        int first = 0; ///< lane
        int count = 0;
    };

    /// What one painting needs: the widget's own size and theme, or those of an image.
    struct Sheet
    {
        QSize size;
        int top = 0; ///< pixels scrolled
        ChartTheme theme;
    };

    int paintLanes(QPainter &painter, const Sheet &sheet) const;
    int paintLane(QPainter &painter, const Sheet &sheet, const Lane &lane, double y) const;
    void paintBar(QPainter &painter, const Sheet &sheet, const Bar &bar, const QRectF &box) const;
    void paintAxis(QPainter &painter, const Sheet &sheet) const;
    void paintLegend(QPainter &painter, const Sheet &sheet) const;
    int paintAll(QPainter &painter, const Sheet &sheet) const;
    [[nodiscard]] int titleWidth() const;
    [[nodiscard]] int headHeight() const;
    [[nodiscard]] int legendHeight(int width) const;
    [[nodiscard]] double xOf(double time, int width) const;
    [[nodiscard]] double timeAt(double x) const;
    [[nodiscard]] int contentHeight() const;
    [[nodiscard]] double laneTop(int lane) const;
    [[nodiscard]] const Group *groupAt(int lane) const;
    void setRange(double from, double to);
    void updateScrollBars();

    AztecResultPtr m_result;
    std::optional<qint64> m_epoch;
    std::vector<Lane> m_lanes;
    QList<Group> m_groups;
    QList<quint16> m_types; ///< that have bars, for the legend
    int m_laneCount = 0;
    double m_first = 0, m_last = 1; ///< of all bars
    double m_from = 0, m_to = 1; ///< what is visible
    std::optional<quint32> m_selected;
    std::optional<QPoint> m_press;
    QPoint m_dragged;
    bool m_isDragging = false;
    int m_painted = 0;
};

} // namespace proverdeck::ui

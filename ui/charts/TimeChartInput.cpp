// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/report/Report.h"
#include "ui/charts/ChartOverlay.h"
#include "ui/charts/ChartTable.h"
#include "ui/charts/TimeChart.h"

#include <QChart>
#include <QContextMenuEvent>
#include <QDateTime>
#include <QDialog>
#include <QFileDialog>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QMouseEvent>
#include <QTableView>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

// What a person does to a TimeChart.
namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr double HoverReach = 14; ///< pixels
constexpr double LeastBox = 6; ///< pixels; a shorter drag is a click
constexpr double HighBox = 40; ///< pixels; a lower box chooses a time only
constexpr double NotchZoom = 0.8;
constexpr qint64 WheelPauseMs = 600; ///< turns with shorter pauses are one step

} // namespace

void TimeChart::wheelEvent(QWheelEvent *event)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (now - m_lastWheel > WheelPauseMs || m_wheelGesture == 0) {
        m_wheelGesture = m_link.newGesture();
    }
    m_lastWheel = now;
    const QPoint angle = event->angleDelta();
    const bool isSideways
        = std::abs(angle.x()) > std::abs(angle.y()) || event->modifiers() & Qt::ShiftModifier;
    if (isSideways) {
        const int by = angle.x() != 0 ? angle.x() : angle.y();
        m_link.pan(-double(by) / 120 * 0.1, m_wheelGesture);
    } else {
        m_link.zoom(std::pow(NotchZoom, double(angle.y()) / 120),
                    double(timeAt(event->position().x())), m_wheelGesture);
    }
    event->accept();
}

void TimeChart::keyPressEvent(QKeyEvent *event)
{
    const bool isAlt = event->modifiers() & Qt::AltModifier;
    const bool isControl = event->modifiers() & Qt::ControlModifier;
    const TimeRange view = m_link.view();
    const double centre = double(m_link.cursor().value_or(view.from + view.span() / 2));
    const int direction = event->key() == Qt::Key_Left ? -1 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
        if (isAlt) {
            direction < 0 ? m_link.back() : m_link.forward();
        } else if (isControl) {
            stepCursor(direction);
        } else {
            m_link.pan(0.1 * direction);
        }
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_Up:
        m_link.zoom(NotchZoom * NotchZoom, centre);
        return;
    case Qt::Key_Minus:
    case Qt::Key_Down:
        m_link.zoom(1 / NotchZoom / NotchZoom, centre);
        return;
    case Qt::Key_Home:
        m_boxed.reset();
        m_link.showAll();
        updateValueAxis();
        return;
    case Qt::Key_End:
        m_boxed.reset();
        m_link.setLive(true);
        updateValueAxis();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_link.cursor()) {
            emit m_link.timePicked(*m_link.cursor());
        }
        return;
    case Qt::Key_Escape:
        m_drag = Drag::None;
        m_box = {};
        m_link.clearCursor();
        m_overlay->update();
        return;
    default:
        QChartView::keyPressEvent(event);
    }
}

/// To the sample before or after, of whichever series has the nearest.
void TimeChart::stepCursor(int direction)
{
    const TimeRange view = m_link.view();
    const qint64 from = m_link.cursor().value_or(direction < 0 ? view.to + 1 : view.from - 1);
    std::optional<qint64> best;
    for (const ChartSeries &one : series()) {
        const std::size_t after = one.view.lowerBound(direction > 0 ? from + 1 : from);
        if (direction < 0 ? after == 0 : after >= one.view.size()) {
            continue;
        }
        const qint64 at = one.view.timeAt(direction > 0 ? after : after - 1);
        best = !best ? at : direction > 0 ? std::min(*best, at) : std::max(*best, at);
    }
    if (best) {
        m_link.setCursor(*best);
        if (*best < view.from || *best > view.to) {
            m_link.pan(0.5 * direction);
        }
    }
}

void TimeChart::focusInEvent(QFocusEvent *event)
{
    QChartView::focusInEvent(event);
    m_overlay->update();
}

void TimeChart::focusOutEvent(QFocusEvent *event)
{
    QChartView::focusOutEvent(event);
    m_overlay->update();
}

void TimeChart::mousePressEvent(QMouseEvent *event)
{
    m_dragFrom = event->position();
    m_dragView = m_link.view();
    if (event->button() == Qt::MiddleButton
        || (event->button() == Qt::LeftButton && event->modifiers() & Qt::ShiftModifier)) {
        m_drag = Drag::Pan;
        m_dragGesture = m_link.newGesture();
        viewport()->setCursor(Qt::ClosedHandCursor);
    } else if (event->button() == Qt::LeftButton
               && chart()->plotArea().contains(event->position())) {
        m_drag = Drag::Box;
        m_box = {};
    }
}

void TimeChart::mouseMoveEvent(QMouseEvent *event)
{
    const QPointF at = event->position();
    const QRectF area = chart()->plotArea();
    if (m_drag == Drag::Pan) {
        const qint64 by = std::llround((m_dragFrom.x() - at.x()) / std::max(1.0, area.width())
                                       * double(m_dragView.span()));
        m_link.setView({m_dragView.from + by, m_dragView.to + by}, m_dragGesture);
        return;
    }
    if (m_drag == Drag::Box) {
        QRectF box = QRectF(m_dragFrom, at).normalized();
        if (box.height() < HighBox) {
            box.setTop(area.top());
            box.setBottom(area.bottom());
        }
        m_box = box.width() < LeastBox ? QRectF() : box.intersected(area);
        m_overlay->update();
    }
    if (area.contains(at)) {
        m_link.setCursor(timeAt(at.x()));
        hover(at);
    } else {
        m_link.clearCursor();
        m_item->setHovered(-1);
    }
}

void TimeChart::mouseReleaseEvent(QMouseEvent *event)
{
    if (m_drag == Drag::Box && event->button() == Qt::LeftButton) {
        if (m_box.isEmpty() && event->modifiers() & Qt::ControlModifier) {
            emit m_link.timePicked(timeAt(event->position().x()));
        }
        finishBox();
    }
    m_drag = Drag::None;
    viewport()->unsetCursor();
}

void TimeChart::finishBox()
{
    const QRectF box = std::exchange(m_box, {});
    m_overlay->update();
    if (box.isEmpty()) {
        return;
    }
    const QRectF area = chart()->plotArea();
    const auto [low, high] = valueRange();
    const auto valueOf = [&, bottom = low, top = high](qreal y) {
        return bottom + (area.bottom() - y) / area.height() * (top - bottom);
    };
    if (box.height() < area.height() - 1) {
        m_boxed = {valueOf(box.bottom()), valueOf(box.top())};
    }
    m_link.setView({timeAt(box.left()), timeAt(box.right())});
    updateValueAxis();
}

void TimeChart::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton) {
        m_drag = Drag::None;
        m_boxed.reset();
        m_link.showAll();
        updateValueAxis();
    }
}

void TimeChart::leaveEvent(QEvent *event)
{
    QChartView::leaveEvent(event);
    m_link.clearCursor();
    m_item->setHovered(-1);
}

/// The line nearest to the pointer, if one is near.
void TimeChart::hover(const QPointF &place)
{
    int best = -1;
    double distance = HoverReach;
    const QList<ChartSeries> &all = series();
    for (int i = 0; i < all.size(); ++i) {
        const auto value = valueNow(all.at(i));
        const double away = value ? std::abs(yOf(*value) - place.y()) : HoverReach;
        if (away < distance) {
            distance = away;
            best = i;
        }
    }
    m_item->setHovered(all.size() > 1 ? best : -1);
}

void TimeChart::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"chartMenu"_s);
    menu->addAction(tr("Show as a table"), this, &TimeChart::showTable)
        ->setObjectName(u"chartTable"_s);
    const qint64 at = m_link.cursor().value_or(timeAt(event->pos().x()));
    menu->addAction(tr("Find this time in the log"), this,
                    [this, at] { emit m_link.timePicked(at); });
    menu->addSeparator();
    const QString name = m_title.toLower().replace(u' ', u'-');
    menu->addAction(tr("Save as PNG…"), this, [this, name] {
        save(tr("PNG (*.png)"), name + u".png"_s, [this] { return toPng(); });
    });
    menu->addAction(tr("Save as SVG…"), this, [this, name] {
        save(tr("SVG (*.svg)"), name + u".svg"_s, [this] { return toSvg(); });
    });
    menu->addAction(tr("Save as CSV…"), this, [this, name] {
        save(tr("CSV (*.csv)"), name + u".csv"_s, [this] { return toCsv(); });
    });
    menu->popup(event->globalPos());
}

void TimeChart::save(const QString &filter, const QString &name,
                     const std::function<QByteArray()> &make)
{
    auto *dialog = new QFileDialog(this, tr("Save what the chart shows"), name, filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(u"chartSaveDialog"_s);
    dialog->setAcceptMode(QFileDialog::AcceptSave); // asks before it replaces a file
    dialog->selectFile(name);
    connect(dialog, &QFileDialog::fileSelected, this, [this, make](const QString &path) {
        const QString problem = models::report::writeWholeFile(path, make(), true);
        if (!problem.isEmpty()) {
            auto *box = new QMessageBox(QMessageBox::Warning, u"Proverdeck"_s, problem,
                                        QMessageBox::Ok, this);
            box->setAttribute(Qt::WA_DeleteOnClose);
            box->open();
        }
    });
    dialog->open();
}

void TimeChart::showTable()
{
    if (m_table) {
        m_table->raise();
        m_table->activateWindow();
        return;
    }
    auto *window = new QDialog(this);
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->setObjectName(u"chartTableWindow"_s);
    window->setWindowTitle(m_unit.isEmpty() ? m_title : tr("%1 (%2)").arg(m_title, m_unit));
    auto *layout = new QVBoxLayout(window);
    auto *note = new QLabel(window);
    note->setObjectName(u"chartTableNote"_s);
    note->setTextFormat(Qt::PlainText);
    layout->addWidget(note);
    auto *table = new QTableView(window);
    table->setObjectName(u"chartTableView"_s);
    table->setAccessibleName(tr("%1 as a table").arg(m_title));
    table->setModel(new ChartTableModel(m_decimals, table));
    table->setAlternatingRowColors(true);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    layout->addWidget(table);
    window->resize(560, 480);
    m_table = window;
    updateTable();
    table->resizeColumnsToContents();
    window->show();
}

void TimeChart::updateTable()
{
    if (!m_table) {
        return;
    }
    const ChartRows rows = chartRows(series(), m_unit, m_link.view());
    auto *table = m_table->findChild<QTableView *>(u"chartTableView"_s);
    static_cast<ChartTableModel *>(table->model())->setRows(rows);
    m_table->findChild<QLabel *>(u"chartTableNote"_s)
        ->setText(rows.rows.isEmpty()
                      ? tr("Nothing was sampled in the time that the chart shows.")
                      : tr("What the chart shows, %1 a row: the mean, and in brackets the smallest "
                           "and the largest value.")
                            .arg(models::report::durationText(rows.stepMs)));
}

} // namespace proverdeck::ui

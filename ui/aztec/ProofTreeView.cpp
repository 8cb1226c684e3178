// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/ProofTreeView.h"

#include "models/aztec/Texts.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <map>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int BoxWidth = 250;
constexpr int GapX = 70;
constexpr int GapY = 18;
constexpr int Margin = 20;

} // namespace

ProofTreeView::ProofTreeView(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"aztecTree"_s);
    setAccessibleName(tr("Proof tree"));
}

void ProofTreeView::setResult(const AztecResultPtr &result, std::optional<qint64> epoch)
{
    m_result = result;
    m_boxes.clear();
    m_epoch = -1;
    if (result) {
        const models::aztec::EpochRow *row = nullptr;
        for (const auto &one : result->analysis.epochs) {
            if (epoch ? one.epoch == *epoch : !one.types.isEmpty() && (!row || one.jobs > 1)) {
                row = &one;
            }
        }
        const auto vocabulary = models::aztec::Vocabulary::builtIn();
        for (const auto &stats : row ? row->types : QList<models::aztec::TypeStats>()) {
            const auto *type = vocabulary->type(stats.type);
            m_boxes.push_back(
                {stats, type ? type->name : stats.type, type ? type->needs : QStringList(), {}});
        }
        m_epoch = row ? row->epoch : -1;
    }
    arrange();
    updateGeometry();
    update();
}

/// Columns by height in the tree, without empty ones.
void ProofTreeView::arrange()
{
    std::map<int, std::vector<Box *>> columns;
    for (Box &box : m_boxes) {
        columns[box.stats.level].push_back(&box);
    }
    const double height = fontMetrics().height() * 4 + 16;
    std::size_t most = 0;
    for (const auto &[level, boxes] : columns) {
        most = std::max(most, boxes.size());
    }
    const double top = Margin + fontMetrics().height() + 14;
    double x = Margin;
    for (auto &[level, boxes] : columns) {
        const double free = double(most - boxes.size()) * (height + GapY) / 2;
        double y = top + free;
        for (Box *box : boxes) {
            box->at = QRectF(x, y, BoxWidth, height);
            y += height + GapY;
        }
        x += BoxWidth + GapX;
    }
    m_size = QSize(std::max(400, int(x - GapX + Margin)),
                   std::max(200, int(top + double(most) * (height + GapY) + Margin)));
    setMinimumSize(m_size);
}

QSize ProofTreeView::sizeHint() const
{
    return m_size;
}

void ProofTreeView::paintBox(QPainter &painter, const Box &box, const ChartTheme &theme) const
{
    const auto &stats = box.stats;
    const int line = fontMetrics().height();
    painter.setPen(QPen(stats.failed ? theme.vermillion : theme.muted, stats.failed ? 2 : 1));
    painter.setBrush(theme.background);
    painter.drawRoundedRect(box.at, 6, 6);
    const QRectF inner = box.at.adjusted(10, 6, -10, -6);
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(theme.text);
    painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), line), Qt::AlignLeft,
                     QFontMetrics(bold).elidedText(stats.type, Qt::ElideRight, int(inner.width())));
    painter.setFont(font());
    const int known = stats.completed + stats.failed + stats.inProgress + stats.queued;
    const int total = stats.expected.value_or(known);
    const QRectF bar(inner.left(), inner.top() + line + 4, inner.width(), 8);
    painter.fillRect(bar, theme.grid);
    if (total > 0) {
        painter.fillRect(QRectF(bar.left(), bar.top(),
                                bar.width() * std::min(1.0, double(stats.completed) / total), 8),
                         theme.blue);
    }
    QString counts = stats.expected ? tr("%1 of %2 done").arg(stats.completed).arg(*stats.expected)
                                    : tr("%1 of %2 known done").arg(stats.completed).arg(known);
    painter.drawText(QRectF(inner.left(), bar.bottom() + 2, inner.width(), line), Qt::AlignLeft,
                     counts);
    QStringList rest;
    if (stats.inProgress) {
        rest << tr("%1 running").arg(stats.inProgress);
    }
    if (stats.queued) {
        rest << tr("%1 queued").arg(stats.queued);
    }
    if (stats.failed) {
        rest << tr("✕ %1 failed").arg(stats.failed);
    }
    if (stats.work.median) {
        rest << tr("median %1").arg(models::aztec::durationText(*stats.work.median));
    }
    painter.setPen(theme.muted);
    painter.drawText(
        QRectF(inner.left(), bar.bottom() + 2 + line, inner.width(), line), Qt::AlignLeft,
        fontMetrics().elidedText(rest.join(u" · "_s), Qt::ElideRight, int(inner.width())));
}

void ProofTreeView::paintAll(QPainter &painter, const QSize &size, const ChartTheme &theme) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(QRect(QPoint(0, 0), size), theme.background);
    painter.setFont(font());
    if (m_boxes.empty()) {
        painter.setPen(theme.muted);
        painter.drawText(QRect(QPoint(0, 0), size), Qt::AlignCenter,
                         tr("No jobs of an epoch are in these logs."));
        return;
    }
    painter.setPen(theme.muted);
    painter.drawText(QPointF(Margin, Margin + fontMetrics().ascent()),
                     tr("Epoch %1: an arrow goes from a result to what needs it. Upper levels "
                        "appear only when their inputs are done, so known is not the total.")
                         .arg(m_epoch));
    painter.setBrush(Qt::NoBrush);
    for (const Box &parent : m_boxes) {
        for (const Box &child : m_boxes) {
            if (&parent == &child || !parent.needs.contains(child.canonical)
                || child.stats.level >= parent.stats.level) {
                continue;
            }
            const QPointF from(child.at.right(), child.at.center().y());
            const QPointF to(parent.at.left(), parent.at.center().y());
            QPainterPath path(from);
            const double reach = std::max(30.0, (to.x() - from.x()) / 2);
            path.cubicTo(from + QPointF(reach, 0), to - QPointF(reach, 0), to);
            painter.setPen(QPen(theme.muted, 1.2));
            painter.drawPath(path);
            painter.drawLine(to, to + QPointF(-7, -4));
            painter.drawLine(to, to + QPointF(-7, 4));
        }
    }
    for (const Box &box : m_boxes) {
        paintBox(painter, box, theme);
    }
}

void ProofTreeView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintAll(painter, size(), chartThemeFor(palette()));
}

QByteArray ProofTreeView::toPng() const
{
    return pngImage(m_size, [this](QPainter &painter) { paintAll(painter, m_size, printTheme()); });
}

QByteArray ProofTreeView::toSvg() const
{
    return svgImage(m_size, tr("Proof tree"),
                    [this](QPainter &painter) { paintAll(painter, m_size, printTheme()); });
}

} // namespace proverdeck::ui

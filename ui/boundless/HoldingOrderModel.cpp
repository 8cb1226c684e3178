// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/HoldingOrderModel.h"

#include "models/boundless/OrderFindings.h"
#include "models/report/Report.h"
#include "ui/common/Theme.h"

#include <QDateTime>
#include <QFontDatabase>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::StepOutcome;
using models::boundless::HoldingOrder;

namespace {

const QString Missing = u"–"_s;

/// Whole seconds; what is over is "0 s".
QString leftText(qint64 ms)
{
    return ms < 1000 ? u"0 s"_s : models::report::durationText(ms / 1000 * 1000);
}

QStringList idsOf(const QList<HoldingOrder> &orders)
{
    QStringList ids;
    for (const HoldingOrder &order : orders) {
        ids << order.requestId;
    }
    return ids;
}

} // namespace

void HoldingOrderModel::setVerdict(const models::boundless::StopVerdict &verdict,
                                   models::boundless::BrokerEra era)
{
    const QList<HoldingOrder> orders = verdict.holding + verdict.lost;
    m_era = era;
    if (idsOf(orders) != idsOf(m_orders) || m_holding != verdict.holding.size()) {
        beginResetModel();
        m_orders = orders;
        m_holding = verdict.holding.size();
        endResetModel();
        return;
    }
    m_orders = orders;
    if (!m_orders.isEmpty()) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

void HoldingOrderModel::setNow(std::optional<qint64> nowMs)
{
    m_nowMs = nowMs;
    if (!m_orders.isEmpty()) {
        emit dataChanged(index(0, Left), index(rowCount() - 1, Left), {Qt::DisplayRole});
    }
}

void HoldingOrderModel::setPalette(const QPalette &palette)
{
    m_palette = palette;
    if (!m_orders.isEmpty()) {
        emit dataChanged(index(0, Why), index(rowCount() - 1, Why), {Qt::DecorationRole});
    }
}

int HoldingOrderModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_orders.size());
}

int HoldingOrderModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString HoldingOrderModel::text(int row, int column) const
{
    const HoldingOrder &order = m_orders.at(row);
    switch (column) {
    case Why:
        return isLost(row) ? tr("lost: its lock deadline has passed")
            : order.status.isEmpty()
            ? models::boundless::holdText(order.why)
            : tr("%1 (%2)").arg(models::boundless::holdText(order.why), order.status);
    case Request:
        return order.requestId;
    case Left:
        if (isLost(row)) {
            return tr("over");
        }
        return order.lockDeadlineMs && m_nowMs ? leftText(*order.lockDeadlineMs - *m_nowMs)
                                               : Missing;
    case Collateral:
        return order.collateralRaw.isEmpty()
            ? Missing
            : models::boundless::collateralText(order.collateralRaw, m_era);
    default:
        return {};
    }
}

QVariant HoldingOrderModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const HoldingOrder &order = m_orders.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), index.column());
    case Qt::DecorationRole:
        if (index.column() == Why) {
            return outcomeIcon(isLost(index.row())                          ? StepOutcome::Failed
                                   : order.why == HoldingOrder::Why::InWork ? StepOutcome::Running
                                   : order.why == HoldingOrder::Why::Unjudged
                                   ? StepOutcome::Unknown
                                   : StepOutcome::Warning,
                               m_palette);
        }
        return {};
    case Qt::ToolTipRole:
        if (index.column() == Left) {
            return order.lockDeadlineMs
                ? tr("Lock deadline %1. After it the collateral is lost.")
                      .arg(localTimeText(
                          QDateTime::fromMSecsSinceEpoch(*order.lockDeadlineMs, Qt::UTC)))
                : tr("Neither the database nor the chain tells its lock deadline");
        }
        return index.column() == Collateral && order.collateralRaw.isEmpty()
            ? QVariant(tr("Nobody tells its collateral"))
            : QVariant();
    case Qt::FontRole:
        return index.column() == Request
            ? QVariant(QFontDatabase::systemFont(QFontDatabase::FixedFont))
            : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == Left || index.column() == Collateral
            ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter)
            : QVariant();
    default:
        return {};
    }
}

QVariant HoldingOrderModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    const QStringList titles{tr("Order"), tr("Request"), tr("Time left"), tr("Collateral")};
    return titles.value(section);
}

} // namespace proverdeck::ui

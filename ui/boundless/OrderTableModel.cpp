// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/OrderTableModel.h"

#include "models/boundless/Digits.h"
#include "models/boundless/OrderFindings.h"
#include "ui/common/Theme.h"

#include <QDateTime>
#include <QFontDatabase>
#include <QLocale>

#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::StepOutcome;
using models::boundless::OrderRow;
using models::boundless::OrderState;

namespace {

const QString Missing = u"–"_s;

StepOutcome signOf(OrderState state)
{
    switch (state) {
    case OrderState::Seen:
    case OrderState::Priced:
        return StepOutcome::Waiting;
    case OrderState::Locking:
    case OrderState::Locked:
        return StepOutcome::Serving;
    case OrderState::Proving:
    case OrderState::Proved:
        return StepOutcome::Running;
    case OrderState::Fulfilled:
        return StepOutcome::Done;
    case OrderState::LostLock:
    case OrderState::SlashPending:
        return StepOutcome::Warning;
    case OrderState::Failed:
    case OrderState::Slashed:
        return StepOutcome::Failed;
    case OrderState::Expired:
        return StepOutcome::Unknown;
    case OrderState::NotPriced:
    case OrderState::Skipped:
    case OrderState::PassedOver:
    case OrderState::Overtaken:
        break;
    }
    return StepOutcome::Skipped;
}

QString shortId(const QString &id)
{
    return id.size() > 20 ? id.left(8) + u'…' + id.right(8) : id;
}

QString amountOf(const QString &decimal, const QString &symbol)
{
    if (decimal.isEmpty()) {
        return {};
    }
    const auto digits = models::boundless::digitsOf(decimal, 18);
    return digits ? models::boundless::amountText(*digits, 18) + u' ' + symbol
                  : decimal + u' ' + symbol;
}

bool isNone(const QString &decimal)
{
    const auto digits = models::boundless::digitsOf(decimal, 18);
    return digits && *digits == "0"_L1;
}

/// Digits that sort like numbers.
QString sortable(const QString &digits)
{
    return digits.rightJustified(80, u'0');
}

} // namespace

QString spanText(qint64 milliseconds)
{
    const qint64 span = std::abs(milliseconds);
    const qint64 seconds = span / 1000;
    if (span < 60'000) {
        return OrderTableModel::tr("%1 s").arg(double(span) / 1000, 0, 'f', span < 10'000 ? 2 : 1);
    }
    if (seconds < 3600) {
        return OrderTableModel::tr("%1 min %2 s")
            .arg(seconds / 60)
            .arg(seconds % 60, 2, 10, QLatin1Char('0'));
    }
    return OrderTableModel::tr("%1 h %2 min")
        .arg(seconds / 3600)
        .arg(seconds % 3600 / 60, 2, 10, QLatin1Char('0'));
}

void OrderTableModel::setRows(const QList<OrderRow> &rows, models::boundless::BrokerEra era,
                              qint64 nowMs)
{
    const bool sameEra = era == m_era;
    m_era = era;
    m_nowMs = nowMs;
    bool isGrown = sameEra && rows.size() >= m_rows.size();
    for (qsizetype i = 0; isGrown && i < m_rows.size(); ++i) {
        isGrown = rows.at(i).order.id == m_rows.at(i).order.id
            && rows.at(i).order.chain == m_rows.at(i).order.chain;
    }
    if (!isGrown) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
        return;
    }
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        if (m_rows.at(i) != rows.at(i)) {
            m_rows[i] = rows.at(i);
            emit dataChanged(index(int(i), 0), index(int(i), ColumnCount - 1));
        }
    }
    if (rows.size() > m_rows.size()) {
        beginInsertRows({}, int(m_rows.size()), int(rows.size()) - 1);
        m_rows.append(rows.mid(m_rows.size()));
        endInsertRows();
    }
}

void OrderTableModel::setNow(qint64 nowMs)
{
    if (nowMs == m_nowMs) {
        return;
    }
    m_nowMs = nowMs;
    if (!m_rows.isEmpty()) {
        emit dataChanged(index(0, Deadline), index(int(m_rows.size()) - 1, Deadline),
                         {Qt::DisplayRole, Qt::ToolTipRole});
    }
}

void OrderTableModel::setPalette(const QPalette &palette)
{
    m_palette = palette;
    if (!m_rows.isEmpty()) {
        emit dataChanged(index(0, 0), index(int(m_rows.size()) - 1, ColumnCount - 1),
                         {Qt::DecorationRole, Qt::ForegroundRole});
    }
}

int OrderTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int OrderTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

bool OrderTableModel::countsDown(const OrderRow &row) const
{
    return row.deadlineMs
        && (row.isExposed || row.state == OrderState::SlashPending || row.state == OrderState::Seen
            || row.state == OrderState::Priced || row.state == OrderState::Locking);
}

QString OrderTableModel::deadlineText(const OrderRow &row) const
{
    if (row.state == OrderState::SlashPending) {
        const auto full = row.order.fullDeadlineMs;
        return full && *full > m_nowMs ? tr("slash in %1").arg(spanText(*full - m_nowMs))
                                       : tr("over");
    }
    if (!row.deadlineMs || !countsDown(row)) {
        return row.deadlineMs
            ? QDateTime::fromMSecsSinceEpoch(*row.deadlineMs).toString(u"MM-dd HH:mm:ss"_s)
            : QString();
    }
    const qint64 left = *row.deadlineMs - m_nowMs;
    return left > 0 ? tr("in %1").arg(spanText(left / 1000 * 1000)) : tr("over");
}

QString OrderTableModel::text(const OrderRow &row, int column) const
{
    const models::boundless::Order &order = row.order;
    const QString symbol = models::boundless::collateralSymbol(m_era);
    switch (column) {
    case State:
        return models::boundless::stateTitle(row.state);
    case Request:
        return shortId(order.id);
    case Seen:
        return order.seenMs
            ? QDateTime::fromMSecsSinceEpoch(*order.seenMs).toString(u"MM-dd HH:mm:ss"_s)
            : QString();
    case Deadline:
        return deadlineText(row);
    case Collateral:
        return !order.collateralRaw.isEmpty()
            ? models::boundless::collateralText(order.collateralRaw, m_era)
            : amountOf(order.collateral, symbol);
    case Reward: {
        const QString fee = isNone(order.fee) ? QString() : amountOf(order.fee, u"ETH"_s);
        const QString token = isNone(order.reward) ? QString() : amountOf(order.reward, symbol);
        return fee.isEmpty() || token.isEmpty() ? QString(fee + token)
                                                : QString(fee + u" + "_s + token);
    }
    case Cycles:
        return order.cycles ? (order.cyclesAreRounded ? u"≈ "_s : QString())
                + QLocale::c().toString(double(*order.cycles) / 1e6, 'f', 1) + u" M"_s
                            : QString();
    case Speed:
        return order.kHz() ? QString::number(*order.kHz(), 'f', 1) : QString();
    case ToLock:
        return order.timeToLockMs() ? spanText(*order.timeToLockMs()) : QString();
    case ToProve:
        return order.timeToProveMs() ? spanText(*order.timeToProveMs()) : QString();
    case Reason:
        return models::boundless::shortReason(row, *models::boundless::BrokerPatterns::builtIn());
    default:
        return {};
    }
}

QVariant OrderTableModel::sortValue(const OrderRow &row, int column) const
{
    const models::boundless::Order &order = row.order;
    // What is not known comes last when the newest or largest comes first.
    switch (column) {
    case State:
        return int(row.state);
    case Request:
        return order.id;
    case Seen:
        return order.seenMs.value_or(-1);
    case Deadline:
        return row.deadlineMs.value_or(-1);
    case Collateral:
        return sortable(order.collateralRaw);
    case Reward:
        return sortable(models::boundless::digitsOf(order.fee, 18).value_or(QString()));
    case Cycles:
        return order.cycles ? double(*order.cycles) : -1.0;
    case Speed:
        return order.kHz().value_or(-1);
    case ToLock:
        return order.timeToLockMs().value_or(-1);
    case ToProve:
        return order.timeToProveMs().value_or(-1);
    default:
        return text(row, column);
    }
}

QString OrderTableModel::why(const OrderRow &row, int column) const
{
    switch (column) {
    case Request:
        return row.order.id;
    case Seen:
        return row.order.seenMs ? localTimeText(QDateTime::fromMSecsSinceEpoch(*row.order.seenMs))
                                : tr("The log does not say when it came.");
    case Deadline:
        return row.deadlineMs
            ? tr("Lock deadline %1\nFull deadline %2")
                  .arg(
                      row.order.lockDeadlineMs
                          ? localTimeText(QDateTime::fromMSecsSinceEpoch(*row.order.lockDeadlineMs))
                          : Missing,
                      row.order.fullDeadlineMs
                          ? localTimeText(QDateTime::fromMSecsSinceEpoch(*row.order.fullDeadlineMs))
                          : Missing)
            : tr("The log does not tell the deadlines; broker.db and the chain do.");
    case State:
        return row.isLostLock
            ? tr("The chain says that it is locked by you; the broker gave it up.")
            : row.state == OrderState::Expired && row.order.isLockedByUs()
            ? tr("Whether the collateral was slashed is only on the chain.")
            : QString();
    case Collateral:
        return text(row, column).isEmpty() ? tr("Not known before the order is priced or locked.")
                                           : QString();
    case Speed:
    case Cycles:
    case ToProve:
        return text(row, column).isEmpty() ? tr("Not proved here.") : QString();
    case Reason:
        return row.order.failure.isEmpty() ? row.order.reason : row.order.failure;
    default:
        return {};
    }
}

QVariant OrderTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const OrderRow &row = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole: {
        const QString shown = text(row, index.column());
        return shown.isEmpty() ? Missing : shown;
    }
    case Qt::ToolTipRole:
        return why(row, index.column());
    case Qt::DecorationRole:
        return index.column() == State ? QVariant(outcomeIcon(signOf(row.state), m_palette))
                                       : QVariant();
    case Qt::ForegroundRole:
        return row.isExposed && index.column() == Deadline && row.deadlineMs
                && *row.deadlineMs - m_nowMs < 600'000
            ? QVariant(coloursFor(m_palette).bad)
            : QVariant();
    case Qt::FontRole:
        return index.column() == Request
            ? QVariant(QFontDatabase::systemFont(QFontDatabase::FixedFont))
            : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() >= Collateral && index.column() <= ToProve
            ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
            : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    case SortRole:
        return sortValue(row, index.column());
    case StateRole:
        return int(row.state);
    case AttentionRole:
        return row.isLostLock || row.state == OrderState::SlashPending
            || row.state == OrderState::Slashed
            || (row.state == OrderState::Failed && row.isExposed);
    case SearchRole:
        return QString(row.order.id + u' ' + text(row, Reason) + u' ' + text(row, State) + u' '
                       + row.order.codes.join(u' ') + u' ' + row.order.reason);
    default:
        return {};
    }
}

QVariant OrderTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return section >= Collateral && section <= ToProve
            ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
            : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole) {
        return section == Speed  ? tr("Thousand cycles a second while it was proved")
            : section == ToLock  ? tr("From the first sight of it to the lock")
            : section == ToProve ? tr("From the start of its proof to its end")
                                 : QVariant();
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case State:
        return tr("State");
    case Request:
        return tr("Request");
    case Seen:
        return tr("Seen");
    case Deadline:
        return tr("Deadline");
    case Collateral:
        return tr("Collateral");
    case Reward:
        return tr("Reward");
    case Cycles:
        return tr("Cycles");
    case Speed:
        return tr("kHz");
    case ToLock:
        return tr("To lock");
    case ToProve:
        return tr("To prove");
    default:
        return tr("Reason");
    }
}

TableColumns OrderTableModel::tableColumns()
{
    using models::tables::ValueKind;
    const auto column = [](const QString &id, ValueKind kind) {
        return TableColumn{.id = id, .kind = kind, .isNegativeUnknown = true};
    };
    TableColumn cycles = column(u"cycles"_s, ValueKind::Number);
    cycles.total = models::tables::TotalRule();
    cycles.totalText = [](double sum) { return tr("%1 M").arg(sum / 1e6, 0, 'f', 1); };
    return {column(u"state"_s, ValueKind::Number),     column(u"request"_s, ValueKind::Text),
            column(u"seen"_s, ValueKind::Time),        column(u"deadline"_s, ValueKind::Time),
            column(u"reason"_s, ValueKind::Text),      column(u"collateral"_s, ValueKind::Text),
            column(u"reward"_s, ValueKind::Text),      cycles,
            column(u"speed"_s, ValueKind::Number),     column(u"to-lock"_s, ValueKind::Duration),
            column(u"to-prove"_s, ValueKind::Duration)};
}

} // namespace proverdeck::ui

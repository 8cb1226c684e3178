// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/StakeEventModel.h"

#include <QHash>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::EventKind;
using models::boundless::LockEntry;
using models::boundless::LockState;
using models::boundless::MarketEvent;

namespace {

QString shortened(const QString &hex)
{
    return hex.size() > 22 ? QString(hex.left(12) + u'…' + hex.right(8)) : hex;
}

} // namespace

void StakeEventModel::setEvents(const QList<MarketEvent> &events,
                                const models::boundless::Verdicts &verdicts,
                                const QList<LockEntry> &locks,
                                const models::boundless::MarketFacts &facts,
                                const models::evm::Address &account)
{
    QHash<QString, LockEntry> byRequest;
    for (const LockEntry &entry : locks) {
        byRequest.insert(entry.requestId, entry);
    }
    const auto effects = effectsOf(events, verdicts, account);
    QList<Row> rows;
    for (qsizetype i = events.size() - 1; i >= 0; --i) {
        Row row{events.at(i), effects.at(i), {}};
        if (row.event.requestId && byRequest.contains(row.event.requestId->toHex())) {
            row.lock = byRequest.value(row.event.requestId->toHex());
        }
        rows << row;
    }
    if (rows == m_rows && facts == m_facts) {
        return;
    }
    m_facts = facts;
    // What is new comes on top while the rest stays as it is: rows are inserted, so that a
    // selection holds.
    const qsizetype added = rows.size() - m_rows.size();
    if (added > 0 && !m_rows.isEmpty() && rows.mid(added) == m_rows) {
        beginInsertRows({}, 0, int(added) - 1);
        m_rows = rows;
        endInsertRows();
        return;
    }
    if (added > 0 && !m_rows.isEmpty()
        && rows.mid(0, m_rows.size()) == m_rows) { // read further back
        beginInsertRows({}, int(m_rows.size()), int(rows.size()) - 1);
        m_rows = rows;
        endInsertRows();
        return;
    }
    if (added == 0 && !rows.isEmpty()) {
        m_rows = rows;
        emit dataChanged(index(0, 0), index(int(m_rows.size()) - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_rows = rows;
    endResetModel();
}

void StakeEventModel::clear()
{
    if (!m_rows.isEmpty()) {
        beginResetModel();
        m_rows.clear();
        endResetModel();
    }
}

int StakeEventModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int StakeEventModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString StakeEventModel::what(const Row &row) const
{
    switch (row.event.kind) {
    case EventKind::Deposit:
        return tr("Deposit");
    case EventKind::Withdrawal:
        return tr("Withdrawal");
    case EventKind::Locked:
        if (row.lock) {
            switch (row.lock->state) {
            case LockState::Open:
                return tr("Locked: open");
            case LockState::Returned:
                return tr("Locked: returned");
            case LockState::SlashPending:
                return tr("Locked: slash pending");
            case LockState::Slashed:
                return tr("Locked: slashed");
            case LockState::Unknown:
                return tr("Locked: outcome unknown");
            }
        }
        return tr("Locked");
    case EventKind::Fulfilled:
        return tr("Fulfilled");
    case EventKind::Slashed:
        return row.lock ? tr("Slashed") : tr("Share of another's slash");
    case EventKind::TokensIn:
        return tr("Wallet received");
    case EventKind::TokensOut:
        break;
    }
    return tr("Wallet sent");
}

QString StakeEventModel::text(const Row &row, int column) const
{
    const MarketEvent &event = row.event;
    switch (column) {
    case Time:
        return event.time.isValid() ? event.time.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s)
                                    : tr("block %1").arg(event.block);
    case What:
        return what(row);
    case Change: {
        if (event.kind == EventKind::TokensIn || event.kind == EventKind::TokensOut) {
            return tr("wallet %1%2 %3")
                .arg(event.kind == EventKind::TokensIn ? u"+"_s : u"−"_s,
                     event.amount.toUnitsCut(m_facts.decimals, 6), m_facts.symbol);
        }
        if (event.kind == EventKind::Slashed && row.lock) {
            return tr("%1 %2 lost")
                .arg(row.lock->collateral.toUnitsCut(m_facts.decimals, 6), m_facts.symbol);
        }
        if (!row.effect || row.effect->size.isZero()) {
            return u"–"_s;
        }
        return (row.effect->isNegative ? u"−"_s : u"+"_s)
            + row.effect->size.toUnitsCut(m_facts.decimals, 6) + u' ' + m_facts.symbol;
    }
    case Request:
        return event.requestId ? shortened(event.requestId->toHex()) : QString();
    case Transaction:
        return shortened(event.transaction);
    default:
        return {};
    }
}

QString StakeEventModel::tip(const Row &row, int column) const
{
    const MarketEvent &event = row.event;
    const QString exact = tr("%1 %2 (%3 base units)")
                              .arg(event.amount.toUnits(m_facts.decimals), m_facts.symbol,
                                   event.amount.toDecimal());
    switch (column) {
    case Time:
        return tr("Block %1, %2 UTC")
            .arg(event.block)
            .arg(event.time.isValid() ? event.time.toString(u"yyyy-MM-dd HH:mm:ss"_s) : u"–"_s);
    case What:
        if (row.lock && event.kind == EventKind::Locked) {
            return tr("The proof had to be there by %1; otherwise anybody can have it slashed from "
                      "%2 on.")
                .arg(row.lock->lockDeadline.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s),
                     row.lock->deadline.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s));
        }
        return {};
    case Change:
        if (event.kind == EventKind::Fulfilled) {
            if (!row.effect) {
                return tr(
                    "Not known: the lock of this request is older than what was read, or its time "
                    "is not read yet.");
            }
            return row.effect->size.isZero()
                ? tr("Delivered too late: the collateral does not come back.")
                : tr("The locked collateral came back: %1 base units.")
                      .arg(row.effect->size.toDecimal());
        }
        if (event.kind == EventKind::Slashed) {
            return tr("Burned %1 %3, %2 %3 went to %4. The collateral had left the balance when "
                      "the request "
                      "was locked.")
                .arg(event.burned.toUnits(m_facts.decimals), event.amount.toUnits(m_facts.decimals),
                     m_facts.symbol, event.account.toString());
        }
        return exact;
    case Request:
        return event.requestId ? event.requestId->toHex() : QString();
    case Transaction:
        return event.transaction;
    default:
        return {};
    }
}

QVariant StakeEventModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const Row &row = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::ToolTipRole:
        return tip(row, index.column());
    case CopyRole: {
        const bool isHash = index.column() == Transaction || index.column() == Request;
        return isHash ? tip(row, index.column()) : text(row, index.column());
    }
    case Qt::TextAlignmentRole:
        return index.column() == Change ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter))
                                        : QVariant();
    default:
        return {};
    }
}

QVariant StakeEventModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && section == Change) {
        return int(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Time:
        return tr("Time");
    case What:
        return tr("What");
    case Change:
        return tr("Collateral");
    case Request:
        return tr("Request");
    case Transaction:
        return tr("Transaction");
    default:
        return {};
    }
}

} // namespace proverdeck::ui

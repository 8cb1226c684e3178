// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/TransferBook.h"

#include <QCoreApplication>

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using evm::U256;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("TransferBook", text);
}

bool isOpen(const TransferRecord &record)
{
    return record.state == TransferState::Sent || record.state == TransferState::Unknown;
}

bool isOf(const TransferRecord &record, const TransferPlan &plan)
{
    return record.kind == plan.kind && record.chainId == plan.facts.chainId
        && record.market == plan.facts.market && record.account == plan.account
        && record.amount == plan.amount;
}

} // namespace

QString transferStateWord(TransferState state)
{
    switch (state) {
    case TransferState::Sent:
        return u"sent"_s;
    case TransferState::Unknown:
        return u"unknown"_s;
    case TransferState::Done:
        return u"done"_s;
    case TransferState::NotSent:
        break;
    }
    return u"not_sent"_s;
}

TransferRecord *TransferBook::openRecord(const TransferPlan &plan)
{
    const auto found
        = std::find_if(m_records.begin(), m_records.end(),
                       [&](const TransferRecord &one) { return isOpen(one) && isOf(one, plan); });
    return found == m_records.end() ? nullptr : &*found;
}

QString TransferBook::whyHeldBack(const TransferPlan &plan) const
{
    for (const TransferRecord &record : m_records) {
        if (isOpen(record) && isOf(record, plan)) {
            return tr("The same %1 of %2 %3 was submitted at %4 and its outcome is not known yet. "
                      "It is "
                      "looked for on the chain; submitting it again could move the amount twice.")
                .arg(transferWord(record.kind), plan.amountText(), plan.facts.symbol,
                     record.submitted.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s));
        }
    }
    return {};
}

void TransferBook::submitted(const TransferPlan &plan, const QDateTime &now)
{
    m_records << TransferRecord{
        plan.kind,   plan.facts.chainId, plan.facts.market,      plan.account,
        plan.amount, plan.before.block,  plan.before.collateral, now};
}

void TransferBook::ended(const TransferPlan &plan, const TransferOutcome &outcome)
{
    if (TransferRecord *record = openRecord(plan)) {
        // What is reported as done is still looked for: only the chain makes it Done.
        record->state = outcome.kind == TransferOutcome::Kind::NotSent ? TransferState::NotSent
            : outcome.kind == TransferOutcome::Kind::Reported          ? TransferState::Sent
                                                                       : TransferState::Unknown;
        record->text = outcome.text;
    }
}

bool TransferBook::lookUp(const MarketFacts &facts, const QList<MarketEvent> &events)
{
    bool isAny = false;
    QStringList taken;
    for (const TransferRecord &record : std::as_const(m_records)) {
        taken << record.transaction;
    }
    for (TransferRecord &record : m_records) {
        if (!isOpen(record) || record.chainId != facts.chainId || record.market != facts.market) {
            continue;
        }
        const EventKind kind
            = record.kind == TransferKind::Deposit ? EventKind::Deposit : EventKind::Withdrawal;
        for (const MarketEvent &event : events) {
            if (event.kind == kind && event.account == record.account
                && event.amount == record.amount && event.block > record.blockBefore
                && !taken.contains(event.transaction)) {
                record.state = TransferState::Done;
                record.transaction = event.transaction;
                taken << event.transaction;
                isAny = true;
                break;
            }
        }
    }
    return isAny;
}

void TransferBook::release(const TransferPlan &plan)
{
    if (TransferRecord *record = openRecord(plan)) {
        record->state = TransferState::NotSent;
    }
}

bool TransferBook::isFirst(const MarketFacts &facts, const evm::Address &account) const
{
    return std::none_of(m_records.begin(), m_records.end(), [&](const TransferRecord &one) {
        return one.chainId == facts.chainId && one.market == facts.market && one.account == account
            && one.state != TransferState::NotSent;
    });
}

std::optional<quint64> TransferBook::openSince(quint64 chainId, const evm::Address &market,
                                               const evm::Address &account) const
{
    std::optional<quint64> since;
    for (const TransferRecord &one : m_records) {
        if (isOpen(one) && (chainId == 0 || one.chainId == chainId) && one.market == market
            && one.account == account) {
            since = std::min(since.value_or(one.blockBefore), one.blockBefore);
        }
    }
    return since;
}

QJsonArray TransferBook::toJson() const
{
    QJsonArray list;
    for (const TransferRecord &record : m_records) {
        list << QJsonObject{{u"kind"_s, transferWord(record.kind)},
                            {u"chain_id"_s, U256(record.chainId).toHex()},
                            {u"market"_s, record.market.toString()},
                            {u"account"_s, record.account.toString()},
                            {u"amount"_s, record.amount.toHex()},
                            {u"block_before"_s, U256(record.blockBefore).toHex()},
                            {u"collateral_before"_s, record.collateralBefore.toHex()},
                            {u"submitted"_s, record.submitted.toString(Qt::ISODateWithMs)},
                            {u"state"_s, transferStateWord(record.state)},
                            {u"transaction"_s, record.transaction},
                            {u"text"_s, record.text}};
    }
    return list;
}

TransferBook TransferBook::fromJson(const QJsonArray &json)
{
    TransferBook book;
    for (const QJsonValue &value : json) {
        const QJsonObject object = value.toObject();
        const auto number
            = [&](const QString &key) { return U256::fromHex(object.value(key).toString()); };
        const auto market = evm::Address::fromText(object.value(u"market"_s).toString());
        const auto account = evm::Address::fromText(object.value(u"account"_s).toString());
        const auto amount = number(u"amount"_s);
        const auto chain = number(u"chain_id"_s).value_or(U256()).toUInt64();
        const auto block = number(u"block_before"_s).value_or(U256()).toUInt64();
        if (!market || !account || !amount || !chain || !block) {
            continue;
        }
        const QString state = object.value(u"state"_s).toString();
        book.m_records << TransferRecord{
            object.value(u"kind"_s) == u"deposit"_s ? TransferKind::Deposit
                                                    : TransferKind::Withdrawal,
            *chain,
            *market,
            *account,
            *amount,
            *block,
            number(u"collateral_before"_s).value_or(U256()),
            QDateTime::fromString(object.value(u"submitted"_s).toString(), Qt::ISODateWithMs),
            state == u"done"           ? TransferState::Done
                : state == u"not_sent" ? TransferState::NotSent
                                       : TransferState::Unknown,
            object.value(u"transaction"_s).toString(),
            object.value(u"text"_s).toString()};
    }
    return book;
}

} // namespace proverdeck::models::boundless

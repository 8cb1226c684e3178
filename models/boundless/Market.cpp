// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/Market.h"

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using evm::AbiReader;
using evm::Address;
using evm::CallData;
using evm::U256;

namespace {

/// Topic 0 by generation. The signatures of requests hold nested types, so the topics are given
/// as they are in the compiled contracts; those of accounts are computed.
struct Topics
{
    QString deposit, withdrawal, locked, fulfilled, slashed, transfer;
};

const Topics &topicsOf(Generation generation)
{
    static const QString slashed
        = evm::eventTopic("ProverSlashed(uint256,uint256,uint256,address)");
    static const QString transfer = evm::eventTopic("Transfer(address,address,uint256)");
    static const Topics stake{
        evm::eventTopic("StakeDeposit(address,uint256)"),
        evm::eventTopic("StakeWithdrawal(address,uint256)"),
        u"0x6f5de72b704dc2c15a0930f92bc5d83253c73358372a4fe4d004ec1a35d7569a"_s,
        u"0x2682b2738d8666734f483aa3e081360183bbd5428f40ad104639f5961025142b"_s,
        slashed,
        transfer};
    static const Topics collateral{
        evm::eventTopic("CollateralDeposit(address,uint256)"),
        evm::eventTopic("CollateralWithdrawal(address,uint256)"),
        u"0xe5e43c93dc0ec595ed3b122bdc6d39a480e9d17fb6812e0f90cfc4ba33b0969e"_s,
        u"0x120ea8d7610aa46e4a31b254c5d07489ebe8f1a93dc7bbbe60eaf3db2c62c0cc"_s,
        slashed,
        transfer};
    return generation == Generation::Stake ? stake : collateral;
}

Address addressTopic(const QString &topic)
{
    return Address::fromWord(evm::bytesFromHex(topic).value_or(QByteArray()));
}

/// RequestLocked: prover, offset of the request, offset of the signature. In the request: id, three
/// offsets, then the offer in place: prices, start, ramp-up, lock timeout, timeout, collateral.
bool readOffer(const AbiReader &data, MarketEvent &event)
{
    constexpr qsizetype Start = 6;
    constexpr qsizetype LockTimeout = 8;
    constexpr qsizetype Timeout = 9;
    constexpr qsizetype Collateral = 10;
    event.account = data.address(0);
    const auto request = data.target(1);
    if (!request || event.account.isNull()) {
        return false;
    }
    const auto start = data.smallNumber(*request + Start);
    const auto lockTimeout = data.smallNumber(*request + LockTimeout);
    const auto timeout = data.smallNumber(*request + Timeout);
    const auto collateral = data.number(*request + Collateral);
    constexpr quint64 Sane = quint64(1) << 40; // seconds; no date of this calendar is later
    if (!start || !lockTimeout || !timeout || !collateral || *start > Sane || *lockTimeout > Sane
        || *timeout > Sane) {
        return false;
    }
    event.amount = *collateral;
    event.lockDeadline = *start + *lockTimeout;
    event.deadline = *start + *timeout;
    return true;
}

bool readAmount(const AbiReader &data, MarketEvent &event)
{
    const auto amount = data.words() == 1 ? data.number(0) : std::nullopt;
    event.amount = amount.value_or(U256());
    return amount.has_value();
}

bool readSlash(const AbiReader &data, MarketEvent &event)
{
    const auto burned = data.number(0);
    const auto transferred = data.number(1);
    event.account = data.address(2);
    event.burned = burned.value_or(U256());
    event.amount = transferred.value_or(U256());
    return burned && transferred && !event.account.isNull();
}

} // namespace

std::optional<quint64> blockNumberOf(const QJsonValue &value)
{
    constexpr quint64 Highest = quint64(1) << 53;
    const auto number = U256::fromHex(value.toString());
    const auto small = number ? number->toUInt64() : std::nullopt;
    return small && *small < Highest ? small : std::nullopt;
}

QDateTime blockTimeOf(const QJsonValue &value)
{
    constexpr quint64 Latest = quint64(1) << 40; // seconds
    const auto seconds = blockNumberOf(value);
    return seconds && *seconds < Latest ? QDateTime::fromSecsSinceEpoch(qint64(*seconds), Qt::UTC)
                                        : QDateTime();
}

QString eventWord(EventKind kind)
{
    switch (kind) {
    case EventKind::Deposit:
        return u"deposit"_s;
    case EventKind::Withdrawal:
        return u"withdrawal"_s;
    case EventKind::Locked:
        return u"locked"_s;
    case EventKind::Fulfilled:
        return u"fulfilled"_s;
    case EventKind::Slashed:
        return u"slashed"_s;
    case EventKind::TokensIn:
        return u"tokens_in"_s;
    case EventKind::TokensOut:
        break;
    }
    return u"tokens_out"_s;
}

std::optional<MarketEvent> readLog(const QJsonObject &log, const MarketFacts &facts,
                                   const Address &account)
{
    const QJsonArray list = log.value(u"topics"_s).toArray();
    QStringList topics;
    for (const QJsonValue &topic : list) {
        topics << topic.toString().toLower();
    }
    const auto block = blockNumberOf(log.value(u"blockNumber"_s));
    const auto index = blockNumberOf(log.value(u"logIndex"_s));
    const auto bytes = evm::bytesFromHex(log.value(u"data"_s).toString());
    const auto emitter = Address::fromText(log.value(u"address"_s).toString().toLower());
    if (topics.size() < 2 || !block || !index || !bytes || !emitter
        || log.value(u"removed"_s).toBool()) {
        return std::nullopt;
    }
    const Topics &known = topicsOf(facts.generation);
    const AbiReader data(*bytes);
    MarketEvent event;
    event.block = *block;
    event.logIndex = *index;
    event.blockHash = log.value(u"blockHash"_s).toString().toLower();
    event.transaction = log.value(u"transactionHash"_s).toString().toLower();
    event.time = blockTimeOf(log.value(u"blockTimestamp"_s));
    const QString &topic = topics.first();
    bool isRead = false;
    if (*emitter == facts.token && topic == known.transfer && topics.size() == 3) {
        const Address from = addressTopic(topics.at(1));
        const Address to = addressTopic(topics.at(2));
        event.kind = from == account ? EventKind::TokensOut : EventKind::TokensIn;
        event.account = from == account ? to : from;
        isRead = (from == account) != (to == account) && readAmount(data, event);
        return isRead ? std::optional(event) : std::nullopt;
    }
    if (*emitter != facts.market) {
        return std::nullopt;
    }
    if (topic == known.deposit || topic == known.withdrawal) {
        event.kind = topic == known.deposit ? EventKind::Deposit : EventKind::Withdrawal;
        event.account = addressTopic(topics.at(1));
        isRead = event.account == account && readAmount(data, event);
        return isRead ? std::optional(event) : std::nullopt;
    }
    event.requestId = U256::fromHex(topics.at(1));
    if (topic == known.locked) {
        event.kind = EventKind::Locked;
        isRead = readOffer(data, event) && event.account == account;
    } else if (topic == known.fulfilled && topics.size() == 3) {
        event.kind = EventKind::Fulfilled;
        event.account = addressTopic(topics.at(2));
        isRead = event.account == account;
    } else if (topic == known.slashed) {
        event.kind = EventKind::Slashed;
        isRead = readSlash(data, event);
    }
    return isRead && event.requestId ? std::optional(event) : std::nullopt;
}

QList<evm::RpcCall> logCalls(const MarketFacts &facts, const Address &account, quint64 from,
                             quint64 to)
{
    const Topics &known = topicsOf(facts.generation);
    const QString us = account.toTopic();
    const auto call = [&](const Address &emitter, const QJsonArray &topics) {
        return evm::RpcCall{u"eth_getLogs"_s,
                            {QJsonObject{{u"address"_s, emitter.toString()},
                                         {u"fromBlock"_s, U256(from).toHex()},
                                         {u"toBlock"_s, U256(to).toHex()},
                                         {u"topics"_s, topics}}}};
    };
    QJsonArray either; // one element, itself a list: braces alone would copy the inner one
    either.append(QJsonArray{known.locked, known.slashed});
    return {call(facts.market, {QJsonArray{known.deposit, known.withdrawal}, us}),
            call(facts.market, {known.fulfilled, QJsonValue(), us}),
            // A lock names its prover in the data only, a slash names nobody: all of them are read.
            call(facts.market, either), call(facts.token, {known.transfer, us}),
            call(facts.token, {known.transfer, QJsonValue(), us})};
}

evm::RpcCall ethCall(const Address &to, const QString &data, const QString &block)
{
    return {u"eth_call"_s, {QJsonObject{{u"to"_s, to.toString()}, {u"data"_s, data}}, block}};
}

QString balanceData(Generation generation, const Address &account)
{
    return CallData(generation == Generation::Stake ? "balanceOfStake(address)"
                                                    : "balanceOfCollateral(address)")
        .add(account)
        .hex();
}

QString tokenData(Generation generation)
{
    return CallData(generation == Generation::Stake ? "STAKE_TOKEN_CONTRACT()"
                                                    : "COLLATERAL_TOKEN_CONTRACT()")
        .hex();
}

QString depositData(Generation generation, const U256 &amount)
{
    return CallData(generation == Generation::Stake ? "depositStake(uint256)"
                                                    : "depositCollateral(uint256)")
        .add(amount)
        .hex();
}

QString withdrawData(Generation generation, const U256 &amount)
{
    return CallData(generation == Generation::Stake ? "withdrawStake(uint256)"
                                                    : "withdrawCollateral(uint256)")
        .add(amount)
        .hex();
}

std::optional<RequestLock> readRequestLock(const QByteArray &result)
{
    const AbiReader data(result);
    const auto lockDeadline = data.smallNumber(1);
    const auto delta = data.smallNumber(2);
    const auto flags = data.smallNumber(3);
    const auto collateral = data.number(5);
    constexpr quint64 Sane = quint64(1) << 40;
    if (data.words() != 7 || !lockDeadline || !delta || !flags || !collateral
        || *lockDeadline > Sane || *delta > Sane) {
        return std::nullopt;
    }
    return RequestLock{data.address(0), *lockDeadline, *lockDeadline + *delta, quint8(*flags),
                       *collateral};
}

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/CollateralMonitor.h"

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using evm::RpcAnswer;
using evm::RpcCall;
using evm::RpcFault;
using evm::U256;

namespace {

constexpr int FailuresUntilStale = 3;

std::optional<U256> wordOf(const RpcAnswer &answer)
{
    const auto bytes = answer ? evm::bytesFromHex(answer->toString()) : std::nullopt;
    return bytes ? evm::singleNumber(*bytes) : std::nullopt;
}

RpcCall blockCall(quint64 block)
{
    return {u"eth_getBlockByNumber"_s, {U256(block).toHex(), false}};
}

} // namespace

CollateralMonitor::CollateralMonitor(evm::RpcEndpoint &endpoint, QObject *parent)
    : QObject(parent)
    , m_endpoint(endpoint)
{
    m_poll.setInterval(12s);
    connect(&m_poll, &QTimer::timeout, this, &CollateralMonitor::poll);
}

CollateralMonitor::~CollateralMonitor() = default;

void CollateralMonitor::start(const MarketFacts &facts, const evm::Address &account)
{
    stop();
    m_facts = facts;
    m_account = account;
    m_snapshot.reset();
    m_notice.clear();
    m_failures = 0;
    m_round = std::make_unique<QObject>();
    setState(State::Reading);
    m_poll.start();
    poll();
}

void CollateralMonitor::stop()
{
    m_poll.stop();
    if (m_round) {
        m_round.release()->deleteLater();
    }
    m_isBusy = false;
    m_state = State::Stopped;
}

void CollateralMonitor::refresh()
{
    if (m_state != State::Stopped) {
        poll();
    }
}

void CollateralMonitor::poll()
{
    if (m_isBusy) {
        return;
    }
    m_isBusy = true;
    m_endpoint.batch({{u"eth_chainId"_s, {}}, {u"eth_blockNumber"_s, {}}}, m_round.get(),
                     [this](const QList<RpcAnswer> &answers) { onHead(answers); });
}

void CollateralMonitor::onHead(const QList<RpcAnswer> &answers)
{
    for (const RpcAnswer &answer : answers) {
        if (!answer) {
            failed(evm::errorText(answer.error()));
            return;
        }
    }
    const auto chain = blockNumberOf(answers.at(0).value());
    const auto head = blockNumberOf(answers.at(1).value());
    if (!chain || !head) {
        failed(tr("The endpoint names neither chain nor height."));
        return;
    }
    if (*chain != m_facts.chainId) {
        m_isBusy = false;
        m_snapshot.reset();
        setState(State::ChainChanged,
                 tr("The endpoint now serves chain %1 instead of %2. No balance is shown until it "
                    "serves %2 again.")
                     .arg(*chain)
                     .arg(m_facts.chainId));
        return;
    }
    if (m_snapshot && *head <= m_snapshot->block) {
        checkKnownBlock(*head);
    } else {
        readAt(*head);
    }
}

/// The height did not grow: is the last known block still there? If so, the endpoint only lags.
void CollateralMonitor::checkKnownBlock(quint64 head)
{
    m_endpoint.call(
        blockCall(m_snapshot->block), m_round.get(), [this, head](const RpcAnswer &answer) {
            if (!answer && answer.error().fault != RpcFault::Rejected) {
                failed(evm::errorText(answer.error()));
                return;
            }
            const QString hash
                = answer ? answer->toObject().value(u"hash"_s).toString() : QString();
            if (hash == m_snapshot->blockHash) {
                m_isBusy = false;
                m_failures = 0;
                m_snapshot->readAt = QDateTime::currentDateTimeUtc();
                setState(State::Live);
                return;
            }
            if (!hash.isEmpty() || head < m_snapshot->block) {
                readAt(head);
                return;
            }
            failed(tr("The endpoint does not know block %1 any more that it gave before.")
                       .arg(m_snapshot->block));
        });
}

void CollateralMonitor::readAt(quint64 head)
{
    // All at one block: a value of one block beside a value of another would be a lie.
    const QString at = U256(head).toHex();
    QList<RpcCall> calls{
        blockCall(head),
        ethCall(m_facts.market, balanceData(m_facts.generation, m_account), at),
        ethCall(m_facts.token, evm::CallData("balanceOf(address)").add(m_account).hex(), at),
        {u"eth_getBalance"_s, {m_account.toString(), at}},
        ethCall(
            m_facts.token,
            evm::CallData("allowance(address,address)").add(m_account).add(m_facts.market).hex(),
            at)};
    if (m_snapshot && m_snapshot->block <= head) {
        calls << blockCall(m_snapshot->block);
    }
    m_endpoint.batch(calls, m_round.get(),
                     [this, head](const QList<RpcAnswer> &answers) { onReading(head, answers); });
}

void CollateralMonitor::onReading(quint64 head, const QList<RpcAnswer> &answers)
{
    for (const RpcAnswer &answer : answers) {
        if (!answer && answer.error().fault != RpcFault::Contract) {
            failed(evm::errorText(answer.error()));
            return;
        }
    }
    const QJsonObject block = answers.at(0).value_or(QJsonValue()).toObject();
    const QDateTime time = blockTimeOf(block.value(u"timestamp"_s));
    if (!time.isValid() || blockNumberOf(block.value(u"number"_s)) != head) {
        failed(
            tr("The endpoint does not have block %1 yet that it named as the newest.").arg(head));
        return;
    }
    const auto collateral = wordOf(answers.at(1));
    const auto wallet = wordOf(answers.at(2));
    const auto coin = U256::fromHex(answers.at(3).value_or(QJsonValue()).toString());
    const auto allowance = wordOf(answers.at(4));
    if (!collateral || !wallet || !allowance) {
        m_isBusy = false;
        m_snapshot.reset();
        setState(State::ContractGone,
                 tr("The market %1 does not answer any more as it did. The node may have been "
                    "started anew, or the endpoint serves another chain.")
                     .arg(m_facts.market.toString()));
        emit reorganised(0);
        return;
    }
    if (!coin) {
        failed(tr("The endpoint gave no usable answer about the account's coin."));
        return;
    }
    std::optional<quint64> changedFrom;
    if (m_snapshot && m_snapshot->block > head) {
        changedFrom = head + 1;
        m_notice = tr("The chain went back from block %1 to %2; what came after was dropped.")
                       .arg(m_snapshot->block)
                       .arg(head);
    } else if (m_snapshot
               && answers.at(5).value_or(QJsonValue()).toObject().value(u"hash"_s).toString()
                   != m_snapshot->blockHash) {
        changedFrom = m_snapshot->block;
        m_notice = tr("The chain was reorganised at block %1; events around it are read again.")
                       .arg(m_snapshot->block);
    }
    m_isBusy = false;
    m_failures = 0;
    m_snapshot = Snapshot{head,        block.value(u"hash"_s).toString(),
                          time,        QDateTime::currentDateTimeUtc(),
                          *collateral, *wallet,
                          *coin,       *allowance};
    if (changedFrom) {
        emit reorganised(*changedFrom);
    }
    setState(State::Live);
    emit snapshotTaken(*m_snapshot);
}

void CollateralMonitor::failed(const QString &text)
{
    m_isBusy = false;
    ++m_failures;
    const bool isPatient = m_failures < FailuresUntilStale
        && m_endpoint.state().failures < FailuresUntilStale
        && m_endpoint.state().kind != evm::EndpointState::Kind::Blocked;
    const bool isLive = m_state == State::Live && isPatient;
    setState(isLive ? State::Live : m_snapshot ? State::Stale : State::Reading, text);
}

void CollateralMonitor::setState(State state, const QString &problem)
{
    m_state = state;
    m_problem = problem;
    emit changed();
}

} // namespace proverdeck::models::boundless

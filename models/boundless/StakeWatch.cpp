// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/StakeWatch.h"

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using evm::RpcAnswer;
using evm::RpcCall;
using evm::RpcFault;
using evm::U256;

namespace {

constexpr auto ProbeAgain = 10s;
constexpr auto BlockedAgain = 30s;
constexpr qsizetype VerdictsAtOnce = 5; ///< two calls each

/// The same value again only moves the last observation on.
void observe(QList<Observation> &list, const Snapshot &snapshot, const U256 &value)
{
    list.removeIf([&](const Observation &one) { return one.block >= snapshot.block; });
    const bool isSame
        = list.size() >= 2 && list.last().value == value && list.at(list.size() - 2).value == value;
    if (isSame) {
        list.removeLast();
    }
    list << Observation{snapshot.block, snapshot.blockTime, value};
}

} // namespace

StakeWatch::StakeWatch(evm::RpcUrl url, evm::RpcLimits limits, QObject *parent)
    : QObject(parent)
    , m_endpoint(std::move(url), limits)
    , m_probe(m_endpoint)
    , m_monitor(m_endpoint)
    , m_history(m_endpoint)
{
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &StakeWatch::probe);
    connect(&m_endpoint, &evm::RpcEndpoint::stateChanged, this, &StakeWatch::changed);
    connect(&m_probe, &MarketProbe::finished, this, &StakeWatch::onProbed);
    connect(&m_monitor, &CollateralMonitor::changed, this, &StakeWatch::onMonitorChanged);
    connect(&m_monitor, &CollateralMonitor::snapshotTaken, this, &StakeWatch::onSnapshot);
    connect(&m_monitor, &CollateralMonitor::reorganised, this, [this](quint64 block) {
        const auto isGone = [block](const Observation &one) { return one.block >= block; };
        m_seenCollateral.removeIf(isGone);
        m_seenWallet.removeIf(isGone);
        m_seenCoin.removeIf(isGone);
        m_verdicts.clear();
        m_verdictsAt = 0;
        m_history.rewind(block);
    });
    connect(&m_history, &EventHistory::changed, this, &StakeWatch::onHistoryChanged);
}

StakeWatch::~StakeWatch() = default;

void StakeWatch::setInterval(std::chrono::milliseconds interval)
{
    m_monitor.setInterval(interval);
}

void StakeWatch::start(const StakeTarget &target)
{
    stop();
    m_target = target;
    m_round = std::make_unique<QObject>();
    probe();
}

void StakeWatch::stop()
{
    m_again.stop();
    m_monitor.stop();
    m_history.stop();
    m_phase = Phase::Idle;
    m_facts.reset();
    m_fault.reset();
    m_probeProblem.clear();
    m_hasHistory = false;
    m_seenCollateral.clear();
    m_seenWallet.clear();
    m_seenCoin.clear();
    m_events.clear();
    m_verdicts.clear();
    m_asksVerdicts = true;
    m_isAskingVerdicts = false;
    m_verdictsAt = 0;
    m_locks.clear();
    m_totals = {};
    m_collateral = {};
    m_wallet = {};
    if (m_round) {
        m_round.release()->deleteLater();
    }
}

void StakeWatch::retry()
{
    m_endpoint.retry();
    if (m_phase == Phase::Watching) {
        m_monitor.refresh();
    } else if (m_phase != Phase::Idle) {
        probe();
    }
}

void StakeWatch::setThresholds(const Thresholds &thresholds)
{
    m_alerts.setThresholds(thresholds);
    if (const auto &snapshot = m_monitor.snapshot()) {
        const auto events = m_alerts.update(snapshot->collateral, snapshot->coin);
        for (const AlertEvent &event : events) {
            emit alerted(event);
        }
    }
    emit changed();
}

void StakeWatch::probe()
{
    m_phase = Phase::Probing;
    m_again.stop();
    m_probe.start(m_target.network, m_target.market);
    emit changed();
}

void StakeWatch::onProbed()
{
    const auto &result = m_probe.result();
    if (!result) {
        m_fault = result.error().fault;
        m_probeProblem = result.error().text;
        const bool isPassing = m_fault == ProbeFault::Endpoint;
        m_phase = isPassing ? Phase::Probing : Phase::Blocked;
        if (m_fault != ProbeFault::Refused) {
            m_again.start(isPassing ? ProbeAgain : BlockedAgain);
        }
        emit changed();
        return;
    }
    const bool isAnother = m_facts != *result;
    m_facts = *result;
    m_fault.reset();
    m_probeProblem.clear();
    m_phase = Phase::Watching;
    m_hasHistory = m_hasHistory && !isAnother;
    m_monitor.start(*m_facts, m_target.account);
    emit changed();
}

quint64 StakeWatch::firstBlock(quint64 head) const
{
    const Deployment *known = m_target.network.deployment(m_target.market.toString());
    const quint64 oldest = known ? known->fromBlock : 0;
    if (m_target.fromBlock) {
        return std::max(*m_target.fromBlock, oldest);
    }
    const double blocks = m_target.historyDays * 86'400 / m_target.network.blockSeconds;
    const quint64 back = quint64(std::clamp(blocks, 0.0, 1e12));
    return std::max(head > back ? head - back : 0, oldest);
}

void StakeWatch::loadOlder(double days)
{
    if (m_hasHistory) {
        const quint64 here = m_history.from();
        m_target.historyDays += days;
        m_target.fromBlock.reset();
        const double blocks = days * 86'400 / m_target.network.blockSeconds;
        const quint64 back = quint64(std::clamp(blocks, 0.0, 1e12));
        const quint64 from = here > back ? here - back : 0;
        m_history.extendTo(std::max(from, std::min(here, firstBlock(from))));
        emit changed();
    }
}

void StakeWatch::onSnapshot(const Snapshot &snapshot)
{
    observe(m_seenCollateral, snapshot, snapshot.collateral);
    observe(m_seenWallet, snapshot, snapshot.wallet);
    observe(m_seenCoin, snapshot, snapshot.coin);
    const bool isWanted = m_target.fromBlock || m_target.historyDays > 0;
    if (!m_hasHistory && isWanted) {
        m_hasHistory = true;
        m_history.start(*m_facts, m_target.account, snapshot.block, firstBlock(snapshot.block));
    } else if (isWanted) {
        m_history.follow(snapshot.block);
    }
    const auto events = m_alerts.update(snapshot.collateral, snapshot.coin);
    for (const AlertEvent &event : events) {
        emit alerted(event);
    }
    rebuild();
    askVerdicts();
    emit changed();
}

void StakeWatch::onMonitorChanged()
{
    if (m_monitor.state() == CollateralMonitor::State::ContractGone) {
        m_monitor.stop();
        m_history.stop();
        m_hasHistory = false;
        m_seenCollateral.clear();
        m_seenWallet.clear();
        m_seenCoin.clear();
        m_events.clear();
        rebuild();
        QMetaObject::invokeMethod(this, &StakeWatch::probe, Qt::QueuedConnection);
    } else if (m_monitor.state() == CollateralMonitor::State::ChainChanged) {
        m_collateral = {};
        m_wallet = {};
    }
    emit changed();
}

void StakeWatch::onHistoryChanged()
{
    m_events = m_history.events();
    rebuild();
    askVerdicts();
    emit changed();
}

/// The contract's word on every lock that is not settled.
void StakeWatch::askVerdicts()
{
    const auto &snapshot = m_monitor.snapshot();
    if (!m_asksVerdicts || m_isAskingVerdicts || !snapshot || !m_round) {
        return;
    }
    QStringList ids;
    for (const LockEntry &entry : std::as_const(m_locks)) {
        const bool isOver = entry.state == LockState::Slashed || entry.state == LockState::Returned;
        if (!isOver && !ids.contains(entry.requestId)) {
            ids << entry.requestId;
        }
    }
    if (ids.isEmpty()
        || (m_verdictsAt == snapshot->block
            && std::all_of(ids.begin(), ids.end(),
                           [this](const QString &id) { return m_verdicts.contains(id); }))) {
        m_verdictsAt = snapshot->block;
        return;
    }
    if (m_verdictsAt == snapshot->block) {
        ids.removeIf([this](const QString &id) { return m_verdicts.contains(id); });
    }
    m_isAskingVerdicts = true;
    onVerdicts(ids, {});
}

/// Asks for the first few of @p ids, and after @p answers of the last few for the rest.
void StakeWatch::onVerdicts(const QStringList &ids, const QList<RpcAnswer> &answers)
{
    QStringList left = ids;
    for (qsizetype i = 0; i + 1 < answers.size(); i += 2) {
        const RpcAnswer &lock = answers.at(i);
        const RpcAnswer &slashed = answers.at(i + 1);
        const bool isTrouble = (!lock && lock.error().fault != RpcFault::Contract)
            || (!slashed && slashed.error().fault != RpcFault::Contract);
        if (isTrouble) {
            m_isAskingVerdicts = false; // asked again with the next values
            return;
        }
        m_asksVerdicts = lock.has_value() || slashed.has_value();
        ChainVerdict verdict;
        verdict.lock = lock
            ? readRequestLock(evm::bytesFromHex(lock->toString()).value_or(QByteArray()))
            : std::nullopt;
        const auto word = slashed ? evm::bytesFromHex(slashed->toString()) : std::nullopt;
        const auto flag = word ? evm::singleNumber(*word) : std::nullopt;
        verdict.isSlashed = flag ? std::optional(!flag->isZero()) : std::nullopt;
        m_verdicts.insert(left.takeFirst(), verdict);
    }
    const auto &snapshot = m_monitor.snapshot();
    if (left.isEmpty() || !m_asksVerdicts || !snapshot) {
        m_isAskingVerdicts = false;
        m_verdictsAt = snapshot ? snapshot->block : 0;
        rebuild();
        emit changed();
        return;
    }
    QList<RpcCall> calls;
    const QString at = U256(snapshot->block).toHex();
    const QStringList now = left.mid(0, VerdictsAtOnce);
    for (const QString &id : now) {
        const U256 number = U256::fromHex(id).value_or(U256());
        calls << ethCall(m_facts->market, evm::CallData("requestLocks(uint256)").add(number).hex(),
                         at)
              << ethCall(m_facts->market,
                         evm::CallData("requestIsSlashed(uint256)").add(number).hex(), at);
    }
    m_endpoint.batch(calls, m_round.get(),
                     [this, left](const QList<RpcAnswer> &given) { onVerdicts(left, given); });
}

void StakeWatch::rebuild()
{
    const auto &snapshot = m_monitor.snapshot();
    if (!snapshot) {
        m_collateral = {};
        m_wallet = {};
        m_locks.clear();
        m_totals = {};
        return;
    }
    m_locks = lockEntries(m_events, m_verdicts, snapshot->blockTime);
    m_totals = totalsOf(m_locks);
    const bool isCaughtUp = !m_hasHistory || m_history.high() >= snapshot->block;
    const auto build
        = [&](BalanceSeries &series, const QList<Change> &changes, const QList<Observation> &seen) {
              if (isCaughtUp || series.points.isEmpty() || seen.isEmpty()) {
                  series = balanceSeries(changes, seen);
              } else if (series.points.last().block
                         < seen.last().block) { // the events up to here are on the way: until then
                                                // only the value itself
                  series.points << SeriesPoint{seen.last().block, seen.last().time,
                                               seen.last().value, SeriesPoint::Kind::Observed};
              }
          };
    build(m_collateral, collateralChanges(m_events, m_verdicts, m_target.account),
          m_seenCollateral);
    build(m_wallet, walletChanges(m_events), m_seenWallet);
}

QString StakeWatch::problem() const
{
    if (!m_probeProblem.isEmpty()) {
        return m_probeProblem;
    }
    return m_monitor.problem().isEmpty() ? m_history.problem() : m_monitor.problem();
}

bool StakeWatch::isSettled() const
{
    const auto &snapshot = m_monitor.snapshot();
    const bool areEventsRead = !m_hasHistory
        || (m_history.isComplete() && m_history.high() >= (snapshot ? snapshot->block : 0));
    const bool areTimesKnown
        = std::all_of(m_events.begin(), m_events.end(),
                      [](const MarketEvent &event) { return event.time.isValid(); });
    const bool areLocksKnown
        = !m_asksVerdicts || (!m_isAskingVerdicts && snapshot && m_verdictsAt == snapshot->block);
    return m_monitor.state() == CollateralMonitor::State::Live && snapshot && areEventsRead
        && areTimesKnown && areLocksKnown;
}

std::optional<QDateTime> StakeWatch::collateralRunsOut() const
{
    const auto &snapshot = m_monitor.snapshot();
    if (!snapshot || m_collateral.points.isEmpty()) {
        return std::nullopt;
    }
    const auto stake = snapshot->collateral.plus(m_totals.locked);
    const auto losses = m_totals.lost.plus(m_totals.slashPending);
    const auto before = stake && losses ? stake->plus(*losses) : std::nullopt;
    return before ? runsOut(m_collateral.points.first().time, *before, snapshot->blockTime, *stake)
                  : std::nullopt;
}

std::optional<QDateTime> StakeWatch::coinRunsOut() const
{
    return m_seenCoin.size() < 2 ? std::nullopt
                                 : runsOut(m_seenCoin.first().time, m_seenCoin.first().value,
                                           m_seenCoin.last().time, m_seenCoin.last().value);
}

} // namespace proverdeck::models::boundless

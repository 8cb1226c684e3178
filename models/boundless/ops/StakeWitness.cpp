// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/StakeWitness.h"

#include <QCoreApplication>

using namespace std::chrono_literals;

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr auto Patience = 20s; ///< with a new block everything is asked anew
/// No order is locked for longer: the market's own limit is in hours.
constexpr qint64 LongestLockSecs = 3 * 86'400;
/// Younger than the time for which a stop lets the last locks settle.
constexpr qint64 OldestValueSecs = 30;

QString tr(const char *text)
{
    return QCoreApplication::translate("StakeWitness", text);
}

/// Every lock that could still be open is among the events.
bool reachesBack(const StakeWatch &watch)
{
    const EventHistory &history = watch.history();
    if (!history.isComplete() || !history.unreadable().isEmpty()
        || history.low() > history.high()) {
        return false;
    }
    const Deployment *known = watch.target().network.deployment(watch.target().market.toString());
    const quint64 first = known != nullptr ? known->fromBlock : 0;
    const double read
        = double(history.high() - history.low()) * watch.target().network.blockSeconds;
    return history.low() <= first || read >= double(LongestLockSecs);
}

std::optional<qint64> ms(const QDateTime &time)
{
    return time.isValid() ? std::optional(time.toMSecsSinceEpoch()) : std::nullopt;
}

} // namespace

tl::expected<QList<OrderChainFacts>, QString>
chainFacts(const StakeWatch &watch, const QString &account, const QStringList &ids)
{
    const QString watched = watch.target().account.toString().toLower();
    const auto &snapshot = watch.monitor().snapshot();
    if (!account.isEmpty() && account.toLower() != watched) {
        return tl::unexpected(tr("the stake page watches another account, %1").arg(watched));
    }
    if (!snapshot || watch.monitor().state() != CollateralMonitor::State::Live
        || snapshot->readAt.secsTo(QDateTime::currentDateTimeUtc()) > OldestValueSecs) {
        return tl::unexpected(watch.problem().isEmpty() ? tr("the chain was not read lately")
                                                        : watch.problem());
    }
    if (!watch.isSettled()) {
        return tl::unexpected(tr("the chain is still being read"));
    }
    if (!reachesBack(watch)) {
        return tl::unexpected(
            tr("the events on the stake page do not reach back three days: read more of them"));
    }
    QList<OrderChainFacts> all;
    for (const LockEntry &lock : watch.locks()) {
        const bool isOver = lock.state == LockState::Returned || lock.state == LockState::Slashed;
        if (isOver && !ids.contains(lock.requestId)) {
            continue; // nothing that could still be saved or lost
        }
        OrderChainFacts facts;
        facts.requestId = lock.requestId;
        facts.prover = watched;
        facts.lockDeadlineMs = ms(lock.lockDeadline);
        facts.fullDeadlineMs = ms(lock.deadline);
        facts.collateralRaw = lock.collateral.toDecimal();
        facts.paidWhileLocked = lock.state == LockState::Returned;
        facts.slashed = lock.state == LockState::Slashed;
        all << facts;
    }
    return all;
}

StakeWitness::StakeWitness(Watch watch, QObject *parent)
    : QObject(parent)
    , m_watch(std::move(watch))
{
    m_limit.setSingleShot(true);
    m_limit.setInterval(Patience);
    connect(&m_limit, &QTimer::timeout, this, [this] { tryToAnswer(true); });
}

StakeWitness::~StakeWitness() = default;

void StakeWitness::ask(const QString &account, const QStringList &ids, const Answer &answer)
{
    if (m_asked) {
        m_asked->disconnect(this);
    }
    m_account = account;
    m_ids = ids;
    m_answer = answer;
    m_asked = m_watch();
    if (m_asked) {
        connect(m_asked, &StakeWatch::changed, this, [this] { tryToAnswer(false); });
        connect(m_asked, &QObject::destroyed, this, [this] { tryToAnswer(true); });
    }
    m_limit.start();
    QMetaObject::invokeMethod(
        this, [this] { tryToAnswer(m_asked.isNull()); }, Qt::QueuedConnection);
}

/// What is only being read is waited for; anything else is said at once.
void StakeWitness::tryToAnswer(bool isLate)
{
    if (!m_answer) {
        return;
    }
    const auto facts = m_asked ? chainFacts(*m_asked, m_account, m_ids)
                               : tl::unexpected(tr("the stake page is not connected to a chain"));
    const bool isBeingRead = m_asked && m_asked->problem().isEmpty() && !m_asked->isSettled();
    if (!facts && isBeingRead && !isLate) {
        return;
    }
    m_limit.stop();
    if (m_asked) {
        m_asked->disconnect(this);
    }
    std::exchange(m_answer, {})(facts);
}

} // namespace proverdeck::models::boundless

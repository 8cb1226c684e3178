// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/SafeToStop.h"

#include <QCoreApplication>
#include <QSet>

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

/// The server's clock and the chain's may differ by so much.
constexpr qint64 ClockSlackMs = 60'000;

using Why = HoldingOrder::Why;

QString tr(const char *text)
{
    return QCoreApplication::translate("SafeToStop", text);
}

bool takesLock(const DbOrder &order)
{
    return order.type == u"LockAndFulfill" || order.type.isEmpty();
}

class Judge
{
public:
    explicit Judge(const StopEvidence &evidence)
        : m_evidence(evidence)
        , m_account(evidence.account.toLower())
    {
        if (evidence.chain) {
            for (const OrderChainFacts &facts : *evidence.chain) {
                m_facts.insert(facts.requestId, facts);
            }
        }
        // The account that a person named may be that of another prover: what the database shows to
        // be ours is ours all the same.
        m_dbAccount = evidence.db ? accountOf(*evidence.db) : QString();
    }

    StopVerdict judge()
    {
        if (m_evidence.db) {
            m_sources << u"broker.db"_s;
            judgeDb(*m_evidence.db);
        }
        if (m_evidence.chain) {
            m_sources << u"chain"_s;
            judgeChain();
        }
        // The log alone decides only when nobody better can; but it may know of a lost lock.
        if (m_evidence.log) {
            if (m_sources.isEmpty()) {
                m_sources << u"log"_s;
                judgeLog(false);
            } else {
                judgeLog(true);
            }
        }
        return verdict();
    }

private:
    [[nodiscard]] bool isOver(std::optional<qint64> deadlineMs) const
    {
        return deadlineMs && m_evidence.nowMs > *deadlineMs + ClockSlackMs;
    }

    [[nodiscard]] bool isAccountKnown() const
    {
        return !m_account.isEmpty() || !m_dbAccount.isEmpty();
    }
    [[nodiscard]] bool isOurs(const QString &account) const
    {
        return !account.isEmpty() && (account == m_account || account == m_dbAccount);
    }

    /// The chain's word on whether nothing of this order is open any more.
    [[nodiscard]] bool isPaid(const QString &id) const
    {
        const auto facts = m_facts.constFind(id);
        return facts != m_facts.constEnd() && facts->paidWhileLocked == true;
    }

    void hold(HoldingOrder order)
    {
        if (const auto facts = m_facts.constFind(order.requestId); facts != m_facts.constEnd()) {
            order.lockDeadlineMs
                = facts->lockDeadlineMs ? facts->lockDeadlineMs : order.lockDeadlineMs;
            order.fullDeadlineMs
                = facts->fullDeadlineMs ? facts->fullDeadlineMs : order.fullDeadlineMs;
            if (order.collateralRaw.isEmpty()) {
                order.collateralRaw = facts->collateralRaw;
            }
        }
        m_judged.insert(order.requestId);
        if (isPaid(order.requestId)) {
            return;
        }
        if (isOver(order.lockDeadlineMs)) {
            m_verdict.lost << order;
            return;
        }
        if (!order.lockDeadlineMs && order.why != Why::InWork) {
            order.why = Why::Unjudged;
        }
        m_verdict.holding << order;
    }

    void judgeDb(const DbSnapshot &db)
    {
        const QSet<QString> fulfilled(db.fulfilled.begin(), db.fulfilled.end());
        QSet<QString> known;
        for (const DbOrder &order : db.orders) {
            const bool isCommitted = isCommittedStatus(order.status);
            if (!takesLock(order)) {
                continue;
            }
            const bool isFailed = order.status == u"Failed";
            if (isCommitted || order.status == u"Done" || (isFailed && wasOurs(order, db))) {
                known.insert(order.requestId);
            }
            if (fulfilled.contains(order.requestId) && !isCommitted) {
                m_judged.insert(order.requestId);
            } else if (isCommitted || (isFailed && wasOurs(order, db))) {
                hold({order.requestId, isCommitted ? Why::InWork : Why::Failed, order.status,
                      order.lockDeadlineMs, order.fullDeadlineMs, order.collateralRaw});
            } else if (order.status == u"Done") {
                m_judged.insert(order.requestId);
            }
        }
        int nameless = 0;
        for (const DbLock &lock : db.locks) {
            if (known.contains(lock.requestId) || fulfilled.contains(lock.requestId)) {
                continue;
            }
            if (!isAccountKnown()) {
                ++nameless;
            } else if (isOurs(lock.locker)) {
                hold(lostLock(lock.requestId, db));
            }
        }
        if (nameless > 0) {
            m_problem = tr("broker.db tells of %n lock(s) without an order of its own, and which "
                           "account is ours is not known: name it")
                            .replace(u"%n"_s, QString::number(nameless));
        }
    }

    /// A row "Failed" is also left by an order that was never locked.
    [[nodiscard]] bool wasOurs(const DbOrder &order, const DbSnapshot &db) const
    {
        const auto lock = std::ranges::find(db.locks, order.requestId, &DbLock::requestId);
        if (lock != db.locks.end()) {
            return !isAccountKnown() || isOurs(lock->locker);
        }
        return order.provingStartedMs || !order.proofId.isEmpty();
    }

    /// The broker may still have a row of the order from before the lock, with its deadlines.
    [[nodiscard]] HoldingOrder lostLock(const QString &id, const DbSnapshot &db) const
    {
        HoldingOrder order{.requestId = id, .why = Why::LostLock};
        const auto row = std::ranges::find(db.orders, id, &DbOrder::requestId);
        if (row != db.orders.end()) {
            order.status = row->status;
            order.lockDeadlineMs = row->lockDeadlineMs;
            order.fullDeadlineMs = row->fullDeadlineMs;
            order.collateralRaw = row->collateralRaw;
        }
        if (!order.lockDeadlineMs && m_evidence.log) {
            const auto line = std::ranges::find(*m_evidence.log, id, &LogLock::requestId);
            if (line != m_evidence.log->end()) {
                order.lockDeadlineMs = line->lockDeadlineMs;
            }
        }
        return order;
    }

    void judgeChain()
    {
        for (const OrderChainFacts &facts : *m_evidence.chain) {
            const bool isOf
                = facts.prover.isEmpty() || !isAccountKnown() || isOurs(facts.prover.toLower());
            if (!isOf || m_judged.contains(facts.requestId)) {
                continue;
            }
            HoldingOrder order{.requestId = facts.requestId,
                               .why = m_evidence.db ? Why::LostLock : Why::InWork,
                               .collateralRaw = facts.collateralRaw};
            if (!facts.paidWhileLocked && !facts.lockDeadlineMs) {
                order.why = Why::Unjudged;
            }
            hold(order);
        }
    }

    void judgeLog(bool onlyLostLocks)
    {
        for (const LogLock &lock : *m_evidence.log) {
            if (m_judged.contains(lock.requestId) || lock.isDone
                || (onlyLostLocks && lock.isConfirmed)) {
                continue;
            }
            HoldingOrder order{.requestId = lock.requestId,
                               .why = lock.isConfirmed ? Why::InWork : Why::LostLock,
                               .lockDeadlineMs = lock.lockDeadlineMs,
                               .collateralRaw = lock.collateralRaw};
            if (lock.isExpired) {
                m_judged.insert(lock.requestId);
                m_verdict.lost << order;
            } else {
                hold(order);
            }
        }
    }

    StopVerdict verdict()
    {
        std::ranges::stable_sort(m_verdict.holding, [](const auto &a, const auto &b) {
            return a.lockDeadlineMs.value_or(std::numeric_limits<qint64>::max())
                < b.lockDeadlineMs.value_or(std::numeric_limits<qint64>::max());
        });
        m_verdict.source = m_sources.join(u" + "_s);
        const auto unjudged
            = std::ranges::count(m_verdict.holding, Why::Unjudged, &HoldingOrder::why);
        if (m_sources.isEmpty()) {
            m_verdict.answer = StopVerdict::Answer::Unknown;
            m_verdict.reason = tr("Neither the broker's database, nor the chain, nor its log can "
                                  "be asked (%1).")
                                   .arg(problems());
        } else if (unjudged == m_verdict.holding.size() && (unjudged > 0 || !m_problem.isEmpty())) {
            m_verdict.answer = StopVerdict::Answer::Unknown;
            m_verdict.reason = unjudged == 0
                ? tr("It cannot be said whether something is at stake: %1.").arg(m_problem)
                : tr("Of %1 it cannot be said whether its collateral is still at stake.")
                      .arg(unjudged == 1 ? m_verdict.holding.first().requestId
                                         : tr("%1 orders").arg(unjudged));
        } else if (!m_verdict.holding.isEmpty()) {
            m_verdict.answer = StopVerdict::Answer::Wait;
            m_verdict.reason = m_verdict.holding.size() == 1
                ? tr("One order holds it up.")
                : tr("%1 orders hold it up.").arg(m_verdict.holding.size());
        } else {
            m_verdict.answer = StopVerdict::Answer::Safe;
            m_verdict.reason = m_verdict.lost.isEmpty()
                ? tr("No collateral depends on the broker now.")
                : tr("Nothing can be saved by waiting; the collateral of %1 is lost.")
                      .arg(m_verdict.lost.size() == 1 ? tr("one order")
                                                      : tr("%1 orders").arg(m_verdict.lost.size()));
        }
        return m_verdict;
    }

    [[nodiscard]] QString problems() const
    {
        QStringList parts;
        for (const QString &part :
             {m_evidence.dbProblem, m_evidence.chainProblem, m_evidence.logProblem}) {
            if (!part.isEmpty()) {
                parts << (part.endsWith(u'.') ? part.chopped(1) : part);
            }
        }
        return parts.isEmpty() ? tr("none was tried") : parts.join(u"; "_s);
    }

    const StopEvidence &m_evidence;
    QString m_account; ///< as it was named
    QString m_dbAccount; ///< as the database shows it
    QHash<QString, OrderChainFacts> m_facts;
    QSet<QString> m_judged;
    QStringList m_sources;
    QString m_problem;
    StopVerdict m_verdict;
};

} // namespace

QString accountOf(const DbSnapshot &db)
{
    QString account;
    for (const DbOrder &order : db.orders) {
        const bool isDone = order.status == u"Done" || isCommittedStatus(order.status);
        const auto lock = std::ranges::find(db.locks, order.requestId, &DbLock::requestId);
        if (!takesLock(order) || !isDone || lock == db.locks.end()) {
            continue;
        }
        if (!account.isEmpty() && account != lock->locker) {
            return {}; // they contradict each other
        }
        account = lock->locker;
    }
    return account;
}

StopVerdict judgeStop(const StopEvidence &evidence)
{
    return Judge(evidence).judge();
}

QString answerWord(StopVerdict::Answer answer)
{
    return answer == StopVerdict::Answer::Safe ? u"safe"_s
        : answer == StopVerdict::Answer::Wait  ? u"wait"_s
                                               : u"unknown"_s;
}

QString holdWord(Why why)
{
    return why == Why::InWork  ? u"in-work"_s
        : why == Why::Failed   ? u"failed"_s
        : why == Why::LostLock ? u"lost-lock"_s
                               : u"unjudged"_s;
}

QString holdText(Why why)
{
    return why == Why::InWork  ? tr("in work")
        : why == Why::Failed   ? tr("given up by the broker; it can only be rescued by hand")
        : why == Why::LostLock ? tr("locked as ours, unknown to the broker")
                               : tr("cannot be judged");
}

} // namespace proverdeck::models::boundless

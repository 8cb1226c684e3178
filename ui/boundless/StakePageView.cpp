// SPDX-License-Identifier: GPL-3.0-or-later
// The part of StakePage that shows what the watch knows.
#include "ui/boundless/NoticeBar.h"
#include "ui/boundless/StakeChart.h"
#include "ui/boundless/StakeEventModel.h"
#include "ui/boundless/StakePage.h"
#include "ui/boundless/ValueCard.h"
#include "ui/common/Theme.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using namespace models::boundless;
using models::Severity;
using models::evm::EndpointState;
using models::evm::U256;
using State = CollateralMonitor::State;

namespace {

constexpr int CoinDecimals = 18;
constexpr int ShownDigits = 4;

QString ageText(const QDateTime &time)
{
    const qint64 seconds = std::max<qint64>(0, time.secsTo(QDateTime::currentDateTimeUtc()));
    if (seconds < 60) {
        return StakePage::tr("%1 s ago").arg(seconds);
    }
    if (seconds < 3600) {
        return StakePage::tr("%1 min ago").arg(seconds / 60);
    }
    return StakePage::tr("%1 h %2 min ago").arg(seconds / 3600).arg(seconds / 60 % 60);
}

QString clockText(const QDateTime &time)
{
    return time.toLocalTime().toString(u"HH:mm:ss"_s);
}

/// @p text names the pace and holds the day as %1.
QString forecastText(const std::optional<QDateTime> &when, const QString &text)
{
    return when ? text.arg(when->toLocalTime().toString(u"yyyy-MM-dd"_s)) : QString();
}

} // namespace

void StakePage::refreshSoon()
{
    if (!m_soon.isActive()) {
        m_soon.start();
    }
}

void StakePage::refresh()
{
    m_stack->setCurrentIndex(m_watch ? 1 : 0);
    if (!m_watch) {
        m_emptyNote->setText(
            m_keychainProblem.isEmpty()
                ? tr("Public endpoints work, too, but slow down soon.")
                : tr("The remembered endpoint could not be used: %1").arg(m_keychainProblem));
        return;
    }
    lookForTransfers();
    lookForLosses();
    refreshHeader();
    refreshCards();
    refreshHistory();
    refreshNotices();
}

void StakePage::refreshHeader()
{
    if (!m_watch) {
        return;
    }
    const StakeTarget &target = m_watch->target();
    const auto &snapshot = m_watch->monitor().snapshot();
    const EndpointState &endpoint = m_watch->endpoint().state();
    m_title->setText(tr("%1 on %2").arg(target.account.shortText(), target.network.title));
    m_title->setToolTip(
        tr("Account %1\nMarket %2").arg(target.account.toString(), target.market.toString()));
    const bool isOld = m_watch->monitor().state() != State::Live;
    for (ValueCard *card : {m_collateral, m_locked, m_wallet, m_coin}) {
        card->setOld(isOld);
    }
    QStringList parts;
    auto sign = models::StepOutcome::Running;
    if (m_watch->phase() == StakeWatch::Phase::Blocked) {
        parts << tr("Stopped");
        sign = models::StepOutcome::Failed;
    } else if (m_watch->phase() == StakeWatch::Phase::Probing) {
        parts << tr("Asking what is there…");
    } else {
        switch (m_watch->monitor().state()) {
        case State::Live:
            parts << tr("Live");
            sign = models::StepOutcome::Done;
            break;
        case State::Stale:
            parts << tr("Stale since %1").arg(clockText(snapshot->readAt));
            sign = models::StepOutcome::Warning;
            break;
        case State::ChainChanged:
        case State::ContractGone:
            parts << tr("Another chain");
            sign = models::StepOutcome::Failed;
            break;
        case State::Reading:
        case State::Stopped:
            parts << tr("Reading…");
            break;
        }
    }
    if (snapshot) {
        parts << tr("block %1").arg(snapshot->block)
              << tr("read %1").arg(ageText(snapshot->readAt));
    }
    parts << m_watch->endpoint().name();
    if (endpoint.kind == EndpointState::Kind::Waiting) {
        const qint64 left
            = std::max<qint64>(0, QDateTime::currentDateTimeUtc().secsTo(endpoint.waitsUntil));
        parts << tr("next attempt in %1 s").arg(left);
    }
    m_state->setText(parts.join(u" · "_s));
    m_sign->setPixmap(outcomeIcon(sign, palette()).pixmap(16, 16));
    const bool isKnown = snapshot.has_value();
    m_deposit->setEnabled(isKnown);
    m_withdraw->setEnabled(isKnown);
}

void StakePage::refreshCards()
{
    const auto &facts = m_watch->facts();
    const auto &snapshot = m_watch->monitor().snapshot();
    const QString coin = m_watch->target().network.coin;
    if (!facts || !snapshot) {
        const QString why = m_watch->phase() == StakeWatch::Phase::Blocked
            ? tr("not known: see above")
            : tr("not read yet");
        for (ValueCard *card : {m_collateral, m_locked, m_wallet, m_coin}) {
            card->setValue(u"–"_s, why);
            card->setOld(false);
        }
        return;
    }
    const int decimals = facts->decimals;
    const auto cut = [&](const U256 &value) {
        return QString(value.toUnitsCut(decimals, ShownDigits) + u' ' + facts->symbol);
    };
    const auto exact = [&](const U256 &value) {
        return tr("%1 %2\n%3 base units")
            .arg(value.toUnits(decimals), facts->symbol, value.toDecimal());
    };
    const LockTotals &locks = m_watch->lockTotals();
    const bool areLocksKnown = m_watch->history().low() <= m_watch->history().high();
    m_collateral->setValue(
        cut(snapshot->collateral),
        forecastText(m_watch->collateralRunsOut(), tr("with slashes as so far until %1")),
        exact(snapshot->collateral));
    QStringList notes;
    if (locks.pending > 0) {
        notes << tr("slash pending: %1").arg(cut(locks.slashPending));
    }
    if (locks.slashed > 0) {
        notes << tr("slashed: %1").arg(cut(locks.lost));
    }
    if (notes.isEmpty()) {
        notes << (locks.open > 0
                      ? tr("%1 requests; it comes back as they are fulfilled").arg(locks.open)
                      : tr("no open request in the blocks that were read"));
    }
    m_locked->setValue(areLocksKnown ? cut(locks.locked) : u"–"_s,
                       areLocksKnown ? notes.join(u", "_s) : tr("no events were read yet"),
                       areLocksKnown ? exact(locks.locked) : QString());
    const QString approved = snapshot->allowance.bits() > 200
        ? tr("the market may take any amount")
        : tr("the market may take %1").arg(cut(snapshot->allowance));
    m_wallet->setValue(cut(snapshot->wallet), approved, exact(snapshot->wallet));
    m_coin->setValue(
        QString(snapshot->coin.toUnitsCut(CoinDecimals, 6) + u' ' + coin),
        forecastText(m_watch->coinRunsOut(), tr("at this pace until %1")),
        tr("%1 %2\n%3 wei")
            .arg(snapshot->coin.toUnits(CoinDecimals), coin, snapshot->coin.toDecimal()));
}

void StakePage::refreshHistory()
{
    const auto &facts = m_watch->facts();
    const EventHistory &history = m_watch->history();
    const bool isAny = history.low() <= history.high();
    if (!facts || !m_watch->monitor().snapshot()) {
        m_events->clear();
        m_chart->setSeries({}, {}, 0, {});
        m_chart->setEmptyText(tr("The chart begins when the first balance is read"));
    } else {
        m_events->setEvents(m_watch->events(), m_watch->verdicts(), m_watch->locks(), *facts,
                            m_watch->target().account);
        m_chart->setSeries(m_watch->collateralSeries(), m_watch->walletSeries(), facts->decimals,
                           facts->symbol);
    }
    const quint64 all = history.head() >= history.from() ? history.head() - history.from() + 1 : 0;
    const quint64 done = isAny ? history.high() - history.low() + 1 : 0;
    const bool isBusy = isAny ? !history.isComplete() : all > 1;
    m_progress->setVisible(isBusy && m_watch->monitor().snapshot().has_value());
    m_progress->setRange(0, 1000);
    m_progress->setValue(all > 0 ? int(std::min<quint64>(1000, done * 1000 / all)) : 0);
    m_older->setEnabled(isAny && history.isComplete() && history.from() > 0);
    if (!isAny || !m_watch->monitor().snapshot()) {
        m_historyNote->setText(tr("No events are shown before the balance is read."));
    } else if (m_events->rowCount() == 0 && history.isComplete()) {
        m_historyNote->setText(tr("Nothing happened to this account in blocks %1 to %2.")
                                   .arg(history.low())
                                   .arg(history.high()));
    } else {
        m_historyNote->setText(tr("%1 events in blocks %2 to %3, %4 at a time")
                                   .arg(m_events->rowCount())
                                   .arg(history.low())
                                   .arg(history.high())
                                   .arg(history.rangeWidth()));
    }
}

void StakePage::refreshNotices()
{
    QList<NoticeBar::Notice> notices;
    const auto add = [&](Severity severity, const QString &text) {
        notices << NoticeBar::Notice{severity, text};
    };
    const auto &facts = m_watch->facts();
    const auto &snapshot = m_watch->monitor().snapshot();
    const bool isStopped = m_watch->phase() == StakeWatch::Phase::Blocked
        || m_watch->monitor().state() == State::ChainChanged;
    if (const QString problem = m_watch->problem(); !problem.isEmpty()) {
        add(isStopped ? Severity::Error : Severity::Warning, problem);
    } else if (m_watch->endpoint().state().kind == EndpointState::Kind::Waiting) {
        add(Severity::Info, m_watch->endpoint().state().problem);
    }
    if (facts && snapshot) {
        const auto tokens = [&](const U256 &value) {
            return QString(value.toUnitsCut(facts->decimals, ShownDigits) + u' ' + facts->symbol);
        };
        const auto severityOf = [](AlertLevel level) {
            return level == AlertLevel::Critical ? Severity::Error : Severity::Warning;
        };
        const Alerts &alerts = m_watch->alerts();
        if (const auto level = alerts.level(AlertSubject::Collateral); level != AlertLevel::None) {
            add(severityOf(level),
                tr("The collateral is low: %1. Without enough of it the prover locks no orders; "
                   "deposit more.")
                    .arg(tokens(snapshot->collateral)));
        }
        if (const auto level = alerts.level(AlertSubject::Coin); level != AlertLevel::None) {
            add(severityOf(level),
                tr("The coin for fees is low: %1 %2. Without it no proof can be delivered, and "
                   "locked collateral "
                   "would be slashed; send some to %3.")
                    .arg(snapshot->coin.toUnitsCut(CoinDecimals, 6), m_watch->target().network.coin,
                         m_watch->target().account.toString()));
        }
        const LockTotals &locks = m_watch->lockTotals();
        if (locks.pending > 0) {
            add(Severity::Error,
                tr("Not proved by the lock deadline: %1 in %2 request(s). It is lost, and the "
                   "slash can come "
                   "any time after the full deadline.")
                    .arg(tokens(locks.slashPending))
                    .arg(locks.pending));
        }
        if (locks.unknown > 0) {
            add(Severity::Warning,
                tr("What became of %1 locked requests is not known: their deadline passed, and "
                   "this market does not "
                   "say more.")
                    .arg(locks.unknown));
        }
        if (const auto &jumps = m_watch->collateralSeries().unexplained; !jumps.isEmpty()) {
            add(Severity::Info,
                tr("A change of %1 %2 is explained by no event that was read; the chart marks it. "
                   "The value itself is "
                   "the chain's.")
                    .arg(jumps.last().toUnits(facts->decimals), facts->symbol));
        }
        if (!m_watch->monitor().notice().isEmpty()) {
            add(Severity::Info, m_watch->monitor().notice());
        }
    }
    for (const TransferRecord &record : m_book.records()) {
        const bool isHere
            = facts && record.chainId == facts->chainId && record.market == facts->market;
        if (isHere
            && (record.state == TransferState::Sent || record.state == TransferState::Unknown)) {
            add(Severity::Warning,
                tr("A %1 of %2 %3 was submitted at %4 and is not on the chain yet. The same one is "
                   "held back.")
                    .arg(transferWord(record.kind), record.amount.toUnits(facts->decimals),
                         facts->symbol, clockText(record.submitted)));
        }
    }
    if (!m_transferNote.isEmpty()) {
        add(Severity::Warning, m_transferNote);
    }
    if (!m_keychainProblem.isEmpty()) {
        add(Severity::Info, tr("The keychain: %1").arg(m_keychainProblem));
    }
    m_notices->setNotices(notices);
}

} // namespace proverdeck::ui

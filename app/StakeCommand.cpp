// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/StakeCommand.h"

#include "app/Commands.h"
#include "app/Terminal.h"
#include "models/boundless/StakeJson.h"

#include <QCoreApplication>

#include <cstdio>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using namespace models::boundless;
using models::evm::U256;
using Action = StakeRequest::Action;

namespace {

constexpr int CoinDecimals = 18;
constexpr double ShortHistory = 0.005; // days: enough to see what was sent a moment ago

QString tr(const char *text)
{
    return QCoreApplication::translate("StakeCommand", text);
}

QString timeText(const QDateTime &time)
{
    const QDateTime local = time.toLocalTime();
    return local.isValid() ? local.toString(u"yyyy-MM-dd HH:mm:ss"_s) + local.toString(u" t"_s)
                           : u"–"_s;
}

QString balanceText(const StakeWatch &watch)
{
    const MarketFacts &facts = *watch.facts();
    const Snapshot &now = *watch.monitor().snapshot();
    const auto tokens = [&](const U256 &value) {
        return QString(value.toUnits(facts.decimals) + u' ' + facts.symbol);
    };
    const LockTotals &totals = watch.lockTotals();
    const bool areLocksKnown = watch.history().isComplete();
    const QString unread = tr("– (no events were read; --days N reads them)");
    QString text;
    const auto line = [&](const QString &name, const QString &value) {
        text += name.leftJustified(16) + value + u'\n';
    };
    line(tr("Network"),
         tr("%1 (chain %2), block %3 of %4")
             .arg(watch.target().network.title)
             .arg(facts.chainId)
             .arg(now.block)
             .arg(timeText(now.blockTime)));
    line(tr("Market"),
         tr("%1 (calls of \"%2\")").arg(facts.market.toString(), generationWord(facts.generation)));
    line(tr("Account"), watch.target().account.toString());
    line(tr("Collateral"), tokens(now.collateral));
    line(tr("Locked"),
         areLocksKnown ? tr("%1 in %2 requests").arg(tokens(totals.locked)).arg(totals.open)
                       : unread);
    if (areLocksKnown && totals.pending > 0) {
        line(tr("Slash pending"),
             tr("%1 in %2 requests").arg(tokens(totals.slashPending)).arg(totals.pending));
    }
    if (areLocksKnown && totals.slashed > 0) {
        line(tr("Slashed"), tr("%1 in %2 requests").arg(tokens(totals.lost)).arg(totals.slashed));
    }
    line(tr("Wallet"), tokens(now.wallet));
    line(tr("For fees"),
         QString(now.coin.toUnits(CoinDecimals) + u' ' + watch.target().network.coin));
    return text;
}

QString historyText(const StakeWatch &watch)
{
    const MarketFacts &facts = *watch.facts();
    QString text = balanceText(watch) + u'\n';
    const auto effects = effectsOf(watch.events(), watch.verdicts(), watch.target().account);
    for (qsizetype i = 0; i < watch.events().size(); ++i) {
        const MarketEvent &event = watch.events().at(i);
        if (event.kind == EventKind::TokensIn || event.kind == EventKind::TokensOut) {
            continue;
        }
        const auto &effect = effects.at(i);
        const QString change = !effect ? u"–"_s
            : effect->size.isZero()    ? u"0"_s
                                       : effect->toUnits(facts.decimals);
        text += u"%1  %2  %3 %4  %5  %6\n"_s.arg(
            timeText(event.time), eventWord(event.kind).leftJustified(10),
            change.rightJustified(24), facts.symbol, event.transaction,
            event.requestId ? event.requestId->toHex() : QString());
    }
    for (const models::evm::Difference &jump : watch.collateralSeries().unexplained) {
        text += tr("A change of %1 %2 is explained by no event that was read.\n")
                    .arg(jump.toUnits(facts.decimals), facts.symbol);
    }
    text += tr("Blocks %1 to %2.\n").arg(watch.history().low()).arg(watch.history().high());
    return text;
}

QString planText(const TransferPlan &plan)
{
    const int decimals = plan.facts.decimals;
    const auto tokens = [&](const std::optional<U256> &value) {
        return value ? QString(value->toUnits(decimals) + u' ' + plan.facts.symbol) : u"–"_s;
    };
    QString text
        = tr("%1 of %2\n  network     %3 (chain %4)\n  market      %5\n  account     %6\n  token   "
             "    %7\n"
             "  collateral  %8\n")
              .arg(plan.kind == TransferKind::Deposit ? tr("Deposit") : tr("Withdrawal"),
                   tokens(plan.amount), plan.networkTitle)
              .arg(plan.facts.chainId)
              .arg(plan.facts.market.toString(), plan.account.toString(),
                   plan.facts.token.toString(),
                   tokens(plan.before.collateral) + u" → "_s + tokens(plan.collateralAfter));
    text += tr("  wallet      %1\n  for fees    %2 %3\n")
                .arg(tokens(plan.before.wallet) + u" → "_s + tokens(plan.walletAfter),
                     plan.before.coin.toUnits(CoinDecimals), plan.coin);
    for (const models::Finding &finding : plan.remarks) {
        text += u"%1: %2 %3\n"_s.arg(models::severityWord(finding.severity), finding.text,
                                     finding.advice);
    }
    for (const WalletCall &call : plan.walletCalls) {
        text += tr("\n%1\n  to    %2\n  data  %3\n").arg(call.title, call.to.toString(), call.data);
    }
    return text;
}

} // namespace

StakeCommand::StakeCommand(StakeRequest request, QObject *parent)
    : QObject(parent)
    , m_request(std::move(request))
{
    m_timeout.setSingleShot(true);
    connect(&m_timeout, &QTimer::timeout, this, &StakeCommand::onTimeout);
}

StakeCommand::~StakeCommand() = default;

void StakeCommand::start()
{
    if (m_request.action == Action::Help) {
        printText(stdout, m_request.help);
        end(0);
        return;
    }
    for (const QString &warning : std::as_const(m_request.warnings)) {
        complain(warning);
    }
    if (isCarriedOut()) {
        // An earlier one whose outcome is not known is looked for, and this one once it is sent.
        const auto since = StakeSettings().transfers().openSince(
            m_request.target.network.chainId.value_or(0), m_request.target.market,
            m_request.target.account);
        if (since && !m_request.target.fromBlock) {
            m_request.target.fromBlock = *since;
        } else if (m_request.target.historyDays <= 0) {
            m_request.target.historyDays = ShortHistory;
        }
    }
    models::evm::RpcLimits limits;
    limits.patience
        = std::min<std::chrono::milliseconds>(std::chrono::seconds(20), m_request.timeout);
    m_watch = std::make_unique<StakeWatch>(m_request.endpoint, limits);
    connect(m_watch.get(), &StakeWatch::changed, this, &StakeCommand::onChanged);
    m_timeout.start(m_request.timeout);
    m_watch->start(m_request.target);
}

bool StakeCommand::isCarriedOut() const
{
    return !m_request.host.isEmpty();
}

void StakeCommand::interrupt()
{
    if (m_transfer) {
        m_transfer->interrupt();
        return;
    }
    complain(tr("Cancelled."));
    end(5);
}

void StakeCommand::say(const QString &line)
{
    if (!line.isEmpty() && line != m_said) {
        m_said = line;
        complain(line);
    }
}

void StakeCommand::onChanged()
{
    if (m_isOver) {
        return;
    }
    if (const auto &fault = m_watch->probeFault()) {
        complain(m_watch->problem());
        end(*fault == ProbeFault::Endpoint || *fault == ProbeFault::Refused ? 3 : 4);
        return;
    }
    if (m_transfer) {
        m_transfer->look();
        return;
    }
    say(m_watch->problem().isEmpty() ? m_watch->endpoint().state().problem : m_watch->problem());
    const bool isBlocked
        = m_watch->endpoint().state().kind == models::evm::EndpointState::Kind::Blocked;
    if (isBlocked) {
        end(3);
    } else if (m_watch->isSettled()) {
        report(true);
    }
}

void StakeCommand::onTimeout()
{
    if (!m_watch->monitor().snapshot()) {
        complain(tr("The endpoint %1 gave no balance within %2 s. %3")
                     .arg(m_watch->endpoint().name())
                     .arg(m_request.timeout.count())
                     .arg(m_watch->problem().isEmpty() ? m_watch->endpoint().state().problem
                                                       : m_watch->problem()));
        end(3);
        return;
    }
    report(false);
}

void StakeCommand::report(bool isComplete)
{
    if (m_request.action == Action::Deposit || m_request.action == Action::Withdraw) {
        reportPlan();
        return;
    }
    m_isOver = true; // printing changes nothing, but a second report would be one too many
    const bool isHistory = m_request.action == Action::History;
    if (m_request.isJson) {
        printJson(stdout, isHistory ? historyJson(*m_watch) : balanceJson(*m_watch));
    } else {
        printText(stdout, isHistory ? historyText(*m_watch) : balanceText(*m_watch));
    }
    if (!isComplete) {
        complain(tr("Not everything was read within %1 s; --timeout gives more time.")
                     .arg(m_request.timeout.count()));
    }
    end(isComplete && m_watch->history().unreadable().isEmpty() ? 0 : 6);
}

void StakeCommand::reportPlan()
{
    TransferContext context;
    context.network = m_request.target.network;
    context.facts = *m_watch->facts();
    context.account = m_request.target.account;
    context.snapshot = m_watch->monitor().snapshot();
    context.isFresh = m_watch->monitor().state() == CollateralMonitor::State::Live;
    context.locks = m_watch->lockTotals();
    context.areLocksKnown = m_watch->history().isComplete() && m_request.target.historyDays >= 1;
    context.isFirst = StakeSettings().transfers().isFirst(context.facts, context.account);
    const auto plan = planTransfer(m_request.action == Action::Deposit ? TransferKind::Deposit
                                                                       : TransferKind::Withdrawal,
                                   m_request.amount, context);
    if (!plan) {
        complain(plan.error());
        end(2);
        return;
    }
    const bool isSent = isCarriedOut() && plan->isPossible();
    if (!m_request.isJson) {
        printText(stdout, planText(*plan) + (isSent ? QString() : tr("\nNothing was sent.\n")));
    } else if (!isSent) {
        printJson(stdout, planJson(*plan));
    }
    if (!isSent) {
        end(plan->isPossible() ? 0 : 4);
        return;
    }
    m_timeout.stop();
    m_transfer = std::make_unique<StakeTransfer>(m_request, *m_watch);
    connect(m_transfer.get(), &StakeTransfer::finished, this, &StakeCommand::end);
    m_transfer->start(*plan);
}

void StakeCommand::end(int code)
{
    m_isOver = true;
    m_timeout.stop();
    emit finished(code);
}

} // namespace proverdeck::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/OrderFindings.h"

#include "models/boundless/BrokerAnalysis.h"
#include "models/boundless/Digits.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QRegularExpression>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using Kind = BrokerEventKind;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("OrderFindings", text);
}

QString timeText(std::optional<qint64> ms)
{
    return ms
        ? QDateTime::fromMSecsSinceEpoch(*ms, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss 'UTC'"_s)
        : tr("the log does not say when");
}

Finding made(const char *code, Severity severity, const QString &text, const QString &advice,
             const Evidence &evidence)
{
    return {QString::fromLatin1(code), severity, text, advice, evidence, 1};
}

Finding codeFinding(const BrokerEvent &event, const BrokerPatterns &patterns)
{
    const QString code = event.value(u"code"_s);
    const BrokerCode known = patterns.code(code);
    // A cause that a retry will mend is no error of its own.
    const Severity severity = event.level < BrokerLevel::Error && known.severity == Severity::Error
            && code.startsWith("B-SUB"_L1)
        ? Severity::Warning
        : known.severity;
    return {code.toLower(), severity, known.text, known.advice, event.evidence, 1};
}

Finding balanceFinding(const BrokerEvent &event, BrokerEra era)
{
    const bool isGas = event.kind == Kind::GasBalance;
    const bool isError = event.value(u"level"_s) == "error"_L1;
    const QString raw = event.value(u"raw"_s);
    const QString amount = isGas ? (isDigits(raw) ? amountText(raw, 18) + u" ETH"_s : u"–"_s)
                                 : collateralText(raw, era);
    return made(
        isGas ? (isError ? "gas-balance-critical" : "gas-balance-low")
              : (isError ? "collateral-balance-critical" : "collateral-balance-low"),
        isError ? Severity::Error : Severity::Warning,
        isGas
            ? tr("The account %1 has only %2 left for gas.").arg(event.value(u"account"_s), amount)
            : tr("The account %1 has only %2 of free collateral in the market.")
                  .arg(event.value(u"account"_s), amount),
        isGas ? tr("Send ether to it: without gas nothing is locked or fulfilled, and what "
                   "is locked is lost at its deadline.")
              : tr("Locked orders lower the balance until they are fulfilled. If none is "
                   "open, look for slashes; deposit collateral to lock more orders."),
        event.evidence);
}

std::optional<Finding> settingsFinding(const BrokerEvent &event)
{
    switch (event.kind) {
    case Kind::ConfigRefused:
        return made(
            "config-refused", Severity::Error,
            tr("The broker refused a changed broker.toml and goes on with the old values."),
            tr("Check the file: \"proverdeck broker config check broker.toml\" says what is "
               "wrong. The lines after it name the place."),
            event.evidence);
    case Kind::BatchSizeClamped:
        return made(
            "batch-size-clamped", Severity::Warning,
            tr("min_batch_size is %1, more than max_concurrent_proofs (%2); the broker uses "
               "%2.")
                .arg(event.value(u"count"_s), event.value(u"max"_s)),
            tr("Set min_batch_size to at most max_concurrent_proofs."), event.evidence);
    case Kind::DeploymentMismatch:
        return made("deployment-mismatch", Severity::Warning,
                    tr("The contract addresses in the environment %1.").arg(event.value(u"text"_s)),
                    tr("An old .env file that is still sourced overrides the defaults of a newer "
                       "broker: remove the addresses from it, or open a fresh shell."),
                    event.evidence);
    default:
        return std::nullopt;
    }
}

} // namespace

QString collateralText(const QString &raw, BrokerEra era)
{
    if (!isDigits(raw)) {
        return u"–"_s;
    }
    return era == BrokerEra::Unknown
        ? tr("%1 base units").arg(raw)
        : amountText(raw, collateralDecimals(era)) + u' ' + collateralSymbol(era);
}

QString shortReason(const OrderRow &row, const BrokerPatterns &patterns)
{
    // "broker::proving::ProvingErr [B-PRO-501]  Proving failed after retries: …"
    static const QRegularExpression typeName(u"\\b(?:\\w+::)+\\w+ (?=\\[B-)"_s);
    static const QRegularExpression code(u"\\[(B-[A-Z]+-[A-Z0-9]+)\\] *(?:- )?"_s);
    static const QRegularExpression twice(u"\\b(B-[A-Z0-9-]+) \\1\\b"_s);
    const auto plain = [](QString text) {
        text.remove(typeName);
        text.replace(code, u"\\1 "_s);
        text.replace(twice, u"\\1"_s);
        while (!text.isEmpty()
               && (text.front() == u',' || text.front().isSpace() || text.front() == u'-')) {
            text.remove(0, 1);
        }
        return text.trimmed();
    };
    const Order &order = row.order;
    if (row.isLostLock) {
        return tr("Locked by you on the chain, given up by the broker");
    }
    if (row.state == OrderState::Overtaken) {
        return tr("Fulfilled by another prover while it was proved here");
    }
    if (!order.failure.isEmpty()) {
        return plain(order.failure);
    }
    if ((order.skippedMs || order.passedOver || order.lockFailed) && !order.skipKey.isEmpty()) {
        return patterns.skipReason(order.skipKey).title;
    }
    return plain(!order.reason.isEmpty() ? order.reason : order.raceLost);
}

std::optional<Finding> findingOf(const BrokerEvent &event, const BrokerPatterns &patterns,
                                 BrokerEra era)
{
    switch (event.kind) {
    case Kind::Code:
        return event.value(u"code"_s).startsWith("B-BAL-"_L1)
            ? std::nullopt
            : std::optional(codeFinding(event, patterns));
    case Kind::GasBalance:
    case Kind::CollateralBalance:
        return balanceFinding(event, era);
    case Kind::AtRisk:
        return made("stake-at-risk", Severity::Error,
                    tr("The broker itself says that the collateral of %1 is at risk: it is locked, "
                       "and the broker cannot prove it.")
                        .arg(event.id),
                    tr("Prove and fulfil it by hand before the lock deadline, and remove the cause "
                       "that the line names."),
                    event.evidence);
    case Kind::Behind:
        return made("proofs-behind", Severity::Warning,
                    tr("Proofs are %1 s behind what peak_prove_khz promises: the broker locks more "
                       "than the machine can prove.")
                        .arg(event.value(u"seconds"_s)),
                    tr("Lower peak_prove_khz to what a benchmark shows; it applies at once."),
                    event.evidence);
    case Kind::GasShort:
        return made(
            "gas-short", Severity::Error,
            tr("The account has %1 ETH, and the orders that are committed need %2 ETH of gas.")
                .arg(event.value(u"have"_s), event.value(u"need"_s)),
            tr("Send ether to it now: proofs that cannot be submitted lose their collateral."),
            event.evidence);
    case Kind::OutOfMemory:
        return made("gpu-out-of-memory", Severity::Error, tr("A proof ran out of memory."),
                    tr("Lower SEGMENT_SIZE to what the smallest card can hold (8 GB: 18, up to 16 "
                       "GB: 19, 20 GB: 20, more: 21) and restart the exec agents."),
                    event.evidence);
    case Kind::RpcLimited:
        return made("rpc-limited", Severity::Warning,
                    tr("The RPC provider answered \"too many requests\" (429)."),
                    tr("Orders are seen late or missed. Use a plan with more requests, another "
                       "provider, or your own node."),
                    event.evidence);
    case Kind::Unauthorized:
        return made("order-stream-refused", Severity::Error,
                    tr("The order stream refused this prover (401): no orders come in from it."),
                    tr("It wants a minimum of collateral in the market; deposit, and check "
                       "ORDER_STREAM_URL and the key."),
                    event.evidence);
    case Kind::StopTimedOut:
        return made("stop-timed-out", Severity::Error,
                    tr("The broker ended before its orders were done: its time for a graceful stop "
                       "was over."),
                    tr("Start it again at once: what it had locked can still be proved until the "
                       "lock deadlines."),
                    event.evidence);
    default:
        return settingsFinding(event);
    }
}

namespace {

Finding lostLockFinding(const OrderRow &row, BrokerEra era)
{
    const Order &order = row.order;
    return made(
        "lost-lock", Severity::Error,
        tr("Request %1 is locked by this prover on the chain (collateral %2), but the broker "
           "gave it up because the lock was not confirmed in time. Nobody is proving it.")
            .arg(order.id, collateralText(order.collateralRaw, era)),
        tr("Prove and fulfil it by hand (boundless prover fulfill) before the lock deadline "
           "(%1); otherwise its collateral is lost. Raise txn_timeout and restart the broker so "
           "that it does not happen again.")
            .arg(timeText(order.lockDeadlineMs)),
        order.evidence);
}

void judgeRow(const OrderRow &row, BrokerEra era, QList<Finding> &findings)
{
    const Order &order = row.order;
    if (row.isLostLock && row.isExposed) {
        findings << lostLockFinding(row, era);
    } else if (order.lockUnconfirmed && !order.isLockedByUs() && !row.isLostLock
               && row.state == OrderState::PassedOver && order.lockedBy.isEmpty()) {
        findings << made("lock-unconfirmed", Severity::Warning,
                         tr("The lock of request %1 was sent and not confirmed. The broker dropped "
                            "it; on the chain it may be yours.")
                             .arg(order.id),
                         tr("Look it up on the chain. If it is yours, prove and fulfil it by hand "
                            "before its lock deadline."),
                         order.evidence);
    }
    if (row.state == OrderState::Failed && row.isExposed) {
        findings << made(
            "order-failed-exposed", Severity::Error,
            tr("Request %1 failed while its collateral (%2) is locked. The broker does "
               "not try again.")
                .arg(order.id, collateralText(order.collateralRaw, era)),
            tr("Prove and fulfil it by hand before the lock deadline (%1).")
                .arg(timeText(order.lockDeadlineMs)),
            order.evidence);
    }
    if (row.state == OrderState::SlashPending || row.state == OrderState::Expired) {
        const bool isOurs
            = order.isLockedByUs() || order.committed || order.atRisk || row.isLostLock;
        if (isOurs) {
            findings << made(
                row.state == OrderState::SlashPending ? "slash-pending" : "slash-unknown",
                Severity::Error,
                tr("The lock deadline of request %1 has passed without a delivery: its "
                   "collateral (%2) is lost.")
                    .arg(order.id, collateralText(order.collateralRaw, era)),
                row.state == OrderState::SlashPending
                    ? tr("Anybody can slash after the full deadline (%1); a delivery now "
                         "does not prevent it, but whoever delivers first gets the part "
                         "that is not burned.")
                          .arg(timeText(order.fullDeadlineMs))
                    : tr("Whether the slash was sent is only on the chain: no broker "
                         "logs it."),
                order.evidence);
        }
    }
    if (row.state == OrderState::Slashed) {
        findings << made(
            "slashed", Severity::Error,
            tr("The chain says that request %1 was slashed: its collateral (%2) is gone.")
                .arg(order.id, collateralText(order.collateralRaw, era)),
            tr("Find out why it was not delivered in time before more orders are locked; "
               "max_concurrent_proofs = 0 stops new locks at once."),
            order.evidence);
    }
    if (row.isLate) {
        findings << made("fulfilled-late", Severity::Warning,
                         tr("Request %1 was delivered after its lock deadline: that does not save "
                            "the collateral.")
                             .arg(order.id),
                         tr("Lower peak_prove_khz or max_concurrent_proofs."), order.evidence);
    }
}

} // namespace

QList<Finding> orderFindings(const OrderBook &book, const LogFacts &facts,
                             const QList<OrderRow> &rows, const BrokerPatterns &patterns)
{
    constexpr qsizetype MostPerOrder = 200;
    QList<Finding> findings;
    for (const OrderRow &row : rows) {
        if (findings.size() < MostPerOrder) {
            judgeRow(row, book.era(), findings);
        }
    }
    const OrderSummary sum = OrderBook::summaryOf(rows, patterns);
    for (const SkipCount &skip : sum.skips) {
        if (skip.wanted.isEmpty()) {
            continue;
        }
        const QString setting = skip.reason.settingIn(book.era());
        findings << made("setting-suggested", Severity::Info,
                         tr("%1 (orders: %2). The smallest of them would need %3 = %4.")
                             .arg(skip.reason.title)
                             .arg(skip.orders)
                             .arg(setting, skip.wanted),
                         skip.reason.advice, {});
    }
    if (sum.overtaken > 0) {
        findings << made(
            "work-wasted", Severity::Info,
            tr("Orders that somebody else fulfilled while this prover worked on them: %1.")
                .arg(sum.overtaken),
            tr("Orders whose lock expired are a race. With cancel_proving_expired_orders "
               "(since 1.1) such work ends early."),
            {});
    }
    if (facts.stoppedMs && sum.open > 0) {
        findings << made(
            "stopped-with-open-orders", Severity::Error,
            tr("The broker has stopped, and orders that this prover has locked are open: %1.")
                .arg(sum.open),
            tr("Start it again at once, or fulfil them by hand, before their lock "
               "deadlines."),
            {});
    }
    if (book.leftOut() > 0) {
        findings << made("orders-left-out", Severity::Warning,
                         tr("The logs hold more orders than are kept; %1 lines of later ones were "
                            "left out.")
                             .arg(book.leftOut()),
                         tr("Open shorter logs."), {});
    }
    return findings;
}

Finding noRecordsFinding(qint64 lines)
{
    return made("no-broker-lines", Severity::Warning,
                lines > 0 ? tr("None of the %1 lines was written by a Boundless broker.").arg(lines)
                          : tr("The log is empty."),
                tr("Give the output of \"docker compose logs broker\", or the broker's own log."),
                {});
}

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/AnalyseBoundless.h"

#include "app/Commands.h"
#include "app/Terminal.h"
#include "models/boundless/BrokerAnalysis.h"
#include "models/boundless/Digits.h"
#include "models/boundless/OrderFindings.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

#include <cstdio>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using namespace models::boundless;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("AnalyseBoundless", text);
}

QJsonValue timeJson(std::optional<qint64> ms)
{
    return ms ? QJsonValue(QDateTime::fromMSecsSinceEpoch(*ms, Qt::UTC).toString(Qt::ISODateWithMs))
              : QJsonValue();
}

QJsonValue textJson(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

template<class Number> QJsonValue numberJson(const std::optional<Number> &number)
{
    if constexpr (std::is_floating_point_v<Number>) {
        return number ? QJsonValue(*number) : QJsonValue();
    } else {
        return number ? QJsonValue(qint64(*number)) : QJsonValue();
    }
}

QJsonValue rateJson(std::optional<double> khz)
{
    return khz ? QJsonValue(double(qRound64(*khz * 100)) / 100) : QJsonValue();
}

QJsonObject orderJson(const OrderRow &row, BrokerEra era)
{
    const Order &order = row.order;
    const QString reason = !order.reason.isEmpty() ? order.reason : order.failure;
    const QString collateral = isDigits(order.collateralRaw) && era != BrokerEra::Unknown
        ? amountText(order.collateralRaw, collateralDecimals(era))
        : order.collateral;
    return {{u"request_id"_s, order.id},
            {u"state"_s, stateWord(row.state)},
            {u"type"_s, textJson(order.type)},
            {u"chain_id"_s, numberJson(order.chain)},
            {u"seen_at"_s, timeJson(order.seenMs)},
            {u"locked_at"_s, timeJson(order.lockedMs)},
            {u"proved_at"_s, timeJson(order.provedMs)},
            {u"fulfilled_at"_s, timeJson(order.fulfilledMs)},
            {u"failed_at"_s, timeJson(order.failedMs)},
            {u"deadline"_s, timeJson(row.deadlineMs)},
            {u"lock_deadline"_s, timeJson(order.lockDeadlineMs)},
            {u"full_deadline"_s, timeJson(order.fullDeadlineMs)},
            {u"reason"_s, textJson(reason)},
            {u"reason_key"_s, textJson(order.skipKey)},
            {u"failure"_s, textJson(order.failure)},
            {u"codes"_s, QJsonArray::fromStringList(order.codes)},
            {u"cycles"_s, numberJson(order.cycles)},
            {u"khz"_s, rateJson(order.kHz())},
            {u"time_to_lock_ms"_s, numberJson(order.timeToLockMs())},
            {u"time_to_prove_ms"_s, numberJson(order.timeToProveMs())},
            {u"collateral"_s, textJson(collateral)},
            {u"collateral_raw"_s, textJson(order.collateralRaw)},
            {u"fee"_s, textJson(order.fee)},
            {u"reward"_s, textJson(order.reward)},
            {u"lock_tx"_s, textJson(order.lockTx)},
            {u"proof_id"_s, textJson(order.proofId)},
            {u"locked_by"_s, textJson(order.lockedBy)},
            {u"at_risk"_s, row.isExposed},
            {u"lost_lock"_s, row.isLostLock}};
}

QJsonObject findingJson(const models::Finding &finding)
{
    return {
        {u"code"_s, finding.code},
        {u"severity"_s, models::severityWord(finding.severity)},
        {u"log"_s, textJson(finding.evidence.log)},
        {u"line"_s, finding.evidence.line > 0 ? QJsonValue(finding.evidence.line) : QJsonValue()},
        {u"count"_s, finding.count},
        {u"text"_s, finding.text},
        {u"advice"_s, finding.advice}};
}

bool readFile(const QString &path, const QString &name, BrokerAnalysis &analysis)
{
    QFile file(path);
    if (QFileInfo(path).isDir() || !file.open(QIODevice::ReadOnly)) {
        complain(QFileInfo(path).isDir()
                     ? tr("%1 is a folder; name the broker's log file.").arg(path)
                     : tr("%1 cannot be read: %2.").arg(path, file.errorString()));
        return false;
    }
    if (looksLikeSqlite(file.peek(16))) {
        const auto snapshot = readBrokerDb(path);
        if (!snapshot) {
            complain(snapshot.error());
            return false;
        }
        analysis.join(*snapshot);
        return true;
    }
    while (!file.atEnd()) {
        const QByteArray bytes = file.read(1 << 20);
        if (file.error() != QFileDevice::NoError) {
            complain(tr("%1 cannot be read to its end: %2.").arg(path, file.errorString()));
            return false;
        }
        analysis.feedLog(name, bytes);
    }
    analysis.feedLog(name, {});
    analysis.finishLog(name);
    return true;
}

/// Two files of the same name are two logs.
QString logName(const QString &path, QStringList &taken)
{
    QString name = QFileInfo(path).fileName();
    name = taken.contains(name) ? path : name;
    taken << name;
    return name;
}

QString text(const BrokerAnalysis &analysis, qint64 nowMs)
{
    const OrderSummary sum = analysis.book().summary(nowMs);
    const BrokerEra era = analysis.book().era();
    QString out
        = tr("Orders: %1 seen, %2 skipped, %3 locked, %4 proved, %5 fulfilled, %6 failed, %7 "
             "expired.\n")
              .arg(sum.seen)
              .arg(sum.skipped)
              .arg(sum.locked)
              .arg(sum.proved)
              .arg(sum.fulfilled)
              .arg(sum.failed)
              .arg(sum.expired);
    out += tr("Lost locks: %1. Collateral at risk in %2 open orders: %3.\n")
               .arg(sum.lostLocks)
               .arg(sum.open)
               .arg(sum.open > sum.atRiskUnknown ? collateralText(sum.atRiskRaw, era) : u"–"_s);
    if (sum.fulfilmentRate) {
        out += tr("Fulfilment rate of locked orders: %1 %.\n")
                   .arg(*sum.fulfilmentRate * 100, 0, 'f', 1);
    }
    if (!sum.skips.isEmpty()) {
        out += tr("\nSkipped:\n");
    }
    for (const SkipCount &skip : sum.skips) {
        out += u"%1  %2\n"_s.arg(QString::number(skip.orders).rightJustified(6), skip.reason.title);
    }
    const QList<models::Finding> findings = analysis.findings(nowMs);
    if (!findings.isEmpty()) {
        out += tr("\nFindings:\n");
    }
    for (const models::Finding &finding : findings) {
        out += u"%1 [%2] %3%4\n"_s.arg(
            models::severityWord(finding.severity).leftJustified(8), finding.code, finding.text,
            finding.count > 1 ? tr(" (%1 times)").arg(finding.count) : QString());
        out += finding.advice.isEmpty() ? QString() : u"         "_s + finding.advice + u'\n';
    }
    return out;
}

} // namespace

QJsonObject analysisToJson(const BrokerAnalysis &analysis, qint64 nowMs)
{
    const QList<OrderRow> rows = analysis.book().rows(nowMs);
    const OrderSummary sum = OrderBook::summaryOf(rows, analysis.patterns());
    const LogFacts facts = analysis.facts();
    const BrokerEra era = analysis.book().era();
    QJsonArray orders;
    for (const OrderRow &row : rows) {
        orders << orderJson(row, era);
    }
    QJsonArray skips;
    for (const SkipCount &skip : sum.skips) {
        skips << QJsonObject{{u"key"_s, skip.reason.key},
                             {u"title"_s, skip.reason.title},
                             {u"orders"_s, skip.orders},
                             {u"setting"_s, textJson(skip.reason.settingIn(era))},
                             {u"wanted"_s, textJson(skip.wanted)}};
    }
    QJsonArray findings;
    for (const models::Finding &finding : analysis.findings(nowMs)) {
        findings << findingJson(finding);
    }
    const bool knowsRisk = sum.open > sum.atRiskUnknown || sum.open == 0;
    return {{u"orders"_s, orders},
            {u"counts"_s,
             QJsonObject{{u"seen"_s, sum.seen},
                         {u"skipped"_s, sum.skipped},
                         {u"not_priced"_s, sum.notPriced},
                         {u"locked"_s, sum.locked},
                         {u"proved"_s, sum.proved},
                         {u"fulfilled"_s, sum.fulfilled},
                         {u"failed"_s, sum.failed},
                         {u"expired"_s, sum.expired},
                         {u"overtaken"_s, sum.overtaken},
                         {u"slash_pending"_s, sum.slashPending},
                         {u"slashed"_s, sum.slashed > 0 ? QJsonValue(sum.slashed) : QJsonValue()},
                         {u"lost_locks"_s, sum.lostLocks},
                         {u"open"_s, sum.open}}},
            {u"skip_reasons"_s, skips},
            {u"summary"_s,
             QJsonObject{{u"fulfilment_rate"_s, numberJson(sum.fulfilmentRate)},
                         {u"khz"_s, rateJson(sum.kHz)},
                         {u"median_time_to_lock_ms"_s, numberJson(sum.medianTimeToLockMs)},
                         {u"median_time_to_prove_ms"_s, numberJson(sum.medianTimeToProveMs)},
                         {u"collateral_at_risk_raw"_s,
                          knowsRisk ? QJsonValue(sum.atRiskRaw) : QJsonValue()},
                         {u"collateral_lost_raw"_s, sum.lostRaw},
                         {u"collateral_symbol"_s, textJson(collateralSymbol(era))}}},
            {u"log"_s,
             QJsonObject{{u"era"_s, textJson(eraWord(facts.era))},
                         {u"version"_s, textJson(facts.version)},
                         {u"lines"_s, facts.lines},
                         {u"records"_s, facts.records},
                         {u"errors"_s, facts.errors},
                         {u"warnings"_s, facts.warnings},
                         {u"soft_failed"_s, facts.softFailed},
                         {u"skip_lines"_s, facts.skipLines},
                         {u"completed_lines"_s, facts.completedLines},
                         {u"rpc_errors"_s, facts.rpcErrors},
                         {u"first"_s, timeJson(facts.firstMs)},
                         {u"last"_s, timeJson(facts.lastMs)}}},
            {u"findings"_s, findings}};
}

int runAnalyseBoundless(const QStringList &files, const QString &format)
{
    BrokerAnalysis analysis;
    QStringList names;
    for (const QString &path : files) {
        if (!readFile(path, logName(path, names), analysis)) {
            return 2;
        }
    }
    // A finished log is judged at its last line, so that the same file always says the same.
    const qint64 nowMs = analysis.lastMs();
    if (format == "json"_L1) {
        printJson(stdout, analysisToJson(analysis, nowMs));
    } else {
        printText(stdout, text(analysis, nowMs));
    }
    return 0;
}

} // namespace proverdeck::app

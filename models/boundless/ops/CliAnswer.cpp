// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/CliAnswer.h"

#include "models/logs/LineSplitter.h"
#include "models/logs/LogText.h"
#include "models/logs/Redactor.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using Outcome = TransferOutcome;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("CliAnswer", text);
}

/// Failures that come before the first transaction, in the words of the program or its shell.
constexpr std::array<const char *, 10> BeforeSending{
    "Error: Private key required",
    "Error: No private key configured",
    "Error: Missing required configuration",
    "Error: Failed to build Boundless client",
    "Error: Amount is below the denomination minimum",
    "error: unrecognized subcommand",
    "error: invalid value",
    "error: the following required arguments were not provided",
    "error: unexpected argument",
    "proverdeck: not sent:"};

/// Said for want of tokens, but also around whatever else the deposit failed of.
constexpr const char *NoFunds = "has funds on the";

/// The shell's word for a program that is not there; its other remarks prove nothing.
bool isNotFound(const QStringList &lines)
{
    static const QRegularExpression notFound(
        u"^(bash|\\S+): (line \\d+: )?(exec: )?boundless: (command )?not found$"_s);
    return std::ranges::any_of(lines,
                               [](const QString &line) { return notFound.match(line).hasMatch(); });
}

bool isBeforeSending(const QStringList &lines, int exitCode)
{
    if (exitCode == 127 && isNotFound(lines)) {
        return true;
    }
    const bool hasCause = lines.contains(u"Caused by:"_s);
    return std::ranges::any_of(lines, [hasCause](const QString &line) {
        return std::ranges::any_of(
                   BeforeSending,
                   [&line](const char *sign) { return line.startsWith(QLatin1StringView(sign)); })
            || (!hasCause && line.contains(QLatin1StringView(NoFunds)));
    });
}

QStringList linesOf(const QByteArray &output)
{
    QStringList lines;
    LineSplitter splitter;
    const auto take = [&lines](const LogLine &line) { lines << plainLineFromUtf8(line.text, 600); };
    splitter.feed(redacted(output), take);
    splitter.finish(take);
    lines.removeAll(QString());
    return lines;
}

/// "Error: …" and what caused it; else the last line.
QString failureOf(const QStringList &lines)
{
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QString &line = lines.at(i);
        if (line.startsWith("Error: "_L1) || line.startsWith("error: "_L1)) {
            QString text = line.mid(7);
            if (lines.value(i + 1) == u"Caused by:") {
                static const QRegularExpression number(uR"(^\d+: )"_s);
                QString cause = lines.value(i + 2);
                text += u": "_s + cause.remove(number);
            }
            return text;
        }
        if (line.startsWith("proverdeck: not sent: "_L1)) {
            return line.mid(22);
        }
    }
    return lines.isEmpty() ? tr("it said nothing") : lines.last();
}

bool hasSuccess(CliDialect dialect, TransferKind kind, const QStringList &lines)
{
    static const QRegularExpression old(
        uR"(Successfully (deposited [0-9.]+ \S+ as|withdrew [0-9.]+ \S+ from) (stake|collateral)$)"_s);
    static const QRegularExpression recent(
        uR"(^✓ Successfully (deposited|withdrew) collateral \([^)]*\): [0-9.]+ \S+$)"_s);
    const QRegularExpression &form = dialect == CliDialect::Prover ? recent : old;
    const QString verb = kind == TransferKind::Deposit ? u"deposited"_s : u"withdrew"_s;
    for (const QString &line : lines) {
        const auto match = form.match(line);
        if (match.hasMatch() && match.captured(1).startsWith(verb)) {
            return true;
        }
    }
    return false;
}

} // namespace

QString balanceWords(CliDialect dialect)
{
    return dialect == CliDialect::Stake     ? u"boundless account stake-balance"_s
        : dialect == CliDialect::Collateral ? u"boundless account collateral-balance"_s
                                            : u"boundless prover balance-collateral"_s;
}

QString transferWords(CliDialect dialect, TransferKind kind)
{
    const QString verb = kind == TransferKind::Deposit ? u"deposit"_s : u"withdraw"_s;
    return dialect == CliDialect::Stake     ? u"boundless account "_s + verb + u"-stake"_s
        : dialect == CliDialect::Collateral ? u"boundless account "_s + verb + u"-collateral"_s
                                            : u"boundless prover "_s + verb + u"-collateral"_s;
}

std::optional<CliBalance> readCliBalance(const QByteArray &out)
{
    static const QRegularExpression old(
        uR"((?:Stake|Collateral) balance for address (0x[0-9a-fA-F]{40}): ([0-9.]+) (\S+)$)"_s);
    static const QRegularExpression address(uR"(^Address:\s+(0x[0-9a-fA-F]{40})$)"_s);
    static const QRegularExpression deposited(uR"(^Deposited:\s+([0-9.]+) (\S+)$)"_s);
    CliBalance recent;
    const QStringList lines = linesOf(out);
    for (const QString &line : lines) {
        if (const auto match = old.match(line); match.hasMatch()) {
            return CliBalance{match.captured(1), match.captured(2), match.captured(3), true};
        }
        if (const auto match = address.match(line); match.hasMatch()) {
            recent.account = match.captured(1);
        } else if (const auto amount = deposited.match(line); amount.hasMatch()) {
            recent.deposited = amount.captured(1);
            recent.symbol = amount.captured(2);
        }
    }
    return recent.account.isEmpty() || recent.deposited.isEmpty() ? std::nullopt
                                                                  : std::optional(recent);
}

QString cliFailure(const QByteArray &output)
{
    return failureOf(linesOf(output));
}

TransferOutcome readTransferOutcome(CliDialect dialect, TransferKind kind, const QByteArray &output,
                                    std::optional<int> exitCode)
{
    const QStringList lines = linesOf(output);
    if (exitCode == 0 && hasSuccess(dialect, kind, lines)) {
        return {Outcome::Kind::Reported,
                tr("The boundless program on the server says that it was done.")};
    }
    const QString why = failureOf(lines);
    if (exitCode && *exitCode != 0) {
        if (isBeforeSending(lines, *exitCode)) {
            return {Outcome::Kind::NotSent, tr("Nothing was sent: %1").arg(why)};
        }
        return {Outcome::Kind::Unknown,
                tr("The boundless program on the server failed, perhaps after it had sent "
                   "something: %1")
                    .arg(why)};
    }
    return {Outcome::Kind::Unknown,
            exitCode ? tr("The boundless program on the server ended without saying what it did.")
                     : tr("How the boundless program on the server ended is not known.")};
}

} // namespace proverdeck::models::boundless

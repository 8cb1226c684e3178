// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BrokerPatterns.h"

#include "models/boundless/Toml.h"

#include <QCoreApplication>
#include <QFile>

#include <array>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("BrokerPatterns", text);
}

struct KindWord
{
    const char *word;
    BrokerEventKind kind;
};
constexpr auto makeKindWords()
{
    using enum BrokerEventKind;
    return std::array{KindWord{"deployment", Deployment},
                      KindWord{"deployment-mismatch", DeploymentMismatch},
                      KindWord{"version", Version},
                      KindWord{"started", Started},
                      KindWord{"resumed", Resumed},
                      KindWord{"connected", Connected},
                      KindWord{"detected", Detected},
                      KindWord{"seen-locked", SeenLocked},
                      KindWord{"seen-fulfilled", SeenFulfilled},
                      KindWord{"preflight", Preflight},
                      KindWord{"pricing", Pricing},
                      KindWord{"priced", Priced},
                      KindWord{"scheduled", Scheduled},
                      KindWord{"after-expiry", AfterExpiry},
                      KindWord{"skipped", Skipped},
                      KindWord{"not-priced", NotPriced},
                      KindWord{"locking", Locking},
                      KindWord{"lock-sent", LockSent},
                      KindWord{"locked", Locked},
                      KindWord{"lock-failed", LockFailed},
                      KindWord{"at-risk", AtRisk},
                      KindWord{"passed-over", PassedOver},
                      KindWord{"gas-short", GasShort},
                      KindWord{"proving", Proving},
                      KindWord{"proof-started", ProofStarted},
                      KindWord{"proved", Proved},
                      KindWord{"overtaken", Overtaken},
                      KindWord{"proof-failed", ProofFailed},
                      KindWord{"expired", Expired},
                      KindWord{"batch-started", BatchStarted},
                      KindWord{"batch-failed", BatchFailed},
                      KindWord{"submitting", Submitting},
                      KindWord{"submit-failed", SubmitFailed},
                      KindWord{"fulfilled", Fulfilled},
                      KindWord{"batch-done", BatchDone},
                      KindWord{"capacity", Capacity},
                      KindWord{"behind", Behind},
                      KindWord{"gas-balance", GasBalance},
                      KindWord{"collateral-balance", CollateralBalance},
                      KindWord{"config-loaded", ConfigLoaded},
                      KindWord{"config-refused", ConfigRefused},
                      KindWord{"batch-size-clamped", BatchSizeClamped},
                      KindWord{"stopping", Stopping},
                      KindWord{"stop-waiting", StopWaiting},
                      KindWord{"stopped", Stopped},
                      KindWord{"stop-timed-out", StopTimedOut}};
}
constexpr auto KindWords = makeKindWords();

std::optional<BrokerEventKind> kindOf(const QString &word)
{
    for (const KindWord &row : KindWords) {
        if (word == QLatin1StringView(row.word)) {
            return row.kind;
        }
    }
    return std::nullopt;
}

const toml::array &tables(const toml::table &document, std::string_view name)
{
    static const toml::array none;
    const toml::node *node = document.get(name);
    return node != nullptr && node->is_array_of_tables() ? *node->as_array() : none;
}

tl::expected<toml::table, QString> parse(const QByteArray &bytes)
{
    try {
        return toml::parse(std::string_view(bytes.constData(), std::size_t(bytes.size())));
    } catch (const toml::parse_error &error) {
        return tl::unexpected(
            tr("Line %1: %2").arg(error.source().begin.line).arg(tomlText(error.description())));
    }
}

tl::expected<QRegularExpression, QString> expressionOf(const toml::table &row, const QString &id,
                                                       const QString &order)
{
    QString text = tomlText(row, "expression");
    if (text.isEmpty()) {
        return QRegularExpression();
    }
    text.replace("%order%"_L1, order).replace("%id%"_L1, id);
    QRegularExpression expression(text);
    if (!expression.isValid()) {
        return tl::unexpected(tr("Line %1: the expression is wrong: %2")
                                  .arg(row.source().begin.line)
                                  .arg(expression.errorString()));
    }
    expression.optimize();
    return expression;
}

QStringList groupsOf(const QRegularExpression &expression)
{
    QStringList groups = expression.namedCaptureGroups();
    groups.removeAll(QString());
    return groups;
}

QByteArray resource(const QString &name)
{
    QFile file(u":/boundless/"_s + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

tl::expected<BrokerPatterns, QString> BrokerPatterns::load(const QByteArray &logToml,
                                                           const QByteArray &codesToml)
{
    const auto log = parse(logToml);
    const auto codes = parse(codesToml);
    if (!log || !codes) {
        return tl::unexpected(log ? codes.error() : log.error());
    }
    BrokerPatterns made;
    const toml::node *part = log->get("part");
    const toml::table none;
    const toml::table &parts = part != nullptr && part->is_table() ? *part->as_table() : none;
    const QString id = tomlText(parts, "id");
    const QString order = tomlText(parts, "order");
    made.m_order = QRegularExpression(order);
    made.m_order.optimize();
    for (const toml::node &node : tables(*log, "event")) {
        const toml::table &row = *node.as_table();
        const auto kind = kindOf(tomlText(row, "kind"));
        const auto expression = expressionOf(row, id, order);
        if (!expression || !kind) {
            return tl::unexpected(
                expression
                    ? tr("Line %1: there is no such kind of event.").arg(row.source().begin.line)
                    : expression.error());
        }
        const BrokerPattern pattern{
            *kind,       tomlText(row, "starts"), tomlText(row, "has"),
            *expression, groupsOf(*expression),   eraFromWord(tomlText(row, "era"))};
        if (pattern.starts.isEmpty()) {
            made.m_anywhere << made.m_patterns.size();
        } else {
            made.m_byFirst[pattern.starts.front()] << made.m_patterns.size();
        }
        made.m_patterns << pattern;
    }
    for (const toml::node &node : tables(*log, "skip")) {
        const toml::table &row = *node.as_table();
        const auto expression = expressionOf(row, id, order);
        if (!expression) {
            return tl::unexpected(expression.error());
        }
        made.m_skips << SkipPattern{tomlText(row, "has"), *expression,
                                    SkipReason{tomlText(row, "key"), tomlText(row, "title"),
                                               tomlText(row, "advice"), tomlText(row, "setting"),
                                               tomlText(row, "setting-new")}};
    }
    for (const toml::node &node : tables(*codes, "group")) {
        made.m_groups << CodeGroup{tomlText(*node.as_table(), "prefix"),
                                   tomlText(*node.as_table(), "text")};
    }
    for (const toml::node &node : tables(*codes, "code")) {
        const toml::table &row = *node.as_table();
        const QString severity = tomlText(row, "severity");
        made.m_codes.insert(tomlText(row, "code"),
                            BrokerCode{severity == "error"_L1      ? Severity::Error
                                           : severity == "info"_L1 ? Severity::Info
                                                                   : Severity::Warning,
                                       tomlText(row, "text"), tomlText(row, "advice")});
    }
    return made;
}

std::shared_ptr<const BrokerPatterns> BrokerPatterns::builtIn()
{
    static const std::shared_ptr<const BrokerPatterns> patterns = [] {
        const auto made = load(resource(u"broker-log.toml"_s), resource(u"broker-codes.toml"_s));
        Q_ASSERT_X(made.has_value(), "BrokerPatterns", qPrintable(made ? QString() : made.error()));
        return std::make_shared<const BrokerPatterns>(made.value_or(BrokerPatterns()));
    }();
    return patterns;
}

BrokerPatterns::Match BrokerPatterns::match(const QString &message) const
{
    const auto fits = [&](qsizetype index) -> std::optional<Match> {
        const BrokerPattern &pattern = m_patterns.at(index);
        if ((!pattern.starts.isEmpty() && !message.startsWith(pattern.starts))
            || (!pattern.has.isEmpty() && !message.contains(pattern.has))) {
            return std::nullopt;
        }
        Match made{&pattern, {}};
        if (!pattern.expression.pattern().isEmpty()) {
            const QRegularExpressionMatch found = pattern.expression.match(message);
            if (!found.hasMatch()) {
                return std::nullopt;
            }
            for (const QString &group : pattern.groups) {
                if (const QString value = found.captured(group); !value.isEmpty()) {
                    made.values.insert(group, value);
                }
            }
        }
        return made;
    };
    if (message.isEmpty()) {
        return {};
    }
    if (const auto rows = m_byFirst.constFind(message.front()); rows != m_byFirst.constEnd()) {
        for (const qsizetype row : *rows) {
            if (const auto made = fits(row)) {
                return *made;
            }
        }
    }
    for (const qsizetype row : m_anywhere) {
        if (const auto made = fits(row)) {
            return *made;
        }
    }
    return {};
}

BrokerPatterns::SkipMatch BrokerPatterns::skipIn(const QString &text) const
{
    for (const SkipPattern &pattern : m_skips) {
        if (text.contains(pattern.has)) {
            QString value;
            if (!pattern.expression.pattern().isEmpty()) {
                value = pattern.expression.match(text).captured(u"value"_s);
            }
            return {pattern.reason.key, value};
        }
    }
    return {};
}

SkipReason BrokerPatterns::skipReason(const QString &key) const
{
    for (const SkipPattern &pattern : m_skips) {
        if (pattern.reason.key == key) {
            return pattern.reason;
        }
    }
    return {key, tr("The broker gave no reason that this program knows"), {}, {}, {}};
}

BrokerCode BrokerPatterns::code(const QString &code) const
{
    if (const auto known = m_codes.constFind(code); known != m_codes.constEnd()) {
        return *known;
    }
    for (const CodeGroup &group : m_groups) {
        if (code.startsWith(group.prefix + u'-')) {
            return code.endsWith("-500"_L1)
                ? BrokerCode{Severity::Error,
                             tr("%1 for a reason that the broker did not expect (%2).")
                                 .arg(group.text, code),
                             tr("Read the line and the ones after it for the cause.")}
                : BrokerCode{Severity::Warning, tr("%1 (%2).").arg(group.text, code),
                             tr("Read the line and the ones after it for the cause.")};
        }
    }
    return {Severity::Warning, tr("The broker reports the error %1.").arg(code),
            tr("Read the line and the ones after it for the cause.")};
}

} // namespace proverdeck::models::boundless

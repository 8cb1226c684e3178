// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BrokerLine.h"

#include <QDate>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>
#include <string_view>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

using View = std::string_view;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool take(View &text, View prefix)
{
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

void dropBlanks(View &text)
{
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

QString textOf(View text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

std::optional<int> takeDigits(View &text, std::size_t count)
{
    if (text.size() < count || !std::ranges::all_of(text.substr(0, count), isDigit)) {
        return std::nullopt;
    }
    int value = 0;
    for (const char c : text.substr(0, count)) {
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
}

std::optional<int> takeMilliseconds(View &text)
{
    if (!take(text, ".")) {
        return 0;
    }
    const auto digits
        = static_cast<std::size_t>(std::ranges::find_if_not(text, isDigit) - text.begin());
    if (digits == 0 || digits > 12) {
        return std::nullopt;
    }
    int value = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        value = value * 10 + (i < digits ? text[i] - '0' : 0);
    }
    text.remove_prefix(digits);
    return value;
}

// "2025-08-05T09:14:22.115873Z", UTC only.
std::optional<qint64> takeTime(View &text)
{
    struct Part
    {
        std::size_t digits;
        View after;
    };
    constexpr std::array Parts{Part{4, "-"}, Part{2, "-"}, Part{2, "T"},
                               Part{2, ":"}, Part{2, ":"}, Part{2, ""}};
    View rest = text;
    std::array<int, Parts.size()> values{};
    for (std::size_t i = 0; i < Parts.size(); ++i) {
        const std::optional<int> value = takeDigits(rest, Parts.at(i).digits);
        if (!value || !take(rest, Parts.at(i).after)) {
            return std::nullopt;
        }
        values.at(i) = *value;
    }
    const std::optional<int> milliseconds = takeMilliseconds(rest);
    const QDate date(values[0], values[1], values[2]);
    if (!milliseconds || !(take(rest, "Z") || take(rest, "+00:00")) || !date.isValid()
        || values[3] > 23 || values[4] > 59 || values[5] > 60
        || (!rest.empty() && rest.front() != ' ')) {
        return std::nullopt;
    }
    constexpr qint64 EpochDay = 2440588;
    text = rest;
    return ((date.toJulianDay() - EpochDay) * 86400 + values[3] * 3600 + values[4] * 60 + values[5])
        * 1000
        + *milliseconds;
}

struct LevelWord
{
    View word;
    BrokerLevel level;
};
constexpr std::array LevelWords{
    LevelWord{"INFO", BrokerLevel::Info}, LevelWord{"WARN", BrokerLevel::Warn},
    LevelWord{"ERROR", BrokerLevel::Error}, LevelWord{"DEBUG", BrokerLevel::Debug},
    LevelWord{"TRACE", BrokerLevel::Trace}};

BrokerLevel takeLevel(View &text)
{
    for (const LevelWord &candidate : LevelWords) {
        View rest = text;
        if (take(rest, candidate.word) && (rest.empty() || rest.front() == ' ')) {
            text = rest;
            return candidate.level;
        }
    }
    return BrokerLevel::None;
}

// "broker-1  | ". A number before a bar is TOML that an error quotes.
QString takeService(View &text)
{
    constexpr std::size_t MostOfName = 80;
    const auto isNameByte
        = [](char c) { return isLetter(c) || isDigit(c) || c == '-' || c == '_' || c == '.'; };
    const auto size
        = static_cast<std::size_t>(std::ranges::find_if_not(text, isNameByte) - text.begin());
    const View name = text.substr(0, size);
    if (size == 0 || size > MostOfName || std::ranges::none_of(name, isLetter)) {
        return {};
    }
    View rest = text.substr(size);
    dropBlanks(rest);
    if (!take(rest, "|") || (!rest.empty() && rest.front() != ' ')) {
        return {};
    }
    take(rest, " ");
    text = rest;
    return textOf(name);
}

std::optional<quint64> chainIn(View fields)
{
    const std::size_t at = fields.find("chain_id=");
    if (at == View::npos) {
        return std::nullopt;
    }
    fields.remove_prefix(at + 9);
    quint64 value = 0;
    std::size_t digits = 0;
    while (digits < fields.size() && digits < 18 && isDigit(fields[digits])) {
        value = value * 10 + quint64(fields[digits++] - '0');
    }
    return digits > 0 ? std::optional(value) : std::nullopt;
}

// "chain{chain_id=8453}: " as often as it comes.
void takeSpans(View &text, BrokerLine &line)
{
    for (;;) {
        const auto size = static_cast<std::size_t>(
            std::ranges::find_if_not(text,
                                     [](char c) { return isLetter(c) || isDigit(c) || c == '_'; })
            - text.begin());
        if (size == 0 || size >= text.size() || text[size] != '{') {
            return;
        }
        const std::size_t end = text.find("}:", size);
        if (end == View::npos || end > 2000) {
            return;
        }
        if (text.substr(0, size) == "chain") {
            line.chain = chainIn(text.substr(size, end - size));
        }
        line.hasSpan = true;
        text.remove_prefix(end + 2);
        dropBlanks(text);
    }
}

QString takeTarget(View &text)
{
    const auto size = static_cast<std::size_t>(
        std::ranges::find_if_not(
            text, [](char c) { return isLetter(c) || isDigit(c) || c == '_' || c == ':'; })
        - text.begin());
    // The colon that ends the target is one of those.
    if (size < 2 || text[size - 1] != ':' || size > 120
        || (size < text.size() && text[size] != ' ')) {
        return {};
    }
    const QString target = textOf(text.substr(0, size - 1));
    text.remove_prefix(size);
    take(text, " ");
    return target;
}

BrokerLine fromJson(const QJsonObject &object, BrokerLine line)
{
    const QByteArray time = object.value("timestamp"_L1).toString().toUtf8();
    View timeView(time.constData(), std::size_t(time.size()));
    line.timeMs = takeTime(timeView);
    const QByteArray level = object.value("level"_L1).toString().toUtf8();
    View levelView(level.constData(), std::size_t(level.size()));
    line.level = takeLevel(levelView);
    line.target = object.value("target"_L1).toString();
    const QJsonObject fields = object.value("fields"_L1).toObject();
    line.message = fields.value("message"_L1).toString();
    for (auto field = fields.begin(); field != fields.end(); ++field) {
        if (field.key() != "message"_L1) {
            const QString value = field->isDouble() ? QString::number(field->toDouble(), 'g', 17)
                                                    : field->toVariant().toString();
            line.message += u' ' + field.key() + u'=' + value;
        }
    }
    QJsonArray spans = object.value("spans"_L1).toArray();
    spans.append(object.value("span"_L1));
    for (const auto &span : std::as_const(spans)) {
        const QJsonObject fieldsOfSpan = span.toObject();
        line.hasSpan = line.hasSpan || !fieldsOfSpan.isEmpty();
        const double chain = fieldsOfSpan.value("chain_id"_L1).toDouble(-1);
        if (chain >= 0 && chain < 1e15) {
            line.chain = quint64(chain);
        }
    }
    return line;
}

} // namespace

bool BrokerLine::isBroker() const
{
    if (!service.isEmpty() && !service.contains("broker"_L1)) {
        return false;
    }
    return target.isEmpty() ? !isFramed()
                            : target == "broker"_L1 || target.startsWith("broker::"_L1)
            || target == "boundless_market"_L1 || target.startsWith("boundless_market::"_L1);
}

BrokerLine splitBrokerLine(QByteArrayView bytes)
{
    View text(bytes.data(), std::size_t(bytes.size()));
    BrokerLine line;
    line.service = takeService(text);
    View afterTime = text;
    if (takeTime(afterTime)) {
        dropBlanks(afterTime);
        View probe = afterTime;
        if (takeTime(probe) || afterTime.starts_with('{')) {
            text = afterTime; // the time that "docker compose logs -t" puts first
        }
    }
    if (text.starts_with('{')) {
        const QJsonDocument document
            = QJsonDocument::fromJson(QByteArray::fromRawData(text.data(), qsizetype(text.size())));
        if (document.isObject() && document.object().contains("fields"_L1)) {
            return fromJson(document.object(), std::move(line));
        }
    }
    View rest = text;
    line.timeMs = takeTime(rest);
    dropBlanks(rest);
    line.level = line.timeMs ? takeLevel(rest) : BrokerLevel::None;
    if (!line.timeMs || line.level == BrokerLevel::None) {
        line.timeMs.reset();
        line.level = BrokerLevel::None;
        line.message = textOf(text);
        return line;
    }
    dropBlanks(rest);
    takeSpans(rest, line);
    line.target = takeTarget(rest);
    line.message = textOf(rest);
    return line;
}

} // namespace proverdeck::models::boundless

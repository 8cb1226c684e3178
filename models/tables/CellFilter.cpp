// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tables/CellFilter.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QRegularExpression>

#include <cmath>
#include <limits>
#include <optional>

namespace proverdeck::models::tables {

using namespace Qt::StringLiterals;

namespace {

constexpr double Infinite = std::numeric_limits<double>::infinity();

QString say(const char *text)
{
    return QCoreApplication::translate("CellFilter", text);
}

std::optional<double> unitOf(const QString &unit, ValueKind kind)
{
    struct Unit
    {
        QLatin1String name;
        double factor;
    };
    static constexpr Unit Durations[]{{""_L1, 1000},       {"s"_L1, 1000},   {"ms"_L1, 1},
                                      {"min"_L1, 60'000},  {"m"_L1, 60'000}, {"h"_L1, 3'600'000},
                                      {"d"_L1, 86'400'000}};
    static constexpr Unit Numbers[]{{""_L1, 1}, {"k"_L1, 1e3}, {"m"_L1, 1e6}, {"g"_L1, 1e9}};
    if (kind == ValueKind::Duration) {
        for (const Unit &known : Durations) {
            if (unit.compare(known.name, Qt::CaseInsensitive) == 0) {
                return known.factor;
            }
        }
        return {};
    }
    for (const Unit &known : Numbers) {
        if (unit.compare(known.name, Qt::CaseInsensitive) == 0) {
            return known.factor;
        }
    }
    return {};
}

/// First and last value that the typed one can mean: a date is a whole day.
struct Typed
{
    double first = 0;
    double last = 0;
};

std::optional<Typed> timeOf(const QString &text)
{
    const QDate day = QDate::fromString(text, u"yyyy-MM-dd"_s);
    if (day.isValid()) {
        return Typed{double(day.startOfDay().toMSecsSinceEpoch()),
                     double(day.addDays(1).startOfDay().toMSecsSinceEpoch() - 1)};
    }
    const QDateTime minute = QDateTime::fromString(text, u"yyyy-MM-dd HH:mm"_s);
    if (minute.isValid()) {
        const auto at = double(minute.toMSecsSinceEpoch());
        return Typed{at, at + 59'999};
    }
    const QDateTime second = QDateTime::fromString(text, u"yyyy-MM-dd HH:mm:ss"_s);
    if (second.isValid()) {
        const auto at = double(second.toMSecsSinceEpoch());
        return Typed{at, at + 999};
    }
    return {};
}

std::optional<Typed> valueOf(const QString &typed, ValueKind kind)
{
    const QString text = typed.trimmed();
    if (kind == ValueKind::Time) {
        return timeOf(text);
    }
    static const QRegularExpression form(u"^([-+]?[0-9][0-9 ,'\u00a0\u2009\u202f]*(?:\\.[0-9]*)?"
                                         "|[-+]?\\.[0-9]+)\\s*([A-Za-z]*)$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch()) {
        return {};
    }
    static const QRegularExpression grouping(u"[ ,'\u00a0\u2009\u202f]"_s);
    bool ok = false;
    const double number = match.captured(1).remove(grouping).toDouble(&ok);
    const auto unit = unitOf(match.captured(2), kind);
    if (!ok || !unit) {
        return {};
    }
    return Typed{number * *unit, number * *unit};
}

QString formOf(ValueKind kind)
{
    switch (kind) {
    case ValueKind::Duration:
        return say("Write a duration after it: 5, 1.5 s, 200 ms, 2 min, 1 h; or 5..9.");
    case ValueKind::Time:
        return say("Write a time after it: 2026-11-21 or 2026-11-21 13:44.");
    default:
        return say("Write a number after it: 5, 1.5, 20k, 3M; or 5..9.");
    }
}

} // namespace

CellFilter CellFilter::parse(const QString &typed, ValueKind kind)
{
    CellFilter filter;
    const QString text = typed.trimmed();
    if (text.isEmpty() || text == u"!" || text == u"=") {
        return filter;
    }
    if (text == u"-" || text == u"–") {
        filter.m_rule = Rule::Unknown;
        return filter;
    }
    if (kind != ValueKind::Text
        && (text.startsWith(u'<') || text.startsWith(u'>') || text.startsWith(u'=')
            || text.contains(u".."_s))) {
        return range(text, kind);
    }
    filter.m_rule = text.startsWith(u'!') ? Rule::HoldsNot
        : text.startsWith(u'=')           ? Rule::Is
                                          : Rule::Holds;
    filter.m_text = filter.m_rule == Rule::Holds ? text : text.mid(1).trimmed();
    return filter;
}

CellFilter CellFilter::range(const QString &typed, ValueKind kind)
{
    CellFilter filter;
    filter.m_low = -Infinite;
    filter.m_high = Infinite;
    std::optional<Typed> value;
    if (const qsizetype dots = typed.indexOf(u".."_s); dots >= 0) {
        const QString last = typed.mid(dots + 2);
        const auto low = valueOf(typed.left(dots), kind);
        const auto high = valueOf(last, kind);
        if (last.trimmed().isEmpty() && low) {
            value = low;
            filter.m_low = low->first;
        } else if (low && high) {
            value = high;
            filter.m_low = low->first;
            filter.m_high = high->last;
        }
    } else {
        const qsizetype length = typed.mid(1, 1) == u"=" ? 2 : 1;
        const QChar sign = typed.at(0);
        const QString rest = typed.mid(length);
        if (rest.trimmed().isEmpty()) {
            return {};
        }
        value = valueOf(rest, kind);
        if (value && sign == u'<') {
            filter.m_high = length == 2 ? value->last : value->first;
            filter.m_withHigh = length == 2;
        } else if (value && sign == u'>') {
            filter.m_low = length == 2 ? value->first : value->last;
            filter.m_withLow = length == 2;
        } else if (value) {
            filter.m_low = value->first;
            filter.m_high = value->last;
        }
    }
    if (!value) {
        CellFilter wrong;
        wrong.m_problem = formOf(kind);
        return wrong;
    }
    filter.m_rule = Rule::Range;
    return filter;
}

bool CellFilter::accepts(QStringView text) const
{
    switch (m_rule) {
    case Rule::Holds:
        return text.contains(m_text, Qt::CaseInsensitive);
    case Rule::HoldsNot:
        return !text.contains(m_text, Qt::CaseInsensitive);
    case Rule::Is:
        return text.compare(m_text, Qt::CaseInsensitive) == 0;
    case Rule::Unknown:
        return isUnknownText(text);
    default:
        return true;
    }
}

bool CellFilter::accepts(double number) const
{
    if (m_rule != Rule::Range) {
        return true;
    }
    return !std::isnan(number) && (m_withLow ? number >= m_low : number > m_low)
        && (m_withHigh ? number <= m_high : number < m_high);
}

} // namespace proverdeck::models::tables

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BrokerLog.h"

#include "models/logs/LogText.h"

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

/// Services whose records are remembered: more than a compose file has.
constexpr qsizetype MostServices = 256;
constexpr qsizetype MostOfValue = 400;

Evidence evidenceOf(const QString &log, const LogLine &line, const QString &message)
{
    return {log, line.number, qint64(line.offset), plainLine(message, 500)};
}

QMap<QString, QString> harmless(QMap<QString, QString> values)
{
    for (QString &value : values) {
        value = plainLine(value, MostOfValue);
    }
    return values;
}

} // namespace

QString requestId(const QString &text)
{
    QString digits = text.startsWith("0x"_L1) ? text.mid(2) : text;
    while (digits.size() > 1 && digits.startsWith(u'0')) {
        digits.remove(0, 1);
    }
    return u"0x"_s + digits.toLower();
}

BrokerLog::BrokerLog(QString name, std::shared_ptr<const BrokerPatterns> patterns)
    : m_name(std::move(name))
    , m_patterns(std::move(patterns))
    , m_deadlines(
          m_patterns->order().pattern()
          + uR"((?: \((?<mcycles>\d{1,12}) mcycles\))? \[lock expires at (?<lock>\d{1,12}) \([^)]{1,60}\), expires at (?<full>\d{1,12}))"_s)
    , m_status(uR"(\[(?<status>[A-Z][A-Za-z]{3,24})\]:? )"_s + m_patterns->order().pattern())
    , m_code(uR"(\[(B-[A-Z]{2,5}(?:-[A-Z]{3,7})?(?:-\d{2,4})?)\])"_s)
{
}

void BrokerLog::feed(QByteArrayView bytes, const Sink &sink)
{
    m_splitter.feed(bytes, [&](const LogLine &line) { onLine(line, sink); });
}

void BrokerLog::finish(const Sink &sink)
{
    m_splitter.finish([&](const LogLine &line) { onLine(line, sink); });
}

void BrokerLog::raiseEra(BrokerEra era)
{
    m_era = std::max(m_era, era);
}

void BrokerLog::put(const BrokerEvent &event, const Sink &sink)
{
    ++m_kinds[event.kind];
    sink(event);
}

void BrokerLog::onLine(const LogLine &line, const Sink &sink)
{
    ++m_lines;
    const BrokerLine parts = splitBrokerLine(line.text);
    if (!parts.isFramed()) {
        const auto record = m_current.find(parts.service);
        if (record != m_current.end()) {
            onContinuation(parts.message, line, *record, sink);
        }
        return;
    }
    if (m_current.size() >= MostServices && !m_current.contains(parts.service)) {
        m_current.clear();
    }
    // Of a JSON line the message may hold several lines.
    const QStringList texts = parts.message.split(u'\n');
    BrokerEvent base;
    base.level = parts.level;
    base.timeMs = parts.timeMs;
    base.chain = parts.chain;
    base.evidence = evidenceOf(m_name, line, texts.first());
    m_current.insert(parts.service, Record{base, parts.isBroker(), {}});
    onRecord(parts, texts.first(), std::move(base), sink);
    for (const QString &text : texts.mid(1)) {
        onContinuation(text, line, m_current[parts.service], sink);
    }
}

void BrokerLog::onRecord(const BrokerLine &line, const QString &message, BrokerEvent base,
                         const Sink &sink)
{
    Record &record = m_current[line.service];
    if (!record.isBroker) {
        findEverywhere(message, record, base.evidence, sink);
        return;
    }
    ++m_records;
    ++m_levels.at(std::size_t(line.level));
    if (line.timeMs) {
        m_firstMs = m_firstMs ? std::min(*m_firstMs, *line.timeMs) : *line.timeMs;
        m_lastMs = m_lastMs ? std::max(*m_lastMs, *line.timeMs) : *line.timeMs;
    }
    if (line.hasSpan && line.chain) {
        raiseEra(BrokerEra::V20);
    }
    const BrokerPatterns::Match found = m_patterns->match(message);
    if (found.pattern != nullptr) {
        raiseEra(found.pattern->era);
        base.kind = found.pattern->kind;
        base.values = harmless(found.values);
        base.id
            = found.values.contains(u"id"_s) ? requestId(found.values.value(u"id"_s)) : QString();
        if (base.kind == BrokerEventKind::Version) {
            m_version = base.value(u"version"_s);
            raiseEra(eraOfVersion(m_version));
        }
        if (base.kind == BrokerEventKind::Fulfilled) {
            raiseEra(base.value(u"rewardname"_s) == "stake_reward"_L1 ? BrokerEra::V013
                                                                      : BrokerEra::V10);
        }
        if (base.kind == BrokerEventKind::Skipped || base.kind == BrokerEventKind::PassedOver) {
            const auto skip = m_patterns->skipIn(
                base.kind == BrokerEventKind::Skipped ? base.value(u"text"_s) : message);
            base.values.insert(u"key"_s, skip.key);
            base.values.insert(u"wanted"_s, skip.value);
        }
        record.event = base;
        put(base, sink);
        if (base.kind == BrokerEventKind::SubmitFailed) {
            putOtherOrders(message, base, sink);
        }
    } else if (const auto order = m_patterns->order().match(message); order.hasMatch()) {
        base.id = requestId(order.captured(u"id"_s));
        base.kind = BrokerEventKind::SkipReason;
        const auto skip = m_patterns->skipIn(message);
        record.event = base;
        if (!skip.key.isEmpty()) {
            base.values = {{u"key"_s, skip.key},
                           {u"wanted"_s, skip.value},
                           {u"type"_s, order.captured(u"type"_s)},
                           {u"text"_s, base.evidence.text.left(MostOfValue)}};
            put(base, sink);
        }
    }
    findEverywhere(message, record, base.evidence, sink);
}

// "Failed to fulfill batch for orders: […]" names several: the first has its event already.
void BrokerLog::putOtherOrders(const QString &message, BrokerEvent event, const Sink &sink)
{
    const QString first = event.id;
    for (auto all = m_patterns->order().globalMatch(message); all.hasNext();) {
        const QRegularExpressionMatch found = all.next();
        event.id = requestId(found.captured(u"id"_s));
        event.values = {{u"type"_s, found.captured(u"type"_s)}};
        if (event.id != first) {
            put(event, sink);
        }
    }
}

void BrokerLog::onContinuation(const QString &text, const LogLine &line, Record &record,
                               const Sink &sink)
{
    const Evidence evidence = evidenceOf(m_name, line, text);
    if (record.isBroker && !record.event.id.isEmpty() && record.event.level >= BrokerLevel::Warn
        && !evidence.text.isEmpty() && evidence.text != "Caused by:"_L1) {
        BrokerEvent detail = record.event;
        detail.kind = BrokerEventKind::Detail;
        detail.values = {{u"text"_s, evidence.text.left(MostOfValue)}};
        detail.evidence = evidence;
        put(detail, sink);
    }
    findEverywhere(text, record, evidence, sink);
}

void BrokerLog::findEverywhere(const QString &text, Record &record, const Evidence &evidence,
                               const Sink &sink)
{
    BrokerEvent event = record.event;
    event.values.clear();
    event.evidence = evidence;
    if (text.contains("out of memory"_L1, Qt::CaseInsensitive) || text.contains("OutOfMemory"_L1)) {
        event.kind = BrokerEventKind::OutOfMemory;
        put(event, sink);
    }
    if (!record.isBroker) {
        return;
    }
    if (event.level >= BrokerLevel::Warn && text.contains("429"_L1)
        && text.contains("HTTP error 429"_L1)) {
        event.kind = BrokerEventKind::RpcLimited;
        put(event, sink);
    }
    if (event.level >= BrokerLevel::Warn && text.contains("401 Unauthorized"_L1)
        && text.contains("WebSocket"_L1)) {
        event.kind = BrokerEventKind::Unauthorized;
        put(event, sink);
    }
    if (text.contains("[B-"_L1)) {
        for (auto all = m_code.globalMatch(text); all.hasNext();) {
            const QString code = all.next().captured(1);
            if (!record.codes.contains(code)) {
                record.codes.insert(code);
                event.kind = BrokerEventKind::Code;
                event.values = {{u"code"_s, code}};
                put(event, sink);
            }
        }
    }
    const auto putOrders = [&](BrokerEventKind kind, const QRegularExpression &expression) {
        for (auto all = expression.globalMatch(text); all.hasNext();) {
            const QRegularExpressionMatch found = all.next();
            event.kind = kind;
            event.id = requestId(found.captured(u"id"_s));
            event.values.clear();
            for (const QString &group :
                 {u"type"_s, u"status"_s, u"lock"_s, u"full"_s, u"mcycles"_s}) {
                if (found.hasCaptured(group)) {
                    event.values.insert(group, found.captured(group));
                }
            }
            put(event, sink);
        }
    };
    if (text.contains(" [lock expires at "_L1)) {
        putOrders(BrokerEventKind::Deadlines, m_deadlines);
    }
    if (text.contains("]: 0x"_L1) || text.contains("] 0x"_L1)) {
        putOrders(BrokerEventKind::Status, m_status);
    }
}

} // namespace proverdeck::models::boundless

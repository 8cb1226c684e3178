// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BrokerAnalysis.h"

#include "models/boundless/OrderFindings.h"

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

BrokerAnalysis::BrokerAnalysis()
    : m_patterns(BrokerPatterns::builtIn())
    , m_book(m_patterns)
{
}

void BrokerAnalysis::feedLog(const QString &name, QByteArrayView bytes)
{
    auto log = m_logs.find(name);
    if (log == m_logs.end()) {
        log = m_logs.emplace(name, Log{BrokerLog(name, m_patterns), Redactor()}).first;
    }
    const BrokerLog &reader = log->second.reader;
    const auto sink = [this, &reader](const BrokerEvent &event) { take(event, reader.era()); };
    log->second.reader.feed(log->second.redactor.feed(bytes), sink);
    m_book.setEra(reader.era());
}

void BrokerAnalysis::finishLog(const QString &name)
{
    const auto log = m_logs.find(name);
    if (log == m_logs.end()) {
        return;
    }
    const BrokerLog &reader = log->second.reader;
    const auto sink = [this, &reader](const BrokerEvent &event) { take(event, reader.era()); };
    log->second.reader.feed(log->second.redactor.finish(), sink);
    log->second.reader.finish(sink);
    m_book.setEra(reader.era());
}

void BrokerAnalysis::join(const DbSnapshot &snapshot)
{
    m_hasDb = true;
    m_book.join(snapshot);
}

void BrokerAnalysis::take(const BrokerEvent &event, BrokerEra era)
{
    m_book.setEra(era);
    m_book.apply(event);
    if (const auto finding = findingOf(event, *m_patterns, m_book.era())) {
        mergeFinding(m_findings, *finding);
    }
    switch (event.kind) {
    case BrokerEventKind::Capacity:
        m_facts.peakKhz
            = event.values.contains(u"khz"_s) ? event.number(u"khz"_s) : m_facts.peakKhz;
        m_facts.maxProofs
            = event.values.contains(u"max"_s) ? event.number(u"max"_s) : m_facts.maxProofs;
        break;
    case BrokerEventKind::Code: {
        const QString code = event.value(u"code"_s);
        m_facts.rpcErrors += code == "B-MM-501"_L1 || code == "B-CHM-400"_L1
                || code == "B-OM-011"_L1 || code == "B-OL-011"_L1 || code == "B-OP-005"_L1
            ? 1
            : 0;
        break;
    }
    case BrokerEventKind::ConfigLoaded:
        m_facts.settings = {m_facts.settings.count + 1, true, event.timeMs, {}};
        break;
    case BrokerEventKind::ConfigRefused:
        m_facts.settings
            = {m_facts.settings.count + 1, false, event.timeMs, event.value(u"text"_s)};
        break;
    case BrokerEventKind::Stopped:
    case BrokerEventKind::StopTimedOut:
        m_facts.stoppedMs = event.timeMs;
        break;
    case BrokerEventKind::Started:
        m_facts.stoppedMs.reset();
        break;
    default:
        break;
    }
}

LogFacts BrokerAnalysis::facts() const
{
    LogFacts facts = m_facts;
    for (const auto &[name, log] : m_logs) {
        const BrokerLog &reader = log.reader;
        facts.lines += reader.lines();
        facts.records += reader.records();
        facts.errors += reader.count(BrokerLevel::Error);
        facts.warnings += reader.count(BrokerLevel::Warn);
        facts.softFailed += reader.count(BrokerEventKind::LockFailed);
        facts.skipLines += reader.count(BrokerEventKind::Skipped);
        facts.completedLines += reader.count(BrokerEventKind::Fulfilled);
        facts.lockedLines += reader.count(BrokerEventKind::Locked);
        facts.era = std::max(facts.era, reader.era());
        facts.version = reader.version().isEmpty() ? facts.version : reader.version();
        if (reader.firstMs()) {
            facts.firstMs
                = facts.firstMs ? std::min(*facts.firstMs, *reader.firstMs()) : *reader.firstMs();
            facts.lastMs
                = facts.lastMs ? std::max(*facts.lastMs, *reader.lastMs()) : *reader.lastMs();
        }
    }
    return facts;
}

QList<Finding> BrokerAnalysis::findings(qint64 nowMs) const
{
    QList<Finding> all = orderFindings(m_book, facts(), m_book.rows(nowMs), *m_patterns);
    for (const Finding &finding : m_findings) {
        all << finding;
    }
    if (!m_logs.empty() && facts().records == 0 && !m_hasDb) {
        all << noRecordsFinding(facts().lines);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Finding &a, const Finding &b) { return a.severity > b.severity; });
    return all;
}

} // namespace proverdeck::models::boundless

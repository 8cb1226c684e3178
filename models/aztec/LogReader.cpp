// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/LogReader.h"

#include <algorithm>
#include <cstring>

namespace proverdeck::models::aztec {

namespace {

constexpr qint64 DayMs = 86'400'000;
constexpr int HalfDayMs = 43'200'000;
constexpr int NearMidnightMs = 600'000;
constexpr std::size_t HashLength = 64;
constexpr std::string_view ByteOrderMark = "\xef\xbb\xbf";

std::string_view viewOf(const QByteArray &bytes)
{
    return {bytes.constData(), std::size_t(bytes.size())};
}

bool isTypeCharacter(char c)
{
    return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

constexpr std::array<bool, 256> HexDigits = [] {
    std::array<bool, 256> table{};
    for (int c = 0; c < 256; ++c) {
        table.at(std::size_t(c)) = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return table;
}();

bool isHash(const char *at)
{
    bool good = true;
    for (std::size_t i = 0; i < HashLength; ++i) {
        good &= HexDigits[static_cast<unsigned char>(at[i])];
    }
    return good;
}

/// Reads "epoch:TYPE:hash" (before 2025 "TYPE:hash") at the beginning of @p text into @p event;
/// what follows it is left in @p text. Only whole ids count. Source: makeProvingJobId() in
/// stdlib/src/interfaces/proving-job.ts.
bool takeId(std::string_view &text, Event &event)
{
    std::size_t i = 0;
    qint64 epoch = -1;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9' && i < 15) {
        epoch = (epoch < 0 ? 0 : epoch) * 10 + (text[i] - '0');
        ++i;
    }
    if (i > 0) {
        if (i >= text.size() || text[i] != ':') {
            return false;
        }
        ++i;
    }
    const std::size_t type = i;
    while (i < text.size() && isTypeCharacter(text[i]) && i < 100) {
        ++i;
    }
    if (i == type || i + 1 + HashLength > text.size() || text[i] != ':'
        || !isHash(text.data() + i + 1)) {
        return false;
    }
    event.epoch = epoch;
    event.type = text.substr(type, i - type);
    event.id = text.substr(0, i + 1 + HashLength);
    text.remove_prefix(event.id.size());
    constexpr std::string_view TypeMark = " type=";
    if (text.starts_with(TypeMark)) { // wins: some ids carry the name of another type
        std::size_t end = TypeMark.size();
        while (end < text.size() && isTypeCharacter(text[end])) {
            ++end;
        }
        if (end > TypeMark.size()) {
            event.type = text.substr(TypeMark.size(), end - TypeMark.size());
        }
    }
    return true;
}

bool takeJob(std::string_view message, std::size_t from, Event &event)
{
    while (from < message.size()) {
        std::string_view text = message.substr(from);
        if (takeId(text, event)) {
            return true;
        }
        const std::size_t next = message.find("id=", from);
        if (next == std::string_view::npos) {
            return false;
        }
        from = next + 3;
    }
    return false;
}

const MessageRule *ruleFor(const std::vector<MessageRule> &rules, std::string_view message)
{
    for (const MessageRule &rule : rules) {
        const std::string_view starts = viewOf(rule.starts);
        if (!message.starts_with(starts)) {
            continue;
        }
        if (rule.has.isEmpty()
            || message.find(viewOf(rule.has), starts.size()) != std::string_view::npos) {
            return &rule;
        }
    }
    return nullptr;
}

} // namespace

LogReader::LogReader(std::shared_ptr<const Vocabulary> vocabulary, LogSink &sink)
    : m_vocabulary(std::move(vocabulary))
    , m_sink(sink)
{
}

void LogReader::feed(QByteArrayView bytes)
{
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    while (at < end) {
        const auto left = std::size_t(end - at);
        const void *found = std::memchr(at, '\n', left);
        const std::size_t size = found ? std::size_t(static_cast<const char *>(found) - at) : left;
        if (m_holds || !found) {
            if (!m_holds) {
                m_heldFrom = m_facts.bytes;
                m_holds = true;
            }
            m_held.append(at, std::min(size, MaxLine - std::min(MaxLine, m_held.size())));
        }
        if (found) {
            const qint64 from = m_holds ? m_heldFrom : m_facts.bytes;
            const std::string_view line = m_holds ? std::string_view(m_held)
                                                  : std::string_view(at, std::min(size, MaxLine));
            m_facts.bytes += qint64(size) + 1;
            readLine(line, from);
            m_held.clear();
            m_holds = false;
            at += size + 1;
        } else {
            m_facts.bytes += qint64(size);
            at = end;
        }
    }
}

void LogReader::finish()
{
    if (m_holds) {
        m_holds = false;
        readLine(m_held, m_heldFrom);
        m_held.clear();
    }
}

void LogReader::readLine(std::string_view line, qint64 offset)
{
    Event event;
    event.line = ++m_facts.lines;
    event.offset = offset;
    if (offset == 0 && line.starts_with(ByteOrderMark)) {
        line.remove_prefix(ByteOrderMark.size());
    }
    if (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
        m_facts.framing |= FramedCrLf;
    }
    event.raw = line;
    const LineFrame &frame = m_framer.read(line);
    m_facts.framing |= frame.framing;
    switch (frame.kind) {
    case LineFrame::Kind::Record:
        readRecord(frame, event);
        break;
    case LineFrame::Kind::Plain:
        readPlain(frame, event);
        break;
    case LineFrame::Kind::Empty:
        break;
    }
}

void LogReader::readRecord(const LineFrame &frame, Event &event)
{
    ++m_facts.records;
    ++m_facts.levels.at(std::size_t(frame.level));
    event.container = containerOf(frame.container);
    Clock &clock = m_clocks[std::size_t(event.container)];
    clock.sawRecord = true;
    event.time = timeOf(frame, clock);
    event.level = frame.level;
    if (event.time != NoTime) {
        m_facts.first = m_facts.first == NoTime ? event.time : std::min(m_facts.first, event.time);
        m_facts.last = std::max(m_facts.last, event.time);
    }
    if (frame.module != m_module || frame.module.empty()) {
        m_module.assign(frame.module);
        m_rules = m_vocabulary->module(frame.module);
    }
    event.module = frame.module;
    event.message = frame.message;
    const MessageRule *rule = nullptr;
    if (m_rules) {
        event.role = m_rules->role;
        rule = ruleFor(m_rules->rules, frame.message);
    }
    if (!rule) {
        m_sink.take(event);
        return;
    }
    event.kind = rule->kind;
    event.finding = rule->finding;
    if (isJobKind(rule->kind)) {
        if (!takeJob(frame.message, std::size_t(rule->starts.size()), event)) {
            event.kind = EventKind::None; // a cut line, or another program's
        }
    } else if (frame.fields.empty()) {
        event.data = takeData(event.message);
    } else {
        event.data = frame.fields;
    }
    m_sink.take(event);
}

void LogReader::readPlain(const LineFrame &frame, Event &event)
{
    event.container = containerOf(frame.container);
    Clock &clock = m_clocks[std::size_t(event.container)];
    const ModuleRules *console = m_vocabulary->console();
    const MessageRule *rule = console && !frame.rest.empty() && frame.rest.front() != ' '
        ? ruleFor(console->rules, frame.rest)
        : nullptr;
    if (!rule) {
        ++(clock.sawRecord ? m_facts.continuations : m_facts.stray);
        return;
    }
    ++m_facts.untimed;
    if (frame.stamp != NoTime) {
        event.time = timeOf(frame, clock);
    }
    event.kind = rule->kind;
    event.message = frame.rest;
    m_sink.take(event);
}

int LogReader::containerOf(std::string_view name)
{
    if (m_container >= 0 && m_names[std::size_t(m_container)] == name) {
        return m_container;
    }
    const auto found = std::find(m_names.begin(), m_names.end(), name);
    m_container = int(found - m_names.begin());
    if (found == m_names.end()) {
        if (m_names.size() >= 1000) { // lines that only look as if they named a service
            m_container = 0;
            return 0;
        }
        m_names.emplace_back(name);
        m_clocks.emplace_back();
    }
    return m_container;
}

/// A clock that goes back by more than half a day has passed midnight; one that goes back by less
/// has not: programs of one log do not write in perfect order.
qint64 LogReader::dayOf(int clock, const Clock &before) const
{
    if (before.last < 0) {
        return before.day;
    }
    const int step = clock - before.last;
    if (step < -HalfDayMs) {
        return before.day + 1;
    }
    if (step > DayMs - 2 * NearMidnightMs && before.day > 0) {
        return before.day - 1; // a late line of the day before
    }
    return before.day;
}

qint64 LogReader::timeOf(const LineFrame &frame, Clock &clock)
{
    const Clock &before = clock.last >= 0 ? clock : m_latest;
    if (frame.stamp != NoTime) {
        const qint64 day = frame.stamp / DayMs;
        const int ofDay = int(frame.stamp % DayMs);
        if (!m_facts.firstDay) {
            m_facts.firstDay = day - dayOf(ofDay, before);
        }
        clock.day = day - *m_facts.firstDay;
        clock.last = ofDay;
    } else if (frame.clock >= 0) {
        const qint64 day = dayOf(frame.clock, before);
        if (day < before.day) {
            return day * DayMs + frame.clock;
        }
        clock.day = day;
        clock.last = frame.clock;
    } else {
        return NoTime;
    }
    m_latest = clock;
    return clock.day * DayMs + clock.last;
}

} // namespace proverdeck::models::aztec

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/LogReader.h"

#include "models/aztec/Bytes.h"

#include <algorithm>
#include <cstdlib>
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

/// Without branches and tables, so that the compiler makes vector code of it.
bool isHash(const char *at)
{
    unsigned bad = 0;
    for (std::size_t i = 0; i < HashLength; ++i) {
        const auto c = static_cast<unsigned char>(at[i]);
        const auto digit = static_cast<unsigned char>(c - '0');
        const auto letter = static_cast<unsigned char>(c - 'a');
        bad |= unsigned(digit > 9) & unsigned(letter > 5);
    }
    return bad == 0;
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
    if (beginsWith(text, TypeMark)) { // wins: some ids carry the name of another type
        std::size_t end = TypeMark.size();
        if (beginsWith(text.substr(end), event.type)) { // nearly always
            end += event.type.size();
        }
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
            event.rest = text;
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

bool contains(std::string_view text, std::string_view part)
{
    // In long texts memmem() is many times faster than this; in short ones its preparation costs
    // more than the search.
    constexpr std::size_t Short = 300;
    if (text.size() < part.size()) {
        return false;
    }
    if (text.size() > Short) {
        return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
    }
    const char *const last = text.data() + (text.size() - part.size());
    for (const char *at = text.data(); at <= last; ++at) {
        at = static_cast<const char *>(std::memchr(at, part.front(), std::size_t(last - at) + 1));
        if (!at) {
            return false;
        }
        if (sameBytes(at, part.data(), part.size())) {
            return true;
        }
    }
    return false;
}

/// The first eight bytes; 0 where there are fewer.
quint64 headOf(std::string_view text)
{
    if (text.size() >= sizeof(quint64)) { // so that no call is made for the usual
        return eightBytes(text.data());
    }
    quint64 head = 0;
    if (!text.empty()) {
        std::memcpy(&head, text.data(), text.size());
    }
    return head;
}

/// The place of the first rule that begins like the message; most lines of a busy log are of no use
/// here, and no rule fits them.
std::size_t firstThatMayFit(const ModuleRules &module, std::string_view message)
{
    const quint64 head = headOf(message);
    std::size_t i = 0;
    while (i < module.heads.size() && (head & module.heads[i].mask) != module.heads[i].head) {
        ++i;
    }
    return i;
}

/// The first rule that fits, from place @p from on. Of a job's line, the id is read on the way,
/// into
/// @p event.
const MessageRule *ruleFor(const ModuleRules &module, std::size_t from, std::string_view message,
                           Event &event)
{
    const quint64 head = headOf(message);
    for (std::size_t i = from; i < module.heads.size(); ++i) {
        if ((head & module.heads[i].mask) != module.heads[i].head) {
            continue;
        }
        const MessageRule &rule = module.rules[i];
        const std::string_view starts = viewOf(rule.starts);
        if (!beginsWith(message, starts)) {
            continue;
        }
        if (rule.hasId && event.id.empty()) {
            takeJob(message, starts.size(), event);
        }
        if (rule.has.isEmpty()
            || contains(event.rest.empty() ? message.substr(starts.size()) : event.rest,
                        viewOf(rule.has))) {
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
    ++m_facts.lines;
    if (offset == 0 && line.starts_with(ByteOrderMark)) {
        line.remove_prefix(ByteOrderMark.size());
    }
    if (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
        m_facts.framing |= FramedCrLf;
    }
    m_line = line;
    m_offset = offset;
    if (readQuickly(line)) {
        return;
    }
    const LineFrame &frame = m_framer.read(line);
    m_facts.framing |= frame.framing;
    if (frame.kind == LineFrame::Kind::Plain) {
        readPlain(frame);
    } else if (frame.kind == LineFrame::Kind::Record) {
        const int container = containerOf(frame.container);
        rememberWrapper(line, frame, container);
        const qint64 time
            = timeOf(frame.stamp, frame.clock, m_containers[std::size_t(container)].clock);
        readRecord({frame.level, container, time, rulesOf(frame.module), frame.module,
                    frame.message, frame.fields});
    }
}

/// The same as what follows in readLine(), for the usual: a wrapper that was seen before or none,
/// and a record without colours.
bool LogReader::readQuickly(std::string_view line)
{
    const quint64 head = headOf(line);
    for (Wrapper &wrapper : m_wrappers) {
        if ((head & wrapper.mask) != wrapper.head || !beginsWith(line, wrapper.bytes)) {
            continue;
        }
        std::string_view text = line.substr(wrapper.bytes.size());
        qint64 stamp = NoTime;
        if (wrapper.hasStamp) {
            std::size_t length = 0;
            stamp = stampOf(text, length);
            if (stamp == NoTime) {
                continue;
            }
            text.remove_prefix(length);
        }
        const int clockMs = clockOf(text);
        if (clockMs < 0) {
            continue;
        }
        text.remove_prefix(ClockLength);
        const Header *header = headerOf(wrapper, text);
        if (!header) {
            return false;
        }
        const std::size_t end = header->bytes.size();
        readRecord({header->level,
                    wrapper.container,
                    timeOf(stamp, clockMs, m_containers[std::size_t(wrapper.container)].clock),
                    header->rules,
                    text.substr(header->module, end - header->module - 1),
                    text.substr(end),
                    {}});
        return true;
    }
    return false;
}

/// One that @p text, what follows a clock, begins with; null if it is none, or an unusual one.
const LogReader::Header *LogReader::headerOf(Wrapper &wrapper, std::string_view text)
{
    constexpr std::size_t Most = 64;
    for (const Header &header : wrapper.headers) {
        if (beginsWith(text, header.bytes)) {
            return &header;
        }
    }
    const std::size_t colon = text.substr(0, 9).find(": ");
    if (colon == std::string_view::npos || wrapper.headers.size() >= Most) {
        return nullptr;
    }
    const Level level = levelOfWord(text.substr(0, colon));
    const std::size_t module = colon + 2;
    const std::size_t blank = text.find(' ', module);
    constexpr std::size_t LongestModule = 200;
    if (level == Level::None || blank == std::string_view::npos || blank == module
        || blank > LongestModule) {
        return nullptr;
    }
    wrapper.headers.push_back({std::string(text.substr(0, blank + 1)), level, module,
                               m_vocabulary->module(text.substr(module, blank - module))});
    return &wrapper.headers.back();
}

void LogReader::rememberWrapper(std::string_view line, const LineFrame &frame, int container)
{
    constexpr quint8 Usual = FramedRaw | FramedCompose | FramedStamp;
    constexpr std::size_t Most = 12;
    const std::string_view bytes = line.substr(0, frame.service);
    const bool hasStamp = frame.framing & FramedStamp;
    const bool isKnown = std::ranges::any_of(m_wrappers, [&](const Wrapper &one) {
        return one.bytes == bytes && one.hasStamp == hasStamp;
    });
    if ((frame.framing & ~Usual) != 0 || isKnown || m_wrappers.size() >= Most) {
        return;
    }
    quint64 mask = 0;
    std::memset(&mask, 0xff, std::min<std::size_t>(bytes.size(), sizeof mask));
    m_wrappers.push_back({std::string(bytes), container, headOf(bytes), mask, hasStamp, {}});
    // The longest first: the empty one fits every line.
    std::ranges::stable_sort(m_wrappers, std::greater<>(),
                             [](const Wrapper &wrapper) { return wrapper.bytes.size(); });
}

const ModuleRules *LogReader::rulesOf(std::string_view module)
{
    for (const KnownModule &known : m_modules) {
        if (sameText(known.name, module)) {
            return known.rules;
        }
    }
    constexpr std::size_t Most = 32;
    const ModuleRules *rules = m_vocabulary->module(module);
    if (m_modules.size() < Most) {
        m_modules.push_back({std::string(module), rules});
    }
    return rules;
}

void LogReader::readRecord(const Record &record)
{
    ++m_facts.records;
    ++m_facts.levels[std::size_t(record.level)];
    Container &known = m_containers[std::size_t(record.container)];
    known.sawRecord = true;
    if (record.time != NoTime) {
        const auto widen = [time = record.time](qint64 &first, qint64 &last) {
            first = first == NoTime || time < first ? time : first;
            last = std::max(last, time);
        };
        widen(m_facts.first, m_facts.last);
        widen(known.facts.first, known.facts.last);
    }
    const ModuleRules *rules = record.rules;
    const Role role = rules ? rules->role : Role::None;
    const auto bit = quint8(role == Role::None ? 0U : 1U << unsigned(role));
    const bool isNotable = (known.facts.roles & bit) != bit || record.level >= Level::Warn;
    known.facts.roles |= bit;
    const std::size_t from = rules ? firstThatMayFit(*rules, record.message) : 0;
    const bool mayFit = rules && from < rules->heads.size();
    if (!mayFit && !isNotable) {
        return;
    }
    m_event = {.level = record.level,
               .role = role,
               .time = record.time,
               .offset = m_offset,
               .line = m_facts.lines,
               .container = record.container,
               .module = record.module,
               .message = record.message,
               .raw = m_line};
    const MessageRule *rule = mayFit ? ruleFor(*rules, from, record.message, m_event) : nullptr;
    if (!rule) {
        m_event.id = {};
        if (isNotable) {
            m_sink.take(m_event);
        }
        return;
    }
    m_event.kind = rule->kind;
    m_event.finding = rule->finding;
    if (isJobKind(rule->kind)) {
        if (m_event.id.empty()
            && !takeJob(record.message, std::size_t(rule->starts.size()), m_event)) {
            m_event.kind = EventKind::None; // a cut line, or another program's
        }
    } else {
        m_event.id = {};
        m_event.data = record.fields.empty() ? takeData(m_event.message) : record.fields;
    }
    m_sink.take(m_event);
}

void LogReader::readPlain(const LineFrame &frame)
{
    const int container = containerOf(frame.container);
    Container &known = m_containers[std::size_t(container)];
    const ModuleRules *console = m_vocabulary->console();
    m_event = {.offset = m_offset, .line = m_facts.lines, .raw = m_line};
    const MessageRule *rule = console && !frame.rest.empty() && frame.rest.front() != ' '
        ? ruleFor(*console, 0, frame.rest, m_event)
        : nullptr;
    if (!rule) {
        ++(known.sawRecord ? m_facts.continuations : m_facts.stray);
        return;
    }
    ++m_facts.untimed;
    m_event.container = container;
    if (frame.stamp != NoTime) {
        m_event.time = timeOf(frame.stamp, -1, known.clock);
    }
    m_event.kind = rule->kind;
    m_event.message = frame.rest;
    m_sink.take(m_event);
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
        m_containers.emplace_back();
    }
    return m_container;
}

/// A clock that goes back by more than half a day has passed midnight; one that goes back by less
/// has not: programs of one log do not write in perfect order.
qint64 LogReader::dayOf(int clock, const Clock &before)
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

qint64 LogReader::timeOf(qint64 stamp, int clockMs, Clock &clock)
{
    // Nearly every line: close to the one before.
    if (stamp == NoTime && clock.last >= 0 && clockMs >= 0
        && std::abs(clockMs - clock.last) < NearMidnightMs) {
        clock.last = clockMs;
        m_latest = clock;
        return clock.day * DayMs + clockMs;
    }
    return unusualTimeOf(stamp, clockMs, clock);
}

qint64 LogReader::unusualTimeOf(qint64 stamp, int clockMs, Clock &clock)
{
    const Clock &before = clock.last >= 0 ? clock : m_latest;
    if (stamp != NoTime) {
        const qint64 day = stamp / DayMs;
        const int ofDay = int(stamp % DayMs);
        if (!m_facts.firstDay) {
            m_facts.firstDay = day - dayOf(ofDay, before);
        }
        clock.day = day - *m_facts.firstDay;
        clock.last = ofDay;
    } else if (clockMs >= 0) {
        const qint64 day = dayOf(clockMs, before);
        if (day < before.day) {
            return day * DayMs + clockMs;
        }
        clock.day = day;
        clock.last = clockMs;
    } else {
        return NoTime;
    }
    m_latest = clock;
    return clock.day * DayMs + clock.last;
}

} // namespace proverdeck::models::aztec

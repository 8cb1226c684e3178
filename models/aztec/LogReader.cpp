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

/// memmem() is many times faster than std::string_view::find().
bool contains(std::string_view text, std::string_view part)
{
    return text.size() >= part.size()
        && memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

/// The first eight bytes; 0 where there are fewer.
quint64 headOf(std::string_view text)
{
    quint64 head = 0;
    if (text.size() >= sizeof head) { // so that no call is made for the usual
        std::memcpy(&head, text.data(), sizeof head);
    } else if (!text.empty()) {
        std::memcpy(&head, text.data(), text.size());
    }
    return head;
}

/// If some rule begins like the message; most lines of a busy log are of no use here.
bool mayFit(const std::vector<MessageRule> &rules, std::string_view message)
{
    const quint64 head = headOf(message);
    for (const MessageRule &rule : rules) {
        if ((head & rule.mask) == rule.head) {
            return true;
        }
    }
    return false;
}

/// The first rule that fits. Of a job's line, the id is read on the way, into @p event.
const MessageRule *ruleFor(const std::vector<MessageRule> &rules, std::string_view message,
                           Event &event)
{
    const quint64 head = headOf(message);
    for (const MessageRule &rule : rules) {
        if ((head & rule.mask) != rule.head) {
            continue;
        }
        const std::string_view starts = viewOf(rule.starts);
        if (!message.starts_with(starts)) {
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
    if (readQuickly(line, offset)) {
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
        readRecord(frame.level, container, time, frame.module, frame.message, frame.fields);
    }
}

/// The same as what follows in readLine(), for the usual: a wrapper that was seen before or none,
/// and a record without colours.
bool LogReader::readQuickly(std::string_view line, qint64 offset)
{
    (void)offset;
    const quint64 head = headOf(line);
    for (const Wrapper &wrapper : m_wrappers) {
        if ((head & wrapper.mask) != wrapper.head || !line.starts_with(wrapper.bytes)) {
            continue;
        }
        std::string_view text = line.substr(wrapper.bytes.size());
        const int clockMs = clockOf(text);
        if (clockMs < 0) {
            return false;
        }
        text.remove_prefix(15);
        const void *colon = std::memchr(text.data(), ':', std::min<std::size_t>(text.size(), 8));
        if (!colon) {
            return false;
        }
        const auto length = std::size_t(static_cast<const char *>(colon) - text.data());
        const Level level = levelOfWord(text.substr(0, length));
        if (level == Level::None) {
            return false;
        }
        text.remove_prefix(std::min(length + 2, text.size()));
        const void *blank = std::memchr(text.data(), ' ', text.size());
        const std::size_t end
            = blank ? std::size_t(static_cast<const char *>(blank) - text.data()) : text.size();
        const qint64 time
            = timeOf(NoTime, clockMs, m_containers[std::size_t(wrapper.container)].clock);
        readRecord(level, wrapper.container, time, text.substr(0, end),
                   blank ? text.substr(end + 1) : std::string_view(), {});
        return true;
    }
    return false;
}

void LogReader::rememberWrapper(std::string_view line, const LineFrame &frame, int container)
{
    constexpr quint8 Usual = FramedRaw | FramedCompose;
    constexpr std::size_t Most = 12;
    if ((frame.framing & ~Usual) == 0 && m_wrappers.size() < Most) {
        const std::string_view bytes = line.substr(0, line.find('['));
        quint64 mask = 0;
        std::memset(&mask, 0xff, std::min<std::size_t>(bytes.size(), sizeof mask));
        m_wrappers.push_back({std::string(bytes), container, headOf(bytes), mask});
        // The longest first: the empty one fits every line.
        std::sort(m_wrappers.begin(), m_wrappers.end(), [](const Wrapper &a, const Wrapper &b) {
            return a.bytes.size() > b.bytes.size();
        });
    }
}

void LogReader::resetEvent(std::string_view line, qint64 offset)
{
    m_event = {};
    m_event.line = m_facts.lines;
    m_event.offset = offset;
    m_event.raw = line;
}

void LogReader::readRecord(Level level, int container, qint64 time, std::string_view module,
                           std::string_view message, std::string_view fields)
{
    ++m_facts.records;
    ++m_facts.levels[std::size_t(level)];
    Container &known = m_containers[std::size_t(container)];
    known.sawRecord = true;
    if (time != NoTime) {
        const auto widen = [time](qint64 &first, qint64 &last) {
            first = first == NoTime || time < first ? time : first;
            last = std::max(last, time);
        };
        widen(m_facts.first, m_facts.last);
        widen(known.facts.first, known.facts.last);
    }
    if (module != m_module || module.empty()) {
        m_module.assign(module);
        m_rules = m_vocabulary->module(module);
    }
    const Role role = m_rules ? m_rules->role : Role::None;
    const auto bit = quint8(role == Role::None ? 0U : 1U << unsigned(role));
    const bool isNews = (known.facts.roles & bit) != bit;
    known.facts.roles |= bit;
    if (!isNews && level < Level::Warn && (!m_rules || !mayFit(m_rules->rules, message))) {
        return;
    }
    resetEvent(m_line, m_offset);
    m_event.container = container;
    m_event.time = time;
    m_event.level = level;
    m_event.role = role;
    m_event.module = module;
    m_event.message = message;
    const MessageRule *rule = m_rules ? ruleFor(m_rules->rules, message, m_event) : nullptr;
    if (!rule) {
        m_event.id = {};
        if (isNews || level >= Level::Warn) {
            m_sink.take(m_event);
        }
        return;
    }
    m_event.kind = rule->kind;
    m_event.finding = rule->finding;
    if (isJobKind(rule->kind)) {
        if (m_event.id.empty() && !takeJob(message, std::size_t(rule->starts.size()), m_event)) {
            m_event.kind = EventKind::None; // a cut line, or another program's
        }
    } else {
        m_event.id = {};
        m_event.data = fields.empty() ? takeData(m_event.message) : fields;
    }
    m_sink.take(m_event);
}

void LogReader::readPlain(const LineFrame &frame)
{
    const int container = containerOf(frame.container);
    Container &known = m_containers[std::size_t(container)];
    const ModuleRules *console = m_vocabulary->console();
    resetEvent(m_line, m_offset);
    const MessageRule *rule = console && !frame.rest.empty() && frame.rest.front() != ' '
        ? ruleFor(console->rules, frame.rest, m_event)
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

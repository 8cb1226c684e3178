// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogMatcher.h"

#include "models/logs/ByteScan.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

const std::atomic<bool> NeverCancel = false;

/// The text as an expression that finds just it.
QByteArray quoted(const QByteArray &text)
{
    QByteArray result;
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        const bool isWord = code >= 0x80 || (byte >= '0' && byte <= '9')
            || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
        if (!isWord) {
            result += '\\';
        }
        result += byte;
    }
    return result;
}

/// Whether the expression might look past the end of a line, or take one for text: then it is tried
/// on one line at a time. Plain classes, groups and repetitions are known not to.
bool staysInLine(const QByteArray &text)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text.at(i + 1) : '\0';
        switch (text.at(i)) {
        case '\\':
            if ((next >= '0' && next <= '9') || (next >= 'a' && next <= 'z')
                || (next >= 'A' && next <= 'Z')) {
                if (!QByteArrayView("dwbBS").contains(next)) {
                    return false;
                }
            }
            ++i;
            break;
        case '[':
            if (next == '^' || next == ':') {
                return false;
            }
            break;
        case '(':
            if (next == '*' || (next == '?' && text.sliced(i + 2, 1) != ":")) {
                return false;
            }
            break;
        case '-': // a range may hold the line end
            if (i > 0 && (static_cast<unsigned char>(text.at(i - 1)) < ' ')) {
                return false;
            }
            break;
        case '\n':
            return false;
        default:
            break;
        }
    }
    return true;
}

qsizetype lineEndAfter(QByteArrayView lines, qsizetype from)
{
    const qsizetype end = lines.indexOf('\n', from);
    return end < 0 ? lines.size() : end;
}

} // namespace

struct LogMatcher::Program
{
    Program() = default;
    ~Program()
    {
        pcre2_match_data_free(data);
        pcre2_match_context_free(context);
        pcre2_jit_stack_free(stack);
        pcre2_code_free(code);
    }
    Program(const Program &) = delete;
    Program &operator=(const Program &) = delete;

    /// As pcre2_match(): negative for no hit and for errors.
    [[nodiscard]] int match(QByteArrayView subject, qsizetype from) const
    {
        return pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(subject.data()),
                           static_cast<PCRE2_SIZE>(subject.size()), static_cast<PCRE2_SIZE>(from),
                           PCRE2_NOTEMPTY, data, context);
    }
    [[nodiscard]] Hit hit() const
    {
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
        return {qsizetype(ends[0]), qsizetype(std::max(ends[0], ends[1]))};
    }

    pcre2_code *code = nullptr;
    pcre2_match_data *data = nullptr;
    pcre2_match_context *context = nullptr;
    pcre2_jit_stack *stack = nullptr;
    bool isByLine = false;
};

LogMatcher::LogMatcher(LogPattern pattern)
    : m_pattern(std::move(pattern))
{
}
LogMatcher::LogMatcher(LogMatcher &&) noexcept = default;
LogMatcher &LogMatcher::operator=(LogMatcher &&) noexcept = default;
LogMatcher::~LogMatcher() = default;

tl::expected<LogMatcher, QString> LogMatcher::make(const LogPattern &pattern)
{
    LogMatcher matcher(pattern);
    QByteArray text = pattern.text.toUtf8();
    if (text.isEmpty()) { // only a level: what such a line has, before it is looked at
        text = "ERROR|error|WARN|warning|panicked";
        matcher.m_pattern.isExpression = true;
        matcher.m_pattern.isCaseSensitive = true;
    }
    const bool isPlain = !matcher.m_pattern.isExpression;
    if (isPlain && pattern.isCaseSensitive && !pattern.isWholeWord) {
        matcher.m_needle = text;
        return matcher;
    }
    auto program = std::make_unique<Program>();
    const bool staysIn = isPlain || staysInLine(text);
    text = isPlain ? quoted(text) : text;
    if (matcher.m_pattern.isWholeWord) {
        text = "(?<!\\w)(?:" + text + ")(?!\\w)";
    }
    std::uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_MULTILINE
        | PCRE2_NEVER_BACKSLASH_C;
    if (!matcher.m_pattern.isCaseSensitive) {
        options |= PCRE2_CASELESS;
    }
    const bool isAscii = std::all_of(text.begin(), text.end(), [](char byte) { return byte >= 0; });
    if (isAscii && matcher.m_pattern.isCaseSensitive && !matcher.m_pattern.isWholeWord
        && pattern.text.isEmpty()) {
        options &= ~(PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF);
    }
    pcre2_compile_context *compile = pcre2_compile_context_create(nullptr);
    pcre2_set_newline(compile, PCRE2_NEWLINE_LF);
    int code = 0;
    PCRE2_SIZE at = 0;
    program->code
        = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.constData()),
                        static_cast<PCRE2_SIZE>(text.size()), options, &code, &at, compile);
    pcre2_compile_context_free(compile);
    if (!program->code) {
        std::array<PCRE2_UCHAR, 256> message{};
        pcre2_get_error_message(code, message.data(), message.size());
        const auto place = QString::fromUtf8(text.first(qsizetype(at))).size();
        return tl::unexpected(
            QCoreApplication::translate("LogMatcher", "The expression is wrong at character %1: %2")
                .arg(place)
                .arg(QString::fromUtf8(reinterpret_cast<const char *>(message.data()))));
    }
    constexpr std::uint32_t Effort = 300'000; // a few milliseconds
    constexpr std::size_t Stack = 1024 * 1024;
    program->isByLine = !staysIn;
    program->data = pcre2_match_data_create_from_pattern(program->code, nullptr);
    program->context = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(program->context, Effort);
    if (pcre2_jit_compile(program->code, PCRE2_JIT_COMPLETE) == 0) {
        program->stack = pcre2_jit_stack_create(32 * 1024, Stack, nullptr);
        pcre2_jit_stack_assign(program->context, nullptr, program->stack);
    }
    matcher.m_program = std::move(program);
    return matcher;
}

std::optional<LogMatcher::Hit> LogMatcher::next(QByteArrayView lines, qsizetype from,
                                                const std::atomic<bool> &cancel)
{
    if (!m_program) {
        const qsizetype at = findBytes(lines, m_needle, from);
        return at < 0 ? std::optional<Hit>() : Hit{at, at + m_needle.size()};
    }
    if (m_program->isByLine) {
        return nextByLine(lines, from, cancel);
    }
    const int result = m_program->match(lines, from);
    if (result == PCRE2_ERROR_NOMATCH) {
        return {};
    }
    return result > 0 ? m_program->hit() : nextByLine(lines, from, cancel);
}

std::optional<LogMatcher::Hit> LogMatcher::nextByLine(QByteArrayView lines, qsizetype from,
                                                      const std::atomic<bool> &cancel)
{
    qsizetype begin = from > 0 ? lines.lastIndexOf('\n', from - 1) + 1 : 0;
    while (begin < lines.size() && !cancel) {
        const qsizetype end = lineEndAfter(lines, begin);
        const int result
            = m_program->match(lines.sliced(begin, end - begin), std::max(from, begin) - begin);
        if (result > 0) {
            const Hit hit = m_program->hit();
            return Hit{begin + hit.begin, begin + hit.end};
        }
        m_skipped += result == PCRE2_ERROR_NOMATCH ? 0 : 1;
        begin = end + 1;
        from = std::max(from, begin);
    }
    return {};
}

bool LogMatcher::hasLevel(QByteArrayView line) const
{
    constexpr qsizetype Head = 400;
    return m_pattern.level == LogLevel::None
        || readLogText(line.first(std::min(Head, line.size()))).level >= m_pattern.level;
}

bool LogMatcher::scan(QByteArrayView lines, bool isOnce, const std::function<void(qint64)> &found,
                      const std::atomic<bool> &cancel)
{
    if (hasEither(lines, '\x1b', '\r')) {
        m_visible.resize(0);
        appendVisible(lines, m_visible);
        lines = m_visible;
    }
    constexpr qsizetype Piece = 64 * 1024; // an expression can be cancelled between them
    qint64 first = 0;
    while (!lines.isEmpty() && !cancel) {
        qsizetype end = lines.size();
        if (m_program && end > Piece) {
            end = lines.first(Piece).lastIndexOf('\n') + 1;
            end = end > 0 ? end : std::min(lineEndAfter(lines, Piece) + 1, lines.size());
        }
        scanPiece(lines.first(end), isOnce, first, found, cancel);
        if (end < lines.size()) {
            first += countLineEnds(lines.first(end));
        }
        lines = lines.sliced(end);
    }
    return !cancel;
}

void LogMatcher::scanPiece(QByteArrayView lines, bool isOnce, qint64 first,
                           const std::function<void(qint64)> &found,
                           const std::atomic<bool> &cancel)
{
    const bool isLineWanted = isOnce || m_pattern.level != LogLevel::None;
    qint64 line = first;
    qsizetype counted = 0;
    qsizetype from = 0;
    while (from < lines.size() && !cancel) {
        const std::optional<Hit> hit = next(lines, from, cancel);
        if (!hit) {
            break;
        }
        line += countLineEnds(lines.sliced(counted, hit->begin - counted));
        counted = hit->begin;
        from = std::max(hit->end, hit->begin + 1);
        if (isLineWanted) {
            const qsizetype begin
                = hit->begin > 0 ? lines.lastIndexOf('\n', hit->begin - 1) + 1 : 0;
            const qsizetype end = lineEndAfter(lines, hit->begin);
            if (!hasLevel(lines.sliced(begin, end - begin))) {
                from = end + 1;
                continue;
            }
            from = isOnce || m_pattern.text.isEmpty() ? end + 1 : from;
        }
        found(line);
    }
}

QList<LogMatcher::Hit> LogMatcher::hitsIn(const QString &line)
{
    QList<Hit> hits;
    if (m_pattern.text.isEmpty()) {
        return hits;
    }
    const QByteArray bytes = line.toUtf8();
    const bool isAscii = bytes.size() == line.size();
    const auto characters = [&](qsizetype at) {
        return isAscii ? at : QString::fromUtf8(QByteArrayView(bytes).first(at)).size();
    };
    qsizetype from = 0;
    constexpr qsizetype Most = 10'000;
    while (from < bytes.size() && hits.size() < Most) {
        const std::optional<Hit> hit = next(bytes, from, NeverCancel);
        if (!hit) {
            break;
        }
        from = std::max(hit->end, hit->begin + 1);
        hits.append({characters(hit->begin), characters(hit->end)});
    }
    return hits;
}

} // namespace proverdeck::models

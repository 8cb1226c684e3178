// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/Redactor.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace proverdeck::models {

namespace {

constexpr qsizetype HoldLimit = 64 * 1024;
constexpr qsizetype KeepBack = 4 * 1024; ///< longer than nearly any secret with the word before it
constexpr qsizetype Context = 200; ///< bytes on either side of a secret for an observer

qsizetype afterLineEnd(const char *text, qsizetype from, qsizetype to)
{
    const void *found = std::memchr(text + from, '\n', std::size_t(to - from));
    return found ? static_cast<const char *>(found) - text + 1 : to;
}

qsizetype lineStart(const char *text, qsizetype from, qsizetype at)
{
    while (at > from && text[at - 1] != '\n') {
        --at;
    }
    return at;
}

bool isLineEnd(char letter)
{
    return letter == '\n' || letter == '\r';
}

} // namespace

Redactor::Redactor(std::shared_ptr<const RedactionRules> rules)
    : m_rules(std::move(rules))
    , m_counts(std::size_t(m_rules->rules().size()))
{
}

QByteArray Redactor::feed(QByteArrayView bytes)
{
    QByteArray out;
    qsizetype at = 0;
    while (at < bytes.size()) {
        const QByteArrayView rest = bytes.sliced(at);
        const qsizetype whole = m_held.isEmpty() && !m_isCut ? rest.lastIndexOf('\n') + 1 : 0;
        if (whole > 0) {
            const qsizetype start = out.size();
            out.append(rest.first(whole));
            maskLines(out.data() + start, whole);
            at += whole;
            continue;
        }
        if (m_held.size() == HoldLimit) { // and the line goes on
            const qsizetype cut = maskWindow(m_held.data(), m_held.size(), false);
            out.append(m_held.constData(), cut);
            m_held.remove(0, cut);
        }
        const qsizetype take
            = std::min(afterLineEnd(rest.data(), 0, rest.size()), HoldLimit - m_held.size());
        m_held.append(rest.first(take));
        at += take;
        if (m_held.endsWith('\n')) {
            maskLine(m_held.data(), m_held.size());
            out.append(m_held);
            m_held.clear();
        }
    }
    return out;
}

QByteArray Redactor::finish()
{
    QByteArray rest = std::exchange(m_held, {});
    if (!rest.isEmpty()) {
        maskLine(rest.data(), rest.size());
    }
    m_blocks.clear();
    m_isCut = false;
    m_masksRest = false;
    m_line = 1;
    return rest;
}

int Redactor::count() const
{
    return std::accumulate(m_counts.begin(), m_counts.end(), 0);
}

QMap<QString, int> Redactor::counts() const
{
    QMap<QString, int> result;
    for (std::size_t rule = 0; rule < m_counts.size(); ++rule) {
        if (m_counts[rule] > 0) {
            result.insert(m_rules->rules().at(qsizetype(rule)).id, m_counts[rule]);
        }
    }
    return result;
}

void Redactor::resumeAfter(QByteArrayView written)
{
    Redactor before(m_rules);
    (void)before.feed(written);
    m_blocks = before.m_blocks;
}

void Redactor::observe(Observer observer)
{
    m_observer = std::move(observer);
}

/// Whole lines, masked where they are.
void Redactor::maskLines(char *text, qsizetype size)
{
    qsizetype at = 0;
    while (at < size) {
        qsizetype begin = at;
        qsizetype word = at;
        if (m_blocks.isEmpty()) {
            word = m_rules->scanner().find(text, at, size);
            begin = word < 0 ? size : lineStart(text, at, word);
        }
        if (m_observer) {
            m_line += std::count(text + at, text + begin, '\n');
        }
        if (word < 0) {
            return;
        }
        const qsizetype end = afterLineEnd(text, word, size);
        maskLine(text + begin, end - begin);
        at = end;
    }
}

/// The rest of a line, to its end. One that is too long goes in windows that do not depend on how
/// it came.
void Redactor::maskLine(char *line, qsizetype size)
{
    while (size > HoldLimit) {
        const qsizetype cut = maskWindow(line, HoldLimit, false);
        line += cut;
        size -= cut;
    }
    (void)maskWindow(line, size, true);
    m_isCut = false;
    m_masksRest = false;
    ++m_line;
}

/// Masks what lies before the place that it gives back. A secret that may go on behind a window
/// that is not the last stays for the next one.
qsizetype Redactor::maskWindow(char *text, qsizetype size, bool isLast)
{
    qsizetype cut = isLast ? size : size - KeepBack;
    m_isCut = m_isCut || !isLast;
    if (m_masksRest) {
        std::replace_if(
            text, text + size, [](char letter) { return !isLineEnd(letter); }, '*');
        if (isLast) {
            m_candidates.clear();
            endLine({});
        }
        return size;
    }
    if (!findCandidates(text, size) && m_blocks.isEmpty()) {
        return cut;
    }
    const QString view = QString::fromLatin1(text, size); // one character per byte
    QList<Span> spans;
    findSpans(view, spans);
    if (!isLast) {
        bool moved = true;
        while (moved) {
            moved = false;
            for (const Span &span : std::as_const(spans)) {
                if (span.matchStart < cut && span.end > cut) {
                    cut = span.matchStart;
                    moved = true;
                }
            }
        }
        if (cut < size / 4) { // a secret nearly as long as the window
            cut = std::max_element(spans.begin(), spans.end(), [](const Span &a, const Span &b) {
                      return a.end < b.end;
                  })->end;
            m_masksRest = cut == size;
        }
    }
    mask(text, size, cut, spans);
    if (isLast) {
        endLine(view);
    }
    return cut;
}

/// Whether any rule is worth trying.
bool Redactor::findCandidates(const char *text, qsizetype size)
{
    m_words.clear();
    m_candidates.clear();
    m_rules->scanner().collect(text, 0, size, m_words);
    for (const int word : m_words) {
        for (const int rule : m_rules->rulesWith(word)) {
            const auto at = std::lower_bound(m_candidates.begin(), m_candidates.end(), rule);
            if (at != m_candidates.end() && *at == rule) {
                continue;
            }
            const QByteArray &also = m_rules->rules().at(rule).also;
            if (also.isEmpty() || QByteArrayView(text, size).contains(also)) {
                m_candidates.insert(at, rule);
            }
        }
    }
    return !m_candidates.empty();
}

void Redactor::findSpans(const QString &view, QList<Span> &spans) const
{
    for (const int rule : m_candidates) {
        if (!m_rules->rules().at(rule).isBlock()) {
            matchAll(rule, view, spans);
        }
    }
    for (const OpenBlock &block : m_blocks) {
        matchAll(block.rule, view, spans);
    }
}

void Redactor::matchAll(int rule, const QString &view, QList<Span> &spans) const
{
    const RedactionRule &one = m_rules->rules().at(rule);
    QRegularExpressionMatchIterator it = one.expression.globalMatch(view);
    if (!it.isValid()) {
        spans << Span{0, 0, view.size(), rule}; // it could not be tried: better too much
        return;
    }
    while (it.hasNext()) {
        const QRegularExpressionMatch match = it.next();
        if (!match.isValid()) {
            spans << Span{0, 0, view.size(), rule};
            return;
        }
        if (match.capturedLength(one.group) > 0) {
            spans << Span{match.capturedStart(), match.capturedStart(one.group),
                          match.capturedEnd(one.group), rule};
        }
    }
}

void Redactor::mask(char *text, qsizetype size, qsizetype upTo, const QList<Span> &spans)
{
    QList<Span> masked;
    for (const Span &span : spans) {
        bool changed = false;
        for (qsizetype at = span.start; at < std::min(span.end, upTo); ++at) {
            if (!isLineEnd(text[at]) && text[at] != '*') {
                text[at] = '*';
                changed = true;
            }
        }
        // What two rules found is one secret.
        const bool isNew = std::none_of(masked.begin(), masked.end(), [&span](const Span &other) {
            return span.start < other.end && other.start < span.end;
        });
        if (changed && isNew) {
            ++m_counts[std::size_t(span.rule)];
            masked << span;
        }
    }
    if (!m_observer) {
        return;
    }
    for (const Span &span : std::as_const(masked)) {
        const qsizetype from = std::max<qsizetype>(0, span.start - Context);
        const qsizetype to = std::min({size, upTo, span.end + Context});
        QByteArray context(text + from, to - from);
        while (!context.isEmpty() && isLineEnd(context.back())) {
            context.chop(1);
        }
        m_observer({m_rules->rules().at(span.rule).id, m_line, context});
    }
}

/// What the line means for the lines after it.
void Redactor::endLine(const QString &view)
{
    for (OpenBlock &block : m_blocks) {
        const QRegularExpression &end = m_rules->rules().at(block.rule).end;
        const bool isOver = !end.pattern().isEmpty() && end.match(view).hasMatch();
        block.linesLeft = isOver ? 0 : block.linesLeft - 1;
    }
    m_blocks.removeIf([](const OpenBlock &block) { return block.linesLeft <= 0; });
    for (const int rule : m_candidates) {
        const RedactionRule &one = m_rules->rules().at(rule);
        if (!one.isBlock() || !one.begin.match(view).hasMatch()) {
            continue;
        }
        m_blocks.removeIf([rule](const OpenBlock &block) { return block.rule == rule; });
        m_blocks << OpenBlock{rule, one.lines};
    }
}

QByteArray redacted(const QByteArray &text, int *count)
{
    Redactor redactor;
    QByteArray result = redactor.feed(text);
    result += redactor.finish();
    if (count) {
        *count += redactor.count();
    }
    return result;
}

QByteArray redacted(const QByteArray &text, std::shared_ptr<const RedactionRules> rules)
{
    Redactor redactor(std::move(rules));
    QByteArray result = redactor.feed(text);
    return result + redactor.finish();
}

QString redactedText(const QString &text)
{
    return QString::fromUtf8(redacted(text.toUtf8()));
}

} // namespace proverdeck::models

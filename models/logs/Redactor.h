// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/RedactionRules.h"

#include <QMap>

#include <functional>

namespace proverdeck::models {

/// One secret that was masked.
struct Redaction
{
    QString rule; ///< id
    qint64 line = 0; ///< of the stream, from 1
    QByteArray masked; ///< its line with every secret masked; around the secret if it is long
    bool operator==(const Redaction &) const = default;
};

/// Masks secrets in what a remote program prints, before it reaches a disk or a screen.
///
/// Each secret byte becomes '*', so that offsets and sizes stay those of the server's file; line
/// ends stay. What is a secret is decided by its context (see RedactionRules): a 64-digit number
/// after a word such as "private-key" is one, a transaction hash is none. A line is held back until
/// it is complete, at most 64 KiB of it. The result does not depend on how the stream was cut.
///
/// Not bound to a thread; used by one at a time.
class Redactor
{
public:
    using Observer = std::function<void(const Redaction &)>;

    explicit Redactor(std::shared_ptr<const RedactionRules> rules = redactionRules());

    /// The part of the stream that may be shown now.
    [[nodiscard]] QByteArray feed(QByteArrayView bytes);
    /// The rest, when the stream has ended. What is fed afterwards is a new stream.
    [[nodiscard]] QByteArray finish();
    /// How many secrets were masked so far.
    [[nodiscard]] int count() const;
    /// The same by the id of the rule.
    [[nodiscard]] QMap<QString, int> counts() const;

    /// For a stream that is taken up again: the end of what feed() gave out before (some 64 KiB),
    /// so that a key of many lines that began there is still known to be one.
    void resumeAfter(QByteArrayView written);
    /// Is told of each secret, in the order of lines. Counting lines costs some speed.
    void observe(Observer observer);

private:
    struct Span
    {
        qsizetype matchStart = 0;
        qsizetype start = 0; ///< of the secret
        qsizetype end = 0;
        int rule = 0;
    };
    struct OpenBlock
    {
        int rule = 0;
        int linesLeft = 0;
    };

    void maskLines(char *text, qsizetype size);
    void maskLine(char *line, qsizetype size);
    [[nodiscard]] qsizetype maskWindow(char *text, qsizetype size, bool isLast);
    [[nodiscard]] bool findCandidates(const char *text, qsizetype size);
    void findSpans(const QString &view, QList<Span> &spans) const;
    void matchAll(int rule, const QString &view, QList<Span> &spans) const;
    void mask(char *text, qsizetype size, qsizetype upTo, const QList<Span> &spans);
    void endLine(const QString &view);

    std::shared_ptr<const RedactionRules> m_rules;
    Observer m_observer;
    QByteArray m_held; ///< the beginning of a line, as it came
    QList<OpenBlock> m_blocks;
    std::vector<int> m_counts; ///< by rule
    std::vector<int> m_words; ///< of the current line
    std::vector<int> m_candidates; ///< rules that have one of them, in order
    qint64 m_line = 1; ///< only counted for an observer
    bool m_isCut = false; ///< the beginning of the current line is out already
    bool m_masksRest = false; ///< it holds a secret without an end: nothing more of it is shown
};

/// One text at once; @p count is raised by the number of masked secrets.
[[nodiscard]] QByteArray redacted(const QByteArray &text, int *count = nullptr);
[[nodiscard]] QByteArray redacted(const QByteArray &text,
                                  std::shared_ptr<const RedactionRules> rules);
[[nodiscard]] QString redactedText(const QString &text);

} // namespace proverdeck::models

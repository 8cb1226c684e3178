// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogText.h"

#include <tl/expected.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

namespace proverdeck::models {

/// What is looked for in a log: a text, or lines of a level, or both in one line.
struct LogPattern
{
    QString text;
    bool isCaseSensitive = false;
    bool isWholeWord = false;
    bool isExpression = false; ///< as PCRE2 has them; ^ and $ are the ends of a line
    LogLevel level = LogLevel::None; ///< at least this
    bool operator==(const LogPattern &) const = default;
    [[nodiscard]] bool isEmpty() const { return text.isEmpty() && level == LogLevel::None; }
};

/// Finds a pattern in the bytes of a log, a block of lines at a time. Escape sequences and what a
/// carriage return has overwritten are not part of a line. An empty string is no hit.
///
/// An expression that would take more than some milliseconds on one line counts as not found there;
/// skippedLines() says how often. For one thread at a time.
class LogMatcher
{
public:
    /// Fails with a sentence for a person if the expression is wrong.
    [[nodiscard]] static tl::expected<LogMatcher, QString> make(const LogPattern &pattern);
    LogMatcher(LogMatcher &&) noexcept;
    LogMatcher &operator=(LogMatcher &&) noexcept;
    ~LogMatcher();

    struct Hit
    {
        qsizetype begin = 0;
        qsizetype end = 0;
    };
    /// All hits in @p lines, which are whole lines; the last may lack its \n. @p isOnce: at most
    /// one a line. @p found gets the line, counted from 0 in @p lines. False if @p cancel became
    /// true meanwhile.
    bool scan(QByteArrayView lines, bool isOnce, const std::function<void(qint64)> &found,
              const std::atomic<bool> &cancel);
    /// Those in one line as readLogText() gives it, in its characters.
    [[nodiscard]] QList<Hit> hitsIn(const QString &line);
    [[nodiscard]] qint64 skippedLines() const { return m_skipped; }

private:
    struct Program;
    explicit LogMatcher(LogPattern pattern);
    void scanPiece(QByteArrayView lines, bool isOnce, qint64 first,
                   const std::function<void(qint64)> &found, const std::atomic<bool> &cancel);
    [[nodiscard]] std::optional<Hit> next(QByteArrayView lines, qsizetype from,
                                          const std::atomic<bool> &cancel);
    [[nodiscard]] std::optional<Hit> nextByLine(QByteArrayView lines, qsizetype from,
                                                const std::atomic<bool> &cancel);
    [[nodiscard]] bool hasLevel(QByteArrayView line) const;

    LogPattern m_pattern;
    QByteArray m_needle; ///< of a search without a program
    std::unique_ptr<Program> m_program;
    QByteArray m_visible; ///< reused
    qint64 m_skipped = 0;
};

} // namespace proverdeck::models

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/WordScanner.h"

#include <QRegularExpression>
#include <QStringList>

#include <tl/expected.hpp>

#include <memory>

namespace proverdeck::models {

/// One way in which a secret stands in a text. What the expression calls "secret" is masked.
///
/// A rule for one line is tried on every line that has one of its words. A rule for several lines
/// waits for a line that matches begin, and is then tried on the lines after it.
struct RedactionRule
{
    QString id; ///< stable word: small letters, digits, dashes
    QString title; ///< for people: what is masked
    QList<QByteArray> words; ///< in small letters; a text without any of them has no such secret
    QByteArray also; ///< what the line must have besides, as it is; may be empty
    QRegularExpression expression;
    int group = 0; ///< number of the group "secret"
    QRegularExpression begin; ///< of a rule for several lines
    QRegularExpression end; ///< its last line; may be empty
    int lines = 0; ///< how many lines after begin are tried; 0: a rule for one line
    QStringList hides; ///< examples; what must be masked stands between ⟦ and ⟧
    QStringList keeps; ///< examples that must stay as they are
    int fileLine = 0; ///< where it stands in its file
    [[nodiscard]] bool isBlock() const { return lines > 0; }
};

/// The rules of what counts as a secret: resources/redaction.toml, and what the user adds to them.
///
/// Constant after it was loaded, and so usable in every thread.
class RedactionRules
{
public:
    /// Adds the rules of a file; nothing is added if it is wrong anywhere. The error is a sentence
    /// with the line and the key.
    [[nodiscard]] tl::expected<void, QString> add(const QByteArray &toml, const QString &origin);

    [[nodiscard]] const QList<RedactionRule> &rules() const { return m_rules; }
    /// For people; the id itself if no rule has it.
    [[nodiscard]] QString titleOf(const QString &id) const;
    [[nodiscard]] const WordScanner &scanner() const { return m_scanner; }
    /// The rules, by index, that have this word of the scanner.
    [[nodiscard]] const QList<int> &rulesWith(int word) const { return m_rulesOfWord.at(word); }
    /// Why the user's own file was not used; empty if it was, or if there is none.
    [[nodiscard]] QString problem() const { return m_problem; }

    /// One rule alone, for its examples.
    [[nodiscard]] RedactionRules only(int index) const;
    /// The first example from rule @p first on that does not hold for its rule, as a sentence;
    /// empty if all hold.
    [[nodiscard]] QString brokenExample(int first, const QString &origin) const;

    /// The built-in rules and those of @p userFile if it exists. A broken file is left out as a
    /// whole and problem() says why.
    [[nodiscard]] static std::shared_ptr<const RedactionRules> load(const QString &userFile);

private:
    void indexWords();

    QList<RedactionRule> m_rules;
    QHash<QString, QString> m_parts; ///< pieces of expressions that are used as %name%
    WordScanner m_scanner;
    QList<QList<int>> m_rulesOfWord;
    QString m_problem;
};

/// An example without its marks, and with what they enclose masked.
struct RedactionExample
{
    QByteArray text;
    QByteArray masked;
};
[[nodiscard]] RedactionExample readExample(const QString &example);

/// The rules of this process, loaded once at the first call.
[[nodiscard]] std::shared_ptr<const RedactionRules> redactionRules();
/// "~/.config/proverdeck/redaction.toml": where a user adds rules.
[[nodiscard]] QString userRedactionFile();

} // namespace proverdeck::models

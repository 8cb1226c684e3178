// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/Redactor.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype HoldLimit = 64 * 1024;
constexpr qsizetype KeepBack = 1024; ///< longer than any secret with the word before it

/// The masked part is the group "secret".
const std::array<QRegularExpression, 3> &rules()
{
    static const std::array<QRegularExpression, 3> list{
        // --committer.l1-private-key 0x…, PRIVATE_KEY="…", "privateKey": "…"
        QRegularExpression(
            u"(?:private[-_. ]?keys?|secret(?:[-_. ]?keys?)?|\\bpkeys?)[\"']?[^\\S\n]*(?:=|:|[^\\S\n])[^\\S\n]*[\"']?(?:0x)?(?<secret>[0-9a-f]{64})(?![0-9a-f])"_s,
            QRegularExpression::CaseInsensitiveOption),
        QRegularExpression(
            u"(?:mnemonic|password|passphrase|api[-_]?key|auth[-_]?token)[\"']?[^\\S\n]*(?:=|:)[^\\S\n]*(?:\"(?<secret>[^\"\n]+)\"|'(?<secret2>[^'\n]+)'|(?<secret3>[^\\s\"',;]+))"_s,
            QRegularExpression::CaseInsensitiveOption),
        QRegularExpression(u"[a-z][a-z0-9+.-]*://[^\\s/:@]*:(?<secret>[^\\s/@]+)@"_s,
                           QRegularExpression::CaseInsensitiveOption),
    };
    return list;
}

/// Cheap test first: nearly every line of a log has none of these words.
bool maySpeakOfSecrets(const QByteArray &text)
{
    static const std::array<const char *, 8> words{"key",        "secret", "mnemonic", "password",
                                                   "passphrase", "token",  "://",      "pkey"};
    const QByteArray lower = text.toLower();
    return std::any_of(words.begin(), words.end(),
                       [&](const char *word) { return lower.contains(word); });
}

} // namespace

QByteArray redacted(QByteArray text, int *count)
{
    if (!maySpeakOfSecrets(text)) {
        return text;
    }
    const QString view = QString::fromLatin1(text); // one character per byte
    for (const QRegularExpression &rule : rules()) {
        QRegularExpressionMatchIterator it = rule.globalMatch(view);
        while (it.hasNext()) {
            const QRegularExpressionMatch match = it.next();
            for (int group = 1; group <= match.lastCapturedIndex(); ++group) {
                if (match.capturedLength(group) > 0) {
                    std::fill_n(text.begin() + match.capturedStart(group),
                                match.capturedLength(group), '*');
                    if (count) {
                        ++*count;
                    }
                }
            }
        }
    }
    return text;
}

QByteArray Redactor::feed(QByteArrayView bytes)
{
    m_held.append(bytes);
    const qsizetype end = m_held.lastIndexOf('\n');
    if (end >= 0) {
        const QByteArray part = m_held.left(end + 1);
        m_held.remove(0, end + 1);
        return redacted(part, &m_count);
    }
    if (m_held.size() <= HoldLimit) {
        return {};
    }
    // An endless line: a secret may lie across the cut, so its surroundings are held back.
    m_held = redacted(m_held, &m_count);
    const QByteArray part = m_held.first(m_held.size() - KeepBack);
    m_held = m_held.last(KeepBack);
    return part;
}

QByteArray Redactor::finish()
{
    return redacted(std::exchange(m_held, {}), &m_count);
}

} // namespace proverdeck::models

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <tl/expected.hpp>

#include <optional>

namespace proverdeck::models::boundless {

/// "key = value" of a file, or the same behind a "#". Offsets are of its bytes.
struct SettingEntry
{
    QString section; ///< "market"; dotted for nested tables; empty before the first header
    QString key; ///< as written, without quotes; dotted keys stay dotted
    QByteArray text; ///< the value as written, without its comment
    qint64 line = 0; ///< 1-based, where the key stands
    qsizetype lineStart = 0;
    qsizetype valueStart = 0;
    qsizetype valueEnd = 0;
    qsizetype lineEnd = 0; ///< behind the line end of the value's last line
    bool isCommentedOut = false;
    bool operator==(const SettingEntry &) const = default;
};

/// What a value is, for checks and forms.
struct SettingValue
{
    enum class Type { Text, Integer, Number, Boolean, List, Other };
    Type type = Type::Other;
    QString text; ///< of a text its characters; else as TOML says it
    QStringList list; ///< of a list of texts
    bool isTextList = false;
    bool operator==(const SettingValue &) const = default;
};

/// A TOML file (broker.toml of any release, chain overrides) that is edited byte by byte in place:
/// whatever is not the changed value stays as it is, comments, order, line ends and a missing last
/// one included.
///
/// Plain value; every edit can be undone. An edit that would not leave a valid file is refused.
class SettingsFile
{
public:
    /// Never fails: a file that is no TOML has problem() and takes no edits.
    explicit SettingsFile(QByteArray bytes = {});

    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }
    /// Why it is no TOML: a sentence. Empty if it is.
    [[nodiscard]] QString problem() const { return m_problem; }
    [[nodiscard]] qint64 problemLine() const { return m_problemLine; }

    [[nodiscard]] const QList<SettingEntry> &entries() const { return m_entries; }
    [[nodiscard]] QStringList sections() const { return m_sections; } ///< in order
    /// The active one.
    [[nodiscard]] const SettingEntry *find(const QString &section, const QString &key) const;
    [[nodiscard]] std::optional<SettingValue> value(const QString &section,
                                                    const QString &key) const;

    /// Sets a key to a value as TOML writes it ("435", "\"0.5\"", "true"). A new key comes after
    /// its commented-out twin, else at the end of its section, which is made if it is not there.
    [[nodiscard]] tl::expected<void, QString> set(const QString &section, const QString &key,
                                                  const QByteArray &toml);
    /// Sets a list of texts; of a list that is there, entries that stay keep their lines and
    /// comments.
    [[nodiscard]] tl::expected<void, QString> setList(const QString &section, const QString &key,
                                                      const QStringList &texts);
    /// Gives a key another name; its value and its place stay. Not if the other name is there.
    [[nodiscard]] tl::expected<void, QString> rename(const QString &section, const QString &key,
                                                     const QString &now);
    /// Removes the line of a key, with its comment.
    [[nodiscard]] tl::expected<void, QString> remove(const QString &section, const QString &key);

    [[nodiscard]] bool canUndo() const { return !m_past.isEmpty(); }
    void undo();
    /// As it was when it was made.
    [[nodiscard]] QByteArray original() const
    {
        return m_past.isEmpty() ? m_bytes : m_past.first();
    }
    /// These bytes are what is kept now; what was changed since stays changed.
    void setOriginal(const QByteArray &kept);
    [[nodiscard]] bool isChanged() const { return original() != m_bytes; }

private:
    void read();
    void scan();
    [[nodiscard]] tl::expected<void, QString> replace(qsizetype start, qsizetype end,
                                                      const QByteArray &with);
    [[nodiscard]] QByteArray lineEnd() const;

    QByteArray m_bytes;
    QList<QByteArray> m_past;
    QList<SettingEntry> m_entries;
    QStringList m_sections;
    QList<qsizetype> m_headerEnds; ///< behind the line end of each section's header
    QString m_problem;
    qint64 m_problemLine = 0;
};

/// A text as TOML writes it: in quotes, with escapes.
[[nodiscard]] QByteArray tomlQuoted(const QString &text);

} // namespace proverdeck::models::boundless

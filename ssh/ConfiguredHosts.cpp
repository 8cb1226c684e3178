// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ConfiguredHosts.h"

#include "ssh/Text.h"

#include <QDir>
#include <QFile>
#include <QSet>

#ifdef Q_OS_UNIX
#include <glob.h>
#endif

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMaxDepth = 16; // as ssh itself
constexpr qint64 kMaxBytes = 4 << 20;

/// The words of a configuration line: blanks, "=" after the keyword, and double quotes.
QStringList wordsOf(const QString &line)
{
    QStringList words;
    QString word;
    bool isQuoted = false;
    bool hasWord = false;
    const auto finish = [&] {
        if (hasWord) {
            words << word;
        }
        word.clear();
        hasWord = false;
    };
    for (const QChar c : line) {
        if (c == u'"') {
            isQuoted = !isQuoted;
            hasWord = true;
        } else if (!isQuoted && c == u'#' && !hasWord) {
            break;
        } else if (!isQuoted && (c.isSpace() || (c == u'=' && words.size() + hasWord <= 1))) {
            finish();
        } else {
            word += c;
            hasWord = true;
        }
    }
    finish();
    return words;
}

QStringList filesMatching(const QString &pattern)
{
#ifdef Q_OS_UNIX
    QStringList files;
    glob_t found{};
    if (::glob(QFile::encodeName(pattern).constData(), 0, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc; ++i) {
            files << QFile::decodeName(found.gl_pathv[i]);
        }
    }
    ::globfree(&found);
    return files;
#else
    return QFile::exists(pattern) ? QStringList{pattern} : QStringList{};
#endif
}

class Reader
{
public:
    void read(const QString &path, int depth)
    {
        const QString canonical = QFileInfo(path).canonicalFilePath();
        if (depth > kMaxDepth || canonical.isEmpty() || m_open.contains(canonical)) {
            return;
        }
        QFile file(canonical);
        if (!QFileInfo(canonical).isFile() || !file.open(QIODevice::ReadOnly)) {
            return;
        }
        m_open.insert(canonical);
        const QStringList lines = QString::fromLocal8Bit(file.read(kMaxBytes)).split(u'\n');
        for (const QString &line : lines) {
            takeLine(wordsOf(line.trimmed()), depth);
        }
        m_open.remove(canonical);
    }

    [[nodiscard]] QStringList hosts() const { return m_hosts; }

private:
    void takeLine(const QStringList &words, int depth)
    {
        if (words.size() < 2) {
            return;
        }
        const bool isHost = words[0].compare(u"host"_s, Qt::CaseInsensitive) == 0;
        const bool isInclude = words[0].compare(u"include"_s, Qt::CaseInsensitive) == 0;
        for (const QString &word : words.sliced(1)) {
            if (isHost) {
                takeHost(word);
            } else if (isInclude) {
                takeInclude(word, depth);
            }
        }
    }

    void takeHost(const QString &name)
    {
        if (!name.startsWith(u'!') && !name.contains(u'*') && !name.contains(u'?')
            && !m_hosts.contains(name)) {
            m_hosts << name;
        }
    }

    void takeInclude(QString pattern, int depth)
    {
        if (pattern.startsWith(u"~/"_s)) {
            pattern.replace(0, 1, homeDirectory());
        } else if (QDir::isRelativePath(pattern)) {
            pattern.prepend(homeDirectory() + u"/.ssh/"_s);
        }
        const QStringList files = filesMatching(pattern);
        for (const QString &file : files) {
            read(file, depth + 1);
        }
    }

    QStringList m_hosts;
    QSet<QString> m_open; // the files being read: a cycle ends here
};

} // namespace

QStringList configuredHosts(const QString &configFile)
{
    Reader reader;
    reader.read(configFile.isEmpty() ? homeDirectory() + u"/.ssh/config"_s : configFile, 0);
    return reader.hosts();
}

} // namespace proverdeck::ssh

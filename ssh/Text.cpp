// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Text.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QtEndian>

#include <array>

#ifdef Q_OS_UNIX
#include <pwd.h>
#include <unistd.h>
#endif

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

bool isUnsafe(QChar c)
{
    const char16_t u = c.unicode();
    return u < 0x20 || (u >= 0x7F && u < 0xA0) || (u >= 0x202A && u <= 0x202E)
        || (u >= 0x2066 && u <= 0x206F) || u == 0x200E || u == 0x200F || u == 0x061C || u == 0x2028
        || u == 0x2029 || u == 0xFEFF;
}

/// Where an escape sequence that begins at @p from ends; @p from if it is none that has contents.
qsizetype endOfEscape(QStringView text, qsizetype from)
{
    if (text[from] != u'\x1B' || from + 1 >= text.size()) {
        return from;
    }
    qsizetype i = from + 2;
    if (text[from + 1] == u'[') { // CSI: ends with a character from '@' to '~'
        while (i < text.size() && (text[i] < u'@' || text[i] > u'~')) {
            ++i;
        }
        return i + 1;
    }
    if (QStringView(u"]P^_X").contains(text[from + 1])) { // a title, the clipboard, …
        while (i < text.size() && text[i] != u'\x07' && text[i] != u'\x1B' && text[i] != u'\n') {
            ++i;
        }
        const bool isTwo = i + 1 < text.size() && text[i] == u'\x1B' && text[i + 1] == u'\\';
        return i + (isTwo ? 2 : 1);
    }
    return from;
}

} // namespace

QString plainText(const QString &text, qsizetype limit)
{
    QString clean;
    for (qsizetype i = 0; i < text.size() && clean.size() < limit; ++i) {
        if (const qsizetype end = endOfEscape(text, i); end > i) {
            i = end - 1;
            continue;
        }
        const QChar c = isUnsafe(text[i]) ? QChar(u' ') : text[i];
        if (c != u' ' || (!clean.isEmpty() && clean.back() != u' ')) {
            clean += c;
        }
    }
    return clean.trimmed();
}

QString plainBytes(QByteArrayView utf8, qsizetype limit)
{
    return plainText(QString::fromUtf8(utf8.first(qMin(utf8.size(), limit * 4))), limit);
}

QString fingerprintOf(QByteArrayView keyBlob)
{
    const QByteArray hash
        = QCryptographicHash::hash(keyBlob.toByteArray(), QCryptographicHash::Sha256);
    return u"SHA256:"_s + QString::fromLatin1(hash.toBase64(QByteArray::OmitTrailingEquals));
}

QByteArray keyTypeOf(QByteArrayView keyBlob)
{
    if (keyBlob.size() < 4) {
        return {};
    }
    const auto size = qFromBigEndian<quint32>(keyBlob.data());
    if (size > 64 || keyBlob.size() - 4 < qsizetype(size)) {
        return {};
    }
    return keyBlob.sliced(4, qsizetype(size)).toByteArray();
}

QString homeDirectory()
{
#ifdef Q_OS_UNIX
    std::array<char, 16384> buffer{};
    passwd entry{};
    passwd *found = nullptr;
    if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr
        && found->pw_dir != nullptr && *found->pw_dir != '\0') {
        return QFile::decodeName(found->pw_dir);
    }
#endif
    return QDir::homePath();
}

} // namespace proverdeck::ssh

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/KnownHosts.h"

#include "ssh/KeyFile.h"
#include "ssh/Text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLockFile>
#include <QMessageAuthenticationCode>
#include <QRandomGenerator>

#include <array>
#include <optional>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr int kLockMs = 3000;
constexpr qint64 kMaxFile = 64 << 20;

QByteArray hashOf(const QByteArray &salt, const QByteArray &name)
{
    return QMessageAuthenticationCode::hash(name, salt, QCryptographicHash::Sha1);
}

/// '*' and '?' as in ssh; both sides in lower case.
bool globMatches(QByteArrayView pattern, QByteArrayView text)
{
    qsizetype p = 0;
    qsizetype t = 0;
    qsizetype star = -1;
    qsizetype retry = 0;
    while (t < text.size()) {
        if (p < pattern.size()
            && (pattern[p] == '?' || (pattern[p] == text[t] && pattern[p] != '*'))) {
            ++p;
            ++t;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = t;
        } else if (star >= 0) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') {
        ++p;
    }
    return p == pattern.size();
}

std::optional<KnownHosts::Entry> parseLine(const QByteArray &line)
{
    using Marker = KnownHosts::Entry::Marker;
    QList<QByteArray> words = line.simplified().split(' ');
    KnownHosts::Entry entry;
    if (words[0].startsWith('@')) {
        if (words[0] != "@revoked" && words[0] != "@cert-authority") {
            return {};
        }
        entry.marker = words[0] == "@revoked" ? Marker::Revoked : Marker::Authority;
        words.removeFirst();
    }
    if (words.size() < 3) {
        return {};
    }
    entry.hosts = words[0];
    entry.type = words[1];
    entry.blob = QByteArray::fromBase64(words[2]);
    if (keyTypeOf(entry.blob) != entry.type) {
        return {};
    }
    return entry;
}

QByteArray hashedName(const QByteArray &name)
{
    std::array<quint32, 5> random{};
    QRandomGenerator::system()->fillRange(random.data(), qsizetype(random.size()));
    const QByteArray salt(reinterpret_cast<const char *>(random.data()), 20);
    return "|1|" + salt.toBase64() + "|" + hashOf(salt, name).toBase64();
}

Result<> makeFolder(const QString &folder)
{
    if (QFileInfo::exists(folder)) {
        return {};
    }
    const bool isMade = QDir().mkpath(folder)
        && QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    if (!isMade) {
        return fail(ErrorCode::Local, Text::tr("The folder %1 could not be created.").arg(folder));
    }
    return {};
}

} // namespace

QByteArray KnownHosts::nameFor(const QString &host, int port)
{
    const QByteArray name = host.toLower().toUtf8();
    return port == 22 ? name : "[" + name + "]:" + QByteArray::number(port);
}

bool KnownHosts::hostsMatch(const QByteArray &field, const QByteArray &name)
{
    if (field.startsWith("|1|")) {
        const QList<QByteArray> parts = field.split('|');
        return parts.size() == 4
            && hashOf(QByteArray::fromBase64(parts[2]), name) == QByteArray::fromBase64(parts[3]);
    }
    bool isMatch = false;
    const QList<QByteArray> patterns = field.toLower().split(',');
    for (const QByteArray &pattern : patterns) {
        if (pattern.startsWith('!')) {
            if (globMatches(QByteArrayView(pattern).sliced(1), name)) {
                return false;
            }
        } else if (globMatches(pattern, name)) {
            isMatch = true;
        }
    }
    return isMatch;
}

void KnownHosts::addFile(const QString &file)
{
    QFile device(file);
    if (QFileInfo(file).isFile() && device.open(QIODevice::ReadOnly)) {
        addText(device.read(kMaxFile), file);
    }
}

void KnownHosts::addText(const QByteArray &text, const QString &file)
{
    int number = 0;
    const QList<QByteArray> lines = text.split('\n');
    for (const QByteArray &raw : lines) {
        ++number;
        const QByteArray line = raw.trimmed(); // also takes the CR of a CRLF away
        if (line.isEmpty() || line.startsWith('#')) {
            continue;
        }
        if (std::optional<Entry> entry = parseLine(line)) {
            entry->file = file;
            entry->line = number;
            m_entries << *entry;
        }
    }
}

Result<> KnownHosts::addRevoked(const QString &file)
{
    QFile device(file);
    if (!QFileInfo(file).isFile() || !device.open(QIODevice::ReadOnly)) {
        return fail(
            ErrorCode::Config,
            Text::tr("The list of revoked host keys %1 (RevokedHostKeys) cannot be read, so "
                     "no host can be trusted. Correct the ssh configuration.")
                .arg(file));
    }
    const QByteArray text = device.read(kMaxFile);
    if (text.startsWith("SSHKRL")) {
        return fail(ErrorCode::Config,
                    Text::tr("The list of revoked host keys %1 (RevokedHostKeys) is in the binary "
                             "format, which this program cannot read. Name a list of public keys, "
                             "one per line, instead.")
                        .arg(file));
    }
    int number = 0;
    const QList<QByteArray> lines = text.split('\n');
    for (const QByteArray &line : lines) {
        ++number;
        const QByteArray blob = parsePublicKey(line.trimmed());
        if (!blob.isEmpty()) {
            m_entries << Entry{.marker = Entry::Marker::Revoked,
                               .type = keyTypeOf(blob),
                               .blob = blob,
                               .file = file,
                               .line = number};
        }
    }
    return {};
}

HostKeyVerdict KnownHosts::check(const QByteArray &name, const QByteArray &blob) const
{
    using Kind = HostKeyVerdict::Kind;
    const QByteArray type = keyTypeOf(blob);
    HostKeyVerdict best;
    // A stronger finding replaces a weaker one; the first of equals stays.
    const auto find = [&best](Kind kind, const Entry &entry) {
        static constexpr std::array strength{Kind::Unknown,        Kind::OnlyAuthority,
                                             Kind::OnlyOtherTypes, Kind::Changed,
                                             Kind::Match,          Kind::Revoked};
        const auto rank = [](Kind k) { return std::ranges::find(strength, k); };
        if (rank(kind) > rank(best.kind)) {
            best = {kind, entry.file, entry.line, entry.blob};
        }
    };
    for (const Entry &entry : m_entries) {
        if (entry.marker == Entry::Marker::Revoked) {
            if (entry.blob == blob) {
                find(Kind::Revoked, entry);
            }
        } else if (hostsMatch(entry.hosts, name)) {
            if (entry.marker == Entry::Marker::Authority) {
                find(Kind::OnlyAuthority, entry);
            } else if (entry.blob == blob) {
                find(Kind::Match, entry);
            } else {
                find(entry.type == type ? Kind::Changed : Kind::OnlyOtherTypes, entry);
            }
        }
    }
    return best;
}

QList<QByteArray> KnownHosts::typesFor(const QByteArray &name) const
{
    QList<QByteArray> types;
    for (const Entry &entry : m_entries) {
        if (entry.marker == Entry::Marker::None && !types.contains(entry.type)
            && hostsMatch(entry.hosts, name)) {
            types << entry.type;
        }
    }
    return types;
}

Result<> KnownHosts::append(const QString &file, const QByteArray &name, const QByteArray &blob,
                            bool isHashed)
{
    if (const Result<> folder = makeFolder(QFileInfo(file).absolutePath()); !folder) {
        return folder;
    }
    QLockFile lock(file + u".proverdeck.lock"_s);
    if (!lock.tryLock(kLockMs)) {
        return fail(ErrorCode::Local,
                    Text::tr("%1 is being written by another program, or its folder is read-only.")
                        .arg(file));
    }
    QFile device(file);
    const bool isNew = !device.exists();
    if (!device.open(QIODevice::ReadWrite)) {
        return fail(
            ErrorCode::Local,
            Text::tr("The host key could not be saved in %1: %2").arg(file, device.errorString()));
    }
    if (isNew) {
        device.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    }
    QByteArray line = (isHashed ? hashedName(name) : name) + " " + keyTypeOf(blob) + " "
        + blob.toBase64() + "\n";
    if (device.size() > 0) {
        device.seek(device.size() - 1);
        if (device.read(1) != "\n") {
            line.prepend('\n');
        }
        device.seek(device.size());
    }
    if (device.write(line) != line.size() || !device.flush()) {
        return fail(
            ErrorCode::Local,
            Text::tr("The host key could not be saved in %1: %2").arg(file, device.errorString()));
    }
    return {};
}

} // namespace proverdeck::ssh

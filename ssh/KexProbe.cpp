// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/KexProbe.h"

#include "ssh/Algorithms.h"
#include "ssh/Text.h"

#include <QDeadlineTimer>
#include <QStringList>
#include <QtEndian>

#include <algorithm>
#include <array>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kMaxBanner = 8192;
constexpr quint32 kMaxPacket = 35000;
constexpr char kKexInit = 20;
constexpr std::chrono::seconds kDeadline{5};
constexpr std::chrono::milliseconds kSlice{50};

/// Where the packets begin: after the line that starts with "SSH-"; -1 while it is missing.
qsizetype packetStart(const QByteArray &bytes)
{
    qsizetype from = 0;
    while (from < qMin(bytes.size(), kMaxBanner)) {
        const qsizetype end = bytes.indexOf('\n', from);
        if (end < 0) {
            return -1;
        }
        if (QByteArrayView(bytes).sliced(from).startsWith("SSH-")) {
            return end + 1;
        }
        from = end + 1;
    }
    return -1;
}

bool isAead(const QByteArray &cipher)
{
    return cipher.contains("gcm") || cipher.contains("poly1305");
}

QString namesOf(const QList<QByteArray> &names)
{
    return plainBytes(names.join(' '), 1000);
}

} // namespace

std::optional<KexOffer> parseKexInit(const QByteArray &bytes)
{
    const qsizetype start = packetStart(bytes);
    if (start < 0 || bytes.size() - start < 6) {
        return {};
    }
    const auto length = qFromBigEndian<quint32>(bytes.constData() + start);
    if (length < 18 || length > kMaxPacket || bytes.size() - start - 4 < qsizetype(length)) {
        return {};
    }
    const QByteArrayView packet = QByteArrayView(bytes).sliced(start + 4, qsizetype(length));
    if (packet[1] != kKexInit) {
        return {};
    }
    QList<QList<QByteArray>> lists;
    qsizetype at = 2 + 16; // padding length, message number, cookie
    while (lists.size() < 10) {
        if (packet.size() - at < 4) {
            return {};
        }
        const auto size = qsizetype(qFromBigEndian<quint32>(packet.data() + at));
        at += 4;
        if (size > packet.size() - at) {
            return {};
        }
        lists << packet.sliced(at, size).toByteArray().split(',');
        at += size;
    }
    return KexOffer{
        .keyExchange = lists[0], .hostKeys = lists[1], .ciphers = lists[3], .macs = lists[5]};
}

QString describeMismatch(const KexOffer &theirs, const KexOffer &ours)
{
    const auto common = [](const QList<QByteArray> &a, const QList<QByteArray> &b) {
        const auto found
            = std::ranges::find_if(a, [&b](const QByteArray &name) { return b.contains(name); });
        return found == a.end() ? QByteArray() : *found;
    };
    struct Class
    {
        QString name;
        const QList<QByteArray> &theirs;
        const QList<QByteArray> &ours;
        QString remedy; ///< a line for sshd_config
    };
    const QByteArray cipher = common(ours.ciphers, theirs.ciphers);
    QStringList sentences;
    const std::array<Class, 4> classes{
        {{Text::tr("key exchange method"), theirs.keyExchange, ours.keyExchange,
          u"KexAlgorithms +curve25519-sha256"_s},
         {Text::tr("host key type"), theirs.hostKeys, ours.hostKeys,
          u"HostKey /etc/ssh/ssh_host_ed25519_key"_s},
         {Text::tr("cipher"), theirs.ciphers, ours.ciphers, u"Ciphers +aes256-ctr"_s},
         {Text::tr("MAC"), theirs.macs, ours.macs, u"MACs +hmac-sha2-256"_s}}};
    for (const Class &one : classes) {
        if (&one.theirs == &theirs.macs && isAead(cipher)) {
            continue; // such a cipher needs no MAC
        }
        if (common(one.ours, one.theirs).isEmpty()) {
            sentences << Text::tr("There is no common %1: the server offers %2; libssh2 %3 knows "
                                  "%4. The server could allow it by \"%5\".")
                             .arg(one.name, namesOf(one.theirs), libraryVersion(),
                                  namesOf(one.ours), one.remedy);
        }
    }
    return sentences.join(u' ');
}

QString probeNegotiation(Link &link, const KexOffer &ours, const LoginControl &control)
{
    const QByteArray name("SSH-2.0-proverdeck\r\n");
    if (!link.write(name.constData(), name.size())) {
        return {};
    }
    QByteArray bytes;
    std::array<char, 4096> piece{};
    const QDeadlineTimer deadline(kDeadline);
    while (!control.isAborted() && !deadline.hasExpired()
           && bytes.size() < kMaxBanner + qsizetype(kMaxPacket)) {
        const qint64 count = link.read(piece.data(), piece.size());
        if (count > 0) {
            bytes.append(piece.data(), qsizetype(count));
            if (const std::optional<KexOffer> theirs = parseKexInit(bytes)) {
                return describeMismatch(*theirs, ours);
            }
        } else if (!link.isOpen()) {
            break;
        } else {
            link.wait(kSlice);
        }
    }
    return {};
}

} // namespace proverdeck::ssh

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/KeyFile.h"

#include "ssh/Text.h"
#include "ssh/Wire.h"

#include <QFile>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMaxBytes = 65536;

std::optional<KeyHeader> parseOpenSsh(const QByteArray &body)
{
    const QByteArray data = QByteArray::fromBase64(body.simplified().replace(" ", ""));
    const QByteArray magic("openssh-key-v1", 15); // with its final zero
    if (!data.startsWith(magic)) {
        return {};
    }
    QByteArrayView rest = QByteArrayView(data).sliced(magic.size());
    const auto cipher = takeString(rest);
    const auto kdf = takeString(rest);
    const auto kdfOptions = takeString(rest);
    const auto keys = takeUint32(rest);
    const auto blob = takeString(rest);
    if (!cipher || !kdf || !kdfOptions || !keys || !blob) {
        return {};
    }
    return KeyHeader{.type = keyTypeOf(*blob),
                     .cipher = cipher->toByteArray(),
                     .publicBlob = blob->toByteArray(),
                     .isEncrypted = *cipher != "none"};
}

} // namespace

std::optional<KeyHeader> parseKeyHeader(const QByteArray &text)
{
    const QByteArray begin("-----BEGIN ");
    const qsizetype from = text.indexOf(begin);
    const qsizetype labelEnd = from < 0 ? -1 : text.indexOf("-----", from + begin.size());
    const qsizetype end = labelEnd < 0 ? -1 : text.indexOf("-----END", labelEnd);
    if (end < 0) {
        return {};
    }
    const QByteArray label = text.mid(from + begin.size(), labelEnd - from - begin.size());
    const QByteArray body = text.mid(labelEnd + 5, end - labelEnd - 5);
    if (!label.endsWith("PRIVATE KEY")) {
        return {};
    }
    if (label == "OPENSSH PRIVATE KEY") {
        return parseOpenSsh(body);
    }
    KeyHeader header;
    header.isEncrypted = label == "ENCRYPTED PRIVATE KEY" || body.contains("ENCRYPTED");
    header.cipher = header.isEncrypted ? "pem" : "none";
    if (label.startsWith("RSA")) {
        header.type = "ssh-rsa";
    } else if (label.startsWith("EC ")) {
        header.type = "ecdsa";
    } else if (!header.isEncrypted
               && QByteArray::fromBase64(body).contains(
                   QByteArray::fromHex("2a864886f70d010101"))) {
        header.type = "ssh-rsa"; // PKCS#8 with the object identifier of rsaEncryption
    }
    return header;
}

QByteArray parsePublicKey(const QByteArray &line)
{
    const QList<QByteArray> words = line.simplified().split(' ');
    if (words.size() < 2) {
        return {};
    }
    const QByteArray blob = QByteArray::fromBase64(words[1]);
    return keyTypeOf(blob) == words[0] ? blob : QByteArray();
}

QByteArray publicBlobFor(const QString &keyFile)
{
    for (const QString &path : {keyFile, QString(keyFile + u".pub"_s)}) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) {
            continue;
        }
        const QByteArray text = file.read(kMaxBytes);
        const std::optional<KeyHeader> header = parseKeyHeader(text);
        const QByteArray blob = header ? header->publicBlob : parsePublicKey(text);
        if (!blob.isEmpty()) {
            return blob;
        }
    }
    return {};
}

} // namespace proverdeck::ssh

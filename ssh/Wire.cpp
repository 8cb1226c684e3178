// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Wire.h"

#include <QtEndian>

namespace proverdeck::ssh {

namespace {

template<class T> std::optional<T> takeNumber(QByteArrayView &bytes)
{
    if (bytes.size() < qsizetype(sizeof(T))) {
        return {};
    }
    const T number = qFromBigEndian<T>(bytes.data());
    bytes = bytes.sliced(sizeof(T));
    return number;
}

} // namespace

std::optional<quint8> takeByte(QByteArrayView &bytes)
{
    return takeNumber<quint8>(bytes);
}

std::optional<quint32> takeUint32(QByteArrayView &bytes)
{
    return takeNumber<quint32>(bytes);
}

std::optional<quint64> takeUint64(QByteArrayView &bytes)
{
    return takeNumber<quint64>(bytes);
}

std::optional<QByteArrayView> takeString(QByteArrayView &bytes)
{
    QByteArrayView rest = bytes;
    const std::optional<quint32> size = takeUint32(rest);
    if (!size || qint64(*size) > rest.size()) {
        return {};
    }
    const QByteArrayView text = rest.first(qsizetype(*size));
    bytes = rest.sliced(qsizetype(*size));
    return text;
}

QByteArray wireUint32(quint32 number)
{
    QByteArray bytes(4, '\0');
    qToBigEndian(number, bytes.data());
    return bytes;
}

QByteArray wireString(QByteArrayView text)
{
    return wireUint32(static_cast<quint32>(text.size())).append(text);
}

} // namespace proverdeck::ssh

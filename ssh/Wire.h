// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace proverdeck::ssh {

// The data types of RFC 4251, section 5. The take… functions read from the front of @p bytes and
// shorten it; nullopt if there is too little.

[[nodiscard]] std::optional<quint8> takeByte(QByteArrayView &bytes);
[[nodiscard]] std::optional<quint32> takeUint32(QByteArrayView &bytes);
[[nodiscard]] std::optional<quint64> takeUint64(QByteArrayView &bytes);
/// A string with its length before it; the view lives as long as the bytes.
[[nodiscard]] std::optional<QByteArrayView> takeString(QByteArrayView &bytes);

[[nodiscard]] QByteArray wireUint32(quint32 number);
[[nodiscard]] QByteArray wireString(QByteArrayView text);

} // namespace proverdeck::ssh

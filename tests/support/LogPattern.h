// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace proverdeck::testing {

/// The bytes [@p offset, @p offset + @p length) of an endless text that repeats nowhere soon: a
/// byte that is lost, doubled or moved is seen.
[[nodiscard]] QByteArray logPattern(quint64 offset, qsizetype length);

} // namespace proverdeck::testing

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace proverdeck::models {

// Searches of whole blocks of a log at the speed of the memory. Pure; they use the vector
// instructions that the processor has.

/// How many \n there are.
[[nodiscard]] qsizetype countLineEnds(QByteArrayView bytes);
/// Where the line after the @p n-th \n (from 1) begins; -1 if there are not as many.
[[nodiscard]] qsizetype afterLineEnd(QByteArrayView bytes, qsizetype n);
[[nodiscard]] bool hasEither(QByteArrayView bytes, char one, char other);
/// Where @p needle stands at or after @p from; -1 if it does not.
[[nodiscard]] qsizetype findBytes(QByteArrayView bytes, QByteArrayView needle, qsizetype from);

} // namespace proverdeck::models

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/SettingsFile.h"

namespace proverdeck::models::boundless {

/// Where the keys of a TOML file stand, byte by byte. What each means is the business of a parser.
struct TomlScan
{
    QList<SettingEntry> entries; ///< active and commented-out keys, in order
    QStringList sections; ///< of active headers, in order
    QList<qsizetype> headerEnds; ///< behind the line end of each of them
};

/// Of a file that is no TOML it finds what it can.
[[nodiscard]] TomlScan scanToml(const QByteArray &bytes);

/// The bytes of a list @p array with @p old as its texts, changed to those of @p wanted: entries
/// that stay keep their bytes, their comments and their order; new ones come at the end.
[[nodiscard]] QByteArray withItems(const QByteArray &array, const QStringList &old,
                                   const QStringList &wanted, const QByteArray &lineEnd);

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace proverdeck::models::aztec {

/// "47.12 s", "1 min 03 s", "2 h 05 min", "46.7 ms"; @p ms may be fractional, not negative.
[[nodiscard]] QString durationText(double ms);
/// In binary units: "2.0 GiB", "539 KiB", "1170 B".
[[nodiscard]] QString bytesText(double bytes);

} // namespace proverdeck::models::aztec

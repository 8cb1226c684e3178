// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace proverdeck::ui {

/// A border for fields to write in: on a card in the dark they would not be seen without. Follows
/// the palette.
[[nodiscard]] inline QString lineEditStyle()
{
    return QStringLiteral("QLineEdit { background: palette(base); border: 1px solid palette(mid); "
                          "border-radius: 4px; padding: 2px 4px; }"
                          "QLineEdit:focus { border-color: palette(highlight); }");
}

} // namespace proverdeck::ui

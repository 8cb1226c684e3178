// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace proverdeck::testing {

/// Saves @p widget in light and dark as NAME-light.png and NAME-dark.png in $PROVERDECK_TOUR_DIR;
/// does nothing without that variable.
void picture(QWidget *widget, const QString &name);

} // namespace proverdeck::testing

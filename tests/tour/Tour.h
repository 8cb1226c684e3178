// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/Test.h"

#include <QString>
#include <QWidget>

namespace proverdeck::testing {

/// Saves @p widget in light and dark as NAME-light.png and NAME-dark.png in $PROVERDECK_TOUR_DIR;
/// does nothing without that variable.
void picture(QWidget *widget, const QString &name);

/// A missing one is a failure.
template<class T> T *child(QObject *parent, const char *name)
{
    auto *found = parent ? parent->findChild<T *>(QString::fromLatin1(name)) : nullptr;
    EXPECT_NE(found, nullptr) << "no widget named " << name;
    return found;
}

/// With the left button; it must be there and enabled.
void click(QWidget *widget);

} // namespace proverdeck::testing

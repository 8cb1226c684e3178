// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>

#include <optional>

// What the writers of this folder share.
namespace proverdeck::models::report {

[[nodiscard]] inline QString say(const char *text)
{
    return QCoreApplication::translate("Report", text);
}

/// Empty if unknown.
template<class T> [[nodiscard]] QString numberText(const std::optional<T> &value)
{
    return value ? QString::number(*value) : QString();
}

} // namespace proverdeck::models::report

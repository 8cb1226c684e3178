// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>

#include <functional>
#include <optional>

namespace proverdeck::ssh {

/// Replaces the % tokens of ssh_config(5) in @p text by @p values; "%%" is a percent sign. nullopt
/// for a token that is not among them.
[[nodiscard]] std::optional<QString> expandTokens(const QString &text,
                                                  const QHash<QChar, QString> &values);

/// Replaces each ${NAME} by what @p environment knows; nullopt if that is nothing.
[[nodiscard]] std::optional<QString>
expandVariables(const QString &text, const std::function<QString(const QString &)> &environment);

} // namespace proverdeck::ssh

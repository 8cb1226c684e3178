// SPDX-License-Identifier: GPL-3.0-or-later
// The few things that the readers of this folder want of toml++. For .cpp files only.
#pragma once

#include "models/workflow/Toml.h"

#include <QString>

namespace proverdeck::models::boundless {

[[nodiscard]] inline QString tomlText(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

/// The text of a key; empty if it is not there or no text.
[[nodiscard]] inline QString tomlText(const toml::table &table, std::string_view key)
{
    const toml::node *node = table.get(key);
    return node != nullptr && node->is_string() ? tomlText(node->as_string()->get()) : QString();
}

} // namespace proverdeck::models::boundless

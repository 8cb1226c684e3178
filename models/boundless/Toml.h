// SPDX-License-Identifier: GPL-3.0-or-later
// toml++ without its warnings, and the few things that the readers of this folder want of it. For
// .cpp files only: it is a heavy include.
#pragma once

#include <QString>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuseless-cast"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wduplicated-branches"
#pragma GCC diagnostic ignored "-Wnull-dereference"
#endif
#include <toml++/toml.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

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

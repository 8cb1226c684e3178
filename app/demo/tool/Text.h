// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <ios>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proverdeck::demo {

using Words = std::vector<std::string>;
using Fields = std::map<std::string, std::string, std::less<>>;

[[nodiscard]] Words split(std::string_view text, char separator);
[[nodiscard]] bool startsWith(std::string_view text, std::string_view head);
[[nodiscard]] bool contains(const Words &words, std::string_view word);
[[nodiscard]] std::string replaced(std::string text, std::string_view from, std::string_view to);
[[nodiscard]] long long number(std::string_view text, long long otherwise = 0);

/// printf into a string.
[[nodiscard]] __attribute__((format(printf, 1, 2))) std::string text(const char *format, ...);

/// A well-mixed number made of a seed: every made-up value of the demo is the same in each run.
[[nodiscard]] std::uint64_t mix(std::uint64_t seed);
[[nodiscard]] std::uint64_t mix(std::string_view seed);
/// @p digits made-up hexadecimal digits, without 0x.
[[nodiscard]] std::string hex(std::string_view seed, std::size_t digits);
/// 0x1a, as JSON-RPC writes numbers.
[[nodiscard]] std::string quantity(std::uint64_t value);

[[nodiscard]] std::optional<std::string> readFile(const std::string &path);
/// The complete lines that a growing file has behind @p offset, which moves on behind them; back to
/// the end of a file that became shorter.
[[nodiscard]] Words newLinesOf(const std::string &path, std::streamoff &offset);
/// Replaces the file in one step.
bool writeFile(const std::string &path, std::string_view content);
[[nodiscard]] bool exists(const std::string &path);
void makeFolders(const std::string &path);

/// Files of NAME=VALUE lines.
[[nodiscard]] Fields readFields(const std::string &path);
bool writeFields(const std::string &path, const Fields &fields);
[[nodiscard]] std::string field(const Fields &fields, std::string_view name,
                                std::string_view otherwise = {});

/// One line to stdout or stderr, at once.
void out(std::string_view line);
void err(std::string_view line);

} // namespace proverdeck::demo

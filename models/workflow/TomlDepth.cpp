// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/TomlDepth.h"

#include <algorithm>

namespace proverdeck::models {

namespace {

constexpr int MaxDots = 40; // of one line, outside of texts

/// Where the text ends whose opening quote is at @p at; the file's end if it never does.
std::size_t endOfText(std::string_view toml, std::size_t at)
{
    const char quote = toml[at];
    const bool isBasic = quote == '"';
    const std::string_view three = isBasic ? R"(""")" : "'''";
    const bool isLong = toml.substr(at).starts_with(three);
    at += isLong ? 3 : 1;
    while (at < toml.size()) {
        if (isBasic && toml[at] == '\\') {
            ++at;
        } else if (isLong && toml.substr(at).starts_with(three)) {
            at += 3; // one or two quotes before the closing ones are text
            while (at < toml.size() && toml[at] == quote) {
                ++at;
            }
            return at;
        } else if (!isLong && (toml[at] == quote || toml[at] == '\n')) {
            return toml[at] == quote ? at + 1 : at;
        }
        ++at;
    }
    return toml.size();
}

} // namespace

std::optional<int> lineOfTooDeepKey(std::string_view toml)
{
    int dots = 0;
    std::size_t at = 0;
    while (at < toml.size()) {
        const char c = toml[at];
        if (c == '"' || c == '\'') {
            at = endOfText(toml, at);
            continue;
        }
        if (c == '#') {
            at = std::min(toml.find('\n', at), toml.size());
            continue;
        }
        dots = c == '\n' ? 0 : dots + (c == '.' ? 1 : 0);
        if (dots > MaxDots) {
            return 1 + int(std::ranges::count(toml.substr(0, at), '\n'));
        }
        ++at;
    }
    return std::nullopt;
}

} // namespace proverdeck::models

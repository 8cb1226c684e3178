// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Text.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace proverdeck::demo {

Words split(std::string_view text, char separator)
{
    Words words;
    while (true) {
        const auto end = text.find(separator);
        words.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return words;
        }
        text.remove_prefix(end + 1);
    }
}

bool startsWith(std::string_view text, std::string_view head)
{
    return text.substr(0, head.size()) == head;
}

bool contains(const Words &words, std::string_view word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string replaced(std::string text, std::string_view from, std::string_view to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

long long number(std::string_view text, long long otherwise)
{
    const bool isHex = startsWith(text, "0x");
    const std::string_view digits = isHex ? text.substr(2) : text;
    long long value = 0;
    const char *last = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), last, value, isHex ? 16 : 10);
    return result.ec == std::errc() && result.ptr == last ? value : otherwise;
}

std::string text(const char *format, ...)
{
    va_list first;
    va_start(first, format);
    va_list second;
    va_copy(second, first);
    const int size = std::vsnprintf(nullptr, 0, format, first);
    va_end(first);
    std::string result(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    std::vsnprintf(result.data(), result.size() + 1, format, second);
    va_end(second);
    return result;
}

std::uint64_t mix(std::uint64_t seed)
{
    // splitmix64 (public domain): one round is plenty for made-up digits.
    seed += 0x9e3779b97f4a7c15U;
    seed = (seed ^ (seed >> 30U)) * 0xbf58476d1ce4e5b9U;
    seed = (seed ^ (seed >> 27U)) * 0x94d049bb133111ebU;
    return seed ^ (seed >> 31U);
}

std::uint64_t mix(std::string_view seed)
{
    std::uint64_t value = 0xcbf29ce484222325U;
    for (const char c : seed) {
        value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return mix(value);
}

std::string hex(std::string_view seed, std::size_t digits)
{
    std::string result;
    std::uint64_t value = mix(seed);
    while (result.size() < digits) {
        result += text("%016llx", static_cast<unsigned long long>(value));
        value = mix(value);
    }
    result.resize(digits);
    return result;
}

std::string quantity(std::uint64_t value)
{
    return text("0x%llx", static_cast<unsigned long long>(value));
}

std::optional<std::string> readFile(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    std::ostringstream content;
    content << file.rdbuf();
    return std::move(content).str();
}

Words newLinesOf(const std::string &path, std::streamoff &offset)
{
    std::ifstream file(path, std::ios::binary);
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg();
    if (!file || size <= offset) {
        offset = file && size >= 0 ? std::min(offset, size) : 0;
        return {};
    }
    std::string content(static_cast<std::size_t>(size - offset), '\0');
    file.seekg(offset);
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    const auto end = content.rfind('\n');
    if (end == std::string::npos) {
        return {};
    }
    content.resize(end);
    offset += static_cast<std::streamoff>(end) + 1;
    return split(content, '\n');
}

bool writeFile(const std::string &path, std::string_view content)
{
    const std::string part = path + text(".%d.part", getpid());
    {
        std::ofstream file(part, std::ios::binary | std::ios::trunc);
        file << content;
        if (!file.flush()) {
            return false;
        }
    }
    return std::rename(part.c_str(), path.c_str()) == 0;
}

bool exists(const std::string &path)
{
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

void makeFolders(const std::string &path)
{
    std::error_code ignored;
    std::filesystem::create_directories(path, ignored);
}

Fields readFields(const std::string &path)
{
    Fields fields;
    for (const std::string &line : split(readFile(path).value_or(std::string()), '\n')) {
        const auto equals = line.find('=');
        if (equals != std::string::npos) {
            fields[line.substr(0, equals)] = line.substr(equals + 1);
        }
    }
    return fields;
}

bool writeFields(const std::string &path, const Fields &fields)
{
    std::string content;
    for (const auto &[name, value] : fields) {
        content += name + "=" + value + "\n";
    }
    return writeFile(path, content);
}

std::string field(const Fields &fields, std::string_view name, std::string_view otherwise)
{
    const auto found = fields.find(name);
    return found == fields.end() ? std::string(otherwise) : found->second;
}

void out(std::string_view line)
{
    std::string whole(line);
    whole += '\n';
    std::fwrite(whole.data(), 1, whole.size(), stdout);
    std::fflush(stdout);
}

void err(std::string_view line)
{
    std::string whole(line);
    whole += '\n';
    std::fwrite(whole.data(), 1, whole.size(), stderr);
    std::fflush(stderr);
}

} // namespace proverdeck::demo

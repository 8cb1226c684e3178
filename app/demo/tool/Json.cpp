// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Json.h"

#include "app/demo/tool/Text.h"

#include <algorithm>
#include <cctype>

namespace proverdeck::demo {
namespace {

constexpr int MaxDepth = 64;

class Parser
{
public:
    explicit Parser(std::string_view text)
        : m_text(text)
    {
    }

    [[nodiscard]] std::optional<Json> whole()
    {
        Json value;
        if (!read(value, 0)) {
            return std::nullopt;
        }
        skipSpace();
        return m_at == m_text.size() ? std::optional(std::move(value)) : std::nullopt;
    }

private:
    void skipSpace()
    {
        while (m_at < m_text.size()
               && std::isspace(static_cast<unsigned char>(m_text[m_at])) != 0) {
            ++m_at;
        }
    }

    bool take(std::string_view word)
    {
        skipSpace();
        if (m_text.substr(m_at, word.size()) != word) {
            return false;
        }
        m_at += word.size();
        return true;
    }

    bool read(Json &value, int depth)
    {
        skipSpace();
        if (m_at >= m_text.size() || depth > MaxDepth) {
            return false;
        }
        if (m_text[m_at] == '"') {
            value.kind = Json::Kind::String;
            return readString(value.scalar);
        }
        if (take("[")) {
            value.kind = Json::Kind::Array;
            return readArray(value, depth);
        }
        if (take("{")) {
            value.kind = Json::Kind::Object;
            return readObject(value, depth);
        }
        return readWord(value);
    }

    bool readWord(Json &value)
    {
        const std::size_t start = m_at;
        while (m_at < m_text.size()
               && (std::isalnum(static_cast<unsigned char>(m_text[m_at])) != 0
                   || std::string_view("+-.").find(m_text[m_at]) != std::string_view::npos)) {
            ++m_at;
        }
        value.scalar = m_text.substr(start, m_at - start);
        if (value.scalar == "true" || value.scalar == "false") {
            value.kind = Json::Kind::Boolean;
        } else if (value.scalar != "null") {
            value.kind = Json::Kind::Number;
            return !value.scalar.empty()
                && std::isalpha(static_cast<unsigned char>(value.scalar[0])) == 0;
        }
        return true;
    }

    bool readString(std::string &result)
    {
        for (++m_at; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            if (c == '"') {
                ++m_at;
                return true;
            }
            if (c != '\\') {
                result += c;
            } else if (!readEscape(result)) {
                return false;
            }
        }
        return false;
    }

    bool readEscape(std::string &result)
    {
        if (++m_at >= m_text.size()) {
            return false;
        }
        const char c = m_text[m_at];
        if (c == 'u') {
            // Nothing that the demo reads holds anything but ASCII there.
            result += '?';
            m_at += 4;
            return m_at < m_text.size();
        }
        constexpr std::string_view names = "nrtbf";
        constexpr std::string_view values = "\n\r\t\b\f";
        const auto at = names.find(c);
        result += at == std::string_view::npos ? c : values[at];
        return true;
    }

    bool readArray(Json &value, int depth)
    {
        if (take("]")) {
            return true;
        }
        do {
            if (!read(value.items.emplace_back(), depth + 1)) {
                return false;
            }
        } while (take(","));
        return take("]");
    }

    bool readObject(Json &value, int depth)
    {
        if (take("}")) {
            return true;
        }
        do {
            std::string &name = value.names.emplace_back();
            Json &member = value.items.emplace_back();
            skipSpace();
            if (m_at >= m_text.size() || m_text[m_at] != '"' || !readString(name) || !take(":")
                || !read(member, depth + 1)) {
                return false;
            }
        } while (take(","));
        return take("}");
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

const Json s_null;

} // namespace

const Json &Json::operator[](std::string_view name) const
{
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? s_null : items[std::size_t(found - names.begin())];
}

const Json &Json::operator[](std::size_t index) const
{
    return index < items.size() ? items[index] : s_null;
}

std::string Json::echoed() const
{
    return kind == Kind::String ? inQuotes(scalar) : kind == Kind::Null ? "null" : scalar;
}

std::optional<Json> parseJson(std::string_view text)
{
    return Parser(text).whole();
}

std::string inQuotes(std::string_view value)
{
    std::string result = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            result += text("\\u%04x", static_cast<unsigned>(c));
        } else {
            result += c;
        }
    }
    return result + '"';
}

} // namespace proverdeck::demo

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/JsonWriter.h"

#include <array>
#include <charconv>
#include <cmath>

namespace proverdeck::models::aztec {

namespace {

constexpr std::size_t SpillSize = 1 << 18;

bool mustEscape(char16_t c)
{
    return c < 0x20 || c == u'"' || c == u'\\' || (c >= 0x7f && c < 0xa0) || c == 0x061c
        || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x206f) || c == 0xfeff || (c >= 0xd800 && c <= 0xdfff);
}

} // namespace

JsonWriter::JsonWriter(Sink sink)
    : m_sink(std::move(sink))
{
    m_buffer.reserve(SpillSize * 2);
}

void JsonWriter::comma()
{
    if (m_afterKey) {
        m_afterKey = false;
    } else if (m_first.back()) {
        m_first.back() = false;
    } else {
        m_buffer += ',';
    }
}

void JsonWriter::spill()
{
    if (m_buffer.size() >= SpillSize) {
        flush();
    }
}

void JsonWriter::flush()
{
    if (!m_buffer.empty()) {
        m_sink(m_buffer);
        m_buffer.clear();
    }
}

void JsonWriter::open(char bracket)
{
    comma();
    m_buffer += bracket;
    m_first.push_back(true);
}

void JsonWriter::close(char bracket)
{
    m_buffer += bracket;
    m_first.pop_back();
    spill();
}

void JsonWriter::key(std::string_view name)
{
    comma();
    m_buffer += '"';
    m_buffer += name;
    m_buffer += "\":";
    m_afterKey = true;
}

void JsonWriter::text(QStringView value)
{
    comma();
    m_buffer += '"';
    qsizetype from = 0;
    for (qsizetype i = 0; i <= value.size(); ++i) {
        if (i < value.size() && !mustEscape(value.at(i).unicode())) {
            continue;
        }
        if (i > from) {
            const QByteArray plain = value.sliced(from, i - from).toUtf8();
            m_buffer.append(plain.constData(), std::size_t(plain.size()));
        }
        from = i + 1;
        if (i < value.size()) {
            const char16_t c = value.at(i).unicode();
            if (c == u'"' || c == u'\\') {
                m_buffer += '\\';
                m_buffer += char(c);
            } else {
                constexpr std::string_view Digits = "0123456789abcdef";
                m_buffer += "\\u";
                for (const int shift : {12, 8, 4, 0}) {
                    m_buffer += Digits[std::size_t((unsigned(c) >> unsigned(shift)) & 0xfU)];
                }
            }
        }
    }
    m_buffer += '"';
    spill();
}

void JsonWriter::ascii(std::string_view value)
{
    comma();
    m_buffer += '"';
    m_buffer += value;
    m_buffer += '"';
}

void JsonWriter::number(double value)
{
    if (!std::isfinite(value)) {
        null();
        return;
    }
    if (value == std::floor(value) && std::abs(value) < 9e15) {
        integer(qint64(value));
        return;
    }
    comma();
    std::array<char, 40> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                   std::chars_format::general, 12);
    m_buffer.append(digits.data(), std::size_t(end.ptr - digits.data()));
}

void JsonWriter::integer(qint64 value)
{
    comma();
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    m_buffer.append(digits.data(), std::size_t(end.ptr - digits.data()));
}

void JsonWriter::boolean(bool value)
{
    comma();
    m_buffer += value ? "true" : "false";
}

void JsonWriter::null()
{
    comma();
    m_buffer += "null";
}

void JsonWriter::put(std::string_view name, const QString &value)
{
    key(name);
    text(value);
}

void JsonWriter::put(std::string_view name, bool value)
{
    key(name);
    boolean(value);
}

void JsonWriter::put(std::string_view name, int value)
{
    key(name);
    integer(value);
}

void JsonWriter::put(std::string_view name, qint64 value)
{
    key(name);
    integer(value);
}

void JsonWriter::put(std::string_view name, double value)
{
    key(name);
    number(value);
}

void JsonWriter::putOrNull(std::string_view name, const QString &value)
{
    key(name);
    if (value.isEmpty()) {
        null();
    } else {
        text(value);
    }
}

} // namespace proverdeck::models::aztec

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proverdeck::models::aztec {

/// Writes one JSON document as it goes, so that a report of a million jobs needs no tree in memory.
/// What a terminal would obey is written as \u escapes.
class JsonWriter
{
public:
    /// Gets the document in pieces.
    using Sink = std::function<void(std::string_view)>;
    explicit JsonWriter(Sink sink);

    void open(char bracket); ///< '{' or '['
    void close(char bracket); ///< '}' or ']'
    void key(std::string_view name);
    void text(QStringView value);
    void ascii(std::string_view value); ///< without anything to escape
    void number(double value);
    void integer(qint64 value);
    void boolean(bool value);
    void null();
    void flush();

    // "key":value in one call.
    void put(std::string_view name, const QString &value);
    void put(std::string_view name, const char *value) = delete;
    void put(std::string_view name, bool value);
    void put(std::string_view name, int value);
    void put(std::string_view name, qint64 value);
    void put(std::string_view name, double value);
    template<class T> void put(std::string_view name, const std::optional<T> &value)
    {
        if (value) {
            put(name, *value);
        } else {
            key(name);
            null();
        }
    }
    /// null for an empty text.
    void putOrNull(std::string_view name, const QString &value);

private:
    void comma();
    void spill();

    Sink m_sink;
    std::string m_buffer;
    std::vector<bool> m_first{true};
    bool m_afterKey = false;
};

} // namespace proverdeck::models::aztec

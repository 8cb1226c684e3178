// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LineSplitter.h"

#include <algorithm>
#include <cstring>

namespace proverdeck::models {
namespace {

constexpr char Escape = '\x1b';
constexpr char Bell = '\x07';

const char *findByte(const char *begin, const char *end, char byte)
{
    const void *found = std::memchr(begin, byte, static_cast<std::size_t>(end - begin));
    return found != nullptr ? static_cast<const char *>(found) : end;
}

bool isBetween(char byte, unsigned char first, unsigned char last)
{
    const auto value = static_cast<unsigned char>(byte);
    return value >= first && value <= last;
}

} // namespace

void LineSplitter::append(const char *begin, const char *end)
{
    const qsizetype room = MaxLine - m_line.size();
    m_line.append(begin, std::min<qsizetype>(room, end - begin));
}

void LineSplitter::emitLine(QByteArrayView text, const Sink &sink)
{
    if (text.endsWith('\r')) {
        text.chop(1);
    }
    ++m_number;
    sink(LogLine{text, m_number, m_lineStart, m_hadEscapes});
    m_line.resize(0); // keeps the memory for the next line
    m_state = State::Text;
    m_pending = false;
    m_hadEscapes = false;
    m_lineStart = m_offset;
}

// True if the sequence ended before this byte, which is text then.
bool LineSplitter::isEscapeDone(char byte)
{
    if (m_state == State::StringEscape) {
        if (byte == '\\') {
            m_state = State::Text;
            return false;
        }
        m_state = State::Escape; // it cancels the string and begins a sequence of its own
    }
    switch (m_state) {
    case State::Escape:
        if (byte == '[') {
            m_state = State::Csi;
        } else if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_') {
            m_state = State::String;
        } else if (byte != Escape && !isBetween(byte, 0x20, 0x2f)) {
            m_state = State::Text;
            return !isBetween(byte, 0x30, 0x7e);
        }
        return false;
    case State::Csi:
        if (byte == Escape) {
            m_state = State::Escape;
        } else if (isBetween(byte, 0x40, 0x7e)) {
            m_state = State::Text;
        } else if (!isBetween(byte, 0x20, 0x3f)) {
            m_state = State::Text;
            return true;
        }
        return false;
    case State::String:
        if (byte == Bell) {
            m_state = State::Text;
        } else if (byte == Escape) {
            m_state = State::StringEscape;
        }
        return false;
    case State::Text:
    case State::StringEscape:
        break;
    }
    return true;
}

void LineSplitter::feed(QByteArrayView bytes, const Sink &sink)
{
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    const char *nextEscape = at < end ? findByte(at, end, Escape) : end;
    while (at < end) {
        if (m_state == State::Text) {
            if (nextEscape < at) {
                nextEscape = findByte(at, end, Escape);
            }
            const char *const stop = findByte(at, nextEscape, '\n');
            const bool isWhole = !m_pending && stop - at <= MaxLine;
            const bool isLineEnd = stop < nextEscape;
            m_offset += static_cast<quint64>(stop - at);
            if (isLineEnd) {
                ++m_offset;
                if (isWhole) { // nearly every line of a large read: no copy
                    emitLine(QByteArrayView(at, stop - at), sink);
                } else {
                    append(at, stop);
                    emitLine(m_line, sink);
                }
                at = stop + 1;
                continue;
            }
            m_pending = m_pending || stop > at;
            append(at, stop);
            at = stop;
            if (at < end) {
                m_state = State::Escape;
                m_pending = true;
                m_hadEscapes = true;
                ++at;
                ++m_offset;
            }
            continue;
        }
        if (*at == '\n') {
            ++m_offset;
            ++at;
            emitLine(m_line, sink);
        } else if (!isEscapeDone(*at)) {
            ++m_offset;
            ++at;
        }
    }
}

void LineSplitter::finish(const Sink &sink)
{
    if (m_pending) {
        emitLine(m_line, sink);
    }
    m_state = State::Text;
}

} // namespace proverdeck::models

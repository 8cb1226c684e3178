// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/LogPattern.h"

namespace proverdeck::testing {

QByteArray logPattern(quint64 offset, qsizetype length)
{
    // Lines of 32 bytes, each with its number and something that depends on it.
    constexpr int Line = 32;
    constexpr char Digits[] = "0123456789abcdef";
    const quint64 first = offset / Line;
    const auto lines = quint64(length) / Line + 2;
    QByteArray text(qsizetype(lines * Line), ' ');
    char *at = text.data();
    for (quint64 line = first; line < first + lines; ++line, at += Line) {
        quint64 mixed = (line + 1) * 0x9E3779B97F4A7C15ULL;
        quint64 number = line;
        for (int i = 13; i >= 0; --i, number /= 10) {
            at[i] = Digits[number % 10];
        }
        for (int i = 30; i >= 15; --i, mixed /= 16) {
            at[i] = Digits[mixed % 16];
        }
        at[31] = '\n';
    }
    return text.mid(qsizetype(offset % Line), length);
}

} // namespace proverdeck::testing

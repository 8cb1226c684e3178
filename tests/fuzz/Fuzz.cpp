// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"

#include <algorithm>

namespace proverdeck::fuzz {

Dice::Dice(QByteArrayView seed)
    : m_state(0x9e3779b97f4a7c15U)
{
    for (const char byte : seed) {
        m_state = (m_state ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    }
}

Dice::Dice(std::uint64_t seed)
    : m_state(seed)
{
}

std::uint64_t Dice::next()
{
    m_state += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = m_state;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
}

bool isHarmless(const QString &text, bool mayBreak)
{
    return std::none_of(text.begin(), text.end(), [mayBreak](QChar character) {
        const char16_t code = character.unicode();
        if (code == u'\t' || (code == u'\n' && mayBreak)) {
            return false;
        }
        return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c || code == 0x200e
            || code == 0x200f || code == 0x2028 || code == 0x2029
            || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x206f)
            || code == 0xfeff;
    });
}

} // namespace proverdeck::fuzz

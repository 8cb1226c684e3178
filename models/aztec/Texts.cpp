// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/Texts.h"

#include <array>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

QString durationText(double ms)
{
    if (ms < 1000) {
        return ms < 100 ? QString::number(ms, 'f', 1) + u" ms"_s
                        : QString::number(ms, 'f', 0) + u" ms"_s;
    }
    if (ms < 59'995) {
        return QString::number(ms / 1000, 'f', 2) + u" s"_s;
    }
    const auto seconds = qint64(ms / 1000 + 0.5);
    if (seconds < 3600) {
        return u"%1 min %2 s"_s.arg(seconds / 60).arg(seconds % 60, 2, 10, QChar(u'0'));
    }
    const qint64 minutes = (seconds + 30) / 60;
    return u"%1 h %2 min"_s.arg(minutes / 60).arg(minutes % 60, 2, 10, QChar(u'0'));
}

QString bytesText(double bytes)
{
    static const std::array units{u"B"_s, u"KiB"_s, u"MiB"_s, u"GiB"_s, u"TiB"_s};
    std::size_t unit = 0;
    while (bytes >= 1024 * 10 && unit + 1 < units.size()) {
        bytes /= 1024;
        ++unit;
    }
    if (bytes >= 1024 && unit >= 2) {
        bytes /= 1024;
        ++unit;
    }
    return QString::number(bytes, 'f', unit == 0 || bytes >= 100 ? 0 : 1) + u' ' + units.at(unit);
}

} // namespace proverdeck::models::aztec

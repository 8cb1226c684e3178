// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/findings/Finding.h"

#include <algorithm>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

QString severityWord(Severity severity)
{
    switch (severity) {
    case Severity::Info:
        return u"info"_s;
    case Severity::Warning:
        return u"warning"_s;
    case Severity::Error:
        break;
    }
    return u"error"_s;
}

bool mergeFinding(QList<Finding> &list, const Finding &finding)
{
    const auto same = std::ranges::find_if(list, [&finding](const Finding &other) {
        return other.code == finding.code && other.evidence.log == finding.evidence.log;
    });
    if (same == list.end()) {
        list << finding;
        return true;
    }
    same->count += finding.count;
    return false;
}

} // namespace proverdeck::models

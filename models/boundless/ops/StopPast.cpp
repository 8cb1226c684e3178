// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/StopPast.h"

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

StopPast readStopPast(const QList<JournalEntry> &entries)
{
    StopPast past;
    for (const JournalEntry &entry : entries) {
        const QJsonObject &data = entry.data;
        if (entry.what == u"stop") {
            past.isBegun = true;
            past.host = data.value("host"_L1).toString();
            past.dir = data.value("dir"_L1).toString();
            past.account = data.value("account"_L1).toString();
            past.token = data.value("token"_L1).toString().toLatin1();
        } else if (entry.what == u"limit" && !past.before) {
            const QJsonValue value = data.value("value"_L1);
            past.before
                = ProofLimit{value.isDouble() ? std::optional(value.toInteger()) : std::nullopt,
                             data.value("text"_L1).toString().toLatin1()};
            past.beforeFrom = data.value("from"_L1).toString();
        } else if (entry.what == u"drained") {
            past.drainedMs = data.value("server_ms"_L1).toInteger();
        } else if (entry.what == u"down") {
            past.isDownAsked = true;
        } else if (entry.what == u"ended") {
            past.downExit = data.value("exit"_L1).toInt(-1);
        } else if (entry.what == u"down-failed") {
            past.isDownAsked = false;
            past.downExit.reset();
            ++past.failedDowns;
        } else if (entry.what == u"restored") {
            past.isRestored = true;
        } else if (entry.what == u"cancel") {
            past.isCancelled = true;
        } else if (entry.what == u"overtaken") {
            past.isOvertaken = true;
        } else if (entry.what == u"finish") {
            past.isOver = true;
        }
    }
    return past;
}

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/HistoryCommand.h"

#include "app/Commands.h"
#include "app/TeamHistory.h"
#include "app/Terminal.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <cstdio>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using models::store::RunStore;
using models::store::StoreTarget;
using models::store::SyncReport;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("HistoryCommand", text);
}

int wrongWords(const QString &why = {})
{
    complain(!why.isEmpty() ? why
                            : tr("Write: proverdeck history status, history sync, or history move "
                                 "--to FILE|postgresql://USER@HOST/DATABASE [--from …]."));
    return 2;
}

int showStatus()
{
    const auto target = teamTarget();
    if (!target) {
        return wrongWords(target.error());
    }
    printText(stdout, tr("This machine: %1\n").arg(RunStore::defaultPath()));
    printText(stdout, *target ? tr("Team: %1\n").arg((*target)->shownText()) : tr("Team: none\n"));
    return 0;
}

int synchronise()
{
    const auto target = teamTarget();
    if (!target || !*target) {
        return wrongWords(target ? tr("No team's history is set. Name one in PROVERDECK_STORE, or "
                                      "in the window under Settings › History.")
                                 : target.error());
    }
    RunStore store;
    if (const auto opened = store.open(RunStore::defaultPath()); !opened) {
        complain(opened.error());
        return 1;
    }
    const QString problem = exchangeWithTeam(store);
    if (!problem.isEmpty()) {
        complain(problem);
        return 3;
    }
    printText(stdout, tr("In step with %1.\n").arg((*target)->shownText()));
    return 0;
}

/// Opens one end of a move. A source must exist.
int openEnd(RunStore &store, const QString &text, bool isSource)
{
    const auto target = StoreTarget::parse(text);
    if (!target) {
        return wrongWords(target.error());
    }
    if (isSource && !target->isPostgres && !QFileInfo::exists(target->path)) {
        return wrongWords(tr("There is no history %1.").arg(target->path));
    }
    if (const auto opened = store.open(*target); !opened) {
        complain(opened.error());
        return target->isPostgres ? 3 : 1;
    }
    return 0;
}

int move(const QString &from, const QString &to)
{
    RunStore source;
    RunStore target;
    if (const int code = openEnd(source, from, true); code != 0) {
        return code;
    }
    if (const int code = openEnd(target, to, false); code != 0) {
        return code;
    }
    const SyncReport report = copyHistory(source, target);
    if (!report.problem.isEmpty()) {
        complain(tr("The history could not be moved as a whole: %1. %2 run(s) are in %3 and were "
                    "compared; %4 is as it was. Mend that and give the command again.")
                     .arg(report.problem)
                     .arg(report.sent)
                     .arg(to, from));
        return 1;
    }
    printText(stdout,
              tr("%1 run(s) were copied to %2, and everything there was compared. %3 is as "
                 "it was.\n")
                  .arg(report.sent)
                  .arg(to, from));
    return 0;
}

} // namespace

int runHistoryCommand(const QStringList &words)
{
    if (words == QStringList{u"status"_s}) {
        return showStatus();
    }
    if (words == QStringList{u"sync"_s}) {
        return synchronise();
    }
    if (words.value(0) != u"move") {
        return wrongWords();
    }
    QString from = RunStore::defaultPath();
    QString to;
    for (qsizetype i = 1; i < words.size(); ++i) {
        QString name = words.at(i);
        QString value;
        if (const qsizetype sign = name.indexOf(u'='); sign > 0) {
            value = name.mid(sign + 1);
            name.truncate(sign);
        } else {
            value = words.value(++i);
        }
        if (value.isEmpty() || (name != u"--to" && name != u"--from")) {
            return wrongWords();
        }
        (name == u"--to" ? to : from) = value;
    }
    return to.isEmpty() || to == from ? wrongWords() : move(from, to);
}

} // namespace proverdeck::app

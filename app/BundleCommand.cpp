// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/BundleCommand.h"

#include "app/Commands.h"
#include "app/Settings.h"
#include "app/SupportBundle.h"
#include "models/store/RunStore.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonObject>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using models::report::BundleEntry;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("BundleCommand", text);
}

void list(const BundleEntry &entry)
{
    QString line = tr("%1 %2 bytes, %3 secrets masked")
                       .arg(entry.name.leftJustified(24))
                       .arg(entry.size, 10)
                       .arg(entry.redactionCount);
    if (entry.hiddenNames > 0) {
        line += tr(", %1 names replaced").arg(entry.hiddenNames);
    }
    if (entry.leftOut > 0) {
        line += tr(", the first %1 bytes are left out").arg(entry.leftOut);
    }
    complain(line);
    if (!entry.problem.isEmpty()) {
        complain(u"    "_s + entry.problem);
    }
}

} // namespace

int runBundle(const BundleRequest &request)
{
    const QString problem = models::redactionRules()->problem();
    if (!problem.isEmpty()) {
        complain(problem);
        return 2; // what the user wanted masked would not be
    }
    models::store::RunStore store;
    if (const auto opened = store.open(models::store::RunStore::defaultPath()); !opened) {
        complain(opened.error());
        return 1;
    }
    const auto record = store.load(request.runId);
    if (!record) {
        complain(record.error());
        return 2;
    }
    SupportBundle bundle({.record = *record,
                          .journal = store.journal(request.runId),
                          .servers = Settings::servers(),
                          .versions = bundleVersions(),
                          .hideNames = !request.showNames});
    const QString out = request.out.isEmpty() ? bundle.suggestedName() : request.out;
    if (!request.overwrite && QFileInfo::exists(out)) {
        complain(tr("%1 exists already. Name another file, or add --overwrite.").arg(out));
        return 2;
    }
    const QList<BundleEntry> entries = bundle.collect();
    for (const BundleEntry &entry : entries) {
        list(entry);
    }
    if (const QString why = bundle.write(out, {}, request.overwrite); !why.isEmpty()) {
        complain(why);
        return 1;
    }
    complain(tr("The support bundle is %1").arg(out));
    return 0;
}

} // namespace proverdeck::app

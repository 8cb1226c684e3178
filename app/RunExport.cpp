// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/RunExport.h"

#include "models/logs/LogFile.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonDocument>

namespace proverdeck::app {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("RunExport", text);
}

/// Each log as one plain file, whatever parts it is kept in.
QString copyLogs(const QString &from, const QString &to)
{
    const QStringList logs = models::LogFile::namesIn(from);
    for (const QString &name : logs) {
        models::LogFile log(from + u'/' + name);
        auto done = log.openExisting();
        if (done) {
            done = log.copyTo(to + u'/' + name);
        }
        if (!done) {
            return done.error();
        }
    }
    const QString metrics = u"/metrics.txt"_s;
    if (QFile::exists(from + metrics)) {
        QFile::remove(to + metrics);
        if (!QFile::copy(from + metrics, to + metrics)) {
            return tr("%1 could not be copied to %2: check the free space and the permissions.")
                .arg(from + metrics, to);
        }
    }
    return {};
}

} // namespace

QString occupiedBy(const QString &folder)
{
    for (const QString &name :
         {u"results.md"_s, u"results.csv"_s, u"results.json"_s, u"bench_results.md"_s}) {
        if (QFile::exists(folder + u'/' + name)) {
            return tr("%1 already holds results (%2). Name another folder, or add --overwrite.")
                .arg(folder, name);
        }
    }
    return {};
}

QString exportRun(const models::RunRecord &record, const QString &folder, bool overwrite)
{
    if (!overwrite) {
        if (const QString why = occupiedBy(folder); !why.isEmpty()) {
            return why;
        }
    }
    if (!QDir().mkpath(folder)) {
        return tr("The folder %1 cannot be created: check its path and permissions.").arg(folder);
    }
    const QJsonDocument json(models::report::toJson(record.result, true));
    const QList<QPair<QString, QByteArray>> files{
        {u"results.md"_s, models::report::toMarkdown(record.result).toUtf8()},
        {u"results.csv"_s, models::report::toCsv(record.result)},
        {u"results.json"_s, json.toJson()},
        {u"bench_results.md"_s, models::report::toUpstreamMarkdown(record.result).toUtf8()},
    };
    for (const auto &[name, data] : files) {
        if (const QString why
            = models::report::writeWholeFile(folder + u'/' + name, data, overwrite);
            !why.isEmpty()) {
            return why;
        }
    }
    if (QDir(folder).canonicalPath() == QDir(record.folder).canonicalPath()) {
        return {};
    }
    return copyLogs(record.folder, folder);
}

} // namespace proverdeck::app

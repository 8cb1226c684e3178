// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/RunSetup.h"

#include <QCoreApplication>
#include <QDir>
#include <QRandomGenerator>
#include <QSysInfo>

namespace proverdeck::app {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("RunSetup", text);
}

QByteArray newToken()
{
    QByteArray bytes(16, '\0');
    for (char &byte : bytes) {
        byte = char(QRandomGenerator::system()->bounded(256));
    }
    return bytes.toHex();
}

QString holderName()
{
    QString user = qEnvironmentVariable("USER");
    if (user.isEmpty()) {
        user = qEnvironmentVariable("LOGNAME", tr("somebody"));
    }
    return user + u'@' + QSysInfo::machineHostName();
}

} // namespace

models::RunOptions newRunOptions(const models::Plan &plan, models::store::RunStore &store)
{
    models::RunOptions options;
    options.id = models::store::RunStore::newRunId(plan.values.value(u"backend"_s).toString());
    options.folder = models::store::RunStore::runsFolder() + u'/' + options.id;
    options.journal = &store;
    options.token = newToken();
    options.holder = holderName();
    return options;
}

std::unique_ptr<QLockFile> lockRun(const QString &folder, QString *holder)
{
    QDir().mkpath(folder);
    auto lock = std::make_unique<QLockFile>(folder + u"/driver.lock"_s);
    lock->setStaleLockTime(0); // of a dead process only
    if (lock->tryLock(0)) {
        return lock;
    }
    qint64 pid = 0;
    QString host;
    QString name;
    if (holder != nullptr && lock->getLockInfo(&pid, &host, &name)) {
        *holder = tr("process %1 (%2) on %3").arg(QString::number(pid), name, host);
    }
    return nullptr;
}

tl::expected<Attachment, QString> prepareAttach(models::store::RunStore &store,
                                                const QString &runId)
{
    auto record = store.load(runId);
    if (!record) {
        return tl::unexpected(record.error());
    }
    record->state = store.storedState(runId);
    Attachment attachment;
    attachment.record = *record;
    attachment.options.id = runId;
    attachment.options.folder = record->folder;
    if (!models::isAttachable(record->state)) {
        return attachment; // over: there is nothing to go on with, and nothing wrong
    }
    auto plan = models::planFrom(record->blueprint);
    if (!plan) {
        return tl::unexpected(tr("Run %1 cannot be attached to. %2").arg(runId, plan.error()));
    }
    attachment.plan = std::move(*plan);
    attachment.past = models::readPast(store.journal(runId));
    attachment.options.journal = &store;
    attachment.options.token = attachment.past.token.isEmpty() ? newToken() : attachment.past.token;
    attachment.options.holder = holderName();
    attachment.lock = lockRun(record->folder, &attachment.holder);
    return attachment;
}

} // namespace proverdeck::app

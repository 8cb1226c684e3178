// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/BrokerStops.h"

#include "app/RunSetup.h"

#include <QCoreApplication>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using models::boundless::StopPast;

namespace {

const QString Prefix = u"stop-"_s;

/// Keeps the lock of a stop for as long as the stop lives.
class LockKeeper : public QObject
{
public:
    LockKeeper(std::unique_ptr<QLockFile> lock, QObject *parent)
        : QObject(parent)
        , m_lock(std::move(lock))
    {
    }

private:
    std::unique_ptr<QLockFile> m_lock;
};

} // namespace

BrokerStopSetup prepareBrokerStop(models::store::RunStore &store, const QString &host,
                                  const QString &dir, const QString &account)
{
    BrokerStopSetup setup;
    const QStringList ids = store.journalled(Prefix);
    for (const QString &id : ids) {
        const StopPast past = models::boundless::readStopPast(store.journal(id));
        if (past.isBegun && !past.isOver && past.host == host && past.dir == dir) {
            setup.options.id = id;
            setup.past = past;
            break;
        }
    }
    const models::RunOptions fresh = newRunOptions({}, store); // its id, token and holder
    if (setup.options.id.isEmpty()) {
        setup.options.id = Prefix + QString(fresh.id).replace(u"--"_s, u"-"_s);
    }
    setup.options.dir = dir;
    setup.options.account = account.isEmpty() ? setup.past.account : account;
    setup.options.journal = &store;
    setup.options.token = setup.past.token.isEmpty() ? fresh.token : setup.past.token;
    setup.options.holder = fresh.holder;
    setup.lock
        = lockRun(models::store::RunStore::runsFolder() + u'/' + setup.options.id, &setup.holder);
    return setup;
}

std::unique_ptr<models::boundless::SafeStop>
BrokerOperations::safeStop(models::boundless::BrokerServer &server,
                           models::boundless::ChainWitness *witness, QString *problem)
{
    BrokerStopSetup setup
        = prepareBrokerStop(m_store, server.host(), server.dir(),
                            m_stake != nullptr ? m_stake->load().account.toLower() : QString());
    if (!setup.lock) {
        *problem = QCoreApplication::translate("BrokerStops",
                                               "This broker is being stopped by %1 already.")
                       .arg(setup.holder);
        return nullptr;
    }
    setup.options.poll = m_poll;
    auto stop
        = std::make_unique<models::boundless::SafeStop>(server.shell(), setup.options, witness);
    if (setup.past.isBegun) {
        stop->restore(setup.past);
    }
    new LockKeeper(std::move(setup.lock), stop.get());
    return stop;
}

bool BrokerOperations::hasOpenStop(const QString &host, const QString &dir) const
{
    return openBrokerStops(m_store).contains(qMakePair(host, dir));
}

QList<QPair<QString, QString>> BrokerOperations::openStops() const
{
    return openBrokerStops(m_store);
}

QList<QPair<QString, QString>> openBrokerStops(const models::store::RunStore &store)
{
    QList<QPair<QString, QString>> open;
    const QStringList ids = store.journalled(Prefix);
    for (const QString &id : ids) {
        const StopPast past = models::boundless::readStopPast(store.journal(id));
        if (past.isBegun && !past.isOver) {
            open << qMakePair(past.host, past.dir);
        }
    }
    return open;
}

} // namespace proverdeck::app

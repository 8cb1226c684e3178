// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/DemoFleet.h"

#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace proverdeck::app::demo {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Genesis = 1'748'449'293'000; ///< of alpha-testnet, ms since 1970
constexpr qint64 EpochMs = 32 * 36'000;
constexpr qint64 BeforeEpochMs = 30'000; ///< the fleet's clock begins so long before an epoch ends

} // namespace

DemoFleet::DemoFleet(DemoHost::Options options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
}

DemoFleet::~DemoFleet()
{
    m_second.reset(); // its folder lies in the first one's
    m_first.reset();
}

QStringList DemoFleet::knownFaults()
{
    return {u"broker-unreachable"_s, u"container-restart"_s, u"job-stuck"_s, u"prover-killed"_s,
            u"wrong-port"_s};
}

QStringList DemoFleet::hosts() const
{
    return {u"machine-a"_s, u"machine-b"_s};
}

QString DemoFleet::sshConfigPath() const
{
    return m_first ? m_first->sshConfigPath() : QString();
}

DemoHost *DemoFleet::machine(const QString &name) const
{
    return name == hosts().first() ? m_first.get() : m_second.get();
}

void DemoFleet::start()
{
    for (const QString &fault : std::as_const(m_options.faults)) {
        if (!knownFaults().contains(fault)) {
            fail(tr("There is no fault called \"%1\". The fleet knows: %2.")
                     .arg(fault, knownFaults().join(u", "_s)));
            return;
        }
    }
    for (const auto &[name, port] : {std::pair(u"fleet_node_port"_s, 8080),
                                     {u"fleet_broker_port"_s, 8081},
                                     {u"fleet_dead_port"_s, 8089}}) {
        m_ports.push_back(PortReservation::near(port));
        if (!m_ports.back().isHeld()) {
            fail(tr("No free loopback port was found."));
            return;
        }
        m_options.settings.append({name, QString::number(m_ports.back().port())});
    }
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const qint64 end = Genesis + (now - Genesis) / EpochMs * EpochMs;
    m_options.settings.append({u"clock_ms"_s, QString::number(end - BeforeEpochMs)});
    m_options.settings.append({u"start_ms"_s, QString::number(now)});
    DemoHost::Options first = m_options;
    first.name = hosts().first();
    first.settings.append({u"fleet"_s, first.name});
    m_first = std::make_unique<DemoHost>(first);
    connect(m_first.get(), &DemoHost::failed, this, &DemoFleet::fail);
    connect(m_first.get(), &DemoHost::stopped, this, &DemoFleet::onStopped);
    connect(m_first.get(), &DemoHost::ready, this, &DemoFleet::startSecond);
    m_first->start();
}

void DemoFleet::startSecond()
{
    DemoHost::Options second = m_options;
    second.name = hosts().last();
    second.dir = m_first->dir() + u'/' + second.name;
    second.port = 0;
    second.settings.append({u"fleet"_s, second.name});
    m_second = std::make_unique<DemoHost>(second);
    connect(m_second.get(), &DemoHost::failed, this, &DemoFleet::fail);
    connect(m_second.get(), &DemoHost::stopped, this, &DemoFleet::onStopped);
    connect(m_second.get(), &DemoHost::ready, this, &DemoFleet::becomeReady);
    m_second->start();
}

void DemoFleet::becomeReady()
{
    QFile more(m_second->sshConfigPath());
    QFile config(m_first->sshConfigPath());
    const bool isJoined = more.open(QIODevice::ReadOnly)
        && config.open(QIODevice::WriteOnly | QIODevice::Append)
        && config.write(more.readAll()) > 0;
    if (!isJoined) {
        fail(tr("Cannot write to %1.").arg(m_first->dir()));
        return;
    }
    config.close();
    m_hasReported = true;
    const QJsonObject line{{u"fleet"_s, u"aztec"_s},
                           {u"host"_s, hosts().first()},
                           {u"hosts"_s, QJsonArray::fromStringList(hosts())},
                           {u"ssh_config"_s, sshConfigPath()},
                           {u"port"_s, m_first->port()},
                           {u"dir"_s, m_first->dir()},
                           {u"speed"_s, m_options.speed},
                           {u"faults"_s, QJsonArray::fromStringList(m_options.faults)}};
    emit ready(QJsonDocument(line).toJson(QJsonDocument::Compact));
}

void DemoFleet::fail(const QString &sentence)
{
    if (!std::exchange(m_hasReported, true)) {
        emit failed(sentence);
    }
    stop();
}

void DemoFleet::stop()
{
    if (std::exchange(m_isEnding, true)) {
        return;
    }
    if (!m_first) {
        QMetaObject::invokeMethod(this, &DemoFleet::stopped, Qt::QueuedConnection);
    } else if (m_second) {
        m_second->stop();
    } else {
        m_first->stop();
    }
}

void DemoFleet::onStopped()
{
    if (sender() == m_second.get()) {
        m_first->stop();
    } else {
        emit stopped();
    }
}

} // namespace proverdeck::app::demo

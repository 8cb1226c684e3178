// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/SystemWatch.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QNetworkInformation>
#include <QNetworkInterface>
#include <QThread>

#include <ctime>

namespace proverdeck::ssh {

using namespace std::chrono_literals;

namespace {

constexpr auto kPeriod = 2s;
constexpr std::chrono::milliseconds kSleep = 3s; // more sleep than this between two looks
constexpr std::chrono::milliseconds kStandstill = 10s; // so long without a look
constexpr std::chrono::milliseconds kJump = 30s; // of the clock on the wall, as after a VM's pause

std::chrono::milliseconds clockTime(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::milliseconds(qint64(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000);
}

/// Every address that means something outside this machine and its cable.
QByteArray addressesNow()
{
    QByteArray all;
    const QList<QNetworkInterface> interfaces = QNetworkInterface::allInterfaces();
    for (const QNetworkInterface &one : interfaces) {
        const QNetworkInterface::InterfaceFlags flags = one.flags();
        if (!flags.testFlag(QNetworkInterface::IsUp)
            || !flags.testFlag(QNetworkInterface::IsRunning)
            || flags.testFlag(QNetworkInterface::IsLoopBack)) {
            continue;
        }
        const QList<QNetworkAddressEntry> entries = one.addressEntries();
        for (const QNetworkAddressEntry &entry : entries) {
            if (!entry.ip().isLinkLocal()) {
                all += one.name().toUtf8() + ' ' + entry.ip().toString().toUtf8() + '\n';
            }
        }
    }
    return all;
}

} // namespace

SystemWatch::Source SystemWatch::system()
{
    return {.awake = [] { return clockTime(CLOCK_MONOTONIC); },
#ifdef CLOCK_BOOTTIME
            .always = [] { return clockTime(CLOCK_BOOTTIME); },
#else
            .always = [] { return clockTime(CLOCK_MONOTONIC); },
#endif
            .wall = [] { return clockTime(CLOCK_REALTIME); },
            .addresses = &addressesNow};
}

SystemWatch::SystemWatch(QObject *parent)
    : SystemWatch(system(), parent)
{
    watchReachability();
}

SystemWatch::SystemWatch(Source source, QObject *parent)
    : QObject(parent)
    , m_source(std::move(source))
    , m_timer(this)
    , m_last(times())
    , m_addresses(m_source.addresses())
{
    connect(&m_timer, &QTimer::timeout, this, &SystemWatch::look);
    m_timer.setTimerType(Qt::CoarseTimer);
    m_timer.start(kPeriod);
}

void SystemWatch::watchReachability()
{
    // Qt allows it in the application's thread only.
    const bool isPossible = QCoreApplication::instance() != nullptr
        && QThread::currentThread() == QCoreApplication::instance()->thread()
        && QNetworkInformation::loadBackendByFeatures(QNetworkInformation::Feature::Reachability);
    if (const auto *information = QNetworkInformation::instance();
        isPossible && information != nullptr) {
        connect(information, &QNetworkInformation::reachabilityChanged, this, &SystemWatch::look);
        connect(information, &QNetworkInformation::transportMediumChanged, this,
                &SystemWatch::look);
    }
}

SystemWatch::Times SystemWatch::times() const
{
    return {m_source.awake(), m_source.always(), m_source.wall()};
}

bool SystemWatch::hasSlept(const Times &now) const
{
    const std::chrono::milliseconds awake = now.awake - m_last.awake;
    const std::chrono::milliseconds always = now.always - m_last.always;
    const std::chrono::milliseconds wall = now.wall - m_last.wall;
    return always - awake > kSleep || awake > kStandstill || wall - always > kJump;
}

void SystemWatch::look()
{
    const Times now = times();
    const bool slept = hasSlept(now);
    m_last = now;
    const QByteArray addresses = m_source.addresses();
    const bool isElsewhere = addresses != m_addresses;
    m_addresses = addresses;
    if (slept || isElsewhere) {
        emit changed();
    }
}

} // namespace proverdeck::ssh

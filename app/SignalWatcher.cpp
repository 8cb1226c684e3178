// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/SignalWatcher.h"

#include <QSocketNotifier>

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

namespace proverdeck::app {

namespace {

int s_pair[2] = {-1, -1}; // NOLINT(modernize-avoid-c-arrays): socketpair() wants one

extern "C" void onSignal(int /*number*/)
{
    const char byte = 1;
    (void)!::write(s_pair[0], &byte, 1);
}

} // namespace

SignalWatcher::SignalWatcher(QObject *parent)
    : QObject(parent)
{
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, s_pair) != 0) {
        return;
    }
    m_notifier = new QSocketNotifier(s_pair[1], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        (void)!::read(s_pair[1], &byte, 1);
        emit interrupted();
    });
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        (void)std::signal(number, onSignal);
    }
    (void)std::signal(SIGPIPE, SIG_IGN);
}

SignalWatcher::~SignalWatcher()
{
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        (void)std::signal(number, SIG_DFL);
    }
    delete m_notifier;
    ::close(s_pair[0]);
    ::close(s_pair[1]);
}

} // namespace proverdeck::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/BrokerFollower.h"

#include "models/workflow/Plan.h"

using namespace std::chrono_literals;

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr auto Pause = 2s;

} // namespace

QByteArray followScript(const Checkout &checkout, const QByteArray &since, std::optional<int> tail)
{
    QByteArray script = enterScript(checkout.dir);
    script += "exec " + checkout.compose().toUtf8()
        + " logs --follow --timestamps --no-color --no-log-prefix";
    if (!since.isEmpty()) {
        script += " --since " + shellWord(QString::fromLatin1(since), InputType::Text).toUtf8();
    } else if (tail) {
        script += " --tail " + QByteArray::number(*tail);
    }
    return script + " broker\n";
}

BrokerFollower::BrokerFollower(ssh::RemoteShell &shell, Checkout checkout, std::optional<int> tail,
                               QObject *parent)
    : QObject(parent)
    , m_shell(shell)
    , m_caller(shell)
    , m_checkout(std::move(checkout))
    , m_tail(tail)
{
    m_again.setSingleShot(true);
    m_again.setInterval(Pause);
    connect(&m_again, &QTimer::timeout, this, &BrokerFollower::read);
    connect(&m_shell, &ssh::RemoteShell::opened, this, &BrokerFollower::read);
}

void BrokerFollower::start()
{
    m_isWanted = true;
    read();
}

void BrokerFollower::stop()
{
    m_isWanted = false;
    m_again.stop();
    if (m_reading) {
        m_caller.cancel(*std::exchange(m_reading, std::nullopt));
        m_log.interrupt();
    }
}

void BrokerFollower::read()
{
    if (!m_isWanted || m_reading || m_shell.state() != ssh::ConnectionState::Connected) {
        return;
    }
    const auto id = m_shell.runLoginScript(followScript(m_checkout, m_log.since(), m_tail), 0ms);
    m_reading = id;
    m_caller.stream(
        id,
        [this](const QByteArray &bytes) {
            const QByteArray lines = m_log.feed(bytes);
            if (std::exchange(m_hasTrouble, false)) {
                emit trouble({});
            }
            if (!lines.isEmpty()) {
                emit bytesCame(lines);
            }
        },
        [this](const Reply &reply) { onEnded(reply); });
}

void BrokerFollower::onEnded(const Reply &reply)
{
    m_reading.reset();
    m_log.interrupt();
    if (!m_isWanted || reply.lost()) {
        return; // opened() goes on
    }
    if (!reply.ok()) {
        m_hasTrouble = true;
        emit trouble(tr("The broker's log cannot be read: %1")
                         .arg(reply.result ? reply.firstLine() : reply.result.error().detail));
    }
    m_again.start();
}

} // namespace proverdeck::models::boundless

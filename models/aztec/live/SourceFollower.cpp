// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/live/SourceFollower.h"

#include "models/logs/LogText.h"

using namespace std::chrono_literals;

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

constexpr auto Pause = 2s;
constexpr int FileChanged = 75; ///< of followFileScript(): rotated or cut off

} // namespace

SourceFollower::SourceFollower(ssh::RemoteShell &shell, LiveSource source, QByteArray since,
                               QObject *parent)
    : QObject(parent)
    , m_shell(shell)
    , m_caller(shell)
    , m_source(std::move(source))
    , m_since(std::move(since))
    , m_stamps(m_source.kind == LiveSource::Kind::Container ? m_source.name.toUtf8() : QByteArray())
{
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &SourceFollower::read);
    connect(&m_shell, &ssh::RemoteShell::opened, this, &SourceFollower::read);
}

SourceFollower::~SourceFollower()
{
    m_shell.disconnect(this);
    if (m_reading) {
        m_caller.cancel(*m_reading);
    }
}

void SourceFollower::start()
{
    read();
}

void SourceFollower::read()
{
    if (m_reading || m_shell.state() != ssh::ConnectionState::Connected) {
        return;
    }
    const QByteArray known = m_stamps.since();
    const QByteArray script = isFile() ? followFileScript(m_source.name, m_file.place())
                                       : followScript(m_source, known.isEmpty() ? m_since : known);
    const auto id = m_shell.runLoginScript(script, 0ms);
    m_reading = id;
    m_caller.stream(
        id, [this](const QByteArray &bytes) { onBytes(bytes); },
        [this](const Reply &reply) { onEnded(reply); });
    if (m_state.phase == SourceState::Phase::Waiting) {
        setPhase(SourceState::Phase::Following);
    }
}

void SourceFollower::onBytes(const QByteArray &bytes)
{
    const QByteArray fresh = isFile() ? m_file.feed(bytes) : m_stamps.feed(bytes);
    const qint64 lines = isFile() ? m_file.lines() : m_stamps.lines();
    m_state.gaps = isFile() ? m_file.gaps() : m_stamps.gaps();
    if (fresh.isEmpty()) {
        return;
    }
    const QByteArray shown = m_redactor.feed(fresh);
    if (!shown.isEmpty()) {
        emit bytesCame(shown);
    }
    m_state.lines = lines;
    setPhase(SourceState::Phase::Following);
}

void SourceFollower::onEnded(const Reply &reply)
{
    m_reading.reset();
    const QByteArrayList said = m_stamps.takeSaid();
    m_stamps.interrupt();
    m_file.interrupt();
    if (reply.lost()) {
        setPhase(SourceState::Phase::Waiting);
        return; // opened() goes on
    }
    if (reply.ok()) {
        setPhase(SourceState::Phase::Ended);
    } else if (!(isFile() && reply.result && reply.result->code == FileChanged)) {
        const QString why
            = said.isEmpty() ? reply.why() : redactedText(plainLineFromUtf8(said.last()));
        setPhase(SourceState::Phase::Trouble, why);
    }
    m_again.start(isFile() && reply.result && reply.result->code == FileChanged ? 0ms : Pause);
}

void SourceFollower::setPhase(SourceState::Phase phase, const QString &problem)
{
    m_state.phase = phase;
    m_state.problem = problem;
    emit stateChanged();
}

} // namespace proverdeck::models::aztec

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/JobFollower.h"

#include <QTimer>

namespace proverdeck::models {

using ssh::JobStatus;

JobFollower::JobFollower(ssh::RemoteShell &shell, QByteArray jobId, quint64 offset, QObject *parent)
    : QObject(parent)
    , m_shell(shell)
    , m_jobId(std::move(jobId))
    , m_offset(offset)
{
    connect(&m_shell, &ssh::RemoteShell::output, this, &JobFollower::onOutput);
    connect(&m_shell, &ssh::RemoteShell::finished, this, &JobFollower::onFinished);
    connect(&m_shell, &ssh::RemoteShell::opened, this, &JobFollower::start);
}

void JobFollower::start()
{
    m_paused = false;
    if (m_ended || m_following || m_asking || m_shell.state() != ssh::ConnectionState::Connected) {
        return;
    }
    if (m_offset > 0) {
        askStatus(); // is it still the same file?
    } else {
        follow();
    }
}

void JobFollower::pause(quint64 offset)
{
    m_paused = true;
    m_offset = offset;
    for (auto *command : {&m_following, &m_asking}) {
        if (*command) {
            m_shell.cancel(*std::exchange(*command, std::nullopt));
        }
    }
}

void JobFollower::follow()
{
    m_following = m_shell.followJob(m_jobId, m_offset);
}

void JobFollower::askStatus()
{
    m_answer.clear();
    m_asking = m_shell.jobStatus(m_jobId);
}

void JobFollower::onOutput(ssh::CommandId id, ssh::Stream stream, const QByteArray &bytes)
{
    if (stream != ssh::Stream::Stdout) {
        if (m_following == id
            && bytes.contains("truncated")) { // tail, or the helper: cut meanwhile
            m_shell.cancel(id);
        }
        return; // otherwise the heartbeat of the log reader
    }
    if (m_following == id) {
        m_offset += quint64(bytes.size());
        m_emptyRounds = 0;
        emit bytesCame(bytes);
    } else if (m_asking == id) {
        m_answer += bytes;
    }
}

void JobFollower::onFinished(ssh::CommandId id, const ssh::Result<ssh::ExitStatus> &result)
{
    if (m_following == id) {
        m_following.reset();
        if (m_shell.state() == ssh::ConnectionState::Connected) {
            askStatus();
        }
        return;
    }
    if (m_asking != id) {
        return;
    }
    m_asking.reset();
    const auto status = result ? ssh::parseJobStatus(m_answer) : std::nullopt;
    if (status) {
        judge(*status);
    } else if (m_shell.state() == ssh::ConnectionState::Connected && !m_paused) {
        QTimer::singleShot(1000, this, &JobFollower::start);
    }
}

void JobFollower::judge(const JobStatus &status)
{
    const bool over = status.state == JobStatus::State::Done
        || status.state == JobStatus::State::Lost || status.state == JobStatus::State::Rebooted
        || status.state == JobStatus::State::None;
    const bool otherFile = m_inode != 0 && status.inode != 0 && status.inode != m_inode;
    if (status.state != JobStatus::State::None && (otherFile || status.size < m_offset)) {
        m_inode = status.inode;
        m_offset = 0;
        m_emptyRounds = 0;
        emit replaced();
        follow();
        return;
    }
    m_inode = status.inode != 0 ? status.inode : m_inode;
    if (over && (m_offset >= status.size || m_emptyRounds >= 3)) {
        m_ended = true;
        emit ended(status);
        return;
    }
    if (m_emptyRounds == 0 || (m_offset < status.size && m_emptyRounds < 3)) {
        ++m_emptyRounds;
        follow();
        return;
    }
    ++m_emptyRounds;
    QTimer::singleShot(1000, this, [this] {
        if (!m_paused && !m_following && !m_asking
            && m_shell.state() == ssh::ConnectionState::Connected) {
            follow();
        }
    });
}

} // namespace proverdeck::models

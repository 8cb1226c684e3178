// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteShell.h"

#include <QObject>

namespace proverdeck::models {

/// Follows the log of one durable job by byte offset until the job has ended and every byte has
/// come.
///
/// Lives in the GUI thread. When the connection is lost it waits for RemoteShell::opened() and goes
/// on at the exact byte. A file that was cut or replaced on the server is read again from its first
/// byte, after replaced(). Ends with exactly one ended(), unless it is destroyed first.
class JobFollower : public QObject
{
    Q_OBJECT

public:
    /// @p shell must outlive the follower.
    JobFollower(ssh::RemoteShell &shell, QByteArray jobId, quint64 offset = 0,
                QObject *parent = nullptr);

    void start();
    /// Stops reading; what was received after @p offset is fetched again by the next start().
    void pause(quint64 offset);
    [[nodiscard]] quint64 offset() const { return m_offset; }
    [[nodiscard]] const QByteArray &jobId() const { return m_jobId; }

signals:
    void bytesCame(const QByteArray &bytes);
    void replaced();
    void ended(const proverdeck::ssh::JobStatus &status);

private:
    void follow();
    void askStatus();
    void onOutput(ssh::CommandId id, ssh::Stream stream, const QByteArray &bytes);
    void onFinished(ssh::CommandId id, const ssh::Result<ssh::ExitStatus> &result);
    void judge(const ssh::JobStatus &status);

    ssh::RemoteShell &m_shell;
    QByteArray m_jobId;
    quint64 m_offset = 0;
    std::optional<ssh::CommandId> m_following;
    std::optional<ssh::CommandId> m_asking;
    QByteArray m_answer;
    quint64 m_inode = 0; ///< of the file that the offset counts in; 0: not known yet
    int m_emptyRounds = 0;
    bool m_ended = false;
    bool m_paused = false;
};

} // namespace proverdeck::models

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/live/FileJoin.h"
#include "models/aztec/live/StampJoin.h"
#include "models/logs/Redactor.h"
#include "models/run/Caller.h"

#include <QTimer>

namespace proverdeck::models::aztec {

/// How a source is doing.
struct SourceState
{
    enum class Phase {
        Waiting, ///< for the connection, or for its turn
        Following,
        Ended, ///< its container does not run; asked again every few seconds
        Trouble, ///< the sentence says why; asked again, too
    };
    Phase phase = Phase::Waiting;
    qint64 lines = 0;
    int gaps = 0; ///< times when the server no longer had what came after the last known line
    QString problem;
    bool operator==(const SourceState &) const = default;
};

/// Follows one log of a server for as long as it lives.
///
/// Lives in the GUI thread. After a lost connection it waits for RemoteShell::opened() and goes on
/// so that no record is missing and none is twice. Secrets are masked in what it gives out.
class SourceFollower : public QObject
{
    Q_OBJECT

public:
    /// @p shell must outlive the follower. @p since: docker's --since of the first reading, such as
    /// "3h"; empty: all that the server has. Files are always read from their beginning.
    SourceFollower(ssh::RemoteShell &shell, LiveSource source, QByteArray since,
                   QObject *parent = nullptr);
    ~SourceFollower() override;

    void start();
    [[nodiscard]] const LiveSource &source() const { return m_source; }
    [[nodiscard]] const SourceState &state() const { return m_state; }

signals:
    /// Complete lines of containers; of a file its bytes as they come.
    void bytesCame(const QByteArray &bytes);
    void stateChanged();

private:
    void read();
    void onBytes(const QByteArray &bytes);
    void onEnded(const Reply &reply);
    void setPhase(SourceState::Phase phase, const QString &problem = {});
    [[nodiscard]] bool isFile() const { return m_source.kind == LiveSource::Kind::File; }

    ssh::RemoteShell &m_shell;
    Caller m_caller;
    LiveSource m_source;
    QByteArray m_since;
    StampJoin m_stamps;
    FileJoin m_file;
    Redactor m_redactor;
    SourceState m_state;
    std::optional<ssh::CommandId> m_reading;
    QTimer m_again;
};

} // namespace proverdeck::models::aztec

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/live/Diagnosis.h"
#include "models/aztec/live/MachineProbe.h"
#include "models/aztec/live/SourceFollower.h"

#include <QElapsedTimer>
#include <QTimer>

#include <memory>
#include <vector>

namespace proverdeck::models::aztec {

/// What is watched on a server.
struct WatchChoice
{
    QString host;
    bool isAll = true; ///< every container of an Aztec prover, also those that come later
    QList<LiveSource> sources; ///< these as well
    QByteArray since; ///< how far back, as docker's --since ("3h"); empty: all that is there
    bool operator==(const WatchChoice &) const = default;
};

/// One server with Aztec provers, watched for as long as this lives: its logs line by line, its
/// containers every few seconds.
///
/// Lives in the GUI thread and changes nothing on the server. A lost connection is taken up again
/// after 1, 2, 5, 10, then every 30 seconds, and at once when this computer woke up or its network
/// changed; logs go on where they were.
class MachineWatch : public QObject
{
    Q_OBJECT

public:
    enum class Link {
        Connecting,
        Connected,
        Reconnecting, ///< see retryIn()
        Failed, ///< only a person can mend it; retry() tries again
    };

    MachineWatch(std::unique_ptr<ssh::RemoteShell> shell, WatchChoice choice,
                 std::chrono::milliseconds statusEvery = std::chrono::seconds(10),
                 QObject *parent = nullptr);
    ~MachineWatch() override;

    void start();
    void retry();
    /// Asks each worker's way to its broker; diagnosed() answers. Without a connection it says so.
    void diagnose();

    [[nodiscard]] QString host() const { return m_choice.host; }
    [[nodiscard]] const WatchChoice &choice() const { return m_choice; }
    [[nodiscard]] Link link() const { return m_link; }
    [[nodiscard]] std::optional<std::chrono::seconds> retryIn() const;
    /// Why there is no connection, or what docker says; empty if all is well.
    [[nodiscard]] const QString &problem() const { return m_problem; }
    [[nodiscard]] const std::optional<MachineStatus> &status() const { return m_status; }
    [[nodiscard]] const std::vector<std::unique_ptr<SourceFollower>> &sources() const
    {
        return m_sources;
    }
    /// The docker daemon's clock now, from its last answer on; ms since 1970.
    [[nodiscard]] std::optional<qint64> nowMs() const;

signals:
    void changed();
    /// Lines of one of its logs, secrets masked. @p source is toWord()'s.
    void bytesCame(const QString &source, const QByteArray &bytes);
    void statusCame(const proverdeck::models::aztec::MachineStatus &status);
    void diagnosed(const tl::expected<proverdeck::models::aztec::Diagnosis, QString> &result);

private:
    void onOpened();
    void onTrouble(const ssh::Error &error);
    void askStatus();
    void follow(const LiveSource &source);

    std::unique_ptr<ssh::RemoteShell> m_shell;
    Caller m_caller;
    WatchChoice m_choice;
    std::vector<std::unique_ptr<SourceFollower>> m_sources;
    std::optional<MachineStatus> m_status;
    QElapsedTimer m_sinceStatus;
    QString m_problem;
    Link m_link = Link::Connecting;
    QTimer m_statusTimer;
    QTimer m_reconnect;
    int m_attempt = 0;
    bool m_isAsking = false;
};

} // namespace proverdeck::models::aztec

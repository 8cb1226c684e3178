// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerDb.h"
#include "models/boundless/ops/BrokerFollower.h"
#include "models/boundless/ops/StackStatus.h"
#include "models/logs/Redactor.h"
#include "models/run/Caller.h"
#include "models/series/GpuSamples.h"

#include <QElapsedTimer>
#include <QTimer>

#include <array>
#include <memory>

namespace proverdeck::models::boundless {

/// One server with a Boundless checkout, looked at for as long as this lives: containers every few
/// seconds, the broker's log line by line, its database now and then, the GPUs each second.
///
/// Lives in the GUI thread and changes nothing on the server. A lost connection is taken up again.
class BrokerServer : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        std::chrono::milliseconds statusEvery{10'000};
        std::chrono::milliseconds databaseEvery{60'000};
        int logTail = 5000; ///< lines of the past
    };

    BrokerServer(std::unique_ptr<ssh::RemoteShell> shell, QString dir, Options options,
                 QObject *parent = nullptr);
    ~BrokerServer() override;

    void start();
    /// Looks at the containers now.
    void refresh();

    [[nodiscard]] ssh::RemoteShell &shell() { return *m_shell; }
    [[nodiscard]] QString host() const { return m_shell->hostName(); }
    [[nodiscard]] const QString &dir() const { return m_dir; }
    [[nodiscard]] const std::optional<Checkout> &checkout() const { return m_checkout; }
    [[nodiscard]] const std::optional<StackStatus> &status() const { return m_status; }
    /// Why the values are not of now, or not there; empty if all is well.
    [[nodiscard]] const QString &problem() const { return m_problem; }
    /// The server's clock now, from its last answer on.
    [[nodiscard]] std::optional<qint64> nowMs() const;

signals:
    void changed();
    /// Complete lines, secrets masked.
    void logCame(const QByteArray &bytes);
    void databaseCame(const proverdeck::models::boundless::DbSnapshot &snapshot);
    void gpuSampled(const QList<proverdeck::models::series::GpuSample> &samples);

private:
    void onOpened();
    void onTrouble(const ssh::Error &error);
    void ask(ssh::CommandId id, const std::function<void(const Reply &)> &done);
    void askCheckout();
    void askStatus();
    void askDatabase();
    void sampleGpus();
    void setProblem(const QString &problem);

    std::unique_ptr<ssh::RemoteShell> m_shell;
    Caller m_caller;
    QString m_dir;
    Options m_options;
    std::optional<Checkout> m_checkout;
    std::optional<StackStatus> m_status;
    QString m_problem;
    std::unique_ptr<BrokerFollower> m_follower;
    Redactor m_redactor;
    series::GpuSampleReader m_gpuReader;
    std::optional<ssh::CommandId> m_gpuSampler;
    QElapsedTimer m_sinceStatus;
    QTimer m_statusTimer;
    QTimer m_databaseTimer;
    QTimer m_reconnect;
    int m_attempt = 0;
    bool m_isAsking = false;
};

} // namespace proverdeck::models::boundless

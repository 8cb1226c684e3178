// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/BrokerStops.h"
#include "models/boundless/ops/StakeWitness.h"
#include "ssh/SshShell.h"

#include <QElapsedTimer>
#include <QObject>

class QCoreApplication;

namespace proverdeck::app {

/// What `proverdeck broker status` and `broker stop` were asked.
struct BrokerRequest
{
    enum class Command { Help, Status, Stop };
    Command command = Command::Status;
    QString host;
    QString dir = QStringLiteral("~/boundless");
    QString account;
    QString sshConfig;
    QStringList trusted;
    QString format = QStringLiteral("text");
    std::chrono::milliseconds poll{15'000};
    std::chrono::seconds patience{180}; ///< so long nobody may be able to judge
    QString help;
    /// Stop: whose locks the chain is asked for; nothing: it is not asked.
    std::optional<models::boundless::StakeTarget> chain;
    models::evm::RpcUrl endpoint;
};

/// Reads what follows "proverdeck broker". The error is a sentence; exit with 2.
[[nodiscard]] tl::expected<BrokerRequest, QString> parseBrokerRequest(const QStringList &arguments);
/// Runs it with an event loop of the application; the exit status.
[[nodiscard]] int runBrokerRequest(QCoreApplication &application, const BrokerRequest &request);

/// One of these commands: progress on stderr, the answer on stdout. Ends with exactly one
/// finished(exit status).
class BrokerCommand : public QObject
{
    Q_OBJECT

public:
    explicit BrokerCommand(BrokerRequest request, QObject *parent = nullptr);
    ~BrokerCommand() override;

    void start();
    /// First Ctrl-C: a stop that still waits is given up and the limit set back; second: leave.
    void interrupt();

signals:
    void finished(int exitCode);

private:
    void askStatus();
    void onCheckout(const models::Reply &reply);
    void onStatus(const models::Reply &reply);
    void printStatus(const models::boundless::StackStatus &status) const;
    void startStop();
    void onStopState();
    void onJudged();
    void onStopped(models::boundless::StopState state);
    void printStop(models::boundless::StopState state) const;
    void say(const QString &line) const;
    void end(int code);

    BrokerRequest m_request;
    models::store::RunStore m_store; // outlives the stop that writes into it
    BrokerStopSetup m_setup;
    std::unique_ptr<ssh::SshShell> m_shell;
    std::unique_ptr<models::Caller> m_caller;
    std::unique_ptr<models::boundless::StakeWatch> m_watch; // both outlive the stop
    std::unique_ptr<models::boundless::StakeWitness> m_witness;
    std::unique_ptr<models::boundless::SafeStop> m_stop;
    models::boundless::Checkout m_checkout;
    QString m_lastLine;
    QElapsedTimer m_unknown; ///< since when nobody can judge
    int m_interrupts = 0;
    bool m_hasEnded = false;
};

} // namespace proverdeck::app

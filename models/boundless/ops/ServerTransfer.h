// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/TransferPlan.h"
#include "models/boundless/ops/CliAnswer.h"
#include "models/boundless/ops/TransferScript.h"
#include "models/run/Caller.h"
#include "models/run/JobFollower.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace proverdeck::models::boundless {

/// Deposits and withdraws by the `boundless` program of a prover's server, with the key that lies
/// there.
///
/// The server's own environment file is sourced there; the key is on no command line and does not
/// leave the server. Where the server has no key, one can be handed over for one command: it goes
/// over the standard input of the channel into that command's environment, and is forgotten here.
///
/// Lives in the GUI thread; @c shell must be connected when run() is called and outlive this. First
/// the server is asked which chain its RPC endpoint serves and for which account the program acts:
/// if that is not the plan's, nothing is sent; the chain is proved once more in the very shell that
/// sends (see TransferScript). The
/// transfer is a durable job, so a lost connection does not end it, and its outcome is known when
/// the connection is back within an hour; one with a key that was handed over is no such job, and a
/// lost connection makes its outcome unknown.
class ServerTransfer : public QObject, public TransferRunner
{
    Q_OBJECT

public:
    struct Options
    {
        QString id; ///< of the job, new for each transfer; [A-Za-z0-9-]
        /// One of Checkout::keyFiles, or another file below the checkout; empty with a key.
        QString environmentFile;
        QByteArray key; ///< handed over; 64 hexadecimal digits, with or without 0x
        QString rpcUrl; ///< only with a key, if no file says it
    };

    ServerTransfer(ssh::RemoteShell &shell, Checkout checkout, Options options,
                   QObject *parent = nullptr);
    ~ServerTransfer() override;

    [[nodiscard]] QString name() const override;
    /// At most once.
    void run(const TransferPlan &plan, Ended ended) override;

signals:
    /// What the program prints, secrets masked.
    void output(const QByteArray &bytes);

private:
    [[nodiscard]] TransferScript script(bool hasKey) const;
    [[nodiscard]] QString problemOf(const TransferPlan &plan) const;
    using BalanceAnswer = std::function<void(const tl::expected<CliBalance, QString> &)>;
    void askBalance(const BalanceAnswer &answer);
    void checkAccount();
    void sendAsJob();
    void startJob(const QByteArray &job);
    void sendOnce();
    void onJobEnded(const ssh::JobStatus &status);
    void end(const TransferOutcome &outcome);

    ssh::RemoteShell &m_shell;
    Caller m_caller;
    Checkout m_checkout;
    Options m_options;
    TransferPlan m_plan;
    Ended m_ended;
    std::unique_ptr<JobFollower> m_follower;
    QByteArray m_output;
    QTimer m_limit;
    bool m_hasRun = false;
    bool m_isForestalled = false;
};

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/TransferServer.h"
#include "models/boundless/ops/ServerTransfer.h"

#include <QTimer>

#include <memory>

namespace proverdeck::models::boundless {

/// One transfer on a server, from the login to the outcome, over a connection of its own: it does
/// not depend on which server a window shows meanwhile.
///
/// Lives in the GUI thread. A connection that is lost before anything was begun ends it as not
/// sent; afterwards it is taken up again, as ServerTransfer wants. Destroying it ends nothing on
/// the server but a command with a key that was handed over.
class TransferSession : public QObject, public TransferRunner
{
    Q_OBJECT

public:
    /// @p shell is not connected yet; @p dir is the checkout, "~/boundless".
    TransferSession(std::unique_ptr<ssh::RemoteShell> shell, QString dir, TransferKey key,
                    QObject *parent = nullptr);
    ~TransferSession() override;

    [[nodiscard]] QString name() const override;
    /// At most once.
    void run(const TransferPlan &plan, Ended ended) override;
    /// The login has failed: nothing was sent, and the server is the reason.
    [[nodiscard]] bool wasNeverIn() const { return m_wasNeverIn; }

signals:
    /// What the program prints, secrets masked.
    void output(const QByteArray &bytes);

private:
    void onOpened();
    void onOpenFailed(const ssh::Error &error);
    void onLost(const ssh::Error &error);
    void reconnectLater();
    void onCheckout(const Reply &reply);
    [[nodiscard]] tl::expected<ServerTransfer::Options, QString>
    optionsFor(const Checkout &checkout) const;
    void end(const TransferOutcome &outcome);

    std::unique_ptr<ssh::RemoteShell> m_shell;
    Caller m_caller;
    QString m_dir;
    TransferKey m_key;
    TransferPlan m_plan;
    Ended m_ended;
    std::unique_ptr<ServerTransfer> m_transfer;
    QTimer m_reconnect;
    int m_attempt = 0;
    bool m_wasNeverIn = false;
};

/// Which environment file is sourced: the named one, else the only one with a key, or with a
/// handed-over key the only one with an RPC endpoint; empty: none. The error is a sentence.
[[nodiscard]] tl::expected<QString, QString> environmentFileFor(const Checkout &checkout,
                                                                const TransferKey &key);

} // namespace proverdeck::models::boundless

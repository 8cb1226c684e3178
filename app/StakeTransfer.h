// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/StakeArguments.h"
#include "app/StakeSettings.h"
#include "models/boundless/ops/TransferSession.h"

#include <QSocketNotifier>

#include <memory>

namespace proverdeck::app {

class KeychainSecretStore;

/// The part of "stake deposit|withdraw --host" that moves money: the person's word, the note that
/// holds a second one back, the server's program, and the chain's word on what became of it.
///
/// GUI thread; ends with exactly one finished(exit status).
class StakeTransfer : public QObject
{
    Q_OBJECT

public:
    /// @p watch must outlive it and have read everything.
    StakeTransfer(const StakeRequest &request, models::boundless::StakeWatch &watch,
                  QObject *parent = nullptr);
    ~StakeTransfer() override;

    /// @p plan is possible.
    void start(const models::boundless::TransferPlan &plan);
    /// Nothing was sent if it was not confirmed yet; otherwise it goes on without this program.
    void interrupt();
    /// The watch has read something new.
    void look();

signals:
    void finished(int code);

private:
    void ask();
    void onInput();
    void findKey();
    void submit(const models::boundless::TransferKey &key);
    void onEnded(const models::boundless::TransferOutcome &outcome);
    void report(models::boundless::TransferState state, const QString &text);
    void end(int code);

    StakeRequest m_request;
    models::boundless::StakeWatch &m_watch;
    StakeSettings m_settings;
    std::unique_ptr<KeychainSecretStore> m_keychain;
    models::boundless::TransferPlan m_plan;
    std::unique_ptr<models::boundless::TransferSession> m_session;
    std::unique_ptr<QSocketNotifier> m_input;
    QByteArray m_typed;
    std::optional<models::boundless::TransferOutcome> m_outcome;
    QTimer m_patience;
    bool m_isSubmitted = false;
    bool m_isOver = false;
};

} // namespace proverdeck::app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/SecretStore.h"
#include "models/store/HistorySync.h"
#include "ui/TeamHistory.h"

#include <QThread>
#include <QTimer>

#include <optional>

namespace proverdeck::app {

/// The team's history that the environment (PROVERDECK_STORE) or the settings name; none if neither
/// does. An error if what they say is not understood.
[[nodiscard]] tl::expected<std::optional<models::store::StoreTarget>, QString> teamTarget();

/// For commands without a window: brings @p store and the team's history into step, if there is a
/// team, with the password that libpq finds. Blocks. A sentence if that could not be done.
[[nodiscard]] QString exchangeWithTeam(models::store::RunStore &store);

/// Keeps the history of this machine and the team's in step: when a run has ended, and every
/// minute. A worker thread with connections of its own does it. GUI thread; its end waits for a
/// server that is in the middle of an answer, for some seconds at most.
class TeamHistory : public ui::TeamHistory
{
    Q_OBJECT

public:
    /// Both must outlive it.
    TeamHistory(models::store::RunStore &local, models::SecretStore &secrets);
    ~TeamHistory() override;

    void start();
    [[nodiscard]] State state() const override;
    void setTeam(const QString &address, const QString &password, const Done &answer) override;
    void exchange() override;

private:
    void run(const QString &password);
    void onDone(const models::store::SyncReport &report);
    [[nodiscard]] static QString keyOf(const models::store::StoreTarget &target);

    models::store::RunStore &m_local;
    models::SecretStore &m_secrets;
    std::optional<models::store::StoreTarget> m_target;
    bool m_isFixed = false;
    bool m_isBusy = false;
    bool m_isWanted = false; ///< again, after this one
    bool m_isTelling = false;
    QString m_problem;
    QDateTime m_inStep;
    QTimer m_regular;
    QTimer m_soon;
    QThread m_thread;
    QObject m_worker; ///< lives in the thread
};

} // namespace proverdeck::app

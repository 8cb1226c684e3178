// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/SecretStore.h"
#include "models/boundless/StakeStore.h"
#include "models/run/Run.h"
#include "models/store/RunStore.h"
#include "ui/dialogs/SupportBundleDialog.h"

#include <functional>
#include <memory>

namespace proverdeck::ui {

class OperationsServices;
class TableMemory;
class TeamHistory;

/// What the window needs from the program around it. Implemented in app/.
/// GUI thread only; outlives every window.
class Services
{
public:
    Services() = default;
    Services(const Services &) = delete;
    Services &operator=(const Services &) = delete;
    virtual ~Services() = default;

    /// Names to offer in the server field: from the ssh configuration and from past runs.
    [[nodiscard]] virtual QStringList hosts() const = 0;
    /// Remembers a server by name.
    virtual void addHost(const QString &host) = 0;
    /// A shell for the host, not connected yet; its questions are already answered by dialogs.
    [[nodiscard]] virtual std::unique_ptr<ssh::RemoteShell> shellFor(const QString &host) = 0;
    /// The ssh configuration file that belongs to the host; empty: the user's own.
    [[nodiscard]] virtual QString sshConfigFor(const QString &host) const = 0;
    /// Starts a run that the services own; it goes on when the window is closed to detach.
    virtual models::Run *startRun(const models::Plan &plan) = 0;
    /// Goes on with a run of the history that an earlier program left, or watches it while another
    /// one drives it. Null with a sentence in @p problem if that cannot be.
    virtual models::Run *attachRun(const QString &id, QString *problem) = 0;
    /// Looks on at a run that another person or machine drives: see models::ForeignRun.
    virtual models::Run *watchRun(const models::Plan &plan, const QString &id) = 0;
    /// The run with this id if it is being driven by this program, else null.
    [[nodiscard]] virtual models::Run *liveRun(const QString &id) const = 0;
    [[nodiscard]] virtual models::store::RunStore &store() = 0;
    /// Empty, or why it could not be done.
    [[nodiscard]] virtual QString exportRun(const models::RunRecord &record, const QString &folder,
                                            bool overwrite)
        = 0;
    /// Makes the support bundle of a run of the history.
    [[nodiscard]] virtual std::unique_ptr<BundleMaker> bundleMaker(const QString &runId) = 0;
    /// Starts the demo host if it is not running; answers with its host name, or with why not.
    using DemoAnswer = std::function<void(const QString &host, const QString &problem)>;
    virtual void startDemo(const DemoAnswer &answer) = 0;
    /// What the stake page remembers, and where secrets are kept; null: nothing is remembered.
    [[nodiscard]] virtual models::boundless::StakeStore *stakeStore() { return nullptr; }
    [[nodiscard]] virtual models::SecretStore *secrets() { return nullptr; }
    /// Which servers the Aztec page watched the last time, as WatchDialog writes it.
    [[nodiscard]] virtual QStringList watchedServers() const { return {}; }
    virtual void setWatchedServers(const QStringList & /*texts*/) { }
    /// How somebody arranged the tables; null: it is not remembered.
    [[nodiscard]] virtual TableMemory *tableMemory() { return nullptr; }
    /// Null: the history is of this machine only.
    [[nodiscard]] virtual TeamHistory *teamHistory() { return nullptr; }
    /// What the page of a Boundless server needs; null: there is no such page.
    [[nodiscard]] virtual OperationsServices *operations() { return nullptr; }
};

} // namespace proverdeck::ui

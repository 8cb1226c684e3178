// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/StakeStore.h"
#include "models/boundless/ops/SafeStop.h"
#include "models/store/RunStore.h"
#include "ui/boundless/OperationsPage.h"

#include <QLockFile>

#include <memory>

namespace proverdeck::app {

/// A safe stop that begins now, or one that an earlier program left.
struct BrokerStopSetup
{
    models::boundless::StopOptions options;
    models::boundless::StopPast past; ///< of the one that is gone on with
    std::unique_ptr<QLockFile> lock; ///< null: another process of this machine drives it
    QString holder; ///< which one
};

/// The unfinished safe stop of this checkout if the journal has one, else a new one.
[[nodiscard]] BrokerStopSetup prepareBrokerStop(models::store::RunStore &store, const QString &host,
                                                const QString &dir, const QString &account);
/// What the window's page of operations needs. @c store outlives it.
class BrokerOperations : public ui::OperationsServices
{
public:
    /// @p stake knows the prover's account; null: nobody does. Outlives it.
    explicit BrokerOperations(models::store::RunStore &store,
                              const models::boundless::StakeStore *stake = nullptr,
                              std::chrono::milliseconds poll = std::chrono::seconds(15))
        : m_store(store)
        , m_stake(stake)
        , m_poll(poll)
    {
    }
    [[nodiscard]] std::unique_ptr<models::boundless::SafeStop>
    safeStop(models::boundless::BrokerServer &server, models::boundless::ChainWitness *witness,
             QString *problem) override;
    [[nodiscard]] bool hasOpenStop(const QString &host, const QString &dir) const override;
    [[nodiscard]] QList<QPair<QString, QString>> openStops() const override;

private:
    models::store::RunStore &m_store;
    const models::boundless::StakeStore *m_stake;
    std::chrono::milliseconds m_poll;
};

/// Unfinished safe stops of this computer: host and folder.
[[nodiscard]] QList<QPair<QString, QString>> openBrokerStops(const models::store::RunStore &store);

} // namespace proverdeck::app

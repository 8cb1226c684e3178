// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/TransferServer.h"
#include "models/boundless/ops/Checkout.h"

namespace proverdeck::ui {

class Services;

/// The server that the Boundless page shows, for transfers. Each one gets a connection of its own.
class ShownServer : public models::boundless::TransferServer
{
public:
    /// @p services must outlive it.
    ShownServer(Services &services, QString host, models::boundless::Checkout checkout);

    [[nodiscard]] QString name() const override;
    [[nodiscard]] QStringList keyFiles() const override { return m_checkout.keyFiles; }
    [[nodiscard]] std::unique_ptr<models::boundless::TransferRunner>
    runner(const models::boundless::TransferKey &key) override;

private:
    Services &m_services;
    QString m_host;
    models::boundless::Checkout m_checkout;
};

} // namespace proverdeck::ui

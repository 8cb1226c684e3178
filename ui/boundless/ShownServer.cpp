// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/ShownServer.h"

#include "models/boundless/ops/TransferSession.h"
#include "ui/Services.h"

#include <QCoreApplication>

namespace proverdeck::ui {

ShownServer::ShownServer(Services &services, QString host, models::boundless::Checkout checkout)
    : m_services(services)
    , m_host(std::move(host))
    , m_checkout(std::move(checkout))
{
}

QString ShownServer::name() const
{
    return QCoreApplication::translate("ShownServer", "the boundless program on %1").arg(m_host);
}

std::unique_ptr<models::boundless::TransferRunner>
ShownServer::runner(const models::boundless::TransferKey &key)
{
    return std::make_unique<models::boundless::TransferSession>(m_services.shellFor(m_host),
                                                                m_checkout.dir, key);
}

} // namespace proverdeck::ui

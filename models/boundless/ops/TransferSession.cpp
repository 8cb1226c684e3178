// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/TransferSession.h"

#include <QCoreApplication>
#include <QUuid>

#include <algorithm>
#include <array>
#include <iterator>

using namespace std::chrono_literals;

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using Outcome = TransferOutcome;

namespace {

constexpr auto CheckoutTime = 60s;
constexpr std::array<int, 5> ReconnectSeconds{1, 2, 5, 10, 30};

QString tr(const char *text)
{
    return QCoreApplication::translate("TransferSession", text);
}

} // namespace

tl::expected<QString, QString> environmentFileFor(const Checkout &checkout, const TransferKey &key)
{
    if (!key.environmentFile.isEmpty()) {
        return key.environmentFile;
    }
    const bool isHandedOver = !key.secret.isEmpty();
    const QStringList &files = isHandedOver ? checkout.rpcFiles : checkout.keyFiles;
    QStringList complete;
    std::ranges::copy_if(files, std::back_inserter(complete), [&checkout](const QString &file) {
        return checkout.rpcFiles.contains(file);
    });
    if (files.size() == 1 || complete.size() == 1) {
        return complete.value(0, files.first());
    }
    if (isHandedOver && files.isEmpty()) {
        return QString();
    }
    if (files.isEmpty()) {
        return tl::unexpected(tr("no environment file in %1 holds a key. Give the program one for "
                                 "this one command, or use your own wallet")
                                  .arg(checkout.path));
    }
    return tl::unexpected(
        tr("several environment files could be meant (%1): name one").arg(files.join(u", "_s)));
}

TransferSession::TransferSession(std::unique_ptr<ssh::RemoteShell> shell, QString dir,
                                 TransferKey key, QObject *parent)
    : QObject(parent)
    , m_shell(std::move(shell))
    , m_caller(*m_shell)
    , m_dir(std::move(dir))
    , m_key(std::move(key))
{
    m_reconnect.setSingleShot(true);
    connect(&m_reconnect, &QTimer::timeout, m_shell.get(), &ssh::RemoteShell::open);
    connect(m_shell.get(), &ssh::RemoteShell::opened, this, &TransferSession::onOpened);
    connect(m_shell.get(), &ssh::RemoteShell::openFailed, this, &TransferSession::onOpenFailed);
    connect(m_shell.get(), &ssh::RemoteShell::connectionLost, this, &TransferSession::onLost);
}

TransferSession::~TransferSession()
{
    m_shell->disconnect(this);
    m_key.secret.fill('0');
}

QString TransferSession::name() const
{
    return tr("the boundless program on %1").arg(m_shell->hostName());
}

void TransferSession::run(const TransferPlan &plan, Ended ended)
{
    m_plan = plan;
    m_ended = std::move(ended);
    m_shell->open();
}

void TransferSession::onOpened()
{
    m_attempt = 0;
    if (m_transfer) {
        return; // it goes on by itself
    }
    m_caller.call(m_shell->runLoginScript(checkoutScript(m_dir), CheckoutTime),
                  [this](const Reply &reply) { onCheckout(reply); });
}

void TransferSession::onOpenFailed(const ssh::Error &error)
{
    if (!m_transfer) {
        m_wasNeverIn = true;
        end({Outcome::Kind::NotSent, tr("Nothing was sent: %1").arg(error.detail)});
    } else {
        reconnectLater(); // ServerTransfer says when it has been too long
    }
}

void TransferSession::onLost(const ssh::Error & /*error*/)
{
    if (m_transfer) {
        reconnectLater();
    }
}

void TransferSession::reconnectLater()
{
    const auto last = ReconnectSeconds.size() - 1;
    const auto index = std::min<std::size_t>(std::size_t(m_attempt++), last);
    m_reconnect.start(std::chrono::seconds(ReconnectSeconds.at(index)));
}

tl::expected<ServerTransfer::Options, QString>
TransferSession::optionsFor(const Checkout &checkout) const
{
    const auto file = environmentFileFor(checkout, m_key);
    if (!file) {
        return tl::unexpected(file.error());
    }
    // The server's own endpoint is the better one: it is what the broker uses.
    const bool isNamedThere = checkout.rpcFiles.contains(*file);
    return ServerTransfer::Options{
        u"transfer-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces), *file, m_key.secret,
        m_key.secret.isEmpty() || isNamedThere ? QString() : m_key.rpcUrl};
}

void TransferSession::onCheckout(const Reply &reply)
{
    const auto checkout = reply.result ? parseCheckout(m_dir, reply.out)
                                       : tl::unexpected(reply.result.error().detail);
    const auto options = checkout ? optionsFor(*checkout) : tl::unexpected(checkout.error());
    if (!options) {
        end({Outcome::Kind::NotSent, tr("Nothing was sent: %1.").arg(options.error())});
        return;
    }
    m_transfer = std::make_unique<ServerTransfer>(*m_shell, *checkout, *options);
    connect(m_transfer.get(), &ServerTransfer::output, this, &TransferSession::output);
    m_transfer->run(m_plan, [this](const TransferOutcome &outcome) { end(outcome); });
}

void TransferSession::end(const TransferOutcome &outcome)
{
    m_key.secret.fill('0');
    m_reconnect.stop();
    if (const Ended ended = std::exchange(m_ended, {})) {
        ended(outcome);
    }
}

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/KeychainState.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFileInfo>
#include <QLibrary>

#include <chrono>

namespace proverdeck::app {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds Limit{3000};
const QString Service = u"org.freedesktop.secrets"_s;

QString tr(const char *text)
{
    return QCoreApplication::translate("Keychain", text);
}

KeychainState stateOf(const QDBusError &error)
{
    switch (error.type()) {
    case QDBusError::ServiceUnknown:
        return KeychainState::NoService;
    case QDBusError::AccessDenied:
        return KeychainState::Refused;
    case QDBusError::NoReply:
    case QDBusError::Timeout:
    case QDBusError::TimedOut:
        return KeychainState::Silent;
    case QDBusError::Disconnected:
    case QDBusError::NoServer:
        return KeychainState::NoBus;
    default:
        // A service that is listed but cannot be started.
        return error.name().startsWith(u"org.freedesktop.DBus.Error.Spawn"_s)
            ? KeychainState::NoService
            : KeychainState::Other;
    }
}

using Answer = std::function<void(KeychainState)>;

void ask(QObject *context, const QDBusMessage &message,
         const std::function<void(const QDBusPendingCall &)> &done)
{
    auto *watcher = new QDBusPendingCallWatcher(
        QDBusConnection::sessionBus().asyncCall(message, int(Limit.count())), context);
    QObject::connect(watcher, &QDBusPendingCallWatcher::finished, context, [watcher, done] {
        watcher->deleteLater();
        done(*watcher);
    });
}

void askWhetherLocked(QObject *context, const QString &collection, const Answer &answer)
{
    QDBusMessage message = QDBusMessage::createMethodCall(
        Service, collection, u"org.freedesktop.DBus.Properties"_s, u"Get"_s);
    message << u"org.freedesktop.Secret.Collection"_s << u"Locked"_s;
    ask(context, message, [answer](const QDBusPendingCall &call) {
        const QDBusPendingReply<QDBusVariant> reply = call;
        if (reply.isError()) {
            answer(stateOf(reply.error()));
            return;
        }
        answer(reply.value().variant().toBool() ? KeychainState::Locked : KeychainState::Open);
    });
}

} // namespace

bool hasSessionBus()
{
    // Asking for the bus where there is none would try to start one.
    const QByteArray address = qgetenv("DBUS_SESSION_BUS_ADDRESS");
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    const bool isNamed
        = !address.isEmpty() || (!runtime.isEmpty() && QFileInfo::exists(runtime + u"/bus"_s));
    return isNamed && QDBusConnection::sessionBus().isConnected();
}

void askKeychainState(QObject *context, std::function<void(KeychainState)> answer)
{
    if (!hasSessionBus()) {
        QMetaObject::invokeMethod(
            context, [answer] { answer(KeychainState::NoBus); }, Qt::QueuedConnection);
        return;
    }
    QDBusMessage message
        = QDBusMessage::createMethodCall(Service, u"/org/freedesktop/secrets"_s,
                                         u"org.freedesktop.Secret.Service"_s, u"ReadAlias"_s);
    message << u"default"_s;
    ask(context, message, [context, answer](const QDBusPendingCall &call) {
        const QDBusPendingReply<QDBusObjectPath> reply = call;
        if (reply.isError()) {
            answer(stateOf(reply.error()));
        } else if (reply.value().path() == u"/") {
            answer(KeychainState::NoCollection);
        } else if (!QLibrary(u"secret-1"_s, 0).load()) {
            answer(KeychainState::NoLibrary);
        } else {
            askWhetherLocked(context, reply.value().path(), answer);
        }
    });
}

QString keychainSentence(KeychainState state)
{
    switch (state) {
    case KeychainState::Open:
        return {};
    case KeychainState::NoBus:
        return tr("There is no session bus, so no keychain can be reached. Log in to a desktop "
                  "session to use one; until then you are asked each time.");
    case KeychainState::NoService:
        return tr("No keychain is running in this session. Install and start one, for example "
                  "GNOME Keyring or KWallet; until then you are asked each time.");
    case KeychainState::NoLibrary:
        return tr("The keychain cannot be used without libsecret. Install the package "
                  "libsecret-1-0; until then you are asked each time.");
    case KeychainState::NoCollection:
        return tr("The keychain has no keyring to keep anything in. Create one, for example in "
                  "\"Passwords and Keys\", and make it the default; until then you are asked "
                  "each time.");
    case KeychainState::Locked:
        return tr("The keychain is locked. Unlock it, for example in \"Passwords and Keys\"; until "
                  "then you are asked each time.");
    case KeychainState::Refused:
        return tr("The keychain does not let this program in. You are asked each time.");
    case KeychainState::Silent:
        return tr("The keychain does not answer; it may be waiting for you to unlock it. You are "
                  "asked each time until it answers.");
    case KeychainState::Other:
        break;
    }
    return tr("The keychain could not do it. You are asked each time.");
}

} // namespace proverdeck::app

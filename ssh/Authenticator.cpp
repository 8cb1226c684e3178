// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Authenticator.h"

#include "ssh/Algorithms.h"
#include "ssh/Connector.h"
#include "ssh/PromptAnswers.h"
#include "ssh/Text.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::seconds kStepLimit{30};
constexpr std::chrono::minutes kAgentLimit{2}; // an agent may ask its owner
constexpr std::chrono::minutes kPromptLimit{
    15}; // a person types; the server's own limit is shorter
constexpr int kMaxAgentKeys = 5; // the sixth would exceed a server's usual MaxAuthTries
constexpr int kMaxAttempts = 3;

QByteArray blobOf(const libssh2_agent_publickey *key)
{
    return {reinterpret_cast<const char *>(key->blob), qsizetype(key->blob_len)};
}

} // namespace

Authenticator::Authenticator(Transport &transport, const HostConfig &config,
                             std::function<void(const SecretQuestion &)> ask)
    : m_transport(transport)
    , m_config(config)
    , m_ask(std::move(ask))
    , m_user(config.user.toUtf8())
{
}

QString Authenticator::account() const
{
    return m_config.user + u'@' + m_config.hostName;
}

void Authenticator::note(const QString &name, const QString &why)
{
    m_tried << name + u": "_s + why;
}

std::optional<QString> Authenticator::ask(SecretQuestion question)
{
    question.account = account();
    m_transport.control().forgetAnswers();
    m_ask(question);
    return m_transport.control().waitSecret(QDeadlineTimer(QDeadlineTimer::Forever));
}

Result<> Authenticator::run()
{
    char *list = nullptr;
    const int code = m_transport.repeat(
        [this, &list] {
            list = libssh2_userauth_list(m_transport.session(), m_user.constData(),
                                         unsigned(m_user.size()));
            return list == nullptr ? libssh2_session_last_errno(m_transport.session()) : 0;
        },
        kStepLimit);
    if (list == nullptr) {
        if (libssh2_userauth_authenticated(m_transport.session()) != 0) {
            return {}; // the server asked for nothing
        }
        return finish(judge(code, Text::tr("the list of methods")));
    }
    m_methods = QString::fromLatin1(list).split(u',', Qt::SkipEmptyParts);
    QStringList order = m_config.preferredAuthentications;
    if (order.isEmpty()) {
        order = {u"publickey"_s, u"keyboard-interactive"_s, u"password"_s};
    }
    Outcome outcome = Outcome::Refused;
    for (const QString &method : std::as_const(order)) {
        if (outcome != Outcome::Refused) {
            break;
        }
        if (m_methods.contains(method)) {
            outcome = tryMethod(method);
        }
    }
    return finish(outcome);
}

Authenticator::Outcome Authenticator::tryMethod(const QString &method)
{
    if (method == u"publickey"_s) {
        return tryPublicKeys();
    }
    if (method == u"password"_s) {
        return tryPassword();
    }
    return method == u"keyboard-interactive"_s ? tryPrompts() : Outcome::Refused;
}

Result<> Authenticator::finish(Outcome outcome) const
{
    if (outcome == Outcome::LoggedIn) {
        return {};
    }
    return tl::unexpected(failure());
}

Error Authenticator::failure() const
{
    if (m_transport.control().isAborted()) {
        return cancelledError();
    }
    const QString reason = m_transport.disconnectReason();
    if (m_transport.isClosed() && reason.isEmpty() && m_tried.isEmpty()) {
        return {ErrorCode::ConnectionLost,
                Text::tr("%1 closed the connection during the login.").arg(m_config.hostName)};
    }
    QString sentence = Text::tr("The login as %1 failed.").arg(account()) + u' ';
    sentence += m_tried.isEmpty() ? Text::tr("There was nothing to try: no key file exists.")
                                  : Text::tr("Tried: %1.").arg(m_tried.join(u"; "_s));
    if (!reason.isEmpty()) {
        sentence += u' '
            + Text::tr("The server ended the connection: %1. If an agent offers many keys, set "
                       "IdentitiesOnly yes for this host in the ssh configuration.")
                  .arg(reason);
    } else if (!m_methods.isEmpty()) {
        sentence += u' ' + Text::tr("The server accepts: %1.").arg(m_methods.join(u", "_s));
    }
    return {ErrorCode::Authentication, plainText(sentence)};
}

Authenticator::Outcome Authenticator::judge(int code, const QString &name)
{
    if (code == 0) {
        return Outcome::LoggedIn;
    }
    if (code == LIBSSH2_ERROR_AUTHENTICATION_FAILED || code == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED) {
        if (m_transport.isDeviceOpen()) {
            const bool isRefusal = code == LIBSSH2_ERROR_AUTHENTICATION_FAILED
                || !m_transport.errorText().contains(u"Callback"_s);
            note(name, isRefusal ? Text::tr("refused by the server") : m_transport.errorText());
            return Outcome::Refused;
        }
    }
    if (!m_transport.isDeviceOpen() || m_transport.control().isAborted()
        || code == LIBSSH2_ERROR_TIMEOUT) {
        note(name,
             code == LIBSSH2_ERROR_TIMEOUT ? Text::tr("the server did not answer")
                                           : Text::tr("the connection ended"));
        return Outcome::Dead;
    }
    note(name, m_transport.errorText());
    return Outcome::Refused;
}

Authenticator::Outcome Authenticator::tryPublicKeys()
{
    Outcome outcome = tryAgent();
    for (const QString &path : m_config.identityFiles) {
        if (outcome != Outcome::Refused) {
            break;
        }
        outcome = tryKeyFile(path);
    }
    return outcome;
}

Authenticator::Outcome Authenticator::tryAgent()
{
    if (!m_config.agentSocket) {
        return Outcome::Refused;
    }
    const AgentHandle agent(libssh2_agent_init(m_transport.session()));
    libssh2_agent_set_identity_path(agent.get(),
                                    QFile::encodeName(*m_config.agentSocket).constData());
    if (libssh2_agent_connect(agent.get()) != 0) {
        note(Text::tr("ssh agent"), Text::tr("nobody answers at %1").arg(*m_config.agentSocket));
        return Outcome::Refused;
    }
    if (libssh2_agent_list_identities(agent.get()) != 0) {
        note(Text::tr("ssh agent"), m_transport.errorText());
        return Outcome::Refused;
    }
    return tryAgentKeys(agent.get());
}

Authenticator::Outcome Authenticator::tryAgentKeys(LIBSSH2_AGENT *agent)
{
    QList<QByteArray> configured;
    for (const QString &path : m_config.identityFiles) {
        configured << publicBlobFor(path);
    }
    QList<libssh2_agent_publickey *> keys;
    libssh2_agent_publickey *key = nullptr;
    while (libssh2_agent_get_identity(agent, &key, key) == 0) {
        if (!m_config.identitiesOnly || configured.contains(blobOf(key))) {
            keys << key;
        }
    }
    std::stable_partition(keys.begin(), keys.end(), [&configured](const auto *one) {
        return configured.contains(blobOf(one));
    });
    int offered = 0;
    for (libssh2_agent_publickey *one : std::as_const(keys)) {
        const QByteArray type = keyTypeOf(blobOf(one));
        const QString name = Text::tr("agent key %1").arg(fingerprintOf(blobOf(one)));
        if (type.contains("-cert-") || type.startsWith("sk-")) {
            continue; // certificates and security keys: libssh2 cannot use them reliably
        }
        if (type == "ssh-rsa" && !canSignRsaSha2(m_transport.session())) {
            note(name, rsaUnsupportedText());
            continue;
        }
        if (++offered > kMaxAgentKeys) {
            note(Text::tr("other agent keys"),
                 Text::tr("not tried, a server accepts few attempts"));
            break;
        }
        const Outcome outcome = tryAgentKey(agent, one);
        if (outcome != Outcome::Refused) {
            return outcome;
        }
    }
    return Outcome::Refused;
}

Authenticator::Outcome Authenticator::tryAgentKey(LIBSSH2_AGENT *agent,
                                                  libssh2_agent_publickey *key)
{
    const QByteArray blob = blobOf(key);
    m_refusedBlobs << blob;
    const int code = m_transport.repeat(
        [&] { return libssh2_agent_userauth(agent, m_user.constData(), key); }, kAgentLimit);
    return judge(code, Text::tr("agent key %1").arg(fingerprintOf(blob)));
}

Authenticator::Outcome Authenticator::tryKeyFile(const QString &path)
{
    const QString name = Text::tr("key file %1").arg(path);
    QFile file(path);
    if (!QFileInfo(path).isFile()) {
        return Outcome::Refused; // the configuration lists default names that need not exist
    }
    if (!file.open(QIODevice::ReadOnly)) {
        note(name, file.errorString());
        return Outcome::Refused;
    }
    const std::optional<KeyHeader> header = parseKeyHeader(file.read(65536));
    if (!header) {
        note(name, Text::tr("it is not a private key"));
        return Outcome::Refused;
    }
    if (header->isRsa() && !canSignRsaSha2(m_transport.session())) {
        note(name, rsaUnsupportedText());
        return Outcome::Refused;
    }
    if (header->type.startsWith("sk-")) {
        note(name, Text::tr("keys on security tokens are not supported"));
        return Outcome::Refused;
    }
    if (!header->publicBlob.isEmpty() && m_refusedBlobs.contains(header->publicBlob)) {
        return Outcome::Refused; // the agent offered it already
    }
    return tryKeyFileWith(path, *header);
}

Authenticator::Outcome Authenticator::tryKeyFileWith(const QString &path, const KeyHeader &header)
{
    const QString name = Text::tr("key file %1").arg(path);
    const QByteArray native = QFile::encodeName(path);
    for (int attempt = 0; attempt < (header.isEncrypted ? kMaxAttempts : 1); ++attempt) {
        QByteArray passphrase;
        if (header.isEncrypted) {
            const std::optional<QString> answer
                = ask({.kind = SecretQuestion::Kind::Passphrase,
                       .prompt = Text::tr("Passphrase for the key file %1").arg(path),
                       .retry = attempt > 0});
            if (!answer) {
                note(name,
                     Text::tr("it needs a passphrase, and none was given (ssh-add puts the "
                              "key into the agent)"));
                return Outcome::Refused;
            }
            passphrase = answer->toUtf8();
        }
        const int code = m_transport.repeat(
            [&] {
                return libssh2_userauth_publickey_fromfile_ex(
                    m_transport.session(), m_user.constData(), unsigned(m_user.size()), nullptr,
                    native.constData(), header.isEncrypted ? passphrase.constData() : nullptr);
            },
            kStepLimit);
        overwrite(passphrase);
        if (code != LIBSSH2_ERROR_FILE) {
            return judge(code, name);
        }
    }
    if (header.cipher.contains("gcm") || header.cipher.contains("chacha20")) {
        note(name,
             Text::tr("wrong passphrase, or libssh2 %1 cannot read its cipher %2; run "
                      "ssh-keygen -p -Z aes256-ctr -f %3")
                 .arg(libraryVersion(), plainBytes(header.cipher, 60), shellQuoted(path)));
    } else {
        note(name,
             header.isEncrypted
                 ? Text::tr("the passphrase was wrong %1 times").arg(QString::number(kMaxAttempts))
                 : Text::tr("libssh2 cannot read it"));
    }
    return Outcome::Refused;
}

Authenticator::Outcome Authenticator::tryPassword()
{
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
        const std::optional<QString> answer
            = ask({.kind = SecretQuestion::Kind::Password,
                   .prompt = Text::tr("Password for %1").arg(account()),
                   .retry = attempt > 0});
        if (!answer) {
            note(Text::tr("password"), Text::tr("none was given"));
            return Outcome::Refused;
        }
        QByteArray password = answer->toUtf8();
        const int code = m_transport.repeat(
            [&] {
                return libssh2_userauth_password_ex(m_transport.session(), m_user.constData(),
                                                    unsigned(m_user.size()), password.constData(),
                                                    unsigned(password.size()), nullptr);
            },
            kStepLimit);
        overwrite(password);
        const Outcome outcome = judge(code, Text::tr("password"));
        if (outcome != Outcome::Refused) {
            return outcome;
        }
    }
    return Outcome::Refused;
}

Authenticator::Outcome Authenticator::tryPrompts()
{
    Outcome outcome = Outcome::Refused;
    m_hasGivenUp = false;
    for (int attempt = 0; attempt < kMaxAttempts && outcome == Outcome::Refused; ++attempt) {
        m_transport.onPrompt = [this, attempt](const QString &prompt, bool echo) {
            std::optional<QString> answer;
            if (!m_hasGivenUp) {
                answer = ask({.kind = SecretQuestion::Kind::KeyboardInteractive,
                              .prompt = prompt,
                              .echo = echo,
                              .retry = attempt > 0});
            }
            m_hasGivenUp = !answer;
            return answer;
        };
        const int code = m_transport.repeat(
            [this] {
                return libssh2_userauth_keyboard_interactive_ex(
                    m_transport.session(), m_user.constData(), unsigned(m_user.size()),
                    &answerPrompts);
            },
            kPromptLimit);
        outcome = judge(code, Text::tr("keyboard-interactive"));
        if (m_hasGivenUp) {
            break;
        }
    }
    m_transport.onPrompt = {};
    return outcome;
}

} // namespace proverdeck::ssh

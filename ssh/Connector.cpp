// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Connector.h"

#include "ssh/Algorithms.h"
#include "ssh/HostTarget.h"
#include "ssh/KexProbe.h"
#include "ssh/Text.h"

#include <QDeadlineTimer>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::seconds kLimit{30};
constexpr std::chrono::seconds kConnectLimit{15}; // of these, unless ConnectTimeout is set
constexpr std::chrono::seconds kProbeLimit{5};

} // namespace

Error cancelledError()
{
    return {ErrorCode::Cancelled, Text::tr("Connecting was cancelled.")};
}

Connector::Connector(const HostTarget &target, const HostConfig &config, LoginControl &control,
                     LinkMaker makeLink, std::function<void(const HostKeyQuestion &)> ask)
    : m_target(target)
    , m_config(config)
    , m_control(control)
    , m_makeLink(std::move(makeLink))
    , m_ask(std::move(ask))
    , m_name(config.hostKeyAlias.isEmpty() ? KnownHosts::nameFor(config.hostName, config.port)
                                           : KnownHosts::nameFor(config.hostKeyAlias, 22))
{
    for (const QString &file : config.userKnownHostsFiles + config.globalKnownHostsFiles) {
        m_known.addFile(file);
    }
}

std::chrono::seconds Connector::limit() const
{
    return m_config.connectTimeout.value_or(kLimit); // as ssh_config(5) has it
}

Result<std::unique_ptr<Transport>> Connector::connect()
{
    if (!m_config.revokedHostKeys.isEmpty()) {
        if (const Result<> read = m_known.addRevoked(m_config.revokedHostKeys); !read) {
            return tl::unexpected(read.error());
        }
    }
    const QDeadlineTimer deadline(limit());
    Result<std::unique_ptr<Link>> link
        = m_makeLink(m_config.connectTimeout.value_or(kConnectLimit));
    if (!link) {
        return tl::unexpected(link.error());
    }
    auto transport = std::make_unique<Transport>(std::move(*link), m_control);
    LIBSSH2_SESSION *session = transport->session();
    if (const Result<> set = setPreferences(session, m_known.typesFor(m_name)); !set) {
        return tl::unexpected(set.error());
    }
    const std::chrono::milliseconds left(deadline.remainingTime());
    if (const int code = transport->handshake(left); code != 0) {
        return tl::unexpected(handshakeError(*transport, code));
    }
    size_t size = 0;
    int type = 0;
    const char *key = libssh2_session_hostkey(session, &size, &type);
    const QByteArray blob(key, key == nullptr ? 0 : qsizetype(size));
    if (const Result<> trusted = checkHostKey(blob); !trusted) {
        return tl::unexpected(trusted.error());
    }
    return transport;
}

Error Connector::handshakeError(const Transport &transport, int code) const
{
    if (m_control.isAborted()) {
        return cancelledError();
    }
    const QByteArray first = transport.firstBytes();
    if (!first.isEmpty() && !first.startsWith("SSH-") && !first.contains("\nSSH-")) {
        return bannerError(transport);
    }
    if (transport.hasSaidTooMuch()) {
        return {ErrorCode::Unreachable,
                Text::tr("%1 sent far more than an SSH handshake takes, without coming to its end. "
                         "It is broken, or no SSH server.")
                    .arg(place())};
    }
    const QString complaint = transport.link().complaint();
    if (code == LIBSSH2_ERROR_TIMEOUT) {
        const QString sentence
            = (first.isEmpty() ? Text::tr("%1 accepted the connection but said nothing within %2 "
                                          "seconds. Is this the port of an SSH server?")
                               : Text::tr("%1 accepted the connection but did not finish the SSH "
                                          "handshake within %2 seconds."))
                  .arg(place(), QString::number(limit().count()));
        return {ErrorCode::Unreachable,
                complaint.isEmpty() ? sentence : sentence + u' ' + complaint};
    }
    if (!complaint.isEmpty()) {
        return {ErrorCode::Unreachable,
                Text::tr("%1 could not be reached. %2").arg(place(), complaint)};
    }
    if (first.isEmpty()) {
        return {ErrorCode::Unreachable,
                Text::tr("%1 closed the connection before saying anything. It may be starting up, "
                         "overloaded, or refusing this address; try again in a moment.")
                    .arg(place())};
    }
    if (code == LIBSSH2_ERROR_KEX_FAILURE || code == LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE) {
        return exchangeError(transport);
    }
    QString reason = transport.disconnectReason();
    if (reason.isEmpty()) {
        reason = transport.isOpen() ? transport.errorText() : Text::tr("the connection ended");
    }
    return {ErrorCode::Unreachable,
            Text::tr("The SSH handshake with %1 failed: %2.").arg(place(), reason)};
}

Error Connector::exchangeError(const Transport &transport) const
{
    LIBSSH2_SESSION *session = transport.session();
    const KexOffer ours{supportedAlgorithms(session, LIBSSH2_METHOD_KEX),
                        supportedAlgorithms(session, LIBSSH2_METHOD_HOSTKEY),
                        supportedAlgorithms(session, LIBSSH2_METHOD_CRYPT_SC),
                        supportedAlgorithms(session, LIBSSH2_METHOD_MAC_SC)};
    const Result<std::unique_ptr<Link>> link = m_makeLink(kProbeLimit);
    const QString mismatch = link ? probeNegotiation(**link, ours, m_control) : QString();
    if (!mismatch.isEmpty()) {
        const QString sentence
            = Text::tr("%1 and this program share no way to encrypt. %2").arg(place(), mismatch);
        const bool isOld = libssh2_version(0x010b00) == nullptr;
        return {ErrorCode::Negotiation,
                isOld ? sentence + u' '
                        + Text::tr("libssh2 1.11 or newer also knows RSA host keys "
                                   "with SHA-2, AES-GCM, chacha20 and -etm MACs.")
                      : sentence};
    }
    return {ErrorCode::Negotiation,
            Text::tr("The key exchange with %1 failed: %2.").arg(place(), transport.errorText())};
}

Error Connector::bannerError(const Transport &transport) const
{
    const QByteArray line = transport.firstBytes().split('\n').value(0);
    if (line.startsWith("Not allowed at this time") || line.startsWith("Exceeded MaxStartups")) {
        return {ErrorCode::Unreachable,
                Text::tr("%1 refuses connections from here for now (\"%2\"), usually after failed "
                         "logins. Wait a minute before the next attempt.")
                    .arg(place(), plainBytes(line, 200))};
    }
    return {ErrorCode::Unreachable,
            Text::tr("%1 is not an SSH server: it answered \"%2\".")
                .arg(place(), plainBytes(line, 200))};
}

Result<> Connector::checkHostKey(const QByteArray &blob)
{
    using Kind = HostKeyVerdict::Kind;
    if (keyTypeOf(blob).isEmpty()) {
        return fail(ErrorCode::Unreachable,
                    Text::tr("%1 sent a host key that makes no sense.").arg(place()));
    }
    const HostKeyVerdict verdict = m_known.check(m_name, blob);
    switch (verdict.kind) {
    case Kind::Match:
        return {};
    case Kind::Revoked:
        return fail(
            ErrorCode::HostKeyRevoked,
            Text::tr("The key that %1 shows (%2) is marked as revoked in %3, line %4: it "
                     "may be in foreign hands. Nothing was sent to this server.")
                .arg(place(), fingerprintOf(blob), verdict.file, QString::number(verdict.line)));
    case Kind::Changed:
        return tl::unexpected(changedError(blob, verdict));
    case Kind::OnlyOtherTypes:
    case Kind::OnlyAuthority:
    case Kind::Unknown:
        break;
    }
    return decideUnknown(blob, verdict);
}

Error Connector::changedError(const QByteArray &blob, const HostKeyVerdict &verdict) const
{
    return {ErrorCode::HostKeyChanged,
            Text::tr("The host key of %1 has changed: on record is %2 (%3, line %4), the server "
                     "shows %5. Either the server was set up anew or somebody is in between; "
                     "nothing was sent to it. If its owner confirms the new key, run: "
                     "ssh-keygen -f %6 -R %7")
                .arg(place(), fingerprintOf(verdict.knownBlob), verdict.file,
                     QString::number(verdict.line), fingerprintOf(blob), shellQuoted(verdict.file),
                     shellQuoted(QString::fromUtf8(m_name)))};
}

QString Connector::noteFor(const HostKeyVerdict &verdict) const
{
    QString note;
    if (verdict.kind == HostKeyVerdict::Kind::OnlyOtherTypes) {
        note = Text::tr("This host is known under another key type (%1; %2, line %3).")
                   .arg(QString::fromLatin1(keyTypeOf(verdict.knownBlob)), verdict.file,
                        QString::number(verdict.line));
    } else if (verdict.kind == HostKeyVerdict::Kind::OnlyAuthority) {
        note = Text::tr("%1, line %2, trusts a certificate authority for this host. This program "
                        "cannot verify host certificates, so it knows nothing about the server's "
                        "plain key: compare its fingerprint with one from the server's owner, and "
                        "accept it only if both are the same.")
                   .arg(verdict.file, QString::number(verdict.line));
    }
    if (m_config.strictHostKeyChecking == u"yes"_s || m_config.strictHostKeyChecking == u"true"_s) {
        note += (note.isEmpty() ? u""_s : u" "_s)
            + Text::tr("The ssh configuration says StrictHostKeyChecking yes: ssh itself would "
                       "refuse.");
    }
    return note;
}

Result<> Connector::decideUnknown(const QByteArray &blob, const HostKeyVerdict &verdict)
{
    const QString fingerprint = fingerprintOf(blob);
    const QString type = QString::fromLatin1(keyTypeOf(blob));
    if (m_target.trustedFingerprints.contains(fingerprint)) {
        return remember(blob);
    }
    if (!m_target.interactive) {
        return fail(ErrorCode::HostKeyUnknown,
                    Text::tr("The host %1 is not known yet. It shows the key %2 %3. %4 If that is "
                             "the right one, run again with --trust-host %3")
                        .arg(place(), type, fingerprint, noteFor(verdict)));
    }
    m_control.forgetAnswers();
    m_ask({.host = QString::fromUtf8(m_name),
           .port = m_config.port,
           .keyType = type,
           .fingerprint = fingerprint,
           .note = noteFor(verdict)});
    if (!m_control.waitHostKey(QDeadlineTimer(QDeadlineTimer::Forever))) {
        if (m_control.isAborted()) {
            return tl::unexpected(cancelledError());
        }
        return fail(ErrorCode::HostKeyUnknown,
                    Text::tr("The host key of %1 (%2 %3) was not accepted.")
                        .arg(place(), type, fingerprint));
    }
    return remember(blob);
}

Result<> Connector::remember(const QByteArray &blob) const
{
    const QString file = m_config.userKnownHostsFiles.value(0);
    if (file.isEmpty() || file == u"/dev/null"_s) {
        return {}; // the configuration wants nothing to be remembered
    }
    return KnownHosts::append(file, m_name, blob, m_config.hashKnownHosts);
}

} // namespace proverdeck::ssh

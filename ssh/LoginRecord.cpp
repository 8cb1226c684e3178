// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/LoginRecord.h"

#include "ssh/Connector.h"
#include "ssh/Text.h"

#include <QRegularExpression>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::seconds kStepLimit{30}; // of the server; a person's time does not count
constexpr qsizetype kMaxServerWords = 600;
constexpr int kManyRefusals = 3;

/// Whether the answer is the account's password, which stays the same, and no code that is good
/// only once.
bool isAccountPassword(const SecretQuestion &question)
{
    static const QRegularExpression password(u"\\bpassword\\b"_s,
                                             QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression once(
        u"one.?time|\\botp\\b|verif|code|token|factor|\\bnew\\b|retype|again|chang|expire"_s,
        QRegularExpression::CaseInsensitiveOption);
    return question.kind == SecretQuestion::Kind::Password
        || (question.kind == SecretQuestion::Kind::KeyboardInteractive && !question.echo
            && question.prompt.contains(password) && !question.prompt.contains(once));
}

} // namespace

LoginRecord::LoginRecord(Transport &transport, const HostConfig &config,
                         std::function<void(const SecretQuestion &)> ask)
    : m_transport(transport)
    , m_config(config)
    , m_ask(std::move(ask))
    , m_user(config.user.toUtf8())
{
}

void LoginRecord::note(const QString &name, const QString &why)
{
    const QString entry = name + u": "_s + why;
    if (!m_tried.contains(entry)) {
        m_tried << entry;
    }
}

void LoginRecord::addServerWords(const QString &words)
{
    if (!words.isEmpty() && !m_serverWords.contains(words)) {
        m_serverWords = QString(m_serverWords + u' ' + words).trimmed().left(kMaxServerWords);
    }
}

std::optional<QString> LoginRecord::ask(SecretQuestion question)
{
    question.account = m_config.account();
    if (isAccountPassword(question)) {
        question.storeKey
            = u"password for %1:%2"_s.arg(question.account, QString::number(m_config.port));
    }
    m_transport.control().forgetAnswers();
    m_ask(question);
    std::optional<QString> answer
        = m_transport.control().waitSecret(QDeadlineTimer(QDeadlineTimer::Forever));
    m_transport.restartLimit();
    return answer;
}

int LoginRecord::call(const std::function<int()> &function)
{
    static_cast<void>(m_transport.takeRefusal());
    return m_transport.repeat(function, kStepLimit);
}

LoginRecord::Outcome LoginRecord::judge(int code, const QString &name)
{
    if (code == 0) {
        return Outcome::LoggedIn;
    }
    if (!m_transport.isOpen() || m_transport.control().isAborted()
        || code == LIBSSH2_ERROR_TIMEOUT) {
        m_isSilent = code == LIBSSH2_ERROR_TIMEOUT;
        note(name,
             code == LIBSSH2_ERROR_TIMEOUT ? Text::tr("the server did not answer")
                                           : Text::tr("the connection ended"));
        return Outcome::Dead;
    }
    const std::optional<AuthRefusal> refusal = m_transport.takeRefusal();
    if (refusal) {
        m_methods = refusal->methods;
        if (refusal->isPartial) {
            m_accepted << name;
            return Outcome::Partial;
        }
    }
    const bool isRefused = refusal || code == LIBSSH2_ERROR_AUTHENTICATION_FAILED;
    m_refusals += isRefused ? 1 : 0;
    note(name, isRefused ? Text::tr("refused by the server") : m_transport.errorText());
    return Outcome::Refused;
}

Error LoginRecord::failure() const
{
    if (m_transport.control().isAborted()) {
        return cancelledError();
    }
    const QString reason = m_transport.disconnectReason();
    const QString complaint = m_transport.link().complaint();
    // A server that refuses a login says so; a network that fails does not. But some servers just
    // hang up after too many attempts, and must not be asked over and over.
    const bool hasHungUp = !m_transport.isOpen() && reason.isEmpty() && m_refusals < kManyRefusals;
    if (m_lastWord.isEmpty() && (m_isSilent || hasHungUp)) {
        QString sentence = m_isSilent
            ? Text::tr("%1 stopped answering during the login.").arg(m_config.hostName)
            : Text::tr("%1 closed the connection during the login.").arg(m_config.hostName);
        if (!m_tried.isEmpty()) {
            sentence += u' ' + Text::tr("Tried: %1.").arg(m_tried.join(u"; "_s));
        }
        return {m_isSilent ? ErrorCode::Timeout : ErrorCode::ConnectionLost,
                complaint.isEmpty() ? sentence : sentence + u' ' + complaint};
    }
    QStringList sentences{Text::tr("The login as %1 failed.").arg(m_config.account())};
    if (!m_accepted.isEmpty()) {
        sentences << Text::tr("Accepted: %1; the server wants another step.")
                         .arg(m_accepted.join(u", "_s));
    }
    if (!m_tried.isEmpty()) {
        sentences << Text::tr("Tried: %1.").arg(m_tried.join(u"; "_s));
    } else if (m_lastWord.isEmpty()) {
        sentences << Text::tr("There was nothing to try: no key file exists.");
    }
    if (!m_serverWords.isEmpty()) {
        sentences << Text::tr("The server said: %1").arg(m_serverWords);
    }
    if (!m_lastWord.isEmpty()) {
        sentences << m_lastWord;
    } else if (!reason.isEmpty()) {
        sentences << Text::tr("The server ended the connection: %1. If an agent offers many keys, "
                              "set IdentitiesOnly yes for this host in the ssh configuration.")
                         .arg(reason);
    } else if (!complaint.isEmpty()) {
        sentences << complaint;
    } else if (!m_methods.isEmpty()) {
        sentences << Text::tr("The server accepts: %1.").arg(m_methods.join(u", "_s));
    }
    return {ErrorCode::Authentication, plainText(sentences.join(u' '))};
}

} // namespace proverdeck::ssh

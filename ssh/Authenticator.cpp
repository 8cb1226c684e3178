// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Authenticator.h"

#include "ssh/PromptAnswers.h"
#include "ssh/Text.h"

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMaxAttempts = 3;
constexpr int kMaxSteps = 6; // a login with more is no login
constexpr int kMaxRounds = 20;
constexpr qsizetype kMaxPrompts = 10;

/// Refuses to change a password: without a new one libssh2 gives up.
void refuseChange(LIBSSH2_SESSION * /*session*/, char **password, int *size, void ** /*abstract*/)
{
    *password = nullptr;
    *size = 0;
}

} // namespace

Authenticator::Authenticator(Transport &transport, const HostConfig &config,
                             std::function<void(const SecretQuestion &)> ask)
    : m_transport(transport)
    , m_config(config)
    , m_record(transport, config, std::move(ask))
    , m_keys(m_record)
{
}

Result<> Authenticator::run()
{
    m_transport.watchRefusals(true);
    std::optional<Outcome> outcome = askForMethods();
    for (int step = 0; step < kMaxSteps && outcome.value_or(Outcome::Partial) == Outcome::Partial;
         ++step) {
        outcome = takeStep();
    }
    m_transport.watchRefusals(false);
    if (outcome == Outcome::LoggedIn) {
        return {};
    }
    return tl::unexpected(m_record.failure());
}

/// nullopt: the methods are known now.
std::optional<Authenticator::Outcome> Authenticator::askForMethods()
{
    char *list = nullptr;
    const int code = m_record.call([this, &list] {
        list = libssh2_userauth_list(m_transport.session(), m_record.user().constData(),
                                     unsigned(m_record.user().size()));
        return list == nullptr ? libssh2_session_last_errno(m_transport.session()) : 0;
    });
    if (list == nullptr) {
        if (libssh2_userauth_authenticated(m_transport.session()) != 0) {
            return Outcome::LoggedIn; // the server asked for nothing
        }
        return m_record.judge(code == 0 ? -1 : code, Text::tr("the list of methods"));
    }
    m_record.setMethods(QString::fromLatin1(list).split(u',', Qt::SkipEmptyParts));
    return {};
}

Authenticator::Outcome Authenticator::takeStep()
{
    for (const QString &method : m_config.preferredAuthentications) {
        if (m_record.methods().contains(method)) {
            const Outcome outcome = tryMethod(method);
            if (outcome != Outcome::Refused) {
                return outcome;
            }
        }
    }
    return Outcome::Refused;
}

Authenticator::Outcome Authenticator::tryMethod(const QString &method)
{
    if (method == u"publickey"_s) {
        return m_keys.run();
    }
    if (method == u"password"_s) {
        return tryPassword();
    }
    return method == u"keyboard-interactive"_s ? tryPrompts() : Outcome::Refused;
}

Authenticator::Outcome Authenticator::tryPassword()
{
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
        const std::optional<QString> answer
            = m_record.ask({.kind = SecretQuestion::Kind::Password,
                            .prompt = Text::tr("Password for %1").arg(m_config.account()),
                            .retry = attempt > 0});
        if (!answer) {
            m_record.note(Text::tr("password"), Text::tr("none was given"));
            return Outcome::Refused;
        }
        QByteArray password = answer->toUtf8();
        const int code = m_record.call([&] {
            return libssh2_userauth_password_ex(m_transport.session(), m_record.user().constData(),
                                                unsigned(m_record.user().size()),
                                                password.constData(), unsigned(password.size()),
                                                &refuseChange);
        });
        overwrite(password);
        if (code == LIBSSH2_ERROR_PASSWORD_EXPIRED) {
            m_record.giveUp(
                Text::tr("The password of %1 is right but has expired, and the server wants a new "
                         "one. This program does not change passwords: log in once with ssh in a "
                         "terminal, set a new password there, and try again.")
                    .arg(m_config.account()));
            return Outcome::Dead; // libssh2 1.10 may not be called again after this
        }
        const Outcome outcome = m_record.judge(code, Text::tr("password"));
        if (outcome != Outcome::Refused) {
            return outcome;
        }
    }
    return Outcome::Refused;
}

QList<QByteArray> Authenticator::answersTo(const PromptRound &round, bool isRetry)
{
    QList<QByteArray> answers;
    if (++m_rounds > kMaxRounds || round.prompts.size() > kMaxPrompts) {
        m_record.giveUp(
            Text::tr("%1 asked more questions than any login needs.").arg(m_config.hostName));
        m_transport.markClosed(); // libssh2 has no other way out of this
        return answers;
    }
    if (round.prompts.isEmpty()) {
        m_record.addServerWords(round.heading);
    }
    for (const PromptRound::Prompt &prompt : round.prompts) {
        std::optional<QString> answer;
        if (!m_hasGivenUp) {
            answer = m_record.ask({.kind = SecretQuestion::Kind::KeyboardInteractive,
                                   .prompt = QString(round.heading + u' ' + prompt.text).trimmed(),
                                   .echo = prompt.echo,
                                   .retry = isRetry});
        }
        m_hasGivenUp = !answer;
        answers << answer.value_or(QString()).toUtf8();
    }
    return answers;
}

Authenticator::Outcome Authenticator::tryPrompts()
{
    const QString name = Text::tr("keyboard-interactive");
    Outcome outcome = Outcome::Refused;
    m_hasGivenUp = false;
    for (int attempt = 0; attempt < kMaxAttempts && outcome == Outcome::Refused; ++attempt) {
        const int before = m_rounds;
        m_transport.onPrompts
            = [this, attempt](const PromptRound &round) { return answersTo(round, attempt > 0); };
        const int code = m_record.call([this] {
            return libssh2_userauth_keyboard_interactive_ex(
                m_transport.session(), m_record.user().constData(),
                unsigned(m_record.user().size()), &answerPrompts);
        });
        if (m_hasGivenUp && code != 0 && m_transport.isOpen()) {
            m_record.note(name, Text::tr("no answer was given"));
            break;
        }
        outcome = m_record.judge(code, name);
        if (m_rounds == before) {
            break; // refused without a question: another try would get the same answer
        }
    }
    m_transport.onPrompts = {};
    return outcome;
}

} // namespace proverdeck::ssh

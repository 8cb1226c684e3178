// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ProcessLink.h"

#include "ssh/Text.h"
#include "ssh/Tokens.h"

#include <QRegularExpression>

#include <unistd.h>

#include <csignal>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kMaxErrors = 4096;
constexpr int kStartMs = 5000;
constexpr int kGoodbyeMs = 300;
constexpr int kKillMs = 1000;
constexpr int kStatusMs = 300;

/// Only what the shell leaves alone may stand in a command without quotes.
bool isPlain(const QString &name)
{
    static const QRegularExpression pattern(u"\\A[A-Za-z0-9_:][A-Za-z0-9_.:%@-]*\\z"_s);
    return pattern.match(name).hasMatch();
}

} // namespace

Result<QString> expandProxyCommand(const HostConfig &config)
{
    if (config.proxyUseFdpass) {
        return fail(ErrorCode::Config,
                    Text::tr("The ssh configuration reaches %1 by a ProxyCommand with "
                             "ProxyUseFdpass yes, which this program cannot do. Use a "
                             "ProxyCommand that copies the bytes itself, or ProxyJump.")
                        .arg(config.typedHost));
    }
    const std::optional<QString> command = expandTokens(config.proxyCommand, proxyTokens(config));
    if (!command) {
        return fail(ErrorCode::Config,
                    Text::tr("The ProxyCommand of %1 uses a %-token that ssh does not know there. "
                             "Possible are %h (host), %p (port), %r (user), %n (the name as typed) "
                             "and %% (a percent sign); correct it in the ssh configuration.")
                        .arg(config.typedHost));
    }
    const std::pair<QString, QString> names[]
        = {{u"%h"_s, config.hostName}, {u"%n"_s, config.typedHost}, {u"%r"_s, config.user}};
    for (const auto &[token, name] : names) {
        if (config.proxyCommand.contains(token) && !isPlain(name)) {
            return fail(ErrorCode::Config,
                        Text::tr("\"%1\" cannot be passed to a ProxyCommand: a shell would not "
                                 "take it as a plain name. Change it in the ssh configuration.")
                            .arg(plainText(name, 80)));
        }
    }
    return *command;
}

ProcessLink::ProcessLink(QString host)
    : m_host(std::move(host))
    , m_process(this)
{
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &Link::readyRead);
    connect(&m_process, &QProcess::readyReadStandardError, this, &ProcessLink::onErrors);
    connect(&m_process, &QProcess::bytesWritten, this, &Link::written);
    connect(&m_process, &QProcess::readChannelFinished, this, &ProcessLink::onOutputEnded);
}

ProcessLink::~ProcessLink()
{
    m_process.disconnect(this);
    if (m_process.state() == QProcess::NotRunning) {
        return;
    }
    m_process.closeWriteChannel(); // what it still writes may be the word of farewell
    signalAll(SIGHUP);
    if (!m_process.waitForFinished(kGoodbyeMs)) {
        signalAll(SIGKILL);
        m_process.waitForFinished(kKillMs);
    }
}

Result<std::unique_ptr<Link>> ProcessLink::open(const HostConfig &config)
{
    const Result<QString> command = expandProxyCommand(config);
    if (!command) {
        return tl::unexpected(command.error());
    }
    auto link = std::make_unique<ProcessLink>(config.typedHost);
    QProcess &process = link->m_process;
    process.setChildProcessModifier([] { ::setsid(); });
    process.start(u"/bin/sh"_s, {u"-c"_s, u"exec "_s + *command});
    if (!process.waitForStarted(kStartMs)) {
        return fail(ErrorCode::Local,
                    Text::tr("The ProxyCommand of %1 could not be started: %2.")
                        .arg(config.typedHost, process.errorString()));
    }
    return link;
}

void ProcessLink::signalAll(int number) const
{
    if (const qint64 process = m_process.processId(); process > 0) {
        ::kill(static_cast<pid_t>(-process), number);
    }
}

qint64 ProcessLink::read(char *buffer, qint64 size)
{
    return qMax<qint64>(m_process.read(buffer, size), 0);
}

bool ProcessLink::write(const char *bytes, qint64 size)
{
    return isOpen() && m_process.write(bytes, size) == size;
}

bool ProcessLink::isOpen() const
{
    return !m_hasEnded && m_process.state() == QProcess::Running;
}

void ProcessLink::wait(std::chrono::milliseconds limit)
{
    if (isOpen()) {
        m_process.waitForReadyRead(static_cast<int>(limit.count())); // it also writes
    }
}

void ProcessLink::flush()
{
    if (isOpen() && m_process.bytesToWrite() > 0) {
        m_process.waitForBytesWritten(0);
    }
}

void ProcessLink::abort()
{
    m_hasEnded = true;
    signalAll(SIGKILL);
}

void ProcessLink::onErrors()
{
    m_errors += m_process.readAllStandardError();
    if (m_errors.size() > kMaxErrors) {
        m_errors = m_errors.last(kMaxErrors);
    }
}

void ProcessLink::onOutputEnded()
{
    m_hasEnded = true;
    emit ended();
}

QString ProcessLink::complaint()
{
    if (m_hasEnded && m_process.state() != QProcess::NotRunning) {
        m_process.waitForFinished(kStatusMs); // its output ends a moment before it does
    }
    onErrors();
    const QString words = plainBytes(m_errors.trimmed(), 600);
    if (m_process.state() != QProcess::NotRunning) {
        return words.isEmpty() ? QString()
                               : Text::tr("The ProxyCommand of %1 says: %2.").arg(m_host, words);
    }
    const QString end = m_process.exitStatus() == QProcess::NormalExit
        ? Text::tr("The ProxyCommand of %1 ended with exit status %2")
              .arg(m_host, QString::number(m_process.exitCode()))
        : Text::tr("The ProxyCommand of %1 was killed").arg(m_host);
    return words.isEmpty() ? Text::tr("%1 and said nothing.").arg(end)
                           : Text::tr("%1 and said: %2.").arg(end, words);
}

} // namespace proverdeck::ssh

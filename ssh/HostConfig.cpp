// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/HostConfig.h"

#include "ssh/Text.h"

#include <QDeadlineTimer>
#include <QFileInfo>
#include <QHash>
#include <QHostInfo>
#include <QProcess>
#include <QProcessEnvironment>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr int kDeadlineMs = 5000;

/// ssh prints a list of paths with blanks between them and no quotes: of several readings the one
/// whose longest beginning exists is right.
QStringList splitPaths(const QString &value)
{
    const QStringList words = value.split(u' ', Qt::SkipEmptyParts);
    QStringList paths;
    qsizetype from = 0;
    while (from < words.size()) {
        qsizetype count = 1;
        for (qsizetype n = words.size() - from; n > 1; --n) {
            if (QFileInfo::exists(words.mid(from, n).join(u' '))) {
                count = n;
                break;
            }
        }
        const QString path = words.mid(from, count).join(u' ');
        if (path != u"none"_s) {
            paths << path;
        }
        from += count;
    }
    return paths;
}

QString localUser()
{
    const QString user = qEnvironmentVariable("USER");
    return user.isEmpty() ? qEnvironmentVariable("LOGNAME") : user;
}

/// Expands "~" and the tokens of IdentityFile; nullopt for a token that we do not know.
std::optional<QString> expandPath(QString path, const HostConfig &config, const QString &home)
{
    if (path == u"~"_s || path.startsWith(u"~/"_s)) {
        path.replace(0, 1, home);
    }
    QString expanded;
    for (qsizetype i = 0; i < path.size(); ++i) {
        if (path[i] != u'%') {
            expanded += path[i];
            continue;
        }
        switch (++i < path.size() ? path[i].unicode() : u'\0') {
        case u'%':
            expanded += u'%';
            break;
        case u'd':
            expanded += home;
            break;
        case u'h':
            expanded += config.hostName;
            break;
        case u'n':
            expanded += config.typedHost;
            break;
        case u'p':
            expanded += QString::number(config.port);
            break;
        case u'r':
            expanded += config.user;
            break;
        case u'u':
            expanded += localUser();
            break;
        case u'l':
            expanded += QHostInfo::localHostName();
            break;
        default:
            return {};
        }
    }
    return expanded;
}

std::optional<QString> agentFrom(const std::optional<QString> &identityAgent, const QString &home,
                                 const std::function<QString(const QString &)> &environment)
{
    QString socket;
    if (!identityAgent || *identityAgent == u"SSH_AUTH_SOCK"_s) {
        socket = environment(u"SSH_AUTH_SOCK"_s);
    } else if (*identityAgent == u"none"_s) {
        return {};
    } else if (identityAgent->startsWith(u'$')) {
        QString name = identityAgent->sliced(1);
        name.remove(u'{').remove(u'}');
        socket = environment(name);
    } else {
        socket = *identityAgent;
        if (socket.startsWith(u"~/"_s)) {
            socket.replace(0, 1, home);
        }
    }
    return socket.isEmpty() ? std::nullopt : std::optional(socket);
}

QString optionalValue(const QString &value)
{
    return value == u"none"_s ? QString() : value;
}

std::optional<std::chrono::seconds> secondsOf(const QString &value)
{
    bool isNumber = false;
    const int seconds = value.toInt(&isNumber);
    return isNumber && seconds > 0 ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

} // namespace

Result<HostConfig> parseHostConfig(const QByteArray &output, const QString &typedHost,
                                   const QString &home,
                                   const std::function<QString(const QString &)> &environment)
{
    QHash<QString, QString> values;
    QStringList identities;
    const QStringList lines = QString::fromLocal8Bit(output).split(u'\n');
    for (const QString &line : lines) {
        const QString key = line.section(u' ', 0, 0);
        const QString value = line.section(u' ', 1).trimmed();
        if (key == u"identityfile"_s) {
            identities << value;
        } else if (!values.contains(key)) {
            values.insert(key, value);
        }
    }
    HostConfig config;
    config.typedHost = typedHost;
    config.hostName = values.value(u"hostname"_s);
    config.user = values.value(u"user"_s);
    config.port = values.value(u"port"_s).toUShort();
    if (config.hostName.isEmpty() || config.user.isEmpty() || config.port == 0) {
        return fail(ErrorCode::Config,
                    Text::tr("\"ssh -G\" printed no host name, user or port for \"%1\".")
                        .arg(plainText(typedHost, 80)));
    }
    for (const QString &identity : std::as_const(identities)) {
        const std::optional<QString> path = expandPath(identity, config, home);
        if (!path) {
            return fail(ErrorCode::Config,
                        Text::tr("The IdentityFile \"%1\" uses a % sign that this program does not "
                                 "know. Write the path out in the ssh configuration.")
                            .arg(plainText(identity, 200)));
        }
        if (*path != u"none"_s && !config.identityFiles.contains(*path)) {
            config.identityFiles << *path;
        }
    }
    std::optional<QString> agent;
    if (values.contains(u"identityagent"_s)) {
        agent = values.value(u"identityagent"_s);
    }
    config.agentSocket = agentFrom(agent, home, environment);
    const auto isYes = [&values](const QString &key) { return values.value(key) == u"yes"_s; };
    config.identitiesOnly = isYes(u"identitiesonly"_s);
    config.hashKnownHosts = isYes(u"hashknownhosts"_s);
    config.userKnownHostsFiles = splitPaths(values.value(u"userknownhostsfile"_s));
    config.globalKnownHostsFiles = splitPaths(values.value(u"globalknownhostsfile"_s));
    config.hostKeyAlias = optionalValue(values.value(u"hostkeyalias"_s));
    config.connectTimeout = secondsOf(values.value(u"connecttimeout"_s));
    config.serverAliveInterval
        = secondsOf(values.value(u"serveraliveinterval"_s)).value_or(std::chrono::seconds(0));
    config.proxyJump = optionalValue(values.value(u"proxyjump"_s));
    config.proxyCommand = optionalValue(values.value(u"proxycommand"_s));
    config.preferredAuthentications
        = values.value(u"preferredauthentications"_s).split(u',', Qt::SkipEmptyParts);
    config.strictHostKeyChecking = values.value(u"stricthostkeychecking"_s);
    return config;
}

QStringList hostConfigArguments(const HostAddress &address, const QString &configFile)
{
    QStringList arguments{u"-G"_s};
    if (!configFile.isEmpty()) {
        arguments << u"-F"_s << configFile;
    }
    if (address.port) {
        arguments << u"-p"_s << QString::number(*address.port);
    }
    if (!address.user.isEmpty()) {
        arguments << u"-l"_s << address.user;
    }
    return arguments << u"--"_s << address.host;
}

Result<HostConfig> lookUpHostConfig(const HostAddress &address, const QString &configFile,
                                    const std::function<bool()> &isAborted)
{
    if (!configFile.isEmpty() && !QFileInfo(configFile).isReadable()) {
        return fail(ErrorCode::Config,
                    Text::tr("The ssh configuration file %1 cannot be read.").arg(configFile));
    }
    QProcess process;
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(u"ssh"_s, hostConfigArguments(address, configFile), QIODevice::ReadOnly);
    if (!process.waitForStarted(kDeadlineMs)) {
        return fail(ErrorCode::Local,
                    Text::tr("The program \"ssh\" could not be started (%1). It reads the ssh "
                             "configuration; install the OpenSSH client.")
                        .arg(process.errorString()));
    }
    const QDeadlineTimer deadline(kDeadlineMs);
    while (!process.waitForFinished(100) && process.state() != QProcess::NotRunning) {
        if (!isAborted() && !deadline.hasExpired()) {
            continue;
        }
        process.kill();
        process.waitForFinished(1000);
        if (isAborted()) {
            return fail(ErrorCode::Cancelled, Text::tr("Connecting was cancelled."));
        }
        return fail(ErrorCode::Config,
                    Text::tr("\"ssh -G\" did not answer within 5 seconds. Look for a slow \"Match "
                             "exec\" in the ssh configuration."));
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        return fail(ErrorCode::Config,
                    Text::tr("The ssh configuration was refused by ssh: %1")
                        .arg(plainBytes(process.readAllStandardError())));
    }
    const QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    return parseHostConfig(process.readAllStandardOutput(), address.host, homeDirectory(),
                           [&environment](const QString &name) { return environment.value(name); });
}

} // namespace proverdeck::ssh

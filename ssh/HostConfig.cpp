// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/HostConfig.h"

#include "ssh/Text.h"
#include "ssh/Tokens.h"

#include <QDeadlineTimer>
#include <QFileInfo>
#include <QHash>
#include <QHostInfo>
#include <QProcess>
#include <QProcessEnvironment>

#include <unistd.h>

#include <csignal>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr int kDeadlineMs = 5000;
constexpr qsizetype kMaxWords = 30; // of one path with blanks in it

/// ssh prints a list of paths with blanks between them and no quotes: of several readings the one
/// whose longest beginning exists is right.
QStringList splitPaths(const QString &value)
{
    const QStringList words = value.split(u' ', Qt::SkipEmptyParts);
    QStringList paths;
    qsizetype from = 0;
    while (from < words.size()) {
        qsizetype count = 1;
        for (qsizetype n = qMin(words.size() - from, kMaxWords); n > 1; --n) {
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

using Environment = std::function<QString(const QString &)>;

/// Expands "~", variables and the tokens of IdentityFile; nullopt for what we do not know.
std::optional<QString> expandPath(QString path, const HostConfig &config, const QString &home,
                                  const Environment &environment)
{
    if (path == u"~"_s || path.startsWith(u"~/"_s)) {
        path.replace(0, 1, home);
    }
    QHash<QChar, QString> tokens = proxyTokens(config);
    tokens.insert(u'd', home);
    tokens.insert(u'i', QString::number(::getuid()));
    tokens.insert(u'k', config.hostKeyAlias.isEmpty() ? config.typedHost : config.hostKeyAlias);
    tokens.insert(u'l', QHostInfo::localHostName());
    tokens.insert(u'L', QHostInfo::localHostName().section(u'.', 0, 0));
    tokens.insert(u'u', localUser());
    const std::optional<QString> expanded = expandVariables(path, environment);
    return expanded ? expandTokens(*expanded, tokens) : std::nullopt;
}

std::optional<QString> agentFrom(const std::optional<QString> &identityAgent, const QString &home,
                                 const Environment &environment)
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

struct Answer
{
    QHash<QString, QString> values;
    QStringList identities;
    QStringList certificates;
};

Answer readAnswer(const QByteArray &output)
{
    Answer answer;
    const QStringList lines
        = QString::fromLocal8Bit(output).replace(QChar(u'\0'), u' ').split(u'\n');
    for (const QString &line : lines) {
        const QString key = line.section(u' ', 0, 0);
        const QString value = line.section(u' ', 1).trimmed();
        if (key == u"identityfile"_s) {
            answer.identities << value;
        } else if (key == u"certificatefile"_s) {
            answer.certificates << value;
        } else if (!answer.values.contains(key)) {
            answer.values.insert(key, value);
        }
    }
    return answer;
}

Result<QStringList> expandPaths(const QStringList &paths, const QString &key,
                                const HostConfig &config, const QString &home,
                                const Environment &environment)
{
    QStringList list;
    for (const QString &path : paths) {
        const std::optional<QString> expanded = expandPath(path, config, home, environment);
        if (!expanded) {
            return fail(ErrorCode::Config,
                        Text::tr("The %1 \"%2\" uses a % sign or a variable that this program "
                                 "does not know. Write the path out in the ssh configuration.")
                            .arg(key, plainText(path, 200)));
        }
        if (*expanded != u"none"_s && !list.contains(*expanded)) {
            list << *expanded;
        }
    }
    return list;
}

/// Of the methods that the configuration prefers those that it does not switch off.
QStringList methodsOf(const QHash<QString, QString> &values)
{
    QStringList methods
        = values.value(u"preferredauthentications"_s).split(u',', Qt::SkipEmptyParts);
    if (methods.isEmpty()) {
        methods = {u"publickey"_s, u"keyboard-interactive"_s, u"password"_s};
    }
    const std::pair<QString, QString> switches[]
        = {{u"pubkeyauthentication"_s, u"publickey"_s},
           {u"kbdinteractiveauthentication"_s, u"keyboard-interactive"_s},
           {u"passwordauthentication"_s, u"password"_s}};
    for (const auto &[key, method] : switches) {
        if (values.value(key) == u"no"_s || values.value(key) == u"false"_s) {
            methods.removeAll(method);
        }
    }
    return methods;
}

bool isYes(const QHash<QString, QString> &values, const QString &key)
{
    return values.value(key) == u"yes"_s || values.value(key) == u"true"_s;
}

} // namespace

Result<HostConfig> parseHostConfig(const QByteArray &output, const QString &typedHost,
                                   const QString &home,
                                   const std::function<QString(const QString &)> &environment)
{
    const Answer answer = readAnswer(output);
    const QHash<QString, QString> &values = answer.values;
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
    config.hostKeyAlias = optionalValue(values.value(u"hostkeyalias"_s));
    const Result<QStringList> identities
        = expandPaths(answer.identities, u"IdentityFile"_s, config, home, environment);
    const Result<QStringList> certificates
        = expandPaths(answer.certificates, u"CertificateFile"_s, config, home, environment);
    if (!identities || !certificates) {
        return tl::unexpected(identities ? certificates.error() : identities.error());
    }
    config.identityFiles = *identities;
    config.certificateFiles = *certificates;
    std::optional<QString> agent;
    if (values.contains(u"identityagent"_s)) {
        agent = values.value(u"identityagent"_s);
    }
    config.agentSocket = agentFrom(agent, home, environment);
    config.identitiesOnly = isYes(values, u"identitiesonly"_s);
    config.hashKnownHosts = isYes(values, u"hashknownhosts"_s);
    config.userKnownHostsFiles = splitPaths(values.value(u"userknownhostsfile"_s));
    config.globalKnownHostsFiles = splitPaths(values.value(u"globalknownhostsfile"_s));
    const QString revoked = optionalValue(values.value(u"revokedhostkeys"_s));
    config.revokedHostKeys = expandPath(revoked, config, home, environment).value_or(revoked);
    config.connectTimeout = secondsOf(values.value(u"connecttimeout"_s));
    config.serverAliveInterval
        = secondsOf(values.value(u"serveraliveinterval"_s)).value_or(std::chrono::seconds(0));
    config.serverAliveCountMax
        = qBound(1, values.value(u"serveralivecountmax"_s, u"3"_s).toInt(), 1'000'000);
    config.addressFamily = values.value(u"addressfamily"_s);
    config.proxyJump = optionalValue(values.value(u"proxyjump"_s));
    config.proxyCommand = optionalValue(values.value(u"proxycommand"_s));
    config.proxyUseFdpass = isYes(values, u"proxyusefdpass"_s);
    config.preferredAuthentications = methodsOf(values);
    config.strictHostKeyChecking = values.value(u"stricthostkeychecking"_s);
    return config;
}

QString HostConfig::place() const
{
    return (hostName.contains(u':') ? u'[' + hostName + u']' : hostName) + u':'
        + QString::number(port);
}

QHash<QChar, QString> proxyTokens(const HostConfig &config)
{
    return {{u'h', config.hostName},
            {u'n', config.typedHost},
            {u'p', QString::number(config.port)},
            {u'r', config.user}};
}

Result<QList<HostAddress>> jumpList(const HostConfig &config)
{
    const std::optional<QString> list = expandTokens(config.proxyJump, proxyTokens(config));
    if (!list) {
        return fail(ErrorCode::Config,
                    Text::tr("The ProxyJump of %1 uses a %-token that ssh does not know there. "
                             "Possible are %h, %p, %r and %n; correct it in the ssh configuration.")
                        .arg(plainText(config.typedHost, 80)));
    }
    QList<HostAddress> jumps;
    const QStringList names = list->split(u',', Qt::SkipEmptyParts);
    for (const QString &name : names) {
        const Result<HostAddress> address = parseHostAddress(name);
        if (!address) {
            return fail(ErrorCode::Config,
                        Text::tr("The ssh configuration reaches %1 by ProxyJump \"%2\", which "
                                 "cannot be used: %3")
                            .arg(plainText(config.typedHost, 80), plainText(name, 200),
                                 address.error().detail));
        }
        jumps << *address;
    }
    return jumps;
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
    process.setChildProcessModifier([] { ::setsid(); }); // what it starts can be ended with it
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
        ::kill(static_cast<pid_t>(-process.processId()), SIGKILL);
        process.waitForFinished(1000);
        if (isAborted()) {
            return fail(ErrorCode::Cancelled, Text::tr("Connecting was cancelled."));
        }
        return fail(ErrorCode::Timeout,
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/Docker.h"

#include "models/logs/Redactor.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype Longest = 400;

QString shortened(const QString &text)
{
    return text.left(Longest);
}

/// "11.87GiB", "432MiB", "4.1kB", "0B".
std::optional<double> bytesFrom(const QString &text)
{
    static const QRegularExpression pattern(u"^\\s*([0-9.]+)\\s*([kKMGTP]?)(i?)B\\s*$"_s);
    const QRegularExpressionMatch match = pattern.match(text);
    bool ok = false;
    const double number = match.captured(1).toDouble(&ok);
    if (!ok) {
        return std::nullopt;
    }
    const double base = match.captured(3).isEmpty() ? 1000 : 1024;
    const qsizetype power
        = match.captured(2).isEmpty() ? 0 : u"KMGTP"_s.indexOf(match.captured(2).toUpper()) + 1;
    double value = number;
    for (qsizetype i = 0; i < power; ++i) {
        value *= base;
    }
    return value;
}

std::optional<double> percentFrom(QString text)
{
    text = text.trimmed();
    if (!text.endsWith(u'%')) {
        return std::nullopt;
    }
    bool ok = false;
    const double number = text.chopped(1).toDouble(&ok);
    return ok ? std::optional(number) : std::nullopt;
}

QString roleOfName(const QString &name)
{
    return name.contains(u"prover-node") ? u"prover-node"_s
        : name.contains(u"broker")       ? u"broker"_s
        : name.contains(u"agent")        ? u"agent"_s
                                         : QString();
}

QString stateOfStatus(const QString &status)
{
    return status.startsWith(u"Restarting") ? u"restarting"_s
        : status.startsWith(u"Exited")      ? u"exited"_s
        : status.startsWith(u"Created")     ? u"created"_s
        : status.startsWith(u"Dead")        ? u"dead"_s
        : status.contains(u"(Paused)")      ? u"paused"_s
        : status.startsWith(u"Up")          ? u"running"_s
                                            : QString();
}

void readStatus(DockerContainer &container, const QString &status)
{
    container.status = shortened(status);
    if (container.state.isEmpty()) {
        container.state = stateOfStatus(status);
    }
    container.health = status.contains(u"(healthy)") ? u"healthy"_s
        : status.contains(u"(unhealthy)")            ? u"unhealthy"_s
        : status.contains(u"(health: starting)")     ? u"starting"_s
                                                     : container.health;
    static const QRegularExpression exited(u"^Exited \\((\\d+)\\)"_s);
    const QRegularExpressionMatch match = exited.match(status);
    if (match.hasMatch()) {
        container.exitCode = match.captured(1).toInt();
    }
}

void readUse(DockerContainer &container, const QString &cpu, const QString &memory,
             const QString &memoryPercent, const QString &pids)
{
    container.cpuPercent = percentFrom(cpu);
    container.memoryPercent = percentFrom(memoryPercent);
    const QStringList sides = memory.split(u'/');
    if (sides.size() == 2) {
        container.memoryBytes = bytesFrom(sides.at(0));
        container.memoryLimitBytes = bytesFrom(sides.at(1));
    }
    bool ok = false;
    const int count = pids.trimmed().toInt(&ok);
    container.pids = ok ? std::optional(count) : std::nullopt;
}

DockerContainer fromJsonLine(const QJsonObject &line, const QString &machine)
{
    const auto text = [&line](const QString &key) { return line.value(key).toString(); };
    DockerContainer container;
    container.machine = machine;
    container.id = text(u"ID"_s).left(12);
    if (line.contains(u"CPUPerc"_s)) {
        container.name = shortened(text(u"Name"_s));
        readUse(container, text(u"CPUPerc"_s), text(u"MemUsage"_s), text(u"MemPerc"_s),
                text(u"PIDs"_s));
    } else {
        container.name = shortened(text(u"Names"_s));
        container.image = shortened(text(u"Image"_s));
        container.ports = shortened(text(u"Ports"_s));
        container.state = text(u"State"_s);
        readStatus(container, text(u"Status"_s));
    }
    container.role = roleOfName(container.name);
    return container;
}

/// Where each column of a table begins, by its title.
QList<QPair<QString, qsizetype>> columnsOf(const QString &header)
{
    static const QRegularExpression title(u"\\S+(?: \\S+| / \\S+)*"_s);
    QList<QPair<QString, qsizetype>> columns;
    QRegularExpressionMatchIterator at = title.globalMatch(header);
    while (at.hasNext()) {
        const QRegularExpressionMatch match = at.next();
        columns << qMakePair(match.captured(), match.capturedStart());
    }
    return columns;
}

QString cell(const QString &line, const QList<QPair<QString, qsizetype>> &columns,
             const QString &title)
{
    for (qsizetype i = 0; i < columns.size(); ++i) {
        if (columns.at(i).first == title) {
            const qsizetype from = columns.at(i).second;
            const qsizetype to = i + 1 < columns.size() ? columns.at(i + 1).second : line.size();
            return line.mid(from, to - from).trimmed();
        }
    }
    return {};
}

std::optional<DockerContainer> fromRow(const QString &line,
                                       const QList<QPair<QString, qsizetype>> &columns,
                                       const QString &machine)
{
    DockerContainer container;
    container.machine = machine;
    container.id = cell(line, columns, u"CONTAINER ID"_s).left(12);
    const bool isStats = std::any_of(columns.begin(), columns.end(),
                                     [](const auto &one) { return one.first == u"CPU %"; });
    container.name = shortened(cell(line, columns, isStats ? u"NAME"_s : u"NAMES"_s));
    if (container.name.isEmpty()) {
        return std::nullopt;
    }
    if (isStats) {
        readUse(container, cell(line, columns, u"CPU %"_s),
                cell(line, columns, u"MEM USAGE / LIMIT"_s), cell(line, columns, u"MEM %"_s),
                cell(line, columns, u"PIDS"_s));
    } else {
        container.image = shortened(cell(line, columns, u"IMAGE"_s));
        container.ports = shortened(cell(line, columns, u"PORTS"_s));
        readStatus(container, cell(line, columns, u"STATUS"_s));
    }
    container.role = roleOfName(container.name);
    return container;
}

DockerContainer fromInspect(const QJsonObject &object, const QString &machine)
{
    const QJsonObject state = object.value(u"State"_s).toObject();
    const QJsonObject config = object.value(u"Config"_s).toObject();
    const QJsonObject host = object.value(u"HostConfig"_s).toObject();
    DockerContainer container;
    container.machine = machine;
    container.id = object.value(u"Id"_s).toString().left(12);
    container.name = shortened(object.value(u"Name"_s).toString());
    if (container.name.startsWith(u'/')) {
        container.name.remove(0, 1);
    }
    container.image = shortened(config.value(u"Image"_s).toString());
    container.state = state.value(u"Status"_s).toString();
    container.health = state.value(u"Health"_s).toObject().value(u"Status"_s).toString();
    container.startedAt = shortened(state.value(u"StartedAt"_s).toString());
    if (state.value(u"OOMKilled"_s).isBool()) {
        container.oomKilled = state.value(u"OOMKilled"_s).toBool();
    }
    if (state.value(u"ExitCode"_s).isDouble()) {
        container.exitCode = state.value(u"ExitCode"_s).toInt();
    }
    if (object.value(u"RestartCount"_s).isDouble()) {
        container.restarts = object.value(u"RestartCount"_s).toInt();
    }
    const double memory = host.value(u"Memory"_s).toDouble();
    container.memoryLimitBytes = memory > 0 ? std::optional(memory) : std::nullopt;
    const double nanoCpus = host.value(u"NanoCpus"_s).toDouble();
    container.cpuLimit = nanoCpus > 0 ? std::optional(nanoCpus / 1e9) : std::nullopt;
    const QJsonArray environment = config.value(u"Env"_s).toArray();
    for (const QJsonValue &entry : environment) {
        const QString variable = entry.toString();
        if (variable.startsWith(u"PROVER_BROKER_HOST=")) {
            container.brokerUrl = redactedText(shortened(variable.mid(19)));
        } else if (variable.startsWith(u"PROVER_AGENT_COUNT=")) {
            bool ok = false;
            const int count = variable.mid(19).toInt(&ok);
            container.agentCount = ok ? std::optional(count) : std::nullopt;
        }
        container.environment << shortened(maskedVariable(variable));
    }
    const QJsonArray args = object.value(u"Args"_s).toArray();
    for (const QJsonValue &argument : args) {
        const QString text = argument.toString();
        container.role = text == u"--prover-agent" ? u"agent"_s
            : text == u"--prover-broker"           ? u"broker"_s
            : text == u"--prover-node"             ? u"prover-node"_s
                                                   : container.role;
    }
    if (container.role.isEmpty()) {
        container.role = roleOfName(container.name);
    }
    return container;
}

/// The same name on the same machine, unless two outputs of one kind give two ids: then a file
/// holds containers of several machines.
bool isSame(const DockerContainer &a, const DockerContainer &b)
{
    if (a.machine != b.machine || a.name != b.name) {
        return false;
    }
    if (a.id == b.id || a.id.isEmpty() || b.id.isEmpty()) {
        return true;
    }
    const bool bothInspected = !a.startedAt.isEmpty() && !b.startedAt.isEmpty();
    const bool bothListed = !a.status.isEmpty() && !b.status.isEmpty();
    return !bothInspected && !bothListed;
}

bool isTableHeader(QByteArrayView line)
{
    return line.startsWith("CONTAINER ID")
        && (line.contains("NAMES") || (line.contains("NAME") && line.contains("CPU %")));
}

} // namespace

QString maskedVariable(const QString &variable)
{
    const qsizetype equals = variable.indexOf(u'=');
    if (equals < 0) {
        return redactedText(variable);
    }
    const QString key = variable.left(equals);
    const QString value = variable.mid(equals + 1);
    static const QRegularExpression secret(
        u"KEY|SECRET|TOKEN|PASSWORD|PASSWD|MNEMONIC|CREDENTIAL|AUTH"_s,
        QRegularExpression::CaseInsensitiveOption);
    if (secret.match(key).hasMatch() && !value.isEmpty()) {
        return key + u"=********"_s;
    }
    // A provider's address is itself a token: its path, its query and its user are hidden.
    static const QRegularExpression url(
        u"(https?|wss?)://([^/\\s,@]*@)?([^/\\s,?]+)([/?][^\\s,]*)?"_s);
    QString masked;
    qsizetype from = 0;
    QRegularExpressionMatchIterator at = url.globalMatch(value);
    while (at.hasNext()) {
        const QRegularExpressionMatch match = at.next();
        masked += value.mid(from, match.capturedStart() - from) + match.captured(1) + u"://"_s
            + (match.captured(2).isEmpty() ? QString() : u"********@"_s) + match.captured(3);
        if (match.captured(4).size() > 1) {
            masked += u"/********"_s;
        }
        from = match.capturedEnd();
    }
    masked += value.mid(from);
    return redactedText(key + u'=' + masked);
}

bool isDockerOutput(QByteArrayView head)
{
    const QByteArray text = head.first(std::min<qsizetype>(head.size(), 1 << 16)).toByteArray();
    const QList<QByteArray> lines = text.split('\n');
    for (const QByteArray &raw : lines) {
        const QByteArray line = raw.trimmed();
        if (line.isEmpty() || line.startsWith('#')) {
            continue;
        }
        if (line.startsWith('{')) {
            return line.contains("\"CPUPerc\":")
                || (line.contains("\"Names\":") && line.contains("\"Image\":"));
        }
        if (line.startsWith('[')) {
            return line == "[" || line.startsWith("[{") || line.startsWith("[]")
                ? text.contains("\"State\"") && text.contains("\"HostConfig\"")
                : false;
        }
        return isTableHeader(line);
    }
    return false;
}

DockerFile readDocker(const QByteArray &bytes, const QString &machine)
{
    DockerFile file;
    if (bytes.trimmed().startsWith('[')) {
        const QJsonArray array = QJsonDocument::fromJson(bytes).array();
        for (const QJsonValue &entry : array) {
            if (entry.isObject()) {
                mergeDocker(file, {{fromInspect(entry.toObject(), machine)}});
            }
        }
        return file;
    }
    QString host = machine;
    QList<QPair<QString, qsizetype>> columns;
    const QList<QByteArray> lines = bytes.split('\n');
    for (QByteArray raw : lines) {
        if (raw.endsWith('\r')) {
            raw.chop(1);
        }
        if (raw.startsWith("# host ")) {
            host = shortened(QString::fromUtf8(raw.mid(7)).section(u' ', 0, 0));
        } else if (raw.startsWith('{')) {
            const QJsonObject object = QJsonDocument::fromJson(raw).object();
            if (!object.isEmpty()) {
                mergeDocker(file, {{fromJsonLine(object, host)}});
            }
        } else if (isTableHeader(raw)) {
            columns = columnsOf(QString::fromUtf8(raw));
        } else if (!raw.trimmed().isEmpty() && !raw.startsWith('#') && !columns.isEmpty()) {
            if (const auto row = fromRow(QString::fromUtf8(raw), columns, host)) {
                mergeDocker(file, {{*row}});
            }
        }
    }
    return file;
}

void mergeDocker(DockerFile &to, const DockerFile &more)
{
    const auto text = [](QString &mine, const QString &other) {
        if (!other.isEmpty()) {
            mine = other;
        }
    };
    const auto value = [](auto &mine, const auto &other) {
        if (other) {
            mine = other;
        }
    };
    for (const DockerContainer &one : more.containers) {
        const auto same
            = std::find_if(to.containers.begin(), to.containers.end(),
                           [&one](const DockerContainer &other) { return isSame(other, one); });
        if (same == to.containers.end()) {
            to.containers << one;
            continue;
        }
        text(same->id, one.id);
        text(same->image, one.image);
        text(same->status, one.status);
        text(same->state, one.state);
        text(same->health, one.health);
        text(same->ports, one.ports);
        text(same->role, one.role);
        text(same->brokerUrl, one.brokerUrl);
        text(same->startedAt, one.startedAt);
        value(same->cpuPercent, one.cpuPercent);
        value(same->memoryBytes, one.memoryBytes);
        value(same->memoryLimitBytes, one.memoryLimitBytes);
        value(same->memoryPercent, one.memoryPercent);
        value(same->pids, one.pids);
        value(same->oomKilled, one.oomKilled);
        value(same->exitCode, one.exitCode);
        value(same->restarts, one.restarts);
        value(same->cpuLimit, one.cpuLimit);
        value(same->agentCount, one.agentCount);
        if (!one.environment.isEmpty()) {
            same->environment = one.environment;
        }
    }
}

} // namespace proverdeck::models::aztec

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/live/MachineProbe.h"

#include "models/logs/LogText.h"
#include "models/logs/Redactor.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("MachineProbe", text);
}

// The templates print one value per line or field; what the last one prints passes awk on the
// server before it comes here.
constexpr char Script[] = R"sh(
command -v docker >/dev/null 2>&1 || { echo "docker: command not found"; exit 1; }
now=$(docker info --format '{{.SystemTime}}' 2>&1) || { echo "$now"; exit 1; }
echo "@now $now"
echo "@cores $(nproc 2>/dev/null)"
echo "@memory $(awk '/^MemTotal:/ {printf "%.0f", $2 * 1024}' /proc/meminfo 2>/dev/null)"
echo @ps
docker ps -a --format '{{json .}}'
echo @stats
docker stats --no-stream --format '{{json .}}'
echo @inspect
ids=$(docker ps -aq)
[ -n "$ids" ] || exit 0
docker inspect --format '{{.Name}}|{{.Id}}|{{.State.ExitCode}}|{{.State.OOMKilled}}|{{.State.StartedAt}}|{{.RestartCount}}|{{.HostConfig.Memory}}|{{.HostConfig.NanoCpus}}' $ids
echo @details
docker inspect --format '{{println "@c" .Name}}{{range .Config.Env}}{{println "@e" .}}{{end}}{{range .Args}}{{println "@a" .}}{{end}}' $ids | awk '
/^@c \// {print; next}
/^@a --prover-(agent|broker|node)$/ {print; next}
/^@e (PROVER_AGENT_COUNT|PROVER_AGENT_POLL_INTERVAL_MS|PROVER_BROKER_JOB_TIMEOUT_MS|PROVER_REAL_PROOFS|HARDWARE_CONCURRENCY|LOG_LEVEL|AZTEC_PORT|PROVER_BROKER_PORT|PROVER_AGENT_PROOF_TYPES)=[A-Za-z0-9_.:;,-]*$/ {print; next}
/^@e PROVER_BROKER_HOST=/ {
  name = $0; sub(/=.*/, "", name)
  value = $0; sub(/^[^=]*=/, "", value)
  scheme = ""
  if (match(value, /^[a-z]+:\/\//)) {scheme = substr(value, 1, RLENGTH); value = substr(value, RLENGTH + 1)}
  sub(/[\/?#].*/, "", value)
  sub(/^.*@/, "", value)
  print name "=" scheme value
}'
)sh";

void readInspect(MachineStatus &status, const QByteArray &line, const QString &machine)
{
    const QList<QByteArray> words = line.split('|');
    if (words.size() != 8) {
        return;
    }
    const auto number = [](const QByteArray &word) {
        bool ok = false;
        const double value = word.trimmed().toDouble(&ok);
        return ok && std::isfinite(value) ? std::optional(value) : std::nullopt;
    };
    const auto whole = [](const QByteArray &word) {
        bool ok = false;
        const int value = word.trimmed().toInt(&ok);
        return ok ? std::optional(value) : std::nullopt;
    };
    DockerContainer container;
    container.machine = machine;
    container.name
        = QString::fromUtf8(words.at(0).startsWith('/') ? words.at(0).mid(1) : words.at(0));
    container.id = QString::fromLatin1(words.at(1).left(12));
    container.exitCode = whole(words.at(2));
    container.oomKilled = words.at(3) == "true" ? std::optional(true)
        : words.at(3) == "false"                ? std::optional(false)
                                                : std::nullopt;
    container.startedAt = QString::fromLatin1(words.at(4).left(40));
    container.restarts = whole(words.at(5));
    const double memory = number(words.at(6)).value_or(0);
    container.memoryLimitBytes = memory > 0 ? std::optional(memory) : std::nullopt;
    const double cpus = number(words.at(7)).value_or(0);
    container.cpuLimit = cpus > 0 ? std::optional(cpus / 1e9) : std::nullopt;
    DockerFile file{status.containers};
    mergeDocker(file, {{container}});
    status.containers = file.containers;
}

DockerContainer *named(MachineStatus &status, const QString &name)
{
    for (DockerContainer &one : status.containers) {
        if (one.name == name) {
            return &one;
        }
    }
    return nullptr;
}

void readDetail(DockerContainer &container, const QByteArray &line)
{
    if (line.startsWith("@a --prover-")) {
        const QByteArray role = line.mid(12).trimmed();
        // A complete node names several: the node is what it is for.
        if (container.role != u"prover-node") {
            container.role = role == "node" ? u"prover-node"_s : QString::fromLatin1(role);
        }
        return;
    }
    const QString variable = maskedVariable(QString::fromUtf8(line.mid(3)).left(300));
    if (variable.startsWith(u"PROVER_BROKER_HOST=")) {
        container.brokerUrl = variable.mid(19);
    } else if (variable.startsWith(u"PROVER_AGENT_COUNT=")) {
        bool ok = false;
        const int count = variable.mid(19).toInt(&ok);
        container.agentCount = ok ? std::optional(count) : std::nullopt;
    }
    container.environment << variable;
}

} // namespace

QList<DockerContainer> MachineStatus::aztecContainers() const
{
    QList<DockerContainer> found;
    std::copy_if(containers.begin(), containers.end(), std::back_inserter(found),
                 [](const DockerContainer &one) {
                     // A name such as "broker" alone may be another prover's.
                     return one.image.contains(u"aztec") || one.name.contains(u"aztec")
                         || !one.brokerUrl.isEmpty();
                 });
    return found;
}

QByteArray machineStatusScript()
{
    return Script;
}

tl::expected<MachineStatus, QString> parseMachineStatus(QByteArrayView output,
                                                        const QString &machine)
{
    MachineStatus status;
    DockerFile file;
    QByteArray part;
    QString container;
    bool isDocker = false;
    const QList<QByteArray> lines = output.toByteArray().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("@now ")) {
            isDocker = true;
            const QDateTime now = QDateTime::fromString(
                QString::fromLatin1(line.mid(5, 23)).section(u'Z', 0, 0), Qt::ISODateWithMs);
            if (now.isValid()) {
                status.nowMs = QDateTime(now.date(), now.time(), Qt::UTC).toMSecsSinceEpoch();
            }
        } else if (line.startsWith("@cores ")) {
            const int cores = line.mid(7).trimmed().toInt();
            status.cores = cores > 0 ? std::optional(cores) : std::nullopt;
        } else if (line.startsWith("@memory ")) {
            const double memory = line.mid(8).trimmed().toDouble();
            status.memoryBytes = memory > 0 ? std::optional(memory) : std::nullopt;
        } else if (line == "@ps" || line == "@stats" || line == "@inspect" || line == "@details") {
            part = line;
        } else if (part == "@ps" || part == "@stats") {
            file = readDocker(line, machine);
            DockerFile all{status.containers};
            mergeDocker(all, file);
            status.containers = all.containers;
            if (part == "@ps" && !file.containers.isEmpty()) {
                const QString labels
                    = QJsonDocument::fromJson(line).object().value(u"Labels"_s).toString();
                const QString key = u"com.docker.compose.project="_s;
                const qsizetype at = labels.indexOf(key);
                if (at >= 0) {
                    status.projects.insert(file.containers.first().name,
                                           labels.mid(at + key.size()).section(u',', 0, 0));
                }
            }
        } else if (part == "@inspect") {
            readInspect(status, line, machine);
        } else if (part == "@details" && line.startsWith("@c /")) {
            container = QString::fromUtf8(line.mid(4).trimmed());
        } else if (DockerContainer *one = part == "@details" ? named(status, container) : nullptr) {
            readDetail(*one, line);
        }
    }
    if (!isDocker) {
        const QString said
            = redactedText(plainLineFromUtf8(output.toByteArray().left(400).split('\n').first()));
        return tl::unexpected(
            said.contains(u"not found")
                ? tr("There is no docker in the login shell of %1. Follow log files instead.")
                      .arg(machine)
                : said.contains(u"permission denied")
                ? tr("Docker refuses the user on %1. Add the user to the group docker, then log "
                     "out "
                     "and in again.")
                      .arg(machine)
                : tr("Docker on %1 does not answer: %2").arg(machine, said));
    }
    return status;
}

} // namespace proverdeck::models::aztec

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/StackStatus.h"

#include "models/logs/LogText.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimeZone>

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr int KilledExit = 137;
constexpr int ManyRestarts = 3;

QString tr(const char *text)
{
    return QCoreApplication::translate("StackStatus", text);
}

constexpr const char *Ask = R"sh(
now=$(timeout 20 docker info --format '{{.SystemTime}}' 2>&1) || { echo "E docker does not answer: $(echo "$now" | head -n 1)"; exit 69; }
echo "now $now"
ids=$(@COMPOSE ps -aq 2>/dev/null) || { echo "E docker compose does not answer: $(@COMPOSE ps -aq 2>&1 >/dev/null | tail -n 1)"; exit 69; }
if [ -n "$ids" ]; then
  docker inspect --format '{"name":{{json .Name}},"state":{{json .State}},"restarts":{{.RestartCount}},"image":{{json .Config.Image}},"labels":{{json .Config.Labels}},"memory":{{.HostConfig.Memory}},"entry":{{json .Config.Entrypoint}}}' $ids 2>/dev/null | sed 's/^/container /'
  docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' $ids 2>/dev/null | sed -n 's/^SEGMENT_SIZE=\([0-9][0-9]*\)$/segment \1/p' | head -n 1
  timeout 30 docker stats --no-stream --format '{{json .}}' $ids 2>/dev/null | sed 's/^/stats /'
fi
echo "end yes")sh";

std::optional<double> percentOf(const QJsonObject &stats, const QString &key)
{
    bool ok = false;
    const double value = stats.value(key).toString().remove(u'%').toDouble(&ok);
    return ok ? std::optional(value) : std::nullopt;
}

StackContainer containerOf(const QJsonObject &json)
{
    const QJsonObject state = json.value("state"_L1).toObject();
    const QJsonObject labels = json.value("labels"_L1).toObject();
    StackContainer container;
    container.name = plainLine(json.value("name"_L1).toString(), 120);
    if (container.name.startsWith(u'/')) {
        container.name.remove(0, 1);
    }
    container.service = plainLine(labels.value("com.docker.compose.service"_L1).toString(), 80);
    container.image = plainLine(json.value("image"_L1).toString(), 200);
    container.status = plainLine(state.value("Status"_L1).toString(), 40);
    container.health
        = plainLine(state.value("Health"_L1).toObject().value("Status"_L1).toString(), 40);
    container.isRunning = state.value("Running"_L1).toBool();
    container.isOomKilled = state.value("OOMKilled"_L1).toBool();
    container.exitCode = state.value("ExitCode"_L1).toInt();
    container.restarts = json.value("restarts"_L1).toInt();
    container.started = parseDaemonTime(state.value("StartedAt"_L1).toString());
    container.finished = parseDaemonTime(state.value("FinishedAt"_L1).toString());
    const qint64 limit = json.value("memory"_L1).toInteger();
    container.memoryLimit = limit > 0 ? std::optional(limit) : std::nullopt;
    return container;
}

/// "--segment-po2 21" of an exec agent of the older releases.
std::optional<int> segmentIn(const QJsonObject &json)
{
    QString words;
    const QJsonArray entry = json.value("entry"_L1).toArray();
    for (const QJsonValue &word : entry) {
        words += word.toString() + u' ';
    }
    const qsizetype at = words.indexOf("--segment-po2 "_L1);
    bool ok = false;
    const int value = at < 0 ? 0 : words.mid(at + 14).section(u' ', 0, 0).toInt(&ok);
    return ok ? std::optional(value) : std::nullopt;
}

QJsonValue timeJson(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(time.toString(Qt::ISODateWithMs)) : QJsonValue();
}

template<typename Number> QJsonValue numberJson(const std::optional<Number> &number)
{
    return number ? QJsonValue(*number) : QJsonValue();
}

} // namespace

QDateTime parseDaemonTime(const QString &text)
{
    QString shorter = text.trimmed();
    const qsizetype point = shorter.indexOf(u'.');
    if (point > 0) {
        qsizetype end = point + 1;
        while (end < shorter.size() && shorter.at(end).isDigit()) {
            ++end;
        }
        shorter.replace(point, end - point, shorter.mid(point, qMin<qsizetype>(4, end - point)));
    }
    const QDateTime time = QDateTime::fromString(shorter, Qt::ISODateWithMs).toUTC();
    return time.isValid() && time.date().year() > 1970 ? time : QDateTime();
}

const StackContainer *StackStatus::broker() const
{
    const auto found = std::ranges::find_if(containers, &StackContainer::isBroker);
    return found == containers.end() ? nullptr : &*found;
}

bool StackStatus::isBrokerRunning() const
{
    return std::ranges::any_of(containers, [](const StackContainer &container) {
        return container.isBroker() && (container.isRunning || container.status == u"restarting");
    });
}

int StackStatus::running(const QString &servicePrefix) const
{
    return int(std::ranges::count_if(containers, [&](const StackContainer &container) {
        return container.isRunning && container.service.startsWith(servicePrefix);
    }));
}

QByteArray stackStatusScript(const Checkout &checkout)
{
    return enterScript(checkout.dir)
        + QByteArray(Ask).replace("@COMPOSE", checkout.compose().toUtf8()) + '\n';
}

tl::expected<StackStatus, QString> parseStackStatus(QByteArrayView output)
{
    StackStatus status;
    QMap<QString, QJsonObject> stats;
    bool isWhole = false;
    const QList<QByteArray> lines = output.toByteArray().split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype space = line.indexOf(' ');
        const QByteArray word = line.left(qMax<qsizetype>(0, space));
        const QByteArray rest = line.mid(space + 1).trimmed();
        if (word == "E") {
            return tl::unexpected(tr("The server cannot tell of its containers: %1.")
                                      .arg(plainLine(QString::fromUtf8(rest), 300)));
        }
        if (word == "now") {
            status.now = parseDaemonTime(QString::fromUtf8(rest));
        } else if (word == "segment") {
            status.segmentSize = rest.toInt();
        } else if (word == "container") {
            const QJsonObject json = QJsonDocument::fromJson(rest).object();
            status.containers << containerOf(json);
            if (!status.segmentSize) {
                status.segmentSize = segmentIn(json);
            }
        } else if (word == "stats") {
            const QJsonObject json = QJsonDocument::fromJson(rest).object();
            stats.insert(json.value("Name"_L1).toString(), json);
        } else if (word == "end") {
            isWhole = true;
        }
    }
    if (!isWhole || !status.now.isValid()) {
        return tl::unexpected(tr("The server's answer on its containers is incomplete."));
    }
    for (StackContainer &container : status.containers) {
        const QJsonObject one = stats.value(container.name);
        container.cpuPercent = percentOf(one, u"CPUPerc"_s);
        container.memoryPercent = percentOf(one, u"MemPerc"_s);
    }
    std::ranges::sort(status.containers, [](const StackContainer &a, const StackContainer &b) {
        return a.isBroker() != b.isBroker() ? a.isBroker() : a.name < b.name;
    });
    return status;
}

QList<Finding> findingsOf(const StackStatus &status)
{
    QList<Finding> findings;
    const auto add = [&findings](const QString &code, Severity severity, const QString &text,
                                 const QString &advice) {
        findings << Finding{code, severity, text, advice, {}, 1};
    };
    for (const StackContainer &container : status.containers) {
        const bool isKilled = !container.isRunning && container.exitCode == KilledExit;
        if (container.isOomKilled || (isKilled && container.isBroker())) {
            add(u"container-oom"_s, Severity::Error,
                tr("%1 was killed (exit status 137%2).")
                    .arg(container.name, container.isOomKilled ? tr(", out of memory") : QString()),
                container.isBroker()
                    ? tr(
                        "Raise mem_limit of the broker in the compose file: 2G is too little under "
                        "load. Orders that it had locked go on when it is back.")
                    : tr("Raise its mem_limit in the compose file, or run fewer agents."));
        }
        if (container.restarts >= ManyRestarts || container.status == u"restarting") {
            add(u"container-restarts"_s, Severity::Warning,
                tr("%1 was restarted %2 times.").arg(container.name).arg(container.restarts),
                tr("Its log says why: the last lines before each start."));
        }
        if (container.health == u"unhealthy") {
            add(u"container-unhealthy"_s, Severity::Warning,
                tr("%1 is unhealthy, by its own check.").arg(container.name),
                tr("Look at its log."));
        }
    }
    return findings;
}

QJsonObject toJson(const StackStatus &status, const Checkout &checkout)
{
    QJsonArray containers;
    for (const StackContainer &one : status.containers) {
        containers << QJsonObject{
            {u"name"_s, one.name},
            {u"service"_s, one.service},
            {u"image"_s, one.image},
            {u"status"_s, one.status},
            {u"health"_s, one.health.isEmpty() ? QJsonValue() : QJsonValue(one.health)},
            {u"restarts"_s, one.restarts},
            {u"oom_killed"_s, one.isOomKilled},
            {u"exit_code"_s, one.isRunning ? QJsonValue() : QJsonValue(one.exitCode)},
            {u"started"_s, timeJson(one.started)},
            {u"finished"_s, timeJson(one.finished)},
            {u"memory_limit"_s, numberJson(one.memoryLimit)},
            {u"cpu_percent"_s, numberJson(one.cpuPercent)},
            {u"memory_percent"_s, numberJson(one.memoryPercent)}};
    }
    QJsonArray findings;
    const QList<Finding> found = findingsOf(status);
    for (const Finding &finding : found) {
        findings << QJsonObject{{u"code"_s, finding.code},
                                {u"severity"_s, severityWord(finding.severity)},
                                {u"text"_s, finding.text},
                                {u"advice"_s, finding.advice}};
    }
    return {{u"dir"_s, checkout.path},
            {u"version"_s, checkout.versionText()},
            {u"era"_s, eraWord(checkout.era)},
            {u"cli"_s, checkout.cliVersion},
            {u"time"_s, timeJson(status.now)},
            {u"broker_running"_s, status.isBrokerRunning()},
            {u"segment_size"_s, numberJson(status.segmentSize)},
            {u"containers"_s, containers},
            {u"findings"_s, findings}};
}

} // namespace proverdeck::models::boundless

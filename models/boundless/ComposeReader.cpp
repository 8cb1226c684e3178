// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ComposeReader.h"

#include "models/logs/LogText.h"

#include <QCoreApplication>
#include <QRegularExpression>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wextra-semi"
#pragma GCC diagnostic ignored "-Wuseless-cast"
#pragma GCC diagnostic ignored "-Wnull-dereference"
#endif
#include <yaml-cpp/yaml.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MostBytes = 1 << 20;
constexpr int MostMerges = 8;

QString tr(const char *text)
{
    return QCoreApplication::translate("ComposeReader", text);
}

QString textOf(const YAML::Node &node)
{
    return node.IsDefined() && node.IsScalar() ? plainLine(QString::fromStdString(node.Scalar()))
                                               : QString();
}

/// The value of a key of a mapping, looked for in what it merges, too.
YAML::Node lookUp(const YAML::Node &map, const std::string &key, int depth = 0)
{
    if (!map.IsDefined() || !map.IsMap() || depth > MostMerges) {
        return YAML::Node(YAML::NodeType::Undefined);
    }
    YAML::Node merged(YAML::NodeType::Undefined);
    for (const auto &entry : map) {
        if (!entry.first.IsScalar()) {
            continue;
        }
        if (entry.first.Scalar() == key) {
            return entry.second;
        }
        if (entry.first.Scalar() == "<<") {
            merged.reset(entry.second);
        }
    }
    if (merged.IsDefined() && merged.IsMap()) {
        return lookUp(merged, key, depth + 1);
    }
    if (merged.IsDefined() && merged.IsSequence()) {
        for (const auto &item : merged) {
            const YAML::Node found = lookUp(item, key, depth + 1);
            if (found.IsDefined()) {
                return found;
            }
        }
    }
    return YAML::Node(YAML::NodeType::Undefined);
}

/// "4", "${BENTO_EXECUTOR_COUNT:-4}".
int countOf(const YAML::Node &node)
{
    static const QRegularExpression number(u"^(?:\\$\\{[A-Z_]+:?-)?(\\d{1,4})\\}?$"_s);
    const auto found = number.match(textOf(node));
    return found.hasMatch() ? found.captured(1).toInt() : 1;
}

QStringList devicesOf(const YAML::Node &service)
{
    QStringList ids;
    const YAML::Node deploy = lookUp(service, "deploy");
    const YAML::Node reservations = lookUp(lookUp(deploy, "resources"), "reservations");
    const YAML::Node devices = lookUp(reservations, "devices");
    if (devices.IsDefined() && devices.IsSequence()) {
        for (const auto &device : devices) {
            const YAML::Node list = lookUp(device, "device_ids");
            if (list.IsDefined() && list.IsSequence()) {
                for (const auto &id : list) {
                    ids << textOf(id);
                }
            }
        }
    }
    return ids;
}

QStringList namesOf(const YAML::Node &dependsOn)
{
    QStringList names;
    if (dependsOn.IsDefined() && dependsOn.IsSequence()) {
        for (const auto &name : dependsOn) {
            names << textOf(name);
        }
    } else if (dependsOn.IsDefined() && dependsOn.IsMap()) {
        for (const auto &entry : dependsOn) {
            names << textOf(entry.first);
        }
    }
    return names;
}

void putScalar(ComposeReading &reading, const QString &agent, const char *key,
               const YAML::Node &node)
{
    if (node.IsDefined() && node.IsScalar() && node.Mark().line >= 0 && node.Tag() != "!") {
        reading.scalars.insert(
            agent + u'/' + QString::fromLatin1(key),
            ScalarPlace{node.Mark().line, node.Mark().column, qsizetype(node.Scalar().size())});
    }
}

void readServices(const YAML::Node &services, ComposeReading &reading)
{
    static const QRegularExpression gpuName(u"^gpu_prove_agent\\d*$"_s);
    static const QRegularExpression execName(u"^exec_agent\\d*$"_s);
    for (const auto &entry : services) {
        const QString name = textOf(entry.first);
        reading.services << name;
        reading.serviceLines << entry.first.Mark().line;
        const bool isGpu = gpuName.match(name).hasMatch();
        if (!isGpu && !execName.match(name).hasMatch()) {
            continue;
        }
        ComposeAgent agent;
        agent.name = name;
        agent.isGpu = isGpu;
        agent.line = entry.first.Mark().line + 1;
        agent.memory = textOf(lookUp(entry.second, "mem_limit"));
        agent.cpus = textOf(lookUp(entry.second, "cpus"));
        agent.replicas = countOf(lookUp(lookUp(entry.second, "deploy"), "replicas"));
        agent.devices = isGpu ? devicesOf(entry.second) : QStringList();
        putScalar(reading, name, "mem_limit", lookUp(entry.second, "mem_limit"));
        putScalar(reading, name, "cpus", lookUp(entry.second, "cpus"));
        reading.agents << agent;
    }
    reading.dependsOn = namesOf(lookUp(lookUp(services, "broker"), "depends_on"));
    for (ComposeAgent &agent : reading.agents) {
        agent.isAwaited = reading.dependsOn.contains(agent.name);
    }
}

} // namespace

ComposeReading readCompose(const QByteArray &bytes)
{
    ComposeReading reading;
    if (bytes.size() > MostBytes) {
        reading.problem = tr("it is larger than a megabyte");
        return reading;
    }
    try {
        const YAML::Node root = YAML::Load(bytes.toStdString());
        const YAML::Node services = lookUp(root, "services");
        if (!services.IsDefined() || !services.IsMap()) {
            reading.problem = tr("it has no \"services\"");
            reading.problemLine = 1;
            return reading;
        }
        readServices(services, reading);
    } catch (const YAML::Exception &error) {
        reading.problem = plainLine(QString::fromStdString(error.msg));
        reading.problemLine = error.mark.line + 1;
    }
    return reading;
}

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ComposeFile.h"

#include "models/boundless/ComposeReader.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MostUndo = 200;

QString tr(const char *text)
{
    return QCoreApplication::translate("ComposeFile", text);
}

qsizetype startOfLine(const QByteArray &text, qint64 line)
{
    qsizetype at = 0;
    for (qint64 i = 0; i < line && at >= 0; ++i) {
        at = text.indexOf('\n', at);
        at = at < 0 ? text.size() : at + 1;
    }
    return at;
}

qsizetype endOfLine(const QByteArray &text, qsizetype at)
{
    const qsizetype end = text.indexOf('\n', at);
    return end < 0 ? text.size() : end + 1;
}

qsizetype indentOf(QByteArrayView line)
{
    qsizetype indent = 0;
    while (indent < line.size() && line.at(indent) == ' ') {
        ++indent;
    }
    return indent;
}

bool isEmptyOrComment(QByteArrayView line)
{
    const QByteArrayView text = line.trimmed();
    return text.isEmpty() || text.startsWith('#');
}

} // namespace

ComposeFile::ComposeFile(QByteArray bytes)
    : m_bytes(std::move(bytes))
{
    read();
}

void ComposeFile::read()
{
    const ComposeReading reading = readCompose(m_bytes);
    m_problem = reading.problem;
    m_problemLine = reading.problemLine;
    m_services = reading.services;
    m_serviceLines = reading.serviceLines;
    m_agents = reading.agents;
    m_dependsOn = reading.dependsOn;
    m_segmentSize.reset();
    m_segmentSpan.reset();
    m_segmentIsVariable = false;
    // In the command of the exec agents (until 1.2), or a variable of them (since 1.4).
    static const QRegularExpression segment(
        uR"((?:--segment-po2[ =]+|^[ \t]*SEGMENT_SIZE:[ \t]*["']?)(\$\{SEGMENT_SIZE:?-)?(\d{1,2}))"_s,
        QRegularExpression::MultilineOption);
    const auto found = segment.match(QString::fromLatin1(m_bytes)); // a character for each byte
    if (found.hasMatch()) {
        m_segmentSize = found.captured(2).toInt();
        m_segmentIsVariable = !found.captured(1).isEmpty();
        m_segmentSpan = Span{found.capturedStart(2), found.capturedEnd(2)};
    }
}

QList<ComposeAgent> ComposeFile::gpuAgents() const
{
    QList<ComposeAgent> list;
    std::ranges::copy_if(m_agents, std::back_inserter(list), &ComposeAgent::isGpu);
    return list;
}

std::optional<int> ComposeFile::execAgentCount() const
{
    int count = 0;
    for (const ComposeAgent &agent : m_agents) {
        count += agent.isGpu ? 0 : agent.replicas;
    }
    return count > 0 ? std::optional(count) : std::nullopt;
}

const ComposeAgent *ComposeFile::agent(const QString &name) const
{
    const auto found = std::ranges::find_if(
        m_agents, [&name](const ComposeAgent &other) { return other.name == name; });
    return found == m_agents.end() ? nullptr : &*found;
}

QString ComposeFile::nextName(bool isGpu) const
{
    const QString stem = isGpu ? u"gpu_prove_agent"_s : u"exec_agent"_s;
    for (int number = 0;; ++number) {
        const QString name = stem + QString::number(number);
        if (!m_services.contains(name)) {
            return name;
        }
    }
}

std::optional<ComposeFile::Span> ComposeFile::blockOf(const QString &service) const
{
    const qsizetype index = m_services.indexOf(service);
    if (index < 0) {
        return std::nullopt;
    }
    const qsizetype start = startOfLine(m_bytes, m_serviceLines.at(index));
    const qsizetype indent = indentOf(QByteArrayView(m_bytes).sliced(start));
    qsizetype end = endOfLine(m_bytes, start);
    // Blank lines and comments at its end belong to what follows.
    for (qsizetype at = end; at < m_bytes.size();) {
        const qsizetype next = endOfLine(m_bytes, at);
        const QByteArrayView line = QByteArrayView(m_bytes).sliced(at, next - at);
        if (!isEmptyOrComment(line)) {
            if (indentOf(line) <= indent) {
                break;
            }
            end = next;
        }
        at = next;
    }
    return Span{start, end};
}

tl::expected<void, QString> ComposeFile::accept(const QByteArray &changed,
                                                const QList<ComposeAgent> &wanted)
{
    const ComposeReading reading = readCompose(changed);
    const auto same = [](const ComposeAgent &a, const ComposeAgent &b) {
        return a.name == b.name && a.devices == b.devices && a.memory == b.memory
            && a.cpus == b.cpus && a.replicas == b.replicas && a.isAwaited == b.isAwaited;
    };
    if (!reading.problem.isEmpty() || reading.agents.size() != wanted.size()
        || !std::equal(reading.agents.begin(), reading.agents.end(), wanted.begin(), same)) {
        return tl::unexpected(
            tr("The file is written in a way that this program does not change safely; edit it by "
               "hand."));
    }
    if (changed != m_bytes) {
        m_past << m_bytes;
        if (m_past.size() > MostUndo) {
            m_past.remove(1);
        }
        m_bytes = changed;
        read();
    }
    return {};
}

QByteArray ComposeFile::withDependency(const QByteArray &text, const QString &like,
                                       const QString &name) const
{
    // "- gpu_prove_agent0", "gpu_prove_agent0: {condition: …}" or a name in [ … ], below
    // depends_on.
    const QString word = QRegularExpression::escape(like);
    const QRegularExpression inList(u"^([ \\t]*- *)"_s + word + u"([ \\t]*(?:#[^\\n]*?)?\\r?)$"_s,
                                    QRegularExpression::MultilineOption);
    const QRegularExpression inFlow(u"(depends_on: *\\[[^\\]\\n]*?\\b)"_s + word
                                    + u"\\b(?=[ ,\\]])"_s);
    const QRegularExpression inMap(u"^([ \\t]+)"_s + word
                                       + u"(: *\\{ *condition:[^}\\n]*\\}\\r?)$"_s,
                                   QRegularExpression::MultilineOption);
    QString latin = QString::fromLatin1(text);
    if (const auto found = inList.match(latin); found.hasMatch()) {
        const QString end = found.captured(2).endsWith(u'\r') ? u"\r"_s : QString();
        latin.insert(found.capturedEnd(), QString(u'\n' + found.captured(1) + name + end));
    } else if (const auto flow = inFlow.match(latin); flow.hasMatch()) {
        latin.insert(flow.capturedEnd(), QString(u", "_s + name));
    } else if (const auto map = inMap.match(latin); map.hasMatch()) {
        latin.insert(map.capturedEnd(), QString(u'\n' + map.captured(1) + name + map.captured(2)));
    }
    return latin.toLatin1();
}

QByteArray ComposeFile::withoutDependency(const QByteArray &text, const QString &name) const
{
    const QString word = QRegularExpression::escape(name);
    QString latin = QString::fromLatin1(text);
    latin.remove(QRegularExpression(u"^[ \\t]*- *"_s + word + u"[ \\t]*(?:#[^\\n]*)?\\r?\\n"_s,
                                    QRegularExpression::MultilineOption));
    latin.remove(
        QRegularExpression(u"^[ \\t]+"_s + word + u": *\\{ *condition:[^}\\n]*\\}\\r?\\n"_s,
                           QRegularExpression::MultilineOption));
    static const QRegularExpression flow(u"depends_on: *\\[[^\\]\\n]*\\]"_s);
    for (auto all = flow.globalMatch(latin); all.hasNext();) {
        const auto found = all.next();
        QString list = found.captured();
        list.remove(QRegularExpression(u", *"_s + word + u"\\b(?=[ ,\\]])"_s));
        list.replace(QRegularExpression(u"\\[ *"_s + word + u" *, *"_s), u"["_s);
        if (list != found.captured()) {
            latin.replace(found.capturedStart(), found.capturedLength(), list);
            break;
        }
    }
    return latin.toLatin1();
}

tl::expected<void, QString> ComposeFile::copyAgent(const ComposeAgent &like, const QString &name,
                                                   const std::optional<int> &device)
{
    const auto block = blockOf(like.name);
    if (!block) {
        return tl::unexpected(tr("There is no service %1.").arg(like.name));
    }
    QString text = QString::fromLatin1(m_bytes.sliced(block->start, block->end - block->start));
    text.replace(text.indexOf(like.name), like.name.size(), name);
    if (device) {
        static const QRegularExpression ids(u"(device_ids:\\s*(?:\\[\\s*|-\\s*)[\"']?)\\d+"_s);
        const auto found = ids.match(text);
        if (!found.hasMatch()) {
            return tl::unexpected(
                tr("%1 names no card, so a copy of it would use the same ones.").arg(like.name));
        }
        text.replace(found.capturedEnd(1), found.capturedLength() - found.capturedLength(1),
                     QString::number(*device));
    }
    QByteArray changed = m_bytes;
    const bool isOpen = block->end > 0 && changed.at(block->end - 1) != '\n';
    changed.insert(block->end, (isOpen ? QString(u'\n' + text) : text).toLatin1());
    if (like.isAwaited) {
        changed = withDependency(changed, like.name, name);
    }
    QList<ComposeAgent> wanted = m_agents;
    ComposeAgent added = like;
    added.name = name;
    added.devices = device ? QStringList{QString::number(*device)} : like.devices;
    const auto at = std::ranges::find_if(
        wanted, [&like](const ComposeAgent &other) { return other.name == like.name; });
    wanted.insert(at + 1, added);
    return accept(changed, wanted);
}

tl::expected<void, QString> ComposeFile::addGpuAgent(int device)
{
    const QList<ComposeAgent> gpus = gpuAgents();
    if (gpus.isEmpty()) {
        return tl::unexpected(tr("There is no GPU agent to copy in this file."));
    }
    if (gpus.last().devices.isEmpty()) {
        return tl::unexpected(
            tr("The service %1 finds all cards by itself: there is nothing to add.")
                .arg(gpus.last().name));
    }
    for (const ComposeAgent &gpu : gpus) {
        if (gpu.devices.contains(QString::number(device))) {
            return tl::unexpected(tr("Card %1 is used by %2 already.").arg(device).arg(gpu.name));
        }
    }
    const QString wanted = u"gpu_prove_agent"_s + QString::number(device);
    return copyAgent(gpus.last(), m_services.contains(wanted) ? nextName(true) : wanted, device);
}

tl::expected<void, QString> ComposeFile::addExecAgent()
{
    const ComposeAgent *like = nullptr;
    for (const ComposeAgent &agent : std::as_const(m_agents)) {
        like = agent.isGpu ? like : &agent;
    }
    if (like == nullptr) {
        return tl::unexpected(tr("There is no exec agent to copy in this file."));
    }
    if (like->name == "exec_agent"_L1) {
        // One service with replicas (1.1 and newer).
        const auto block = blockOf(like->name);
        static const QRegularExpression replicas(
            u"(replicas:[ \\t]*[\"']?(?:\\$\\{[A-Z_]+:?-)?)(\\d+)"_s);
        const QString text = QString::fromLatin1(m_bytes);
        const auto found = block ? replicas.match(text, block->start) : QRegularExpressionMatch();
        if (!found.hasMatch() || found.capturedStart() > block->end) {
            return tl::unexpected(tr("The service exec_agent has no \"replicas\"."));
        }
        QByteArray changed = m_bytes;
        changed.replace(found.capturedStart(2), found.capturedLength(2),
                        QByteArray::number(like->replicas + 1));
        QList<ComposeAgent> wanted = m_agents;
        for (ComposeAgent &agent : wanted) {
            agent.replicas += agent.name == like->name ? 1 : 0;
        }
        return accept(changed, wanted);
    }
    return copyAgent(*like, nextName(false), std::nullopt);
}

tl::expected<void, QString> ComposeFile::removeAgent(const QString &name)
{
    const ComposeAgent *gone = agent(name);
    const auto block = blockOf(name);
    if (gone == nullptr || !block) {
        return tl::unexpected(tr("There is no agent %1.").arg(name));
    }
    const auto others = std::ranges::count_if(
        m_agents, [gone](const ComposeAgent &other) { return other.isGpu == gone->isGpu; });
    if (others < 2) {
        return tl::unexpected(
            gone->isGpu ? tr("%1 is the only GPU agent: nothing would prove.").arg(name)
                        : tr("%1 is the only exec agent: nothing would execute.").arg(name));
    }
    QByteArray changed = m_bytes;
    changed.remove(block->start, block->end - block->start);
    changed = withoutDependency(changed, name);
    QList<ComposeAgent> wanted = m_agents;
    wanted.removeIf([&name](const ComposeAgent &other) { return other.name == name; });
    return accept(changed, wanted);
}

tl::expected<void, QString> ComposeFile::setScalar(const QString &agentName, const QString &key,
                                                   const QString &value)
{
    const ComposeReading reading = readCompose(m_bytes);
    const auto place = reading.scalars.constFind(agentName + u'/' + key);
    if (agent(agentName) == nullptr) {
        return tl::unexpected(tr("There is no agent %1.").arg(agentName));
    }
    QByteArray changed = m_bytes;
    QList<ComposeAgent> wanted = m_agents;
    QStringList changedAgents{agentName};
    if (place != reading.scalars.constEnd()) {
        const qsizetype start = startOfLine(m_bytes, place->line) + place->column;
        changed.replace(start, place->length, value.toLatin1());
        // Agents that merge the same common block share the place.
        for (auto other = reading.scalars.constBegin(); other != reading.scalars.constEnd();
             ++other) {
            if (*other == *place) {
                changedAgents << other.key().section(u'/', 0, 0);
            }
        }
    } else {
        const auto block = blockOf(agentName);
        if (!block) {
            return tl::unexpected(tr("There is no service %1.").arg(agentName));
        }
        const qsizetype body = endOfLine(m_bytes, block->start);
        const qsizetype indent = indentOf(QByteArrayView(m_bytes).sliced(body));
        const QByteArray end = m_bytes.contains("\r\n") ? "\r\n" : "\n";
        changed.insert(body,
                       QByteArray(indent, ' ') + key.toLatin1() + ": " + value.toLatin1() + end);
    }
    for (ComposeAgent &row : wanted) {
        if (changedAgents.contains(row.name)) {
            (key == "cpus"_L1 ? row.cpus : row.memory) = value;
        }
    }
    return accept(changed, wanted);
}

tl::expected<void, QString> ComposeFile::setMemory(const QString &agentName, const QString &memory)
{
    static const QRegularExpression size(u"^[1-9]\\d{0,4}[MmGg][Bb]?$"_s);
    if (!size.match(memory).hasMatch()) {
        return tl::unexpected(tr("\"%1\" is no amount of memory; write 4G or 512M.").arg(memory));
    }
    return setScalar(agentName, u"mem_limit"_s, memory);
}

tl::expected<void, QString> ComposeFile::setCpus(const QString &agentName, const QString &cpus)
{
    static const QRegularExpression number(u"^\\d{1,3}(\\.\\d{1,2})?$"_s);
    if (!number.match(cpus).hasMatch() || cpus.toDouble() <= 0) {
        return tl::unexpected(tr("\"%1\" is no number of processors; write 4 or 0.5.").arg(cpus));
    }
    return setScalar(agentName, u"cpus"_s, cpus);
}

tl::expected<void, QString> ComposeFile::setSegmentSize(int po2)
{
    if (po2 < 13 || po2 > 24) {
        return tl::unexpected(tr("SEGMENT_SIZE must be from 13 to 24; 18 to 22 are usual."));
    }
    if (!m_segmentSpan) {
        return tl::unexpected(
            tr("This file sets no segment size; set SEGMENT_SIZE in the .env file."));
    }
    QByteArray changed = m_bytes;
    changed.replace(m_segmentSpan->start, m_segmentSpan->end - m_segmentSpan->start,
                    QByteArray::number(po2));
    return accept(changed, m_agents);
}

void ComposeFile::undo()
{
    if (!m_past.isEmpty()) {
        m_bytes = m_past.takeLast();
        read();
    }
}

} // namespace proverdeck::models::boundless

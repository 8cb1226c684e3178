// SPDX-License-Identifier: GPL-3.0-or-later
// What is dangerous in a compose file, and what would suit the machine: the judging half of
// ComposeFile.
#include "models/boundless/ComposeFile.h"

#include <QCoreApplication>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("ComposeFile", text);
}

} // namespace

QList<Finding> ComposeFile::check(const QString &name, std::optional<int> cards) const
{
    QList<Finding> findings;
    const auto put = [&](const char *code, Severity severity, const QString &text,
                         const QString &advice, qint64 line) {
        findings << Finding{QString::fromLatin1(code),    severity, text, advice,
                            Evidence{name, line, -1, {}}, 1};
    };
    if (!m_problem.isEmpty()) {
        put("yaml-syntax", Severity::Error, tr("The file is no valid YAML: %1.").arg(m_problem),
            tr("Mend line %1.").arg(m_problemLine), m_problemLine);
        return findings;
    }
    QStringList devices;
    for (const ComposeAgent &agent : m_agents) {
        if (!agent.isAwaited && m_services.contains(u"broker"_s)) {
            put("agent-not-awaited", agent.isGpu ? Severity::Warning : Severity::Info,
                tr("The broker does not depend on %1: at a stop it may end before the broker's "
                   "orders are done.")
                    .arg(agent.name),
                tr("Add it to depends_on of the broker."), agent.line);
        }
        for (const QString &device : agent.devices) {
            if (devices.contains(device)) {
                put("card-used-twice", Severity::Error,
                    tr("Card %1 is given to two agents: they run out of its memory.").arg(device),
                    tr("Give each agent a card of its own."), agent.line);
            }
            if (cards && device.toInt() >= *cards) {
                put("card-missing", Severity::Error,
                    tr("%1 wants card %2, and there are %3 (0 to %4).")
                        .arg(agent.name, device)
                        .arg(*cards)
                        .arg(*cards - 1),
                    tr("Remove the agent, or name another card."), agent.line);
            }
            devices << device;
        }
    }
    const QList<ComposeAgent> gpus = gpuAgents();
    const bool isAuto = !gpus.isEmpty() && gpus.first().devices.isEmpty();
    if (cards && !isAuto && devices.size() < *cards) {
        put("card-unused", Severity::Info,
            tr("%1 of %2 cards have an agent.").arg(devices.size()).arg(*cards),
            tr("Add a GPU agent for each card."), 0);
    }
    return findings;
}

SegmentProposal proposeSegmentSize(qint64 smallestMiB)
{
    const int po2 = smallestMiB <= 8192 ? 18
        : smallestMiB <= 16384          ? 19
        : smallestMiB <= 20480          ? 20
                                        : 21;
    return {po2,
            tr("The smallest card has %1 GiB; one value counts for all cards.")
                .arg(double(smallestMiB) / 1024, 0, 'f', 1)};
}

} // namespace proverdeck::models::boundless

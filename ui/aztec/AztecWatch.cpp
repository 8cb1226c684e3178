// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/AztecWatch.h"

#include <QDateTime>
#include <QDir>
#include <QLocale>
#include <QStandardPaths>

#include <algorithm>

using namespace std::chrono_literals;

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::aztec::MachineWatch;
using models::aztec::SourceState;

namespace {

constexpr auto TickEvery = 1s;
constexpr int KeptDays = 7;

QString capturesFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + u"/aztec"_s;
}

/// Copies of logs are kept for a week.
void removeOldCaptures()
{
    const QDateTime limit = QDateTime::currentDateTimeUtc().addDays(-KeptDays);
    const QFileInfoList folders
        = QDir(capturesFolder()).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QFileInfo &folder : folders) {
        if (folder.lastModified() < limit) {
            QDir(folder.filePath()).removeRecursively();
        }
    }
}

QString phaseTitle(const SourceState &state)
{
    switch (state.phase) {
    case SourceState::Phase::Waiting:
        return AztecWatch::tr("Waiting");
    case SourceState::Phase::Following:
        return AztecWatch::tr("Following");
    case SourceState::Phase::Ended:
        return AztecWatch::tr("Container stopped");
    case SourceState::Phase::Trouble:
        break;
    }
    return AztecWatch::tr("Cannot be read");
}

} // namespace

AztecWatch::AztecWatch(Services &services, AztecLoader &loader, Notifier &notifier, QObject *parent)
    : QObject(parent)
    , m_services(services)
    , m_loader(loader)
    , m_notifier(notifier)
{
    m_tick.setInterval(TickEvery);
    connect(&m_tick, &QTimer::timeout, this, &AztecWatch::tick);
}

AztecWatch::~AztecWatch() = default;

void AztecWatch::start(const QList<models::aztec::WatchChoice> &choices)
{
    stop();
    removeOldCaptures();
    const QString now = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmss-zzz"_s);
    m_alerts = {};
    models::aztec::AnalysisOptions options = m_loader.options();
    options.now.reset();
    m_loader.startLive(capturesFolder() + u'/' + now, options);
    for (const models::aztec::WatchChoice &choice : choices) {
        auto machine = std::make_unique<MachineWatch>(m_services.shellFor(choice.host), choice);
        MachineWatch *made = machine.get();
        m_machines.push_back(std::move(machine));
        const QString host = choice.host;
        connect(made, &MachineWatch::changed, this, &AztecWatch::changed);
        connect(made, &MachineWatch::bytesCame, &m_loader,
                [this, host](const QString &source, const QByteArray &bytes) {
                    m_loader.feed(host, source, bytes);
                });
        connect(made, &MachineWatch::statusCame, this,
                [this, host](const models::aztec::MachineStatus &status) {
                    models::aztec::AnalysisOptions known = m_loader.options();
                    if (status.cores) {
                        known.cores.insert(host, *status.cores);
                    }
                    m_loader.setOptions(known);
                    m_loader.setContainers(host, status.aztecContainers());
                });
        connect(made, &MachineWatch::diagnosed, this,
                [this, host](const auto &result) { emit diagnosed(host, result); });
        made->start();
    }
    m_tick.start();
    emit changed();
}

void AztecWatch::stop()
{
    m_tick.stop();
    m_machines.clear();
    emit changed();
}

/// The clock of the servers goes on in the analysis, and the seconds to the next try in the window.
void AztecWatch::tick()
{
    std::optional<qint64> now;
    bool isWaiting = false;
    for (const auto &machine : m_machines) {
        if (const auto mine = machine->nowMs(); mine && (!now || *mine > *now)) {
            now = mine;
        }
        isWaiting = isWaiting || machine->link() == MachineWatch::Link::Reconnecting;
    }
    if (now) {
        models::aztec::AnalysisOptions options = m_loader.options();
        options.now = now;
        m_loader.setOptions(options);
    }
    if (isWaiting) {
        emit changed();
    }
}

QStringList AztecWatch::sourceTitles()
{
    return {tr("Machine"), tr("Log"), tr("State"), tr("Lines"), tr("Remark")};
}

QList<CellTableModel::Row> AztecWatch::sourceRows() const
{
    QList<CellTableModel::Row> rows;
    for (const auto &machine : m_machines) {
        for (const auto &source : machine->sources()) {
            const SourceState &state = source->state();
            const bool isAway = machine->link() != MachineWatch::Link::Connected;
            QString remark = state.problem;
            if (state.gaps > 0) {
                remark = tr("The server no longer had the lines after the last known one; some may "
                            "be missing. A container was made anew, or its log rotated.");
            }
            const auto cell = [](const QString &text) {
                return TableCell{text, {}, text, false, {}};
            };
            rows << CellTableModel::Row{
                toWord(source->source()),
                {cell(machine->host()), cell(source->source().name),
                 cell(isAway ? tr("No connection") : phaseTitle(state)),
                 TableCell::number(double(state.lines), QLocale().toString(state.lines)),
                 cell(remark)}};
        }
    }
    return rows;
}

QString AztecWatch::stateText(const MachineWatch &machine) const
{
    qint64 lines = 0;
    for (const auto &source : machine.sources()) {
        lines += source->state().lines;
    }
    const auto count = machine.sources().size();
    const QString logs = count == 1 ? tr("1 log") : tr("%1 logs").arg(count);
    switch (machine.link()) {
    case MachineWatch::Link::Connecting:
        return tr("connecting …");
    case MachineWatch::Link::Connected:
        return machine.problem().isEmpty()
            ? tr("connected · %1 · %2 lines").arg(logs, QLocale().toString(lines))
            : machine.problem();
    case MachineWatch::Link::Reconnecting: {
        const auto wait = machine.retryIn();
        return tr("connection lost, next try in %1 s · logs go on where they were")
            .arg(wait ? wait->count() : 0);
    }
    case MachineWatch::Link::Failed:
        break;
    }
    return tr("cannot connect: %1").arg(machine.problem());
}

void AztecWatch::judge(const models::aztec::Analysis &analysis)
{
    if (!isActive() || analysis.last == models::aztec::NoTime || !analysis.hasDates) {
        return;
    }
    const QList<models::aztec::LiveAlert> alerts = m_alerts.update(analysis, analysis.last);
    for (const models::aztec::LiveAlert &alert : alerts) {
        m_notifier.notify(alert.title, alert.text,
                          alert.urgency == models::aztec::LiveAlert::Urgency::Critical
                              ? Notifier::Urgency::Critical
                              : Notifier::Urgency::Normal);
    }
}

} // namespace proverdeck::ui

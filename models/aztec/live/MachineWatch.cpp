// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/live/MachineWatch.h"

#include <algorithm>
#include <array>

using namespace std::chrono_literals;

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

constexpr auto AnswerTime = 60s;
constexpr auto DiagnosisTime = 120s;
constexpr std::array<int, 5> ReconnectSeconds{1, 2, 5, 10, 30};

} // namespace

MachineWatch::MachineWatch(std::unique_ptr<ssh::RemoteShell> shell, WatchChoice choice,
                           std::chrono::milliseconds statusEvery, QObject *parent)
    : QObject(parent)
    , m_shell(std::move(shell))
    , m_caller(*m_shell)
    , m_choice(std::move(choice))
{
    m_statusTimer.setSingleShot(true);
    m_statusTimer.setInterval(statusEvery);
    m_reconnect.setSingleShot(true);
    connect(&m_statusTimer, &QTimer::timeout, this, &MachineWatch::askStatus);
    connect(&m_reconnect, &QTimer::timeout, this, &MachineWatch::retry);
    connect(m_shell.get(), &ssh::RemoteShell::opened, this, &MachineWatch::onOpened);
    connect(m_shell.get(), &ssh::RemoteShell::openFailed, this, &MachineWatch::onTrouble);
    connect(m_shell.get(), &ssh::RemoteShell::connectionLost, this, &MachineWatch::onTrouble);
    connect(m_shell.get(), &ssh::RemoteShell::worthTrying, this, [this] {
        if (m_link == Link::Reconnecting) {
            retry();
        }
    });
}

MachineWatch::~MachineWatch()
{
    m_shell->disconnect(this);
    m_sources.clear();
}

void MachineWatch::start()
{
    for (const LiveSource &source : std::as_const(m_choice.sources)) {
        follow(source);
    }
    retry();
}

void MachineWatch::retry()
{
    m_reconnect.stop();
    if (m_shell->state() == ssh::ConnectionState::Disconnected) {
        m_link = Link::Connecting;
        m_shell->open();
        emit changed();
    }
}

void MachineWatch::follow(const LiveSource &source)
{
    const bool isKnown = std::any_of(m_sources.begin(), m_sources.end(),
                                     [&](const auto &one) { return one->source() == source; });
    if (isKnown) {
        return;
    }
    auto follower = std::make_unique<SourceFollower>(*m_shell, source, m_choice.since);
    SourceFollower *made = follower.get();
    m_sources.push_back(std::move(follower));
    connect(
        made, &SourceFollower::bytesCame, this,
        [this, word = toWord(source)](const QByteArray &bytes) { emit bytesCame(word, bytes); });
    connect(made, &SourceFollower::stateChanged, this, &MachineWatch::changed);
    made->start();
}

void MachineWatch::onOpened()
{
    m_attempt = 0;
    m_isAsking = false;
    m_link = Link::Connected;
    m_problem.clear();
    emit changed();
    askStatus();
}

void MachineWatch::onTrouble(const ssh::Error &error)
{
    m_statusTimer.stop();
    m_isAsking = false;
    m_problem = error.detail;
    m_link = Link::Failed;
    if (ssh::isTransient(error)) {
        const auto last = ReconnectSeconds.size() - 1;
        const auto index = std::min<std::size_t>(std::size_t(m_attempt++), last);
        m_link = Link::Reconnecting;
        m_reconnect.start(std::chrono::seconds(ReconnectSeconds.at(index)));
    }
    emit changed();
}

std::optional<std::chrono::seconds> MachineWatch::retryIn() const
{
    return m_reconnect.isActive() ? std::optional(
               std::chrono::ceil<std::chrono::seconds>(m_reconnect.remainingTimeAsDuration()))
                                  : std::nullopt;
}

std::optional<qint64> MachineWatch::nowMs() const
{
    return m_status && m_status->nowMs && m_sinceStatus.isValid()
        ? std::optional(*m_status->nowMs + m_sinceStatus.elapsed())
        : std::nullopt;
}

void MachineWatch::askStatus()
{
    if (m_shell->state() != ssh::ConnectionState::Connected || std::exchange(m_isAsking, true)) {
        return;
    }
    m_caller.call(
        m_shell->runLoginScript(machineStatusScript(), AnswerTime), [this](const Reply &reply) {
            if (reply.lost()) {
                return;
            }
            m_isAsking = false;
            m_statusTimer.start();
            const auto status = reply.result ? parseMachineStatus(reply.out, m_choice.host)
                                             : tl::unexpected(reply.result.error().detail);
            if (!status) {
                m_problem = status.error();
                emit changed();
                return;
            }
            m_problem.clear();
            m_status = *status;
            m_sinceStatus.start();
            if (m_choice.isAll) {
                const QList<DockerContainer> found = status->aztecContainers();
                for (const DockerContainer &container : found) {
                    const LiveSource source{LiveSource::Kind::Container, container.name};
                    if (isGoodName(source)) {
                        follow(source);
                    }
                }
            }
            emit changed();
            emit statusCame(*m_status);
        });
}

void MachineWatch::diagnose()
{
    if (m_shell->state() != ssh::ConnectionState::Connected) {
        emit diagnosed(
            tl::unexpected(tr("There is no connection to %1: %2").arg(m_choice.host, m_problem)));
        return;
    }
    m_caller.call(m_shell->runLoginScript(diagnosisScript(), DiagnosisTime),
                  [this](const Reply &reply) {
                      if (!reply.result) {
                          emit diagnosed(tl::unexpected(reply.result.error().detail));
                          return;
                      }
                      emit diagnosed(parseDiagnosis(reply.out, m_choice.host));
                  });
}

} // namespace proverdeck::models::aztec

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/BrokerServer.h"

#include "models/boundless/ops/DbCopy.h"

using namespace std::chrono_literals;

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr auto AnswerTime = 90s;
constexpr std::array<int, 5> ReconnectSeconds{1, 2, 5, 10, 30};

} // namespace

BrokerServer::BrokerServer(std::unique_ptr<ssh::RemoteShell> shell, QString dir, Options options,
                           QObject *parent)
    : QObject(parent)
    , m_shell(std::move(shell))
    , m_caller(*m_shell)
    , m_dir(std::move(dir))
    , m_options(options)
{
    m_statusTimer.setSingleShot(true);
    m_statusTimer.setInterval(m_options.statusEvery);
    m_databaseTimer.setSingleShot(true);
    m_databaseTimer.setInterval(m_options.databaseEvery);
    m_reconnect.setSingleShot(true);
    connect(&m_statusTimer, &QTimer::timeout, this, &BrokerServer::askStatus);
    connect(&m_databaseTimer, &QTimer::timeout, this, &BrokerServer::askDatabase);
    connect(&m_reconnect, &QTimer::timeout, this, &BrokerServer::start);
    connect(m_shell.get(), &ssh::RemoteShell::opened, this, &BrokerServer::onOpened);
    connect(m_shell.get(), &ssh::RemoteShell::openFailed, this, &BrokerServer::onTrouble);
    connect(m_shell.get(), &ssh::RemoteShell::connectionLost, this, &BrokerServer::onTrouble);
}

BrokerServer::~BrokerServer()
{
    m_shell->disconnect(this);
    m_follower.reset();
}

void BrokerServer::start()
{
    if (m_shell->state() == ssh::ConnectionState::Disconnected) {
        m_shell->open();
    } else if (m_shell->state() == ssh::ConnectionState::Connected && !m_checkout) {
        onOpened();
    }
}

void BrokerServer::refresh()
{
    if (m_checkout && !m_isAsking) {
        m_statusTimer.stop();
        askStatus();
    }
}

std::optional<qint64> BrokerServer::nowMs() const
{
    return m_status && m_sinceStatus.isValid()
        ? std::optional(m_status->now.toMSecsSinceEpoch() + m_sinceStatus.elapsed())
        : std::nullopt;
}

void BrokerServer::setProblem(const QString &problem)
{
    m_problem = problem;
    emit changed();
}

void BrokerServer::onOpened()
{
    m_attempt = 0;
    m_isAsking = false;
    m_gpuSampler.reset();
    setProblem({});
    if (m_checkout) {
        askStatus();
        m_databaseTimer.start();
        sampleGpus();
    } else {
        askCheckout();
    }
}

void BrokerServer::onTrouble(const ssh::Error &error)
{
    m_statusTimer.stop();
    m_databaseTimer.stop();
    m_isAsking = false;
    if (ssh::isTransient(error)) {
        const auto last = ReconnectSeconds.size() - 1;
        const auto index = std::min<std::size_t>(std::size_t(m_attempt++), last);
        m_reconnect.start(std::chrono::seconds(ReconnectSeconds.at(index)));
    }
    setProblem(error.detail);
}

void BrokerServer::ask(ssh::CommandId id, const std::function<void(const Reply &)> &done)
{
    m_caller.call(id, [done](const Reply &reply) {
        if (!reply.lost()) {
            done(reply);
        }
    });
}

void BrokerServer::askCheckout()
{
    ask(m_shell->runLoginScript(checkoutScript(m_dir), AnswerTime), [this](const Reply &reply) {
        const auto checkout = parseCheckout(m_dir, reply.out);
        if (!checkout) {
            setProblem(checkout.error());
            return;
        }
        m_checkout = *checkout;
        m_follower = std::make_unique<BrokerFollower>(*m_shell, *m_checkout, m_options.logTail);
        connect(m_follower.get(), &BrokerFollower::bytesCame, this,
                [this](const QByteArray &bytes) { emit logCame(m_redactor.feed(bytes)); });
        m_follower->start();
        sampleGpus();
        askStatus();
        askDatabase();
    });
}

void BrokerServer::askStatus()
{
    if (!m_checkout || std::exchange(m_isAsking, true)) {
        return;
    }
    ask(m_shell->runLoginScript(stackStatusScript(*m_checkout), AnswerTime),
        [this](const Reply &reply) {
            m_isAsking = false;
            m_statusTimer.start();
            const auto status = parseStackStatus(reply.out);
            if (status) {
                m_status = *status;
                m_sinceStatus.start();
            }
            setProblem(status ? QString() : status.error());
        });
}

void BrokerServer::askDatabase()
{
    ask(m_shell->runLoginScript(dbCopyScript(*m_checkout), AnswerTime), [this](const Reply &reply) {
        m_databaseTimer.start();
        const auto copy = parseDbCopy(reply.out);
        const auto snapshot = copy ? readDbCopy(*copy) : tl::unexpected(copy.error());
        if (snapshot) {
            emit databaseCame(*snapshot);
        }
    });
}

void BrokerServer::sampleGpus()
{
    if (m_gpuSampler) {
        return;
    }
    const auto id = m_shell->runLoginScript(
        "exec env TZ=UTC nvidia-smi "
        "--query-gpu=timestamp,index,uuid,name,utilization.gpu,utilization.memory,memory.used,"
        "memory.total,temperature.gpu,power.draw,power.limit,fan.speed,clocks.sm,pstate "
        "--format=csv,noheader,nounits -l 1\n",
        0ms);
    m_gpuSampler = id;
    m_caller.stream(
        id,
        [this](const QByteArray &bytes) {
            const QList<series::GpuSample> samples = m_gpuReader.feed(bytes);
            if (!samples.isEmpty()) {
                emit gpuSampled(samples);
            }
        },
        [this](const Reply & /*reply*/) { m_gpuSampler.reset(); });
}

} // namespace proverdeck::models::boundless

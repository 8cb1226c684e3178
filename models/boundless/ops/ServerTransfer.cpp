// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/ServerTransfer.h"

#include "models/logs/Redactor.h"

#include <QRegularExpression>

using namespace std::chrono_literals;

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using Outcome = TransferOutcome;

namespace {

constexpr auto BalanceAnswerTime = 90s;
constexpr auto TransferTime = 15min;
constexpr auto Patience = 1h;
constexpr qsizetype MostOutput = 1 << 20;

constexpr const char *Forestall
    = "echo 'proverdeck: not sent: the connection was lost before it had begun'\nexit 64\n";

bool isKey(const QByteArray &key)
{
    static const QRegularExpression form(u"^(0x)?[0-9a-fA-F]{64}$"_s);
    return form.match(QString::fromLatin1(key)).hasMatch();
}

} // namespace

ServerTransfer::ServerTransfer(ssh::RemoteShell &shell, Checkout checkout, Options options,
                               QObject *parent)
    : QObject(parent)
    , m_shell(shell)
    , m_caller(shell)
    , m_checkout(std::move(checkout))
    , m_options(std::move(options))
{
    m_limit.setSingleShot(true);
    connect(&m_limit, &QTimer::timeout, this, [this] {
        end({Outcome::Kind::Unknown,
             tr("The server has not been reachable for an hour; what became of it only the chain "
                "knows.")});
    });
}

ServerTransfer::~ServerTransfer()
{
    m_options.key.fill('0');
}

QString ServerTransfer::name() const
{
    return tr("the boundless program on %1").arg(m_shell.hostName());
}

TransferScript ServerTransfer::script(bool hasKey) const
{
    return {m_checkout, m_plan, m_options.environmentFile, hasKey ? m_options.key : QByteArray(),
            hasKey ? m_options.rpcUrl : QString()};
}

QString ServerTransfer::problemOf(const TransferPlan &plan) const
{
    static const QRegularExpression amount(uR"(^[0-9]+(\.[0-9]+)?$)"_s);
    static const QRegularExpression file(uR"(^[A-Za-z0-9._-]+$)"_s);
    if (m_checkout.cli == CliDialect::None || m_checkout.cli == CliDialect::Unknown) {
        return m_checkout.cli == CliDialect::None
            ? tr("The server has no boundless program in the login shell's PATH.")
            : tr("The boundless program on the server (%1) is of a kind that this program does not "
                 "know.")
                  .arg(m_checkout.cliVersion);
    }
    const bool isOldMarket = plan.facts.generation == Generation::Stake;
    if (isOldMarket != (m_checkout.cli == CliDialect::Stake)) {
        return tr("The boundless program on the server (%1) is of another generation than the "
                  "market. \"cargo install boundless-cli\" gives 0.14.1, which is for the markets "
                  "before 1.0; a newer one is installed from a git tag.")
            .arg(m_checkout.cliVersion);
    }
    if (!amount.match(plan.amountText()).hasMatch() || !plan.isPossible()) {
        return tr("The plan cannot be carried out.");
    }
    if (m_options.key.isEmpty() && m_options.environmentFile.isEmpty()) {
        return tr("No environment file with a key was found on the server.");
    }
    if (!m_options.environmentFile.isEmpty() && !file.match(m_options.environmentFile).hasMatch()) {
        return tr("The name of the environment file cannot be used.");
    }
    return m_options.key.isEmpty() || isKey(m_options.key)
        ? QString()
        : tr("A private key has 64 hexadecimal digits; this one has not.");
}

void ServerTransfer::askBalance(const BalanceAnswer &answer)
{
    const auto id = m_shell.runLoginScript(script(true).balance(), BalanceAnswerTime);
    m_caller.call(id, [answer](const Reply &reply) {
        const auto balance = readCliBalance(reply.out);
        if (reply.ok() && balance) {
            answer(*balance);
        } else if (!reply.result) {
            answer(tl::unexpected(reply.result.error().detail));
        } else {
            answer(tl::unexpected(cliFailure(reply.out + reply.err)));
        }
    });
}

void ServerTransfer::run(const TransferPlan &plan, Ended ended)
{
    m_plan = plan;
    m_ended = std::move(ended);
    const QString problem = std::exchange(m_hasRun, true)
        ? tr("This was tried already; begin anew.")
        : problemOf(plan);
    if (!problem.isEmpty()) {
        QMetaObject::invokeMethod(
            this,
            [this, problem] {
                end({Outcome::Kind::NotSent, problem});
            },
            Qt::QueuedConnection);
        return;
    }
    checkAccount();
}

void ServerTransfer::checkAccount()
{
    askBalance([this](const tl::expected<CliBalance, QString> &balance) {
        if (!balance) {
            end({Outcome::Kind::NotSent, tr("Nothing was sent: %1").arg(balance.error())});
        } else if (balance->account.compare(m_plan.account.toString(), Qt::CaseInsensitive) != 0) {
            end({Outcome::Kind::NotSent,
                 tr("Nothing was sent: the key on the server belongs to %1, not to %2.")
                     .arg(balance->account, m_plan.account.toString())});
        } else if (m_options.key.isEmpty()) {
            sendAsJob();
        } else {
            sendOnce();
        }
    });
}

/// The job's id is noted on the server before it begins: however often it is asked for, it runs
/// once.
void ServerTransfer::sendAsJob()
{
    m_limit.start(Patience);
    m_caller.call(m_shell.installJobHelper(), [this](const Reply &helper) {
        if (!helper.ok()) {
            end({Outcome::Kind::NotSent,
                 tr("Nothing was sent: the server does not let this program keep its job files.")});
            return;
        }
        startJob(script(false).transfer());
    });
}

void ServerTransfer::startJob(const QByteArray &job)
{
    m_caller.call(m_shell.startJob(m_options.id.toLatin1(), job), [this](const Reply &reply) {
        if (reply.result && !ssh::parseJobStatus(reply.out)) {
            end({Outcome::Kind::NotSent,
                 tr("Nothing was sent: the job could not be started: %1").arg(reply.firstLine())});
            return;
        }
        // Whether it has begun is not known if the answer was lost: the follower finds out.
        m_follower = std::make_unique<JobFollower>(m_shell, m_options.id.toLatin1());
        connect(m_follower.get(), &JobFollower::bytesCame, this, [this](const QByteArray &bytes) {
            m_output += bytes;
            m_output = m_output.right(MostOutput);
            emit output(redacted(bytes));
        });
        connect(m_follower.get(), &JobFollower::ended, this, &ServerTransfer::onJobEnded);
        m_follower->start();
    });
}

void ServerTransfer::onJobEnded(const ssh::JobStatus &status)
{
    m_follower.release()->deleteLater();
    const bool isDone = status.state == ssh::JobStatus::State::Done;
    const bool hasNotBegun = status.state == ssh::JobStatus::State::None && !status.exitCode;
    if (hasNotBegun && !std::exchange(m_isForestalled, true)) {
        // What the lost connection has left on the server may still begin it. A job's id runs once:
        // with another script under the same id, either that runs or what was begun after all.
        startJob(Forestall);
        return;
    }
    const auto outcome = readTransferOutcome(m_checkout.cli, m_plan.kind, m_output,
                                             isDone ? status.exitCode : std::nullopt);
    // Its log may hold the address of the RPC, which is a secret with many providers.
    [[maybe_unused]] const auto id = m_shell.removeJob(m_options.id.toLatin1());
    end(outcome);
}

void ServerTransfer::sendOnce()
{
    const auto id = m_shell.runLoginScript(script(true).transfer(), TransferTime);
    m_options.key.fill('0');
    m_caller.call(id, [this](const Reply &reply) {
        emit output(redacted(reply.out));
        end(readTransferOutcome(m_checkout.cli, m_plan.kind, reply.out + reply.err,
                                reply.result && reply.result->signal.isEmpty()
                                    ? std::optional(reply.result->code)
                                    : std::nullopt));
    });
}

void ServerTransfer::end(const TransferOutcome &outcome)
{
    m_limit.stop();
    m_follower.reset();
    if (const Ended ended = std::exchange(m_ended, {})) {
        ended(outcome);
    }
}

} // namespace proverdeck::models::boundless

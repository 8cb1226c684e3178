// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/SafeStop.h"

#include "models/boundless/ops/DbCopy.h"

using namespace std::chrono_literals;

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr auto ShortAnswer = 60s;
constexpr auto StatusAnswer = 90s;
constexpr int AbsencesThatCount = 3;

} // namespace

SafeStop::SafeStop(ssh::RemoteShell &shell, StopOptions options, ChainWitness *witness,
                   QObject *parent)
    : QObject(parent)
    , m_shell(shell)
    , m_caller(shell)
    , m_options(std::move(options))
    , m_witness(witness)
{
    m_evidence.logProblem = tr("its log is not read");
    m_evidence.chainProblem = tr("no chain is set up");
    m_poll.setSingleShot(true);
    m_poll.setInterval(m_options.poll);
    m_reconnect.setSingleShot(true);
    connect(&m_poll, &QTimer::timeout, this, [this] { m_step(); });
    connect(&m_reconnect, &QTimer::timeout, this, [this] {
        if (m_shell.state() == ssh::ConnectionState::Disconnected) { // or somebody else was faster
            m_shell.open();
        }
    });
    connect(&m_shell, &ssh::RemoteShell::opened, this, &SafeStop::onOpened);
    connect(&m_shell, &ssh::RemoteShell::openFailed, this, &SafeStop::onOpenFailed);
    connect(&m_shell, &ssh::RemoteShell::connectionLost, this, &SafeStop::onLost);
    connect(&m_shell, &ssh::RemoteShell::worthTrying, this, [this] {
        if (m_reconnect.isActive()) {
            m_reconnect.start(0);
        }
    });
}

SafeStop::~SafeStop() = default;

bool SafeStop::canCancel() const
{
    return m_state == StopState::Draining || m_state == StopState::Waiting
        || m_state == StopState::Looking || m_state == StopState::Connecting;
}

QByteArray SafeStop::jobId() const
{
    const QByteArray again
        = m_past.failedDowns > 0 ? '-' + QByteArray::number(m_past.failedDowns) : QByteArray();
    return m_options.id.toLatin1() + "-down" + again;
}

void SafeStop::setLogEvidence(const std::optional<QList<LogLock>> &locks, const QString &problem)
{
    m_evidence.log = locks;
    m_evidence.logProblem = problem;
}

void SafeStop::setState(StopState state)
{
    if (m_state != state) {
        m_state = state;
        emit stateChanged();
    }
}

bool SafeStop::note(const QString &what, const QJsonObject &data)
{
    if (m_options.journal == nullptr) {
        return true;
    }
    const auto kept = m_options.journal->append(
        m_options.id, {QDateTime::currentDateTimeUtc(), what, QString(), data});
    if (!kept && what != u"finish") {
        conclude(StopState::Failed,
                 tr("The next step cannot be noted on this computer, and so it was not taken: %1")
                     .arg(kept.error()));
    }
    return kept.has_value();
}

void SafeStop::step(const Then &action)
{
    m_step = action;
    action();
}

void SafeStop::ask(ssh::CommandId id, const std::function<void(const Reply &)> &done,
                   qsizetype keep)
{
    m_caller.call(
        id,
        [this, done, round = m_round](const Reply &reply) {
            if (!reply.lost() && !isFinal(m_state) && round == m_round) {
                done(reply); // otherwise the step is taken again when the connection is back
            }
        },
        keep);
}

// ---- what is there
// -------------------------------------------------------------------------------

void SafeStop::look()
{
    setState(StopState::Looking);
    ask(m_shell.runLoginScript(checkoutScript(m_options.dir), ShortAnswer),
        [this](const Reply &reply) {
            const auto checkout = parseCheckout(m_options.dir, reply.out);
            const QString why = !checkout ? checkout.error()
                : !checkout->hasDocker
                ? tr("Docker does not answer: %1.").arg(checkout->dockerProblem)
                : !checkout->hasJust ? tr("\"just\" is not in the login shell's PATH.")
                : !checkout->hasBrokerToml
                ? tr("There is no broker.toml in %1.").arg(checkout->path)
                : QString();
            if (!why.isEmpty()) {
                conclude(m_past.before ? StopState::Failed : StopState::Refused, why);
                return;
            }
            m_checkout = *checkout;
            step([this] { lookAtContainers(); });
        });
}

void SafeStop::lookAtContainers()
{
    ask(m_shell.runLoginScript(stackStatusScript(m_checkout), StatusAnswer),
        [this](const Reply &reply) {
            const auto status = parseStackStatus(reply.out);
            if (!status) {
                conclude(m_past.before ? StopState::Failed : StopState::Refused, status.error());
                return;
            }
            m_status = *status;
            proceed();
        });
}

/// Where the journal says that we are.
void SafeStop::proceed()
{
    if (m_past.isOvertaken) {
        step([this] { overtake(); });
    } else if (m_past.isCancelled || m_past.downExit == 0
               || (m_past.isDownAsked && m_past.downExit)) {
        step([this] { m_past.isCancelled ? restoreLimit() : checkStopped(); });
    } else if (m_past.isDownAsked) {
        step([this] { followStop(); });
    } else if (!m_status.isBrokerRunning()) {
        if (m_past.before) {
            step([this] { m_past.drainedMs ? poll() : overtake(); });
        } else {
            conclude(StopState::Refused, tr("No broker is running in %1.").arg(m_checkout.path));
        }
    } else if (m_past.drainedMs) {
        step([this] { poll(); });
    } else {
        step([this] { drain(); });
    }
}

// ---- no new locks
// --------------------------------------------------------------------------------

void SafeStop::drain()
{
    setState(StopState::Draining);
    ask(m_shell.readFile(tomlPath()), [this](const Reply &reply) {
        if (!reply.ok()) {
            conclude(m_past.before ? StopState::Failed : StopState::Refused,
                     tr("broker.toml cannot be read: %1.").arg(reply.why()));
            return;
        }
        const QByteArray text = reply.out;
        const auto edit = withoutNewLocks(text);
        if (!edit) {
            conclude(m_past.before ? StopState::Failed : StopState::Refused, edit.error());
            return;
        }
        if (!m_past.before && edit->before.value == 0) {
            findLeftLimit(text, *edit);
        } else if (m_past.before || noteLimit(edit->before, {})) {
            drain(text, *edit);
        }
    });
}

void SafeStop::drain(const QByteArray &text, const ProofLimitEdit &edit)
{
    writeLimit(text, edit.text, [this, now = edit.text] { checkMount(now); });
}

bool SafeStop::noteLimit(const ProofLimit &limit, const QString &from)
{
    if (!note(u"limit"_s,
              {{u"value"_s, limit.value ? QJsonValue(*limit.value) : QJsonValue()},
               {u"text"_s, QString::fromLatin1(limit.text)},
               {u"from"_s, from}})) {
        return false;
    }
    m_past.before = limit;
    m_past.beforeFrom = from;
    return true;
}

/// The limit is 0 already: perhaps since a stop of which this computer does not know, that of
/// another machine or under another name of the folder. What it was before stands in its copy.
void SafeStop::findLeftLimit(const QByteArray &text, const ProofLimitEdit &edit)
{
    ask(m_shell.runHelperScript(leftLimitScript(tomlPath()), ShortAnswer),
        [this, text, edit](const Reply &reply) {
            const auto left = reply.ok() ? readLeftLimit(reply.out) : std::nullopt;
            if (!reply.ok()) {
                conclude(StopState::Refused,
                         tr("max_concurrent_proofs is 0 already, and it cannot be seen what it was "
                            "before: %1.")
                             .arg(reply.why()));
            } else if (noteLimit(left ? left->limit : edit.before, left ? left->copy : QString())) {
                drain(text, edit);
            }
        });
}

void SafeStop::writeLimit(const QByteArray &before, const QByteArray &now, const Then &done)
{
    if (before == now) {
        done();
        return;
    }
    const QByteArray script = writeInPlaceScript(tomlPath(), before, now, m_options.id);
    ask(m_shell.runHelperScript(script, ShortAnswer), [this, done](const Reply &reply) {
        if (reply.ok()) {
            done();
        } else if (reply.out.startsWith("changed")) {
            m_step(); // somebody wrote it between the two looks: read it again
        } else {
            conclude(StopState::Failed,
                     tr("broker.toml cannot be written: %1.")
                         .arg(reply.result ? reply.firstLine() : reply.result.error().detail));
        }
    });
}

/// The container has the file mounted that was there when it started; if somebody has replaced it
/// since, the broker reads the old one.
void SafeStop::checkMount(const QByteArray &written)
{
    const QByteArray script = enterScript(m_options.dir) + "c=$(" + m_checkout.compose().toUtf8()
        + R"sh( ps -q broker 2>/dev/null | head -n 1)
docker info --format '{{.SystemTime}}'
[ -n "$c" ] || { echo none; exit 0; }
t=$(mktemp -d) || exit 73
trap 'rm -rf "$t"' EXIT
docker cp "$c":/app/broker.toml "$t/seen" >/dev/null 2>&1 || { echo untold; exit 0; }
echo seen; cat "$t/seen")sh";
    ask(m_shell.runLoginScript(script + '\n', ShortAnswer), [this, written](const Reply &reply) {
        const QList<QByteArray> lines = reply.out.split('\n');
        const QDateTime now = parseDaemonTime(QString::fromUtf8(lines.value(0)));
        const bool isSeen = lines.value(1) == "seen";
        const qsizetype text = lines.value(0).size() + lines.value(1).size() + 2;
        const auto limit = readProofLimit(isSeen ? reply.out.mid(text) : written);
        if (reply.ok() && now.isValid() && limit && limit->value == 0) {
            m_status.now = now;
            noteDrained();
            return;
        }
        if (!reply.ok() || !now.isValid() || !limit) {
            m_problem = tr("It cannot be seen whether the broker reads the change: %1.")
                            .arg(reply.result ? reply.firstLine() : reply.result.error().detail);
            m_past.isCancelled = true;
            step([this] { restoreLimit(); });
            return;
        }
        m_problem = tr("The broker does not see the change: its container has an older broker.toml "
                       "mounted, as the file was replaced since it started. It goes on locking "
                       "orders until the container is made anew.");
        m_past.isCancelled = true;
        step([this] { restoreLimit(); });
    });
}

void SafeStop::noteDrained()
{
    const qint64 now = m_status.now.toMSecsSinceEpoch();
    if (!m_past.drainedMs) {
        if (!note(u"drained"_s, {{u"server_ms"_s, now}})) {
            return;
        }
        m_past.drainedMs = now;
    }
    step([this] { m_past.isCancelled ? restoreLimit() : poll(); });
}

// ---- may it be stopped?
// --------------------------------------------------------------------------

void SafeStop::poll()
{
    setState(StopState::Waiting);
    ask(m_shell.runLoginScript(stackStatusScript(m_checkout), StatusAnswer),
        [this](const Reply &reply) {
            const auto status = parseStackStatus(reply.out);
            if (!status) {
                m_evidence.db.reset();
                m_evidence.dbProblem = status.error();
                judge();
                return;
            }
            m_status = *status;
            m_evidence.nowMs = m_status.now.toMSecsSinceEpoch();
            if (isBrokerGone()) {
                step([this] { overtake(); });
            } else if (m_absences > 0) {
                pollLater(); // the last verdict is of when it ran
            } else {
                copyDb();
            }
        });
}

/// A broker that docker starts again, or that was seen once only, is not gone.
bool SafeStop::isBrokerGone()
{
    const StackContainer *broker = m_status.broker();
    const bool isThere
        = m_status.isBrokerRunning() || (broker != nullptr && broker->status == u"restarting");
    m_absences = isThere ? 0 : m_absences + 1;
    return m_absences >= AbsencesThatCount;
}

void SafeStop::copyDb()
{
    ask(
        m_shell.runLoginScript(dbCopyScript(m_checkout), StatusAnswer),
        [this](const Reply &reply) { onDbCopied(reply); }, MostDbBytes);
}

void SafeStop::onDbCopied(const Reply &reply)
{
    m_evidence.db.reset();
    m_evidence.dbProblem.clear();
    const auto copy = parseDbCopy(reply.out);
    const auto db = copy ? readDbCopy(*copy) : tl::unexpected(copy.error());
    if (db) {
        m_evidence.db = *db;
        m_evidence.nowMs = qMax(m_evidence.nowMs, copy->taken.toMSecsSinceEpoch());
    } else {
        m_evidence.dbProblem = db.error();
    }
    askChain();
}

void SafeStop::askChain()
{
    if (m_witness == nullptr) {
        judge();
        return;
    }
    QStringList ids;
    if (m_evidence.db) {
        for (const DbLock &lock : std::as_const(m_evidence.db->locks)) {
            ids << lock.requestId;
        }
    }
    const QString account = m_evidence.account.isEmpty() && m_evidence.db
        ? accountOf(*m_evidence.db)
        : m_evidence.account;
    m_witness->ask(account, ids, [this, round = m_round](const auto &facts) {
        if (round != m_round || m_state != StopState::Waiting) {
            return;
        }
        m_evidence.chain = facts ? std::optional(*facts) : std::nullopt;
        m_evidence.chainProblem = facts ? QString() : facts.error();
        judge();
    });
}

void SafeStop::judge()
{
    m_verdict = judgeStop(m_evidence);
    const qint64 settled
        = m_past.drainedMs.value_or(0) + std::chrono::milliseconds(m_options.settle).count();
    if (m_verdict.answer == StopVerdict::Answer::Safe && m_evidence.nowMs < settled) {
        m_verdict.answer = StopVerdict::Answer::Wait;
        m_verdict.reason = tr("Nothing is locked; a lock that was sent just before the limit was "
                              "set may still be on its way.");
    }
    emit judged();
    if (m_state != StopState::Waiting) {
        return; // cancelled by whoever listens
    }
    if (m_verdict.answer == StopVerdict::Answer::Safe) {
        step([this] { stopStack(); });
        return;
    }
    pollLater();
}

void SafeStop::pollLater()
{
    m_step = [this] { m_options.token.isEmpty() ? poll() : takeLease(); };
    m_poll.start();
}

} // namespace proverdeck::models::boundless

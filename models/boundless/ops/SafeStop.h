// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ops/SafeToStop.h"
#include "models/boundless/ops/StackStatus.h"
#include "models/boundless/ops/StopPast.h"
#include "models/run/Caller.h"
#include "models/run/JobFollower.h"

#include <QTimer>

#include <functional>
#include <memory>

namespace proverdeck::models::boundless {

enum class StopState {
    Idle,
    Connecting,
    Looking, ///< which release, which containers
    Draining, ///< the limit of new locks is being set to 0
    Waiting, ///< for the orders that hold it up
    Stopping, ///< just … down: the broker ends what it has begun
    Restoring, ///< the limit is being set back
    Stopped, ///< final: the stack is down, the limit is as it was
    Cancelled, ///< final: the stack runs on, the limit is as it was
    Overtaken, ///< final: somebody else took the stack down before it was safe; see problem()
    Refused, ///< final: nothing was changed
    Failed, ///< final: see problem()
};
[[nodiscard]] QString stopStateWord(StopState state); ///< "waiting" (JSON)
[[nodiscard]] bool isFinal(StopState state);

struct StopOptions
{
    QString id; ///< "stop-…": of the journal, the job and the backup; [A-Za-z0-9-]
    QString dir; ///< of the checkout, "~/boundless"
    QString account; ///< ours, if it is known
    Journal *journal = nullptr; ///< outlives the stop
    QByteArray token; ///< of the lease; empty: none is taken
    QString holder; ///< "anna@laptop"
    std::chrono::milliseconds poll{15'000};
    /// So long after the drain, by the server's clock, a lock may still be on its way to the chain.
    std::chrono::seconds settle{90};
};

/// Asks somebody who can read the chain about our requests; see StopEvidence::chain.
class ChainWitness
{
public:
    using Answer = std::function<void(const tl::expected<QList<OrderChainFacts>, QString> &facts)>;

    ChainWitness() = default;
    ChainWitness(const ChainWitness &) = delete;
    ChainWitness &operator=(const ChainWitness &) = delete;
    virtual ~ChainWitness() = default;
    /// Answers once, later. @p account may be empty; @p ids are requests of special interest.
    virtual void ask(const QString &account, const QStringList &ids, const Answer &answer) = 0;
};

/// Stops a Boundless broker so that no collateral is lost: no new locks, wait until nothing depends
/// on it, only then down, and the old limit back into broker.toml.
///
/// Lives in the GUI thread and never blocks it. Each step is noted in the journal before it is done
/// and may be done again, so another program can go on after this one was killed at any moment. A
/// lost connection is waited out. It never stops the broker while an order holds it up or cannot be
/// judged, however long that takes; cancel() gives up and sets the limit back. Ends with exactly
/// one finished(), unless it is destroyed first: then the server stays as it is.
class SafeStop : public QObject
{
    Q_OBJECT

public:
    /// @p shell and @p witness must outlive it; the witness may be null.
    SafeStop(ssh::RemoteShell &shell, StopOptions options, ChainWitness *witness = nullptr,
             QObject *parent = nullptr);
    ~SafeStop() override;

    /// Goes on with what another program began; before start().
    void restore(const StopPast &past) { m_past = past; }
    void start();
    /// While it drains or waits; the broker goes on with its old limit.
    void cancel();
    /// What the broker's log tells of locks, if somebody reads it.
    void setLogEvidence(const std::optional<QList<LogLock>> &locks, const QString &problem);

    [[nodiscard]] StopState state() const { return m_state; }
    [[nodiscard]] const StopOptions &options() const { return m_options; }
    [[nodiscard]] const Checkout &checkout() const { return m_checkout; }
    [[nodiscard]] const StackStatus &status() const { return m_status; }
    [[nodiscard]] const StopVerdict &verdict() const { return m_verdict; }
    [[nodiscard]] const QString &problem() const { return m_problem; }
    /// What broker.toml said before; nothing: it was not changed yet.
    [[nodiscard]] const std::optional<ProofLimit> &limitBefore() const { return m_past.before; }
    /// Where that is from, if broker.toml said 0 already: the copy of an earlier stop; else empty.
    [[nodiscard]] const QString &limitSource() const { return m_past.beforeFrom; }
    [[nodiscard]] bool canCancel() const;

signals:
    void stateChanged();
    /// The verdict is of now, also if it says the same.
    void judged();
    /// What the command that stops the stack prints.
    void output(const QByteArray &bytes);
    /// On the connection, for people; empty: all is well again.
    void connectionNote(const QString &text);
    void finished(proverdeck::models::boundless::StopState state);

private:
    using Then = std::function<void()>;

    void onOpened();
    void onOpenFailed(const ssh::Error &error);
    void onLost(const ssh::Error &error);
    void reconnectLater();
    void setState(StopState state);
    void conclude(StopState state, const QString &problem = {});
    void tellFinished();
    [[nodiscard]] bool note(const QString &what, const QJsonObject &data = {});
    /// Runs one step and remembers it, to run it again after a lost connection.
    void step(const Then &action);
    void ask(ssh::CommandId id, const std::function<void(const Reply &)> &done,
             qsizetype keep = 8 * 1024 * 1024);

    void install();
    void takeLease();
    void look();
    void lookAtContainers();
    void proceed();
    void drain();
    void drain(const QByteArray &text, const ProofLimitEdit &edit);
    void findLeftLimit(const QByteArray &text, const ProofLimitEdit &edit);
    [[nodiscard]] bool noteLimit(const ProofLimit &limit, const QString &from);
    [[nodiscard]] bool isBrokerGone();
    void overtake();
    void writeLimit(const QByteArray &before, const QByteArray &now, const Then &done);
    void checkMount(const QByteArray &written);
    void noteDrained();
    void poll();
    void pollLater();
    void copyDb();
    void onDbCopied(const Reply &reply);
    void askChain();
    void judge();
    void stopStack();
    void followStop();
    void onStopEnded(const ssh::JobStatus &status);
    void checkStopped();
    void restoreLimit();
    void retireCopy();
    void afterRestore();

    [[nodiscard]] QString tomlPath() const
    {
        return m_options.dir + QStringLiteral("/broker.toml");
    }
    [[nodiscard]] QByteArray jobId() const;

    ssh::RemoteShell &m_shell;
    Caller m_caller;
    StopOptions m_options;
    ChainWitness *m_witness;
    StopPast m_past;
    StopState m_state = StopState::Idle;
    QString m_problem;
    Checkout m_checkout;
    StackStatus m_status;
    StopEvidence m_evidence;
    StopVerdict m_verdict;
    Then m_step;
    std::unique_ptr<JobFollower> m_follower;
    QByteArray m_tail; ///< of what the command printed
    QTimer m_poll;
    QTimer m_reconnect;
    int m_attempt = 0;
    int m_absences = 0; ///< looks in a row that saw no broker
    int m_round = 0; ///< counted up by cancel(): what was asked before is no longer wanted
    bool m_isReady = false; ///< helper and lease are there
    bool m_hasFinished = false;
};

/// A sentence on where the limit that is set back is from, if broker.toml said 0 already.
[[nodiscard]] QString limitSourceText(const SafeStop &stop);

} // namespace proverdeck::models::boundless

Q_DECLARE_METATYPE(proverdeck::models::boundless::StopState)

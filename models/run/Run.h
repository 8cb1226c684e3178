// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/L2Series.h"
#include "models/ethrex/ResultCollector.h"
#include "models/run/Caller.h"
#include "models/run/JobFollower.h"
#include "models/run/Journal.h"
#include "models/run/RunLogs.h"
#include "models/run/RunPast.h"
#include "models/series/GpuSamples.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QTimer>

#include <map>
#include <memory>

namespace proverdeck::models {

enum class StopMode {
    TearDown, ///< collect, then stop everything of this run
    LeaveRunning, ///< collect, leave the services on the server
    Detach, ///< let go at once; the run's services go on
};

struct RunOptions
{
    QString id;
    QString folder; ///< where logs, gpu.csv and metrics.txt go; created
    bool checksOnly = false; ///< the preflight, as the wizard and doctor do it
    bool keepRunning = false; ///< skip the stopping part of the teardown
    /// Look on at a run that somebody else drives: its logs and results, and nothing is touched.
    bool watch = false;
    std::chrono::milliseconds probeInterval{1000};
    std::chrono::seconds metricsInterval{3};
    /// How long an unreachable server is tried again before the outcome is "unknown"; the run can
    /// still be attached to after that.
    std::chrono::seconds giveUpAfter{std::chrono::hours(24)};
    Journal *journal = nullptr; ///< outlives the run; null: nothing is written
    /// Says who holds the lease on the server: an unguessable word of [A-Za-z0-9]; empty: no lease.
    QByteArray token;
    QString holder; ///< "anna@laptop", for whoever finds the lease
    std::chrono::seconds leaseLifetime{60};
};

/// Drives one workflow on one server: checks, steps, waiting, collecting, teardown.
///
/// Lives in the GUI thread and never blocks it. Each command and service is a durable job, so a
/// lost connection loses nothing: the run reconnects and goes on at the exact byte. What is about
/// to be done stands in the journal before it is done, so that another Run can go on where a killed
/// program was (restore()). Ends with exactly one finished(). Destroying a run leaves what runs on
/// the server alone.
class Run : public QObject
{
    Q_OBJECT

public:
    /// @p shell must outlive the run and be used by nobody else meanwhile.
    Run(Plan plan, ssh::RemoteShell &shell, RunOptions options, QObject *parent = nullptr);
    ~Run() override;

    /// Goes on with a run that an earlier program began, instead of starting anew: call it before
    /// start(). @p record is what the history has of it.
    void restore(const RunPast &past, const RunRecord &record);
    void start();
    void stop(StopMode mode);
    /// Tries an unreachable server now instead of at the next attempt.
    void reconnectNow();

    [[nodiscard]] const Plan &plan() const { return m_plan; }
    [[nodiscard]] const RunOptions &options() const { return m_options; }
    [[nodiscard]] RunState state() const { return m_state; }
    /// Parallel to plan().steps.
    [[nodiscard]] const QList<StepState> &steps() const { return m_steps; }
    [[nodiscard]] int currentStep() const { return m_index; }
    [[nodiscard]] QList<Finding> findings() const;
    [[nodiscard]] const QList<ethrex::BatchRow> &rows() const { return m_rows; }
    [[nodiscard]] const report::Session &session() const { return m_session; }
    [[nodiscard]] const ethrex::ResultCollector &collector() const { return m_collector; }
    /// Batches proved and asked for; the second is 0 in endless mode.
    [[nodiscard]] QPair<int, int> progress() const;
    [[nodiscard]] std::optional<std::chrono::seconds> timeLeft() const;
    [[nodiscard]] int redactions() const;
    [[nodiscard]] RunRecord record() const;
    /// While the server is unreachable: how long until the next attempt.
    [[nodiscard]] std::optional<std::chrono::seconds> nextTry() const;
    [[nodiscard]] const QString &lossReason() const { return m_lossReason; }
    /// Names of the logs that the steps of the plan write, in order.
    [[nodiscard]] static QStringList logNames(const Plan &plan);

signals:
    void stateChanged(proverdeck::models::RunState state);
    void stepChanged(int index);
    void logGrew(const QString &name, const QByteArray &bytes);
    void rowsChanged();
    void findingAdded(const proverdeck::models::Finding &finding);
    void gpuSampled(const QList<proverdeck::models::series::GpuSample> &samples);
    void l2Sampled(const proverdeck::models::ethrex::L2Sample &sample);
    /// A sentence on the connection, empty when there is nothing to say.
    void connectionNote(const QString &text);
    /// Something worth keeping has changed: the record should be saved now.
    void saveWanted();
    void finished(proverdeck::models::RunState state);

private:
    struct Job
    {
        QByteArray id;
        int step = -1;
        std::unique_ptr<JobFollower> follower;
        std::optional<ssh::JobStatus> ended;
        bool starting = false; ///< the server has not answered yet whether it runs
        bool started = false; ///< the server has it
        bool compared = false; ///< its log with the server's
        bool removed = false; ///< its folder on the server is gone, or about to be
    };

    // Connection and lease (RunConnection.cpp)
    void onOpened();
    void onOpenFailed(const ssh::Error &error);
    void onConnectionLost(const ssh::Error &error);
    void scheduleReconnect(const QString &why);
    void installHelper();
    void takeLease();
    void onLease(const Reply &reply);
    /// @p then is called once the server has answered, whatever it said, unless the run has ended.
    void renewLease(const std::function<void()> &then = {});
    void noteBoot(const ssh::Lease &lease);
    void proceed();
    void resume();

    // Going on after another program (RunRestore.cpp)
    void restoreJobs(const RunPast &past);
    void replayLogs();
    void replaySlice();
    bool replayGpuSlice();
    void continueRun();
    void continueStep();

    // Looking on (RunWatch.cpp)
    void watchNow();
    void onWatched(const Reply &reply);
    void watchJob(const QByteArray &jobId, const ssh::JobStatus &status);
    void onWatchedLease(const Reply &reply);

    // The end (RunClosing.cpp)
    void beginClosing(RunState state);
    void closeNext();
    void compareLog(Job &job);
    void onSum(const QString &stepId, qsizetype index, const Reply &reply);
    void compared(Job &job, const QString &result);
    void removeJob(Job &job);
    void dropLease();

    // Journal
    bool note(const QString &what, const QString &step = {}, QJsonObject data = {});
    [[nodiscard]] bool flushNotes();
    [[nodiscard]] QStringList flags() const;
    void setFlags(const QStringList &words);

    // Steps (Run.cpp)
    void nextStep();
    [[nodiscard]] bool mayStart(int index, StepState &state);
    void enterStep();
    void beginStep();
    void finishStep(StepOutcome outcome, const QString &note = {}, std::optional<int> exitCode = {},
                    const QJsonObject &found = {});
    void noteOutcome(int index, QJsonObject found = {});
    void failStep(const QString &note, std::optional<int> exitCode = {},
                  StepOutcome outcome = StepOutcome::Failed);
    void beginTeardown();
    void endRun();
    void conclude(RunState state);
    void setState(RunState state);
    [[nodiscard]] const PlannedStep &planned() const { return m_plan.steps.at(m_index); }
    [[nodiscard]] QString commandOf(const PlannedStep &planned) const;

    // Kinds of steps (RunSteps.cpp)
    void runCheck();
    void onCheckReply(const Reply &reply);
    void runCommand();
    [[nodiscard]] bool wasRebooted() const;
    void failByReboot();
    /// Ends the current step if a reboot took what it needs and no job of the run will tell.
    [[nodiscard]] bool endedByReboot();
    void onJobStarted(const QString &stepId, const Reply &reply);
    void followJob(Job &job);
    void onJobEnded(Job &job, const ssh::JobStatus &status);
    void judgeJobEnd(Job &job);
    [[nodiscard]] QString howEnded(const ssh::JobStatus &status) const;
    void onServiceEnded(const Job &job, const QString &how, std::optional<int> code);
    void expectSigns();
    void pollReady();
    void onProbeReply(const Reply &reply);
    void stepReady();
    void onTimeout();
    void checkWait();
    void runStop();
    void onStopReply(const Reply &reply);
    void askToStop(const QString &stepId, std::chrono::seconds grace, Caller::Done done);
    /// @p done for the step that runs now; an answer that comes after its end is dropped.
    [[nodiscard]] Caller::Done whileCurrent(Caller::Done done);

    // Collecting (RunCollect.cpp)
    void runCollect();
    void onSession(const Reply &reply);
    void takeSession(const QByteArray &text);
    void askServerCost();
    void askMissingBatches();
    void onBatchesReply(const Reply &reply, const QList<quint64> &missing);
    void onBlocksReply(const Reply &reply, const QMap<quint64, QPair<quint64, quint64>> &blocks);
    void startGpuSampler();
    void startMetricsSampler();
    void keepGpu(const QByteArray &bytes);
    void keepSamples(std::unique_ptr<LogFile> &file, const QString &name, const QByteArray &bytes);
    void keepMetrics(const QByteArray &body);
    void takeL2Sample(std::optional<qint64> serverSecs);
    void onMetricsBytes(const QByteArray &bytes);
    void stopSamplers();

    // Logs and findings
    void takeLog(Job &job, const QByteArray &bytes);
    void showLog(const Job &job, const QByteArray &bytes);
    void finishLog(Job &job);
    void onLogReplaced(Job &job);
    void onDiskTrouble(Job &job, const QString &why);
    void saveMarks();
    void stopCommand(const QString &why);
    void addFinding(const Finding &finding);
    void lookForSigns(const QByteArray &bytes);
    void refreshResults();
    [[nodiscard]] QString logOf(const Step &step) const;
    [[nodiscard]] bool logMatched(const Job &job) const;

    Plan m_plan;
    ssh::RemoteShell &m_shell;
    RunOptions m_options;
    Caller m_caller;
    RunState m_state = RunState::Idle;
    QList<StepState> m_steps;
    int m_index = -1;
    InputValues m_known; ///< answers, facts and outputs
    std::function<void()> m_retry; ///< what to do again after a reconnect
    bool m_wasConnected = false;
    int m_attempt = 0;
    QString m_lossReason; ///< why the last attempt failed
    QElapsedTimer m_unreachable;
    QTimer m_reconnect;
    QTimer m_timeout; ///< of the current step
    QTimer m_probe;
    QTimer m_stall;
    QTimer m_refresh;

    RunLogs m_logs;
    std::map<QString, Job> m_jobs; ///< by step id
    std::map<QString, QStringList> m_wantedInLog; ///< step id: expressions not seen yet
    QList<Finding> m_findings; ///< of checks and of the run itself
    QStringList m_told; ///< findings already signalled, "log code"
    ethrex::ResultCollector m_collector;
    QList<ethrex::BatchRow> m_rows;
    report::Session m_session;
    series::GpuSampleReader m_gpuReader;
    std::optional<ssh::CommandId> m_gpuSampler;
    std::optional<ssh::CommandId> m_metricsSampler;
    QByteArray m_metricsText;
    QElapsedTimer m_waiting; ///< since the wait step began
    int m_provedAtWait = 0;

    bool m_aborting = false; ///< main steps are over early
    bool m_failed = false;
    bool m_cancelled = false;
    bool m_stoppedEndless = false;
    bool m_startedSomething = false;
    bool m_probing = false;
    int m_turn = 0; ///< counts the beginnings and ends of steps
    bool m_waitingForStart = false; ///< a stop waits until the server has answered the start
    std::optional<QString> m_stopNote; ///< of a stop whose log still comes
    bool m_sampleMetrics = false; ///< the L2 is there
    bool m_expectingSoon = false; ///< the step's expectedAfter was seen

    bool m_restored = false; ///< another program began this run
    bool m_ready = false; ///< helper and lease are there, the steps have begun
    QString m_stopping; ///< why the current step's job is being stopped; empty: it is not
    QList<JournalEntry> m_unwritten; ///< the disk was full
    QTimer m_lease;
    QTimer m_marks;
    QTimer m_diskRetry;
    bool m_holdsLease = false;
    QByteArray m_boot; ///< id of the boot in which this run began to change the server
    QByteArray m_bootNow;
    std::optional<qint64> m_bootedSecs; ///< when that was
    QStringList m_replay; ///< logs that the readers must see again
    quint64 m_replayed = 0;
    series::GpuSampleReader m_replayReader; ///< of gpu.csv
    QTimer m_watch;
    bool m_sawJobs = false;
    bool m_jobsLeft = false;
    std::optional<RunState> m_closing; ///< how it ends once everything is put away
    QElapsedTimer m_metricsKept;
    std::unique_ptr<LogFile> m_gpuFile;
    std::unique_ptr<LogFile> m_l2File;
};

} // namespace proverdeck::models

// SPDX-License-Identifier: GPL-3.0-or-later
#include "RunFixture.h"

namespace proverdeck::models {
namespace {

TEST_F(RunTest, DoesEverythingOnceAndEndsOnce)
{
    make();
    QSignalSpy grew(run.get(), &models::Run::logGrew);
    texts["r1-prover"] += proved(1) + proved(1) + proved(2);
    texts["r1-build"] = "line\r\n\x1b[31mred\x1b[0m\0byte\xff no newline";
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(run->state(), RunState::Done);
    for (const char *id : {"one", "two", "question", "build", "extra", "prover", "wait", "collect",
                           "stop", "after"}) {
        EXPECT_EQ(outcome(id), "done") << id << ": " << step(id).note.toStdString();
        EXPECT_TRUE(step(id).started.isValid() && step(id).ended.isValid()) << id;
    }
    EXPECT_EQ(run->rows().size(), 2);
    EXPECT_EQ(run->progress(), qMakePair(2, 2));
    for (const auto &[id, job] : jobs) {
        EXPECT_EQ(job.starts, 1) << id.toStdString();
    }
    EXPECT_EQ(fileOf("build.log"), jobs["r1-build"].log);
    EXPECT_EQ(fileOf("prover.log"), jobs["r1-prover"].log)
        << "with what it said while it was stopped";
    EXPECT_EQ(fileOf("steps.log"), QByteArray("log of r1-extra\nlog of r1-after\n"));
    EXPECT_EQ(shell.countJobs("stop"), 1);
    EXPECT_EQ(FakeShell::argumentOf(
                  *std::find_if(shell.requests().begin(), shell.requests().end(),
                                [](const auto &one) { return one.line.contains(" stop "); })),
              4U);
    EXPECT_GE(grew.count(), 4);
    expectQuiet();
    EXPECT_EQ(shell.countJobs("rm"), 4) << "the folders on the server have served";
}

TEST_F(RunTest, AnOutputNeedsNoFact)
{
    toml.replace("when = { there = true }\n", "");
    make("fact = \"there\"\n", "");
    answers["check-question"] = {"it's $(here)\nsecond line\n", 0};
    begin();
    ASSERT_TRUE(serveUntilHeld("start r1-build"));
    EXPECT_EQ(shell.expectJob("start", "r1-build").input,
              QByteArray("do-build 'it'\\''s $(here)' r1\n"));
}

TEST_F(RunTest, AFactThatDoesNotHoldSkipsAStep)
{
    make();
    answers["check-question"] = {"no\n", 1};
    texts["r1-prover"] += proved(1) + proved(2);
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(outcome("extra"), "skipped");
    EXPECT_EQ(step("extra").note, QString("only when there is on"));
}

TEST_F(RunTest, AFailedCheckStartsNothing)
{
    make();
    answers["check-one"] = {"", 1};
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::CheckFailed);
    EXPECT_EQ(outcome("one"), "failed");
    EXPECT_EQ(outcome("two"), "done") << "every check says what it found";
    EXPECT_EQ(outcome("build"), "waiting");
    EXPECT_EQ(shell.countJobs("start"), 0);
    ASSERT_NE(finding("one-bad"), nullptr);
    EXPECT_EQ(finding("one-bad")->severity, Severity::Error);
    EXPECT_EQ(finding("one-bad")->advice, QString("Mend it."));
    expectQuiet();
}

TEST_F(RunTest, WarningsOfChecksDoNotStopARun)
{
    make();
    answers["check-one"] = {"little space\n", 2};
    answers["check-two"] = {"missing\n", 1};
    begin();
    ASSERT_TRUE(serveUntilHeld("start r1-build"));
    EXPECT_EQ(outcome("one"), "warning");
    EXPECT_EQ(step("one").note, QString("little space"));
    EXPECT_EQ(outcome("two"), "warning");
    ASSERT_NE(finding("two"), nullptr);
    EXPECT_EQ(finding("two")->severity, Severity::Warning);
}

TEST_F(RunTest, ChecksOnlyLeavesTheServerAlone)
{
    options.checksOnly = true;
    make();
    answers["check-two"] = {"does not apply\n", 3};
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(outcome("two"), "skipped");
    EXPECT_EQ(shell.count("jobs/h-"), 0) << "not even the job helper";
    EXPECT_EQ(shell.requests().size(), 2);
}

TEST_F(RunTest, AServerThatTakesNoJobsIsACheckThatFailed)
{
    make();
    begin();
    shell.reply("E cannot install the job helper: No space left on device\n", 73, "cannot install");
    EXPECT_EQ(endState(), RunState::CheckFailed);
    ASSERT_NE(finding("server-home"), nullptr);
    EXPECT_THAT(finding("server-home")->text.toStdString(), HasSubstr("No space left"));
}

TEST_F(RunTest, AJobThatTheServerRefusesFailsTheRun)
{
    make();
    begin();
    ASSERT_TRUE(serveUntilHeld("start r1-build"));
    shell.reply("E cannot write (is the disk full?)\n", 73, "start r1-build");
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    ASSERT_NE(finding("job-not-started"), nullptr);
}

TEST_F(RunTest, AFailingCommandEndsTheRunAndNothingElseStarts)
{
    make();
    codes["r1-build"] = 2;
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    EXPECT_EQ(outcome("build"), "failed");
    EXPECT_EQ(step("build").exitCode, 2);
    EXPECT_EQ(step("prover").note, QString("an earlier step failed"));
    EXPECT_EQ(step("stop").note, QString("it was not started"));
    ASSERT_NE(finding("build-failed"), nullptr);
    EXPECT_THAT(finding("build-failed")->text.toStdString(),
                HasSubstr("The build broke. It ended with exit status 2"));
    EXPECT_EQ(finding("build-failed")->evidence.log, QString("build.log"));
    expectQuiet();
}

TEST_F(RunTest, AFailureAfterAServiceRunsTheTeardown)
{
    make();
    codes["r1-prover"] = 1;
    begin();
    hold = "(held: nothing)";
    ASSERT_TRUE(serve([&] { return outcome("prover") == "serving"; }));
    jobs["r1-prover"].ended = true;
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    EXPECT_EQ(outcome("wait"), "failed");
    EXPECT_EQ(outcome("prover"), "failed");
    EXPECT_EQ(jobs["r1-after"].starts, 1);
    ASSERT_NE(finding("prover-ended"), nullptr);
    expectQuiet();
}

TEST_F(RunTest, AnOptionalCommandMayFail)
{
    make();
    codes["r1-extra"] = 1;
    texts["r1-prover"] += proved(1) + proved(2);
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(outcome("extra"), "warning");
    ASSERT_NE(finding("extra-failed"), nullptr);
    EXPECT_EQ(finding("extra-failed")->severity, Severity::Warning);
}

TEST_F(RunTest, AServiceThatEndsBeforeItIsReadyFails)
{
    make();
    services.clear();
    codes["r1-prover"] = 3;
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    EXPECT_EQ(outcome("prover"), "failed");
    EXPECT_EQ(step("prover").exitCode, 3);
    ASSERT_NE(finding("prover-ended"), nullptr);
    EXPECT_EQ(jobs["r1-after"].starts, 1);
}

TEST_F(RunTest, AServiceIsReadyByItsLogAndItsPort)
{
    make();
    texts["r1-prover"] = "starting\n";
    answers["p=3900"] = {"port 3900 does not accept\n", 1};
    begin();
    ASSERT_TRUE(serve([&] { return jobs["r1-prover"].starts == 1; }));
    (void)serve([] { return false; }, 50);
    EXPECT_EQ(shell.count("p=3900"), 0) << "first the log, then the port";
    jobs["r1-prover"].log += "2026-02-12T15:03:12.418233Z  INFO Received Resp";
    (void)serve([] { return false; }, 50);
    EXPECT_EQ(shell.count("p=3900"), 0) << "half a line";
    jobs["r1-prover"].log += "onse for batch_number: 1\n";
    ASSERT_TRUE(serve([&] { return shell.count("p=3900") >= 2; })) << "asked again";
    EXPECT_EQ(outcome("prover"), "running");
    EXPECT_EQ(step("prover").note, QString("waiting: port 3900 does not accept"));
    answers["p=3900"] = {"", 0};
    ASSERT_TRUE(serve([&] { return outcome("prover") == "serving"; }));
    EXPECT_EQ(outcome("wait"), "running");
    EXPECT_EQ(step("wait").note, QString("0 of 2 batches"));
}

TEST_F(RunTest, AServiceThatShouldBeReadySoonFailsSoon)
{
    make();
    texts["r1-prover"] = "     Running `target/release/ethrex l2 prover`\n";
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    ASSERT_NE(finding("prover-not-ready"), nullptr);
    EXPECT_THAT(finding("prover-not-ready")->text.toStdString(), HasSubstr("longer than 40 ms"));
    EXPECT_EQ(shell.countJobs("stop", "r1-prover"), 1) << "the service is stopped all the same";
}

TEST_F(RunTest, ACommandThatTakesTooLongIsStopped)
{
    make("timeout = \"10m\"", "timeout = \"40ms\"");
    services << "r1-build";
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    EXPECT_EQ(outcome("build"), "failed");
    EXPECT_EQ(step("build").note, QString("took too long and was stopped"));
    ASSERT_NE(finding("build-timeout"), nullptr);
    EXPECT_EQ(shell.countJobs("stop", "r1-build"), 1);
    EXPECT_EQ(finding("build-failed"), nullptr) << "its end is our own doing";
    expectQuiet();
}

TEST_F(RunTest, ATimeoutWaitsForAServerThatCannotBeAsked)
{
    make("timeout = \"10m\"", "timeout = \"60ms\"");
    begin();
    ASSERT_TRUE(serveUntilHeld("log r1-build"));
    shell.lose();
    EXPECT_FALSE(
        QTest::qWaitFor([&] { return step("build").outcome != StepOutcome::Running; }, 120));
    EXPECT_EQ(run->state(), RunState::Unreachable);
    reconnect();
    hold.clear();
    ASSERT_TRUE(serve([&] { return step("build").outcome != StepOutcome::Running; }));
    EXPECT_EQ(outcome("build"), "done") << "it had ended long ago";
}

TEST_F(RunTest, ACollectThatTakesTooLongMovesNothingTwice)
{
    make("run = \"do-collect\"", "run = \"do-collect\"\ntimeout = \"40ms\"");
    texts["r1-prover"] += proved(1) + proved(2);
    begin();
    ASSERT_TRUE(serveUntilHeld("do-collect"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return outcome("collect") == "failed"; }, 3000));
    ASSERT_NE(shell.pendingJob("stop"), nullptr);
    shell.replyError(ssh::ErrorCode::Timeout, "too late", "do-collect");
    EXPECT_EQ(outcome("stop"), "running") << "the late answer belongs to no step";
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    EXPECT_EQ(outcome("after"), "done");
    expectQuiet();
}

TEST_F(RunTest, AFatalFindingEndsTheRun)
{
    make();
    texts["r1-prover"]
        = "2026-02-12T16:12:01.004471Z ERROR Proof coordinator does not need SP1 proofs. This "
          "prover's backend is not in the required proof types for this deployment. Shutting "
          "down.\n";
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    ASSERT_NE(finding("wrong-backend"), nullptr);
    EXPECT_EQ(step("prover").note, finding("wrong-backend")->text);
    EXPECT_EQ(shell.countJobs("stop", "r1-prover"), 1);
}

TEST_F(RunTest, MasksSecretsInLogsAndEvidence)
{
    make();
    const QByteArray key(64, 'b');
    texts["r1-build"] = "make --l1-private-key 0x" + key + "\nhash 0x" + key + '\n';
    answers["check-one"] = {"password=hunter2\n", 0};
    begin();
    ASSERT_TRUE(serveUntilHeld("start r1-extra"));
    const QByteArray masked
        = "make --l1-private-key 0x" + QByteArray(64, '*') + "\nhash 0x" + key + '\n';
    EXPECT_EQ(fileOf("build.log"), masked);
    EXPECT_EQ(step("one").note, QString("password=*******"));
    EXPECT_EQ(run->redactions(), 1);
}

TEST_F(RunTest, SaysWhenTheFolderCannotBeMade)
{
    make();
    options.folder = "/proc/nothing/here";
    models::Run other(run->plan(), shell, options);
    QSignalSpy end(&other, &models::Run::finished);
    other.start();
    ASSERT_EQ(end.count(), 1);
    EXPECT_EQ(other.state(), RunState::Failed);
    EXPECT_EQ(shell.opens(), 0);
}

TEST_F(RunTest, TheRecordSaysWhatHappened)
{
    make();
    texts["r1-prover"] += proved(1) + proved(2);
    begin();
    ASSERT_TRUE(serveToTheEnd());
    const RunRecord record = run->record();
    EXPECT_EQ(record.id, "r1");
    EXPECT_EQ(record.host, "gpu1");
    EXPECT_EQ(record.workflow, "small");
    EXPECT_EQ(record.state, RunState::Done);
    EXPECT_EQ(record.result.session.state, runStateWord(RunState::Done));
    EXPECT_EQ(record.result.rows.size(), 2);
    EXPECT_EQ(record.steps.size(), run->plan().steps.size());
    EXPECT_GE(record.ended, record.started);
    EXPECT_EQ(models::Run::logNames(run->plan()),
              (QStringList{"build.log", "steps.log", "prover.log"}));
}

// ---- the connection ----

TEST_F(RunTest, ALoginThatFailsIsRefused)
{
    make();
    run->start();
    shell.refuseLogin(ssh::ErrorCode::HostKeyChanged, "the key changed");
    EXPECT_EQ(endState(), RunState::Refused);
    ASSERT_NE(finding("host-key-changed"), nullptr);
    EXPECT_EQ(finding("host-key-changed")->text, QString("the key changed"));
    expectQuiet();
}

TEST_F(RunTest, ALoginThatIsCancelledIsCancelled)
{
    make();
    run->start();
    shell.refuseLogin(ssh::ErrorCode::Cancelled, "no passphrase");
    EXPECT_EQ(endState(), RunState::Cancelled);
}

TEST_F(RunTest, ALossDuringTheInstallationInstallsAgain)
{
    make();
    begin();
    shell.lose();
    EXPECT_EQ(run->state(), RunState::Unreachable);
    reconnect();
    EXPECT_EQ(shell.countJobs("install"), 2);
    ASSERT_TRUE(serveUntilHeld("check-one"));
    EXPECT_EQ(run->state(), RunState::Checking);
}

TEST_F(RunTest, ALossDuringACheckAsksItAgain)
{
    make();
    texts["r1-prover"] += proved(1) + proved(2);
    begin();
    ASSERT_TRUE(serveUntilHeld("check-two"));
    QSignalSpy note(run.get(), &models::Run::connectionNote);
    shell.lose();
    ASSERT_EQ(note.count(), 1);
    EXPECT_FALSE(note.at(0).at(0).toString().isEmpty());
    reconnect();
    EXPECT_TRUE(note.last().at(0).toString().isEmpty());
    EXPECT_EQ(shell.count("check-two"), 2);
    EXPECT_EQ(shell.count("check-one"), 1);
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    ASSERT_NE(finding("connection-lost"), nullptr);
    EXPECT_EQ(finding("connection-lost")->severity, Severity::Info);
}

TEST_F(RunTest, ALossDuringAStartDoesNotStartTwice)
{
    make();
    texts["r1-prover"] += proved(1) + proved(2);
    begin();
    ASSERT_TRUE(serveUntilHeld("start r1-build"));
    ++jobs["r1-build"].starts; // it did start, and only the answer was lost
    jobs["r1-build"].log = "built\n";
    jobs["r1-build"].ended = true;
    shell.lose();
    reconnect();
    EXPECT_EQ(shell.countJobs("start", "r1-build"), 2);
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(fileOf("build.log"), QByteArray("built\n"));
}

TEST_F(RunTest, ALossWhileFollowingGoesOnAtTheExactByte)
{
    make();
    services << "r1-build";
    texts["r1-build"] = "first line\nhalf of the sec";
    texts["r1-prover"] += proved(1) + proved(2);
    begin();
    hold = "(held: nothing)";
    ASSERT_TRUE(serve([&] {
        return shell.pendingJob("log", "r1-build") != nullptr && fileOf("build.log").size() == 11;
    }));
    const auto got = quint64(texts["r1-build"].size());
    shell.lose();
    EXPECT_EQ(run->state(), RunState::Unreachable);
    jobs["r1-build"].log += "ond line\nlast";
    jobs["r1-build"].ended = true;
    reconnect();
    ASSERT_TRUE(serveUntilHeld("log r1-build"));
    EXPECT_EQ(FakeShell::argumentOf(shell.expectJob("log", "r1-build")), got);
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(fileOf("build.log"), QByteArray("first line\nhalf of the second line\nlast"));
    EXPECT_EQ(shell.countJobs("start", "r1-build"), 1);
}

TEST_F(RunTest, ALossWhileWaitingLosesNoBatch)
{
    make();
    begin();
    ASSERT_TRUE(serve([&] { return outcome("wait") == "running"; }));
    shell.lose();
    jobs["r1-prover"].log += proved(1) + proved(2);
    reconnect();
    EXPECT_EQ(run->state(), RunState::Running);
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(fileOf("prover.log"), jobs["r1-prover"].log);
}

TEST_F(RunTest, ALossDuringAStopStopsAgain)
{
    make();
    texts["r1-prover"] += proved(1) + proved(2);
    begin();
    ASSERT_TRUE(serveUntilHeld("stop r1-prover"));
    shell.lose();
    reconnect();
    EXPECT_EQ(run->state(), RunState::TearingDown);
    EXPECT_EQ(shell.countJobs("stop"), 2);
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(outcome("stop"), "done");
    EXPECT_EQ(outcome("prover"), "done");
    EXPECT_EQ(fileOf("prover.log"), jobs["r1-prover"].log);
}

TEST_F(RunTest, AReconnectThatIsRefusedLeavesTheOutcomeUnknown)
{
    make();
    begin();
    ASSERT_TRUE(serve([&] { return outcome("wait") == "running"; }));
    shell.lose();
    run->reconnectNow();
    shell.refuseLogin(ssh::ErrorCode::Unreachable, "no route");
    EXPECT_EQ(run->state(), RunState::Unreachable) << "tried again";
    run->reconnectNow();
    shell.refuseLogin(ssh::ErrorCode::Authentication, "key no longer accepted");
    EXPECT_EQ(endState(), RunState::Unknown);
    ASSERT_NE(finding("login-refused"), nullptr);
    expectQuiet();
}

TEST_F(RunTest, GivesUpAfterAWhile)
{
    options.giveUpAfter = std::chrono::seconds(0);
    make();
    begin();
    ASSERT_TRUE(serve([&] { return outcome("wait") == "running"; }));
    shell.lose();
    run->reconnectNow();
    shell.refuseLogin(ssh::ErrorCode::Unreachable, "no route");
    EXPECT_EQ(endState(), RunState::Unknown);
    ASSERT_NE(finding("host-unreachable"), nullptr);
}

TEST_F(RunTest, TriesAgainByItself)
{
    make();
    begin();
    ASSERT_TRUE(serve([&] { return outcome("wait") == "running"; }));
    shell.lose();
    EXPECT_TRUE(QTest::qWaitFor([&] { return shell.opens() == 2; }, 3000));
}

// ---- the user's stop ----

struct StopCase
{
    const char *name;
    QByteArray at; ///< the request that is under way; empty: connecting
    const char *step; ///< or: this step is running
};

void PrintTo(const StopCase &one, std::ostream *out)
{
    *out << one.name;
}

class RunStops : public RunTest,
                 public ::testing::WithParamInterface<std::tuple<StopCase, StopMode>>
{
protected:
    void reach()
    {
        const StopCase &where = std::get<0>(GetParam());
        texts["r1-prover"] += proved(1);
        if (where.at.contains("do-collect") || where.at.contains("stop ")
            || where.at.contains("r1-after")) {
            texts["r1-prover"] += proved(2);
        }
        make();
        run->start();
        if (where.at.isEmpty() && where.step == nullptr) {
            return;
        }
        shell.acceptLogin();
        if (where.step != nullptr) {
            ASSERT_TRUE(serve([&] { return outcome(where.step) == "running"; }));
        } else {
            ASSERT_TRUE(serveUntilHeld(where.at));
        }
    }
};

TEST_P(RunStops, EndsOnceAndLeavesNothingBehind)
{
    const auto &[where, mode] = GetParam();
    reach();
    const bool wasInTeardown = run->state() == RunState::TearingDown;
    run->stop(mode);
    if (mode == StopMode::Detach) {
        EXPECT_EQ(finished->count(), 1) << "at once";
    }
    run->stop(mode); // pressed twice
    ASSERT_TRUE(serveToTheEnd());
    expectQuiet();
    const bool isConnecting = where.at.isEmpty() && where.step == nullptr;
    const RunState expected = mode == StopMode::Detach && !isConnecting ? RunState::Detached
        : wasInTeardown                                                 ? RunState::Done
                                                                        : RunState::Cancelled;
    EXPECT_EQ(endState(), expected) << runStateWord(endState()).toStdString();
    const bool proverStarted = jobs.contains("r1-prover");
    if (mode == StopMode::TearDown && proverStarted) {
        EXPECT_TRUE(jobs["r1-prover"].ended) << "nothing of ours is left";
        EXPECT_EQ(outcome("prover"),
                  wasInTeardown || where.step != nullptr ? "done" : outcome("prover"));
        EXPECT_EQ(fileOf("prover.log"), jobs["r1-prover"].log);
    }
    if (mode != StopMode::TearDown && proverStarted && !wasInTeardown) {
        EXPECT_FALSE(jobs["r1-prover"].ended);
        EXPECT_EQ(shell.countJobs("stop", "r1-prover"), 0);
    }
    if (mode == StopMode::TearDown && where.at.endsWith("r1-build")) {
        EXPECT_EQ(outcome("build"), "cancelled");
        EXPECT_TRUE(jobs["r1-build"].ended);
        EXPECT_EQ(finding("build-failed"), nullptr);
    }
}

TEST_P(RunStops, WhileUnreachableIsDoneAfterTheReconnect)
{
    const auto &[where, mode] = GetParam();
    reach();
    if (where.at.isEmpty() && where.step == nullptr) {
        GTEST_SKIP() << "there is no connection to lose";
    }
    const bool wasInTeardown = run->state() == RunState::TearingDown;
    shell.lose();
    run->stop(mode);
    if (finished->isEmpty()) {
        reconnect();
        ASSERT_TRUE(serveToTheEnd());
    }
    expectQuiet();
    EXPECT_EQ(endState(),
              mode == StopMode::Detach ? RunState::Detached
                  : wasInTeardown      ? RunState::Done
                                       : RunState::Cancelled)
        << runStateWord(endState()).toStdString();
    if (mode == StopMode::TearDown && jobs.contains("r1-prover")) {
        EXPECT_TRUE(jobs["r1-prover"].ended);
    }
}

const char *modeName(StopMode mode)
{
    return mode == StopMode::TearDown ? "TearDown"
        : mode == StopMode::Detach    ? "Detach"
                                      : "LeaveRunning";
}

INSTANTIATE_TEST_SUITE_P(
    All, RunStops,
    ::testing::Combine(
        ::testing::Values(StopCase{"Connecting", {}, nullptr},
                          StopCase{"Installing", "cannot install", nullptr},
                          StopCase{"Checking", "check-one", nullptr},
                          StopCase{"Question", "check-question", nullptr},
                          StopCase{"StartingACommand", "start r1-build", nullptr},
                          StopCase{"RunningACommand", "log r1-build", nullptr},
                          StopCase{"StartingAService", "start r1-prover", nullptr},
                          StopCase{"Probing", "p=3900", nullptr}, StopCase{"Waiting", {}, "wait"},
                          StopCase{"Collecting", "do-collect", nullptr},
                          StopCase{"Stopping", "stop r1-prover", nullptr},
                          StopCase{"CleaningUp", "start r1-after", nullptr}),
        ::testing::Values(StopMode::TearDown, StopMode::LeaveRunning, StopMode::Detach)),
    [](const auto &one) {
        return std::string(std::get<0>(one.param).name) + modeName(std::get<1>(one.param));
    });

TEST_F(RunTest, StoppingAnEndlessRunIsItsGoodEnd)
{
    make({}, {}, {{"endless", true}});
    texts["r1-prover"] += proved(1) + proved(2) + proved(3);
    begin();
    ASSERT_TRUE(serve([&] { return step("wait").note == "3 batches"; }));
    EXPECT_EQ(run->progress().second, 0);
    run->stop(StopMode::TearDown);
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(outcome("wait"), "done");
    EXPECT_TRUE(jobs["r1-prover"].ended);
}

TEST_F(RunTest, AServiceThatCannotBeStoppedIsReported)
{
    make();
    texts["r1-prover"] += proved(1) + proved(2);
    begin();
    ASSERT_TRUE(serveUntilHeld("stop r1-prover"));
    shell.reply(statusLine("running", 10) + "E process group 42 does not die\n", 70,
                "stop r1-prover");
    EXPECT_EQ(outcome("stop"), "unknown");
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    ASSERT_NE(finding("left-running"), nullptr);
    EXPECT_EQ(jobs["r1-after"].starts, 1) << "the rest of the teardown is done";
}

TEST_F(RunTest, KeepRunningSkipsTheStoppingPart)
{
    options.keepRunning = true;
    make();
    texts["r1-prover"] += proved(1) + proved(2);
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(step("stop").note, QString("left running, as you asked"));
    EXPECT_EQ(outcome("collect"), "done");
    EXPECT_EQ(shell.countJobs("stop"), 0);
}

} // namespace
} // namespace proverdeck::models

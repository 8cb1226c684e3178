// SPDX-License-Identifier: GPL-3.0-or-later
#include "RunFixture.h"

#include <QDir>

namespace proverdeck::models {
namespace {

/// Keeps the entries, and the program is dead from a chosen one on.
class MortalJournal : public Journal
{
public:
    tl::expected<void, QString> append(const QString & /*runId*/,
                                       const JournalEntry &entry) override
    {
        if (full) {
            return tl::unexpected(QStringLiteral("the disk is full"));
        }
        if (killAt == entries.size() && !killed) {
            killed = true;
            if (!isWritten) {
                return {};
            }
            entries << entry;
            return {};
        }
        if (!killed) {
            entries << entry;
        }
        return {};
    }

    QList<JournalEntry> entries;
    qsizetype killAt = -1;
    bool isWritten = true;
    bool killed = false;
    bool full = false;
};

class RunRestoreTest : public RunTest
{
protected:
    void SetUp() override
    {
        RunTest::SetUp();
        options.journal = &journal;
        options.token = "abc";
        options.holder = "anna@laptop";
        texts["r1-prover"] = kHandedOut + proved(1) + proved(2);
    }

    /// The program ends at once; what was under way may have reached the server, or not.
    void kill(bool delivered)
    {
        const QList<FakeShell::Request> underWay = shell.requests().mid(0, aliveRequests);
        const RunRecord last = run->record();
        run->disconnect();
        record = savedRecord.id.isEmpty() ? last : savedRecord;
        run.reset();
        if (delivered) {
            for (const FakeShell::Request &request : underWay) {
                const FakeShell::Request *open = find(request.id);
                if (open != nullptr && !open->over) {
                    answer(request);
                }
            }
        }
        shell.lose();
        sent.clear();
    }

    void attach()
    {
        journal.killAt = -1;
        journal.killed = false;
        const auto plan = planFrom(record.blueprint);
        ASSERT_TRUE(plan) << plan.error().toStdString();
        run = std::make_unique<models::Run>(*plan, shell, options);
        finished = std::make_unique<QSignalSpy>(run.get(), &models::Run::finished);
        run->restore(readPast(journal.entries), record);
        run->start();
        ASSERT_TRUE(QTest::qWaitFor(
            [&] { return shell.state() == ssh::ConnectionState::Connecting; }, 3000));
        shell.acceptLogin();
    }

    /// Runs until the journal "kills" it; false if it came to its end.
    bool runUntilKilled()
    {
        QObject::connect(run.get(), &models::Run::saveWanted, run.get(), [this] {
            if (!journal.killed) {
                savedRecord = run->record();
            }
        });
        begin();
        aliveRequests = -1;
        (void)serve([&] {
            if (journal.killed && aliveRequests < 0) {
                aliveRequests = shell.requests().size();
            }
            return journal.killed || finished->count() > 0;
        });
        return journal.killed;
    }

    void expectWhole()
    {
        EXPECT_EQ(endState(), RunState::Done);
        for (const char *id : {"one", "two", "question", "build", "extra", "prover", "wait",
                               "collect", "stop", "after"}) {
            EXPECT_EQ(outcome(id), "done") << id << ": " << step(id).note.toStdString();
        }
        EXPECT_EQ(run->rows().size(), 2);
        EXPECT_EQ(executions.keys(),
                  (QList<QByteArray>{"r1-after", "r1-build", "r1-extra", "r1-prover"}))
            << "no step is left out";
        for (const int count : std::as_const(executions)) {
            EXPECT_EQ(count, 1) << "no step is done twice";
        }
        EXPECT_EQ(fileOf("build.log"), jobs["r1-build"].log);
        EXPECT_EQ(fileOf("prover.log"), jobs["r1-prover"].log);
        EXPECT_EQ(fileOf("steps.log"), QByteArray("log of r1-extra\nlog of r1-after\n"));
        EXPECT_EQ(finding("log-differs"), nullptr);
        for (const auto &[id, job] : jobs) {
            EXPECT_TRUE(job.ended) << id.toStdString();
        }
    }

    MortalJournal journal;
    RunRecord record;
    RunRecord savedRecord;
    qsizetype aliveRequests = -1;
};

TEST_F(RunRestoreTest, KilledAtEveryEntryOfTheJournal)
{
    int rounds = 0;
    for (qsizetype at = 1;; ++at) {
        bool wasKilled = false;
        for (const bool isWritten : {true, false}) {
            SCOPED_TRACE("killed at entry " + std::to_string(at)
                         + (isWritten ? ", written" : ", not written"));
            journal.entries.clear();
            journal.killAt = at;
            journal.killed = false;
            journal.isWritten = isWritten;
            jobs.clear();
            executions.clear();
            savedRecord = {};
            QDir(folder.filePath("run")).removeRecursively();
            toml = kWorkflow;
            make();
            wasKilled = runUntilKilled();
            if (!wasKilled) {
                break;
            }
            const QString killedAt = journal.entries.last().what;
            kill(isWritten);
            if (readPast(journal.entries).end) {
                continue; // it had ended
            }
            attach();
            ASSERT_TRUE(serveToTheEnd())
                << "after " << killedAt.toStdString() << ", in step " << run->currentStep();
            expectWhole();
            if (HasFailure()) {
                for (const JournalEntry &entry : std::as_const(journal.entries)) {
                    std::cerr
                        << entry.what.toStdString() << ' ' << entry.step.toStdString() << ' '
                        << QJsonDocument(entry.data).toJson(QJsonDocument::Compact).toStdString()
                        << '\n';
                }
                return;
            }
            ++rounds;
            run.reset();
            shell.close();
            QCoreApplication::processEvents();
        }
        if (!wasKilled) {
            break;
        }
    }
    EXPECT_GT(rounds, 60);
    std::cout << "killed at " << rounds << " places, and gone on with each time\n";
}

TEST_F(RunRestoreTest, WhatIsWrittenBeforeItIsDone)
{
    make();
    begin();
    ASSERT_TRUE(serveUntilHeld("start r1-build"));
    ASSERT_FALSE(journal.entries.isEmpty());
    EXPECT_EQ(journal.entries.first().what, QString("begin"));
    EXPECT_EQ(journal.entries.last().what, QString("job")) << "before the server has answered";
    EXPECT_EQ(journal.entries.last().step, QString("build"));
    journal.full = true;
    ASSERT_TRUE(
        serve([&] { return finding("history-disk") != nullptr || finished->count() > 0; }, 500)
        || true);
    hold.clear();
    ASSERT_TRUE(serve([&] { return finding("history-disk") != nullptr; }));
    EXPECT_EQ(shell.countJobs("start", "r1-extra"), 0) << "it waits until it can be noted";
}

TEST_F(RunRestoreTest, AnEndThatNobodyRecordedIsUnknownAndNotDoneAgain)
{
    make();
    begin();
    services << "r1-build";
    ASSERT_TRUE(serve([&] { return jobs["r1-build"].starts == 1; }));
    ASSERT_TRUE(serve([&] { return fileOf("build.log").contains("r1-build"); }));
    aliveRequests = shell.requests().size();
    kill(false);
    jobs["r1-build"].removed = true; // somebody deleted its folder
    attach();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(outcome("build"), "unknown");
    EXPECT_EQ(executions["r1-build"], 1);
    EXPECT_EQ(endState(), RunState::Failed);
    ASSERT_NE(finding("build-failed"), nullptr);
    EXPECT_THAT(finding("build-failed")->advice.toStdString(), HasSubstr("not done again"));
}

TEST_F(RunRestoreTest, SomebodyElseDrivesTheServer)
{
    lease = leaseLine("held", "r0", "bob@desk");
    make();
    begin();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::CheckFailed);
    ASSERT_NE(finding("server-in-use"), nullptr);
    EXPECT_THAT(finding("server-in-use")->text.toStdString(), HasSubstr("bob@desk"));
    EXPECT_EQ(shell.countJobs("start"), 0);
}

TEST_F(RunRestoreTest, ARebootThatNoJobSawEndsTheRun)
{
    make();
    begin();
    ASSERT_TRUE(serveUntilHeld("start r1-extra"));
    kill(false);
    lease = leaseLine("mine", "r1", {}, {}, "second-boot");
    attach();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    ASSERT_NE(finding("server-rebooted"), nullptr);
    EXPECT_THAT(finding("server-rebooted")->text.toStdString(), HasSubstr("\"Extra\""));
    EXPECT_EQ(executions["r1-extra"], 0);
}

TEST_F(RunRestoreTest, ARebootWhileTheConnectionWasLostEndsTheRun)
{
    make();
    begin();
    ASSERT_TRUE(serveUntilHeld("start r1-extra"));
    shell.lose();
    lease = leaseLine("mine", "r1", {}, {}, "second-boot");
    reconnect();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    EXPECT_NE(finding("server-rebooted"), nullptr);
    EXPECT_EQ(executions["r1-extra"], 0);
}

TEST_F(RunRestoreTest, ARebootWhileAStepWaitsForWhatItStartedEndsTheRun)
{
    make("title = \"Build\"\n", "title = \"Build\"\nready = { all = [ { tcp = 3999 } ] }\n");
    answers["p=3999"] = {"port 3999 does not accept\n", 1};
    begin();
    ASSERT_TRUE(serve([&] { return step("build").note.contains("3999"); }));
    shell.lose();
    lease = leaseLine("mine", "r1", {}, {}, "second-boot");
    reconnect();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    EXPECT_EQ(outcome("build"), "failed");
    ASSERT_NE(finding("server-rebooted"), nullptr);
    EXPECT_EQ(executions["r1-after"], 1) << "what is left is tidied up all the same";
}

TEST_F(RunRestoreTest, ARebootWhileNobodyWatchedAStepThatWaitsEndsTheRun)
{
    make("title = \"Build\"\n", "title = \"Build\"\nready = { all = [ { tcp = 3999 } ] }\n");
    answers["p=3999"] = {"port 3999 does not accept\n", 1};
    begin();
    ASSERT_TRUE(serve([&] { return step("build").note.contains("3999"); }));
    kill(false);
    lease = leaseLine("mine", "r1", {}, {}, "second-boot");
    attach();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Failed);
    EXPECT_NE(finding("server-rebooted"), nullptr);
}

TEST_F(RunRestoreTest, ARebootBeforeTheFirstJobDoesNotMatter)
{
    make();
    begin();
    ASSERT_TRUE(serveUntilHeld("check-question"));
    kill(false);
    lease = leaseLine("mine", "r1", {}, {}, "second-boot");
    attach();
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    EXPECT_EQ(finding("server-rebooted"), nullptr);
}

TEST_F(RunRestoreTest, ALogThatDiffersOnTheServerIsSaid)
{
    make();
    begin();
    ASSERT_TRUE(serveUntilHeld("sum r1-build"));
    jobs["r1-build"].log = "something else\n";
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Done);
    ASSERT_NE(finding("log-differs"), nullptr);
    EXPECT_EQ(finding("log-differs")->evidence.log, QString("build.log"));
}

TEST_F(RunRestoreTest, WatchingTouchesNothing)
{
    make();
    jobs["r1-build"].log = "built\n";
    jobs["r1-build"].ended = true;
    jobs["r1-prover"].log = texts["r1-prover"];
    options.watch = true;
    options.journal = nullptr;
    options.folder.clear();
    lease = leaseLine("held", "r1", "bob@desk");
    run = std::make_unique<models::Run>(run->plan(), shell, options);
    finished = std::make_unique<QSignalSpy>(run.get(), &models::Run::finished);
    begin();
    ASSERT_TRUE(serve([&] { return run->rows().size() == 2; }));
    EXPECT_EQ(outcome("build"), "done");
    EXPECT_EQ(outcome("prover"), "serving");
    jobs["r1-prover"].ended = true;
    lease = leaseLine("free");
    ASSERT_TRUE(serveToTheEnd());
    EXPECT_EQ(endState(), RunState::Detached);
    for (const char *verb : {"start", "stop", "rm", "take", "drop", "write"}) {
        EXPECT_EQ(shell.countJobs(verb), 0) << verb;
    }
}

} // namespace
} // namespace proverdeck::models

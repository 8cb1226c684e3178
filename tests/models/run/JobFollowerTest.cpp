// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/JobFollower.h"

#include "support/FakeShell.h"
#include "support/Test.h"

#include <QSignalSpy>
#include <QTest>

namespace proverdeck::models {
namespace {

using proverdeck::testing::FakeShell;
using proverdeck::testing::statusLine;

class JobFollowerTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        shell.open();
        shell.acceptLogin();
    }

    /// Prints and ends the reading that is under way.
    void log(const QByteArray &bytes, int code = 0)
    {
        ASSERT_TRUE(QTest::qWaitFor([&] { return shell.pendingJob("log") != nullptr; }, 3000));
        const FakeShell::Request request = shell.expectJob("log", "j");
        offsets << FakeShell::argumentOf(request);
        shell.print(request.id, bytes);
        shell.finish(request.id, code);
    }

    void status(const QByteArray &line)
    {
        shell.print(shell.expectJob("status", "j").id, line);
        shell.finish(shell.expectJob("status", "j").id);
    }

    [[nodiscard]] QByteArray text() const
    {
        QByteArray all;
        for (const QList<QVariant> &one : came) {
            all += one.at(0).toByteArray();
        }
        return all;
    }

    FakeShell shell;
    JobFollower follower{shell, "j"};
    QSignalSpy came{&follower, &JobFollower::bytesCame};
    QSignalSpy ended{&follower, &JobFollower::ended};
    QList<quint64> offsets;
};

TEST_F(JobFollowerTest, EndsWhenTheJobIsDoneAndEveryByteHasCome)
{
    follower.start();
    log("abc");
    status(statusLine("running", 3));
    log("de");
    status(statusLine("done", 8, 0)); // three bytes are still on the server
    EXPECT_EQ(ended.count(), 0);
    log("fgh");
    status(statusLine("done", 8, 7));
    ASSERT_EQ(ended.count(), 1);
    EXPECT_EQ(ended.at(0).at(0).value<ssh::JobStatus>().exitCode, 7);
    EXPECT_EQ(text(), QByteArray("abcdefgh"));
    EXPECT_EQ(offsets, (QList<quint64>{0, 3, 5}));
    follower.start();
    EXPECT_EQ(shell.pending(), nullptr) << "over is over";
}

TEST_F(JobFollowerTest, TheHeartbeatIsNoLog)
{
    follower.start();
    emit shell.output(shell.expectJob("log").id, ssh::Stream::Stderr, ".\n");
    log("x");
    EXPECT_EQ(text(), QByteArray("x"));
}

class JobFollowerEnds : public JobFollowerTest, public ::testing::WithParamInterface<const char *>
{
};

TEST_P(JobFollowerEnds, WhenTheJobIsGone)
{
    follower.start();
    log("");
    status(statusLine(GetParam()));
    ASSERT_EQ(ended.count(), 1);
    EXPECT_EQ(ended.at(0).at(0).value<ssh::JobStatus>().exitCode, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(All, JobFollowerEnds, ::testing::Values("lost", "rebooted", "none"));

TEST_F(JobFollowerTest, AStatusThatCannotBeReadIsAskedAgain)
{
    follower.start();
    log("abc");
    status("nonsense\n");
    EXPECT_EQ(ended.count(), 0);
    ASSERT_TRUE(QTest::qWaitFor([&] { return shell.pendingJob("status") != nullptr; }, 3000));
    status(statusLine("done", 3, 0));
    EXPECT_EQ(ended.count(), 1);
}

TEST_F(JobFollowerTest, GoesOnWhereItWasAfterALoss)
{
    follower.start();
    shell.print(shell.expectJob("log").id, "abcd");
    shell.lose();
    EXPECT_EQ(shell.pending(), nullptr);
    shell.open();
    shell.acceptLogin();
    status(statusLine("running", 6)); // it is still the same file
    log("ef");
    EXPECT_EQ(offsets, (QList<quint64>{4}));
    shell.lose(); // while the status is asked
    shell.open();
    shell.acceptLogin();
    status(statusLine("done", 6, 0));
    EXPECT_EQ(ended.count(), 1);
    EXPECT_EQ(text(), QByteArray("abcdef"));
}

TEST_F(JobFollowerTest, AReplacedFileIsReadFromItsBeginning)
{
    QSignalSpy replaced(&follower, &JobFollower::replaced);
    follower.start();
    log("abcdef");
    status(statusLine("running", 2)); // somebody cut it
    EXPECT_EQ(replaced.count(), 1);
    log("xy");
    status(statusLine("done", 2, 0));
    EXPECT_EQ(ended.count(), 1);
    EXPECT_EQ(offsets, (QList<quint64>{0, 0}));
    EXPECT_EQ(text(), QByteArray("abcdefxy"));
}

TEST_F(JobFollowerTest, APauseForgetsWhatCameAfterTheOffset)
{
    follower.start();
    shell.print(shell.expectJob("log").id, "abcd");
    follower.pause(1);
    EXPECT_EQ(shell.pending(), nullptr);
    follower.start();
    status(statusLine("running", 4));
    log("bcd");
    EXPECT_EQ(offsets, (QList<quint64>{1}));
}

TEST_F(JobFollowerTest, WaitsForAConnection)
{
    shell.lose();
    follower.start();
    EXPECT_EQ(shell.pending(), nullptr);
    shell.open();
    shell.acceptLogin();
    EXPECT_NE(shell.pendingJob("log", "j"), nullptr);
}

TEST_F(JobFollowerTest, AnEndedLogThatLostBytesEndsAllTheSame)
{
    follower.start();
    log("abc");
    int rounds = 0;
    while (ended.isEmpty() && ++rounds < 6) {
        if (shell.pendingJob("status") == nullptr) {
            log("");
        }
        status(statusLine("done", 5, 0));
    }
    EXPECT_EQ(ended.count(), 1);
    EXPECT_EQ(text(), QByteArray("abc"));
}

} // namespace
} // namespace proverdeck::models

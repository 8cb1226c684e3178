// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ShellFixture.h"
#include "ssh/SystemWatch.h"

#include <QElapsedTimer>
#include <QTest>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// A machine whose clocks and addresses the test sets.
struct Machine
{
    std::chrono::milliseconds awake{1'000'000};
    std::chrono::milliseconds always{2'000'000};
    std::chrono::milliseconds wall{3'000'000};
    QByteArray addresses = "eth0 192.0.2.7\n";

    void pass(std::chrono::milliseconds time)
    {
        awake += time;
        sleep(time);
    }
    void sleep(std::chrono::milliseconds time)
    {
        always += time;
        wall += time;
    }
    [[nodiscard]] SystemWatch::Source source()
    {
        return {.awake = [this] { return awake; },
                .always = [this] { return always; },
                .wall = [this] { return wall; },
                .addresses = [this] { return addresses; }};
    }
};

class SystemWatchTest : public ::testing::Test
{
protected:
    [[nodiscard]] bool notices()
    {
        const auto before = changed.count();
        watch.look();
        return changed.count() > before;
    }

    Machine machine;
    SystemWatch watch{machine.source()};
    QSignalSpy changed{&watch, &SystemWatch::changed};
};

TEST_F(SystemWatchTest, IsQuietWhileTimePasses)
{
    for (int i = 0; i < 100; ++i) {
        machine.pass(2100ms);
        EXPECT_FALSE(notices());
    }
    machine.wall -= 3600s; // somebody puts the clock right
    EXPECT_FALSE(notices());
}

TEST_F(SystemWatchTest, NoticesSleepStandstillAndPause)
{
    machine.pass(2s);
    machine.sleep(5s);
    EXPECT_TRUE(notices());
    EXPECT_FALSE(notices());
    machine.pass(60s); // without a look: the program was stopped
    EXPECT_TRUE(notices());
    machine.pass(2s);
    machine.wall += 10min; // a virtual machine that was paused as a whole
    EXPECT_TRUE(notices());
}

TEST_F(SystemWatchTest, NoticesOtherAddresses)
{
    machine.addresses.clear();
    EXPECT_TRUE(notices());
    EXPECT_FALSE(watch.hasNetwork());
    EXPECT_FALSE(notices());
    machine.addresses = "wlan0 198.51.100.3\n";
    EXPECT_TRUE(notices());
    EXPECT_TRUE(watch.hasNetwork());
}

TEST(SystemWatch, ReadsThisMachine)
{
    const SystemWatch::Source source = SystemWatch::system();
    EXPECT_GE(source.always(), source.awake());
    EXPECT_GT(source.wall(), 1'600'000'000s);
    SystemWatch watch;
    const QSignalSpy changed(&watch, &SystemWatch::changed);
    EXPECT_FALSE(QTest::qWaitFor([&] { return changed.count() > 0; }, 2500));
}

class AliveTest : public ServerTest
{
protected:
    [[nodiscard]] std::unique_ptr<Listener> watched()
    {
        auto client = std::make_unique<Listener>(target(), watch);
        const std::optional<Error> error = client->open();
        EXPECT_FALSE(error) << error.value_or(Error{}).detail.toStdString();
        return client;
    }
    void wakeUp()
    {
        machine.sleep(1h);
        watch->look();
    }

    Machine machine;
    std::shared_ptr<SystemWatch> watch = std::make_shared<SystemWatch>(machine.source());
};

TEST_F(AliveTest, AfterASleepALivingConnectionStays)
{
    const auto client = watched();
    const CommandId id = client->shell.run({"sleep 8; echo x", {}});
    for (int i = 0; i < 3; ++i) {
        wakeUp();
        EXPECT_FALSE(QTest::qWaitFor([&] { return client->lost > 0; }, 2500));
    }
    EXPECT_TRUE(client->wait(id).isOk());
    EXPECT_EQ(client->lost, 0);
}

TEST_F(AliveTest, AfterASleepADeadConnectionIsLostWithinSeconds)
{
    const auto client = watched();
    const CommandId id = client->shell.run({"sleep 60", {}});
    EXPECT_FALSE(QTest::qWaitFor([&] { return client->lost > 0; }, 500));
    server.freezeSessions();
    QElapsedTimer elapsed;
    elapsed.start();
    wakeUp();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 8000));
    EXPECT_GT(elapsed.elapsed(), 4000);
    EXPECT_TRUE(client->outcomes[id].detail().contains(u"no sign of life within 5 seconds"_s))
        << client->outcomes[id].detail().toStdString();
}

TEST_F(AliveTest, VerifyingAsksEvenIfSomethingWasHeardJustNow)
{
    const auto client = watched();
    EXPECT_TRUE(client->run("echo x").isOk());
    server.freezeSessions();
    client->shell.verify();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 8000));
    client->shell.verify(); // without a connection it does nothing
    EXPECT_FALSE(QTest::qWaitFor([&] { return client->lost > 1; }, 300));
}

TEST_F(AliveTest, WithoutAConnectionItIsWorthTryingWhenTheNetworkIsBack)
{
    const auto client = watched();
    const QSignalSpy worth(&client->shell, &RemoteShell::worthTrying);
    wakeUp();
    EXPECT_EQ(worth.count(), 0); // connected: it verifies
    client->shell.close();
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return client->shell.state() == ConnectionState::Disconnected; }, 5000));
    wakeUp();
    EXPECT_EQ(worth.count(), 1);
    machine.addresses.clear();
    watch->look();
    EXPECT_EQ(worth.count(), 1); // without a network there is nothing to try
    machine.addresses = "wlan0 198.51.100.3\n";
    watch->look();
    EXPECT_EQ(worth.count(), 2);
}

TEST_F(AliveTest, WithoutConfigurationASilentServerIsLostWithinThirtySeconds)
{
    const auto client = watched();
    EXPECT_TRUE(client->run("echo x").isOk());
    server.freezeSessions();
    QElapsedTimer elapsed;
    elapsed.start();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 40'000));
    EXPECT_LT(elapsed.elapsed(), 30'000);
    EXPECT_GT(elapsed.elapsed(), 20'000); // and not at the first short silence
}

TEST_F(AliveTest, SixSilentCommandsDoNotKeepItFromAsking)
{
    server.writeConfig({u"ServerAliveInterval 1"_s});
    const auto client = watched();
    QList<CommandId> ids;
    for (int i = 0; i < 9; ++i) {
        ids << client->shell.run({"sleep 6; echo x", {}});
    }
    EXPECT_FALSE(QTest::qWaitFor([&] { return client->lost > 0; }, 5000));
    for (const CommandId id : std::as_const(ids)) {
        EXPECT_TRUE(client->wait(id).isOk());
    }
}

} // namespace
} // namespace proverdeck::ssh

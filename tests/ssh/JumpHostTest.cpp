// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Route.h"
#include "ssh/ShellFixture.h"

#include <QCryptographicHash>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Three servers: the target "inner", which is reached through "first" and "second".
class JumpHostTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        for (testing::LoopbackSshd *server : {&first, &second, &inner}) {
            if (!server->start()) {
                GTEST_SKIP() << server->whyNot().toStdString();
            }
        }
        configure({u"ProxyJump first,second"_s});
    }
    void configure(const QStringList &innerLines, const QStringList &secondLines = {},
                   const QStringList &firstLines = {}) const
    {
        inner.write(u"ssh_config"_s,
                    inner.section(u"inner"_s, innerLines) + second.section(u"second"_s, secondLines)
                        + first.section(u"first"_s, firstLines));
    }
    [[nodiscard]] HostTarget target() const
    {
        return {.host = u"inner"_s, .sshConfigFile = inner.configFile()};
    }
    [[nodiscard]] std::unique_ptr<Listener> connected() const
    {
        auto client = std::make_unique<Listener>(target());
        if (const std::optional<Error> error = client->open()) {
            ADD_FAILURE() << error->detail.toStdString();
        }
        return client;
    }
    [[nodiscard]] QString detailOfFailure(ErrorCode code) const
    {
        Listener client(target());
        const std::optional<Error> error = client.open();
        EXPECT_TRUE(error);
        EXPECT_EQ(error.value_or(Error{}).code, code)
            << error.value_or(Error{}).detail.toStdString();
        return error.value_or(Error{}).detail;
    }
    [[nodiscard]] static qsizetype logins(const testing::LoopbackSshd &server)
    {
        return server.read(u"sshd.log"_s).count("Accepted publickey");
    }

    testing::LoopbackSshd first;
    testing::LoopbackSshd second;
    testing::LoopbackSshd inner;
};

TEST_F(JumpHostTest, LogsInAtEachWithItsOwnHostKeyAndKeyFile)
{
    configure({u"ProxyJump first,second"_s}, {u"HostKeyAlias middle"_s});
    const auto client = connected();
    EXPECT_TRUE(client->run("echo x").isOk());
    EXPECT_EQ(logins(first), 1);
    EXPECT_EQ(logins(second), 1);
    EXPECT_EQ(logins(inner), 1);
    ASSERT_EQ(client->hostKeys.size(), 3);
    EXPECT_EQ(client->hostKeys[0].host, u"[127.0.0.1]:%1"_s.arg(first.port()));
    EXPECT_TRUE(client->hostKeys[0].note.contains(u"jump host on the way to inner"_s));
    EXPECT_EQ(client->hostKeys[1].host, u"middle"_s);
    EXPECT_EQ(client->hostKeys[2].host, u"[127.0.0.1]:%1"_s.arg(inner.port()));
    EXPECT_TRUE(client->hostKeys[2].note.isEmpty());
    EXPECT_TRUE(second.read(u"known_hosts"_s).startsWith("middle ssh-ed25519 "));

    const auto again = connected();
    EXPECT_TRUE(again->hostKeys.isEmpty());
}

TEST_F(JumpHostTest, TakesTheKeyTypeThatIsOnRecordAtEachHop)
{
    const auto know = [](const testing::LoopbackSshd &server) {
        server.write(u"known_hosts"_s,
                     "[127.0.0.1]:" + QByteArray::number(server.port()) + ' '
                         + server.hostKey(u"ecdsa"_s) + '\n');
    };
    know(first);
    know(second);
    know(inner);
    EXPECT_TRUE(connected()->hostKeys.isEmpty());
}

TEST_F(JumpHostTest, FollowsTheJumpHostsOwnConfiguration)
{
    configure({u"ProxyJump second"_s}, {u"ProxyJump first"_s});
    EXPECT_TRUE(connected()->run("echo x").isOk());
    EXPECT_EQ(logins(first), 1);
    EXPECT_EQ(logins(second), 1);
}

TEST_F(JumpHostTest, NoneMeansDirect)
{
    configure({u"ProxyJump none"_s});
    EXPECT_TRUE(connected()->run("echo x").isOk());
    EXPECT_EQ(logins(first), 0);
}

TEST_F(JumpHostTest, MovesMuchDataBothWaysWhileKeysAreRenewed)
{
    ASSERT_TRUE(first.restart({u"RekeyLimit 4M"_s}));
    ASSERT_TRUE(inner.restart({u"RekeyLimit 3M"_s}));
    const auto client = connected();
    QByteArray data;
    for (quint32 i = 0, x = 1; i < (24U << 20) / 4; ++i) {
        x = x * 1664525 + 1013904223;
        data.append(reinterpret_cast<const char *>(&x), 4);
    }
    const CommandId other = client->shell.run({"head -c 33554432 /dev/zero", {}});
    const Outcome &echo = client->wait(client->shell.run({"cat", data, 0ms}), 90s);
    EXPECT_TRUE(echo.isOk());
    EXPECT_TRUE(echo.out == data);
    EXPECT_EQ(client->wait(other, 60s).out.size(), 32 << 20);
    EXPECT_TRUE(client->wait(client->shell.writeFile(u"~/big"_s, data), 60s).isOk());
    EXPECT_TRUE(client->wait(client->shell.readFile(u"~/big"_s), 60s).out == data);
}

TEST_F(JumpHostTest, RunsShortCommandsOneAfterAnotherWithoutStalls)
{
    const auto client = connected();
    for (int i = 0; i < 60; ++i) {
        QElapsedTimer timer;
        timer.start();
        ASSERT_TRUE(client->run("echo x; echo y >&2").isOk());
        EXPECT_LT(timer.elapsed(), 2000);
    }
}

TEST_F(JumpHostTest, AsksForTheSecretsOfTheHopByItsAccount)
{
    ASSERT_FALSE(second.makeKey(u"locked"_s, u"ed25519"_s, u"secret words"_s).isEmpty());
    configure({u"ProxyJump first,second"_s},
              {u"IdentitiesOnly yes"_s, u"HostName localhost"_s,
               u"IdentityFile "_s + second.path(u"locked"_s)});
    QFile::remove(second.path(u"id_ed25519"_s));
    Listener client(target());
    client.answers = {u"secret words"_s};
    const std::optional<Error> error = client.open();
    EXPECT_FALSE(error) << error.value_or(Error{}).detail.toStdString();
    ASSERT_EQ(client.secrets.size(), 1);
    EXPECT_EQ(client.secrets[0].account, second.user() + u"@localhost"_s);
    EXPECT_TRUE(client.secrets[0].prompt.contains(second.path(u"locked"_s)));
}

TEST_F(JumpHostTest, SaysWhichHopRefusesTheLogin)
{
    QFile::remove(second.path(u"authorized_keys"_s));
    const QString detail = detailOfFailure(ErrorCode::Authentication);
    EXPECT_TRUE(detail.startsWith(u"On the way to inner, at the jump host second: The login as "_s))
        << detail.toStdString();
    EXPECT_EQ(logins(first), 1);
    EXPECT_EQ(logins(inner), 0);
}

TEST_F(JumpHostTest, RefusesAHopWhoseHostKeyHasChanged)
{
    ASSERT_FALSE(first.makeKey(u"host_other"_s, u"ed25519"_s, {}, false).isEmpty());
    first.write(u"known_hosts"_s,
                "[127.0.0.1]:" + QByteArray::number(first.port()) + ' ' + first.hostKey(u"other"_s)
                    + '\n');
    const QString detail = detailOfFailure(ErrorCode::HostKeyChanged);
    EXPECT_TRUE(
        detail.startsWith(u"On the way to inner, at the jump host first: The host key of"_s))
        << detail.toStdString();
    EXPECT_EQ(logins(first), 0);
}

TEST_F(JumpHostTest, SaysThatTheHopCannotReachTheTarget)
{
    inner.stop();
    const QString detail = detailOfFailure(ErrorCode::Unreachable);
    EXPECT_TRUE(detail.contains(
        u"The jump host second could not connect to 127.0.0.1:%1"_s.arg(inner.port())))
        << detail.toStdString();
}

TEST_F(JumpHostTest, SaysThatTheHopForbidsForwarding)
{
    ASSERT_TRUE(first.restart({u"AllowTcpForwarding no"_s}));
    const QString detail = detailOfFailure(ErrorCode::Channel);
    EXPECT_TRUE(detail.contains(u"The jump host first forbids connections to "_s))
        << detail.toStdString();
}

TEST_F(JumpHostTest, NamesTheAlgorithmsThatDiffersThroughAHop)
{
    ASSERT_TRUE(inner.restart({u"KexAlgorithms sntrup761x25519-sha512@openssh.com"_s}));
    const QString detail = detailOfFailure(ErrorCode::Negotiation);
    EXPECT_TRUE(detail.contains(u"no common key exchange method"_s)) << detail.toStdString();
}

TEST_F(JumpHostTest, UsesAHopThatAllowsNoSessions)
{
    ASSERT_TRUE(first.restart({u"MaxSessions 0"_s}));
    configure({u"ProxyJump first,second"_s, u"ServerAliveInterval 1"_s});
    const auto client = connected();
    EXPECT_FALSE(QTest::qWaitFor([&] { return client->lost > 0; }, 4000));
    EXPECT_TRUE(client->run("echo x").isOk());
}

TEST_F(JumpHostTest, LosesTheConnectionOnceWhicheverMachineGoes)
{
    for (testing::LoopbackSshd *server : {&first, &second, &inner}) {
        const auto client = connected();
        const CommandId id = client->shell.run({"echo started; sleep 60", {}});
        ASSERT_TRUE(QTest::qWaitFor([&] { return !client->outcomes[id].out.isEmpty(); }, 10'000));
        server->killSessions();
        EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 5000));
        EXPECT_EQ(client->outcomes[id].error(), ErrorCode::ConnectionLost);
        EXPECT_EQ(client->shell.state(), ConnectionState::Disconnected);
        EXPECT_FALSE(client->open());
        EXPECT_TRUE(client->run("echo again").isOk());
        EXPECT_EQ(client->lost, 1);
        EXPECT_EQ(client->outcomes[id].ends, 1);
    }
}

TEST_F(JumpHostTest, NoticesWhileIdleThatTheTargetIsGone)
{
    const auto client = connected();
    EXPECT_TRUE(client->run("echo x").isOk());
    inner.killSessions();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 5000));
}

TEST_F(JumpHostTest, NoticesThatTheTargetFellSilentWhileTheHopsLive)
{
    configure({u"ProxyJump first,second"_s, u"ServerAliveInterval 1"_s});
    ASSERT_TRUE(first.restart({u"ClientAliveInterval 1"_s}));
    const auto client = connected();
    inner.freezeSessions();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 8000));
}

TEST_F(JumpHostTest, NoticesThatAHopFellSilent)
{
    configure({u"ProxyJump first,second"_s, u"ServerAliveInterval 1"_s});
    const auto client = connected();
    first.freezeSessions();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 8000));
}

/// The configurations of a network that exists on paper only.
class RouteTest : public ::testing::Test
{
protected:
    void add(const QString &alias, const QString &proxyJump, const QString &proxyCommand = {})
    {
        HostConfig config;
        config.typedHost = alias;
        config.hostName = alias + u".example"_s;
        config.user = u"me"_s;
        config.proxyJump = proxyJump;
        config.proxyCommand = proxyCommand;
        hosts.insert(alias, config);
    }
    /// The names on the way, or the sentence why there is no way.
    [[nodiscard]] QString plan(const QString &target) const
    {
        const Result<QList<HostConfig>> stops
            = planRoute({target, {}, {}}, [this](const HostAddress &address) -> Result<HostConfig> {
                  HostConfig config = hosts.value(address.host);
                  config.typedHost = address.host;
                  return config;
              });
        if (!stops) {
            EXPECT_EQ(stops.error().code, ErrorCode::Config);
            return stops.error().detail;
        }
        QStringList names;
        for (const HostConfig &stop : *stops) {
            names << (stop.proxyCommand.isEmpty() ? stop.typedHost
                                                  : stop.typedHost + u" by "_s + stop.proxyCommand);
        }
        return names.join(u" > "_s);
    }

    QHash<QString, HostConfig> hosts;
};

TEST_F(RouteTest, GoesHopByHop)
{
    add(u"t"_s, u"a,b,c"_s);
    add(u"a"_s, u"z"_s); // only the first of a list follows its own configuration
    add(u"b"_s, u"nowhere"_s);
    add(u"c"_s, {}, u"not this"_s);
    add(u"z"_s, {}, u"dial %h"_s);
    EXPECT_EQ(plan(u"t"_s), u"z by dial %h > a > b > c > t"_s);
    EXPECT_EQ(plan(u"z"_s), u"z by dial %h"_s);
}

TEST_F(RouteTest, ReplacesTokens)
{
    add(u"t"_s, u"%r@jump-%h"_s);
    EXPECT_EQ(plan(u"t"_s), u"jump-t.example > t"_s);
    add(u"t"_s, u"%z"_s);
    EXPECT_TRUE(plan(u"t"_s).contains(u"%-token"_s));
}

TEST_F(RouteTest, RefusesAMachineThatIsReachedThroughItself)
{
    add(u"t"_s, u"bastion"_s);
    add(u"bastion"_s, u"bastion"_s);
    EXPECT_TRUE(plan(u"t"_s).contains(u"reaches bastion through bastion itself"_s));
    add(u"bastion"_s, u"t"_s);
    EXPECT_TRUE(plan(u"t"_s).contains(u"reaches t through t itself"_s));
    EXPECT_TRUE(plan(u"bastion"_s).contains(u"ProxyJump none"_s));
}

TEST_F(RouteTest, RefusesAnEndlessChainAndNonsense)
{
    for (int i = 0; i < 40; ++i) {
        add(u"h%1"_s.arg(i), u"h%1"_s.arg(i + 1));
    }
    EXPECT_TRUE(plan(u"h0"_s).contains(u"more than"_s));
    add(u"t"_s, u"-oProxyCommand=x"_s);
    EXPECT_TRUE(plan(u"t"_s).contains(u"which cannot be used"_s));
}

} // namespace
} // namespace proverdeck::ssh

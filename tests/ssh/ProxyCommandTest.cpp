// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ProcessLink.h"
#include "ssh/ShellFixture.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <csignal>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class ProxyCommandTest : public ServerTest
{
protected:
    void SetUp() override
    {
        ServerTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        // A second alias for the same server carries the bytes: ssh itself.
        server.write(u"hop_config"_s, server.section(u"hop"_s, {u"StrictHostKeyChecking no"_s}));
    }
    /// The command that connects, after it has written its process id to the file "pid".
    [[nodiscard]] QString relay() const
    {
        return u"sh -c 'echo $$ > %1; exec ssh -F %2 -W [%h]:%p hop'"_s.arg(
            server.path(u"pid"_s), server.path(u"hop_config"_s));
    }
    [[nodiscard]] bool isRelayAlive() const
    {
        const auto process = server.read(u"pid"_s).trimmed().toInt();
        return process > 0 && ::kill(process, 0) == 0;
    }
    [[nodiscard]] QString detailOfFailure(const QStringList &lines)
    {
        server.writeConfig(lines);
        Listener client(target());
        const std::optional<Error> error = client.open();
        EXPECT_TRUE(error);
        return error.value_or(Error{}).detail;
    }
};

TEST_F(ProxyCommandTest, CarriesASession)
{
    server.writeConfig({u"ProxyCommand "_s + relay()});
    {
        const auto client = connected();
        EXPECT_TRUE(client->run("echo x").isOk());
        QByteArray data(12 << 20, 'x');
        EXPECT_TRUE(client->run("cat", data).out == data);
        EXPECT_TRUE(client->wait(client->shell.writeFile(u"~/f"_s, data)).isOk());
        EXPECT_TRUE(isRelayAlive());
    }
    EXPECT_TRUE(QTest::qWaitFor([&] { return !isRelayAlive(); }, 3000));
}

TEST_F(ProxyCommandTest, LosesTheConnectionWhenItIsKilled)
{
    server.writeConfig({u"ProxyCommand "_s + relay()});
    const auto client = connected();
    const CommandId id = client->shell.run({"sleep 60", {}});
    ::kill(server.read(u"pid"_s).trimmed().toInt(), SIGKILL);
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 5000));
    EXPECT_EQ(client->outcomes[id].error(), ErrorCode::ConnectionLost);
    EXPECT_TRUE(client->outcomes[id].detail().contains(u"The ProxyCommand of loop was killed"_s))
        << client->outcomes[id].detail().toStdString();
    EXPECT_FALSE(client->open());
    EXPECT_TRUE(client->run("echo x").isOk());
}

TEST_F(ProxyCommandTest, RepeatsItsLastWords)
{
    const QString detail = detailOfFailure({u"ProxyCommand sh -c 'echo nope-%p >&2; exit 3'"_s});
    EXPECT_TRUE(detail.contains(u"The ProxyCommand of loop ended with exit status 3 and said: "
                                "nope-%1."_s.arg(server.port())))
        << detail.toStdString();
    EXPECT_TRUE(detailOfFailure({u"ProxyCommand /nonexistent/program"_s})
                    .contains(u"exit status 127 and said: "_s));
}

TEST_F(ProxyCommandTest, EndsInTimeIfItSaysNothing)
{
    QElapsedTimer elapsed;
    elapsed.start();
    const QString detail
        = detailOfFailure({u"ConnectTimeout 1"_s,
                           u"ProxyCommand sh -c 'echo $$ > %1; echo dialling >&2; sleep 100'"_s.arg(
                               server.path(u"pid"_s))});
    EXPECT_LT(elapsed.elapsed(), 4000);
    EXPECT_TRUE(detail.contains(u"said nothing within 1 seconds"_s)) << detail.toStdString();
    EXPECT_TRUE(detail.contains(u"The ProxyCommand of loop says: dialling."_s));
    EXPECT_TRUE(QTest::qWaitFor([&] { return !isRelayAlive(); }, 3000));
}

TEST_F(ProxyCommandTest, RefusesWhatItCannotDo)
{
    EXPECT_TRUE(detailOfFailure({u"ProxyCommand nc %h %z"_s}).contains(u"%-token"_s));
    EXPECT_TRUE(detailOfFailure({u"ProxyCommand nc %h %p"_s, u"ProxyUseFdpass yes"_s})
                    .contains(u"ProxyUseFdpass"_s));
}

TEST(ProxyCommand, ReplacesTokensAndKeepsShellWordsOut)
{
    HostConfig config;
    config.typedHost = u"alias"_s;
    config.hostName = u"fe80::1%eth0"_s;
    config.user = u"me"_s;
    config.port = 2200;
    config.proxyCommand = u"dial %n [%h]:%p 100%% %r"_s;
    EXPECT_EQ(expandProxyCommand(config).value_or(QString()),
              u"dial alias [fe80::1%eth0]:2200 100% me"_s);
    config.user = u"$(touch x)"_s;
    EXPECT_FALSE(expandProxyCommand(config));
    config.proxyCommand = u"dial %h"_s;
    EXPECT_TRUE(expandProxyCommand(config)); // the user is not part of it
    config.hostName = u"a;b"_s;
    EXPECT_FALSE(expandProxyCommand(config));
}

} // namespace
} // namespace proverdeck::ssh

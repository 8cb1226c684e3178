// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/KeyFile.h"
#include "ssh/ShellFixture.h"
#include "ssh/Text.h"

#include <QElapsedTimer>
#include <QFile>
#include <QHostAddress>
#include <QNetworkInterface>
#include <QTcpServer>
#include <QTest>

#include <csignal>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using testing::runProgram;

/// How a host is named: IPv6, conditions in the configuration, and what known_hosts says of it.
class AddressTest : public ServerTest
{
protected:
    [[nodiscard]] QByteArray hostName() const
    {
        return "[127.0.0.1]:" + QByteArray::number(server.port());
    }
    [[nodiscard]] QString fingerprint(const QString &type) const
    {
        return fingerprintOf(parsePublicKey(server.hostKey(type)));
    }
    void writeKnownHosts(const QByteArray &text) const { server.write(u"known_hosts"_s, text); }
    /// The lines of the configuration for any host that is typed.
    void writeConfigForAll() const
    {
        server.write(u"ssh_config"_s,
                     "Host *\n  User " + server.user().toUtf8() + "\n  IdentityFile "
                         + server.path(u"id_ed25519"_s).toUtf8() + "\n  UserKnownHostsFile "
                         + server.knownHostsFile().toUtf8()
                         + "\n  GlobalKnownHostsFile /dev/null\n  IdentityAgent none\n");
    }
    void expectLoginTo(const QString &host, const QByteArray &knownName)
    {
        QFile::remove(server.knownHostsFile());
        Listener client({.host = host, .sshConfigFile = server.configFile()});
        const std::optional<Error> error = client.open();
        ASSERT_FALSE(error) << error->detail.toStdString();
        EXPECT_TRUE(client.run("echo x").isOk());
        EXPECT_TRUE(server.read(u"known_hosts"_s).startsWith(QByteArray(knownName + ' ')))
            << server.read(u"known_hosts"_s).toStdString();
    }
};

/// The first link-local address that can be bound, with its zone; empty if there is none.
QString linkLocalAddress()
{
    const QList<QHostAddress> addresses = QNetworkInterface::allAddresses();
    for (const QHostAddress &address : addresses) {
        QTcpServer probe;
        if (address.protocol() == QAbstractSocket::IPv6Protocol && address.isLinkLocal()
            && probe.listen(address)) {
            return address.toString();
        }
    }
    return {};
}

TEST_F(AddressTest, ReachesIPv6Addresses)
{
    QTcpServer probe;
    if (!probe.listen(QHostAddress(QHostAddress::LocalHostIPv6))) {
        GTEST_SKIP() << "this machine has no IPv6";
    }
    const QString port = QString::number(server.port());
    ASSERT_TRUE(server.restart({u"ListenAddress [::1]:"_s + port}));
    writeConfigForAll();
    expectLoginTo(u"[::1]:"_s + port, "[::1]:" + port.toUtf8());
    server.write(u"ssh_config"_s,
                 "Host six\n  HostName ::1\n  Port " + port.toUtf8() + "\n  AddressFamily inet6\n"
                     + server.read(u"ssh_config"_s));
    expectLoginTo(u"six"_s, "[::1]:" + port.toUtf8());
}

TEST_F(AddressTest, ReachesAddressesWithAZone)
{
    const QString address = linkLocalAddress();
    if (address.isEmpty()) {
        GTEST_SKIP() << "this machine has no link-local address";
    }
    const QString port = QString::number(server.port());
    ASSERT_TRUE(server.restart({u"ListenAddress [%1]:%2"_s.arg(address, port)}));
    writeConfigForAll();
    expectLoginTo(u"[%1]:%2"_s.arg(address, port),
                  u"[%1]:%2"_s.arg(address, port).toUtf8().toLower());
}

TEST_F(AddressTest, KeepsToTheAddressFamily)
{
    server.writeConfig({u"HostName localhost"_s, u"AddressFamily inet6"_s, u"ConnectTimeout 2"_s});
    Listener client(target());
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error); // the server listens on 127.0.0.1 only
    EXPECT_EQ(error->code, ErrorCode::Unreachable);
}

TEST_F(AddressTest, FollowsConditionsOfTheConfiguration)
{
    const QByteArray rest = server.section(u"loop"_s);
    server.write(u"ssh_config"_s,
                 "Match originalhost loop exec \"test -e " + server.path(u"away"_s).toUtf8()
                     + "\"\n  Port 1\n" + rest);
    EXPECT_FALSE(Listener(target()).open());
    server.write(u"away"_s, "");
    EXPECT_TRUE(Listener(target()).open());
}

TEST_F(AddressTest, EndsAConditionThatNeverAnswers)
{
    server.write(u"ssh_config"_s,
                 "Match exec \"echo $$ > " + server.path(u"pid"_s).toUtf8()
                     + "; sleep 100; true\"\n" + server.section(u"loop"_s));
    QElapsedTimer elapsed;
    elapsed.start();
    Listener client(target());
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::Timeout);
    EXPECT_TRUE(error->detail.contains(u"Match exec"_s)) << error->detail.toStdString();
    EXPECT_LT(elapsed.elapsed(), 8000);
    const auto process = server.read(u"pid"_s).trimmed().toInt();
    ASSERT_GT(process, 0);
    EXPECT_TRUE(QTest::qWaitFor([&] { return ::kill(process, 0) != 0; }, 3000));
}

TEST_F(AddressTest, PrefersTheKeyTypeOfAHashedName)
{
    for (const QString &type : {u"ecdsa"_s, u"ed25519"_s}) {
        writeKnownHosts(hostName() + ' ' + server.hostKey(type) + '\n');
        ASSERT_FALSE(
            runProgram(u"ssh-keygen"_s, {u"-H"_s, u"-f"_s, server.knownHostsFile()}).isNull());
        ASSERT_TRUE(server.read(u"known_hosts"_s).startsWith("|1|"));
        Listener client(target());
        EXPECT_FALSE(client.open());
        EXPECT_TRUE(client.hostKeys.isEmpty()) << type.toStdString();
    }
}

TEST_F(AddressTest, PrefersTheKeyTypeUnderAnAlias)
{
    writeKnownHosts("hop.example " + server.hostKey(u"ecdsa"_s) + '\n');
    server.writeConfig({u"HostKeyAlias hop.example"_s});
    Listener client(target());
    EXPECT_FALSE(client.open());
    EXPECT_TRUE(client.hostKeys.isEmpty());
}

TEST_F(AddressTest, TakesNoKeyOfAnotherPort)
{
    writeKnownHosts("127.0.0.1 " + server.hostKey(u"ecdsa"_s) + '\n');
    Listener client(target());
    EXPECT_FALSE(client.open());
    ASSERT_EQ(client.hostKeys.size(), 1);
    EXPECT_EQ(client.hostKeys[0].keyType, u"ssh-ed25519"_s);
}

TEST_F(AddressTest, SaysWhatAnAuthorityCannotTell)
{
    ASSERT_FALSE(server.makeKey(u"host_ca"_s, u"ed25519"_s, {}, false).isEmpty());
    const QByteArray line = "@cert-authority " + hostName() + ' ' + server.hostKey(u"ca"_s) + '\n';
    writeKnownHosts(line);
    HostTarget headless = target();
    headless.interactive = false;
    const std::optional<Error> error = Listener(headless).open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::HostKeyUnknown);
    EXPECT_TRUE(error->detail.contains(u"cannot verify host certificates"_s))
        << error->detail.toStdString();
    EXPECT_TRUE(error->detail.contains(u"--trust-host "_s + fingerprint(u"ed25519"_s)));

    Listener asking(target());
    EXPECT_FALSE(asking.open());
    ASSERT_EQ(asking.hostKeys.size(), 1);
    EXPECT_TRUE(asking.hostKeys[0].note.contains(u"line 1, trusts a certificate authority"_s));
    EXPECT_EQ(server.read(u"known_hosts"_s),
              line + hostName() + ' ' + server.hostKey(u"ed25519"_s) + '\n');
    Listener again(target());
    EXPECT_FALSE(again.open());
    EXPECT_TRUE(again.hostKeys.isEmpty());
}

TEST_F(AddressTest, RefusesKeysOnTheListOfTheConfiguration)
{
    server.write(u"revoked"_s, "# list\n" + server.hostKey(u"ed25519"_s) + " gone\n");
    writeKnownHosts(hostName() + ' ' + server.hostKey(u"ed25519"_s) + '\n');
    server.writeConfig({u"RevokedHostKeys "_s + server.path(u"revoked"_s)});
    const std::optional<Error> error = Listener(target()).open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::HostKeyRevoked);
    EXPECT_TRUE(error->detail.contains(server.path(u"revoked"_s) + u", line 2"_s))
        << error->detail.toStdString();
    server.write(u"revoked"_s, server.hostKey(u"ecdsa"_s) + '\n');
    EXPECT_FALSE(Listener(target()).open());
    for (const QByteArray &list : {QByteArray("SSHKRL\n"), QByteArray()}) {
        server.write(u"revoked"_s, list);
        if (list.isEmpty()) {
            QFile::remove(server.path(u"revoked"_s));
        }
        EXPECT_EQ(Listener(target()).open().value_or(Error{}).code, ErrorCode::Config);
    }
}

TEST_F(AddressTest, RefusesARevokedKeyInsteadOfTakingAnotherType)
{
    writeKnownHosts(hostName() + ' ' + server.hostKey(u"ecdsa"_s) + "\n@revoked * "
                    + server.hostKey(u"ecdsa"_s) + '\n');
    const std::optional<Error> error = Listener(target()).open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::HostKeyRevoked);
}

} // namespace
} // namespace proverdeck::ssh

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Algorithms.h"
#include "ssh/KeyFile.h"
#include "ssh/ShellFixture.h"
#include "ssh/SocketLink.h"
#include "ssh/Text.h"
#include "ssh/Transport.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;

bool libraryKnowsRsa()
{
    LoginControl control;
    const Transport transport(std::make_unique<SocketLink>(), control);
    return canSignRsaSha2(transport.session());
}

class LoginTest : public ServerTest
{
protected:
    [[nodiscard]] QString hostName() const { return u"[127.0.0.1]:%1"_s.arg(server.port()); }
    [[nodiscard]] QString fingerprint(const QString &type) const
    {
        return fingerprintOf(parsePublicKey(server.hostKey(type)));
    }
    void know(const QString &type) const
    {
        server.write(u"known_hosts"_s, hostName().toUtf8() + ' ' + server.hostKey(type) + '\n');
    }
    /// The only key that the alias offers.
    void offer(const QString &name)
    {
        server.writeConfig({u"IdentityFile "_s + server.path(name), u"IdentitiesOnly yes"_s});
        server.write(u"id_ed25519"_s, "gone"); // the fixture's own key must not help
        QFile::remove(server.path(u"id_ed25519"_s));
    }
};

TEST_F(LoginTest, AsksOnceForAnUnknownHostAndRemembersIt)
{
    Listener first(target());
    ASSERT_FALSE(first.open());
    ASSERT_EQ(first.hostKeys.size(), 1);
    EXPECT_EQ(first.hostKeys[0].host, hostName());
    EXPECT_EQ(first.hostKeys[0].keyType, u"ssh-ed25519"_s);
    EXPECT_EQ(first.hostKeys[0].fingerprint, fingerprint(u"ed25519"_s));
    EXPECT_EQ(server.read(u"known_hosts"_s),
              hostName().toUtf8() + ' ' + server.hostKey(u"ed25519"_s) + '\n');
    EXPECT_EQ(QFile::permissions(server.knownHostsFile()) & ~(QFile::ReadUser | QFile::WriteUser),
              QFile::ReadOwner | QFile::WriteOwner);

    Listener second(target());
    ASSERT_FALSE(second.open());
    EXPECT_TRUE(second.hostKeys.isEmpty());
}

TEST_F(LoginTest, RefusesAHostThatThePersonDoesNotTrust)
{
    Listener client(target());
    client.trust = false;
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::HostKeyUnknown);
    EXPECT_TRUE(server.read(u"known_hosts"_s).isEmpty());
}

TEST_F(LoginTest, RefusesAChangedKeyAndShowsBoth)
{
    QByteArray other = server.hostKey(u"ed25519"_s);
    ASSERT_FALSE(server.makeKey(u"host_other"_s, u"ed25519"_s, {}, false).isEmpty());
    server.write(u"known_hosts"_s,
                 "# comment\n" + hostName().toUtf8() + ' ' + server.hostKey(u"other"_s) + '\n');
    Listener client(target());
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::HostKeyChanged);
    EXPECT_TRUE(error->detail.contains(fingerprint(u"ed25519"_s)));
    EXPECT_TRUE(error->detail.contains(fingerprint(u"other"_s)));
    EXPECT_TRUE(error->detail.contains(u"line 2"_s));
    EXPECT_TRUE(error->detail.contains(u"ssh-keygen -f"_s));
    EXPECT_TRUE(client.hostKeys.isEmpty());
}

TEST_F(LoginTest, RefusesARevokedKey)
{
    server.write(u"known_hosts"_s,
                 hostName().toUtf8() + ' ' + server.hostKey(u"ed25519"_s) + "\n@revoked * "
                     + server.hostKey(u"ed25519"_s) + '\n');
    Listener client(target());
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::HostKeyRevoked);
}

TEST_F(LoginTest, PrefersTheKeyTypeThatIsOnRecord)
{
    know(u"ecdsa"_s);
    Listener client(target());
    EXPECT_FALSE(client.open());
    EXPECT_TRUE(client.hostKeys.isEmpty());
}

TEST_F(LoginTest, NotesThatAHostIsKnownUnderAnotherType)
{
    know(u"ecdsa"_s);
    ASSERT_TRUE(server.restart({u"HostKey "_s + server.path(u"host_ed25519"_s)}));
    Listener client(target());
    EXPECT_FALSE(client.open());
    ASSERT_EQ(client.hostKeys.size(), 1);
    EXPECT_TRUE(client.hostKeys[0].note.contains(u"ecdsa-sha2-nistp256"_s));
}

TEST_F(LoginTest, HeadlessRefusesUnlessTheFingerprintIsGiven)
{
    HostTarget headless = target();
    headless.interactive = false;
    {
        Listener client(headless);
        const std::optional<Error> error = client.open();
        ASSERT_TRUE(error);
        EXPECT_EQ(error->code, ErrorCode::HostKeyUnknown);
        EXPECT_TRUE(error->detail.contains(u"--trust-host "_s + fingerprint(u"ed25519"_s)));
        EXPECT_TRUE(client.hostKeys.isEmpty());
    }
    headless.trustedFingerprints << fingerprint(u"ed25519"_s);
    Listener trusting(headless);
    EXPECT_FALSE(trusting.open());
    EXPECT_TRUE(server.read(u"known_hosts"_s).contains(server.hostKey(u"ed25519"_s)));
}

TEST_F(LoginTest, NamesWhatWasTriedWithAWrongKey)
{
    ASSERT_FALSE(server.makeKey(u"stranger"_s, u"ed25519"_s, {}, false).isEmpty());
    offer(u"stranger"_s);
    Listener client(target());
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::Authentication);
    EXPECT_TRUE(error->detail.contains(server.path(u"stranger"_s) + u": refused"_s))
        << error->detail.toStdString();
    EXPECT_TRUE(error->detail.contains(u"The server accepts: publickey"_s));
}

TEST_F(LoginTest, AsksAgainAfterAWrongPassphrase)
{
    ASSERT_FALSE(server.makeKey(u"locked"_s, u"ed25519"_s, u"secret words"_s).isEmpty());
    offer(u"locked"_s);
    Listener client(target());
    client.answers = {u"wrong"_s, u"secret words"_s};
    EXPECT_FALSE(client.open());
    ASSERT_EQ(client.secrets.size(), 2);
    EXPECT_EQ(client.secrets[0].kind, SecretQuestion::Kind::Passphrase);
    EXPECT_TRUE(client.secrets[0].prompt.contains(server.path(u"locked"_s)));
    EXPECT_EQ(client.secrets[0].account, server.user() + u"@127.0.0.1"_s);
    EXPECT_FALSE(client.secrets[0].retry);
    EXPECT_TRUE(client.secrets[1].retry);
}

TEST_F(LoginTest, SaysThatAPassphraseWasMissing)
{
    ASSERT_FALSE(server.makeKey(u"locked"_s, u"ed25519"_s, u"secret words"_s).isEmpty());
    offer(u"locked"_s);
    HostTarget headless = target();
    headless.trustedFingerprints << fingerprint(u"ed25519"_s);
    SshShell shell(headless); // nobody listens to secretAsked()
    QSignalSpy failed(&shell, &RemoteShell::openFailed);
    shell.open();
    EXPECT_TRUE(QTest::qWaitFor([&] { return !failed.isEmpty(); }, 10'000));
    const auto error = failed.value(0).value(0).value<Error>();
    EXPECT_EQ(error.code, ErrorCode::Authentication);
    EXPECT_TRUE(error.detail.contains(u"needs a passphrase"_s)) << error.detail.toStdString();
    EXPECT_FALSE(error.detail.contains(u"secret words"_s));
}

TEST_F(LoginTest, LogsInWithEcdsa)
{
    ASSERT_FALSE(server.makeKey(u"curve"_s, u"ecdsa"_s).isEmpty());
    offer(u"curve"_s);
    Listener client(target());
    EXPECT_FALSE(client.open());
}

TEST_F(LoginTest, LogsInWithRsaOrSaysWhyNot)
{
    ASSERT_FALSE(server.makeKey(u"rivest"_s, u"rsa"_s).isEmpty());
    offer(u"rivest"_s);
    Listener client(target());
    const std::optional<Error> error = client.open();
    if (libraryKnowsRsa()) {
        EXPECT_FALSE(error);
        return;
    }
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::Authentication);
    EXPECT_EQ(
        error->detail,
        u"The login as %1@127.0.0.1 failed. Tried: key file %2: RSA keys need libssh2 1.11 or "
        "newer (this program runs with %3); use an ed25519 or ECDSA key. The server accepts: "
        "publickey."_s.arg(server.user(), server.path(u"rivest"_s), libraryVersion()));
    EXPECT_TRUE(client.secrets.isEmpty());
}

TEST_F(LoginTest, LogsInWithAnAgent)
{
    const QString key = server.makeKey(u"held"_s, u"ed25519"_s);
    QProcess agent;
    const QString socket = server.path(u"agent.sock"_s);
    agent.start(u"ssh-agent"_s, {u"-D"_s, u"-a"_s, socket});
    ASSERT_TRUE(QTest::qWaitFor([&] { return QFile::exists(socket); }, 5000));
    QProcess add;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"SSH_AUTH_SOCK"_s, socket);
    add.setProcessEnvironment(environment);
    add.start(u"ssh-add"_s, {u"-q"_s, key});
    ASSERT_TRUE(add.waitForFinished());
    ASSERT_EQ(add.exitCode(), 0);
    QFile::remove(key); // only the agent has it now
    QFile::remove(server.path(u"id_ed25519"_s));
    server.writeConfig({u"IdentityAgent "_s + socket});

    Listener client(target());
    const std::optional<Error> error = client.open();
    EXPECT_FALSE(error) << error.value_or(Error{}).detail.toStdString();
    EXPECT_TRUE(client.run("echo x").isOk());
    agent.kill();
    agent.waitForFinished();
}

TEST_F(LoginTest, SaysThatTheAgentDoesNotAnswer)
{
    server.writeConfig({u"IdentityAgent "_s + server.path(u"nobody.sock"_s)});
    QFile::remove(server.path(u"id_ed25519"_s));
    Listener client(target());
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_TRUE(error->detail.contains(u"nobody answers at"_s)) << error->detail.toStdString();
}

TEST_F(LoginTest, NamesTheClassWithoutACommonAlgorithm)
{
    ASSERT_TRUE(server.restart({u"KexAlgorithms sntrup761x25519-sha512@openssh.com"_s}));
    Listener client(target());
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::Negotiation);
    EXPECT_TRUE(error->detail.contains(u"no common key exchange method"_s));
    EXPECT_TRUE(error->detail.contains(u"sntrup761x25519-sha512@openssh.com"_s));
}

TEST_F(LoginTest, RefusesAWrongPasswordByName)
{
    if (getuid() != 0) {
        GTEST_SKIP() << "sshd checks passwords as root only";
    }
    ASSERT_TRUE(server.restart({u"PasswordAuthentication yes"_s}));
    QFile::remove(server.path(u"id_ed25519"_s));
    Listener client(target());
    client.answers = {u"certainly wrong"_s};
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::Authentication);
    ASSERT_EQ(client.secrets.size(), 2);
    EXPECT_EQ(client.secrets[0].kind, SecretQuestion::Kind::Password);
    EXPECT_TRUE(client.secrets[1].retry);
    EXPECT_TRUE(error->detail.contains(u"password: refused by the server"_s))
        << error->detail.toStdString();
}

TEST_F(LoginTest, RepeatsWhatSshSaysAboutABadConfiguration)
{
    server.write(u"ssh_config"_s, "Host *\n  NoSuchOption 1\n");
    Listener client(target());
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::Config);
    EXPECT_TRUE(error->detail.contains(u"nosuchoption"_s, Qt::CaseInsensitive));
}

TEST_F(LoginTest, SaysThatNobodyListens)
{
    server.stop();
    Listener client(target());
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::Unreachable);
    EXPECT_TRUE(isTransient(*error));
}

/// Something that is not an SSH server.
struct Stranger
{
    const char *name;
    QByteArray says;
    bool waitsForUs; ///< speaks only after it has heard something
    bool hangsUp;
    const char *sentence; ///< a part of it
};

class StrangerTest : public ::testing::TestWithParam<Stranger>
{
protected:
    void SetUp() override
    {
        QFile config(folder.filePath(u"config"_s));
        ASSERT_TRUE(config.open(QIODevice::WriteOnly));
        config.write("Host *\n  ConnectTimeout 2\n  UserKnownHostsFile /dev/null\n");
        ASSERT_TRUE(listener.listen(QHostAddress::LocalHost));
        QObject::connect(&listener, &QTcpServer::newConnection, &listener, [this] {
            QTcpSocket *socket = listener.nextPendingConnection();
            if (GetParam().waitsForUs) {
                QObject::connect(socket, &QTcpSocket::readyRead, socket,
                                 [socket] { speak(socket); });
            } else {
                speak(socket);
            }
        });
    }
    static void speak(QTcpSocket *socket)
    {
        socket->write(GetParam().says);
        if (GetParam().hangsUp) {
            socket->disconnectFromHost();
        }
    }

    QTemporaryDir folder;
    QTcpServer listener;
};

TEST_P(StrangerTest, IsExplainedInTime)
{
    Listener client({.host = u"someone@127.0.0.1:%1"_s.arg(listener.serverPort()),
                     .sshConfigFile = folder.filePath(u"config"_s)});
    QElapsedTimer elapsed;
    elapsed.start();
    const std::optional<Error> error = client.open();
    EXPECT_LT(elapsed.elapsed(), 4000); // ConnectTimeout, and the time that ssh -G takes
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::Unreachable);
    EXPECT_TRUE(error->detail.contains(QString::fromLatin1(GetParam().sentence)))
        << error->detail.toStdString();
    EXPECT_TRUE(client.secrets.isEmpty());
}

const char *const kHttp = "HTTP/1.1 400 Bad\x1b[31m Request\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Strangers, StrangerTest,
    ::testing::Values(
        Stranger{"Http", kHttp, false, true,
                 "is not an SSH server: it answered \"HTTP/1.1 400 Bad Request\""},
        Stranger{"HttpThatWaits", kHttp, true, false,
                 "is not an SSH server: it answered \"HTTP/1.1 400 Bad Request\""},
        Stranger{"Penalty", "Not allowed at this time\r\n", false, true, "Wait a minute"},
        Stranger{"HangsUp", "", false, true, "closed the connection before saying anything"},
        Stranger{"Silent", "", false, false, "said nothing within 2 seconds"},
        Stranger{"Garbage", QByteArray(20'000, '\xe5'), false, false, "is not an SSH server"},
        Stranger{"ShortGarbage", QByteArray("\x16\x03\x01\x00", 4), false, false,
                 "is not an SSH server"},
        Stranger{"StopsAfterItsName", "SSH-2.0-Stopped\r\n", false, false,
                 "did not finish the SSH handshake within 2 seconds"},
        Stranger{"GarbageAfterItsName", "SSH-2.0-Odd\r\n" + QByteArray(5000, '\xe5'), false, false,
                 "The SSH handshake with"}),
    [](const auto &stranger) { return std::string(stranger.param.name); });

TEST(BadTargetTest, IsRefusedBeforeAnythingRuns)
{
    Listener client({.host = u"-oProxyCommand=touch /tmp/x"_s});
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::BadInput);
}

} // namespace
} // namespace proverdeck::ssh

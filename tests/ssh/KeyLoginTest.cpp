// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Algorithms.h"
#include "ssh/KeyFile.h"
#include "ssh/ShellFixture.h"
#include "ssh/SocketLink.h"
#include "ssh/Text.h"
#include "ssh/Transport.h"
#include "ssh/Wire.h"

#include <QElapsedTimer>
#include <QFile>
#include <QLocalServer>
#include <QLocalSocket>
#include <QProcess>
#include <QTest>

#include <csignal>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using testing::runProgram;

/// Why the running libssh2 cannot use such a key; empty if it can.
QString obstacle(const QByteArray &type)
{
    LoginControl control;
    const Transport transport(std::make_unique<SocketLink>(), control);
    return whyKeyIsUnusable(transport.session(), type).value_or(QString());
}

/// A message of an agent.
QByteArray message(char code, const QByteArray &content = {})
{
    return wireString(QByteArray(1, code).append(content));
}

/// Logins with keys of an agent and with certificates.
class KeyLoginTest : public ServerTest
{
protected:
    void TearDown() override
    {
        if (agent.state() != QProcess::NotRunning) {
            ::kill(static_cast<pid_t>(agent.processId()), SIGCONT);
            agent.kill();
            agent.waitForFinished(5000);
        }
    }
    void startAgent()
    {
        agent.start(u"ssh-agent"_s, {u"-D"_s, u"-a"_s, socket()});
        ASSERT_TRUE(QTest::qWaitFor([this] { return QFile::exists(socket()); }, 5000));
    }
    [[nodiscard]] QString socket() const { return server.path(u"agent.sock"_s); }
    void addToAgent(const QStringList &arguments)
    {
        QProcess add;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"SSH_AUTH_SOCK"_s, socket());
        add.setProcessEnvironment(environment);
        add.start(u"ssh-add"_s, QStringList{u"-q"_s} + arguments);
        ASSERT_TRUE(add.waitForFinished());
        ASSERT_EQ(add.exitCode(), 0) << add.readAllStandardError().toStdString();
    }
    /// Makes a key pair that nobody authorized, and the certificate NAME-cert.pub for it.
    void certify(const QString &name, const QString &type, const QString &validity = u"+1h"_s)
    {
        if (!QFile::exists(server.path(u"ca"_s))) {
            ASSERT_FALSE(server.makeKey(u"ca"_s, u"ed25519"_s, {}, false).isEmpty());
            ASSERT_TRUE(server.restart({u"TrustedUserCAKeys "_s + server.path(u"ca.pub"_s)}));
        }
        ASSERT_FALSE(server.makeKey(name, type, {}, false).isEmpty());
        ASSERT_FALSE(runProgram(u"ssh-keygen"_s,
                                {u"-q"_s, u"-s"_s, server.path(u"ca"_s), u"-I"_s, name, u"-n"_s,
                                 server.user(), u"-V"_s, validity, server.path(name + u".pub"_s)})
                         .isNull());
    }
    /// Writes the configuration without the key that the fixture authorized.
    void configure(const QStringList &lines)
    {
        QFile::remove(server.path(u"id_ed25519"_s));
        QFile::remove(server.path(u"id_ed25519.pub"_s));
        server.writeConfig(lines);
    }
    [[nodiscard]] QString identity(const QString &name) const
    {
        return u"IdentityFile "_s + server.path(name);
    }
    void expectLogin()
    {
        Listener client(target());
        const std::optional<Error> error = client.open();
        EXPECT_FALSE(error) << error.value_or(Error{}).detail.toStdString();
        EXPECT_TRUE(client.secrets.isEmpty());
    }
    [[nodiscard]] QString refusal()
    {
        Listener client(target());
        const std::optional<Error> error = client.open();
        EXPECT_TRUE(error);
        EXPECT_EQ(error.value_or(Error{}).code, ErrorCode::Authentication);
        return error.value_or(Error{}).detail;
    }
    /// A login with a certificate works, or the sentence says why it cannot.
    void expectLoginUnless(const QString &why)
    {
        if (why.isEmpty()) {
            expectLogin();
        } else {
            const QString detail = refusal();
            EXPECT_TRUE(detail.contains(why)) << detail.toStdString();
        }
    }

    QProcess agent;
};

TEST_F(KeyLoginTest, LogsInWithACertificateBesideTheKey)
{
    certify(u"worker"_s, u"ecdsa"_s);
    configure({identity(u"worker"_s)});
    expectLoginUnless(obstacle("ecdsa-sha2-nistp256-cert-v01@openssh.com"));
    QFile::remove(server.path(u"worker-cert.pub"_s));
    EXPECT_TRUE(refusal().contains(server.path(u"worker"_s) + u": refused by the server"_s));
}

TEST_F(KeyLoginTest, LogsInWithACertificateFileOrSaysWhyNot)
{
    for (const auto &[type, name] :
         {std::pair{u"ecdsa"_s, "ecdsa-sha2-nistp256"}, std::pair{u"ed25519"_s, "ssh-ed25519"},
          std::pair{u"rsa"_s, "ssh-rsa"}}) {
        certify(type, type);
        ASSERT_TRUE(
            QFile::rename(server.path(type + u"-cert.pub"_s), server.path(type + u"-elsewhere"_s)));
        configure({identity(type), u"CertificateFile "_s + server.path(type + u"-elsewhere"_s)});
        expectLoginUnless(obstacle(QByteArray(name) + "-cert-v01@openssh.com"));
    }
}

TEST_F(KeyLoginTest, JoinsACertificateFileWithAKeyOfTheAgent)
{
    certify(u"worker"_s, u"ecdsa"_s);
    startAgent();
    const QByteArray certificate = server.read(u"worker-cert.pub"_s);
    QFile::remove(server.path(u"worker-cert.pub"_s));
    addToAgent({server.path(u"worker"_s)});
    QFile::remove(server.path(u"worker"_s));
    server.write(u"badge"_s, certificate);
    configure({u"IdentityAgent "_s + socket(), u"CertificateFile "_s + server.path(u"badge"_s)});
    expectLoginUnless(obstacle("ecdsa-sha2-nistp256-cert-v01@openssh.com"));
}

TEST_F(KeyLoginTest, LogsInWithACertificateOfTheAgent)
{
    certify(u"worker"_s, u"ecdsa"_s);
    startAgent();
    addToAgent({server.path(u"worker"_s)}); // adds the certificate as well
    QFile::remove(server.path(u"worker"_s));
    QFile::remove(server.path(u"worker-cert.pub"_s));
    configure({u"IdentityAgent "_s + socket()});
    expectLoginUnless(obstacle("ecdsa-sha2-nistp256-cert-v01@openssh.com"));
}

TEST_F(KeyLoginTest, SaysWhatIsWrongWithACertificate)
{
    certify(u"late"_s, u"ecdsa"_s, u"20200101:20200102"_s);
    configure({identity(u"late"_s)});
    EXPECT_TRUE(refusal().contains(u"it expired on 2020-01-02"_s)) << refusal().toStdString();
    certify(u"early"_s, u"ecdsa"_s, u"20990101:20990102"_s);
    configure({identity(u"early"_s)});
    EXPECT_TRUE(refusal().contains(u"it is not good before 2099-01-01"_s));
    certify(u"orphan"_s, u"ecdsa"_s);
    configure({u"CertificateFile "_s + server.path(u"orphan-cert.pub"_s)});
    EXPECT_TRUE(refusal().contains(u"neither the agent nor an IdentityFile has the private key"_s));
    configure({u"CertificateFile "_s + server.path(u"orphan.pub"_s)});
    EXPECT_TRUE(refusal().contains(u"it is not a certificate"_s));
}

TEST_F(KeyLoginTest, OffersTheConfiguredKeyOfAFullAgentFirst)
{
    startAgent();
    for (int i = 0; i < 9; ++i) {
        const QString name = u"spare%1"_s.arg(i);
        addToAgent({server.makeKey(name, u"ed25519"_s, {}, false)});
    }
    addToAgent({server.makeKey(u"right"_s, u"ed25519"_s)});
    QFile::remove(server.path(u"right"_s));
    for (const QStringList &extra : {QStringList{}, QStringList{u"IdentitiesOnly yes"_s}}) {
        configure(QStringList{u"IdentityAgent "_s + socket(), identity(u"right.pub"_s)} + extra);
        expectLogin();
    }
    EXPECT_EQ(server.read(u"sshd.log"_s).count("Failed publickey"), 0);
}

TEST_F(KeyLoginTest, OffersFiveKeysOfAnAgentAtMost)
{
    startAgent();
    for (int i = 0; i < 9; ++i) {
        addToAgent({server.makeKey(u"spare%1"_s.arg(i), u"ed25519"_s, {}, false)});
    }
    configure({u"IdentityAgent "_s + socket()});
    const QString detail = refusal();
    EXPECT_EQ(detail.count(u"refused by the server"_s), 5) << detail.toStdString();
    EXPECT_TRUE(detail.contains(u"other agent keys: not tried"_s));
    EXPECT_TRUE(detail.contains(u"The server accepts: publickey"_s));

    // A key file of the configuration keeps its place in the server's patience.
    ASSERT_FALSE(server.makeKey(u"right"_s, u"ed25519"_s).isEmpty());
    server.writeConfig({u"IdentityAgent "_s + socket(), identity(u"right"_s)});
    expectLogin();
    server.writeConfig({u"IdentityAgent "_s + socket(), u"IdentitiesOnly yes"_s});
    EXPECT_FALSE(refusal().contains(u"agent key"_s));
}

TEST_F(KeyLoginTest, SaysThatTheAgentRefusesToSign)
{
    qputenv("SSH_ASKPASS", "/bin/false");
    qputenv("DISPLAY", ":nowhere");
    startAgent();
    qunsetenv("DISPLAY");
    qunsetenv("SSH_ASKPASS");
    addToAgent({u"-c"_s, server.makeKey(u"careful"_s, u"ed25519"_s)});
    QFile::remove(server.path(u"careful"_s));
    configure({u"IdentityAgent "_s + socket()});
    EXPECT_TRUE(refusal().contains(u"the agent refused to sign with it"_s))
        << refusal().toStdString();
}

TEST_F(KeyLoginTest, GoesOnWithoutAnAgentThatHangs)
{
    startAgent();
    ::kill(static_cast<pid_t>(agent.processId()), SIGSTOP);
    server.writeConfig({u"IdentityAgent "_s + socket()});
    QElapsedTimer elapsed;
    elapsed.start();
    expectLogin(); // by the key file
    EXPECT_LT(elapsed.elapsed(), 14'000);
    Listener client(target());
    client.shell.open();
    EXPECT_FALSE(QTest::qWaitFor([&] { return client.opened > 0; }, 500));
    elapsed.restart();
    client.shell.close();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client.failure.has_value(); }, 5000));
    EXPECT_LT(elapsed.elapsed(), 2000);
}

TEST_F(KeyLoginTest, AsksForAPassphraseOnlyIfTheServerWantsTheKey)
{
    ASSERT_FALSE(server.makeKey(u"stranger"_s, u"ed25519"_s, u"secret words"_s, false).isEmpty());
    ASSERT_FALSE(server.makeKey(u"friend"_s, u"ed25519"_s, u"other words"_s).isEmpty());
    configure({identity(u"stranger"_s), identity(u"friend"_s)});
    Listener client(target());
    client.answers = {u"other words"_s};
    EXPECT_FALSE(client.open());
    ASSERT_EQ(client.secrets.size(), 1);
    EXPECT_TRUE(client.secrets[0].prompt.contains(u"friend"_s));
}

TEST_F(KeyLoginTest, SaysHowKeysOnTokensWork)
{
    const QByteArray blob = wireString("sk-ssh-ed25519@openssh.com")
                                .append(wireString(QByteArray(32, 'x')))
                                .append(wireString("ssh:"));
    const QByteArray file = QByteArray("openssh-key-v1", 15) + wireString("none")
        + wireString("none") + wireString("") + wireUint32(1) + wireString(blob);
    server.write(u"token"_s,
                 "-----BEGIN OPENSSH PRIVATE KEY-----\n" + file.toBase64()
                     + "\n-----END OPENSSH PRIVATE KEY-----\n");
    configure({identity(u"token"_s)});
    EXPECT_TRUE(refusal().contains(u"a key on a security token works through the agent only"_s))
        << refusal().toStdString();

    QLocalServer fake;
    fake.listen(server.path(u"fake.sock"_s));
    const QByteArray list
        = wireUint32(1).append(wireString(blob)).append(wireString("token \x1b[31mred"));
    QObject::connect(&fake, &QLocalServer::newConnection, &fake, [&] {
        QLocalSocket *connection = fake.nextPendingConnection();
        QObject::connect(connection, &QLocalSocket::readyRead, connection, [connection, list] {
            const bool wantsList = connection->readAll().at(4) == 11;
            connection->write(wantsList ? message(12, list) : message(5));
        });
    });
    configure({u"IdentityAgent "_s + fake.fullServerName()});
    const QString detail = refusal();
    EXPECT_TRUE(detail.contains(u"agent key %1 (token red): "_s.arg(fingerprintOf(blob))
                                + obstacle("sk-ssh-ed25519@openssh.com")))
        << detail.toStdString();
}

TEST_F(KeyLoginTest, LogsInWithAKeyOnATokenOrSaysWhyNot)
{
    QProcess token;
    token.start(u"/usr/bin/python3"_s,
                {u"-W"_s, u"ignore"_s,
                 QStringLiteral(PROVERDECK_SOURCE_DIR "/tests/ssh/token_agent.py"),
                 server.path(u"token.sock"_s)});
    while (!token.canReadLine() && token.waitForReadyRead(20'000)) { }
    const QByteArray line = token.readLine();
    if (line.isEmpty()) {
        GTEST_SKIP() << "no pretended token: " << token.readAllStandardError().toStdString();
    }
    server.write(u"authorized_keys"_s, line);
    configure({u"IdentityAgent "_s + server.path(u"token.sock"_s)});
    expectLoginUnless(obstacle("sk-ssh-ed25519@openssh.com"));
    token.closeWriteChannel();
    EXPECT_TRUE(token.waitForFinished(5000));
}

TEST_F(KeyLoginTest, SurvivesAgentsThatTalkNonsense)
{
    const QByteArray answers[]
        = {QByteArray(8, '\xff'),
           wireString(""),
           message(12),
           message(5),
           message(12, wireUint32(0xffffffff)),
           message(12, wireUint32(3).append("abc")),
           message(12, wireUint32(1).append(wireString("")).append(wireString(""))),
           QByteArray()};
    for (const QByteArray &answer : answers) {
        QLocalServer fake;
        QLocalServer::removeServer(server.path(u"fake.sock"_s));
        ASSERT_TRUE(fake.listen(server.path(u"fake.sock"_s)));
        QObject::connect(&fake, &QLocalServer::newConnection, &fake, [&] {
            QLocalSocket *connection = fake.nextPendingConnection();
            connection->write(answer);
            if (answer.isEmpty()) {
                connection->disconnectFromServer();
            }
        });
        server.writeConfig({u"IdentityAgent "_s + fake.fullServerName()});
        expectLogin(); // by the key file
    }
}

} // namespace
} // namespace proverdeck::ssh

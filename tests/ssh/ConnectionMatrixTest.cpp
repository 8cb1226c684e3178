// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Algorithms.h"
#include "ssh/LoginServer.h"
#include "ssh/LoopbackDropbear.h"
#include "ssh/ShellFixture.h"
#include "ssh/SocketLink.h"
#include "ssh/Transport.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using testing::LoginServer;
using testing::LoopbackDropbear;
using testing::LoopbackSshd;

const QString kNone = QStringLiteral("–");

/// What can be done on one way to a server, by each column "ok", what was used, or "–".
struct Cells
{
    QString connect = kNone;
    QString login = kNone;
    QString exec = kNone;
    QString job = kNone;
    QString files = kNone;
    bool operator==(const Cells &) const = default;
    [[nodiscard]] QStringList list() const { return {connect, login, exec, job, files}; }
};

const Cells kAll{u"ok"_s, u"ok"_s, u"ok"_s, u"ok"_s, u"sftp"_s};
const Cells kNoSftp{u"ok"_s, u"ok"_s, u"ok"_s, u"ok"_s, u"sh"_s};
const Cells kNoLogin{u"ok"_s, u"no"_s};
const Cells kNoConnection{u"no"_s};

/// The table "which login works where", as the test run prints it.
class Matrix
{
public:
    void add(const QString &server, const QString &login, const Cells &cells, const QString &why)
    {
        QStringList row{server, login};
        row << cells.list();
        if (!why.isEmpty()) {
            m_reasons << why;
            row << u"[%1]"_s.arg(m_reasons.size());
        }
        m_rows << row;
    }
    [[nodiscard]] QByteArray text(const QString &title) const
    {
        QStringList lines{title, {}};
        QList<QStringList> rows{
            {u"server"_s, u"login"_s, u"connect"_s, u"login"_s, u"exec"_s, u"job"_s, u"files"_s}};
        rows += m_rows;
        for (const QStringList &row : std::as_const(rows)) {
            QString line;
            for (qsizetype column = 0; column < row.size(); ++column) {
                line += row[column].leftJustified(column == 0 ? 35 : column == 1 ? 26 : 9);
            }
            lines << line.trimmed();
        }
        lines << QString();
        for (qsizetype i = 0; i < m_reasons.size(); ++i) {
            lines << u"[%1] %2"_s.arg(QString::number(i + 1), m_reasons[i]);
        }
        return lines.join(u'\n').toUtf8() + '\n';
    }

private:
    QList<QStringList> m_rows;
    QStringList m_reasons;
};

class ConnectionMatrixTest : public ::testing::Test
{
protected:
    void SetUp() override { ::umask(022); } // tells a file that sh wrote from one by SFTP

    [[nodiscard]] bool knows(int method, const QByteArray &algorithm) const
    {
        return supportedAlgorithms(m_library.session(), method).contains(algorithm);
    }
    [[nodiscard]] QString obstacle(const QByteArray &keyType) const
    {
        return whyKeyIsUnusable(m_library.session(), keyType).value_or(QString());
    }

    /// Tries one way and puts it into the table. @p sentence: a part of the reason if not all is
    /// possible.
    void expect(const QString &server, const QString &login, const HostTarget &target,
                const Cells &expected, const QString &sentence = {},
                const QStringList &answers = {})
    {
        SCOPED_TRACE(server.toStdString() + ", " + login.toStdString());
        Listener client(target);
        client.answers = answers;
        Cells cells;
        QString why;
        if (const std::optional<Error> error = client.open()) {
            cells.connect = error->code == ErrorCode::Authentication ? u"ok"_s : u"no"_s;
            cells.login = error->code == ErrorCode::Authentication ? u"no"_s : kNone;
            why = error->detail;
        } else {
            cells = tryEverything(client);
        }
        EXPECT_EQ(cells.list(), expected.list()) << why.toStdString();
        EXPECT_TRUE(why.contains(sentence)) << why.toStdString();
        EXPECT_EQ(why.isEmpty(), sentence.isEmpty()) << why.toStdString();
        matrix.add(server, login, cells, why);
    }
    void leaveOut(const QString &server, const QString &why)
    {
        matrix.add(server, kNone, Cells{}, u"not tested here: "_s + why);
    }

    Matrix matrix;

private:
    [[nodiscard]] static Cells tryEverything(Listener &client)
    {
        const auto word = [](bool isOk) { return isOk ? u"ok"_s : u"no"_s; };
        return {u"ok"_s, u"ok"_s, word(client.run("echo x").out == "x\n"), word(runJob(client)),
                moveFile(client)};
    }
    /// A durable job: started, followed to its end, and its exit status known.
    [[nodiscard]] static bool runJob(Listener &client)
    {
        static int number = 0;
        const QByteArray id = "matrix-" + QByteArray::number(++number);
        if (!client.wait(client.shell.installJobHelper()).isOk()
            || !client.wait(client.shell.startJob(id, "echo working; exit 3")).isOk()
            || client.wait(client.shell.followJob(id, 0)).out != "working\n") {
            return false;
        }
        const std::optional<JobStatus> status
            = parseJobStatus(client.wait(client.shell.jobStatus(id)).out);
        const bool isRemoved = client.wait(client.shell.removeJob(id)).isOk();
        return isRemoved && status && status->exitCode == 3;
    }
    /// Which way a file went; "no" if it did not come back the same.
    [[nodiscard]] static QString moveFile(Listener &client)
    {
        QByteArray data("first\n");
        data += QByteArray(300'000, '\xa5');
        if (!client.wait(client.shell.writeFile(u"~/matrix"_s, data)).isOk()
            || client.wait(client.shell.readFile(u"~/matrix"_s)).out != data) {
            return u"no"_s;
        }
        const QByteArray mode
            = client.run("stat -c %a \"$HOME/matrix\"; rm -f \"$HOME/matrix\"").out;
        return mode == "600\n" ? u"sftp"_s : u"sh"_s;
    }

    LoginControl m_control;
    Transport m_library{std::make_unique<SocketLink>(), m_control};
};

/// An ssh-agent with one key.
class Agent
{
public:
    explicit Agent(const QString &key)
        : m_socket(key + u".sock"_s)
    {
        m_process.start(u"ssh-agent"_s, {u"-D"_s, u"-a"_s, m_socket});
        EXPECT_TRUE(QTest::qWaitFor([this] { return QFile::exists(m_socket); }, 5000));
        QProcess add;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"SSH_AUTH_SOCK"_s, m_socket);
        add.setProcessEnvironment(environment);
        add.start(u"ssh-add"_s, {u"-q"_s, key});
        EXPECT_TRUE(add.waitForFinished() && add.exitCode() == 0);
    }
    ~Agent()
    {
        m_process.kill();
        m_process.waitForFinished(3000);
    }
    [[nodiscard]] QString line() const { return u"IdentityAgent "_s + m_socket; }

private:
    QString m_socket;
    QProcess m_process;
};

QString versionOfSsh()
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(u"ssh"_s, {u"-V"_s});
    process.waitForFinished(3000);
    return QString::fromLocal8Bit(process.readAll()).section(u',', 0, 0).trimmed();
}

/// Only these lines decide what the server offers.
struct Offer
{
    const char *name;
    QStringList lines;
    bool isKnown; ///< to the running libssh2
    const char *sentence; ///< if not
};

TEST_F(ConnectionMatrixTest, EveryLoginWorksOrSaysWhyNot)
{
    LoopbackSshd server;
    LoopbackSshd first;
    LoopbackSshd second;
    for (LoopbackSshd *one : {&server, &first, &second}) {
        if (!one->start()) {
            GTEST_SKIP() << one->whyNot().toStdString();
        }
    }
    const HostTarget target{.host = server.host(), .sshConfigFile = server.configFile()};
    const QString openSsh = u"OpenSSH"_s;

    // Logins at an OpenSSH server with its default settings.
    ASSERT_FALSE(server.makeKey(u"ca"_s, u"ed25519"_s, {}, false).isEmpty());
    ASSERT_TRUE(server.restart({u"TrustedUserCAKeys "_s + server.path(u"ca.pub"_s)}));
    const std::pair<QString, QByteArray> types[] = {
        {u"ed25519"_s, "ssh-ed25519"}, {u"ecdsa"_s, "ecdsa-sha2-nistp256"}, {u"rsa"_s, "ssh-rsa"}};
    for (const auto &[type, name] : types) {
        const QString key = server.makeKey(u"key_"_s + type, type);
        server.writeConfig({u"IdentitiesOnly yes"_s, u"IdentityFile "_s + key});
        QFile::remove(server.path(u"id_ed25519"_s));
        const QString why = obstacle(name);
        expect(openSsh, type + u" key"_s, target, why.isEmpty() ? kAll : kNoLogin, why);
        const Agent agent(key);
        server.writeConfig({agent.line()});
        expect(openSsh, type + u" key of an agent"_s, target, why.isEmpty() ? kAll : kNoLogin, why);
    }
    for (const auto &[type, name] : types) {
        const QString key = server.makeKey(u"worker_"_s + type, type, {}, false);
        ASSERT_FALSE(testing::runProgram(u"ssh-keygen"_s,
                                         {u"-q"_s, u"-s"_s, server.path(u"ca"_s), u"-I"_s,
                                          u"worker"_s, u"-n"_s, server.user(), key + u".pub"_s})
                         .isNull());
        server.writeConfig({u"IdentityFile "_s + key});
        const QString why = obstacle(name + "-cert-v01@openssh.com");
        expect(openSsh, type + u" certificate"_s, target, why.isEmpty() ? kAll : kNoLogin, why);
    }

    // What a server may insist on.
    ASSERT_FALSE(server.makeKey(u"id_ed25519"_s, u"ed25519"_s).isEmpty());
    ASSERT_FALSE(server.makeKey(u"host_rsa"_s, u"rsa"_s, {}, false).isEmpty());
    server.writeConfig();
    const Offer offers[] = {
        {"only an RSA host key",
         {u"HostKey "_s + server.path(u"host_rsa"_s)},
         knows(LIBSSH2_METHOD_HOSTKEY, "rsa-sha2-256"),
         "There is no common host key type"},
        {"only -etm MACs",
         {u"Ciphers aes256-ctr"_s, u"MACs hmac-sha2-256-etm@openssh.com"_s},
         knows(LIBSSH2_METHOD_MAC_SC, "hmac-sha2-256-etm@openssh.com"),
         "There is no common MAC"},
        {"only AES-GCM",
         {u"Ciphers aes256-gcm@openssh.com"_s},
         knows(LIBSSH2_METHOD_CRYPT_SC, "aes256-gcm@openssh.com"),
         "There is no common cipher"},
        {"only chacha20",
         {u"Ciphers chacha20-poly1305@openssh.com"_s},
         knows(LIBSSH2_METHOD_CRYPT_SC, "chacha20-poly1305@openssh.com"),
         "There is no common cipher"},
        {"only AES-CTR, SHA-2 MACs", {u"Ciphers aes256-ctr"_s, u"MACs hmac-sha2-512"_s}, true, ""},
        {"only sntrup761 (PQ)",
         {u"KexAlgorithms sntrup761x25519-sha512@openssh.com"_s},
         knows(LIBSSH2_METHOD_KEX, "sntrup761x25519-sha512@openssh.com"),
         "There is no common key exchange method"},
        {"only mlkem768 (PQ)",
         {u"KexAlgorithms mlkem768x25519-sha256"_s},
         knows(LIBSSH2_METHOD_KEX, "mlkem768x25519-sha256"),
         "There is no common key exchange method"},
    };
    for (const Offer &offer : offers) {
        const QString name = openSsh + u", "_s + QString::fromLatin1(offer.name);
        QFile::remove(server.knownHostsFile());
        if (server.restart(offer.lines)) {
            expect(name, u"ed25519 key"_s, target, offer.isKnown ? kAll : kNoConnection,
                   offer.isKnown ? QString() : QString::fromLatin1(offer.sentence));
        } else {
            leaveOut(name, u"this sshd does not know it"_s);
        }
    }
    QFile::remove(server.knownHostsFile());
    ASSERT_TRUE(server.restart({u"Subsystem none /nonexistent"_s}));
    expect(openSsh + u" without SFTP"_s, u"ed25519 key"_s, target, kNoSftp);

    // The way there.
    ASSERT_TRUE(server.restart());
    const auto through = [&](const QString &line) {
        server.write(u"ssh_config"_s,
                     server.section(server.host(), {line}) + first.section(u"first"_s)
                         + second.section(u"second"_s));
    };
    through(u"ProxyJump first"_s);
    expect(u"OpenSSH by 1 jump host"_s, u"ed25519 key"_s, target, kAll);
    through(u"ProxyJump first,second"_s);
    expect(u"OpenSSH by 2 jump hosts"_s, u"ed25519 key"_s, target, kAll);
    through(u"ProxyCommand ssh -F %1 -W [%h]:%p first"_s.arg(server.configFile()));
    expect(u"OpenSSH by ProxyCommand"_s, u"ed25519 key"_s, target, kAll);

    // Questions.
    LoginServer steps;
    if (steps.start()) {
        const HostTarget asking{.host = u"steps"_s, .sshConfigFile = steps.configFile()};
        const QString asyncSsh = u"asyncssh"_s;
        const auto ask = [&](const QString &user, const QString &name, const QStringList &answers) {
            steps.writeConfig(user);
            expect(asyncSsh, name, asking, kAll, {}, answers);
        };
        ask(u"password"_s, u"password"_s, {LoginServer::password()});
        ask(u"prompts"_s, u"two prompts at once"_s, {LoginServer::password(), LoginServer::code()});
        ask(u"rounds"_s, u"prompts in two rounds"_s,
            {LoginServer::password(), LoginServer::code()});
        ask(u"publickey+prompts"_s, u"key, then prompts"_s,
            {LoginServer::password(), LoginServer::code()});
        steps.writeConfig(u"expired"_s);
        expect(asyncSsh, u"expired password"_s, asking, kNoLogin, u"This program does not change"_s,
               {LoginServer::password()});
    } else {
        leaveOut(u"password, prompts"_s, steps.whyNot());
    }

    // Another server.
    for (const bool hasSftp : {true, false}) {
        LoopbackDropbear bear;
        const QString name = hasSftp ? u"Dropbear"_s : u"Dropbear without SFTP"_s;
        if (!bear.start(hasSftp)) {
            leaveOut(name, bear.whyNot());
            continue;
        }
        const HostTarget there{.host = u"bear"_s, .sshConfigFile = bear.configFile()};
        const bool canHaveSftp = hasSftp
            && (QFile::exists(u"/usr/lib/sftp-server"_s)
                || QFile::exists(u"/usr/libexec/sftp-server"_s));
        expect(name, u"ed25519 key"_s, there, canHaveSftp ? kAll : kNoSftp);
        if (!hasSftp) {
            continue;
        }
        for (const auto &[type, keyType] : types) {
            if (type != u"ed25519"_s) {
                bear.writeConfig({u"IdentitiesOnly yes"_s,
                                  u"IdentityFile "_s + bear.makeKey(u"key_"_s + type, type)});
                QFile::remove(bear.path(u"id_ed25519"_s));
                const QString why = obstacle(keyType);
                expect(name, type + u" key"_s, there,
                       !why.isEmpty()    ? kNoLogin
                           : canHaveSftp ? kAll
                                         : kNoSftp,
                       why);
            }
        }
    }

    const QByteArray table
        = matrix.text(u"Connections of this program with libssh2 %1 to %2 and %3"_s.arg(
            libraryVersion(), versionOfSsh(), LoopbackDropbear::version()));
    std::fputs(table.constData(), stdout);
    const QString folder
        = qEnvironmentVariable("PROVERDECK_REPORT_DIR", QStringLiteral(PROVERDECK_BINARY_DIR));
    QFile report(QDir(folder).filePath(u"connection-matrix.txt"_s));
    ASSERT_TRUE(report.open(QIODevice::WriteOnly)) << report.errorString().toStdString();
    report.write(table);
}

} // namespace
} // namespace proverdeck::ssh

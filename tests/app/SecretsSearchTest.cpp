// SPDX-License-Identifier: GPL-3.0-or-later
// Uses every canary as its owner would, and looks for it afterwards in everything that is left.
#include "support/SecretsSearch.h"

#include "app/CoreDumps.h"
#include "app/KeychainSecretStore.h"
#include "app/SupportBundle.h"
#include "models/store/RunStore.h"
#include "ssh/SshShell.h"
#include "support/Child.h"
#include "support/LoopbackSshd.h"
#include "support/PrivateKeychain.h"
#include "support/Test.h"
#include "ui/dialogs/Questions.h"

#include <QApplication>
#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QEventLoop>
#include <QFile>
#include <QLineEdit>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <sys/resource.h>

namespace proverdeck::app {
namespace {

using namespace Qt::StringLiterals;
using testing::canary;
using testing::LoopbackSshd;
using testing::PrivateKeychain;
using testing::SecretsSearch;

/// What a careless server prints: each secret as programs print it.
QByteArray carelessOutput()
{
    return "--committer.l1-private-key 0x" + canary("committer key") + " \\\nPROVER_PRIVATE_KEY="
        + canary("prover key") + "\nprivate key:\n0x" + canary("prover key")
        + "\nMnemonic: " + canary("mnemonic") + "\nrpc_url=https://eth-mainnet.g.alchemy.com/v2/"
        + canary("RPC key") + "\nGET https://operator:" + canary("URL password")
        + "@rpc.example.org/\nAuthorization: Bearer " + canary("API token")
        + "\n{\"log\":\"{\\\"api_key\\\":\\\"" + canary("API token")
        + "\\\"}\"}\n-----BEGIN OPENSSH PRIVATE KEY-----\n" + canary("key block")
        + "\n-----END OPENSSH PRIVATE KEY-----\nTransaction hash: 0x" + QByteArray(64, 'e') + '\n';
}

const char *const kWorkflow = R"([workflow]
id = "careless"
title = "A careless server"

[[input]]
id = "host"
type = "host"
title = "Server"
page = "server"

[[step]]
id = "look"
kind = "check"
run = "head -1 ~/secrets.txt; exit 2"
code = "careless"

[[step]]
id = "key"
kind = "check"
run = "sed -n 2p ~/secrets.txt"
output = "leaked"

[[step]]
id = "print"
title = "Print"
run = "cat ~/secrets.txt; echo {leaked}"
log = "l2.log"

[[step]]
id = "fail"
title = "Fail"
run = "cat ~/secrets.txt >&2; tail -1 ~/secrets.txt; sed -n 1p ~/secrets.txt; exit 3"
)";

/// Keeps the passphrase in a keychain and logs in with it: the arguments are the alias and the ssh
/// configuration. Says "in" and what the server's side sees of the environment.
int loginProgram(const QStringList &arguments)
{
    KeychainSecretStore store(u"proverdeck-search"_s);
    ssh::SshShell shell(ssh::HostTarget{arguments.at(0), arguments.at(1), {}, true});
    QEventLoop loop;
    QObject::connect(&shell, &ssh::RemoteShell::hostKeyAsked, &shell,
                     [&shell] { shell.answerHostKey(true); });
    QObject::connect(
        &shell, &ssh::RemoteShell::secretAsked, &shell, [&](const ssh::SecretQuestion &question) {
            testing::tellTest("asked " + question.storeKey.toUtf8());
            const QString typed = QString::fromUtf8(canary("key passphrase"));
            store.keep(question.storeKey, typed, [&, question](const QString &why) {
                testing::tellTest("kept " + why.toUtf8());
                store.find(question.storeKey,
                           [&](const auto &found, const QString &) { shell.answerSecret(found); });
            });
        });
    QObject::connect(&shell, &ssh::RemoteShell::openFailed, &loop, [&](const ssh::Error &error) {
        testing::tellTest("failed " + error.detail.toUtf8());
        loop.quit();
    });
    QByteArray seen;
    QObject::connect(&shell, &ssh::RemoteShell::output, &loop,
                     [&seen](auto, auto, const QByteArray &bytes) { seen += bytes; });
    QObject::connect(&shell, &ssh::RemoteShell::finished, &loop, [&] {
        testing::tellTest("in " + seen.replace('\n', ' '));
        loop.quit();
    });
    QObject::connect(&shell, &ssh::RemoteShell::opened, &loop, [&shell] {
        (void)shell.runHelperScript("env; tr '\\0' ' ' < /proc/$PPID/cmdline; sleep 0.3",
                                    std::chrono::seconds(10));
    });
    QTimer::singleShot(20'000, &loop, &QEventLoop::quit);
    shell.open();
    loop.exec();
    return 0;
}

const testing::ChildProgram program("keychain-login", loginProgram);

int crashProgram(const QStringList & /*arguments*/)
{
    forbidCoreDumps();
    rlimit limit{1, 1};
    getrlimit(RLIMIT_CORE, &limit);
    testing::tellTest(limit.rlim_cur == 0 && limit.rlim_max == 0 ? "none" : "some");
    return 0;
}

const testing::ChildProgram crashes("core-dumps", crashProgram);

class SecretsSearchTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        if (!sshd.start({u"PasswordAuthentication yes"_s})) {
            GTEST_SKIP() << sshd.whyNot().toStdString();
        }
        ASSERT_FALSE(
            sshd.makeKey(u"locked"_s, u"ed25519"_s, QString::fromUtf8(canary("key passphrase")))
                .isEmpty());
        QFile secrets(sshd.path(u"home/secrets.txt"_s));
        ASSERT_TRUE(secrets.open(QIODevice::WriteOnly));
        secrets.write(carelessOutput());
        QFile workflow(home.filePath(u"careless.toml"_s));
        ASSERT_TRUE(workflow.open(QIODevice::WriteOnly));
        workflow.write(kWorkflow);
        search.addMarker(sshd.path(u"home"_s));
        search.watchProcesses();
    }

    /// The program as a user calls it; what it says is searched, too.
    QByteArray call(const QString &name, const QStringList &arguments)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *variable : {"DATA", "CONFIG", "CACHE", "STATE"}) {
            environment.insert(u"XDG_%1_HOME"_s.arg(QString::fromLatin1(variable)),
                               home.filePath(QString::fromLatin1(variable).toLower()));
        }
        environment.insert(u"HOME"_s, home.filePath(u"home"_s));
        environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s);
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(PROVERDECK_BINARY_DIR "/proverdeck"), arguments);
        EXPECT_TRUE(process.waitForFinished(120'000)) << name.toStdString();
        const QByteArray out = process.readAllStandardOutput();
        const QByteArray err = process.readAllStandardError();
        search.searchText(u"output of "_s + name, out + err);
        EXPECT_FALSE(out.isEmpty() && err.isEmpty()) << name.toStdString();
        return out + err;
    }

    [[nodiscard]] static QStringList runIds(const QString &runsFolder)
    {
        return QDir(runsFolder).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    }

    LoopbackSshd sshd;
    QTemporaryDir home;
    SecretsSearch search;
};

TEST_F(SecretsSearchTest, NothingSecretIsLeftBehind)
{
    // A whole run on a server that prints all it has, with results, logs and a bundle.
    const QByteArray fingerprint
        = testing::runProgram(u"ssh-keygen"_s, {u"-lf"_s, sshd.path(u"host_ed25519.pub"_s)})
              .split(' ')
              .value(1);
    const QString out = home.filePath(u"out"_s);
    const QByteArray said
        = call(u"run"_s,
               {u"run"_s, u"--workflow"_s, home.filePath(u"careless.toml"_s), u"--host"_s,
                sshd.host(), u"--ssh-config"_s, sshd.configFile(), u"--trust-host"_s,
                QString::fromLatin1(fingerprint), u"--out"_s, out});
    EXPECT_TRUE(said.contains("--committer.l1-private-key 0x****")) << said.toStdString();
    const QString runs = home.filePath(u"data/proverdeck/runs"_s);
    ASSERT_EQ(runIds(runs).size(), 1) << said.toStdString();
    const QString id = runIds(runs).first();
    QFile log(runs + u'/' + id + u"/l2.log"_s);
    ASSERT_TRUE(log.open(QIODevice::ReadOnly)) << said.toStdString();
    const QByteArray text = log.readAll();
    EXPECT_TRUE(text.startsWith("--committer.l1-private-key 0x****")) << text.toStdString();
    EXPECT_TRUE(text.contains("Transaction hash: 0xeeee"));
    call(u"runs show"_s, {u"runs"_s, u"show"_s, id, u"--format"_s, u"json"_s});
    call(u"runs export"_s, {u"runs"_s, u"export"_s, id, u"--out"_s, home.filePath(u"exported"_s)});
    models::store::RunStore store;
    ASSERT_TRUE(store.open(home.filePath(u"data/proverdeck/history.db"_s)));
    const auto record = store.load(id);
    ASSERT_TRUE(record);
    SupportBundle bundle({.record = *record, .journal = store.journal(id)});
    EXPECT_FALSE(bundle.collect().isEmpty());
    EXPECT_EQ(bundle.write(home.filePath(u"bundle.tar.gz"_s)), QString());

    // The demo benchmark: Make echoes the development keys.
    call(u"run --demo"_s,
         {u"run"_s, u"--demo"_s, u"--tx-count"_s, u"2"_s, u"--batches"_s, u"1"_s, u"--speed"_s,
          u"600"_s});

    // A passphrase that a real keychain keeps, and a login with it.
    sshd.writeConfig({u"IdentityFile "_s + sshd.path(u"locked"_s), u"IdentitiesOnly yes"_s});
    const bool hasKeychain = PrivateKeychain::missing().isEmpty();
    PrivateKeychain keychain(PrivateKeychain::Kind::Unlocked);
    if (hasKeychain) {
        const auto lines = keychain.run(u"keychain-login"_s, {sshd.host(), sshd.configFile()}, {});
        ASSERT_TRUE(lines);
        const QByteArray all = lines->join('\n');
        EXPECT_TRUE(all.contains("asked passphrase for the key SHA256:")) << all.toStdString();
        EXPECT_TRUE(all.contains("\nin ")) << all.toStdString();
        search.searchText(u"what the server saw of the login"_s, all);
    }

    // A passphrase, then a password, typed into the dialogs.
    QStringList errors;
    const auto login = [&](const QStringList &config, const char *secret) {
        sshd.writeConfig(config);
        ssh::SshShell shell(ssh::HostTarget{sshd.host(), sshd.configFile(), {}, true});
        QSignalSpy opened(&shell, &ssh::RemoteShell::opened);
        QSignalSpy failed(&shell, &ssh::RemoteShell::openFailed);
        QObject::connect(&shell, &ssh::RemoteShell::openFailed, &shell,
                         [&errors](const ssh::Error &error) { errors << error.detail; });
        ui::answerWithDialogs(shell, [] { return nullptr; });
        shell.open();
        EXPECT_TRUE(QTest::qWaitFor(
            [&] {
                for (QWidget *widget : QApplication::topLevelWidgets()) {
                    auto *edit = widget->findChild<QLineEdit *>(u"secret"_s);
                    if (edit && widget->isVisible()) {
                        EXPECT_EQ(edit->echoMode(), QLineEdit::Password);
                        QTest::keyClicks(edit, QString::fromUtf8(canary(secret)));
                        QTest::keyClick(edit, Qt::Key_Return);
                    }
                }
                return opened.count() + failed.count() > 0;
            },
            30'000));
        return opened.count() > 0;
    };
    EXPECT_TRUE(login({u"IdentityFile "_s + sshd.path(u"locked"_s), u"IdentitiesOnly yes"_s},
                      "key passphrase"));
    EXPECT_FALSE(
        login({u"IdentityFile none"_s, u"PreferredAuthentications password"_s}, "login password"))
        << "nobody has this password";
    EXPECT_EQ(errors.size(), 1);
    search.searchText(u"error messages"_s, errors.join(u'\n').toUtf8());

    // Looking.
    search.searchFolder(u"the panel's data, settings, exports and bundle"_s, home.path());
    if (hasKeychain) {
        search.searchFolder(u"the keychain's own files"_s, keychain.home());
    }
    search.searchFolder(u"the server's state: jobs without their logs"_s, [this] {
        // The logs of jobs are the server's own words.
        QDir jobs(sshd.path(u"state"_s));
        QDirIterator it(jobs.path(), {u"log"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile::remove(it.next());
        }
        return jobs.path();
    }());
    search.searchFolder(u"the tests' own settings folders"_s,
                        qEnvironmentVariable("XDG_DATA_HOME") + u"/.."_s);
    const QList<SecretsSearch::Place> places = search.finish();
    const QByteArray table = SecretsSearch::table(places);
    SecretsSearch::writeReport(table);
    for (const SecretsSearch::Place &place : places) {
        EXPECT_TRUE(place.found.isEmpty()) << place.found.join(u'\n').toStdString();
        EXPECT_TRUE(place.notes.isEmpty()) << place.notes.join(u'\n').toStdString();
        if (place.name == u"the tests' own settings folders") {
            continue; // nothing need be there
        }
        EXPECT_GT(place.bytes, 0) << place.name.toStdString() << ": nothing was looked at";
    }
}

TEST(CoreDumpsTest, ACrashLeavesNoMemoryImage)
{
    testing::Child child(u"core-dumps"_s, {});
    EXPECT_EQ(child.nextLine(), "none");
}

TEST(SecretsSearchOwnTest, FindsWhatIsThere)
{
    const QTemporaryDir folder;
    const auto write = [&folder](const char *name, const QByteArray &text) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(text);
    };
    write("plain", "x" + canary("RPC key") + "y");
    write(".hidden", "ab" + canary("API token"));
    write("base64", QByteArray("abc" + canary("URL password") + "xyz").toBase64());
    write("base64-shifted", QByteArray("a" + canary("mnemonic") + "xyz").toBase64());
    write("json", "\"canary-Kc-3Lm8-\\\"quoted\\\"-\xc3\xa4\"");
    write("hex", canary("second factor").toHex());
    write("packed", canary("key block"));
    QProcess gzip;
    gzip.start(u"gzip"_s, {folder.filePath(u"packed"_s)});
    ASSERT_TRUE(gzip.waitForFinished());
    SecretsSearch search;
    search.watchProcesses();
    search.searchFolder(u"folder"_s, folder.path());
    QProcess sleeper;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LEAK"_s, QString::fromUtf8(canary("login password")));
    sleeper.setProcessEnvironment(environment);
    sleeper.start(u"sh"_s, {u"-c"_s, u"sleep 9; :"_s, QString::fromUtf8(canary("committer key"))});
    ASSERT_TRUE(sleeper.waitForStarted());
    EXPECT_TRUE(QTest::qWaitFor([&search] { return search.foundInProcesses() >= 2; }, 5000));
    sleeper.kill();
    sleeper.waitForFinished();
    QStringList found;
    for (const SecretsSearch::Place &place : search.finish()) {
        found += place.found;
    }
    const QString all = found.join(u'\n');
    for (const char *part :
         {"RPC key in ", "API token in ", "URL password in ", "mnemonic in ",
          "keychain password in ", "second factor in ", "key block in ",
          "login password in the environment of sh", "committer key in the command line of sh"}) {
        EXPECT_TRUE(all.contains(QString::fromLatin1(part))) << part << "\n" << all.toStdString();
    }
}

} // namespace
} // namespace proverdeck::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/SupportBundle.h"

#include "app/RunBundleMaker.h"
#include "support/Canaries.h"
#include "support/Test.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

namespace proverdeck::app {
namespace {

using namespace Qt::StringLiterals;
using models::report::BundleEntry;
using testing::canary;

class SupportBundleTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        ASSERT_TRUE(QDir().mkpath(folder));
        writeLog(u"l2.log"_s,
                 "start\n--committer.l1-private-key 0x" + canary("committer key")
                     + "\n--proof-coordinator.l1-private-key 0x" + QByteArray(64, '*')
                     + "\nRunning `/home/gertrude/ethrex/target/release/ethrex`\n"
                       "connected to falcon.example.org (192.0.2.17)\n"
                       "**************************\n");
        writeLog(u"prover.log"_s, "one batch, tx 0x" + hash + "\n");
        sources.record.id = u"20260101-000000-sp1-abcd"_s;
        sources.record.host = u"anna@falcon.example.org:2222"_s;
        sources.record.workflow = u"ethrex-benchmark"_s;
        sources.record.folder = folder;
        sources.record.state = models::RunState::Failed;
        sources.record.steps << qMakePair(
            u"Check"_s,
            models::StepState{.note
                              = u"password="_s + QString::fromUtf8(canary("login password"))});
        sources.record.blueprint = {{u"workflow"_s, u"[workflow]\nid = \"x\"\n"_s}};
        sources.record.result.session.server = sources.record.host;
        sources.record.result.findings << models::Finding{
            u"rpc"_s, models::Severity::Error,
            u"https://rpc.example.org/v2/"_s + QString::fromUtf8(canary("RPC key")) + u" failed"_s};
        sources.journal << models::JournalEntry{
            QDateTime::fromSecsSinceEpoch(1'767'225'600, Qt::UTC),
            u"step"_s,
            u"l2"_s,
            {{u"text"_s, QString(u"mnemonic: "_s + QString::fromUtf8(canary("mnemonic")))}}};
        sources.servers = {u"osprey"_s, u"anna@falcon.example.org:2222"_s};
        sources.versions = {{u"proverdeck"_s, u"0.1"_s}};
    }

    void writeLog(const QString &name, const QByteArray &text) const
    {
        QFile file(folder + u'/' + name);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    /// The files of the archive by their path in it.
    [[nodiscard]] QMap<QString, QByteArray> unpacked(const QString &path) const
    {
        QMap<QString, QByteArray> files;
        const QTemporaryDir target;
        QProcess tar;
        tar.start(u"tar"_s, {u"-xzf"_s, path, u"-C"_s, target.path()});
        EXPECT_TRUE(tar.waitForFinished());
        EXPECT_EQ(tar.exitCode(), 0) << tar.readAllStandardError().toStdString();
        QDirIterator it(target.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile file(it.next());
            EXPECT_TRUE(file.open(QIODevice::ReadOnly));
            files.insert(QDir(target.path()).relativeFilePath(file.fileName()), file.readAll());
        }
        return files;
    }

    [[nodiscard]] static BundleEntry entry(const QList<BundleEntry> &entries, const QString &name)
    {
        for (const BundleEntry &one : entries) {
            if (one.name == name) {
                return one;
            }
        }
        ADD_FAILURE() << "no entry " << name.toStdString();
        return {};
    }

    const QByteArray hash = QByteArray(60, 'a') + "beef";
    const QString top = u"proverdeck-support-20260101-000000-sp1-abcd/"_s;
    QTemporaryDir home;
    QString folder = home.filePath(u"home/gertrude/runs/one"_s);
    QString archive = home.filePath(u"bundle.tar.gz"_s);
    BundleSources sources;
};

TEST_F(SupportBundleTest, HoldsEverythingAndNoSecret)
{
    SupportBundle bundle(sources);
    const QList<BundleEntry> entries = bundle.collect();
    EXPECT_EQ(bundle.write(archive), QString());
    const QMap<QString, QByteArray> files = unpacked(archive);
    QStringList names;
    for (const BundleEntry &one : entries) {
        names << top + one.name;
        EXPECT_EQ(files.value(top + one.name).size(), one.size) << one.name.toStdString();
        EXPECT_FALSE(one.about.isEmpty());
    }
    names << top + u"README.txt"_s;
    names.sort();
    EXPECT_EQ(files.keys(), names);
    for (const char *name :
         {"logs/l2.log", "logs/prover.log", "results.json", "findings.json", "run.json",
          "workflow.toml", "journal.jsonl", "settings.json", "versions.json"}) {
        EXPECT_TRUE(files.contains(top + QString::fromLatin1(name))) << name;
    }
    for (auto it = files.cbegin(); it != files.cend(); ++it) {
        for (const testing::Canary &one : testing::canaries()) {
            EXPECT_FALSE(it->contains(one.secret))
                << it.key().toStdString() << " has the " << one.name.toStdString();
        }
        for (const char *name : {"falcon", "osprey", "anna", "gertrude", "192.0.2.17"}) {
            EXPECT_FALSE(it->contains(name)) << it.key().toStdString() << " has " << name;
        }
        if (it.key().endsWith(u".json"_s)) {
            EXPECT_FALSE(QJsonDocument::fromJson(*it).isNull()) << it.key().toStdString();
        }
    }
    EXPECT_TRUE(files.value(top + u"logs/prover.log"_s).contains(hash));
    EXPECT_TRUE(files.value(top + u"run.json"_s).contains("\"host\": \"user-1@host-1:2222\""));
    EXPECT_TRUE(files.value(top + u"README.txt"_s).contains("logs/l2.log"));
}

TEST_F(SupportBundleTest, TellsOfEachRedaction)
{
    const BundleEntry log = entry(SupportBundle(sources).collect(), u"logs/l2.log"_s);
    EXPECT_EQ(log.redactionCount, 2);
    ASSERT_EQ(log.redactions.size(), 2);
    const QString stars(64, u'*');
    EXPECT_EQ(log.redactions.at(0).rule, u"private-key"_s);
    EXPECT_EQ(log.redactions.at(0).title, u"private keys of accounts"_s);
    EXPECT_EQ(log.redactions.at(0).line, 2);
    EXPECT_EQ(log.redactions.at(0).context, u"--committer.l1-private-key 0x"_s + stars);
    EXPECT_EQ(log.redactions.at(1).rule, QString()) << "it was masked when it came";
    EXPECT_EQ(log.redactions.at(1).line, 3);
    EXPECT_EQ(log.redactions.at(1).context, u"--proof-coordinator.l1-private-key 0x"_s + stars);
    EXPECT_EQ(log.hiddenNames, 3);
}

TEST_F(SupportBundleTest, LeavesNamesIfAskedTo)
{
    sources.hideNames = false;
    SupportBundle bundle(sources);
    EXPECT_EQ(entry(bundle.collect(), u"logs/l2.log"_s).hiddenNames, 0);
    ASSERT_EQ(bundle.write(archive), QString());
    const QMap<QString, QByteArray> files = unpacked(archive);
    EXPECT_TRUE(files.value(top + u"run.json"_s).contains("anna@falcon.example.org"));
    EXPECT_TRUE(files.value(top + u"logs/l2.log"_s).contains("/home/gertrude/"));
}

TEST_F(SupportBundleTest, LeavesFilesOut)
{
    SupportBundle bundle(sources);
    (void)bundle.collect();
    ASSERT_EQ(bundle.write(archive, {u"logs/l2.log"_s}), QString());
    const QMap<QString, QByteArray> files = unpacked(archive);
    EXPECT_FALSE(files.contains(top + u"logs/l2.log"_s));
    EXPECT_TRUE(files.contains(top + u"logs/prover.log"_s));
    EXPECT_TRUE(files.value(top + u"README.txt"_s).contains("left out"));
}

TEST_F(SupportBundleTest, TakesTheEndOfALargeLogFromTheBeginningOfALine)
{
    QByteArray text;
    for (int line = 0; line < 1000; ++line) {
        text += "line " + QByteArray::number(line) + '\n';
    }
    writeLog(u"l2.log"_s, text);
    sources.mostOfLog = 1000;
    SupportBundle bundle(sources);
    const BundleEntry log = entry(bundle.collect(), u"logs/l2.log"_s);
    EXPECT_LE(log.size, 1000);
    EXPECT_GT(log.size, 980);
    EXPECT_EQ(log.leftOut + log.size, text.size());
    ASSERT_EQ(bundle.write(archive), QString());
    const QByteArray kept = unpacked(archive).value(top + u"logs/l2.log"_s);
    EXPECT_EQ(kept, text.right(kept.size()));
    EXPECT_TRUE(kept.startsWith("line ")) << kept.first(20).toStdString();
}

TEST_F(SupportBundleTest, KnowsThatAKeyBeganBeforeTheEndThatItTakes)
{
    QByteArray text(100, 'x');
    text += "\n-----BEGIN RSA PRIVATE KEY-----\n";
    const QByteArray line = canary("key block") + '\n';
    text += line.repeated(20) + "-----END RSA PRIVATE KEY-----\nend\n";
    writeLog(u"l2.log"_s, text);
    sources.mostOfLog = 10 * line.size();
    SupportBundle bundle(sources);
    (void)bundle.collect();
    ASSERT_EQ(bundle.write(archive), QString());
    const QByteArray kept = unpacked(archive).value(top + u"logs/l2.log"_s);
    EXPECT_TRUE(kept.endsWith("\nend\n"));
    EXPECT_FALSE(kept.contains(canary("key block")));
}

TEST_F(SupportBundleTest, ListsTheFirstOfVeryManyRedactions)
{
    const QByteArray line = "password=hunter2\n";
    writeLog(u"l2.log"_s, line.repeated(2000));
    const BundleEntry log = entry(SupportBundle(sources).collect(), u"logs/l2.log"_s);
    EXPECT_EQ(log.redactionCount, 2000);
    EXPECT_EQ(log.redactions.size(), BundleEntry::MostRedactions);
}

TEST_F(SupportBundleTest, ARunWithoutAFolderHasNoLogs)
{
    sources.record.folder.clear();
    SupportBundle bundle(sources);
    EXPECT_FALSE(bundle.collect().isEmpty());
    EXPECT_EQ(bundle.write(archive), QString());
    sources.record.folder = home.filePath(u"gone"_s);
    SupportBundle other(sources);
    EXPECT_FALSE(other.collect().isEmpty());
    EXPECT_EQ(other.write(archive, {}, true), QString());
}

TEST_F(SupportBundleTest, WritesAllOrNothing)
{
    SupportBundle bundle(sources);
    (void)bundle.collect();
    const QString nowhere = home.filePath(u"none/bundle.tar.gz"_s);
    EXPECT_TRUE(bundle.write(nowhere).contains(u"could not be written"_s));
    EXPECT_FALSE(QFile::exists(nowhere));
    EXPECT_TRUE(bundle.write(home.path()).contains(u"is not a file name"_s));
    ASSERT_EQ(bundle.write(archive), QString());
    EXPECT_TRUE(bundle.write(archive).contains(u"exists already"_s));
    EXPECT_EQ(bundle.write(archive, {}, true), QString());
    const auto others = QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther;
    EXPECT_EQ(QFileInfo(archive).permissions() & others, QFile::Permissions());
    EXPECT_EQ(QDir(home.path()).entryList(QDir::Files), QStringList{u"bundle.tar.gz"_s});
}

TEST_F(SupportBundleTest, NeverReplacesWhatIsNoFile)
{
    SupportBundle bundle(sources);
    (void)bundle.collect();
    const QString pipe = home.filePath(u"pipe"_s); // stands for every device
    ASSERT_EQ(::mkfifo(qPrintable(pipe), 0600), 0);
    const QString why = bundle.write(pipe, {}, true);
    EXPECT_TRUE(why.contains(u"is not a file name"_s)) << why.toStdString();
    EXPECT_FALSE(QFileInfo(pipe).isFile());
}

TEST_F(SupportBundleTest, TheArchiveDoesNotNameThisMachinesUser)
{
    SupportBundle bundle(sources);
    (void)bundle.collect();
    ASSERT_EQ(bundle.write(archive), QString());
    QProcess tar;
    tar.start(u"tar"_s, {u"-tvzf"_s, archive});
    ASSERT_TRUE(tar.waitForFinished());
    const QList<QByteArray> lines = tar.readAllStandardOutput().split('\n');
    for (const QByteArray &line : lines) {
        EXPECT_TRUE(line.isEmpty() || line.contains(" 0/0 ")) << line.toStdString();
    }
}

TEST(BundleVersionsTest, NamesWhatSupportAsksFor)
{
    const QJsonObject versions = bundleVersions();
    for (const char *key : {"proverdeck", "qt", "libssh2", "system", "kernel", "locale"}) {
        EXPECT_FALSE(versions.value(QString::fromLatin1(key)).toString().isEmpty()) << key;
    }
    EXPECT_TRUE(versions.value(u"libssh2_rsa"_s).isBool());
}

TEST_F(SupportBundleTest, TheMakerAnswersInTheGuiThread)
{
    RunBundleMaker maker(sources);
    EXPECT_TRUE(maker.suggestedName().endsWith(u"sp1-abcd.tar.gz"_s));
    QList<BundleEntry> entries;
    QThread *thread = nullptr;
    maker.collect(true, [&](const QList<BundleEntry> &list) {
        entries = list;
        thread = QThread::currentThread();
    });
    EXPECT_TRUE(entries.isEmpty());
    ASSERT_TRUE(QTest::qWaitFor([&] { return !entries.isEmpty(); }, 20'000));
    EXPECT_EQ(thread, QThread::currentThread());
    std::optional<QString> problem;
    maker.write(archive, {}, [&](const QString &why) { problem = why; });
    ASSERT_TRUE(QTest::qWaitFor([&] { return problem.has_value(); }, 20'000));
    EXPECT_EQ(*problem, QString());
    EXPECT_TRUE(unpacked(archive).contains(top + u"versions.json"_s));
}

TEST_F(SupportBundleTest, AMakerThatGoesAnswersNobody)
{
    bool answered = false;
    {
        RunBundleMaker maker(sources);
        maker.collect(true, [&](const QList<BundleEntry> & /*list*/) { answered = true; });
    }
    QCoreApplication::processEvents();
    EXPECT_FALSE(answered);
}

} // namespace
} // namespace proverdeck::app

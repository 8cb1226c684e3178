// SPDX-License-Identifier: GPL-3.0-or-later
// "analyse boundless" and "broker config" as a user calls them, on the real binary.
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

namespace proverdeck {
namespace {

struct Answer
{
    int code = -1;
    QByteArray out;
    QByteArray err;
    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

QString data(const char *name)
{
    return QStringLiteral(PROVERDECK_TEST_DATA "/boundless/") + QString::fromLatin1(name);
}

class BoundlessCommandsTest : public ::testing::Test
{
protected:
    static Answer call(const QStringList &arguments)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove("PROVERDECK_RPC_URL");
        environment.remove("PROVER_ADDRESS");
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(PROVERDECK_BINARY_DIR "/proverdeck"), arguments);
        process.closeWriteChannel();
        EXPECT_TRUE(process.waitForFinished(60'000));
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                process.readAllStandardOutput(), process.readAllStandardError()};
    }
    static QByteArray read(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("?");
    }
    QString write(const QString &name, const QByteArray &bytes)
    {
        QFile file(folder.filePath(name));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(bytes);
        return file.fileName();
    }

    QTemporaryDir folder;
};

TEST_F(BoundlessCommandsTest, AnalysesEveryFramingAlike)
{
    for (const char *name : {"broker-0.13.log", "broker-0.13.compose.log"}) {
        const Answer answer = call({"analyse", "boundless", data(name), "--format", "json"});
        EXPECT_EQ(answer.code, 0) << answer.err.toStdString();
        const QJsonObject counts = answer.json()["counts"].toObject();
        EXPECT_EQ(counts["locked"].toInt(), 2) << name;
        EXPECT_EQ(counts["fulfilled"].toInt(), 2);
        EXPECT_EQ(counts["skipped"].toInt(), 15);
        EXPECT_EQ(counts["lost_locks"].toInt(), 1);
        EXPECT_EQ(counts["seen"].toInt(), answer.json()["orders"].toArray().size());
        EXPECT_TRUE(counts["slashed"].isNull()) << "a log does not tell";
        EXPECT_EQ(answer.json()["log"].toObject()["errors"].toInt(), 10);
        EXPECT_EQ(answer.json()["log"].toObject()["era"].toString(), "0.13");
    }
}

TEST_F(BoundlessCommandsTest, MigratesNamesAndWritesOnlyWhenAsked)
{
    const QByteArray old = read(data("broker-0.13.toml"));
    const QString path = write("broker.toml", old);
    EXPECT_EQ(call({"broker", "config", "migrate", path}).code, 2) << "to which release?";
    const Answer shown
        = call({"broker", "config", "migrate", path, "--to", "2.0", "--format", "json"});
    EXPECT_EQ(shown.code, 0) << shown.err.toStdString();
    EXPECT_EQ(read(path), old);
    EXPECT_FALSE(shown.json()["written"].toBool(true));
    bool isFound = false;
    for (const auto &one : shown.json()["settings"].toArray()) {
        const QJsonObject row = one.toObject();
        isFound = isFound
            || (row["old"].toString() == "max_stake" && row["new"].toString() == "max_collateral"
                && row["renamed"].toBool() && row["remark"].toString().contains("ZKC"));
    }
    EXPECT_TRUE(isFound);
    const Answer written
        = call({"broker", "config", "migrate", path, "--to", "2.0", "--write", "--format", "json"});
    EXPECT_EQ(written.code, 0);
    EXPECT_TRUE(read(path).contains("\nmax_collateral = \"25\""));
    EXPECT_EQ(read(written.json()["backup"].toString()), old);
}

TEST_F(BoundlessCommandsTest, AStopThatShallAskTheChainNeedsToKnowWhomAndWhere)
{
    const QStringList stop{"broker", "stop", "--safe", "--host", "p1"};
    const Answer account = call(stop + QStringList{"--network", "base"});
    EXPECT_EQ(account.code, 2);
    EXPECT_TRUE(account.err.contains("--account")) << account.err.toStdString();
    const QStringList known{"--account", "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"};
    const Answer mars = call(stop + known + QStringList{"--network", "mars"});
    EXPECT_EQ(mars.code, 2);
    EXPECT_TRUE(mars.err.contains("mars"));
    const Answer endpoint = call(stop + known + QStringList{"--network", "base"});
    EXPECT_EQ(endpoint.code, 2);
    EXPECT_TRUE(endpoint.err.contains("PROVERDECK_RPC_URL")) << endpoint.err.toStdString();
}

TEST_F(BoundlessCommandsTest, AnOrderSaysWhatIsKnownAndNullOtherwise)
{
    const Answer answer
        = call({"analyse", "boundless", data("broker-0.13.log"), "--format", "json"});
    QJsonObject fulfilled;
    QJsonObject skipped;
    for (const auto &order : answer.json()["orders"].toArray()) {
        const QJsonObject row = order.toObject();
        if (row["request_id"].toString().endsWith("200000021")) {
            fulfilled = row;
        }
        if (row["request_id"].toString().endsWith("00000001")) {
            skipped = row;
        }
    }
    EXPECT_EQ(fulfilled["state"].toString(), "fulfilled");
    EXPECT_EQ(fulfilled["locked_at"].toString(), "2025-08-05T09:15:37.005Z");
    EXPECT_EQ(fulfilled["deadline"].toString(), "2025-08-05T10:14:28.000Z");
    EXPECT_EQ(fulfilled["collateral"].toString(), "5");
    EXPECT_EQ(fulfilled["cycles"].toInteger(), 1846542336);
    EXPECT_TRUE(fulfilled["reason"].isNull());
    EXPECT_EQ(skipped["state"].toString(), "skipped");
    EXPECT_EQ(skipped["reason_key"].toString(), "deadline-too-near");
    EXPECT_THAT(skipped["reason"].toString().toStdString(), ::testing::HasSubstr("min_deadline"));
    EXPECT_TRUE(skipped["locked_at"].isNull());
    EXPECT_TRUE(skipped["cycles"].isNull());
}

TEST_F(BoundlessCommandsTest, SeveralFilesAreOneStory)
{
    const QByteArray log = read(data("broker-0.13.log"));
    const qsizetype middle = log.indexOf('\n', log.size() / 2) + 1;
    const QString first = write("a.log", log.first(middle));
    const QString second = write("b.log", log.sliced(middle));
    const Answer answer = call({"analyse", "boundless", first, second, "--format", "json"});
    const QJsonObject counts = answer.json()["counts"].toObject();
    EXPECT_EQ(counts["locked"].toInt(), 2);
    EXPECT_EQ(counts["fulfilled"].toInt(), 2);
    EXPECT_EQ(counts["skipped"].toInt(), 15);
}

TEST_F(BoundlessCommandsTest, WhatCannotBeReadIsSaid)
{
    EXPECT_EQ(call({"analyse", "boundless"}).code, 2);
    EXPECT_EQ(call({"analyse", "boundless", folder.path()}).code, 2);
    EXPECT_EQ(call({"analyse", "boundless", folder.filePath("none")}).code, 2);
    EXPECT_EQ(call({"analyse", "boundless", data("broker-0.13.log"), "--format", "xml"}).code, 2);
    const Answer other
        = call({"analyse", "boundless", write("x.log", "no broker\n"), "--format", "json"});
    EXPECT_EQ(other.code, 0);
    EXPECT_EQ(other.json()["findings"].toArray().first().toObject()["code"].toString(),
              "no-broker-lines");
    const Answer damaged = call(
        {"analyse", "boundless", write("broker.db", QByteArray("SQLite format 3\0rest", 20))});
    EXPECT_EQ(damaged.code, 2);
    EXPECT_THAT(damaged.err.toStdString(), ::testing::HasSubstr("broker.db"));
}

TEST_F(BoundlessCommandsTest, ChecksSettings)
{
    const Answer good = call({"broker", "config", "check", data("broker-0.13.toml"), "--compose",
                              data("compose-0.13.yml"), "--format", "json"});
    EXPECT_EQ(good.code, 0) << "warnings are no failure";
    QStringList codes;
    for (const auto &finding : good.json()["findings"].toArray()) {
        codes << finding.toObject()["code"].toString();
    }
    EXPECT_THAT(codes,
                ::testing::IsSupersetOf({QString("ineffective-key"), QString("misplaced-key"),
                                         QString("preflights-above-agents")}));
    EXPECT_EQ(call({"broker", "config", "check", data("broker-0.13-invalid.toml")}).code, 1);
    EXPECT_EQ(call({"broker", "config", "check", data("broker-2.0.toml")}).code, 0);
    EXPECT_EQ(call({"broker", "config", "check", data("broker-0.13.toml"), "--era", "2.0"}).code,
              1);
    EXPECT_EQ(call({"broker", "config", "check", data("nothing.toml")}).code, 2);
    EXPECT_EQ(call({"broker", "config", "check"}).code, 2);
    EXPECT_EQ(call({"broker", "config", "check", data("broker-0.13.toml"), "--era", "9"}).code, 2);
}

TEST_F(BoundlessCommandsTest, SetsAKeyAndNothingElse)
{
    const QByteArray before = read(data("broker-0.13-operator-crlf.toml"));
    const QString path = write("broker.toml", before);
    const Answer answer = call({"broker", "config", "set", path, "peak_prove_khz=323"});
    EXPECT_EQ(answer.code, 0) << answer.err.toStdString();
    QByteArray wanted = before;
    wanted.replace("peak_prove_khz=435", "peak_prove_khz=323");
    EXPECT_EQ(read(path), wanted);
    EXPECT_THAT(answer.out.toStdString(), ::testing::HasSubstr("+ peak_prove_khz=323"));
    const QStringList backups = QDir(folder.path()).entryList({"broker.toml.*.bak"});
    ASSERT_EQ(backups.size(), 1);
    EXPECT_EQ(read(folder.filePath(backups.first())), before);
    // The old name of a key stays the one that is used.
    EXPECT_EQ(call({"broker", "config", "set", path, "max_concurrent_proofs=0"}).code, 0);
    EXPECT_TRUE(read(path).contains("max_concurrent_locks = 0 "));
    EXPECT_FALSE(read(path).contains("max_concurrent_proofs ="));
}

TEST_F(BoundlessCommandsTest, RefusesAWrongValueAndWritesNothing)
{
    const QByteArray before = read(data("broker-0.13.toml"));
    const QString path = write("broker.toml", before);
    for (const char *assignment : {"peak_prove_khz=fast", "peak_prove_khz", "no_such_key=1",
                                   "mcycle_price=-1", "order_pricing_priority=best"}) {
        const Answer answer
            = call({"broker", "config", "set", path, "lookback_blocks=0", assignment});
        EXPECT_EQ(answer.code, 2) << assignment;
        EXPECT_FALSE(answer.err.isEmpty());
    }
    EXPECT_EQ(read(path), before);
    const Answer same = call({"broker", "config", "set", path, "lookback_blocks=300"});
    EXPECT_EQ(same.code, 0);
    EXPECT_EQ(QDir(folder.path()).entryList(QDir::Files).size(), 1)
        << "nothing to write, no backup";
}

} // namespace
} // namespace proverdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/RunJson.h"

#include "support/Test.h"

#include <QJsonDocument>
#include <QTimeZone>

namespace proverdeck::models::store {
namespace {

const QDateTime kTime = QDateTime::fromMSecsSinceEpoch(1'795'268'695'123, Qt::UTC);

/// Through the text that the history holds.
template<class T> T again(const T &json)
{
    const QJsonDocument read = QJsonDocument::fromJson(QJsonDocument(json).toJson());
    if constexpr (std::is_same_v<T, QJsonArray>) {
        return read.array();
    } else {
        return read.object();
    }
}

TEST(RunJsonTest, KeepsEveryFieldOfAStep)
{
    QList<QPair<QString, StepState>> steps;
    for (int i = 0; i <= int(StepOutcome::Unknown); ++i) {
        steps << qMakePair(QStringLiteral("Step %1 „ü\"").arg(i),
                           StepState{StepOutcome(i), QStringLiteral("note\n%1").arg(i), kTime,
                                     kTime.addMSecs(i), i});
    }
    steps << qMakePair(QString("unknown"), StepState{});
    EXPECT_EQ(stepsFromJson(again(stepsToJson(steps))), steps);
}

TEST(RunJsonTest, KeepsTheTypesOfValues)
{
    const InputValues values{{"text", QString("a \"b\" ü")},
                             {"empty", QString("")},
                             {"number", qint64(9'007'199'254'740'993)},
                             {"negative", qint64(-1)},
                             {"yes", true},
                             {"no", false}};
    const InputValues read = valuesFromJson(again(valuesToJson(values)));
    EXPECT_EQ(read, values);
    EXPECT_EQ(read.value("number").typeId(), int(QMetaType::LongLong));
    EXPECT_EQ(read.value("no").typeId(), int(QMetaType::Bool));
    EXPECT_EQ(read.value("empty").typeId(), int(QMetaType::QString));
}

TEST(RunJsonTest, KeepsEveryFieldOfASession)
{
    report::Session session;
    EXPECT_EQ(sessionFromJson(again(sessionToJson(session))), session) << "all unknown";
    session.started = kTime;
    session.ended = kTime.addSecs(60);
    session.runId = "20261121-134455-sp1-4f2a";
    session.server = "me@host:22";
    session.backend = "sp1";
    session.gpu = false;
    session.gpus = {{"NVIDIA H200", "550.54", 143771}, {"NVIDIA L4", "", 0}};
    session.cpuModel = "AMD EPYC";
    session.memoryKiB = 1'056'000'000;
    session.gitRef = "main";
    session.commit = QString(40, 'c');
    session.commitSubject = "fix: a \"thing\"";
    session.txPerAccount = 50;
    session.txType = "erc20";
    session.endless = true;
    session.workflow = "ethrex-benchmark 1 (built in)";
    session.state = "done";
    EXPECT_EQ(sessionFromJson(again(sessionToJson(session))), session);
}

TEST(RunJsonTest, KeepsUnknownsNull)
{
    const QJsonObject session = sessionToJson({});
    for (const char *key : {"started", "ended", "gpu", "memory_kib", "tx_per_account", "endless"}) {
        EXPECT_TRUE(session.value(QLatin1String(key)).isNull()) << key;
    }
    const QJsonObject row = rowsToJson({ethrex::BatchRow{}}).at(0).toObject();
    for (const char *key : {"proving_time_ms", "proved_at", "gas_used", "tx_count", "blocks"}) {
        EXPECT_TRUE(row.value(QLatin1String(key)).isNull()) << key;
    }
}

TEST(RunJsonTest, KeepsEveryFieldOfARow)
{
    using ethrex::BatchFlag;
    ethrex::BatchRow full{.batch = 7,
                          .timeMs = 412053,
                          .allTimesMs = {412053, 412054},
                          .provedAt = kTime,
                          .facts = {quint64(9'007'199'254'740'993), 1072, 12},
                          .flags = BatchFlag::Empty | BatchFlag::WarmUp | BatchFlag::Repeat
                              | BatchFlag::Outlier | BatchFlag::MetricsMissing
                              | BatchFlag::L2Restarted | BatchFlag::Partial,
                          .line = 123};
    const QList<ethrex::BatchRow> rows{
        full, ethrex::BatchRow{.batch = 8},
        ethrex::BatchRow{.batch = 9, .timeMs = 0, .facts = {0, 0, 0}}};
    EXPECT_EQ(rowsFromJson(again(rowsToJson(rows))), rows);
}

TEST(RunJsonTest, KeepsEveryFieldOfAFinding)
{
    const QList<Finding> findings{
        {"a", Severity::Info, "text", "advice", {}, 1},
        {"b", Severity::Warning, "text", {}, {"prover.log", 12, 3'000'000'000, "line ü"}, 7},
        {"c", Severity::Error, {}, {}, {"l2.log", 0, -1, {}}, 1}};
    EXPECT_EQ(findingsFromJson(again(findingsToJson(findings))), findings);
}

TEST(RunJsonTest, ReadsForeignDocumentsWithoutHarm)
{
    const QJsonArray odd{1, "x", QJsonValue(), QJsonArray{1}, QJsonObject{{"batch", "seven"}}};
    EXPECT_EQ(stepsFromJson(odd).size(), odd.size());
    EXPECT_EQ(rowsFromJson(odd).size(), odd.size());
    EXPECT_EQ(findingsFromJson(odd).at(0).count, 1);
    EXPECT_EQ(sessionFromJson({{"gpu", "yes"}, {"gpus", 3}}).gpu, std::nullopt);
}

TEST(RunJsonTest, ANumberThatDoesNotFitIsUnknownAndNever0)
{
    const auto rowOf = [](const QJsonValue &gas) {
        return rowsFromJson({QJsonObject{{"gas_used", gas}}}).at(0).facts.gasUsed;
    };
    EXPECT_EQ(rowOf(-5), std::nullopt);
    EXPECT_EQ(rowOf(1e300), std::nullopt);
    EXPECT_EQ(rowOf("12"), std::nullopt);
    EXPECT_EQ(rowOf(qint64(12)), 12U);
    const ethrex::BatchRow huge{.batch = 1, .facts = {18'000'000'000'000'000'000U, {}, {}}};
    EXPECT_EQ(rowsFromJson(again(rowsToJson({huge}))).at(0).facts.gasUsed, huge.facts.gasUsed);
    EXPECT_EQ(sessionFromJson({{"tx_per_account", 1e12}}).txPerAccount, std::nullopt);
}

TEST(RunJsonTest, ReadsTheBatchesOfResultsJson)
{
    report::ResultDocument document;
    document.rows << ethrex::BatchRow{
        .batch = 7, .timeMs = 5000, .provedAt = kTime, .facts = {5'000'000, 10, 2}};
    document.findings << Finding{"a", Severity::Warning, "text", "advice", {}, 3};
    document.session.runId = "run";
    document.session.memoryKiB = 1024;
    document.session.cost = report::ServerCost{.cpuSeconds = 1.5, .seconds = 600};
    const QJsonObject json = again(report::toJson(document, true));
    EXPECT_EQ(rowsFromJson(json.value("batches").toArray()), document.rows);
    EXPECT_EQ(findingsFromJson(json.value("findings").toArray()), document.findings);
    EXPECT_EQ(sessionFromJson(json.value("session").toObject()), document.session);
}

TEST(RunTypesTest, EveryStateHasAWordOfItsOwn)
{
    QStringList words;
    for (int i = 0; i <= int(RunState::Detached); ++i) {
        const QString word = runStateWord(RunState(i));
        EXPECT_FALSE(word.isEmpty() || words.contains(word));
        EXPECT_EQ(runStateFromWord(word), RunState(i));
        words << word;
    }
    EXPECT_EQ(runStateFromWord("nonsense"), RunState::Unknown);
    EXPECT_FALSE(isFinal(RunState::TearingDown));
    EXPECT_TRUE(isFinal(RunState::Done));
}

TEST(RunTypesTest, ExitCodesAreThoseOfTheDesign)
{
    EXPECT_EQ(exitCodeFor(RunState::Done), 0);
    EXPECT_EQ(exitCodeFor(RunState::Failed), 1);
    EXPECT_EQ(exitCodeFor(RunState::Refused), 3);
    EXPECT_EQ(exitCodeFor(RunState::CheckFailed), 4);
    EXPECT_EQ(exitCodeFor(RunState::Cancelled), 5);
    EXPECT_EQ(exitCodeFor(RunState::Unknown), 6);
}

} // namespace
} // namespace proverdeck::models::store

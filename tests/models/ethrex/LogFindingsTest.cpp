// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/LogFindings.h"

#include "models/ethrex/LogPatterns.h"
#include "support/Test.h"

namespace proverdeck::models::ethrex {
namespace {

using proverdeck::testing::readData;

QList<Finding> findingsOf(LogKind kind, const QByteArray &bytes)
{
    LogFindings reader(kind, "some.log");
    reader.feed(bytes);
    reader.finish();
    return reader.findings();
}

QList<Finding> fileFindings(LogKind kind, const char *name)
{
    return findingsOf(kind, readData(QStringLiteral("ethrex/") + name));
}

// "code*count" of each.
QString shortly(const QList<Finding> &findings)
{
    QStringList list;
    for (const Finding &finding : findings) {
        list << (finding.count > 1 ? QString("%1*%2").arg(finding.code).arg(finding.count)
                                   : finding.code);
    }
    return list.join(' ');
}

LogKind kindOf(const QString &word)
{
    return word == "prover"  ? LogKind::Prover
        : word == "l2"       ? LogKind::L2
        : word == "loadtest" ? LogKind::LoadTest
                             : LogKind::Command;
}

TEST(LogFindingsTest, EveryTrapIsFoundByItsLineAndNothingElseIs)
{
    QStringList seen;
    for (const QByteArray &line : readData("ethrex/trap-lines.txt").split('\n')) {
        const QList<QByteArray> parts = line.split('|');
        if (line.startsWith('#') || parts.size() < 3) {
            continue;
        }
        const QByteArray text = line.mid(parts[0].size() + parts[1].size() + 2);
        const QString expected = parts[1] == "-" ? QString() : QString::fromUtf8(parts[1]);
        const QList<Finding> found = findingsOf(kindOf(parts[0]), "before\n" + text + "\nafter\n");
        EXPECT_EQ(shortly(found), expected) << text.toStdString();
        for (const Finding &finding : found) {
            seen << finding.code;
            EXPECT_EQ(finding.evidence,
                      (Evidence{"some.log", 2, 7, QString::fromUtf8(text).trimmed().left(500)}))
                << text.toStdString();
            EXPECT_FALSE(finding.text.contains("%1")) << finding.text.toStdString();
        }
    }
    for (const TrapPattern &pattern : trapPatterns()) {
        EXPECT_TRUE(seen.contains(pattern.code)) << "no line for " << pattern.code;
    }
}

TEST(LogFindingsTest, EveryTrapHasItsWords)
{
    QStringList codes = trapCodes();
    for (const TrapPattern &pattern : trapPatterns()) {
        EXPECT_TRUE(codes.contains(pattern.code)) << pattern.code;
    }
    for (const QString &code : codes) {
        const Finding finding = trapFinding(code.toStdString(), "X");
        EXPECT_GT(finding.text.size(), 20) << code.toStdString();
        EXPECT_GT(finding.advice.size(), 10) << code.toStdString();
    }
    EXPECT_EQ(codes.removeDuplicates(), 0);
}

TEST(LogFindingsTest, ReadsTheFixtures)
{
    EXPECT_EQ(shortly(fileFindings(LogKind::Prover, "prover-empty.log")),
              QString("coordinator-unreachable*4 version-mismatch*3"));
    EXPECT_EQ(shortly(fileFindings(LogKind::Prover, "prover-wrong-backend.log")),
              QString("wrong-backend*3"));
    EXPECT_EQ(shortly(fileFindings(LogKind::Prover, "prover-oom.log")),
              QString("sp1-gpu-server-crashed"));
    EXPECT_EQ(shortly(fileFindings(LogKind::Prover, "prover-oom-sp1v6.log")),
              QString("gpu-out-of-memory*2"));
    EXPECT_EQ(shortly(fileFindings(LogKind::Prover, "prover-oom-host.log")),
              QString("host-out-of-memory"));
    EXPECT_EQ(shortly(fileFindings(LogKind::Prover, "prover-payload.log")),
              QString("version-mismatch payload-log*12"));
    EXPECT_EQ(shortly(fileFindings(LogKind::Prover, "prover-untimed.log")), QString());
    EXPECT_EQ(shortly(fileFindings(LogKind::L2, "l2.log")), QString());
    EXPECT_EQ(shortly(fileFindings(LogKind::LoadTest, "loadtest.log")), QString());
    EXPECT_EQ(shortly(fileFindings(LogKind::LoadTest, "loadtest-endless.log")),
              QString("loadtest-rpc loadtest-round-failed"));
    const QList<Finding> port = fileFindings(LogKind::L2, "l2-port-in-use.log");
    ASSERT_EQ(shortly(port), QString("port-in-use"));
    EXPECT_TRUE(port.first().text.startsWith("Port 3900"));
    EXPECT_EQ(port.first().severity, Severity::Error);
}

TEST(LogFindingsTest, AColouredLogTellsTheSame)
{
    const QList<Finding> plain = fileFindings(LogKind::Prover, "prover.log");
    const QList<Finding> coloured = fileFindings(LogKind::Prover, "prover-ansi.log");
    ASSERT_EQ(shortly(plain), QString("submit-failed"));
    ASSERT_EQ(shortly(coloured), QString("submit-failed"));
    EXPECT_EQ(coloured.first().evidence.text, plain.first().evidence.text);
    EXPECT_EQ(coloured.first().evidence.line, plain.first().evidence.line);
}

TEST(LogFindingsTest, MakesOwnErrorIsTheLastResort)
{
    const QByteArray make = "make: *** [Makefile:88: deploy-l1] Error 101\n";
    EXPECT_EQ(shortly(findingsOf(LogKind::Command, make)), QString("make-failed"));
    EXPECT_EQ(shortly(findingsOf(LogKind::Command, "error[E0433]: x\n" + make)),
              QString("cargo-build-failed"));
    EXPECT_EQ(shortly(findingsOf(LogKind::Command, make + "error[E0433]: x\n")),
              QString("cargo-build-failed"));
}

TEST(LogFindingsTest, SaysWhichProgramOrPort)
{
    EXPECT_TRUE(findingsOf(LogKind::Command, "/bin/sh: 1: nvcc: not found\n")
                    .first()
                    .text.contains("nvcc"));
    EXPECT_TRUE(
        findingsOf(LogKind::Command, "Bind for 127.0.0.1:8545 failed: port is already allocated\n")
            .first()
            .text.startsWith("Port 8545"));
    EXPECT_TRUE(findingsOf(LogKind::Command, "bind: address already in use\n")
                    .first()
                    .text.startsWith("A port"));
    EXPECT_TRUE(findingsOf(LogKind::Command, "make: *** No rule to make target 'foo'.  Stop.\n")
                    .first()
                    .text.contains("foo"));
}

TEST(LogFindingsTest, IsTheSameWhereverItIsCut)
{
    const QByteArray bytes = readData("ethrex/prover-oom.log").last(700) + "x\n"
        + readData("ethrex/prover-ansi.log").mid(4000, 900);
    const QList<Finding> whole = findingsOf(LogKind::Prover, bytes);
    for (qsizetype cut = 0; cut <= bytes.size(); ++cut) {
        LogFindings reader(LogKind::Prover, "some.log");
        reader.feed(QByteArrayView(bytes).first(cut));
        reader.feed(QByteArrayView(bytes).sliced(cut));
        reader.finish();
        ASSERT_EQ(reader.findings(), whole) << "cut at " << cut;
    }
}

TEST(LogFindingsTest, EvidenceIsShort)
{
    const QByteArray line = "error: " + QByteArray(10 << 20, 'x') + " No space left on device\n";
    EXPECT_TRUE(
        findingsOf(LogKind::Command, line).isEmpty()); // beyond the part of a line that is kept
    const QByteArray known = "No space left on device " + QByteArray(10 << 20, 'x') + "\n";
    ASSERT_EQ(findingsOf(LogKind::Command, known).size(), 1);
    EXPECT_EQ(findingsOf(LogKind::Command, known).first().evidence.text.size(), 500);
}

Picture pictureOf(const char *log, const char *metrics)
{
    ProverLog reader;
    reader.feed(readData(QStringLiteral("ethrex/") + log));
    reader.finish();
    Picture picture;
    MetricsHistory history;
    if (metrics != nullptr) {
        history.add(parseMetrics(readData(QStringLiteral("ethrex/") + metrics))
                        .value_or(MetricsSnapshot()));
        picture.metricsAsked = true;
        picture.metricsReadable = true;
    }
    picture.proofs = reader.proofs();
    picture.rows = buildTable(reader.proofs(), history);
    picture.logFindings = reader.findings();
    picture.coloured = reader.isColoured();
    picture.l2Restarts = history.restarts();
    return picture;
}

TEST(JudgeTest, JudgesTheFixtures)
{
    EXPECT_EQ(shortly(judge(pictureOf("prover.log", "metrics.txt"))),
              QString("repeated-batch empty-batches*4 batch-outlier"));
    EXPECT_EQ(shortly(judge(pictureOf("prover-ansi.log", "metrics.txt"))),
              QString("coloured-log repeated-batch empty-batches*4 batch-outlier"));
    EXPECT_EQ(shortly(judge(pictureOf("prover-untimed.log", nullptr))),
              QString("no-timing*3 metrics-missing*3 nothing-counted"));
    EXPECT_EQ(shortly(judge(pictureOf("prover-empty.log", nullptr))), QString("nothing-counted"));
    EXPECT_EQ(shortly(judge(pictureOf("prover.log", "metrics-after-restart.txt"))),
              QString("repeated-batch empty-batches*3 l2-restarted nothing-counted"));
}

TEST(JudgeTest, PointsAtTheSecondProof)
{
    const QList<Finding> findings = judge(pictureOf("prover.log", "metrics.txt"));
    EXPECT_EQ(findings.first().evidence.line, 35);
    EXPECT_EQ(findings.first().evidence.log, QString("prover.log"));
    EXPECT_TRUE(findings.first().text.startsWith("Batch 8 was proved more than once"));
    EXPECT_TRUE(findings[2].text.startsWith("Batch 11 took"));
}

TEST(JudgeTest, MissingMetricsAreWorseIfTheyWereAskedFor)
{
    Picture picture = pictureOf("prover.log", nullptr);
    const auto severity = [&picture] {
        for (const Finding &finding : judge(picture)) {
            if (finding.code == "metrics-missing") {
                return severityWord(finding.severity);
            }
        }
        return QString();
    };
    EXPECT_EQ(severity(), QString("info"));
    picture.metricsAsked = true;
    EXPECT_EQ(severity(), QString("warning"));
}

TEST(JudgeTest, AStatusOfZeroIsNoSuccess)
{
    Picture picture = pictureOf("prover-oom-sp1v6.log", "metrics.txt");
    picture.proverExitCode = 0;
    EXPECT_TRUE(shortly(judge(picture)).contains("prover-exited-after-panic"));
    picture.proverExitCode = 101;
    EXPECT_FALSE(shortly(judge(picture)).contains("prover-exited"));
    picture = pictureOf("prover.log", "metrics.txt");
    picture.proverExitCode = 0;
    EXPECT_TRUE(shortly(judge(picture)).contains("prover-exited"));
}

TEST(FindingTest, MergesByCodeAndLog)
{
    QList<Finding> list;
    Finding finding = trapFinding("disk-full");
    finding.evidence.log = "a";
    EXPECT_TRUE(mergeFinding(list, finding));
    EXPECT_FALSE(mergeFinding(list, finding));
    finding.evidence.log = "b";
    EXPECT_TRUE(mergeFinding(list, finding));
    EXPECT_EQ(list[0].count, 2);
    EXPECT_EQ(severityWord(Severity::Info), QString("info"));
}

TEST(LogFindingsTest, WhatALineNamesObeysNobody)
{
    LogFindings log(LogKind::Command, "steps.log");
    log.feed("make: *** No rule to make target '\x1b]0;owned\a\xe2\x80\xae"
             "x\r\x07y'.  Stop.\n");
    log.finish();
    ASSERT_FALSE(log.findings().isEmpty());
    const Finding &finding = log.findings().constFirst();
    EXPECT_EQ(finding.code, "make-target-missing");
    for (const QString &text : {finding.text, finding.evidence.text}) {
        EXPECT_FALSE(text.contains(QChar(0x202e))) << text.toStdString();
        EXPECT_FALSE(text.contains(u'\r') || text.contains(u'\a') || text.contains(u'\x1b'));
    }
}

} // namespace
} // namespace proverdeck::models::ethrex

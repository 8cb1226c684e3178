// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/ProverLog.h"

#include "support/Test.h"

namespace proverdeck::models::ethrex {
namespace {

using proverdeck::testing::readData;

ProverLog readLog(const QByteArray &bytes)
{
    ProverLog log;
    log.feed(bytes);
    log.finish();
    return log;
}

ProverLog readFile(const char *name)
{
    return readLog(readData(QStringLiteral("ethrex/") + name));
}

QList<quint64> batches(const ProverLog &log)
{
    QList<quint64> list;
    for (const Proof &proof : log.proofs()) {
        list << proof.batch;
    }
    return list;
}

QStringList codes(const ProverLog &log)
{
    QStringList list;
    for (const Finding &finding : log.findings()) {
        list << finding.code;
    }
    return list;
}

TEST(ProverLogTest, ReadsTheFirstGeneration)
{
    const ProverLog log = readFile("prover.log");
    ASSERT_EQ(log.proofs().size(), 15);
    EXPECT_EQ(log.distinctBatches(), 14);
    const QByteArray bytes = readData(QStringLiteral("ethrex/prover.log"));
    const Proof &first = log.proofs().first();
    EXPECT_EQ(first.batch, 1U);
    EXPECT_EQ(first.timeMs, 71384);
    EXPECT_EQ(first.at, QDateTime(QDate(2026, 2, 12), QTime(15, 4, 23, 803), Qt::UTC));
    EXPECT_EQ(first.line, 11);
    EXPECT_EQ(first.offset, quint64(bytes.indexOf("2026-02-12T15:04:23.803198Z")));
    EXPECT_TRUE(first.firstOfProcess);
    EXPECT_FALSE(log.proofs()[1].firstOfProcess);
    EXPECT_EQ(log.provingNow(), std::nullopt);
    EXPECT_TRUE(log.hasContact());
    EXPECT_FALSE(log.isColoured());
    EXPECT_EQ(log.lastTimestamp(), QDateTime(QDate(2026, 2, 12), QTime(15, 34, 46, 784), Qt::UTC));
    EXPECT_EQ(codes(log), QStringList{"submit-failed"});
}

TEST(ProverLogTest, ColourMakesNoDifference)
{
    const ProverLog plain = readFile("prover.log");
    const ProverLog coloured = readFile("prover-ansi.log");
    EXPECT_TRUE(coloured.isColoured());
    ASSERT_EQ(coloured.proofs().size(), plain.proofs().size());
    for (qsizetype i = 0; i < plain.proofs().size(); ++i) {
        Proof proof = coloured.proofs()[i];
        proof.offset = plain.proofs()[i].offset;
        EXPECT_EQ(proof, plain.proofs()[i]);
    }
}

TEST(ProverLogTest, ReadsTheSecondGeneration)
{
    const ProverLog log = readFile("prover-payload.log");
    EXPECT_EQ(batches(log), (QList<quint64>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
    EXPECT_EQ(log.proofs().last().timeMs, 40755);
    EXPECT_EQ(codes(log), (QStringList{"version-mismatch", "payload-log"}));
}

TEST(ProverLogTest, ReadsTimesBelowAMillisecond)
{
    const ProverLog log = readFile("prover-exec.log");
    ASSERT_EQ(log.proofs().size(), 12);
    EXPECT_EQ(log.proofs().first().timeMs, 412);
    EXPECT_EQ(log.proofs().last().timeMs, 0);
    EXPECT_EQ(codes(log), QStringList{"exec-no-proof"});
    EXPECT_EQ(log.findings().first().count, 12);
}

TEST(ProverLogTest, UntimedStaysUntimed)
{
    const ProverLog log = readFile("prover-untimed.log");
    ASSERT_EQ(log.proofs().size(), 3);
    EXPECT_EQ(log.proofs().first().timeMs, std::nullopt);
    EXPECT_EQ(readLog("2026-02-12T18:21:01.091307Z  INFO Proved batch 1 in 47.12s batch=1\n")
                  .proofs()
                  .first()
                  .timeMs,
              std::nullopt);
}

TEST(ProverLogTest, KnowsWhatIsBeingProved)
{
    const ProverLog log = readFile("prover-oom.log");
    EXPECT_EQ(log.proofs().size(), 5);
    EXPECT_EQ(log.provingNow(), 6U);
    EXPECT_EQ(log.provingSince(), QDateTime(QDate(2026, 2, 12), QTime(19, 13, 49, 448), Qt::UTC));
    EXPECT_EQ(readFile("prover-oom-sp1v6.log").proofs().size(), 3);
    EXPECT_EQ(readFile("prover-oom-host.log").proofs().size(), 2);
    const ProverLog empty = readFile("prover-empty.log");
    EXPECT_TRUE(empty.proofs().isEmpty());
    EXPECT_FALSE(empty.hasContact());
    EXPECT_FALSE(readFile("prover-wrong-backend.log").hasContact());
}

TEST(ProverLogTest, NoiseIsNoTrouble)
{
    const ProverLog log = readFile("prover-cpu-noise.log");
    ASSERT_EQ(log.proofs().size(), 1);
    EXPECT_EQ(log.proofs().first().timeMs, 1664553);
    EXPECT_TRUE(log.findings().isEmpty());
}

TEST(ProverLogTest, ReadsOlderShapes)
{
    const ProverLog log = readLog("2026-02-12T18:21:01.091307Z DEBUG ethrex_prover::prover: Proved "
                                  "batch 4 in 1.00s batch=4 proving_time_s=1 proving_time_ms=1001\n"
                                  "2026-02-12T18:21:02Z  INFO ethrex_l2_prover: Proved batch 5 in "
                                  "2.00s batch=\"5\" proving_time_ms=\"2002\"\n"
                                  "2026-02-12T18:21:03.1Z  INFO batch=6 proving_time_s=3 "
                                  "proving_time_ms=3003 Proved batch 6 in 3.00s\n"
                                  "Proved batch 7 in 4.00s batch=7 proving_time_ms=4004\n");
    ASSERT_EQ(batches(log), (QList<quint64>{4, 5, 6, 7}));
    EXPECT_EQ(log.proofs()[1].timeMs, 2002);
    EXPECT_EQ(log.proofs()[2].timeMs, 3003);
    EXPECT_EQ(log.proofs()[2].at.time(), QTime(18, 21, 3, 100));
    EXPECT_FALSE(log.proofs()[3].at.isValid());
}

TEST(ProverLogTest, IsNotFooledByQuotes)
{
    const ProverLog log
        = readLog("2026-02-12T18:21:01.091307Z  INFO note: Proved batch 4 in 1.00s batch=4 "
                  "proving_time_ms=1001 was said\n"
                  "2026-02-12T18:21:01.091307Z  WARN peer said \"Proved batch 4 in 1.00s batch=4 "
                  "proving_time_ms=1001\"\n"
                  "2026-02-12T18:21:01.091307Z  INFO Proved batch 4 is the wording of upstream\n"
                  "2026-02-12T18:21:01.091307Z  INFO Proved batch 4 batch=5 proving_time_ms=5\n"
                  "grep 'Proved batch 9 batch=9 proving_time_ms=5' prover.log\n"
                  "2026-02-12T18:21:01.091307Z  INFO Proved batch 4x batch=4\n"
                  "2026-13-12T18:21:01.091307Z  INFO Proved batch 4 batch=4\n");
    EXPECT_EQ(batches(log), QList<quint64>{});
}

TEST(ProverLogTest, NumbersThatAreTooLargeAreIgnored)
{
    const ProverLog log
        = readLog("Proved batch 18446744073709551616 batch=18446744073709551616 proving_time_ms=5\n"
                  "Proved batch 18446744073709551615 batch=18446744073709551615 proving_time_ms=5\n"
                  "Proved batch 3 in 1s batch=3 proving_time_ms=99999999999999999999\n"
                  "Proved batch 4 in 1s batch=4 proving_time_ms=-7\n"
                  "Received Response for batch_number: 99999999999999999999\n");
    EXPECT_EQ(batches(log), (QList<quint64>{18446744073709551615U, 3, 4}));
    EXPECT_EQ(log.proofs()[1].timeMs, std::nullopt);
    EXPECT_EQ(log.proofs()[2].timeMs, std::nullopt);
    EXPECT_EQ(log.provingNow(), std::nullopt);
}

TEST(ProverLogTest, ANewProcessWarmsUpAgain)
{
    const QByteArray proved = "2026-02-12T18:21:01.091307Z ERROR Proved batch N in 1.00s batch=N "
                              "proving_time_ms=1001\n";
    const auto line
        = [&proved](const char *number) { return QByteArray(proved).replace('N', number); };
    const ProverLog log = readLog(
        line("1") + line("2") + "     Running `/x/target/release/ethrex l2 prover --backend sp1`\n"
        + line("3") + line("4") + "2026-02-12T18:22:00.0Z  INFO Prover started for [\"tcp://x\"]\n"
        + line("5"));
    QList<bool> fresh;
    for (const Proof &proof : log.proofs()) {
        fresh << proof.firstOfProcess;
    }
    EXPECT_EQ(fresh, (QList<bool>{true, false, true, false, true}));
}

class ProverLogFile : public ::testing::TestWithParam<const char *>
{
};

TEST_P(ProverLogFile, IsTheSameWhereverItIsCut)
{
    const QByteArray bytes = readData(QStringLiteral("ethrex/") + GetParam());
    const ProverLog whole = readLog(bytes);
    for (qsizetype cut = 0; cut <= bytes.size(); ++cut) {
        ProverLog log;
        log.feed(QByteArrayView(bytes).first(cut));
        log.feed(QByteArrayView(bytes).sliced(cut));
        log.finish();
        ASSERT_EQ(log.proofs(), whole.proofs()) << "cut at " << cut;
        ASSERT_EQ(log.findings(), whole.findings()) << "cut at " << cut;
        ASSERT_EQ(log.lastTimestamp(), whole.lastTimestamp()) << "cut at " << cut;
    }
    ProverLog byByte;
    for (const char &byte : bytes) {
        byByte.feed(QByteArrayView(&byte, 1));
    }
    byByte.finish();
    EXPECT_EQ(byByte.proofs(), whole.proofs());
    EXPECT_EQ(byByte.findings(), whole.findings());
}

TEST_P(ProverLogFile, WindowsLineEndsAndBrokenBytesMakeNoDifference)
{
    QByteArray bytes = readData(QStringLiteral("ethrex/") + GetParam());
    const ProverLog plain = readLog(bytes);
    bytes.replace("\n", "\r\n\xff\xfe\x80 no utf-8\r\n");
    const ProverLog log = readLog(bytes);
    ASSERT_EQ(log.proofs().size(), plain.proofs().size());
    for (qsizetype i = 0; i < log.proofs().size(); ++i) {
        EXPECT_EQ(log.proofs()[i].timeMs, plain.proofs()[i].timeMs);
    }
    EXPECT_EQ(log.provingNow(), plain.provingNow());
}

INSTANTIATE_TEST_SUITE_P(Fixtures, ProverLogFile,
                         ::testing::Values("prover.log", "prover-ansi.log", "prover-payload.log",
                                           "prover-exec.log", "prover-oom.log",
                                           "prover-oom-sp1v6.log", "prover-oom-host.log",
                                           "prover-empty.log", "prover-untimed.log",
                                           "prover-cpu-noise.log", "prover-wrong-backend.log"));

} // namespace
} // namespace proverdeck::models::ethrex

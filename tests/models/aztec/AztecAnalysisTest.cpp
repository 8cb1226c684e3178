// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/Analysis.h"
#include "models/aztec/AztecFixture.h"
#include "models/aztec/FindingTexts.h"

namespace proverdeck::models::aztec {
namespace {

using testing::Fleet;
using testing::fleetOf;
using testing::sample;

class AztecMachineA : public ::testing::TestWithParam<const char *>
{
};

TEST_P(AztecMachineA, EachJobCountsOnce)
{
    const Fleet fleet = fleetOf({GetParam()});
    const TypeStats tube = fleet.type(3054, "TUBE_PROOF");
    const TypeStats base = fleet.type(3054, "PUBLIC_BASE_ROLLUP");
    const TypeStats merge = fleet.type(3054, "MERGE_ROLLUP");
    EXPECT_EQ(tube.completed, 8);
    EXPECT_EQ(base.completed, 6);
    EXPECT_EQ(merge.completed, 4);
    EXPECT_EQ(tube.mostAttempts, 1);
    EXPECT_EQ(base.enqueued, 3);
    EXPECT_EQ(merge.enqueued, 3);
    EXPECT_EQ(tube.started, 12);
    EXPECT_EQ(base.started, 3);
    EXPECT_EQ(merge.started, 3);
    EXPECT_EQ(tube.startUnseen + base.startUnseen + merge.startUnseen, 15);
    EXPECT_EQ(tube.work.n, 1);
    EXPECT_EQ(merge.work.n, 2);
    EXPECT_EQ(base.work.n, 0);
    EXPECT_EQ(fleet.jobsIn(JobState::InProgress), 15);
    EXPECT_EQ(fleet.jobsIn(JobState::Completed), 18);
    EXPECT_EQ(fleet.analysis.blocks.at(53193).slot, 97769);
    EXPECT_EQ(fleet.analysis.machines.value(0).role, QString("complete-node"));
}

INSTANTIATE_TEST_SUITE_P(Framings, AztecMachineA,
                         ::testing::Values("machine-a-epoch-3054.log",
                                           "machine-a-epoch-3054.json.log",
                                           "machine-a-epoch-3054.color.log"));

TEST(AztecAnalysisTest, ABrokerAloneKnowsNoWorkAndNoWait)
{
    const Fleet fleet = fleetOf({"machine-a-epoch-3054.broker.log"});
    const TypeStats tube = fleet.type(3054, "TUBE_PROOF");
    EXPECT_EQ(tube.completed, 8);
    EXPECT_FALSE(tube.started);
    EXPECT_FALSE(tube.work.median);
    EXPECT_EQ(tube.work.why, QString("no-agent-log"));
    EXPECT_EQ(tube.whyNoPeak, QString("no-agent-log"));
    EXPECT_EQ(tube.cadence.n, 7);
}

TEST(AztecAnalysisTest, AnAgentAloneKnowsNoQueue)
{
    const Fleet fleet = fleetOf({"machine-b-epoch-3055.log"});
    const TypeStats tube = fleet.type(3055, "TUBE_PROOF");
    const TypeStats vm = fleet.type(3055, "PUBLIC_VM");
    EXPECT_FALSE(tube.enqueued);
    EXPECT_EQ(tube.started, 31);
    EXPECT_EQ(tube.completed, 9);
    EXPECT_EQ(vm.started, 17);
    EXPECT_EQ(vm.completed, 3);
    EXPECT_EQ(fleet.type(3055, "PUBLIC_BASE_ROLLUP").started, 1);
    EXPECT_EQ(tube.wait.why, QString("no-broker-log"));
    EXPECT_EQ(fleet.analysis.txs.size(), 17);
    ASSERT_EQ(fleet.analysis.startUps.size(), 1);
    EXPECT_EQ(fleet.analysis.startUps.first().crs.value(1).bytes, 33'554'433LL * 64);
    const auto base
        = std::find_if(fleet.analysis.circuits.begin(), fleet.analysis.circuits.end(),
                       [](const CircuitRow &row) { return row.type == "PUBLIC_BASE_ROLLUP"; });
    ASSERT_NE(base, fleet.analysis.circuits.end());
    EXPECT_NEAR(*base->witnessMs.median, 3217.48, 0.01);
    EXPECT_EQ(*base->inputBytes.median, 552'148);
    EXPECT_EQ(*base->outputBytes.median, 1170);
    EXPECT_EQ(fleet.analysis.machines.value(0).role, QString("worker"));
    EXPECT_EQ(fleet.analysis.agents.value(0).verdict, QString("working"));
}

TEST(AztecAnalysisTest, MachinesTogetherAndInAnyOrder)
{
    const Fleet one = fleetOf({"machine-a-epoch-3054.log", "machine-b-epoch-3055.log"});
    const Fleet two = fleetOf({"machine-b-epoch-3055.log", "machine-a-epoch-3054.log"});
    for (const Fleet *fleet : {&one, &two}) {
        EXPECT_EQ(fleet->jobsIn(JobState::Completed), 30);
        EXPECT_EQ(fleet->type(3054, "TUBE_PROOF").completed, 8);
        EXPECT_EQ(fleet->type(3055, "TUBE_PROOF").completed, 9);
        EXPECT_EQ(fleet->analysis.machines.size(), 2);
    }
}

/// The broker's lines on one machine, the agent's on another whose clock is 7.5 s late.
TEST(AztecAnalysisTest, JoinsHalvesOfAJobAndCorrectsTheClock)
{
    QByteArray broker;
    QByteArray agent;
    const QList<QByteArray> lines = sample("v4-v5-vocabulary.log").split('\n');
    for (const QByteArray &line : lines) {
        (line.startsWith("agent") ? agent : broker) += line + '\n';
    }
    for (int minute = 0; minute < 11; ++minute) { // 15:00:00.740 → 14:59:53.240 and so on
        for (int second = 0; second < 60; ++second) {
            const int from = (15 * 60 + minute) * 60 + second;
            const auto clock = [](int s) {
                return QString("[%1:%2:%3.")
                    .arg(s / 3600, 2, 10, QChar('0'))
                    .arg(s / 60 % 60, 2, 10, QChar('0'))
                    .arg(s % 60, 2, 10, QChar('0'))
                    .toUtf8();
            };
            agent.replace(clock(from), clock(from - 8));
        }
    }
    Fleet fleet;
    fleet.add(agent, "worker");
    fleet.add(broker, "coordinator");
    fleet.finish();
    const auto worker = std::find_if(fleet.analysis.machines.begin(), fleet.analysis.machines.end(),
                                     [](const MachineRow &row) { return row.name == "worker"; });
    ASSERT_NE(worker, fleet.analysis.machines.end());
    ASSERT_TRUE(worker->clockOffsetMs);
    EXPECT_NEAR(double(*worker->clockOffsetMs), 8005, 2);
    EXPECT_EQ(fleet.troubles("clocks-differ").size(), 1);
    const TypeStats root = fleet.type(1187, "ROOT_ROLLUP");
    EXPECT_NEAR(*root.wait.median, 645, 5);
    EXPECT_EQ(*root.work.median, 93'030);
    EXPECT_EQ(root.completed, 1);
}

TEST(AztecAnalysisTest, PastMidnight)
{
    const Fleet fleet = fleetOf({"midnight.log"});
    EXPECT_EQ(*fleet.type(3097, "PUBLIC_BASE_ROLLUP").work.median, 48'097);
    EXPECT_EQ(fleet.analysis.timeText(fleet.analysis.last), QString("2025-07-09T00:00:38.412Z"));
}

TEST(AztecAnalysisTest, AMessIsStillOneJob)
{
    const Fleet fleet = fleetOf({"messy-crlf.log"});
    ASSERT_EQ(fleet.analysis.jobs.size(), 1U);
    EXPECT_EQ(fleet.analysis.jobs.front().workMs, 18'447);
    EXPECT_EQ(fleet.analysis.timeText(fleet.analysis.jobs.front().started),
              QString("2025-07-08T10:04:01.204Z"));
    EXPECT_EQ(fleet.troubles("container-exited").size(), 1);
}

TEST(AztecAnalysisTest, NewerVersionsAndNamesThatNobodyKnows)
{
    Fleet fleet = fleetOf({"v4-v5-vocabulary.log"});
    EXPECT_EQ(fleet.epoch(1187)->types.size(), 13);
    const TypeStats vm = fleet.type(1187, "PUBLIC_VM");
    EXPECT_EQ(vm.timedOut, 3);
    EXPECT_EQ(vm.failed, 1);
    EXPECT_EQ(vm.completed, 1);
    EXPECT_EQ(fleet.type(1187, "PUBLIC_TX_BASE_ROLLUP").queued, 1); // cancelled and revived
    EXPECT_EQ(fleet.type(1187, "PARITY_BASE").completed, 1);
    EXPECT_EQ(fleet.epoch(1187)->outcome, QString("submitted"));
    EXPECT_FALSE(fleet.analysis.network);

    Fleet other;
    other.add(sample("v4-v5-vocabulary.log").replace("PARITY_ROOT", "MYSTERY_9"), "m");
    other.finish();
    EXPECT_EQ(other.type(1187, "MYSTERY_9").completed, 1);
}

TEST(AztecAnalysisTest, TheLifeOfAnEpoch)
{
    const Fleet fleet = fleetOf({"prover-node-epoch-3054-lifecycle.log"});
    const EpochRow *row = fleet.epoch(3054);
    ASSERT_TRUE(row);
    const auto text = [&](qint64 time) { return fleet.analysis.timeText(time); };
    EXPECT_EQ(row->outcome, QString("submitted"));
    EXPECT_EQ(text(row->started), QString("2025-07-08T09:57:31.402Z"));
    EXPECT_EQ(text(row->submitting), QString("2025-07-08T10:11:40.641Z"));
    EXPECT_EQ(text(row->mined), QString("2025-07-08T10:12:05.388Z"));
    EXPECT_EQ(text(row->deadline), QString("2025-07-08T10:16:45.000Z"));
    EXPECT_NEAR(*row->provingMs, 848'755, 1);
    EXPECT_EQ(*row->marginMs, 279'612);
    EXPECT_EQ(fleet.analysis.provenTip, 53'184);
    EXPECT_EQ(row->from, 53'153);
    EXPECT_EQ(row->to, 53'184);
}

TEST(AztecAnalysisTest, TheNodesOwnCountOfWhatIsLeft)
{
    const Fleet fleet = fleetOf({"prover-node-verbose.log"});
    EXPECT_EQ(fleet.analysis.polls.first().outstanding, 96);
    EXPECT_EQ(fleet.analysis.polls.last().outstanding, 13);
    EXPECT_EQ(fleet.epoch(3054)->outstanding, 13);
}

TEST(AztecAnalysisTest, BlocksTellTheNetworkAndTheDate)
{
    const Fleet fleet = fleetOf({"machine-a-blocks.log"});
    ASSERT_TRUE(fleet.analysis.network);
    EXPECT_EQ(fleet.analysis.network->name, QString("alpha-testnet"));
    const BlockNote &block = fleet.analysis.blocks.at(53'225);
    EXPECT_EQ(block.slot, 97'801);
    EXPECT_EQ(block.foundTxs, 3);
    EXPECT_EQ(block.wantedTxs, 3);
    EXPECT_EQ(block.fromMempool, 3);
    EXPECT_EQ(fleet.analysis.provenTip, 53'215);
    EXPECT_EQ(fleet.analysis.peers, 98);
    EXPECT_EQ(fleet.analysis.logs.first().dateFrom, QString("blocks"));
    EXPECT_EQ(fleet.analysis.timeText(fleet.analysis.first), QString("2025-07-08T10:20:58.231Z"));
}

TEST(AztecAnalysisTest, ExpectedTotalsNeedTheSizeOfEveryBlock)
{
    QByteArray log
        = "[09:57:31.402] INFO: prover-node:epoch-proving-job Starting epoch 3054 proving "
          "job with blocks 10 to 12 {\"fromBlock\":10,\"toBlock\":12,\"epochNumber\":3054}\n";
    const auto job = [](const char *type, char digit) -> QByteArray {
        return QByteArray(
                   "[09:57:40.000] INFO: prover-client:proving-broker New proving job id=3054:")
            + type + ':' + QByteArray(64, digit) + " epochNumber=3054\n";
    };
    log += job("TUBE_PROOF", 'a') + job("MERGE_ROLLUP", 'b') + job("PUBLIC_BASE_ROLLUP", 'c');
    const auto block = [](int number, int txs) {
        return QString(
                   "[09:57:35.000] INFO: prover-client:orchestrator Adding %1 transactions with 9 "
                   "blob fields to block %2\n")
            .arg(txs)
            .arg(number)
            .toUtf8();
    };
    Fleet part;
    part.add(log + block(10, 4) + block(11, 1), "m");
    part.finish();
    EXPECT_FALSE(part.type(3054, "TUBE_PROOF").expected);
    Fleet whole;
    whole.add(log + block(10, 4) + block(11, 1) + block(12, 0), "m");
    whole.finish();
    EXPECT_EQ(whole.type(3054, "TUBE_PROOF").expected, 5);
    EXPECT_EQ(whole.type(3054, "MERGE_ROLLUP").expected, 2);
    EXPECT_FALSE(whole.type(3054, "PUBLIC_BASE_ROLLUP").expected);
}

TEST(AztecAnalysisTest, ComparesOnlyWhatIsEnough)
{
    const auto epoch = [](int number, int jobs, int seconds) {
        QByteArray log;
        for (int i = 0; i < jobs; ++i) {
            const QByteArray id = QByteArray::number(number)
                + ":TUBE_PROOF:" + QByteArray::number(number * 1000 + i).rightJustified(64, '0');
            const auto at = [&](int s, int ms) {
                return QString("[10:%1:%2.%3] INFO: prover-client:proving-agent ")
                    .arg(s / 60, 2, 10, QChar('0'))
                    .arg(s % 60, 2, 10, QChar('0'))
                    .arg(ms, 3, 10, QChar('0'))
                    .toUtf8();
            };
            log += at(i, 0) + "Starting job id=" + id + " type=TUBE_PROOF inputsUri=x\n";
            log += at(i + seconds, i * 7) + "Job id=" + id
                + " type=TUBE_PROOF completed outputUri=x\n";
        }
        return log;
    };
    Fleet fleet;
    fleet.add(epoch(1, 12, 18), "a");
    fleet.add(epoch(2, 12, 25), "b");
    fleet.add(epoch(3, 3, 90), "c");
    fleet.finish();
    EXPECT_EQ(compareEpochs(fleet.analysis, 1, 2).value(0).verdict, QString("b-slower"));
    EXPECT_EQ(compareMachines(fleet.analysis, "b", "a").value(0).verdict, QString("b-faster"));
    EXPECT_EQ(compareEpochs(fleet.analysis, 1, 3).value(0).verdict, QString("too-few"));
    EXPECT_EQ(compareEpochs(fleet.analysis, 1, 1).value(0).verdict, QString("no-clear-difference"));
}

TEST(AztecAnalysisTest, AJobThatRepeatsForEverTakesNoMoreMemory)
{
    const QByteArray id = "3062:TUBE_PROOF:" + QByteArray(64, 'a');
    QByteArray round = "[12:00:00.000] INFO: prover-client:proving-agent Starting job id=" + id
        + " type=TUBE_PROOF inputsUri=x\n[12:00:31.000] WARN: prover-client:proving-broker Proving "
          "job id="
        + id + " timed out. Adding it back to the queue.\n";
    Fleet fleet;
    fleet.add(round.repeated(5000), "m");
    fleet.finish();
    EXPECT_EQ(fleet.gathering->book().sightings(), std::size_t(JobBook::MostLines));
    EXPECT_EQ(fleet.type(3062, "TUBE_PROOF").timedOut, 5000);
    EXPECT_EQ(fleet.analysis.jobs.front().starts, 5000);
    ASSERT_EQ(fleet.troubles("job-stuck").size(), 1);
    EXPECT_LE(fleet.troubles("job-stuck").first().evidence.size(), 50);
}

TEST(AztecAnalysisTest, HowAJobEndedIsKnownAlsoAfterManyLines)
{
    const QByteArray id = "3062:TUBE_PROOF:" + QByteArray(64, 'a');
    const QByteArray start = "[12:00:00.000] INFO: prover-client:proving-agent Starting job id="
        + id + " type=TUBE_PROOF inputsUri=x\n";
    const QByteArray done = "[12:00:31.000] INFO: prover-client:proving-agent Job id=" + id
        + " type=TUBE_PROOF completed outputUri=x\n";
    const QByteArray complete = "[12:00:32.000] INFO: prover-client:proving-broker Proving job "
                                "complete id="
        + id + " type=TUBE_PROOF totalAttempts=3\n";
    Fleet fleet;
    fleet.add(start.repeated(1000) + complete, "m");
    fleet.finish();
    EXPECT_EQ(fleet.gathering->book().sightings(), std::size_t(JobBook::MostLines + 1));
    EXPECT_EQ(fleet.analysis.jobs.front().state, JobState::Completed);
    EXPECT_EQ(fleet.analysis.jobs.front().starts, 1000);
    // Nor are those without end; one that is only counted does no harm.
    Fleet more;
    more.add(start.repeated(1000) + done.repeated(1000) + complete, "m");
    more.finish();
    EXPECT_EQ(more.gathering->book().sightings(),
              std::size_t(JobBook::MostLines + JobBook::MostEnds));
    EXPECT_EQ(more.analysis.jobs.front().state, JobState::Completed);
}

TEST(AztecAnalysisTest, ALogThatWasSavedTwiceCountsOnce)
{
    const Fleet fleet = fleetOf({"unhealthy.log", "unhealthy.json.log"});
    EXPECT_EQ(fleet.type(3062, "TUBE_PROOF").timedOut, 6);
    EXPECT_EQ(fleet.type(3062, "MERGE_ROLLUP").timedOut, 1);
    EXPECT_EQ(fleet.type(3061, "PUBLIC_VM").retried, 2);
    const Fleet parts = fleetOf({"machine-a-epoch-3054.log", "machine-a-epoch-3054.broker.log"});
    EXPECT_EQ(parts.type(3054, "TUBE_PROOF").completed, 8);
    EXPECT_EQ(parts.type(3054, "TUBE_PROOF").attempts, 8);
    EXPECT_EQ(parts.type(3054, "MERGE_ROLLUP").enqueued, 3);
}

} // namespace
} // namespace proverdeck::models::aztec

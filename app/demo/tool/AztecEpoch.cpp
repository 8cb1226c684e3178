// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/AztecFleet.h"

#include <algorithm>
#include <array>
#include <utility>

namespace proverdeck::demo {
namespace {

constexpr long long Genesis = 1'748'449'293'000; // slot 0 of alpha-testnet
constexpr long long EpochMs = 32 * 36'000;
constexpr long long EarlyMs = 2000; // the node begins when the last block is there
constexpr int Blocks = 4;
constexpr int TxsPerBlock = 6;
constexpr long long RestartAfterMs = 150'000;
constexpr long long BackAfterMs = 5000;
constexpr long long TimeoutMs = 31'000;
constexpr long long SkewMs = 180; // how far machine-b's clock is ahead
constexpr int KillsToFail = 3;

constexpr char Node[] = "machine-a/aztec-prover-prover-node-1";
constexpr char Broker[] = "machine-a/aztec-prover-broker-1";
constexpr char AgentA[] = "machine-a/aztec-prover-agent-1";
constexpr char AgentB[] = "machine-b/prover-agent-1";

struct Kind
{
    const char *name;
    int number; // of ProvingRequestType in 1.1.x
    int rank; // the broker's hand-out order
    double seconds;
    const char *artifact; // null: the back end says it in its own way
    const char *circuit;
    int witnessMs;
    int inputSize;
};

enum KindIndex {
    Vm,
    Private,
    Public,
    Merge,
    BlockRoot,
    BlockMerge,
    Root,
    BaseParity,
    RootParity,
    Tube
};

constexpr std::array<Kind, 10> Kinds{{
    {"PUBLIC_VM", 0, 7, 55, nullptr, "avm-circuit", 0, 0},
    {"PRIVATE_BASE_ROLLUP", 1, 6, 62, "PrivateBaseRollupArtifact", "private-base-rollup", 2900,
     498'212},
    {"PUBLIC_BASE_ROLLUP", 2, 5, 44, "PublicBaseRollupArtifact", "public-base-rollup", 3217,
     552'148},
    {"MERGE_ROLLUP", 3, 4, 11, "MergeRollupArtifact", "merge-rollup", 31, 69'388},
    {"BLOCK_ROOT_ROLLUP", 6, 0, 61, "BlockRootRollupArtifact", "block-root-rollup", 410, 1'204'331},
    {"BLOCK_MERGE_ROLLUP", 8, 2, 15, "BlockMergeRollupArtifact", "block-merge-rollup", 35, 71'020},
    {"ROOT_ROLLUP", 9, 3, 21, "RootRollupArtifact", "root-rollup", 40, 74'115},
    {"BASE_PARITY", 10, 10, 4, "BaseParityArtifact", "base-parity", 120, 31'000},
    {"ROOT_PARITY", 11, 9, 30, "RootParityArtifact", "root-parity", 180, 64'700},
    {"TUBE_PROOF", 12, 8, 18, nullptr, "tubeCircuit", 0, 0},
}};

std::string clock(long long ms)
{
    const long long day = ms % 86'400'000;
    return text("[%02lld:%02lld:%02lld.%03lld]", day / 3'600'000, day / 60'000 % 60,
                day / 1000 % 60, day % 1000);
}

struct Job
{
    int kind = 0;
    std::string id;
    std::string tx; // of a PUBLIC_VM
    std::vector<int> needs;
    long long ready = -1; // enqueued
    long long done = -1;
    int attempts = 1; // as the broker counts
    int kills = 0;
    bool isStuck = false;
};

struct Agent
{
    const char *container = nullptr;
    long long freeAt = 0;
};

/// One epoch played in advance: jobs become ready, agents take them, lines are written.
class Play
{
public:
    Play(const State &state, long long epoch)
        : m_state(state)
        , m_epoch(epoch)
        , m_start(fleetEpochStart(epoch))
        , m_deadline(fleetEpochStart(epoch + 1) + EarlyMs)
        , m_seed(mix(static_cast<std::uint64_t>(epoch)))
    {
        for (int i = 0; i < 12; ++i) {
            m_agents.push_back({i < 4 ? AgentA : AgentB, m_start});
        }
        m_uuid = hex("job" + std::to_string(epoch), 8) + "-9d2e-4d0b-8a61-"
            + hex("uuid" + std::to_string(epoch), 12);
    }

    std::vector<FleetLine> lines()
    {
        plan();
        openEpoch();
        work();
        closeEpoch();
        neighbours();
        std::stable_sort(m_lines.begin(), m_lines.end(),
                         [](const FleetLine &a, const FleetLine &b) { return a.ms < b.ms; });
        return std::move(m_lines);
    }

private:
    void say(const char *container, long long ms, const std::string &message,
             const char *level = "INFO")
    {
        const long long skew = startsWith(container, "machine-b") ? SkewMs : 0;
        m_lines.push_back({ms, container, false, clock(ms + skew) + " " + level + ": " + message});
    }
    void goOn(const char *line)
    {
        m_lines.push_back({m_lines.back().ms, m_lines.back().container, false, line});
    }
    double random()
    {
        return static_cast<double>((m_seed = mix(m_seed)) >> 11U) / 9007199254740992.0;
    }
    std::string data(const Job &job) const { return " {\"provingJobId\":\"" + job.id + "\"}"; }
    long long firstBlock() const { return m_epoch * 17 + 1201; }
    std::string blockRange() const
    {
        return "\"fromBlock\":" + std::to_string(firstBlock())
            + ",\"toBlock\":" + std::to_string(firstBlock() + Blocks - 1);
    }
    std::string ids() const
    {
        return "\"epochNumber\":" + std::to_string(m_epoch) + ",\"uuid\":\"" + m_uuid + "\"";
    }

    int add(int kind, std::vector<int> needs)
    {
        const std::string number = std::to_string(m_jobs.size());
        Job job;
        job.kind = kind;
        job.id = std::to_string(m_epoch) + ":" + Kinds[static_cast<std::size_t>(kind)].name + ":"
            + hex("job" + std::to_string(m_epoch) + "/" + number, 64);
        job.needs = std::move(needs);
        m_jobs.push_back(std::move(job));
        return static_cast<int>(m_jobs.size()) - 1;
    }

    void plan()
    {
        std::vector<int> roots;
        for (int block = 0; block < Blocks; ++block) {
            std::vector<int> parities;
            for (int i = 0; i < 4; ++i) {
                parities.push_back(add(BaseParity, {}));
            }
            const int parity = add(RootParity, parities);
            std::vector<int> level;
            for (int tx = 0; tx < TxsPerBlock; ++tx) {
                const std::string hash = "0x"
                    + hex("tx" + std::to_string(m_epoch) + "/" + std::to_string(block * 100 + tx),
                          64);
                m_txs.push_back(hash);
                const int tube = add(Tube, {});
                if (tx % 3 == 2) {
                    level.push_back(add(Private, {tube}));
                } else {
                    const int vm = add(Vm, {});
                    m_jobs.back().tx = hash;
                    level.push_back(add(Public, {tube, vm}));
                }
            }
            while (level.size() > 2) {
                std::vector<int> next;
                for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
                    next.push_back(add(Merge, {level[i], level[i + 1]}));
                }
                if (level.size() % 2 != 0) {
                    next.push_back(level.back());
                }
                level = std::move(next);
            }
            level.push_back(parity);
            roots.push_back(add(BlockRoot, level));
        }
        const int left = add(BlockMerge, {roots[0], roots[1]});
        const int right = add(BlockMerge, {roots[2], roots[3]});
        m_root = add(Root, {left, right});
        for (Job &job : m_jobs) {
            if (job.kind == Tube && m_state.hasFault("job-stuck")) {
                job.isStuck = true;
                break;
            }
        }
        for (Job &job : m_jobs) {
            if (job.kind == Vm && m_state.hasFault("prover-killed")) {
                job.kills = m_epoch % 2 == 0 ? KillsToFail - 1 : KillsToFail;
                break;
            }
        }
    }

    void openEpoch()
    {
        const std::string number = std::to_string(m_epoch);
        const long long first = firstBlock();
        const std::string last = std::to_string(first + Blocks - 1);
        say(Node, m_start + 100,
            text("prover-node:combined-prover-coordination Check for %zu txs found all in the pool",
                 m_txs.size()));
        say(Node, m_start + 1386,
            "prover-node:epoch-proving-job Starting epoch " + number + " proving job with blocks "
                + std::to_string(first) + " to " + last + " {" + blockRange()
                + ",\"epochSizeBlocks\":" + std::to_string(Blocks) + "," + ids() + "}");
        say(Node, m_start + 1850,
            "prover-client:orchestrator Starting epoch " + number + " with "
                + std::to_string(Blocks) + " blocks");
        for (int block = 0; block < Blocks; ++block) {
            const long long ms = m_start + 3000 + block * 640;
            const std::string own = std::to_string(first + block);
            say(Node, ms,
                "prover-client:orchestrator Starting block " + own + " for slot "
                    + std::to_string(m_epoch * 32 + block * 8));
            say(Node, ms + 108,
                text("prover-client:orchestrator Adding %d transactions with %d blob fields to "
                     "block ",
                     TxsPerBlock, 312 + block * 8)
                    + own);
            for (int tx = 0; tx < TxsPerBlock; ++tx) {
                say(Node, ms + 121 + tx * 37,
                    "prover-client:orchestrator Received transaction: "
                        + m_txs[static_cast<std::size_t>(block * TxsPerBlock + tx)]);
            }
        }
    }

    /// Whether the container is down at this time by the fault container-restart.
    bool isDown(const Agent &agent, long long ms) const
    {
        return agent.container == AgentB && m_state.hasFault("container-restart")
            && ms >= m_start + RestartAfterMs && ms < m_start + RestartAfterMs + BackAfterMs;
    }

    void enqueue(int index, long long ms)
    {
        Job &job = m_jobs[static_cast<std::size_t>(index)];
        job.ready = ms;
        m_queue.push_back(index);
        say(Broker, ms,
            "prover-client:proving-broker New proving job id=" + job.id
                + " epochNumber=" + std::to_string(m_epoch) + data(job));
    }

    void enqueueReady(long long ms)
    {
        for (std::size_t i = 0; i < m_jobs.size(); ++i) {
            Job &job = m_jobs[i];
            const bool isReady = job.ready < 0 && !job.needs.empty()
                && std::all_of(job.needs.begin(), job.needs.end(), [&](int need) {
                                     const long long done
                                         = m_jobs[static_cast<std::size_t>(need)].done;
                                     return done >= 0 && done <= ms;
                                 });
            if (isReady) {
                enqueue(static_cast<int>(i), ms + 200 + static_cast<long long>(random() * 400));
            }
        }
    }

    void work()
    {
        long long ms = m_start + 4200;
        for (std::size_t i = 0; i < m_jobs.size(); ++i) {
            if (m_jobs[i].needs.empty()) {
                enqueue(static_cast<int>(i), ms += 23);
            }
        }
        for (long long now = m_start + 4200; now < m_deadline && m_failedAt == 0
             && m_jobs[static_cast<std::size_t>(m_root)].done < 0;
             now += 100) {
            settle(now);
            enqueueReady(now);
            for (Agent &agent : m_agents) {
                if (agent.freeAt <= now && !isDown(agent, now)) {
                    handOut(agent, now);
                }
            }
        }
    }

    void handOut(Agent &agent, long long now)
    {
        auto best = m_queue.end();
        for (auto at = m_queue.begin(); at != m_queue.end(); ++at) {
            const Job &job = m_jobs[static_cast<std::size_t>(*at)];
            const auto rank = [this](int index) {
                return Kinds[static_cast<std::size_t>(m_jobs[static_cast<std::size_t>(index)].kind)]
                    .rank;
            };
            if (job.ready <= now && (best == m_queue.end() || rank(*at) < rank(*best))) {
                best = at;
            }
        }
        if (best == m_queue.end()) {
            return;
        }
        const int index = *best;
        m_queue.erase(best);
        start(agent, index, now + static_cast<long long>(random() * 90));
    }

    void start(Agent &agent, int index, long long ms)
    {
        Job &job = m_jobs[static_cast<std::size_t>(index)];
        const Kind &kind = Kinds[static_cast<std::size_t>(job.kind)];
        const std::string input
            = text(
                  "data:application/json;charset=utf-8,%%7B%%22type%%22%%3A%d%%2C%%22input%%22%%3A",
                  kind.number)
                  .substr(0, 64);
        say(agent.container, ms,
            "prover-client:proving-agent Starting job id=" + job.id + " type=" + kind.name
                + " inputsUri=" + input + "...");
        say(agent.container, ms + 3,
            "prover-client:proving-agent:job-controller-"
                + hex("controller" + job.id + std::to_string(ms), 8)
                + " Job controller started jobId=" + job.id + " {\"jobId\":\"" + job.id + "\"}");
        if (!job.tx.empty()) {
            say(agent.container, ms + 8, "bb-prover Proving avm-circuit for TX " + job.tx + "...");
        }
        const auto duration = static_cast<long long>(kind.seconds * 1000 * (0.85 + 0.3 * random()));
        const long long restart = m_start + RestartAfterMs;
        const bool diesWith = agent.container == AgentB && m_state.hasFault("container-restart")
            && ms < restart && ms + duration >= restart;
        if (job.isStuck || diesWith) {
            agent.freeAt = job.isStuck ? ms + TimeoutMs + 8000 : restart + BackAfterMs;
            const long long back = (job.isStuck ? ms : restart) + TimeoutMs;
            say(Broker, back,
                "prover-client:proving-broker Proving job id=" + job.id
                    + " timed out. Adding it back to the queue." + data(job),
                "WARN");
            m_returns.push_back({back, index});
            return;
        }
        if (job.kills > 0) {
            kill(agent, index, ms);
            return;
        }
        agent.freeAt = ms + duration + 40;
        finish(agent, index, ms, duration);
    }

    void finish(const Agent &agent, int index, long long ms, long long duration)
    {
        Job &job = m_jobs[static_cast<std::size_t>(index)];
        const Kind &kind = Kinds[static_cast<std::size_t>(job.kind)];
        const long long end = ms + duration;
        const double exact = static_cast<double>(duration) - 25.4183;
        if (kind.artifact != nullptr) {
            const double witness = kind.witnessMs * (0.9 + 0.2 * random());
            const long long at = ms + static_cast<long long>(witness) + 300;
            say(agent.container, at,
                text("bb-prover Generated witness "
                     "{\"circuitName\":\"%s\",\"duration\":%.6f,\"inputSize\":%d,\"outputSize\":"
                     "1170,\"eventName\":\"circuit-witness-generation\"}",
                     kind.circuit, witness, kind.inputSize));
            say(agent.container, at + 4,
                text("bb-prover %s BB out - BB concurrency: undefined", kind.artifact));
            say(agent.container, end - 12,
                text("bb-prover Generated proof for %s in %lld ms, size: 535 fields "
                     "{\"circuitName\":\"%s\",\"circuitSize\":4194304,\"duration\":%.6f,"
                     "\"inputSize\":1170,\"proofSize\":17632,\"eventName\":\"circuit-proving\","
                     "\"numPublicInputs\":16}",
                     kind.artifact, duration - 25, kind.circuit, exact));
            say(agent.container, end - 5,
                text("bb-prover Successfully verified proof from key in %.6f ms",
                     30 + 20 * random()));
        } else if (job.tx.empty()) {
            say(agent.container, end - 6,
                text("bb-prover Successfully verified proof from key in %.6f ms",
                     30 + 20 * random()));
            say(agent.container, end - 5,
                text("bb-prover Generated proof for tubeCircuit in %lld ms, size: 535 fields",
                     duration - 25));
        } else {
            say(agent.container, end - 6,
                "bb-prover Generated proof for avm-circuit(" + job.tx
                    + text(") in %lld ms {\"circuitName\":\"avm-circuit\",\"appCircuitName\":\"",
                           duration - 25)
                    + job.tx
                    + text("\",\"duration\":%.6f,\"proofSize\":138976,\"eventName\":\"circuit-"
                           "proving\",\"inputSize\":524980,\"circuitSize\":2097152,"
                           "\"numPublicInputs\":0}",
                           exact));
        }
        const std::string output
            = text("data:application/"
                   "json;charset=utf-8,%%7B%%22type%%22%%3A%d%%2C%%22result%%22%%3A",
                   kind.number)
                  .substr(0, 64);
        say(agent.container, end,
            "prover-client:proving-agent Job id=" + job.id + " type=" + kind.name
                + " completed outputUri=" + output + "...");
        say(Broker, end + 4,
            "prover-client:proving-broker Proving job complete id=" + job.id + " type=" + kind.name
                + " totalAttempts=" + std::to_string(job.attempts) + data(job));
        job.done = end + 4;
    }

    /// The kernel kills the native prover: the container itself goes on.
    void kill(Agent &agent, int index, long long ms)
    {
        Job &job = m_jobs[static_cast<std::size_t>(index)];
        const std::string reason = "Failed to generate proof. Exit code null. Signal SIGKILL.";
        const long long end = ms + 41'000;
        agent.freeAt = end + 500;
        say(agent.container, end - 6,
            "bb-prover Failed to generate AVM proof for TX " + job.tx + ": " + reason, "ERROR");
        say(agent.container, end - 5,
            "bb-prover Error running operation at /usr/src/bb/tmp-"
                + hex(job.id + std::to_string(ms), 6) + ": ProvingError: " + reason,
            "ERROR");
        say(agent.container, end,
            "prover-client:proving-agent Job id=" + job.id + " type=PUBLIC_VM failed err=" + reason
                + " retry=true: ProvingError: " + reason,
            "ERROR");
        goOn("    at BBNativeRollupProver.generateAvmProofWithBB "
             "(file:///usr/src/yarn-project/bb-prover/dest/prover/server/bb_prover.js:354:19)");
        goOn("  retry: true,");
        goOn("  [cause]: { status: 1, retry: true }");
        goOn("}");
        --job.kills;
        if (job.attempts >= KillsToFail) {
            say(Broker, end + 6,
                "prover-client:proving-broker Marking proving job as failed id=" + job.id
                    + " type=PUBLIC_VM totalAttempts=" + std::to_string(job.attempts)
                    + " err=" + reason + data(job));
            m_failedAt = end + 6;
            m_failure = reason;
            m_failed = index;
            return;
        }
        say(Broker, end + 6,
            "prover-client:proving-broker Retrying proving job id=" + job.id
                + " type=PUBLIC_VM retry=" + std::to_string(job.attempts) + " err=" + reason
                + data(job));
        ++job.attempts;
        m_returns.push_back({end + 6, index});
    }

    /// Jobs that came back go into the queue again.
    void settle(long long now)
    {
        for (auto &[ms, index] : m_returns) {
            if (ms <= now && index >= 0) {
                m_queue.push_back(std::exchange(index, -1));
            }
        }
    }

    void closeEpoch()
    {
        const std::string number = std::to_string(m_epoch);
        const long long done = m_jobs[static_cast<std::size_t>(m_root)].done;
        if (m_failedAt != 0 || done < 0 || done > m_deadline) {
            fail();
            return;
        }
        const std::string range = "blocks " + std::to_string(firstBlock()) + " to "
            + std::to_string(firstBlock() + Blocks - 1);
        const long long ms = done + 640;
        say(Node, ms,
            "prover-node:epoch-proving-job Finalised proof for epoch " + number + " {" + ids()
                + text(",\"duration\":%.5f}", static_cast<double>(ms - m_start - 1386)));
        say(Node, ms + 19,
            "prover-node:l1-tx-publisher Submitting epoch proof to L1 rollup contract "
            "{\"proofSize\":14592,"
                + blockRange() + "}");
        say(Node, ms + 24'766,
            "prover-node:l1-tx-publisher Published epoch proof to L1 rollup contract "
            "{\"gasPrice\":1500000010,\"gasUsed\":3571204,\"transactionHash\":\"0x"
                + hex("proof" + number, 64)
                + "\",\"eventName\":\"proof-published-to-l1\",\"epochNumber\":" + number + ","
                + blockRange() + "}");
        say(Node, ms + 24'769,
            "prover-node:epoch-proving-job Submitted proof for epoch " + number + " (" + range
                + ") {" + ids() + "}");
        const std::string last = std::to_string(firstBlock() + Blocks - 1);
        say(Node, ms + 49'382,
            "archiver Updated proven chain to block " + last + " {\"provenBlockNumber\":" + last
                + "}");
    }

    void fail()
    {
        const std::string number = std::to_string(m_epoch);
        const bool isLate = m_failedAt == 0;
        const long long ms = isLate ? m_deadline - 3000 : m_failedAt + 182;
        std::erase_if(m_lines, [&](const FleetLine &line) { return line.ms >= ms; });
        if (isLate) {
            say(Node, ms,
                "prover-node:epoch-proving-job Stopping job due to deadline hit {\"uuid\":\""
                    + m_uuid + "\",\"epochNumber\":" + number + "}",
                "WARN");
        } else {
            const Job &job = m_jobs[static_cast<std::size_t>(m_failed)];
            say(Node, ms,
                "prover-client:broker-circuit-prover-facade Job errored with '" + m_failure
                    + "' id=" + job.id + " type=PUBLIC_VM {\"provingJobId\":\"" + job.id
                    + "\",\"provingJobType\":\"PUBLIC_VM\"}",
                "ERROR");
        }
        int echoes = 0;
        for (const Job &job : m_jobs) {
            const bool isOpen
                = job.ready >= 0 && job.ready < ms && (job.done < 0 || job.done >= ms);
            if (!isOpen || &job == &m_jobs[static_cast<std::size_t>(std::max(0, m_failed))]) {
                continue;
            }
            const char *type = Kinds[static_cast<std::size_t>(job.kind)].name;
            say(Broker, ms + 43,
                "prover-client:proving-broker Cancelling job id=" + job.id + data(job));
            say(Broker, ms + 44,
                "prover-client:proving-broker Marking proving job as failed id=" + job.id
                    + " type=" + type + " totalAttempts=1 err=Aborted" + data(job));
            say(Node, ms + 46 + ++echoes,
                "prover-client:broker-circuit-prover-facade Job errored with 'Broker facade "
                "stopped' id="
                    + job.id + " type=" + type + " {\"provingJobId\":\"" + job.id
                    + "\",\"provingJobType\":\"" + type + "\"}",
                "ERROR");
        }
        say(Node, ms + 200,
            "prover-node:epoch-proving-job Error running epoch " + number
                + " prover job: Error: Epoch proving failed: "
                + (isLate ? "Proving cancelled" : "Error: " + m_failure),
            "ERROR");
        goOn("    at ProvingOrchestrator.finaliseEpoch "
             "(file:///usr/src/yarn-project/prover-client/dest/orchestrator/"
             "orchestrator.js:318:19)");
        say(Node, ms + 203,
            "prover-node Job for " + number + " exited with state failed {\"id\":\"" + m_uuid
                + "\",\"epochNumber\":" + number + ",\"state\":\"failed\"}",
            "ERROR");
    }

    /// What else a node says: blocks, peers, and an error that means nothing.
    void neighbours()
    {
        for (int i = 0; i < 16; ++i) {
            const long long ms = m_start + 9000 + i * 71'000;
            say(Node, ms,
                text("p2p:libp2p_service:peer_manager Connected to %d peers "
                     "{\"discoveredConnections\":100,\"protectedConnections\":0,\"maxPeerCount\":"
                     "100,\"cachedPeers\":140,\"medianScore\":-0.05}",
                     97 + i % 4));
            if (i % 4 == 1) {
                const std::string block = std::to_string(firstBlock() + Blocks + i / 4);
                const long long slot = (m_epoch + 1) * 32 + i * 2;
                say(Node, ms + 400,
                    "archiver Downloaded L2 block " + block + " {\"blockHash\":\"0x"
                        + hex("block" + block, 64) + "\",\"blockNumber\":" + block
                        + text(",\"txCount\":%d,\"globalVariables\":{\"chainId\":11155111,"
                               "\"version\":3141592653,\"blockNumber\":",
                               TxsPerBlock)
                        + block + ",\"slotNumber\":" + std::to_string(slot)
                        + ",\"timestamp\":" + std::to_string(Genesis / 1000 + slot * 36) + "}}");
            }
            if (i == 6) {
                say(Node, ms + 900,
                    "p2p:reqresp Unexpected error sending request to peer: CodeError: stream reset",
                    "ERROR");
                goOn("    at YamuxStream.reset "
                     "(file:///usr/src/yarn-project/node_modules/@chainsafe/libp2p-yamux/dist/src/"
                     "stream.js:195:20) {");
                goOn("  code: 'ERR_STREAM_RESET',");
                goOn("  props: {}");
                goOn("} "
                     "{\"peerId\":\"16Uiu2HAm1be1c6c5d2b91f7246a20f6d4c2927507f1cec01af3c\","
                     "\"subProtocol\":\"/aztec/req/tx/1.0.0\"}");
            }
        }
    }

    const State &m_state;
    long long m_epoch;
    long long m_start;
    long long m_deadline;
    std::uint64_t m_seed;
    std::string m_uuid;
    std::vector<Job> m_jobs;
    std::vector<std::string> m_txs;
    std::vector<Agent> m_agents;
    std::vector<int> m_queue;
    std::vector<std::pair<long long, int>> m_returns; // when, job
    std::vector<FleetLine> m_lines;
    int m_root = 0;
    int m_failed = -1;
    long long m_failedAt = 0;
    std::string m_failure;
};

} // namespace

long long fleetEpochStart(long long epoch)
{
    return Genesis + (epoch + 1) * EpochMs - EarlyMs;
}

long long fleetEpoch(long long nowMs)
{
    return (nowMs + EarlyMs - Genesis) / EpochMs - 1;
}

std::vector<FleetLine> epochLines(const State &state, long long epoch)
{
    return Play(state, epoch).lines();
}

long long restartTime(const State &state, const std::string &container, long long epoch)
{
    const bool isIt
        = state.hasFault("container-restart") && state.setting("fleet") + "/" + container == AgentB;
    return isIt ? fleetEpochStart(epoch) + RestartAfterMs : 0;
}

} // namespace proverdeck::demo

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Metrics.h"
#include "app/demo/tool/Net.h"
#include "app/demo/tool/Programs.h"
#include "app/demo/tool/Rpc.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace proverdeck::demo {
namespace {

constexpr long long BlockMs = 5'000;
constexpr long long FirstSealMs = 11'300;
constexpr long long SealMs = 60'000;
constexpr long long CommitmentMs = 3'000;
constexpr long long ProofSenderMs = 5'000;
constexpr long long HostCheckMs = 500;
constexpr int TwiceProvedBatch = 3;

std::size_t mempoolLimit()
{
    const char *value = std::getenv("ETHREX_MEMPOOL_MAX_SIZE");
    return static_cast<std::size_t>(std::max(1LL, number(value == nullptr ? "" : value, 10'000)));
}

std::string proofTypeName(std::string_view backend)
{
    return backend == "sp1" ? "SP1" : backend == "risc0" ? "RISC0" : "Exec";
}

/// One L2 node: sequencer, RPC, metrics and proof coordinator in one thread.
class Rollup
{
public:
    Rollup(const State &state, std::string store)
        : m_state(state)
        , m_store(std::move(store))
        , m_chain(mempoolLimit())
        , m_startMs(state.nowMs())
    {
        const Fields deployment = readFields(state.file("deployment"));
        m_needed = field(deployment, "types", "exec");
        m_chain.load(m_store, field(deployment, "id", "none"));
        m_verifiedSeen = m_chain.lastVerified();
    }

    int run()
    {
        start();
        const long long now = m_state.nowMs();
        m_nextBlock = now + BlockMs;
        m_nextSeal = now + FirstSealMs;
        m_nextProof = now + ProofSenderMs;
        auto checked = std::chrono::steady_clock::now();
        while (stopSignal() == 0) {
            work();
            const auto wait = m_state.realUntil(std::min({m_nextBlock, m_nextSeal, m_nextProof}));
            m_server.serve(std::clamp(wait, std::chrono::milliseconds(1),
                                      std::chrono::milliseconds(HostCheckMs)));
            if (std::chrono::steady_clock::now() - checked
                > std::chrono::milliseconds(HostCheckMs)) {
                checked = std::chrono::steady_clock::now();
                if (!m_state.isHostAlive()) {
                    return 0;
                }
            }
        }
        info("Server shut down started...");
        m_chain.save(m_store);
        info("Server shutting down!");
        return 0;
    }

private:
    void info(std::string_view message) const { logLine(m_state, "INFO", message); }

    void start()
    {
        info("Initiating blockchain with levm");
        const std::string rule = replaced(std::string(70, '='), "=", "═");
        out(rule);
        out("                        NETWORK CONFIGURATION");
        out(rule);
        out("Chain ID: 65536999");
        out("Genesis Block Hash: 0x" + hex("genesis", 64));
        out(rule);
        if (m_state.hasFault("l2-never-ready")) {
            m_server.addDeaf(m_state.httpPort());
            m_isStuck = true;
            return;
        }
        // As upstream: a taken metrics or RPC port is not mentioned at all.
        if (!m_state.hasFault("no-metrics")) {
            info(text("Starting metrics server on 0.0.0.0:%d", m_state.metricsPort()));
            m_server.addHttp(m_state.metricsPort(),
                             [this](const HttpRequest &request) { return metrics(request); });
        }
        info(text("Starting HTTP server at 0.0.0.0:%d", m_state.httpPort()));
        m_server.addHttp(m_state.httpPort(), [this](const HttpRequest &request) {
            return rpcReply(request, [this](const std::string &method, const Json &params) {
                return l2Method(m_chain, method, params);
            });
        });
        info("Not starting Auth-RPC server. The address passed as argument is 127.0.0.1:8551");
        info("Starting Sequencer in Sequencing mode");
        startCoordinator();
    }

    void startCoordinator()
    {
        const bool isDown = m_state.hasFault("coordinator-down");
        if (!isDown
            && m_server.addRaw(m_state.coordinatorPort(), [this](const std::string &message) {
                   return coordinate(message);
               })) {
            info(text("Starting TCP server at 127.0.0.1:%d.", m_state.coordinatorPort()));
            return;
        }
        logLine(
            m_state, "ERROR",
            std::string("Error starting Proof Coordinator: ProofCoordinator connection failed: ")
                + (isDown ? "Permission denied (os error 13)"
                          : "Address already in use (os error 98)"));
    }

    void work()
    {
        while (!m_isStuck && m_state.nowMs() >= m_nextBlock) {
            produce();
            m_nextBlock += BlockMs;
        }
        const long long now = m_state.nowMs();
        if (now >= m_nextSeal) {
            seal(now);
        }
        for (Batch &batch : m_chain.batches()) {
            if (batch.committedMs == 0 && now >= m_commitAt) {
                commit(batch, now);
            }
        }
        if (now >= m_nextProof) {
            m_nextProof = now + ProofSenderMs;
            if (!m_isStuck) {
                sendProof(now);
            }
        }
    }

    void produce()
    {
        const Block &block = m_chain.produce(m_state.nowMs());
        info("Producing block");
        info(text("Built payload for new block %d", block.number));
        info("Stored new block " + m_chain.blockHash(block)
             + text(", transaction_count %d", block.transactions()));
    }

    void seal(long long now)
    {
        m_nextSeal = now + SealMs;
        const auto &batches = m_chain.batches();
        const bool hasBlocks = static_cast<int>(m_chain.blocks().size())
            > (batches.empty() ? 0 : batches.back().lastBlock);
        if (m_isStuck || !hasBlocks) {
            return;
        }
        info("Running committer main loop");
        const int l1 = connectTo(m_state.l1Port());
        if (l1 < 0) {
            logLine(m_state, "ERROR",
                    text("L1 Committer Error: Committer failed because of an EthClient error: "
                         "error sending request for "
                         "url (http://localhost:%d/)",
                         m_state.l1Port()));
            return;
        }
        close(l1);
        const Batch &batch = m_chain.seal();
        info(text("Preparing batch from block %d, %d", batch.firstBlock, batch.number));
        info(text("Added %d privileged to the batch", batch.privileged));
        const std::string range
            = text("first_block=%d last_block=%d", batch.firstBlock, batch.lastBlock);
        info(text("Generating and storing witness for batch %d ", batch.number) + range);
        m_commitAt = now + CommitmentMs;
    }

    void commit(Batch &batch, long long now)
    {
        const std::string hash = "0x" + hex(text("commit/%d", batch.number), 64);
        info(text("Sending commitment for batch %d first_block=%d last_block=%d", batch.number,
                  batch.firstBlock, batch.lastBlock));
        info("L2 is in rollup mode, sending EIP-4844 (including blob) tx to commit block");
        info("Commitment sent: " + hash);
        info(text("Commitment sent for batch %d, with tx hash ", batch.number) + hash + ".");
        batch.committedMs = now;
        m_chain.save(m_store);
    }

    void sendProof(long long now)
    {
        const int next = m_chain.lastVerified() + 1;
        Batch *batch = m_chain.batch(next);
        if (batch == nullptr || batch->committedMs == 0) {
            if (next == 1 || m_verifiedSeen != next) {
                info(text("Next batch to send (%d) is not yet committed", next));
            }
            m_verifiedSeen = next;
            return;
        }
        if (batch->provenMs == 0) {
            info("Missing batch proof(s), will not send missing_proof_types=[\""
                 + proofTypeName(m_needed) + text("\"] batch_to_send=%d", next));
            return;
        }
        info(text("Sending batch verification transaction to L1 batch_number=%d", next));
        info(text("Sent batch verification transaction to L1 batch_number=%d verify_tx_hash=0x",
                  next)
             + hex(text("verify/%d", next), 64));
        batch->verifiedMs = now;
        m_chain.save(m_store);
    }

    HttpReply metrics(const HttpRequest &request) const
    {
        if (request.path == "/health") {
            return {.type = "text/plain; charset=utf-8", .body = "Service Up"};
        }
        if (request.path != "/metrics") {
            return {.status = 404, .type = "text/plain; charset=utf-8"};
        }
        if (m_state.hasFault("metrics-silent")) {
            return {.isSilent = true};
        }
        return {.type = "text/plain; version=0.0.4",
                .body = metricsPage(m_chain, m_startMs / 1000)};
    }

    /// "REQUEST type" and "SUBMIT number type seconds": the demo's own words in upstream's rhythm.
    std::optional<std::string> coordinate(const std::string &message)
    {
        Words words = split(message.substr(0, message.find('\n')), ' ');
        words.resize(4);
        if (words[0] == "REQUEST") {
            return request(words[1]);
        }
        if (words[0] == "SUBMIT") {
            return submit(number(words[1]), number(words[3]));
        }
        logLine(m_state, "ERROR", "Error handling connection: expected value at line 1 column 1");
        return std::string();
    }

    std::string request(const std::string &type)
    {
        info("BatchRequest received from " + proofTypeName(type) + " prover");
        if (type != m_needed || m_state.hasFault("wrong-backend")) {
            info(proofTypeName(type) + " proof is not needed, rejecting prover");
            return "NOTNEEDED";
        }
        const auto &batches = m_chain.batches();
        const auto open = std::find_if(batches.begin(), batches.end(), [](const Batch &batch) {
            return batch.committedMs != 0 && batch.provenMs == 0;
        });
        if (open != batches.end() && m_state.hasFault("version-mismatch")) {
            info("VersionMismatch sent");
            return "MISMATCH";
        }
        if (open == batches.end()) {
            info("Empty BatchResponse sent (no work available)");
            return "EMPTY";
        }
        info(text("BatchResponse sent for batch number: %d", open->number));
        return text("BATCH %d %lld %d", open->number, open->gas, open->privileged);
    }

    std::optional<std::string> submit(long long number, long long seconds)
    {
        Batch *batch = m_chain.batch(number);
        if (batch == nullptr) {
            return std::string();
        }
        if (number == TwiceProvedBatch && !batch->hasLostSubmit) {
            batch->hasLostSubmit = true;
            m_chain.save(m_store);
            return std::nullopt;
        }
        info(text("ProofSubmit received for batch number: %lld", number));
        batch->provenMs = m_state.nowMs();
        batch->provingSeconds = seconds;
        m_chain.save(m_store);
        info("ProofSubmit ACK sent");
        return text("ACK %lld", number);
    }

    const State &m_state;
    std::string m_store;
    std::string m_needed;
    Chain m_chain;
    Server m_server;
    long long m_startMs;
    long long m_nextBlock = 0;
    long long m_nextSeal = 0;
    long long m_nextProof = 0;
    long long m_commitAt = 0;
    int m_verifiedSeen = 0;
    bool m_isStuck = false;
};

} // namespace

int runL2(const State &state, const Words &words)
{
    catchSignal(SIGINT, false);
    catchSignal(SIGTERM, false);
    const std::string database = option(words, "--datadir", "dev_ethrex_l2");
    makeFolders(database + "/rollup_store");
    recordPid(state.file("running/l2." + std::to_string(getpid())), getpid());
    const int code = Rollup(state, database + "/rollup_store/store.txt").run();
    unlink(state.file("running/l2." + std::to_string(getpid())).c_str());
    return code;
}

} // namespace proverdeck::demo

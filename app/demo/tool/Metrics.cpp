// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Metrics.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>

namespace proverdeck::demo {
namespace {

using Value = std::function<std::optional<long long>(const Batch &)>;

std::string family(const std::string &name, const std::string &help, const char *type = "gauge")
{
    return "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

std::string gauge(const std::string &name, const std::string &help, long long value,
                  const char *type = "gauge")
{
    return family(name, help, type) + name + " " + std::to_string(value) + "\n";
}

std::string series(const std::string &name, const char *label, const std::string &key,
                   long long value)
{
    return name + "{" + label + "=\"" + key + "\"} " + std::to_string(value) + "\n";
}

std::string perBatch(const Chain &chain, const std::string &name, const std::string &help,
                     const Value &value)
{
    std::vector<std::pair<std::string, long long>> rows;
    for (const Batch &batch : chain.batches()) {
        const auto known = batch.isOfThisProcess ? value(batch) : std::nullopt;
        if (known.has_value()) {
            rows.emplace_back(std::to_string(batch.number), *known);
        }
    }
    // The real registry sorts labels as text: 1, 10, 11, 2.
    std::sort(rows.begin(), rows.end());
    std::string result
        = rows.empty() ? std::string() : family(name, help + ", labeled by batch number");
    for (const auto &[number, amount] : rows) {
        result += series(name, "batch_number", number, amount);
    }
    return result;
}

std::string transactionsSection(const Chain &chain)
{
    long long privileged = 0;
    long long regular = 0;
    for (const Block &block : chain.blocks()) {
        privileged += block.privileged;
        regular += block.regular;
    }
    std::string page = family("mempool_tx_count", "Keeps track of the amount of txs on the mempool")
        + series("mempool_tx_count", "type", "blob", 0)
        + series("mempool_tx_count", "type", "regular", static_cast<long long>(chain.pending()));
    const long long last = chain.blocks().empty() ? 0 : chain.blocks().back().transactions();
    page += gauge("transactions_per_second", "Keeps track of the TPS", last / 5);
    page += gauge("transactions_total", "Keeps track of all transactions", privileged + regular);
    page += family("transactions_tracker",
                   "Keeps track of all transactions depending on status and tx_type", "counter");
    for (const char *type :
         {"EIP1559", "EIP2930", "EIP4844", "EIP7702", "FeeToken", "Legacy", "Privileged"}) {
        const std::string name = type;
        page += series("transactions_tracker", "tx_type", name,
                       name == "EIP1559"          ? regular
                           : name == "Privileged" ? privileged
                                                  : 0);
    }
    return page;
}

std::string functionsSection(const Chain &chain)
{
    const std::string name = "function_duration_seconds";
    const std::string labels = R"({function_name="Store Block",namespace="block_processing")";
    const auto count = static_cast<int>(chain.blocks().size());
    std::string page = family(
        name, "Histogram of the run time of the functions in block processing and RPC handling",
        "histogram");
    for (const char *limit :
         {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"}) {
        page
            += name + "_bucket" + labels + ",le=\"" + limit + "\"} " + std::to_string(count) + "\n";
    }
    return page + name + "_sum" + labels + "} " + text("%.9f\n", count * 0.003221) + name + "_count"
        + labels + "} " + std::to_string(count) + "\n";
}

std::string blocksSection(const Chain &chain)
{
    const Block last = chain.blocks().empty() ? Block() : chain.blocks().back();
    return gauge("block_number", "Keeps track of the block number for the last processed block",
                 last.number)
        + gauge("gas_limit",
                "Keeps track of the percentage of gas limit used by the last processed block",
                last.gas * 100 / 30'000'000)
        + gauge("gas_used", "Keeps track of the gas used in the last processed block", last.gas)
        + gauge("gigagas", "Keeps track of the block execution throughput through gigagas/s", 0)
        + gauge("head_height", "Keeps track of the block number for the head of the chain",
                last.number)
        + gauge("transaction_count", "Keeps track of transaction count in a block",
                last.transactions());
}

std::string processSection(const Chain &chain, long long startSeconds)
{
    const auto blocks = static_cast<long long>(chain.blocks().size());
    return gauge("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
                 blocks / 2, "counter")
        + gauge("process_max_fds", "Maximum number of open file descriptors.", 65536)
        + gauge("process_open_fds", "Number of open file descriptors.", 188)
        + gauge("process_resident_memory_bytes", "Resident memory size in bytes.", 1'268'490'240)
        + gauge("process_start_time_seconds",
                "Start time of the process since unix epoch in seconds.", startSeconds)
        + gauge("process_threads", "Number of OS threads in the process.", 41)
        + gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", 9'876'543'488);
}

std::string l2Section(const Chain &chain)
{
    const auto known = [](bool isKnown, long long value) {
        return isKnown ? std::optional(value) : std::nullopt;
    };
    std::string page
        = perBatch(chain, "batch_commitment_blob_gas", "Batch commitment blob gas cost in L1",
                   [&](const Batch &batch) { return known(batch.committedMs != 0, 131072); });
    page += perBatch(chain, "batch_commitment_gas", "Batch commitment gas cost in L1",
                     [&](const Batch &batch) {
                         return known(batch.committedMs != 0, 178212 + 12 * (batch.number % 7));
                     });
    page += perBatch(chain, "batch_gas_used", "Batch total gas used",
                     [](const Batch &batch) { return std::optional(batch.gas); });
    page += perBatch(
        chain, "batch_proving_time", "Time it took to prove a batch in seconds",
        [&](const Batch &batch) { return known(batch.provenMs != 0, batch.provingSeconds); });
    // One less than the number of blocks, as upstream has it.
    page += perBatch(chain, "batch_size", "Batch size in blocks", [](const Batch &batch) {
        return std::optional<long long>(batch.lastBlock - batch.firstBlock);
    });
    page += perBatch(chain, "batch_tx_count", "Batch transaction count", [](const Batch &batch) {
        return std::optional<long long>(batch.transactions);
    });
    page += perBatch(chain, "batch_verification_gas", "Batch verification gas cost in L1",
                     [&](const Batch &batch) {
                         return known(batch.verifiedMs != 0, 361940 + 24 * (batch.number % 5));
                     });
    page += gauge("l1_gas_price", "Keeps track of the l1 gas price", 8);
    page += family("l2_blob_usage",
                   "Keeps track of the percentage of blob usage for a batch commitment")
        + "l2_blob_usage 5.4718017578125\n";
    const std::string tracker = "l2_blocks_tracker";
    const Batch *committed = chain.batch(chain.lastCommitted());
    const Batch *verified = chain.batch(chain.lastVerified());
    page += family(tracker, "Keeps track of the L2's status based on the L1's contracts")
        + series(tracker, "block_type", "lastCommittedBatch", chain.lastCommitted())
        + series(tracker, "block_type", "lastCommittedBlock",
                 committed == nullptr ? 0 : committed->lastBlock)
        + series(tracker, "block_type", "lastVerifiedBatch", chain.lastVerified())
        + series(tracker, "block_type", "lastVerifiedBlock",
                 verified == nullptr ? 0 : verified->lastBlock);
    page += gauge("l2_gas_price", "Keeps track of the l2 gas price", 1'000'000'007);
    const auto &batches = chain.batches();
    const long long deposits
        = std::accumulate(batches.begin(), batches.end(), 0LL,
                          [](long long sum, const Batch &batch) { return sum + batch.privileged; });
    return page + family("l2_operations_tracker", "Keeps track of the L2 deposits & withdrawals")
        + series("l2_operations_tracker", "operations_type", "processedMessages", 0)
        + series("l2_operations_tracker", "operations_type", "processedPrivilegedTransactions",
                 deposits);
}

} // namespace

std::string metricsPage(const Chain &chain, long long startSeconds)
{
    return transactionsSection(chain) + "\n" + functionsSection(chain) + "\n" + blocksSection(chain)
        + "\n" + processSection(chain, startSeconds) + "\n" + l2Section(chain);
}

} // namespace proverdeck::demo

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Broker.h"

#include "app/demo/tool/Bento.h"
#include "app/demo/tool/Containers.h"
#include "app/demo/tool/Programs.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace proverdeck::demo {
namespace {

constexpr int ConfigDescriptor = 100; // by which the daemon's stand-in finds the mounted file
constexpr long long NewOrderEvery = 40;
constexpr long long LockTimeout = 1800;
constexpr long long Timeout = 3600;
constexpr long long OomAfter = 120;
constexpr long long ShutdownLimit = 7200;
constexpr int TickMs = 20;
constexpr int FirstIndex = 0x21;
constexpr int Unlimited = 4; // what one card could take in time

std::string variable(const char *name)
{
    const char *value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

/// The container's one file: the inode that was there at its start.
std::string readMounted()
{
    std::string content;
    char buffer[4096];
    off_t at = 0;
    for (ssize_t got = 0; (got = pread(ConfigDescriptor, buffer, sizeof buffer, at)) > 0;
         at += got) {
        content.append(buffer, static_cast<std::size_t>(got));
    }
    return content;
}

/// The number behind the key, in the form of a line of broker.toml.
long long setting(const std::string &config, const Words &names, long long otherwise)
{
    for (const std::string &line : split(config, '\n')) {
        const auto equals = line.find('=');
        const auto start = line.find_first_not_of(" \t");
        if (equals == std::string::npos || start == std::string::npos) {
            continue;
        }
        std::string key = line.substr(start, equals - start);
        key.erase(key.find_last_not_of(" \t") + 1);
        if (contains(names, key)) {
            std::string value = line.substr(equals + 1);
            value.erase(0, value.find_first_not_of(" \t"));
            value = value.substr(0, value.find_first_not_of("0123456789_"));
            return number(replaced(value, "_", ""), otherwise);
        }
    }
    return otherwise;
}

class Broker
{
public:
    Broker(const State &state, const Words &words)
        : m_state(state)
        , m_name(option(words, "--container"))
        , m_volume(option(words, "--volume"))
        , m_style{option(words, "--era") == "2.0"}
        , m_key(m_style.isNew ? variable("PROVER_PRIVATE_KEY") : variable("PRIVATE_KEY"))
        , m_address(addressOfKey(m_key.empty() ? variable("PRIVATE_KEY") : m_key))
        , m_isTalkative(variable("RUST_LOG").empty()
                        || variable("RUST_LOG").find("debug") != std::string::npos)
        , m_store((makeFolders(m_volume), m_volume), m_style, m_address)
    {
        const int config = open(option(words, "--config-file").c_str(), O_RDONLY);
        if (config >= 0) {
            dup2(config, ConfigDescriptor);
            close(config);
        }
        m_config = readMounted();
    }

    int run()
    {
        if (m_key.empty() && variable("PRIVATE_KEY").empty()) {
            err("error: the following required arguments were not provided:\n  --private-key "
                "<PRIVATE_KEY>\n\nUsage: broker --private-key <PRIVATE_KEY> --rpc-url <RPC_URL>");
            return 2;
        }
        if (m_config.empty()) {
            err("Error: Failed to load broker config\n\nCaused by:\n    Failed to parse toml file "
                "from \"/app/broker.toml\"");
            return 1;
        }
        catchSignal(SIGTERM, false);
        start();
        while (stopSignal() == 0 && m_state.isHostAlive()) {
            tick(true);
            if (m_state.hasFault("broker-oom") && now() - m_started > OomAfter
                && !exists(m_state.file("broker-was-oom"))) {
                writeFile(m_state.file("broker-was-oom"), "");
                dieOfMemory(m_state, m_name);
            }
            poll(nullptr, 0, TickMs);
        }
        return stopSignal() == 0 ? 0 : shutDown();
    }

private:
    [[nodiscard]] long long now() const { return m_state.nowMs() / 1000; }

    void say(const char *level, const std::string &target, const std::string &message) const
    {
        if (m_isTalkative || std::string_view(level) != "DEBUG") {
            out(m_state.timestamp() + text(" %5s ", level) + target + ": " + message);
        }
    }
    void info(const std::string &target, const std::string &message) const
    {
        say("INFO", target, message);
    }
    [[nodiscard]] std::string monitor() const
    {
        return m_style.target("order_monitor", "order_locker::service");
    }
    [[nodiscard]] std::string proving() const
    {
        return m_style.target("proving", "proving::service");
    }
    [[nodiscard]] std::string main() const { return m_style.isNew ? "broker::broker" : "broker"; }

    void start()
    {
        m_started = now();
        m_nextIndex = FirstIndex;
        m_orders = m_store.remembered(m_nextIndex);
        const auto committed = std::count_if(m_orders.begin(), m_orders.end(),
                                             [](const Order &o) { return o.isCommitted(); });
        if (m_style.isNew) {
            info("broker",
                 R"(Starting pipeline for chain chain_id=8453 rpc_urls=[")"
                     + variable("PROVER_RPC_URL") + R"("] provenance="per-chain")");
            info(
                m_style.target("", "version_check::service"),
                R"(Version check passed chain_id=8453 broker_version="2.0.2" minimum_version="1.4.0")");
        } else {
            info("broker", "Using default deployment configuration for chain ID 8453");
            info("broker", "Configured to run with Bento backend");
            info("broker::chain_monitor", "Starting ChainMonitor service");
            info("broker::market_monitor", "Starting up market monitor");
        }
        info(proving(), text("Found %ld proofs currently proving", static_cast<long>(committed)));
        info(monitor(), m_style.isNew ? "Starting order locker" : "Starting order monitor");
        info(main(), "Waiting for supervisor tasks to complete...");
        info(m_style.target("offchain_market_monitor", "offchain_market_monitor::service"),
             m_style.isNew ? "Subscribed to offchain order stream"
                           : "Subscribed to offchain Order stream");
        m_nextOrder = now() + 5;
    }

    [[nodiscard]] long long limit() const
    {
        return setting(m_config, {"max_concurrent_proofs", "max_concurrent_locks"},
                       m_style.isNew ? 1 : Unlimited);
    }

    void reload()
    {
        const std::string config = readMounted();
        if (config == m_config) {
            return;
        }
        if (config.find("[market]") == std::string::npos) {
            say("ERROR", m_style.isNew ? "broker::shared::config" : "broker::config",
                "Failed to load modified config: Failed to parse toml file from "
                "\"/app/broker.toml\"");
            return;
        }
        m_config = config;
        say("DEBUG", m_style.isNew ? "broker::shared::config" : "broker::config",
            m_style.isNew ? "Reloading config due to change in /app/broker.toml"
                          : "Reloading modified config file");
    }

    void tick(bool takesOrders)
    {
        reload();
        const long long time = now();
        if (takesOrders && time >= m_nextOrder) {
            m_nextOrder = time + NewOrderEvery;
            detect();
        }
        bool isChanged = false;
        for (Order &order : m_orders) {
            if (time >= order.next && order.phase != Order::Phase::Failed
                && (takesOrders || order.isCommitted())) {
                advance(order);
                m_store.keep(order);
                isChanged = true;
            }
        }
        if (isChanged || m_isNew) {
            std::erase_if(m_orders, [time](const Order &order) {
                return order.phase == Order::Phase::Done || order.phase == Order::Phase::Dropped
                    || (order.phase == Order::Phase::Failed && time > order.deadline);
            });
            m_store.remember(m_orders, m_nextIndex);
            setProofsActive(m_state,
                            static_cast<int>(
                                std::count_if(m_orders.begin(), m_orders.end(), [](const Order &o) {
                                    return o.phase == Order::Phase::Proving;
                                })));
            m_isNew = false;
        }
    }

    void detect()
    {
        Order order{.index = m_nextIndex++, .seen = now()};
        order.next = order.seen + 12;
        order.lockDeadline = order.seen + LockTimeout;
        order.deadline = order.seen + Timeout;
        order.proofSeconds = (200 + static_cast<long long>(mix(order.request()) % 200))
            * (m_state.hasFault("slow") ? 3 : 1);
        const std::string bare = order.request().substr(2);
        info(m_style.target("offchain_market_monitor", "offchain_market_monitor::service"),
             m_style.isNew
                 ? "Detected new off-chain request with request id: 0x" + bare
                     + text(" (stream id %x)", 0x11f3a2 + order.index)
                 : text("Detected new order with stream id %x, request id: ", 0x64d1 + order.index)
                     + bare);
        const std::string pricer = m_style.target("order_picker", "order_pricer::helpers");
        if (order.index % 5 == 4) { // one in five is not worth it
            if (m_style.isNew) {
                info(pricer,
                     "Skipping order " + order.name()
                         + ": order expires in 120 seconds with min_deadline 195");
            } else {
                info(pricer,
                     "Order " + order.name() + " expires within min_deadline: 120 < 300, skipping");
                info(pricer, "Skipping order " + order.name());
            }
            return;
        }
        info(pricer,
             "Order " + order.name()
                 + text(" scheduled for lock attempt in 12s (timestamp: %lld), when price "
                        "threshold met",
                        order.next));
        m_orders.push_back(order);
        m_isNew = true;
    }

    void advance(Order &order)
    {
        using Phase = Order::Phase;
        switch (order.phase) {
        case Phase::Priced:
            tryLock(order);
            break;
        case Phase::Locking:
            onLocked(order);
            break;
        case Phase::LostLock:
            say("DEBUG", m_style.target("market_monitor", "market_monitor::service"),
                "Detected request " + order.request() + " locked by " + lower(m_address));
            m_store.noteLock(order.request(), m_address);
            order.phase = Phase::Dropped;
            break;
        case Phase::Proving:
            onProved(order);
            break;
        case Phase::Aggregating:
            info(m_style.target("submitter", "submitter::service"),
                 text("Submitting batch %d", ++m_batch));
            info(m_style.target("submitter", "submitter::service"),
                 "Submitting order " + order.name());
            order.phase = Phase::Submitting;
            order.next = now() + 6;
            break;
        case Phase::Submitting:
            onCompleted(order);
            break;
        case Phase::Done:
        case Phase::Failed:
        case Phase::Dropped:
            break;
        }
    }

    void tryLock(Order &order)
    {
        const auto committed = std::count_if(m_orders.begin(), m_orders.end(),
                                             [](const Order &o) { return o.isCommitted(); });
        if (committed >= limit()) {
            order.phase = Order::Phase::Dropped; // somebody else is faster
            say("DEBUG", m_style.target("order_picker", "order_pricer::service"),
                "Order " + order.name() + " is already locked, skipping");
            return;
        }
        info(monitor(),
             "Locking request: " + order.request() + " for stake: " + m_style.stakeUnits());
        order.phase = Order::Phase::Locking;
        order.next = now() + 4;
    }

    void onLocked(Order &order)
    {
        if (m_state.hasFault("lost-lock") && !exists(m_state.file("lock-was-lost"))) {
            writeFile(m_state.file("lock-was-lost"), "");
            say("WARN", monitor(),
                m_style.isNew ? "Failed to lock order: " + order.name()
                        + " - broker::order_locker::error::OrderLockerErr [B-OL-006]  Failed to "
                          "confirm lock tx: failed to confirm tx"
                              : "Soft failed to lock request: " + order.name()
                        + " - [B-OM-006] - broker::order_monitor::OrderMonitorErr [B-OM-006]  "
                          "Failed to confirm lock tx: failed to confirm tx");
            order.phase = Order::Phase::LostLock;
            order.next = now() + 14;
            return;
        }
        const std::string market = (m_style.isNew ? "chain{chain_id=8453}: " : "")
            + std::string("boundless_market::contracts::boundless_market");
        info(market,
             "Locked request " + order.request().substr(2) + ", transaction hash: 0x"
                 + hex("lock" + order.request(), 64));
        info(monitor(), "Locked request: " + order.request());
        say("DEBUG", m_style.target("market_monitor", "market_monitor::service"),
            "Detected request " + order.request() + " locked by " + lower(m_address));
        m_store.noteLock(order.request(), m_address);
        info(proving(), "Proving order " + order.name());
        say("DEBUG", proving(),
            "Order " + order.name() + " being proved, proof id: " + order.proof());
        order.phase = Order::Phase::Proving;
        order.locked = now();
        order.next = order.locked + order.proofSeconds;
        if (isFirst("locked-order-stuck", order)) {
            order.next = order.lockDeadline + 10;
        }
    }

    [[nodiscard]] bool isFirst(const char *fault, const Order &order) const
    {
        const std::string mark = m_state.file(std::string("first-") + fault);
        if (!m_state.hasFault(fault)) {
            return false;
        }
        if (!exists(mark)) {
            writeFile(mark, order.request());
        }
        return readFile(mark) == order.request();
    }

    void onProved(Order &order)
    {
        if (now() > order.lockDeadline) {
            info(m_style.target("reaper", "utils::reaper"),
                 "[B-REAP-100] Found 1 expired committed orders");
            say("WARN", m_style.target("reaper", "utils::reaper"),
                "Order " + order.name() + " has expired, marked as failed");
            order.phase = Order::Phase::Failed;
            return;
        }
        if (isFirst("proof-fails", order)) {
            say("ERROR", proving(),
                "Order " + order.name() + " with job id " + order.proof()
                    + " failed to prove after 1 retries: broker::proving::ProvingErr [B-PRO-501]  "
                      "Proving failed after retries: Monitoring proof failed\n\nCaused by:\n    0: "
                      "Monitoring proof (stark) failed\n    1: [B-BON-005] Prover failure: segment "
                      "proving failed: out of memory");
            order.phase = Order::Phase::Failed;
            return;
        }
        const std::string cycles = std::to_string(order.proofSeconds * 431'000);
        info(proving(),
             "Customer Proof complete for proof_id: " + order.proof() + ", order_id: "
                 + order.name() + " cycles: " + (m_style.isNew ? "Some(" + cycles + ")" : cycles)
                 + text(" time: %lld.118204", order.proofSeconds));
        order.phase = Order::Phase::Aggregating;
        order.next = now() + 12;
    }

    void onCompleted(Order &order)
    {
        const std::string submitter = m_style.target("submitter", "submitter::service");
        info(submitter,
             "✨ Completed order: " + order.request()
                 + (m_style.isNew
                        ? " eth_reward: 0.000011204400000000 collateral_reward: "
                          "0.000000000000000000 ✨"
                        : " fee: 0.000923271168000000 stake_reward: 0.000000000000000000 ✨"));
        info(submitter, text("Completed batch: %d total_fees: 0.000923271168000000", m_batch));
        say("DEBUG", m_style.target("market_monitor", "market_monitor::service"),
            "Detected request fulfilled " + order.request());
        m_store.noteFulfilled(order.request());
        order.phase = Order::Phase::Done;
    }

    [[nodiscard]] std::vector<Order> committed() const
    {
        std::vector<Order> result;
        std::copy_if(m_orders.begin(), m_orders.end(), std::back_inserter(result),
                     [](const Order &order) { return order.isCommitted(); });
        return result;
    }

    int shutDown()
    {
        info(main(), "Received SIGTERM, starting graceful shutdown...");
        info(main(), "Cancelling non-critical tasks (order discovery, picking, monitoring)...");
        const long long began = now();
        long long nextReport = began;
        clearStopSignal();
        while (!committed().empty() && m_state.isHostAlive()) {
            if (now() - began > ShutdownLimit) {
                info(main(),
                     "Shutdown timed out after 7200 seconds. Exiting with orders in "
                     "progress");
                return 1;
            }
            if (now() >= nextReport) {
                nextReport = now() + 60;
                report();
            }
            tick(false);
            poll(nullptr, 0, TickMs);
        }
        info(main(), "Cancelling critical tasks...");
        info(main(), "Shutdown complete");
        return 0;
    }

    void report() const
    {
        const std::vector<Order> left = committed();
        info(main(), text("Waiting for %zu in-progress orders to complete...", left.size()));
        for (const Order &order : left) {
            out(text("[%s] ", order.status()[0] == '\0' ? "PendingProving" : order.status())
                + order.name()
                + text(" (%lld mcycles) [lock expires at %lld (%lld seconds from now), expires at "
                       "%lld (%lld seconds from now)]",
                       order.proofSeconds * 431 / 1000, order.lockDeadline,
                       order.lockDeadline - now(), order.deadline, order.deadline - now()));
        }
    }

    [[nodiscard]] static std::string lower(std::string word)
    {
        std::transform(word.begin(), word.end(), word.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        return word;
    }

    const State &m_state;
    std::string m_name;
    std::string m_volume;
    BrokerStyle m_style;
    std::string m_key;
    std::string m_address;
    bool m_isTalkative;
    BrokerStore m_store;
    std::string m_config;
    std::vector<Order> m_orders;
    int m_nextIndex = FirstIndex;
    int m_batch = 0;
    long long m_started = 0;
    long long m_nextOrder = 0;
    bool m_isNew = false;
};

} // namespace

int runBroker(const State &state, const Words &words)
{
    return Broker(state, words).run();
}

} // namespace proverdeck::demo

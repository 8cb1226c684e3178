// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Broker.h"

#include <algorithm>
#include <array>

namespace proverdeck::demo {
namespace {

constexpr long long LockSeconds = 1800;
constexpr char RequestHead[] = "a3f1c2b7d9e84056123487fa9b0c1d2e3f405162";

/// 895a996b-b0fa-4fc8-ae7a-ba92eeb6b0b1
std::string uuid(const std::string &seed)
{
    const std::string digits = hex(seed, 32);
    return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-4" + digits.substr(13, 3) + "-a"
        + digits.substr(17, 3) + "-" + digits.substr(20, 12);
}

constexpr std::array<const char *, 9> StatusWords{
    "", "", "", "Proving", "PendingAgg", "PendingSubmission", "Done", "Failed", ""};

} // namespace

std::string addressOfKey(std::string key)
{
    key = startsWith(key, "0x") ? key.substr(2) : key;
    // The first two accounts of every development node, known to everybody.
    static const Fields known{{"ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
                               "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"},
                              {"59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
                               "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"}};
    return field(known, key, "0x" + hex("address of " + key, 40));
}

std::string Order::request() const
{
    return std::string("0x") + RequestHead + text("%08x", index);
}

std::string Order::name() const
{
    return request() + "-0x" + hex("digest" + request(), 64) + "-LockAndFulfill";
}

std::string Order::proof() const
{
    return uuid("proof" + request());
}

bool Order::isCommitted() const
{
    return phase == Phase::Locking || phase == Phase::Proving || phase == Phase::Aggregating
        || phase == Phase::Submitting;
}

const char *Order::status() const
{
    return StatusWords.at(static_cast<std::size_t>(phase));
}

const char *BrokerStyle::stakeUnits() const
{
    return isNew ? "5000000000000000000" : "5000000";
}

std::string BrokerStyle::target(const char *old, const char *now) const
{
    return isNew ? std::string("chain{chain_id=8453}: broker::") + now
                 : std::string("broker::") + old;
}

BrokerStore::BrokerStore(const std::string &volume, const BrokerStyle &style, std::string address)
    : m_style(style)
    , m_address(std::move(address))
    , m_memory(volume + ".orders")
    , m_database(volume + (style.isNew ? "/broker.8453.db" : "/broker.db"))
{
    m_database.execute(
        "CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, data JSONB);"
        "CREATE TABLE IF NOT EXISTS batches (id INTEGER PRIMARY KEY AUTOINCREMENT, data JSONB);"
        "CREATE TABLE IF NOT EXISTS last_block (id INTEGER PRIMARY KEY, block TEXT);"
        "CREATE TABLE IF NOT EXISTS fulfilled_requests (id TEXT PRIMARY KEY, block_number INTEGER);"
        "CREATE TABLE IF NOT EXISTS locked_requests (id TEXT PRIMARY KEY, locker TEXT, "
        "block_number INTEGER);");
}

void BrokerStore::keep(const Order &order)
{
    if (order.status()[0] == '\0') {
        return;
    }
    const std::string data = text(
        R"({"boundless_market_address":"0x26759dbb201afba361bec78e097aa3942b0b4ab8","chain_id":8453,"fulfillment_type":"LockAndFulfill","request":{"id":"%s","imageUrl":"https://example.invalid/guest.bin","offer":{"minPrice":"0x0","maxPrice":"0xc6f3b40b6c000","%s":%lld,"rampUpPeriod":120,"lockTimeout":%lld,"timeout":%lld,"%s":"%s"}},"status":"%s","updated_at":%lld,"total_cycles":%lld,"proving_started_at":%lld,"proof_id":"%s","expire_timestamp":%lld,"lock_price":"0x34775c0d2b000","error_msg":%s})",
        order.request().c_str(), m_style.isNew ? "rampUpStart" : "biddingStart",
        order.lockDeadline - LockSeconds, LockSeconds,
        order.deadline - order.lockDeadline + LockSeconds,
        m_style.isNew ? "lockCollateral" : "lockStake",
        m_style.isNew ? "0x4563918244f40000" : "0x4c4b40", order.status(), order.next,
        order.proofSeconds * 431'000, order.locked, order.proof().c_str(), order.deadline,
        order.phase == Order::Phase::Failed ? "\"Monitoring proof (stark) failed\"" : "null");
    m_database.execute("INSERT OR REPLACE INTO orders VALUES(" + sqlText(order.name()) + ","
                       + sqlText(data) + ");");
}

void BrokerStore::noteLock(const std::string &request, const std::string &locker)
{
    m_database.execute("INSERT OR REPLACE INTO locked_requests VALUES(" + sqlText(request) + ","
                       + sqlText(locker) + text(",%d);", ++m_block));
}

void BrokerStore::noteFulfilled(const std::string &request)
{
    m_database.execute("INSERT OR REPLACE INTO fulfilled_requests VALUES(" + sqlText(request)
                       + text(",%d);", ++m_block));
}

void BrokerStore::remember(const std::vector<Order> &orders, int nextIndex) const
{
    std::string content = std::to_string(nextIndex) + "\n";
    for (const Order &order : orders) {
        content += text("%d %d %lld %lld %lld %lld %lld %lld\n", order.index,
                        static_cast<int>(order.phase), order.seen, order.next, order.lockDeadline,
                        order.deadline, order.locked, order.proofSeconds);
    }
    writeFile(m_memory, content);
}

std::vector<Order> BrokerStore::remembered(int &nextIndex) const
{
    std::vector<Order> orders;
    const Words lines = split(readFile(m_memory).value_or(std::string()), '\n');
    nextIndex = static_cast<int>(number(lines[0], nextIndex));
    for (const std::string &line : lines) {
        const Words words = split(line, ' ');
        if (words.size() == 8) {
            orders.push_back({static_cast<int>(number(words[0])),
                              static_cast<Order::Phase>(number(words[1])), number(words[2]),
                              number(words[3]), number(words[4]), number(words[5]),
                              number(words[6]), number(words[7])});
        }
    }
    return orders;
}

} // namespace proverdeck::demo

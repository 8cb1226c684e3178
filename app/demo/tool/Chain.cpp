// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Chain.h"

#include <algorithm>
#include <sstream>

namespace proverdeck::demo {
namespace {

constexpr int MaxPerBlock = 20;
constexpr long long MaxGasPerBlock = 1'200'000;
// The deposits of the 192 rich accounts, in the first two blocks.
constexpr long long DepositGas = 11'984'844;
constexpr int DepositsInFirst = 21;
constexpr int Deposits = 192;

} // namespace

Chain::Chain(std::size_t mempoolLimit)
    : m_limit(mempoolLimit)
{
}

Chain::Account &Chain::account(const std::string &address)
{
    const auto [found, isNew] = m_index.try_emplace(address, m_accounts.size());
    if (isNew) {
        m_accounts.push_back({.address = address});
    }
    return m_accounts[found->second];
}

long long Chain::submit(const std::string &address, long long count, long long gasEach)
{
    Account &own = account(address);
    const long long first = own.high;
    own.high += count;
    own.gas = gasEach;
    m_pending += static_cast<std::size_t>(count);
    // As upstream: a full pool drops its oldest, which are the lowest nonces, and leaves the
    // account behind a gap.
    for (Account &oldest : m_accounts) {
        if (m_pending <= m_limit) {
            break;
        }
        const long long dropped
            = std::min(oldest.high - oldest.low, static_cast<long long>(m_pending - m_limit));
        oldest.low += dropped;
        m_pending -= static_cast<std::size_t>(dropped);
    }
    return first;
}

long long Chain::nonce(const std::string &address, bool withPending) const
{
    const auto found = m_index.find(address);
    if (found == m_index.end()) {
        return 0;
    }
    const Account &own = m_accounts[found->second];
    return withPending ? own.high : own.next;
}

const Block &Chain::produce(long long timestampMs)
{
    Block block{.number = static_cast<int>(m_blocks.size()) + 1, .timestampMs = timestampMs};
    if (block.number <= 2) {
        block.privileged = block.number == 1 ? DepositsInFirst : Deposits - DepositsInFirst;
        const long long first = DepositGas * DepositsInFirst / Deposits;
        block.gas = block.number == 1 ? first : DepositGas - first;
    }
    long long gas = 0;
    std::size_t idle = 0;
    while (block.regular < MaxPerBlock && idle < m_accounts.size()) {
        Account &own = m_accounts[m_turn++ % m_accounts.size()];
        if (own.low != own.next || own.low == own.high) {
            ++idle;
            continue;
        }
        if (gas + own.gas > MaxGasPerBlock) {
            break;
        }
        idle = 0;
        ++own.next;
        ++own.low;
        --m_pending;
        ++block.regular;
        gas += own.gas;
    }
    block.gas += gas;
    m_blocks.push_back(block);
    return m_blocks.back();
}

const Batch &Chain::seal()
{
    Batch batch{.number = static_cast<int>(m_batches.size()) + 1,
                .firstBlock = m_batches.empty() ? 1 : m_batches.back().lastBlock + 1,
                .lastBlock = static_cast<int>(m_blocks.size())};
    for (int number = batch.firstBlock; number <= batch.lastBlock; ++number) {
        const Block &block = m_blocks[static_cast<std::size_t>(number) - 1];
        batch.privileged += block.privileged;
        batch.transactions += block.transactions();
        batch.gas += block.gas;
    }
    m_batches.push_back(batch);
    return m_batches.back();
}

const Batch *Chain::batch(long long number) const
{
    const bool isKnown = number >= 1 && number <= static_cast<long long>(m_batches.size());
    return isKnown ? &m_batches[static_cast<std::size_t>(number) - 1] : nullptr;
}

Batch *Chain::batch(long long number)
{
    const bool isKnown = number >= 1 && number <= static_cast<long long>(m_batches.size());
    return isKnown ? &m_batches[static_cast<std::size_t>(number) - 1] : nullptr;
}

const Block *Chain::block(long long number) const
{
    static const Block genesis;
    if (number == 0) {
        return &genesis;
    }
    const bool isKnown = number >= 1 && number <= static_cast<long long>(m_blocks.size());
    return isKnown ? &m_blocks[static_cast<std::size_t>(number) - 1] : nullptr;
}

std::string Chain::blockHash(const Block &block) const
{
    return hex(m_deployment + text("/block/%d", block.number), 64);
}

int Chain::lastCommitted() const
{
    const auto open = std::find_if(m_batches.begin(), m_batches.end(),
                                   [](const Batch &batch) { return batch.committedMs == 0; });
    return static_cast<int>(open - m_batches.begin());
}

int Chain::lastVerified() const
{
    const auto open = std::find_if(m_batches.begin(), m_batches.end(),
                                   [](const Batch &batch) { return batch.verifiedMs == 0; });
    return static_cast<int>(open - m_batches.begin());
}

void Chain::load(const std::string &path, const std::string &deployment)
{
    m_deployment = deployment;
    std::istringstream file(readFile(path).value_or(std::string()));
    std::string word;
    std::string owner;
    if (!(file >> word >> owner) || owner != deployment) {
        return;
    }
    while (file >> word) {
        if (word == "block") {
            Block block;
            file >> block.number >> block.timestampMs >> block.privileged >> block.regular
                >> block.gas;
            m_blocks.push_back(block);
        } else if (word == "batch") {
            Batch batch{.isOfThisProcess = false};
            file >> batch.number >> batch.firstBlock >> batch.lastBlock >> batch.privileged
                >> batch.transactions >> batch.gas >> batch.committedMs >> batch.provenMs
                >> batch.verifiedMs >> batch.hasLostSubmit;
            m_batches.push_back(batch);
        } else if (word == "account") {
            std::string address;
            long long next = 0;
            file >> address >> next;
            Account &own = account(address);
            own.next = own.low = own.high = next;
        }
    }
}

void Chain::save(const std::string &path) const
{
    std::ostringstream file;
    file << "deployment " << m_deployment << '\n';
    for (const Block &block : m_blocks) {
        file << "block " << block.number << ' ' << block.timestampMs << ' ' << block.privileged
             << ' ' << block.regular << ' ' << block.gas << '\n';
    }
    for (const Batch &batch : m_batches) {
        file << "batch " << batch.number << ' ' << batch.firstBlock << ' ' << batch.lastBlock << ' '
             << batch.privileged << ' ' << batch.transactions << ' ' << batch.gas << ' '
             << batch.committedMs << ' ' << batch.provenMs << ' ' << batch.verifiedMs << ' '
             << batch.hasLostSubmit << '\n';
    }
    for (const Account &own : m_accounts) {
        file << "account " << own.address << ' ' << own.next << '\n';
    }
    writeFile(path, file.str());
}

} // namespace proverdeck::demo

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/Text.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace proverdeck::demo {

struct Block
{
    int number = 0;
    long long timestampMs = 0;
    int privileged = 0;
    int regular = 0;
    long long gas = 0;

    [[nodiscard]] int transactions() const { return privileged + regular; }
};

struct Batch
{
    int number = 0;
    int firstBlock = 0;
    int lastBlock = 0;
    int privileged = 0;
    int transactions = 0;
    long long gas = 0;
    long long committedMs = 0; // 0: sealed, the commitment is on its way
    long long provenMs = 0;
    long long verifiedMs = 0;
    long long provingSeconds = 0;
    /// Sealed by this process: only then it has metrics.
    bool isOfThisProcess = true;
    bool hasLostSubmit = false;
};

/// The stand-in L2 chain: a mempool, blocks of it, batches of blocks. Kept in a file of the
/// database folder.
class Chain
{
public:
    /// Every account's pending transactions are the nonces from low to high; next is the first that
    /// is not included.
    struct Account
    {
        std::string address;
        long long next = 0;
        long long low = 0;
        long long high = 0;
        long long gas = 21000;
    };

    explicit Chain(std::size_t mempoolLimit);

    /// Adds transactions behind the pending ones; returns their first nonce. A full pool drops its
    /// oldest.
    long long submit(const std::string &address, long long count, long long gasEach);
    [[nodiscard]] long long nonce(const std::string &address, bool withPending) const;
    [[nodiscard]] std::size_t pending() const { return m_pending; }

    const Block &produce(long long timestampMs);
    const Batch &seal();

    [[nodiscard]] const std::vector<Block> &blocks() const { return m_blocks; }
    [[nodiscard]] const std::vector<Batch> &batches() const { return m_batches; }
    [[nodiscard]] std::vector<Batch> &batches() { return m_batches; }
    [[nodiscard]] const Batch *batch(long long number) const;
    [[nodiscard]] Batch *batch(long long number);
    [[nodiscard]] const Block *block(long long number) const;
    [[nodiscard]] std::string blockHash(const Block &block) const;
    /// How many batches from the first on have a commitment, or a verified proof.
    [[nodiscard]] int lastCommitted() const;
    [[nodiscard]] int lastVerified() const;

    /// Takes up the chain of an earlier process if it is of the same deployment.
    void load(const std::string &path, const std::string &deployment);
    void save(const std::string &path) const;

private:
    Account &account(const std::string &address);

    std::size_t m_limit;
    std::size_t m_pending = 0;
    std::size_t m_turn = 0;
    std::string m_deployment;
    std::vector<Account> m_accounts;
    std::map<std::string, std::size_t, std::less<>> m_index;
    std::vector<Block> m_blocks;
    std::vector<Batch> m_batches;
};

} // namespace proverdeck::demo

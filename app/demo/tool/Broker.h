// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/Sqlite.h"
#include "app/demo/tool/State.h"

#include <set>

namespace proverdeck::demo {

/// Addresses of the keys that every development node hands out; made up for other keys.
[[nodiscard]] std::string addressOfKey(std::string key);

/// A request that the stand-in broker has seen, and how far it is. Times: simulated seconds since
/// 1970; 0: not yet.
struct Order
{
    enum class Phase {
        Priced, ///< waits for its moment to be locked
        Locking,
        LostLock, ///< sent, never confirmed: the broker has dropped it
        Proving,
        Aggregating,
        Submitting,
        Done,
        Failed,
        Dropped, ///< the broker has forgotten it
    };

    int index = 0;
    Phase phase = Phase::Priced;
    long long seen = 0;
    long long next = 0; ///< when something happens to it
    long long lockDeadline = 0;
    long long deadline = 0;
    long long locked = 0;
    long long proofSeconds = 0;

    [[nodiscard]] std::string request() const; ///< 0x…
    [[nodiscard]] std::string name() const; ///< 0x…-0x…-LockAndFulfill
    [[nodiscard]] std::string proof() const; ///< Bento's job
    [[nodiscard]] bool isCommitted() const;
    [[nodiscard]] const char *status() const;
};

/// What differs between the releases that the demo host knows.
struct BrokerStyle
{
    bool isNew = false; ///< 2.0: otherwise 0.13

    [[nodiscard]] const char *stakeUnits() const; ///< of five whole tokens
    [[nodiscard]] std::string target(const char *old, const char *now) const;
};

/// The broker's file broker.db, and a plain one beside the volume from which a new process goes on.
class BrokerStore
{
public:
    BrokerStore(const std::string &volume, const BrokerStyle &style, std::string address);

    void keep(const Order &order);
    void noteLock(const std::string &request, const std::string &locker);
    void noteFulfilled(const std::string &request);
    void remember(const std::vector<Order> &orders, int nextIndex) const;
    [[nodiscard]] std::vector<Order> remembered(int &nextIndex) const;

private:
    BrokerStyle m_style;
    std::string m_address;
    std::string m_memory;
    Sqlite m_database;
    int m_block = 33812455;
};

} // namespace proverdeck::demo

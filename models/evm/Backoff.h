// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/evm/Rpc.h"

namespace proverdeck::models::evm {

/// How long an endpoint is left alone after a failure. Pure: the random number comes from outside.
class Backoff
{
public:
    static constexpr std::chrono::seconds Longest{60};
    static constexpr std::chrono::minutes QuotaPause{5};

    /// The pause after this failure. What the provider asks for wins; otherwise 1, 2, 4 … 60 s plus
    /// up to a quarter of it by @p jitter (0..1). A gone daily quota is asked again every 5
    /// minutes.
    [[nodiscard]] std::chrono::milliseconds afterFailure(const RpcError &error, double jitter);
    void succeeded() { m_failures = 0; }
    [[nodiscard]] int failures() const { return m_failures; } ///< in a row

private:
    int m_failures = 0;
};

} // namespace proverdeck::models::evm

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/Backoff.h"

#include <algorithm>

namespace proverdeck::models::evm {

using std::chrono::milliseconds;

milliseconds Backoff::afterFailure(const RpcError &error, double jitter)
{
    const int step = std::min(m_failures, 6);
    ++m_failures;
    if (error.wait) {
        return std::max(*error.wait, milliseconds(100));
    }
    if (error.fault == RpcFault::DailyQuota) {
        return QuotaPause;
    }
    const milliseconds pause = std::min<milliseconds>(std::chrono::seconds(1 << step), Longest);
    return pause
        + milliseconds(qint64(double(pause.count()) * 0.25 * std::clamp(jitter, 0.0, 1.0)));
}

} // namespace proverdeck::models::evm

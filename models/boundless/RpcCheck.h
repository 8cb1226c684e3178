// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/evm/RpcEndpoint.h"
#include "models/findings/Finding.h"

#include <QElapsedTimer>
#include <QObject>

namespace proverdeck::models::boundless {

/// What an RPC endpoint can do of what a broker asks of it. What was not found out is nothing.
struct RpcReport
{
    std::optional<quint64> chainId;
    std::optional<quint64> block;
    std::optional<std::chrono::milliseconds> latency; ///< of the fastest of a few answers
    std::optional<bool> hasFilters; ///< eth_newBlockFilter and eth_getFilterChanges
    std::optional<quint64> logBlocks; ///< so many at once; 0: no logs at all
    QString problem; ///< why the check ended early; empty: it did not
    bool operator==(const RpcReport &) const = default;
};

/// What follows for the broker. @p wantedChain: of the network that is meant, if one is;
/// @p lookback: of broker.toml.
[[nodiscard]] QList<Finding> judgeRpc(const RpcReport &report, std::optional<quint64> wantedChain,
                                      quint64 lookback = 300);

/// Finds that out, with a dozen harmless questions. GUI thread; ends with exactly one finished(),
/// unless it is destroyed first.
class RpcCheck : public QObject
{
    Q_OBJECT

public:
    explicit RpcCheck(evm::RpcUrl url, evm::RpcLimits limits = shortLimits(),
                      QObject *parent = nullptr);
    ~RpcCheck() override;

    void start();
    [[nodiscard]] const RpcReport &report() const { return m_report; }
    [[nodiscard]] static evm::RpcLimits shortLimits();

signals:
    void finished();

private:
    void askChain();
    void askBlock();
    void askFilter();
    void askFilterChanges(const QString &id);
    void askLogs(qsizetype step);
    void end(const QString &problem = {});

    evm::RpcEndpoint m_endpoint;
    RpcReport m_report;
    QElapsedTimer m_clock;
    int m_rounds = 0;
};

} // namespace proverdeck::models::boundless

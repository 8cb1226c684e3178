// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/Market.h"
#include "models/evm/RpcEndpoint.h"

#include <QObject>

namespace proverdeck::models::boundless {

enum class ProbeFault {
    Endpoint, ///< no usable answer: worth trying again
    Refused, ///< the endpoint wants another key: a person must act
    WrongChain,
    NoContract, ///< nothing is deployed at the address
    NotAMarket, ///< a contract, but it answers neither name
};

struct ProbeError
{
    ProbeFault fault = ProbeFault::Endpoint;
    QString text; ///< a sentence or two for a person
    bool operator==(const ProbeError &) const = default;
};

/// Asks an endpoint what is at the market's address: chain first, then code, then which generation
/// of names answers, then the token. Nothing is assumed.
///
/// GUI thread. Each start() ends with exactly one finished(), unless another start() or the end of
/// the object comes first.
class MarketProbe : public QObject
{
    Q_OBJECT

public:
    /// @p endpoint must outlive the probe.
    explicit MarketProbe(evm::RpcEndpoint &endpoint, QObject *parent = nullptr);

    void start(const Network &network, const evm::Address &market);
    [[nodiscard]] const tl::expected<MarketFacts, ProbeError> &result() const { return m_result; }

signals:
    void finished();

private:
    void askGeneration();
    void onGeneration(const QList<evm::RpcAnswer> &answers);
    void askToken();
    void end(tl::expected<MarketFacts, ProbeError> result);
    void endWith(const evm::RpcError &error);
    void endWith(ProbeFault fault, const QString &text);

    evm::RpcEndpoint &m_endpoint;
    Network m_network;
    MarketFacts m_facts;
    tl::expected<MarketFacts, ProbeError> m_result;
    std::unique_ptr<QObject> m_round; ///< context of the answers that are still wanted
};

} // namespace proverdeck::models::boundless

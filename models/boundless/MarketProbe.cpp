// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/MarketProbe.h"

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using evm::RpcAnswer;
using evm::RpcCall;
using evm::RpcError;
using evm::RpcFault;
using evm::U256;

namespace {

std::optional<QByteArray> bytesOf(const RpcAnswer &answer)
{
    return answer ? evm::bytesFromHex(answer->toString()) : std::nullopt;
}

/// The failure that is the endpoint's, not the contract's; nothing if all were answered.
std::optional<RpcError> troubleIn(const QList<RpcAnswer> &answers)
{
    for (const RpcAnswer &answer : answers) {
        if (!answer && answer.error().fault != RpcFault::Contract) {
            return answer.error();
        }
    }
    return std::nullopt;
}

} // namespace

MarketProbe::MarketProbe(evm::RpcEndpoint &endpoint, QObject *parent)
    : QObject(parent)
    , m_endpoint(endpoint)
    , m_result(tl::unexpected(ProbeError{}))
{
}

void MarketProbe::start(const Network &network, const evm::Address &market)
{
    m_network = network;
    m_facts = {};
    m_facts.market = market;
    m_round = std::make_unique<QObject>();
    m_endpoint.call({u"eth_chainId"_s, {}}, m_round.get(), [this](const RpcAnswer &answer) {
        if (!answer) {
            endWith(answer.error());
            return;
        }
        const auto number = U256::fromHex(answer->toString());
        const auto chain = number ? number->toUInt64() : std::nullopt;
        if (!chain) {
            endWith(ProbeFault::Endpoint, tr("The endpoint names no chain."));
            return;
        }
        m_facts.chainId = *chain;
        if (m_network.chainId && *m_network.chainId != *chain) {
            endWith(
                ProbeFault::WrongChain,
                tr("The endpoint serves chain %1, and %2 is chain %3. No balance is shown. Use an "
                   "endpoint of %2, or choose the other network.")
                    .arg(*chain)
                    .arg(m_network.title)
                    .arg(*m_network.chainId));
            return;
        }
        askGeneration();
    });
}

void MarketProbe::askGeneration()
{
    m_endpoint.batch({{u"eth_getCode"_s, {m_facts.market.toString(), u"latest"_s}},
                      ethCall(m_facts.market, tokenData(Generation::Collateral)),
                      ethCall(m_facts.market, tokenData(Generation::Stake))},
                     m_round.get(),
                     [this](const QList<RpcAnswer> &answers) { onGeneration(answers); });
}

void MarketProbe::onGeneration(const QList<RpcAnswer> &answers)
{
    if (const auto trouble = troubleIn(answers)) {
        endWith(*trouble);
        return;
    }
    const auto code = bytesOf(answers.first());
    if (!code) {
        endWith(ProbeFault::Endpoint, tr("The endpoint gave no usable answer about the contract."));
        return;
    }
    if (code->isEmpty()) {
        endWith(
            ProbeFault::NoContract,
            tr("There is no contract at %1 on chain %2: the address or the network is wrong, or "
               "the node was started anew.")
                .arg(m_facts.market.toString())
                .arg(m_facts.chainId));
        return;
    }
    for (const auto &[index, generation] :
         {std::pair{1, Generation::Collateral}, std::pair{2, Generation::Stake}}) {
        const auto word = bytesOf(answers.at(index));
        const evm::Address token = evm::Address::fromWord(word.value_or(QByteArray()));
        if (!token.isNull()) {
            m_facts.generation = generation;
            m_facts.token = token;
            askToken();
            return;
        }
    }
    endWith(ProbeFault::NotAMarket,
            tr("The contract at %1 is no Boundless market: it knows neither the calls of releases "
               "0.10 to 0.14 nor those of 1.0 and later.")
                .arg(m_facts.market.toString()));
}

void MarketProbe::askToken()
{
    const QString decimals = evm::CallData("decimals()").hex();
    const QString symbol = evm::CallData("symbol()").hex();
    m_endpoint.batch({ethCall(m_facts.token, decimals), ethCall(m_facts.token, symbol)},
                     m_round.get(), [this](const QList<RpcAnswer> &answers) {
                         if (const auto trouble = troubleIn(answers)) {
                             endWith(*trouble);
                             return;
                         }
                         const auto word = bytesOf(answers.at(0));
                         const auto number = word ? evm::singleNumber(*word) : std::nullopt;
                         if (!number || *number > U256(U256::MaxDecimals)) {
                             endWith(ProbeFault::NotAMarket,
                                     tr("The market's token %1 does not say how many decimals it "
                                        "has, so no amount can be shown.")
                                         .arg(m_facts.token.toString()));
                             return;
                         }
                         m_facts.decimals = int(number->toUInt64().value_or(0));
                         m_facts.symbol
                             = evm::tokenText(bytesOf(answers.at(1)).value_or(QByteArray()));
                         if (m_facts.symbol.isEmpty()) {
                             m_facts.symbol = tr("tokens");
                         }
                         end(m_facts);
                     });
}

void MarketProbe::end(tl::expected<MarketFacts, ProbeError> result)
{
    m_result = std::move(result);
    m_round.release()->deleteLater(); // an answer's own context is in use
    emit finished();
}

void MarketProbe::endWith(const RpcError &error)
{
    endWith(error.fault == RpcFault::Refused ? ProbeFault::Refused : ProbeFault::Endpoint,
            evm::errorText(error));
}

void MarketProbe::endWith(ProbeFault fault, const QString &text)
{
    end(tl::unexpected(ProbeError{fault, text}));
}

} // namespace proverdeck::models::boundless

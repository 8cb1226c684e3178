// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/RpcCheck.h"

#include "models/boundless/Market.h"
#include "models/evm/U256.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

using namespace std::chrono_literals;

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using evm::RpcAnswer;
using evm::U256;

namespace {

constexpr int Rounds = 3;
constexpr auto SlowAnswer = 500ms;
/// What the broker's own client asks for at most, and what providers are known to stop at.
constexpr std::array<quint64, 7> Widths{499, 300, 100, 50, 10, 5, 1};

QString tr(const char *text)
{
    return QCoreApplication::translate("RpcCheck", text);
}

std::optional<quint64> quantity(const QJsonValue &value)
{
    const auto number = U256::fromHex(value.toString());
    return number ? number->toUInt64() : std::nullopt;
}

} // namespace

evm::RpcLimits RpcCheck::shortLimits()
{
    evm::RpcLimits limits;
    limits.exchange = 10s;
    limits.patience = 15s;
    return limits;
}

RpcCheck::RpcCheck(evm::RpcUrl url, evm::RpcLimits limits, QObject *parent)
    : QObject(parent)
    , m_endpoint(std::move(url), limits)
{
}

RpcCheck::~RpcCheck() = default;

void RpcCheck::start()
{
    m_report = {};
    m_rounds = 0;
    askChain();
}

void RpcCheck::end(const QString &problem)
{
    m_report.problem = problem;
    emit finished();
}

void RpcCheck::askChain()
{
    m_clock.start();
    m_endpoint.call({u"eth_chainId"_s, {}}, this, [this](const RpcAnswer &answer) {
        const std::chrono::milliseconds took(m_clock.elapsed());
        if (!answer) {
            end(evm::errorText(answer.error()));
            return;
        }
        m_report.chainId = quantity(*answer);
        m_report.latency = std::min(m_report.latency.value_or(took), took);
        ++m_rounds < Rounds ? askChain() : askBlock();
    });
}

void RpcCheck::askBlock()
{
    m_endpoint.call({u"eth_blockNumber"_s, {}}, this, [this](const RpcAnswer &answer) {
        m_report.block = answer ? quantity(*answer) : std::nullopt;
        if (!m_report.block) {
            end(answer ? tr("It does not say how high its chain is.")
                       : evm::errorText(answer.error()));
            return;
        }
        askFilter();
    });
}

void RpcCheck::askFilter()
{
    m_endpoint.call({u"eth_newBlockFilter"_s, {}}, this, [this](const RpcAnswer &answer) {
        if (answer && answer->isString()) {
            askFilterChanges(answer->toString());
            return;
        }
        const bool isFinal = answer || !answer.error().isWorthRetrying();
        m_report.hasFilters = isFinal ? std::optional(false) : std::nullopt;
        askLogs(0);
    });
}

/// Behind a load balancer another node answers, which does not know the filter.
void RpcCheck::askFilterChanges(const QString &id)
{
    m_endpoint.call({u"eth_getFilterChanges"_s, {id}}, this, [this, id](const RpcAnswer &answer) {
        const bool isFinal = answer || !answer.error().isWorthRetrying();
        m_report.hasFilters = isFinal ? std::optional(answer.has_value()) : std::nullopt;
        m_endpoint.call({u"eth_uninstallFilter"_s, {id}}, this, [](const RpcAnswer & /*gone*/) {});
        askLogs(0);
    });
}

void RpcCheck::askLogs(qsizetype step)
{
    if (step >= qsizetype(Widths.size())) {
        m_report.logBlocks = 0;
        end();
        return;
    }
    const quint64 head = *m_report.block;
    const quint64 width = Widths.at(std::size_t(step));
    const QJsonObject filter{{u"fromBlock"_s, U256(head >= width ? head - width + 1 : 0).toHex()},
                             {u"toBlock"_s, U256(head).toHex()},
                             {u"address"_s, u"0x0000000000000000000000000000000000000001"_s}};
    m_endpoint.call({u"eth_getLogs"_s, {filter}}, this,
                    [this, step, width](const RpcAnswer &answer) {
                        if (answer) {
                            m_report.logBlocks = width;
                            end();
                        } else if (answer.error().isWorthRetrying()
                                   || answer.error().fault == evm::RpcFault::DailyQuota) {
                            end(evm::errorText(answer.error()));
                        } else {
                            askLogs(step + 1);
                        }
                    });
}

QList<Finding> judgeRpc(const RpcReport &report, std::optional<quint64> wantedChain,
                        quint64 lookback)
{
    QList<Finding> findings;
    const auto add = [&findings](const char *code, Severity severity, const QString &text,
                                 const QString &advice = {}) {
        findings << Finding{QString::fromLatin1(code), severity, text, advice};
    };
    if (!report.problem.isEmpty()) {
        add("rpc-no-answer", Severity::Error, report.problem);
    }
    if (report.chainId && wantedChain && report.chainId != wantedChain) {
        add("rpc-chain", Severity::Error,
            tr("The endpoint serves chain %1, and the network is chain %2.")
                .arg(*report.chainId)
                .arg(*wantedChain),
            tr("Take the address of that network from your provider."));
    }
    if (report.latency && *report.latency > SlowAnswer) {
        add("rpc-slow", Severity::Warning,
            tr("It takes %1 ms to answer.").arg(report.latency->count()),
            tr("Others lock the orders meanwhile: take an endpoint near the server."));
    }
    if (report.hasFilters == false) {
        add("rpc-no-filters", Severity::Warning,
            tr("It keeps no filters, by which a broker up to 1.0 finds orders on the chain."),
            tr("Take another provider, or rely on the order stream."));
    }
    if (report.logBlocks == quint64(0)) {
        add("rpc-no-logs", Severity::Error, tr("It gives no logs."),
            tr("Set lookback_blocks = 0, or take another provider."));
    } else if (report.logBlocks && *report.logBlocks < lookback) {
        add("rpc-log-range", Severity::Warning,
            tr("It gives the logs of at most %1 blocks at once, and the broker asks for %2 when it "
               "starts.")
                .arg(*report.logBlocks)
                .arg(lookback),
            tr("Set lookback_blocks to %1 or less, or take another plan or provider.")
                .arg(*report.logBlocks));
    }
    if (findings.isEmpty() && report.chainId) {
        add("rpc-good", Severity::Info,
            tr("The endpoint can do what the broker needs: chain %1, %2 ms, logs of %3 blocks.")
                .arg(*report.chainId)
                .arg(report.latency.value_or(0ms).count())
                .arg(report.logBlocks.value_or(0)));
    }
    return findings;
}

} // namespace proverdeck::models::boundless

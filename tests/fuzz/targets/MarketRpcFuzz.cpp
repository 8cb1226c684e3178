// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/boundless/LockBook.h"
#include "models/boundless/Market.h"
#include "models/boundless/Networks.h"
#include "models/boundless/TransferBook.h"
#include "models/evm/Abi.h"
#include "models/evm/Rpc.h"

#include <QJsonDocument>

using namespace proverdeck;
using namespace proverdeck::models;
using namespace proverdeck::models::evm;
using namespace proverdeck::models::boundless;

namespace {

void checkAnswers(const QByteArray &bytes)
{
    const QDateTime now = QDateTime::fromSecsSinceEpoch(1'700'000'000, Qt::UTC);
    const QList<SentCall> sent{{1, QStringLiteral("eth_getLogs")}, {2, QStringLiteral("eth_call")}};
    for (const int status : {200, 301, 400, 401, 429, 503}) {
        for (const bool isBatch : {false, true}) {
            const RpcReading reading = readRpcAnswer({status, bytes.left(40), bytes},
                                                     isBatch ? sent : sent.mid(0, 1), isBatch, now);
            for (auto it = reading.answers.begin(); it != reading.answers.end(); ++it) {
                FUZZ_CHECK(it.key() == 1 || it.key() == 2);
                FUZZ_CHECK(!it.value() || status < 300);
                if (!it.value()) {
                    FUZZ_CHECK(fuzz::isHarmless(it.value().error().detail));
                    FUZZ_CHECK(fuzz::isHarmless(errorText(it.value().error())));
                    FUZZ_CHECK(!it.value().error().wait || it.value().error().wait->count() >= 0);
                }
            }
            FUZZ_CHECK(!reading.isBatchRefused || isBatch);
        }
    }
}

void checkLogs(const QByteArray &bytes)
{
    const QJsonDocument document = QJsonDocument::fromJson(bytes);
    QJsonArray logs = document.isArray()
        ? document.array()
        : document.object().value(QStringLiteral("result")).toArray();
    const auto networks = loadNetworks();
    const Address us = *Address::fromText(u"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    for (const Generation generation : {Generation::Stake, Generation::Collateral}) {
        const Deployment &deployment
            = networks->first().deployments.at(generation == Generation::Stake ? 1 : 0);
        const MarketFacts facts{8453, deployment.market, generation, deployment.token, {}, 6};
        QList<MarketEvent> events;
        for (const QJsonValue &log : std::as_const(logs)) {
            if (const auto event = readLog(log.toObject(), facts, us)) {
                FUZZ_CHECK(event->kind == EventKind::Slashed || event->kind == EventKind::TokensIn
                           || event->kind == EventKind::TokensOut || event->account == us);
                events << *event;
            }
        }
        const auto entries = lockEntries(events, {}, QDateTime::fromSecsSinceEpoch(0, Qt::UTC));
        FUZZ_CHECK(entries.size() <= events.size());
        FUZZ_CHECK(effectsOf(events, {}, us).size() == events.size());
    }
    const TransferBook book = TransferBook::fromJson(logs);
    FUZZ_CHECK(TransferBook::fromJson(book.toJson()).records().size() == book.records().size());
}

void checkAmounts(const QByteArray &bytes)
{
    const QString text = QString::fromUtf8(bytes.left(300));
    for (const int decimals : {0, 6, 18, 36}) {
        if (const auto value = U256::fromUnits(text, decimals)) {
            FUZZ_CHECK(U256::fromUnits(value->toUnits(decimals), decimals) == *value);
            FUZZ_CHECK(U256::fromHex(value->toHex()) == *value);
            FUZZ_CHECK(U256::fromDecimal(value->toDecimal()) == *value);
        }
    }
    if (const auto data = bytesFromHex(text)) {
        FUZZ_CHECK(hexFromBytes(*data).compare(text, Qt::CaseInsensitive) == 0);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    checkAnswers(bytes);
    checkLogs(bytes);
    checkAmounts(bytes);
    FUZZ_CHECK(fuzz::isHarmless(decodeRevert(bytes).text));
    FUZZ_CHECK(fuzz::isHarmless(tokenText(bytes)));
    (void)readRequestLock(bytes);
    const auto networks = readNetworks(bytes);
    FUZZ_CHECK(networks || !networks.error().isEmpty());
    return 0;
}

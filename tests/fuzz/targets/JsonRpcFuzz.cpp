// SPDX-License-Identifier: GPL-3.0-or-later
// Answers of the L2's JSON-RPC port.
#include "fuzz/Fuzz.h"
#include "models/ethrex/ResultCollector.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>

using namespace proverdeck;
using namespace proverdeck::models::ethrex;

namespace {

/// A number that is no whole one, or too large, is no quantity: it must not become another one.
bool isQuantity(const QJsonValue &value)
{
    if (value.isString()) {
        return !value.toString().isEmpty();
    }
    const double number = value.toDouble(-1);
    return number >= 0 && number == std::floor(number) && number <= 9.3e18;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray answer = fuzz::bytesOf(data, size);
    const QJsonObject result
        = QJsonDocument::fromJson(answer).object().value(QStringLiteral("result")).toObject();
    if (const auto blocks = batchBlocks(answer)) {
        FUZZ_CHECK(blocks->first <= blocks->second);
        FUZZ_CHECK(isQuantity(result.value(QStringLiteral("first_block"))));
        FUZZ_CHECK(isQuantity(result.value(QStringLiteral("last_block"))));
    }
    if (const auto block = blockGasAndTxs(answer)) {
        FUZZ_CHECK(block->second <= size);
        FUZZ_CHECK(isQuantity(result.value(QStringLiteral("gasUsed"))));
    }
    return 0;
}

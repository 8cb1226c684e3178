// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/boundless/BrokerAnalysis.h"

using namespace proverdeck;
using namespace proverdeck::models;
using namespace proverdeck::models::boundless;

namespace {

struct Read
{
    BrokerLog log;
    QList<BrokerEvent> events;
};

Read readLog(const QByteArray &bytes, fuzz::Cuts cuts)
{
    Read read;
    const auto sink = [&read](const BrokerEvent &event) { read.events << event; };
    fuzz::feedInPieces(bytes, cuts, [&](QByteArrayView piece) { read.log.feed(piece, sink); });
    read.log.finish(sink);
    return read;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    const Read read = readLog(bytes, fuzz::Cuts::None);
    FUZZ_CHECK(read.events == readLog(bytes, fuzz::Cuts::EveryByte).events);
    FUZZ_CHECK(read.events == readLog(bytes, fuzz::Cuts::Somewhere).events);
    OrderBook book;
    for (const BrokerEvent &event : read.events) {
        FUZZ_CHECK(event.id.isEmpty() || event.id.startsWith(QStringLiteral("0x")));
        FUZZ_CHECK(event.evidence.text.size() <= 500 && fuzz::isHarmless(event.evidence.text));
        FUZZ_CHECK(event.evidence.line > 0 && event.evidence.offset < qint64(size));
        for (const QString &value : event.values) {
            FUZZ_CHECK(fuzz::isHarmless(value));
        }
        book.apply(event);
    }
    const QList<OrderRow> rows = book.rows(book.lastMs().value_or(0));
    const OrderSummary sum = OrderBook::summaryOf(rows, *BrokerPatterns::builtIn());
    FUZZ_CHECK(sum.seen == book.size() && sum.locked <= sum.seen && sum.skipped <= sum.seen);
    FUZZ_CHECK(!sum.fulfilmentRate || (*sum.fulfilmentRate >= 0 && *sum.fulfilmentRate <= 1));
    BrokerAnalysis analysis;
    analysis.feedLog(QStringLiteral("log"), bytes);
    analysis.finishLog(QStringLiteral("log"));
    for (const Finding &finding : analysis.findings(analysis.lastMs())) {
        FUZZ_CHECK(fuzz::isHarmless(finding.text) && fuzz::isHarmless(finding.advice));
    }
    return 0;
}

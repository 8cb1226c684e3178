// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/ethrex/Metrics.h"

using namespace proverdeck;
using namespace proverdeck::models::ethrex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray body = fuzz::bytesOf(data, size);
    const auto snapshot = parseMetrics(body);
    const QByteArray framed = "# a comment\n\n" + body + "\n# another\n";
    FUZZ_CHECK(parseMetrics(framed) == snapshot);
    if (!snapshot) {
        return 0;
    }
    MetricsHistory history;
    history.add(*snapshot);
    FUZZ_CHECK(history.restarts() == 0 && history.all() == snapshot->batches);
    history.add(*snapshot);
    FUZZ_CHECK(history.restarts() == 0 && history.all() == snapshot->batches);
    for (auto it = snapshot->batches.begin(); it != snapshot->batches.end(); ++it) {
        FUZZ_CHECK(it->gasUsed || it->txCount || it->blocks);
        FUZZ_CHECK(!it->blocks || *it->blocks > 0);
    }
    // A second body after it: batches are never forgotten.
    const auto tail = parseMetrics(body.mid(body.size() / 2));
    if (tail) {
        history.add(*tail);
        for (const quint64 batch : snapshot->batches.keys()) {
            FUZZ_CHECK(history.all().contains(batch));
        }
    }
    history.fill(7, {.gasUsed = 1, .txCount = 2, .blocks = 3});
    FUZZ_CHECK(history.facts(7).gasUsed && history.facts(7).txCount && history.facts(7).blocks);
    return 0;
}

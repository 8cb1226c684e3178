// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/ethrex/BatchTable.h"
#include "models/ethrex/LogFindings.h"
#include "models/ethrex/ProverLog.h"

using namespace proverdeck;
using namespace proverdeck::models;
using namespace proverdeck::models::ethrex;

namespace {

ProverLog readLog(const QByteArray &bytes, fuzz::Cuts cuts)
{
    ProverLog log;
    fuzz::feedInPieces(bytes, cuts, [&log](QByteArrayView piece) { log.feed(piece); });
    log.finish();
    return log;
}

void requireSame(const ProverLog &a, const ProverLog &b)
{
    FUZZ_CHECK(a.proofs() == b.proofs() && a.findings() == b.findings());
    FUZZ_CHECK(a.provingNow() == b.provingNow() && a.provingSince() == b.provingSince());
    FUZZ_CHECK(a.lastTimestamp() == b.lastTimestamp() && a.hasContact() == b.hasContact());
    FUZZ_CHECK(a.isColoured() == b.isColoured() && a.distinctBatches() == b.distinctBatches());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    const ProverLog log = readLog(bytes, fuzz::Cuts::None);
    requireSame(log, readLog(bytes, fuzz::Cuts::EveryByte));
    requireSame(log, readLog(bytes, fuzz::Cuts::Somewhere));
    qint64 line = 0;
    for (const Proof &proof : log.proofs()) {
        FUZZ_CHECK(proof.line > line && proof.offset < size);
        FUZZ_CHECK(proof.offset == 0 || bytes.at(qsizetype(proof.offset) - 1) == '\n');
        FUZZ_CHECK(!proof.timeMs || *proof.timeMs >= 0);
        line = proof.line;
    }
    for (const Finding &finding : log.findings()) {
        FUZZ_CHECK(fuzz::isHarmless(finding.text) && fuzz::isHarmless(finding.evidence.text));
        FUZZ_CHECK(finding.evidence.text.size() <= 500 && finding.count > 0);
        FUZZ_CHECK(finding.evidence.offset < qint64(size));
    }
    FUZZ_CHECK(log.distinctBatches() <= log.proofs().size());
    const QList<BatchRow> rows = buildTable(log.proofs(), {});
    FUZZ_CHECK(rows.size() == log.distinctBatches());
    const Summary all = summariseAll(rows);
    const Summary counted = summariseCounted(rows);
    FUZZ_CHECK(counted.batches <= all.batches);
    FUZZ_CHECK(!all.minMs || (*all.minMs <= *all.medianMs && *all.medianMs <= *all.maxMs));
    FUZZ_CHECK(!all.avgMs || (*all.minMs <= *all.avgMs && *all.avgMs <= *all.maxMs));
    (void)judge({.proofs = log.proofs(), .rows = rows, .logFindings = log.findings()});
    return 0;
}

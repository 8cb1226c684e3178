// SPDX-License-Identifier: GPL-3.0-or-later
// The logs of the L2, of the load test and of commands.
#include "fuzz/Fuzz.h"
#include "models/ethrex/L2Log.h"
#include "models/ethrex/LogFindings.h"

#include <QStringList>

using namespace proverdeck;
using namespace proverdeck::models;
using namespace proverdeck::models::ethrex;

namespace {

template<class Reader> void feed(Reader &reader, const QByteArray &bytes, fuzz::Cuts cuts)
{
    fuzz::feedInPieces(bytes, cuts, [&reader](QByteArrayView piece) { reader.feed(piece); });
    reader.finish();
}

void checkFindings(const QByteArray &bytes, LogKind kind)
{
    LogFindings whole(kind, QStringLiteral("some.log"));
    LogFindings pieces(kind, QStringLiteral("some.log"));
    feed(whole, bytes, fuzz::Cuts::None);
    feed(pieces, bytes, fuzz::Cuts::Somewhere);
    FUZZ_CHECK(whole.findings() == pieces.findings());
    for (const Finding &finding : whole.findings()) {
        FUZZ_CHECK(!finding.code.isEmpty() && finding.count > 0 && finding.evidence.line > 0);
        FUZZ_CHECK(fuzz::isHarmless(finding.text) && fuzz::isHarmless(finding.advice));
        FUZZ_CHECK(fuzz::isHarmless(finding.evidence.text));
        FUZZ_CHECK(finding.text.size() < 2000 && finding.evidence.text.size() <= 500);
        const qint64 offset = finding.evidence.offset;
        FUZZ_CHECK(offset == 0 || bytes.at(offset - 1) == '\n');
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    for (const LogKind kind : {LogKind::L2, LogKind::LoadTest, LogKind::Command}) {
        checkFindings(bytes, kind);
    }
    L2Log whole;
    L2Log pieces;
    feed(whole, bytes, fuzz::Cuts::None);
    feed(pieces, bytes, fuzz::Cuts::EveryByte);
    FUZZ_CHECK(whole.batches() == pieces.batches());
    FUZZ_CHECK(whole.lastCommitted() == pieces.lastCommitted());
    FUZZ_CHECK(whole.lastBlock() == pieces.lastBlock());
    for (const BatchFacts &facts : whole.batches()) {
        FUZZ_CHECK(facts.blocks && *facts.blocks > 0 && !facts.gasUsed && !facts.txCount);
    }
    static const QStringList readers{QStringLiteral("ethrex-prover"), QStringLiteral("ethrex-l2"),
                                     QStringLiteral("ethrex-loadtest"), QStringLiteral("metrics")};
    FUZZ_CHECK(readers.contains(readerFor(bytes)));
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/logs/Redactor.h"

using namespace proverdeck;
using namespace proverdeck::models;

namespace {

QByteArray through(const QByteArray &text, fuzz::Cuts cuts, int &count)
{
    Redactor redactor;
    QByteArray out;
    fuzz::feedInPieces(text, cuts, [&](QByteArrayView piece) { out += redactor.feed(piece); });
    out += redactor.finish();
    count = redactor.count();
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text = fuzz::bytesOf(data, size);
    int count = 0;
    const QByteArray whole = through(text, fuzz::Cuts::None, count);
    FUZZ_CHECK(whole.size() == text.size());
    qsizetype masked = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        FUZZ_CHECK(whole.at(i) == text.at(i) || whole.at(i) == '*');
        FUZZ_CHECK(text.at(i) != '\n' || whole.at(i) == '\n');
        masked += whole.at(i) != text.at(i) ? 1 : 0;
    }
    FUZZ_CHECK(masked == 0 || count > 0);
    int other = 0;
    FUZZ_CHECK(through(text, fuzz::Cuts::EveryByte, other) == whole && other == count);
    FUZZ_CHECK(through(text, fuzz::Cuts::Somewhere, other) == whole && other == count);
    // A secret in a line that was masked before stays masked.
    FUZZ_CHECK(redacted(whole) == whole || masked > 0);
    return 0;
}

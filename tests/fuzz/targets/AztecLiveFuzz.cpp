// SPDX-License-Identifier: GPL-3.0-or-later
// What comes from a server while Aztec provers are watched: docker's lines, a file's frames, the
// answers of the scripts.
#include "fuzz/Fuzz.h"
#include "models/aztec/live/Diagnosis.h"
#include "models/aztec/live/FileJoin.h"
#include "models/aztec/live/StampJoin.h"

using namespace proverdeck;
using namespace proverdeck::models::aztec;

namespace {

template<typename Join> QByteArray joined(Join join, const QByteArray &bytes, fuzz::Cuts cuts)
{
    QByteArray out;
    fuzz::feedInPieces(bytes, cuts, [&](QByteArrayView piece) { out += join.feed(piece); });
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    for (const char *container : {"c", ""}) {
        const QByteArray once = joined(StampJoin(container), bytes, fuzz::Cuts::None);
        FUZZ_CHECK(once == joined(StampJoin(container), bytes, fuzz::Cuts::EveryByte));
        FUZZ_CHECK(once == joined(StampJoin(container), bytes, fuzz::Cuts::Somewhere));
        // A reading that ends anywhere, and another one that prints all again: each line once.
        StampJoin join(container);
        QByteArray twice = join.feed(QByteArrayView(bytes).first(bytes.size() / 2));
        join.interrupt();
        (void)join.since();
        (void)join.takeSaid();
        twice += join.feed(bytes);
        FUZZ_CHECK(twice.size() >= once.size());
    }
    const QByteArray file = joined(FileJoin(), bytes, fuzz::Cuts::None);
    FUZZ_CHECK(file == joined(FileJoin(), bytes, fuzz::Cuts::EveryByte));
    const QString machine = QStringLiteral("a");
    if (const auto status = parseMachineStatus(bytes, machine)) {
        (void)status->aztecContainers();
    }
    if (const auto diagnosis = parseDiagnosis(bytes, machine)) {
        FUZZ_CHECK(findingsOf(*diagnosis).size() == diagnosis->workers.size());
    }
    return 0;
}

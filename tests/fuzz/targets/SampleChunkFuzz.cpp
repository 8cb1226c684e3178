// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/series/SampleChunk.h"

#include <algorithm>

using proverdeck::models::series::SampleChunk;

namespace fuzz = proverdeck::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text = fuzz::bytesOf(data, size);
    FUZZ_CHECK(!SampleChunk::unpack(text) || text.size() > 4);
    // As a damaged archive could have it, with the checksum that it should have.
    const auto chunk = SampleChunk::unpack(SampleChunk::withChecksum(text));
    if (!chunk) {
        return 0;
    }
    for (const std::vector<float> &column : chunk->columns) {
        FUZZ_CHECK(column.size() == chunk->at.size());
    }
    const std::size_t values = chunk->at.size() * (1 + chunk->columns.size());
    if (!std::is_sorted(chunk->at.begin(), chunk->at.end()) || values > 100'000) {
        return 0;
    }
    // What was read can be kept, and is then the same.
    const QByteArray packed = chunk->packed();
    const auto again = SampleChunk::unpack(packed);
    FUZZ_CHECK(again && again->packed() == packed);
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// What nvidia-smi prints, or the shell in its place.
#include "fuzz/Fuzz.h"
#include "models/series/GpuSamples.h"

#include <cmath>

using namespace proverdeck;
using namespace proverdeck::models::series;

namespace {

struct Reading
{
    QList<GpuSample> samples;
    QString error;
    bool operator==(const Reading &) const = default;
};

Reading readAll(const QByteArray &bytes, fuzz::Cuts cuts)
{
    Reading reading;
    GpuSampleReader reader;
    fuzz::feedInPieces(bytes, cuts,
                       [&](QByteArrayView piece) { reading.samples += reader.feed(piece); });
    reading.samples += reader.finish();
    reading.error = reader.error();
    return reading;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    const Reading reading = readAll(bytes, fuzz::Cuts::None);
    FUZZ_CHECK(reading == readAll(bytes, fuzz::Cuts::EveryByte));
    FUZZ_CHECK(reading == readAll(bytes, fuzz::Cuts::Somewhere));
    FUZZ_CHECK(fuzz::isHarmless(reading.error) && reading.error.size() <= 500);
    for (const GpuSample &sample : reading.samples) {
        FUZZ_CHECK(sample.index >= 0);
        for (const auto &value : {sample.utilisation, sample.memoryUsedMiB, sample.memoryTotalMiB,
                                  sample.temperatureC, sample.powerW, sample.fanPercent}) {
            FUZZ_CHECK(!value || std::isfinite(*value));
        }
        for (const QString &text :
             {sample.uuid, sample.name, sample.performanceState, sample.trouble}) {
            FUZZ_CHECK(fuzz::isHarmless(text) && text.size() <= 500);
        }
    }
    return 0;
}

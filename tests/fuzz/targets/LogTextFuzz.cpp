// SPDX-License-Identifier: GPL-3.0-or-later
// One line of a log on its way to the screen.
#include "fuzz/Fuzz.h"
#include "models/logs/LogText.h"

using namespace proverdeck;
using namespace proverdeck::models;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray raw = fuzz::bytesOf(data, size).replace('\n', "");
    const LogText text = readLogText(raw);
    FUZZ_CHECK(fuzz::isHarmless(text.text));
    FUZZ_CHECK(text.text.size() <= raw.size());
    FUZZ_CHECK(text.level == levelOf(text.text));
    int end = 0;
    for (const LogSpan &span : text.spans) {
        FUZZ_CHECK(span.start >= end && span.length > 0 && !span.style.isPlain());
        FUZZ_CHECK(span.style.colour >= -1 && span.style.colour <= 0x1ffffff);
        end = span.start + span.length;
    }
    FUZZ_CHECK(end <= text.text.size());
    if (isPlainLog(raw)) {
        FUZZ_CHECK(text.text == QString::fromLatin1(raw) && text.spans.isEmpty());
    }
    // What is shown shows itself.
    FUZZ_CHECK(readLogText(text.text.toUtf8()).text == text.text);
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "ssh/KeyFile.h"
#include "ssh/Text.h"

using namespace proverdeck;
using namespace proverdeck::ssh;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text = fuzz::bytesOf(data, size);
    if (const auto header = parseKeyHeader(text)) {
        FUZZ_CHECK(!header->cipher.isEmpty() || header->isEncrypted);
        FUZZ_CHECK(header->isEncrypted == (header->cipher != "none"));
        FUZZ_CHECK(header->publicBlob.isEmpty() || keyTypeOf(header->publicBlob) == header->type);
        FUZZ_CHECK(!header->isRsa() || header->type == "ssh-rsa");
        FUZZ_CHECK(parseKeyHeader("noise\n" + text.trimmed() + "\n") || text.contains("BEGIN"));
    }
    const QByteArray blob = parsePublicKey(text);
    if (!blob.isEmpty()) {
        const QByteArray type = keyTypeOf(blob);
        FUZZ_CHECK(text.contains(type));
        FUZZ_CHECK(parsePublicKey(type + ' ' + blob.toBase64() + " me@here\n") == blob);
        FUZZ_CHECK(fuzz::isHarmless(fingerprintOf(blob)));
    }
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// The first bytes of a server, read without libssh2.
#include "fuzz/Fuzz.h"
#include "ssh/KexProbe.h"

using namespace proverdeck;
using namespace proverdeck::ssh;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    const auto offer = parseKexInit(bytes);
    // More bytes never change or take back what was read.
    fuzz::Dice dice{QByteArrayView(bytes)};
    for (int i = 0; i < 8; ++i) {
        const auto early = parseKexInit(bytes.first(dice.below(bytes.size() + 1)));
        FUZZ_CHECK(!early || early == offer);
    }
    if (!offer) {
        return 0;
    }
    FUZZ_CHECK(parseKexInit(bytes + "more") == offer);
    const KexOffer ours{{"curve25519-sha256"}, {"ssh-ed25519"}, {"aes128-ctr"}, {"hmac-sha2-256"}};
    const QString mismatch = describeMismatch(*offer, ours);
    FUZZ_CHECK(fuzz::isHarmless(mismatch) && mismatch.size() < 10'000);
    FUZZ_CHECK(describeMismatch(ours, ours).isEmpty());
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// What "ssh -G" prints: the user's configuration, and what a "Match exec" put into it.
#include "fuzz/Fuzz.h"
#include "ssh/HostConfig.h"

using namespace proverdeck;
using namespace proverdeck::ssh;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto environment
        = [](const QString &name) { return name.isEmpty() ? QString() : u"/run/" + name; };
    const auto config = parseHostConfig(fuzz::bytesOf(data, size), QStringLiteral("box\x1b[31m"),
                                        QStringLiteral("/home/me"), environment);
    if (!config) {
        FUZZ_CHECK(config.error().code == ErrorCode::Config);
        FUZZ_CHECK(!config.error().detail.isEmpty() && fuzz::isHarmless(config.error().detail));
        return 0;
    }
    FUZZ_CHECK(!config->hostName.isEmpty() && !config->user.isEmpty() && config->port != 0);
    FUZZ_CHECK(!config->identityFiles.contains(QStringLiteral("none")));
    FUZZ_CHECK(!config->agentSocket || !config->agentSocket->isEmpty());
    FUZZ_CHECK(!config->connectTimeout || config->connectTimeout->count() > 0);
    FUZZ_CHECK(config->serverAliveInterval.count() >= 0);
    for (const QString &path : config->identityFiles) {
        FUZZ_CHECK(!path.startsWith(QStringLiteral("~/")));
    }
    return 0;
}

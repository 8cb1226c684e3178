// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/boundless/ComposeFile.h"
#include "models/boundless/EnvFile.h"

using namespace proverdeck;
using namespace proverdeck::models;
using namespace proverdeck::models::boundless;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    const ComposeFile original(bytes);
    FUZZ_CHECK(original.bytes() == bytes);
    for (const Finding &finding : original.check(QStringLiteral("c"), 4)) {
        FUZZ_CHECK(fuzz::isHarmless(finding.text) && fuzz::isHarmless(finding.advice));
    }
    const auto agents = original.agents();
    ComposeFile file = original;
    const bool added = file.addGpuAgent(9).has_value();
    FUZZ_CHECK(file.agents().size() == agents.size() + (added ? 1 : 0));
    FUZZ_CHECK(file.problem() == original.problem());
    (void)file.addExecAgent();
    (void)file.setSegmentSize(19);
    for (const ComposeAgent &agent : agents) {
        (void)file.setMemory(agent.name, QStringLiteral("8G"));
        (void)file.removeAgent(agent.name);
    }
    while (file.canUndo()) {
        file.undo();
    }
    FUZZ_CHECK(file.bytes() == bytes);
    EnvFile env(bytes);
    for (const EnvEntry &entry : env.entries()) {
        FUZZ_CHECK(fuzz::isHarmless(env.shown(entry.name)));
    }
    if (env.set(QStringLiteral("RPC_URL"), QStringLiteral("http://a.invalid"))) {
        FUZZ_CHECK(env.value(QStringLiteral("RPC_URL")) == QStringLiteral("http://a.invalid"));
    }
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Net.h"
#include "app/demo/tool/Programs.h"
#include "app/demo/tool/Rpc.h"

#include <unistd.h>

namespace proverdeck::demo {
namespace {

constexpr std::chrono::milliseconds HostCheck(500);

void serveWhileHostLives(const State &state, Server &server)
{
    while (stopSignal() == 0 && state.isHostAlive()) {
        server.serve(HostCheck);
    }
}

} // namespace

int runL1(const State &state, const Words &words)
{
    const auto port = static_cast<int>(number(option(words, "--http.port"), state.l1Port()));
    const long long start = state.nowMs();
    Server server;
    const auto method
        = [&](const std::string &name, const Json & /*params*/) -> std::optional<std::string> {
        const auto blocks = static_cast<std::uint64_t>((state.nowMs() - start) / 12'000);
        return name == "eth_chainId"    ? std::optional<std::string>(R"("0x9")")
            : name == "eth_blockNumber" ? inQuotes(quantity(blocks))
            : name == "net_version"     ? R"("9")"
            : name == "eth_gasPrice"    ? R"("0x8")"
            : name == "web3_clientVersion"
            ? inQuotes("ethrex/v9.1.0-main/x86_64-unknown-linux-gnu/rustc-v1.90.0")
            : name == "eth_getTransactionCount" ? R"("0x0")"
                                                : std::optional<std::string>();
    };
    logLine(state, "INFO", text("Starting HTTP server at 0.0.0.0:%d", port));
    if (!server.addHttp(port,
                        [&](const HttpRequest &request) { return rpcReply(request, method); })) {
        logLine(state, "ERROR", "Address already in use (os error 98)");
        return 1;
    }
    serveWhileHostLives(state, server);
    return 0;
}

int runMoongate(const State &state)
{
    logLine(state, "INFO", "Moongate server listening on 0.0.0.0:3000");
    Server nothing;
    serveWhileHostLives(state, nothing);
    return 0;
}

int runSquatter(const State &state, int port)
{
    Server server;
    if (!server.addDeaf(port)) {
        return 1;
    }
    recordPid(state.file("running/squatter." + std::to_string(getpid())), getpid());
    serveWhileHostLives(state, server);
    return 0;
}

} // namespace proverdeck::demo

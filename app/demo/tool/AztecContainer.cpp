// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/AztecFleet.h"
#include "app/demo/tool/Json.h"
#include "app/demo/tool/Net.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <deque>

namespace proverdeck::demo {
namespace {

constexpr long long BootMs = 1200; // until it listens
constexpr long long PollMs = 10'000; // of an agent that gets no work
constexpr long long LookAheadMs = 60'000;

std::string clock(long long ms)
{
    const long long day = ms % 86'400'000;
    return text("[%02lld:%02lld:%02lld.%03lld]", day / 3'600'000, day / 60'000 % 60,
                day / 1000 % 60, day % 1000);
}

/// What one container prints: its start, what it says of epochs, and its troubles.
class Script
{
public:
    Script(const State &state, FleetContainer container)
        : m_state(state)
        , m_container(std::move(container))
        , m_begun(state.nowMs())
        , m_upTo(m_begun + BootMs)
        , m_nextPoll(m_upTo + 500)
    {
        boot();
    }

    /// When this life of the container ends by itself; 0: not in sight.
    [[nodiscard]] long long end(long long now) const
    {
        const long long time = restartTime(m_state, m_container.name, fleetEpoch(now));
        return time > m_begun + BootMs ? time : 0;
    }

    /// Plans what is printed up to @p ms.
    void planTo(long long ms)
    {
        if (isLost()) {
            for (; m_nextPoll <= ms; m_nextPoll += PollMs) {
                lost(m_nextPoll);
            }
            return;
        }
        while (m_upTo < ms) {
            const long long epoch = fleetEpoch(m_upTo);
            // The epoch in which the fleet began is over for it.
            const bool isOurs = fleetEpochStart(epoch) >= number(m_state.setting("clock_ms"));
            for (FleetLine &line : isOurs ? epochLines(m_state, epoch) : std::vector<FleetLine>()) {
                if (line.container == m_state.setting("fleet") + "/" + m_container.name
                    && line.ms >= m_upTo) {
                    m_lines.push_back(std::move(line));
                }
            }
            m_upTo = fleetEpochStart(epoch + 1);
        }
    }

    [[nodiscard]] std::deque<FleetLine> &lines() { return m_lines; }

private:
    [[nodiscard]] bool isLost() const
    {
        return m_container.role == "agent"
            && m_container.brokerUrl != "http://127.0.0.1:" + m_state.setting("fleet_broker_port");
    }

    void say(long long ms, const std::string &message, const char *level = "INFO")
    {
        m_lines.push_back({ms, {}, false, clock(ms) + " " + level + ": " + message});
    }
    void goOn(const char *line) { m_lines.push_back({m_lines.back().ms, {}, false, line}); }

    void boot()
    {
        const bool isAgent = m_container.role == "agent";
        const long long ms = m_begun;
        if (m_container.role != "broker") {
            m_lines.push_back(
                {ms,
                 {},
                 true,
                 text("Using cached Grumpkin CRS of size %d", isAgent ? 262145 : 65537)});
            m_lines.push_back(
                {ms, {}, true, text("Using cached CRS of size %d", isAgent ? 33554433 : 2)});
        } else {
            say(ms + 400, "prover-client:proving-broker Proving Broker started");
        }
        if (isAgent) {
            say(ms + 10,
                "bb-prover Using native BB at /usr/src/barretenberg/cpp/build/bin/bb and "
                "working directory /usr/src/bb");
            say(ms + 11,
                "bb-prover Using native ACVM at "
                "/usr/src/noir/noir-repo/target/release/acvm and working directory "
                "/usr/src/acvm");
        }
        say(ms + 900,
            "cli Aztec Server listening on port 8080 "
            "{\"l2ProtocolContractsTreeRoot\":\"0x"
                + hex("contracts", 64) + "\",\"l2CircuitsVkTreeRoot\":\"0x" + hex("circuits", 64)
                + "\"}");
    }

    /// A poll of an agent that does not find its broker.
    void lost(long long ms)
    {
        const std::string url = m_container.brokerUrl;
        if (m_state.hasFault("wrong-port")) {
            say(ms,
                "prover-client:proving-agent Error in running promise: Error: Method not "
                "found: proverBroker_getProvingJob",
                "ERROR");
            goOn("    at request (file:///usr/src/yarn-project/foundation/dest/json-rpc/client/"
                 "safe_json_rpc_client.js:128:19)");
            goOn("    at async ProvingAgent.work (file:///usr/src/yarn-project/prover-client/dest/"
                 "proving_broker/proving_agent.js:141:24)");
            return;
        }
        const std::string host = url.substr(url.find("//") + 2);
        const std::string error
            = "Error: Error fetching from host " + url + ": Error: connect ECONNREFUSED " + host;
        for (const long long later : {0, 1004, 3011}) {
            say(ms + later,
                "foundation:retry Error while retrying JsonRpcClient request to " + url + ": "
                    + error,
                "ERROR");
            goOn("    at "
                 "file:///usr/src/yarn-project/foundation/dest/json-rpc/client/undici.js:28:19");
            goOn("    at process.processTicksAndRejections "
                 "(node:internal/process/task_queues:105:5)");
        }
        say(ms + 6016, "json-rpc:client Failed to fetch from the remote server", "WARN");
        say(ms + 6018, "prover-client:proving-agent Error in running promise: " + error, "ERROR");
        goOn("    at request (file:///usr/src/yarn-project/foundation/dest/json-rpc/client/"
             "safe_json_rpc_client.js:128:19)");
    }

    const State &m_state;
    FleetContainer m_container;
    std::deque<FleetLine> m_lines;
    long long m_begun;
    long long m_upTo;
    long long m_nextPoll;
};

/// Answers as the JSON-RPC servers of the three programs do.
HttpReply answer(const std::string &role, const HttpRequest &request)
{
    if (request.method == "GET") {
        return request.path == "/status" ? HttpReply{200, "text/plain", {}}
                                         : HttpReply{404, "text/plain", "Not Found"};
    }
    const auto json = parseJson(request.body);
    const std::string method = json ? (*json)["method"].scalar : std::string();
    const std::string id = json ? (*json)["id"].echoed() : "null";
    const std::string head = R"({"jsonrpc":"2.0","id":)" + id;
    if (role == "broker" && method == "proverBroker_getProvingJobStatus") {
        return {200, "application/json", head + R"(,"result":{"status":"not-found"}})"};
    }
    return {400, "application/json",
            head + R"(,"error":{"code":-32601,"message":"Method not found: )" + method + "\"}}"};
}

void print(const FleetLine &line)
{
    const std::string whole = line.text + "\n";
    std::size_t at = 0;
    while (at < whole.size()) {
        const ssize_t sent = write(line.isStdout ? 1 : 2, whole.data() + at, whole.size() - at);
        if (sent <= 0) {
            dieBy(SIGKILL);
        }
        at += static_cast<std::size_t>(sent);
    }
}

} // namespace

int runFleetContainer(const State &state, const Words &words)
{
    const auto all = fleetContainers(state);
    const auto own = std::find_if(all.begin(), all.end(), [&](const FleetContainer &one) {
        return words.size() > 1 && one.name == words[1];
    });
    if (own == all.end()) {
        return 2;
    }
    catchSignal(SIGTERM, false);
    Server server;
    const std::string role = own->role;
    if (role != "agent") {
        const auto port
            = number(state.setting(role == "node" ? "fleet_node_port" : "fleet_broker_port"));
        server.addHttp(static_cast<int>(port),
                       [role](const HttpRequest &request) { return answer(role, request); });
    }
    Script script(state, *own);
    while (stopSignal() == 0 && state.isHostAlive()) {
        const long long now = state.nowMs();
        script.planTo(now + LookAheadMs);
        auto &lines = script.lines();
        while (!lines.empty() && lines.front().ms <= now) {
            print(lines.front());
            lines.pop_front();
        }
        if (const long long end = script.end(now); end != 0 && now >= end) {
            dieBy(SIGKILL);
        }
        const long long wake
            = lines.empty() ? now + 1000 : std::min(lines.front().ms, now + 20'000);
        server.serve(std::clamp(state.realUntil(wake), std::chrono::milliseconds(1),
                                std::chrono::milliseconds(200)));
    }
    return 0;
}

} // namespace proverdeck::demo

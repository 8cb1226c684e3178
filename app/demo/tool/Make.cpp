// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Build.h"
#include "app/demo/tool/Containers.h"
#include "app/demo/tool/Programs.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>

namespace proverdeck::demo {
namespace {

struct Recipe
{
    std::string echo;
    /// Runs in a process of its own; its result is the exit status.
    std::function<int()> body;
};

// Made-up keys: what upstream's recipes echo, redaction has to find.
const std::string DeployerKey(64, '3');
const std::string CommitterKey(64, '1');
const std::string CoordinatorKey(64, '2');
constexpr char Coinbase[] = "0x0007a881CD95B1484fca47615B64803dad620C8d";

bool isSet(const char *variable)
{
    // As make's ifdef: any value that is not empty, "false" too.
    const char *value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

/// The line of the target's first recipe line, which GNU make names in its errors.
int recipeLine(const std::string &target)
{
    const Words lines = split(readFile("Makefile").value_or(std::string()), '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (startsWith(lines[i], target + ":")) {
            return static_cast<int>(i) + 2;
        }
    }
    return 0;
}

/// One command line, one option per echoed line.
std::string echoed(const std::string &first, const Words &rest)
{
    std::string result = first;
    for (const std::string &line : rest) {
        result += " \\\n" + line;
    }
    return result;
}

Words arguments(const Words &lines)
{
    Words result;
    for (const std::string &line : lines) {
        for (const std::string &word : split(line, ' ')) {
            result.push_back(word);
        }
    }
    return result;
}

Recipe docker(const std::string &echo, const Words &words, const State &state)
{
    return {echo, [&state, words] {
                if (state.hasFault("no-docker")) {
                    err("/bin/bash: line 1: docker: command not found");
                    return 127;
                }
                return runDocker(state, words);
            }};
}

Recipe deploy(const State &state, bool isSp1)
{
    Words lines{"l2 deploy",
                text("--eth-rpc-url http://localhost:%d", state.l1Port()),
                "--private-key 0x" + DeployerKey,
                "--on-chain-proposer-owner 0x4417092b70a3e5f10dc504d0947dd256b965fc62",
                "--bridge-owner 0x4417092b70a3e5f10dc504d0947dd256b965fc62",
                "--deposit-rich",
                "--private-keys-file-path ../../fixtures/keys/private_keys_l1.txt",
                "--genesis-l1-path ../../fixtures/genesis/l1.json",
                "--genesis-l2-path ../../fixtures/genesis/l2.json"};
    if (isSp1) {
        lines.emplace_back("--sp1 true");
    }
    const std::string features = "l2,l2-sql";
    return {echoed("COMPILE_CONTRACTS=true cargo run --release --features " + features
                       + " --manifest-path ../../Cargo.toml --",
                   lines),
            [&state, lines, features] {
                const std::string crates = state.repository() + "/crates/";
                if (!buildEthrex(
                        state, features,
                        {"ethrex-l2-common v9.1.0 (" + crates + "l2/common)",
                         "ethrex-sdk-contract-utils v9.1.0 (" + crates + "l2/sdk/contract_utils)",
                         "ethrex v9.1.0 (" + state.repository() + "/cmd/ethrex)"},
                        90)) {
                    return 130;
                }
                becomeEthrex(state, arguments(lines));
            }};
}

Recipe initL2(const State &state)
{
    const Fields addresses = readFields("../../cmd/.env");
    const std::string bridge = field(addresses, "ETHREX_WATCHER_BRIDGE_ADDRESS");
    const std::string proposer = field(addresses, "ETHREX_COMMITTER_ON_CHAIN_PROPOSER_ADDRESS");
    const std::string lookup = "$(grep %s ../../cmd/.env | cut -d= -f2)";
    const Words head{"l2",
                     "--watcher.block-delay 0",
                     "--network ../../fixtures/genesis/l2.json",
                     text("--http.port %d", state.httpPort()),
                     "--http.addr 0.0.0.0",
                     "--metrics",
                     text("--metrics.port %d", state.metricsPort()),
                     "--datadir dev_ethrex_l2"};
    const Words tail{text("--eth.rpc-url http://localhost:%d", state.l1Port()),
                     "--osaka-activation-time 1761677592",
                     std::string("--block-producer.coinbase-address ") + Coinbase,
                     "--committer.l1-private-key 0x" + CommitterKey,
                     "--proof-coordinator.l1-private-key 0x" + CoordinatorKey,
                     "--proof-coordinator.addr 127.0.0.1"};
    const auto whole = [&](const std::string &bridgeText, const std::string &proposerText) {
        Words lines = head;
        lines.push_back("--l1.bridge-address " + bridgeText);
        lines.push_back("--l1.on-chain-proposer-address " + proposerText);
        lines.insert(lines.end(), tail.begin(), tail.end());
        return lines;
    };
    const std::string features = std::string("l2,l2-sql,") + (isSet("GPU") ? "gpu" : "") + ","
        + (isSet("SP1")         ? "sp1"
               : isSet("RISC0") ? "risc0"
                                : "");
    const Words run = whole(bridge, proposer);
    const bool isDeployed = !bridge.empty();
    return {
        "export ETHREX_COMMITTER_ON_CHAIN_PROPOSER_ADDRESS=" + proposer
            + " ETHREX_WATCHER_BRIDGE_ADDRESS=" + bridge + "; \\\n"
            + echoed("cargo run --release --features " + features
                         + " --manifest-path ../../Cargo.toml --",
                     whole(replaced(lookup, "%s", "ETHREX_WATCHER_BRIDGE_ADDRESS"),
                           replaced(lookup, "%s", "ETHREX_COMMITTER_ON_CHAIN_PROPOSER_ADDRESS"))),
        [&state, run, isDeployed, features] {
            if (!isDeployed) {
                err("cat: ../../cmd/.env: No such file or directory");
                return 1;
            }
            const std::string crates = state.repository() + "/crates/";
            if (!buildEthrex(state, features,
                             {"ethrex-l2 v9.1.0 (" + crates + "l2)",
                              "ethrex-l2-rpc v9.1.0 (" + crates + "l2/networking/rpc)",
                              "ethrex v9.1.0 (" + state.repository() + "/cmd/ethrex)"},
                             45)) {
                return 130;
            }
            becomeEthrex(state, arguments(run));
        }};
}

Recipe initProver(const State &state, const std::string &backend)
{
    const std::string feature = backend == "exec" ? "" : "," + backend;
    const std::string features = std::string("l2,l2-sql,") + (isSet("GPU") ? "gpu" : "") + feature;
    const Words lines{"l2 prover",
                      text("--proof-coordinators tcp://127.0.0.1:%d", state.coordinatorPort()),
                      "--backend " + backend};
    return {echoed("cargo run --release --features \"" + features
                       + "\" --manifest-path ../../Cargo.toml --",
                   lines),
            [&state, lines, features] {
                const std::string crates = state.repository() + "/crates/";
                if (!buildEthrex(state, features,
                                 {"ethrex-guest-program v9.1.0 (" + crates + "guest-program)",
                                  "ethrex-prover v9.1.0 (" + crates + "l2/prover)",
                                  "ethrex v9.1.0 (" + state.repository() + "/cmd/ethrex)"},
                                 75)) {
                    return 130;
                }
                becomeEthrex(state, arguments(lines));
            }};
}

/// SIGINT to every L2 node; neither to provers nor to the load test, as upstream.
int interruptL2(const State &state)
{
    std::error_code ignored;
    for (const auto &entry : std::filesystem::directory_iterator(state.file("running"), ignored)) {
        const pid_t pid = startsWith(entry.path().filename().string(), "l2.")
            ? recordedPid(entry.path().string())
            : 0;
        if (pid != 0) {
            kill(pid, SIGINT);
        }
    }
    return 0;
}

Recipe removeDatabase(const std::string &name)
{
    return {
        "cargo run --release --manifest-path ../../Cargo.toml --bin ethrex -- removedb --datadir "
            + name + " --force",
        [name] {
            std::error_code ignored;
            std::filesystem::remove_all(name, ignored);
            out("Successfully removed database at " + name);
            return 0;
        }};
}

std::vector<Recipe> recipes(const State &state, const std::string &target)
{
    const Recipe l1Down = docker("docker compose -f docker-compose.yaml down ethrex_l1",
                                 {"docker", "compose", "down"}, state);
    const Recipe l2Down{"pgrep -f 'ethrex l2' | grep -v prover | xargs -r kill -s INT",
                        [&state] { return interruptL2(state); }};
    if (target == "init-l1-docker") {
        return {docker("docker compose -f docker-compose.yaml up -d ethrex_l1",
                       {"docker", "compose", "up", "-d"}, state)};
    }
    if (target == "deploy-l1" || target == "deploy-l1-sp1") {
        return {deploy(state, target == "deploy-l1-sp1")};
    }
    if (target == "init-l2") {
        return {initL2(state)};
    }
    if (target == "init-prover-sp1" || target == "init-prover-risc0"
        || target == "init-prover-exec") {
        return {initProver(state, target.substr(12))};
    }
    if (target == "down-l1-docker") {
        return {l1Down};
    }
    if (target == "down-l2") {
        return {l2Down};
    }
    if (target == "down") {
        return {l1Down, l2Down, {"", [] {
                                     out("✅ localnet successfully stopped");
                                     return 0;
                                 }}};
    }
    if (target == "rm-db-l1" || target == "rm-db-l2") {
        return {removeDatabase(target == "rm-db-l1" ? "dev_ethrex_l1" : "dev_ethrex_l2")};
    }
    return {};
}

/// Runs one recipe as GNU make does; what make itself exits with, or a signal that it dies of as a
/// negative number.
int run(const std::string &target, const Recipe &recipe)
{
    if (!recipe.echo.empty()) {
        out(recipe.echo);
    }
    const pid_t child = fork();
    if (child == 0) {
        for (const int signal : {SIGTERM, SIGINT}) {
            struct sigaction action = {};
            if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) {
                ::signal(signal, SIG_DFL);
            }
        }
        const int code = recipe.body();
        std::fflush(stdout);
        _exit(code);
    }
    int status = 0;
    bool isForwarded = false;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        // An interrupt reaches the whole group from the terminal; only TERM is passed on.
        if (stopSignal() == SIGTERM && !isForwarded) {
            isForwarded = true;
            kill(child, SIGTERM);
        }
    }
    const std::string place = text("make: *** [Makefile:%d: ", recipeLine(target)) + target + "] ";
    if (stopSignal() != 0) {
        err(place + (stopSignal() == SIGINT ? "Interrupt" : "Terminated"));
        return -stopSignal();
    }
    if (WIFSIGNALED(status)) {
        err(place + strsignal(WTERMSIG(status)));
        return 2;
    }
    if (WEXITSTATUS(status) != 0) {
        err(place + text("Error %d", WEXITSTATUS(status)));
        return 2;
    }
    return 0;
}

} // namespace

int runMake(const State &state, const Words &words)
{
    Words targets;
    bool isDry = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string &word = words[i];
        if (word == "--version" || word == "-v") {
            out("GNU Make 4.3\nBuilt for x86_64-pc-linux-gnu");
            return 0;
        }
        if (startsWith(word, "-C")) {
            const std::string folder = word.size() > 2 ? word.substr(2)
                : i + 1 < words.size()                 ? words[++i]
                                                       : std::string();
            if (chdir(folder.c_str()) != 0) {
                err("make: *** " + folder + ": No such file or directory.  Stop.");
                return 2;
            }
            out("make: Entering directory '" + std::filesystem::current_path().string() + "'");
        } else if (const auto equals = word.find('='); equals != std::string::npos) {
            setenv(word.substr(0, equals).c_str(), word.c_str() + equals + 1, 1);
        } else if (word[0] != '-') {
            targets.push_back(word);
        } else if (word == "-n" || word == "--dry-run" || word == "--just-print") {
            isDry = true;
        }
    }
    if (targets.empty() && !exists("Makefile")) {
        err("make: *** No targets specified and no makefile found.  Stop.");
        return 2;
    }
    catchSignal(SIGTERM, true);
    catchSignal(SIGINT, true);
    for (const std::string &target : targets) {
        const auto found = exists("Makefile") && recipeLine(target) != 0 ? recipes(state, target)
                                                                         : std::vector<Recipe>();
        if (found.empty()) {
            err("make: *** No rule to make target '" + target + "'.  Stop.");
            return 2;
        }
        for (const Recipe &recipe : found) {
            if (isDry) {
                out(recipe.echo);
                continue;
            }
            const int code = run(target, recipe);
            if (code < 0) {
                dieBy(-code);
            }
            if (code != 0) {
                return code;
            }
        }
    }
    return 0;
}

} // namespace proverdeck::demo

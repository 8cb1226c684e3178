// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Build.h"
#include "app/demo/tool/Containers.h"
#include "app/demo/tool/Net.h"
#include "app/demo/tool/Programs.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace proverdeck::demo {
namespace {

bool isTrue(const char *variable)
{
    const char *value = std::getenv(variable);
    return value != nullptr && contains(Words{"true", "1", "yes"}, value);
}

int deployFailure(const State &state, const std::string &message)
{
    logLine(state, "ERROR", message);
    err("Error: " + message);
    return 1;
}

} // namespace

std::string option(const Words &words, std::string_view name, std::string_view otherwise)
{
    const auto found = std::find(words.begin(), words.end(), name);
    return found == words.end() || found + 1 == words.end() ? std::string(otherwise) : *(found + 1);
}

int runDeploy(const State &state, const Words &words)
{
    logLine(state, "INFO", "Starting deployer binary");
    const int l1 = connectTo(state.l1Port());
    if (l1 < 0) {
        return deployFailure(
            state,
            text("Deployer EthClient error: error sending request for url (http://localhost:%d/)",
                 state.l1Port()));
    }
    close(l1);
    const bool isRisc0 = option(words, "--risc0") == "true" || isTrue("ETHREX_L2_RISC0");
    const char *verifier = std::getenv("ETHREX_DEPLOYER_RISC0_VERIFIER_ADDRESS");
    if (isRisc0 && (verifier == nullptr || *verifier == '\0')) {
        return deployFailure(
            state,
            "Internal error: Risc0Verifier address is not set and risc0 is a required prover");
    }
    // A second deployment with the same salt on the same L1 lands on taken addresses.
    const auto chain = findContainer(state, "ethrex_l1");
    const std::string id = chain.has_value() ? chain->id : std::string("foreign");
    const bool isRandom = isTrue("ETHREX_DEPLOYER_RANDOMIZE_CONTRACT_DEPLOYMENT");
    const Fields before = readFields(state.file("deployment"));
    const bool collides = !isRandom && field(before, "l1") == id;
    logLine(state, "INFO", "Deploying contracts");
    if (!state.sleepFor(12)) {
        return 130;
    }
    if (collides || state.hasFault("deploy-fails")) {
        return deployFailure(state, "Receipt status is false for tx_hash: 0x" + hex("receipt", 64));
    }
    const std::string seed = std::to_string(state.nowUs());
    const std::string proposer = "0x" + hex("proposer" + (isRandom ? seed : id), 40);
    const std::string bridge = "0x" + hex("bridge" + (isRandom ? seed : id), 40);
    const bool isSp1 = option(words, "--sp1") == "true" || isTrue("ETHREX_L2_SP1");
    logLine(state, "INFO", "CommonBridge deployed address=" + bridge);
    logLine(state, "INFO", "OnChainProposer deployed address=" + proposer);
    if (isSp1) {
        logLine(state, "INFO", "SP1Verifier deployed address=0x" + hex("sp1" + seed, 40));
        logLine(state, "WARN", "Failed to read verification key file, will use 0x00..00");
    }
    writeFields(state.file("deployment"),
                {{"id", hex(seed, 16)},
                 {"l1", id},
                 {"types",
                  isSp1         ? "sp1"
                      : isRisc0 ? "risc0"
                                : "exec"}});
    makeFolders(state.repository() + "/cmd");
    writeFields(state.repository() + "/cmd/.env",
                {{"ETHREX_COMMITTER_ON_CHAIN_PROPOSER_ADDRESS", proposer},
                 {"ETHREX_WATCHER_BRIDGE_ADDRESS", bridge}});
    logLine(state, "INFO", "Deployer binary finished successfully");
    return 0;
}

int runEthrex(const State &state, const Words &words)
{
    if (contains(words, "--version")) {
        out("ethrex ethrex/v9.1.0-main/x86_64-unknown-linux-gnu/rustc-v1.90.0");
        return 0;
    }
    const std::string command = words.size() > 1 ? words[1] : std::string();
    const std::string sub = words.size() > 2 ? words[2] : std::string();
    if (command == "l2") {
        return sub == "prover" ? runProver(state, words)
            : sub == "deploy"  ? runDeploy(state, words)
                               : runL2(state, words);
    }
    if (command == "removedb") {
        std::error_code ignored;
        std::filesystem::remove_all(option(words, "--datadir", "dev_ethrex_l2"), ignored);
        return 0;
    }
    return runL1(state, words);
}

int runCargo(const State &state, const Words &words)
{
    if (contains(words, "--version") || contains(words, "-V")) {
        out("cargo 1.90.0 (840b83a10 2025-07-30)");
        return 0;
    }
    if (words.size() > 1 && words[1] == "install") {
        return installByCargo(state, words);
    }
    const std::string manifest = option(words, "--manifest-path", "Cargo.toml");
    if (!exists(manifest)) {
        err("error: manifest path `" + manifest + "` does not exist");
        return 101;
    }
    if (contains(words, "build") && manifest.find("load_test") != std::string::npos) {
        return buildLoadTest(state, state.repository());
    }
    const auto separator = std::find(words.begin(), words.end(), "--");
    if (contains(words, "run") || contains(words, "build")) {
        const std::string features = option(words, "--features", option(words, "-F", "default"));
        if (!buildEthrex(state, features, {"ethrex v9.1.0 (" + state.repository() + "/cmd/ethrex)"},
                         75)) {
            return 130;
        }
        if (contains(words, "run") && separator != words.end()) {
            becomeEthrex(state, Words(separator + 1, words.end()));
        }
        return 0;
    }
    err("error: no such command: this cargo is a stand-in that builds and runs ethrex only");
    return 101;
}

int runSmall(const State & /*state*/, const Words &words)
{
    const std::string &name = words[0];
    if (name == "solc") {
        out("solc, the solidity compiler commandline interface\nVersion: "
            "0.8.31+commit.fd3a2265.Linux.g++");
    } else if (name == "nvcc") {
        out("nvcc: NVIDIA (R) Cuda compiler driver\nCopyright (c) 2005-2024 NVIDIA "
            "Corporation\nBuilt on "
            "Tue_Feb_27_16:19:38_PST_2024\nCuda compilation tools, release 12.4, V12.4.99\nBuild "
            "cuda_12.4.r12.4/compiler.33961263_0");
    } else if (name == "rzup") {
        out("rzup 0.5.0");
    } else {
        err(name + ": not part of this demo");
        return 1;
    }
    return 0;
}

} // namespace proverdeck::demo

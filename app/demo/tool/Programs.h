// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/State.h"

namespace proverdeck::demo {

/// The programs that the one binary stands for; words[0] is the name that it was called by.
int runMake(const State &state, const Words &words);
int runCargo(const State &state, const Words &words);
int runEthrex(const State &state, const Words &words);
int runLoadTest(const State &state, const Words &words);
int runDocker(const State &state, const Words &words);
int runNvidiaSmi(const State &state, const Words &words);
/// solc, nvcc, rzup: what says its version, and what is not part of the demo.
int runSmall(const State &state, const Words &words);

// A Boundless prover
int runBoundless(const State &state, const Words &words);
int runJust(const State &state, const Words &words);
/// What a set-up does as root: nothing of it reaches the machine that the demo host runs on.
int runSudo(const State &state, const Words &words);
int runAptGet(const State &state, const Words &words);
int runSysctl(const State &state, const Words &words);
/// "cargo install" of the programs that a set-up needs.
int installByCargo(const State &state, const Words &words);
int runBentoCli(const State &state, const Words &words);
int runPsql(const State &state, const Words &words);
/// The processes of its containers
int runBroker(const State &state, const Words &words);
int runBentoPart(const State &state, const Words &words);
int runShim(const State &state, const Words &words);

// ethrex by its sub-commands
int runL1(const State &state, const Words &words);
int runL2(const State &state, const Words &words);
int runProver(const State &state, const Words &words);
int runDeploy(const State &state, const Words &words);

/// As the real one, but for who asks when the server was booted: see Power.h.
int runCat(const State &state, const Words &words);

// What only the demo host calls
int runSetup(const State &state);
int runWarden(const State &state, bool removesFolder);
/// A foreign program that sits on a port.
int runSquatter(const State &state, int port);
int runMoongate(const State &state);

/// The value that follows @p name in @p words.
[[nodiscard]] std::string option(const Words &words, std::string_view name,
                                 std::string_view otherwise = {});

} // namespace proverdeck::demo

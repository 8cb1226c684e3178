// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/AztecFleet.h"
#include "app/demo/tool/Programs.h"

#include <cstdio>
#include <functional>
#include <map>

namespace proverdeck::demo {
namespace {

constexpr char Usage[]
    = "proverdeck-demo-tool: the stand-ins of \"proverdeck demo-host\".\n"
      "It is called as make, cargo, docker, just, boundless, … inside a demo host.";

std::string baseName(const std::string &path)
{
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

int run(Words words)
{
    const auto state = State::ofThisProgram();
    if (!state.has_value()) {
        err(Usage);
        return 2;
    }
    words[0] = baseName(words[0]);
    using Program = std::function<int(const State &, const Words &)>;
    const std::map<std::string, Program, std::less<>> programs{
        {"make", runMake},
        {"cargo", runCargo},
        {"docker", runDocker},
        {"nvidia-smi", runNvidiaSmi},
        {"cat", runCat},
        {"ethrex", runEthrex},
        {"load_test", runLoadTest},
        {"solc", runSmall},
        {"nvcc", runSmall},
        {"rzup", runSmall},
        {"sudo", runSudo},
        {"apt-get", runAptGet},
        {"sysctl", runSysctl},
        {"boundless", runBoundless},
        {"just", runJust},
        {"bento_cli", runBentoCli},
        {"psql", runPsql},
        {"broker", runBroker},
        {"bento-agent", runBentoPart},
        {"bento-part", runBentoPart},
        {"containerd-shim", runShim},
        {"aztec-shim", runFleetShim},
        {"aztec-prover", runFleetContainer},
        {"moongate-server",
         [](const State &own, const Words & /*words*/) { return runMoongate(own); }},
        {"other-service", [](const State &own, const Words &arguments) {
             return runSquatter(own,
                                static_cast<int>(number(arguments.size() > 1 ? arguments[1] : "")));
         }}};
    if (const auto program = programs.find(words[0]); program != programs.end()) {
        return program->second(*state, words);
    }
    const std::string verb = words.size() > 1 ? words[1] : std::string();
    if (verb == "setup") {
        return runSetup(*state);
    }
    if (verb == "warden") {
        return runWarden(*state, contains(words, "remove"));
    }
    err(Usage);
    return 2;
}

} // namespace
} // namespace proverdeck::demo

int main(int argc, char **argv)
{
    try {
        return proverdeck::demo::run(proverdeck::demo::Words(argv, argv + argc));
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "proverdeck-demo-tool: %s\n", failure.what());
        return 70;
    }
}

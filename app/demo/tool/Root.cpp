// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Programs.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace proverdeck::demo {
namespace {

constexpr double InstallSeconds = 30;

/// A program that stands in the demo host's own folder.
bool isOwn(const State &state, const std::string &name)
{
    return name.find('/') == std::string::npos && exists(state.folder() + "/bin/" + name);
}

bool placeLink(const State &state, const std::string &name)
{
    std::error_code ignored;
    const std::string path = state.folder() + "/bin/" + name;
    std::filesystem::create_symlink("../libexec/proverdeck-demo-tool", path, ignored);
    return exists(path);
}

} // namespace

int runSudo(const State &state, const Words &words)
{
    Words rest(words.begin() + 1, words.end());
    while (!rest.empty()
           && (startsWith(rest[0], "-") || rest[0] == "env"
               || rest[0].find('=') != std::string::npos)) {
        rest.erase(rest.begin());
    }
    if (rest.empty() || rest[0] == "true") {
        return 0;
    }
    if (rest[0] == "tee") { // into a file of the system, which the demo host has not
        while (std::getchar() != EOF) { }
        return 0;
    }
    if (rest[0].ends_with("scripts/setup.sh") || isOwn(state, rest[0])) {
        setenv("DEMO_SUDO", "1", 1);
        const pid_t child = startChild(rest[0], rest);
        int status = 1;
        return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    }
    err("sudo: " + rest[0] + ": not part of this demo");
    return 1;
}

int runAptGet(const State &state, const Words &words)
{
    out("Reading package lists... Done\nBuilding dependency tree... Done");
    if (!state.sleepFor(InstallSeconds)) {
        return 130;
    }
    if (contains(words, "postgresql-client") && !placeLink(state, "psql")) {
        return 100;
    }
    return 0;
}

int runSysctl(const State &state, const Words &words)
{
    const std::string file = state.file("overcommit");
    if (contains(words, "vm.overcommit_memory=1")) {
        writeFile(file, "1\n");
        out("vm.overcommit_memory = 1");
        return 0;
    }
    out(split(readFile(file).value_or("0"), '\n')[0]);
    return 0;
}

int installByCargo(const State &state, const Words &words)
{
    const std::string program = contains(words, "boundless-cli") ? "boundless"
        : contains(words, "bento-client")                        ? "bento_cli"
        : contains(words, "just")                                ? "just"
                                                                 : "";
    if (program.empty()) {
        err("error: could not find this package: it is not part of this demo");
        return 101;
    }
    err("   Compiling " + program);
    if (!state.sleepFor(InstallSeconds)) {
        return 130;
    }
    if (program == "boundless") {
        const std::string tag = option(words, "--tag", "v0.14.1").substr(1);
        makeFolders(state.home() + "/.cargo");
        writeFile(state.home() + "/.cargo/.crates.toml",
                  "[v1]\n\"boundless-cli " + tag + " (stand-in)\" = [\"boundless\"]\n");
    }
    err("  Installed package `" + program + "`");
    return placeLink(state, program) ? 0 : 101;
}

} // namespace proverdeck::demo

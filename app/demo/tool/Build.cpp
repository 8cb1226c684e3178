// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Build.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace proverdeck::demo {
namespace {

constexpr double LoadTestSeconds = 60;

std::string span(double seconds)
{
    const int whole = static_cast<int>(seconds);
    return whole < 60 ? text("%.2fs", seconds) : text("%dm %02ds", whole / 60, whole % 60);
}

/// The commit that is checked out, as far as a file comparison needs it.
std::string head(const std::string &repository)
{
    const std::string link = readFile(repository + "/.git/HEAD").value_or(std::string());
    return startsWith(link, "ref: ")
        ? readFile(repository + "/.git/" + link.substr(5, link.size() - 6)).value_or(link)
        : link;
}

void placeProgram(const State &state, const std::string &path)
{
    makeFolders(path.substr(0, path.rfind('/')));
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    std::filesystem::create_symlink(state.tool(), path, ignored);
}

bool compile(const State &state, const Words &crates, double seconds)
{
    const double whole = seconds * (state.hasFault("slow") ? 10 : 1);
    for (const std::string &crate : crates) {
        err("   Compiling " + crate);
        if (!state.sleepFor(whole / static_cast<double>(crates.size()))) {
            return false;
        }
    }
    err("    Finished `release` profile [optimized] target(s) in " + span(whole));
    return true;
}

} // namespace

bool buildEthrex(const State &state, const std::string &features, const Words &crates,
                 double seconds)
{
    const std::string program = state.repository() + "/target/release/ethrex";
    // The first line is what the running programs read: the features of the binary.
    const std::string wanted = features + "\n" + head(state.repository());
    if (exists(program) && readFile(state.file("built-by")) == wanted) {
        err("    Finished `release` profile [optimized] target(s) in 0.61s");
        return true;
    }
    if (!compile(state, crates, seconds)) {
        return false;
    }
    placeProgram(state, program);
    writeFile(state.file("built-by"), wanted);
    writeFile(state.file("built"), features);
    return true;
}

int buildLoadTest(const State &state, const std::string &repository)
{
    const std::string folder = repository + "/tooling/target/release";
    const std::string place = " (" + repository + "/tooling/load_test)";
    if (state.hasFault("disk-full")) {
        err("   Compiling ethrex-rpc v9.1.0 (" + repository + "/crates/networking/rpc)");
        state.sleepFor(LoadTestSeconds / 2);
        err("error: failed to write `" + folder + "/deps/libethrex_rpc-" + hex("rpc", 16)
            + ".rmeta`\n\nCaused by:\n"
              "  No space left on device (os error 28)");
        return 101;
    }
    if (exists(folder + "/load_test")) {
        err("    Finished `release` profile [optimized] target(s) in 0.34s");
        return 0;
    }
    const Words crates{"ethrex-common v9.1.0 (" + repository + "/crates/common)",
                       "ethrex-rpc v9.1.0 (" + repository + "/crates/networking/rpc)",
                       "load_test v0.1.0" + place};
    if (!compile(state, crates, LoadTestSeconds)) {
        return 130;
    }
    placeProgram(state, folder + "/load_test");
    return 0;
}

void becomeEthrex(const State &state, const Words &arguments)
{
    const std::string program = state.repository() + "/target/release/ethrex";
    std::string line = program;
    for (const std::string &argument : arguments) {
        line += argument.find("://") == std::string::npos ? " " + argument : " '" + argument + "'";
    }
    err("     Running `" + line + "`");
    Words words{program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char *> pointers;
    std::transform(words.begin(), words.end(), std::back_inserter(pointers),
                   [](std::string &word) { return word.data(); });
    pointers.push_back(nullptr);
    execv(program.c_str(), pointers.data());
    _exit(127);
}

} // namespace proverdeck::demo

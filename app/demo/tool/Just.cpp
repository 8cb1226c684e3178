// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Programs.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace proverdeck::demo {
namespace {

/// The recipes are those of the Justfile in the current folder, so that each release has its own.
bool hasRecipe(const std::string &justfile, const std::string &name)
{
    for (const std::string &line : split(justfile, '\n')) {
        if (startsWith(line, name + " ") || startsWith(line, name + ":")) {
            return true;
        }
    }
    return false;
}

bool isConfirmed()
{
    std::fputs("This deletes all volumes, the broker database included. Continue? [y/N] ", stdout);
    std::fflush(stdout);
    const int answer = std::getchar();
    return answer == 'y' || answer == 'Y';
}

struct Recipe
{
    std::string name;
    std::string verb;
    std::string environment;
    bool isNew = false;

    [[nodiscard]] Words compose() const
    {
        Words words{"docker", "compose"};
        if (isNew) {
            words.insert(words.end(), {"-f", "prover-compose.yml"});
        }
        if (name != "bento") {
            words.insert(words.end(), {"--profile", "broker"});
        }
        if (!environment.empty()) {
            words.insert(words.end(), {"--env-file", environment});
        }
        return words;
    }
};

int runRecipe(const State &state, const Recipe &recipe)
{
    Words words = recipe.compose();
    if (recipe.verb == "up") {
        if (recipe.name != "bento" && !exists("broker.toml")) {
            std::error_code ignored;
            std::filesystem::copy_file("broker-template.toml", "broker.toml", ignored);
            out("Creating broker.toml from broker-template.toml");
        }
        words.insert(words.end(), {"up", "--build", "-d"});
    } else if (recipe.verb == "down") {
        words.emplace_back("down");
    } else if (recipe.verb == "clean") {
        if (recipe.isNew && !isConfirmed()) {
            out("Aborted.");
            return 0;
        }
        words.insert(words.end(), {"down", "-v"});
    } else if (recipe.verb == "logs") {
        words.insert(words.end(), {"logs", "-f"});
    } else {
        out("Unknown action: " + recipe.verb);
        out("Available actions: up, down, clean, logs");
        return 1;
    }
    return runDocker(state, words);
}

} // namespace

int runJust(const State &state, const Words &words)
{
    if (contains(words, "--version")) {
        out("just 1.40.0");
        return 0;
    }
    const auto justfile = exists("justfile") ? readFile("justfile") : readFile("Justfile");
    if (!justfile.has_value()) {
        err("error: No justfile found");
        return 1;
    }
    if (words.size() < 2 || words[1] == "--list") {
        out(*justfile);
        return 0;
    }
    if (words[1] == "--show") {
        return words.size() > 2 && hasRecipe(*justfile, words[2]) ? 0 : 1;
    }
    if (!hasRecipe(*justfile, words[1])) {
        err("error: Justfile does not contain recipe `" + words[1] + "`");
        return 1;
    }
    Recipe recipe{.name = words[1],
                  .verb = words.size() > 2 ? words[2] : "up",
                  .environment = words.size() > 3 ? words[3] : "",
                  .isNew = exists("prover-compose.yml")};
    if (recipe.isNew && recipe.name == "broker") {
        err("Warning: `just broker` is deprecated, use `just prover` instead.");
        recipe.name = "prover";
    }
    const int code = runRecipe(state, recipe);
    if (code != 0) {
        err("error: Recipe `" + words[1] + text("` failed with exit code %d", code));
    }
    return code;
}

} // namespace proverdeck::demo

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/BoundlessTree.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <filesystem>

namespace proverdeck::demo {
namespace {

// Known to everybody: the first account of every development node.
constexpr char DevelopmentKey[]
    = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

// $1: the demo host's folder, $2: the day, $3: the message, $4: the tag.
constexpr char CommitScript[] = R"sh(
export GIT_AUTHOR_NAME='Ada Demo' GIT_AUTHOR_EMAIL=ada@example.invalid
export GIT_COMMITTER_NAME='Ada Demo' GIT_COMMITTER_EMAIL=ada@example.invalid
export GIT_AUTHOR_DATE="2026-02-0$2T10:00:00Z" GIT_COMMITTER_DATE="2026-02-0$2T10:00:00Z"
cd "$1/seed-boundless"
[ -d .git ] || git init -q -b main .
git add -A
git commit -q -m "$3"
git tag -a "$4" -m "$4"
case $4 in v0.13.2) git branch release-0.13 ;; esac
)sh";

constexpr char CloneScript[] = R"sh(
git clone -q --bare "$1/seed-boundless" "$1/boundless.git"
rm -rf "$1/seed-boundless"
git config --global "url.$1/boundless.git.insteadOf" https://github.com/boundless-xyz/boundless
[ "$2" = bare ] || {
  git clone -q "$1/boundless.git" "$1/home/boundless"
  git -C "$1/home/boundless" checkout -q v0.13.1
  git clone -q "$1/boundless.git" "$1/home/boundless-2"
  git -C "$1/home/boundless-2" checkout -q v2.0.2
}
)sh";

bool runScript(const State &state, const char *script, const Words &more)
{
    Words words{"bash", "-eu", "-c", script, "bash", state.folder()};
    words.insert(words.end(), more.begin(), more.end());
    const pid_t child = startChild("bash", words);
    int status = 1;
    return waitpid(child, &status, 0) == child && status == 0;
}

bool commit(const State &state, bool isNew, const std::string &version, const std::string &day)
{
    const std::string seed = state.folder() + "/seed-boundless/";
    std::error_code ignored;
    for (const auto &entry : std::filesystem::directory_iterator(seed, ignored)) {
        if (entry.path().filename() != ".git") {
            std::filesystem::remove_all(entry.path(), ignored);
        }
    }
    for (const auto &[path, content] : boundlessFiles(isNew, version)) {
        makeFolders((seed + path).substr(0, (seed + path).rfind('/')));
        if (!writeFile(seed + path, content)) {
            return false;
        }
        if (path.ends_with(".sh") && chmod((seed + path).c_str(), 0700) != 0) {
            return false;
        }
    }
    return runScript(state, CommitScript, {day, "release " + version, "v" + version});
}

/// As an operator leaves the files behind: settings from the template, key and RPC in the
/// environment file.
bool addSettings(const State &state)
{
    const std::string old = state.home() + "/boundless";
    const std::string recent = state.home() + "/boundless-2";
    const std::string rpc = text("http://127.0.0.1:%d", state.l1Port());
    const auto copy = [](const std::string &from, const std::string &to) {
        return writeFile(to, readFile(from).value_or(std::string()));
    };
    const std::string base = readFile(old + "/.env.base").value_or(std::string());
    return copy(old + "/broker-template.toml", old + "/broker.toml")
        && copy(old + "/.env.broker-template", old + "/.env.broker")
        && writeFile(old + "/.env.base",
                     base + "export RPC_URL=\"" + rpc + "\"\nexport PRIVATE_KEY=" + DevelopmentKey
                         + "\n")
        && copy(recent + "/broker-template.toml", recent + "/broker.toml")
        && writeFile(recent + "/.env",
                     std::string("PROVER_PRIVATE_KEY=") + DevelopmentKey + "\nPROVER_RPC_URL=" + rpc
                         + "\nSEGMENT_SIZE=21\n")
        && chmod((old + "/.env.base").c_str(), 0600) == 0
        && chmod((recent + "/.env").c_str(), 0600) == 0;
}

} // namespace

bool placeBoundless(const State &state)
{
    makeFolders(state.folder() + "/seed-boundless");
    makeFolders(state.file("volumes"));
    makeFolders(state.file("bento"));
    makeFolders(state.home() + "/.cargo");
    const bool isBare = state.hasFault("no-boundless");
    return commit(state, false, "0.13.0", "1") && commit(state, false, "0.13.1", "2")
        && commit(state, false, "0.13.2", "3") && commit(state, true, "2.0.0", "4")
        && commit(state, true, "2.0.2", "5")
        && runScript(state, CloneScript, {isBare ? "bare" : "full"})
        && (isBare
            || (writeFile(state.home() + "/.cargo/.crates.toml",
                          "[v1]\n\"boundless-cli 0.14.1 (stand-in)\" = [\"boundless\"]\n")
                && addSettings(state)));
}

} // namespace proverdeck::demo

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/AztecFleet.h"
#include "app/demo/tool/BoundlessTree.h"
#include "app/demo/tool/Programs.h"
#include "app/demo/tool/Tree.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

namespace proverdeck::demo {
namespace {

// $1: the demo host's folder. Fixed dates: the commit ids are the same on every demo host.
constexpr char GitScript[] = R"sh(
folder=$1
export GIT_AUTHOR_NAME='Ada Demo' GIT_AUTHOR_EMAIL=ada@example.invalid
export GIT_COMMITTER_NAME='Ada Demo' GIT_COMMITTER_EMAIL=ada@example.invalid
cd "$folder/seed"
git init -q -b main .
day=1
save() {
  export GIT_AUTHOR_DATE="2026-02-0${day}T10:00:00Z" GIT_COMMITTER_DATE="2026-02-0${day}T10:00:00Z"
  git add -A
  git commit -q -m "$1"
  day=$((day + 1))
}
echo 'feat(l2): commit batches with blobs' >CHANGELOG.md; save 'feat(l2): commit batches with blobs'
echo 'perf(levm): cache jump destinations' >>CHANGELOG.md; save 'perf(levm): cache jump destinations'
git tag -a v9.0.0 -m 'ethrex v9.0.0'
echo 'fix(l2): count blocks in batch size metric' >>CHANGELOG.md; save 'fix(l2): count blocks in batch size metric'
git checkout -q -b feat/batch-size
echo 'feat(l2): configurable batch size' >>CHANGELOG.md; save 'feat(l2): configurable batch size'
git checkout -q main
echo 'feat(l2): log proving time per batch (#6157)' >>CHANGELOG.md; save 'feat(l2): log proving time per batch (#6157)'
git tag -a v9.1.0 -m 'ethrex v9.1.0'
echo 'docs(l2): prover benchmarking workflow' >>CHANGELOG.md; save 'docs(l2): prover benchmarking workflow'
git clone -q --bare . "$folder/origin.git"
rm -rf "$folder/seed"
)sh";

constexpr char CloneScript[] = R"sh(git clone -q "$1/origin.git" "$1/home/ethrex")sh";

// The branch is gone upstream and was never checked out here: fetch works, checkout of main cannot.
constexpr char BadRefScript[] = R"sh(
cd "$1/home/ethrex"
git --git-dir="$1/origin.git" symbolic-ref HEAD refs/heads/feat/batch-size
git --git-dir="$1/origin.git" branch -q -D main
git remote set-head origin -d
git fetch -q --prune origin
)sh";

constexpr char KeyScript[] = R"sh(
ssh-keygen -q -t ed25519 -N '' -C 'demo host' -f "$1/host_key"
ssh-keygen -q -t ed25519 -N '' -C 'demo user' -f "$1/user_key"
cp "$1/user_key.pub" "$1/authorized_keys"
)sh";

bool runScript(const State &state, const char *script)
{
    const pid_t child = startChild("bash", {"bash", "-eu", "-c", script, "bash", state.folder()});
    int status = 1;
    return waitpid(child, &status, 0) == child && status == 0;
}

bool writeProgram(const std::string &path, const std::string &content)
{
    return writeFile(path, content) && chmod(path.c_str(), 0700) == 0;
}

std::string shellQuoted(const std::string &value)
{
    return "'" + replaced(value, "'", "'\\''") + "'";
}

/// Runs for every login, whatever it asked for.
std::string loginScript(const State &state)
{
    return "#!/bin/bash\ncd " + shellQuoted(state.home()) + " || exit 1\n"
        + "if [ -z \"${SSH_ORIGINAL_COMMAND-}\" ]; then\n  exec bash -l\nfi\n"
        + "if [ \"$SSH_ORIGINAL_COMMAND\" = " + shellQuoted(state.setting("sftp"))
        + " ]; then\n  exec " + shellQuoted(state.setting("sftp"))
        + "\nfi\ncommand=$SSH_ORIGINAL_COMMAND\nunset SSH_ORIGINAL_COMMAND\nexec bash -c "
          "\"$command\"\n";
}

/// /etc/profile sets PATH anew in a login shell; this comes after it.
std::string profile(const State &state)
{
    std::string result
        = "# The demo host's login: its stand-ins first, its ports for all of them.\n";
    for (const char *name :
         {"PATH", "PROVERDECK_DEMO_ID", "ETHREX_HTTP_PORT", "ETHREX_PROOF_COORDINATOR_LISTEN_PORT",
          "ETHREX_METRICS_PORT", "ETHREX_L1_RPC_PORT", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"}) {
        result += std::string("export ") + name + "=" + shellQuoted(state.setting(name)) + "\n";
    }
    return result;
}

bool placePrograms(const State &state)
{
    std::error_code failure;
    for (const char *name :
         {"make", "cargo", "docker", "nvidia-smi", "boundless", "just", "solc", "nvcc", "rzup",
          "ethrex", "cat", "bento_cli", "psql", "sudo", "apt-get", "sysctl"}) {
        const bool isMissing = (std::string_view(name) == "docker" && state.hasFault("no-docker"))
            || (contains({"just", "boundless", "bento_cli", "psql"}, name)
                && state.hasFault("no-boundless"));
        if (!isMissing) {
            std::filesystem::create_symlink("../libexec/proverdeck-demo-tool",
                                            state.folder() + "/bin/" + name, failure);
        }
    }
    return !failure;
}

/// no-docker: folders of PATH that hold a real docker are replaced by ones with links to everything
/// else in them.
void shadowDocker(const State &state)
{
    namespace fs = std::filesystem;
    std::error_code ignored;
    for (const std::string &pair : split(state.setting("shadows"), ':')) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos) {
            continue;
        }
        const std::string shadow = pair.substr(0, equals);
        makeFolders(shadow);
        for (const auto &entry : fs::directory_iterator(pair.substr(equals + 1), ignored)) {
            const std::string name = entry.path().filename().string();
            if (!startsWith(name, "docker")) {
                fs::create_symlink(entry.path(), shadow + "/" + name, ignored);
            }
        }
    }
}

bool placeRepository(const State &state)
{
    for (const auto &[path, content] : repositoryFiles()) {
        const std::string whole = state.folder() + "/seed/" + path;
        makeFolders(whole.substr(0, whole.rfind('/')));
        if (!(path.ends_with(".sh") ? writeProgram(whole, content) : writeFile(whole, content))) {
            return false;
        }
    }
    if (!runScript(state, GitScript)) {
        return false;
    }
    if (state.hasFault("no-repo")) {
        return true;
    }
    if (!runScript(state, CloneScript)
        || (state.hasFault("bad-ref") && !runScript(state, BadRefScript))) {
        return false;
    }
    if (state.hasFault("dirty-tree")) {
        const std::string path = state.repository() + "/CHANGELOG.md";
        return writeFile(path, readFile(path).value_or(std::string()) + "local change\n");
    }
    return true;
}

} // namespace

int runSetup(const State &state)
{
    for (const char *folder : {"/home", "/bin", "/state/running", "/state/containers"}) {
        makeFolders(state.folder() + folder);
    }
    const std::string login = profile(state);
    const bool isPlaced = placePrograms(state)
        && writeProgram(state.folder() + "/login.sh", loginScript(state))
        && writeFile(state.home() + "/.bash_profile", login)
        && writeFile(state.home() + "/.profile", login)
        && writeFile(state.home() + "/.gitconfig",
                     "[user]\n\tname = Demo Operator\n\temail = "
                     "operator@example.invalid\n[init]\n\tdefaultBranch = main\n"
                     "[advice]\n\tdetachedHead = false\n[safe]\n\tdirectory = *\n");
    shadowDocker(state);
    if (!isPlaced) {
        err("cannot write to " + state.folder());
        return 1;
    }
    if (!runScript(state, KeyScript)) {
        return 1;
    }
    if (!state.setting("fleet").empty()) {
        startFleet(state);
        return 0;
    }
    if (!placeRepository(state) || !placeBoundless(state)) {
        return 1;
    }
    if (state.hasFault("port-in-use")) {
        startDetached(state, state.tool(),
                      {"other-service", std::to_string(state.coordinatorPort())}, "/dev/null");
    }
    return 0;
}

} // namespace proverdeck::demo

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/LogPatterns.h"

#include <QCoreApplication>

#include <array>

namespace proverdeck::models::ethrex {
namespace {

using enum PatternPlace;

// Sources: lambdaclass/ethrex crates/l2 and tooling/load_test, succinctlabs/sp1, docker, cargo, GNU
// make, git. Narrow rows before wide ones.
constexpr std::array Patterns{
    // the prover and its coordinator
    TrapPattern{"version-mismatch", InProver, Framed, true, "Version mismatch:"},
    TrapPattern{"version-mismatch", InProver, Framed, true,
                "Received no batch available to prove for current version"},
    TrapPattern{"wrong-backend", InProver, Framed, true, "Proof coordinator does not need"},
    TrapPattern{"coordinator-unreachable", InProver, Framed, true, "Failed to request new data"},
    TrapPattern{"submit-failed", InProver, Framed, true, "Failed to submit proof"},
    TrapPattern{"exec-no-proof", InProver, Framed, true,
                "\"exec\" prover backend generates no proof"},
    // memory and devices
    TrapPattern{"gpu-out-of-memory", InAll, Anywhere, false, "AllocError {"},
    TrapPattern{"gpu-out-of-memory", InAll, Anywhere, false, "cudaErrorMemoryAllocation"},
    TrapPattern{"gpu-out-of-memory", InAll, Anywhere, false, "GPU allocation failed"},
    TrapPattern{"gpu-out-of-memory", InAll, Anywhere, false, "CUDA_ERROR_OUT_OF_MEMORY"},
    TrapPattern{"gpu-out-of-memory", InAll, Anywhere, false, "CUDA out of memory"},
    TrapPattern{"gpu-out-of-memory", InAll, Anywhere, false, "cudaError", "out of memory"},
    TrapPattern{"sp1-gpu-server-crashed", InAll, Anywhere, false, "/twirp/api.ProverService/"},
    TrapPattern{"sp1-gpu-server-crashed", InProver, Anywhere, false, "ReqwestError",
                "IncompleteMessage"},
    TrapPattern{"host-out-of-memory", InAll, Anywhere, false, "Out of memory: Killed process"},
    TrapPattern{"host-out-of-memory", InAll, Raw, true, "memory allocation of", "bytes failed"},
    TrapPattern{"host-out-of-memory", InAll, Raw, true, "bash: line", " Killed "},
    TrapPattern{"driver-too-old", InAll, Anywhere, false, "CUDA driver version is insufficient"},
    TrapPattern{"no-container-gpu", InAll, Anywhere, false, "could not select device driver"},
    TrapPattern{"no-container-gpu", InAll, Anywhere, false, "nvidia-container-cli:"},
    TrapPattern{"sp1-gnark-image", InAll, Anywhere, false, "sp1-gnark", "Unable to find image"},
    TrapPattern{"sp1-gnark-image", InProver, Anywhere, false, "error from registry: denied"},
    TrapPattern{"disk-full", InAll, Anywhere, false, "No space left on device"},
    TrapPattern{"disk-full", InAll, Anywhere, false, "Disk quota exceeded"},
    TrapPattern{"too-many-open-files", InAll, Anywhere, false, "Too many open files"},
    // toolchains and programs
    TrapPattern{"toolchain-missing", InAll, Raw, false, "error: toolchain '", "is not installed"},
    TrapPattern{"toolchain-missing", InAll, Raw, false, "no such command: `prove`"},
    TrapPattern{"toolchain-missing", InAll, Raw, false, "no such command: `risczero`"},
    TrapPattern{"toolchain-missing", InAll, Raw, false, "Risc Zero Rust toolchain not found"},
    TrapPattern{"toolchain-missing", InAll, Raw, false, "rzup", "not found"},
    // docker
    TrapPattern{"docker-permission", InAll, Raw, false,
                "permission denied while trying to connect to the", "ocker"},
    TrapPattern{"docker-daemon-down", InAll, Raw, false, "Cannot connect to the Docker daemon"},
    TrapPattern{"docker-daemon-down", InAll, Raw, false, "failed to connect to the docker API"},
    TrapPattern{"docker-missing", InAll, Raw, false, "docker: 'compose' is not a docker command"},
    TrapPattern{"port-in-use", InAll, Anywhere, false, "port is already allocated"},
    TrapPattern{"port-in-use", InAll, Anywhere, false, "Address already in use"},
    TrapPattern{"port-in-use", InAll, Anywhere, false, "address already in use"},
    // contracts
    TrapPattern{"contract-bytecode-missing", InAll, Anywhere, false, "Contract bytecode not found"},
    TrapPattern{"solc-version", InAll, Anywhere, false,
                "Source file requires different compiler version"},
    TrapPattern{"risc0-verifier-missing", InAll, Anywhere, false,
                "Risc0Verifier address is not set"},
    TrapPattern{"deploy-reverted", InAll, Anywhere, false, "Receipt status is false"},
    TrapPattern{"deploy-reverted", InAll, Anywhere, false, "Failed to deploy contract"},
    TrapPattern{"deploy-reverted", InAll, Anywhere, false, "Deployer EthClient error"},
    TrapPattern{"env-file-missing", InAll, Raw, false, "cmd/.env", "No such file"},
    // the L2
    TrapPattern{"missing-verification-key", InAll, Anywhere, false, "0xf6b9798e"},
    TrapPattern{"missing-verification-key", InAll, Anywhere, false,
                "MissingVerificationKeyForCommit"},
    TrapPattern{"l1-committer-error", InL2, Framed, true, "L1 Committer Error"},
    TrapPattern{"database-locked", InL2 | InCommand, Anywhere, false, "While lock file"},
    TrapPattern{"database-locked", InL2 | InCommand, Anywhere, false,
                "LOCK: Resource temporarily unavailable"},
    TrapPattern{"l1-unreachable", InL2 | InCommand, Anywhere, false,
                "error sending request for url (http://localhost:8545"},
    // the load
    TrapPattern{"nonce-gap", InL2 | InLoadTest | InCommand, Anywhere, false, "nonce too high"},
    TrapPattern{"nonce-gap", InL2 | InLoadTest | InCommand, Anywhere, false, "nonce too low"},
    TrapPattern{"nonce-gap", InL2 | InLoadTest | InCommand, Anywhere, false,
                "Nonce for account too low"},
    TrapPattern{"nonce-gap", InL2 | InLoadTest | InCommand, Anywhere, false, "nonce gap"},
    TrapPattern{"nonce-gap", InL2 | InLoadTest | InCommand, Anywhere, false, "Nonce gap"},
    TrapPattern{"mempool-full", InL2 | InLoadTest | InCommand, Anywhere, false, "Mempool is full"},
    TrapPattern{"mempool-full", InL2 | InLoadTest | InCommand, Anywhere, false, "mempool is full"},
    TrapPattern{"mempool-full", InL2 | InLoadTest | InCommand, Anywhere, false, "Mempool full"},
    TrapPattern{"mempool-full", InL2 | InLoadTest | InCommand, Anywhere, false, "mempool full"},
    TrapPattern{"loadtest-inactive", InLoadTest | InCommand, Anywhere, false, "Node inactive for"},
    TrapPattern{"loadtest-keys", InLoadTest | InCommand, Raw, false,
                "Unable to read private keys file"},
    TrapPattern{"loadtest-rpc", InLoadTest | InCommand, Raw, false, "Failed to get chain id"},
    TrapPattern{"loadtest-rpc", InLoadTest, Raw, false, "request error"},
    TrapPattern{"loadtest-rpc", InLoadTest, Raw, false, "error sending request for url"},
    TrapPattern{"loadtest-rpc", InCommand, Raw, false, "error sending request for url", ":1729"},
    // git, cargo, the system
    TrapPattern{"git-conflict", InCommand, Raw, false, "would be overwritten by"},
    TrapPattern{"git-conflict", InCommand, Raw, false, "Not possible to fast-forward"},
    TrapPattern{"git-unknown-ref", InCommand, Raw, true, "error: pathspec '",
                "did not match any file"},
    TrapPattern{"git-unknown-ref", InCommand, Raw, false, "couldn't find remote ref"},
    TrapPattern{"git-unknown-ref", InCommand, Raw, true, "fatal: ", "unknown revision"},
    TrapPattern{"repository-missing", InAll, Raw, true, "fatal: not a git repository"},
    TrapPattern{"repository-missing", InAll, Raw, false, ": cd: ", "No such file or directory"},
    TrapPattern{"network-down", InCommand, Raw, false, "Could not resolve host"},
    TrapPattern{"permission-denied", InAll, Anywhere, false, "Permission denied"},
    TrapPattern{"cargo-build-failed", InAll, Raw, true, "error[E"},
    TrapPattern{"cargo-build-failed", InAll, Raw, true, "error: could not compile"},
    TrapPattern{"cargo-build-failed", InAll, Raw, true,
                "error: failed to run custom build command"},
    TrapPattern{"cargo-build-failed", InAll, Raw, true, "error: linking with"},
    TrapPattern{"cargo-build-failed", InAll, Raw, true, "error: failed to load manifest"},
    TrapPattern{"make-down-broken", InAll, Raw, true, "make", "down-l2] Error 123"},
    TrapPattern{"make-target-missing", InAll, Raw, true, "make", "No rule to make target"},
    TrapPattern{"loadtest-failed", InLoadTest | InCommand, Raw, false, "Load test failed:"},
};

#define TEXT(literal) QT_TRANSLATE_NOOP("LogFindings", literal)

constexpr std::array Texts{
    TrapText{"batch-outlier", Severity::Warning,
             TEXT("%1 took far longer, or far less, than batches with as much gas. The gas does "
                  "not explain the time: "
                  "a batch of very many small blocks, or another load on the machine, can."),
             TEXT("These batches are left out of the counted summary. Look at the number of blocks "
                  "of the batch and at "
                  "the GPU's load in that time.")},
    TrapText{"cargo-build-failed", Severity::Error,
             TEXT("The Rust build failed, so the program was never started."),
             TEXT("Read the lines around this one in the log. Usual causes are a branch that does "
                  "not build with these "
                  "features, a missing CUDA toolkit (nvcc) with GPU=true, or an outdated toolchain "
                  "(rustup update).")},
    TrapText{
        "coloured-log", Severity::Info,
        TEXT("The prover's log holds colour codes: an old ethrex build, or its output was a "
             "terminal. Proverdeck "
             "reads it all the same; upstream's results script finds no batches in such a log."),
        TEXT("Nothing to do here. For upstream's script start the prover without a terminal (no "
             "ssh -t), or with "
             "ETHREX_LOG_COLOR=never on a recent build.")},
    TrapText{"command-not-found", Severity::Error,
             TEXT("The server's shell does not find %1. It may be installed but not on the PATH of "
                  "a login shell."),
             TEXT("Check with: bash -l -c 'command -v cargo docker solc nvcc'. A line that was "
                  "added to ~/.bashrc is "
                  "not read by a login shell: move the PATH line (for CUDA: /usr/local/cuda/bin) "
                  "to ~/.profile.")},
    TrapText{"contract-bytecode-missing", Severity::Error,
             TEXT("The deployer was built without the contracts' bytecode."),
             TEXT("Deploy with the make target (deploy-l1 or deploy-l1-sp1), which sets "
                  "COMPILE_CONTRACTS=true, and "
                  "check that solc is installed.")},
    TrapText{"coordinator-unreachable", Severity::Warning,
             TEXT("The prover cannot reach the proof coordinator on port 3900. It tries again "
                  "every few seconds. Until "
                  "the L2 is up that is normal."),
             TEXT("If it goes on, check that the L2 runs and that its log has no “Error starting "
                  "Proof Coordinator”: "
                  "with port 3900 taken the L2 carries on without one.")},
    TrapText{"database-locked", Severity::Error,
             TEXT("The node's database is locked: another ethrex node still uses it."),
             TEXT("Stop the old node (make down may leave it running), then start again.")},
    TrapText{"deploy-reverted", Severity::Error,
             TEXT("Deploying the L1 contracts failed: a transaction was refused or reverted."),
             TEXT("Deploy with ETHREX_DEPLOYER_RANDOMIZE_CONTRACT_DEPLOYMENT=true: without it a "
                  "second deployment on "
                  "the same L1 collides with the first. If the L1 does not answer on port 8545, "
                  "start it first.")},
    TrapText{"disk-full", Severity::Error, TEXT("The server's disk is full."),
             TEXT("Make room: df -h shows which file system. Old build folders (target/), docker "
                  "images (docker system "
                  "df) and old databases take the most.")},
    TrapText{"docker-daemon-down", Severity::Error,
             TEXT("The docker daemon does not run on the server."),
             TEXT("Start it: sudo systemctl start docker, then check with docker ps.")},
    TrapText{"docker-missing", Severity::Error,
             TEXT("docker, or its compose plugin, is not installed on the server. The L1 runs in "
                  "docker."),
             TEXT("Install Docker Engine with the compose plugin (docs.docker.com/engine/install), "
                  "or put it on the "
                  "PATH of a login shell.")},
    TrapText{"docker-permission", Severity::Error,
             TEXT("This user may not talk to the docker daemon on the server."),
             TEXT("Add the user to the docker group (sudo usermod -aG docker USER) and log in "
                  "again; open connections "
                  "keep the old groups.")},
    TrapText{
        "driver-too-old", Severity::Error,
        TEXT("The NVIDIA driver is older than the CUDA version that the prover was built for."),
        TEXT("Update the driver (nvidia-smi shows the highest CUDA version that it serves) and "
             "reboot.")},
    TrapText{"empty-batches", Severity::Warning,
             TEXT("%1 without transactions: they measure the fixed cost of a proof, not proving, "
                  "and pull the average "
                  "over every batch down."),
             TEXT("They are left out of the counted summary. Start the load before the prover, "
                  "build the load test "
                  "before the L2 starts, or use endless mode.")},
    TrapText{"env-file-missing", Severity::Error,
             TEXT("The file cmd/.env with the contracts' addresses is missing: the contracts have "
                  "not been deployed."),
             TEXT("Run make deploy-l1 (deploy-l1-sp1 for SP1) before starting the L2.")},
    TrapText{"exec-no-proof", Severity::Info,
             TEXT("The exec backend only executes the batches; its times are not proving times."),
             TEXT("Use the sp1 or risc0 backend to measure proving.")},
    TrapText{"git-conflict", Severity::Error,
             TEXT("git refuses to change the branch: files in the server's checkout were changed "
                  "by hand, or its "
                  "branch has commits of its own."),
             TEXT("Look at git status on the server. Commit or stash the changes there, or use "
                  "another checkout.")},
    TrapText{"git-unknown-ref", Severity::Error,
             TEXT("The branch, tag or commit does not exist in the repository."),
             TEXT("Check its spelling, and that it was pushed to the remote that the server's "
                  "checkout uses. A commit "
                  "id cannot be pulled; fetch first, then check it out.")},
    TrapText{"gpu-out-of-memory", Severity::Error,
             TEXT("The GPU has not enough free memory for this proof."),
             TEXT("Check with nvidia-smi whether another process (a left-over moongate container, "
                  "too) uses the GPU. "
                  "If not, make the batches smaller: ETHREX_COMMITTER_BATCH_GAS_LIMIT, or fewer "
                  "transactions.")},
    TrapText{"host-out-of-memory", Severity::Error,
             TEXT("The kernel killed the process: the server ran out of memory."),
             TEXT("Confirm with: sudo dmesg | grep -i 'out of memory'. Proving on the CPU may take "
                  "more than 100 GB. "
                  "Make the batches smaller, use the GPU, or stop what else runs on the server.")},
    TrapText{"l1-committer-error", Severity::Error,
             TEXT("The L2 cannot commit a batch to the L1, so the prover will get no new work."),
             TEXT("Read the rest of the line. Check that the L1 container runs (docker ps) and "
                  "that the contracts were "
                  "deployed on this L1: make down destroys them.")},
    TrapText{"l1-unreachable", Severity::Error, TEXT("The L1 does not answer on port 8545."),
             TEXT("Check that its container runs: docker ps. Start it with make init-l1-docker, "
                  "then deploy again.")},
    TrapText{"l2-restarted", Severity::Warning,
             TEXT("The L2 was restarted. Its metrics of the batches sealed before are gone."),
             TEXT("Batches without gas and transactions are left out of the counted summary. The "
                  "batch RPC "
                  "(ethrex_getBatchByNumber) still knows them while the L2 runs.")},
    TrapText{"loadtest-failed", Severity::Error, TEXT("The load test gave up."),
             TEXT("Read the rest of the line. If the accounts are stuck, restart the localnet.")},
    TrapText{"loadtest-inactive", Severity::Error,
             TEXT("The load test stopped: no account made progress any more."),
             TEXT("Check that the L2 produces blocks. A nonce gap after an overflowing mempool "
                  "stops accounts for "
                  "good: restart the localnet with fewer transactions per account.")},
    TrapText{"loadtest-keys", Severity::Error,
             TEXT("The load test cannot read the file with the accounts' keys."),
             TEXT("Its path (option -k) is relative to the repository: "
                  "./fixtures/keys/private_keys.txt. Older "
                  "branches keep it in test_data/.")},
    TrapText{"loadtest-round-failed", Severity::Warning,
             TEXT("A round of the load test failed, so fewer transactions reached the L2 than "
                  "asked for."),
             TEXT("Later batches may be empty. Check that the L2 still answers: curl "
                  "http://localhost:1729")},
    TrapText{"loadtest-rpc", Severity::Error, TEXT("The load test cannot talk to the L2's RPC."),
             TEXT("Check that the L2 runs and answers: curl http://localhost:1729. "
                  "LOAD_TEST_RPC_URL must name the L2 "
                  "(port 1729); its default is the L1 (port 8545).")},
    TrapText{"make-down-broken", Severity::Warning,
             TEXT("make down failed at down-l2: the L2 was not stopped. A known fault of "
                  "upstream's Makefile."),
             TEXT("Stop the L2 by its recorded process group, and check that ports 1729 and 3900 "
                  "are free. The prover "
                  "and the load test are never stopped by make down.")},
    TrapText{"make-failed", Severity::Error,
             TEXT("A make target failed: %1. No known cause was seen in the log."),
             TEXT("Read the lines above this one.")},
    TrapText{
        "make-target-missing", Severity::Error,
        TEXT("The Makefile of this branch has no such target: %1. Upstream renames its targets now "
             "and then."),
        TEXT("Look the new name up in crates/l2/Makefile and change a copy of the workflow file.")},
    TrapText{"mempool-full", Severity::Warning,
             TEXT("The L2's mempool is full and drops transactions, the lowest nonces first: "
                  "accounts get stuck."),
             TEXT("Use fewer transactions per account (172 accounts × 58 fit the default 10,000) "
                  "or raise "
                  "ETHREX_MEMPOOL_MAX_SIZE. Restart the localnet if the load no longer moves.")},
    TrapText{"metrics-missing", Severity::Warning,
             TEXT("Gas and transactions are unknown for %1, so it cannot be told whether they were "
                  "empty."),
             TEXT("The L2 must run while results are collected: curl localhost:3702/metrics. For a "
                  "log from a file "
                  "give the metrics too.")},
    TrapText{"missing-verification-key", Severity::Error,
             TEXT("The L1 contract has no verification key for this build's proofs (error "
                  "0xf6b9798e): batches are "
                  "committed but never verified."),
             TEXT("Deploy again from the same commit and with the same backend as the prover "
                  "(deploy-l1-sp1 for SP1).")},
    TrapText{"network-down", Severity::Error,
             TEXT("The server cannot resolve a host name: no network or no DNS."),
             TEXT("Check the server's internet access, then try again.")},
    TrapText{"no-container-gpu", Severity::Error,
             TEXT("docker cannot give a container access to the GPU."),
             TEXT("Install the NVIDIA Container Toolkit, run sudo nvidia-ctk runtime configure "
                  "--runtime=docker and "
                  "restart docker.")},
    TrapText{"no-timing", Severity::Error,
             TEXT("%1 without a proving time: the prover was started without its timing option."),
             TEXT("Start the prover with PROVER_CLIENT_TIMED=true. The missing times cannot be "
                  "found afterwards.")},
    TrapText{"nonce-gap", Severity::Warning,
             TEXT("The L2 refuses transactions for their nonce: an account has a gap, or was used "
                  "by another run."),
             TEXT("Consecutive runs should work, as the load test uses pending nonces. If the load "
                  "is stuck, restart "
                  "the localnet, and use fewer transactions than the mempool holds.")},
    TrapText{"nothing-counted", Severity::Warning,
             TEXT("No batch counts, so there is no figure to trust: %1."),
             TEXT("Wait for more batches, and look at the other findings for the reason.")},
    TrapText{"payload-log", Severity::Info,
             TEXT("The log is of the newer generation (“payload”, id=). Proverdeck reads it; "
                  "upstream's results "
                  "script of that time stops without a word on such a log."),
             TEXT("Nothing to do.")},
    TrapText{"permission-denied", Severity::Error,
             TEXT("The server refused access to a file or a login."),
             TEXT("Read the line: it names the file. Files made by root or by docker may need sudo "
                  "chown; a key that "
                  "git offers must be known to the git host.")},
    TrapText{
        "port-in-use", Severity::Error,
        TEXT("%1 is taken by another program, most likely a node of an earlier run. ethrex carries "
             "on without "
             "it, and a new prover would work for the old node."),
        TEXT("Find the owner with ss -ltnp on the server, stop it, and start this step again.")},
    TrapText{"process-panicked", Severity::Error, TEXT("The program stopped with a Rust panic."),
             TEXT("Read this line and the next: they name the place and the reason.")},
    TrapText{"prover-exited", Severity::Error, TEXT("The prover ended by itself with status %1."),
             TEXT("A prover never ends by itself. Read the last lines of its log, and the kernel's "
                  "(dmesg).")},
    TrapText{"prover-exited-after-panic", Severity::Error,
             TEXT("The prover ended with status 0, but it had panicked: it did not succeed."),
             TEXT("Do not trust the exit status. See the finding about the panic for the reason.")},
    TrapText{
        "prover-idle", Severity::Warning,
        TEXT("The prover had nothing to prove, or did not ask, for up to %1 between two batches."),
        TEXT("Proving times are right all the same. If the load is over, that is all; if not, "
             "the L2 makes batches more slowly than they are proved, or the prover pauses.")},
    TrapText{"prover-panicked", Severity::Error,
             TEXT("The prover stopped with a Rust panic; the batch is lost."),
             TEXT("Read this line and the next: they name the place and the reason. The process "
                  "may still end with "
                  "status 0.")},
    TrapText{"repeated-batch", Severity::Warning,
             TEXT("%1 proved more than once. Its proof was lost on the way, or it took longer than "
                  "the coordinator "
                  "waits (10 minutes unless told otherwise)."),
             TEXT("The first time counts. If proofs take that long, raise "
                  "ETHREX_PROOF_COORDINATOR_PROVER_TIMEOUT.")},
    TrapText{"repository-missing", Severity::Error,
             TEXT("The ethrex repository is not where it was looked for."),
             TEXT("Clone it on the server (the guide uses ~/ethrex), or correct the path.")},
    TrapText{"risc0-verifier-missing", Severity::Error,
             TEXT("The deployer needs the address of a RISC Zero verifier contract."),
             TEXT("There is no make target for it: deploy the verifier by hand and set "
                  "ETHREX_DEPLOYER_RISC0_VERIFIER_ADDRESS, or use the sp1 backend.")},
    TrapText{"solc-missing", Severity::Error,
             TEXT("The Solidity compiler solc is not found on the server."),
             TEXT("Install solc 0.8.31 and put it on the PATH of a login shell (~/.profile, not "
                  "~/.bashrc).")},
    TrapText{"solc-version", Severity::Error,
             TEXT("The server's solc has another version than the contracts ask for."),
             TEXT("Install the version that the line names (0.8.31 at the time of writing); solc "
                  "--version shows "
                  "what is there.")},
    TrapText{"sp1-gnark-image", Severity::Warning,
             TEXT("The docker image sp1-gnark, which wraps SP1's proofs, is not on the server or "
                  "may not be fetched."),
             TEXT("The first run fetches it, which takes a while. On “denied” log out of the "
                  "registry (docker logout "
                  "ghcr.io) and fetch it by hand: docker pull with the name in the line.")},
    TrapText{"sp1-gpu-server-crashed", Severity::Error,
             TEXT("SP1's GPU server (the moongate container) went away in the middle of a proof. "
                  "Most often the GPU "
                  "ran out of memory."),
             TEXT("docker logs of the moongate container has the real reason. Check nvidia-smi for "
                  "other users of the "
                  "GPU, make the batches smaller, and remove the left-over container before the "
                  "next start.")},
    TrapText{"submit-failed", Severity::Warning,
             TEXT("A proof could not be handed in. The prover throws it away and proves the same "
                  "batch again."),
             TEXT("Nothing to do for a single one. If it goes on, check that the L2 still runs.")},
    TrapText{"too-many-open-files", Severity::Error,
             TEXT("The process may not open more files or connections."),
             TEXT("Raise the limit before the start: ulimit -n 65536")},
    TrapText{"toolchain-missing", Severity::Error,
             TEXT("The zkVM's Rust toolchain is not installed for this user on the server."),
             TEXT("For SP1: curl -L https://sp1up.succinct.xyz | bash, then sp1up. For RISC Zero: "
                  "curl -L "
                  "https://risczero.com/install | bash, then rzup install. Then build again.")},
    TrapText{
        "version-mismatch", Severity::Warning,
        TEXT("The coordinator says that the batch was made by another build than this prover's."),
        TEXT("Normal for a moment after an update. If it goes on, build the L2 and the prover from "
             "the same "
             "commit; remember that they share target/release/ethrex and build over each other.")},
    TrapText{
        "wrong-backend", Severity::Error,
        TEXT("The deployment does not ask for proofs of this prover's kind, so it gets no work."),
        TEXT("Deploy for the backend that proves: make deploy-l1-sp1 for SP1, plain deploy-l1 for "
             "exec only. "
             "Then start the L2 and the prover again.")},
};

#undef TEXT

} // namespace

std::span<const TrapPattern> trapPatterns()
{
    return Patterns;
}

Finding trapFinding(std::string_view code, const QString &what)
{
    for (const TrapText &trap : Texts) {
        if (trap.code == code) {
            QString text = QCoreApplication::translate("LogFindings", trap.text);
            if (text.contains(u"%1")) {
                text = text.arg(what);
            }
            return {QString::fromLatin1(trap.code.data(), qsizetype(trap.code.size())),
                    trap.severity,
                    text,
                    QCoreApplication::translate("LogFindings", trap.advice),
                    {},
                    1};
        }
    }
    Q_ASSERT_X(false, "trapFinding", "no text for this code");
    return {};
}

QStringList trapCodes()
{
    QStringList codes;
    for (const TrapText &trap : Texts) {
        codes << QString::fromLatin1(trap.code.data(), qsizetype(trap.code.size()));
    }
    return codes;
}

} // namespace proverdeck::models::ethrex

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Containers.h"
#include "app/demo/tool/Net.h"
#include "app/demo/tool/Power.h"
#include "app/demo/tool/Programs.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace proverdeck::demo {
namespace {

constexpr double PollSeconds = 5;
/// The faults that end a prover do so with the third batch.
constexpr int BatchesBeforeFault = 2;
constexpr char Moongate[] = "sp1-gpu";
constexpr char MoongateImage[] = "public.ecr.aws/succinct-labs/moongate:v5.0.8";

bool isTimed()
{
    const char *value = std::getenv("PROVER_CLIENT_TIMED");
    const Words off{"", "0", "f", "false", "n", "no", "off"};
    return value != nullptr && !contains(off, value);
}

/// As Rust's {:.2?} prints a duration.
std::string duration(double microseconds)
{
    return microseconds < 1e3 ? text("%.2fµs", microseconds)
        : microseconds < 1e6  ? text("%.2fms", microseconds / 1e3)
                              : text("%.2fs", microseconds / 1e6);
}

struct Work
{
    int number = 0;
    long long gas = 0;
    long long privileged = 0;
};

class Prover
{
public:
    Prover(const State &state, std::string backend, int port)
        : m_state(state)
        , m_backend(std::move(backend))
        , m_port(port)
        , m_endpoint(text(" endpoint=tcp://127.0.0.1:%d", port))
        , m_isGpu(
              contains(split(readFile(state.file("built")).value_or(std::string()), ','), "gpu"))
    {
    }

    int run()
    {
        if (m_isGpu && m_backend != "exec") {
            // The CUDA client has a handler for SIGINT only; it stops the container.
            catchSignal(SIGINT, false);
            recordPid(m_state.file("gpu.pid"), getpid());
            if (m_backend == "sp1" && !startMoongate()) {
                return 101;
            }
        }
        int code = 0;
        while (!m_hasEnded && stopSignal() == 0) {
            code = once();
            if (!m_hasEnded && !m_state.sleepFor(PollSeconds)) {
                break;
            }
        }
        if (stopSignal() != 0) {
            removeContainer(m_state, Moongate);
        }
        return code;
    }

private:
    [[nodiscard]] bool startMoongate() const
    {
        if (m_state.hasFault("no-docker")) {
            panic(
                "main",
                "/.cargo/registry/src/index-1949cf8c6b5b557f/sp1-cuda-5.0.8/src/lib.rs:201:14",
                R"(Failed to start Docker container: Os { code: 2, kind: NotFound, message: "No such file or directory" })");
            return false;
        }
        removeContainer(m_state, Moongate);
        Container container{.name = Moongate,
                            .image = MoongateImage,
                            .command = "/moongate-server",
                            .ports = "0.0.0.0:3000->3000/tcp"};
        startContainer(m_state, container, {"moongate-server"});
        return true;
    }

    void panic(const char *thread, const std::string &place, const std::string &message) const
    {
        const std::string where = place[0] == '/' ? m_state.home() + place : place;
        err(std::string("\nthread '") + thread + "' panicked at " + where + ":\n" + message
            + "\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace");
    }

    int once()
    {
        errno = 0;
        const auto answer = exchange(m_port, "REQUEST " + m_backend + "\n");
        if (!answer.has_value() || answer->empty()) {
            const int error = errno == 0 ? ECONNRESET : errno;
            logLine(m_state, "ERROR",
                    std::string("Failed to request new data: Failed to get Response: ")
                        + (answer.has_value()
                               ? "EOF while parsing a value at line 1 column 0"
                               : std::strerror(error) + text(" (os error %d)", error))
                        + m_endpoint);
            return 0;
        }
        const Words words = split(*answer, ' ');
        if (words[0] == "NOTNEEDED") {
            const std::string name = m_backend == "sp1" ? "SP1"
                : m_backend == "risc0"                  ? "RISC0"
                                                        : "Exec";
            logLine(m_state, "ERROR",
                    "Proof coordinator does not need " + name
                        + " proofs. This prover's backend is not in the required proof types for "
                          "this deployment."
                        + m_endpoint);
        } else if (words[0] == "MISMATCH") {
            logLine(m_state, "WARN",
                    "Version mismatch: the next batch to prove was built with a different code "
                    "version. This prover "
                    "may need to be updated.");
        } else if (words[0] == "BATCH" && words.size() > 3) {
            return prove({static_cast<int>(number(words[1])), number(words[2]), number(words[3])});
        }
        return 0;
    }

    int prove(const Work &work)
    {
        logLine(m_state, "INFO",
                text("Received Response for batch_number: %d", work.number) + m_endpoint);
        if (m_backend == "exec") {
            logLine(m_state, "WARN", R"("exec" prover backend generates no proof, only executes)");
        }
        if (m_state.hasFault("hang") && m_proved >= 1) {
            while (m_state.sleepFor(3600)) { }
            return 0;
        }
        if (m_proved >= BatchesBeforeFault && isFaulty()) {
            return fail();
        }
        ++m_attempt;
        const double us = provingUs(work);
        setBusy(true);
        const bool isDone = m_state.sleepFor(us / 1e6);
        setBusy(false);
        if (!isDone) {
            return 0;
        }
        const auto ms = static_cast<long long>(us / 1000);
        std::string line = text("Proved batch %d", work.number);
        if (isTimed()) {
            line += " in " + duration(us);
        }
        line += text(" batch=%d", work.number);
        if (isTimed()) {
            line += text(" proving_time_s=%lld proving_time_ms=%lld", ms / 1000, ms);
        }
        logLine(m_state, "INFO", line);
        submit(work.number, ms / 1000);
        if (m_state.hasFault("slow")) {
            m_state.sleepFor(240);
        }
        return 0;
    }

    void submit(int batch, long long seconds)
    {
        errno = 0;
        const auto answer
            = exchange(m_port, text("SUBMIT %d ", batch) + m_backend + text(" %lld\n", seconds));
        if (answer.has_value() && startsWith(*answer, "ACK")) {
            ++m_proved;
            logLine(m_state, "INFO",
                    text("Received submit ack for batch_number: %d", batch) + m_endpoint);
            return;
        }
        const int error = errno == 0 ? ECONNRESET : errno;
        logLine(m_state, "WARN",
                std::string("Failed to submit proof: Failed to get SubmitAck: ")
                    + std::strerror(error) + text(" (os error %d)", error) + m_endpoint);
    }

    /// A floor for an empty batch, and more for its gas; the same in each run but for a second
    /// attempt.
    [[nodiscard]] double provingUs(const Work &work) const
    {
        const auto jitter
            = static_cast<double>(mix(text("%d/%d", work.number, m_attempt)) % 3000) / 1000;
        const auto deposits = work.privileged > 0 ? std::min(work.gas, 11'984'844LL) : 0;
        const double regular = static_cast<double>(work.gas - deposits);
        constexpr double Full = 5'040'000; // 12 blocks of 20 transfers
        if (m_backend == "exec") {
            return 1e3 * (31 + jitter * 4 + static_cast<double>(work.gas) / 31'000);
        }
        const double seconds = 47.3 + 23.1 * static_cast<double>(deposits) / 11'984'844
            + 94 * std::min(regular, Full) / Full + 23 * std::max(0.0, regular - Full) / Full
            + jitter;
        return 1e6 * seconds * (m_backend == "risc0" ? 1.25 : 1) * (m_isGpu ? 1 : 1.6);
    }

    void setBusy(bool isBusy) const
    {
        if (!m_isGpu || m_backend == "exec") {
            return;
        }
        const std::string path = m_state.file("gpu.busy");
        if (isBusy) {
            writeFile(path, std::to_string(m_state.nowMs()) + "\n");
        } else {
            unlink(path.c_str());
        }
    }

    [[nodiscard]] bool isFaulty() const
    {
        return m_state.hasFault("gpu-oom") || m_state.hasFault("prover-exits")
            || m_state.hasFault("host-oom");
    }

    int fail()
    {
        setBusy(true);
        m_state.sleepFor(21);
        setBusy(false);
        m_hasEnded = true;
        if (m_state.hasFault("host-oom")) {
            kill(getpid(), SIGKILL);
        }
        if (m_state.hasFault("gpu-oom")) {
            crashContainer(m_state, Moongate, "CUDA error: out of memory (os error 2)");
            panic("main",
                  "/.cargo/registry/src/index-1949cf8c6b5b557f/sp1-cuda-5.0.8/src/lib.rs:299:14",
                  "called `Result::unwrap()` on an `Err` value: ReqwestError(reqwest::Error { "
                  "kind: Request, url: "
                  "\"http://localhost:3000/twirp/api.ProverService/ProveCore\", source: "
                  "hyper_util::client::legacy::Error(SendRequest, hyper::Error(IncompleteMessage)) "
                  "})");
            return 101;
        }
        const std::string cause
            = "called `Result::unwrap()` on an `Err` value: AllocError { layout: Layout { size: "
              "6442450944, align: 4 (1 << 2) } }";
        panic("tokio-rt-worker", "slop/crates/tensor/src/inner.rs:28:51", cause);
        err("\nthread 'tokio-rt-worker' panicked at "
            "sp1-gpu/crates/shard_prover/src/prover.rs:305:10:\n"
            "called `Result::unwrap()` on an `Err` value: JoinError::Panic(Id(36525), \""
            + cause + "\", ...)");
        return 0;
    }

    const State &m_state;
    std::string m_backend;
    int m_port;
    std::string m_endpoint;
    bool m_isGpu;
    bool m_hasEnded = false;
    int m_proved = 0;
    int m_attempt = 0;
};

} // namespace

int runProver(const State &state, const Words &words)
{
    const Words parts = split(option(words, "--proof-coordinators"), ':');
    const auto port = static_cast<int>(number(parts.back(), state.coordinatorPort()));
    if (state.hasFault("reboot")) {
        planReboot(state);
    }
    return Prover(state, option(words, "--backend", "exec"), port).run();
}

} // namespace proverdeck::demo

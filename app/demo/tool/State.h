// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/Text.h"

#include <sys/types.h>

#include <chrono>

namespace proverdeck::demo {

/// What all stand-ins of one demo host share: its folder, its faults, its ports and its clock.
///
/// The folder is found from the program itself (FOLDER/libexec/proverdeck-demo-tool), so that it
/// works with an empty environment too.
class State
{
public:
    explicit State(std::string folder);
    /// Of the demo host that this program belongs to; none if it is not run from a demo host's
    /// folder.
    [[nodiscard]] static std::optional<State> ofThisProgram();

    [[nodiscard]] const std::string &folder() const { return m_folder; }
    [[nodiscard]] std::string file(std::string_view name) const
    {
        return m_folder + "/state/" + std::string(name);
    }
    [[nodiscard]] std::string tool() const { return m_folder + "/libexec/proverdeck-demo-tool"; }
    [[nodiscard]] std::string home() const { return m_folder + "/home"; }
    [[nodiscard]] std::string repository() const { return home() + "/ethrex"; }
    [[nodiscard]] std::string setting(std::string_view name) const
    {
        return field(m_settings, name);
    }
    [[nodiscard]] bool hasFault(std::string_view name) const { return contains(m_faults, name); }

    /// The variable that the login sets, or what the demo host chose at its start.
    [[nodiscard]] int httpPort() const { return port("ETHREX_HTTP_PORT"); }
    [[nodiscard]] int coordinatorPort() const
    {
        return port("ETHREX_PROOF_COORDINATOR_LISTEN_PORT");
    }
    [[nodiscard]] int metricsPort() const { return port("ETHREX_METRICS_PORT"); }
    [[nodiscard]] int l1Port() const { return port("ETHREX_L1_RPC_PORT"); }

    /// Simulated milliseconds since 1970.
    [[nodiscard]] long long nowMs() const { return nowUs() / 1000; }
    [[nodiscard]] long long nowUs() const;
    /// How long to wait in reality until a moment of the simulated clock, 0 if it has passed.
    [[nodiscard]] std::chrono::milliseconds realUntil(long long simulatedMs) const;
    /// Waits for simulated time; false as soon as a signal asked to stop or the demo host is gone.
    bool sleepFor(double simulatedSeconds) const;
    /// 2026-02-12T15:03:12.418233Z
    [[nodiscard]] std::string timestamp() const;

    /// The demo host's sshd is running, or has not been started yet.
    [[nodiscard]] bool isHostAlive() const;

private:
    [[nodiscard]] int port(const char *variable) const;

    std::string m_folder;
    Fields m_settings;
    Words m_faults;
    double m_speed = 1;
    long long m_startMs = 0; ///< real time when the clock began, …
    long long m_clockMs = 0; ///< … and what it showed
};

/// A line as ethrex logs it: time, level, message.
void logLine(const State &state, const char *level, std::string_view message);

/// From now on the signal only sets stopSignal(). With @p keepIgnored an ignored signal stays
/// ignored, as a background job of a non-interactive shell inherits it.
void catchSignal(int signal, bool keepIgnored);
[[nodiscard]] int stopSignal();
void clearStopSignal();
/// Ends this process by the default action of @p signal.
[[noreturn]] void dieBy(int signal);

/// Identity of a process across the reuse of its number.
[[nodiscard]] std::string startTimeOf(pid_t pid);
[[nodiscard]] bool isRunning(pid_t pid);
/// A file that holds "PID STARTTIME": written for this process, read as a running process or 0.
void recordPid(const std::string &path, pid_t pid);
[[nodiscard]] pid_t recordedPid(const std::string &path);

/// Starts the tool detached in a session of its own as argv[0] = @p words[0]; its output goes to @p
/// log.
pid_t startDetached(const State &state, const std::string &program, const Words &words,
                    const std::string &log);
/// fork and exec in the foreground; the caller waits for it.
pid_t startChild(const std::string &program, const Words &words);

} // namespace proverdeck::demo

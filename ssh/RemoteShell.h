// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Result.h"

#include <QByteArray>
#include <QObject>
#include <QStringList>

#include <chrono>
#include <optional>

namespace proverdeck::ssh {

enum class CommandId : quint64 {};
enum class Stream { Stdout, Stderr };

enum class ConnectionState {
    Disconnected,
    Connecting, ///< TCP, key exchange, host key
    Authenticating,
    Connected,
};

/// How a remote command ended. Exactly one of code and signal says so.
struct ExitStatus
{
    int code = 0; ///< meaningful only if signal is empty
    QString signal; ///< without "SIG", for example "KILL"; empty if the command exited
    bool operator==(const ExitStatus &) const = default;
    [[nodiscard]] bool ok() const { return signal.isEmpty() && code == 0; }
};

/// One command for the server's login shell, with what it reads on standard input.
///
/// @c line goes to the server as it is, so it must be one of the fixed, quote-safe lines below;
/// everything that a user typed travels in @c input.
struct Command
{
    QByteArray line;
    QByteArray input;
    std::chrono::milliseconds timeout{60'000}; ///< zero: no deadline
    /// If not empty: each stream counts from behind this line on, so that a banner and what the
    /// shell's start-up files print is not taken for output. If the line never comes, the beginning
    /// of what came instead is given as stderr, before the end.
    QByteArray marker;
    /// Does not end the command's standard input behind @c input: its end then means that nobody
    /// waits for the command any more.
    bool holdsInput = false;
};

/// What a person must decide before a host is trusted.
struct HostKeyQuestion
{
    QString host; ///< as it would stand in known_hosts
    int port = 22;
    QString keyType; ///< "ssh-ed25519"
    QString fingerprint; ///< "SHA256:…", as OpenSSH prints it
    QString note; ///< why it is asked, for example "known under another key type"; may be empty
    bool operator==(const HostKeyQuestion &) const = default;
};

/// A secret that the login needs. The answer is used once and never stored by this layer.
struct SecretQuestion
{
    enum class Kind { Passphrase, Password, KeyboardInteractive };
    Kind kind{};
    QString prompt; ///< what to show: names the key file or repeats the server's prompt (sanitised)
    QString account; ///< "user@host"
    bool echo = false; ///< keyboard-interactive only
    bool retry = false; ///< the answer before this one was wrong
    /// Names the answer for a store of secrets, and for people; empty if it is good only once.
    QString storeKey;
    bool operator==(const SecretQuestion &) const = default;
};

/// State of a durable job; see JobProtocol.h for the protocol.
struct JobStatus
{
    enum class State {
        None, ///< no such job; with endedSecs: it was removed, and exitCode is what it had
        Starting, ///< not begun: startJob() is at it or was cut off; calling it again finishes it
        Running,
        Done, ///< exitCode is true
        Orphan, ///< its supervisor is gone, the job still runs: no exit status will come
        Lost, ///< supervisor and job are gone without an exit status
        Rebooted, ///< the server was rebooted in between
    };
    State state = State::None;
    std::optional<int> exitCode;
    quint64 size = 0; ///< bytes in the job's log
    std::optional<qint64> processGroup;
    std::optional<qint64> startedSecs; ///< server's clock, seconds since 1970
    std::optional<qint64> endedSecs;
    std::optional<qint64> nowSecs;
    std::optional<qint64> bootedSecs; ///< when the server was last booted
    std::optional<qint64> beatSecs; ///< last heartbeat of the job's supervisor
    quint64 inode = 0; ///< of the log; another one means that somebody replaced the file
    bool operator==(const JobStatus &) const = default;
};

/// SHA-256 of a part of a job's log as it lies on the server.
struct JobSum
{
    QByteArray sha256; ///< 64 hexadecimal digits
    quint64 size = 0; ///< bytes in the whole log
    bool operator==(const JobSum &) const = default;
};

/// Who drives something on the server: the lease of one slot, for example of one workflow. A lease
/// that is not renewed in time expires; all times are the server's clock.
struct Lease
{
    enum class State {
        Free, ///< nobody has it
        Mine, ///< the token that was given holds it
        Held, ///< somebody else holds it and is alive
        Expired, ///< somebody else took it and has not renewed it
    };
    State state = State::Free;
    QByteArray runId; ///< what it was taken for
    QByteArray previousRun; ///< Mine: whose expired lease was taken over; empty if nobody's
    QString holder; ///< for people: "anna@laptop"; sanitised
    std::optional<qint64> takenSecs;
    std::optional<qint64> renewedSecs;
    std::optional<qint64> nowSecs;
    QByteArray bootId; ///< differs after a reboot of the server; empty: unknown
    std::optional<qint64> bootedSecs; ///< when the server was last booted
    bool operator==(const Lease &) const = default;
};

/// A shell on another machine: the whole interface that the layers above see.
///
/// Lives in the GUI thread and never blocks it. Each command ends with exactly one finished(): on
/// success, failure, timeout, cancel and lost connection. Output arrives before it, in order per
/// stream, in batches. After connectionLost() every command has been finished with
/// ErrorCode::ConnectionLost and open() may be called again.
class RemoteShell : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] virtual ConnectionState state() const = 0;
    /// A name for people: the alias or host that the user typed.
    [[nodiscard]] virtual QString hostName() const = 0;

    /// Connects and logs in; ends with opened() or openFailed(), exactly once.
    virtual void open() = 0;
    virtual void close() = 0;

    /// Answers hostKeyAsked(); true writes known_hosts.
    virtual void answerHostKey(bool trust) = 0;
    /// Answers secretAsked(); nullopt gives up on this method.
    virtual void answerSecret(const std::optional<QString> &secret) = 0;

    [[nodiscard]] virtual CommandId run(const Command &command) = 0;
    /// Ends the command with ErrorCode::Cancelled and closes its channel. What it started on the
    /// server without a terminal may go on: stop durable jobs with stopJob().
    virtual void cancel(CommandId id) = 0;

    /// Reads a whole remote file to its end, also if it grows meanwhile; bytes come by
    /// output(Stdout). Goes by SFTP, or by sh and cat where the server has none; one file at a
    /// time, in the order of the calls. "~/" means the home folder. NotFound if there is none,
    /// Channel if it may not be read.
    [[nodiscard]] virtual CommandId readFile(const QString &path) = 0;
    /// Writes ".NAME.proverdeck-….part" beside the target (sh: "NAME.part.PID") and renames, so
    /// that a reader sees the old file or the new one and never a part. A link stays a link: its
    /// target is replaced. An existing file keeps its mode, a new one gets 0600 (sh: by umask).
    /// After failure and cancel() the part is removed; what the end of the connection leaves
    /// behind is removed after the next open() of this shell.
    [[nodiscard]] virtual CommandId writeFile(const QString &path, const QByteArray &data) = 0;

    // Durable jobs, on top of run(): a job outlives this program, the connection and the network.

    /// Installs the job helper on the server; must have finished with 0 before the calls below.
    [[nodiscard]] CommandId installJobHelper();
    /// Starts @p script in a bash login shell, detached, unless the id was started before, also if
    /// it was removed since. It may be called again after any failure: the script runs at most
    /// once. Its stdout is a status line for parseJobStatus(). Ids match [A-Za-z0-9_-]+.
    [[nodiscard]] CommandId startJob(const QByteArray &jobId, const QByteArray &script);
    /// Prints the job's log from byte @p offset until the job ends.
    [[nodiscard]] CommandId followJob(const QByteArray &jobId, quint64 offset);
    [[nodiscard]] CommandId jobStatus(const QByteArray &jobId);
    /// INT to the process group, TERM after half of @p grace, KILL after all of it; status line on
    /// stdout. A job that has not begun never will, and counts as ended with 143.
    [[nodiscard]] CommandId stopJob(const QByteArray &jobId, std::chrono::seconds grace);
    /// Deletes an ended job's folder on the server; that it has ended is remembered there.
    [[nodiscard]] CommandId removeJob(const QByteArray &jobId);

    /// SHA-256 of @p length bytes of the job's log from byte @p offset; answer for parseJobSum().
    [[nodiscard]] CommandId sumJob(const QByteArray &jobId, quint64 offset, quint64 length);
    /// One line for each job whose id begins with @p prefix, for parseJobList().
    [[nodiscard]] CommandId listJobs(const QByteArray &prefix);
    /// Takes the lease of @p slot if it is free, expired or @p token's own, which renews it; the
    /// answer is for parseLease(). It expires @p lifetime after the last renewal. Slot, run and
    /// token match [A-Za-z0-9_-]+; @p holder is one line for people.
    [[nodiscard]] CommandId takeLease(const QByteArray &slot, const QByteArray &runId,
                                      const QByteArray &token, const QString &holder,
                                      std::chrono::seconds lifetime);
    /// Gives up the lease if @p token holds it.
    [[nodiscard]] CommandId dropLease(const QByteArray &slot, const QByteArray &token);
    /// Who has it; takes nothing.
    [[nodiscard]] CommandId showLease(const QByteArray &slot);
    /// Keeps a small text beside the jobs, replaced as a whole; readNote() prints it on stdout,
    /// with exit status 66 if there is none. removeNote() deletes it.
    [[nodiscard]] CommandId writeNote(const QByteArray &name, const QByteArray &text);
    [[nodiscard]] CommandId readNote(const QByteArray &name);
    [[nodiscard]] CommandId removeNote(const QByteArray &name);

    /// Asks for a sign of life now, as after a sleep of this machine: a connection without one
    /// within a few seconds counts as lost. Without a connection it does nothing.
    virtual void verify() { }

    /// Runs @p script in a bash login shell, with standard input from /dev/null; nothing of it
    /// stands on a command line of the server. It ends with its channel: a few seconds after
    /// cancel(), the deadline or the loss of the connection nothing of its process group is left.
    [[nodiscard]] CommandId runLoginScript(const QByteArray &script,
                                           std::chrono::milliseconds timeout);
    /// Runs @p script in plain sh.
    [[nodiscard]] CommandId runHelperScript(const QByteArray &script,
                                            std::chrono::milliseconds timeout);

signals:
    void stateChanged(proverdeck::ssh::ConnectionState state);
    void opened();
    void openFailed(const proverdeck::ssh::Error &error);
    void connectionLost(const proverdeck::ssh::Error &error);
    void hostKeyAsked(const proverdeck::ssh::HostKeyQuestion &question);
    void secretAsked(const proverdeck::ssh::SecretQuestion &question);
    /// This machine woke up or its network changed: a lost connection is worth another try now.
    void worthTrying();
    void output(proverdeck::ssh::CommandId id, proverdeck::ssh::Stream stream,
                const QByteArray &bytes);
    /// Bytes so far and in all (0 if not known) of readFile() and writeFile(), every 256 KiB and
    /// before the end of a success. What counts of an upload is what the server has confirmed (sh:
    /// what the channel took). The total of a file that grows follows what was read.
    void progress(proverdeck::ssh::CommandId id, quint64 done, quint64 total);
    void finished(proverdeck::ssh::CommandId id,
                  const proverdeck::ssh::Result<proverdeck::ssh::ExitStatus> &result);
};

/// Reads the last status line ("S running rc=- size=…") of the job helper's output.
[[nodiscard]] std::optional<JobStatus> parseJobStatus(QByteArrayView text);
[[nodiscard]] std::optional<JobSum> parseJobSum(QByteArrayView text);
/// Job id and status, in the order of starting.
[[nodiscard]] QList<QPair<QByteArray, JobStatus>> parseJobList(QByteArrayView text);
[[nodiscard]] std::optional<Lease> parseLease(QByteArrayView text);

/// 'text' with every quote escaped, for a POSIX shell. Only for texts that a person reads, copies
/// or saves; what the program itself sends travels on standard input.
[[nodiscard]] QString shellQuoted(const QString &text);

} // namespace proverdeck::ssh

Q_DECLARE_METATYPE(proverdeck::ssh::ConnectionState)
Q_DECLARE_METATYPE(proverdeck::ssh::CommandId)
Q_DECLARE_METATYPE(proverdeck::ssh::Stream)
Q_DECLARE_METATYPE(proverdeck::ssh::HostKeyQuestion)
Q_DECLARE_METATYPE(proverdeck::ssh::SecretQuestion)

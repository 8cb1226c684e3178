// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteShell.h"

#include <QList>

#include <optional>

namespace proverdeck::testing {

/// A RemoteShell without a server: it records what is asked and answers only when the test says so.
///
/// Like SshShell, a command that is run without a connection fails a moment later with
/// ConnectionLost, and lose() finishes every open command before it tells of the loss.
class FakeShell : public ssh::RemoteShell
{
    Q_OBJECT

public:
    struct Request
    {
        ssh::CommandId id{};
        QByteArray line;
        QByteArray input;
        bool over = false; ///< answered, failed or cancelled
        bool cancelled = false;
    };

    using RemoteShell::RemoteShell;

    [[nodiscard]] ssh::ConnectionState state() const override { return m_state; }
    [[nodiscard]] QString hostName() const override { return QStringLiteral("fake"); }
    void open() override;
    void close() override;
    void answerHostKey(bool trust) override;
    void answerSecret(const std::optional<QString> &secret) override;
    [[nodiscard]] ssh::CommandId run(const ssh::Command &command) override;
    void cancel(ssh::CommandId id) override;
    [[nodiscard]] ssh::CommandId readFile(const QString &path) override;
    [[nodiscard]] ssh::CommandId writeFile(const QString &path, const QByteArray &data) override;

    // What the test does.

    /// Answers a pending open().
    void acceptLogin();
    void refuseLogin(ssh::ErrorCode code, const QString &detail);
    void lose();
    /// Answers the oldest open request; with @p part only one whose line or input contains it.
    void reply(const QByteArray &out, int code = 0, const QByteArray &part = {});
    void replyError(ssh::ErrorCode code, const QString &detail, const QByteArray &part = {});
    /// Output of a request that goes on.
    void print(ssh::CommandId id, const QByteArray &bytes);
    void finish(ssh::CommandId id, int code = 0);

    // What was asked.

    [[nodiscard]] int opens() const { return m_opens; }
    [[nodiscard]] const QList<Request> &requests() const { return m_requests; }
    /// The oldest open request that contains @p part, nullptr if there is none.
    [[nodiscard]] const Request *pending(const QByteArray &part = {}) const;
    [[nodiscard]] qsizetype count(const QByteArray &part) const;

    // The job helper: "install"; of a job "start", "status", "log", "stop", "rm", "sum"; "list" of
    // a prefix; "take", "drop", "show" of a lease's slot; "write", "read", "erase" of a note.

    /// The open request for this verb and job (prefix, slot, note); the test fails without one.
    Request expectJob(const QByteArray &verb, const QByteArray &job = {});
    [[nodiscard]] const Request *pendingJob(const QByteArray &verb,
                                            const QByteArray &job = {}) const;
    /// How often a verb was asked for, by now.
    [[nodiscard]] qsizetype countJobs(const QByteArray &verb, const QByteArray &job = {}) const;
    /// "start", "take", …; empty if it does not call the job helper.
    [[nodiscard]] static QByteArray verbOf(const Request &request);
    /// Its job, prefix, slot or note.
    [[nodiscard]] static QByteArray jobOf(const Request &request);
    /// The number behind the job: the offset of "log" and "sum", the grace of "stop".
    [[nodiscard]] static quint64 argumentOf(const Request &request);
    /// All behind the job: offset and length of "sum", run and lifetime in seconds of "take".
    [[nodiscard]] static QList<QByteArray> argumentsOf(const Request &request);

private:
    [[nodiscard]] qsizetype indexOf(ssh::CommandId id) const;
    void end(ssh::CommandId id, const ssh::Result<ssh::ExitStatus> &result);
    void setState(ssh::ConnectionState state);

    ssh::ConnectionState m_state = ssh::ConnectionState::Disconnected;
    QList<Request> m_requests;
    quint64 m_lastId = 0;
    int m_opens = 0;
};

/// A status line of the job helper: "S running rc=- size=0 …".
[[nodiscard]] QByteArray statusLine(const QByteArray &state, quint64 size = 0, int code = -1);
/// A line of the answer to listJobs().
[[nodiscard]] QByteArray listLine(const QByteArray &job, const QByteArray &state, quint64 size = 0,
                                  int code = -1);
/// The answer to sumJob() for a range with these bytes; @p size is that of the whole log.
[[nodiscard]] QByteArray sumLine(const QByteArray &bytes, std::optional<quint64> size = {});
/// The answer to the verbs of leases: @p state is "free", "mine", "held" or "expired".
[[nodiscard]] QByteArray leaseLine(const QByteArray &state, const QByteArray &run = {},
                                   const QByteArray &holder = {},
                                   const QByteArray &previousRun = {},
                                   const QByteArray &bootId = "first-boot");

} // namespace proverdeck::testing

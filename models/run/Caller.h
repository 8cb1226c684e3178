// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteShell.h"

#include <QObject>

#include <functional>
#include <map>

namespace proverdeck::models {

/// What a remote command answered.
struct Reply
{
    ssh::Result<ssh::ExitStatus> result{ssh::ExitStatus{}};
    QByteArray out; ///< at most 8 MiB are kept
    QByteArray err;
    [[nodiscard]] bool ok() const { return result && result->ok(); }
    [[nodiscard]] bool lost() const
    {
        return !result && result.error().code == ssh::ErrorCode::ConnectionLost;
    }
    /// First line of stdout, or of stderr if there is none; trimmed, secrets masked.
    [[nodiscard]] QString firstLine() const;
    /// The first line, or why there is none; without a full stop, to stand inside a sentence.
    [[nodiscard]] QString why() const;
};

/// Collects the output of commands and hands each reply to its callback, exactly once.
/// Lives in the GUI thread; destroying it drops the callbacks.
class Caller : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(const Reply &)>;
    using Sink = std::function<void(const QByteArray &)>;

    explicit Caller(ssh::RemoteShell &shell, QObject *parent = nullptr);

    /// Of the output at most @p keep bytes are kept.
    void call(ssh::CommandId id, Done done, qsizetype keep = 8 * 1024 * 1024);
    /// For commands that never end by themselves: stdout goes to @p sink as it comes.
    void stream(ssh::CommandId id, Sink sink, Done done);
    /// Drops the callback and closes the command's channel.
    void cancel(ssh::CommandId id);

private:
    struct Pending
    {
        Reply reply;
        Sink sink;
        Done done;
        qsizetype keep = 8 * 1024 * 1024;
    };
    void onOutput(ssh::CommandId id, ssh::Stream stream, const QByteArray &bytes);
    void onFinished(ssh::CommandId id, const ssh::Result<ssh::ExitStatus> &result);

    ssh::RemoteShell &m_shell;
    std::map<ssh::CommandId, Pending> m_pending;
};

} // namespace proverdeck::models

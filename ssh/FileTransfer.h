// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteShell.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace proverdeck::ssh {

/// One whole file: which, how far, and what its end means. And the way without SFTP: a fixed shell
/// line with the path on standard input, which needs nothing but sh, cat and mv.
class FileTransfer
{
public:
    enum class Direction { Read, Write };

    FileTransfer(Direction direction, QString path)
        : m_direction(direction)
        , m_path(std::move(path))
    {
    }

    [[nodiscard]] Direction direction() const { return m_direction; }
    [[nodiscard]] QString path() const { return m_path; }
    /// Fails for a path that cannot be passed on.
    [[nodiscard]] Result<> check() const;
    [[nodiscard]] quint64 done() const { return m_done; }
    [[nodiscard]] quint64 total() const { return m_total; }
    void setProgress(quint64 done, quint64 total);

    /// The command that does it all without SFTP. "~/" means the home folder.
    [[nodiscard]] Command command(const QByteArray &data);
    /// Replaces @p target by @p part in one step, which SFTP in libssh2 1.10 cannot do; if that
    /// fails, @p part is gone. Both are absolute.
    [[nodiscard]] static Command moveCommand(const QByteArray &part, const QByteArray &target);
    [[nodiscard]] static Command removeCommand(const QByteArray &part);

    /// Takes bytes of the command's stdout and returns what of them is the file's content.
    [[nodiscard]] QByteArray takeOutput(QByteArrayView bytes);
    void takeErrors(QByteArrayView bytes);

    /// Tells progress of an upload from the bytes that the channel took.
    void setWritten(quint64 inputBytes);

    /// What the command's end means for the file.
    [[nodiscard]] Result<ExitStatus> judge(const Result<ExitStatus> &result) const;
    [[nodiscard]] Error missing() const;
    [[nodiscard]] Error failure(const QString &why) const;

private:
    [[nodiscard]] quint64 headerSize() const;

    Direction m_direction;
    QString m_path;
    QByteArray m_header; // stdout before the marker line, for example of a talkative profile
    bool m_hasHeader = false;
    quint64 m_done = 0;
    quint64 m_total = 0;
    quint64 m_uploadSize = 0;
    QByteArray m_errors;
};

} // namespace proverdeck::ssh

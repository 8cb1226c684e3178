// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteShell.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace proverdeck::ssh {

/// Whole files through a fixed shell line, with the path on standard input. Unlike SFTP in libssh2
/// 1.10 this can replace a file in one step, and it needs nothing but sh, cat and mv.
class FileTransfer
{
public:
    enum class Direction { Read, Write };

    FileTransfer(Direction direction, QString path)
        : m_direction(direction)
        , m_path(std::move(path))
    {
    }

    /// The command to run; fails for a path that cannot be passed on. "~/" means the home folder.
    [[nodiscard]] Result<Command> command(const QByteArray &data);

    /// Takes bytes of the command's stdout and returns what of them is the file's content.
    [[nodiscard]] QByteArray takeOutput(QByteArrayView bytes);
    void takeErrors(QByteArrayView bytes);

    [[nodiscard]] Direction direction() const { return m_direction; }
    [[nodiscard]] quint64 done() const { return m_done; }
    [[nodiscard]] quint64 total() const { return m_total; }
    /// Tells progress of an upload from the bytes that the channel took.
    void setWritten(quint64 inputBytes);

    /// What the command's end means for the file.
    [[nodiscard]] Result<ExitStatus> judge(const Result<ExitStatus> &result) const;

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

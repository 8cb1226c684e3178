// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace proverdeck::models::aztec {

/// One log of a server, as it grows.
struct LiveSource
{
    enum class Kind {
        Container, ///< docker logs; the name is the container's
        Compose, ///< docker compose logs; the name is the project's
        File, ///< the name is a path on the server
    };
    Kind kind = Kind::Container;
    QString name;
    bool operator==(const LiveSource &) const = default;
    bool operator<(const LiveSource &other) const
    {
        return std::pair(kind, name) < std::pair(other.kind, other.name);
    }
};

/// "container:NAME", "compose:PROJECT" or "file:PATH"; nothing if it is none of these or the name
/// is no such name.
[[nodiscard]] QString toWord(const LiveSource &source);
[[nodiscard]] std::optional<LiveSource> sourceFromWord(const QString &word);
/// Container names and projects as docker allows them; paths without control characters.
[[nodiscard]] bool isGoodName(const LiveSource &source);

/// Which byte of a file is next. Files are told apart by their inode: rotation renames them.
struct FilePlace
{
    quint64 inode = 0; ///< 0: not known yet
    quint64 offset = 0;
    bool operator==(const FilePlace &) const = default;
};

/// The command that prints a container's or project's log with docker's times, both streams in one,
/// for a login shell. @p since is docker's --since; empty: from the beginning.
[[nodiscard]] QByteArray followScript(const LiveSource &source, const QByteArray &since);
/// The same for a file from @p place on, in the frames that FileJoin reads.
[[nodiscard]] QByteArray followFileScript(const QString &path, const FilePlace &place);

} // namespace proverdeck::models::aztec

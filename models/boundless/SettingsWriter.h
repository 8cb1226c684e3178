// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <tl/expected.hpp>

namespace proverdeck::models::boundless {

/// Writes a settings file of this machine, and returns where it was kept as it was before.
///
/// In place and in one write, never by a rename: compose binds the single file into the broker's
/// container, and a file that took its name would not be seen there until the container is made
/// anew. The backup is on the disk before the first byte changes. Refused if the file no longer
/// holds
/// @p before. The error is a sentence; if the write itself failed it names the backup.
[[nodiscard]] tl::expected<QString, QString>
writeSettings(const QString &path, const QByteArray &before, const QByteArray &after);

} // namespace proverdeck::models::boundless

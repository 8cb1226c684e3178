// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/SettingsWriter.h"

#include "models/logs/PosixFile.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("SettingsWriter", text);
}

/// A new file beside @p path with its bytes and its permissions.
tl::expected<QString, QString> backUp(const QString &path, const QByteArray &bytes)
{
    constexpr int MostTries = 100;
    const QString stem
        = path + u'.' + QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmss"_s);
    for (int i = 0; i < MostTries; ++i) {
        const QString name = i == 0 ? QString(stem + u".bak"_s)
                                    : QString(stem + u'-' + QString::number(i) + u".bak"_s);
        const FileHandle file = openFile(name, O_WRONLY | O_CREAT | O_EXCL);
        if (!file.isOpen() && errno == EEXIST) {
            continue;
        }
        if (!file.isOpen() || !writeAll(file, bytes) || !syncFile(file) || !syncFolderOf(name)) {
            const QString why = systemReason();
            if (file.isOpen()) {
                removeFile(name);
            }
            return tl::unexpected(
                tr("Nothing was changed, as no copy of %1 could be kept: %2.").arg(path, why));
        }
        return name;
    }
    return tl::unexpected(tr("Nothing was changed: there are too many copies of %1.").arg(path));
}

} // namespace

tl::expected<QString, QString> writeSettings(const QString &path, const QByteArray &before,
                                             const QByteArray &after)
{
    QFile current(path);
    if (!current.open(QIODevice::ReadOnly)) {
        return tl::unexpected(tr("%1 cannot be read: %2.").arg(path, current.errorString()));
    }
    if (current.readAll() != before) {
        return tl::unexpected(
            tr("%1 was changed by somebody else meanwhile; nothing was written. Open it again.")
                .arg(path));
    }
    const QFile::Permissions permissions = current.permissions();
    current.close();
    const FileHandle file = openFile(path, O_WRONLY);
    if (!file.isOpen()) {
        return tl::unexpected(tr("%1 cannot be written: %2.").arg(path, systemReason()));
    }
    const auto backup = backUp(path, before);
    if (!backup) {
        return backup;
    }
    QFile::setPermissions(*backup, permissions);
    if (!writeAll(file, after) || !truncateFile(path, quint64(after.size())) || !syncFile(file)) {
        return tl::unexpected(tr("%1 could not be written to its end: %2. As it was, it is in %3.")
                                  .arg(path, systemReason(), *backup));
    }
    return backup;
}

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/Caller.h"

#include <QObject>

#include <functional>

namespace proverdeck::models::boundless {

/// One settings file on a server: read whole, and written in place, because the broker's container
/// has the file itself mounted and would not see another one of the same name.
///
/// GUI thread. The shell must be connected when a call is made and outlive this; each call ends
/// with one answer, or none if this is gone before.
class ServerFile : public QObject
{
    Q_OBJECT

public:
    /// @p path on the server, absolute.
    ServerFile(ssh::RemoteShell &shell, QString path, QObject *parent = nullptr);

    [[nodiscard]] const QString &path() const { return m_path; }

    /// The bytes, or a sentence.
    using Read = std::function<void(const tl::expected<QByteArray, QString> &)>;
    void read(const Read &answer);
    /// Only if the file still holds @p before; a copy of that stays beside it. Empty, or a
    /// sentence.
    using Written = std::function<void(const QString &problem)>;
    void write(const QByteArray &before, const QByteArray &now, const Written &answer);

private:
    ssh::RemoteShell &m_shell;
    Caller m_caller;
    QString m_path;
};

} // namespace proverdeck::models::boundless

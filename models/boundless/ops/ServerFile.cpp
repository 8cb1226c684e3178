// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/ServerFile.h"

#include "models/boundless/ops/ProofLimit.h"

#include <QDateTime>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto WriteTime = 60s;
constexpr qsizetype MostBytes = 1 << 20;

} // namespace

ServerFile::ServerFile(ssh::RemoteShell &shell, QString path, QObject *parent)
    : QObject(parent)
    , m_shell(shell)
    , m_caller(shell)
    , m_path(std::move(path))
{
}

void ServerFile::read(const Read &answer)
{
    m_caller.call(m_shell.readFile(m_path), [this, answer](const Reply &reply) {
        if (!reply.ok()) {
            answer(tl::unexpected(
                tr("%1 cannot be read on %2: %3.").arg(m_path, m_shell.hostName(), reply.why())));
        } else if (reply.out.size() > MostBytes) {
            answer(tl::unexpected(
                tr("%1 is larger than a megabyte: no settings file is.").arg(m_path)));
        } else {
            answer(reply.out);
        }
    });
}

void ServerFile::write(const QByteArray &before, const QByteArray &now, const Written &answer)
{
    if (m_shell.state() != ssh::ConnectionState::Connected) {
        answer(tr("%1 is not connected: nothing was written. Try again when it is.")
                   .arg(m_shell.hostName()));
        return;
    }
    const QString id = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-hhmmss-zzz"_s);
    const auto command
        = m_shell.runHelperScript(writeInPlaceScript(m_path, before, now, id), WriteTime);
    m_caller.call(command, [this, answer](const Reply &reply) {
        if (reply.ok()) {
            answer({});
        } else if (reply.out.startsWith("changed")) {
            answer(tr("Somebody has changed %1 on %2 since it was read here. Nothing was written: "
                      "open it again and make the change there.")
                       .arg(m_path, m_shell.hostName()));
        } else if (reply.lost()) {
            answer(
                tr("The connection was lost while %1 was written. Open it again: it holds either "
                   "the old text or the new one, and the old one is kept beside it.")
                    .arg(m_path));
        } else {
            answer(tr("%1 could not be written on %2: %3.")
                       .arg(m_path, m_shell.hostName(), reply.why()));
        }
    });
}

} // namespace proverdeck::models::boundless

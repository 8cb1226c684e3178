// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/Caller.h"

#include "models/logs/LogText.h"
#include "models/logs/Redactor.h"

namespace proverdeck::models {

QString Reply::firstLine() const
{
    for (const QByteArray &text : {out, err}) {
        const QList<QByteArray> lines = text.split('\n');
        for (const QByteArray &line : lines) {
            const QString shown = plainLineFromUtf8(line);
            if (!shown.isEmpty()) {
                return redactedText(shown);
            }
        }
    }
    return {};
}

QString Reply::why() const
{
    QString text = result ? firstLine() : result.error().detail;
    while (text.endsWith(u'.')) {
        text.chop(1);
    }
    return text;
}

Caller::Caller(ssh::RemoteShell &shell, QObject *parent)
    : QObject(parent)
    , m_shell(shell)
{
    connect(&m_shell, &ssh::RemoteShell::output, this, &Caller::onOutput);
    connect(&m_shell, &ssh::RemoteShell::finished, this, &Caller::onFinished);
}

void Caller::call(ssh::CommandId id, Done done, qsizetype keep)
{
    m_pending[id] = Pending{{}, {}, std::move(done), keep};
}

void Caller::stream(ssh::CommandId id, Sink sink, Done done)
{
    m_pending[id] = Pending{{}, std::move(sink), std::move(done)};
}

void Caller::cancel(ssh::CommandId id)
{
    m_pending.erase(id);
    m_shell.cancel(id);
}

void Caller::onOutput(ssh::CommandId id, ssh::Stream stream, const QByteArray &bytes)
{
    const auto found = m_pending.find(id);
    if (found == m_pending.end()) {
        return;
    }
    Pending &pending = found->second;
    if (stream == ssh::Stream::Stdout && pending.sink) {
        const Sink sink = pending.sink; // the callee may cancel
        sink(bytes);
        return;
    }
    QByteArray &target = stream == ssh::Stream::Stdout ? pending.reply.out : pending.reply.err;
    target += bytes.left(std::max<qsizetype>(0, pending.keep - target.size()));
}

void Caller::onFinished(ssh::CommandId id, const ssh::Result<ssh::ExitStatus> &result)
{
    const auto found = m_pending.find(id);
    if (found == m_pending.end()) {
        return;
    }
    Pending pending = std::move(found->second);
    m_pending.erase(found);
    pending.reply.result = result;
    pending.done(pending.reply);
}

} // namespace proverdeck::models

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/ChannelTask.h"
#include "ssh/FileTransfer.h"
#include "ssh/RemoteShell.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace proverdeck::ssh {

/// The commands of one logged-in session: a few run at once, the others wait their turn.
///
/// Lives in the worker thread. Every command ends with one finished(). Output goes out in batches
/// of about 50 ms or 64 KiB, and waits in the channels while the GUI thread is behind.
class CommandQueue : public QObject
{
    Q_OBJECT

public:
    /// @p transport must outlive the queue.
    explicit CommandQueue(Transport &transport, QObject *parent = nullptr);
    ~CommandQueue() override;

    void run(CommandId id, const Command &command);
    void transfer(CommandId id, FileTransfer file, const QByteArray &data);
    void cancel(CommandId id, const Error &error);
    /// Ends every command with @p error; nothing may be run after it.
    void endAll(const Error &error);

    /// Makes every call that is possible now; whoever sees bytes come or go calls it.
    void pump();
    /// Whether output waits for the GUI thread, so that silence of the link proves nothing.
    [[nodiscard]] bool isPaused() const { return m_isPaused; }
    /// Sends something that the server must answer.
    void ping();

signals:
    void output(proverdeck::ssh::CommandId id, proverdeck::ssh::Stream stream,
                const QByteArray &bytes);
    void progress(proverdeck::ssh::CommandId id, quint64 done, quint64 total);
    void finished(proverdeck::ssh::CommandId id,
                  const proverdeck::ssh::Result<proverdeck::ssh::ExitStatus> &result);

private:
    struct Entry
    {
        CommandId id{};
        QDeadlineTimer deadline{QDeadlineTimer::Forever};
        std::chrono::milliseconds timeout{0};
        std::optional<FileTransfer> file;
        std::optional<Command> waiting; ///< until a channel is free
        std::unique_ptr<ChannelTask> task;
        QByteArray pending[2]; ///< output not sent yet, by Stream
        quint64 sentProgress = 0;
        bool isPing = false;
    };

    void add(std::unique_ptr<Entry> entry, const Command &command);
    void startWaiting();
    [[nodiscard]] bool passOnce();
    [[nodiscard]] bool stepEntry(Entry &entry, const ChannelTask *opener);
    [[nodiscard]] ChannelTask::Listener listenerFor(Entry &entry);
    void takeData(Entry &entry, Stream stream, QByteArrayView bytes);
    void end(Entry &entry, const Result<ExitStatus> &result);
    void flush(Entry &entry);
    void flushAll();
    void checkDeadlines();
    void armTimer();

    Transport &m_transport;
    std::vector<std::unique_ptr<Entry>> m_entries; // in the order they came
    QTimer m_again;
    QTimer m_flush;
    QTimer m_deadlines;
    bool m_isPumping = false;
    bool m_isPaused = false;
};

} // namespace proverdeck::ssh

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/ChannelTask.h"
#include "ssh/FileTransfer.h"
#include "ssh/RemoteShell.h"
#include "ssh/SftpSession.h"
#include "ssh/SftpTransfer.h"

#include <QObject>
#include <QTimer>

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace proverdeck::ssh {

/// The commands and files of one logged-in session: a few commands run at once, one file moves, the
/// others wait their turn.
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

    /// Parts of files that are still on the server; after endAll() for the session after this one.
    [[nodiscard]] QList<QByteArray> leftovers() const { return m_leftovers; }
    void removeLeftovers(const QList<QByteArray> &parts);

    /// Makes every call that is possible now; whoever sees bytes come or go calls it.
    void pump();
    /// Whether output waits for the GUI thread, so that silence of the link proves nothing.
    [[nodiscard]] bool isPaused() const { return m_isPaused; }
    /// Sends something that the server must answer, unless an answer to that is still missing.
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
        bool wantsSftp = false; ///< until it is this file's turn
        QByteArray data; ///< of the file, until then
        std::unique_ptr<SftpTransfer> sftp;
        QByteArray part; ///< a file on the server that must not stay if this fails
        std::array<QByteArray, 2> pending; ///< output not sent yet, by Stream
        quint64 sentProgress = 0;
        bool isSilent = false; ///< our own, of which nobody hears
        bool isPing = false; ///< waits for no free channel
    };

    void add(std::unique_ptr<Entry> entry, const Command &command);
    void addSilent(const Command &command);
    void startWaiting();
    void startFile(Entry &entry);
    void finishSftp(Entry &entry);
    [[nodiscard]] bool stepSftp(const ChannelTask *opener);
    [[nodiscard]] static bool hasEnded(const Entry &entry);
    [[nodiscard]] static bool isDone(const Entry &entry);
    void cancelEntry(Entry &entry, const Error &error);
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
    SftpSession m_sftp;
    std::vector<std::unique_ptr<Entry>> m_entries; // in the order they came
    QList<QByteArray> m_leftovers; // parts of files to remove by a command
    QTimer m_again;
    QTimer m_flush;
    QTimer m_deadlines;
    bool m_isPumping = false;
    bool m_isPaused = false;
};

} // namespace proverdeck::ssh

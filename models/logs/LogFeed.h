// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogStore.h"

#include <QList>
#include <QObject>

#include <atomic>
#include <condition_variable>
#include <optional>
#include <thread>

namespace proverdeck::models {

/// Fills a LogStore in a thread of its own: with bytes as they come, or from a file, which it goes
/// on following. A compressed file (gzip, zstd, xz, …) is unpacked.
///
/// Lives in the GUI thread; its signals come there, at most one of a kind per turn of the event
/// loop.
class LogFeed : public QObject
{
    Q_OBJECT

public:
    /// @p store must outlive the feed, which is its only writer.
    explicit LogFeed(LogStore &store, QObject *parent = nullptr);
    /// Ends within milliseconds; bytes that were not stored yet are lost.
    ~LogFeed() override;

    /// @p arrival as in LogStore::append().
    void push(const QByteArray &bytes, qint64 arrival = -1);
    /// The log begins anew with the file's content.
    void openFile(const QString &path);
    /// The log begins anew with the first @p size bytes of a log that a LogFile wrote, whatever of
    /// them is kept; what is pushed comes after them.
    void openLog(const QString &path, quint64 size);
    /// If everything that is known of is stored.
    [[nodiscard]] bool isIdle() const;
    /// Of a file: how much of it is stored, 0 to 1.
    [[nodiscard]] double progress() const { return m_progress; }

signals:
    /// The store holds more, or begins anew.
    void grew();
    /// All that was known of is stored.
    void caughtUp();
    /// @p problem is a sentence for a person. What was stored stays.
    void failed(const QString &problem);

private:
    struct Piece
    {
        QByteArray bytes;
        qint64 arrival;
    };

    struct Opened
    {
        QString path;
        std::optional<quint64> logSize; ///< of a LogFile's log
    };

    void work();
    void open(const QString &path, std::optional<quint64> logSize);
    void readLog(const QString &path, quint64 size);
    void storePieces(std::unique_lock<std::mutex> &lock);
    void readFile(const QString &path);
    /// To the file's present end. False if it cannot be read.
    [[nodiscard]] bool readOn(const FileHandle &file, quint64 &offset);
    void follow(FileHandle file, const QString &path, quint64 offset);
    [[nodiscard]] bool unpack(const QString &path);
    void tellGrown();
    void tellCaughtUp();
    void tellFailed(const QString &path, const QString &reason);

    LogStore &m_store;
    std::atomic<bool> m_stop = false;
    std::atomic<bool> m_isTold = false; ///< a grew() is on its way
    std::atomic<double> m_progress = 0;
    mutable std::mutex m_mutex; ///< for what follows
    std::condition_variable m_wake;
    QList<Piece> m_pieces;
    Opened m_opened; ///< to be opened; none if the path is empty
    bool m_isBusy = false;
    std::thread m_thread; ///< last: it uses all the others
};

} // namespace proverdeck::models

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <chrono>

namespace proverdeck::ssh {

/// The way of one session's bytes to its server: a socket, a program (ProxyCommand), or a channel
/// of the session with a jump host. Lives in the worker thread.
///
/// While a login blocks the thread, wait() moves the bytes; after that the signals tell. A signal
/// may come without a cause, and never from inside read() or write().
class Link : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Takes up to @p size bytes that have come; 0: there are none now. Never waits.
    [[nodiscard]] virtual qint64 read(char *buffer, qint64 size) = 0;
    /// Takes all bytes and sends them when it can; false if the link has ended.
    [[nodiscard]] virtual bool write(const char *bytes, qint64 size) = 0;
    /// Bytes that are not with the system yet.
    [[nodiscard]] virtual qint64 bytesToWrite() const = 0;
    /// Whether something can be read at once.
    [[nodiscard]] virtual bool hasBytes() const = 0;
    /// False after the other end is gone; what it sent before can still be read.
    [[nodiscard]] virtual bool isOpen() const = 0;

    /// Sends what is waiting, then waits until bytes have come, the link ends, or @p limit.
    virtual void wait(std::chrono::milliseconds limit) = 0;
    /// Hands to the system what it takes now.
    virtual void flush() = 0;
    /// Ends it at once, and every link that it goes through.
    virtual void abort() = 0;
    /// Linux: acknowledges at once what arrives next; saves 40 ms when a channel opens.
    virtual void acknowledgeQuickly() { }
    /// Lets the system end the link when the other machine confirms nothing for so long.
    virtual void limitSilence(std::chrono::milliseconds limit) { Q_UNUSED(limit) }
    /// What the way itself knows about why nothing comes any more, as a sentence: the last words of
    /// a ProxyCommand, or which jump host went. Empty if nothing.
    [[nodiscard]] virtual QString complaint() { return {}; }

signals:
    void readyRead();
    void written();
    void ended();
};

} // namespace proverdeck::ssh

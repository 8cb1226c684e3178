// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogSaver.h"

#include "models/logs/LogText.h"

#include <QCoreApplication>
#include <QSaveFile>

#include <limits>

namespace proverdeck::models {

namespace {

constexpr qsizetype Chunk = 1024 * 1024;

/// Whole lines, each with its \n.
void addVisible(QByteArrayView lines, QByteArray &out)
{
    while (!lines.isEmpty()) {
        const qsizetype end = lines.indexOf('\n');
        const QByteArrayView line = end < 0 ? lines : lines.first(end);
        if (isPlainLog(line)) {
            out.append(line.data(), line.size());
        } else {
            out += readLogText(line).text.toUtf8();
        }
        out += '\n';
        lines = end < 0 ? QByteArrayView() : lines.sliced(end + 1);
    }
}

QByteArray lineAt(const LogStore &store, qint64 line)
{
    const auto found = store.lines(line, 1, std::numeric_limits<int>::max());
    return found.empty() ? QByteArray() : found.front().text;
}

/// The bytes from @p offset on: as many whole lines as fit, or one that is longer.
QByteArray wholeLines(const LogStore &store, quint64 offset, quint64 end)
{
    for (qsizetype wanted = Chunk;; wanted *= 4) {
        const bool isRest = end - offset <= quint64(wanted);
        QByteArray bytes = store.read(offset, isRest ? qsizetype(end - offset) : wanted);
        const qsizetype whole = bytes.lastIndexOf('\n') + 1;
        if (isRest || bytes.size() < wanted) {
            return bytes;
        }
        if (whole > 0) {
            bytes.truncate(whole);
            return bytes;
        }
    }
}

bool writeRange(const LogStore &store, quint64 offset, quint64 end, QSaveFile &file,
                const std::atomic<bool> &cancel)
{
    QByteArray out;
    while (offset < end && !cancel) {
        const QByteArray bytes = wholeLines(store, offset, end);
        if (bytes.isEmpty()) {
            break;
        }
        out.resize(0);
        addVisible(bytes, out);
        if (file.write(out) != out.size()) {
            return false;
        }
        offset += quint64(bytes.size());
    }
    return true;
}

bool writeLines(const LogStore &store, const std::vector<qint64> &lines, QSaveFile &file,
                const std::atomic<bool> &cancel)
{
    QByteArray out;
    for (const qint64 line : lines) {
        if (cancel) {
            return false;
        }
        out.resize(0);
        addVisible(lineAt(store, line), out);
        if (out.isEmpty()) {
            out = "\n";
        }
        if (file.write(out) != out.size()) {
            return false;
        }
    }
    return true;
}

QString unwritable(const QString &path, const QString &reason)
{
    return QCoreApplication::translate("LogSaver",
                                       "The log could not be saved to %1: %2. Check the free space "
                                       "and the permissions, or choose another place.")
        .arg(path, reason);
}

} // namespace

QString saveLog(const LogStore &store, const LogSelection &what, const QString &path,
                const std::atomic<bool> &cancel)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        return unwritable(path, file.errorString());
    }
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    const LogExtent extent = store.extent();
    bool isDone = true;
    if (!what.range && extent.firstLine > 0) {
        const QString note
            = QCoreApplication::translate("LogSaver",
                                          "[%1 earlier lines are not in this file: only the end "
                                          "of the log was kept]\n")
                  .arg(extent.firstLine);
        isDone = file.write(note.toUtf8()) >= 0;
    }
    if (what.isFiltered && !what.range) {
        isDone = isDone && writeLines(store, what.lines, file, cancel);
    } else {
        const auto begin = what.range ? store.startOf(what.range->first) : extent.begin;
        const auto end = what.range ? store.startOf(what.range->second + 1) : extent.end;
        isDone = isDone
            && writeRange(store, begin.value_or(extent.begin), end.value_or(extent.end), file,
                          cancel);
    }
    if (cancel) {
        file.cancelWriting();
        return QCoreApplication::translate("LogSaver", "Saving was cancelled");
    }
    return isDone && file.commit() ? QString() : unwritable(path, file.errorString());
}

LogSaver::LogSaver(const LogStore &store, LogSelection what, QString path, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_what(std::move(what))
    , m_path(std::move(path))
{
}

LogSaver::~LogSaver()
{
    m_cancel = true;
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void LogSaver::start()
{
    m_thread = std::thread([this] {
        const QString problem = saveLog(m_store, m_what, m_path, m_cancel);
        QMetaObject::invokeMethod(
            this, [this, problem] { emit finished(problem); }, Qt::QueuedConnection);
    });
}

} // namespace proverdeck::models

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogStore.h"

#include <QObject>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace proverdeck::models {

/// Which lines of a log are saved: a range, or those of a filter, or all.
struct LogSelection
{
    std::optional<std::pair<qint64, qint64>> range; ///< first and last line
    std::vector<qint64> lines; ///< used if there is no range and `isFiltered`
    bool isFiltered = false;
};

/// Writes a log as a person sees it, without escape sequences: to a file beside @p path, renamed at
/// the end. Gives an empty string, or a sentence for a person. For any thread.
[[nodiscard]] QString saveLog(const LogStore &store, const LogSelection &what, const QString &path,
                              const std::atomic<bool> &cancel);

/// saveLog() in a thread. Lives in the GUI thread; deleting it cancels and leaves no file.
class LogSaver : public QObject
{
    Q_OBJECT

public:
    /// @p store must outlive the saver.
    LogSaver(const LogStore &store, LogSelection what, QString path, QObject *parent = nullptr);
    ~LogSaver() override;
    void start();

signals:
    /// Once. Empty: it is saved.
    void finished(const QString &problem);

private:
    const LogStore &m_store;
    const LogSelection m_what;
    const QString m_path;
    std::atomic<bool> m_cancel = false;
    std::thread m_thread;
};

} // namespace proverdeck::models

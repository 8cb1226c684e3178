// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/InputFiles.h"
#include "models/aztec/Report.h"

#include <QObject>
#include <QThread>

#include <atomic>
#include <memory>

namespace proverdeck::ui {

/// What was read so far. Constant: shared between threads.
struct AztecResult
{
    models::aztec::Analysis analysis;
    std::vector<QByteArray> ids; ///< of the jobs
    /// Everything that was read, for reports; null until the reading has ended.
    std::shared_ptr<const models::aztec::Gathering> gathering;
    bool isFinal = false;
};
using AztecResultPtr = std::shared_ptr<const AztecResult>;

/// Reads logs in a thread of its own and analyses them, first after half a second, then ever more
/// rarely, last when all is read. GUI thread; destroying it stops the reading.
class AztecLoader : public QObject
{
    Q_OBJECT

public:
    explicit AztecLoader(QObject *parent = nullptr);
    ~AztecLoader() override;

    /// Ends with exactly one finished(). One at a time: ends an earlier reading without a signal.
    void start(const QList<models::aztec::InputFile> &files,
               const models::aztec::AnalysisOptions &options);
    /// Reads one line of a log again; answers with lineRead().
    void fetchLine(const QString &path, qint64 offset);
    [[nodiscard]] bool isBusy() const { return m_isBusy; }

signals:
    void progress(qint64 done, qint64 total);
    void analysed(const proverdeck::ui::AztecResultPtr &result);
    /// @p problems are sentences; empty if every file was read.
    void finished(const QStringList &problems);
    void lineRead(qint64 offset, const QByteArray &line);

private:
    void stop();

    QThread m_thread;
    QObject *m_worker = nullptr; ///< lives in the thread; its deletion is the thread's end
    std::shared_ptr<std::atomic<bool>> m_cancel;
    bool m_isBusy = false;
};

} // namespace proverdeck::ui

Q_DECLARE_METATYPE(proverdeck::ui::AztecResultPtr)

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/InputFiles.h"
#include "models/aztec/Report.h"

#include <QObject>
#include <QThread>
#include <QTimer>

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
/// rarely, last when all is read; or takes logs as they grow. GUI thread; destroying it stops the
/// reading.
class AztecLoader : public QObject
{
    Q_OBJECT

public:
    explicit AztecLoader(QObject *parent = nullptr);
    ~AztecLoader() override;

    /// Ends with exactly one finished(). One at a time: ends an earlier reading without a signal.
    void start(const QList<models::aztec::InputFile> &files,
               const models::aztec::AnalysisOptions &options);
    /// Begins with nothing and takes what feed() brings, until the next start(). Each log is
    /// written to FOLDER/MACHINE/SOURCE.log too, so that its lines can be read again.
    void startLive(const QString &folder, const models::aztec::AnalysisOptions &options);
    void feed(const QString &machine, const QString &source, const QByteArray &bytes);
    void setContainers(const QString &machine,
                       const QList<models::aztec::DockerContainer> &containers);
    [[nodiscard]] bool isLive() const { return m_live != nullptr; }
    /// From the next analysis on, which comes soon.
    void setOptions(const models::aztec::AnalysisOptions &options);
    [[nodiscard]] const models::aztec::AnalysisOptions &options() const { return m_options; }
    /// Writes the JSON report of what is here now; answers with written().
    void writeJson(const QString &path);
    /// Reads one line of a log again; answers with lineRead().
    void fetchLine(const QString &path, qint64 offset);
    [[nodiscard]] bool isBusy() const { return m_isBusy; }

signals:
    void progress(qint64 done, qint64 total);
    void analysed(const proverdeck::ui::AztecResultPtr &result);
    /// @p problems are sentences; empty if every file was read.
    void finished(const QStringList &problems);
    void lineRead(qint64 offset, const QByteArray &line);
    /// @p problem is empty if all is well.
    void written(const QString &path, const QString &problem);

private:
    struct Live;
    void stop();
    void lookSoon();
    void look();

    QThread m_thread;
    QObject *m_worker = nullptr; ///< lives in the thread; its deletion is the thread's end
    std::shared_ptr<std::atomic<bool>> m_cancel;
    bool m_isBusy = false;
    models::aztec::AnalysisOptions m_options;
    std::shared_ptr<models::aztec::Gathering> m_gathering; ///< the worker's
    std::shared_ptr<Live> m_live; ///< the worker's, too
    QTimer m_look;
    qint64 m_lookMs = 0; ///< how long the last analysis took
    bool m_isLooking = false;
    bool m_isStale = false; ///< something came while the worker was looking
};

} // namespace proverdeck::ui

Q_DECLARE_METATYPE(proverdeck::ui::AztecResultPtr)

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/RunTypes.h"
#include "ui/Services.h"

#include <QWidget>

class QFormLayout;
class QLabel;
class QPlainTextEdit;
class QTimer;

namespace proverdeck::ui {

class BatchTableModel;
class FindingsView;
class ProvingTimeChart;
class ChartLink;
class GpuCharts;
class L2Charts;
class RunSampleLoader;
class TablePane;

/// Session info, table, both summaries, findings, observations and exports of one result: of a run
/// of the history, or of a log file that was opened.
class ResultsPage : public QWidget
{
    Q_OBJECT

public:
    ResultsPage(Services &services, models::RunRecord record, QWidget *parent = nullptr);
    ~ResultsPage() override;

    [[nodiscard]] const models::RunRecord &record() const { return m_record; }
    void setRecord(const models::RunRecord &record);
    [[nodiscard]] QString title() const;

signals:
    /// A log of this run, to be shown.
    void logWanted(const QString &log, qint64 line);

private:
    [[nodiscard]] QWidget *makeHead();
    [[nodiscard]] QWidget *makeSession();
    [[nodiscard]] QWidget *makeSummary();
    [[nodiscard]] QWidget *makeTabs();
    void fill();
    void fillSamples();
    void showSampleTabs();
    void onTimePicked(qint64 at);
    void saveObservations();
    void exportAll();
    void exportInto(const QString &folder);
    void exportFile(const QString &name, const QString &filter,
                    const std::function<QByteArray()> &make);
    void say(const QString &problem, const QString &success);

    Services &m_services;
    models::RunRecord m_record;
    QLabel *m_title = nullptr;
    QLabel *m_state = nullptr;
    QLabel *m_message = nullptr;
    QFormLayout *m_session = nullptr;
    QWidget *m_summary = nullptr;
    TablePane *m_table = nullptr;
    BatchTableModel *m_model = nullptr;
    FindingsView *m_findings = nullptr;
    ProvingTimeChart *m_chart = nullptr;
    ChartLink *m_link = nullptr; ///< of every chart over time
    GpuCharts *m_gpu = nullptr;
    L2Charts *m_l2 = nullptr;
    RunSampleLoader *m_samples = nullptr;
    QPlainTextEdit *m_observations = nullptr;
    QTimer *m_saveLater = nullptr;
};

} // namespace proverdeck::ui

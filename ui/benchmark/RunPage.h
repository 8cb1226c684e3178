// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/Services.h"

#include <QMap>
#include <QPointer>
#include <QWidget>

class QLabel;
class QListView;
class QProgressBar;
class QPushButton;
class QTabWidget;
class QTimer;

namespace proverdeck::ui {

class ChartLink;
class FindingsView;
class GpuCharts;
class L2Charts;
class LogPane;
class ProvingTimeChart;
class StepListModel;

/// A run while it runs: steps on the left, logs and charts on the right, progress and stop on top.
/// Shows a finished run of the history as well, from its files.
class RunPage : public QWidget
{
    Q_OBJECT

public:
    RunPage(Services &services, models::Run &run, QWidget *parent = nullptr);
    /// A run of the history: its steps and logs as they were kept.
    RunPage(Services &services, const models::RunRecord &record, QWidget *parent = nullptr);

    [[nodiscard]] QString runId() const { return m_id; }
    [[nodiscard]] models::Run *run() const { return m_run; }
    void showLog(const QString &name, qint64 line);

signals:
    void resultsWanted(const QString &runId);
    void stopWanted(const QString &runId);
    void attachWanted(const QString &runId);

private:
    void build(const QString &host);
    LogPane *pane(const QString &name);
    void loadLogs(const QString &folder);
    void foldChecks();
    void onStep(int index);
    void onState(models::RunState state);
    void onConnection(const QString &note);
    void onTick();
    void updateCharts();
    void onTimePicked(qint64 at);

    Services &m_services;
    QPointer<models::Run> m_run;
    QString m_id;
    QLabel *m_title = nullptr;
    QLabel *m_stateIcon = nullptr;
    QLabel *m_stateText = nullptr;
    QLabel *m_connection = nullptr;
    QPushButton *m_reconnect = nullptr;
    QProgressBar *m_progress = nullptr;
    QLabel *m_left = nullptr;
    QPushButton *m_stop = nullptr;
    QPushButton *m_attach = nullptr;
    QPushButton *m_results = nullptr;
    QListView *m_steps = nullptr;
    StepListModel *m_model = nullptr;
    QPushButton *m_showChecks = nullptr;
    QTabWidget *m_tabs = nullptr;
    QMap<QString, LogPane *> m_panes;
    ProvingTimeChart *m_chart = nullptr;
    ChartLink *m_link = nullptr; ///< of every chart over time
    GpuCharts *m_gpu = nullptr;
    L2Charts *m_l2 = nullptr;
    FindingsView *m_findings = nullptr;
    QList<models::ethrex::BatchRow> m_rows;
    QTimer *m_tick = nullptr;
    bool m_tabChosen = false; ///< the user picked a tab: do not change it any more
};

} // namespace proverdeck::ui

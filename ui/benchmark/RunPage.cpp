// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/benchmark/RunPage.h"

#include "models/logs/LogFile.h"
#include "ui/benchmark/StepListModel.h"
#include "ui/charts/GpuCharts.h"
#include "ui/charts/L2Charts.h"
#include "ui/charts/ProvingTimeChart.h"
#include "ui/charts/RunSamples.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"
#include "ui/logs/LogPane.h"

#include <QDateTime>
#include <QLabel>
#include <QListView>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QTabBar>
#include <QTabWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::RunState;
using models::StepOutcome;

namespace {

QString logTitle(const QString &name)
{
    static const QMap<QString, QString> titles{
        {u"l1.log"_s, RunPage::tr("L1")},         {u"deploy.log"_s, RunPage::tr("Deploy")},
        {u"l2.log"_s, RunPage::tr("L2")},         {u"loadtest.log"_s, RunPage::tr("Load test")},
        {u"prover.log"_s, RunPage::tr("Prover")}, {u"build.log"_s, RunPage::tr("Build")},
        {u"steps.log"_s, RunPage::tr("Steps")}};
    return titles.value(name, name);
}

QString stepLog(const models::Step &step)
{
    const bool writes
        = step.kind == models::StepKind::Command || step.kind == models::StepKind::Service;
    return !writes ? QString() : step.log.isEmpty() ? u"steps.log"_s : step.log;
}

} // namespace

RunPage::RunPage(Services &services, models::Run &run, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_run(&run)
    , m_id(run.options().id)
{
    build(run.plan().host);
    QList<StepListModel::Row> rows;
    for (int i = 0; i < run.steps().size(); ++i) {
        const models::Step &step = run.plan().steps.at(i).step;
        rows << StepListModel::Row{step.title, stepLog(step), models::phaseWord(step.phase),
                                   run.steps().at(i)};
    }
    m_model->setRows(rows);
    for (const QString &name : models::Run::logNames(run.plan())) {
        pane(name);
    }
    loadLogs(run.options().folder);
    connect(&run, &models::Run::stepChanged, this, &RunPage::onStep);
    connect(&run, &models::Run::stateChanged, this, &RunPage::onState);
    connect(&run, &models::Run::logGrew, this,
            [this](const QString &name, const QByteArray &bytes) {
                pane(name)->append(bytes, QDateTime::currentMSecsSinceEpoch());
            });
    connect(&run, &models::Run::rowsChanged, this, &RunPage::updateCharts);
    connect(&run, &models::Run::findingAdded, this, &RunPage::updateCharts);
    connect(&run, &models::Run::gpuSampled, m_gpu, &GpuCharts::addSamples);
    connect(&run, &models::Run::l2Sampled, m_l2,
            [this](const models::ethrex::L2Sample &sample) { m_l2->addSamples({sample}); });
    connect(&run, &models::Run::connectionNote, this, &RunPage::onConnection);
    connect(m_reconnect, &QPushButton::clicked, &run, &models::Run::reconnectNow);
    m_tick = new QTimer(this);
    m_tick->setInterval(1000);
    connect(m_tick, &QTimer::timeout, this, &RunPage::onTick);
    m_tick->start();
    onState(run.state());
    foldChecks();
    updateCharts();
}

RunPage::RunPage(Services &services, const models::RunRecord &record, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_id(record.id)
{
    build(record.host);
    QList<StepListModel::Row> rows;
    for (const auto &[title, state] : record.steps) {
        rows << StepListModel::Row{title, {}, {}, state};
    }
    m_model->setRows(rows);
    loadLogs(record.folder);
    m_rows = record.result.rows;
    m_chart->setRows(m_rows);
    m_link->setMarkers(batchMarkers(m_rows));
    m_gpu->setLiveVisible(false);
    m_l2->setLiveVisible(false);
    m_findings->setFindings(record.result.findings);
    m_stateIcon->setPixmap(
        runStateIcon(record.state, palette()).pixmap(QSize(18, 18), devicePixelRatioF()));
    m_stateText->setText(runStateTitle(record.state));
    m_stop->hide();
    m_progress->hide();
    m_left->hide();
    m_attach->setVisible(models::isAttachable(record.state) && !record.blueprint.isEmpty());
    m_results->show();
}

void RunPage::build(const QString &host)
{
    setObjectName(u"runPage"_s);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(10);

    auto *head = new QHBoxLayout;
    m_title = makeHeading(tr("Benchmark on %1").arg(host), this);
    m_stateIcon = new QLabel(this);
    m_stateText = makeHint({}, this);
    m_stateText->setWordWrap(false);
    m_stateText->setObjectName(u"runState"_s);
    m_progress = new QProgressBar(this);
    m_progress->setObjectName(u"progress"_s);
    m_progress->setAccessibleName(tr("Batches proved"));
    m_progress->setMinimumWidth(220);
    m_progress->setMaximumWidth(320);
    m_left = makeHint({}, this);
    m_left->setWordWrap(false);
    m_stop = new QPushButton(tr("Stop…"), this);
    m_stop->setObjectName(u"stop"_s);
    connect(m_stop, &QPushButton::clicked, this, [this] { emit stopWanted(m_id); });
    m_attach = new QPushButton(tr("Go on with it"), this);
    m_attach->setObjectName(u"attach"_s);
    m_attach->setToolTip(
        tr("Connect to the server again: logs, results and steps go on where they were"));
    m_attach->hide();
    connect(m_attach, &QPushButton::clicked, this, [this] { emit attachWanted(m_id); });
    m_results = new QPushButton(tr("Show results"), this);
    m_results->setObjectName(u"showResults"_s);
    makePrimary(m_results);
    m_results->hide();
    connect(m_results, &QPushButton::clicked, this, [this] { emit resultsWanted(m_id); });
    head->addWidget(m_title);
    head->addSpacing(8);
    head->addWidget(m_stateIcon);
    head->addWidget(m_stateText);
    head->addStretch();
    head->addWidget(m_left);
    head->addWidget(m_progress);
    head->addWidget(m_stop);
    head->addWidget(m_attach);
    head->addWidget(m_results);
    layout->addLayout(head);

    QFrame *banner = makeCard(this);
    auto *bannerRow = new QHBoxLayout(banner);
    m_connection = makeText({}, banner);
    m_connection->setObjectName(u"connectionNote"_s);
    m_reconnect = new QPushButton(tr("Try now"), banner);
    m_reconnect->setObjectName(u"reconnect"_s);
    bannerRow->addWidget(m_connection, 1);
    bannerRow->addWidget(m_reconnect);
    banner->hide();
    layout->addWidget(banner);

    auto *splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    m_model = new StepListModel(this);
    m_steps = new QListView(splitter);
    m_steps->setObjectName(u"steps"_s);
    m_steps->setAccessibleName(tr("Steps"));
    m_steps->setModel(m_model);
    m_steps->setItemDelegate(new StepDelegate(m_steps));
    m_steps->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_steps->setResizeMode(QListView::Adjust);
    auto *left = new QWidget(splitter);
    left->setMinimumWidth(240);
    auto *leftColumn = new QVBoxLayout(left);
    leftColumn->setContentsMargins(0, 0, 0, 0);
    leftColumn->setSpacing(6);
    m_showChecks = new QPushButton(left);
    m_showChecks->setObjectName(u"showChecks"_s);
    m_showChecks->setCheckable(true);
    m_showChecks->setFlat(true);
    m_showChecks->hide();
    connect(m_showChecks, &QPushButton::toggled, this, &RunPage::foldChecks);
    leftColumn->addWidget(m_showChecks);
    leftColumn->addWidget(m_steps, 1);
    connect(m_steps, &QListView::clicked, this, [this](const QModelIndex &index) {
        const QString log = index.data(StepListModel::LogRole).toString();
        if (!log.isEmpty()) {
            m_tabChosen = true;
            m_tabs->setCurrentWidget(pane(log));
        }
    });
    splitter->addWidget(left);

    m_tabs = new QTabWidget(splitter);
    m_tabs->setObjectName(u"runTabs"_s);
    m_tabs->setDocumentMode(true);
    m_tabs->setUsesScrollButtons(true);
    connect(m_tabs, &QTabWidget::tabBarClicked, this, [this] { m_tabChosen = true; });
    m_chart = new ProvingTimeChart(m_tabs);
    m_tabs->addTab(m_chart, tr("Charts"));
    m_link = new ChartLink(this);
    connect(m_link, &ChartLink::timePicked, this, &RunPage::onTimePicked);
    m_gpu = new GpuCharts(*m_link, m_tabs);
    m_tabs->addTab(m_gpu, tr("GPU"));
    m_l2 = new L2Charts(*m_link, m_tabs);
    m_tabs->addTab(m_l2, tr("Mempool and blocks"));
    m_findings = new FindingsView(m_tabs);
    connect(m_findings, &FindingsView::lineWanted, this, &RunPage::showLog);
    m_tabs->addTab(m_findings, tr("Findings"));
    splitter->addWidget(m_tabs);
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({290, 900});
    layout->addWidget(splitter, 1);
}

LogPane *RunPage::pane(const QString &name)
{
    LogPane *&found = m_panes[name];
    if (!found) {
        found = new LogPane(name, m_tabs);
        m_tabs->addTab(found, logTitle(name));
        connect(found, &LogPane::momentPointed, m_link, &ChartLink::setCursor);
    }
    return found;
}

void RunPage::loadLogs(const QString &folder)
{
    if (folder.isEmpty()) {
        return; // only watched: nothing is kept here
    }
    for (const QString &name : models::LogFile::namesIn(folder)) {
        const QString path = folder + u'/' + name;
        models::LogFile log(path);
        if (name.endsWith(u".log"_s) && log.openExisting() && log.size() > 0) {
            pane(name)->openLog(path, log.size());
        }
    }
    (new RunSampleLoader(*m_gpu, *m_l2, this))->load(folder);
}

void RunPage::showLog(const QString &name, qint64 line)
{
    if (!m_panes.contains(name)) {
        return;
    }
    m_tabChosen = true;
    m_tabs->setCurrentWidget(m_panes.value(name));
    if (line > 0) {
        m_panes.value(name)->goToLine(line);
    }
}

void RunPage::onStep(int index)
{
    const models::StepState &state = m_run->steps().at(index);
    m_model->setState(index, state);
    if (state.outcome != StepOutcome::Running) {
        return;
    }
    m_steps->scrollTo(m_model->index(index), QAbstractItemView::EnsureVisible);
    const models::Step &step = m_run->plan().steps.at(index).step;
    foldChecks();
    if (m_tabChosen || step.phase == models::Phase::Teardown) {
        return; // the user looks at something: leave it
    }
    const QString log = stepLog(step);
    if (!log.isEmpty()) {
        m_tabs->setCurrentWidget(pane(log));
    } else if (step.kind == models::StepKind::Wait) {
        m_tabs->setCurrentIndex(0);
    }
}

/// Checks that passed make room for the steps, unless the user wants to see them.
void RunPage::foldChecks()
{
    int folded = 0;
    const bool fold = !m_showChecks->isChecked() && m_run && m_run->state() != RunState::Checking
        && m_run->state() != RunState::Connecting && m_run->state() != RunState::CheckFailed;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const auto outcome
            = StepOutcome(m_model->index(row).data(StepListModel::OutcomeRole).toInt());
        const bool isCheck
            = m_model->index(row).data(StepListModel::PhaseRole).toString() == u"preflight";
        const bool quiet
            = isCheck && (outcome == StepOutcome::Done || outcome == StepOutcome::Skipped);
        folded += int(quiet);
        // Who watches learns of jobs only: what came before them has no outcome here.
        const bool isUnseen = isCheck && m_run && m_run->options().watch;
        m_steps->setRowHidden(row, isUnseen || (quiet && fold));
    }
    m_showChecks->setVisible(folded > 0 && m_run);
    m_showChecks->setText(m_showChecks->isChecked() ? tr("Hide passed checks")
                                                    : tr("Show %1 passed checks").arg(folded));
}

void RunPage::onConnection(const QString &note)
{
    m_connection->setText(note);
    m_connection->parentWidget()->setVisible(!note.isEmpty());
    m_reconnect->setVisible(m_run && m_run->state() == RunState::Unreachable);
}

/// A run that somebody else drives has nothing to stop; one that was lost can be gone on with.
void RunPage::onState(RunState state)
{
    m_stateIcon->setPixmap(
        runStateIcon(state, palette()).pixmap(QSize(18, 18), devicePixelRatioF()));
    m_stateText->setText(runStateTitle(state));
    const bool over = models::isFinal(state);
    m_stop->setVisible(!over && !m_run->options().watch);
    m_stop->setEnabled(state != RunState::TearingDown);
    m_attach->setVisible(over && models::isAttachable(state));
    m_results->setVisible(over);
    m_results->setEnabled(over);
    if (over) {
        m_connection->parentWidget()->hide();
        if (m_tick) {
            m_tick->stop();
        }
        for (int i = 0; i < m_run->steps().size(); ++i) {
            m_model->setState(i, m_run->steps().at(i));
        }
        updateCharts();
        foldChecks();
        if (!m_tabChosen) {
            const bool isBad = state != RunState::Done && m_findings->count() > 0;
            m_tabs->setCurrentIndex(isBad ? m_tabs->indexOf(m_findings) : 0);
        }
    }
    onTick();
}

void RunPage::onTick()
{
    if (!m_run) {
        return;
    }
    m_model->tick();
    if (const auto left = m_run->nextTry(); left && m_run->state() == RunState::Unreachable) {
        m_connection->setText(tr("Connection lost, the run continues on the server, next try in "
                                 "%1 s. %2")
                                  .arg(left->count())
                                  .arg(m_run->lossReason()));
    }
    const auto [done, wanted] = m_run->progress();
    m_progress->setRange(0, wanted > 0 ? wanted : 1);
    m_progress->setValue(wanted > 0 ? std::min(done, wanted) : 0);
    m_progress->setFormat(wanted > 0 ? tr("%1 of %2 batches").arg(done).arg(wanted)
                                     : tr("%1 proved, endless").arg(done));
    const auto left = m_run->timeLeft();
    const bool waiting = left && left->count() > 0 && m_run->state() == RunState::Running;
    m_left->setText(
        waiting ? tr("about %1 left")
                      .arg(models::report::durationText(left->count() * 1000).remove(u".00"_s))
                : QString());
}

void RunPage::updateCharts()
{
    m_rows = m_run->rows();
    m_chart->setRows(m_rows);
    m_link->setMarkers(batchMarkers(m_rows));
    m_findings->setFindings(m_run->findings());
    m_tabs->setTabText(m_tabs->indexOf(m_findings),
                       m_findings->count() > 0 ? tr("Findings (%1)").arg(m_findings->count())
                                               : tr("Findings"));
    onTick();
}

/// The proof nearest to the time that was picked in a chart, or what the prover did then.
void RunPage::onTimePicked(qint64 at)
{
    const qint64 within = std::max<qint64>(2000, m_link->view().span() / 50);
    if (const models::ethrex::BatchRow *row = rowNear(m_rows, at, within)) {
        showLog(u"prover.log"_s, row->line);
    } else if (LogPane *log = m_panes.value(u"prover.log"_s);
               log && log->goToTime({.ms = at, .hasDate = true})) {
        m_tabChosen = true;
        m_tabs->setCurrentWidget(log);
    }
}

} // namespace proverdeck::ui

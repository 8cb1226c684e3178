// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/MainWindow.h"

#include "models/aztec/InputFiles.h"
#include "models/ethrex/ResultCollector.h"
#include "models/store/RunJson.h"
#include "ui/StartPage.h"
#include "ui/aztec/AztecPage.h"
#include "ui/benchmark/BenchmarkWizard.h"
#include "ui/benchmark/ResultsPage.h"
#include "ui/benchmark/RunPage.h"
#include "ui/boundless/BoundlessPage.h"
#include "ui/common/Theme.h"
#include "ui/dialogs/AddServerDialog.h"
#include "ui/dialogs/HistoryDialog.h"
#include "ui/dialogs/Questions.h"
#include "ui/dialogs/WatchRunDialog.h"
#include "ui/logs/LogPane.h"
#include "ui/tables/TablePane.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QJsonDocument>
#include <QLabel>
#include <QListWidget>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTextDocument>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int PageRole = Qt::UserRole + 1;
}

MainWindow::MainWindow(Services &services, QWidget *parent)
    : QMainWindow(parent)
    , m_services(services)
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(u"Proverdeck"_s);
    setAcceptDrops(true);
    resize(1280, 760);
    setMinimumSize(900, 560);

    auto *side = new QWidget(this);
    side->setFixedWidth(216);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(12, 14, 12, 12);
    column->setSpacing(10);
    auto *create = new QPushButton(tr("New benchmark"), side);
    create->setObjectName(u"sideNewBenchmark"_s);
    makePrimary(create);
    connect(create, &QPushButton::clicked, this, [this] { openWizard(); });
    column->addWidget(create);
    m_list = new QListWidget(side);
    m_list->setObjectName(u"pages"_s);
    m_list->setAccessibleName(tr("Open pages"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setSpacing(2);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->viewport()->setAutoFillBackground(false);
    column->addWidget(m_list, 1);

    m_stack = new QStackedWidget(this);
    auto *center = new QWidget(this);
    auto *row = new QHBoxLayout(center);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(side);
    auto *line = new QFrame(center);
    line->setFrameShape(QFrame::VLine);
    line->setForegroundRole(QPalette::Mid);
    row->addWidget(line);
    row->addWidget(m_stack, 1);
    setCentralWidget(center);

    connect(m_list, &QListWidget::currentItemChanged, this, [this](QListWidgetItem *item) {
        if (item) {
            m_stack->setCurrentWidget(item->data(PageRole).value<QWidget *>());
        }
    });
    m_start = new StartPage(services, m_stack);
    addPage(m_start, tr("Start"), {});
    connect(m_start, &StartPage::benchmarkWanted, this, [this] { openWizard(); });
    connect(m_start, &StartPage::serverWanted, this, &MainWindow::addServer);
    connect(m_start, &StartPage::openWanted, this, &MainWindow::chooseFile);
    connect(m_start, &StartPage::demoWanted, this, &MainWindow::startDemo);
    connect(m_start, &StartPage::runWanted, this, &MainWindow::openRun);
    connect(&services.store(), &models::store::RunStore::changed, m_start, &StartPage::refresh);
    m_boundless = new BoundlessPage(services, m_stack);
    addPage(m_boundless, tr("Boundless"), {});
    connect(m_boundless, &BoundlessPage::workflowWanted, this, &MainWindow::openWorkflow);
    connect(m_boundless, &BoundlessPage::wanted, this, [this] { select(m_boundless); });
    connect(m_start, &StartPage::boundlessWanted, this, [this] { select(m_boundless); });
    connect(m_start, &StartPage::aztecWanted, this, [this] { select(m_aztec); });
    m_aztec = new AztecPage(m_stack, &m_services);
    addPage(m_aztec, tr("Aztec"), {});
    select(m_start);
    buildMenus();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildMenus()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(tr("&New benchmark…"), QKeySequence::New, this, [this] { openWizard(); });
    file->addAction(tr("&Add a server…"), this, &MainWindow::addServer);
    file->addAction(tr("&Open a log or result…"), QKeySequence::Open, this,
                    &MainWindow::chooseFile);
    file->addAction(tr("&View a log file…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), this,
                    &MainWindow::chooseLog);
    file->addAction(tr("&Watch a run of somebody else…"), this, &MainWindow::watchRun);
    file->addAction(tr("Try the &demo"), this, &MainWindow::startDemo);
    file->addSeparator();
    file->addAction(tr("&Close page"), QKeySequence::Close, this,
                    [this] { closePage(currentPage()); });
    file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
    QMenu *view = menuBar()->addMenu(tr("&View"));
    auto *group = new QActionGroup(this);
    const QList<QPair<QString, Appearance>> choices{{tr("Like the &system"), Appearance::System},
                                                    {tr("&Light"), Appearance::Light},
                                                    {tr("&Dark"), Appearance::Dark}};
    for (const auto &[title, appearance] : choices) {
        QAction *action = view->addAction(
            title, this, [appearance = appearance] { applyAppearance(*qApp, appearance); });
        action->setCheckable(true);
        action->setChecked(appearance == Appearance::System);
        group->addAction(action);
    }
    QMenu *settings = menuBar()->addMenu(tr("&Settings"));
    settings->addAction(tr("&History…"), this, &MainWindow::openHistorySettings)
        ->setObjectName(u"historySettings"_s);
    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("&Support bundle of this run…"), this, &MainWindow::makeBundle)
        ->setObjectName(u"supportBundle"_s);
    help->addAction(tr("&About Proverdeck"), this, [this] {
        say(tr("About Proverdeck"),
            tr("Proverdeck %1\nA control panel for people who operate zk "
               "provers.\nGPL-3.0-or-later, Qt %2")
                .arg(QCoreApplication::applicationVersion(), QString::fromLatin1(qVersion())));
    });
}

void MainWindow::openHistorySettings()
{
    if (TeamHistory *team = m_services.teamHistory()) {
        auto *dialog = new HistoryDialog(*team, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    }
}

void MainWindow::addPage(QWidget *page, const QString &title, const QIcon &icon)
{
    m_stack->addWidget(page);
    const auto tables = page->findChildren<TablePane *>();
    for (TablePane *table : tables) {
        table->setMemory(m_services.tableMemory());
    }
    auto *item = new QListWidgetItem(icon, title, m_list);
    item->setData(PageRole, QVariant::fromValue(page));
    item->setToolTip(Qt::convertFromPlainText(title)); // a file may be called anything
    item->setSizeHint({100, fontMetrics().height() + 14});
    select(page);
}

QListWidgetItem *MainWindow::itemOf(QWidget *page) const
{
    for (int row = 0; row < m_list->count(); ++row) {
        if (m_list->item(row)->data(PageRole).value<QWidget *>() == page) {
            return m_list->item(row);
        }
    }
    return nullptr;
}

void MainWindow::select(QWidget *page)
{
    m_list->setCurrentItem(itemOf(page));
    m_stack->setCurrentWidget(page);
}

void MainWindow::offerOpenStops()
{
    m_boundless->offerOpenStops();
}

QWidget *MainWindow::currentPage() const
{
    return m_stack->currentWidget();
}

void MainWindow::watchAztec(const QList<models::aztec::WatchChoice> &choices)
{
    select(m_aztec);
    m_aztec->watch(choices);
}

void MainWindow::closePage(QWidget *page)
{
    if (page == m_start || page == m_boundless || page == m_aztec) {
        return;
    }
    if (const auto *shown = qobject_cast<RunPage *>(page);
        shown && shown->run() && shown->run()->options().watch) {
        shown->run()->stop(models::StopMode::Detach); // the watching; the run goes on
    }
    delete itemOf(page);
    m_stack->removeWidget(page);
    page->deleteLater();
}

BenchmarkWizard *MainWindow::openWizard(const QString &host)
{
    BenchmarkWizard *wizard = openWorkflow(u"ethrex-benchmark"_s, {});
    if (wizard && !host.isEmpty()) {
        wizard->setHost(host);
    }
    return wizard;
}

BenchmarkWizard *MainWindow::openWorkflow(const QString &id, const models::InputValues &values)
{
    const auto workflow = models::loadWorkflow(id);
    if (!workflow) {
        say(tr("The workflow file cannot be used"), workflow.error());
        return nullptr;
    }
    auto *wizard = new BenchmarkWizard(m_services, *workflow, this);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    if (!values.isEmpty()) {
        wizard->setAnswers(values);
    }
    connect(wizard, &QDialog::accepted, this, [this, wizard] {
        if (const auto plan = wizard->plan()) {
            showRun(*m_services.startRun(*plan));
        }
    });
    wizard->open();
    return wizard;
}

RunPage *MainWindow::showRun(models::Run &run)
{
    auto *page = new RunPage(m_services, run, m_stack);
    addPage(page, tr("Run on %1").arg(run.plan().host), runStateIcon(run.state(), palette()));
    connect(page, &RunPage::resultsWanted, this, &MainWindow::showResults);
    connect(page, &RunPage::stopWanted, this, [this](const QString &id) { askStop(id, false); });
    connect(page, &RunPage::attachWanted, this, &MainWindow::attachRun);
    connect(&run, &models::Run::stateChanged, page, [this, page](models::RunState state) {
        if (QListWidgetItem *item = itemOf(page)) {
            item->setIcon(runStateIcon(state, palette()));
        }
    });
    return page;
}

/// The page of before shows a run that is no longer driven: a new one takes its place.
void MainWindow::attachRun(const QString &id)
{
    QString problem;
    QList<QWidget *> old;
    for (int i = 0; i < m_stack->count(); ++i) {
        auto *page = qobject_cast<RunPage *>(m_stack->widget(i));
        if (page && page->runId() == id) {
            old << page;
        }
    }
    models::Run *run = m_services.attachRun(id, &problem);
    if (!run) {
        say(tr("The run cannot be gone on with"), problem);
        return;
    }
    for (QWidget *page : std::as_const(old)) {
        closePage(page);
    }
    showRun(*run);
}

void MainWindow::watchRun()
{
    auto *dialog = new WatchRunDialog(m_services, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &WatchRunDialog::found, this,
            [this](const models::Plan &plan, const QString &id) {
                models::Run *run = m_services.watchRun(plan, id);
                for (int i = 0; i < m_stack->count(); ++i) {
                    const auto *page = qobject_cast<RunPage *>(m_stack->widget(i));
                    if (page && page->run() == run) {
                        select(m_stack->widget(i));
                        return;
                    }
                }
                showRun(*run);
            });
    dialog->open();
}

void MainWindow::openRun(const QString &id)
{
    for (int i = 0; i < m_stack->count(); ++i) {
        const auto *page = qobject_cast<RunPage *>(m_stack->widget(i));
        if (page && page->runId() == id && page->run()) {
            select(m_stack->widget(i));
            return;
        }
    }
    if (models::isAttachable(m_services.store().storedState(id))) {
        const auto record = m_services.store().load(id);
        if (record && !record->blueprint.isEmpty()) {
            addRecord(*record);
            return;
        }
    }
    showResults(id);
}

/// The page of a run that nobody drives here.
RunPage *MainWindow::addRecord(const models::RunRecord &record)
{
    auto *page = new RunPage(m_services, record, m_stack);
    addPage(page, tr("Logs: %1 on %2").arg(record.result.session.backend, record.host),
            runStateIcon(record.state, palette()));
    connect(page, &RunPage::resultsWanted, this, &MainWindow::showResults);
    connect(page, &RunPage::attachWanted, this, &MainWindow::attachRun);
    return page;
}

ResultsPage *MainWindow::showResults(const QString &id)
{
    for (int i = 0; i < m_stack->count(); ++i) {
        auto *page = qobject_cast<ResultsPage *>(m_stack->widget(i));
        if (page && page->record().id == id) {
            select(page);
            return page;
        }
    }
    const auto record = m_services.store().load(id);
    if (!record) {
        say(tr("The run cannot be opened"), record.error());
        return nullptr;
    }
    auto *page = new ResultsPage(m_services, *record, m_stack);
    addPage(page, tr("Results: %1").arg(page->title()), runStateIcon(record->state, palette()));
    connect(page, &ResultsPage::logWanted, this,
            [this, record = *record](const QString &log, qint64 line) {
                for (int i = 0; i < m_stack->count(); ++i) {
                    auto *open = qobject_cast<RunPage *>(m_stack->widget(i));
                    if (open && open->runId() == record.id) {
                        select(open);
                        open->showLog(log, line);
                        return;
                    }
                }
                RunPage *run = addRecord(record);
                run->showLog(log, line);
            });
    return page;
}

void MainWindow::makeBundle()
{
    const auto *run = qobject_cast<RunPage *>(currentPage());
    const auto *results = qobject_cast<ResultsPage *>(currentPage());
    const QString id = run ? run->runId() : results ? results->record().id : QString();
    if (id.isEmpty()) {
        say(tr("No run is open"),
            tr("A support bundle holds the logs, findings and versions of one run, without its "
               "secrets. Open the run first."));
        return;
    }
    auto *dialog = new SupportBundleDialog(m_services.bundleMaker(id), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Open a prover's log or a result"), {},
                                   tr("Logs and results (*.log *.txt *.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openFile);
    dialog->open();
}

void MainWindow::chooseLog()
{
    auto *dialog = new QFileDialog(this, tr("View a log file"), {},
                                   tr("Logs (*.log *.txt *.log.* *.gz *.zst *.xz);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::viewLog);
    dialog->open();
}

void MainWindow::viewLog(const QString &path)
{
    const QString name = QFileInfo(path).fileName();
    auto *pane = new LogPane(name, m_stack);
    pane->setEmptyText(tr("Nothing in %1 yet").arg(path));
    pane->openFile(path);
    addPage(pane, name, {});
}

void MainWindow::openFile(const QString &path)
{
    constexpr qint64 TooLong = 256LL * 1024 * 1024; // to be read while the window waits
    QFile file(path);
    const QString name = QFileInfo(path).fileName();
    static const QRegularExpression packed(u"\\.(gz|zst|xz|bz2)$"_s);
    if (QFileInfo(path).isFile() && (file.size() > TooLong || name.contains(packed))) {
        viewLog(path);
        return;
    }
    if (QFileInfo(path).isDir() || !file.open(QIODevice::ReadOnly)) {
        say(tr("%1 cannot be opened").arg(name),
            QFileInfo(path).isDir() ? tr("It is a folder; open the prover's log in it.")
                                    : file.errorString());
        return;
    }
    models::RunRecord record;
    record.result.session.server = name;
    const QByteArray head = file.peek(1 << 18);
    if (models::aztec::isAztecFile(path)) {
        select(m_aztec);
        m_aztec->addFiles({path});
        return;
    }
    if (head.trimmed().startsWith('{') && name.endsWith(u".json")) {
        const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
        record.result.rows = models::store::rowsFromJson(json.value(u"batches"_s).toArray());
        record.result.findings
            = models::store::findingsFromJson(json.value(u"findings"_s).toArray());
        record.result.observations = json.value(u"observations"_s).toString();
        if (json.contains(u"session"_s)) {
            record.result.session
                = models::store::sessionFromJson(json.value(u"session"_s).toObject());
        }
        if (record.result.rows.isEmpty()) {
            say(tr("%1 is no result").arg(name),
                tr("It holds no batches. Results are exported as results.json."));
            return;
        }
    } else {
        models::ethrex::ResultCollector collector;
        const QString reader = models::ethrex::readerFor(head);
        if (reader == u"metrics") {
            say(tr("%1 is no log").arg(name),
                tr("It is a body of the metrics endpoint. Save it as metrics.txt beside the "
                   "prover's log and open the log."));
            return;
        }
        while (!file.atEnd()) {
            collector.feedLog(reader, name, file.read(1 << 20));
        }
        collector.finishLog(name);
        QFile metrics(QFileInfo(path).path() + u"/metrics.txt"_s); // saved beside it, as exports do
        if (metrics.open(QIODevice::ReadOnly)) {
            collector.feedMetrics(metrics.readAll());
        }
        record.result.rows = collector.rows();
        record.result.findings = collector.findings();
    }
    auto *page = new ResultsPage(m_services, record, m_stack);
    addPage(page, name, {});
}

void MainWindow::addServer()
{
    auto *dialog = new AddServerDialog(m_services, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { openWizard(dialog->host()); });
    dialog->open();
}

void MainWindow::startDemo()
{
    m_start->setDemoBusy(true);
    m_services.startDemo([this](const QString &host, const QString &problem) {
        m_start->setDemoBusy(false, problem);
        if (problem.isEmpty()) {
            openWizard(host);
        }
    });
}

void MainWindow::askStop(const QString &runId, bool forClose)
{
    models::Run *run = m_services.liveRun(runId);
    if (!run) {
        return;
    }
    auto *dialog = new StopDialog(run->plan().host, forClose, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const QPointer<models::Run> target(run);
    connect(dialog, &QDialog::accepted, this, [this, dialog, target, forClose] {
        if (target) {
            if (forClose && dialog->mode() != models::StopMode::Detach) {
                // The window goes when the teardown is through.
                connect(target, &models::Run::finished, this, &QWidget::close,
                        Qt::QueuedConnection);
            }
            target->stop(dialog->mode());
        }
        if (forClose && dialog->mode() == models::StopMode::Detach) {
            m_closing = true;
            close();
        }
    });
    dialog->open();
}

QList<models::Run *> MainWindow::unfinishedRuns() const
{
    QList<models::Run *> runs;
    for (int i = 0; i < m_stack->count(); ++i) {
        const auto *page = qobject_cast<RunPage *>(m_stack->widget(i));
        if (page && page->run() && !models::isFinal(page->run()->state())
            && !page->run()->options().watch) {
            runs << page->run();
        }
    }
    return runs;
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    const QList<models::Run *> runs = unfinishedRuns();
    if (runs.isEmpty() || m_closing) {
        event->accept();
        return;
    }
    event->ignore();
    const QList<StopDialog *> dialogs = findChildren<StopDialog *>();
    if (std::none_of(dialogs.begin(), dialogs.end(),
                     [](const StopDialog *one) { return one->isVisible(); })) {
        askStop(runs.first()->options().id, true);
    }
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile()) {
            openFile(url.toLocalFile());
        }
    }
}

void MainWindow::say(const QString &title, const QString &text)
{
    auto *box
        = new QMessageBox(QMessageBox::Information, u"Proverdeck"_s, title, QMessageBox::Ok, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(u"messageBox"_s);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(text);
    box->open();
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/AztecPage.h"

#include "models/aztec/Texts.h"
#include "models/logs/LogText.h"
#include "models/logs/Redactor.h"
#include "ui/aztec/AztecTables.h"
#include "ui/aztec/DiagnosisDialog.h"
#include "ui/aztec/JobTableModel.h"
#include "ui/aztec/ProofTreeView.h"
#include "ui/aztec/TimelineView.h"
#include "ui/aztec/WatchBar.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"
#include "ui/tables/OrderModel.h"
#include "ui/tables/TablePane.h"
#include "ui/tables/TableView.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QSaveFile>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
namespace aztec = models::aztec;

namespace {

constexpr int WidestColumn = 330; ///< the rest is in the tool tip
constexpr int MostCards = 300; ///< more findings than anybody reads; the report has all

} // namespace

AztecPage::AztecPage(QWidget *parent, Services *services)
    : QWidget(parent)
    , m_services(services)
    , m_loader(new AztecLoader(this))
    , m_watch(services ? new AztecWatch(*services, *m_loader, m_notifier, this) : nullptr)
{
    setObjectName(u"aztecPage"_s);
    setAcceptDrops(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 18, 24, 16);
    layout->setSpacing(10);
    auto *head = new QHBoxLayout;
    head->addWidget(makeHeading(tr("Aztec provers"), this));
    head->addStretch();
    m_epoch = new QComboBox(this);
    m_epoch->setObjectName(u"aztecEpoch"_s);
    m_epoch->setAccessibleName(tr("Epoch"));
    m_epoch->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(m_epoch, &QComboBox::currentIndexChanged, this, &AztecPage::showEpoch);
    head->addWidget(m_epoch);
    m_watchButton = new QPushButton(tr("Watch servers…"), this);
    m_watchButton->setObjectName(u"aztecWatch"_s);
    m_watchButton->setVisible(m_watch != nullptr);
    connect(m_watchButton, &QPushButton::clicked, this, &AztecPage::chooseServers);
    head->addWidget(m_watchButton);
    auto *open = new QPushButton(tr("Open logs…"), this);
    open->setObjectName(u"aztecOpen"_s);
    connect(open, &QPushButton::clicked, this, &AztecPage::chooseFiles);
    head->addWidget(open);
    m_export = new QPushButton(tr("Export…"), this);
    m_export->setObjectName(u"aztecExport"_s);
    connect(m_export, &QPushButton::clicked, this, &AztecPage::chooseExport);
    head->addWidget(m_export);
    m_clear = new QPushButton(tr("Clear"), this);
    m_clear->setObjectName(u"aztecClear"_s);
    connect(m_clear, &QPushButton::clicked, this, &AztecPage::clear);
    head->addWidget(m_clear);
    layout->addLayout(head);
    m_summary = makeText({}, this);
    m_summary->setObjectName(u"aztecSummary"_s);
    layout->addWidget(m_summary);
    if (m_watch) {
        m_watchBar = new WatchBar(*m_watch, this);
        layout->addWidget(m_watchBar);
        connect(m_watchBar, &WatchBar::stopWanted, this, &AztecPage::stopWatching);
        connect(m_watchBar, &WatchBar::diagnosisWanted, this, [this] {
            auto *dialog = new DiagnosisDialog(*m_watch, this);
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->open();
        });
        connect(m_watch, &AztecWatch::changed, this, &AztecPage::refreshWatch);
    }
    layout->addWidget(buildFacts());
    m_message = makeText({}, this);
    m_message->setObjectName(u"aztecMessage"_s);
    m_message->hide();
    layout->addWidget(m_message);
    m_progress = new QProgressBar(this);
    m_progress->setObjectName(u"aztecProgress"_s);
    m_progress->setAccessibleName(tr("Reading"));
    m_progress->setTextVisible(false);
    m_progress->setMaximumHeight(6);
    m_progress->setRange(0, 1000);
    m_progress->hide();
    layout->addWidget(m_progress);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(buildEmpty());
    m_stack->addWidget(buildResults());
    layout->addWidget(m_stack, 1);
    connect(m_loader, &AztecLoader::progress, this, &AztecPage::onProgress);
    connect(m_loader, &AztecLoader::analysed, this, &AztecPage::onAnalysed);
    connect(m_loader, &AztecLoader::finished, this, &AztecPage::onFinished);
    connect(m_loader, &AztecLoader::lineRead, this, &AztecPage::onLineRead);
    connect(m_loader, &AztecLoader::written, this,
            [this](const QString &path, const QString &problem) {
                say(problem.isEmpty() ? tr("Written: %1").arg(path) : problem, !problem.isEmpty());
            });
    clear();
}

AztecPage::~AztecPage() = default;

void AztecPage::addFiles(const QStringList &names)
{
    if (m_watch && m_watch->isActive()) {
        say(tr("Servers are being watched. Stop watching to open files."), true);
        return;
    }
    for (const QString &name : names) {
        if (!m_names.contains(name)) {
            m_names << name;
        }
    }
    const auto files = aztec::listInputs(m_names);
    if (!files) {
        say(files.error(), true);
        for (const QString &name : names) {
            m_names.removeAll(name);
        }
        return;
    }
    m_message->hide();
    m_progress->setValue(0);
    m_progress->show();
    m_clear->setEnabled(true);
    m_loader->start(*files, m_facts);
}

void AztecPage::clear()
{
    m_names.clear();
    if (m_watch && m_watch->isActive()) {
        m_watch->stop();
    }
    m_loader->start({}, m_facts);
    m_findingKeys.clear();
    m_factsBar->hide();
    m_hasAsked = false;
    m_stack->setCurrentIndex(0);
    m_summary->setText(tr("Which job ran where, for how long, and why an epoch was lost."));
    m_message->hide();
    m_progress->hide();
    m_detail->hide();
    for (QWidget *part : {static_cast<QWidget *>(m_export), static_cast<QWidget *>(m_clear),
                          static_cast<QWidget *>(m_epoch)}) {
        part->setEnabled(false);
    }
    m_epoch->hide();
}

void AztecPage::onProgress(qint64 done, qint64 total)
{
    m_progress->setValue(total > 0 ? int(double(done) / double(total) * 1000) : 0);
}

void AztecPage::onAnalysed(const AztecResultPtr &result)
{
    if (m_names.isEmpty() && !m_loader->isLive()) {
        m_result.reset();
        return;
    }
    m_result = result;
    m_stack->setCurrentIndex(1);
    m_export->setEnabled(result->isFinal || m_loader->isLive());
    m_epoch->setEnabled(true);
    m_epoch->show();
    QList<QTableView *> toFit = findChildren<QTableView *>();
    if (m_loader->isLive()) { // later a person may have set the widths
        toFit.removeIf([](QTableView *table) { return table->model()->rowCount() > 0; });
    }
    updateTables(result);
    updateFindings();
    updateEpochs();
    showEpoch();
    updateSummary();
    updateFacts();
    fitColumns(toFit);
    if (m_watch) {
        m_watch->judge(result->analysis);
    }
}

void AztecPage::updateTables(const AztecResultPtr &result)
{
    const auto &analysis = result->analysis;
    m_epochs->setRows(aztectables::epochRows(analysis, palette()));
    m_txs->setRows(aztectables::txRows(analysis));
    m_machines->setRows(aztectables::machineRows(analysis));
    m_agents->setRows(aztectables::agentRows(analysis, palette()));
    m_containers->setRows(aztectables::containerRows(analysis));
    m_containerBox->setVisible(!analysis.containers.isEmpty());
    m_startUps->setRows(aztectables::startUpRows(analysis));
    m_circuits->setRows(aztectables::circuitRows(analysis));
    TableView &jobs = m_jobTable->view();
    const QVariant job = jobs.currentIndex().data(JobTableModel::JobRole);
    const int scrolled = jobs.verticalScrollBar()->value();
    m_jobs->setResult(result);
    if (job.isValid()) {
        const QModelIndex now
            = m_jobTable->order().mapFromSource(m_jobs->index(m_jobs->rowOf(job.toUInt()), 0));
        if (now.isValid()) {
            jobs.selectRow(now.row());
        }
    }
    jobs.verticalScrollBar()->setValue(scrolled);
}

void AztecPage::updateFindings()
{
    const auto &troubles = m_result->analysis.troubles;
    QStringList keys;
    for (const aztec::Trouble &trouble : troubles) {
        keys << trouble.code + u'/' + trouble.machine + u'/' + trouble.job + u'/'
                + QString::number(trouble.epoch.value_or(-1)) + u'/'
                + QString::number(trouble.count);
    }
    // What only has become older is not worth the cards' being made anew.
    if (m_loader->isLive() && keys == m_findingKeys) {
        return;
    }
    m_findingKeys = keys;
    QList<models::Finding> findings;
    for (const aztec::Trouble &trouble : troubles) {
        if (findings.size() < MostCards) {
            findings << aztec::toFinding(trouble);
            findings.last().count = 1; // the text says how often
            if (!trouble.consequenceOf.isEmpty()) {
                findings.last().text = tr("Consequence: %1").arg(findings.last().text);
            }
        }
    }
    m_findings->setFindings(findings);
    m_tabs->setTabText(
        6, findings.isEmpty() ? tr("Findings") : tr("Findings (%1)").arg(troubles.size()));
}

void AztecPage::fitColumns(const QList<QTableView *> &tables)
{
    for (QTableView *table : tables) {
        table->resizeColumnsToContents();
        for (int column = 0; column < table->model()->columnCount(); ++column) {
            table->setColumnWidth(column, std::min(table->columnWidth(column), WidestColumn));
        }
    }
}

void AztecPage::updateEpochs()
{
    const QVariant before = m_epoch->currentData();
    const QVariant beforeA = m_compareA->currentData();
    const QVariant beforeB = m_compareB->currentData();
    const QSignalBlocker blocker(m_epoch);
    const QSignalBlocker blockerA(m_compareA);
    const QSignalBlocker blockerB(m_compareB);
    for (QComboBox *box : {m_epoch, m_compareA, m_compareB}) {
        box->clear();
    }
    m_epoch->addItem(tr("All epochs"));
    const auto addSide = [this](const QString &title, const QVariant &key) {
        m_compareA->addItem(title, key);
        m_compareB->addItem(title, key);
    };
    for (const aztec::EpochRow &row : m_result->analysis.epochs) {
        m_epoch->addItem(tr("Epoch %1").arg(row.epoch), row.epoch);
        if (row.jobs > 0) {
            addSide(tr("Epoch %1").arg(row.epoch), row.epoch);
        }
    }
    for (const aztec::MachineRow &row : m_result->analysis.machines) {
        if (row.jobsStarted > 0) {
            addSide(tr("Machine %1").arg(row.name), row.name);
        }
    }
    m_epoch->setCurrentIndex(std::max(0, before.isValid() ? m_epoch->findData(before) : 0));
    m_compareA->setCurrentIndex(std::max(0, m_compareA->findData(beforeA)));
    const int second = m_compareB->findData(beforeB);
    m_compareB->setCurrentIndex(second >= 0 ? second : std::min(1, m_compareB->count() - 1));
}

std::optional<qint64> AztecPage::chosenEpoch() const
{
    const QVariant key = m_epoch->currentData();
    return key.isValid() ? std::optional(key.toLongLong()) : std::nullopt;
}

void AztecPage::showEpoch()
{
    if (!m_result) {
        return;
    }
    m_types->setRows(aztectables::typeRows(m_result->analysis, chosenEpoch()));
    m_typeTable->setColumnHidden(0, chosenEpoch().has_value());
    if (!m_loader->isLive()) {
        m_typeTable->resizeColumnsToContents();
    }
    m_jobs->setFilter(chosenEpoch(), {});
    m_timeline->setResult(m_result, chosenEpoch());
    m_tree->setResult(m_result, chosenEpoch());
    showComparison();
}

void AztecPage::showComparison()
{
    if (!m_result) {
        return;
    }
    const QVariant a = m_compareA->currentData();
    const QVariant b = m_compareB->currentData();
    QList<aztec::Comparison> list;
    if (a.isValid() && b.isValid() && a.typeId() == b.typeId() && a != b) {
        list = a.typeId() == QMetaType::QString
            ? aztec::compareMachines(m_result->analysis, a.toString(), b.toString())
            : aztec::compareEpochs(m_result->analysis, a.toLongLong(), b.toLongLong());
    }
    m_comparison->setRows(aztectables::compareRows(list));
}

void AztecPage::updateSummary()
{
    const auto &analysis = m_result->analysis;
    int done = 0;
    int running = 0;
    int failed = 0;
    for (const aztec::JobRow &job : analysis.jobs) {
        done += job.state == aztec::JobState::Completed;
        running += job.state == aztec::JobState::InProgress;
        failed += job.state == aztec::JobState::Failed;
    }
    QStringList parts{tr("%n machine(s)", nullptr, int(analysis.machines.size())),
                      tr("%n epoch(s)", nullptr, int(analysis.epochs.size())),
                      tr("%n job(s)", nullptr, int(analysis.jobs.size())),
                      tr("%1 completed").arg(done)};
    if (running) {
        parts << (m_loader->isLive() ? tr("%1 in progress") : tr("%1 in progress at the end"))
                     .arg(running);
    }
    if (failed) {
        parts << tr("%1 failed").arg(failed);
    }
    const QString from = analysis.timeText(analysis.first);
    if (!from.isEmpty()) {
        parts << tr("%1 to %2 UTC")
                     .arg(QString(from).replace(u'T', u' ').remove(u'Z'),
                          analysis.hasDates ? analysis.timeText(analysis.last).mid(11, 12)
                                            : analysis.timeText(analysis.last));
    }
    if (analysis.network) {
        parts << analysis.network->name;
    }
    m_summary->setText(parts.join(u" · "_s)
                       + (m_result->isFinal        ? QString()
                              : m_loader->isLive() ? tr(" · live")
                                                   : tr(" · reading …")));
}

void AztecPage::onFinished(const QStringList &problems)
{
    m_progress->hide();
    if (!problems.isEmpty()) {
        say(problems.join(u'\n'), true);
        return;
    }
    if (m_result && m_result->analysis.jobs.empty() && m_result->analysis.containers.isEmpty()
        && m_result->analysis.epochs.isEmpty() && m_result->analysis.agents.isEmpty()
        && m_result->analysis.blocks.empty()) {
        say(tr("No line of these files was written by an Aztec prover. Save logs with: docker "
               "compose logs -t > prover.log 2>&1"),
            true);
    }
}

void AztecPage::say(const QString &text, bool isProblem)
{
    m_message->setText(isProblem ? u"✕ "_s + text : text);
    m_message->show();
}

void AztecPage::showJob(quint32 index)
{
    if (!m_result || index >= m_result->analysis.jobs.size()) {
        return;
    }
    const aztec::JobRow &job = m_result->analysis.jobs.at(index);
    const aztec::LogRow &log = m_result->analysis.logs.at(job.log);
    m_timeline->selectJob(index);
    if (const int row = m_jobs->rowOf(index); row >= 0) {
        m_jobTable->view().selectRow(
            m_jobTable->order().mapFromSource(m_jobs->index(row, 0)).row());
    }
    m_detailTitle->setText(tr("%1 — %2, line %3")
                               .arg(QString::fromUtf8(m_result->ids.at(index)), log.name)
                               .arg(job.line));
    m_detailText->setText(tr("Reading the line …"));
    m_detail->show();
    m_wantedOffset = job.offset;
    m_loader->fetchLine(log.path, job.offset);
}

void AztecPage::showEvidence(const QString &name, qint64 line)
{
    for (const aztec::Trouble &trouble : m_result->analysis.troubles) {
        for (const models::Evidence &evidence : trouble.evidence) {
            if (evidence.log != name || evidence.line != line) {
                continue;
            }
            m_detailTitle->setText(tr("%1, line %2").arg(name).arg(line));
            m_detail->show();
            for (const aztec::LogRow &log : m_result->analysis.logs) {
                if (log.name == name) {
                    m_wantedOffset = evidence.offset;
                    m_loader->fetchLine(log.path, evidence.offset);
                }
            }
            m_detailText->setText(models::redactedText(evidence.text));
            return;
        }
    }
}

void AztecPage::onLineRead(qint64 offset, const QByteArray &line)
{
    if (offset != m_wantedOffset) {
        return;
    }
    m_detailText->setText(line.isEmpty()
                              ? tr("The file cannot be read again; it was moved or changed.")
                              : models::redactedText(models::readLogText(line).text));
}

void AztecPage::chooseFiles()
{
    auto *dialog
        = new QFileDialog(this, tr("Open logs of Aztec provers"), {},
                          tr("Logs (*.log *.txt *.json *.jsonl *.gz *.zst);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &AztecPage::addFiles);
    dialog->open();
}

void AztecPage::chooseExport()
{
    auto *dialog = new QFileDialog(
        this, tr("Export"), u"aztec-report.md"_s,
        tr("Report (*.md);;Data (*.json);;Table of the types (*.csv);;Drawing of the timeline or "
           "tree (*.svg);;Picture of the timeline or tree (*.png)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        const QString problem = exportTo(path);
        say(problem.isEmpty() ? tr("Written: %1").arg(path) : problem, !problem.isEmpty());
    });
    dialog->open();
}

QString AztecPage::exportTo(const QString &path) const
{
    if (!m_result || !(m_result->gathering || m_loader->isLive())) {
        return tr("The logs are still being read.");
    }
    const QString kind = QFileInfo(path).suffix().toLower();
    if (kind == u"json" && m_loader->isLive()) {
        m_loader->writeJson(path); // the worker has what the logs said
        return {};
    }
    const bool isTree = m_tabs->tabText(m_tabs->currentIndex()) == tr("Tree");
    const QSize size(1600, 1000);
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        return tr("%1 cannot be written: %2.").arg(path, file.errorString());
    }
    const auto sink
        = [&file](std::string_view piece) { file.write(piece.data(), qint64(piece.size())); };
    if (kind == u"json") {
        aztec::writeJson(*m_result->gathering, m_result->analysis, {}, sink);
    } else if (kind == u"csv") {
        aztec::writeTypesCsv(m_result->analysis, sink);
    } else if (kind == u"svg") {
        file.write(isTree ? m_tree->toSvg() : m_timeline->toSvg(size));
    } else if (kind == u"png") {
        file.write(isTree ? m_tree->toPng() : m_timeline->toPng(size));
    } else if (kind == u"md") {
        file.write(aztec::toMarkdown(m_result->analysis, {}).toUtf8());
    } else {
        file.cancelWriting();
        return tr("End the name in .md, .json, .csv, .svg or .png.");
    }
    return file.commit() ? QString()
                         : tr("%1 cannot be written: %2.").arg(path, file.errorString());
}

void AztecPage::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void AztecPage::dropEvent(QDropEvent *event)
{
    QStringList names;
    const QList<QUrl> urls = event->mimeData()->urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile()) {
            names << url.toLocalFile();
        }
    }
    if (!names.isEmpty()) {
        event->acceptProposedAction();
        addFiles(names);
    }
}

} // namespace proverdeck::ui

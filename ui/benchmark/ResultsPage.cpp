// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/benchmark/ResultsPage.h"

#include "ui/benchmark/BatchTableModel.h"
#include "ui/charts/GpuCharts.h"
#include "ui/charts/L2Charts.h"
#include "ui/charts/ProvingTimeChart.h"
#include "ui/charts/RunSamples.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"
#include "ui/tables/TablePane.h"
#include "ui/tables/TableView.h"

#include <QClipboard>
#include <QFile>
#include <QFileDialog>
#include <QFormLayout>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::ethrex::Summary;

namespace {

const QString Missing = u"–"_s;

QString durationOr(const std::optional<qint64> &value)
{
    return value ? models::report::provingTimeText(*value) : Missing;
}

QString rateOr(const std::optional<double> &value, int decimals)
{
    return value ? QString::number(*value, 'f', decimals) : Missing;
}

QString numberOr(const std::optional<quint64> &value)
{
    return value ? models::report::groupedText(*value) : Missing;
}

/// "8.21 ± 0.10 kJ", and of how many batches if not of all.
QString energyOr(const Summary &summary)
{
    if (!summary.totalEnergyJ) {
        return Missing;
    }
    const QString text = ResultsPage::tr("%1 ± %2 kJ")
                             .arg(QString::number(*summary.totalEnergyJ / 1000, 'f', 2),
                                  QString::number(*summary.energyUncertaintyJ / 1000, 'f', 2));
    return summary.energyBatches == summary.batches
        ? text
        : ResultsPage::tr("%1 (of %2)").arg(text).arg(summary.energyBatches);
}

QString yesNo(const std::optional<bool> &value)
{
    return !value ? Missing : *value ? ResultsPage::tr("yes") : ResultsPage::tr("no");
}

QList<QPair<QString, QString>> sessionRows(const models::report::Session &session)
{
    QStringList gpus;
    for (const models::report::Gpu &gpu : session.gpus) {
        gpus << ResultsPage::tr("%1, %2 MiB, driver %3")
                    .arg(gpu.name)
                    .arg(gpu.memoryMiB)
                    .arg(gpu.driver);
    }
    QString commit = session.commit.left(12);
    if (!session.commitSubject.isEmpty()) {
        commit += u' ' + session.commitSubject;
    }
    return {{ResultsPage::tr("Date"), localTimeText(session.started)},
            {ResultsPage::tr("Server"), session.server},
            {ResultsPage::tr("Backend"), session.backend},
            {ResultsPage::tr("GPU"),
             gpus.isEmpty() || session.gpu != std::optional(true) ? yesNo(session.gpu)
                                                                  : gpus.join(u"\n"_s)},
            {ResultsPage::tr("CPU"), session.cpuModel},
            {ResultsPage::tr("Ref"), session.gitRef},
            {ResultsPage::tr("Commit"), commit},
            {ResultsPage::tr("Load"),
             session.txPerAccount ? ResultsPage::tr("%1 tx per account, %2")
                                        .arg(*session.txPerAccount)
                                        .arg(session.txType)
                                  : QString()},
            {ResultsPage::tr("Endless"), yesNo(session.endless)},
            {ResultsPage::tr("Workflow"), session.workflow},
            {ResultsPage::tr("Measuring took"),
             session.cost ? models::report::serverCostText(*session.cost) : QString()}};
}

} // namespace

ResultsPage::ResultsPage(Services &services, models::RunRecord record, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_record(std::move(record))
{
    setObjectName(u"resultsPage"_s);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(makeHead());
    auto *top = new QHBoxLayout;
    top->setSpacing(12);
    top->addWidget(makeSession(), 3);
    top->addWidget(makeSummary(), 2);
    layout->addLayout(top);
    layout->addWidget(makeTabs(), 1);
    m_saveLater = new QTimer(this);
    m_saveLater->setSingleShot(true);
    m_saveLater->setInterval(600);
    connect(m_saveLater, &QTimer::timeout, this, &ResultsPage::saveObservations);
    connect(m_observations, &QPlainTextEdit::textChanged, m_saveLater, qOverload<>(&QTimer::start));
    fill();
}

ResultsPage::~ResultsPage()
{
    if (m_saveLater->isActive()) {
        saveObservations();
    }
}

QString ResultsPage::title() const
{
    return m_record.id.isEmpty()
        ? m_record.result.session.server
        : tr("%1 on %2").arg(m_record.result.session.backend, m_record.host);
}

QWidget *ResultsPage::makeHead()
{
    auto *head = new QWidget(this);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    m_title = makeHeading({}, head);
    m_state = new QLabel(head);
    m_message = makeHint({}, head);
    m_message->setObjectName(u"message"_s);
    row->addWidget(m_title);
    row->addWidget(m_state);
    row->addWidget(m_message, 1);
    auto *logs = new QPushButton(tr("Show logs"), head);
    logs->setObjectName(u"showLogs"_s);
    logs->setVisible(!m_record.id.isEmpty());
    connect(logs, &QPushButton::clicked, this, [this] { emit logWanted(u"prover.log"_s, 0); });
    row->addWidget(logs);
    auto *copy = new QPushButton(tr("Copy as Markdown"), head);
    copy->setObjectName(u"copyMarkdown"_s);
    connect(copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(models::report::toMarkdown(m_record.result));
        say({}, tr("Copied."));
    });
    row->addWidget(copy);
    auto *exportButton = new QPushButton(tr("Export"), head);
    exportButton->setObjectName(u"export"_s);
    auto *menu = new QMenu(exportButton);
    menu->setObjectName(u"exportMenu"_s);
    menu->addAction(tr("Everything into a folder…"), this, &ResultsPage::exportAll)
        ->setObjectName(u"exportAll"_s);
    menu->addSeparator();
    menu->addAction(tr("Markdown…"), this,
                    [this] {
                        exportFile(u"results.md"_s, tr("Markdown (*.md)"), [this] {
                            return models::report::toMarkdown(m_record.result).toUtf8();
                        });
                    })
        ->setObjectName(u"exportMarkdown"_s);
    menu->addAction(tr("Markdown in upstream's layout…"), this, [this] {
        exportFile(u"bench_results.md"_s, tr("Markdown (*.md)"),
                   [this] { return models::report::toUpstreamMarkdown(m_record.result).toUtf8(); });
    });
    menu->addAction(tr("CSV…"), this, [this] {
        exportFile(u"results.csv"_s, tr("CSV (*.csv)"),
                   [this] { return models::report::toCsv(m_record.result); });
    });
    menu->addAction(tr("JSON…"), this, [this] {
        exportFile(u"results.json"_s, tr("JSON (*.json)"), [this] {
            return QJsonDocument(models::report::toJson(m_record.result, true)).toJson();
        });
    });
    menu->addSeparator();
    menu->addAction(tr("Chart as PNG…"), this, [this] {
        exportFile(u"proving-times.png"_s, tr("PNG (*.png)"), [this] { return m_chart->toPng(); });
    });
    menu->addAction(tr("Chart as SVG…"), this, [this] {
        exportFile(u"proving-times.svg"_s, tr("SVG (*.svg)"), [this] { return m_chart->toSvg(); });
    });
    menu->addAction(tr("GPU charts as PNG…"), this, [this] {
        exportFile(u"gpu.png"_s, tr("PNG (*.png)"), [this] { return m_gpu->toPng(); });
    });
    menu->addAction(tr("GPU charts as SVG…"), this, [this] {
        exportFile(u"gpu.svg"_s, tr("SVG (*.svg)"), [this] { return m_gpu->toSvg(); });
    });
    menu->addAction(tr("Mempool and block charts as PNG…"), this, [this] {
        exportFile(u"l2.png"_s, tr("PNG (*.png)"), [this] { return m_l2->toPng(); });
    });
    menu->addAction(tr("Mempool and block charts as SVG…"), this, [this] {
        exportFile(u"l2.svg"_s, tr("SVG (*.svg)"), [this] { return m_l2->toSvg(); });
    });
    exportButton->setMenu(menu);
    row->addWidget(exportButton);
    return head;
}

QWidget *ResultsPage::makeSession()
{
    QFrame *card = makeCard(this);
    m_session = new QFormLayout(card);
    m_session->setContentsMargins(14, 10, 14, 10);
    m_session->setHorizontalSpacing(18);
    m_session->setVerticalSpacing(4);
    m_session->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    return card;
}

QWidget *ResultsPage::makeSummary()
{
    QFrame *card = makeCard(this);
    m_summary = card;
    new QGridLayout(card);
    return card;
}

QWidget *ResultsPage::makeTabs()
{
    auto *tabs = new QTabWidget(this);
    tabs->setObjectName(u"resultTabs"_s);
    tabs->setDocumentMode(true);

    m_model = new BatchTableModel(this);
    m_table = new TablePane(u"batches"_s, tr("Proved batches"), BatchTableModel::tableColumns(),
                            BatchTableModel::SortRole, m_model, tabs);
    m_table->setEmptyText(tr("No batch was proved."));
    connect(&m_table->view(), &QTableView::activated, this, [this](const QModelIndex &index) {
        emit logWanted(u"prover.log"_s, index.data(BatchTableModel::LineRole).toLongLong());
    });
    tabs->addTab(m_table, tr("Batches"));

    m_chart = new ProvingTimeChart(tabs);
    tabs->addTab(m_chart, tr("Proving times"));
    m_link = new ChartLink(this);
    connect(m_link, &ChartLink::timePicked, this, &ResultsPage::onTimePicked);
    m_gpu = new GpuCharts(*m_link, tabs);
    m_gpu->setLiveVisible(false);
    tabs->addTab(m_gpu, tr("GPU"));
    m_l2 = new L2Charts(*m_link, tabs);
    m_l2->setLiveVisible(false);
    tabs->addTab(m_l2, tr("Mempool and blocks"));
    m_samples = new RunSampleLoader(*m_gpu, *m_l2, this);
    connect(m_samples, &RunSampleLoader::loaded, this, &ResultsPage::showSampleTabs);
    m_findings = new FindingsView(tabs);
    connect(m_findings, &FindingsView::lineWanted, this, &ResultsPage::logWanted);
    tabs->addTab(m_findings, tr("Findings"));

    auto *notes = new QWidget(tabs);
    auto *column = new QVBoxLayout(notes);
    column->addWidget(makeHint(tr("Anomalies, temperatures, what was special about this run. Saved "
                                  "with the run and part of every export."),
                               notes));
    m_observations = new QPlainTextEdit(notes);
    m_observations->setObjectName(u"observations"_s);
    m_observations->setAccessibleName(tr("Observations"));
    m_observations->setPlaceholderText(tr("Observations"));
    column->addWidget(m_observations);
    tabs->addTab(notes, tr("Observations"));
    return tabs;
}

void ResultsPage::setRecord(const models::RunRecord &record)
{
    m_record = record;
    fill();
}

void ResultsPage::fill()
{
    const models::report::Session &session = m_record.result.session;
    m_title->setText(title());
    const bool isFile = m_record.id.isEmpty();
    m_state->setPixmap(
        isFile
            ? QPixmap()
            : runStateIcon(m_record.state, palette()).pixmap(QSize(18, 18), devicePixelRatioF()));
    m_state->setToolTip(isFile ? QString() : runStateTitle(m_record.state));
    m_state->setVisible(!isFile);
    m_message->setText(isFile ? QString() : runStateTitle(m_record.state));

    while (m_session->rowCount() > 0) {
        m_session->removeRow(0);
    }
    for (const auto &[name, value] : sessionRows(session)) {
        auto *label = makeHint(name);
        label->setWordWrap(false);
        m_session->addRow(label, makeText(value.isEmpty() ? Missing : value));
    }

    delete m_summary->layout();
    qDeleteAll(m_summary->findChildren<QLabel *>());
    auto *grid = new QGridLayout(m_summary);
    grid->setContentsMargins(14, 10, 14, 10);
    grid->setHorizontalSpacing(18);
    grid->setVerticalSpacing(4);
    const Summary all = models::ethrex::summariseAll(m_record.result.rows);
    const Summary counted = models::ethrex::summariseCounted(m_record.result.rows);
    const QList<std::array<QString, 3>> lines{
        {QString(), tr("Counted"), tr("Every batch")},
        {tr("Batches"), QString::number(counted.batches), QString::number(all.batches)},
        {tr("Median"), durationOr(counted.medianMs), durationOr(all.medianMs)},
        {tr("Average"), durationOr(counted.avgMs), durationOr(all.avgMs)},
        {tr("Min – max"),
         counted.minMs ? durationOr(counted.minMs) + u" – "_s + durationOr(counted.maxMs) : Missing,
         all.minMs ? durationOr(all.minMs) + u" – "_s + durationOr(all.maxMs) : Missing},
        {tr("95th percentile"), durationOr(counted.p95Ms), durationOr(all.p95Ms)},
        {tr("Std. deviation"), durationOr(counted.stddevMs), durationOr(all.stddevMs)},
        {tr("Mgas/s"), rateOr(counted.mgasPerSecond, 3), rateOr(all.mgasPerSecond, 3)},
        {tr("tx/s"), rateOr(counted.txPerSecond, 2), rateOr(all.txPerSecond, 2)},
        {tr("Gas"), numberOr(counted.totalGas), numberOr(all.totalGas)},
        {tr("Transactions"), numberOr(counted.totalTxs), numberOr(all.totalTxs)},
        {tr("GPU energy"), energyOr(counted), energyOr(all)}};
    for (int row = 0; row < lines.size(); ++row) {
        for (int column = 0; column < 3; ++column) {
            QLabel *label = column == 0 || row == 0
                ? makeHint(lines.at(row).at(size_t(column)), m_summary)
                : makeText(lines.at(row).at(size_t(column)), m_summary);
            label->setWordWrap(false);
            QFont font = label->font();
            font.setBold(column == 1 && row > 0);
            label->setFont(font);
            label->setObjectName(u"summary-%1-%2"_s.arg(row).arg(column));
            grid->addWidget(label, row, column, column == 0 ? Qt::AlignLeft : Qt::AlignRight);
        }
    }
    grid->setColumnStretch(0, 1);
    grid->setRowStretch(int(lines.size()), 1);
    m_summary->setToolTip(tr(
        "Counted: without empty batches, warm-up, outliers and batches whose gas is not known."));

    m_model->setRows(m_record.result.rows);
    m_chart->setRows(m_record.result.rows);
    m_findings->setFindings(m_record.result.findings);
    auto *tabs = findChild<QTabWidget *>(u"resultTabs"_s);
    tabs->setTabText(tabs->indexOf(m_findings),
                     m_findings->count() > 0 ? tr("Findings (%1)").arg(m_findings->count())
                                             : tr("Findings"));
    tabs->setTabVisible(tabs->indexOf(m_observations->parentWidget()), !isFile);
    if (m_observations->toPlainText() != m_record.result.observations) {
        const QSignalBlocker blocker(m_observations);
        m_observations->setPlainText(m_record.result.observations);
    }
    fillSamples();
}

void ResultsPage::fillSamples()
{
    m_gpu->clear();
    m_l2->clear();
    m_link->setMarkers(batchMarkers(m_record.result.rows));
    showSampleTabs();
    m_samples->load(m_record.folder);
}

void ResultsPage::showSampleTabs()
{
    auto *tabs = findChild<QTabWidget *>(u"resultTabs"_s);
    tabs->setTabVisible(tabs->indexOf(m_gpu), m_gpu->hasData());
    tabs->setTabVisible(tabs->indexOf(m_l2), m_l2->hasData());
}

/// The proof nearest to the time that was picked in a chart, in the prover's log.
void ResultsPage::onTimePicked(qint64 at)
{
    const qint64 within = std::max<qint64>(2000, m_link->view().span() / 50);
    if (const auto *row = rowNear(m_record.result.rows, at, within)) {
        emit logWanted(u"prover.log"_s, row->line);
    }
}

void ResultsPage::saveObservations()
{
    m_record.result.observations = m_observations->toPlainText();
    const auto saved
        = m_services.store().setObservations(m_record.id, m_record.result.observations);
    say(saved ? QString() : saved.error(), tr("Observations saved."));
}

void ResultsPage::say(const QString &problem, const QString &success)
{
    m_message->setText(problem.isEmpty() ? success : u"✕ "_s + problem);
}

void ResultsPage::exportAll()
{
    auto *dialog = new QFileDialog(this, tr("Folder for the results"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(u"exportFolderDialog"_s);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &ResultsPage::exportInto);
    dialog->open();
}

void ResultsPage::exportInto(const QString &folder)
{
    const auto write = [this, folder](bool overwrite) {
        say(m_services.exportRun(m_record, folder, overwrite),
            tr("Results and logs are in %1").arg(folder));
    };
    if (!QFile::exists(folder + u"/results.md"_s)) {
        write(false);
        return;
    }
    auto *box = new QMessageBox(QMessageBox::Question, u"Proverdeck"_s,
                                tr("The folder already holds results. Replace them?"),
                                QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(u"overwriteBox"_s);
    box->setInformativeText(folder);
    QPushButton *replace = box->addButton(tr("Replace"), QMessageBox::AcceptRole);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(replace, &QPushButton::clicked, this, [write] { write(true); });
    box->open();
}

void ResultsPage::exportFile(const QString &name, const QString &filter,
                             const std::function<QByteArray()> &make)
{
    auto *dialog = new QFileDialog(this, tr("Export"), name, filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(u"exportFileDialog"_s);
    dialog->setAcceptMode(QFileDialog::AcceptSave); // asks before it replaces a file
    dialog->selectFile(name);
    connect(dialog, &QFileDialog::fileSelected, this, [this, make](const QString &path) {
        say(models::report::writeWholeFile(path, make(), true), tr("Written to %1").arg(path));
    });
    dialog->open();
}

} // namespace proverdeck::ui

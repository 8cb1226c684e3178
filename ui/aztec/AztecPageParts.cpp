// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the page, as they are made once.
#include "ui/aztec/AztecPage.h"
#include "ui/aztec/AztecTables.h"
#include "ui/aztec/JobTableModel.h"
#include "ui/aztec/ProofTreeView.h"
#include "ui/aztec/TimelineView.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"
#include "ui/tables/OrderModel.h"
#include "ui/tables/TablePane.h"
#include "ui/tables/TableView.h"

#include <QComboBox>
#include <QFontDatabase>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

/// Leaves room between a number and the text in the next column.
class RoomyDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    [[nodiscard]] QString displayText(const QVariant &value, const QLocale &) const override
    {
        return QChar(QChar::Nbsp) + value.toString() + QChar(QChar::Nbsp);
    }
};

} // namespace

QWidget *AztecPage::buildEmpty()
{
    auto *box = new QWidget(this);
    auto *column = new QVBoxLayout(box);
    column->addStretch();
    QFrame *card = makeCard(box);
    auto *inside = new QVBoxLayout(card);
    inside->setContentsMargins(28, 24, 28, 24);
    inside->setSpacing(10);
    inside->addWidget(makeHeading(tr("Drop logs here"), card));
    inside->addWidget(
        makeText(tr("Logs of prover nodes, brokers and agents, of as many machines as you have; "
                    "plain, .gz or .zst. Outputs of docker ps, stats and inspect may be among "
                    "them."),
                 card));
    inside->addWidget(makeHint(
        tr("On each machine:  docker compose logs -t > machine-a.log 2>&1\nThe file's name becomes "
           "the machine's name. -t gives the lines dates; 2>&1 matters, as the programs write to "
           "both streams."),
        card));
    auto *row = new QHBoxLayout;
    auto *open = new QPushButton(tr("Open logs…"), card);
    open->setObjectName(u"aztecOpenFirst"_s);
    makePrimary(open);
    connect(open, &QPushButton::clicked, this, &AztecPage::chooseFiles);
    row->addWidget(open);
    if (m_watch) {
        auto *watch = new QPushButton(tr("Watch servers…"), card);
        watch->setObjectName(u"aztecWatchFirst"_s);
        connect(watch, &QPushButton::clicked, this, &AztecPage::chooseServers);
        row->addWidget(watch);
    }
    row->addStretch();
    inside->addLayout(row);
    column->addWidget(card);
    column->addStretch(2);
    return box;
}

QTableView *AztecPage::addTable(const QString &name, const QString &title,
                                QAbstractItemModel *model)
{
    auto *table = new QTableView(this);
    table->setObjectName(name);
    table->setAccessibleName(title);
    if (auto *cells = qobject_cast<CellTableModel *>(model)) {
        auto *sorted = new QSortFilterProxyModel(table);
        sorted->setSourceModel(cells);
        sorted->setSortRole(CellTableModel::SortRole);
        table->setModel(sorted);
    } else {
        table->setModel(model);
    }
    table->setItemDelegate(new RoomyDelegate(table));
    table->setSortingEnabled(true);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setWordWrap(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 10);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setStretchLastSection(true);
    table->horizontalHeader()->setResizeContentsPrecision(50);
    return table;
}

QWidget *AztecPage::buildResults()
{
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    m_tabs = new QTabWidget(splitter);
    m_tabs->setObjectName(u"aztecTabs"_s);
    m_tabs->setDocumentMode(true);
    m_epochs = new CellTableModel(aztectables::epochTitles(), this);
    QTableView *epochs = addTable(u"aztecEpochs"_s, tr("Epochs"), m_epochs);
    epochs->sortByColumn(0, Qt::AscendingOrder);
    connect(epochs, &QTableView::activated, this, [this](const QModelIndex &index) {
        m_epoch->setCurrentIndex(m_epoch->findData(index.data(CellTableModel::KeyRole)));
        m_tabs->setCurrentIndex(1);
    });
    m_tabs->addTab(epochs, tr("Overview"));
    m_tabs->addTab(buildJobs(), tr("Jobs by type"));
    m_tabs->addTab(buildTimeline(), tr("Timeline"));
    m_tree = new ProofTreeView;
    auto *treeArea = new QScrollArea(this);
    treeArea->setFrameShape(QFrame::NoFrame);
    treeArea->setWidgetResizable(true);
    treeArea->setWidget(m_tree);
    m_tabs->addTab(treeArea, tr("Tree"));
    m_txs = new CellTableModel(aztectables::txTitles(), this);
    QTableView *txs = addTable(u"aztecTxs"_s, tr("Transactions"), m_txs);
    txs->sortByColumn(3, Qt::AscendingOrder);
    m_tabs->addTab(txs, tr("Transactions"));
    m_tabs->addTab(buildMachines(), tr("Machines"));
    m_findings = new FindingsView(this);
    m_findings->setObjectName(u"aztecFindings"_s);
    connect(m_findings, &FindingsView::lineWanted, this, &AztecPage::showEvidence);
    m_tabs->addTab(m_findings, tr("Findings"));
    m_tabs->addTab(buildCompare(), tr("Compare"));
    m_tabs->addTab(buildStartUp(), tr("Start-up"));
    splitter->addWidget(m_tabs);
    splitter->addWidget(buildDetail());
    splitter->setStretchFactor(0, 1);
    return splitter;
}

QWidget *AztecPage::buildJobs()
{
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    m_types = new CellTableModel(aztectables::typeTitles(), this);
    m_typeTable = addTable(u"aztecTypes"_s, tr("Job types"), m_types);
    m_typeTable->sortByColumn(0, Qt::AscendingOrder);
    connect(m_typeTable, &QTableView::clicked, this, [this](const QModelIndex &index) {
        const QVariantList key = index.data(CellTableModel::KeyRole).toList();
        m_jobs->setFilter(key.value(0).toLongLong(), key.value(1).toString());
    });
    m_jobs = new JobTableModel(this);
    m_jobTable = new TablePane(u"aztecJobs"_s, tr("Jobs"), JobSnapshot::columns(),
                               JobTableModel::SortRole, m_jobs, this);
    m_jobTable->setEmptyText(tr("No job of this choice in these logs."));
    m_jobTable->order().sort(JobTableModel::Started, Qt::AscendingOrder);
    m_jobTable->view().setItemDelegate(new RoomyDelegate(m_jobTable));
    m_jobTable->view().setSelectionMode(QAbstractItemView::SingleSelection);
    m_jobTable->view().verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 10);
    connect(&m_jobTable->view(), &QTableView::clicked, this, [this](const QModelIndex &index) {
        showJob(index.data(JobTableModel::JobRole).toUInt());
    });
    splitter->addWidget(m_typeTable);
    splitter->addWidget(m_jobTable);
    splitter->setSizes({200, 300});
    return splitter;
}

QWidget *AztecPage::buildTimeline()
{
    auto *box = new QWidget(this);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 6, 0, 0);
    column->setSpacing(4);
    auto *row = new QHBoxLayout;
    m_timeline = new TimelineView(box);
    const auto button = [&](const QString &name, const QString &title, auto &&act) {
        auto *made = new QPushButton(title, box);
        made->setObjectName(name);
        connect(made, &QPushButton::clicked, this, act);
        row->addWidget(made);
        return made;
    };
    button(u"aztecZoomIn"_s, tr("Zoom in"),
           [this] { m_timeline->zoom(1.6, m_timeline->width() / 2.0); });
    button(u"aztecZoomOut"_s, tr("Zoom out"),
           [this] { m_timeline->zoom(1 / 1.6, m_timeline->width() / 2.0); });
    button(u"aztecZoomAll"_s, tr("Show all"), [this] { m_timeline->showAll(); });
    row->addWidget(makeHint(tr("Ctrl and wheel zoom, dragging moves. A thick line below a bar: "
                               "critical path, by type and time."),
                            box),
                   1);
    column->addLayout(row);
    column->addWidget(m_timeline, 1);
    connect(m_timeline, &TimelineView::jobSelected, this, &AztecPage::showJob);
    return box;
}

QWidget *AztecPage::buildMachines()
{
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    m_sources = new CellTableModel(AztecWatch::sourceTitles(), this);
    m_sourceBox = addTable(u"aztecSources"_s, tr("Watched logs"), m_sources);
    m_sourceBox->sortByColumn(0, Qt::AscendingOrder);
    m_sourceBox->hide();
    splitter->addWidget(m_sourceBox);
    m_machines = new CellTableModel(aztectables::machineTitles(), this);
    splitter->addWidget(addTable(u"aztecMachines"_s, tr("Machines"), m_machines));
    m_agents = new CellTableModel(aztectables::agentTitles(), this);
    splitter->addWidget(addTable(u"aztecAgents"_s, tr("Agents"), m_agents));
    m_containers = new CellTableModel(aztectables::containerTitles(), this);
    m_containerBox = addTable(u"aztecContainers"_s, tr("Containers"), m_containers);
    splitter->addWidget(m_containerBox);
    return splitter;
}

QWidget *AztecPage::buildCompare()
{
    auto *box = new QWidget(this);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 10, 0, 0);
    auto *row = new QHBoxLayout;
    for (QComboBox **side : {&m_compareA, &m_compareB}) {
        const QString title = side == &m_compareA ? tr("A") : tr("B");
        auto *choice = new QComboBox(box);
        *side = choice;
        row->addWidget(new QLabel(title, box));
        choice->setObjectName(u"aztecCompare"_s + title);
        choice->setAccessibleName(title);
        choice->setMinimumWidth(220);
        connect(choice, &QComboBox::currentIndexChanged, this, &AztecPage::showComparison);
        row->addWidget(choice);
        row->addSpacing(12);
    }
    row->addStretch();
    column->addLayout(row);
    m_comparison = new CellTableModel(aztectables::compareTitles(), this);
    column->addWidget(addTable(u"aztecComparison"_s, tr("Comparison"), m_comparison), 1);
    column->addWidget(makeHint(tr("Work times, from an agent's start to its end. Two epochs or two "
                                  "machines; fewer than 8 jobs on a side are too few to tell."),
                               box));
    return box;
}

QWidget *AztecPage::buildStartUp()
{
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    m_startUps = new CellTableModel(aztectables::startUpTitles(), this);
    splitter->addWidget(addTable(u"aztecStartUps"_s, tr("Starts of programs"), m_startUps));
    m_circuits = new CellTableModel(aztectables::circuitTitles(), this);
    splitter->addWidget(addTable(u"aztecCircuits"_s, tr("Circuits"), m_circuits));
    return splitter;
}

QWidget *AztecPage::buildDetail()
{
    m_detail = makeCard(this);
    auto *column = new QVBoxLayout(m_detail);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(4);
    auto *row = new QHBoxLayout;
    m_detailTitle = makeHint({}, m_detail);
    m_detailTitle->setObjectName(u"aztecDetailTitle"_s);
    row->addWidget(m_detailTitle, 1);
    auto *close = new QPushButton(tr("Close"), m_detail);
    close->setObjectName(u"aztecDetailClose"_s);
    close->setFlat(true);
    connect(close, &QPushButton::clicked, m_detail, &QWidget::hide);
    row->addWidget(close);
    column->addLayout(row);
    auto *area = new QScrollArea(m_detail);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setMaximumHeight(fontMetrics().height() * 7);
    m_detailText = makeText({}, area);
    m_detailText->setObjectName(u"aztecDetailText"_s);
    m_detailText->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_detailText->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    area->setWidget(m_detailText);
    column->addWidget(area);
    m_detail->hide();
    return m_detail;
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/BenchmarkDialog.h"

#include "ui/common/Theme.h"
#include "ui/tables/OrderModel.h"
#include "ui/tables/TablePane.h"
#include "ui/tables/TableView.h"

#include <QDialogButtonBox>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::BenchmarkFigure;

namespace {

constexpr int SortRole = Qt::UserRole + 1;

enum Column { When, Server, What, Proofs, Cycles, Time, Speed, Proposal };

TableColumns tableColumns()
{
    using models::tables::ValueKind;
    return {{.id = u"when"_s, .kind = ValueKind::Time},
            {.id = u"server"_s},
            {.id = u"what"_s},
            {.id = u"proofs"_s, .kind = ValueKind::Number},
            {.id = u"cycles"_s, .kind = ValueKind::Number},
            {.id = u"time"_s, .kind = ValueKind::Number},
            {.id = u"khz"_s, .kind = ValueKind::Number},
            {.id = u"proposal"_s, .kind = ValueKind::Number}};
}

QStandardItem *item(const QString &text, const QVariant &sort, bool isNumber)
{
    auto *made = new QStandardItem(text);
    made->setData(sort, SortRole);
    made->setEditable(false);
    if (isNumber) {
        made->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    return made;
}

} // namespace

BenchmarkDialog::BenchmarkDialog(const QList<BenchmarkFigure> &figures, const QString &host,
                                 TableMemory *memory, QWidget *parent)
    : QDialog(parent)
    , m_figures(figures)
    , m_model(new QStandardItemModel(this))
{
    setObjectName(u"benchmarkDialog"_s);
    setWindowTitle(tr("Benchmarks"));
    resize(960, 420);
    m_model->setHorizontalHeaderLabels({tr("Finished"), tr("Server"), tr("Proved"), tr("Proofs"),
                                        tr("Cycles"), tr("Time"), tr("kHz"), tr("75 %")});
    for (int section = 0; section < m_model->columnCount(); ++section) {
        const auto side = section >= Proofs ? Qt::AlignRight : Qt::AlignLeft;
        m_model->setHeaderData(section, Qt::Horizontal, QVariant(side | Qt::AlignVCenter),
                               Qt::TextAlignmentRole);
    }
    for (const BenchmarkFigure &figure : m_figures) {
        m_model->appendRow(
            {item(localTimeText(figure.when), figure.when, false),
             item(figure.host, figure.host, false), item(figure.what, figure.what, false),
             item(QLocale().toString(figure.proofs), figure.proofs, true),
             item(QLocale().toString(figure.cycles), figure.cycles, true),
             item(tr("%1 s").arg(QLocale().toString(figure.seconds, 'f', 1)), figure.seconds, true),
             item(QLocale().toString(figure.khz, 'f', 2), figure.khz, true),
             item(QLocale().toString(figure.proposal()), figure.proposal(), true)});
    }
    auto *column = new QVBoxLayout(this);
    column->addWidget(makeHint(
        tr("Each row is the slowest proof of one benchmark. The broker takes an order only if it "
           "fits into what peak_prove_khz promises: three quarters of the slowest leave room."),
        this));
    m_table
        = new TablePane(u"benchmarks"_s, tr("Benchmarks"), tableColumns(), SortRole, m_model, this);
    m_table->setEmptyText(
        tr("No benchmark has ended with a figure yet. Start one with Operations › "
           "More › Benchmark…"));
    m_table->order().sort(When, Qt::DescendingOrder);
    m_table->setMemory(memory);
    column->addWidget(m_table, 1);
    m_proposal = makeText({}, this);
    m_proposal->setObjectName(u"benchmarkProposal"_s);
    column->addWidget(m_proposal);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_use = buttons->addButton(tr("Use 75 % of the slowest…"), QDialogButtonBox::AcceptRole);
    m_use->setObjectName(u"useBenchmark"_s);
    makePrimary(m_use);
    connect(buttons, &QDialogButtonBox::accepted, this, &BenchmarkDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);

    QTableView &view = m_table->view();
    view.setSelectionBehavior(QAbstractItemView::SelectRows);
    view.setSelectionMode(QAbstractItemView::ExtendedSelection);
    const auto mine = std::ranges::find_if(m_figures, [&host](const BenchmarkFigure &figure) {
        return host.isEmpty() || figure.host == host;
    });
    if (mine != m_figures.end()) {
        const QModelIndex index = m_model->index(int(mine - m_figures.begin()), Server);
        view.selectRow(m_table->order().mapFromSource(index).row());
    }
    connect(view.selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &BenchmarkDialog::showProposal);
    showProposal();
}

QList<BenchmarkFigure> BenchmarkDialog::selected() const
{
    QList<BenchmarkFigure> figures;
    const QModelIndexList rows = m_table->view().selectionModel()->selectedRows();
    for (const QModelIndex &row : rows) {
        figures << m_figures.at(m_table->order().mapToSource(row).row());
    }
    // The slowest first.
    std::ranges::sort(figures, {}, &BenchmarkFigure::khz);
    return figures;
}

void BenchmarkDialog::showProposal()
{
    const QList<BenchmarkFigure> figures = selected();
    m_use->setEnabled(!figures.isEmpty());
    if (figures.isEmpty()) {
        m_proposal->setText(m_figures.isEmpty() ? QString() : tr("Choose one or several."));
        return;
    }
    QStringList hosts;
    for (const BenchmarkFigure &figure : figures) {
        hosts << figure.host;
    }
    hosts.removeDuplicates();
    QString text = tr("peak_prove_khz = %1, from %2 kHz")
                       .arg(figures.first().proposal())
                       .arg(QLocale().toString(figures.first().khz, 'f', 2));
    if (!figures.first().saysSomething()) {
        text += u". "_s + tr("Under a million cycles it says little.");
    }
    if (hosts.size() > 1) {
        text += u". "_s + tr("These are of several servers: %1.").arg(hosts.join(u", "_s));
    }
    m_proposal->setText(text);
}

void BenchmarkDialog::accept()
{
    const QList<BenchmarkFigure> figures = selected();
    if (!figures.isEmpty()) {
        emit chosen(figures.first().proposal(), figures.first());
        QDialog::accept();
    }
}

} // namespace proverdeck::ui

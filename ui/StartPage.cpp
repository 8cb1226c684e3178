// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/StartPage.h"

#include "ui/common/Theme.h"
#include "ui/history/RunListModel.h"
#include "ui/tables/OrderModel.h"
#include "ui/tables/TablePane.h"
#include "ui/tables/TableView.h"

#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

StartPage::StartPage(Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
{
    setObjectName(u"startPage"_s);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(32, 28, 32, 24);
    layout->setSpacing(16);
    layout->addWidget(makeHeading(tr("Measure a prover, and trust the number"), this));
    auto *actions = new QHBoxLayout;
    actions->setSpacing(14);
    QPushButton *benchmark = addAction(
        actions, u"newBenchmark"_s, tr("New benchmark"),
        tr("Nine questions, checks on your server, then an ethrex L2 prover is measured over SSH."),
        true);
    connect(benchmark, &QPushButton::clicked, this, &StartPage::benchmarkWanted);
    QPushButton *server = addAction(actions, u"addServer"_s, tr("Add a server"),
                                    tr("Log in once over SSH: its host key and the login are "
                                       "settled, and it is offered by name from then on."),
                                    false);
    connect(server, &QPushButton::clicked, this, &StartPage::serverWanted);
    QPushButton *open = addAction(actions, u"openFile"_s, tr("Open a log or result"),
                                  tr("A prover's log, with or without saved metrics, becomes the "
                                     "same table and findings. Or drop it on the window."),
                                  false);
    connect(open, &QPushButton::clicked, this, &StartPage::openWanted);
    m_demo = addAction(actions, u"tryDemo"_s, tr("Try the demo"),
                       tr("A stand-in server on this machine, with a real SSH login and a clock "
                          "that runs faster. No GPU needed."),
                       false);
    connect(m_demo, &QPushButton::clicked, this, &StartPage::demoWanted);
    layout->addLayout(actions);
    auto *provers = new QHBoxLayout;
    provers->setSpacing(14);
    QPushButton *boundless
        = addAction(provers, u"openBoundless"_s, tr("Boundless prover"),
                    tr("Its collateral on the chain, its broker's orders and settings, and a stop "
                       "that waits until nothing locked depends on it."),
                    false);
    connect(boundless, &QPushButton::clicked, this, &StartPage::boundlessWanted);
    QPushButton *aztec
        = addAction(provers, u"openAztec"_s, tr("Aztec provers"),
                    tr("The logs of many machines together: every proving job, every epoch, and "
                       "why one was lost."),
                    false);
    connect(aztec, &QPushButton::clicked, this, &StartPage::aztecWanted);
    layout->addLayout(provers);
    m_problem = makeText({}, this);
    m_problem->setObjectName(u"demoProblem"_s);
    m_problem->hide();
    layout->addWidget(m_problem);

    layout->addSpacing(6);
    layout->addWidget(makeHeading(tr("Recent runs"), this));
    m_model = new RunListModel(this);
    m_table = new TablePane(u"runs"_s, tr("Recent runs"), RunListModel::tableColumns(),
                            RunListModel::SortRole, m_model, this);
    m_table->order().sort(RunListModel::Started, Qt::DescendingOrder);
    m_table->view().setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->view().verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 12);
    connect(&m_table->view(), &QTableView::activated, this, [this](const QModelIndex &index) {
        emit runWanted(index.data(RunListModel::IdRole).toString());
    });
    layout->addWidget(m_table, 1);
    m_empty
        = makeHint(tr("No runs yet. The demo takes about a minute and shows everything."), this);
    layout->addWidget(m_empty, 1, Qt::AlignTop);
    refresh();
}

QPushButton *StartPage::addAction(QLayout *layout, const QString &name, const QString &title,
                                  const QString &hint, bool primary)
{
    QFrame *card = makeCard(this);
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(16, 14, 16, 14);
    QLabel *text = makeHint(hint, card);
    text->setMinimumHeight(fontMetrics().height() * 4);
    text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto *button = new QPushButton(title, card);
    button->setObjectName(name);
    button->setAccessibleDescription(hint);
    button->setMinimumHeight(fontMetrics().height() + 16);
    if (primary) {
        makePrimary(button);
    }
    column->addWidget(text, 1);
    column->addWidget(button);
    layout->addWidget(card);
    return button;
}

void StartPage::refresh()
{
    const QList<models::store::RunHead> runs = m_services.store().heads();
    m_model->setRuns(runs);
    m_table->setVisible(!runs.isEmpty());
    m_empty->setVisible(runs.isEmpty());
}

void StartPage::setDemoBusy(bool busy, const QString &problem)
{
    m_demo->setEnabled(!busy);
    m_demo->setText(busy ? tr("Starting the demo …") : tr("Try the demo"));
    m_problem->setText(problem.isEmpty() ? QString() : u"✕ "_s + problem);
    m_problem->setVisible(!problem.isEmpty());
}

} // namespace proverdeck::ui

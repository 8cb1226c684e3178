// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/OperationsPage.h"

#include "models/report/Report.h"
#include "ui/boundless/ContainerTableModel.h"
#include "ui/boundless/StopView.h"
#include "ui/charts/GpuCharts.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"
#include "ui/logs/LogPane.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedLayout>
#include <QTabWidget>
#include <QTableView>

using namespace std::chrono_literals;

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::BrokerServer;
using models::boundless::SafeStop;

namespace {

constexpr int FindingsTab = 3;

} // namespace

OperationsPage::OperationsPage(OperationsServices &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_containers(new ContainerTableModel(this))
{
    setObjectName(u"operationsPage"_s);
    build();
    m_tick.setInterval(1s);
    connect(&m_tick, &QTimer::timeout, this,
            [this] { m_stopView->setNow(m_server ? m_server->nowMs() : std::nullopt); });
    refresh();
}

OperationsPage::~OperationsPage()
{
    m_stopView->setStop(nullptr);
    m_stop.reset();
}

void OperationsPage::build()
{
    m_table = new QTableView(this);
    m_table->setObjectName(u"containerTable"_s);
    m_table->setAccessibleName(tr("Containers"));
    m_table->setModel(m_containers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_containers->setPalette(palette());

    m_gpus = new GpuCharts(this);
    m_gpus->setEmptyText(tr("No GPU has been seen yet."));
    m_log = new LogPane(u"broker.log"_s, this);
    m_log->setEmptyText(tr("The broker has not written anything yet."));
    m_findings = new FindingsView(this);
    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(u"operationsTabs"_s);
    m_tabs->setDocumentMode(true);
    auto *containers = new QWidget(this);
    m_containerStack = new QStackedLayout(containers);
    m_containerStack->setContentsMargins(0, 0, 0, 0);
    auto *nothing
        = makeHint(tr("Nothing of this stack runs. \"Start…\" begins with the cluster and "
                      "a small test proof."),
                   this);
    nothing->setAlignment(Qt::AlignCenter);
    m_containerStack->addWidget(nothing);
    m_containerStack->addWidget(m_table);
    m_tabs->addTab(containers, tr("Containers"));
    m_tabs->addTab(m_gpus, tr("GPUs"));
    m_tabs->addTab(m_log, tr("Broker log"));
    m_tabs->addTab(m_findings, tr("Findings"));

    m_stopView = new StopView(this);
    connect(m_stopView, &StopView::dismissed, this, [this] {
        m_stopView->setStop(nullptr);
        m_stop.reset();
        refreshButtons();
    });

    auto *content = new QWidget(this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 8, 0, 0);
    column->addWidget(makeHead());
    column->addWidget(m_stopView);
    column->addWidget(m_tabs, 1);
    auto *empty = makeHint(tr("Choose a server with a Boundless checkout."), this);
    empty->setAlignment(Qt::AlignCenter);
    m_stack = new QStackedLayout(this);
    m_stack->addWidget(empty);
    m_stack->addWidget(content);
}

QWidget *OperationsPage::makeHead()
{
    auto *head = new QWidget(this);
    m_title = makeHeading({}, head);
    m_title->setObjectName(u"operationsTitle"_s);
    m_state = makeText({}, head);
    m_state->setObjectName(u"operationsState"_s);
    m_problem = makeHint({}, head);
    m_problem->setObjectName(u"operationsProblem"_s);
    m_start = new QPushButton(tr("Start…"), head);
    m_start->setObjectName(u"operationsStart"_s);
    m_stopButton = new QPushButton(tr("Stop safely…"), head);
    m_stopButton->setObjectName(u"operationsStop"_s);
    m_more = new QPushButton(tr("More"), head);
    m_more->setObjectName(u"operationsMore"_s);
    makeMore();
    connect(m_start, &QPushButton::clicked, this, [this] { want(u"boundless-start"_s); });
    connect(m_stopButton, &QPushButton::clicked, this, &OperationsPage::askToStop);

    auto *words = new QVBoxLayout;
    words->addWidget(m_title);
    words->addWidget(m_state);
    words->addWidget(m_problem);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->addLayout(words, 1);
    for (QPushButton *button : {m_start, m_stopButton, m_more}) {
        row->addWidget(button, 0, Qt::AlignTop);
    }
    return head;
}

void OperationsPage::makeMore()
{
    auto *menu = new QMenu(m_more);
    const QList<QPair<QString, QString>> entries{
        {tr("Benchmark…"), u"boundless-benchmark"_s},
        {tr("Update to another release…"), u"boundless-update"_s},
        {tr("Check the server…"), u"boundless-doctor"_s},
        {tr("Set up…"), u"boundless-setup"_s},
        {tr("Delete the broker's data…"), u"boundless-clean"_s}};
    for (const auto &[title, id] : entries) {
        QAction *action = menu->addAction(title);
        action->setObjectName(id);
        connect(action, &QAction::triggered, this, [this, workflow = id] { want(workflow); });
    }
    m_more->setMenu(menu);
}

void OperationsPage::want(const QString &workflowId)
{
    if (m_server) {
        emit workflowWanted(workflowId,
                            {{u"host"_s, m_server->host()}, {u"repo"_s, m_server->dir()}});
    }
}

void OperationsPage::setServer(std::unique_ptr<BrokerServer> server)
{
    m_stopView->setStop(nullptr);
    m_stop.reset();
    m_server = std::move(server);
    m_hasLookedForStop = false;
    m_containers->setStatus({});
    m_gpus->clear();
    if (m_server) {
        connect(m_server.get(), &BrokerServer::changed, this, &OperationsPage::refresh);
        connect(m_server.get(), &BrokerServer::gpuSampled, m_gpus, &GpuCharts::addSamples);
        connect(m_server.get(), &BrokerServer::logCame, m_log,
                [this](const QByteArray &bytes) { m_log->append(bytes); });
        connect(m_server.get(), &BrokerServer::logCame, this, &OperationsPage::logCame);
        connect(m_server.get(), &BrokerServer::databaseCame, this, &OperationsPage::databaseCame);
        m_server->start();
        m_tick.start();
    } else {
        m_tick.stop();
    }
    refresh();
}

QString OperationsPage::stateText() const
{
    const auto &status = m_server->status();
    if (!status) {
        return m_server->problem().isEmpty() ? tr("Looking at the server…") : u"–"_s;
    }
    if (status->containers.isEmpty()) {
        return tr("Nothing runs.");
    }
    const auto *broker = status->broker();
    QString text = !status->isBrokerRunning() ? tr("The broker does not run.")
        : broker->started.isValid()
        ? tr("The broker runs, for %1.")
              .arg(models::report::durationText(
                  qMax<qint64>(0, broker->started.msecsTo(status->now)) / 1000 * 1000))
        : tr("The broker runs.");
    text += u' '
        + tr("GPU agents: %1, execution agents: %2")
              .arg(status->running(u"gpu"_s))
              .arg(status->running(u"exec"_s));
    text += status->segmentSize ? tr(", segment size 2^%1.").arg(*status->segmentSize) : u"."_s;
    return text;
}

void OperationsPage::refresh()
{
    m_stack->setCurrentIndex(m_server ? 1 : 0);
    if (!m_server) {
        return;
    }
    const auto &checkout = m_server->checkout();
    m_title->setText(
        checkout
            ? tr("%1 in %2 on %3").arg(checkout->versionText(), m_server->dir(), m_server->host())
            : tr("%1 on %2").arg(m_server->dir(), m_server->host()));
    m_state->setText(stateText());
    m_problem->setText(m_server->problem());
    m_problem->setVisible(!m_server->problem().isEmpty());
    if (m_server->status()) {
        m_containers->setStatus(*m_server->status());
    }
    m_containerStack->setCurrentIndex(m_containers->rowCount() > 0 ? 1 : 0);
    refreshFindings();
    refreshButtons();
    if (checkout && !std::exchange(m_hasLookedForStop, true)
        && m_services.hasOpenStop(m_server->host(), m_server->dir())) {
        beginStop();
    }
}

void OperationsPage::refreshFindings()
{
    const QList<models::Finding> findings = m_server->status()
        ? models::boundless::findingsOf(*m_server->status())
        : QList<models::Finding>();
    m_findings->setFindings(findings);
    m_tabs->setTabText(FindingsTab,
                       findings.isEmpty() ? tr("Findings")
                                          : tr("Findings (%1)").arg(findings.size()));
}

void OperationsPage::refreshButtons()
{
    const bool isKnown = m_server && m_server->status().has_value();
    const bool isRunning = isKnown && m_server->status()->isBrokerRunning();
    const bool isStopping = m_stop != nullptr && !models::boundless::isFinal(m_stop->state());
    m_start->setEnabled(isKnown && !isRunning && !isStopping);
    m_start->setToolTip(isRunning ? tr("The broker runs already") : QString());
    m_stopButton->setEnabled(isRunning && !isStopping);
    m_stopButton->setToolTip(isStopping       ? tr("It is being stopped already")
                                 : !isRunning ? tr("No broker is running")
                                              : QString());
    m_more->setEnabled(m_server != nullptr);
}

void OperationsPage::askToStop()
{
    auto *question = new QMessageBox(
        QMessageBox::Question, tr("Stop the broker safely?"),
        tr("The broker on %1 locks no new orders from now on (max_concurrent_proofs = 0). It is "
           "stopped only when no collateral depends on it any more; that can take hours. Then the "
           "limit is set back, so that the next start is as before.")
            .arg(m_server->host()),
        QMessageBox::Cancel, this);
    question->setObjectName(u"stopQuestion"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *begin = question->addButton(tr("Stop safely"), QMessageBox::AcceptRole);
    begin->setObjectName(u"stopBegin"_s);
    connect(begin, &QPushButton::clicked, this, &OperationsPage::beginStop);
    question->open();
}

void OperationsPage::beginStop()
{
    QString problem;
    auto stop = m_services.safeStop(*m_server, m_witness, &problem);
    if (!stop) {
        auto *message = new QMessageBox(QMessageBox::Warning, tr("Not stopped"), problem,
                                        QMessageBox::Close, this);
        message->setAttribute(Qt::WA_DeleteOnClose);
        message->open();
        return;
    }
    m_stopView->setStop(nullptr);
    m_stop = std::move(stop);
    connect(m_stop.get(), &SafeStop::finished, this, [this] {
        m_server->refresh();
        refreshButtons();
    });
    connect(m_stop.get(), &SafeStop::stateChanged, this, &OperationsPage::refreshButtons);
    m_stopView->setStop(m_stop.get());
    m_stop->start();
    refreshButtons();
}

void OperationsPage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        m_containers->setPalette(palette());
    }
    QWidget::changeEvent(event);
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/OrdersPage.h"

#include "ui/boundless/BrokerFileReader.h"
#include "ui/boundless/LineEditStyle.h"
#include "ui/boundless/OrderAlarm.h"
#include "ui/boundless/OrderCards.h"
#include "ui/boundless/OrderFilter.h"
#include "ui/boundless/OrderTableModel.h"
#include "ui/boundless/SkipReasonModel.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"
#include "ui/tables/OrderModel.h"
#include "ui/tables/TablePane.h"
#include "ui/tables/TableView.h"

#include <QComboBox>
#include <QDateTime>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include <chrono>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using models::boundless::OrderRow;
using models::boundless::OrderState;
using models::boundless::OrderSummary;

namespace {

constexpr auto ShowAfter = 200ms;

struct StateChoice
{
    const char *title;
    QList<OrderState> states;
    bool attention = false;
};

const QList<StateChoice> &stateChoices()
{
    static const QList<StateChoice> choices{
        {QT_TRANSLATE_NOOP("OrdersPage", "All states"), {}, false},
        {QT_TRANSLATE_NOOP("OrdersPage", "Needs attention"), {}, true},
        {QT_TRANSLATE_NOOP("OrdersPage", "Open"),
         {OrderState::Locking, OrderState::Locked, OrderState::LostLock, OrderState::Proving,
          OrderState::Proved}},
        {QT_TRANSLATE_NOOP("OrdersPage", "Fulfilled"), {OrderState::Fulfilled}},
        {QT_TRANSLATE_NOOP("OrdersPage", "Failed or lost"),
         {OrderState::Failed, OrderState::SlashPending, OrderState::Expired, OrderState::Slashed,
          OrderState::Overtaken}},
        {QT_TRANSLATE_NOOP("OrdersPage", "Skipped"),
         {OrderState::Skipped, OrderState::NotPriced, OrderState::PassedOver}},
        {QT_TRANSLATE_NOOP("OrdersPage", "Waiting"), {OrderState::Seen, OrderState::Priced}}};
    return choices;
}

} // namespace

OrdersPage::OrdersPage(QWidget *parent)
    : QWidget(parent)
    , m_analysis(std::make_unique<models::boundless::BrokerAnalysis>())
{
    setObjectName(u"ordersPage"_s);
    setAccessibleName(tr("Orders"));
    setAcceptDrops(true);
    setStyleSheet(lineEditStyle());
    m_model = new OrderTableModel(this);
    m_model->setPalette(palette());
    m_filter = new OrderFilter(this);
    m_filter->setSourceModel(m_model);
    m_skips = new SkipReasonModel(this);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 12, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(makeHead());
    auto *body = new QWidget(this);
    m_stack = new QStackedLayout;
    m_stack->addWidget(makeEmpty());
    m_stack->addWidget(body);
    layout->addLayout(m_stack, 1);

    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    m_alarm = new OrderAlarm(body);
    connect(m_alarm, &OrderAlarm::rang, this, [this](const QString &text) {
        if (m_isLive) {
            emit alarmRang(text);
        }
    });
    connect(m_alarm, &OrderAlarm::showWanted, this, [this] { m_state->setCurrentIndex(1); });
    column->addWidget(m_alarm);
    m_cards = new OrderCards(body);
    column->addWidget(m_cards);
    auto *left = new QWidget(body);
    auto *leftColumn = new QVBoxLayout(left);
    leftColumn->setContentsMargins(0, 0, 0, 0);
    leftColumn->addWidget(makeFilters());
    leftColumn->addWidget(makeTable(), 1);
    auto *splitter = new QSplitter(Qt::Vertical, body);
    splitter->addWidget(left);
    splitter->addWidget(makeSide());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    column->addWidget(splitter, 1);

    m_reader = new BrokerFileReader(this);
    connect(m_reader, &BrokerFileReader::logRead, this, &OrdersPage::feedLog);
    connect(m_reader, &BrokerFileReader::logEnded, this, &OrdersPage::finishLog);
    connect(m_reader, &BrokerFileReader::databaseRead, this,
            [this](const QString &name, const models::boundless::DbSnapshot &snapshot) {
                m_names << name;
                joinDatabase(snapshot);
            });
    connect(m_reader, &BrokerFileReader::problem, this,
            [this](const QString &sentence) { m_problems << sentence; });
    connect(m_reader, &BrokerFileReader::done, this, &OrdersPage::showSoon);
    connect(m_reader, &BrokerFileReader::done, this, &OrdersPage::filesRead);
    m_showTimer = new QTimer(this);
    m_showTimer->setSingleShot(true);
    m_showTimer->setInterval(ShowAfter);
    connect(m_showTimer, &QTimer::timeout, this, &OrdersPage::showNow);
    m_clock = new QTimer(this);
    m_clock->setInterval(1s);
    connect(m_clock, &QTimer::timeout, this, &OrdersPage::tick);
    connect(m_filter, &QAbstractItemModel::rowsInserted, m_showTimer, qOverload<>(&QTimer::start));
    showNow();
}

OrdersPage::~OrdersPage() = default;

QWidget *OrdersPage::makeHead()
{
    auto *head = new QWidget(this);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(makeHeading(tr("Orders"), head));
    m_sources = makeHint({}, head);
    m_sources->setObjectName(u"sources"_s);
    row->addWidget(m_sources, 1);
    m_clear = new QPushButton(tr("Clear"), head);
    m_clear->setObjectName(u"clearOrders"_s);
    connect(m_clear, &QPushButton::clicked, this, &OrdersPage::clear);
    row->addWidget(m_clear);
    auto *open = new QPushButton(tr("Open logs…"), head);
    open->setObjectName(u"openLogs"_s);
    connect(open, &QPushButton::clicked, this, &OrdersPage::chooseFiles);
    row->addWidget(open);
    return head;
}

QWidget *OrdersPage::makeEmpty()
{
    auto *empty = new QWidget(this);
    auto *column = new QVBoxLayout(empty);
    column->addStretch(2);
    QLabel *title = makeHeading(tr("No orders yet"), empty);
    title->setAlignment(Qt::AlignCenter);
    column->addWidget(title);
    QLabel *hint = makeHint(
        tr("Drop logs of a broker here, or a copy of its broker.db: the output of \"docker "
           "compose logs broker\", coloured or not, or JSON."),
        empty);
    hint->setAlignment(Qt::AlignCenter);
    column->addWidget(hint);
    auto *open = new QPushButton(tr("Open logs…"), empty);
    open->setObjectName(u"openFirstLogs"_s);
    makePrimary(open);
    connect(open, &QPushButton::clicked, this, &OrdersPage::chooseFiles);
    column->addWidget(open, 0, Qt::AlignHCenter);
    column->addStretch(3);
    return empty;
}

QWidget *OrdersPage::makeFilters()
{
    auto *bar = new QWidget(this);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    m_state = new QComboBox(bar);
    m_state->setObjectName(u"stateFilter"_s);
    m_state->setAccessibleName(tr("Which orders are shown"));
    for (const StateChoice &choice : stateChoices()) {
        m_state->addItem(tr(choice.title));
    }
    connect(m_state, &QComboBox::currentIndexChanged, this, &OrdersPage::applyState);
    row->addWidget(m_state);
    m_search = new QLineEdit(bar);
    m_search->setObjectName(u"searchOrders"_s);
    m_search->setAccessibleName(tr("Search orders"));
    m_search->setPlaceholderText(tr("Request id, reason or error code"));
    m_search->setClearButtonEnabled(true);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filter->setText(text);
        showSoon();
    });
    row->addWidget(m_search, 1);
    m_shown = makeHint({}, bar);
    m_shown->setObjectName(u"shownOrders"_s);
    m_shown->setWordWrap(false);
    row->addWidget(m_shown);
    return bar;
}

QWidget *OrdersPage::makeTable()
{
    m_table = new TablePane(u"orders"_s, tr("Orders"), OrderTableModel::tableColumns(),
                            OrderTableModel::SortRole, m_filter, this);
    m_table->setEmptyText(tr("No order of this choice."));
    m_table->order().sort(OrderTableModel::Seen, Qt::DescendingOrder);
    m_table->view().verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 10);
    connect(&m_table->view(), &QTableView::activated, this, [this](const QModelIndex &index) {
        const int row = m_filter->mapToSource(m_table->order().mapToSource(index)).row();
        const models::Evidence &evidence = m_model->rows().at(row).order.evidence;
        emit lineWanted(evidence.log, evidence.line);
    });
    return m_table;
}

QWidget *OrdersPage::makeSide()
{
    m_side = new QTabWidget(this);
    m_side->setObjectName(u"orderDetails"_s);
    m_side->setDocumentMode(true);
    m_findings = new FindingsView(m_side);
    connect(m_findings, &FindingsView::lineWanted, this, &OrdersPage::lineWanted);
    m_side->addTab(m_findings, tr("Findings"));
    auto *skips = new QTableView(m_side);
    skips->setObjectName(u"skipReasons"_s);
    skips->setAccessibleName(tr("Reasons of skips"));
    skips->setModel(m_skips);
    skips->setSelectionBehavior(QAbstractItemView::SelectRows);
    skips->setShowGrid(false);
    skips->setAlternatingRowColors(true);
    skips->verticalHeader()->hide();
    skips->verticalHeader()->setDefaultSectionSize(skips->fontMetrics().height() + 10);
    skips->horizontalHeader()->setHighlightSections(false);
    skips->horizontalHeader()->setSectionResizeMode(SkipReasonModel::Reason, QHeaderView::Stretch);
    skips->setColumnWidth(SkipReasonModel::Setting,
                          skips->fontMetrics().horizontalAdvance(u'0') * 40);
    connect(skips, &QTableView::doubleClicked, this, [this](const QModelIndex &index) {
        const QString setting = index.data(SkipReasonModel::SettingRole).toString();
        if (!setting.isEmpty()) {
            emit settingWanted(setting);
        }
    });
    m_side->addTab(skips, tr("Skipped because"));
    return m_side;
}

void OrdersPage::chooseFiles()
{
    auto *dialog = new QFileDialog(this, tr("Open logs of a broker"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &OrdersPage::openFiles);
    dialog->open();
}

void OrdersPage::openFiles(const QStringList &paths)
{
    m_reader->read(paths);
    showSoon();
}

void OrdersPage::feedLog(const QString &name, const QByteArray &bytes)
{
    if (!m_names.contains(name)) {
        m_names << name;
    }
    m_analysis->feedLog(name, bytes);
    showSoon();
}

void OrdersPage::finishLog(const QString &name)
{
    m_analysis->finishLog(name);
    showSoon();
}

void OrdersPage::joinDatabase(const models::boundless::DbSnapshot &snapshot)
{
    m_analysis->join(snapshot);
    showSoon();
}

void OrdersPage::joinChain(const QList<models::boundless::OrderChainFacts> &facts)
{
    m_analysis->join(facts);
    showSoon();
}

void OrdersPage::setAccount(const QString &address)
{
    m_analysis->setAccount(address);
    showSoon();
}

void OrdersPage::setLive(bool live)
{
    m_isLive = live;
    if (live) {
        m_clock->start();
    } else {
        m_clock->stop();
    }
    showSoon();
}

void OrdersPage::clear()
{
    m_reader->stop();
    m_names.clear();
    m_problems.clear();
    m_analysis = std::make_unique<models::boundless::BrokerAnalysis>();
    showNow();
}

qint64 OrdersPage::nowMs() const
{
    return m_isLive ? QDateTime::currentMSecsSinceEpoch() : m_analysis->lastMs();
}

QList<models::Finding> OrdersPage::findings() const
{
    return m_analysis->findings(nowMs());
}

void OrdersPage::showSoon()
{
    if (!m_showTimer->isActive()) {
        m_showTimer->start();
    }
}

void OrdersPage::tick()
{
    const qint64 now = nowMs();
    m_model->setNow(now);
    for (const OrderRow &row : m_model->rows()) {
        // What has just passed its deadline stands otherwise now.
        if (row.isExposed && row.deadlineMs && *row.deadlineMs <= now) {
            showNow();
            return;
        }
    }
}

void OrdersPage::showNow()
{
    m_showTimer->stop();
    const bool isEmpty = m_names.isEmpty() && m_analysis->book().size() == 0;
    m_stack->setCurrentIndex(isEmpty ? 0 : 1);
    m_clear->setEnabled(!isEmpty || !m_problems.isEmpty());
    const qint64 now = nowMs();
    const QList<OrderRow> rows = m_analysis->book().rows(now);
    const auto era = m_analysis->book().era();
    m_model->setRows(rows, era, now);
    const OrderSummary sum = models::boundless::OrderBook::summaryOf(rows, m_analysis->patterns());
    m_cards->setSummary(sum, era);
    m_alarm->setRows(rows, era);
    m_skips->setSkips(sum.skips, era);
    const QList<models::Finding> found = m_analysis->findings(now);
    m_findings->setFindings(found);
    m_side->setTabText(0, found.isEmpty() ? tr("Findings") : tr("Findings (%1)").arg(found.size()));
    m_side->setTabText(1,
                       sum.skips.isEmpty() ? tr("Skipped because")
                                           : tr("Skipped because (%1)").arg(sum.skips.size()));
    m_shown->setText(
        m_filter->rowCount() == m_model->rowCount()
            ? tr("%1 orders").arg(m_model->rowCount())
            : tr("%1 of %2 orders").arg(m_filter->rowCount()).arg(m_model->rowCount()));
    QString from = m_names.size() > 3 ? tr("%1 logs").arg(m_names.size()) : m_names.join(u", "_s);
    const auto facts = m_analysis->facts();
    if (facts.era != models::boundless::BrokerEra::Unknown) {
        from += facts.version.isEmpty()
            ? tr(" · broker of %1").arg(models::boundless::eraWord(facts.era))
            : tr(" · broker %1").arg(facts.version);
    }
    if (!m_isLive && facts.lastMs) {
        from += tr(" · as of %1").arg(localTimeText(QDateTime::fromMSecsSinceEpoch(*facts.lastMs)));
    }
    from += m_reader->isReading() ? tr(" · reading…") : QString();
    for (const QString &problem : std::as_const(m_problems)) {
        from += u'\n' + problem;
    }
    m_sources->setText(from);
    emit changed();
}

void OrdersPage::applyState(int index)
{
    const StateChoice &choice = stateChoices().at(std::max(0, index));
    QSet<int> states;
    for (const OrderState state : choice.states) {
        states.insert(int(state));
    }
    m_filter->setStates(states);
    m_filter->setAttentionOnly(choice.attention);
    showSoon();
}

void OrdersPage::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void OrdersPage::dropEvent(QDropEvent *event)
{
    QStringList paths;
    for (const QUrl &url : event->mimeData()->urls()) {
        if (url.isLocalFile()) {
            paths << url.toLocalFile();
        }
    }
    openFiles(paths);
}

void OrdersPage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_model != nullptr) {
        m_model->setPalette(palette());
    }
}

} // namespace proverdeck::ui

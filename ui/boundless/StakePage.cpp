// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/StakePage.h"

#include "ui/boundless/AlertsDialog.h"
#include "ui/boundless/EndpointDialog.h"
#include "ui/boundless/NoticeBar.h"
#include "ui/boundless/StakeChart.h"
#include "ui/boundless/StakeEventModel.h"
#include "ui/boundless/TransferDialog.h"
#include "ui/boundless/ValueCard.h"
#include "ui/common/Theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace models::boundless;
using models::evm::RpcUrl;

StakePage::StakePage(StakeStore *store, models::SecretStore *secrets, QWidget *parent)
    : QWidget(parent)
    , m_store(store)
    , m_secrets(secrets)
    , m_stack(new QStackedWidget(this))
    , m_events(new StakeEventModel(this))
{
    setObjectName(u"stakePage"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);
    m_stack->addWidget(makeEmptyState());
    m_stack->addWidget(makeDashboard());
    if (m_store) {
        m_config = m_store->load();
        m_book = m_store->transfers();
    }
    m_soon.setSingleShot(true);
    m_soon.setInterval(40ms);
    connect(&m_soon, &QTimer::timeout, this, &StakePage::refresh);
    m_age.setInterval(1s);
    connect(&m_age, &QTimer::timeout, this, &StakePage::refreshHeader);
    refresh();
}

StakePage::~StakePage() = default;

void StakePage::setPace(const models::evm::RpcLimits &limits, std::chrono::milliseconds interval)
{
    m_limits = limits;
    m_interval = interval;
}

QWidget *StakePage::makeEmptyState()
{
    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setAlignment(Qt::AlignCenter);
    QFrame *card = makeCard(page);
    card->setFixedWidth(560);
    auto *inside = new QVBoxLayout(card);
    inside->setContentsMargins(28, 24, 28, 24);
    inside->setSpacing(12);
    inside->addWidget(makeHeading(tr("Your prover's collateral"), card));
    inside->addWidget(makeText(
        tr("Proverdeck reads it from the chain: what is in the market, what is locked for running "
           "requests, what was slashed, and when it runs low. It needs the prover's address and an "
           "RPC "
           "endpoint of the network, as a provider gives you. It holds no key and moves nothing by "
           "itself."),
        card));
    m_emptyNote = makeHint({}, card);
    m_emptyNote->setObjectName(u"stakeEmptyNote"_s);
    inside->addWidget(m_emptyNote);
    auto *connectButton = new QPushButton(tr("Connect to a network…"), card);
    connectButton->setObjectName(u"stakeConnect"_s);
    makePrimary(connectButton);
    connect(connectButton, &QPushButton::clicked, this, &StakePage::openEndpointDialog);
    inside->addWidget(connectButton, 0, Qt::AlignLeft);
    column->addWidget(card);
    return page;
}

QWidget *StakePage::makeHeader()
{
    auto *header = new QWidget(this);
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    m_title = makeHeading({}, header);
    m_title->setObjectName(u"stakeTitle"_s);
    texts->addWidget(m_title);
    auto *stateRow = new QHBoxLayout;
    stateRow->setSpacing(6);
    m_sign = new QLabel(header);
    m_state = makeHint({}, header);
    m_state->setObjectName(u"stakeState"_s);
    stateRow->addWidget(m_sign, 0, Qt::AlignTop);
    stateRow->addWidget(m_state, 1);
    texts->addLayout(stateRow);
    row->addLayout(texts, 1);
    const auto button = [&](const QString &text, const QString &name, auto slot) {
        auto *made = new QPushButton(text, header);
        made->setObjectName(name);
        connect(made, &QPushButton::clicked, this, slot);
        row->addWidget(made, 0, Qt::AlignTop);
        return made;
    };
    m_deposit = button(tr("Deposit…"), u"stakeDeposit"_s,
                       [this] { openTransferDialog(TransferKind::Deposit); });
    m_withdraw = button(tr("Withdraw…"), u"stakeWithdraw"_s,
                        [this] { openTransferDialog(TransferKind::Withdrawal); });
    button(tr("Alerts…"), u"stakeAlerts"_s, [this] { openAlertsDialog(); });
    button(tr("Endpoint…"), u"stakeEndpoint"_s, [this] { openEndpointDialog(); });
    button(tr("Read now"), u"stakeRefresh"_s, [this] { m_watch->retry(); });
    return header;
}

QWidget *StakePage::makeHistory()
{
    auto *area = new QWidget(this);
    auto *column = new QVBoxLayout(area);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto *bar = new QHBoxLayout;
    m_historyNote = makeHint({}, area);
    m_historyNote->setObjectName(u"stakeHistoryNote"_s);
    m_progress = new QProgressBar(area);
    m_progress->setObjectName(u"stakeProgress"_s);
    m_progress->setAccessibleName(tr("Reading events"));
    m_progress->setFixedWidth(160);
    m_progress->setTextVisible(false);
    m_older = new QPushButton(tr("Read 7 more days"), area);
    m_older->setObjectName(u"stakeOlder"_s);
    connect(m_older, &QPushButton::clicked, this, [this] { m_watch->loadOlder(7); });
    bar->addWidget(m_historyNote, 1);
    bar->addWidget(m_progress);
    bar->addWidget(m_older);
    column->addLayout(bar);
    m_table = new QTableView(area);
    m_table->setObjectName(u"stakeEvents"_s);
    m_table->setAccessibleName(tr("Events"));
    m_table->setModel(m_events);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setStyleSheet(u"QTableView::item { border: 0; padding: 0 8px; }"_s);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 9);
    QHeaderView *head = m_table->horizontalHeader();
    head->setHighlightSections(false);
    head->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    head->setMinimumSectionSize(60);
    head->setStretchLastSection(true);
    const QList<int> widths{160, 190, 220, 200, 200};
    for (int i = 0; i < widths.size(); ++i) {
        head->resizeSection(i, widths.at(i));
    }
    auto *copy = new QAction(tr("Copy"), m_table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &StakePage::copySelected);
    m_table->addAction(copy);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    column->addWidget(m_table, 1);
    return area;
}

QWidget *StakePage::makeDashboard()
{
    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(10);
    column->addWidget(makeHeader());
    m_notices = new NoticeBar(page);
    column->addWidget(m_notices);
    auto *cards = new QHBoxLayout;
    cards->setSpacing(10);
    m_collateral = new ValueCard(tr("Collateral in the market"), u"cardCollateral"_s, page);
    m_locked = new ValueCard(tr("Locked for requests"), u"cardLocked"_s, page);
    m_wallet = new ValueCard(tr("Wallet"), u"cardWallet"_s, page);
    m_coin = new ValueCard(tr("For fees"), u"cardCoin"_s, page);
    for (ValueCard *card : {m_collateral, m_locked, m_wallet, m_coin}) {
        cards->addWidget(card, 1);
    }
    column->addLayout(cards);
    auto *splitter = new QSplitter(Qt::Vertical, page);
    splitter->setChildrenCollapsible(false);
    m_chart = new StakeChart(splitter);
    splitter->addWidget(m_chart);
    splitter->addWidget(makeHistory());
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({1000, 900}); // shares, not pixels
    column->addWidget(splitter, 1);
    return page;
}

QString StakePage::secretKey(const QString &network) const
{
    return u"RPC endpoint of "_s + network + u" (Boundless)"_s;
}

Network StakePage::networkOf(const StakeConfig &config) const
{
    const auto networks = loadNetworks();
    if (networks) {
        for (const Network &network : *networks) {
            if (network.id == config.network) {
                return network;
            }
        }
    }
    return customNetwork();
}

void StakePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!m_wasShown) {
        m_wasShown = true;
        findRemembered();
    }
}

void StakePage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_state) {
        refreshSoon();
    }
}

/// Only now, so that the keychain is not opened for somebody who never looks here.
void StakePage::findRemembered()
{
    const bool isSetUp = !m_config.account.isEmpty() && m_config.remembersEndpoint;
    if (m_watch || !isSetUp || !m_secrets) {
        return;
    }
    m_secrets->find(
        secretKey(m_config.network),
        [self = QPointer(this)](const std::optional<QString> &secret, const QString &problem) {
            if (!self || self->m_watch) {
                return;
            }
            const auto url = RpcUrl::fromText(secret.value_or(QString()));
            if (url) {
                self->watch(self->m_config, *url);
                return;
            }
            self->m_keychainProblem = problem;
            self->refreshSoon();
        });
}

void StakePage::watch(const StakeConfig &config, const RpcUrl &endpoint)
{
    const Network network = networkOf(config);
    m_losses.reset();
    if (config.account != m_config.account || config.market != m_config.market) {
        m_told.clear();
    }
    m_config = config;
    m_endpoint = endpoint;
    if (config.market.isEmpty() && !network.deployments.isEmpty()) {
        m_config.market = network.deployments.first().market.toString();
    }
    const auto market = models::evm::Address::fromText(m_config.market);
    const auto account = models::evm::Address::fromText(config.account);
    if (!market || !account) {
        return;
    }
    m_watch = std::make_unique<StakeWatch>(endpoint, m_limits);
    m_watch->setInterval(m_interval);
    m_watch->setThresholds(config.thresholds);
    connect(m_watch.get(), &StakeWatch::changed, this, &StakePage::refreshSoon);
    connect(m_watch.get(), &StakeWatch::alerted, this, &StakePage::onAlert);
    StakeTarget target;
    target.network = network;
    target.market = *market;
    target.account = *account;
    target.historyDays = config.historyDays;
    m_watch->start(target);
    m_events->clear();
    m_age.start();
    save();
    refresh();
}

void StakePage::save()
{
    if (m_store) {
        m_store->save(m_config);
    }
}

void StakePage::keepEndpoint(const StakeConfig &config, const RpcUrl &url)
{
    if (!m_secrets) {
        return;
    }
    const auto told = [self = QPointer(this)](const QString &problem) {
        if (self) {
            self->m_keychainProblem = problem;
            self->refreshSoon();
        }
    };
    if (config.remembersEndpoint) {
        m_secrets->keep(secretKey(config.network), url.secretText(), told);
    } else if (m_config.remembersEndpoint) {
        m_secrets->forget(secretKey(m_config.network), told);
    }
}

void StakePage::openEndpointDialog()
{
    const auto networks = loadNetworks();
    if (!networks) {
        m_emptyNote->setText(networks.error());
        return;
    }
    auto *dialog = new EndpointDialog(*networks, m_config, !m_endpoint.isEmpty(),
                                      m_secrets != nullptr, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const RpcUrl url = dialog->endpoint().isEmpty() ? m_endpoint : dialog->endpoint();
        StakeConfig config = dialog->config();
        if (config.market != m_config.market) { // another token: its base units are others
            config.thresholds.collateralWarning.reset();
            config.thresholds.collateralCritical.reset();
        }
        keepEndpoint(config, url);
        watch(config, url);
    });
    dialog->open();
}

void StakePage::openAlertsDialog()
{
    if (!m_watch || !m_watch->facts()) {
        return;
    }
    auto *dialog
        = new AlertsDialog(m_config.thresholds, m_watch->facts()->symbol,
                           m_watch->facts()->decimals, m_watch->target().network.coin, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_config.thresholds = dialog->thresholds();
        m_watch->setThresholds(m_config.thresholds);
        save();
    });
    dialog->open();
}

void StakePage::copySelected()
{
    const QModelIndex index = m_table->currentIndex();
    if (index.isValid()) {
        QApplication::clipboard()->setText(index.data(StakeEventModel::CopyRole).toString());
    }
}

} // namespace proverdeck::ui

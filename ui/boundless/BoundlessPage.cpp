// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/BoundlessPage.h"

#include "models/boundless/ops/ServerFile.h"
#include "models/boundless/ops/SettingsProof.h"
#include "models/boundless/ops/StakeWitness.h"
#include "ui/Notifier.h"
#include "ui/Services.h"
#include "ui/boundless/BenchmarkDialog.h"
#include "ui/boundless/ComposePage.h"
#include "ui/boundless/EnvPage.h"
#include "ui/boundless/OperationsPage.h"
#include "ui/boundless/OrdersPage.h"
#include "ui/boundless/RequestorListsPage.h"
#include "ui/boundless/SettingsDocument.h"
#include "ui/boundless/SettingsForm.h"
#include "ui/boundless/ShownServer.h"
#include "ui/boundless/StakePage.h"
#include "ui/common/Theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using models::boundless::BenchmarkFigure;
using models::boundless::ServerFile;
using models::boundless::SettingsProof;

namespace {

constexpr int OperationsTab = 1;
constexpr auto ProofPatience = 20s; ///< far more than a broker needs to see that its file changed

} // namespace

BoundlessPage::BoundlessPage(Services &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_notifier(new Notifier(this))
    , m_tabs(new QTabWidget(this))
    , m_stake(new StakePage(services.stakeStore(), services.secrets(), this))
    , m_orders(new OrdersPage(this))
    , m_document(std::make_unique<SettingsDocument>())
    , m_settings(new SettingsForm(*m_document, this))
    , m_requestors(new RequestorListsPage(*m_document, this))
    , m_compose(new ComposePage(this))
    , m_env(new EnvPage(this))
    , m_proof(new models::boundless::SettingsProof(this))
{
    setObjectName(u"boundlessPage"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 18, 24, 16);
    column->setSpacing(8);
    column->addWidget(makeHeading(tr("Boundless prover"), this));
    m_tabs->setObjectName(u"boundlessTabs"_s);
    m_tabs->setDocumentMode(true);
    addTabs();
    column->addWidget(m_tabs);
    connectNotices();
    connect(m_orders, &OrdersPage::settingWanted, this, &BoundlessPage::showSetting);
    connect(m_document.get(), &SettingsDocument::saveWanted, this, &BoundlessPage::saveSettings);
    connect(m_orders, &OrdersPage::changed, m_proof,
            [this] { m_proof->look(m_orders->analysis().facts().settings); });
    connect(m_document.get(), &SettingsDocument::changed, m_proof, [this] {
        if (!m_document->path().isEmpty() && m_proof->state() != SettingsProof::State::None) {
            m_proof->forget(); // a file of this machine is open now
        }
    });
    connect(m_proof, &SettingsProof::changed, m_settings, [this] {
        m_settings->setOutcome(m_proof->text(), m_proof->state() == SettingsProof::State::Refused);
    });
    connect(m_compose, &ComposePage::saveWanted, this,
            [this](const QByteArray &before, const QByteArray &now) {
                save(m_composeFile, m_composeOf, before, now,
                     [this, now] { m_compose->markSaved(now); });
            });
    connect(m_settings, &SettingsForm::fileWanted, this, &BoundlessPage::openSettings);
    connect(m_settings, &SettingsForm::benchmarksWanted, this, &BoundlessPage::chooseBenchmark);
    connect(m_env, &EnvPage::fileWanted, this, &BoundlessPage::openEnvironment);
    connect(m_env, &EnvPage::saveWanted, this,
            [this](const QByteArray &before, const QByteArray &now) {
                save(m_envFile, m_envOf, before, now, [this, now] { m_env->markSaved(now); });
            });
    connect(m_compose, &ComposePage::execAgentsChanged, this, [this](int count) {
        models::boundless::SettingsContext context = m_document->context();
        context.execAgents = count;
        m_document->setContext(context);
    });
}

BoundlessPage::~BoundlessPage()
{
    m_stake->setServer(nullptr);
    delete m_operations; // its server speaks to the others
    // The pages look at the document to their last moment.
    delete m_settings;
    delete m_requestors;
}

void BoundlessPage::connectNotices()
{
    connect(m_stake, &StakePage::attentionWanted, m_notifier,
            [this](const QString &title, const QString &text, bool isCritical) {
                m_notifier->notify(title, text,
                                   isCritical ? Notifier::Urgency::Critical
                                              : Notifier::Urgency::Normal);
            });
    connect(m_orders, &OrdersPage::alarmRang, m_notifier, [this](const QString &text) {
        m_notifier->notify(tr("An order's collateral is in danger"), text,
                           Notifier::Urgency::Critical);
    });
}

void BoundlessPage::offerOpenStops()
{
    const auto stops = m_operations != nullptr ? m_services.operations()->openStops()
                                               : QList<QPair<QString, QString>>();
    if (stops.isEmpty()) {
        return;
    }
    QStringList lines;
    for (const auto &[host, dir] : stops) {
        lines << tr("%1 on %2").arg(dir, host);
    }
    auto *box = new QMessageBox(
        QMessageBox::Question, tr("Unfinished safe stops"),
        tr("A safe stop was begun and has not ended. Until it goes on, the broker locks no new "
           "orders, and it is not stopped:\n\n%1")
            .arg(lines.join(u'\n')),
        QMessageBox::NoButton, this);
    box->setObjectName(u"openStops"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto &[host, dir] : stops) {
        QPushButton *button
            = box->addButton(tr("Go on with %1").arg(host), QMessageBox::AcceptRole);
        connect(button, &QPushButton::clicked, this, [this, server = host, folder = dir] {
            emit wanted();
            m_tabs->setCurrentIndex(OperationsTab);
            connectTo(server, folder);
        });
    }
    box->addButton(tr("Later"), QMessageBox::RejectRole);
    box->open();
}

void BoundlessPage::addTabs()
{
    m_tabs->addTab(m_stake, tr("Stake"));
    if (OperationsServices *operations = m_services.operations()) {
        auto *page = new QWidget(m_tabs);
        auto *rows = new QVBoxLayout(page);
        rows->setContentsMargins(0, 0, 0, 0);
        rows->addWidget(makeServer());
        m_operations = new OperationsPage(*operations, page);
        m_witness = std::make_unique<models::boundless::StakeWitness>(
            [this] { return m_stake->stakeWatch(); });
        m_operations->setWitness(m_witness.get());
        rows->addWidget(m_operations, 1);
        m_tabs->addTab(page, tr("Operations"));
        connect(m_operations, &OperationsPage::workflowWanted, this,
                &BoundlessPage::workflowWanted);
        connect(m_operations, &OperationsPage::logCame, m_orders,
                [this](const QByteArray &bytes) { m_orders->feedLog(u"broker"_s, bytes); });
        connect(m_operations, &OperationsPage::databaseCame, m_orders, &OrdersPage::joinDatabase);
    }
    m_tabs->addTab(m_orders, tr("Orders"));
    m_tabs->addTab(m_settings, tr("Settings"));
    m_tabs->addTab(m_requestors, tr("Requestors"));
    m_tabs->addTab(m_compose, tr("Agents"));
    m_tabs->addTab(m_env, tr("Environment"));
}

QWidget *BoundlessPage::makeServer()
{
    auto *bar = new QWidget(this);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 12, 0, 0);
    m_host = new QComboBox(bar);
    m_host->setObjectName(u"boundlessHost"_s);
    m_host->setAccessibleName(tr("Server"));
    m_host->setEditable(true);
    m_host->addItems(m_services.hosts());
    m_host->setCurrentText({});
    m_host->lineEdit()->setPlaceholderText(tr("Name from ~/.ssh/config, or user@host:port"));
    m_host->setMinimumWidth(280);
    m_dir = new QLineEdit(u"~/boundless"_s, bar);
    m_dir->setObjectName(u"boundlessDir"_s);
    m_dir->setAccessibleName(tr("Checkout on the server"));
    auto *connectButton = new QPushButton(tr("Connect"), bar);
    connectButton->setObjectName(u"boundlessConnect"_s);
    m_problem = new QLabel(bar);
    m_problem->setObjectName(u"boundlessConnectProblem"_s);
    m_problem->setWordWrap(true);
    row->addWidget(new QLabel(tr("Server"), bar));
    row->addWidget(m_host);
    row->addWidget(new QLabel(tr("Checkout"), bar));
    row->addWidget(m_dir);
    row->addWidget(connectButton);
    row->addWidget(m_problem, 1);
    connect(connectButton, &QPushButton::clicked, this, &BoundlessPage::onConnect);
    connect(m_host->lineEdit(), &QLineEdit::returnPressed, this, &BoundlessPage::onConnect);
    return bar;
}

void BoundlessPage::onConnect()
{
    const QString host = m_host->currentText().trimmed();
    models::Input folder;
    folder.id = u"dir"_s;
    folder.type = models::InputType::RemotePath;
    const auto dir = models::checkValue(folder, m_dir->text().trimmed());
    if (host.isEmpty() || !dir) {
        m_problem->setText(host.isEmpty() ? tr("Name the server.") : dir.error().text);
        return;
    }
    connectTo(host, dir->toString());
}

void BoundlessPage::connectTo(const QString &host, const QString &dir)
{
    if (m_operations == nullptr) {
        return;
    }
    const models::boundless::SafeStop *stop = m_operations->stop();
    if (stop != nullptr && !models::boundless::isFinal(stop->state())) {
        m_problem->setText(tr("The broker on %1 is being stopped: wait for its end, or give the "
                              "stop up, before you connect to another server.")
                               .arg(m_operations->server()->host()));
        return;
    }
    m_host->setCurrentText(host);
    m_dir->setText(dir);
    m_serverName = host + u':';
    m_stake->setServer(nullptr);
    m_shown.reset();
    m_env->clear();
    m_problem->clear();
    m_proof->forget();
    m_orders->clear();
    m_orders->setLive(true);
    auto server = std::make_unique<models::boundless::BrokerServer>(
        m_services.shellFor(host), dir, models::boundless::BrokerServer::Options{});
    connect(server.get(), &models::boundless::BrokerServer::changed, this,
            &BoundlessPage::onServerChanged);
    m_operations->setServer(std::move(server));
}

/// Once it is known what the checkout is, its files are opened: those of this machine that somebody
/// has changed and not saved stay.
void BoundlessPage::onServerChanged()
{
    const models::boundless::BrokerServer *server = m_operations->server();
    if (server != nullptr && server->checkout() && !m_shown) {
        m_shown = std::make_unique<ShownServer>(m_services, server->host(), *server->checkout());
        m_stake->setServer(m_shown.get());
    }
    if (server != nullptr && server->checkout() && m_toml.isNull() && server->problem().isEmpty()) {
        openServerFiles();
    }
}

void BoundlessPage::openServerFiles()
{
    models::boundless::BrokerServer *server = m_operations->server();
    const models::boundless::Checkout &checkout = *server->checkout();
    // What was opened from here, changed and not saved is still of its own file.
    const bool isOfThis = m_tomlOf.startsWith(m_serverName + checkout.path + u'/');
    m_toml = new ServerFile(server->shell(),
                            isOfThis ? m_tomlOf.mid(m_serverName.size())
                                     : QString(checkout.path + u"/broker.toml"_s),
                            server);
    m_composeFile
        = new ServerFile(server->shell(), checkout.path + u'/' + checkout.composeFile, server);
    QStringList environment = checkout.keyFiles + checkout.rpcFiles;
    environment.removeDuplicates();
    m_env->setFiles(environment);
    const QString on = tr("%1 on %2");
    if (checkout.hasBrokerToml) {
        openSettings(u"broker.toml"_s);
    }
    if (!checkout.composeFile.isEmpty() && !m_compose->isChanged()) {
        m_composeFile->read(
            [this, name = on.arg(checkout.composeFile, server->host())](const auto &bytes) {
                if (!bytes) {
                    tell(bytes.error());
                    return;
                }
                m_composeOf = m_serverName + m_composeFile->path();
                m_compose->load(name, *bytes);
            });
    }
}

/// broker.toml or the file of one chain. What somebody has changed and not saved stays.
void BoundlessPage::openSettings(const QString &name)
{
    models::boundless::BrokerServer *server = m_operations->server();
    if (server == nullptr || !server->checkout()) {
        return;
    }
    const models::boundless::Checkout &checkout = *server->checkout();
    const QStringList files = QStringList{u"broker.toml"_s} + checkout.overrideFiles;
    if (m_document->file().isChanged()) {
        if (!m_tomlOf.isEmpty()) {
            m_settings->setFiles(files, m_tomlOf.section(checkout.path + u'/', 1));
        }
        return;
    }
    delete m_toml;
    m_toml = new ServerFile(server->shell(), checkout.path + u'/' + name, server);
    m_toml->read(
        [this, name, files, title = tr("%1 on %2").arg(name, server->host())](const auto &bytes) {
            if (!bytes) {
                tell(bytes.error());
                return;
            }
            m_tomlOf = m_serverName + m_toml->path();
            m_proof->forget();
            m_document->load(title, *bytes);
            m_settings->setFiles(files, name);
            models::boundless::SettingsContext context = m_document->context();
            context.benchmarkKhz.reset();
            const QList<BenchmarkFigure> figures = benchmarks();
            const QString host = m_operations->server()->host();
            const auto mine = std::ranges::find_if(figures, [&host](const BenchmarkFigure &figure) {
                return figure.host == host && figure.saysSomething();
            });
            if (mine != figures.end()) {
                context.benchmarkKhz = mine->khz;
            }
            m_document->setContext(context);
        });
}

/// Newest first.
QList<BenchmarkFigure> BoundlessPage::benchmarks() const
{
    QList<models::RunRecord> runs;
    const QList<models::store::RunHead> heads = m_services.store().heads();
    for (const models::store::RunHead &head : heads) {
        if (head.run.workflow != u"boundless-benchmark") {
            continue;
        }
        if (const auto run = m_services.store().load(head.run.id)) { // with its steps
            runs << *run;
        }
    }
    return models::boundless::benchmarkFigures(runs);
}

void BoundlessPage::chooseBenchmark()
{
    const models::boundless::BrokerServer *server
        = m_operations != nullptr ? m_operations->server() : nullptr;
    auto *dialog = new BenchmarkDialog(benchmarks(), server != nullptr ? server->host() : QString(),
                                       m_services.tableMemory(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &BenchmarkDialog::chosen, this, &BoundlessPage::useBenchmark);
    dialog->open();
}

/// Into the form, and on to the difference that would be saved.
void BoundlessPage::useBenchmark(qint64 peakProveKhz, const BenchmarkFigure &worst)
{
    models::boundless::SettingsContext context = m_document->context();
    context.benchmarkKhz = worst.khz;
    m_document->setContext(context);
    const auto schema = models::boundless::SettingsSchema::builtIn();
    const auto *key = schema->find(m_document->era(), u"market"_s, u"peak_prove_khz"_s);
    const QString problem = key == nullptr
        ? tr("This generation of the broker has no peak_prove_khz.")
        : m_document->setText(*key, QString::number(peakProveKhz));
    if (!problem.isEmpty()) {
        tell(problem);
        return;
    }
    m_settings->showKey(u"peak_prove_khz"_s);
    if (!m_document->file().isChanged()) {
        tell(tr("peak_prove_khz is %1 already.").arg(peakProveKhz));
        return;
    }
    m_settings->save();
}

/// Then the broker's log must show that it took the file: it reads only its main one again by
/// itself.
void BoundlessPage::saveSettings(const QByteArray &before, const QByteArray &now)
{
    m_proof->forget();
    const models::boundless::LogFacts facts = m_orders->analysis().facts();
    save(m_toml, m_tomlOf, before, now,
         [this, now, word = facts.settings, since = facts.lastMs.value_or(0)] {
             m_document->markSaved(now);
             const models::boundless::BrokerServer *server = m_operations->server();
             if (server != nullptr && server->status() && m_tomlOf.endsWith(u"/broker.toml")) {
                 m_proof->begin(word, since, server->status()->isBrokerRunning(), ProofPatience);
                 m_proof->look(m_orders->analysis().facts().settings); // it may have come meanwhile
             }
         });
}

/// Changes that were not saved are lost with the file, so that they are never saved elsewhere.
void BoundlessPage::openEnvironment(const QString &name)
{
    models::boundless::BrokerServer *server = m_operations->server();
    if (server == nullptr || !server->checkout()) {
        return;
    }
    delete m_envFile;
    m_envFile = new ServerFile(server->shell(), server->checkout()->path + u'/' + name, server);
    m_envFile->read([this, name, where = tr("on %1").arg(server->host())](const auto &bytes) {
        if (!bytes) {
            tell(bytes.error());
            return;
        }
        m_envOf = m_serverName + m_envFile->path();
        m_env->load(name, where, *bytes);
    });
}

/// What was opened from one server is never written on another one.
void BoundlessPage::save(const QPointer<ServerFile> &file, const QString &of,
                         const QByteArray &before, const QByteArray &now,
                         const std::function<void()> &done)
{
    if (file.isNull() || of != m_serverName + file->path()) {
        tell(tr("This file was opened from %1, and that server is not shown any more: connect to "
                "it again, then save.")
                 .arg(of));
        return;
    }
    file->write(before, now, [this, done](const QString &problem) {
        problem.isEmpty() ? done() : tell(problem);
    });
}

void BoundlessPage::tell(const QString &problem)
{
    auto *box = new QMessageBox(QMessageBox::Warning, tr("Settings on the server"), problem,
                                QMessageBox::Ok, this);
    box->setObjectName(u"boundlessProblem"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void BoundlessPage::showSetting(const QString &key)
{
    m_tabs->setCurrentWidget(m_settings);
    m_settings->showKey(key);
}

} // namespace proverdeck::ui

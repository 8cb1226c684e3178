// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/EnvPage.h"

#include "models/boundless/Networks.h"
#include "ui/boundless/EnvTableModel.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QRegularExpression>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::EnvFile;
using models::boundless::RpcCheck;
using models::evm::RpcUrl;

EnvPage::EnvPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new EnvTableModel(this))
{
    setObjectName(u"envPage"_s);
    auto *content = new QWidget(this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(10);
    column->addWidget(makeHead());
    column->addWidget(makeForm());
    m_table = new QTableView(content);
    m_table->setObjectName(u"envTable"_s);
    m_table->setAccessibleName(tr("Variables"));
    m_table->setModel(m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(EnvTableModel::Name,
                                                      QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(EnvTableModel::Value, QHeaderView::Stretch);
    m_findings = new FindingsView(content);
    column->addWidget(m_table, 3);
    column->addWidget(m_findings, 2);
    auto *empty
        = makeHint(tr("Connect to a server with a Boundless checkout (Operations): network, "
                      "RPC endpoint and key of its environment files are set here."),
                   this);
    empty->setAlignment(Qt::AlignCenter);
    m_stack = new QStackedLayout(this);
    m_stack->addWidget(empty);
    m_stack->addWidget(content);
    refresh();
}

EnvPage::~EnvPage() = default;

QWidget *EnvPage::makeHead()
{
    auto *head = new QWidget(this);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    auto *words = new QVBoxLayout;
    m_title = makeHeading({}, head);
    m_title->setObjectName(u"envTitle"_s);
    m_message = makeHint({}, head);
    m_message->setObjectName(u"envMessage"_s);
    words->addWidget(m_title);
    words->addWidget(m_message);
    m_files = new QComboBox(head);
    m_files->setObjectName(u"envFiles"_s);
    m_files->setAccessibleName(tr("Environment file"));
    m_save = new QPushButton(tr("Save…"), head);
    m_save->setObjectName(u"envSave"_s);
    makePrimary(m_save);
    row->addLayout(words, 1);
    row->addWidget(m_files, 0, Qt::AlignTop);
    row->addWidget(m_save, 0, Qt::AlignTop);
    connect(m_files, &QComboBox::textActivated, this, [this](const QString &name) {
        if (name != m_name) {
            emit fileWanted(name);
        }
    });
    connect(m_save, &QPushButton::clicked, this, &EnvPage::onSave);
    return head;
}

QWidget *EnvPage::makeForm()
{
    QFrame *card = makeCard(this);
    auto *form = new QFormLayout(card);
    form->setContentsMargins(16, 12, 16, 12);
    m_network = makeText({}, card);
    m_network->setObjectName(u"envNetwork"_s);
    form->addRow(tr("Network"), m_network);
    const auto secretRow = [&](const QString &title, const QString &object, const QString &hint,
                               QLabel *&now, QLineEdit *&field, const QString &suffix) {
        auto *row = new QHBoxLayout;
        now = makeText({}, card);
        now->setObjectName(object + u"Now"_s);
        now->setMinimumWidth(240);
        field = new QLineEdit(card);
        field->setObjectName(object);
        field->setAccessibleName(title);
        field->setEchoMode(QLineEdit::Password);
        field->setPlaceholderText(hint);
        auto *set = new QPushButton(tr("Set"), card);
        set->setObjectName(object + u"Set"_s);
        row->addWidget(now);
        row->addWidget(field, 1);
        row->addWidget(set);
        form->addRow(title, row);
        connect(set, &QPushButton::clicked, this,
                [this, suffix, entered = field] { onSet(nameOf(suffix), *entered); });
        return row;
    };
    QHBoxLayout *rpc = secretRow(tr("RPC endpoint"), u"envRpc"_s, tr("another address: https://…"),
                                 m_rpcNow, m_rpc, u"RPC_URL"_s);
    m_checkButton = new QPushButton(tr("Check"), card);
    m_checkButton->setObjectName(u"envCheck"_s);
    rpc->addWidget(m_checkButton);
    connect(m_checkButton, &QPushButton::clicked, this, &EnvPage::onCheck);
    secretRow(tr("Private key"), u"envKey"_s, tr("another key: 64 hexadecimal digits"), m_keyNow,
              m_key, u"PRIVATE_KEY"_s);
    return card;
}

/// "RPC_URL" until 1.0, "PROVER_RPC_URL" from 1.1 on: as the file has it.
QString EnvPage::nameOf(const QString &suffix) const
{
    const QString recent = u"PROVER_"_s + suffix;
    const bool isRecent = m_file.value(recent)
        || (!m_file.value(suffix) && (m_name == u".env" || m_file.value(u"PROVER_RPC_URL"_s)));
    return isRecent ? recent : suffix;
}

void EnvPage::setFiles(const QStringList &names)
{
    m_files->clear();
    m_files->addItems(names);
    if (names.contains(m_name)) {
        m_files->setCurrentText(m_name);
    } else if (!names.isEmpty()) {
        emit fileWanted(names.first());
    }
}

void EnvPage::load(const QString &name, const QString &where, const QByteArray &bytes)
{
    m_name = name;
    m_where = where;
    m_file = EnvFile(bytes);
    m_saved = bytes;
    m_problem.clear();
    m_check.reset();
    m_rpcFindings.clear();
    m_files->setCurrentText(name);
    refresh();
}

void EnvPage::clear()
{
    m_files->clear();
    load({}, {}, {});
}

void EnvPage::markSaved(const QByteArray &written)
{
    m_saved = written;
    m_problem = tr("Saved. A running broker takes it at its next start.");
    refresh();
}

void EnvPage::onSet(const QString &name, QLineEdit &field)
{
    const QString value = field.text().trimmed();
    static const QRegularExpression key(u"^(0x)?[0-9a-fA-F]{64}$"_s);
    if (name.endsWith("PRIVATE_KEY"_L1) && !key.match(value).hasMatch()) {
        m_problem = tr("A private key has 64 hexadecimal digits, with or without 0x.");
    } else if (const auto url = RpcUrl::fromText(value); name.endsWith("RPC_URL"_L1) && !url) {
        m_problem = url.error();
    } else if (const auto done = m_file.set(name, value); !done) {
        m_problem = done.error();
    } else {
        m_problem.clear();
        m_rpcFindings.clear();
        field.clear();
    }
    refresh();
}

std::optional<quint64> EnvPage::wantedChain() const
{
    const auto market = models::evm::Address::fromText(
        m_file.value(u"BOUNDLESS_MARKET_ADDRESS"_s).value_or(QString()).toLower());
    const auto networks = models::boundless::loadNetworks();
    if (!market || !networks) {
        return std::nullopt;
    }
    for (const auto &network : *networks) {
        if (network.deployment(market->toString()) != nullptr) {
            return network.chainId;
        }
    }
    return std::nullopt;
}

QString EnvPage::networkText() const
{
    const auto address = m_file.value(u"BOUNDLESS_MARKET_ADDRESS"_s);
    if (!address || address->isEmpty()) {
        return tr("as the RPC endpoint says: no market is named here");
    }
    const auto market = models::evm::Address::fromText(address->toLower());
    const auto networks = models::boundless::loadNetworks();
    if (market && networks) {
        for (const auto &network : *networks) {
            if (const auto *known = network.deployment(market->toString())) {
                return tr("%1, %2 (market %3)")
                    .arg(network.title, known->title, market->shortText());
            }
        }
    }
    return market ? tr("unknown market %1").arg(market->toString())
                  : tr("BOUNDLESS_MARKET_ADDRESS is no address");
}

void EnvPage::onCheck()
{
    const auto url = RpcUrl::fromText(m_file.value(nameOf(u"RPC_URL"_s)).value_or(QString()));
    if (!url) {
        m_problem = url.error();
        refresh();
        return;
    }
    m_problem.clear();
    m_check = std::make_unique<RpcCheck>(*url);
    const QString host = url->secretUrl().host();
    const bool isLocal = host == u"localhost" || host.startsWith("127."_L1) || host == u"::1";
    connect(m_check.get(), &RpcCheck::finished, this, [this, isLocal] {
        m_rpcFindings = models::boundless::judgeRpc(m_check->report(), wantedChain());
        if (isLocal) {
            m_rpcFindings << models::Finding{
                u"rpc-asked-here"_s,
                models::Severity::Warning,
                tr("This address means another machine on the server than here: this computer was "
                   "asked, not the server."),
                {}};
        }
        m_check.release()->deleteLater();
        refresh();
    });
    m_check->start();
    refresh();
}

/// Values are not repeated here either.
void EnvPage::onSave()
{
    const EnvFile before(m_saved);
    QStringList names;
    for (const auto &entry : m_file.entries()) {
        if (before.value(entry.name) != m_file.value(entry.name) && !names.contains(entry.name)) {
            names << entry.name;
        }
    }
    auto *box = new QMessageBox(
        QMessageBox::Question, tr("Save %1?").arg(m_name),
        tr("Changed: %1. The rest of the file stays as it is; the old one is kept beside it %2. A "
           "running broker takes it at its next start.")
            .arg(names.join(u", "_s), m_where),
        QMessageBox::Cancel, this);
    box->setObjectName(u"envQuestion"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *yes = box->addButton(tr("Save"), QMessageBox::AcceptRole);
    yes->setObjectName(u"envConfirm"_s);
    connect(yes, &QPushButton::clicked, this, [this] { emit saveWanted(m_saved, m_file.bytes()); });
    box->open();
}

void EnvPage::refresh()
{
    m_stack->setCurrentIndex(m_name.isEmpty() ? 0 : 1);
    m_title->setText(tr("%1 %2").arg(m_name, m_where));
    m_message->setText(!m_problem.isEmpty() ? m_problem
                           : m_check        ? tr("Asking the endpoint…")
                           : isChanged()
                           ? tr("Not saved yet")
                           : tr("Keys and passwords are not shown, not even their length."));
    m_network->setText(networkText());
    m_rpcNow->setText(m_file.shown(nameOf(u"RPC_URL"_s)));
    m_keyNow->setText(m_file.shown(nameOf(u"PRIVATE_KEY"_s)));
    m_save->setEnabled(isChanged());
    m_checkButton->setEnabled(!m_check && m_file.value(nameOf(u"RPC_URL"_s)));
    m_model->setFile(m_file);
    m_findings->setFindings(m_rpcFindings + m_file.check(m_name));
}

} // namespace proverdeck::ui

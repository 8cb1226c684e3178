// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/AddServerDialog.h"

#include "ui/common/Theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

AddServerDialog::AddServerDialog(Services &services, QWidget *parent)
    : QDialog(parent)
    , m_services(services)
{
    setObjectName(u"addServerDialog"_s);
    setWindowTitle(tr("Add a server"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(makeHeading(tr("Add a server"), this));
    layout->addWidget(makeText(
        tr("A name from ~/.ssh/config, or user@host:port. It is logged in to once, so that its "
           "host key "
           "and the login are settled before a benchmark starts. Passwords are not stored."),
        this));
    m_host = new QComboBox(this);
    m_host->setObjectName(u"serverHost"_s);
    m_host->setAccessibleName(tr("Server"));
    m_host->setEditable(true);
    m_host->addItems(services.hosts());
    m_host->setCurrentText({});
    m_host->lineEdit()->setPlaceholderText(tr("server or user@host:port"));
    layout->addWidget(m_host);
    m_state = makeText({}, this);
    m_state->setObjectName(u"serverState"_s);
    m_state->setMinimumHeight(fontMetrics().height() * 3);
    m_state->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    layout->addWidget(m_state);
    auto *buttons = new QDialogButtonBox(this);
    m_connect = buttons->addButton(tr("Log in and add"), QDialogButtonBox::ActionRole);
    m_connect->setObjectName(u"serverConnect"_s);
    m_connect->setDefault(true);
    makePrimary(m_connect);
    buttons->addButton(QDialogButtonBox::Cancel)->setObjectName(u"cancel"_s);
    connect(m_connect, &QPushButton::clicked, this, &AddServerDialog::connectNow);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    setMinimumWidth(520);
}

AddServerDialog::~AddServerDialog() = default;

QString AddServerDialog::host() const
{
    return m_host->currentText().trimmed();
}

void AddServerDialog::connectNow()
{
    if (host().isEmpty()) {
        finish(tr("Please name a server."));
        return;
    }
    m_connect->setEnabled(false);
    m_host->setEnabled(false);
    m_state->setText(tr("Connecting to %1 …").arg(host()));
    m_shell = m_services.shellFor(host());
    connect(m_shell.get(), &ssh::RemoteShell::opened, this, [this] { finish({}); });
    connect(
        m_shell.get(), &ssh::RemoteShell::openFailed, this,
        [this](const auto &error) { finish(error.detail); }, Qt::QueuedConnection);
    m_shell->open();
}

void AddServerDialog::finish(const QString &problem)
{
    m_connect->setEnabled(true);
    m_host->setEnabled(true);
    m_state->setText(problem.isEmpty() ? QString() : u"✕ "_s + problem);
    if (problem.isEmpty()) {
        m_services.addHost(host());
        accept();
    }
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/WatchRunDialog.h"

#include "ui/common/Theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

WatchRunDialog::WatchRunDialog(Services &services, QWidget *parent)
    : QDialog(parent)
    , m_services(services)
{
    setObjectName(u"watchRunDialog"_s);
    setWindowTitle(tr("Watch a run"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(makeHeading(tr("Watch a run of somebody else"), this));
    layout->addWidget(makeText(
        tr("Shows the steps, logs and samples of a run that another person or another machine "
           "drives. "
           "Nothing on the server is changed, and closing the page ends the watching only. It "
           "has to be the same account on the server."),
        this));
    auto *form = new QFormLayout;
    m_host = new QComboBox(this);
    m_host->setObjectName(u"watchHost"_s);
    m_host->setEditable(true);
    m_host->addItems(services.hosts());
    m_host->setCurrentText({});
    m_host->lineEdit()->setPlaceholderText(tr("server or user@host:port"));
    form->addRow(tr("&Server"), m_host);
    m_id = new QLineEdit(this);
    m_id->setObjectName(u"watchRunId"_s);
    m_id->setPlaceholderText(u"20260203-140530-sp1-1a2b"_s);
    m_id->setToolTip(tr("It stands in the results and in the message of a run that was refused "
                        "because this one goes on."));
    form->addRow(tr("&Run"), m_id);
    layout->addLayout(form);
    m_state = makeText({}, this);
    m_state->setObjectName(u"watchState"_s);
    m_state->setMinimumHeight(fontMetrics().height() * 3);
    m_state->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    layout->addWidget(m_state);
    auto *buttons = new QDialogButtonBox(this);
    m_watch = buttons->addButton(tr("Watch"), QDialogButtonBox::ActionRole);
    m_watch->setObjectName(u"watchStart"_s);
    m_watch->setDefault(true);
    makePrimary(m_watch);
    buttons->addButton(QDialogButtonBox::Cancel)->setObjectName(u"cancel"_s);
    connect(m_watch, &QPushButton::clicked, this, &WatchRunDialog::look);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    setMinimumWidth(520);
}

WatchRunDialog::~WatchRunDialog() = default;

void WatchRunDialog::look()
{
    const QString host = m_host->currentText().trimmed();
    const QString id = m_id->text().trimmed();
    if (host.isEmpty() || id.isEmpty()) {
        finish(host.isEmpty() ? tr("Please name a server.") : tr("Please name the run."));
        return;
    }
    for (QWidget *field : {static_cast<QWidget *>(m_host), static_cast<QWidget *>(m_id),
                           static_cast<QWidget *>(m_watch)}) {
        field->setEnabled(false);
    }
    m_state->setText(tr("Looking on %1 …").arg(host));
    m_run.reset();
    m_shell = m_services.shellFor(host);
    m_run = std::make_unique<models::ForeignRun>(*m_shell);
    connect(m_run.get(), &models::ForeignRun::failed, this,
            [this](const QString &problem) { finish(problem); });
    connect(m_run.get(), &models::ForeignRun::found, this, [this, id](const models::Plan &plan) {
        emit found(plan, id);
        accept();
    });
    m_run->ask(id);
}

void WatchRunDialog::finish(const QString &problem)
{
    for (QWidget *field : {static_cast<QWidget *>(m_host), static_cast<QWidget *>(m_id),
                           static_cast<QWidget *>(m_watch)}) {
        field->setEnabled(true);
    }
    m_state->setText(u"✕ "_s + problem);
}

} // namespace proverdeck::ui

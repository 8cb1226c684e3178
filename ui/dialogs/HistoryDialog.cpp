// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/HistoryDialog.h"

#include "ui/common/Theme.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

HistoryDialog::HistoryDialog(TeamHistory &team, QWidget *parent)
    : QDialog(parent)
    , m_team(team)
{
    setObjectName(u"historyDialog"_s);
    setWindowTitle(tr("History"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(makeHeading(tr("Share the history with a team"), this));
    layout->addWidget(makeText(
        tr("Runs are always kept on this machine. With a PostgreSQL server they go there too once "
           "they are over, and the runs of others come here. A server that does not answer "
           "disturbs nothing: what is new goes there later."),
        this));
    auto *form = new QFormLayout;
    m_address = new QLineEdit(this);
    m_address->setObjectName(u"teamAddress"_s);
    m_address->setAccessibleName(tr("Address of the team's history"));
    m_address->setPlaceholderText(u"postgresql://anna@db.example.org/proverdeck"_s);
    m_address->setText(team.state().address);
    form->addRow(tr("Server"), m_address);
    m_password = new QLineEdit(this);
    m_password->setObjectName(u"teamPassword"_s);
    m_password->setAccessibleName(tr("Password"));
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setPlaceholderText(tr("as before, or from ~/.pgpass"));
    form->addRow(tr("Password"), m_password);
    layout->addLayout(form);
    layout->addWidget(makeHint(tr("The password goes into the keychain of your desktop. An empty "
                                  "server keeps the runs on this machine only."),
                               this));
    m_state = makeText({}, this);
    m_state->setObjectName(u"teamState"_s);
    m_state->setMinimumHeight(fontMetrics().height() * 3);
    m_state->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    layout->addWidget(m_state, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_apply = buttons->addButton(tr("Use this server"), QDialogButtonBox::ActionRole);
    m_apply->setObjectName(u"teamApply"_s);
    m_apply->setDefault(true);
    makePrimary(m_apply);
    connect(m_apply, &QPushButton::clicked, this, &HistoryDialog::apply);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    connect(&team, &TeamHistory::stateChanged, this, &HistoryDialog::showState);
    connect(m_address, &QLineEdit::textChanged, this, &HistoryDialog::showState);
    setMinimumWidth(540);
    showState();
}

void HistoryDialog::apply()
{
    m_apply->setEnabled(false);
    const QString password = m_password->text();
    m_password->clear();
    m_team.setTeam(m_address->text().trimmed(), password,
                   [self = QPointer(this)](const QString &problem) {
                       if (self) {
                           self->showState();
                       }
                       if (self && !problem.isEmpty()) {
                           self->m_state->setText(u"✕ "_s + problem);
                       }
                   });
}

void HistoryDialog::showState()
{
    const TeamHistory::State state = m_team.state();
    m_address->setEnabled(!state.isFixed);
    m_apply->setEnabled(!state.isBusy);
    const bool isSame = m_address->text().trimmed() == state.address;
    m_apply->setText(m_address->text().trimmed().isEmpty() ? tr("Keep on this machine only")
                         : isSame                          ? tr("Exchange now")
                                                           : tr("Use this server"));
    QString text = state.isWell ? state.text : u"✕ "_s + state.text;
    if (state.isFixed) {
        text += u'\n' + tr("The variable PROVERDECK_STORE names this server.");
    }
    m_state->setText(text);
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
// The page while servers are watched.
#include "ui/aztec/AztecPage.h"
#include "ui/aztec/WatchBar.h"
#include "ui/aztec/WatchDialog.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

void AztecPage::watch(const QList<models::aztec::WatchChoice> &choices)
{
    if (!m_watch || choices.isEmpty()) {
        return;
    }
    clear();
    m_message->hide();
    m_clear->setEnabled(true);
    m_summary->setText(tr("Connecting …"));
    m_watch->start(choices);
}

void AztecPage::refreshWatch()
{
    const int before = m_sources->rowCount();
    m_sources->setRows(m_watch->sourceRows());
    if (m_sources->rowCount() != before) {
        fitColumns({m_sourceBox});
    }
    m_sourceBox->setVisible(m_watch->isActive());
}

void AztecPage::chooseServers()
{
    auto *dialog
        = new WatchDialog(*m_services, WatchDialog::fromTexts(m_services->watchedServers()), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const QList<models::aztec::WatchChoice> choices = dialog->choices();
        m_services->setWatchedServers(WatchDialog::toTexts(choices));
        watch(choices);
    });
    dialog->open();
}

/// What was seen stays.
void AztecPage::stopWatching()
{
    m_watch->stop();
    say(tr("No longer watched. What was seen stays until it is cleared."), false);
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
// The page while servers are watched, and what it asks about logs.
#include "ui/aztec/AztecPage.h"
#include "ui/aztec/FactsDialog.h"
#include "ui/aztec/WatchBar.h"
#include "ui/aztec/WatchDialog.h"
#include "ui/common/Theme.h"

#include <QHBoxLayout>
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

QWidget *AztecPage::buildFacts()
{
    m_factsBar = makeCard(this);
    auto *row = new QHBoxLayout(m_factsBar);
    row->setContentsMargins(14, 6, 10, 6);
    m_factsText = makeText({}, m_factsBar);
    m_factsText->setObjectName(u"aztecFacts"_s);
    row->addWidget(m_factsText, 1);
    auto *ask = new QPushButton(tr("Tell…"), m_factsBar);
    ask->setObjectName(u"aztecTell"_s);
    connect(ask, &QPushButton::clicked, this, &AztecPage::askFacts);
    row->addWidget(ask);
    auto *never = new QPushButton(tr("Not now"), m_factsBar);
    never->setObjectName(u"aztecNotNow"_s);
    never->setFlat(true);
    connect(never, &QPushButton::clicked, this, [this] {
        m_hasAsked = true;
        m_factsBar->hide();
    });
    row->addWidget(never);
    m_factsBar->hide();
    return m_factsBar;
}

/// Asks once for the logs that are open, when all of them have been read.
void AztecPage::updateFacts()
{
    const QString missing
        = m_result->isFinal && !m_hasAsked ? FactsDialog::missing(m_result->analysis) : QString();
    m_factsText->setText(missing);
    m_factsBar->setVisible(!missing.isEmpty());
}

void AztecPage::askFacts()
{
    auto *dialog = new FactsDialog(m_result->analysis, m_facts, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_facts = dialog->options();
        m_hasAsked = true;
        m_loader->setOptions(m_facts);
    });
    dialog->open();
}

} // namespace proverdeck::ui

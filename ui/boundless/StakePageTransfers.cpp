// SPDX-License-Identifier: GPL-3.0-or-later
// Deposits and withdrawals of the stake page.
#include "ui/boundless/StakePage.h"
#include "ui/boundless/TransferDialog.h"

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using namespace models::boundless;

TransferContext StakePage::transferContext() const
{
    return {m_watch->target().network,
            *m_watch->facts(),
            m_watch->target().account,
            m_watch->monitor().snapshot(),
            m_watch->lockTotals(),
            m_config.thresholds,
            m_watch->monitor().state() == CollateralMonitor::State::Live,
            m_watch->history().isComplete(),
            m_book.isFirst(*m_watch->facts(), m_watch->target().account)};
}

/// What another program noted meanwhile counts, too.
QString StakePage::changeBook(const StakeStore::Change &change)
{
    if (!m_store) {
        change(m_book);
        return {};
    }
    return m_store->changeTransfers([this, &change](TransferBook &book) {
        change(book);
        m_book = book;
    });
}

void StakePage::openTransferDialog(TransferKind kind)
{
    if (!m_watch || !m_watch->facts()) {
        return;
    }
    if (m_store) {
        m_book = m_store->transfers();
    }
    auto *dialog
        = new TransferDialog(kind, transferContext(), m_book, m_server, m_secrets != nullptr, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &TransferDialog::confirmed, this, [this, dialog](const TransferPlan &plan) {
        onConfirmed(plan, dialog->key(), dialog->usesOwnKey(), dialog->keepsKey());
    });
    connect(dialog, &TransferDialog::released, this, [this](const TransferPlan &plan) {
        m_transferNote = changeBook([&plan](TransferBook &book) { book.release(plan); });
        refreshSoon();
    });
    dialog->open();
}

void StakePage::onConfirmed(const TransferPlan &plan, TransferKey key, bool usesOwnKey,
                            bool keepsKey)
{
    key.rpcUrl = usesOwnKey ? m_endpoint.secretText() : QString();
    if (keepsKey) {
        m_secrets->keep(proverKeyName(plan.account), QString::fromLatin1(key.secret),
                        [self = QPointer(this)](const QString &problem) {
                            if (self) {
                                self->m_keychainProblem = problem;
                                self->refreshSoon();
                            }
                        });
    }
    if (!usesOwnKey || !key.secret.isEmpty()) {
        submit(plan, key);
        return;
    }
    m_secrets->find(proverKeyName(plan.account),
                    [self = QPointer(this), plan, key](const std::optional<QString> &secret,
                                                       const QString &problem) {
                        if (self && secret) {
                            TransferKey kept = key;
                            kept.secret = secret->toLatin1();
                            self->submit(plan, kept);
                        } else if (self) {
                            self->m_transferNote = problem.isEmpty()
                                ? tr("Nothing was sent: the keychain holds no private key of %1.")
                                      .arg(plan.account.toString())
                                : tr("Nothing was sent: %1").arg(problem);
                            self->refreshSoon();
                        }
                    });
}

/// Noted on the disk before it goes out: whatever happens then, the same transfer is held back. The
/// values may have moved since the person saw them, so it is planned anew.
void StakePage::submit(const TransferPlan &confirmed, const TransferKey &key)
{
    m_transferNote.clear();
    const bool isSame = m_server && m_watch && m_watch->facts() == confirmed.facts
        && m_watch->target().account == confirmed.account;
    const auto planned = isSame
        ? planTransfer(confirmed.kind, confirmed.amountText(), transferContext())
        : tl::unexpected(tr("Another account, market or server is shown now."));
    if (!planned || !planned->isPossible()) {
        m_transferNote
            = tr("Nothing was sent: %1")
                  .arg(planned ? tr("it has become impossible meanwhile.") : planned.error());
        refreshSoon();
        return;
    }
    const TransferPlan &plan = *planned;
    QString held;
    const QString problem = changeBook([&](TransferBook &book) {
        held = book.whyHeldBack(plan);
        if (held.isEmpty()) {
            book.submitted(plan, QDateTime::currentDateTimeUtc());
        }
    });
    if (!held.isEmpty() || !problem.isEmpty()) {
        m_transferNote = tr("Nothing was sent: %1").arg(problem.isEmpty() ? held : problem);
        refreshSoon();
        return;
    }
    if (m_running == 0) {
        m_runners.clear();
    }
    ++m_running;
    m_runners.push_back(m_server->runner(key));
    m_runners.back()->run(plan, [self = QPointer(this), plan](const TransferOutcome &outcome) {
        if (self) {
            self->onTransferEnded(plan, outcome);
        }
    });
    refreshSoon();
}

void StakePage::onTransferEnded(const TransferPlan &plan, const TransferOutcome &outcome)
{
    --m_running;
    m_transferNote = outcome.text;
    const QString problem = changeBook([&](TransferBook &book) { book.ended(plan, outcome); });
    if (!problem.isEmpty()) {
        m_transferNote += u' ' + problem;
    }
    if (m_watch) {
        m_watch->retry(); // the chain says what became of it
    }
    refreshSoon();
}

void StakePage::lookForTransfers()
{
    const EventHistory &history = m_watch->history();
    const auto since = m_watch->facts()
        ? m_book.openSince(m_watch->facts()->chainId, m_watch->facts()->market,
                           m_watch->target().account)
        : std::nullopt;
    if (since && history.isComplete() && history.low() > *since + 1) {
        m_watch->loadOlder(1); // it may lie before what is shown
    }
    TransferBook found = m_book;
    if (!m_watch->facts() || !found.lookUp(*m_watch->facts(), m_watch->events())) {
        return;
    }
    m_transferNote = changeBook(
        [this](TransferBook &book) { (void)book.lookUp(*m_watch->facts(), m_watch->events()); });
}

} // namespace proverdeck::ui

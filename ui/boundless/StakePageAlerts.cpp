// SPDX-License-Identifier: GPL-3.0-or-later
// What the stake page tells a person who is looking elsewhere.
#include "ui/boundless/StakePage.h"

#include <QApplication>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using namespace models::boundless;

namespace {

constexpr int CoinDecimals = 18;
constexpr int ShownDigits = 6;

} // namespace

/// Getting worse is told, once; also when the endpoint is set up anew meanwhile.
void StakePage::onAlert(const AlertEvent &event)
{
    const AlertLevel before = std::exchange(m_told[event.subject], event.level);
    if (int(event.level) <= int(before) || !m_watch->facts()) {
        return;
    }
    QApplication::alert(window());
    const bool isCritical = event.level == AlertLevel::Critical;
    const QString account = m_watch->target().account.shortText();
    if (event.subject == AlertSubject::Collateral) {
        emit attentionWanted(
            isCritical ? tr("Collateral is critically low") : tr("Collateral is low"),
            tr("%1 has %2 %3 in the market. Without enough of it the prover locks no orders.")
                .arg(account, event.value.toUnitsCut(m_watch->facts()->decimals, ShownDigits),
                     m_watch->facts()->symbol),
            isCritical);
    } else {
        emit attentionWanted(
            isCritical ? tr("The coin for fees is critically low") : tr("The coin for fees is low"),
            tr("%1 has %2 %3. Without it no proof can be delivered, and locked collateral would be "
               "slashed.")
                .arg(account, event.value.toUnitsCut(CoinDecimals, ShownDigits),
                     m_watch->target().network.coin),
            isCritical);
    }
}

/// What was lost before the page was opened stands in its banner; only new losses are told.
void StakePage::lookForLosses()
{
    if (!m_watch->isSettled() || !m_watch->facts()) {
        return;
    }
    const bool isFirst = !m_losses.has_value();
    if (isFirst) {
        m_losses.emplace();
    }
    for (const LockEntry &lock : m_watch->locks()) {
        const bool isLost
            = lock.state == LockState::SlashPending || lock.state == LockState::Slashed;
        if (!isLost || m_losses->contains(lock.requestId)) {
            continue;
        }
        m_losses->insert(lock.requestId);
        if (!isFirst) {
            emit attentionWanted(
                tr("Collateral is lost"),
                tr("%1 was not delivered before its lock deadline: %2 %3 %4.")
                    .arg(lock.requestId,
                         lock.collateral.toUnitsCut(m_watch->facts()->decimals, ShownDigits),
                         m_watch->facts()->symbol,
                         lock.state == LockState::Slashed ? tr("were slashed")
                                                          : tr("can be slashed any time")),
                true);
        }
    }
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/OrderCards.h"

#include "models/boundless/OrderFindings.h"
#include "ui/common/Theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

OrderCards::OrderCards(QWidget *parent)
    : QWidget(parent)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    struct Card
    {
        QString id;
        QString title;
        QString why;
    };
    const QList<Card> cards{
        {u"seen"_s, tr("Seen"), tr("Distinct requests")},
        {u"skipped"_s, tr("Skipped"), tr("Not taken, with a reason")},
        {u"locked"_s, tr("Locked"), tr("Locked by this prover")},
        {u"fulfilled"_s, tr("Fulfilled"), tr("Delivered by this prover")},
        {u"failed"_s, tr("Failed"), tr("Not proved or not delivered")},
        {u"rate"_s, tr("Fulfilment rate"),
         tr("Of the locked orders that are over, those delivered in time")},
        {u"risk"_s, tr("At risk"), tr("Collateral of orders that are locked and not delivered")},
        {u"speed"_s, tr("Proving speed"),
         tr("All cycles of proved orders through all their seconds")}};
    for (const Card &card : cards) {
        QFrame *frame = makeCard(this);
        frame->setToolTip(card.why);
        auto *column = new QVBoxLayout(frame);
        column->setContentsMargins(10, 6, 10, 6);
        column->setSpacing(0);
        QLabel *title = makeHint(card.title, frame);
        title->setWordWrap(false);
        column->addWidget(title);
        QLabel *value = makeHeading(u"–"_s, frame);
        value->setObjectName(u"card-"_s + card.id);
        value->setAccessibleName(card.title);
        column->addWidget(value);
        m_values.insert(card.id, value);
        row->addWidget(frame, card.id == "risk"_L1 ? 2 : 1);
    }
}

void OrderCards::set(const QString &id, const QString &text)
{
    m_values.value(id)->setText(text);
}

void OrderCards::setSummary(const models::boundless::OrderSummary &sum,
                            models::boundless::BrokerEra era)
{
    set(u"seen"_s, QString::number(sum.seen));
    set(u"skipped"_s, QString::number(sum.skipped));
    set(u"locked"_s, QString::number(sum.locked));
    set(u"fulfilled"_s, QString::number(sum.fulfilled));
    set(u"failed"_s, QString::number(sum.failed));
    set(u"rate"_s,
        sum.fulfilmentRate ? tr("%1 %").arg(*sum.fulfilmentRate * 100, 0, 'f', 0) : u"–"_s);
    const QString amount = models::boundless::collateralText(sum.atRiskRaw, era);
    const QString known = sum.open <= sum.atRiskUnknown ? tr("unknown")
        : sum.atRiskUnknown > 0                         ? QString(u"≥ "_s + amount)
                                                        : amount;
    set(u"risk"_s, sum.open == 0 ? tr("none") : tr("%1 (%2 open)").arg(known).arg(sum.open));
    set(u"speed"_s, sum.kHz ? tr("%1 kHz").arg(*sum.kHz, 0, 'f', 1) : u"–"_s);
}

} // namespace proverdeck::ui

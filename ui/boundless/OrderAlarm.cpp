// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/OrderAlarm.h"

#include "models/boundless/OrderFindings.h"
#include "ui/common/Theme.h"

#include <QDateTime>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::OrderRow;
using models::boundless::OrderState;

namespace {

/// What is wrong with it; empty if nothing is.
QString lineFor(const OrderRow &row, models::boundless::BrokerEra era)
{
    const QString collateral = models::boundless::collateralText(row.order.collateralRaw, era);
    const QString id = row.order.id.left(8) + u'…' + row.order.id.right(8);
    const QString until = row.order.lockDeadlineMs
        ? localTimeText(QDateTime::fromMSecsSinceEpoch(*row.order.lockDeadlineMs))
        : OrderAlarm::tr("not known here");
    if (row.isLostLock && row.isExposed) {
        return OrderAlarm::tr(
                   "Lost lock: %1 is locked by you on the chain (%2), and nobody is proving it. "
                   "Fulfil it by hand before its lock deadline (%3).")
            .arg(id, collateral, until);
    }
    if (row.state == OrderState::Failed && row.isExposed) {
        return OrderAlarm::tr(
                   "%1 failed with its collateral locked (%2); the broker does not try again. "
                   "Fulfil it by hand before its lock deadline (%3).")
            .arg(id, collateral, until);
    }
    if (row.state == OrderState::SlashPending) {
        return OrderAlarm::tr("%1 was not delivered before its lock deadline: its collateral (%2) "
                              "is lost, the slash "
                              "is pending.")
            .arg(id, collateral);
    }
    return row.state == OrderState::Slashed
        ? OrderAlarm::tr("%1 was slashed (%2).").arg(id, collateral)
        : QString();
}

} // namespace

OrderAlarm::OrderAlarm(QWidget *parent)
    : QFrame(parent)
{
    setObjectName(u"alarm"_s);
    auto *row = new QHBoxLayout(this);
    auto *sign = new QLabel(this);
    sign->setPixmap(severityIcon(models::Severity::Error, palette())
                        .pixmap(QSize(24, 24), devicePixelRatioF()));
    row->addWidget(sign, 0, Qt::AlignTop);
    m_text = makeText({}, this);
    m_text->setObjectName(u"alarmText"_s);
    m_text->setAccessibleName(tr("Alarm"));
    row->addWidget(m_text, 1);
    auto *showThem = new QPushButton(tr("Show them"), this);
    showThem->setObjectName(u"showAlarm"_s);
    connect(showThem, &QPushButton::clicked, this, &OrderAlarm::showWanted);
    row->addWidget(showThem, 0, Qt::AlignVCenter);
    colour();
    hide();
}

void OrderAlarm::setRows(const QList<OrderRow> &rows, models::boundless::BrokerEra era)
{
    constexpr qsizetype MostLines = 4;
    QStringList rescuable;
    QStringList lost;
    qsizetype count = 0;
    for (const OrderRow &row : rows) {
        const QString line = lineFor(row, era);
        QStringList &list = row.isExposed ? rescuable : lost;
        count += line.isEmpty() ? 0 : 1;
        if (!line.isEmpty() && row.isExposed && !m_rung.contains(row.order.id)) {
            m_rung << row.order.id;
            emit rang(line);
        }
        if (!line.isEmpty() && list.size() < MostLines) {
            list << line;
        }
    }
    QStringList lines = (rescuable + lost).mid(0, MostLines);
    if (count > lines.size()) {
        lines << tr("And %1 more.").arg(count - lines.size());
    }
    m_text->setText(lines.join(u'\n'));
    setVisible(!lines.isEmpty());
}

void OrderAlarm::colour()
{
    const QString style = u"QFrame#alarm { border: 2px solid %1; border-radius: 8px; }"_s.arg(
        coloursFor(palette()).bad.name());
    if (styleSheet() != style) {
        setStyleSheet(style);
    }
}

void OrderAlarm::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        colour();
    }
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/StopView.h"

#include "ui/boundless/HoldingOrderModel.h"
#include "ui/common/Theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::StepOutcome;
using models::boundless::SafeStop;
using models::boundless::StopState;
using models::boundless::StopVerdict;

namespace {

constexpr int SignSize = 22;
constexpr int MostRowsShown = 6;

} // namespace

StopView::StopView(QWidget *parent)
    : QFrame(parent)
    , m_orders(new HoldingOrderModel(this))
    , m_sign(new QLabel(this))
    , m_title(makeHeading({}, this))
    , m_reason(makeText({}, this))
    , m_connection(makeHint({}, this))
    , m_table(new QTableView(this))
    , m_cancel(new QPushButton(this))
{
    setObjectName(u"stopView"_s);
    setFrameShape(QFrame::StyledPanel);
    m_title->setObjectName(u"stopTitle"_s);
    m_reason->setObjectName(u"stopReason"_s);
    m_cancel->setObjectName(u"stopCancel"_s);
    m_table->setObjectName(u"stopOrders"_s);
    m_table->setAccessibleName(tr("Orders that hold up the stop"));
    m_table->setModel(m_orders);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(HoldingOrderModel::Request,
                                                      QHeaderView::Stretch);
    connect(m_cancel, &QPushButton::clicked, this, &StopView::onCancel);

    auto *head = new QHBoxLayout;
    auto *words = new QVBoxLayout;
    words->addWidget(m_title);
    words->addWidget(m_reason);
    words->addWidget(m_connection);
    head->addWidget(m_sign, 0, Qt::AlignTop);
    head->addLayout(words, 1);
    head->addWidget(m_cancel, 0, Qt::AlignTop);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(head);
    layout->addWidget(m_table);
    m_orders->setPalette(palette());
    hide();
}

void StopView::setStop(SafeStop *stop)
{
    if (m_stop != nullptr) {
        m_stop->disconnect(this);
    }
    m_stop = stop;
    setVisible(m_stop != nullptr);
    if (m_stop == nullptr) {
        return;
    }
    connect(m_stop, &SafeStop::stateChanged, this, &StopView::refresh);
    connect(m_stop, &SafeStop::judged, this, &StopView::refresh);
    connect(m_stop, &SafeStop::finished, this, &StopView::refresh);
    connect(m_stop, &SafeStop::connectionNote, this, [this](const QString &text) {
        m_connection->setText(text);
        m_connection->setVisible(!text.isEmpty());
    });
    m_connection->hide();
    refresh();
}

void StopView::setNow(std::optional<qint64> nowMs)
{
    m_orders->setNow(nowMs);
}

void StopView::onCancel()
{
    if (m_stop != nullptr && models::boundless::isFinal(m_stop->state())) {
        emit dismissed();
    } else if (m_stop != nullptr) {
        m_stop->cancel();
    }
}

void StopView::refresh()
{
    if (m_stop == nullptr) {
        return;
    }
    const StopState state = m_stop->state();
    const StopVerdict &verdict = m_stop->verdict();
    const bool isFinal = models::boundless::isFinal(state);
    m_orders->setVerdict(verdict, m_stop->checkout().era);
    const int rows = m_orders->rowCount();
    m_table->setVisible(rows > 0);
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height()
                            + qMin(rows, MostRowsShown)
                                * m_table->verticalHeader()->defaultSectionSize()
                            + 2 * m_table->frameWidth() + 2);
    m_cancel->setVisible(isFinal || m_stop->canCancel());
    m_cancel->setText(isFinal ? tr("Close") : tr("Give up stopping"));
    m_cancel->setToolTip(isFinal ? QString()
                                 : tr("Sets the limit of new locks back; the broker goes on"));
    showOutcome();
    refreshSign();
}

void StopView::showOutcome()
{
    const StopState state = m_stop->state();
    const StopVerdict &verdict = m_stop->verdict();
    const bool isUnknown = verdict.answer == StopVerdict::Answer::Unknown;
    const auto say = [this](const QString &title, const QString &reason) {
        m_title->setText(title);
        m_reason->setText(reason);
    };
    switch (state) {
    case StopState::Idle:
    case StopState::Connecting:
    case StopState::Looking:
        say(tr("Looking at the server"), {});
        break;
    case StopState::Draining:
        say(tr("No new locks"), tr("max_concurrent_proofs in broker.toml is being set to 0."));
        break;
    case StopState::Waiting:
        say(verdict.reason.isEmpty() ? tr("Is it safe to stop?")
                : isUnknown          ? tr("Not safe to stop: it cannot be judged")
                                     : tr("Not safe to stop yet"),
            verdict.reason.isEmpty()
                ? tr("The broker's database is being read.")
                : tr("%1 The broker locks nothing new meanwhile. This goes on after the window is "
                     "closed and opened again.")
                      .arg(verdict.reason));
        break;
    case StopState::Stopping:
        say(tr("Safe: the stack is being taken down"),
            tr("%1 The broker ends what it has begun; that can take a while.").arg(verdict.reason));
        break;
    case StopState::Restoring:
        say(tr("Setting the limit back"), tr("max_concurrent_proofs in broker.toml."));
        break;
    case StopState::Stopped:
        say(tr("The broker is stopped"), verdict.reason);
        break;
    case StopState::Cancelled:
        say(tr("Not stopped"), tr("The broker goes on with its old limit of locks."));
        break;
    case StopState::Overtaken:
        say(tr("Taken down by somebody else"), m_stop->problem());
        break;
    case StopState::Refused:
        say(tr("Not stopped"), m_stop->problem());
        break;
    case StopState::Failed:
        say(tr("The stop failed"), m_stop->problem());
        break;
    }
    if (!m_stop->limitSource().isEmpty()) {
        m_reason->setText(m_reason->text() + u' ' + limitSourceText(*m_stop));
    }
    m_reason->setVisible(!m_reason->text().isEmpty());
}

void StopView::refreshSign()
{
    const StopState state = m_stop != nullptr ? m_stop->state() : StopState::Idle;
    const bool isUnknown = m_stop != nullptr && state == StopState::Waiting
        && m_stop->verdict().answer == StopVerdict::Answer::Unknown
        && !m_stop->verdict().reason.isEmpty();
    const StepOutcome outcome = state == StopState::Stopped            ? StepOutcome::Done
        : state == StopState::Failed                                   ? StepOutcome::Failed
        : state == StopState::Refused || state == StopState::Overtaken ? StepOutcome::Warning
        : state == StopState::Cancelled                                ? StepOutcome::Cancelled
        : isUnknown                                                    ? StepOutcome::Unknown
                                                                       : StepOutcome::Running;
    m_sign->setPixmap(outcomeIcon(outcome, palette()).pixmap(SignSize, SignSize));
}

void StopView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) {
        m_orders->setPalette(palette());
        refresh();
    }
    QFrame::changeEvent(event);
}

} // namespace proverdeck::ui

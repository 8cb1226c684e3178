// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/WatchBar.h"

#include "ui/aztec/AztecWatch.h"
#include "ui/common/Theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::aztec::MachineWatch;

WatchBar::WatchBar(AztecWatch &watch, QWidget *parent)
    : QFrame(parent)
    , m_watch(watch)
{
    setObjectName(u"card"_s);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(14, 8, 10, 8);
    m_grid = new QGridLayout;
    m_grid->setHorizontalSpacing(10);
    m_grid->setVerticalSpacing(2);
    m_grid->setColumnStretch(2, 1);
    row->addLayout(m_grid, 1);
    m_diagnose = new QPushButton(tr("Diagnose…"), this);
    m_diagnose->setObjectName(u"aztecDiagnose"_s);
    m_diagnose->setToolTip(tr("Asks from inside each worker whether it reaches its broker. Nothing "
                              "is changed and no work is taken."));
    connect(m_diagnose, &QPushButton::clicked, this, &WatchBar::diagnosisWanted);
    row->addWidget(m_diagnose, 0, Qt::AlignTop);
    m_stop = new QPushButton(tr("Stop watching"), this);
    m_stop->setObjectName(u"aztecStopWatching"_s);
    connect(m_stop, &QPushButton::clicked, this, &WatchBar::stopWanted);
    row->addWidget(m_stop, 0, Qt::AlignTop);
    connect(&m_watch, &AztecWatch::changed, this, &WatchBar::refresh);
    refresh();
}

void WatchBar::rebuild()
{
    for (const Row &row : std::as_const(m_rows)) {
        for (QWidget *part :
             {static_cast<QWidget *>(row.sign), static_cast<QWidget *>(row.name),
              static_cast<QWidget *>(row.state), static_cast<QWidget *>(row.retry)}) {
            part->deleteLater();
        }
    }
    m_rows.clear();
    for (const auto &machine : m_watch.machines()) {
        const int at = int(m_rows.size());
        Row row{new QLabel(this), new QLabel(machine->host(), this), makeText({}, this),
                new QPushButton(tr("Try now"), this)};
        QFont bold = row.name->font();
        bold.setBold(true);
        row.name->setFont(bold);
        row.name->setTextFormat(Qt::PlainText);
        row.state->setObjectName(u"watchState-"_s + machine->host());
        row.state->setWordWrap(false);
        row.retry->setObjectName(u"watchRetry-"_s + machine->host());
        row.retry->setFlat(true);
        connect(row.retry, &QPushButton::clicked, machine.get(), &MachineWatch::retry);
        m_grid->addWidget(row.sign, at, 0);
        m_grid->addWidget(row.name, at, 1);
        m_grid->addWidget(row.state, at, 2);
        m_grid->addWidget(row.retry, at, 3);
        m_rows << row;
    }
}

void WatchBar::refresh()
{
    setVisible(m_watch.isActive());
    const auto &machines = m_watch.machines();
    bool isSame = m_rows.size() == qsizetype(machines.size());
    for (std::size_t i = 0; isSame && i < machines.size(); ++i) {
        isSame = m_rows.at(qsizetype(i)).name->text() == machines.at(i)->host();
    }
    if (!isSame) {
        rebuild();
    }
    for (std::size_t i = 0; i < machines.size(); ++i) {
        const MachineWatch &machine = *machines.at(i);
        const Row &row = m_rows.at(qsizetype(i));
        const bool isUp = machine.link() == MachineWatch::Link::Connected;
        const models::StepOutcome sign = isUp && machine.problem().isEmpty()
            ? models::StepOutcome::Done
            : machine.link() == MachineWatch::Link::Failed     ? models::StepOutcome::Failed
            : machine.link() == MachineWatch::Link::Connecting ? models::StepOutcome::Running
                                                               : models::StepOutcome::Warning;
        row.sign->setPixmap(outcomeIcon(sign, palette()).pixmap(16, 16));
        row.state->setText(m_watch.stateText(machine));
        row.state->setToolTip(machine.problem());
        row.retry->setVisible(machine.link() == MachineWatch::Link::Reconnecting
                              || machine.link() == MachineWatch::Link::Failed);
    }
}

} // namespace proverdeck::ui

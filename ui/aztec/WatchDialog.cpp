// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/WatchDialog.h"

#include "ui/aztec/WatchHostRow.h"
#include "ui/common/Theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::aztec::WatchChoice;

WatchDialog::WatchDialog(Services &services, const QList<WatchChoice> &choices, QWidget *parent)
    : QDialog(parent)
    , m_services(services)
{
    setObjectName(u"watchDialog"_s);
    setWindowTitle(tr("Watch servers"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(makeHeading(tr("Watch servers"), this));
    layout->addWidget(
        makeText(tr("Their logs are read as they grow, and docker is asked about their "
                    "containers. Nothing on the servers is changed."),
                 this));
    auto *area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    auto *inside = new QWidget(area);
    m_list = new QVBoxLayout(inside);
    m_list->setContentsMargins(0, 0, 0, 0);
    m_list->addStretch();
    area->setWidget(inside);
    layout->addWidget(area, 1);
    auto *row = new QHBoxLayout;
    auto *add = new QPushButton(tr("Add a server"), this);
    add->setObjectName(u"watchAdd"_s);
    connect(add, &QPushButton::clicked, this, [this] { addRow({}); });
    row->addWidget(add);
    row->addStretch();
    row->addWidget(new QLabel(tr("Begin with"), this));
    m_since = new QComboBox(this);
    m_since->setObjectName(u"watchSince"_s);
    m_since->setAccessibleName(tr("Begin with"));
    for (const auto &[title, value] : {std::pair(tr("the last hour"), "1h"),
                                       {tr("the last 6 hours"), "6h"},
                                       {tr("the last day"), "24h"},
                                       {tr("all that the server has"), ""}}) {
        m_since->addItem(title, QByteArray(value));
    }
    m_since->setCurrentIndex(1);
    row->addWidget(m_since);
    layout->addLayout(row);
    m_problem = makeText({}, this);
    m_problem->setObjectName(u"watchProblem"_s);
    m_problem->hide();
    layout->addWidget(m_problem);
    auto *buttons = new QDialogButtonBox(this);
    auto *start = buttons->addButton(tr("Watch"), QDialogButtonBox::ActionRole);
    start->setObjectName(u"watchStart"_s);
    start->setDefault(true);
    makePrimary(start);
    buttons->addButton(QDialogButtonBox::Cancel)->setObjectName(u"cancel"_s);
    connect(start, &QPushButton::clicked, this, &WatchDialog::tryAccept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    for (const WatchChoice &choice : choices) {
        addRow(choice);
        m_since->setCurrentIndex(std::max(0, m_since->findData(choice.since)));
    }
    if (choices.isEmpty()) {
        addRow({});
    }
    resize(680, 520);
}

void WatchDialog::addRow(const WatchChoice &choice)
{
    auto *row = new WatchHostRow(m_services, choice, this);
    m_list->insertWidget(m_list->count() - 1, row);
    m_rows << row;
    connect(row, &WatchHostRow::removeWanted, this, [this, row] {
        m_rows.removeAll(row);
        row->deleteLater();
    });
}

void WatchDialog::tryAccept()
{
    QStringList hosts;
    for (const WatchHostRow *row : std::as_const(m_rows)) {
        if (row->host().isEmpty()) {
            continue;
        }
        const auto choice = row->choice();
        const QString problem = !choice   ? choice.error()
            : hosts.contains(row->host()) ? tr("%1 is named twice.").arg(row->host())
                                          : QString();
        if (!problem.isEmpty()) {
            m_problem->setText(problem);
            m_problem->show();
            return;
        }
        hosts << row->host();
    }
    if (hosts.isEmpty()) {
        m_problem->setText(tr("Name at least one server."));
        m_problem->show();
        return;
    }
    accept();
}

QList<WatchChoice> WatchDialog::choices() const
{
    QList<WatchChoice> list;
    for (const WatchHostRow *row : m_rows) {
        if (const auto choice = row->choice(); choice && !choice->host.isEmpty()) {
            list << *choice;
            list.last().since = m_since->currentData().toByteArray();
        }
    }
    return list;
}

QStringList WatchDialog::toTexts(const QList<WatchChoice> &choices)
{
    QStringList texts;
    for (const WatchChoice &choice : choices) {
        QStringList words{choice.host, QString::fromLatin1(choice.since),
                          choice.isAll ? u"all"_s : u"only"_s};
        for (const auto &source : choice.sources) {
            words << toWord(source);
        }
        texts << words.join(u'\t');
    }
    return texts;
}

QList<WatchChoice> WatchDialog::fromTexts(const QStringList &texts)
{
    QList<WatchChoice> choices;
    for (const QString &text : texts) {
        const QStringList words = text.split(u'\t');
        if (words.size() < 3 || words.first().isEmpty()) {
            continue;
        }
        WatchChoice choice;
        choice.host = words.at(0);
        choice.since = words.at(1).toLatin1();
        choice.isAll = words.at(2) == u"all";
        for (const QString &word : words.mid(3)) {
            if (const auto source = models::aztec::sourceFromWord(word)) {
                choice.sources << *source;
            }
        }
        choices << choice;
    }
    return choices;
}

} // namespace proverdeck::ui

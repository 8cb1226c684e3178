// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/ComposePage.h"

#include "models/boundless/SettingsWriter.h"
#include "ui/boundless/DiffDialog.h"
#include "ui/boundless/LineEditStyle.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QFrame>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::ComposeAgent;
using models::boundless::ComposeFile;

ComposePage::ComposePage(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"composePage"_s);
    setAccessibleName(tr("Agents"));
    setStyleSheet(lineEditStyle());
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(10);
    column->addWidget(makeHead());
    column->addWidget(makeSegment());
    column->addWidget(makeAgents(), 3);
    m_findings = new FindingsView(this);
    column->addWidget(m_findings, 2);
    refresh();
}

QWidget *ComposePage::makeHead()
{
    auto *head = new QWidget(this);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    m_title = makeHeading({}, head);
    row->addWidget(m_title);
    m_message = makeHint({}, head);
    m_message->setObjectName(u"composeMessage"_s);
    row->addWidget(m_message, 1);
    m_undo = new QPushButton(tr("Undo"), head);
    m_undo->setObjectName(u"undoCompose"_s);
    connect(m_undo, &QPushButton::clicked, this, [this] {
        m_file.undo();
        tell({});
    });
    row->addWidget(m_undo);
    auto *open = new QPushButton(tr("Open…"), head);
    open->setObjectName(u"openCompose"_s);
    connect(open, &QPushButton::clicked, this, &ComposePage::chooseFile);
    row->addWidget(open);
    m_save = new QPushButton(tr("Save…"), head);
    m_save->setObjectName(u"saveCompose"_s);
    makePrimary(m_save);
    connect(m_save, &QPushButton::clicked, this, &ComposePage::save);
    row->addWidget(m_save);
    return head;
}

QWidget *ComposePage::makeSegment()
{
    QFrame *card = makeCard(this);
    auto *row = new QHBoxLayout(card);
    row->setContentsMargins(14, 8, 14, 8);
    auto *label = new QLabel(tr("Segment size 2^"), card);
    row->addWidget(label);
    m_segment = new QSpinBox(card);
    m_segment->setObjectName(u"segmentSize"_s);
    m_segment->setAccessibleName(tr("Segment size, as a power of two"));
    m_segment->setRange(13, 24);
    m_segment->setKeyboardTracking(false);
    label->setBuddy(m_segment);
    connect(m_segment, &QSpinBox::valueChanged, this,
            [this](int po2) { tell(m_file.setSegmentSize(po2)); });
    row->addWidget(m_segment);
    m_proposal = makeHint({}, card);
    m_proposal->setObjectName(u"segmentProposal"_s);
    row->addWidget(m_proposal, 1);
    m_useProposal = new QPushButton(tr("Use the proposal"), card);
    m_useProposal->setObjectName(u"useProposal"_s);
    connect(m_useProposal, &QPushButton::clicked, this, [this] {
        const qint64 smallest = *std::ranges::min_element(m_cards);
        tell(m_file.setSegmentSize(models::boundless::proposeSegmentSize(smallest).po2));
    });
    row->addWidget(m_useProposal);
    return card;
}

QWidget *ComposePage::makeAgents()
{
    auto *box = new QWidget(this);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    m_model = new AgentTableModel(this);
    connect(m_model, &AgentTableModel::limitTyped, this, &ComposePage::changeLimit);
    m_table = new QTableView(box);
    m_table->setObjectName(u"agents"_s);
    m_table->setAccessibleName(tr("Agents"));
    m_table->setModel(m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 12);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setStretchLastSection(true);
    const int unit = m_table->fontMetrics().horizontalAdvance(u'0');
    const QList<int> widths{26, 20, 12, 14, 14, 14};
    for (int i = 0; i < int(widths.size()); ++i) {
        m_table->setColumnWidth(i, widths.at(i) * unit);
    }
    column->addWidget(m_table, 1);
    m_tools = new QWidget(box);
    auto *row = new QHBoxLayout(m_tools);
    row->setContentsMargins(0, 0, 0, 0);
    auto *addGpu = new QPushButton(tr("Add GPU agent for card"), m_tools);
    addGpu->setObjectName(u"addGpuAgent"_s);
    connect(addGpu, &QPushButton::clicked, this,
            [this] { tell(m_file.addGpuAgent(m_card->value())); });
    row->addWidget(addGpu);
    m_card = new QSpinBox(m_tools);
    m_card->setObjectName(u"gpuCard"_s);
    m_card->setAccessibleName(tr("Number of the card"));
    m_card->setRange(0, 63);
    row->addWidget(m_card);
    auto *addExec = new QPushButton(tr("Add exec agent"), m_tools);
    addExec->setObjectName(u"addExecAgent"_s);
    connect(addExec, &QPushButton::clicked, this, [this] { tell(m_file.addExecAgent()); });
    row->addWidget(addExec);
    row->addStretch();
    auto *remove = new QPushButton(tr("Remove agent"), m_tools);
    remove->setObjectName(u"removeAgent"_s);
    connect(remove, &QPushButton::clicked, this, &ComposePage::removeChosen);
    row->addWidget(remove);
    column->addWidget(m_tools);
    return box;
}

void ComposePage::load(const QString &name, const QByteArray &bytes, const QString &path)
{
    m_name = name;
    m_path = path;
    m_file = ComposeFile(bytes);
    m_saved = bytes;
    m_backup.clear();
    tell({});
}

void ComposePage::openFile(const QString &path)
{
    constexpr qint64 MostBytes = 1 << 20;
    QFile file(path);
    if (QFileInfo(path).isDir() || !file.open(QIODevice::ReadOnly) || file.size() > MostBytes) {
        tell(tl::unexpected(file.isOpen()
                                ? tr("%1 is larger than a megabyte: no compose file is.").arg(path)
                                : tr("%1 cannot be read.").arg(path)));
        return;
    }
    load(QFileInfo(path).fileName(), file.readAll(), path);
}

void ComposePage::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Open a compose file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Compose files (*.yml *.yaml)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &ComposePage::openFile);
    dialog->open();
}

void ComposePage::setCards(const QList<qint64> &memoryMiB)
{
    m_cards = memoryMiB;
    refresh();
}

void ComposePage::markSaved()
{
    markSaved(m_file.bytes());
}

void ComposePage::markSaved(const QByteArray &written)
{
    m_saved = written;
    tell({});
    emit saved();
}

void ComposePage::tell(const tl::expected<void, QString> &done)
{
    m_problem = done ? QString() : done.error();
    refresh();
}

void ComposePage::refresh()
{
    const bool isUsable = !m_saved.isEmpty() && m_file.problem().isEmpty();
    m_title->setText(m_name.isEmpty() ? tr("Agents") : m_name);
    m_message->setText(!m_problem.isEmpty()     ? m_problem
                           : m_saved.isEmpty()  ? tr("Open the compose file of a prover.")
                           : isChanged()        ? tr("Changed, not saved")
                           : m_backup.isEmpty() ? QString()
                                                : tr("Saved. As it was: %1").arg(m_backup));
    m_undo->setEnabled(m_file.canUndo());
    m_save->setEnabled(isUsable && isChanged());
    m_tools->setEnabled(isUsable);
    m_model->setAgents(isUsable ? m_file.agents() : QList<ComposeAgent>());
    const QSignalBlocker blocker(m_segment);
    m_segment->setEnabled(isUsable && m_file.segmentSize().has_value());
    m_segment->setValue(m_file.segmentSize().value_or(21));
    QString text;
    if (isUsable && !m_file.segmentSize()) {
        text = tr("This file sets none; SEGMENT_SIZE in the .env file decides.");
    } else if (m_cards.isEmpty()) {
        text = tr("Larger is faster and needs more memory of the card.");
    } else {
        const auto proposal
            = models::boundless::proposeSegmentSize(*std::ranges::min_element(m_cards));
        text = tr("Proposed: %1. %2").arg(proposal.po2).arg(proposal.why);
    }
    if (m_file.segmentSizeIsVariable() && isUsable) {
        text += u' ' + tr("A SEGMENT_SIZE in the .env file wins over it.");
    }
    m_proposal->setText(text);
    m_useProposal->setVisible(!m_cards.isEmpty() && m_segment->isEnabled());
    m_findings->setVisible(!m_saved.isEmpty());
    m_findings->setFindings(
        m_saved.isEmpty()
            ? QList<models::Finding>()
            : m_file.check(m_name,
                           m_cards.isEmpty() ? std::nullopt : std::optional(int(m_cards.size()))));
    // The next card without an agent.
    int next = 0;
    const QList<ComposeAgent> gpus = m_file.gpuAgents();
    while (std::ranges::any_of(gpus, [next](const ComposeAgent &gpu) {
        return gpu.devices.contains(QString::number(next));
    })) {
        ++next;
    }
    m_card->setValue(next);
    emit execAgentsChanged(isUsable ? m_file.execAgentCount().value_or(-1) : -1);
}

void ComposePage::changeLimit(const QString &agent, AgentTableModel::Column column,
                              const QString &value)
{
    tell(column == AgentTableModel::Memory ? m_file.setMemory(agent, value)
                                           : m_file.setCpus(agent, value));
}

void ComposePage::removeChosen()
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    if (rows.isEmpty()) {
        tell(tl::unexpected(tr("Choose the agent to be removed first.")));
        return;
    }
    const QString name = m_model->agents().at(rows.first().row()).name;
    tell(m_file.removeAgent(name));
}

void ComposePage::save()
{
    auto *dialog = new DiffDialog(
        tr("Save %1").arg(m_name), m_saved, m_file.bytes(),
        tr("A copy of the file as it was stays beside it. Changes count when the stack is started "
           "again; wait until no order is open."),
        this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, &ComposePage::write);
    dialog->open();
}

void ComposePage::write()
{
    if (m_path.isEmpty()) {
        emit saveWanted(m_saved, m_file.bytes());
        return;
    }
    const auto backup = models::boundless::writeSettings(m_path, m_saved, m_file.bytes());
    if (!backup) {
        tell(tl::unexpected(backup.error()));
        return;
    }
    m_backup = *backup;
    markSaved();
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/FactsDialog.h"

#include "ui/common/Theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QSpinBox>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
namespace aztec = models::aztec;

namespace {

enum NetworkChoice { Recognised = -1, Custom = -2 };

bool hasCpu(const aztec::Analysis &analysis, const QString &machine)
{
    return std::any_of(analysis.containers.begin(), analysis.containers.end(),
                       [&](const aztec::DockerContainer &one) {
                           return one.machine == machine && one.cpuPercent;
                       });
}

QSpinBox *makeNumber(int least, int most, int value, QWidget *parent)
{
    auto *box = new QSpinBox(parent);
    box->setRange(least, most);
    box->setValue(value);
    return box;
}

} // namespace

QString FactsDialog::missing(const aztec::Analysis &analysis)
{
    QStringList parts;
    const bool isUndated
        = std::any_of(analysis.logs.begin(), analysis.logs.end(), [](const aztec::LogRow &log) {
              return log.facts.records > 0
                  && (log.dateFrom.isEmpty() || log.dateFrom == u"file-time");
          });
    if (isUndated) {
        parts << tr("the day of the logs");
    }
    if (!analysis.network && !analysis.epochs.isEmpty()) {
        parts << tr("the network's slot times, and so the deadlines");
    }
    const bool lacksCores = std::any_of(
        analysis.machines.begin(), analysis.machines.end(),
        [&](const aztec::MachineRow &row) { return !row.cores && hasCpu(analysis, row.name); });
    if (lacksCores) {
        parts << tr("how many cores the machines have");
    }
    return parts.isEmpty() ? QString() : tr("These logs do not say: %1.").arg(parts.join(u"; "_s));
}

FactsDialog::FactsDialog(const aztec::Analysis &analysis, const aztec::AnalysisOptions &options,
                         QWidget *parent)
    : QDialog(parent)
    , m_options(options)
{
    setObjectName(u"factsDialog"_s);
    setWindowTitle(tr("What the logs do not say"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(makeHeading(tr("What the logs do not say"), this));
    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    layout->addLayout(form);
    addDay(*form);
    addCores(*form, analysis);
    addNetwork(*form, analysis);
    layout->addStretch();
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    setMinimumWidth(520);
}

void FactsDialog::addDay(QFormLayout &form)
{
    m_hasDay = new QCheckBox(tr("First line of logs without dates (UTC)"), this);
    m_hasDay->setObjectName(u"factsHasDay"_s);
    m_hasDay->setChecked(m_options.firstDay.has_value());
    m_day = new QDateEdit(m_options.firstDay ? QDate(1970, 1, 1).addDays(*m_options.firstDay)
                                             : QDate::currentDate(),
                          this);
    m_day->setObjectName(u"factsDay"_s);
    m_day->setAccessibleName(m_hasDay->text());
    m_day->setDisplayFormat(u"yyyy-MM-dd"_s);
    m_day->setCalendarPopup(true);
    connect(m_day, &QDateEdit::dateChanged, m_hasDay, [this] { m_hasDay->setChecked(true); });
    form.addRow(m_hasDay, m_day);
}

void FactsDialog::addCores(QFormLayout &form, const aztec::Analysis &analysis)
{
    for (const aztec::MachineRow &machine : analysis.machines) {
        if (!hasCpu(analysis, machine.name) && !m_options.cores.contains(machine.name)) {
            continue;
        }
        QSpinBox *box = makeNumber(
            0, 4096, m_options.cores.value(machine.name, machine.cores.value_or(0)), this);
        box->setObjectName(u"factsCores-"_s + machine.name);
        box->setSpecialValueText(tr("not known"));
        const QString title = tr("Cores of %1").arg(machine.name);
        box->setAccessibleName(title);
        m_cores.insert(machine.name, box);
        form.addRow(title, box);
    }
}

void FactsDialog::addNetwork(QFormLayout &form, const aztec::Analysis &analysis)
{
    m_network = new QComboBox(this);
    m_network->setObjectName(u"factsNetwork"_s);
    m_network->setAccessibleName(tr("Network"));
    m_network->addItem(analysis.network && !m_options.network
                           ? tr("As recognised: %1").arg(analysis.network->name)
                           : tr("Recognised by the logs"),
                       int(Recognised));
    const QList<aztec::Network> known = aztec::Vocabulary::builtIn()->networks();
    for (int i = 0; i < known.size(); ++i) {
        m_network->addItem(known.at(i).name, i);
        if (m_options.network && m_options.network->name == known.at(i).name) {
            m_network->setCurrentIndex(m_network->count() - 1);
        }
    }
    m_network->addItem(tr("Another"), int(Custom));
    form.addRow(tr("Network"), m_network);
    m_custom = new QWidget(this);
    auto *custom = new QFormLayout(m_custom);
    custom->setContentsMargins(0, 0, 0, 0);
    const aztec::Network network = m_options.network.value_or(known.value(0));
    m_genesis
        = new QDateTimeEdit(QDateTime::fromSecsSinceEpoch(network.genesis, Qt::UTC), m_custom);
    m_genesis->setObjectName(u"factsGenesis"_s);
    m_genesis->setTimeSpec(Qt::UTC);
    m_genesis->setDisplayFormat(u"yyyy-MM-dd HH:mm:ss"_s);
    m_slot = makeNumber(1, 86'400, int(network.slotSeconds), m_custom);
    m_slot->setSuffix(tr(" s"));
    m_slots = makeNumber(1, 100'000, int(network.epochSlots), m_custom);
    m_proof = makeNumber(1, 1000, int(network.proofEpochs), m_custom);
    custom->addRow(tr("Slot 0 began (UTC)"), m_genesis);
    custom->addRow(tr("A slot lasts"), m_slot);
    custom->addRow(tr("Slots in an epoch"), m_slots);
    custom->addRow(tr("Epochs in which one may be proved"), m_proof);
    form.addRow(m_custom);
    if (m_options.network && m_network->currentIndex() == 0) {
        m_network->setCurrentIndex(m_network->count() - 1);
    }
    connect(m_network, &QComboBox::currentIndexChanged, this, &FactsDialog::showNetwork);
    showNetwork();
}

void FactsDialog::showNetwork()
{
    m_custom->setVisible(m_network->currentData().toInt() == Custom);
}

aztec::AnalysisOptions FactsDialog::options() const
{
    aztec::AnalysisOptions options = m_options;
    options.firstDay = m_hasDay->isChecked()
        ? std::optional(QDate(1970, 1, 1).daysTo(m_day->date()))
        : std::nullopt;
    for (auto at = m_cores.cbegin(); at != m_cores.cend(); ++at) {
        if (at.value()->value() > 0) {
            options.cores.insert(at.key(), at.value()->value());
        } else {
            options.cores.remove(at.key());
        }
    }
    const int choice = m_network->currentData().toInt();
    if (choice == Recognised) {
        options.network.reset();
    } else if (choice == Custom) {
        aztec::Network network;
        network.name = tr("given");
        network.genesis = m_genesis->dateTime().toSecsSinceEpoch();
        network.slotSeconds = m_slot->value();
        network.epochSlots = m_slots->value();
        network.proofEpochs = m_proof->value();
        options.network = network;
    } else {
        options.network = aztec::Vocabulary::builtIn()->networks().at(choice);
    }
    return options;
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/SettingsForm.h"

#include "ui/boundless/DiffDialog.h"
#include "ui/boundless/LineEditStyle.h"
#include "ui/boundless/SettingRow.h"
#include "ui/boundless/SettingsDocument.h"
#include "ui/common/Theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::BrokerEra;
using models::boundless::SettingFlag;
using models::boundless::SettingKey;

namespace {

const QList<QPair<BrokerEra, QString>> &eraChoices()
{
    static const QList<QPair<BrokerEra, QString>> choices{
        {BrokerEra::Unknown, SettingsForm::tr("as the file looks")},
        {BrokerEra::V013, SettingsForm::tr("0.13 – 0.14")},
        {BrokerEra::V10, SettingsForm::tr("1.0")},
        {BrokerEra::V11, SettingsForm::tr("1.1 – 1.2")},
        {BrokerEra::V14, SettingsForm::tr("1.4")},
        {BrokerEra::V20, SettingsForm::tr("2.0 and newer")}};
    return choices;
}

QString sectionTitle(const QString &section)
{
    if (section == "market"_L1) {
        return SettingsForm::tr("[market] – which orders are taken, and at what price");
    }
    if (section == "prover"_L1) {
        return SettingsForm::tr("[prover] – how proofs are made");
    }
    if (section == "batcher"_L1) {
        return SettingsForm::tr("[batcher] – how proofs are delivered");
    }
    return u'[' + section + u']';
}

} // namespace

SettingsForm::SettingsForm(SettingsDocument &document, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
{
    setObjectName(u"settingsForm"_s);
    setAccessibleName(tr("Broker settings"));
    setAcceptDrops(true);
    setStyleSheet(lineEditStyle());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 12, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(makeHead());
    m_scroll = new QScrollArea(this);
    m_scroll->setObjectName(u"settings"_s);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    layout->addWidget(m_scroll, 1);
    connect(&m_document, &SettingsDocument::changed, this, &SettingsForm::refresh);
    connect(&m_document, &SettingsDocument::saved, this, &SettingsForm::saved);
    rebuild();
    refresh();
}

QWidget *SettingsForm::makeHead()
{
    auto *head = new QWidget(this);
    auto *column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    auto *row = new QHBoxLayout;
    m_title = makeHeading({}, head);
    m_title->setObjectName(u"settingsTitle"_s);
    row->addWidget(m_title);
    m_message = makeHint({}, head);
    m_message->setObjectName(u"settingsMessage"_s);
    row->addWidget(m_message, 1);
    m_files = new QComboBox(head);
    m_files->setObjectName(u"settingsFiles"_s);
    m_files->setAccessibleName(tr("File of settings"));
    m_files->hide();
    connect(m_files, &QComboBox::textActivated, this, &SettingsForm::fileWanted);
    row->addWidget(m_files);
    m_benchmark = new QPushButton(tr("From a benchmark…"), head);
    m_benchmark->setObjectName(u"settingsFromBenchmark"_s);
    m_benchmark->setToolTip(tr("Sets peak_prove_khz to three quarters of what was measured"));
    connect(m_benchmark, &QPushButton::clicked, this, &SettingsForm::benchmarksWanted);
    row->addWidget(m_benchmark);
    m_undo = new QPushButton(tr("Undo"), head);
    m_undo->setObjectName(u"undoSetting"_s);
    connect(m_undo, &QPushButton::clicked, &m_document, &SettingsDocument::undo);
    row->addWidget(m_undo);
    auto *open = new QPushButton(tr("Open…"), head);
    open->setObjectName(u"openSettings"_s);
    connect(open, &QPushButton::clicked, this, &SettingsForm::chooseFile);
    row->addWidget(open);
    m_save = new QPushButton(tr("Save…"), head);
    m_save->setObjectName(u"saveSettings"_s);
    makePrimary(m_save);
    connect(m_save, &QPushButton::clicked, this, &SettingsForm::save);
    row->addWidget(m_save);
    column->addLayout(row);
    auto *filters = new QHBoxLayout;
    m_search = new QLineEdit(head);
    m_search->setObjectName(u"searchSettings"_s);
    m_search->setAccessibleName(tr("Search settings"));
    m_search->setPlaceholderText(tr("Name or explanation of a key"));
    m_search->setClearButtonEnabled(true);
    connect(m_search, &QLineEdit::textChanged, this, &SettingsForm::applyFilter);
    filters->addWidget(m_search, 1);
    m_onlySet = new QCheckBox(tr("Only what the file sets"), head);
    m_onlySet->setObjectName(u"onlySet"_s);
    connect(m_onlySet, &QCheckBox::toggled, this, &SettingsForm::applyFilter);
    filters->addWidget(m_onlySet);
    auto *eraLabel = new QLabel(tr("Broker:"), head);
    filters->addWidget(eraLabel);
    m_era = new QComboBox(head);
    m_era->setObjectName(u"brokerEra"_s);
    m_era->setAccessibleName(tr("Release of the broker"));
    for (const auto &[era, title] : eraChoices()) {
        m_era->addItem(title);
    }
    m_era->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    eraLabel->setBuddy(m_era);
    connect(m_era, &QComboBox::activated, this, [this](int index) {
        models::boundless::SettingsContext context = m_document.context();
        context.era = eraChoices().at(index).first;
        m_document.setContext(context);
    });
    filters->addWidget(m_era);
    m_rename = new QPushButton(tr("Use the new names…"), head);
    m_rename->setObjectName(u"renameSettings"_s);
    connect(m_rename, &QPushButton::clicked, this, &SettingsForm::askToRename);
    filters->addWidget(m_rename);
    column->addLayout(filters);
    return head;
}

void SettingsForm::rebuild()
{
    m_rows.clear();
    m_cards.clear();
    auto *content = new QWidget;
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(0, 0, 6, 0);
    m_column->setSpacing(10);
    m_remarks = new QWidget(content);
    m_remarks->setObjectName(u"settingsRemarks"_s);
    m_remarkColumn = new QVBoxLayout(m_remarks);
    m_remarkColumn->setContentsMargins(0, 0, 0, 0);
    m_column->addWidget(m_remarks);
    QString section;
    QVBoxLayout *column = nullptr;
    const BrokerEra era = m_document.era();
    for (const SettingKey &key : models::boundless::SettingsSchema::builtIn()->keys(era)) {
        // Lists of addresses have a page of their own, where they can be looked over.
        if (key.type == SettingKey::Type::Addresses) {
            continue;
        }
        if (key.section != section || column == nullptr) {
            section = key.section;
            QFrame *card = makeCard(content);
            card->setProperty("section", section);
            column = new QVBoxLayout(card);
            column->setContentsMargins(14, 10, 14, 10);
            auto *title = makeHeading(sectionTitle(section), card);
            column->addWidget(title);
            m_column->addWidget(card);
            m_cards << card;
        }
        auto *row = new SettingRow(m_document, key, content);
        column->addWidget(row);
        m_rows << row;
    }
    m_column->addStretch();
    m_scroll->setWidget(content);
    m_shownEra = int(era);
    applyFilter();
}

void SettingsForm::refresh()
{
    if (int(m_document.era()) != m_shownEra) {
        rebuild();
    }
    for (SettingRow *row : std::as_const(m_rows)) {
        row->refresh();
    }
    const bool isLoaded = m_document.isLoaded();
    m_title->setText(isLoaded ? m_document.name() : tr("Broker settings"));
    m_undo->setEnabled(m_document.file().canUndo());
    m_benchmark->setEnabled(isLoaded && m_document.file().problem().isEmpty()
                            && !m_document.context().isOverride);
    m_save->setEnabled(isLoaded && m_document.file().isChanged());
    m_scroll->setEnabled(isLoaded && m_document.file().problem().isEmpty());
    m_message->setText(!isLoaded ? tr("Open a broker.toml, or drop one here.")
                           : m_document.file().isChanged() ? tr("Changed, not saved")
                           : !m_outcome.isEmpty()          ? m_outcome
                           : m_document.backup().isEmpty()
                           ? QString()
                           : tr("Saved. As it was: %1").arg(m_document.backup()));
    const bool isProblem = m_isProblem && m_message->text() == m_outcome;
    m_message->setForegroundRole(isProblem ? QPalette::WindowText : QPalette::PlaceholderText);
    const QSignalBlocker blocker(m_era);
    for (int i = 0; i < int(eraChoices().size()); ++i) {
        if (eraChoices().at(i).first == m_document.context().era) {
            m_era->setCurrentIndex(i);
        }
    }
    m_era->setItemText(
        0,
        isLoaded ? tr("as the file looks (%1)").arg(models::boundless::eraWord(m_document.era()))
                 : tr("as the file looks"));
    m_rename->setVisible(isLoaded && !m_document.renames().isEmpty());
    showRemarks();
    applyFilter();
}

void SettingsForm::showRemarks()
{
    while (QLayoutItem *item = m_remarkColumn->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    // What stands beside its row need not be said twice.
    const auto schema = models::boundless::SettingsSchema::builtIn();
    int shown = 0;
    for (const SettingFlag &flag : m_document.flags()) {
        const SettingKey *key = schema->find(m_document.era(), flag.section, flag.key);
        if (key != nullptr && key->type != SettingKey::Type::Addresses) {
            continue;
        }
        QFrame *card = makeCard(m_remarks);
        auto *row = new QHBoxLayout(card);
        row->setContentsMargins(10, 6, 10, 6);
        auto *sign = new QLabel(card);
        sign->setPixmap(severityIcon(flag.finding.severity, palette())
                            .pixmap(QSize(16, 16), devicePixelRatioF()));
        sign->setAccessibleName(models::severityWord(flag.finding.severity));
        row->addWidget(sign, 0, Qt::AlignTop);
        QString text = flag.finding.text;
        text += flag.finding.advice.isEmpty() ? QString() : QString(u' ' + flag.finding.advice);
        row->addWidget(makeText(text, card), 1);
        if (flag.finding.evidence.line > 0) {
            QLabel *line = makeHint(tr("line %1").arg(flag.finding.evidence.line), card);
            line->setWordWrap(false);
            row->addWidget(line, 0, Qt::AlignTop);
        }
        m_remarkColumn->addWidget(card);
        ++shown;
    }
    m_remarks->setVisible(shown > 0);
}

void SettingsForm::applyFilter()
{
    const QString text = m_search->text().trimmed();
    for (SettingRow *row : std::as_const(m_rows)) {
        row->setVisible(row->matches(text) && (!m_onlySet->isChecked() || row->isSet()));
    }
    for (QWidget *card : std::as_const(m_cards)) {
        bool hasRows = false;
        for (const SettingRow *row : std::as_const(m_rows)) {
            hasRows = hasRows || (row->parentWidget() == card && !row->isHidden());
        }
        card->setVisible(hasRows);
    }
}

void SettingsForm::showKey(const QString &key)
{
    m_search->clear();
    m_onlySet->setChecked(false);
    for (SettingRow *row : std::as_const(m_rows)) {
        if (row->key().name == key || row->key().alias == key) {
            m_scroll->ensureWidgetVisible(row);
            row->focusEditor();
            return;
        }
    }
}

void SettingsForm::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Open broker.toml"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Settings (*.toml)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &SettingsForm::openFile);
    dialog->open();
}

void SettingsForm::openFile(const QString &path)
{
    const QString problem = m_document.open(path);
    if (!problem.isEmpty()) {
        m_message->setText(problem);
    }
}

QString SettingsForm::savingNote() const
{
    QStringList restart;
    const models::boundless::SettingsFile before(m_document.file().original());
    for (const SettingRow *row : m_rows) {
        const SettingKey &key = row->key();
        const auto was = before.value(key.section, key.name);
        if (!key.isLive && was != m_document.file().value(key.section, key.name)) {
            restart << key.name;
        }
    }
    QString note = tr("The file is written in place, and a copy of it as it was stays beside it. A "
                      "running broker "
                      "reads it at once.");
    if (!restart.isEmpty()) {
        note += u'\n'
            + tr("These count only after the broker was started again: %1.")
                  .arg(restart.join(u", "_s));
    }
    int errors = 0;
    for (const SettingFlag &flag : m_document.flags()) {
        // (One that goes beyond what was measured is taken all the same.)
        errors += flag.finding.severity == models::Severity::Error
                && flag.finding.code != u"peak-above-benchmark"
            ? 1
            : 0;
    }
    if (errors > 0) {
        note += u'\n'
            + tr("The file has errors (%1): a running broker keeps its old values, a new one does "
                 "not start.")
                  .arg(errors);
    }
    return note;
}

void SettingsForm::setOutcome(const QString &text, bool isProblem)
{
    m_outcome = text;
    m_isProblem = isProblem;
    refresh();
}

void SettingsForm::save()
{
    if (!m_document.file().isChanged()) {
        return;
    }
    auto *dialog
        = new DiffDialog(tr("Save %1").arg(m_document.name()), m_document.file().original(),
                         m_document.file().bytes(), savingNote(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, &SettingsForm::write);
    dialog->open();
}

void SettingsForm::write()
{
    const QString problem = m_document.save();
    if (!problem.isEmpty()) {
        m_message->setText(problem);
    }
}

void SettingsForm::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->urls().size() == 1 && event->mimeData()->urls().first().isLocalFile()) {
        event->acceptProposedAction();
    }
}

void SettingsForm::dropEvent(QDropEvent *event)
{
    openFile(event->mimeData()->urls().value(0).toLocalFile());
}

} // namespace proverdeck::ui

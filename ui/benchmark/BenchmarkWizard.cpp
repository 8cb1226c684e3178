// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/benchmark/BenchmarkWizard.h"

#include "ui/benchmark/InputForm.h"
#include "ui/benchmark/StepListModel.h"
#include "ui/common/Theme.h"

#include <QClipboard>
#include <QFileDialog>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QLabel>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::Input;
using models::RunState;
using models::StepOutcome;

namespace {
enum PageId { ServerId, ProveId, LoadId, ChecksId, ReviewId };
}

// ---- the wizard ----

BenchmarkWizard::BenchmarkWizard(Services &services, models::Workflow workflow, QWidget *parent)
    : QWizard(parent)
    , m_services(services)
    , m_workflow(std::move(workflow))
{
    setObjectName(u"benchmarkWizard"_s);
    setWindowTitle(hasPage(u"load"_s) ? tr("New benchmark") : m_workflow.title);
    setWizardStyle(QWizard::ModernStyle);
    setOption(QWizard::NoBackButtonOnStartPage);
    setOption(QWizard::NoDefaultButton, false);
    resize(940, 640);
    setSideWidget(makeSteps());
    addForms();
    setPage(ChecksId, new ChecksPage(services, *this));
    setPage(ReviewId, new ReviewPage(services, *this));
    connect(this, &QWizard::currentIdChanged, this, &BenchmarkWizard::onPage);
    for (InputForm *form : std::as_const(m_forms)) {
        form->setValues({});
    }
    recallAnswers({});
    for (const auto which :
         {QWizard::NextButton, QWizard::BackButton, QWizard::CancelButton, QWizard::FinishButton}) {
        static const QMap<QWizard::WizardButton, QString> names{
            {QWizard::NextButton, u"next"_s},
            {QWizard::BackButton, u"back"_s},
            {QWizard::CancelButton, u"cancel"_s},
            {QWizard::FinishButton, u"start"_s}};
        button(which)->setObjectName(names.value(which));
    }
}

BenchmarkWizard::~BenchmarkWizard() = default;

/// Only a benchmark has questions on every page.
bool BenchmarkWizard::hasPage(const QString &name) const
{
    return std::any_of(m_workflow.inputs.begin(), m_workflow.inputs.end(),
                       [&](const Input &input) { return input.page == name; });
}

void BenchmarkWizard::addForms()
{
    struct Form
    {
        int id;
        QString name;
        QString title;
        QString subtitle;
    };
    const bool isBenchmark = hasPage(u"load"_s);
    const QList<Form> forms{
        {ServerId, u"server"_s, tr("Server"),
         tr("Where the prover runs, and where the repository is on that machine.")},
        {ProveId, u"prove"_s, isBenchmark ? tr("What to prove") : tr("What to do"),
         isBenchmark ? tr("Which code is measured, with which backend, and how many batches make "
                          "the result.")
                     : m_workflow.title + u'.'},
        {LoadId, u"load"_s, tr("Load"),
         tr("The transactions that fill the batches. Too few, and empty batches are measured "
            "instead.")}};
    for (const Form &form : forms) {
        if (hasPage(form.name)) {
            auto *page = new FormPage(m_workflow, form.name, m_services.hosts(), this);
            page->setTitle(form.title);
            page->setSubTitle(form.subtitle);
            setPage(form.id, page);
            m_forms += page->forms();
        }
    }
}

QWidget *BenchmarkWizard::makeSteps()
{
    auto *side = new QWidget(this);
    side->setFixedWidth(170);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(18, 20, 12, 12);
    column->setSpacing(14);
    QList<QPair<int, QString>> names;
    const QList<QPair<int, QString>> forms{
        {ServerId, u"server"_s}, {ProveId, u"prove"_s}, {LoadId, u"load"_s}};
    const QMap<QString, QString> titles{
        {u"server"_s, tr("Server")},
        {u"prove"_s, hasPage(u"load"_s) ? tr("What to prove") : tr("What to do")},
        {u"load"_s, tr("Load")}};
    for (const auto &[id, name] : forms) {
        if (hasPage(name)) {
            names.emplaceBack(id, titles.value(name));
        }
    }
    names.emplaceBack(ChecksId, tr("Checks"));
    names.emplaceBack(ReviewId, tr("Review"));
    int number = 0;
    for (const auto &[id, name] : std::as_const(names)) {
        auto *label = new QLabel(u"%1  %2"_s.arg(++number).arg(name), side);
        column->addWidget(label);
        m_stepLabels.insert(id, label);
    }
    column->addStretch();
    return side;
}

void BenchmarkWizard::setHost(const QString &host)
{
    models::InputValues values = m_forms.first()->values();
    values.insert(u"host"_s, host);
    m_forms.first()->setValues(values);
    recallAnswers(host);
}

void BenchmarkWizard::setAnswers(const models::InputValues &values)
{
    models::InputValues all = answers();
    all.insert(values);
    for (InputForm *form : std::as_const(m_forms)) {
        form->setValues(all);
    }
}

models::InputValues BenchmarkWizard::answers() const
{
    models::InputValues all;
    for (const InputForm *form : m_forms) {
        all.insert(form->values());
    }
    return all;
}

std::optional<models::Plan> BenchmarkWizard::plan() const
{
    const auto checked = models::checkValues(m_workflow, answers());
    if (!checked) {
        return std::nullopt;
    }
    return models::makePlan(m_workflow, *checked,
                            m_services.sshConfigFor(checked->value(u"host"_s).toString()));
}

void BenchmarkWizard::recallAnswers(const QString &host)
{
    if (host == m_recalledFor && !host.isEmpty()) {
        return;
    }
    m_recalledFor = host;
    models::InputValues last = m_services.store().lastValues(m_workflow.id, host);
    const models::InputValues now = answers();
    for (const Input &input : m_workflow.inputs) {
        if (input.type == models::InputType::Host) {
            last.insert(input.id, host.isEmpty() ? now.value(input.id) : QVariant(host));
        }
    }
    for (InputForm *form : std::as_const(m_forms)) {
        form->setValues(last);
    }
}

void BenchmarkWizard::onPage(int id)
{
    for (auto one = m_stepLabels.begin(); one != m_stepLabels.end(); ++one) {
        QFont font = one.value()->font();
        font.setBold(one.key() == id);
        one.value()->setFont(font);
        one.value()->setForegroundRole(one.key() == id      ? QPalette::Link
                                           : one.key() < id ? QPalette::WindowText
                                                            : QPalette::PlaceholderText);
    }
    if (id == ProveId) {
        recallAnswers(answers().value(u"host"_s).toString());
    }
    for (InputForm *form : std::as_const(m_forms)) {
        form->setContext(answers());
    }
    if (id == ReviewId) {
        setButtonText(QWizard::FinishButton,
                      (hasPage(u"load"_s) ? tr("Start benchmark on %1") : tr("Start on %1"))
                          .arg(answers().value(u"host"_s).toString()));
    }
}

// ---- forms ----

FormPage::FormPage(const models::Workflow &workflow, const QString &page, const QStringList &hosts,
                   QWidget *parent)
    : QWizardPage(parent)
{
    QList<Input> main;
    QList<Input> advanced;
    for (const Input &input : workflow.inputs) {
        if (input.page == page) {
            (input.advanced ? advanced : main) << input;
        }
    }
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto *area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    auto *content = new QWidget(area);
    auto *layout = new QVBoxLayout(content);
    m_forms << new InputForm(workflow, main, hosts, content);
    layout->addWidget(m_forms.first());
    if (!advanced.isEmpty()) {
        auto *toggle = new QPushButton(tr("Seldom changed ▸"), content);
        toggle->setObjectName(u"advancedToggle"_s);
        toggle->setCheckable(true);
        toggle->setFlat(true);
        toggle->setStyleSheet(u"text-align: left; padding: 4px 0;"_s);
        auto *form = new InputForm(workflow, advanced, hosts, content);
        form->hide();
        connect(toggle, &QPushButton::toggled, form, [toggle, form](bool on) {
            form->setVisible(on);
            toggle->setText(on ? FormPage::tr("Seldom changed ▾")
                               : FormPage::tr("Seldom changed ▸"));
        });
        m_forms << form;
        layout->addWidget(toggle, 0, Qt::AlignLeft);
        layout->addWidget(form);
    }
    layout->addStretch();
    area->setWidget(content);
    outer->addWidget(area);
    for (InputForm *form : std::as_const(m_forms)) {
        connect(form, &InputForm::changed, this, &QWizardPage::completeChanged);
    }
}

bool FormPage::isComplete() const
{
    return true; // Next stays usable: pressing it shows what is wrong
}

bool FormPage::validatePage()
{
    bool ok = true;
    for (InputForm *form : std::as_const(m_forms)) {
        const bool passes = form->showProblems();
        if (!passes && !form->isVisible()) {
            findChild<QPushButton *>(u"advancedToggle"_s)->setChecked(true);
        }
        ok = ok && passes;
    }
    return ok;
}

// ---- checks ----

ChecksPage::ChecksPage(Services &services, BenchmarkWizard &wizard)
    : QWizardPage(&wizard)
    , m_services(services)
    , m_wizard(wizard)
{
    setTitle(tr("Checks"));
    setSubTitle(
        tr("What the server has and has not, as a login shell sees it. Nothing is changed."));
    auto *layout = new QVBoxLayout(this);
    auto *head = new QHBoxLayout;
    m_summary = makeText({}, this);
    m_summary->setObjectName(u"checkSummary"_s);
    m_again = new QPushButton(tr("Check again"), this);
    m_again->setObjectName(u"checkAgain"_s);
    connect(m_again, &QPushButton::clicked, this, &ChecksPage::startChecks);
    head->addWidget(m_summary, 1);
    head->addWidget(m_again);
    layout->addLayout(head);
    m_model = new StepListModel(this);
    m_list = new QListView(this);
    m_list->setObjectName(u"checks"_s);
    m_list->setAccessibleName(tr("Checks"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new StepDelegate(m_list));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    layout->addWidget(m_list, 1);
    m_details = makeText({}, this);
    m_details->setObjectName(u"checkDetails"_s);
    m_details->setMinimumHeight(fontMetrics().height() * 3 + 8);
    m_details->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    layout->addWidget(m_details);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ChecksPage::showDetails);
}

ChecksPage::~ChecksPage() = default;

void ChecksPage::initializePage()
{
    startChecks();
}

void ChecksPage::cleanupPage()
{
    m_run.reset();
    m_shell.reset();
    m_state = RunState::Idle;
}

bool ChecksPage::isComplete() const
{
    return m_state == RunState::Done;
}

void ChecksPage::startChecks()
{
    cleanupPage();
    const auto plan = m_wizard.plan();
    if (!plan) {
        m_summary->setText(tr("Some answers do not pass; go back and mend them."));
        return;
    }
    m_shell = m_services.shellFor(plan->host);
    models::RunOptions options;
    options.checksOnly = true;
    m_run = std::make_unique<models::Run>(*plan, *m_shell, options);
    QList<StepListModel::Row> rows;
    for (const models::PlannedStep &planned : plan->steps) {
        if (planned.step.phase == models::Phase::Preflight) {
            rows << StepListModel::Row{planned.step.title, {}, {}, {}};
        }
    }
    m_model->setRows(rows);
    m_again->setEnabled(false);
    m_details->clear();
    m_summary->setText(tr("Connecting to %1 …").arg(plan->host));
    connect(m_run.get(), &models::Run::stateChanged, this, [this](RunState state) {
        if (state == RunState::Checking) {
            m_summary->setText(tr("Checking …"));
        }
    });
    connect(m_run.get(), &models::Run::stepChanged, this, [this](int index) {
        if (index < m_model->rowCount()) {
            m_model->setState(index, m_run->steps().at(index));
        }
    });
    connect(m_run.get(), &models::Run::finished, this, &ChecksPage::onFinished);
    m_run->start();
    emit completeChanged();
}

void ChecksPage::onFinished(RunState state)
{
    m_state = state;
    m_again->setEnabled(true);
    int failed = 0;
    int warned = 0;
    int firstBad = -1;
    for (int i = 0; i < m_model->rowCount(); ++i) {
        const StepOutcome outcome = m_run->steps().at(i).outcome;
        failed += int(outcome == StepOutcome::Failed);
        warned += int(outcome == StepOutcome::Warning);
        if (firstBad < 0 && outcome == StepOutcome::Failed) {
            firstBad = i;
        }
    }
    if (state == RunState::Refused || state == RunState::Cancelled || state == RunState::Unknown) {
        const QList<models::Finding> findings = m_run->findings();
        m_summary->setText(tr("The server could not be checked."));
        m_details->setText(
            findings.isEmpty() ? QString() : findings.last().text + u' ' + findings.last().advice);
    } else if (failed > 0) {
        m_summary->setText(
            failed == 1 ? tr("1 check failed. Mend the server, then check again.")
                        : tr("%1 checks failed. Mend the server, then check again.").arg(failed));
        m_list->setCurrentIndex(m_model->index(firstBad));
    } else {
        m_summary->setText(warned == 1 ? tr("The server is ready, with 1 remark.")
                               : warned > 1
                               ? tr("The server is ready, with %1 remarks.").arg(warned)
                               : tr("The server is ready."));
    }
    emit completeChanged();
}

void ChecksPage::showDetails()
{
    const int row = m_list->currentIndex().row();
    if (row < 0 || !m_run) {
        return;
    }
    const models::StepState &state = m_run->steps().at(row);
    const models::Step &step = m_run->plan().steps.at(row).step;
    const bool bad = state.outcome == StepOutcome::Failed || state.outcome == StepOutcome::Warning;
    m_details->setText(state.note
                       + (bad && !step.fix.isEmpty() ? u"\n→ "_s + step.fix : QString()));
}

// ---- review ----

ReviewPage::ReviewPage(Services &services, BenchmarkWizard &wizard)
    : QWizardPage(&wizard)
    , m_services(services)
    , m_wizard(wizard)
{
    setTitle(tr("Review"));
    setSubTitle(tr("Every command that will run on the server, and what is skipped and why."));
    setFinalPage(true);
    auto *layout = new QVBoxLayout(this);
    m_text = new QPlainTextEdit(this);
    m_text->setObjectName(u"review"_s);
    m_text->setAccessibleName(tr("Commands"));
    m_text->setReadOnly(true);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    layout->addWidget(m_text, 1);
    auto *row = new QHBoxLayout;
    auto *copy = new QPushButton(tr("Copy"), this);
    copy->setObjectName(u"copyPlan"_s);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_text->toPlainText()); });
    auto *save = new QPushButton(tr("Save as shell script…"), this);
    save->setObjectName(u"savePlan"_s);
    connect(save, &QPushButton::clicked, this, [this] {
        auto *dialog = new QFileDialog(this, tr("Save as shell script"), u"benchmark.sh"_s,
                                       tr("Shell script (*.sh)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->selectFile(u"benchmark.sh"_s);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
            if (const auto plan = m_wizard.plan()) {
                const QString why = models::report::writeWholeFile(
                    path, models::planToScript(*plan).toUtf8(), true);
                setSubTitle(why.isEmpty() ? tr("Written to %1").arg(path) : why);
            }
        });
        dialog->open();
    });
    row->addWidget(copy);
    row->addWidget(save);
    row->addStretch();
    layout->addLayout(row);
}

void ReviewPage::initializePage()
{
    const auto plan = m_wizard.plan();
    m_text->setPlainText(plan ? models::planToText(*plan) : QString());
}

} // namespace proverdeck::ui

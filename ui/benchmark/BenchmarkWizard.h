// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/Services.h"

#include <QWizard>

class QLabel;
class QListView;
class QPlainTextEdit;
class QPushButton;

namespace proverdeck::ui {

class InputForm;
class StepListModel;

/// The questions of a workflow, the checks on the real server, and a review of every command.
///
/// Edits one draft: the answers. accepted() means "start this": take plan(). Nothing is saved or
/// started before that, but the checks log in to the server.
class BenchmarkWizard : public QWizard
{
    Q_OBJECT

public:
    BenchmarkWizard(Services &services, models::Workflow workflow, QWidget *parent = nullptr);
    ~BenchmarkWizard() override;

    void setHost(const QString &host);
    /// Fills in these answers; the others stay.
    void setAnswers(const models::InputValues &values);
    /// Answers of all pages so far.
    [[nodiscard]] models::InputValues answers() const;
    /// The plan of the present answers; nullopt while an answer does not pass.
    [[nodiscard]] std::optional<models::Plan> plan() const;
    [[nodiscard]] const models::Workflow &workflow() const { return m_workflow; }

private:
    void addForms();
    [[nodiscard]] QWidget *makeSteps();
    [[nodiscard]] bool hasPage(const QString &name) const;
    void onPage(int id);
    void recallAnswers(const QString &host);

    Services &m_services;
    models::Workflow m_workflow;
    QList<InputForm *> m_forms;
    QMap<int, QLabel *> m_stepLabels; ///< by the id of the page
    QString m_recalledFor;
};

/// A page with some of the inputs.
class FormPage : public QWizardPage
{
    Q_OBJECT

public:
    FormPage(const models::Workflow &workflow, const QString &page, const QStringList &hosts,
             QWidget *parent = nullptr);
    [[nodiscard]] bool isComplete() const override;
    bool validatePage() override;
    [[nodiscard]] QList<InputForm *> forms() const { return m_forms; }

private:
    QList<InputForm *> m_forms;
};

/// Runs the preflight against the server and shows each check with its evidence and fix.
class ChecksPage : public QWizardPage
{
    Q_OBJECT

public:
    ChecksPage(Services &services, BenchmarkWizard &wizard);
    ~ChecksPage() override;
    void initializePage() override;
    void cleanupPage() override;
    [[nodiscard]] bool isComplete() const override;

private:
    void startChecks();
    void onFinished(models::RunState state);
    void showDetails();

    Services &m_services;
    BenchmarkWizard &m_wizard;
    std::unique_ptr<ssh::RemoteShell> m_shell;
    std::unique_ptr<models::Run> m_run;
    StepListModel *m_model = nullptr;
    QListView *m_list = nullptr;
    QLabel *m_summary = nullptr;
    QLabel *m_details = nullptr;
    QPushButton *m_again = nullptr;
    models::RunState m_state = models::RunState::Idle;
};

/// Every command that will run, and what is skipped and why.
class ReviewPage : public QWizardPage
{
    Q_OBJECT

public:
    ReviewPage(Services &services, BenchmarkWizard &wizard);
    void initializePage() override;

private:
    Services &m_services;
    BenchmarkWizard &m_wizard;
    QPlainTextEdit *m_text = nullptr;
};

} // namespace proverdeck::ui

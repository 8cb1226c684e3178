// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/live/MachineWatch.h"
#include "ui/Services.h"

#include <QMainWindow>
#include <QMap>

class QListWidget;
class QListWidgetItem;
class QStackedWidget;

namespace proverdeck::ui {

class AztecPage;
class BenchmarkWizard;
class BoundlessPage;
class ResultsPage;
class RunPage;
class StartPage;

/// The window: a list of open pages on the left, the page on the right. It owns no run.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(Services &services, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// The wizard of any workflow, with some answers given; null if its file cannot be used.
    BenchmarkWizard *openWorkflow(const QString &id, const models::InputValues &values);
    BenchmarkWizard *openWizard(const QString &host = {});
    RunPage *showRun(models::Run &run);
    void openRun(const QString &id); ///< live or of the history
    void watchRun(); ///< asks which one of which server
    void attachRun(const QString &id); ///< goes on with a run that was left
    ResultsPage *showResults(const QString &id);
    /// A prover's log or a results.json; says what is wrong in the window.
    void openFile(const QString &path);
    /// Any log, of any length, also compressed; follows it.
    void viewLog(const QString &path);
    void makeBundle(); ///< of the run on the current page
    void startDemo();
    /// Shows the Aztec page and watches these servers.
    void watchAztec(const QList<models::aztec::WatchChoice> &choices);
    void offerOpenStops(); ///< of brokers, that an earlier program left
    void addServer();
    void openHistorySettings();
    [[nodiscard]] QWidget *currentPage() const;
    void closePage(QWidget *page);

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void buildMenus();
    void addPage(QWidget *page, const QString &title, const QIcon &icon);
    void select(QWidget *page);
    RunPage *addRecord(const models::RunRecord &record);
    void askStop(const QString &runId, bool forClose);
    void chooseFile();
    void chooseLog();
    void say(const QString &title, const QString &text);
    [[nodiscard]] QListWidgetItem *itemOf(QWidget *page) const;
    [[nodiscard]] QList<models::Run *> unfinishedRuns() const;

    Services &m_services;
    QListWidget *m_list = nullptr;
    QStackedWidget *m_stack = nullptr;
    StartPage *m_start = nullptr;
    BoundlessPage *m_boundless = nullptr;
    AztecPage *m_aztec = nullptr; ///< always open, like the start page
    bool m_closing = false;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/aztec/AztecWatch.h"

#include <QWidget>

class QAbstractItemModel;
class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QTabWidget;
class QTableView;

namespace proverdeck::ui {

class CellTableModel;
class FindingsView;
class JobTableModel;
class TablePane;
class ProofTreeView;
class TimelineView;
class WatchBar;

/// What Aztec provers did and do, from their logs: epochs, jobs, machines, findings. Logs are
/// dropped here or opened, or servers are watched; all is read in a thread of its own, and the
/// first results show while it is.
class AztecPage : public QWidget
{
    Q_OBJECT

public:
    /// Without @p services, which must outlive the page, there are only files.
    explicit AztecPage(QWidget *parent = nullptr, Services *services = nullptr);
    ~AztecPage() override;

    /// Reads these as well as those that are open already. Names as on the command line: a file, a
    /// folder, MACHINE=FILE.
    void addFiles(const QStringList &names);
    /// Watches these servers, in place of what is shown.
    void watch(const QList<models::aztec::WatchChoice> &choices);
    /// Null without services.
    [[nodiscard]] AztecWatch *watched() const { return m_watch; }
    [[nodiscard]] Notifier &notifier() { return m_notifier; }
    /// Forgets all files and servers and shows the empty page.
    void clear();
    [[nodiscard]] bool isBusy() const { return m_loader->isBusy(); }
    [[nodiscard]] AztecResultPtr result() const { return m_result; }
    /// Writes what is shown: .md, .json, .csv (of the types), .svg and .png (of the timeline or the
    /// tree, whichever is shown). Empty, or why it could not be done.
    [[nodiscard]] QString exportTo(const QString &path) const;

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QWidget *buildEmpty();
    QWidget *buildResults();
    QWidget *buildJobs();
    QWidget *buildTimeline();
    QWidget *buildMachines();
    QWidget *buildCompare();
    QWidget *buildStartUp();
    QTableView *addTable(const QString &name, const QString &title, QAbstractItemModel *model);
    QWidget *buildDetail();
    void onProgress(qint64 done, qint64 total);
    void onAnalysed(const AztecResultPtr &result);
    void onFinished(const QStringList &problems);
    void onLineRead(qint64 offset, const QByteArray &line);
    void showEpoch();
    void showComparison();
    void updateSummary();
    void updateEpochs();
    void showJob(quint32 job);
    void showEvidence(const QString &log, qint64 line);
    void updateTables(const AztecResultPtr &result);
    void updateFindings();
    void fitColumns(const QList<QTableView *> &tables);
    void refreshWatch();
    void chooseServers();
    void stopWatching();
    QWidget *buildFacts();
    void updateFacts();
    void askFacts();
    void chooseFiles();
    void chooseExport();
    void say(const QString &text, bool isProblem);
    [[nodiscard]] std::optional<qint64> chosenEpoch() const;

    Services *m_services = nullptr;
    Notifier m_notifier;
    AztecLoader *m_loader = nullptr;
    AztecWatch *m_watch = nullptr;
    WatchBar *m_watchBar = nullptr;
    CellTableModel *m_sources = nullptr;
    QTableView *m_sourceBox = nullptr;
    QPushButton *m_watchButton = nullptr;
    QStringList m_findingKeys;
    models::aztec::AnalysisOptions m_facts; ///< what a person said that the logs do not
    QWidget *m_factsBar = nullptr;
    QLabel *m_factsText = nullptr;
    bool m_hasAsked = false;
    AztecResultPtr m_result;
    QStringList m_names;
    QStackedWidget *m_stack = nullptr;
    QTabWidget *m_tabs = nullptr;
    QLabel *m_summary = nullptr;
    QLabel *m_message = nullptr;
    QProgressBar *m_progress = nullptr;
    QComboBox *m_epoch = nullptr;
    QComboBox *m_compareA = nullptr;
    QComboBox *m_compareB = nullptr;
    QPushButton *m_export = nullptr;
    QPushButton *m_clear = nullptr;
    CellTableModel *m_epochs = nullptr;
    CellTableModel *m_types = nullptr;
    CellTableModel *m_txs = nullptr;
    CellTableModel *m_machines = nullptr;
    CellTableModel *m_agents = nullptr;
    CellTableModel *m_containers = nullptr;
    CellTableModel *m_comparison = nullptr;
    CellTableModel *m_startUps = nullptr;
    CellTableModel *m_circuits = nullptr;
    JobTableModel *m_jobs = nullptr;
    QTableView *m_typeTable = nullptr;
    TablePane *m_jobTable = nullptr;
    QWidget *m_containerBox = nullptr;
    TimelineView *m_timeline = nullptr;
    ProofTreeView *m_tree = nullptr;
    FindingsView *m_findings = nullptr;
    QWidget *m_detail = nullptr;
    QLabel *m_detailTitle = nullptr;
    QLabel *m_detailText = nullptr;
    qint64 m_wantedOffset = -1;
};

} // namespace proverdeck::ui

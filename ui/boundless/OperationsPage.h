// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ops/BrokerServer.h"
#include "models/boundless/ops/SafeStop.h"
#include "models/workflow/Workflow.h"

#include <QTimer>
#include <QWidget>

#include <memory>

class QLabel;
class QMenu;
class QPushButton;
class QStackedLayout;
class QTabWidget;
class QTableView;

namespace proverdeck::ui {

class ContainerTableModel;
class FindingsView;
class GpuCharts;
class LogPane;
class StopView;

/// What the page needs from the program around it. Implemented in app/; outlives the page.
class OperationsServices
{
public:
    OperationsServices() = default;
    OperationsServices(const OperationsServices &) = delete;
    OperationsServices &operator=(const OperationsServices &) = delete;
    virtual ~OperationsServices() = default;

    /// A safe stop of the server's broker, new or one that was left unfinished; not started yet.
    /// @p witness may be null and outlives the stop. Null with a sentence in @p problem if another
    /// program drives it.
    [[nodiscard]] virtual std::unique_ptr<models::boundless::SafeStop>
    safeStop(models::boundless::BrokerServer &server, models::boundless::ChainWitness *witness,
             QString *problem)
        = 0;
    /// A stop of this checkout was begun and has not ended.
    [[nodiscard]] virtual bool hasOpenStop(const QString &host, const QString &dir) const = 0;
    /// All such: host and checkout.
    [[nodiscard]] virtual QList<QPair<QString, QString>> openStops() const = 0;
};

/// A Boundless prover on its server: what runs, its GPUs, its log, and the buttons to start it, to
/// stop it safely, to update and to benchmark it.
///
/// A safe stop that an earlier program left is gone on with as soon as the server is shown. GUI
/// thread.
class OperationsPage : public QWidget
{
    Q_OBJECT

public:
    explicit OperationsPage(OperationsServices &services, QWidget *parent = nullptr);
    ~OperationsPage() override;

    /// Shows this server from now on; null: none. Starts it.
    void setServer(std::unique_ptr<models::boundless::BrokerServer> server);
    [[nodiscard]] models::boundless::BrokerServer *server() const { return m_server.get(); }
    [[nodiscard]] models::boundless::SafeStop *stop() const { return m_stop.get(); }

    /// Who reads the chain for a safe stop; null: nobody. Outlives the page.
    void setWitness(models::boundless::ChainWitness *witness) { m_witness = witness; }

    /// Asks, then begins.
    void askToStop();

signals:
    /// Somebody wants to run a workflow on this server, with these answers given.
    void workflowWanted(const QString &workflowId, const proverdeck::models::InputValues &values);
    /// The server's broker log and database, for the page of orders.
    void logCame(const QByteArray &bytes);
    void databaseCame(const proverdeck::models::boundless::DbSnapshot &snapshot);

protected:
    void changeEvent(QEvent *event) override;

private:
    void build();
    [[nodiscard]] QWidget *makeHead();
    void makeMore();
    void refresh();
    void refreshButtons();
    void refreshFindings();
    void beginStop();
    void want(const QString &workflowId);
    [[nodiscard]] QString stateText() const;

    OperationsServices &m_services;
    models::boundless::ChainWitness *m_witness = nullptr;
    std::unique_ptr<models::boundless::BrokerServer> m_server;
    std::unique_ptr<models::boundless::SafeStop> m_stop; // before the server ends
    ContainerTableModel *m_containers;
    QLabel *m_title = nullptr;
    QLabel *m_state = nullptr;
    QLabel *m_problem = nullptr;
    QPushButton *m_start = nullptr;
    QPushButton *m_stopButton = nullptr;
    QPushButton *m_more = nullptr;
    StopView *m_stopView = nullptr;
    QTabWidget *m_tabs = nullptr;
    QTableView *m_table = nullptr;
    GpuCharts *m_gpus = nullptr;
    LogPane *m_log = nullptr;
    FindingsView *m_findings = nullptr;
    QStackedLayout *m_stack = nullptr;
    QStackedLayout *m_containerStack = nullptr;
    QTimer m_tick;
    bool m_hasLookedForStop = false;
};

} // namespace proverdeck::ui

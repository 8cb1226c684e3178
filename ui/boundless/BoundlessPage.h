// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BenchmarkFigures.h"
#include "models/workflow/Workflow.h"

#include <QPointer>
#include <QWidget>

#include <functional>
#include <memory>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTabWidget;

namespace proverdeck::models::boundless {
class ServerFile;
class SettingsProof;
class StakeWitness;
} // namespace proverdeck::models::boundless

namespace proverdeck::ui {

class ComposePage;
class EnvPage;
class Notifier;
class OperationsPage;
class OrdersPage;
class RequestorListsPage;
class Services;
class SettingsDocument;
class SettingsForm;
class ShownServer;
class StakePage;

/// Everything about a Boundless prover, one tab each. Connected to its server, log and database of
/// the broker go from the operations to the orders.
class BoundlessPage : public QWidget
{
    Q_OBJECT

public:
    explicit BoundlessPage(Services &services, QWidget *parent = nullptr);
    ~BoundlessPage() override;

    [[nodiscard]] StakePage *stakePage() const { return m_stake; }
    [[nodiscard]] OrdersPage *ordersPage() const { return m_orders; }
    [[nodiscard]] OperationsPage *operationsPage() const { return m_operations; }
    [[nodiscard]] SettingsDocument &document() const { return *m_document; }
    /// Logs in and shows what runs there; @p dir is the checkout on the server.
    void connectTo(const QString &host, const QString &dir);

    /// Lists the safe stops that an earlier program left on any server, to go on with them; nothing
    /// if there are none.
    void offerOpenStops();

signals:
    /// Somebody wants to see this page now.
    void wanted();
    /// Somebody wants to run a workflow, with these answers given.
    void workflowWanted(const QString &id, const proverdeck::models::InputValues &values);

private:
    [[nodiscard]] QWidget *makeServer();
    void addTabs();
    void connectNotices();
    void onConnect();
    void showSetting(const QString &key);
    void onServerChanged();
    void openServerFiles();
    void openEnvironment(const QString &name);
    void openSettings(const QString &name);
    [[nodiscard]] QList<models::boundless::BenchmarkFigure> benchmarks() const;
    void chooseBenchmark();
    void useBenchmark(qint64 peakProveKhz, const models::boundless::BenchmarkFigure &worst);
    void saveSettings(const QByteArray &before, const QByteArray &now);
    void save(const QPointer<models::boundless::ServerFile> &file, const QString &of,
              const QByteArray &before, const QByteArray &now, const std::function<void()> &done);
    void tell(const QString &problem);

    Services &m_services;
    Notifier *m_notifier;
    QTabWidget *m_tabs;
    StakePage *m_stake;
    OrdersPage *m_orders;
    std::unique_ptr<SettingsDocument> m_document; ///< the broker.toml that form and lists edit
    SettingsForm *m_settings;
    RequestorListsPage *m_requestors;
    ComposePage *m_compose;
    EnvPage *m_env;
    OperationsPage *m_operations = nullptr; ///< null without services for it
    QPointer<models::boundless::ServerFile> m_toml; ///< of the server that is shown; a child of it
    QPointer<models::boundless::ServerFile> m_composeFile;
    QPointer<models::boundless::ServerFile> m_envFile;
    QString m_serverName; ///< "HOST:" of the server that is shown
    QString m_tomlOf; ///< where the open broker.toml is from, "HOST:PATH"
    QString m_composeOf;
    QString m_envOf;
    models::boundless::SettingsProof *m_proof; ///< of the broker.toml that was saved last
    std::unique_ptr<models::boundless::StakeWitness> m_witness;
    std::unique_ptr<ShownServer> m_shown; ///< the stake page's way to send
    QComboBox *m_host = nullptr;
    QLineEdit *m_dir = nullptr;
    QLabel *m_problem = nullptr;
};

} // namespace proverdeck::ui

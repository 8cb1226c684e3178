// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/SecretStore.h"
#include "models/boundless/StakeStore.h"
#include "models/boundless/StakeWatch.h"
#include "models/boundless/TransferServer.h"

#include <QMap>
#include <QSet>
#include <QTimer>
#include <QWidget>

#include <memory>
#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace proverdeck::ui {

class NoticeBar;
class StakeChart;
class StakeEventModel;
class ValueCard;

/// A prover's collateral: what it is now, how it came to be so, and what threatens it.
///
/// Asks nothing of any network before the person named an endpoint or had one remembered.
class StakePage : public QWidget
{
    Q_OBJECT

public:
    /// Both stores may be null (then nothing is remembered) and must outlive the page.
    StakePage(models::boundless::StakeStore *store, models::SecretStore *secrets,
              QWidget *parent = nullptr);
    ~StakePage() override;

    /// Short limits for tests; for the next watch().
    void setPace(const models::evm::RpcLimits &limits, std::chrono::milliseconds interval);
    void watch(const models::boundless::StakeConfig &config, const models::evm::RpcUrl &endpoint);
    /// Who carries transfers out; null: only the person's wallet. Outlives the page, or is set to
    /// null before.
    void setServer(models::boundless::TransferServer *server) { m_server = server; }
    /// Of the prover, as it was set up here; empty: it was not.
    [[nodiscard]] QString account() const { return m_config.account; }

    [[nodiscard]] models::boundless::StakeWatch *stakeWatch() const { return m_watch.get(); }
    void openEndpointDialog();
    void openAlertsDialog();
    void openTransferDialog(models::boundless::TransferKind kind);

signals:
    /// Something that a person should know who may be looking elsewhere; once for each crossing.
    void attentionWanted(const QString &title, const QString &text, bool isCritical);

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    [[nodiscard]] QWidget *makeEmptyState();
    [[nodiscard]] QWidget *makeDashboard();
    [[nodiscard]] QWidget *makeHeader();
    [[nodiscard]] QWidget *makeHistory();
    void findRemembered();
    void keepEndpoint(const models::boundless::StakeConfig &config, const models::evm::RpcUrl &url);
    void save();
    void refreshSoon();
    void refresh();
    void refreshHeader();
    void refreshCards();
    void refreshHistory();
    void refreshNotices();
    [[nodiscard]] models::boundless::TransferContext transferContext() const;
    [[nodiscard]] QString changeBook(const models::boundless::StakeStore::Change &change);
    void onConfirmed(const models::boundless::TransferPlan &plan,
                     models::boundless::TransferKey key, bool usesOwnKey, bool keepsKey);
    void submit(const models::boundless::TransferPlan &confirmed,
                const models::boundless::TransferKey &key);
    void onTransferEnded(const models::boundless::TransferPlan &plan,
                         const models::boundless::TransferOutcome &outcome);
    void lookForTransfers();
    void onAlert(const models::boundless::AlertEvent &event);
    void lookForLosses();
    void copySelected();
    [[nodiscard]] QString secretKey(const QString &network) const;
    [[nodiscard]] models::boundless::Network
    networkOf(const models::boundless::StakeConfig &config) const;

    models::boundless::StakeStore *m_store;
    models::SecretStore *m_secrets;
    models::boundless::TransferServer *m_server = nullptr;
    std::vector<std::unique_ptr<models::boundless::TransferRunner>> m_runners;
    int m_running = 0; ///< of them, that have not ended
    models::boundless::StakeConfig m_config;
    models::boundless::TransferBook m_book;
    models::evm::RpcUrl m_endpoint;
    models::evm::RpcLimits m_limits;
    std::chrono::milliseconds m_interval{12'000};
    std::unique_ptr<models::boundless::StakeWatch> m_watch;
    bool m_wasShown = false;
    QMap<models::boundless::AlertSubject, models::boundless::AlertLevel>
        m_told; ///< of this account
    std::optional<QSet<QString>> m_losses; ///< requests; nothing: not looked yet
    QString m_keychainProblem;
    QString m_transferNote; ///< what became of the last one, or why it was not made
    QTimer m_soon;
    QTimer m_age;

    QStackedWidget *m_stack;
    QLabel *m_emptyNote = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_sign = nullptr;
    QLabel *m_state = nullptr;
    QPushButton *m_deposit = nullptr;
    QPushButton *m_withdraw = nullptr;
    NoticeBar *m_notices = nullptr;
    ValueCard *m_collateral = nullptr;
    ValueCard *m_locked = nullptr;
    ValueCard *m_wallet = nullptr;
    ValueCard *m_coin = nullptr;
    StakeChart *m_chart = nullptr;
    StakeEventModel *m_events;
    QTableView *m_table = nullptr;
    QLabel *m_historyNote = nullptr;
    QProgressBar *m_progress = nullptr;
    QPushButton *m_older = nullptr;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerAnalysis.h"

#include <QStringList>
#include <QWidget>

#include <memory>

class QComboBox;
class QLabel;
class QLineEdit;
class QStackedLayout;
class QPushButton;
class QTabWidget;
class QTableView;
class QTimer;

namespace proverdeck::ui {

class BrokerFileReader;
class FindingsView;
class OrderAlarm;
class OrderCards;
class OrderFilter;
class OrderTableModel;
class TablePane;
class SkipReasonModel;

/// The orders of a Boundless broker: an alarm where collateral is in danger, the sums, a table to
/// filter, reasons of skips, and findings.
///
/// Logs come from files (button, drop) or as bytes from whoever follows them. Files are read in
/// pieces between other events. While it is live, deadlines count down to the clock; else all is
/// judged at the last line. GUI thread.
class OrdersPage : public QWidget
{
    Q_OBJECT

public:
    explicit OrdersPage(QWidget *parent = nullptr);
    ~OrdersPage() override;

    void openFiles(const QStringList &paths);
    void feedLog(const QString &name, const QByteArray &bytes);
    void finishLog(const QString &name);
    void joinDatabase(const models::boundless::DbSnapshot &snapshot);
    void joinChain(const QList<models::boundless::OrderChainFacts> &facts);
    void setAccount(const QString &address);
    /// The broker runs: judge by the clock.
    void setLive(bool live);
    void clear();

    [[nodiscard]] const models::boundless::BrokerAnalysis &analysis() const { return *m_analysis; }
    [[nodiscard]] QList<models::Finding> findings() const;

signals:
    /// Of a live log: an order's collateral is in danger.
    void alarmRang(const QString &text);
    /// A line of a log by its name, to be shown.
    void lineWanted(const QString &log, qint64 line);
    /// Somebody wants to see a key of broker.toml.
    void settingWanted(const QString &key);
    void filesRead();
    /// The sums or findings are new.
    void changed();

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    [[nodiscard]] QWidget *makeHead();
    [[nodiscard]] QWidget *makeFilters();
    [[nodiscard]] QWidget *makeTable();
    [[nodiscard]] QWidget *makeSide();
    [[nodiscard]] QWidget *makeEmpty();
    void chooseFiles();
    void showSoon();
    void showNow();
    void applyState(int index);
    void tick();
    [[nodiscard]] qint64 nowMs() const;

    std::unique_ptr<models::boundless::BrokerAnalysis> m_analysis;
    QStringList m_names; ///< of the logs that are shown
    QStringList m_problems;
    bool m_isLive = false;

    QStackedLayout *m_stack = nullptr;
    QLabel *m_sources = nullptr;
    QPushButton *m_clear = nullptr;
    OrderAlarm *m_alarm = nullptr;
    OrderCards *m_cards = nullptr;
    BrokerFileReader *m_reader = nullptr;
    QComboBox *m_state = nullptr;
    QLineEdit *m_search = nullptr;
    QLabel *m_shown = nullptr;
    TablePane *m_table = nullptr;
    OrderTableModel *m_model = nullptr;
    OrderFilter *m_filter = nullptr;
    SkipReasonModel *m_skips = nullptr;
    QTabWidget *m_side = nullptr;
    FindingsView *m_findings = nullptr;
    QTimer *m_showTimer = nullptr;
    QTimer *m_clock = nullptr;
};

} // namespace proverdeck::ui

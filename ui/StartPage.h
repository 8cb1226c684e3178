// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/Services.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace proverdeck::ui {

class RunListModel;
class TablePane;

/// Where everything begins: a benchmark, a log or result to open, the demo, the pages of the other
/// provers; and the recent runs.
class StartPage : public QWidget
{
    Q_OBJECT

public:
    explicit StartPage(Services &services, QWidget *parent = nullptr);
    void refresh();
    void setDemoBusy(bool busy, const QString &problem = {});

signals:
    void benchmarkWanted();
    void openWanted();
    void serverWanted();
    void demoWanted();
    void boundlessWanted();
    void aztecWanted();
    void runWanted(const QString &id);

private:
    [[nodiscard]] QPushButton *addAction(QLayout *layout, const QString &name, const QString &title,
                                         const QString &hint, bool primary);

    Services &m_services;
    RunListModel *m_model = nullptr;
    TablePane *m_table = nullptr;
    QLabel *m_empty = nullptr;
    QLabel *m_problem = nullptr;
    QPushButton *m_demo = nullptr;
};

} // namespace proverdeck::ui

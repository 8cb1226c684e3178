// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/TeamHistory.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace proverdeck::ui {

/// Settings › History: whether the runs of this machine are shared with a team, and with which
/// PostgreSQL server. Stays open until the server has answered.
class HistoryDialog : public QDialog
{
    Q_OBJECT

public:
    explicit HistoryDialog(TeamHistory &team, QWidget *parent = nullptr);

private:
    void apply();
    void showState();

    TeamHistory &m_team;
    QLineEdit *m_address = nullptr;
    QLineEdit *m_password = nullptr;
    QLabel *m_state = nullptr;
    QPushButton *m_apply = nullptr;
};

} // namespace proverdeck::ui

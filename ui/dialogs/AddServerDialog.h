// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/Services.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QPushButton;

namespace proverdeck::ui {

/// Adds a server after it was really reached: connects, shows the host key if it is unknown, logs
/// in. Accepted once the login worked; the server is then among Services::hosts().
class AddServerDialog : public QDialog
{
    Q_OBJECT

public:
    explicit AddServerDialog(Services &services, QWidget *parent = nullptr);
    ~AddServerDialog() override;

    [[nodiscard]] QString host() const;

private:
    void connectNow();
    void finish(const QString &problem);

    Services &m_services;
    std::unique_ptr<ssh::RemoteShell> m_shell;
    QComboBox *m_host = nullptr;
    QLabel *m_state = nullptr;
    QPushButton *m_connect = nullptr;
};

} // namespace proverdeck::ui

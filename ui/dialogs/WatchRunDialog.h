// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/ForeignRun.h"
#include "ui/Services.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace proverdeck::ui {

/// Asks for a server and a run that somebody else drives there, and fetches its plan.
class WatchRunDialog : public QDialog
{
    Q_OBJECT

public:
    explicit WatchRunDialog(Services &services, QWidget *parent = nullptr);
    ~WatchRunDialog() override;

signals:
    /// The run is there; the dialog is accepted next.
    void found(const proverdeck::models::Plan &plan, const QString &runId);

private:
    void look();
    void finish(const QString &problem);

    Services &m_services;
    std::unique_ptr<ssh::RemoteShell> m_shell;
    std::unique_ptr<models::ForeignRun> m_run;
    QComboBox *m_host = nullptr;
    QLineEdit *m_id = nullptr;
    QLabel *m_state = nullptr;
    QPushButton *m_watch = nullptr;
};

} // namespace proverdeck::ui

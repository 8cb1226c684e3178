// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/live/MachineWatch.h"
#include "ui/Services.h"

#include <QFrame>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace proverdeck::ui {

/// One server of the WatchDialog: its name and which of its logs.
class WatchHostRow : public QFrame
{
    Q_OBJECT

public:
    WatchHostRow(Services &services, const models::aztec::WatchChoice &choice,
                 QWidget *parent = nullptr);
    ~WatchHostRow() override;

    [[nodiscard]] QString host() const;
    /// Without the time. The error is a sentence.
    [[nodiscard]] tl::expected<models::aztec::WatchChoice, QString> choice() const;

signals:
    void removeWanted();

private:
    void askServer();
    void showContainers(const models::aztec::MachineStatus &status);
    void toggle(const QString &word, bool isWanted);
    void say(const QString &text);

    Services &m_services;
    QComboBox *m_host;
    QCheckBox *m_all;
    QLineEdit *m_more;
    QPushButton *m_ask;
    QLabel *m_note;
    std::unique_ptr<ssh::RemoteShell> m_shell;
    std::unique_ptr<models::Caller> m_caller; ///< before the shell ends
};

} // namespace proverdeck::ui

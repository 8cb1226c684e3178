// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/Run.h"

#include <QDialog>

#include <functional>

class QLineEdit;

namespace proverdeck::ui {

/// Asks whether an unknown host key is to be trusted. Cancel is the default.
class HostKeyDialog : public QDialog
{
    Q_OBJECT

public:
    explicit HostKeyDialog(const ssh::HostKeyQuestion &question, QWidget *parent = nullptr);
};

/// Asks for a passphrase, a password or the server's own question. Nothing is kept.
class SecretDialog : public QDialog
{
    Q_OBJECT

public:
    explicit SecretDialog(const ssh::SecretQuestion &question, QWidget *parent = nullptr);
    [[nodiscard]] QString secret() const;

private:
    QLineEdit *m_edit = nullptr;
};

/// Stop and tear down, stop and leave running, or detach. @p forClose: detach is the default.
class StopDialog : public QDialog
{
    Q_OBJECT

public:
    StopDialog(const QString &host, bool forClose, QWidget *parent = nullptr);
    [[nodiscard]] models::StopMode mode() const { return m_mode; }

private:
    models::StopMode m_mode = models::StopMode::Detach;
};

/// Shows the dialogs when @p shell asks, above whatever window is active, and answers it.
void answerWithDialogs(ssh::RemoteShell &shell, const std::function<QWidget *()> &parent);

} // namespace proverdeck::ui

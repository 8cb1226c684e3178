// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/SecretStore.h"
#include "models/run/Run.h"
#include "ui/dialogs/SecretDialog.h"

#include <QDialog>

#include <functional>

namespace proverdeck::ui {

/// Asks whether an unknown host key is to be trusted. Cancel is the default.
class HostKeyDialog : public QDialog
{
    Q_OBJECT

public:
    explicit HostKeyDialog(const ssh::HostKeyQuestion &question, QWidget *parent = nullptr);
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

/// Shows the dialogs when @p shell asks, above whatever window is active, and answers it. Secrets
/// that a person wanted to have remembered come from @p store and go there; it may be null, and
/// must otherwise outlive the shell.
void answerWithDialogs(ssh::RemoteShell &shell, const std::function<QWidget *()> &parent,
                       models::SecretStore *store = nullptr);

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/SecretStore.h"
#include "models/run/Caller.h"
#include "ui/dialogs/SecretDialog.h"

#include <QHash>
#include <QPointer>
#include <QSet>

#include <functional>

namespace proverdeck::ui {

/// Answers a shell's questions for secrets: from the store, or by asking a person.
///
/// A kept secret is tried once in a login. If it is refused, the person is asked, and can replace
/// or forget it. What a person wants to have remembered is kept only after the login has worked.
/// Lives as long as the shell.
class SecretAnswers : public QObject
{
    Q_OBJECT

public:
    using Parent = std::function<QWidget *()>;

    /// @p store may be null; otherwise it must outlive the shell.
    SecretAnswers(ssh::RemoteShell &shell, models::SecretStore *store, Parent parent);

private:
    void onAsked(const ssh::SecretQuestion &question);
    void onFound(const ssh::SecretQuestion &question, const std::optional<QString> &secret,
                 const QString &problem);
    void ask(const ssh::SecretQuestion &question, const SecretOffer &offer);
    void onAnswered(const ssh::SecretQuestion &question, SecretDialog &dialog, int result);
    void forget(const QString &key, SecretDialog &dialog);
    void onOpened();
    void onOpenFailed(const ssh::Error &error);
    void endLogin();

    ssh::RemoteShell &m_shell;
    models::SecretStore *m_store;
    Parent m_parent;
    QPointer<SecretDialog> m_dialog;
    int m_asked = 0; ///< counts questions and logins: an answer of the store may come too late
    QSet<QString> m_tried; ///< account and key of what came from the store in this login
    QString m_lastFromStore; ///< key of the last answer, if the store gave it
    QHash<QString, QString> m_toKeep; ///< by key, until the login has worked
};

} // namespace proverdeck::ui

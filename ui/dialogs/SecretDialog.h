// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/Caller.h"

#include <QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace proverdeck::ui {

/// What a secret dialog can offer besides typing the secret.
struct SecretOffer
{
    bool canRemember = false; ///< there is a keychain that can keep the answer
    bool wasRefused = false; ///< the keychain has one, and the server did not take it
    QString problem; ///< why the keychain cannot be used now; may be empty
};

/// Asks for a passphrase, a password or the server's own question. Keeps nothing by itself.
class SecretDialog : public QDialog
{
    Q_OBJECT

public:
    explicit SecretDialog(const ssh::SecretQuestion &question, const SecretOffer &offer = {},
                          QWidget *parent = nullptr);

    /// What was typed; the field is empty afterwards.
    [[nodiscard]] QString takeSecret();
    [[nodiscard]] bool wantsRemembering() const;
    /// The answer to forgetRequested(): empty, or why it may still be there.
    void showForgotten(const QString &problem);

signals:
    void forgetRequested();

private:
    QLineEdit *m_edit = nullptr;
    QCheckBox *m_remember = nullptr; ///< null unless it can be remembered
    QPushButton *m_forget = nullptr; ///< null unless there is something to forget
    QLabel *m_forgotten = nullptr;
};

} // namespace proverdeck::ui

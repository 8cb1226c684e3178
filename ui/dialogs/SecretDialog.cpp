// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/SecretDialog.h"

#include "ui/common/Theme.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using ssh::SecretQuestion;

SecretDialog::SecretDialog(const SecretQuestion &question, const SecretOffer &offer,
                           QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"secretDialog"_s);
    setWindowTitle(question.kind == SecretQuestion::Kind::Passphrase ? tr("Passphrase")
                                                                     : tr("Log in"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(makeHeading(question.account, this));
    layout->addWidget(makeText(question.prompt, this));
    m_edit = new QLineEdit(this);
    m_edit->setObjectName(u"secret"_s);
    m_edit->setAccessibleName(question.prompt);
    m_edit->setEchoMode(question.echo ? QLineEdit::Normal : QLineEdit::Password);
    layout->addWidget(m_edit);
    if (offer.wasRefused) {
        layout->addWidget(makeText(
            tr("✕ What the keychain has for this login was not accepted. It is not tried again."),
            this));
        m_forget = new QPushButton(tr("Forget the one in the keychain"), this);
        m_forget->setObjectName(u"forget"_s);
        m_forget->setAutoDefault(false);
        connect(m_forget, &QPushButton::clicked, this, [this] {
            m_forget->setEnabled(false);
            emit forgetRequested();
        });
        layout->addWidget(m_forget, 0, Qt::AlignLeft);
        m_forgotten = makeText({}, this);
        m_forgotten->setObjectName(u"forgotten"_s);
        m_forgotten->hide();
        layout->addWidget(m_forgotten);
    } else if (question.retry) {
        layout->addWidget(makeText(tr("✕ That was not accepted. Try again."), this));
    }
    if (offer.canRemember) {
        m_remember = new QCheckBox(offer.wasRefused ? tr("Replace the one in the keychain")
                                                    : tr("Remember in the keychain"),
                                   this);
        m_remember->setObjectName(u"remember"_s);
        layout->addWidget(m_remember);
        layout->addWidget(makeHint(tr("Without the tick it is used for this login only. With it, "
                                      "the desktop's keychain keeps it once the login has worked."),
                                   this));
    } else {
        const QString once = tr("It is used for this login only and not stored.");
        layout->addWidget(
            makeHint(offer.problem.isEmpty() ? once : once + u' ' + offer.problem, this));
    }
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    setMinimumWidth(440);
    m_edit->setFocus();
}

QString SecretDialog::takeSecret()
{
    QString secret = m_edit->text();
    m_edit->clear();
    return secret;
}

bool SecretDialog::wantsRemembering() const
{
    return m_remember && m_remember->isChecked();
}

void SecretDialog::showForgotten(const QString &problem)
{
    if (!m_forgotten) {
        return;
    }
    m_forgotten->setText(problem.isEmpty() ? tr("✓ The keychain does not have it any more.")
                                           : u"✕ "_s + problem);
    m_forgotten->show();
    m_forget->setEnabled(!problem.isEmpty());
    if (problem.isEmpty() && m_remember) {
        m_remember->setText(tr("Remember in the keychain"));
    }
}

} // namespace proverdeck::ui

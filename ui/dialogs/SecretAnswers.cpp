// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/SecretAnswers.h"

#include <QMessageBox>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using ssh::SecretQuestion;

namespace {

QString attemptOf(const SecretQuestion &question)
{
    return question.account + u' ' + question.storeKey;
}

} // namespace

SecretAnswers::SecretAnswers(ssh::RemoteShell &shell, models::SecretStore *store, Parent parent)
    : QObject(&shell)
    , m_shell(shell)
    , m_store(store)
    , m_parent(std::move(parent))
{
    connect(&shell, &ssh::RemoteShell::secretAsked, this, &SecretAnswers::onAsked);
    connect(&shell, &ssh::RemoteShell::opened, this, &SecretAnswers::onOpened);
    connect(&shell, &ssh::RemoteShell::openFailed, this, &SecretAnswers::onOpenFailed);
}

void SecretAnswers::onAsked(const SecretQuestion &question)
{
    const int asked = ++m_asked;
    m_lastFromStore.clear();
    m_toKeep.remove(question.storeKey); // asked again: it was wrong
    if (!m_store || question.storeKey.isEmpty()) {
        ask(question, {});
        return;
    }
    if (m_tried.contains(attemptOf(question))) {
        m_store->setRefused(question.storeKey, true);
    }
    if (m_store->isRefused(question.storeKey)) {
        ask(question, {.canRemember = true, .wasRefused = true});
        return;
    }
    if (question.retry) {
        ask(question, {.canRemember = true});
        return;
    }
    const QPointer<SecretAnswers> self(this);
    m_store->find(
        question.storeKey,
        [self, asked, question](const std::optional<QString> &secret, const QString &problem) {
            if (self && asked == self->m_asked) {
                self->onFound(question, secret, problem);
            }
        });
}

void SecretAnswers::onFound(const SecretQuestion &question, const std::optional<QString> &secret,
                            const QString &problem)
{
    if (!secret) {
        ask(question, {.canRemember = problem.isEmpty(), .problem = problem});
        return;
    }
    m_tried.insert(attemptOf(question));
    m_lastFromStore = question.storeKey;
    m_shell.answerSecret(secret);
}

void SecretAnswers::ask(const SecretQuestion &question, const SecretOffer &offer)
{
    if (m_dialog) {
        m_dialog->deleteLater(); // of a question that nobody waits for any more
    }
    auto *dialog = new SecretDialog(question, offer, m_parent());
    m_dialog = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const int asked = m_asked;
    connect(dialog, &QDialog::finished, this, [this, dialog, question, asked](int result) {
        if (asked == m_asked) {
            onAnswered(question, *dialog, result);
        }
    });
    connect(dialog, &SecretDialog::forgetRequested, this,
            [this, dialog, key = question.storeKey] { forget(key, *dialog); });
    dialog->open();
}

void SecretAnswers::onAnswered(const SecretQuestion &question, SecretDialog &dialog, int result)
{
    m_dialog = nullptr;
    if (result != QDialog::Accepted) {
        m_shell.answerSecret(std::nullopt);
        return;
    }
    QString secret = dialog.takeSecret();
    if (m_store && dialog.wantsRemembering()) {
        m_toKeep.insert(question.storeKey, secret);
    }
    m_shell.answerSecret(secret);
    secret.fill(u'\0');
}

void SecretAnswers::forget(const QString &key, SecretDialog &dialog)
{
    const QPointer<SecretAnswers> self(this);
    const QPointer<SecretDialog> target(&dialog);
    models::SecretStore *store = m_store;
    m_store->forget(key, [self, store, key, target](const QString &problem) {
        if (problem.isEmpty()) {
            store->setRefused(key, false);
            if (self) {
                self->m_tried.clear();
            }
        }
        if (target) {
            target->showForgotten(problem);
        }
    });
}

void SecretAnswers::onOpened()
{
    QHash<QString, QString> toKeep = std::exchange(m_toKeep, {});
    const QPointer<SecretAnswers> self(this);
    models::SecretStore *store = m_store;
    for (auto it = toKeep.begin(); it != toKeep.end(); ++it) {
        store->keep(it.key(), *it, [self, store, key = it.key()](const QString &problem) {
            if (problem.isEmpty()) {
                store->setRefused(key, false);
            } else if (self) {
                auto *box = new QMessageBox(
                    QMessageBox::Warning, tr("Not remembered"),
                    tr("The login has worked, but the keychain did not keep the secret. %1")
                        .arg(problem),
                    QMessageBox::Ok, self->m_parent());
                box->setObjectName(u"notRemembered"_s);
                box->setTextFormat(Qt::PlainText);
                box->setAttribute(Qt::WA_DeleteOnClose);
                box->open();
            }
        });
        it->fill(u'\0');
    }
    endLogin();
}

void SecretAnswers::onOpenFailed(const ssh::Error &error)
{
    // A server may hang up instead of asking again.
    if (error.code == ssh::ErrorCode::Authentication && !m_lastFromStore.isEmpty()) {
        m_store->setRefused(m_lastFromStore, true);
    }
    endLogin();
    if (m_dialog) {
        m_dialog->close(); // nobody waits for its answer any more
    }
}

void SecretAnswers::endLogin()
{
    ++m_asked;
    m_tried.clear();
    m_lastFromStore.clear();
    for (QString &secret : m_toKeep) {
        secret.fill(u'\0');
    }
    m_toKeep.clear();
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/KeychainSecretStore.h"

#include "app/KeychainState.h"

#include <QTimer>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wextra-semi"
#endif
#include <qt6keychain/keychain.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <memory>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using QKeychain::DeletePasswordJob;
using QKeychain::Job;
using QKeychain::ReadPasswordJob;
using QKeychain::WritePasswordJob;

namespace {

void later(QObject *context, const std::function<void()> &call)
{
    QMetaObject::invokeMethod(context, call, Qt::QueuedConnection);
}

/// The sentence for what went wrong. @p fallback is what the keychain itself said.
QString sentenceFor(KeychainState state, QKeychain::Error error, const QString &fallback)
{
    if (state == KeychainState::Open || state == KeychainState::Other) {
        if (error == QKeychain::AccessDenied || error == QKeychain::AccessDeniedByUser) {
            return keychainSentence(KeychainState::Refused);
        }
        if (error == QKeychain::NoBackendAvailable) {
            return keychainSentence(KeychainState::NoService);
        }
        const QString sentence = keychainSentence(KeychainState::Other);
        return fallback.isEmpty() ? sentence : sentence + u" ("_s + fallback.left(200) + u')';
    }
    return keychainSentence(state);
}

/// Its secret, read in a way that leaves no copy behind once the job is gone.
QString takeSecret(ReadPasswordJob &job, QObject *context)
{
    QByteArray bytes = job.binaryData();
    const QString secret = QString::fromUtf8(bytes);
    QObject::connect(&job, &QObject::destroyed, context, [context, bytes] {
        // By then the job's own reference is gone, and this is the only one.
        QTimer::singleShot(0, context, [held = bytes]() mutable { held.fill('\0'); });
    });
    return secret;
}

} // namespace

KeychainSecretStore::KeychainSecretStore(QString service, std::chrono::milliseconds limit,
                                         QObject *parent)
    : QObject(parent)
    , m_service(std::move(service))
    , m_limit(limit)
{
}

KeychainSecretStore::~KeychainSecretStore() = default;

QString KeychainSecretStore::whyNotAtAll() const
{
    return !hasSessionBus() ? keychainSentence(KeychainState::NoBus)
        : !m_late.isEmpty() ? keychainSentence(KeychainState::Silent)
                            : QString();
}

void KeychainSecretStore::start(Job *job, const JobEnded &ended)
{
    const auto isOver = std::make_shared<bool>(false);
    connect(job, &Job::finished, this, [this, isOver, ended](Job *which) {
        m_late.remove(which);
        if (!std::exchange(*isOver, true)) {
            ended(which);
        }
    });
    QTimer::singleShot(m_limit, this, [this, job, isOver, ended] {
        if (!std::exchange(*isOver, true)) {
            m_late.insert(job); // it cannot be called off
            ended(nullptr);
        }
    });
    job->start();
}

void KeychainSecretStore::find(const QString &key, Found answer)
{
    if (const QString why = whyNotAtAll(); !why.isEmpty()) {
        later(this, [answer, why] { answer(std::nullopt, why); });
        return;
    }
    auto *job = new ReadPasswordJob(m_service);
    job->setKey(key);
    start(job, [this, job, answer](Job *ended) {
        if (!ended) {
            answer(std::nullopt, keychainSentence(KeychainState::Silent));
            return;
        }
        if (ended->error() == QKeychain::NoError) {
            QString secret = takeSecret(*job, this);
            answer(secret, {});
            secret.fill(u'\0');
            return;
        }
        // A locked keychain also says that there is no such entry.
        const QKeychain::Error error = ended->error();
        const QString said = ended->errorString();
        askKeychainState(this, [answer, error, said](KeychainState state) {
            const bool isMissing = error == QKeychain::EntryNotFound
                && (state == KeychainState::Open || state == KeychainState::Other);
            answer(std::nullopt, isMissing ? QString() : sentenceFor(state, error, said));
        });
    });
}

void KeychainSecretStore::keep(const QString &key, const QString &secret, Done answer)
{
    if (const QString why = whyNotAtAll(); !why.isEmpty()) {
        later(this, [answer, why] { answer(why); });
        return;
    }
    auto *job = new WritePasswordJob(m_service);
    job->setKey(key);
    job->setTextData(secret);
    start(job, [this, answer](Job *ended) {
        if (!ended) {
            answer(keychainSentence(KeychainState::Silent));
            return;
        }
        if (ended->error() == QKeychain::NoError) {
            answer({});
            return;
        }
        const QKeychain::Error error = ended->error();
        const QString said = ended->errorString();
        askKeychainState(this, [answer, error, said](KeychainState state) {
            answer(sentenceFor(state, error, said));
        });
    });
}

void KeychainSecretStore::forget(const QString &key, Done answer)
{
    if (const QString why = whyNotAtAll(); !why.isEmpty()) {
        later(this, [answer, why] { answer(why); });
        return;
    }
    auto *job = new DeletePasswordJob(m_service);
    job->setKey(key);
    start(job, [this, key, answer](Job *ended) {
        if (!ended) {
            answer(keychainSentence(KeychainState::Silent));
            return;
        }
        // Deleting says "done" for a locked keychain, too.
        find(key, [answer](const std::optional<QString> &secret, const QString &problem) {
            answer(secret ? tr("The keychain still has it. Delete it there, for "
                               "example in \"Passwords and Keys\".")
                       : problem.isEmpty()
                       ? QString()
                       : tr("It is not known whether it is gone. %1").arg(problem));
        });
    });
}

} // namespace proverdeck::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/StakeTransfer.h"

#include "app/Commands.h"
#include "app/KeychainSecretStore.h"
#include "app/Terminal.h"
#include "models/boundless/StakeJson.h"
#include "ssh/SshShell.h"

#include <QCoreApplication>

#include <unistd.h>

#include <cstdio>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using namespace models::boundless;

namespace {

constexpr int Done = 0;
constexpr int NotSent = 1;
constexpr int Unreachable = 3;
constexpr int NotPossible = 4;
constexpr int Cancelled = 5;
constexpr int Unknown = 6;
constexpr qsizetype MaxLine = 200;

} // namespace

StakeTransfer::StakeTransfer(const StakeRequest &request, StakeWatch &watch, QObject *parent)
    : QObject(parent)
    , m_request(request)
    , m_watch(watch)
{
    m_patience.setSingleShot(true);
    m_patience.setInterval(m_request.timeout);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        report(TransferState::Unknown,
               tr("The chain does not show it yet. The same transfer is held back until it does; "
                  "\"stake history\" shows what has arrived."));
    });
}

StakeTransfer::~StakeTransfer() = default;

void StakeTransfer::end(int code)
{
    if (!std::exchange(m_isOver, true)) {
        m_patience.stop();
        m_input.reset();
        emit finished(code);
    }
}

void StakeTransfer::start(const TransferPlan &plan)
{
    m_plan = plan;
    QString held;
    const QString problem = m_settings.changeTransfers([&](TransferBook &book) {
        (void)book.lookUp(m_plan.facts, m_watch.events());
        if (m_request.wasNeverSent) {
            book.release(m_plan);
        }
        held = book.whyHeldBack(m_plan);
    });
    if (!problem.isEmpty() || !held.isEmpty()) {
        complain(problem.isEmpty() ? held : problem);
        end(NotPossible);
    } else if (m_request.isConfirmed && !m_plan.isMainnet) {
        findKey();
    } else {
        ask();
    }
}

/// From a terminal or a pipe; while it waits, Ctrl-C is heard.
void StakeTransfer::ask()
{
    const QString what = m_plan.isMainnet
        ? tr("This is real money. Type the amount again to send it by the boundless program on "
             "%1: ")
              .arg(m_request.host)
        : tr("Send it by the boundless program on %1? Type yes: ").arg(m_request.host);
    printText(stderr, what);
    m_input = std::make_unique<QSocketNotifier>(STDIN_FILENO, QSocketNotifier::Read);
    connect(m_input.get(), &QSocketNotifier::activated, this, &StakeTransfer::onInput);
}

void StakeTransfer::onInput()
{
    char byte = 0;
    const auto got = ::read(STDIN_FILENO, &byte, 1);
    if (got == 1 && byte != '\n' && m_typed.size() < MaxLine) {
        m_typed += byte;
        return;
    }
    m_input.release()->deleteLater();
    const QString typed = QString::fromUtf8(m_typed).trimmed();
    const bool isYes = m_plan.isMainnet ? m_plan.isConfirmedBy(typed) : typed == u"yes";
    if (isYes) {
        findKey();
        return;
    }
    complain(m_plan.isMainnet ? tr("That is not the amount: nothing was sent.")
                              : tr("Nothing was sent."));
    end(Cancelled);
}

void StakeTransfer::findKey()
{
    if (!m_request.keyFromKeychain) {
        submit(m_request.key);
        return;
    }
    m_keychain = std::make_unique<KeychainSecretStore>();
    m_keychain->find(proverKeyName(m_plan.account),
                     [this](const std::optional<QString> &secret, const QString &problem) {
                         if (m_isOver) {
                             return;
                         }
                         if (secret) {
                             TransferKey key = m_request.key;
                             key.secret = secret->toLatin1();
                             submit(key);
                             return;
                         }
                         complain(problem.isEmpty()
                                      ? tr("Nothing was sent: the keychain holds no private key "
                                           "of %1.")
                                            .arg(m_plan.account.toString())
                                      : tr("Nothing was sent: %1").arg(problem));
                         end(NotSent);
                     });
}

/// Noted on the disk before it goes out. The person may have thought for a while: the block from
/// which on it is looked for is the newest one.
void StakeTransfer::submit(const TransferKey &key)
{
    if (const auto &now = m_watch.monitor().snapshot()) {
        m_plan.before = *now;
    }
    QString held;
    const QString problem = m_settings.changeTransfers([&](TransferBook &book) {
        held = book.whyHeldBack(m_plan);
        if (held.isEmpty()) {
            book.submitted(m_plan, QDateTime::currentDateTimeUtc());
        }
    });
    if (!problem.isEmpty() || !held.isEmpty()) {
        complain(tr("Nothing was sent: %1").arg(problem.isEmpty() ? held : problem));
        end(NotPossible);
        return;
    }
    m_isSubmitted = true;
    m_session = std::make_unique<TransferSession>(
        std::make_unique<ssh::SshShell>(
            ssh::HostTarget{m_request.host, m_request.sshConfig, m_request.trusted, false}),
        m_request.dir, key);
    connect(m_session.get(), &TransferSession::output, this,
            [](const QByteArray &bytes) { printText(stderr, QString::fromUtf8(bytes)); });
    m_session->run(m_plan, [this](const TransferOutcome &outcome) { onEnded(outcome); });
}

void StakeTransfer::onEnded(const TransferOutcome &outcome)
{
    m_outcome = outcome;
    const QString problem
        = m_settings.changeTransfers([&](TransferBook &book) { book.ended(m_plan, outcome); });
    if (!problem.isEmpty()) {
        complain(problem);
    }
    if (outcome.kind == TransferOutcome::Kind::NotSent) {
        report(TransferState::NotSent, outcome.text);
        return;
    }
    complain(outcome.text);
    m_patience.start();
    m_watch.retry(); // whatever the program says: the chain is asked
}

void StakeTransfer::look()
{
    if (!m_outcome || m_isOver) {
        return;
    }
    TransferBook book = m_settings.transfers();
    if (!book.lookUp(m_plan.facts, m_watch.events())) {
        return;
    }
    (void)m_settings.changeTransfers(
        [this](TransferBook &now) { (void)now.lookUp(m_plan.facts, m_watch.events()); });
    for (const TransferRecord &record : book.records()) {
        if (record.state == TransferState::Done && record.blockBefore == m_plan.before.block
            && record.kind == m_plan.kind && record.amount == m_plan.amount
            && record.account == m_plan.account && record.market == m_plan.facts.market) {
            report(TransferState::Done,
                   tr("The chain shows it: transaction %1").arg(record.transaction));
        }
    }
}

void StakeTransfer::report(TransferState state, const QString &text)
{
    if (m_isOver) {
        return;
    }
    const auto &now = m_watch.monitor().snapshot();
    const QString symbol = m_plan.facts.symbol;
    if (m_request.isJson) {
        QJsonObject json = planJson(m_plan);
        json.insert(u"state"_s, transferStateWord(state));
        json.insert(u"text"_s, text);
        json.insert(u"collateral_now"_s,
                    now && state == TransferState::Done
                        ? QJsonValue(amountJson(now->collateral, m_plan.facts.decimals))
                        : QJsonValue());
        printJson(stdout, json);
    } else if (state == TransferState::Done && now) {
        printText(stdout,
                  tr("%1\nCollateral: %2 %3\n")
                      .arg(text, now->collateral.toUnits(m_plan.facts.decimals), symbol));
    } else {
        printText(stderr, text + u'\n');
    }
    const bool wasNeverIn = m_session && m_session->wasNeverIn();
    end(state == TransferState::Done          ? Done
            : state != TransferState::NotSent ? Unknown
            : wasNeverIn                      ? Unreachable
                                              : NotSent);
}

void StakeTransfer::interrupt()
{
    if (!m_isSubmitted) {
        complain(tr("Cancelled: nothing was sent."));
        end(Cancelled);
        return;
    }
    report(TransferState::Unknown,
           tr("Left to itself: it is under way. The same transfer is held back until the chain "
              "shows it."));
}

} // namespace proverdeck::app

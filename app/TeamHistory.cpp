// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/TeamHistory.h"

#include "app/Settings.h"

#include <QCoreApplication>
#include <QPointer>

#include <chrono>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using models::store::RunStore;
using models::store::StoreTarget;
using models::store::SyncReport;

namespace {

constexpr auto Variable = "PROVERDECK_STORE";

/// With connections of its own, as they belong to a thread.
SyncReport exchangeOnce(const QString &path, const StoreTarget &target, const QString &password)
{
    RunStore team;
    RunStore local;
    SyncReport report;
    if (const auto opened = team.open(target, password); !opened) {
        report.problem = opened.error();
    } else if (const auto here = local.open(path); !here) {
        report.problem = here.error();
    } else {
        report = models::store::syncHistories(local, team);
        if (!report.problem.isEmpty()) {
            report.problem = QCoreApplication::translate(
                                 "TeamHistory",
                                 "The exchange with the team's history %1 broke off: %2. What is "
                                 "left goes there with the next one.")
                                 .arg(target.shownText(), report.problem);
        }
    }
    return report;
}

} // namespace

tl::expected<std::optional<StoreTarget>, QString> teamTarget()
{
    const QString given = qEnvironmentVariable(Variable);
    const QString address = given.contains(u"://"_s) ? given : Settings::teamHistory();
    if (address.isEmpty()) {
        return std::optional<StoreTarget>();
    }
    auto target = StoreTarget::parse(address);
    if (!target) {
        return tl::unexpected(target.error());
    }
    return std::optional(std::move(*target));
}

QString exchangeWithTeam(RunStore &store)
{
    const auto target = teamTarget();
    if (!target) {
        return target.error();
    }
    if (!*target) {
        return {};
    }
    const SyncReport report = exchangeOnce(RunStore::defaultPath(), **target, {});
    if (report.received > 0) {
        store.noteChange();
    }
    return report.problem;
}

TeamHistory::TeamHistory(RunStore &local, models::SecretStore &secrets)
    : m_local(local)
    , m_secrets(secrets)
{
    m_worker.moveToThread(&m_thread);
    m_regular.setInterval(std::chrono::minutes(1));
    m_soon.setSingleShot(true);
    m_soon.setInterval(std::chrono::seconds(2));
    connect(&m_regular, &QTimer::timeout, this, &TeamHistory::exchange);
    connect(&m_soon, &QTimer::timeout, this, &TeamHistory::exchange);
    connect(&local, &RunStore::changed, this, [this] {
        if (m_target && !m_isTelling) {
            m_soon.start();
        }
    });
}

TeamHistory::~TeamHistory()
{
    m_thread.quit();
    m_thread.wait(); // every step has a limit of its own
}

void TeamHistory::start()
{
    m_isFixed = qEnvironmentVariable(Variable).contains(u"://"_s);
    if (auto target = teamTarget()) {
        m_target = std::move(*target);
    } else {
        m_problem = target.error();
    }
    m_thread.start();
    m_regular.start();
    exchange();
}

ui::TeamHistory::State TeamHistory::state() const
{
    State state{m_target ? m_target->shownText() : QString(), m_isFixed, m_isBusy,
                m_problem.isEmpty(), m_problem};
    if (m_isBusy) {
        state.text = tr("Asking the team's history …");
        state.isWell = true;
    } else if (m_problem.isEmpty() && m_target) {
        state.text = m_inStep.isValid()
            ? tr("In step with the team's history since %1.").arg(m_inStep.toString(u"HH:mm:ss"_s))
            : QString();
    } else if (m_problem.isEmpty()) {
        state.text = tr("The runs are kept on this machine only.");
    }
    return state;
}

/// A secret is named so that a person who looks into the keychain knows what it is for.
QString TeamHistory::keyOf(const StoreTarget &target)
{
    return u"password of %1 for the team's history on %2:%3/%4"_s.arg(target.user, target.host)
        .arg(target.port)
        .arg(target.database);
}

void TeamHistory::setTeam(const QString &address, const QString &password, const Done &answer)
{
    if (!m_isFixed) {
        std::optional<StoreTarget> target;
        if (!address.isEmpty()) {
            auto parsed = StoreTarget::parse(address);
            if (!parsed || !parsed->isPostgres) {
                answer(parsed ? tr("A team's history is on a PostgreSQL server: "
                                   "postgresql://USER@HOST/DATABASE.")
                              : parsed.error());
                return;
            }
            target = std::move(*parsed);
        }
        Settings::setTeamHistory(target ? target->shownText() : QString());
        m_target = std::move(target);
        m_inStep = {};
    }
    m_problem.clear();
    if (!m_target || password.isEmpty()) {
        exchange();
        answer({});
        emit stateChanged();
        return;
    }
    m_secrets.keep(keyOf(*m_target), password,
                   [self = QPointer(this), answer](const QString &problem) {
                       if (self) {
                           self->exchange();
                           answer(problem);
                       }
                   });
}

void TeamHistory::exchange()
{
    if (!m_target || !m_thread.isRunning()) {
        return;
    }
    if (m_isBusy) {
        m_isWanted = true;
        return;
    }
    m_isBusy = true;
    emit stateChanged();
    // Without one in the keychain, libpq looks for it where it always does.
    m_secrets.find(keyOf(*m_target),
                   [self = QPointer(this)](const std::optional<QString> &secret, const QString &) {
                       if (self) {
                           self->run(secret.value_or(QString()));
                       }
                   });
}

void TeamHistory::run(const QString &password)
{
    if (!m_target) { // somebody ended it meanwhile
        m_isBusy = false;
        emit stateChanged();
        return;
    }
    QMetaObject::invokeMethod(
        &m_worker, [this, target = *m_target, password, path = RunStore::defaultPath()] {
            const SyncReport report = exchangeOnce(path, target, password);
            QMetaObject::invokeMethod(this, [this, report] { onDone(report); });
        });
}

void TeamHistory::onDone(const SyncReport &report)
{
    m_isBusy = false;
    m_problem = m_target ? report.problem : QString();
    if (m_problem.isEmpty()) {
        m_inStep = QDateTime::currentDateTime();
    }
    emit stateChanged();
    if (report.received > 0) {
        m_isTelling = true;
        m_local.noteChange();
        m_isTelling = false;
    }
    if (std::exchange(m_isWanted, false) || report.waiting > 0) {
        m_soon.start();
    }
}

} // namespace proverdeck::app

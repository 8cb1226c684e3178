// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/SettingsProof.h"

#include "models/logs/LogText.h"

#include <QDateTime>

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

SettingsProof::SettingsProof(QObject *parent)
    : QObject(parent)
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] { become(State::Silent); });
}

void SettingsProof::begin(const SettingsWord &before, qint64 sinceMs, bool isBrokerRunning,
                          std::chrono::milliseconds patience)
{
    m_word = before;
    m_sinceMs = sinceMs;
    if (!isBrokerRunning) {
        m_patience.stop();
        become(State::NoBroker);
        return;
    }
    m_patience.start(patience);
    become(State::Waiting);
}

void SettingsProof::look(const SettingsWord &now)
{
    m_word.count = std::min(m_word.count, now.count); // somebody has cleared what was read
    const bool isAwaited = m_state != State::None && m_state != State::NoBroker;
    if (!isAwaited || now.count <= m_word.count) {
        return;
    }
    if (now.timeMs && *now.timeMs < m_sinceMs) {
        m_word.count = now.count;
        return;
    }
    m_word = now;
    m_patience.stop();
    become(now.isTaken ? State::Taken : State::Refused);
}

void SettingsProof::forget()
{
    m_patience.stop();
    become(State::None);
}

QString SettingsProof::text() const
{
    const QString at = m_word.timeMs
        ? QDateTime::fromMSecsSinceEpoch(*m_word.timeMs, Qt::UTC).toString(u"HH:mm:ss 'UTC'"_s)
        : tr("an unknown time");
    switch (m_state) {
    case State::None:
        break;
    case State::NoBroker:
        return tr("Saved. No broker runs: it counts from the next start.");
    case State::Waiting:
        return tr("Saved. Waiting for the broker to take it…");
    case State::Taken:
        return tr("Saved, and taken by the broker at %1, says its log.").arg(at);
    case State::Refused:
        return tr("Saved, but the broker refused it at %1 and goes on with the old values: %2")
            .arg(at, plainLine(m_word.problem));
    case State::Silent:
        return tr("Saved. The broker's log does not say that it took it; at the level \"info\" it "
                  "would only say that it refused.");
    }
    return {};
}

void SettingsProof::become(State state)
{
    m_state = state;
    emit changed();
}

} // namespace proverdeck::models::boundless

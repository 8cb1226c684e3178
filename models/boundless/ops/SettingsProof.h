// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerAnalysis.h"

#include <QObject>
#include <QTimer>

#include <chrono>

namespace proverdeck::models::boundless {

/// After broker.toml was written on a server: whether its broker took it, by the broker's own log.
///
/// A broker reads the file again whenever it changes. What it refuses it says as an error, and goes
/// on with the old values; that it took a file it says at the level "debug" only, which the compose
/// file of Boundless has switched on. Bound to its thread.
class SettingsProof : public QObject
{
    Q_OBJECT

public:
    enum class State { None, NoBroker, Waiting, Taken, Refused, Silent };

    explicit SettingsProof(QObject *parent
                           = nullptr); /// The file is written; @p before is the last word until
                                       /// then, and @p sinceMs the time that the
    /// log had reached (by its own clock): words from before, of an old log that somebody opens
    /// meanwhile, prove nothing. After @p patience without a word the log counts as silent; a later
    /// one is taken all the same.
    void begin(const SettingsWord &before, qint64 sinceMs, bool isBrokerRunning,
               std::chrono::milliseconds patience);
    /// The last word as it is now.
    void look(const SettingsWord &now);
    void forget();

    [[nodiscard]] State state() const { return m_state; }
    /// For people; empty for None.
    [[nodiscard]] QString text() const;

signals:
    void changed();

private:
    void become(State state);

    State m_state = State::None;
    SettingsWord m_word;
    qint64 m_sinceMs = 0;
    QTimer m_patience;
};

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>

namespace proverdeck::ui {

/// The team's history that this machine's is kept in step with. GUI thread; never blocks it.
class TeamHistory : public QObject
{
    Q_OBJECT

public:
    struct State
    {
        QString address; ///< empty: the runs stay on this machine
        bool isFixed = false; ///< the environment names it
        bool isBusy = false;
        bool isWell = true;
        QString text; ///< a sentence
    };

    using QObject::QObject;

    [[nodiscard]] virtual State state() const = 0;
    /// An empty address ends it. The password goes into the keychain; an empty one leaves what is
    /// there. Answers with a sentence if that could not be done, else with nothing.
    using Done = std::function<void(const QString &problem)>;
    virtual void setTeam(const QString &address, const QString &password, const Done &answer) = 0;
    virtual void exchange() = 0; ///< now

signals:
    void stateChanged();
};

} // namespace proverdeck::ui

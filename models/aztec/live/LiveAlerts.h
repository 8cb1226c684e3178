// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Analysis.h"

#include <QSet>

namespace proverdeck::models::aztec {

/// Something that a person should know now, once.
struct LiveAlert
{
    enum class Urgency { Normal, Critical };
    QString key; ///< what it is about: nobody is told twice
    QString title;
    QString text;
    Urgency urgency = Urgency::Normal;
    bool operator==(const LiveAlert &) const = default;
};

/// Decides what is worth an alert while provers are watched: stuck jobs of an epoch that can still
/// be proved, an epoch whose deadline comes near or has passed, a job that was given up. What was
/// over before the watch began is none.
class LiveAlerts
{
public:
    /// Of an epoch that is not proved when so little time is left.
    static constexpr qint64 NearMs = 5 * 60'000;

    /// @p now: the servers' clock, ms since 1970. Each alert comes once in the life of this object.
    [[nodiscard]] QList<LiveAlert> update(const Analysis &analysis, qint64 now);

private:
    void add(QList<LiveAlert> &list, const LiveAlert &alert);

    QSet<QString> m_told;
    qint64 m_begun = NoTime;
};

} // namespace proverdeck::models::aztec

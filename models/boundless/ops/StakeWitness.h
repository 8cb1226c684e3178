// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/StakeWatch.h"
#include "models/boundless/ops/SafeStop.h"

#include <QPointer>
#include <QTimer>

namespace proverdeck::models::boundless {

/// What a watch of the collateral knows of our locks, as evidence for a safe stop.
///
/// It speaks only while its values are live, of the account that is asked for, and when its events
/// reach back further than any lock can be open; otherwise it says why not. GUI thread.
class StakeWitness : public QObject, public ChainWitness
{
    Q_OBJECT

public:
    using Watch = std::function<StakeWatch *()>; ///< the one of now; null: none is set up

    explicit StakeWitness(Watch watch, QObject *parent = nullptr);
    ~StakeWitness() override;

    void ask(const QString &account, const QStringList &ids, const Answer &answer) override;

private:
    void tryToAnswer(bool isLate);

    Watch m_watch;
    QPointer<StakeWatch> m_asked;
    QString m_account;
    QStringList m_ids;
    Answer m_answer;
    QTimer m_limit;
};

/// The facts of every lock that could still matter at the watch's time, and of @p ids. The error
/// says why the watch cannot tell.
[[nodiscard]] tl::expected<QList<OrderChainFacts>, QString>
chainFacts(const StakeWatch &watch, const QString &account, const QStringList &ids);

} // namespace proverdeck::models::boundless

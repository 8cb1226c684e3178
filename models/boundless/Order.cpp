// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/Order.h"

#include <QCoreApplication>

#include <array>

namespace proverdeck::models::boundless {

namespace {

struct StateWords
{
    const char *word;
    const char *title;
};
// In the order of OrderState.
constexpr std::array States{
    StateWords{"seen", QT_TRANSLATE_NOOP("Order", "Seen")},
    StateWords{"not-priced", QT_TRANSLATE_NOOP("Order", "Not priced")},
    StateWords{"skipped", QT_TRANSLATE_NOOP("Order", "Skipped")},
    StateWords{"priced", QT_TRANSLATE_NOOP("Order", "Priced")},
    StateWords{"passed-over", QT_TRANSLATE_NOOP("Order", "Passed over")},
    StateWords{"locking", QT_TRANSLATE_NOOP("Order", "Locking")},
    StateWords{"locked", QT_TRANSLATE_NOOP("Order", "Locked")},
    StateWords{"lost-lock", QT_TRANSLATE_NOOP("Order", "Lost lock")},
    StateWords{"proving", QT_TRANSLATE_NOOP("Order", "Proving")},
    StateWords{"proved", QT_TRANSLATE_NOOP("Order", "Proved")},
    StateWords{"fulfilled", QT_TRANSLATE_NOOP("Order", "Fulfilled")},
    StateWords{"overtaken", QT_TRANSLATE_NOOP("Order", "Overtaken")},
    StateWords{"failed", QT_TRANSLATE_NOOP("Order", "Failed")},
    StateWords{"slash-pending", QT_TRANSLATE_NOOP("Order", "Slash pending")},
    StateWords{"expired", QT_TRANSLATE_NOOP("Order", "Expired")},
    StateWords{"slashed", QT_TRANSLATE_NOOP("Order", "Slashed")}};

} // namespace

QString stateWord(OrderState state)
{
    return QString::fromLatin1(States.at(std::size_t(state)).word);
}

QString stateTitle(OrderState state)
{
    return QCoreApplication::translate("Order", States.at(std::size_t(state)).title);
}

std::optional<qint64> Order::timeToLockMs() const
{
    return seenMs && lockedMs && *lockedMs >= *seenMs ? std::optional(*lockedMs - *seenMs)
                                                      : std::nullopt;
}

std::optional<qint64> Order::timeToProveMs() const
{
    return provingMs && provedMs && *provedMs >= *provingMs ? std::optional(*provedMs - *provingMs)
                                                            : std::nullopt;
}

std::optional<double> Order::kHz() const
{
    return cycles && proveSeconds && *proveSeconds > 0
        ? std::optional(double(*cycles) / 1000 / *proveSeconds)
        : std::nullopt;
}

} // namespace proverdeck::models::boundless

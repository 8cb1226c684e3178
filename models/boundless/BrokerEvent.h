// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerLine.h"
#include "models/findings/Finding.h"

#include <QMap>

namespace proverdeck::models::boundless {

/// What a line of the broker's log says. The words of resources/boundless/broker-log.toml.
enum class BrokerEventKind {
    Deployment,
    DeploymentMismatch,
    Version,
    Started,
    Resumed,
    Connected,
    Detected,
    SeenLocked, ///< "prover" locked it, says the chain
    SeenFulfilled,
    Preflight,
    Pricing,
    Priced,
    Scheduled,
    AfterExpiry, ///< will be proved after somebody else's lock has expired
    Skipped,
    SkipReason, ///< the line before "Skipping order" (until 1.0)
    NotPriced,
    Locking,
    LockSent, ///< the market library has the transaction
    Locked, ///< the broker's own word: one for each lock
    LockFailed,
    AtRisk, ///< "FATAL STAKE AT RISK"
    PassedOver, ///< priced, and then not locked
    GasShort,
    Proving,
    ProofStarted,
    Proved,
    Overtaken,
    ProofFailed,
    Expired,
    BatchStarted, ///< its orders follow
    Submitting,
    SubmitFailed, ///< one attempt of a batch
    BatchFailed, ///< after all attempts
    Fulfilled,
    BatchDone,
    Capacity,
    Behind,
    GasBalance,
    CollateralBalance,
    ConfigLoaded,
    ConfigRefused,
    BatchSizeClamped,
    Stopping,
    StopWaiting,
    Stopped,
    StopTimedOut,
    // Found in any line:
    Deadlines, ///< "lock" and "full", seconds since the epoch; perhaps "mcycles"
    Status, ///< "[Proving] <order>": the broker is committed to it
    Code, ///< an error code
    Detail, ///< a line that continues the last record of its order
    OutOfMemory,
    RpcLimited, ///< HTTP 429
    Unauthorized ///< HTTP 401 of the order stream
};

/// One event with what its line tells. Plain value.
struct BrokerEvent
{
    BrokerEventKind kind = BrokerEventKind::Started;
    BrokerLevel level = BrokerLevel::None;
    std::optional<qint64> timeMs; ///< since the epoch, UTC; of a continuation: of its record
    std::optional<quint64> chain;
    QString id; ///< of the request: "0x…" in small letters, without leading zeros; may be empty
    QMap<QString, QString> values; ///< the named groups of its pattern
    Evidence evidence;

    [[nodiscard]] QString value(const QString &name) const { return values.value(name); }
    /// A whole number below 2^63; none if it is not there.
    [[nodiscard]] std::optional<qint64> number(const QString &name) const
    {
        bool ok = false;
        const qint64 value = values.value(name).toLongLong(&ok);
        return ok ? std::optional(value) : std::nullopt;
    }
    bool operator==(const BrokerEvent &) const = default;
};

/// Generations of the broker that differ in words, units and keys.
enum class BrokerEra { Unknown, V013, V10, V11, V14, V20 };
[[nodiscard]] QString eraWord(BrokerEra era); ///< "0.13", "1.0", "1.1", "1.4", "2.0"; "" if unknown
[[nodiscard]] BrokerEra eraFromWord(QStringView word);
/// Of a version like "2.0.2".
[[nodiscard]] BrokerEra eraOfVersion(const QString &version);
/// The collateral token of that generation: USDC with 6 decimals until 0.14, ZKC with 18 after;
/// "" and -1 if the era is not known.
[[nodiscard]] QString collateralSymbol(BrokerEra era);
[[nodiscard]] int collateralDecimals(BrokerEra era);

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

#include <optional>

namespace proverdeck::models::boundless {

enum class BrokerLevel { None, Trace, Debug, Info, Warn, Error };

/// One physical line of a broker's log, taken apart, in every framing that it may have:
/// "<time> <level> [span{…}: …]<target>: <message>", the same as a JSON object, each with or
/// without the "service-1  | " of docker compose and its own time stamp (logs -t).
///
/// What has neither time nor level is a continuation: its text is the message.
struct BrokerLine
{
    std::optional<qint64> timeMs; ///< since the epoch, UTC
    BrokerLevel level = BrokerLevel::None;
    std::optional<quint64> chain; ///< of the span "chain" (2.0 and newer)
    bool hasSpan = false;
    QString service; ///< "broker-1", from docker compose; empty without its prefix
    QString target; ///< "broker::order_picker"
    QString message; ///< of a JSON line it may hold line ends
    [[nodiscard]] bool isFramed() const { return timeMs || level != BrokerLevel::None; }
    /// Written by the broker, or by its market library; a continuation if its service is a broker.
    [[nodiscard]] bool isBroker() const;
};

/// @p text without line end and without escape sequences.
[[nodiscard]] BrokerLine splitBrokerLine(QByteArrayView text);

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

#include <tl/expected.hpp>

namespace proverdeck::ssh {

/// What a caller decides by. The sentence for a person is in Error::detail, already complete.
enum class ErrorCode {
    BadInput, ///< a host name, option or path that must not be used
    Config, ///< ssh -G refused the user's configuration, or it asks for what we cannot do
    Unreachable, ///< no TCP connection, or not an SSH server behind it
    Negotiation, ///< no algorithm in common
    HostKeyUnknown,
    HostKeyChanged,
    HostKeyRevoked,
    Authentication,
    ConnectionLost,
    Timeout,
    Cancelled,
    Channel, ///< the server refused a channel, a command or a file
    NotFound, ///< a remote file that does not exist
    Local, ///< this machine's disk or programs
};

/// What happened, why, and what to do, in one or two sentences. No secret ever enters detail.
struct Error
{
    ErrorCode code{};
    QString detail;
    bool operator==(const Error &) const = default;
};

template<class T = void> using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, QString detail)
{
    return tl::unexpected<Error>(Error{code, std::move(detail)});
}

/// A failure that trying again may cure without a person.
[[nodiscard]] inline bool isTransient(const Error &error)
{
    return error.code == ErrorCode::Unreachable || error.code == ErrorCode::ConnectionLost
        || error.code == ErrorCode::Timeout;
}

} // namespace proverdeck::ssh

Q_DECLARE_METATYPE(proverdeck::ssh::Error)

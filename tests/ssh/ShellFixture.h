// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/SshShell.h"
#include "support/LoopbackSshd.h"
#include "support/Test.h"

#include <QHash>
#include <QSignalSpy>

#include <map>
#include <memory>
#include <optional>

namespace proverdeck::ssh {

class SystemWatch;

/// What a command has said so far.
struct Outcome
{
    QByteArray out;
    QByteArray err;
    int ends = 0;
    Result<ExitStatus> result;
    [[nodiscard]] bool isOk() const { return ends == 1 && result && result->ok(); }
    [[nodiscard]] std::optional<ErrorCode> error() const
    {
        return result ? std::nullopt : std::optional(result.error().code);
    }
    [[nodiscard]] QString detail() const { return result ? QString() : result.error().detail; }
};

/// A shell with ears: collects everything that it says. Trusts the server's host key.
class Listener
{
public:
    explicit Listener(const HostTarget &target, std::shared_ptr<SystemWatch> watch = {});

    /// Opens and waits. The error if it failed.
    [[nodiscard]] std::optional<Error> open();
    [[nodiscard]] const Outcome &wait(CommandId id,
                                      std::chrono::milliseconds limit = std::chrono::seconds(20));
    [[nodiscard]] const Outcome &run(const QByteArray &line, const QByteArray &input = {});

    SshShell shell;
    std::map<CommandId, Outcome> outcomes;
    QList<HostKeyQuestion> hostKeys;
    QList<SecretQuestion> secrets;
    QStringList answers; ///< to secrets, in order; when used up: gives up
    bool trust = true;
    int opened = 0;
    int lost = 0;
    std::optional<Error> failure;
};

/// Tests with a server of their own; skipped with a reason where there can be none.
class ServerTest : public ::testing::Test
{
protected:
    void SetUp() override;
    [[nodiscard]] HostTarget target() const;
    /// A shell that is logged in; fails the test otherwise.
    [[nodiscard]] std::unique_ptr<Listener> connected() const;

    testing::LoopbackSshd server;
};

} // namespace proverdeck::ssh

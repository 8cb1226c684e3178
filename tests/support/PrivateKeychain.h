// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QTemporaryDir>

#include <optional>

namespace proverdeck::testing {

/// A session bus with a gnome-keyring of its own in a private home, for one command.
///
/// The command is a ChildProgram of this test binary. Bus and keyring end with it.
class PrivateKeychain
{
public:
    enum class Kind {
        Unlocked,
        NoCollection, ///< the keyring was never unlocked, so it has no default collection
        Refusing, ///< unlocked, but the bus lets nobody talk to it
        NoService, ///< a bus that knows no service at all
        NoBus,
    };

    explicit PrivateKeychain(Kind kind);

    /// Why it cannot be done here; empty if it can.
    [[nodiscard]] static QString missing();
    /// The answer lines of the child program, which reads @p input; nothing if it did not end well.
    [[nodiscard]] std::optional<QList<QByteArray>>
    run(const QString &program, const QStringList &arguments, const QByteArray &input);
    [[nodiscard]] QString home() const { return m_home.path(); }

private:
    [[nodiscard]] QString busConfig(const QByteArray &policy);

    Kind m_kind;
    QTemporaryDir m_home;
};

} // namespace proverdeck::testing

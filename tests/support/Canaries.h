// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace proverdeck::testing {

/// A secret that tests use and that must not turn up anywhere else. All of them stand in
/// Canaries.cpp, so that the search knows them.
struct Canary
{
    QString name; ///< "server password", …
    QByteArray secret;
    /// The server has it and prints it: its own processes may hold it, ours may not.
    bool isServers = false;
};

[[nodiscard]] const QList<Canary> &canaries();
/// The secret of this name; fails the test if the list has none.
[[nodiscard]] QByteArray canary(const QString &name);
[[nodiscard]] QByteArray canary(const char *name);

} // namespace proverdeck::testing

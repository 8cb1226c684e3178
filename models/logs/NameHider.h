// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>

namespace proverdeck::models {

/// Replaces host names, user names and network addresses in texts that go to strangers. The same
/// name gets the same stand-in everywhere: "host-1", "user-2", "ip-3".
///
/// A name that is an ordinary word of logs ("prover") is only replaced where it must be a name:
/// beside "@" and in a home folder. Loopback addresses, "localhost", "root" and the demo host stay.
class NameHider
{
public:
    /// A host as a user writes it: alias, name, address, "user@host:port".
    void addHost(const QString &host);
    void addUser(const QString &user);
    /// Takes the owners of the home folders in @p text, so that they are hidden in later texts.
    void learn(const QByteArray &text);

    /// @p count is raised by the number of replaced names.
    [[nodiscard]] QByteArray hidden(const QByteArray &text, int *count = nullptr);

private:
    struct Name
    {
        QByteArray name;
        QByteArray standIn;
        bool isOrdinary = false;
    };
    struct Hit
    {
        qsizetype at = 0;
        qsizetype size = 0;
        QByteArray standIn;
    };

    void add(const QByteArray &name, const QByteArray &standIn);
    [[nodiscard]] QByteArray standInFor(const QByteArray &kind, const QByteArray &name);
    void findNames(const QByteArray &text, QList<Hit> &hits) const;
    void findAddresses(const QByteArray &text, QList<Hit> &hits);

    QList<Name> m_names; ///< longest first
    QHash<QByteArray, QByteArray> m_standIns; ///< by kind and name
    QHash<QByteArray, int> m_numbers; ///< of the last stand-in of a kind
};

} // namespace proverdeck::models

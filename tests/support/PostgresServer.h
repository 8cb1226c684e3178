// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QString>
#include <QTemporaryDir>

namespace proverdeck::testing {

/// A PostgreSQL server of this test's own, on a loopback port and with a password, in a temporary
/// folder. Runs as "nobody" where the test is root. Ends with the test, however that ends.
class PostgresServer
{
public:
    /// Empty if there is a server to be started and a driver for it, otherwise why not.
    [[nodiscard]] static QString missing();
    /// The one of this process, started when it is first asked for. Sets PGPASSFILE to a file with
    /// its password.
    [[nodiscard]] static PostgresServer &shared();

    PostgresServer();
    ~PostgresServer();

    /// Why it did not start; empty if it did.
    [[nodiscard]] const QString &problem() const { return m_problem; }
    [[nodiscard]] const QString &password() const { return m_password; }
    [[nodiscard]] QString passFile() const { return m_folder.filePath("pgpass"); }
    /// The address of a new, empty database.
    [[nodiscard]] QString newDatabase();
    void stop(); ///< as if its machine lost power
    void start();

private:
    [[nodiscard]] QString run(const QString &program, const QStringList &arguments);
    [[nodiscard]] QStringList asServer(const QStringList &command) const;

    QTemporaryDir m_folder;
    QProcess m_server;
    QString m_password;
    QString m_problem;
    int m_port = 0;
    int m_databases = 0;
};

} // namespace proverdeck::testing

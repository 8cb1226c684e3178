// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/PostgresServer.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>
#include <QUuid>

#include <unistd.h>

#include <csignal>

namespace proverdeck::testing {

namespace {

constexpr int LimitMs = 30'000;

/// The newest of those that the distribution keeps apart.
QString binary(const QString &name)
{
    const QStringList versions
        = QDir("/usr/lib/postgresql")
              .entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed);
    for (const QString &version : versions) {
        const QString path = "/usr/lib/postgresql/" + version + "/bin/" + name;
        if (QFile::exists(path)) {
            return path;
        }
    }
    return QStandardPaths::findExecutable(name);
}

void write(const QString &path, const QByteArray &text)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        file.write(text);
    }
}

} // namespace

QString PostgresServer::missing()
{
    for (const char *name : {"initdb", "postgres", "psql"}) {
        if (binary(name).isEmpty()) {
            return "PostgreSQL is not installed (package postgresql): no " + QString(name);
        }
    }
    return QFile::exists("/usr/bin/setpriv") ? QString() : QString("there is no setpriv");
}

PostgresServer &PostgresServer::shared()
{
    static PostgresServer server;
    qputenv("PGPASSFILE", QFile::encodeName(server.passFile()));
    return server;
}

QStringList PostgresServer::asServer(const QStringList &command) const
{
    QStringList all{"/usr/bin/setpriv", "--pdeathsig", "QUIT"};
    if (geteuid() == 0) { // which it refuses
        all << "--reuid"
            << "nobody"
            << "--regid"
            << "nogroup"
            << "--clear-groups";
    }
    return all + command;
}

QString PostgresServer::run(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    const bool done = process.waitForFinished(LimitMs) && process.exitCode() == 0;
    return done ? QString()
                : program + ": " + QString::fromUtf8(process.readAll()) + process.errorString();
}

PostgresServer::PostgresServer()
    : m_password(QUuid::createUuid().toString(QUuid::Id128))
{
    QTcpServer probe;
    probe.listen(QHostAddress::LocalHost);
    m_port = probe.serverPort();
    probe.close();
    const QString data = m_folder.filePath("data");
    const QString word = m_folder.filePath("word");
    QDir().mkpath(data);
    write(word, m_password.toUtf8());
    write(passFile(), "127.0.0.1:*:*:prover:" + m_password.toUtf8() + "\n");
    if (geteuid() == 0) {
        QFile(m_folder.path()).setPermissions(QFile::Permissions(0x7055));
        m_problem = run("/bin/chown", {"nobody", data, word});
    }
    const QStringList make
        = asServer({binary("initdb"), "-D", data, "-U", "prover", "-A", "scram-sha-256", "--pwfile",
                    word, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"});
    if (m_problem.isEmpty()) {
        m_problem = run(make.first(), make.mid(1));
    }
    if (m_problem.isEmpty()) {
        start();
    }
}

PostgresServer::~PostgresServer()
{
    stop();
}

void PostgresServer::start()
{
    const QStringList command
        = asServer({binary("postgres"), "-D", m_folder.filePath("data"), "-p",
                    QString::number(m_port), "-c", "listen_addresses=127.0.0.1", "-c",
                    "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=40"});
    m_server.setStandardOutputFile(QProcess::nullDevice());
    m_server.setStandardErrorFile(m_folder.filePath("server.log"));
    m_server.start(command.first(), command.mid(1));
    QElapsedTimer waited;
    waited.start();
    QString why = "it ended";
    while (waited.elapsed() < LimitMs && m_server.state() != QProcess::NotRunning) {
        why = run(binary("psql"),
                  {QString("host=127.0.0.1 port=%1 user=prover dbname=postgres passfile=%2")
                       .arg(m_port)
                       .arg(passFile()),
                   "-qc", "SELECT 1"});
        if (why.isEmpty()) {
            return;
        }
        QThread::msleep(50); // it says nothing when it is ready
    }
    m_problem = "PostgreSQL did not start: " + why;
}

void PostgresServer::stop()
{
    if (m_server.state() != QProcess::NotRunning) {
        kill(pid_t(m_server.processId()), SIGQUIT);
        m_server.waitForFinished(LimitMs);
    }
}

QString PostgresServer::newDatabase()
{
    const QString name = QString("history%1").arg(++m_databases);
    m_problem = run(binary("psql"),
                    {QString("host=127.0.0.1 port=%1 user=prover dbname=postgres passfile=%2")
                         .arg(m_port)
                         .arg(passFile()),
                     "-qc", "CREATE DATABASE " + name});
    return QString("postgresql://prover@127.0.0.1:%1/%2").arg(m_port).arg(name);
}

} // namespace proverdeck::testing

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QLocalServer>
#include <QLocalSocket>
#include <QObject>
#include <QTimer>

#include <chrono>

namespace proverdeck::app::demo {

/// Who still needs a demo host that runs in a process of its own.
///
/// Each panel keeps a connection to a socket in the demo's folder. A panel that says "bye" ends the
/// demo when it was the last one; one that is killed leaves it there for a while, so that its run
/// can be attached to. The first line that a panel reads is DemoHost::ready()'s, or one with
/// "error".
class DemoLeash : public QObject
{
    Q_OBJECT

public:
    /// @p linger: how long the demo host stays without any panel.
    DemoLeash(QString path, std::chrono::seconds linger, QObject *parent = nullptr);

    [[nodiscard]] bool listen();
    /// What panels are told, now and later.
    void tell(const QByteArray &line);

signals:
    /// Nobody needs the demo host any more.
    void released();

private:
    void onConnection();
    void onRead(QLocalSocket *panel);
    void onGone();

    QString m_path;
    QLocalServer m_server;
    QList<QLocalSocket *> m_panels;
    QByteArray m_line;
    QTimer m_linger;
};

/// A demo host in a process of its own: started, or found again by its folder.
///
/// GUI thread; never blocks. After start() or join() comes one ready() or failed().
class DemoProcess : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        double speed = 60;
        QStringList faults;
        QString fleet; ///< "aztec": two machines, see hosts()
    };

    explicit DemoProcess(QObject *parent = nullptr);
    /// Like being killed: the demo host lingers, unless end() was called.
    ~DemoProcess() override;

    void start(const Options &options);
    /// A demo host that a panel before this one started in @p dir.
    void join(const QString &dir);
    /// Ends the demo host unless another panel still needs it; ended() follows.
    void end();

    /// Holds the socket "leash", the demo host's messages, and its own folder "host".
    [[nodiscard]] QString dir() const { return m_dir; }
    [[nodiscard]] QString host() const { return m_hosts.value(0); }
    [[nodiscard]] const QStringList &hosts() const { return m_hosts; }
    [[nodiscard]] QString sshConfigPath() const
    {
        return m_dir + QStringLiteral("/host/ssh_config");
    }
    /// The folder, if this ssh configuration is one of a demo host; otherwise empty.
    [[nodiscard]] static QString dirOf(const QString &sshConfigFile);

signals:
    void ready();
    void failed(const QString &sentence);
    void ended();

private:
    void tryConnect();
    void onRead();
    void giveUp(const QString &sentence);

    QString m_dir;
    QStringList m_hosts{QStringLiteral("demo")}; ///< as it said when it was ready
    qint64 m_pid = 0; ///< 0: somebody else started it
    QLocalSocket m_socket;
    QTimer m_retry;
    QElapsedTimer m_waiting;
    bool m_hasReported = false;
    bool m_isEnding = false;
};

} // namespace proverdeck::app::demo

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/PortReservation.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTcpSocket>
#include <QTimer>

#include <vector>

namespace proverdeck::app::demo {

/// A real OpenSSH server on a loopback port whose logins land in a scratch home with stand-ins for
/// an ethrex prover host.
///
/// Lives in the GUI thread and never blocks it, except in the destructor. After start() comes one
/// ready() or failed(); after stop(), or when the server ends by itself, one stopped(). A helper
/// process (the warden) ends everything that the demo brought about, also when this process is
/// killed.
///
/// Its power can be cut at any moment: all that runs on the demo host is killed at once, nothing is
/// tidied up, the boot id is another one, and about a second later its sshd listens again on the
/// same port with the same keys. Fault "reboot" does that once, a while after the prover has
/// started. From outside this process, an empty file DIR/state/cut-power asks for it, and
/// DIR/state/cut-connections for the death of every connection only; each is removed when it is
/// done. While the power is off there is no DIR/state/sshd.pid.
class DemoHost : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        /// Empty: a private temporary folder, removed at the end.
        QString dir;
        /// 0: a free one.
        int port = 0;
        /// Simulated seconds per real second.
        double speed = 60;
        QStringList faults;
        /// As it is called in the ssh configuration.
        QString name = QStringLiteral("demo");
        /// More settings for the stand-ins; for DemoFleet.
        QList<QPair<QString, QString>> settings;
    };

    explicit DemoHost(Options options, QObject *parent = nullptr);
    ~DemoHost() override;

    [[nodiscard]] static QStringList knownFaults();

    void start();
    void stop();
    /// powerCut() and powerCameBack() follow.
    void cutPower();
    /// Kills the server's side of every connection; what was started through them goes on.
    void cutConnections();

    [[nodiscard]] bool isReady() const { return m_isReady; }
    [[nodiscard]] QString dir() const { return m_dir; }
    [[nodiscard]] QString sshConfigPath() const;
    [[nodiscard]] QString host() const;
    [[nodiscard]] int port() const { return m_port; }

signals:
    /// One JSON object in one line, without the line's end.
    void ready(const QByteArray &jsonLine);
    void failed(const QString &sentence);
    void stopped();
    void powerCut();
    void powerCameBack();

private:
    void fail(const QString &sentence);
    [[nodiscard]] QString missingProgram();
    [[nodiscard]] QString prepareFolder();
    [[nodiscard]] QString reservePorts();
    [[nodiscard]] QString chooseOwnPort();
    [[nodiscard]] bool writeSettings();
    [[nodiscard]] QString searchPath() const;
    [[nodiscard]] QStringList shadows(QStringList &path) const;
    [[nodiscard]] bool writeSshFiles();
    void startWarden();
    void startSetup();
    void onSetupFinished(int exitCode);
    void startServer();
    void onServerFinished();
    void probe();
    void onProbeRead();
    void becomeReady();
    void onWardenSaid();
    void onWardenFinished();
    void boot();

    Options m_options;
    QString m_dir;
    QString m_id;
    QString m_tool;
    QString m_sshd;
    QString m_sftp;
    QList<QPair<QString, QString>> m_settings;
    std::vector<PortReservation> m_reservations;
    int m_port = 0;
    int m_serverTries = 0;
    bool m_isTemporary = false;
    bool m_isReady = false;
    bool m_isBooting = false; // after a power cut
    bool m_isEnding = false;
    bool m_hasReported = false;
    QProcess m_warden;
    QProcess m_setup;
    QProcess m_server;
    QTcpSocket m_probe;
    QTimer m_probeTimer;
    QTimer m_bootTimer;
    QElapsedTimer m_probeTime;
};

} // namespace proverdeck::app::demo

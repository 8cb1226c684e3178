// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/DemoHost.h"

#include <memory>

namespace proverdeck::app::demo {

/// Two demo hosts that are the machines of one Aztec fleet: "machine-a" with prover node, broker
/// and agents, "machine-b" with agents only. Their containers print what real ones would, as it
/// happens.
///
/// Lives in the GUI thread. After start() comes one ready() or failed(); after stop() one
/// stopped().
class DemoFleet : public QObject
{
    Q_OBJECT

public:
    /// As of one host; its port is that of machine-a.
    explicit DemoFleet(DemoHost::Options options, QObject *parent = nullptr);
    ~DemoFleet() override;

    [[nodiscard]] static QStringList knownFaults();

    void start();
    void stop();

    [[nodiscard]] QStringList hosts() const;
    /// Knows both machines.
    [[nodiscard]] QString sshConfigPath() const;
    /// "machine-a" or "machine-b".
    [[nodiscard]] DemoHost *machine(const QString &name) const;

signals:
    /// One JSON object in one line, without the line's end.
    void ready(const QByteArray &jsonLine);
    void failed(const QString &sentence);
    void stopped();

private:
    void startSecond();
    void becomeReady();
    void fail(const QString &sentence);
    void onStopped();

    DemoHost::Options m_options;
    std::vector<PortReservation> m_ports;
    std::unique_ptr<DemoHost> m_first;
    std::unique_ptr<DemoHost> m_second;
    bool m_hasReported = false;
    bool m_isEnding = false;
};

} // namespace proverdeck::app::demo

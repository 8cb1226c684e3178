// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/live/LiveAlerts.h"
#include "models/aztec/live/MachineWatch.h"
#include "ui/Notifier.h"
#include "ui/Services.h"
#include "ui/aztec/AztecLoader.h"
#include "ui/aztec/CellTableModel.h"

#include <QTimer>

namespace proverdeck::ui {

/// The servers that the Aztec page watches: hands their logs and containers to the loader, and what
/// is urgent to the notifier. GUI thread.
class AztecWatch : public QObject
{
    Q_OBJECT

public:
    /// All three must outlive it.
    AztecWatch(Services &services, AztecLoader &loader, Notifier &notifier,
               QObject *parent = nullptr);
    ~AztecWatch() override;

    /// In place of what was watched before.
    void start(const QList<models::aztec::WatchChoice> &choices);
    void stop();
    [[nodiscard]] bool isActive() const { return !m_machines.empty(); }
    [[nodiscard]] const std::vector<std::unique_ptr<models::aztec::MachineWatch>> &machines() const
    {
        return m_machines;
    }
    /// One row per log: machine, log, state, lines, remark.
    [[nodiscard]] QList<CellTableModel::Row> sourceRows() const;
    [[nodiscard]] static QStringList sourceTitles();
    /// "machine-a: connected, 3 logs, 1234 lines".
    [[nodiscard]] QString stateText(const models::aztec::MachineWatch &machine) const;
    /// Tells the desktop what of this is urgent and new.
    void judge(const models::aztec::Analysis &analysis);

signals:
    void changed();
    void diagnosed(const QString &host,
                   const tl::expected<models::aztec::Diagnosis, QString> &result);

private:
    void tick();

    Services &m_services;
    AztecLoader &m_loader;
    Notifier &m_notifier;
    std::vector<std::unique_ptr<models::aztec::MachineWatch>> m_machines;
    models::aztec::LiveAlerts m_alerts;
    QTimer m_tick;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/live/Diagnosis.h"
#include "models/run/Caller.h"
#include "ssh/SshShell.h"

#include <QObject>
#include <QStringList>

class QCoreApplication;

namespace proverdeck::app {

/// What `proverdeck doctor HOST --for aztec` was asked.
struct AztecDoctorRequest
{
    QString host;
    QString sshConfig;
    QStringList trusted;
    bool isJson = false;
    QString help; ///< not empty: print this
};

/// If these arguments behind "doctor" are about Aztec.
[[nodiscard]] bool isAztecDoctor(const QStringList &arguments);
/// The error is a sentence; exit with 2.
[[nodiscard]] tl::expected<AztecDoctorRequest, QString>
parseAztecDoctor(const QStringList &arguments);
/// Runs it with an event loop of the application; the exit status.
[[nodiscard]] int runAztecDoctor(QCoreApplication &application, const QStringList &arguments);

/// Asks a server whether its Aztec workers reach their broker; changes nothing there. Ends with
/// exactly one finished(exit status): 4 if one does not.
class AztecDoctor : public QObject
{
    Q_OBJECT

public:
    explicit AztecDoctor(AztecDoctorRequest request, QObject *parent = nullptr);
    ~AztecDoctor() override;

    void start();
    void interrupt();

signals:
    void finished(int exitCode);

private:
    void onOpened();
    void print(const models::aztec::Diagnosis &diagnosis);
    void end(int code);

    AztecDoctorRequest m_request;
    ssh::SshShell m_shell;
    models::Caller m_caller;
    bool m_hasEnded = false;
};

} // namespace proverdeck::app

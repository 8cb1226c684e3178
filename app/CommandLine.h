// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/Workflow.h"

#include <QStringList>

namespace proverdeck::app {

/// What the arguments ask for. One command per call.
struct Request
{
    enum class Command {
        Window,
        Help,
        Version,
        Doctor,
        AztecDoctor,
        Plan,
        Run,
        Attach,
        Bundle,
        RunsList,
        RunsShow,
        RunsExport,
        AnalyseEthrex,
        AnalyseBoundless,
        Broker,
        BrokerConfigCheck,
        BrokerConfigSet,
        BrokerConfigMigrate,
        Stake,
        AnalyseAztec,
        History,
        DemoHost
    };
    Command command = Command::Window;
    bool demo = false;
    QStringList faults;
    QString fleet; ///< "aztec": a demo of two machines
    double speed = 60;
    int port = 0;
    QString dir; ///< demo-host --dir
    QString leash; ///< demo-host --leash: the socket of the panels that need it
    bool watch = false; ///< attach --watch: look on, touch nothing
    QString host; ///< attach --host: where to find a run that the history does not know
    QString sshConfig;
    QStringList trusted; ///< --trust-host
    models::Workflow workflow;
    models::InputValues given; ///< checked by models::checkValues() later
    QString out;
    bool overwrite = false;
    bool keepRunning = false;
    bool showNames = false; ///< bundle --show-names
    QString format; ///< "text", "json", "sh", "markdown", "upstream", "csv"
    QString runId;
    QStringList files;
    QString metrics;
    QString compose; ///< broker config check --compose
    QString era; ///< broker config --era
    QString targetEra; ///< broker config migrate --to
    bool writes = false; ///< broker config migrate --write
    QStringList assignments; ///< broker config set: KEY=VALUE
    QStringList words; ///< stake, broker, history: their own arguments
    QString help; ///< text of --help
};

/// Reads the arguments (without the program's name). The error is a sentence; exit with 2.
[[nodiscard]] tl::expected<Request, QString> parseArguments(const QStringList &arguments);

} // namespace proverdeck::app

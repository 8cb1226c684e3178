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
        Plan,
        Run,
        Attach,
        Bundle,
        RunsList,
        RunsShow,
        RunsExport,
        AnalyseEthrex,
<<<<<<< HEAD
        AnalyseBoundless,
        Broker,
        BrokerConfigCheck,
        BrokerConfigSet,
=======
        Stake,
>>>>>>> 9deb9c0c50cfa53f4173d3bce57660b42c7c6140
        DemoHost
    };
    Command command = Command::Window;
    bool demo = false;
    QStringList faults;
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
<<<<<<< HEAD
    QString compose; ///< broker config check --compose
    QString era; ///< broker config --era
    QStringList assignments; ///< broker config set: KEY=VALUE
=======
    QStringList words; ///< stake: its own arguments, read by parseStake()
>>>>>>> 9deb9c0c50cfa53f4173d3bce57660b42c7c6140
    QString help; ///< text of --help
    QStringList words; ///< broker: what follows it
};

/// Reads the arguments (without the program's name). The error is a sentence; exit with 2.
[[nodiscard]] tl::expected<Request, QString> parseArguments(const QStringList &arguments);

} // namespace proverdeck::app

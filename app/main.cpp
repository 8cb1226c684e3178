// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/AnalyseAztec.h"
#include "app/AnalyseBoundless.h"
#include "app/Application.h"
#include "app/AztecDoctor.h"
#include "app/BrokerCommands.h"
#include "app/BrokerConfigCommand.h"
#include "app/BundleCommand.h"
#include "app/Commands.h"
#include "app/HeadlessRun.h"
#include "app/HistoryCommand.h"
#include "app/SignalWatcher.h"
#include "app/StakeCommand.h"
#include "app/Version.h"
#include "app/demo/DemoFleet.h"
#include "app/demo/DemoLeash.h"

#include <QApplication>
#include <QDir>

#include <cstdio>

using namespace Qt::StringLiterals;
using proverdeck::app::Request;

namespace {

int headless(QCoreApplication &application, const Request &request)
{
    std::optional<proverdeck::models::Plan> plan;
    if (request.command != Request::Command::Attach) {
        plan = proverdeck::app::planFor(request);
        if (!plan) {
            return 2;
        }
    }
    proverdeck::app::SignalWatcher watcher;
    proverdeck::app::HeadlessRun run(request, plan.value_or(proverdeck::models::Plan()));
    QObject::connect(&watcher, &proverdeck::app::SignalWatcher::interrupted, &run,
                     &proverdeck::app::HeadlessRun::interrupt);
    QObject::connect(
        &run, &proverdeck::app::HeadlessRun::finished, &application,
        [](int code) { QCoreApplication::exit(code); }, Qt::QueuedConnection);
    QMetaObject::invokeMethod(&run, &proverdeck::app::HeadlessRun::start, Qt::QueuedConnection);
    return QCoreApplication::exec();
}

/// @p Demo: DemoHost or DemoFleet.
template<typename Demo> int demoHost(QCoreApplication &application, const Request &request)
{
    using proverdeck::app::demo::DemoLeash;
    proverdeck::app::SignalWatcher watcher;
    Demo host({request.dir, request.port, request.speed, request.faults});
    DemoLeash leash(request.leash, std::chrono::minutes(10));
    QObject::connect(&host, &Demo::ready, &application, [&leash](const QByteArray &line) {
        std::printf("%s\n", line.trimmed().constData());
        std::fflush(stdout);
        leash.tell(line);
    });
    QObject::connect(&host, &Demo::failed, &application, [](const QString &why) {
        proverdeck::app::complain(why);
        QCoreApplication::exit(1);
    });
    QObject::connect(&host, &Demo::stopped, &application, [] { QCoreApplication::exit(0); });
    QObject::connect(&watcher, &proverdeck::app::SignalWatcher::interrupted, &host, &Demo::stop);
    QObject::connect(&leash, &DemoLeash::released, &host, &Demo::stop);
    if (!request.leash.isEmpty() && !leash.listen()) {
        proverdeck::app::complain(
            QCoreApplication::translate("main", "Cannot listen at %1.").arg(request.leash));
        return 1;
    }
    QMetaObject::invokeMethod(&host, &Demo::start, Qt::QueuedConnection);
    const int code = QCoreApplication::exec();
    if (!request.leash.isEmpty() && code == 0) {
        QDir(QFileInfo(request.leash).path()).removeRecursively();
    }
    return code;
}

int stake(QCoreApplication &application, const Request &request)
{
    using proverdeck::app::StakeCommand;
    const auto wanted = proverdeck::app::parseStake(request.words, proverdeck::app::stakeInput());
    if (!wanted) {
        proverdeck::app::complain(wanted.error());
        return 2;
    }
    proverdeck::app::SignalWatcher watcher;
    StakeCommand command(*wanted);
    QObject::connect(&watcher, &proverdeck::app::SignalWatcher::interrupted, &command,
                     &StakeCommand::interrupt);
    QObject::connect(
        &command, &StakeCommand::finished, &application,
        [](int code) { QCoreApplication::exit(code); }, Qt::QueuedConnection);
    QMetaObject::invokeMethod(&command, &StakeCommand::start, Qt::QueuedConnection);
    return QCoreApplication::exec();
}

int atOnce(const Request &request)
{
    switch (request.command) {
    case Request::Command::Help:
        std::printf("%s", request.help.toUtf8().constData());
        return 0;
    case Request::Command::Version:
        std::printf("proverdeck %s\n", proverdeck::app::Version);
        return 0;
    case Request::Command::Plan: {
        const auto plan = proverdeck::app::planFor(request);
        return plan ? proverdeck::app::runPlan(*plan, request.format) : 2;
    }
    case Request::Command::History:
        return proverdeck::app::runHistoryCommand(request.words);
    case Request::Command::Bundle:
        return proverdeck::app::runBundle(
            {request.runId, request.out, request.overwrite, request.showNames});
    case Request::Command::AnalyseBoundless:
        return proverdeck::app::runAnalyseBoundless(request.files, request.format);
    case Request::Command::BrokerConfigCheck:
    case Request::Command::BrokerConfigSet:
    case Request::Command::BrokerConfigMigrate:
        return proverdeck::app::runBrokerConfig(request);
    case Request::Command::AnalyseEthrex:
        return proverdeck::app::runAnalyse(request);
    case Request::Command::AnalyseAztec:
        return proverdeck::app::runAnalyseAztec(request.files);
    default:
        return proverdeck::app::runHistory(request);
    }
}

QStringList argumentList(int argc, char **argv)
{
    QStringList list;
    for (int i = 1; i < argc; ++i) {
        list << QString::fromLocal8Bit(argv[i]);
    }
    return list;
}

void setNames()
{
    QCoreApplication::setApplicationName(u"proverdeck"_s);
    QCoreApplication::setApplicationVersion(QString::fromLatin1(proverdeck::app::Version));
}

} // namespace

int main(int argc, char **argv)
{
    setNames();
    const QStringList arguments = argumentList(argc, argv);
    // Only the window needs a display.
    const bool isOption = !arguments.isEmpty() && arguments.first().startsWith(u'-');
    const bool asksHelp = arguments.contains(u"--help"_s) || arguments.contains(u"--version"_s);
    if ((arguments.isEmpty() || isOption) && !asksHelp) {
        const auto request = proverdeck::app::parseArguments(arguments);
        if (request && request->command == Request::Command::Window) {
            QApplication application(argc, argv);
            QGuiApplication::setDesktopFileName(QString::fromLatin1(proverdeck::app::AppId));
            proverdeck::app::SignalWatcher watcher;
            proverdeck::app::Application panel(*request);
            QObject::connect(&watcher, &proverdeck::app::SignalWatcher::interrupted, &panel,
                             &proverdeck::app::Application::quit);
            return panel.start() ? QApplication::exec() : 1;
        }
    }
    QCoreApplication application(argc, argv);
    const auto request = proverdeck::app::parseArguments(arguments);
    if (!request) {
        proverdeck::app::complain(request.error());
        return 2;
    }
    switch (request->command) {
    case Request::Command::Run:
    case Request::Command::Attach:
    case Request::Command::Doctor:
        return headless(application, *request);
    case Request::Command::Broker: {
        const auto broker = proverdeck::app::parseBrokerRequest(request->words);
        if (!broker) {
            proverdeck::app::complain(broker.error());
            return 2;
        }
        return proverdeck::app::runBrokerRequest(application, *broker);
    }
    case Request::Command::AztecDoctor:
        return proverdeck::app::runAztecDoctor(application, request->words);
    case Request::Command::Stake:
        return stake(application, *request);
    case Request::Command::DemoHost:
        return request->fleet.isEmpty()
            ? demoHost<proverdeck::app::demo::DemoHost>(application, *request)
            : demoHost<proverdeck::app::demo::DemoFleet>(application, *request);
    default:
        return atOnce(*request);
    }
}

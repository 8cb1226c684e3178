// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/AztecDoctor.h"

#include "app/SignalWatcher.h"
#include "app/Terminal.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>
#include <cstdio>

using namespace std::chrono_literals;

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using models::aztec::WorkerCheck;

namespace {

enum Exit { Done = 0, BadArguments = 2, Unreachable = 3, NotReady = 4, Cancelled = 5 };

QString tr(const char *text)
{
    return QCoreApplication::translate("AztecDoctor", text);
}

QString helpText()
{
    return tr("Usage: proverdeck doctor HOST --for aztec\n"
              "\n"
              "Asks from inside each container with an agent, and from the server itself, whether "
              "the broker\n"
              "that PROVER_BROKER_HOST names can be reached and is one: GET /status, and the state "
              "of a job\n"
              "that does not exist. Nothing is changed, and no work is taken from other agents.\n"
              "\n"
              "Options:\n"
              "  --ssh-config FILE      as ssh -F\n"
              "  --trust-host SHA256:…  accept an unknown host that shows this key\n"
              "  --format text|json     what to print\n");
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonObject toJson(const models::aztec::Diagnosis &diagnosis)
{
    QJsonArray workers;
    for (const WorkerCheck &worker : diagnosis.workers) {
        workers << QJsonObject{
            {u"container"_s, worker.container},
            {u"state"_s, worker.state},
            {u"broker"_s, orNull(worker.brokerUrl)},
            {u"agents"_s, worker.agentCount ? QJsonValue(*worker.agentCount) : QJsonValue()},
            {u"inside"_s, probeWord(worker.inside.result)},
            {u"outside"_s, probeWord(worker.outside.result)},
            {u"environment"_s, QJsonArray::fromStringList(worker.environment)}};
    }
    QJsonArray findings;
    const QList<models::Finding> found = findingsOf(diagnosis);
    for (const models::Finding &finding : found) {
        findings << QJsonObject{{u"code"_s, finding.code},
                                {u"severity"_s, models::severityWord(finding.severity)},
                                {u"text"_s, finding.text},
                                {u"advice"_s, orNull(finding.advice)}};
    }
    return {{u"host"_s, diagnosis.machine},
            {u"workers"_s, workers},
            {u"brokers"_s, QJsonArray::fromStringList(diagnosis.brokers)},
            {u"findings"_s, findings}};
}

} // namespace

bool isAztecDoctor(const QStringList &arguments)
{
    const qsizetype at = arguments.indexOf(u"--for"_s);
    return arguments.contains(u"--for=aztec"_s) || (at >= 0 && arguments.value(at + 1) == u"aztec");
}

tl::expected<AztecDoctorRequest, QString> parseAztecDoctor(const QStringList &arguments)
{
    QCommandLineParser parser;
    for (const QString &name : {u"for"_s, u"ssh-config"_s, u"trust-host"_s, u"format"_s}) {
        parser.addOption({name, QString(), name});
    }
    parser.addOption({u"help"_s, QString()});
    if (!parser.parse(QStringList{u"proverdeck doctor"_s} + arguments)) {
        return tl::unexpected(parser.errorText() + u". "_s + tr("--help lists the options."));
    }
    AztecDoctorRequest request;
    if (parser.isSet(u"help"_s)) {
        request.help = helpText();
        return request;
    }
    const QStringList hosts = parser.positionalArguments();
    if (hosts.size() != 1) {
        return tl::unexpected(
            tr("doctor needs exactly one server: proverdeck doctor HOST --for aztec."));
    }
    request.host = hosts.first();
    request.sshConfig = parser.value(u"ssh-config"_s);
    request.trusted = parser.values(u"trust-host"_s);
    const QString format = parser.isSet(u"format"_s) ? parser.value(u"format"_s) : u"text"_s;
    if (format != u"text" && format != u"json") {
        return tl::unexpected(tr("--format: \"%1\" is not one of text, json.").arg(format));
    }
    request.isJson = format == u"json";
    return request;
}

int runAztecDoctor(QCoreApplication &application, const QStringList &arguments)
{
    const auto request = parseAztecDoctor(arguments);
    if (!request) {
        printText(stderr, request.error() + u'\n');
        return BadArguments;
    }
    if (!request->help.isEmpty()) {
        printText(stdout, request->help);
        return Done;
    }
    SignalWatcher watcher;
    AztecDoctor doctor(*request);
    QObject::connect(&watcher, &SignalWatcher::interrupted, &doctor, &AztecDoctor::interrupt);
    QObject::connect(
        &doctor, &AztecDoctor::finished, &application,
        [](int code) { QCoreApplication::exit(code); }, Qt::QueuedConnection);
    QMetaObject::invokeMethod(&doctor, &AztecDoctor::start, Qt::QueuedConnection);
    return QCoreApplication::exec();
}

AztecDoctor::AztecDoctor(AztecDoctorRequest request, QObject *parent)
    : QObject(parent)
    , m_request(std::move(request))
    , m_shell(ssh::HostTarget{m_request.host, m_request.sshConfig, m_request.trusted, false})
    , m_caller(m_shell)
{
    const auto onTrouble = [this](const ssh::Error &error) {
        printText(stderr, error.detail + u'\n');
        end(Unreachable);
    };
    connect(&m_shell, &ssh::RemoteShell::opened, this, &AztecDoctor::onOpened);
    connect(&m_shell, &ssh::RemoteShell::openFailed, this, onTrouble);
    connect(&m_shell, &ssh::RemoteShell::connectionLost, this, onTrouble);
}

AztecDoctor::~AztecDoctor()
{
    m_shell.disconnect(this);
}

void AztecDoctor::start()
{
    m_shell.open();
}

void AztecDoctor::interrupt()
{
    end(Cancelled);
}

void AztecDoctor::onOpened()
{
    m_caller.call(m_shell.runLoginScript(models::aztec::diagnosisScript(), 120s),
                  [this](const models::Reply &reply) {
                      if (!reply.result) {
                          printText(stderr, reply.result.error().detail + u'\n');
                          end(reply.lost() ? Unreachable : NotReady);
                          return;
                      }
                      const auto diagnosis
                          = models::aztec::parseDiagnosis(reply.out, m_request.host);
                      if (!diagnosis) {
                          printText(stderr, diagnosis.error() + u'\n');
                          end(NotReady);
                          return;
                      }
                      print(*diagnosis);
                  });
}

void AztecDoctor::print(const models::aztec::Diagnosis &diagnosis)
{
    const QList<models::Finding> findings = findingsOf(diagnosis);
    if (m_request.isJson) {
        printJson(stdout, toJson(diagnosis));
    } else {
        QString text;
        for (const models::Finding &finding : findings) {
            text += u"%1 [%2] %3\n"_s.arg(models::severityWord(finding.severity), finding.code,
                                          finding.text);
            text += finding.advice.isEmpty() ? QString()
                                             : QString(u"      → "_s + finding.advice + u'\n');
        }
        for (const WorkerCheck &worker : diagnosis.workers) {
            text += tr("%1: %2; from inside %3, from the server %4\n")
                        .arg(worker.container, worker.state, probeWord(worker.inside.result),
                             probeWord(worker.outside.result));
            for (const QString &variable : worker.environment) {
                text += u"  "_s + variable + u'\n';
            }
        }
        for (const QString &broker : diagnosis.brokers) {
            text += tr("Broker on this machine: %1\n").arg(broker);
        }
        printText(stdout,
                  text.isEmpty()
                      ? tr("No container with an agent was found on %1.\n").arg(m_request.host)
                      : text);
    }
    const bool isWell
        = std::none_of(findings.begin(), findings.end(), [](const models::Finding &one) {
              return one.severity == models::Severity::Error;
          });
    end(isWell ? Done : NotReady);
}

void AztecDoctor::end(int code)
{
    if (!std::exchange(m_hasEnded, true)) {
        emit finished(code);
    }
}

} // namespace proverdeck::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/BrokerCommands.h"

#include "app/SignalWatcher.h"
#include "app/StakeArguments.h"
#include "app/Terminal.h"
#include "models/logs/Redactor.h"
#include "models/report/Report.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonArray>

#include <cstdio>

using namespace std::chrono_literals;

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using models::boundless::HoldingOrder;
using models::boundless::StopState;
using models::boundless::StopVerdict;

namespace {

enum Exit {
    Done = 0,
    JobFailed = 1,
    BadArguments = 2,
    Unreachable = 3,
    NotReady = 4,
    Cancelled = 5,
    Unknown = 6
};

QString tr(const char *text)
{
    return QCoreApplication::translate("BrokerCommands", text);
}

QString helpText()
{
    return tr(
        "Usage: proverdeck broker status --host HOST [--dir PATH] [--format text|json]\n"
        "       proverdeck broker stop --safe --host HOST [--dir PATH]\n"
        "\n"
        "status  what the Boundless stack on a server is and does; changes nothing\n"
        "stop    no new locks (max_concurrent_proofs = 0), wait until no collateral depends "
        "on the\n"
        "        broker, then down, and the old limit back. Ctrl-C gives up and sets the "
        "limit back.\n"
        "        Killed in the middle, the same command goes on.\n"
        "\n"
        "Options:\n"
        "  --host HOST            a name from ~/.ssh/config, or user@host:port\n"
        "  --dir PATH             the checkout on the server (~/boundless)\n"
        "  --account 0x…          ours, if the broker's database does not tell\n"
        "  --network N, --market A  stop: also ask the chain about locks of --account, by the "
        "RPC endpoint in\n"
        "                         the environment's PROVERDECK_RPC_URL (as stake balance)\n"
        "  --poll SECONDS         how often to look while waiting (15)\n"
        "  --patience SECONDS     end with 6 when it cannot be judged for so long (180)\n"
        "  --ssh-config FILE      as ssh -F\n"
        "  --trust-host SHA256:…  accept an unknown host that shows this key\n"
        "  --format text|json     what to print\n");
}

std::optional<int> seconds(const QCommandLineParser &parser, const QString &name, int least)
{
    bool ok = false;
    const int value = parser.value(name).toInt(&ok);
    return ok && value >= least && value <= 86'400 ? std::optional(value) : std::nullopt;
}

QJsonValue timeJson(const std::optional<qint64> &ms)
{
    return ms ? QJsonValue(QDateTime::fromMSecsSinceEpoch(*ms, Qt::UTC).toString(Qt::ISODateWithMs))
              : QJsonValue();
}

QJsonArray ordersJson(const QList<HoldingOrder> &orders)
{
    QJsonArray array;
    for (const HoldingOrder &order : orders) {
        array << QJsonObject{
            {u"request_id"_s, order.requestId},
            {u"why"_s, models::boundless::holdWord(order.why)},
            {u"status"_s, order.status.isEmpty() ? QJsonValue() : QJsonValue(order.status)},
            {u"lock_deadline"_s, timeJson(order.lockDeadlineMs)},
            {u"deadline"_s, timeJson(order.fullDeadlineMs)},
            {u"collateral"_s,
             order.collateralRaw.isEmpty() ? QJsonValue() : QJsonValue(order.collateralRaw)}};
    }
    return array;
}

/// The chain as a witness for a safe stop.
tl::expected<void, QString> readChain(const QCommandLineParser &parser, BrokerRequest &request)
{
    const StakeInput input = stakeInput();
    models::boundless::StakeTarget target;
    if (const auto read = readStakeTarget(parser, input, target); !read) {
        return tl::unexpected(read.error());
    }
    const auto url
        = models::evm::RpcUrl::fromText(input.environment.value(u"PROVERDECK_RPC_URL"_s));
    if (!url) {
        return tl::unexpected(tr("To ask the chain, set PROVERDECK_RPC_URL. %1").arg(url.error()));
    }
    request.chain = target;
    request.endpoint = *url;
    return {};
}

QString leftText(const HoldingOrder &order, qint64 nowMs)
{
    return order.lockDeadlineMs ? tr("%1 left").arg(models::report::durationText(
               qMax<qint64>(0, (*order.lockDeadlineMs - nowMs) / 1000 * 1000)))
                                : tr("deadline unknown");
}

} // namespace

tl::expected<BrokerRequest, QString> parseBrokerRequest(const QStringList &arguments)
{
    BrokerRequest request;
    QCommandLineParser parser;
    for (const QString &name : {u"host"_s, u"dir"_s, u"account"_s, u"ssh-config"_s, u"trust-host"_s,
                                u"format"_s, u"poll"_s, u"patience"_s, u"network"_s, u"market"_s}) {
        parser.addOption({name, QString(), name});
    }
    parser.addOption({u"safe"_s, QString()});
    parser.addOption({u"help"_s, QString()});
    if (!parser.parse(QStringList{u"proverdeck broker"_s} + arguments)) {
        return tl::unexpected(parser.errorText() + u". "_s + tr("--help lists the options."));
    }
    const QStringList words = parser.positionalArguments();
    if (parser.isSet(u"help"_s) || words.isEmpty()) {
        request.command = BrokerRequest::Command::Help;
        request.help = helpText();
        return request;
    }
    if (words.size() != 1 || (words.first() != u"status" && words.first() != u"stop")) {
        return tl::unexpected(
            tr("Write: proverdeck broker status --host HOST, or broker stop --safe --host HOST."));
    }
    request.command
        = words.first() == u"stop" ? BrokerRequest::Command::Stop : BrokerRequest::Command::Status;
    if (request.command == BrokerRequest::Command::Stop && !parser.isSet(u"safe"_s)) {
        return tl::unexpected(tr("broker stop needs --safe: this program stops a broker only when "
                                 "no collateral depends on it."));
    }
    request.host = parser.value(u"host"_s);
    if (request.host.isEmpty()) {
        return tl::unexpected(tr("Name the server with --host."));
    }
    models::Input path{.id = u"dir"_s, .type = models::InputType::RemotePath};
    if (parser.isSet(u"dir"_s)) {
        const auto checked = models::checkValue(path, parser.value(u"dir"_s));
        if (!checked) {
            return tl::unexpected(u"--dir: "_s + checked.error().text);
        }
        request.dir = checked->toString();
    }
    request.account = parser.value(u"account"_s).toLower();
    static const QRegularExpression address(u"^0x[0-9a-f]{40}$"_s);
    if (!request.account.isEmpty() && !address.match(request.account).hasMatch()) {
        return tl::unexpected(tr("--account: an address is 0x and 40 hexadecimal digits."));
    }
    for (const auto &[name, least] : {qMakePair(u"poll"_s, 1), qMakePair(u"patience"_s, 0)}) {
        if (parser.isSet(name) && !seconds(parser, name, least)) {
            return tl::unexpected(tr("--%1: \"%2\" is no number of seconds up to a day.")
                                      .arg(name, parser.value(name)));
        }
    }
    if (parser.isSet(u"poll"_s)) {
        request.poll = std::chrono::seconds(*seconds(parser, u"poll"_s, 1));
    }
    if (parser.isSet(u"patience"_s)) {
        request.patience = std::chrono::seconds(*seconds(parser, u"patience"_s, 0));
    }
    if (parser.isSet(u"network"_s) || parser.isSet(u"market"_s)) {
        if (const auto read = readChain(parser, request); !read) {
            return tl::unexpected(read.error());
        }
    }
    request.sshConfig = parser.value(u"ssh-config"_s);
    request.trusted = parser.values(u"trust-host"_s);
    request.format = parser.isSet(u"format"_s) ? parser.value(u"format"_s) : request.format;
    if (request.format != u"text" && request.format != u"json") {
        return tl::unexpected(tr("--format: \"%1\" is not one of text, json.").arg(request.format));
    }
    return request;
}

int runBrokerRequest(QCoreApplication &application, const BrokerRequest &request)
{
    if (request.command == BrokerRequest::Command::Help) {
        printText(stdout, request.help);
        return Done;
    }
    SignalWatcher watcher;
    BrokerCommand command(request);
    QObject::connect(&watcher, &SignalWatcher::interrupted, &command, &BrokerCommand::interrupt);
    QObject::connect(
        &command, &BrokerCommand::finished, &application,
        [](int code) { QCoreApplication::exit(code); }, Qt::QueuedConnection);
    QMetaObject::invokeMethod(&command, &BrokerCommand::start, Qt::QueuedConnection);
    return QCoreApplication::exec();
}

BrokerCommand::BrokerCommand(BrokerRequest request, QObject *parent)
    : QObject(parent)
    , m_request(std::move(request))
{
}

BrokerCommand::~BrokerCommand() = default;

void BrokerCommand::say(const QString &line) const
{
    printText(stderr, line + u'\n');
}

void BrokerCommand::end(int code)
{
    if (!std::exchange(m_hasEnded, true)) {
        emit finished(code);
    }
}

void BrokerCommand::interrupt()
{
    ++m_interrupts;
    if (m_stop && !models::boundless::isFinal(m_stop->state())) {
        if (m_interrupts == 1 && m_stop->canCancel()) {
            say(tr("Giving up: the limit of new locks is set back and the broker goes on."));
            m_stop->cancel();
            return;
        }
        if (m_interrupts == 1) {
            say(tr("The stack is being taken down; that cannot be taken back. Ctrl-C again leaves "
                   "it to itself."));
            return;
        }
        say(tr("Left as it is; the same command goes on with it."));
    }
    end(Cancelled);
}

void BrokerCommand::start()
{
    m_shell = std::make_unique<ssh::SshShell>(
        ssh::HostTarget{m_request.host, m_request.sshConfig, m_request.trusted, false});
    if (m_request.command == BrokerRequest::Command::Stop) {
        startStop();
        return;
    }
    m_caller = std::make_unique<models::Caller>(*m_shell);
    connect(m_shell.get(), &ssh::RemoteShell::opened, this, &BrokerCommand::askStatus);
    connect(m_shell.get(), &ssh::RemoteShell::openFailed, this, [this](const ssh::Error &error) {
        say(error.detail);
        end(Unreachable);
    });
    connect(m_shell.get(), &ssh::RemoteShell::connectionLost, this,
            [this](const ssh::Error &error) {
                say(error.detail);
                end(Unreachable);
            });
    m_shell->open();
}

// ---- status ----------------------------------------------------------------------------------

void BrokerCommand::askStatus()
{
    const auto id = m_shell->runLoginScript(models::boundless::checkoutScript(m_request.dir), 60s);
    m_caller->call(id, [this](const models::Reply &reply) { onCheckout(reply); });
}

void BrokerCommand::onCheckout(const models::Reply &reply)
{
    const auto checkout = models::boundless::parseCheckout(m_request.dir, reply.out);
    if (!checkout) {
        say(reply.result ? checkout.error() : reply.result.error().detail);
        end(reply.result ? NotReady : Unreachable);
        return;
    }
    m_checkout = *checkout;
    const auto id = m_shell->runLoginScript(models::boundless::stackStatusScript(m_checkout), 90s);
    m_caller->call(id, [this](const models::Reply &answer) { onStatus(answer); });
}

void BrokerCommand::onStatus(const models::Reply &reply)
{
    const auto status = models::boundless::parseStackStatus(reply.out);
    if (!status) {
        say(reply.result ? status.error() : reply.result.error().detail);
        end(reply.result ? NotReady : Unreachable);
        return;
    }
    if (m_request.format == u"json") {
        QJsonObject json = models::boundless::toJson(*status, m_checkout);
        json.insert(u"host"_s, m_request.host);
        printJson(stdout, json);
    } else {
        printStatus(*status);
    }
    end(Done);
}

void BrokerCommand::printStatus(const models::boundless::StackStatus &status) const
{
    QString text = tr("%1 in %2 on %3: %4\n")
                       .arg(m_checkout.versionText(), m_checkout.path, m_request.host,
                            status.containers.isEmpty()    ? tr("nothing runs")
                                : status.isBrokerRunning() ? tr("the broker runs")
                                                           : tr("the broker does not run"));
    if (status.segmentSize) {
        text += tr("Segment size 2^%1, %2 GPU and %3 execution agents\n")
                    .arg(*status.segmentSize)
                    .arg(status.running(u"gpu"_s))
                    .arg(status.running(u"exec"_s));
    }
    for (const auto &one : status.containers) {
        const QString up = one.isRunning && one.started.isValid()
            ? tr("up %1").arg(models::report::durationText(
                qMax<qint64>(0, one.started.msecsTo(status.now)) / 1000 * 1000))
            : tr("exit status %1").arg(one.exitCode);
        text += u"  %1 %2 %3%4%5%6\n"_s.arg(
            one.name.leftJustified(26), one.status.leftJustified(10), up,
            one.health.isEmpty() ? QString() : u", "_s + one.health,
            one.restarts > 0 ? tr(", %1 restarts").arg(one.restarts) : QString(),
            one.isOomKilled ? tr(", killed for memory") : QString());
    }
    const QList<models::Finding> findings = models::boundless::findingsOf(status);
    for (const models::Finding &finding : findings) {
        text += u"%1 [%2] %3\n      → %4\n"_s.arg(models::severityWord(finding.severity),
                                                  finding.code, finding.text, finding.advice);
    }
    printText(stdout, text);
}

// ---- stop ------------------------------------------------------------------------------------

void BrokerCommand::startStop()
{
    if (const auto opened = m_store.open(models::store::RunStore::defaultPath()); !opened) {
        say(opened.error());
        end(JobFailed);
        return;
    }
    m_setup = prepareBrokerStop(m_store, m_request.host, m_request.dir, m_request.account);
    if (!m_setup.lock) {
        say(tr("This broker is being stopped by %1 already.").arg(m_setup.holder));
        end(NotReady);
        return;
    }
    m_setup.options.poll = m_request.poll;
    if (m_request.chain) {
        m_watch = std::make_unique<models::boundless::StakeWatch>(m_request.endpoint);
        m_witness
            = std::make_unique<models::boundless::StakeWitness>([this] { return m_watch.get(); });
        m_watch->start(*m_request.chain);
    }
    m_stop
        = std::make_unique<models::boundless::SafeStop>(*m_shell, m_setup.options, m_witness.get());
    if (m_setup.past.isBegun) {
        say(tr("Going on with %1.").arg(m_setup.options.id));
        m_stop->restore(m_setup.past);
    }
    connect(m_stop.get(), &models::boundless::SafeStop::stateChanged, this,
            &BrokerCommand::onStopState);
    connect(m_stop.get(), &models::boundless::SafeStop::judged, this, &BrokerCommand::onJudged);
    connect(m_stop.get(), &models::boundless::SafeStop::finished, this, &BrokerCommand::onStopped);
    connect(m_stop.get(), &models::boundless::SafeStop::connectionNote, this,
            [this](const QString &text) {
                if (!text.isEmpty()) {
                    say(text);
                }
            });
    connect(m_stop.get(), &models::boundless::SafeStop::output, this,
            [this](const QByteArray &bytes) {
                printText(stderr, QString::fromUtf8(models::redacted(bytes)));
            });
    m_stop->start();
}

void BrokerCommand::onStopState()
{
    static const QMap<StopState, QString> lines{
        {StopState::Draining, tr("No new locks: max_concurrent_proofs = 0")},
        {StopState::Waiting, tr("Waiting until nothing depends on the broker")},
        {StopState::Stopping, tr("Taking the stack down")},
        {StopState::Restoring, tr("Setting the limit back")}};
    const QString line = lines.value(m_stop->state());
    if (!line.isEmpty()) {
        say(line);
    }
    if (m_stop->state() == StopState::Waiting && !m_stop->limitSource().isEmpty()) {
        say(models::boundless::limitSourceText(*m_stop));
    }
}

void BrokerCommand::onJudged()
{
    const StopVerdict &verdict = m_stop->verdict();
    const qint64 now = m_stop->status().now.toMSecsSinceEpoch();
    QString what = verdict.reason;
    QString line = verdict.reason;
    for (const HoldingOrder &order : verdict.holding) {
        what += order.requestId + models::boundless::holdWord(order.why);
        line += u"\n  %1 %2, %3"_s.arg(order.requestId, models::boundless::holdText(order.why),
                                       leftText(order, now));
    }
    if (what != m_lastLine) { // the time that is left changes always
        m_lastLine = what;
        say(line);
    }
    if (verdict.answer != StopVerdict::Answer::Unknown) {
        m_unknown.invalidate();
    } else if (!m_unknown.isValid()) {
        m_unknown.start();
    } else if (m_unknown.hasExpired(std::chrono::milliseconds(m_request.patience).count())) {
        say(tr("Not stopped: it cannot be judged. The limit of new locks stays 0; the same command "
               "goes on, with Ctrl-C it sets the limit back."));
        printStop(m_stop->state());
        end(Unknown);
    }
}

void BrokerCommand::onStopped(StopState state)
{
    if (!m_stop->problem().isEmpty()) {
        say(m_stop->problem());
    }
    if (state == StopState::Overtaken) {
        say(tr("The broker is down, but not by this program."));
    } else if (state != StopState::Stopped) {
        say(tr("The broker was not stopped: %1.").arg(models::boundless::stopStateWord(state)));
    } else if (m_stop->verdict().lost.isEmpty()) {
        say(tr("The broker is stopped; no collateral depended on it."));
    } else {
        say(tr("The broker is stopped. Lost before, as the lock deadline has passed:"));
        for (const HoldingOrder &order : m_stop->verdict().lost) {
            say(u"  "_s + order.requestId);
        }
    }
    printStop(state);
    const bool neverIn
        = state == StopState::Refused && m_shell->state() != ssh::ConnectionState::Connected;
    end(state == StopState::Stopped         ? Done
            : state == StopState::Cancelled ? Cancelled
            : neverIn                       ? Unreachable
            : state == StopState::Refused   ? NotReady
                                            : JobFailed);
}

void BrokerCommand::printStop(StopState state) const
{
    if (m_request.format != u"json") {
        return;
    }
    const StopVerdict &verdict = m_stop->verdict();
    const auto &before = m_stop->limitBefore();
    printJson(
        stdout,
        {{u"host"_s, m_request.host},
         {u"id"_s, m_stop->options().id},
         {u"state"_s, models::boundless::stopStateWord(state)},
         {u"problem"_s, m_stop->problem().isEmpty() ? QJsonValue() : QJsonValue(m_stop->problem())},
         {u"limit_before"_s, before && before->value ? QJsonValue(*before->value) : QJsonValue()},
         {u"answer"_s, models::boundless::answerWord(verdict.answer)},
         {u"source"_s, verdict.source},
         {u"reason"_s, verdict.reason},
         {u"holding"_s, ordersJson(verdict.holding)},
         {u"lost"_s, ordersJson(verdict.lost)}});
}

} // namespace proverdeck::app

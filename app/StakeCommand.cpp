// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/StakeCommand.h"

#include "app/Commands.h"
#include "app/Terminal.h"
#include "models/boundless/StakeJson.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcessEnvironment>

#include <termios.h>
#include <unistd.h>

#include <cstdio>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using namespace models::boundless;
using models::evm::U256;
using Action = StakeRequest::Action;

namespace {

constexpr qint64 MaxUrl = 8192; // bytes
constexpr int CoinDecimals = 18;

QString tr(const char *text)
{
    return QCoreApplication::translate("StakeCommand", text);
}

QString helpText()
{
    return tr(
        "Usage: proverdeck stake balance | history | deposit AMOUNT | withdraw AMOUNT  [OPTIONS]\n"
        "\n"
        "Reads the collateral (\"stake\") of a Boundless prover from the chain. deposit and "
        "withdraw show what "
        "would happen\nand the transactions for your wallet; they send nothing.\n"
        "\n"
        "  --network N           base (default), base-sepolia, eth-sepolia, taiko or custom\n"
        "  --market A            address or name of the market; default: the newest one of the "
        "network\n"
        "  --account A           the prover's address; default: the environment's PROVER_ADDRESS\n"
        "  --days N              history: how far back (7); balance: also read locks so far back "
        "(0)\n"
        "  --from-block N        history: from this block on\n"
        "  --timeout SECONDS     give up after so long (60, history 600)\n"
        "  --format text|json    what to print\n"
        "\n"
        "The address of the RPC endpoint holds a key, so it is best kept off the command line. It "
        "is taken from\n"
        "the environment's PROVERDECK_RPC_URL, or:\n"
        "  --rpc-url-env NAME    from this variable of the environment\n"
        "  --rpc-url-file FILE   from the first line of a file; - is standard input\n"
        "  --rpc-url URL         visible to everybody on this machine while the command runs\n"
        "Without any of these it is asked for on the terminal.\n"
        "\n"
        "Exit status: 0 done, 2 bad arguments, 3 the endpoint cannot be reached or refuses, 4 "
        "wrong chain or no "
        "market\nthere (deposit, withdraw: it cannot be done), 5 cancelled, 6 not everything could "
        "be read.\n");
}

tl::expected<QString, QString> firstLine(const QString &path)
{
    QFile file(path);
    const bool isOpen = path == u"-" ? file.open(stdin, QIODevice::ReadOnly)
                                     : !QFileInfo(path).isDir() && file.open(QIODevice::ReadOnly);
    if (!isOpen) {
        return tl::unexpected(tr("--rpc-url-file: %1 cannot be read.").arg(path));
    }
    return QString::fromUtf8(file.readLine(MaxUrl)).trimmed();
}

/// On the terminal, without showing it.
tl::expected<QString, QString> askTerminal()
{
    if (isatty(STDIN_FILENO) == 0) {
        return tl::unexpected(tr(
            "No RPC endpoint was given. Set PROVERDECK_RPC_URL, or use --rpc-url-file FILE (- is "
            "standard input)."));
    }
    std::fputs(tr("RPC endpoint (not shown): ").toLocal8Bit().constData(), stderr);
    termios before{};
    tcgetattr(STDIN_FILENO, &before);
    termios silent = before;
    silent.c_lflag &= ~tcflag_t(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &silent);
    const auto line = firstLine(u"-"_s);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    std::fputc('\n', stderr);
    return line;
}

void addOptions(QCommandLineParser &parser)
{
    parser.addOption({u"help"_s, {}});
    for (const QString &name :
         {u"network"_s, u"market"_s, u"account"_s, u"days"_s, u"from-block"_s, u"timeout"_s,
          u"format"_s, u"rpc-url-env"_s, u"rpc-url-file"_s, u"rpc-url"_s}) {
        parser.addOption({name, {}, u"VALUE"_s});
    }
}

tl::expected<void, QString> readTarget(const QCommandLineParser &parser, const StakeInput &input,
                                       StakeTarget &target)
{
    const auto networks = loadNetworks();
    if (!networks) {
        return tl::unexpected(networks.error());
    }
    const QString name = parser.isSet(u"network"_s) ? parser.value(u"network"_s) : u"base"_s;
    QStringList known;
    bool isKnown = false;
    for (const Network &network : *networks) {
        known << network.id;
        if (network.id == name) {
            target.network = network;
            isKnown = true;
        }
    }
    if (!isKnown) {
        return tl::unexpected(
            tr("--network: there is no \"%1\". Known: %2.").arg(name, known.join(u", ")));
    }
    const QString market = parser.value(u"market"_s);
    const Deployment *deployment = market.isEmpty() && !target.network.deployments.isEmpty()
        ? &target.network.deployments.first()
        : target.network.deployment(market);
    if (deployment) {
        target.market = deployment->market;
    } else if (market.isEmpty()) {
        return tl::unexpected(tr("--network custom needs the market's address: --market 0x…."));
    } else {
        const auto address = models::evm::Address::fromText(market);
        if (!address) {
            return tl::unexpected(u"--market: "_s + address.error());
        }
        target.market = *address;
    }
    const QString account = parser.isSet(u"account"_s)
        ? parser.value(u"account"_s)
        : input.environment.value(u"PROVER_ADDRESS"_s);
    if (account.isEmpty()) {
        return tl::unexpected(tr("Which prover? Give its address with --account 0x…."));
    }
    const auto address = models::evm::Address::fromText(account);
    if (!address) {
        return tl::unexpected(u"--account: "_s + address.error());
    }
    target.account = *address;
    return {};
}

tl::expected<void, QString> readEndpoint(const QCommandLineParser &parser, const StakeInput &input,
                                         StakeRequest &request)
{
    tl::expected<QString, QString> text = QString();
    if (parser.isSet(u"rpc-url-file"_s)) {
        text = firstLine(parser.value(u"rpc-url-file"_s));
    } else if (parser.isSet(u"rpc-url-env"_s)) {
        const QString name = parser.value(u"rpc-url-env"_s);
        if (!input.environment.contains(name)) {
            return tl::unexpected(
                tr("--rpc-url-env: the environment has no variable \"%1\".").arg(name));
        }
        text = input.environment.value(name);
    } else if (parser.isSet(u"rpc-url"_s)) {
        text = parser.value(u"rpc-url"_s);
        request.warnings << tr(
            "--rpc-url: the address is visible to everybody on this machine and stays in the "
            "shell's history. Prefer PROVERDECK_RPC_URL or --rpc-url-file.");
    } else if (input.environment.contains(u"PROVERDECK_RPC_URL"_s)) {
        text = input.environment.value(u"PROVERDECK_RPC_URL"_s);
    } else {
        text = input.ask();
    }
    if (!text) {
        return tl::unexpected(text.error());
    }
    const auto url = models::evm::RpcUrl::fromText(*text);
    if (!url) {
        return tl::unexpected(url.error());
    }
    request.endpoint = *url;
    if (url->isReadableOnTheWay()) {
        request.warnings << tr("%1 is not encrypted: anybody on the way can read the key and "
                               "change the answers.")
                                .arg(url->masked());
    }
    return {};
}

tl::expected<quint64, QString> number(const QCommandLineParser &parser, const QString &name,
                                      quint64 most)
{
    bool isNumber = false;
    const quint64 value = parser.value(name).toULongLong(&isNumber);
    if (!isNumber || value > most) {
        return tl::unexpected(tr("--%1: \"%2\" is no whole number between 0 and %3.")
                                  .arg(name, parser.value(name))
                                  .arg(most));
    }
    return value;
}

QString timeText(const QDateTime &time)
{
    const QDateTime local = time.toLocalTime();
    return local.isValid() ? local.toString(u"yyyy-MM-dd HH:mm:ss"_s) + local.toString(u" t"_s)
                           : u"–"_s;
}

QString balanceText(const StakeWatch &watch)
{
    const MarketFacts &facts = *watch.facts();
    const Snapshot &now = *watch.monitor().snapshot();
    const auto tokens = [&](const U256 &value) {
        return QString(value.toUnits(facts.decimals) + u' ' + facts.symbol);
    };
    const LockTotals &totals = watch.lockTotals();
    const bool areLocksKnown = watch.history().isComplete();
    const QString unread = tr("– (no events were read; --days N reads them)");
    QString text;
    const auto line = [&](const QString &name, const QString &value) {
        text += name.leftJustified(16) + value + u'\n';
    };
    line(tr("Network"),
         tr("%1 (chain %2), block %3 of %4")
             .arg(watch.target().network.title)
             .arg(facts.chainId)
             .arg(now.block)
             .arg(timeText(now.blockTime)));
    line(tr("Market"),
         tr("%1 (calls of \"%2\")").arg(facts.market.toString(), generationWord(facts.generation)));
    line(tr("Account"), watch.target().account.toString());
    line(tr("Collateral"), tokens(now.collateral));
    line(tr("Locked"),
         areLocksKnown ? tr("%1 in %2 requests").arg(tokens(totals.locked)).arg(totals.open)
                       : unread);
    if (areLocksKnown && totals.pending > 0) {
        line(tr("Slash pending"),
             tr("%1 in %2 requests").arg(tokens(totals.slashPending)).arg(totals.pending));
    }
    if (areLocksKnown && totals.slashed > 0) {
        line(tr("Slashed"), tr("%1 in %2 requests").arg(tokens(totals.lost)).arg(totals.slashed));
    }
    line(tr("Wallet"), tokens(now.wallet));
    line(tr("For fees"),
         QString(now.coin.toUnits(CoinDecimals) + u' ' + watch.target().network.coin));
    return text;
}

QString historyText(const StakeWatch &watch)
{
    const MarketFacts &facts = *watch.facts();
    QString text = balanceText(watch) + u'\n';
    const auto effects = effectsOf(watch.events(), watch.verdicts(), watch.target().account);
    for (qsizetype i = 0; i < watch.events().size(); ++i) {
        const MarketEvent &event = watch.events().at(i);
        if (event.kind == EventKind::TokensIn || event.kind == EventKind::TokensOut) {
            continue;
        }
        const auto &effect = effects.at(i);
        const QString change = !effect ? u"–"_s
            : effect->size.isZero()    ? u"0"_s
                                       : effect->toUnits(facts.decimals);
        text += u"%1  %2  %3 %4  %5  %6\n"_s.arg(
            timeText(event.time), eventWord(event.kind).leftJustified(10),
            change.rightJustified(24), facts.symbol, event.transaction,
            event.requestId ? event.requestId->toHex() : QString());
    }
    for (const models::evm::Difference &jump : watch.collateralSeries().unexplained) {
        text += tr("A change of %1 %2 is explained by no event that was read.\n")
                    .arg(jump.toUnits(facts.decimals), facts.symbol);
    }
    text += tr("Blocks %1 to %2.\n").arg(watch.history().low()).arg(watch.history().high());
    return text;
}

QString planText(const TransferPlan &plan)
{
    const int decimals = plan.facts.decimals;
    const auto tokens = [&](const std::optional<U256> &value) {
        return value ? QString(value->toUnits(decimals) + u' ' + plan.facts.symbol) : u"–"_s;
    };
    QString text
        = tr("%1 of %2\n  network     %3 (chain %4)\n  market      %5\n  account     %6\n  token   "
             "    %7\n"
             "  collateral  %8\n")
              .arg(plan.kind == TransferKind::Deposit ? tr("Deposit") : tr("Withdrawal"),
                   tokens(plan.amount), plan.networkTitle)
              .arg(plan.facts.chainId)
              .arg(plan.facts.market.toString(), plan.account.toString(),
                   plan.facts.token.toString(),
                   tokens(plan.before.collateral) + u" → "_s + tokens(plan.collateralAfter));
    text += tr("  wallet      %1\n  for fees    %2 %3\n")
                .arg(tokens(plan.before.wallet) + u" → "_s + tokens(plan.walletAfter),
                     plan.before.coin.toUnits(CoinDecimals), plan.coin);
    for (const models::Finding &finding : plan.remarks) {
        text += u"%1: %2 %3\n"_s.arg(models::severityWord(finding.severity), finding.text,
                                     finding.advice);
    }
    for (const WalletCall &call : plan.walletCalls) {
        text += tr("\n%1\n  to    %2\n  data  %3\n").arg(call.title, call.to.toString(), call.data);
    }
    return text + tr("\nNothing was sent.\n");
}

} // namespace

StakeInput stakeInput()
{
    return {QProcessEnvironment::systemEnvironment(), askTerminal};
}

tl::expected<StakeRequest, QString> parseStake(const QStringList &arguments,
                                               const StakeInput &input)
{
    StakeRequest request;
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(QStringList{u"stake"_s} + arguments)) {
        return tl::unexpected(parser.errorText()
                              + tr(" proverdeck stake --help lists the options."));
    }
    QStringList words = parser.positionalArguments();
    if (parser.isSet(u"help"_s) || words.isEmpty()) {
        request.help = helpText();
        return words.isEmpty() && !parser.isSet(u"help"_s)
            ? tl::expected<StakeRequest, QString>(tl::unexpected(tr(
                "Write: proverdeck stake balance | history | deposit AMOUNT | withdraw AMOUNT.")))
            : request;
    }
    const QString action = words.takeFirst();
    const bool isTransfer = action == u"deposit" || action == u"withdraw";
    if (!isTransfer && action != u"balance" && action != u"history") {
        return tl::unexpected(
            tr("stake: there is no \"%1\", only balance, history, deposit and withdraw.")
                .arg(action));
    }
    if (words.size() != (isTransfer ? 1 : 0)) {
        return tl::unexpected(
            isTransfer ? tr("Write: proverdeck stake %1 AMOUNT.").arg(action)
                       : tr("stake %1: \"%2\" is not expected here.").arg(action, words.first()));
    }
    request.action = action == u"balance" ? Action::Balance
        : action == u"history"            ? Action::History
        : action == u"deposit"            ? Action::Deposit
                                          : Action::Withdraw;
    request.amount = isTransfer ? words.first() : QString();
    const QString format = parser.isSet(u"format"_s) ? parser.value(u"format"_s) : u"text"_s;
    if (format != u"text" && format != u"json") {
        return tl::unexpected(tr("--format: \"%1\" is not one of text, json.").arg(format));
    }
    request.isJson = format == u"json";
    if (const auto read = readTarget(parser, input, request.target); !read) {
        return tl::unexpected(read.error());
    }
    request.target.historyDays = request.action == Action::History ? 7 : 0;
    request.timeout = std::chrono::seconds(request.action == Action::History ? 600 : 60);
    for (const QString &name : {u"days"_s, u"from-block"_s, u"timeout"_s}) {
        if (!parser.isSet(name)) {
            continue;
        }
        const auto value = number(parser, name, name == u"from-block" ? quint64(1) << 50 : 100'000);
        if (!value) {
            return tl::unexpected(value.error());
        }
        if (name == u"days") {
            request.target.historyDays = double(*value);
        } else if (name == u"from-block") {
            request.target.fromBlock = *value;
        } else {
            request.timeout = std::chrono::seconds(*value);
        }
    }
    if (const auto read = readEndpoint(parser, input, request); !read) {
        return tl::unexpected(read.error());
    }
    return request;
}

StakeCommand::StakeCommand(StakeRequest request, QObject *parent)
    : QObject(parent)
    , m_request(std::move(request))
{
    m_timeout.setSingleShot(true);
    connect(&m_timeout, &QTimer::timeout, this, &StakeCommand::onTimeout);
}

StakeCommand::~StakeCommand() = default;

void StakeCommand::start()
{
    if (m_request.action == Action::Help) {
        printText(stdout, m_request.help);
        end(0);
        return;
    }
    for (const QString &warning : std::as_const(m_request.warnings)) {
        complain(warning);
    }
    models::evm::RpcLimits limits;
    limits.patience
        = std::min<std::chrono::milliseconds>(std::chrono::seconds(20), m_request.timeout);
    m_watch = std::make_unique<StakeWatch>(m_request.endpoint, limits);
    connect(m_watch.get(), &StakeWatch::changed, this, &StakeCommand::onChanged);
    m_timeout.start(m_request.timeout);
    m_watch->start(m_request.target);
}

void StakeCommand::interrupt()
{
    complain(tr("Cancelled."));
    end(5);
}

void StakeCommand::say(const QString &line)
{
    if (!line.isEmpty() && line != m_said) {
        m_said = line;
        complain(line);
    }
}

void StakeCommand::onChanged()
{
    if (m_isOver) {
        return;
    }
    if (const auto &fault = m_watch->probeFault()) {
        complain(m_watch->problem());
        end(*fault == ProbeFault::Endpoint || *fault == ProbeFault::Refused ? 3 : 4);
        return;
    }
    say(m_watch->problem().isEmpty() ? m_watch->endpoint().state().problem : m_watch->problem());
    const bool isBlocked
        = m_watch->endpoint().state().kind == models::evm::EndpointState::Kind::Blocked;
    if (isBlocked) {
        end(3);
    } else if (m_watch->isSettled()) {
        report(true);
    }
}

void StakeCommand::onTimeout()
{
    if (!m_watch->monitor().snapshot()) {
        complain(tr("The endpoint %1 gave no balance within %2 s. %3")
                     .arg(m_watch->endpoint().name())
                     .arg(m_request.timeout.count())
                     .arg(m_watch->problem().isEmpty() ? m_watch->endpoint().state().problem
                                                       : m_watch->problem()));
        end(3);
        return;
    }
    report(false);
}

void StakeCommand::report(bool isComplete)
{
    m_isOver = true; // printing changes nothing, but a second report would be one too many
    if (m_request.action == Action::Deposit || m_request.action == Action::Withdraw) {
        reportPlan();
        return;
    }
    const bool isHistory = m_request.action == Action::History;
    if (m_request.isJson) {
        printJson(stdout, isHistory ? historyJson(*m_watch) : balanceJson(*m_watch));
    } else {
        printText(stdout, isHistory ? historyText(*m_watch) : balanceText(*m_watch));
    }
    if (!isComplete) {
        complain(tr("Not everything was read within %1 s; --timeout gives more time.")
                     .arg(m_request.timeout.count()));
    }
    end(isComplete && m_watch->history().unreadable().isEmpty() ? 0 : 6);
}

void StakeCommand::reportPlan()
{
    TransferContext context;
    context.network = m_request.target.network;
    context.facts = *m_watch->facts();
    context.account = m_request.target.account;
    context.snapshot = m_watch->monitor().snapshot();
    context.isFresh = m_watch->monitor().state() == CollateralMonitor::State::Live;
    const auto plan = planTransfer(m_request.action == Action::Deposit ? TransferKind::Deposit
                                                                       : TransferKind::Withdrawal,
                                   m_request.amount, context);
    if (!plan) {
        complain(plan.error());
        end(2);
        return;
    }
    if (m_request.isJson) {
        printJson(stdout, planJson(*plan));
    } else {
        printText(stdout, planText(*plan));
    }
    end(plan->isPossible() ? 0 : 4);
}

void StakeCommand::end(int code)
{
    m_isOver = true;
    m_timeout.stop();
    emit finished(code);
}

} // namespace proverdeck::app

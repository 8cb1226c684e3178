// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/StakeArguments.h"

#include "models/workflow/Workflow.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <termios.h>
#include <unistd.h>

#include <cstdio>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using namespace models::boundless;
using Action = StakeRequest::Action;

namespace {

constexpr qint64 MaxLine = 8192; // bytes

QString tr(const char *text)
{
    return QCoreApplication::translate("StakeArguments", text);
}

QString helpText()
{
    return tr(
        "Usage: proverdeck stake balance | history | deposit AMOUNT | withdraw AMOUNT  [OPTIONS]\n"
        "\n"
        "Reads the collateral (\"stake\") of a Boundless prover from the chain. deposit and "
        "withdraw show what "
        "would happen\nand the transactions for your wallet; they send nothing. With --host they "
        "ask, and the boundless program of\nthat server does it.\n"
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
        "deposit and withdraw on a server:\n"
        "  --host HOST           a name from ~/.ssh/config, or user@host:port\n"
        "  --dir PATH            the checkout on the server (~/boundless)\n"
        "  --env-file NAME       the environment file there with the key, if several have one\n"
        "  --key-file FILE       a private key for this one command, from the first line of a file "
        "of this computer;\n"
        "                        - is standard input\n"
        "  --key-from-keychain   the same from this computer's keychain\n"
        "  --yes                 do not ask; on a network with real money the amount is typed all "
        "the same\n"
        "  --never-sent          you looked: an earlier one of the same amount was never sent\n"
        "  --ssh-config FILE, --trust-host SHA256:…   as everywhere\n"
        "  --timeout SECONDS     also: look for the outcome on the chain for so long\n"
        "\n"
        "Exit status: 0 done, 2 bad arguments, 3 the endpoint cannot be reached or refuses, 4 "
        "wrong chain or no "
        "market\nthere (deposit, withdraw: it cannot be done), 5 cancelled, 6 not everything could "
        "be read.\n");
}

tl::expected<QString, QString> firstLine(const QString &path, const QString &option)
{
    if (path == u"-") {
        return lineOfStandardInput();
    }
    QFile file(path);
    if (QFileInfo(path).isDir() || !file.open(QIODevice::ReadOnly)) {
        return tl::unexpected(tr("--%1: %2 cannot be read.").arg(option, path));
    }
    return QString::fromUtf8(file.readLine(MaxLine)).trimmed();
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
    const QString line = lineOfStandardInput();
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    std::fputc('\n', stderr);
    return line;
}

void addOptions(QCommandLineParser &parser)
{
    parser.addOption({u"help"_s, {}});
    for (const QString &name :
         {u"network"_s, u"market"_s, u"account"_s, u"days"_s, u"from-block"_s, u"timeout"_s,
          u"format"_s, u"rpc-url-env"_s, u"rpc-url-file"_s, u"rpc-url"_s, u"host"_s, u"dir"_s,
          u"env-file"_s, u"key-file"_s, u"ssh-config"_s, u"trust-host"_s}) {
        parser.addOption({name, {}, u"VALUE"_s});
    }
    for (const QString &name : {u"key-from-keychain"_s, u"yes"_s, u"never-sent"_s}) {
        parser.addOption({name, {}});
    }
}

tl::expected<void, QString> readEndpoint(const QCommandLineParser &parser, const StakeInput &input,
                                         StakeRequest &request)
{
    tl::expected<QString, QString> text = QString();
    if (parser.isSet(u"rpc-url-file"_s)) {
        text = firstLine(parser.value(u"rpc-url-file"_s), u"rpc-url-file"_s);
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

/// The server that shall carry a transfer out.
tl::expected<void, QString> readServer(const QCommandLineParser &parser, StakeRequest &request)
{
    request.host = parser.value(u"host"_s);
    for (const QString &name : {u"dir"_s, u"env-file"_s, u"key-file"_s, u"key-from-keychain"_s,
                                u"yes"_s, u"never-sent"_s, u"ssh-config"_s, u"trust-host"_s}) {
        if (parser.isSet(name) && request.host.isEmpty()) {
            return tl::unexpected(
                tr("--%1 needs --host: without a server nothing is sent.").arg(name));
        }
    }
    if (request.host.startsWith(u'-')) {
        return tl::unexpected(tr("--host: \"%1\" is no name of a server.").arg(request.host));
    }
    if (parser.isSet(u"dir"_s)) {
        const models::Input path{.id = u"dir"_s, .type = models::InputType::RemotePath};
        const auto checked = models::checkValue(path, parser.value(u"dir"_s));
        if (!checked) {
            return tl::unexpected(u"--dir: "_s + checked.error().text);
        }
        request.dir = checked->toString();
    }
    request.sshConfig = parser.value(u"ssh-config"_s);
    request.trusted = parser.values(u"trust-host"_s);
    request.key.environmentFile = parser.value(u"env-file"_s);
    request.keyFromKeychain = parser.isSet(u"key-from-keychain"_s);
    request.isConfirmed = parser.isSet(u"yes"_s);
    request.wasNeverSent = parser.isSet(u"never-sent"_s);
    if (parser.isSet(u"key-file"_s)) {
        const auto key = firstLine(parser.value(u"key-file"_s), u"key-file"_s);
        if (!key) {
            return tl::unexpected(key.error());
        }
        request.key.secret = key->toLatin1();
        if (request.key.secret.isEmpty()) {
            return tl::unexpected(tr("--key-file: the first line is empty."));
        }
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

} // namespace

QString lineOfStandardInput()
{
    QByteArray line;
    char byte = 0;
    while (line.size() < MaxLine && ::read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n') {
        line += byte;
    }
    return QString::fromUtf8(line).trimmed();
}

tl::expected<void, QString> readStakeTarget(const QCommandLineParser &parser,
                                            const StakeInput &input, StakeTarget &target)
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
    if (const auto read = readStakeTarget(parser, input, request.target); !read) {
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
    if (const auto read = readServer(parser, request); !read) {
        return tl::unexpected(read.error());
    }
    if (!isTransfer && !request.host.isEmpty()) {
        return tl::unexpected(
            tr("stake %1 asks the chain and no server: leave --host out.").arg(action));
    }
    request.key.rpcUrl = request.endpoint.secretText();
    return request;
}

} // namespace proverdeck::app

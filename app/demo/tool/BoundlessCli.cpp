// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Broker.h"
#include "app/demo/tool/EthRpc.h"
#include "app/demo/tool/Programs.h"

#include <algorithm>
#include <cstdlib>

namespace proverdeck::demo {
namespace {

constexpr int Failure = 1; // of every kind, bad arguments included

enum class Dialect {
    Stake, ///< up to 0.14
    Collateral, ///< 1.0
    Prover, ///< from 1.1 on
};

std::string variable(const char *name)
{
    const char *value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

/// What "cargo install" has noted: "boundless-cli 0.14.1 (registry+…)" = ["boundless"].
std::string installedVersion(const State &state)
{
    const std::string noted
        = readFile(state.home() + "/.cargo/.crates.toml").value_or(std::string());
    const auto at = noted.find("\"boundless-cli ");
    return at == std::string::npos ? "0.14.1" : split(noted.substr(at + 15), ' ')[0];
}

Dialect dialectOf(const std::string &version)
{
    return startsWith(version, "0.") ? Dialect::Stake
        : startsWith(version, "1.0") ? Dialect::Collateral
                                     : Dialect::Prover;
}

class Cli
{
public:
    Cli(const State &state, const Words &words)
        : m_state(state)
        , m_version(installedVersion(state))
        , m_dialect(dialectOf(m_version))
        , m_isNew(m_dialect == Dialect::Prover)
        , m_words(words)
    {
    }

    int run()
    {
        if (contains(m_words, "--version") || contains(m_words, "-V")) {
            out("boundless-cli " + m_version);
            return 0;
        }
        if (contains(m_words, "--help") || contains(m_words, "-h") || m_words.size() < 3) {
            help();
            return 0;
        }
        const std::string group = m_words[1];
        const std::string verb = m_words[2];
        const std::string kind = m_dialect == Dialect::Stake ? "stake" : "collateral";
        if (group == (m_isNew ? "prover" : "proving") && verb == "benchmark") {
            return benchmark();
        }
        if (group != (m_isNew ? "prover" : "account")) {
            return unknown();
        }
        const std::string balanceVerb = m_isNew ? "balance-" + kind : kind + "-balance";
        const bool isBalance = verb == balanceVerb;
        const bool isDeposit = verb == "deposit-" + kind;
        if (!isBalance && !isDeposit && verb != "withdraw-" + kind) {
            return unknown();
        }
        const int problem = connect(isBalance);
        if (problem != 0) {
            return problem;
        }
        return isBalance ? balance() : isDeposit ? deposit() : withdraw();
    }

private:
    [[nodiscard]] int unknown() const
    {
        err("error: unrecognized subcommand '" + m_words[m_words.size() > 2 ? 2 : 1]
            + "'\n\nUsage: boundless [OPTIONS] <COMMAND>\n\nFor more information, try '--help'.");
        return Failure;
    }

    void help() const
    {
        const bool isGroup = m_words.size() > 2;
        if (isGroup && m_words[1] == "account" && !m_isNew) {
            const std::string kind = m_dialect == Dialect::Stake ? "stake" : "collateral";
            out("Account management commands\n\nUsage: boundless account <COMMAND>\n\nCommands:\n  "
                "deposit\n  withdraw\n  balance\n  deposit-"
                + kind + "\n  withdraw-" + kind + "\n  " + kind + "-balance\n  help");
        } else if (m_isNew) {
            out("CLI for the Boundless market\n\nUsage: boundless [OPTIONS] "
                "<COMMAND>\n\nCommands:\n "
                " requestor    Commands for requestors\n  prover       Commands for provers\n  "
                "rewards      Commands for rewards\n  help");
        } else {
            out("CLI for the Boundless market\n\nUsage: boundless [OPTIONS] --rpc-url <RPC_URL> "
                "<COMMAND>\n\nCommands:\n  account  Account management commands\n  request\n  "
                "proving\n  ops\n  config\n  help");
        }
    }

    /// The old ones write log lines: not without RUST_LOG or the default level.
    void log(const std::string &message) const
    {
        const std::string filter = variable("RUST_LOG");
        if (filter.find("warn") == 0 || filter.find("error") == 0) {
            return;
        }
        const bool isPlain = !variable("NO_COLOR").empty();
        out(isPlain ? m_state.timestamp() + "  INFO boundless: " + message
                    : "\x1b[2m" + m_state.timestamp()
                    + "\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2mboundless\x1b[0m\x1b[2m:\x1b[0m "
                    + message);
    }

    void item(const std::string &label, const std::string &value) const
    {
        out(text("  %-16s ", (label + ":").c_str()) + value);
    }

    int connect(bool isReadOnly)
    {
        const std::string url = m_isNew ? variable("PROVER_RPC_URL")
                                        : option(m_words, "--rpc-url", variable("RPC_URL"));
        const std::string key = m_isNew ? variable("PROVER_PRIVATE_KEY") : variable("PRIVATE_KEY");
        if (url.empty()) {
            err(m_isNew ? "Error: Missing required configuration: prover_rpc_url\n\nTo configure "
                          "prover: run 'boundless prover setup'\nOr set environment variables (see "
                          "'boundless prover --help')"
                        : "error: the following required arguments were not provided:\n  --rpc-url "
                          "<RPC_URL>");
            return Failure;
        }
        const bool hasAddress = m_words.size() > 3 && startsWith(m_words[3], "0x");
        if (key.empty() && !(isReadOnly && hasAddress)) {
            err(m_isNew ? "Error: No private key configured for prover.\n\nTo configure: run "
                          "'boundless prover setup'\nOr set PROVER_PRIVATE_KEY environment "
                          "variable\nOr use --prover-private-key flag"
                    : isReadOnly
                    ? "Error: No address specified for stake balance query. Please provide an "
                      "address or a private key."
                    : "A private key is required to run this subcommand\nPlease provide a private "
                      "key with --private-key or the PRIVATE_KEY environment variable\nError: "
                      "Private key required");
            return Failure;
        }
        const std::string claimed = m_isNew && isReadOnly ? variable("PROVER_ADDRESS") : "";
        m_account = hasAddress ? m_words[3] : !claimed.empty() ? claimed : addressOfKey(key);
        m_rpc.emplace(url);
        const auto chain = m_rpc->ask("eth_chainId", "[]");
        if (!chain.has_value()) {
            err("Error: Failed to build Boundless client\n\nCaused by:\n    0: failed to get chain "
                "ID\n    1: error sending request for url ("
                + url
                + ")\n    2: client error (Connect)\n    3: tcp connect error\n    4: Connection "
                  "refused (os error 111)");
            return Failure;
        }
        m_chain = number((*chain)["result"].scalar);
        m_market = variable("BOUNDLESS_MARKET_ADDRESS");
        const auto token = m_market.size() == 42
            ? m_rpc->call(m_market, m_dialect == Dialect::Stake ? "0x5fbb4921" : "0xef1ae1c8")
            : std::nullopt;
        if (!token.has_value()) {
            err(text("Error: Failed to build Boundless client\n\nCaused by:\n    no deployment for "
                     "chain ID %lld at the market address",
                     m_chain));
            return Failure;
        }
        m_token = "0x" + token->substr(24, 40);
        m_decimals = static_cast<int>(wideOf(m_rpc->call(m_token, "0x313ce567").value_or("12")));
        m_symbol = abiText(m_rpc->call(m_token, "0x95d89b41").value_or(""));
        return 0;
    }

    [[nodiscard]] std::string network() const
    {
        return m_chain == 8453 ? "Base Mainnet"
            : m_chain == 84532 ? "Base Sepolia"
                               : "Custom Network";
    }

    [[nodiscard]] Wide deposited() const
    {
        const char *selector = m_dialect == Dialect::Stake ? "0xcb09e7c0" : "0xb09c980b";
        return wideOf(m_rpc->call(m_market, selector + abiAddress(m_account)).value_or("0"));
    }
    [[nodiscard]] Wide available() const
    {
        return wideOf(m_rpc->call(m_token, "0x70a08231" + abiAddress(m_account)).value_or("0"));
    }

    /// Cut to four decimals, without zeros at the end.
    [[nodiscard]] std::string shortAmount(Wide amount) const
    {
        std::string whole = amountText(amount, m_decimals);
        const auto point = whole.find('.');
        if (point != std::string::npos) {
            whole.resize(std::min(whole.size(), point + 5));
            whole.erase(whole.find_last_not_of('0') + 1);
            if (whole.back() == '.') {
                whole.pop_back();
            }
        }
        return whole + " " + m_symbol;
    }

    void items() const
    {
        std::string lower = m_account;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        item("Address", lower);
        item("Deposited", shortAmount(deposited()));
        item("Available", shortAmount(available()));
    }

    int balance() const
    {
        if (m_isNew) {
            out("\nCollateral (" + m_symbol + ") Balance on Boundless Market [" + network() + "]");
            items();
            return 0;
        }
        const std::string kind = m_dialect == Dialect::Stake ? "stake" : "collateral";
        const std::string title = m_dialect == Dialect::Stake ? "Stake" : "Collateral";
        log("Checking " + kind + " balance for address " + m_account);
        log(title + " balance for address " + m_account + ": " + amountText(deposited(), m_decimals)
            + " " + m_symbol);
        return 0;
    }

    [[nodiscard]] std::optional<Wide> amount() const
    {
        const auto value = m_words.size() > 3 ? parseAmount(m_words[3], m_decimals) : std::nullopt;
        if (!value.has_value()) {
            err(m_words.size() > 3
                    ? "error: invalid value '" + m_words[3] + "' for '<AMOUNT>'"
                    : "error: the following required arguments were not provided:\n  <AMOUNT>");
        } else if (*value == 0) {
            err("Error: Amount is below the denomination minimum: 0");
            return std::nullopt;
        }
        return value;
    }

    int fail(const std::string &doing, const std::string &why) const
    {
        err("Error: Failed to " + doing + "\n\nCaused by:\n    " + why);
        return Failure;
    }

    int deposit()
    {
        const auto value = amount();
        if (!value.has_value()) {
            return Failure;
        }
        const std::string what = amountText(*value, m_decimals) + " " + m_symbol;
        const std::string kind = m_dialect == Dialect::Stake ? "stake" : "collateral";
        const std::string doing = "deposit " + kind;
        if (available() < *value) {
            err("Error: Failed to " + doing + ": Ensure your address (" + m_account
                + ") has funds on the " + m_symbol + " contract");
            return Failure;
        }
        if (m_isNew) {
            out("\nDepositing collateral (" + m_symbol + ") to Boundless Market [" + network()
                + "]");
            item("Amount", shortAmount(*value));
            item("Step 1", "Approving token");
        } else if (m_dialect == Dialect::Collateral) {
            log("Approving " + what + " as collateral");
        } else {
            log("Depositing " + what + " as stake");
        }
        std::string why;
        if (!m_rpc->send(m_account, m_token, "0x095ea7b3" + abiAddress(m_market) + abiWord(*value),
                         why)) {
            return fail(doing, why);
        }
        if (m_isNew) {
            item("Step 2", "Depositing collateral (" + m_symbol + ")");
        } else if (m_dialect == Dialect::Collateral) {
            log("Depositing " + what + " as collateral");
        }
        const char *selector = m_dialect == Dialect::Stake ? "0xcb82cc8f" : "0xbad4a01f";
        if (!m_rpc->send(m_account, m_market, selector + abiWord(*value), why)) {
            return fail(doing, why);
        }
        if (m_state.hasFault("deposit-unconfirmed")) {
            return fail(doing, "transaction was not confirmed within the timeout");
        }
        succeed("deposited", "deposited " + what + " as " + kind, *value);
        return 0;
    }

    int withdraw()
    {
        const auto value = amount();
        if (!value.has_value()) {
            return Failure;
        }
        const std::string what = amountText(*value, m_decimals) + " " + m_symbol;
        const std::string kind = m_dialect == Dialect::Stake ? "stake" : "collateral";
        if (m_isNew) {
            out("\nWithdrawing collateral (" + m_symbol + ") from Boundless Market [" + network()
                + "]");
            item("Amount", shortAmount(*value));
        } else {
            log("Withdrawing " + what + " from " + kind);
        }
        std::string why;
        const char *selector = m_dialect == Dialect::Stake ? "0x25d5971f" : "0x6112fe2e";
        if (!m_rpc->send(m_account, m_market, selector + abiWord(*value), why)) {
            return fail("withdraw " + kind, why);
        }
        succeed("withdrew", "withdrew " + what + " from " + kind, *value);
        return 0;
    }

    void succeed(const std::string &verb, const std::string &sentence, Wide value) const
    {
        if (!m_isNew) {
            log("Successfully " + sentence);
            return;
        }
        out("\n✓ Successfully " + verb + " collateral (" + m_symbol + "): " + shortAmount(value));
        items();
    }

    int benchmark() const
    {
        const Words ids = split(option(m_words, "--request-ids"), ',');
        if (ids[0].empty()) {
            err("error: the following required arguments were not provided:\n  --request-ids "
                "<REQUEST_IDS>");
            return Failure;
        }
        std::string worst;
        double slowest = 1e9;
        if (m_isNew) {
            out("\nBenchmarking Proof Requests [" + network() + "]");
            item("Total requests", std::to_string(ids.size()));
            item("Status", "Configuring prover backend");
        } else {
            log(text("Starting benchmark for %zu requests", ids.size()));
            log("Defaulting to Default Bento endpoint: http://localhost:8081");
            log("Successfully connected to PostgreSQL database");
        }
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const double khz = 420 + static_cast<double>(mix(ids[i]) % 4000) / 100;
            if (!m_isNew) {
                log(text("Benchmarking request %zu/%zu: ", i + 1, ids.size()) + ids[i]);
            } else {
                out("═══════════════════════════════════════════════════════");
                item(text("Step %zu/%zu", i + 1, ids.size()), "Request " + ids[i]);
                item("Status", "Generating proof (this may take a while)");
            }
            if (!m_state.sleepFor(Cycles / khz / 1000)) {
                return 130;
            }
            if (m_isNew) {
                item("Status", "Proof completed");
                measured(khz);
            } else {
                log(text("KHz: %.2f proved in %.2fs", khz, Cycles / khz / 1000));
            }
            if (khz < slowest) {
                slowest = khz;
                worst = ids[i];
            }
        }
        summary(worst, slowest);
        return 0;
    }

    void measured(double khz) const
    {
        item("Cycles", text("%.0f", Cycles));
        item("Time", text("%.2fs", Cycles / khz / 1000));
        item("Effective", text("%.2f KHz", khz));
        out(text("  Recommended `peak_prove_khz` (75%% of effective): %.2f KHz", khz * 0.75));
    }

    void summary(const std::string &worst, double khz) const
    {
        if (m_isNew) {
            out("═══════════════════════════════════════════════════════\n\nBenchmark Summary ["
                + network() + "]");
            out("  Worst performance:");
            item("Request ID", worst);
            measured(khz);
            return;
        }
        log("Worst-case performance:");
        log("  Request ID: " + worst);
        log(text("  Performance: %.2f KHz", khz));
        log(text("  Time: %.2f seconds", Cycles / khz / 1000));
        log(text("  Cycles: %.0f", Cycles));
        out(text("It is recommended to update this entry in broker.toml:\npeak_prove_khz = "
                 "%.0f\n\nNote: setting a lower value does not limit the proving speed, but will "
                 "reduce the total throughput of the orders locked by the broker.",
                 khz));
    }

    static constexpr double Cycles = 35127296;

    const State &m_state;
    std::string m_version;
    Dialect m_dialect;
    bool m_isNew;
    Words m_words;
    std::optional<EthRpc> m_rpc;
    std::string m_account;
    std::string m_market;
    std::string m_token;
    std::string m_symbol;
    int m_decimals = 18;
    long long m_chain = 0;
};

} // namespace

int runBoundless(const State &state, const Words &words)
{
    return Cli(state, words).run();
}

} // namespace proverdeck::demo

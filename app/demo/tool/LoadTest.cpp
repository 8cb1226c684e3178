// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Net.h"
#include "app/demo/tool/Programs.h"
#include "app/demo/tool/Rpc.h"

#include <algorithm>
#include <cstdlib>

namespace proverdeck::demo {
namespace {

constexpr double PollSeconds = 5;
/// Upstream prints a waiting line per account and poll; a few of them tell the story.
constexpr std::size_t WaitingLines = 6;

struct Kind
{
    const char *type;
    const char *title;
    const char *contract;
    long long gas;
};

constexpr Kind Kinds[]
    = {{"eth-transfers", "Eth transfer load test starting", nullptr, 21'000},
       {"erc20", "ERC20 Load test starting", "Deploying ERC20 contract...", 60'000},
       {"fibonacci", "Fibonacci load test starting", "Deploying Fibonacci contract...", 200'000},
       {"io-heavy", "IO Heavy load test starting", "Deploying IO Heavy contract...", 205'000}};

std::string value(const Words &words, std::string_view brief, std::string_view whole,
                  const char *variable, const std::string &otherwise)
{
    const char *fromEnvironment = variable == nullptr ? nullptr : std::getenv(variable);
    const std::string last = fromEnvironment == nullptr ? otherwise : fromEnvironment;
    return option(words, brief, option(words, whole, last));
}

struct Account
{
    std::string address;
    long long first = 0;
    long long target = 0;
};

class LoadTest
{
public:
    LoadTest(const State &state, Kind kind, std::string host, int port, long long count)
        : m_state(state)
        , m_kind(kind)
        , m_host(std::move(host))
        , m_port(port)
        , m_count(count)
    {
    }

    bool readAccounts(const std::string &path)
    {
        const auto keys = readFile(path);
        for (const std::string &key : split(keys.value_or(std::string()), '\n')) {
            if (!key.empty()) {
                m_accounts.push_back({.address = hex("account/" + key, 40)});
            }
        }
        return keys.has_value() && !m_accounts.empty();
    }

    [[nodiscard]] bool hasChain() const
    {
        const auto id = callRpc(m_host, m_port, "eth_chainId", "[]");
        return id.has_value() && id->kind == Json::Kind::String;
    }

    bool round(int number)
    {
        const long long start = m_state.nowMs();
        out(text("Starting load test round %d with %lld transactions per account...", number,
                 m_count));
        for (Account &account : m_accounts) {
            const auto first
                = callRpc(m_host, m_port, "demo_submit",
                          "[\"0x" + account.address + text("\",%lld,%lld]", m_count, m_kind.gas));
            if (!first.has_value() || first->kind != Json::Kind::String) {
                return false;
            }
            account.first = demo::number(first->scalar);
            account.target = account.first + m_count;
            out(text("%lld transactions have been sent for %s (nonces %lld..%lld)", m_count,
                     account.address.c_str(), account.first, account.target));
        }
        out("Waiting for all transactions to be included in blocks...");
        if (!waitForAll()) {
            return false;
        }
        out(text("Load test round %d finished. Elapsed time: %lld seconds", number,
                 (m_state.nowMs() - start) / 1000));
        return true;
    }

private:
    /// One JSON-RPC batch with the nonces of all accounts.
    [[nodiscard]] std::optional<std::vector<long long>> nonces() const
    {
        std::string body;
        for (const Account &account : m_accounts) {
            body += (body.empty() ? "[" : ",")
                + text(R"({"jsonrpc":"2.0","id":1,"method":"eth_getTransactionCount","params":["0x%s","latest"]})",
                       account.address.c_str());
        }
        const auto reply = httpPost(m_host, m_port, body + "]");
        const auto answers = reply.has_value() ? parseJson(*reply) : std::nullopt;
        if (!answers.has_value() || answers->items.size() != m_accounts.size()) {
            return std::nullopt;
        }
        std::vector<long long> result;
        std::transform(answers->items.begin(), answers->items.end(), std::back_inserter(result),
                       [](const Json &one) { return demo::number(one["result"].scalar); });
        return result;
    }

    bool waitForAll() const
    {
        std::vector<bool> isDone(m_accounts.size());
        std::size_t left = m_accounts.size();
        while (true) {
            const auto now = nonces();
            if (!now.has_value()) {
                return false;
            }
            std::size_t lines = 0;
            for (std::size_t i = 0; i < m_accounts.size(); ++i) {
                const Account &account = m_accounts[i];
                const long long nonce = (*now)[i];
                if (isDone[i]) {
                    continue;
                }
                if (nonce >= account.target) {
                    isDone[i] = true;
                    --left;
                    out(text(
                        "All transactions sent from %s have been included in blocks. Nonce: %lld",
                        account.address.c_str(), nonce));
                } else if (lines++ < WaitingLines) {
                    const double percentage
                        = 100 * static_cast<double>(nonce) / static_cast<double>(account.target);
                    out(text("Waiting for transactions to be included from %s. Nonce: %lld. "
                             "Target: %lld. Percentage: "
                             "%.2f%%.",
                             account.address.c_str(), nonce, account.target, percentage));
                }
            }
            if (left == 0) {
                return true;
            }
            if (!m_state.sleepFor(PollSeconds)) {
                return false;
            }
        }
    }

    const State &m_state;
    Kind m_kind;
    std::string m_host;
    int m_port;
    long long m_count;
    std::vector<Account> m_accounts;
};

} // namespace

int runLoadTest(const State &state, const Words &words)
{
    const std::string type = value(words, "-t", "--test-type", nullptr, "erc20");
    const auto *kind = std::find_if(std::begin(Kinds), std::end(Kinds),
                                    [&](const Kind &one) { return type == one.type; });
    const std::string keys = value(words, "-k", "--pkeys", nullptr, "");
    if (kind == std::end(Kinds) || keys.empty()) {
        err(kind == std::end(Kinds) ? "error: invalid value '" + type
                    + "' for '--test-type <TEST_TYPE>'\n  [possible values: eth-transfers, erc20, "
                      "fibonacci, io-heavy]\n"
                                    : "error: the following required arguments were not "
                                      "provided:\n  --pkeys <PKEYS>\n");
        return 2;
    }
    const std::string url
        = value(words, "-n", "--node", "LOAD_TEST_RPC_URL", "http://localhost:8545");
    const auto amount
        = number(value(words, "-N", "--tx-amount", "LOAD_TEST_TX_AMOUNT", "1000"), 1000);
    const std::string endless
        = value(words, "--endless", "--endless", "LOAD_TEST_ENDLESS", "false");
    const bool isEndless = contains(words, "--endless") || endless == "true" || endless == "1";

    std::string rest = url.substr(
        std::min(url.size(), url.find("://") == std::string::npos ? 0 : url.find("://") + 3));
    rest = rest.substr(0, rest.find('/'));
    const auto colon = rest.rfind(':');
    const auto port
        = static_cast<int>(colon == std::string::npos ? 80 : number(rest.substr(colon + 1), 80));
    LoadTest test(state, *kind, rest.substr(0, colon), port, amount);

    const auto panic = [](const std::string &what) {
        err("thread 'main' panicked at tooling/load_test/src/main.rs:\n" + what);
        return 1;
    };
    if (!test.readAccounts(keys)) {
        return panic("Unable to read private keys file");
    }
    if (!test.hasChain()) {
        return panic("Failed to get chain id");
    }
    out(kind->title);
    if (kind->contract != nullptr) {
        out(kind->contract);
        state.sleepFor(5);
    }
    int round = 1;
    for (; test.round(round); ++round) {
        if (!isEndless) {
            return 0;
        }
    }
    const std::string cause = "request error: error sending request for url (" + url + "/)";
    err(isEndless ? text("Round %d failed: Error: ", round) + cause : "Load test failed: " + cause);
    return 1;
}

} // namespace proverdeck::demo

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/EthRpc.h"

#include "app/demo/tool/Net.h"

#include <poll.h>

#include <algorithm>
#include <cstdlib>

namespace proverdeck::demo {
namespace {

constexpr int ReceiptMs = 50;
constexpr int TimeoutMs = 15'000; // unless TX_TIMEOUT says it in seconds

int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

} // namespace

EthRpc::EthRpc(const std::string &url)
{
    const auto start = url.find("://");
    const std::string rest = start == std::string::npos ? url : url.substr(start + 3);
    const std::string authority = rest.substr(0, rest.find('/'));
    const auto colon = authority.rfind(':');
    m_host = authority.substr(0, colon);
    m_port
        = colon == std::string::npos ? 80 : static_cast<int>(number(authority.substr(colon + 1)));
}

std::optional<Json> EthRpc::ask(const std::string &method, const std::string &params) const
{
    const auto body = httpPost(m_host, m_port,
                               R"({"jsonrpc":"2.0","id":1,"method":)" + inQuotes(method)
                                   + ",\"params\":" + params + "}");
    return body.has_value() ? parseJson(*body) : std::nullopt;
}

std::optional<std::string> EthRpc::call(const std::string &to, const std::string &data) const
{
    const auto reply
        = ask("eth_call", R"([{"to":")" + to + R"(","data":")" + data + R"("},"latest"])");
    const std::string result = reply.has_value() ? (*reply)["result"].scalar : std::string();
    return result.size() < 66 ? std::nullopt : std::optional(result.substr(2));
}

bool EthRpc::send(const std::string &from, const std::string &to, const std::string &data,
                  std::string &why) const
{
    const auto sent
        = ask("eth_sendTransaction",
              R"([{"from":")" + from + R"(","to":")" + to + R"(","data":")" + data + R"("}])");
    const std::string hash = sent.has_value() ? (*sent)["result"].scalar : std::string();
    if (hash.empty()) {
        why = sent.has_value() ? "server returned an error response: error code "
                + (*sent)["error"]["code"].scalar + ": " + (*sent)["error"]["message"].scalar
                               : "error sending request";
        return false;
    }
    const char *given = std::getenv("TX_TIMEOUT");
    const int limit = given == nullptr ? TimeoutMs : std::atoi(given) * 1000;
    for (int waited = 0; waited < limit; waited += ReceiptMs) {
        const auto receipt = ask("eth_getTransactionReceipt", "[\"" + hash + "\"]");
        const std::string status
            = receipt.has_value() ? (*receipt)["result"]["status"].scalar : std::string();
        if (!status.empty()) {
            why = status == "0x1" ? "" : "contract error: execution reverted";
            return status == "0x1";
        }
        poll(nullptr, 0, ReceiptMs);
    }
    why = "transaction was not confirmed within the timeout";
    return false;
}

std::string abiWord(Wide value)
{
    std::string word(64, '0');
    for (std::size_t i = 64; i > 0 && value != 0; --i, value /= 16) {
        word[i - 1] = "0123456789abcdef"[static_cast<int>(value % 16)];
    }
    return word;
}

std::string abiAddress(const std::string &address)
{
    return std::string(24, '0') + address.substr(2);
}

Wide wideOf(const std::string &hexWord)
{
    Wide value = 0;
    for (const char c : hexWord.substr(0, 64)) {
        value = value * 16 + static_cast<Wide>(digit(c));
    }
    return value;
}

std::string abiText(const std::string &answer)
{
    const auto length
        = answer.size() < 128 ? 0 : static_cast<std::size_t>(wideOf(answer.substr(64)));
    std::string result;
    for (std::size_t i = 0; i < length && 129 + 2 * i < answer.size(); ++i) {
        result += static_cast<char>(digit(answer[128 + 2 * i]) * 16 + digit(answer[129 + 2 * i]));
    }
    return result;
}

std::optional<Wide> parseAmount(const std::string &input, int decimals)
{
    const auto point = input.find('.');
    std::string digits = input.substr(0, point);
    std::string fraction = point == std::string::npos ? std::string() : input.substr(point + 1);
    if (fraction.size() > static_cast<std::size_t>(decimals)
        || (digits + fraction).find_first_not_of("0123456789") != std::string::npos
        || (digits + fraction).empty()) {
        return std::nullopt;
    }
    fraction.resize(static_cast<std::size_t>(decimals), '0');
    digits += fraction;
    Wide value = 0;
    for (const char c : digits) {
        value = value * 10 + static_cast<Wide>(c - '0');
    }
    return value;
}

std::string amountText(Wide amount, int decimals)
{
    std::string digits;
    for (Wide rest = amount; rest != 0 || digits.size() <= static_cast<std::size_t>(decimals);
         rest /= 10) {
        digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    }
    std::reverse(digits.begin(), digits.end());
    if (decimals > 0) {
        digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
    }
    return digits;
}

} // namespace proverdeck::demo

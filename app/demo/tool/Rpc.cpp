// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Rpc.h"

#include "app/demo/tool/Chain.h"

#include <algorithm>

namespace proverdeck::demo {
namespace {

constexpr long long L2ChainId = 65536999;

std::string errorReply(const std::string &id, int code, const std::string &message)
{
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":)" + std::to_string(code)
        + R"(,"message":)" + inQuotes(message) + "}}";
}

std::string answer(const Json &call, const RpcMethod &method)
{
    const std::string id = call["id"].echoed();
    const std::string &name = call["method"].scalar;
    if (name.empty()) {
        return errorReply(id, -32600, "Invalid request");
    }
    const auto result = method(name, call["params"]);
    return result.has_value() ? R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":)" + *result + "}"
                              : errorReply(id, -32601, "Method not found: " + name);
}

std::string hash(const std::string &seed)
{
    return "\"0x" + hex(seed, 64) + "\"";
}

std::string blockJson(const Chain &chain, const Block &block, bool isFull)
{
    std::string transactions;
    for (int i = 0; i < block.transactions(); ++i) {
        const std::string id = hash(text("tx/%d/%d", block.number, i));
        transactions += i == 0 ? "" : ",";
        transactions += isFull ? "{\"hash\":" + id
                + ",\"blockNumber\":" + inQuotes(quantity(static_cast<std::uint64_t>(block.number)))
                + ",\"transactionIndex\":" + inQuotes(quantity(static_cast<std::uint64_t>(i))) + "}"
                               : id;
    }
    return "{\"number\":" + inQuotes(quantity(static_cast<std::uint64_t>(block.number)))
        + R"(,"hash":"0x)" + chain.blockHash(block)
        + "\",\"parentHash\":" + hash(text("parent/%d", block.number)) + ",\"timestamp\":"
        + inQuotes(quantity(static_cast<std::uint64_t>(block.timestampMs / 1000)))
        + R"(,"gasLimit":"0x1c9c380","baseFeePerGas":"0x7","gasUsed":)"
        + inQuotes(quantity(static_cast<std::uint64_t>(block.gas))) + ",\"transactions\":["
        + transactions + "]}";
}

std::string batchJson(const Batch &batch)
{
    const auto transaction = [&batch](bool isSent, const char *what) {
        return isSent ? hash(text("%s/%d", what, batch.number)) : std::string("null");
    };
    return text(R"({"number":%d,"first_block":%d,"last_block":%d,"state_root":)", batch.number,
                batch.firstBlock, batch.lastBlock)
        + hash(text("state/%d", batch.number))
        + text(R"(,"non_privileged_transactions":%d,"commit_tx":)",
               batch.transactions - batch.privileged)
        + transaction(batch.committedMs != 0, "commit") + ",\"verify_tx\":"
        + transaction(batch.verifiedMs != 0, "verify") + ",\"l1_in_messages_rolling_hash\":"
        + hash("rolling") + R"(,"l1_out_message_hashes":[],"block_hashes":null})";
}

const Block *namedBlock(const Chain &chain, const std::string &name)
{
    if (name == "earliest") {
        return chain.block(0);
    }
    const auto last = static_cast<long long>(chain.blocks().size());
    return chain.block(startsWith(name, "0x") ? number(name, -1) : last);
}

std::string address(const Json &param)
{
    std::string result = startsWith(param.scalar, "0x") ? param.scalar.substr(2) : param.scalar;
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

std::string quotedQuantity(long long value)
{
    return inQuotes(quantity(static_cast<std::uint64_t>(value)));
}

std::optional<std::string> batchMethod(const Chain &chain, const std::string &method,
                                       const Json &params)
{
    if (method == "ethrex_batchNumber") {
        return chain.batches().empty()
            ? "null"
            : quotedQuantity(static_cast<long long>(chain.batches().size()));
    }
    if (method == "ethrex_getBatchByNumber") {
        const Batch *batch = chain.batch(number(params[0].scalar));
        return batch == nullptr ? "null" : batchJson(*batch);
    }
    if (method == "ethrex_getBatchByBlock") {
        const long long wanted = number(params[0].scalar);
        for (const Batch &batch : chain.batches()) {
            if (wanted >= batch.firstBlock && wanted <= batch.lastBlock) {
                return batchJson(batch);
            }
        }
        return "null";
    }
    return std::nullopt;
}

} // namespace

HttpReply rpcReply(const HttpRequest &request, const RpcMethod &method)
{
    if (request.method == "GET" || request.method == "HEAD") {
        return {.status = 405, .type = "text/plain; charset=utf-8"};
    }
    const auto call = parseJson(request.body);
    if (!call.has_value()) {
        return {.body = errorReply("null", -32700, "Parse error")};
    }
    if (call->kind != Json::Kind::Array) {
        return {.body = answer(*call, method)};
    }
    std::string answers;
    for (const Json &one : call->items) {
        answers += (answers.empty() ? "" : ",") + answer(one, method);
    }
    return {.body = "[" + answers + "]"};
}

std::optional<std::string> l2Method(Chain &chain, const std::string &method, const Json &params)
{
    if (method == "eth_chainId") {
        return quotedQuantity(L2ChainId);
    }
    if (method == "net_version") {
        return inQuotes(std::to_string(L2ChainId));
    }
    if (method == "eth_blockNumber") {
        return quotedQuantity(static_cast<long long>(chain.blocks().size()));
    }
    if (method == "eth_getBlockByNumber") {
        const Block *block = namedBlock(chain, params[0].scalar);
        return block == nullptr ? "null" : blockJson(chain, *block, params[1].scalar == "true");
    }
    if (method == "eth_getBlockTransactionCountByNumber") {
        const Block *block = namedBlock(chain, params[0].scalar);
        return block == nullptr ? "null" : quotedQuantity(block->transactions());
    }
    if (method == "eth_getTransactionCount") {
        return quotedQuantity(chain.nonce(address(params[0]), params[1].scalar == "pending"));
    }
    if (method == "eth_gasPrice") {
        return quotedQuantity(1'000'000'007);
    }
    if (method == "eth_syncing") {
        return "false";
    }
    if (method == "txpool_status") {
        return R"({"pending":)" + quotedQuantity(static_cast<long long>(chain.pending()))
            + R"(,"queued":"0x0"})";
    }
    if (method == "web3_clientVersion") {
        return inQuotes("ethrex/v9.1.0-main/x86_64-unknown-linux-gnu/rustc-v1.90.0");
    }
    if (method == "demo_submit") {
        return quotedQuantity(chain.submit(address(params[0]),
                                           std::max(0LL, number(params[1].scalar)),
                                           number(params[2].scalar, 21000)));
    }
    return batchMethod(chain, method, params);
}

std::optional<Json> callRpc(const std::string &host, int port, const std::string &method,
                            const std::string &params)
{
    const auto body = httpPost(host, port,
                               R"({"jsonrpc":"2.0","id":1,"method":)" + inQuotes(method)
                                   + ",\"params\":" + params + "}");
    auto reply = body.has_value() ? parseJson(*body) : std::nullopt;
    if (!reply.has_value()) {
        return std::nullopt;
    }
    return (*reply)["result"];
}

} // namespace proverdeck::demo

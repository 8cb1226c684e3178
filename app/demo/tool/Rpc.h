// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/Json.h"
#include "app/demo/tool/Net.h"

#include <functional>
#include <optional>
#include <string>

namespace proverdeck::demo {

class Chain;

/// The result as JSON text; none for a method that does not exist.
using RpcMethod
    = std::function<std::optional<std::string>(const std::string &method, const Json &params)>;

/// JSON-RPC 2.0 over POST, single calls and batches of calls.
[[nodiscard]] HttpReply rpcReply(const HttpRequest &request, const RpcMethod &method);

/// The L2's methods. "demo_submit" [address, count, gas each] stands for that many signed
/// transactions.
[[nodiscard]] std::optional<std::string> l2Method(Chain &chain, const std::string &method,
                                                  const Json &params);

/// The result of one call, as a client sees it; none if there is no usable answer.
[[nodiscard]] std::optional<Json> callRpc(const std::string &host, int port,
                                          const std::string &method, const std::string &params);

} // namespace proverdeck::demo

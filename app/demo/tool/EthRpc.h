// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/Json.h"

#include <optional>
#include <string>
#include <vector>

namespace proverdeck::demo {

__extension__ using Wide = unsigned __int128;

/// A node on this machine, as the stand-in of the boundless program uses one. It signs for its own
/// accounts.
class EthRpc
{
public:
    explicit EthRpc(const std::string &url);

    /// None if nobody answers.
    [[nodiscard]] std::optional<Json> ask(const std::string &method,
                                          const std::string &params) const;
    /// Words of the result of eth_call; none on an error or an empty answer.
    [[nodiscard]] std::optional<std::string> call(const std::string &to,
                                                  const std::string &data) const;
    /// True once it is in a block and has not failed.
    [[nodiscard]] bool send(const std::string &from, const std::string &to, const std::string &data,
                            std::string &why) const;

private:
    std::string m_host;
    int m_port = 0;
};

/// 32 bytes in hexadecimal, without 0x.
[[nodiscard]] std::string abiWord(Wide value);
[[nodiscard]] std::string abiAddress(const std::string &address);
[[nodiscard]] Wide wideOf(const std::string &hexWord);
/// The first string in an ABI-encoded answer.
[[nodiscard]] std::string abiText(const std::string &answer);
/// "2.5" in units of the token; none if it has too many decimals or is no amount.
[[nodiscard]] std::optional<Wide> parseAmount(const std::string &text, int decimals);
/// With all decimals.
[[nodiscard]] std::string amountText(Wide amount, int decimals);

} // namespace proverdeck::demo

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/TransferScript.h"

#include "models/boundless/ops/CliAnswer.h"
#include "models/workflow/Plan.h"

#include <QFile>

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxFile = 1 << 20;

constexpr const char *Refuse = R"sh(pd_no() { echo "proverdeck: not sent: $*"; exit 64; }
pd_low() { printf %s "$1" | tr A-F a-f; }
)sh";

// The address is a secret with many providers: printf is the shell's own, so it stands on no
// command line, and what the tools say of it is not repeated. Redirects are not followed.
constexpr const char *AskChain
    = R"sh(pd_body='{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
pd_type='Content-Type: application/json'
pd_id() { printf %s "$1" | tr -d ' \t\r\n' | sed -n 's/.*"result":"0x0*\([0-9a-fA-F]\{1,15\}\)".*/\1/p' | tr A-F a-f; }
pd_curl() { printf 'url = "%s"\n' "$pd_url" | curl -q -s -g --max-time 20 --max-filesize 65536 -H "$pd_type" -d "$pd_body" -K -; }
pd_wget() { printf '%s\n' "$pd_url" | wget --no-config -q -O - -T 20 -t 1 --max-redirect=0 --header="$pd_type" --post-data="$pd_body" -i -; }
pd_python3() { printf '%s\n' "$pd_url" | python3 -I -c 'import sys, urllib.request as u
class Stay(u.HTTPRedirectHandler):
    def redirect_request(self, *a): return None
q = u.Request(sys.stdin.readline().strip(), sys.argv[1].encode(), {"Content-Type": "application/json"})
sys.stdout.write(u.build_opener(Stay).open(q, timeout=20).read(65536).decode("utf-8", "replace"))' "$pd_body"; }
pd_tools=; pd_chain=
for pd_tool in curl wget python3; do
  command -v "$pd_tool" >/dev/null 2>&1 || continue
  pd_tools="$pd_tools${pd_tools:+, }$pd_tool"
  pd_chain=$(pd_id "$("pd_$pd_tool" 2>/dev/null </dev/null)")
  [ -z "$pd_chain" ] || break
done
[ -n "$pd_tools" ] || pd_no 'the chain of its RPC endpoint cannot be asked: the server has neither curl nor wget nor python3'
[ -n "$pd_chain" ] || pd_no "the RPC endpoint of the server did not tell its chain (asked with $pd_tools)"
)sh";

QByteArray word(const QString &text)
{
    return shellWord(text, InputType::Text).toUtf8();
}

QByteArray low(const evm::Address &address)
{
    return address.toString().toLower().toUtf8();
}

} // namespace

bool isBuiltInMarket(const MarketFacts &facts)
{
    // Not the person's own file: what the program has built in is what counts.
    QFile file(u":/boundless/networks.toml"_s);
    const auto networks = file.open(QIODevice::ReadOnly) ? readNetworks(file.read(MaxFile))
                                                         : tl::unexpected(QString());
    return networks && std::ranges::any_of(*networks, [&facts](const Network &network) {
               return network.chainId == facts.chainId
                   && std::ranges::any_of(network.deployments, [&facts](const Deployment &one) {
                          return one.generation == facts.generation && one.market == facts.market;
                      });
           });
}

/// What the server's file sets counts also where it lacks "export".
QByteArray TransferScript::environment() const
{
    QByteArray script = enterScript(checkout.dir) + Refuse;
    if (!environmentFile.isEmpty()) {
        const QByteArray file = word(u"./"_s + environmentFile);
        script += "[ -r " + file + " ] || pd_no 'the environment file cannot be read'\nset -a; . "
            + file + " >/dev/null; set +a\n";
    }
    return script;
}

/// Last, so that the tools that ask for the chain have it in no environment.
QByteArray TransferScript::handedOver() const
{
    return key.isEmpty() ? QByteArray()
                         : "unset PROVER_PRIVATE_KEY\nexport PRIVATE_KEY=" + key + '\n';
}

/// One address, which is asked for its chain and is the only one that the program gets. The files
/// of older releases name it otherwise; the broker's compose file does the same.
QByteArray TransferScript::endpoint() const
{
    const QByteArray ofChain = "PROVER_RPC_URL_" + QByteArray::number(plan.facts.chainId);
    QByteArray script;
    if (!rpcUrl.isEmpty()) {
        script = "pd_url=" + word(rpcUrl) + '\n';
    } else if (checkout.cli == CliDialect::Prover) {
        script = "pd_url=${" + ofChain + ":-${PROVER_RPC_URL:-${PROVER_RPC_URLS:-${RPC_URL-}}}}\n"
            + "pd_url=${pd_url%%,*}\n";
    } else {
        script = "pd_url=${RPC_URL-}\n";
    }
    script += R"sh(case $pd_url in
  '') pd_no 'the environment names no RPC endpoint' ;;
  *[[:space:][:cntrl:]\"\\]*) pd_no 'the address of the RPC endpoint has characters that none may have' ;;
  http://?*|https://?*) ;;
  *) pd_no 'the RPC endpoint is no http address, so its chain cannot be asked' ;;
esac
unset PROVER_RPC_URLS ${!PROVER_RPC_URL_@}
export RPC_URL="$pd_url" PROVER_RPC_URL="$pd_url"
)sh";
    return script;
}

/// What else decides where the program acts.
QByteArray TransferScript::agreement() const
{
    const QByteArray chain = QByteArray::number(plan.facts.chainId);
    QByteArray script;
    for (const char *name : {"CHAIN_ID", "MARKET_CHAIN_ID"}) {
        const QByteArray value = QByteArray("${") + name + "-}";
        script += "[ -z \"" + value + "\" ] || [ \"" + value + "\" = " + chain
            + " ] || pd_no \"the server's environment says " + name + "=" + value
            + ", and this is for chain " + chain + "\"\n";
    }
    const QByteArray market = low(plan.facts.market);
    script += "m=$(pd_low \"${BOUNDLESS_MARKET_ADDRESS-}\")\n";
    if (!isBuiltInMarket(plan.facts)) {
        script += "[ -n \"$m\" ] || pd_no \"the server's environment names no market "
                  "(BOUNDLESS_MARKET_ADDRESS), and the program has another one built in than "
            + market + "\"\n";
    }
    script += "[ -z \"$m\" ] || [ \"$m\" = " + market
        + " ] || pd_no \"the server's environment names another market ($m)\"\n";
    const QByteArray token = low(plan.facts.token);
    for (const char *name : {"STAKE_TOKEN_ADDRESS", "COLLATERAL_TOKEN_ADDRESS"}) {
        script += QByteArray("t=$(pd_low \"${") + name
            + "-}\")\n[ -z \"$t\" ] || [ \"$t\" = " + (token.isEmpty() ? QByteArray("none") : token)
            + " ] || pd_no \"the server's environment names another token ($t)\"\n";
    }
    return script;
}

QByteArray TransferScript::chainProof() const
{
    const QByteArray chain = QByteArray::number(plan.facts.chainId);
    return AskChain + QByteArray("[ \"$pd_chain\" = ") + QByteArray::number(plan.facts.chainId, 16)
        + " ] || pd_no \"the RPC endpoint of the server is on chain $((16#$pd_chain)), and this is "
          "for chain "
        + chain + "\"\n";
}

/// A level of the log above info, as it is there for the broker, would swallow the answer. From 1.1
/// on the program also reads files of its home folder, which may name another account or network:
/// it gets an empty one.
QByteArray TransferScript::program() const
{
    QByteArray script = "export NO_COLOR=1 RUST_LOG=info\n";
    if (checkout.cli != CliDialect::Prover) {
        return script + "pd_run() { \"$@\" </dev/null 2>&1; }\n";
    }
    return script
        + "export PROVER_PRIVATE_KEY=\"${PROVER_PRIVATE_KEY:-${PRIVATE_KEY-}}\"\n"
          "unset PROVER_ADDRESS BOUNDLESS_NETWORK\n"
          "pd_home=$(mktemp -d) || pd_no 'the server has no room for temporary files'\n"
          "trap 'rm -rf \"$pd_home\"' EXIT\n"
          "pd_run() { HOME=\"$pd_home\" \"$@\" </dev/null 2>&1; }\n";
}

/// The key may be another one than when the panel asked for its account.
QByteArray TransferScript::accountProof() const
{
    if (plan.account.isNull()) {
        return {};
    }
    const QByteArray account = low(plan.account);
    return "pd_said=$(pd_run " + balanceWords(checkout.cli).toUtf8()
        + ") || pd_no 'the program could not be asked for its account'\n"
          "pd_account=$(printf '%s\\n' \"$pd_said\" | sed -n "
          "'s/.*[Aa]ddress:\\{0,1\\} *\\(0x[0-9a-fA-F]\\{40\\}\\).*/\\1/p' | tr A-F a-f | sed -n "
          "'$p')\n"
          "[ \"$pd_account\" = "
        + account + " ] || pd_no \"the key on the server belongs to $pd_account, not to " + account
        + "\"\n";
}

QByteArray TransferScript::proven() const
{
    return environment() + endpoint() + agreement() + chainProof() + handedOver() + program();
}

QByteArray TransferScript::balance() const
{
    return proven() + "pd_run " + balanceWords(checkout.cli).toUtf8() + "\nexit $?\n";
}

QByteArray TransferScript::transfer() const
{
    return proven() + accountProof() + "pd_run " + transferWords(checkout.cli, plan.kind).toUtf8()
        + ' ' + word(plan.amountText()) + "\nexit $?\n";
}

} // namespace proverdeck::models::boundless

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/Checkout.h"

#include "models/logs/LogText.h"
#include "models/workflow/Plan.h"

#include <QCoreApplication>
#include <QMap>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Checkout", text);
}

// Of the environment files only the names of those that hold a key come out.
constexpr const char *Look = R"sh(
echo "path $PWD"
echo "describe $(git describe --tags 2>/dev/null)"
echo "version $(sed -n '/^\[workspace.package\]/,/^\[[^w]/s/^version *= *"\([^"]*\)".*/\1/p' Cargo.toml 2>/dev/null | head -n 1)"
for f in prover-compose.yml compose.yml .env.base broker.toml; do [ -f "$f" ] && echo "file $f"; done
for f in justfile Justfile; do [ -f "$f" ] && { grep -qE '^prover( |:)' "$f" && echo "recipe prover"; break; }; done
for f in .env .env.base .env.base-sepolia .env.eth-sepolia .env.broker; do
  [ -f "$f" ] && grep -qE '^ *(export +)?(PROVER_)?PRIVATE_KEY=["'"'"']?(0x)?[0-9a-fA-F]' "$f" 2>/dev/null && echo "keyfile $f"
  [ -f "$f" ] && grep -qE '^ *(export +)?(PROVER_)?RPC_URLS?(_[0-9]+)?=["'"'"']?[a-z]' "$f" 2>/dev/null && echo "rpcfile $f"
done
for f in chain-overrides/broker.*.toml; do [ -f "$f" ] && echo "override $f"; done
grep -q '^max_collateral' broker-template.toml 2>/dev/null && echo "collateral yes"
command -v just >/dev/null && echo "just yes"
if command -v docker >/dev/null; then
  if why=$(timeout 20 docker version --format '{{.Server.Version}}' 2>&1); then echo "docker yes"
  else echo "docker-problem $(echo "$why" | head -n 1)"; fi
else echo "docker-problem docker: command not found in the login shell"; fi
if command -v boundless >/dev/null; then
  echo "cli $(boundless --version 2>/dev/null | head -n 1)"
  help=$(timeout 20 boundless --help 2>/dev/null </dev/null)
  case $help in
    *requestor*prover*|*prover*requestor*) echo "dialect prover" ;;
    *account*) case $(timeout 20 boundless account --help 2>/dev/null </dev/null) in
        *deposit-collateral*) echo "dialect collateral" ;;
        *deposit-stake*) echo "dialect stake" ;;
      esac ;;
  esac
fi
echo "end yes")sh";

CliDialect dialectOf(const QString &word, bool hasCli)
{
    return word == u"prover"    ? CliDialect::Prover
        : word == u"collateral" ? CliDialect::Collateral
        : word == u"stake"      ? CliDialect::Stake
        : hasCli                ? CliDialect::Unknown
                                : CliDialect::None;
}

/// The files decide before the numbers do: a checkout of a branch has no tag of its own.
BrokerEra eraOf(const Checkout &checkout, const QStringList &files, bool hasCollateral)
{
    if (files.contains(u"prover-compose.yml"_s)) {
        return BrokerEra::V20;
    }
    if (files.contains(u".env.base"_s)) {
        return BrokerEra::V013;
    }
    const QString tag = checkout.describe.startsWith(u'v')
        ? checkout.describe.mid(1).section(u'-', 0, 0)
        : QString();
    const BrokerEra era = eraOfVersion(checkout.version.isEmpty() ? tag : checkout.version);
    if (era != BrokerEra::Unknown) {
        return era;
    }
    return hasCollateral ? BrokerEra::V10 : BrokerEra::Unknown;
}

} // namespace

QString Checkout::compose() const
{
    return composeFile == u"prover-compose.yml" ? u"docker compose -f prover-compose.yml"_s
                                                : u"docker compose"_s;
}

QString Checkout::versionText() const
{
    return !describe.isEmpty() ? describe : !version.isEmpty() ? version : tr("unknown version");
}

QByteArray enterScript(const QString &dir)
{
    return "cd " + shellWord(dir, InputType::RemotePath).toUtf8()
        + " 2>/dev/null || { echo \"E there is no folder \""
        + shellWord(dir, InputType::Text).toUtf8() + "; exit 66; }\n";
}

QByteArray checkoutScript(const QString &dir)
{
    return enterScript(dir) + Look + '\n';
}

tl::expected<Checkout, QString> parseCheckout(const QString &dir, QByteArrayView output)
{
    QMap<QString, QStringList> said;
    const QList<QByteArray> lines = output.toByteArray().split('\n');
    for (const QByteArray &line : lines) {
        const QString text = plainLine(QString::fromUtf8(line), 400);
        const qsizetype space = text.indexOf(u' ');
        if (space > 0) {
            said[text.left(space)] << text.mid(space + 1).trimmed();
        }
    }
    if (said.contains(u"E"_s)) {
        return tl::unexpected(tr("On the server, %1. Name the folder of the Boundless checkout.")
                                  .arg(said.value(u"E"_s).first()));
    }
    if (!said.contains(u"end"_s)) {
        return tl::unexpected(tr("The server's answer on the checkout is incomplete."));
    }
    const auto first = [&said](const QString &key) { return said.value(key).value(0); };
    Checkout checkout;
    checkout.dir = dir;
    checkout.path = first(u"path"_s);
    checkout.describe = first(u"describe"_s);
    checkout.version = first(u"version"_s);
    const QStringList files = said.value(u"file"_s);
    checkout.composeFile = files.contains(u"prover-compose.yml"_s) ? u"prover-compose.yml"_s
        : files.contains(u"compose.yml"_s)                         ? u"compose.yml"_s
                                                                   : QString();
    if (checkout.composeFile.isEmpty()) {
        return tl::unexpected(tr("%1 on the server has neither compose.yml nor prover-compose.yml: "
                                 "it is no Boundless "
                                 "checkout. Name the folder of one.")
                                  .arg(checkout.path));
    }
    checkout.era = eraOf(checkout, files, said.contains(u"collateral"_s));
    checkout.recipe = said.contains(u"recipe"_s) ? u"prover"_s : u"broker"_s;
    checkout.hasBrokerToml = files.contains(u"broker.toml"_s);
    checkout.hasJust = said.contains(u"just"_s);
    checkout.hasDocker = said.contains(u"docker"_s);
    checkout.dockerProblem = first(u"docker-problem"_s);
    checkout.cliVersion = first(u"cli"_s);
    checkout.cli = dialectOf(first(u"dialect"_s), said.contains(u"cli"_s));
    checkout.keyFiles = said.value(u"keyfile"_s);
    checkout.overrideFiles = said.value(u"override"_s);
    checkout.rpcFiles = said.value(u"rpcfile"_s);
    return checkout;
}

} // namespace proverdeck::models::boundless

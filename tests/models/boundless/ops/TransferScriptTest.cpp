// SPDX-License-Identifier: GPL-3.0-or-later
// The scripts run in a real bash, with a stand-in for the program and one for each tool that asks
// for the chain.
#include "models/boundless/ops/TransferScript.h"

#include "models/boundless/ops/CliAnswer.h"
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

namespace proverdeck::models::boundless {
namespace {

constexpr char Market[] = "0x26759dbb201afba361bec78e097aa3942b0b4ab8";
constexpr char Token[] = "0x833589fcd6edb6e08f4c7c32d4f71b54bda02913";

class TransferScriptTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        checkout.dir = home.path();
        checkout.cli = CliDialect::Stake;
        plan.facts = {8453,
                      *evm::Address::fromText(QString::fromLatin1(Market)),
                      Generation::Stake,
                      *evm::Address::fromText(QString::fromLatin1(Token)),
                      "USDC",
                      6};
        plan.amount = *evm::U256::fromUnits(u"2.5", 6);
        ASSERT_TRUE(QDir(home.path()).mkpath("bin"));
        for (const char *name :
             {"bash", "sh", "tr", "sed", "mktemp", "rm", "cat", "env", "dirname"}) {
            QFile::link(QStandardPaths::findExecutable(name), home.filePath("bin/") + name);
        }
        put("bin/boundless",
            "#!/bin/bash\nprintf 'ran %s\\n' \"$*\"\nprintf '%s=%s\\n' rpc \"${RPC_URL-}\" prpc "
            "\"${PROVER_RPC_URL-}\" key \"${PRIVATE_KEY-}\" pkey \"${PROVER_PRIVATE_KEY-}\" "
            "address \"${PROVER_ADDRESS-}\" home \"$HOME\" more \"${PROVER_RPC_URL_8453-}\"\n");
    }

    void put(const QString &name, const QByteArray &text)
    {
        QFile program(home.filePath(name));
        ASSERT_TRUE(program.open(QIODevice::WriteOnly | QIODevice::Truncate));
        program.write(text);
        program.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    /// A tool that notes what it got and answers so.
    void tool(const QByteArray &name, const QByteArray &answer)
    {
        const QByteArray log = home.filePath("asked").toUtf8();
        put("bin/" + QString::fromLatin1(name),
            "#!/bin/bash\n{ printf 'args %s\\n' \"$*\"; cat; } >>'" + log + "'\nprintf '%s' '"
                + answer + "'\n");
    }
    void env(const QByteArray &text)
    {
        put(".env.base", text);
        file = ".env.base";
    }

    struct Result
    {
        int code = -1;
        QByteArray out;
        [[nodiscard]] bool ran() const { return out.contains("ran "); }
    };
    Result run(bool isBalance = false, const QStringList &more = {})
    {
        const TransferScript script{checkout, plan, file, key, rpcUrl};
        QProcess bash;
        QProcessEnvironment environment;
        environment.insert("PATH", home.filePath("bin"));
        environment.insert("HOME", home.path());
        for (const QString &one : more) {
            environment.insert(one.section('=', 0, 0), one.section('=', 1));
        }
        bash.setProcessEnvironment(environment);
        bash.setProcessChannelMode(QProcess::MergedChannels);
        bash.start(home.filePath("bin/bash"), {"--noprofile", "--norc"});
        bash.write(isBalance ? script.balance() : script.transfer());
        bash.closeWriteChannel();
        EXPECT_TRUE(bash.waitForFinished(20'000));
        return {bash.exitCode(), bash.readAll()};
    }
    [[nodiscard]] QByteArray asked() const
    {
        QFile log(home.filePath("asked"));
        return log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray();
    }

    QTemporaryDir home;
    Checkout checkout;
    TransferPlan plan;
    QString file;
    QByteArray key;
    QString rpcUrl;
};

const QByteArray Base = R"({"jsonrpc":"2.0","id":1,"result":"0x2105"})";
const QByteArray Good = QByteArray("RPC_URL=https://base.example/v2/SECRET\nPRIVATE_KEY=aa\n")
    + "BOUNDLESS_MARKET_ADDRESS=0x26759dbB201aFbA361Bec78E097Aa3942B0b4AB8\n";

TEST_F(TransferScriptTest, ItRunsOnlyOnTheRightChain)
{
    env(Good);
    tool("curl", Base);
    const Result right = run();
    EXPECT_EQ(right.code, 0) << right.out.toStdString();
    EXPECT_TRUE(right.out.contains("ran account deposit-stake 2.5\n")) << right.out.toStdString();
    EXPECT_TRUE(right.out.contains("rpc=https://base.example/v2/SECRET\n"));
    const QByteArray log = asked();
    EXPECT_TRUE(log.contains("url = \"https://base.example/v2/SECRET\""));
    for (const QByteArray &line : log.split('\n')) {
        EXPECT_FALSE(line.startsWith("args") && line.contains("SECRET")) << line.toStdString();
    }
    EXPECT_TRUE(run(true).out.contains("ran account stake-balance\n"));

    for (const QByteArray &answer :
         {QByteArray(R"({"jsonrpc":"2.0","id":1,"result":"0x14a34"})"),
          QByteArray(R"({"id":1,"error":{"code":-32005,"message":"limit"}})"), QByteArray(),
          QByteArray("<html>0x2105</html>"), QByteArray(R"({"result":"0x"})"),
          QByteArray(R"({"result":"2105"})"), QByteArray(R"({"result":"0x21050"})"),
          QByteArray(R"({"result":"0x10000000000002105"})")}) {
        tool("curl", answer);
        const Result wrong = run();
        EXPECT_FALSE(wrong.ran()) << answer.toStdString() << wrong.out.toStdString();
        EXPECT_EQ(
            readTransferOutcome(CliDialect::Stake, TransferKind::Deposit, wrong.out, wrong.code)
                .kind,
            TransferOutcome::Kind::NotSent)
            << wrong.out.toStdString();
        EXPECT_FALSE(wrong.out.contains("SECRET"));
        EXPECT_FALSE(run(true).ran());
    }
    tool("curl", R"({"jsonrpc":"2.0","id":1,"result":"0x14A34"})");
    EXPECT_TRUE(run().out.contains("on chain 84532, and this is for chain 8453"));
}

TEST_F(TransferScriptTest, WithoutCurlOthersAskAndWithoutAnyNothingIsSent)
{
    env(Good);
    EXPECT_TRUE(run().out.contains("neither curl nor wget nor python3"));
    tool("python3", Base);
    EXPECT_TRUE(run().ran());
    tool("wget", "");
    EXPECT_TRUE(run().ran()) << "the next one is asked when one has no answer";
    tool("python3", "");
    EXPECT_TRUE(run().out.contains("did not tell its chain (asked with wget, python3)"));
    tool("wget", Base);
    EXPECT_TRUE(run().ran());
    for (const QByteArray &line : asked().split('\n')) {
        EXPECT_FALSE(line.startsWith("args") && line.contains("SECRET")) << line.toStdString();
    }
}

TEST_F(TransferScriptTest, AnEnvironmentThatContradictsItselfIsRefused)
{
    tool("curl", Base);
    const auto refused = [this](const QByteArray &text) {
        env(text);
        const Result result = run();
        EXPECT_FALSE(result.ran()) << text.toStdString();
        EXPECT_NE(result.code, 0);
        EXPECT_TRUE(result.out.startsWith("proverdeck: not sent: ")) << result.out.toStdString();
        return result.out;
    };
    EXPECT_TRUE(refused("PRIVATE_KEY=aa\n").contains("no RPC endpoint"));
    EXPECT_TRUE(refused(Good + "CHAIN_ID=84532\n").contains("CHAIN_ID=84532"));
    EXPECT_TRUE(
        refused(Good + "BOUNDLESS_MARKET_ADDRESS=0x01\n").contains("another market (0x01)"));
    EXPECT_TRUE(refused(Good + "STAKE_TOKEN_ADDRESS=0x02\n").contains("another token"));
    EXPECT_TRUE(refused(Good + "RPC_URL=wss://base.example/x\n").contains("no http address"));
    EXPECT_TRUE(refused(Good + "RPC_URL=https://\n").contains("no http address"));
    EXPECT_TRUE(refused(Good + "RPC_URL='https://a/\" -o /etc/passwd'\n").contains("characters"));
    EXPECT_TRUE(refused(Good + "RPC_URL=$'https://a/\\nurl = \"x'\n").contains("characters"));
    // Its own market is built in; another one has to be named.
    env("RPC_URL=https://base.example/x\nPRIVATE_KEY=aa\nCHAIN_ID=8453\n");
    EXPECT_TRUE(run().ran());
    plan.facts.market = *evm::Address::fromText(u"0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
    EXPECT_TRUE(run().out.contains("names no market"));
    file = ".env.none";
    EXPECT_TRUE(run().out.contains("cannot be read"));
}

TEST_F(TransferScriptTest, TheNewProgramGetsOneEndpointAndNothingElseToGoBy)
{
    checkout.cli = CliDialect::Prover;
    plan.facts.generation = Generation::Collateral;
    plan.facts.market = *evm::Address::fromText(u"0xfd152dadc5183870710fe54f939eae3ab9f0fe82");
    tool("curl", Base);
    env("PROVER_PRIVATE_KEY=bb\nPROVER_ADDRESS=0x70997970C51812dc3A010C7d01b50e0d17dc79C8\n"
        "PROVER_RPC_URL=https://other.example/x\nPROVER_RPC_URL_8453=https://base.example/x\n");
    const Result result = run(true);
    EXPECT_TRUE(result.out.contains("ran prover balance-collateral\n")) << result.out.toStdString();
    EXPECT_TRUE(result.out.contains("prpc=https://base.example/x\n"));
    EXPECT_TRUE(result.out.contains("pkey=bb\n"));
    EXPECT_TRUE(result.out.contains("address=\n")) << "the account is the key's, not a claimed one";
    EXPECT_TRUE(result.out.contains("more=\n"));
    EXPECT_FALSE(result.out.contains(QByteArray("home=" + home.path().toUtf8() + '\n')));

    env("PROVER_PRIVATE_KEY=bb\nPROVER_RPC_URLS=https://one.example/x,https://two.example/x\n");
    EXPECT_TRUE(run().out.contains("prpc=https://one.example/x\n"));
}

TEST_F(TransferScriptTest, WhatIsHandedOverWins)
{
    env(Good);
    tool("curl", Base);
    key = QByteArray(64, 'c');
    rpcUrl = "https://mine.example/y";
    const Result result = run();
    EXPECT_TRUE(result.out.contains("rpc=https://mine.example/y\n"));
    EXPECT_TRUE(result.out.contains(QByteArray("key=" + key + '\n')));
    EXPECT_TRUE(asked().contains("https://mine.example/y"));
}

TEST_F(TransferScriptTest, WhoseKeyItIsIsProvenWhereItIsUsed)
{
    env(Good);
    tool("curl", Base);
    plan.account = *evm::Address::fromText(u"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
    EXPECT_TRUE(
        run().out.contains("belongs to , not to 0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"));
    const auto program = [this](const QByteArray &balance) {
        put("bin/boundless",
            "#!/bin/bash\ncase $* in *balance*) " + balance + " ;; *) echo \"ran $*\" ;; esac\n");
    };
    program("echo '2025-08-05T09:14:22.1Z  INFO boundless: Checking stake balance for address "
            "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'; echo '2025-08-05T09:14:22.2Z  INFO "
            "boundless: Stake balance for address 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266: "
            "10.000000 USDC'");
    EXPECT_TRUE(run().ran());
    program("printf '\\nCollateral (ZKC) Balance\\n  Address:         "
            "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\\n  Deposited:       3 ZKC\\n'");
    EXPECT_TRUE(run().ran());
    program("echo '  Address:         0x70997970C51812dc3A010C7d01b50e0d17dc79C8'");
    EXPECT_FALSE(run().ran());
    program("echo 'Error: no'; exit 1");
    const Result failed = run();
    EXPECT_FALSE(failed.ran());
    EXPECT_TRUE(failed.out.contains("could not be asked for its account"));
}

TEST_F(TransferScriptTest, ALoginEnvironmentOfAnotherChainIsSeen)
{
    env("PRIVATE_KEY=aa\n");
    tool("curl", R"({"result":"0x1"})");
    EXPECT_TRUE(run(false, {"RPC_URL=https://mainnet.example/x"}).out.contains("on chain 1, "));
}

} // namespace
} // namespace proverdeck::models::boundless

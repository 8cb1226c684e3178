// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/CliAnswer.h"

#include "models/boundless/ops/ServerTransfer.h"
#include "support/FakeShell.h"
#include "support/Test.h"

#include <QTest>

namespace proverdeck::models::boundless {
namespace {

using Outcome = TransferOutcome::Kind;

QByteArray said(const char *file)
{
    return testing::readData(QStringLiteral("boundless/cli/") + QString::fromLatin1(file));
}

Outcome outcome(CliDialect dialect, TransferKind kind, const QByteArray &output,
                std::optional<int> exit)
{
    return readTransferOutcome(dialect, kind, output, exit).kind;
}

TEST(CliAnswerTest, BalancesOfEveryRelease)
{
    const auto old = readCliBalance(said("0.13-account-stake-balance.stdout"));
    ASSERT_TRUE(old);
    EXPECT_EQ(old->account, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    EXPECT_EQ(old->deposited, "10.000000") << "not the year of the time stamp";
    EXPECT_EQ(old->symbol, "USDC");
    EXPECT_TRUE(old->isExact);
    EXPECT_EQ(readCliBalance(said("0.13-account-stake-balance.ansi.stdout")), old);
    EXPECT_EQ(readCliBalance(said("0.13-account-stake-balance-zero.stdout"))->deposited,
              "0.000000");
    EXPECT_EQ(readCliBalance(said("1.0-account-collateral-balance.stdout"))->symbol, "ZKC");

    const auto recent = readCliBalance(said("1.1-prover-balance-collateral.stdout"));
    ASSERT_TRUE(recent);
    EXPECT_EQ(recent->account, "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
    EXPECT_EQ(recent->deposited, "512.5");
    EXPECT_FALSE(recent->isExact);
    EXPECT_EQ(readCliBalance(said("1.1-prover-balance-collateral-tiny.stdout"))->deposited,
              "0.000012");

    EXPECT_FALSE(readCliBalance(said("0.13-account-balance.stdout"))) << "native credit";
    EXPECT_FALSE(readCliBalance(said("0.13-error-rpc.stderr")));
}

TEST(CliAnswerTest, WhatIsSaidToBeDoneIsReported)
{
    const auto in = TransferKind::Deposit;
    const auto back = TransferKind::Withdrawal;
    EXPECT_EQ(outcome(CliDialect::Stake, in, said("0.13-account-deposit-stake.stdout"), 0),
              Outcome::Reported);
    EXPECT_EQ(outcome(CliDialect::Stake, back, said("0.13-account-withdraw-stake.stdout"), 0),
              Outcome::Reported);
    EXPECT_EQ(outcome(CliDialect::Collateral, in, said("1.0-account-deposit-collateral.stdout"), 0),
              Outcome::Reported);
    for (const char *file :
         {"1.1-prover-deposit-collateral.stdout", "1.1-prover-deposit-collateral-permit.stdout"}) {
        EXPECT_EQ(outcome(CliDialect::Prover, in, said(file), 0), Outcome::Reported) << file;
    }
    EXPECT_EQ(outcome(CliDialect::Prover, back, said("1.1-prover-withdraw-collateral.stdout"), 0),
              Outcome::Reported);
}

TEST(CliAnswerTest, ExitStatusZeroAloneProvesNothing)
{
    EXPECT_EQ(outcome(CliDialect::Stake, TransferKind::Deposit, {}, 0), Outcome::Unknown);
    EXPECT_EQ(outcome(CliDialect::Stake, TransferKind::Withdrawal,
                      said("0.13-account-deposit-stake.stdout"), 0),
              Outcome::Unknown)
        << "the answer of another command";
    EXPECT_EQ(outcome(CliDialect::Stake, TransferKind::Deposit,
                      said("0.13-account-deposit-stake.stdout"), std::nullopt),
              Outcome::Unknown);
}

TEST(CliAnswerTest, FailuresFromBeforeAnythingWasSent)
{
    for (const char *file :
         {"0.13-error-no-key.stderr", "0.13-error-rpc.stderr", "0.13-error-too-small.stderr",
          "0.13-error-no-funds.stderr", "1.1-error-no-key.stderr", "1.1-error-no-rpc.stderr"}) {
        const auto result
            = readTransferOutcome(CliDialect::Stake, TransferKind::Deposit, said(file), 1);
        EXPECT_EQ(result.kind, Outcome::NotSent) << file;
        EXPECT_FALSE(result.text.isEmpty()) << file;
    }
    EXPECT_EQ(outcome(CliDialect::Stake, TransferKind::Deposit,
                      "bash: line 4: boundless: command not found\n", 127),
              Outcome::NotSent);
}

TEST(CliAnswerTest, AnyOtherFailureMayHaveSentSomething)
{
    const QByteArray late
        = "Error: Failed to deposit stake\n\nCaused by:\n    transaction was not confirmed\n";
    EXPECT_EQ(outcome(CliDialect::Stake, TransferKind::Deposit, late, 1), Outcome::Unknown);
    EXPECT_EQ(outcome(CliDialect::Stake, TransferKind::Deposit,
                      said("0.13-error-no-funds.stderr") + "\nCaused by:\n    0: timeout\n", 1),
              Outcome::Unknown)
        << "the same sentence stands around every failure of the deposit";
    EXPECT_EQ(outcome(CliDialect::Prover, TransferKind::Deposit, "panicked", 101),
              Outcome::Unknown);
    // What the shell remarks besides proves nothing.
    EXPECT_EQ(outcome(CliDialect::Stake, TransferKind::Deposit,
                      "bash: warning: setlocale: LC_ALL: cannot change locale (xx)\n" + late, 1),
              Outcome::Unknown);
}

TEST(CliAnswerTest, TheAddressOfTheRpcIsNotRepeated)
{
    const auto result = readTransferOutcome(
        CliDialect::Stake, TransferKind::Deposit,
        "Error: Failed to build Boundless client\n\nCaused by:\n    0: error sending request for "
        "url (https://base.example.invalid/v2/0123456789abcdef0123456789abcdef)\n",
        1);
    EXPECT_FALSE(result.text.contains("0123456789abcdef")) << result.text.toStdString();
}

class ServerTransferTest : public ::testing::Test
{
protected:
    ServerTransferTest()
    {
        shell.open();
        shell.acceptLogin();
        checkout.dir = "~/boundless";
        checkout.cli = CliDialect::Stake;
        plan.facts.generation = Generation::Stake;
        plan.facts.decimals = 6;
        plan.facts.chainId = 8453;
        plan.facts.token = *evm::Address::fromText(u"0x833589fcd6edb6e08f4c7c32d4f71b54bda02913");
        plan.facts.market = *evm::Address::fromText(u"0x26759dbb201afba361bec78e097aa3942b0b4ab8");
        plan.account = *evm::Address::fromText(u"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
        plan.amount = *evm::U256::fromUnits(u"2.5", 6);
        plan.collateralAfter = evm::U256();
    }

    void run()
    {
        transfer = std::make_unique<ServerTransfer>(shell, checkout, options);
        transfer->run(plan, [this](const TransferOutcome &result) { results << result; });
        QTest::qWait(0);
    }

    testing::FakeShell shell;
    Checkout checkout;
    ServerTransfer::Options options{.id = "transfer-1", .environmentFile = ".env.base"};
    TransferPlan plan;
    std::unique_ptr<ServerTransfer> transfer;
    QList<TransferOutcome> results;
};

TEST_F(ServerTransferTest, AsksForTheAccountAndThenSendsOnceAsAJob)
{
    run();
    const auto *asked = shell.pending("stake-balance");
    ASSERT_NE(asked, nullptr);
    EXPECT_TRUE(asked->input.contains("set -a; . ./.env.base"));
    EXPECT_TRUE(asked->input.contains("NO_COLOR=1 RUST_LOG=info"));
    shell.reply(said("0.13-account-stake-balance.stdout"), 0, "stake-balance");
    shell.reply("ok\n", 0); // the helper
    const auto start = shell.expectJob("start", "transfer-1");
    EXPECT_TRUE(start.input.contains("pd_run boundless account deposit-stake 2.5\n"));
    EXPECT_TRUE(start.input.contains("0x26759dbb201afba361bec78e097aa3942b0b4ab8"));
    shell.reply(testing::statusLine("running"), 0);
    const auto log = shell.expectJob("log", "transfer-1");
    shell.print(log.id, said("0.13-account-deposit-stake.stdout"));
    shell.finish(log.id);
    const quint64 size = quint64(said("0.13-account-deposit-stake.stdout").size());
    shell.reply(testing::statusLine("done", size, 0), 0);
    ASSERT_EQ(results.size(), 1);
    EXPECT_EQ(results.first().kind, Outcome::Reported);
    EXPECT_EQ(shell.countJobs("start"), 1);
}

TEST_F(ServerTransferTest, AKeyOfAnotherAccountSendsNothing)
{
    plan.account = *evm::Address::fromText(u"0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
    run();
    shell.reply(said("0.13-account-stake-balance.stdout"), 0, "stake-balance");
    ASSERT_EQ(results.size(), 1);
    EXPECT_EQ(results.first().kind, Outcome::NotSent);
    EXPECT_EQ(shell.count("deposit-stake"), 0);
}

TEST_F(ServerTransferTest, AProgramOfAnotherGenerationThanTheMarketSendsNothing)
{
    plan.facts.generation = Generation::Collateral;
    run();
    ASSERT_EQ(results.size(), 1);
    EXPECT_EQ(results.first().kind, Outcome::NotSent);
    EXPECT_TRUE(results.first().text.contains("0.14.1"));
    EXPECT_TRUE(shell.requests().isEmpty());
}

TEST_F(ServerTransferTest, AKeyThatIsHandedOverIsOnNoCommandLineAndInNoJob)
{
    const QByteArray key(64, 'a');
    options.key = key;
    run();
    shell.reply(said("0.13-account-stake-balance.stdout"), 0, "stake-balance");
    ASSERT_NE(shell.pending("deposit-stake"), nullptr);
    EXPECT_TRUE(shell.pending("deposit-stake")->input.contains(key));
    for (const auto &request : shell.requests()) {
        EXPECT_FALSE(request.line.contains(key));
    }
    EXPECT_EQ(shell.countJobs("start"), 0);
    shell.lose();
    ASSERT_EQ(results.size(), 1);
    EXPECT_EQ(results.first().kind, Outcome::Unknown);
}

TEST_F(ServerTransferTest, WhatCannotBeAKeyOrAFileNameIsRefused)
{
    options.key = "0x12; rm";
    run();
    options.key.clear();
    options.environmentFile = "../x y";
    run();
    ASSERT_EQ(results.size(), 2);
    EXPECT_EQ(results.at(0).kind, Outcome::NotSent);
    EXPECT_EQ(results.at(1).kind, Outcome::NotSent);
    EXPECT_TRUE(shell.requests().isEmpty());
}

} // namespace
} // namespace proverdeck::models::boundless

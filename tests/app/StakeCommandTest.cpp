// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/StakeCommand.h"

#include "app/StakeSettings.h"
#include "support/Anvil.h"
#include "support/FaultyProxy.h"
#include "support/Test.h"

#include <QJsonDocument>
#include <QLockFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck::app {
namespace {

using namespace Qt::StringLiterals;
using testing::Anvil;
using testing::FaultyProxy;
using testing::TestMarket;

const QString Us = QString::fromLatin1(Anvil::Account1);

StakeInput inputWith(const QString &url)
{
    StakeInput input;
    if (!url.isEmpty()) {
        input.environment.insert(u"PROVERDECK_RPC_URL"_s, url);
    }
    input.ask = []() -> tl::expected<QString, QString> { return tl::unexpected(u"asked"_s); };
    return input;
}

TEST(StakeArgumentsTest, EveryMistakeHasASentence)
{
    const StakeInput input = inputWith(u"https://base.example/v2/SECRETKEY"_s);
    const QStringList account{u"--account"_s, Us};
    const auto error = [&](const QStringList &arguments) {
        const auto request = parseStake(arguments, input);
        EXPECT_FALSE(request) << arguments.join(u' ').toStdString();
        return request ? QString() : request.error();
    };
    EXPECT_TRUE(error({}).contains(u"balance"));
    EXPECT_TRUE(error({u"burn"_s}).contains(u"burn"));
    EXPECT_TRUE(error({u"balance"_s}).contains(u"--account"));
    EXPECT_TRUE(error({u"balance"_s, u"--account"_s, u"0x12"_s}).contains(u"no address"));
    EXPECT_TRUE(error(QStringList{u"balance"_s, u"5"_s} + account).contains(u"not expected"));
    EXPECT_TRUE(error(QStringList{u"deposit"_s} + account).contains(u"AMOUNT"));
    EXPECT_TRUE(
        error(QStringList{u"balance"_s, u"--network"_s, u"mars"_s} + account).contains(u"mars"));
    EXPECT_TRUE(error(QStringList{u"balance"_s, u"--network"_s, u"custom"_s} + account)
                    .contains(u"--market"));
    EXPECT_TRUE(
        error(QStringList{u"balance"_s, u"--days"_s, u"-1"_s} + account).contains(u"--days"));
    EXPECT_TRUE(
        error(QStringList{u"balance"_s, u"--format"_s, u"xml"_s} + account).contains(u"xml"));
    EXPECT_TRUE(error(QStringList{u"balance"_s, u"--rpc-url-env"_s, u"NOPE"_s} + account)
                    .contains(u"NOPE"));
    EXPECT_TRUE(error(QStringList{u"balance"_s, u"--rpc-url-file"_s, u"/nonexistent"_s} + account)
                    .contains(u"/nonexistent"));
    EXPECT_FALSE(error(QStringList{u"balance"_s, u"--rpc-url"_s, u"ftp://x/SECRETKEY"_s} + account)
                     .contains(u"SECRETKEY"));
    EXPECT_EQ(parseStake(QStringList{u"balance"_s} + account, inputWith({})).error(), u"asked"_s);
    EXPECT_TRUE(error(QStringList{u"deposit"_s, u"1"_s, u"--yes"_s} + account)
                    .contains(u"--yes needs --host"));
    EXPECT_TRUE(error(QStringList{u"balance"_s, u"--host"_s, u"p1"_s} + account)
                    .contains(u"leave --host out"));
    EXPECT_TRUE(error(QStringList{u"deposit"_s, u"1"_s, u"--host=-oProxyCommand=x"_s} + account)
                    .contains(u"no name of a server"));
    EXPECT_TRUE(error(QStringList{u"deposit"_s, u"1"_s, u"--host"_s, u"p1"_s, u"--dir"_s, u"-x"_s}
                      + account)
                    .contains(u"--dir"));
    EXPECT_TRUE(error(QStringList{u"deposit"_s, u"1"_s, u"--host"_s, u"p1"_s, u"--key-file"_s,
                                  u"/nonexistent"_s}
                      + account)
                    .contains(u"--key-file"));

    const auto request = parseStake(QStringList{u"history"_s} + account, input);
    ASSERT_TRUE(request) << request.error().toStdString();
    EXPECT_EQ(request->target.market.toString().toLower(),
              u"0xfd152dadc5183870710fe54f939eae3ab9f0fe82"_s);
    EXPECT_EQ(request->target.historyDays, 7);
    EXPECT_TRUE(request->warnings.isEmpty());
    const auto visible = parseStake(
        QStringList{u"balance"_s, u"--rpc-url"_s, u"http://base.example/x"_s} + account, input);
    EXPECT_EQ(visible->warnings.size(), 2) << "on the command line, and not encrypted";
}

TEST(StakeSettingsTest, NotesOfTransfersThatCannotBeReadAreNoEmptyNotes)
{
    const QTemporaryDir home;
    qputenv("XDG_DATA_HOME", QFile::encodeName(home.path()));
    StakeSettings settings;
    models::boundless::TransferPlan plan;
    plan.facts.chainId = 1;
    plan.facts.market = models::evm::Address::fromText(Us.toLower()).value();
    plan.account = plan.facts.market;
    plan.amount = models::evm::U256(5);
    EXPECT_EQ(settings.changeTransfers(
                  [&](auto &book) { book.submitted(plan, QDateTime::currentDateTimeUtc()); }),
              QString());
    StakeSettings other; // as another program
    EXPECT_FALSE(other.transfers().whyHeldBack(plan).isEmpty());
    EXPECT_EQ(QFile(StakeSettings::transfersPath()).permissions()
                  & (QFile::ReadGroup | QFile::ReadOther),
              QFile::Permissions());

    bool isCalled = false;
    const auto change = [&](auto & /*book*/) { isCalled = true; };
    for (const QByteArray &text : {QByteArray(), QByteArray("{\"transfers\": ["),
                                   QByteArray("{\"transfers\": [{}]}"), QByteArray("[]")}) {
        QFile file(StakeSettings::transfersPath());
        ASSERT_TRUE(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(text);
        file.close();
        EXPECT_TRUE(other.changeTransfers(change).contains(u"damaged")) << text.toStdString();
        EXPECT_FALSE(isCalled) << "nothing is sent on notes that are not known";
    }
    QFile::remove(StakeSettings::transfersPath());
    QLockFile lock(StakeSettings::transfersPath() + u".lock"_s);
    ASSERT_TRUE(lock.tryLock());
    EXPECT_TRUE(other.changeTransfers(change).contains(u"Another program"));
    EXPECT_FALSE(isCalled);
    qunsetenv("XDG_DATA_HOME");
}

/// The program itself against a real node behind a proxy.
class StakeCommandTest : public ::testing::Test
{
protected:
    struct Run
    {
        int code = -1;
        QByteArray out;
        QByteArray err;
        [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    };

    void SetUp() override
    {
        if (const QString why = Anvil::whyNot(); !why.isEmpty()) {
            GTEST_SKIP() << why.toStdString();
        }
        node = std::make_unique<Anvil>(QStringList{u"--chain-id"_s, u"84532"_s});
        proxy = std::make_unique<FaultyProxy>(node->url());
        market = TestMarket::deploy(*node, 2, 18, u"ZKC"_s);
        market.deposit(*node, u"512500000000000000001"_s);
        market.withdraw(*node, u"2500000000000000000"_s);
    }

    Run run(const QStringList &arguments, const QByteArray &input = {}, bool hasEnvironment = true)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(u"PROVERDECK_RPC_URL"_s);
        if (hasEnvironment) {
            environment.insert(u"PROVERDECK_RPC_URL"_s, proxy->url().toString());
        }
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(PROVERDECK_BINARY_DIR "/proverdeck"),
                      QStringList{u"stake"_s} + arguments
                          + QStringList{u"--network"_s, u"custom"_s, u"--market"_s, market.market,
                                        u"--account"_s, Us});
        process.write(input);
        process.closeWriteChannel();
        EXPECT_TRUE(
            QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 60'000));
        Run result{process.exitCode(), process.readAllStandardOutput(),
                   process.readAllStandardError()};
        EXPECT_FALSE(result.out.contains("SECRETKEY")) << result.out.toStdString();
        EXPECT_FALSE(result.err.contains("SECRETKEY")) << result.err.toStdString();
        return result;
    }

    std::unique_ptr<Anvil> node;
    std::unique_ptr<FaultyProxy> proxy;
    TestMarket market;
};

TEST_F(StakeCommandTest, TheBalanceExactly)
{
    const Run text = run({u"balance"_s});
    EXPECT_EQ(text.code, 0) << text.err.toStdString();
    EXPECT_TRUE(text.out.contains("510.000000000000000001 ZKC")) << text.out.toStdString();
    EXPECT_TRUE(text.out.contains("Locked          \xe2\x80\x93")) << "unknown, not 0";
    const QJsonObject json = run({u"balance"_s, u"--format"_s, u"json"_s}).json();
    EXPECT_EQ(json.value(u"collateral"_s).toObject().value(u"amount"_s).toString(),
              u"510.000000000000000001"_s);
    EXPECT_EQ(json.value(u"collateral"_s).toObject().value(u"base_units"_s).toString(),
              u"510000000000000000001"_s);
    EXPECT_EQ(json.value(u"wallet"_s).toObject().value(u"amount"_s).toString(), u"2.5"_s);
    EXPECT_EQ(json.value(u"generation"_s).toString(), u"collateral"_s);
    EXPECT_TRUE(json.value(u"locked"_s).isNull());
}

TEST_F(StakeCommandTest, TheHistoryEndsAtTheChain)
{
    const Run result = run({u"history"_s, u"--format"_s, u"json"_s});
    EXPECT_EQ(result.code, 0) << result.err.toStdString();
    const QJsonObject json = result.json();
    const QJsonArray series = json.value(u"series"_s).toArray();
    EXPECT_EQ(series.last()[u"base_units"_s].toString(), u"510000000000000000001"_s);
    EXPECT_EQ(series.first()[u"base_units"_s].toString(), u"0"_s);
    EXPECT_TRUE(json.value(u"complete"_s).toBool());
    EXPECT_TRUE(json.value(u"unexplained"_s).toArray().isEmpty());
    int deposits = 0;
    for (const QJsonValue &event : json.value(u"events"_s).toArray()) {
        deposits += event[u"kind"_s] == u"deposit"_s ? 1 : 0;
        EXPECT_EQ(event[u"transaction"_s].toString().size(), 66);
        EXPECT_FALSE(event[u"time"_s].isNull());
    }
    EXPECT_EQ(deposits, 1);
    EXPECT_TRUE(run({u"history"_s}).out.contains("withdrawal"));
}

TEST_F(StakeCommandTest, TheAddressFromAFileAndFromStandardInput)
{
    QTemporaryDir dir;
    QFile file(dir.filePath(u"url"_s));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(proxy->url().toString().toUtf8() + "\n");
    file.close();
    EXPECT_EQ(run({u"balance"_s, u"--rpc-url-file"_s, file.fileName()}, {}, false).code, 0);
    EXPECT_EQ(run({u"balance"_s, u"--rpc-url-file"_s, u"-"_s},
                  proxy->url().toString().toUtf8() + "\n", false)
                  .code,
              0);
    const Run none = run({u"balance"_s}, {}, false);
    EXPECT_EQ(none.code, 2);
    EXPECT_TRUE(none.err.contains("PROVERDECK_RPC_URL"));
}

TEST_F(StakeCommandTest, FailuresHaveTheirExitStatus)
{
    proxy->fail({u"unauthorized"_s, -1});
    EXPECT_EQ(run({u"balance"_s}).code, 3);
    proxy->clear();
    proxy->fail({u"html-502"_s, -1});
    EXPECT_EQ(run({u"balance"_s, u"--timeout"_s, u"2"_s}).code, 3);
    proxy->clear();
    proxy->fail({u"throttle-http"_s, 2, {}, 0});
    EXPECT_EQ(run({u"balance"_s}).code, 0) << "waited out";
    const QString right = market.market;
    market.market = Us;
    const Run nothing = run({u"balance"_s});
    EXPECT_EQ(nothing.code, 4);
    EXPECT_TRUE(nothing.err.contains("no contract"));
    market.market = right;
    EXPECT_EQ(run({u"balance"_s, u"--network"_s, u"base"_s}).code, 0)
        << "the last --network counts";
    proxy->fail({u"hang"_s, -1, u"eth_getLogs"_s});
    const Run partial = run({u"history"_s, u"--format"_s, u"json"_s, u"--timeout"_s, u"3"_s});
    EXPECT_EQ(partial.code, 6);
    EXPECT_FALSE(partial.json().value(u"complete"_s).toBool(true));
    EXPECT_FALSE(partial.json().value(u"collateral"_s).isNull()) << "what is known is printed";
}

TEST_F(StakeCommandTest, ATransferIsOnlyShown)
{
    const quint64 height = node->height();
    const Run deposit = run({u"deposit"_s, u"1.5"_s, u"--format"_s, u"json"_s});
    EXPECT_EQ(deposit.code, 0) << deposit.err.toStdString();
    EXPECT_EQ(deposit.json().value(u"wallet_after"_s).toObject().value(u"amount"_s).toString(),
              u"1"_s);
    EXPECT_EQ(run({u"deposit"_s, u"3"_s}).code, 4);
    EXPECT_EQ(run({u"withdraw"_s, u"1,5"_s}).code, 2);
    EXPECT_TRUE(run({u"withdraw"_s, u"10"_s}).out.contains("Nothing was sent"));
    EXPECT_EQ(node->height(), height);
    EXPECT_EQ(proxy->seenCount(u"eth_sendTransaction"_s)
                  + proxy->seenCount(u"eth_sendRawTransaction"_s),
              0);
}

} // namespace
} // namespace proverdeck::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/DemoHost.h"
#include "models/boundless/ops/BrokerFollower.h"
#include "models/boundless/ops/DbCopy.h"
#include "models/boundless/ops/SafeStop.h"
#include "models/boundless/ops/ServerFile.h"
#include "models/boundless/ops/ServerTransfer.h"
#include "models/boundless/ops/SettingsProof.h"
#include "models/workflow/Plan.h"
#include "ssh/SshShell.h"
#include "support/Anvil.h"
#include "support/Test.h"

#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <QTimer>

#include <memory>

using namespace std::chrono_literals;

namespace proverdeck::app::demo {
namespace {

using models::boundless::Checkout;
using models::boundless::HoldingOrder;
using models::boundless::SafeStop;
using models::boundless::StopState;
using models::boundless::StopVerdict;

constexpr int StartLimit = 30'000;
constexpr int LongLimit = 90'000;
constexpr char Key[] = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/// Keeps entries in memory; after @c allowed of them it is as if the power had gone.
class FrailJournal : public models::Journal
{
public:
    tl::expected<void, QString> append(const QString & /*runId*/,
                                       const models::JournalEntry &entry) override
    {
        entries << entry;
        if (onEntry) {
            onEntry(entry.what);
        }
        return {};
    }
    QList<models::JournalEntry> entries;
    std::function<void(const QString &)> onEntry;
};

class BoundlessOpsTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        if (QStandardPaths::findExecutable("ssh").isEmpty()) {
            GTEST_SKIP() << "no ssh client here";
        }
    }

    void TearDown() override
    {
        stop.reset();
        shell.reset();
        if (demo && demo->isReady()) {
            QSignalSpy stopped(demo.get(), &DemoHost::stopped);
            demo->stop();
            EXPECT_TRUE(QTest::qWaitFor([&] { return !stopped.isEmpty(); }, StartLimit));
        }
    }

    void start(const QStringList &faults = {}, double speed = 120)
    {
        demo = std::make_unique<DemoHost>(DemoHost::Options{.speed = speed, .faults = faults});
        QSignalSpy ready(demo.get(), &DemoHost::ready);
        QSignalSpy failed(demo.get(), &DemoHost::failed);
        demo->start();
        ASSERT_TRUE(
            QTest::qWaitFor([&] { return !ready.isEmpty() || !failed.isEmpty(); }, StartLimit));
        if (!failed.isEmpty()) {
            const QString sentence = failed.at(0).at(0).toString();
            if (sentence.contains("openssh-server")) {
                GTEST_SKIP() << "no OpenSSH server here";
            }
            FAIL() << sentence.toStdString();
        }
        connectShell();
    }

    void connectShell()
    {
        shell = std::make_unique<ssh::SshShell>(
            ssh::HostTarget{"demo", demo->sshConfigPath(), {}, false});
        QSignalSpy opened(shell.get(), &ssh::RemoteShell::opened);
        shell->open();
        ASSERT_TRUE(QTest::qWaitFor([&] { return !opened.isEmpty(); }, StartLimit));
    }

    /// A command as a person would type it, with ssh itself.
    QByteArray login(const QByteArray &script) const
    {
        QProcess ssh;
        ssh.start("ssh", {"-F", demo->sshConfigPath(), "demo", "bash -l"});
        ssh.write(script);
        ssh.closeWriteChannel();
        EXPECT_TRUE(ssh.waitForFinished(LongLimit)) << script.toStdString();
        return ssh.readAllStandardOutput();
    }

    /// Starts the broker and waits until it has locked so many orders.
    void startBroker(int locks)
    {
        login("cd ~/boundless; . ./.env.base; just broker >/dev/null 2>&1");
        EXPECT_TRUE(QTest::qWaitFor(
            [&] { return brokerLog().count("order_monitor: Locked request: ") >= locks; },
            LongLimit));
    }
    [[nodiscard]] QByteArray brokerLog() const
    {
        return login("cd ~/boundless; docker compose logs --no-log-prefix broker");
    }
    [[nodiscard]] QByteArray file(const QString &name) const
    {
        QFile content(demo->dir() + "/home/" + name);
        return content.open(QIODevice::ReadOnly) ? content.readAll() : QByteArray();
    }

    [[nodiscard]] models::Reply ask(const QByteArray &script)
    {
        models::Caller caller(*shell);
        std::optional<models::Reply> answer;
        caller.call(shell->runLoginScript(script, 60s),
                    [&](const models::Reply &reply) { answer = reply; });
        EXPECT_TRUE(QTest::qWaitFor([&] { return answer.has_value(); }, LongLimit));
        return answer.value_or(models::Reply());
    }
    [[nodiscard]] Checkout checkoutOf(const QString &dir)
    {
        const auto checkout = models::boundless::parseCheckout(
            dir, ask(models::boundless::checkoutScript(dir)).out);
        EXPECT_TRUE(checkout) << (checkout ? "" : checkout.error().toStdString());
        return checkout.value_or(Checkout());
    }

    void beginStop(const QString &dir = "~/boundless",
                   models::boundless::ChainWitness *witness = nullptr,
                   const QString &id = "stop-test")
    {
        models::boundless::StopOptions options;
        options.id = id;
        options.dir = dir;
        options.journal = &journal;
        options.poll = 300ms;
        stop = std::make_unique<SafeStop>(*shell, options, witness);
        stop->restore(models::boundless::readStopPast(journal.entries));
        stop->start();
    }
    [[nodiscard]] bool waitFor(StopState state)
    {
        return QTest::qWaitFor(
                   [&] {
                       return stop->state() == state || models::boundless::isFinal(stop->state());
                   },
                   LongLimit)
            && stop->state() == state;
    }

    std::unique_ptr<DemoHost> demo;
    std::unique_ptr<ssh::SshShell> shell;
    FrailJournal journal;
    std::unique_ptr<SafeStop> stop;
};

#define START(...)                                                                                 \
    start(__VA_ARGS__);                                                                            \
    if (HasFatalFailure() || IsSkipped()) {                                                        \
        return;                                                                                    \
    }

TEST_F(BoundlessOpsTest, AFileOfTheServerIsWrittenInPlaceOrNotAtAll)
{
    START();
    const QString path = checkoutOf("~/boundless").path + "/broker.toml";
    models::boundless::ServerFile toml(*shell, path);
    std::optional<tl::expected<QByteArray, QString>> text;
    toml.read([&](const auto &bytes) { text = bytes; });
    ASSERT_TRUE(QTest::qWaitFor([&] { return text.has_value(); }, LongLimit));
    ASSERT_TRUE(*text) << text->error().toStdString();
    EXPECT_EQ(**text, file("boundless/broker.toml"));
    const QByteArray before = **text;
    const QByteArray now = before + "# kept by hand\n";

    const auto write = [&](const QByteArray &old, const QByteArray &fresh) {
        std::optional<QString> problem;
        toml.write(old, fresh, [&](const QString &why) { problem = why; });
        EXPECT_TRUE(QTest::qWaitFor([&] { return problem.has_value(); }, LongLimit));
        return problem.value_or("no answer");
    };
    const QByteArray inode = login("stat -c %i ~/boundless/broker.toml");
    EXPECT_EQ(write(before, now), QString());
    EXPECT_EQ(file("boundless/broker.toml"), now);
    EXPECT_EQ(login("stat -c %i ~/boundless/broker.toml"), inode) << "the container has it mounted";
    EXPECT_EQ(login("cat ~/boundless/broker.toml.proverdeck-*.bak"), before);
    // Somebody else was faster.
    EXPECT_THAT(write(before, before + "# other\n").toStdString(),
                ::testing::HasSubstr("Somebody has changed"));
    EXPECT_EQ(file("boundless/broker.toml"), now);

    models::boundless::ServerFile missing(*shell, path + ".none");
    text.reset();
    missing.read([&](const auto &bytes) { text = bytes; });
    ASSERT_TRUE(QTest::qWaitFor([&] { return text.has_value(); }, LongLimit));
    EXPECT_FALSE(*text);
}

TEST_F(BoundlessOpsTest, TheBrokersLogProvesWhetherItTookTheSettings)
{
    using models::boundless::SettingsProof;
    START({}, 300);
    startBroker(1);
    const Checkout checkout = checkoutOf("~/boundless");
    models::boundless::BrokerAnalysis analysis;
    SettingsProof proof;
    models::boundless::BrokerFollower follower(*shell, checkout, std::nullopt);
    QObject::connect(&follower, &models::boundless::BrokerFollower::bytesCame, &follower,
                     [&](const QByteArray &bytes) {
                         analysis.feedLog("broker", bytes);
                         proof.look(analysis.facts().settings);
                     });
    follower.start();
    EXPECT_TRUE(QTest::qWaitFor([&] { return analysis.facts().records > 0; }, LongLimit));
    models::boundless::ServerFile toml(*shell, checkout.path + "/broker.toml");
    QByteArray before = file("boundless/broker.toml");
    QByteArray broken = before;
    broken.replace("[market]", "[market");
    for (const auto &[now, state] :
         {qMakePair(QByteArray(before + "# mine\n"), SettingsProof::State::Taken),
          qMakePair(broken, SettingsProof::State::Refused)}) {
        const auto word = analysis.facts().settings;
        std::optional<QString> problem;
        toml.write(before, now, [&](const QString &why) { problem = why; });
        ASSERT_TRUE(QTest::qWaitFor([&] { return problem.has_value(); }, LongLimit));
        EXPECT_EQ(*problem, QString());
        proof.begin(word, 0, true, std::chrono::hours(1));
        proof.look(analysis.facts().settings);
        EXPECT_TRUE(
            QTest::qWaitFor([&, wanted = state] { return proof.state() == wanted; }, LongLimit))
            << proof.text().toStdString();
        before = now;
    }
    EXPECT_TRUE(proof.text().contains("goes on with the old values")) << proof.text().toStdString();
}

TEST_F(BoundlessOpsTest, TellsBothLayoutsApartAndWhatRuns)
{
    START();
    const Checkout old = checkoutOf("~/boundless");
    EXPECT_EQ(models::boundless::eraWord(old.era), "0.13");
    EXPECT_EQ(old.describe, "v0.13.1");
    EXPECT_EQ(old.recipe, "broker");
    EXPECT_EQ(old.cli, models::boundless::CliDialect::Stake);
    EXPECT_EQ(old.keyFiles, QStringList{".env.base"});
    const Checkout recent = checkoutOf("~/boundless-2");
    EXPECT_EQ(models::boundless::eraWord(recent.era), "2.0");
    EXPECT_EQ(recent.recipe, "prover");
    EXPECT_EQ(recent.keyFiles, QStringList{".env"});

    login("cd ~/boundless-2; just prover >/dev/null 2>&1");
    const models::Reply reply = ask(models::boundless::stackStatusScript(recent));
    EXPECT_FALSE(reply.out.contains(Key));
    const auto status = models::boundless::parseStackStatus(reply.out);
    ASSERT_TRUE(status) << status.error().toStdString();
    EXPECT_TRUE(status->isBrokerRunning());
    EXPECT_EQ(status->segmentSize, 21);
    EXPECT_EQ(status->running("exec_agent"), 4);
    EXPECT_EQ(status->running("gpu_prove_agent"), 1);
    EXPECT_EQ(status->broker()->restarts, 0);
    EXPECT_TRUE(models::boundless::findingsOf(*status).isEmpty());
}

TEST_F(BoundlessOpsTest, ABrokerThatWasKilledForMemoryIsShown)
{
    START({"broker-oom"}, 600);
    login("cd ~/boundless; . ./.env.base; just broker >/dev/null 2>&1");
    const Checkout checkout = checkoutOf("~/boundless");
    std::optional<models::boundless::StackStatus> status;
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            const auto now = models::boundless::parseStackStatus(
                ask(models::boundless::stackStatusScript(checkout)).out);
            status = now ? std::optional(*now) : std::nullopt;
            return status && status->broker() && status->broker()->restarts > 0
                && status->broker()->isRunning;
        },
        LongLimit));
    EXPECT_TRUE(brokerLog().contains("proofs currently proving"));
}

TEST_F(BoundlessOpsTest, TheLogIsFollowedAcrossCutConnectionsWithoutAGapOrADouble)
{
    START({}, 300);
    startBroker(1);
    QByteArray got;
    models::boundless::BrokerFollower follower(*shell, checkoutOf("~/boundless"), std::nullopt);
    QObject::connect(&follower, &models::boundless::BrokerFollower::bytesCame, &follower,
                     [&got](const QByteArray &bytes) { got += bytes; });
    QSignalSpy lost(shell.get(), &ssh::RemoteShell::connectionLost);
    QObject::connect(shell.get(), &ssh::RemoteShell::connectionLost, shell.get(),
                     &ssh::RemoteShell::open);
    follower.start();
    for (int cut = 0; cut < 3; ++cut) {
        const qsizetype before = got.size();
        EXPECT_TRUE(QTest::qWaitFor([&] { return got.size() > before + 500; }, LongLimit));
        const qsizetype losses = lost.size();
        demo->cutConnections();
        EXPECT_TRUE(QTest::qWaitFor([&] { return lost.size() > losses; }, LongLimit));
    }
    const qsizetype before = got.size();
    EXPECT_TRUE(QTest::qWaitFor([&] { return got.size() > before + 500; }, LongLimit));
    login("cd ~/boundless; docker stop bento-broker-1 >/dev/null");
    const QByteArray whole = brokerLog();
    EXPECT_TRUE(QTest::qWaitFor([&] { return got.size() >= whole.size(); }, LongLimit));
    EXPECT_TRUE(got == whole) << got.size() << " and " << whole.size() << " bytes";
}

TEST_F(BoundlessOpsTest, TheDatabaseIsReadWhileTheBrokerWrites)
{
    START({}, 600);
    startBroker(2);
    const Checkout checkout = checkoutOf("~/boundless");
    for (int round = 0; round < 5; ++round) {
        const models::Reply reply = ask(models::boundless::dbCopyScript(checkout));
        const auto copy = models::boundless::parseDbCopy(reply.out);
        if (!copy && reply.out.isEmpty()) {
            GTEST_SKIP() << "no SQLite library for the demo host here";
        }
        ASSERT_TRUE(copy) << copy.error().toStdString();
        const auto db = models::boundless::readDbCopy(*copy);
        ASSERT_TRUE(db) << db.error().toStdString();
        EXPECT_GE(db->orders.size(), 2);
        EXPECT_EQ(models::boundless::accountOf(*db), "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
    }
}

TEST_F(BoundlessOpsTest, ASafeStopWaitsForBothOrdersAndSetsTheLimitBack)
{
    START({"slow"}, 40);
    startBroker(2);
    const QByteArray toml = file("boundless/broker.toml");
    QStringList holding;
    beginStop();
    QObject::connect(stop.get(), &SafeStop::judged, stop.get(), [&] {
        for (const HoldingOrder &order : stop->verdict().holding) {
            holding << order.requestId;
        }
    });
    QByteArray printed;
    QObject::connect(stop.get(), &SafeStop::output, stop.get(),
                     [&](const QByteArray &bytes) { printed += bytes; });
    ASSERT_TRUE(waitFor(StopState::Waiting)) << stop->problem().toStdString();
    EXPECT_TRUE(file("boundless/broker.toml").contains("max_concurrent_proofs = 0\n"));
    EXPECT_TRUE(QTest::qWaitFor([&] { return !holding.isEmpty(); }, LongLimit));
    EXPECT_EQ(stop->verdict().answer, StopVerdict::Answer::Wait);
    ASSERT_EQ(stop->verdict().holding.size(), 2);
    for (const HoldingOrder &order : stop->verdict().holding) {
        EXPECT_EQ(order.why, HoldingOrder::Why::InWork);
        EXPECT_EQ(order.collateralRaw, "5000000");
        EXPECT_TRUE(order.lockDeadlineMs);
    }
    ASSERT_TRUE(waitFor(StopState::Stopping)) << stop->problem().toStdString();
    EXPECT_EQ(stop->verdict().source, "broker.db");
    ASSERT_TRUE(waitFor(StopState::Stopped)) << stop->problem().toStdString();
    EXPECT_TRUE(printed.contains("bento-broker-1  Removed"));
    EXPECT_EQ(file("boundless/broker.toml"), toml);
    const auto db = models::boundless::readBrokerDb(demo->dir()
                                                    + "/state/volumes/bento_broker-data/broker.db");
    ASSERT_TRUE(db) << db.error().toStdString();
    holding.removeDuplicates();
    EXPECT_GE(holding.size(), 2);
    for (const auto &order : db->orders) {
        EXPECT_EQ(order.status, "Done") << order.requestId.toStdString();
        holding.removeAll(order.requestId);
    }
    EXPECT_TRUE(holding.isEmpty()) << "all that held it up were delivered";
    EXPECT_EQ(login("docker ps -q"), "");
}

TEST_F(BoundlessOpsTest, AnOrderThatCannotBeJudgedIsNeverStopped)
{
    START({"lost-lock"}, 300);
    login("cd ~/boundless; . ./.env.base; just broker >/dev/null 2>&1");
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return brokerLog().contains("B-OM-006") && brokerLog().count("Completed order"); },
        LongLimit));
    const QByteArray toml = file("boundless/broker.toml");
    beginStop();
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            return stop->state() == StopState::Waiting
                && stop->verdict().answer == StopVerdict::Answer::Unknown
                && !stop->verdict().holding.isEmpty();
        },
        LongLimit));
    QSignalSpy judged(stop.get(), &SafeStop::judged);
    EXPECT_TRUE(QTest::qWaitFor([&] { return judged.size() >= 4; }, LongLimit));
    EXPECT_EQ(stop->state(), StopState::Waiting);
    EXPECT_EQ(stop->verdict().answer, StopVerdict::Answer::Unknown);
    EXPECT_EQ(stop->verdict().holding.first().why, HoldingOrder::Why::Unjudged);
    stop->cancel();
    ASSERT_TRUE(waitFor(StopState::Cancelled)) << stop->problem().toStdString();
    EXPECT_EQ(file("boundless/broker.toml"), toml);
    EXPECT_TRUE(login("docker ps --format '{{.Names}}'").contains("bento-broker-1"));
}

/// Says of every lock that its deadline was a while ago.
class LateWitness : public models::boundless::ChainWitness
{
public:
    void ask(const QString & /*account*/, const QStringList &ids, const Answer &answer) override
    {
        QList<models::boundless::OrderChainFacts> facts;
        for (const QString &id : ids) {
            models::boundless::OrderChainFacts one;
            one.requestId = id;
            one.lockDeadlineMs = 1'000;
            one.paidWhileLocked = false;
            facts << one;
        }
        QTimer::singleShot(0, &context, [facts, answer] { answer(facts); });
    }
    QObject context;
};

TEST_F(BoundlessOpsTest, TheChainJudgesALockThatTheBrokerHasLost)
{
    START({"lost-lock"}, 300);
    login("cd ~/boundless; . ./.env.base; just broker >/dev/null 2>&1");
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return brokerLog().contains("B-OM-006") && brokerLog().count("Completed order"); },
        LongLimit));
    LateWitness witness;
    beginStop("~/boundless", &witness);
    ASSERT_TRUE(waitFor(StopState::Stopped)) << stop->problem().toStdString();
    EXPECT_TRUE(stop->verdict().source.contains("chain"));
    EXPECT_FALSE(stop->verdict().lost.isEmpty()) << "said, not hidden";
}

TEST_F(BoundlessOpsTest, AStopThatAnotherMachineLeftGivesItsLimitBack)
{
    START({}, 120);
    startBroker(1);
    const QByteArray toml = file("boundless/broker.toml");
    beginStop();
    ASSERT_TRUE(waitFor(StopState::Waiting)) << stop->problem().toStdString();
    EXPECT_TRUE(stop->limitSource().isEmpty());
    stop.reset(); // that machine is gone for good
    journal.entries.clear();
    beginStop("~/boundless/.", nullptr, "stop-other");
    ASSERT_TRUE(waitFor(StopState::Stopped)) << stop->problem().toStdString();
    EXPECT_EQ(stop->limitSource(), "broker.toml.proverdeck-stop-test.bak");
    EXPECT_EQ(file("boundless/broker.toml"), toml) << "not 0 for ever";

    // Set to 0 by a person: what was before is no longer looked for.
    startBroker(1);
    login("cd ~/boundless; sed -i.person 's/^max_concurrent_proofs = .*/max_concurrent_proofs = "
          "0/' broker.toml; cat broker.toml >x; cat x >broker.toml");
    const QByteArray zero = file("boundless/broker.toml");
    ASSERT_TRUE(zero.contains("max_concurrent_proofs = 0\n"));
    login("cd ~/boundless; just broker down >/dev/null 2>&1; . ./.env.base; just broker >/dev/null "
          "2>&1");
    journal.entries.clear();
    beginStop("~/boundless", nullptr, "stop-third");
    ASSERT_TRUE(waitFor(StopState::Stopped)) << stop->problem().toStdString();
    EXPECT_EQ(file("boundless/broker.toml"), zero);
}

TEST_F(BoundlessOpsTest, AStackTakenDownByHandIsNoticedAndSaid)
{
    START({"slow"}, 40);
    startBroker(1);
    const QByteArray toml = file("boundless/broker.toml");
    beginStop();
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return stop->state() == StopState::Waiting && !stop->verdict().holding.isEmpty(); },
        LongLimit));
    login("docker kill bento-broker-1 >/dev/null; cd ~/boundless; docker compose --profile broker "
          "down >/dev/null 2>&1");
    ASSERT_TRUE(waitFor(StopState::Overtaken)) << stop->problem().toStdString();
    EXPECT_TRUE(stop->problem().contains("before it was safe"));
    EXPECT_TRUE(stop->problem().contains("Orders that depended on it: "))
        << stop->problem().toStdString();
    EXPECT_EQ(file("boundless/broker.toml"), toml);
    EXPECT_EQ(journal.entries.last().what, "finish");
}

TEST_F(BoundlessOpsTest, ABrokerThatDoesNotSeeTheFileIsNotWaitedFor)
{
    START({}, 120);
    startBroker(1);
    login("cd ~/boundless; cp broker.toml new; mv new broker.toml"); // as many editors save
    const QByteArray toml = file("boundless/broker.toml");
    beginStop();
    ASSERT_TRUE(waitFor(StopState::Refused));
    EXPECT_TRUE(stop->problem().contains("does not see the change"));
    EXPECT_EQ(file("boundless/broker.toml"), toml);
}

TEST_F(BoundlessOpsTest, KilledAfterEachEntryOfItsJournalItGoesOn)
{
    START({}, 300);
    startBroker(1);
    const QByteArray toml = file("boundless/broker.toml");
    for (const char *what : {"stop", "limit", "drained", "down", "ended", "restored"}) {
        bool isDead = false;
        journal.onEntry
            = [&](const QString &entry) { isDead = isDead || entry == QLatin1StringView(what); };
        beginStop();
        EXPECT_TRUE(QTest::qWaitFor([&] { return isDead; }, LongLimit))
            << what << ": " << stop->problem().toStdString();
        // Nothing of what it still has to do happens: it is gone, and its connection, too.
        stop.reset();
        shell.reset();
        journal.onEntry = {};
        if (journal.entries.last().what == "finish") {
            break;
        }
        connectShell();
    }
    if (journal.entries.last().what != "finish") {
        beginStop();
        ASSERT_TRUE(waitFor(StopState::Stopped)) << stop->problem().toStdString();
    }
    const auto count = [this](const QString &what) {
        return std::count_if(journal.entries.begin(), journal.entries.end(),
                             [&](const auto &entry) { return entry.what == what; });
    };
    EXPECT_EQ(count("stop"), 1);
    EXPECT_EQ(count("limit"), 1) << "the old limit is the one from before the first change";
    EXPECT_EQ(count("down"), 1);
    EXPECT_EQ(file("boundless/broker.toml"), toml);
    EXPECT_EQ(login("docker ps -q"), "");
}

// ---- deposits
// ------------------------------------------------------------------------------------

using models::boundless::Generation;
using models::boundless::ServerTransfer;
using models::boundless::TransferKind;
using models::boundless::TransferOutcome;

class ServerDepositTest : public BoundlessOpsTest
{
protected:
    void SetUp() override
    {
        BoundlessOpsTest::SetUp();
        if (!testing::Anvil::whyNot().isEmpty()) {
            GTEST_SKIP() << testing::Anvil::whyNot().toStdString();
        }
    }

    /// The era's program, its market on a node of its own, and the server's environment file.
    void prepare(Generation generation, const QByteArray &version, const QStringList &faults = {})
    {
        start(faults, 60);
        if (HasFatalFailure() || IsSkipped()) {
            return;
        }
        node = std::make_unique<testing::Anvil>();
        const bool isOld = generation == Generation::Stake;
        market = testing::TestMarket::deploy(*node, isOld ? 1 : 2, isOld ? 6 : 18,
                                             isOld ? "USDC" : "ZKC");
        const QString account = testing::Anvil::Account0;
        node->send(account, market.token,
                   testing::callData("mint(address,uint256)",
                                     {account.mid(2), testing::hexNumber(1'000'000'000).mid(2)}));
        login("mkdir -p ~/.cargo; echo '\"boundless-cli " + version
              + " (x)\" = [\"boundless\"]' >~/.cargo/.crates.toml\nprintf '%s\\n' "
                "'BOUNDLESS_MARKET_ADDRESS="
              + market.market.toUtf8() + "' 'RPC_URL=" + node->url().toString().toUtf8()
              + "' 'PRIVATE_KEY=" + Key + "' 'RUST_LOG=error' >~/boundless/.env.broker\n");
        plan.kind = TransferKind::Deposit;
        plan.facts.generation = generation;
        plan.facts.decimals = isOld ? 6 : 18;
        plan.facts.chainId = 31337;
        plan.facts.token = *models::evm::Address::fromText(market.token.toLower());
        plan.facts.market = *models::evm::Address::fromText(market.market.toLower());
        plan.account = *models::evm::Address::fromText(account);
        plan.amount = *models::evm::U256::fromDecimal(u"250");
        plan.collateralAfter = plan.amount;
    }

    [[nodiscard]] TransferOutcome run(ServerTransfer::Options options)
    {
        options.id = QStringLiteral("transfer-%1").arg(++transfers);
        ServerTransfer transfer(*shell, checkoutOf("~/boundless"), options);
        QObject::connect(&transfer, &ServerTransfer::output, &transfer,
                         [this](const QByteArray &bytes) { printed += bytes; });
        std::optional<TransferOutcome> outcome;
        transfer.run(plan, [&](const TransferOutcome &result) { outcome = result; });
        EXPECT_TRUE(QTest::qWaitFor([&] { return outcome.has_value(); }, LongLimit));
        return outcome.value_or(TransferOutcome());
    }

    [[nodiscard]] quint64 credit()
    {
        const bool isOld = plan.facts.generation == Generation::Stake;
        const QString data
            = testing::callData(isOld ? "balanceOfStake(address)" : "balanceOfCollateral(address)",
                                {QString(testing::Anvil::Account0).mid(2)});
        const QString word
            = node->call("eth_call", {QJsonObject{{"to", market.market}, {"data", data}}, "latest"})
                  .toString();
        return word.right(16).toULongLong(nullptr, 16);
    }

    std::unique_ptr<testing::Anvil> node;
    testing::TestMarket market;
    models::boundless::TransferPlan plan;
    QByteArray printed;
    int transfers = 0;
};

TEST_F(ServerDepositTest, DepositsAndWithdrawsInEveryDialect)
{
    for (const auto &[generation, version] :
         {std::pair(Generation::Stake, "0.14.1"), std::pair(Generation::Collateral, "1.0.2"),
          std::pair(Generation::Collateral, "2.0.2")}) {
        prepare(generation, version);
        if (HasFatalFailure() || IsSkipped()) {
            return;
        }
        const TransferOutcome in = run({.environmentFile = ".env.broker"});
        EXPECT_EQ(in.kind, TransferOutcome::Kind::Reported) << version << in.text.toStdString();
        EXPECT_EQ(credit(), 250U) << version;
        plan.kind = TransferKind::Withdrawal;
        plan.amount = *models::evm::U256::fromDecimal(u"50");
        const TransferOutcome back = run({.environmentFile = ".env.broker"});
        EXPECT_EQ(back.kind, TransferOutcome::Kind::Reported) << version << back.text.toStdString();
        EXPECT_EQ(credit(), 200U) << version;
        EXPECT_FALSE(printed.contains(Key)) << version;
        TearDown();
    }
}

TEST_F(ServerDepositTest, AFailureAfterSendingIsUnknownAndOneBeforeIsNot)
{
    prepare(Generation::Stake, "0.14.1", {"deposit-unconfirmed"});
    if (HasFatalFailure() || IsSkipped()) {
        return;
    }
    const TransferOutcome unclear = run({.environmentFile = ".env.broker"});
    EXPECT_EQ(unclear.kind, TransferOutcome::Kind::Unknown) << unclear.text.toStdString();
    EXPECT_EQ(credit(), 250U) << "it had been sent all the same";

    node->stop();
    const TransferOutcome refused = run({.environmentFile = ".env.broker"});
    EXPECT_EQ(refused.kind, TransferOutcome::Kind::NotSent) << refused.text.toStdString();
}

TEST_F(ServerDepositTest, AServerOnAnotherChainOrMarketSendsNothing)
{
    prepare(Generation::Collateral, "2.0.2");
    if (HasFatalFailure() || IsSkipped()) {
        return;
    }
    const auto right = plan.facts;
    plan.facts.chainId = 8453;
    const TransferOutcome chain = run({.environmentFile = ".env.broker"});
    EXPECT_EQ(chain.kind, TransferOutcome::Kind::NotSent);
    EXPECT_TRUE(chain.text.contains("is on chain 31337, and this is for chain 8453"))
        << chain.text.toStdString();
    plan.facts = right;
    plan.facts.market = right.token;
    EXPECT_TRUE(run({.environmentFile = ".env.broker"}).text.contains("another market"));
    plan.facts = right;
    plan.account = *models::evm::Address::fromText(QString(testing::Anvil::Account1).toLower());
    login("echo PROVER_ADDRESS=" + QByteArray(testing::Anvil::Account1)
          + " >>~/boundless/.env.broker");
    const TransferOutcome account = run({.environmentFile = ".env.broker"});
    EXPECT_EQ(account.kind, TransferOutcome::Kind::NotSent) << "the key is another account's";
    EXPECT_TRUE(account.text.contains("belongs to 0xf39")) << account.text.toStdString();
    EXPECT_EQ(credit(), 0U);
    for (const char *tool : {"wget", "python3"}) {
        if (QStandardPaths::findExecutable(tool).isEmpty()) {
            continue;
        }
        // As on a server that has no curl.
        plan.account = *models::evm::Address::fromText(QString(testing::Anvil::Account0).toLower());
        const quint64 before = credit();
        login(QByteArray("cd ~/boundless; echo 'command() { [ \"$2\" = ") + tool
              + " ] && builtin command \"$@\"; }' >>.env.broker");
        const TransferOutcome done = run({.environmentFile = ".env.broker"});
        EXPECT_EQ(done.kind, TransferOutcome::Kind::Reported) << tool << done.text.toStdString();
        EXPECT_EQ(credit(), before + 250);
    }
}

TEST_F(ServerDepositTest, AKeyForOneCommandLeavesNoTrace)
{
    prepare(Generation::Stake, "0.14.1");
    if (HasFatalFailure() || IsSkipped()) {
        return;
    }
    login("sed -i 's/^PRIVATE_KEY=.*/PRIVATE_KEY=/' ~/boundless/.env.broker; rm -f "
          "~/boundless/.env.base ~/boundless-2/.env");
    const TransferOutcome outcome = run({.environmentFile = ".env.broker", .key = Key});
    EXPECT_EQ(outcome.kind, TransferOutcome::Kind::Reported) << outcome.text.toStdString();
    EXPECT_EQ(credit(), 250U);
    const QByteArray found = login("grep -rlF " + QByteArray(Key)
                                   + " ~ /proc/[0-9]*/cmdline 2>/dev/null | grep -v "
                                     "/proc/self; true");
    EXPECT_EQ(found.count("/home/"), 0) << found.toStdString();
    EXPECT_FALSE(printed.contains(Key));
}

} // namespace
} // namespace proverdeck::app::demo

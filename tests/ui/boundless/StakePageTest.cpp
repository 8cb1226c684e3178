// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/StakePage.h"

#include "support/Anvil.h"
#include "support/FaultyProxy.h"
#include "support/Test.h"
#include "ui/boundless/AlertsDialog.h"
#include "ui/boundless/EndpointDialog.h"
#include "ui/boundless/NoticeBar.h"
#include "ui/boundless/StakeChart.h"
#include "ui/boundless/StakeEventModel.h"
#include "ui/boundless/TransferDialog.h"
#include "ui/common/Theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

namespace proverdeck::ui {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace models::boundless;
using models::evm::RpcUrl;
using models::evm::U256;
using testing::Anvil;
using testing::callData;
using testing::FaultyProxy;
using testing::hexNumber;
using testing::TestMarket;

const QString Us = QString::fromLatin1(Anvil::Account1);

class MemoryStore : public StakeStore
{
public:
    [[nodiscard]] StakeConfig load() const override { return config; }
    void save(const StakeConfig &next) override { config = next; }
    [[nodiscard]] TransferBook transfers() const override { return book; }
    [[nodiscard]] QString changeTransfers(const Change &change) override
    {
        if (problem.isEmpty()) {
            change(book);
        }
        return problem;
    }
    StakeConfig config;
    TransferBook book;
    QString problem;
};

class MemorySecrets : public models::SecretStore
{
public:
    void find(const QString &key, Found answer) override
    {
        ++finds;
        answer(kept.contains(key) ? std::optional(kept.value(key)) : std::nullopt, {});
    }
    void keep(const QString &key, const QString &secret, Done answer) override
    {
        kept.insert(key, secret);
        answer({});
    }
    void forget(const QString &key, Done answer) override
    {
        kept.remove(key);
        answer({});
    }
    QMap<QString, QString> kept;
    int finds = 0;
};

/// Its transfers end when the test says so.
class SlowServer : public TransferServer
{
public:
    [[nodiscard]] QString name() const override { return u"the test"_s; }
    [[nodiscard]] QStringList keyFiles() const override { return files; }
    [[nodiscard]] std::unique_ptr<TransferRunner> runner(const TransferKey &key) override
    {
        keys << key.secret;
        return std::make_unique<Runner>(*this);
    }

    QStringList files{u".env.base"_s};
    QList<TransferPlan> plans;
    QList<QByteArray> keys;
    TransferRunner::Ended end;

private:
    class Runner : public TransferRunner
    {
    public:
        explicit Runner(SlowServer &server)
            : m_server(server)
        {
        }
        [[nodiscard]] QString name() const override { return u"the test"_s; }
        void run(const TransferPlan &plan, Ended ended) override
        {
            m_server.plans << plan;
            m_server.end = std::move(ended);
        }

    private:
        SlowServer &m_server;
    };
};

template<class T> T *child(const QObject *parent, const QString &name)
{
    T *found = parent->findChild<T *>(name);
    EXPECT_TRUE(found) << name.toStdString();
    return found;
}

TEST(StakeDialogTest, TheEndpointIsNeverShown)
{
    StakeConfig config;
    EndpointDialog dialog(*loadNetworks(), config, false, true);
    auto *url = child<QLineEdit>(&dialog, u"stakeUrl"_s);
    auto *account = child<QLineEdit>(&dialog, u"stakeAccount"_s);
    auto *problem = child<QLabel>(&dialog, u"stakeProblem"_s);
    QPushButton *ok = dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
    EXPECT_EQ(url->echoMode(), QLineEdit::Password);
    EXPECT_FALSE(child<QCheckBox>(&dialog, u"stakeRemember"_s)->isChecked());
    EXPECT_FALSE(ok->isEnabled());
    account->setText(Us);
    url->setText(u"ftp://host.example/SECRETKEY123"_s);
    EXPECT_FALSE(ok->isEnabled());
    EXPECT_TRUE(problem->text().contains(u"ftp"));
    EXPECT_FALSE(problem->text().contains(u"SECRETKEY123"));
    url->setText(u"https://host.example/v2/SECRETKEY123"_s);
    EXPECT_TRUE(ok->isEnabled());
    for (const QLabel *label : dialog.findChildren<QLabel *>()) {
        EXPECT_FALSE(label->text().contains(u"SECRETKEY123"));
    }
    EXPECT_EQ(dialog.config().market.toLower(), u"0xfd152dadc5183870710fe54f939eae3ab9f0fe82"_s);
    EXPECT_EQ(dialog.config().account, Us);
    account->setText(u"0x12"_s);
    EXPECT_FALSE(ok->isEnabled());
    EXPECT_TRUE(problem->text().contains(u"no address"));
    account->setText(Us);
    child<QComboBox>(&dialog, u"stakeNetwork"_s)->setCurrentIndex(4);
    EXPECT_FALSE(ok->isEnabled()) << "custom needs an address";
    child<QLineEdit>(&dialog, u"stakeMarketAddress"_s)->setText(Us);
    EXPECT_TRUE(ok->isEnabled());
}

TEST(StakeDialogTest, AlertsAreReadByHand)
{
    AlertsDialog dialog({U256(5'000'000), {}, {}, {}}, u"USDC"_s, 6, u"ETH"_s);
    QPushButton *ok = dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
    EXPECT_EQ(child<QLineEdit>(&dialog, u"collateralWarning"_s)->text(), u"5"_s);
    auto *critical = child<QLineEdit>(&dialog, u"collateralCritical"_s);
    critical->setText(u"1e3"_s);
    EXPECT_FALSE(ok->isEnabled());
    critical->setText(u"6"_s);
    EXPECT_FALSE(ok->isEnabled()) << "above the low one";
    critical->setText(u"0.5"_s);
    EXPECT_TRUE(ok->isEnabled());
    EXPECT_EQ(dialog.thresholds().collateralCritical, U256(500'000));
    EXPECT_EQ(dialog.thresholds().coinWarning, std::nullopt);
}

TEST(StakeDialogTest, ATransferIsConfirmedByTypingItAgain)
{
    TransferContext context;
    context.network = loadNetworks()->first();
    const auto address
        = [](const QString &text) { return models::evm::Address::fromText(text).value(); };
    context.facts = {
        8453, address(Us.toLower()), Generation::Collateral, address(Us.toLower()), u"ZKC"_s, 18};
    context.account = address(Us.toLower());
    context.snapshot = Snapshot{
        5, {}, {}, {}, U256::powerOfTen(20), U256::powerOfTen(20), U256::powerOfTen(18), 0};
    context.isFresh = true;
    SlowServer server;
    TransferBook book;
    TransferDialog dialog(TransferKind::Deposit, context, book, &server, true);
    QSignalSpy confirmed(&dialog, &TransferDialog::confirmed);
    auto *amount = child<QLineEdit>(&dialog, u"transferAmount"_s);
    auto *typed = child<QLineEdit>(&dialog, u"transferTyped"_s);
    auto *submit = child<QPushButton>(&dialog, u"transferSubmit"_s);
    EXPECT_FALSE(submit->isEnabled());
    amount->setText(u"12.5"_s);
    EXPECT_TRUE(
        child<QLabel>(&dialog, u"transferSummary"_s)->text().contains(u"100 ZKC → 112.5 ZKC"));
    EXPECT_TRUE(
        child<QPlainTextEdit>(&dialog, u"transferCalls"_s)->toPlainText().contains(u"0xbad4a01f"));
    EXPECT_FALSE(submit->isEnabled());
    typed->setText(u"12.4"_s);
    EXPECT_FALSE(submit->isEnabled());
    typed->setText(u"12.5"_s);
    EXPECT_TRUE(submit->isEnabled());
    amount->setText(u"1000"_s);
    EXPECT_FALSE(submit->isEnabled()) << "not enough tokens";
    amount->setText(u"12.5"_s);
    submit->click();
    EXPECT_EQ(confirmed.count(), 1);

    book.submitted(*dialog.plan(), QDateTime::currentDateTimeUtc());
    TransferDialog again(TransferKind::Deposit, context, book, &server, true);
    child<QLineEdit>(&again, u"transferAmount"_s)->setText(u"12.5"_s);
    child<QLineEdit>(&again, u"transferTyped"_s)->setText(u"12.5"_s);
    EXPECT_FALSE(child<QPushButton>(&again, u"transferSubmit"_s)->isEnabled()) << "held back";
    QSignalSpy released(&again, &TransferDialog::released);
    child<QPushButton>(&again, u"transferRelease"_s)->click();
    EXPECT_EQ(released.count(), 1);
    EXPECT_TRUE(child<QPushButton>(&again, u"transferSubmit"_s)->isEnabled());
    TransferDialog wallet(TransferKind::Withdrawal, context, book, nullptr, true);
    EXPECT_FALSE(child<QPushButton>(&wallet, u"transferSubmit"_s)->isVisibleTo(&wallet));
}

/// A page as a person has it, on a real node.
class StakePageTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        if (const QString why = Anvil::whyNot(); !why.isEmpty()) {
            GTEST_SKIP() << why.toStdString();
        }
        applyAppearance(*qApp,
                        Appearance::Light); // before any window: Qt 6.4 cannot change it below one
        node = std::make_unique<Anvil>(QStringList{u"--chain-id"_s, u"84532"_s});
        proxy = std::make_unique<FaultyProxy>(node->url());
        page = std::make_unique<StakePage>(&store, &secrets);
        models::evm::RpcLimits limits;
        limits.exchange = 700ms;
        limits.patience = 1500ms;
        limits.waitScale = 0.02;
        page->setPace(limits, 100ms);
        page->resize(1064, 720);
        model = page->findChild<StakeEventModel *>();
        tester = std::make_unique<QAbstractItemModelTester>(
            model, QAbstractItemModelTester::FailureReportingMode::Warning);
    }

    [[nodiscard]] StakeConfig config(const TestMarket &market) const
    {
        StakeConfig made;
        made.network = u"base-sepolia"_s; // its chain id is the node's
        made.market = market.market;
        made.account = Us;
        return made;
    }
    void watch(const TestMarket &market)
    {
        page->watch(config(market), RpcUrl::fromText(proxy->url().toString()).value());
    }
    [[nodiscard]] bool shows(const std::function<bool()> &condition)
    {
        return QTest::qWaitFor(condition, 15'000);
    }
    [[nodiscard]] bool settles()
    {
        return shows([&] {
            const StakeWatch *watch = page->stakeWatch();
            return watch && watch->isSettled()
                && watch->monitor().snapshot()->block == node->height()
                && model->rowCount() == watch->events().size()
                && label(u"cardCollateral"_s)
                       .contains(watch->monitor().snapshot()->collateral.toUnitsCut(
                           watch->facts()->decimals, 4));
        });
    }
    [[nodiscard]] QString label(const QString &name) const
    {
        return child<QLabel>(page.get(), name)->text();
    }
    [[nodiscard]] QString noticeText() const
    {
        QStringList texts;
        for (const NoticeBar::Notice &notice : page->findChild<NoticeBar *>()->notices()) {
            texts << notice.text;
        }
        return texts.join(u'\n');
    }
    void shoot(const QString &name)
    {
        const QString folder = qEnvironmentVariable("PROVERDECK_TOUR_DIR");
        if (folder.isEmpty()) {
            return;
        }
        for (const auto &[word, look] :
             {std::pair{u"light"_s, Appearance::Light}, std::pair{u"dark"_s, Appearance::Dark}}) {
            applyAppearance(*qApp, look);
            page->show();
            QTest::qWait(120);
            EXPECT_TRUE(page->grab().save(folder + u'/' + name + u'-' + word + u".png"_s));
            for (QDialog *dialog : page->findChildren<QDialog *>()) {
                EXPECT_TRUE(
                    dialog->grab().save(folder + u'/' + name + u"-dialog-"_s + word + u".png"_s));
            }
        }
        applyAppearance(*qApp, Appearance::Light);
    }

    MemoryStore store;
    MemorySecrets secrets;
    std::unique_ptr<Anvil> node;
    std::unique_ptr<FaultyProxy> proxy;
    std::unique_ptr<StakePage> page;
    StakeEventModel *model = nullptr;
    std::unique_ptr<QAbstractItemModelTester> tester;
};

TEST_F(StakePageTest, NothingIsAskedBeforeAPersonConnects)
{
    page->show();
    QTest::qWait(50);
    EXPECT_EQ(secrets.finds, 0);
    EXPECT_TRUE(child<QPushButton>(page.get(), u"stakeConnect"_s)->isVisible());
    shoot(u"empty"_s);
    child<QPushButton>(page.get(), u"stakeConnect"_s)->click();
    auto *dialog = child<QDialog>(page.get(), u"endpointDialog"_s);
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    market.deposit(*node, u"1234567"_s);
    child<QComboBox>(dialog, u"stakeNetwork"_s)->setCurrentIndex(4);
    child<QLineEdit>(dialog, u"stakeMarketAddress"_s)->setText(market.market);
    child<QLineEdit>(dialog, u"stakeAccount"_s)->setText(Us);
    child<QLineEdit>(dialog, u"stakeUrl"_s)->setText(proxy->url().toString());
    shoot(u"connect"_s);
    child<QCheckBox>(dialog, u"stakeRemember"_s)->click();
    dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok)->click();
    ASSERT_TRUE(settles());
    EXPECT_EQ(label(u"cardCollateral"_s), u"1.2345… USDC"_s);
    EXPECT_EQ(secrets.kept.size(), 1);
    EXPECT_EQ(store.config.account, Us);
    EXPECT_TRUE(store.config.remembersEndpoint);

    // Another session finds the endpoint in the keychain, and only when it is looked at.
    StakePage next(&store, &secrets);
    EXPECT_EQ(secrets.finds, 0);
    next.show();
    EXPECT_EQ(secrets.finds, 1);
    EXPECT_TRUE(next.stakeWatch());
}

TEST_F(StakePageTest, ShowsEverythingExactly)
{
    const TestMarket market = TestMarket::deploy(*node, 2, 18, u"ZKC"_s, u"RequestMarket"_s);
    market.deposit(*node, u"512500000000000000001"_s);
    const QString from = QString::fromLatin1(Anvil::Account0);
    const QString topic = u"0xe5e43c93dc0ec595ed3b122bdc6d39a480e9d17fb6812e0f90cfc4ba33b0969e"_s;
    const QString fulfilled
        = u"0x120ea8d7610aa46e4a31b254c5d07489ebe8f1a93dc7bbbe60eaf3db2c62c0cc"_s;
    const auto wait = [&](int seconds) {
        node->call(u"evm_increaseTime"_s, {seconds});
        node->mine(1);
    };
    const auto lock = [&](quint64 id, const QString &hexAmount) {
        const quint64 now = node->call(u"eth_getBlockByNumber"_s, {u"latest"_s, false})
                                .toObject()
                                .value(u"timestamp"_s)
                                .toString()
                                .mid(2)
                                .toULongLong(nullptr, 16);
        node->send(from, market.market,
                   callData("testLock(uint256,address,uint96,uint64,uint32,uint32,bytes32)",
                            {hexNumber(id), Us, hexAmount, hexNumber(now), hexNumber(3600),
                             hexNumber(7200), topic}));
    };
    const QString fifty = u"0x2b5e3af16b1880000"_s; // 50e18
    wait(7200);
    lock(0x41, fifty);
    wait(1800);
    node->send(from, market.market,
               callData("testFulfil(uint256,address,bytes32)", {hexNumber(0x41), Us, fulfilled}));
    wait(7200);
    lock(0x42, fifty);
    wait(10'000);
    node->send(from, market.market,
               callData("testSlash(uint256,address)", {hexNumber(0x42), from}));
    lock(0x43, fifty);
    wait(5'000);
    market.deposit(*node, u"100000000000000000000"_s);
    lock(0x44, fifty);
    watch(market);
    page->show();
    ASSERT_TRUE(settles());
    EXPECT_EQ(label(u"cardCollateral"_s), u"462.5… ZKC"_s);
    EXPECT_TRUE(child<QLabel>(page.get(), u"cardCollateral"_s)
                    ->toolTip()
                    .contains(u"462500000000000000001 base units"));
    EXPECT_EQ(label(u"cardLocked"_s), u"50 ZKC"_s);
    EXPECT_TRUE(
        shows([&] { return label(u"cardLockedNote"_s).contains(u"slash pending: 50 ZKC"); }));
    EXPECT_TRUE(label(u"cardLockedNote"_s).contains(u"slashed: 50 ZKC"));
    EXPECT_TRUE(label(u"stakeState"_s).startsWith(u"Live"));
    EXPECT_TRUE(noticeText().contains(u"Not proved by the lock deadline"));
    EXPECT_FALSE(noticeText().contains(u"explained by no event"));
    const auto *chart = page->findChild<StakeChart *>();
    EXPECT_TRUE(chart->accessibleDescription().contains(u"462.500000000000000001 ZKC"));

    // A transaction's whole hash can be copied.
    auto *table = child<QTableView>(page.get(), u"stakeEvents"_s);
    const QString hash
        = model->index(0, StakeEventModel::Transaction).data(StakeEventModel::CopyRole).toString();
    EXPECT_EQ(hash.size(), 66);
    EXPECT_EQ(page->stakeWatch()->events().last().transaction, hash);
    EXPECT_TRUE(table->model() == model);
    shoot(u"live"_s);
    page->openTransferDialog(TransferKind::Deposit);
    child<QLineEdit>(page.get(), u"transferAmount"_s)->setText(u"12.5"_s);
    shoot(u"transfer"_s);
}

TEST_F(StakePageTest, OldValuesAreGreyedNotZero)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    market.deposit(*node, u"42000000"_s);
    watch(market);
    page->show();
    ASSERT_TRUE(settles());
    proxy->fail({u"html-502"_s, -1});
    ASSERT_TRUE(shows([&] { return label(u"stakeState"_s).startsWith(u"Stale since"); }));
    EXPECT_EQ(label(u"cardCollateral"_s), u"42 USDC"_s);
    EXPECT_EQ(child<QLabel>(page.get(), u"cardCollateral"_s)->foregroundRole(),
              QPalette::PlaceholderText);
    EXPECT_TRUE(noticeText().contains(u"502")) << noticeText().toStdString();
    shoot(u"stale"_s);
    proxy->clear();
    child<QPushButton>(page.get(), u"stakeRefresh"_s)->click();
    ASSERT_TRUE(shows([&] { return label(u"stakeState"_s).startsWith(u"Live"); }));
    node->call(u"anvil_setChainId"_s, {1});
    ASSERT_TRUE(shows([&] { return label(u"cardCollateral"_s) == u"–"; }));
    EXPECT_TRUE(noticeText().contains(u"chain 1 "));
    EXPECT_EQ(model->rowCount(), 0);
    shoot(u"chain"_s);
}

TEST_F(StakePageTest, AlertsAndTransfersOutliveTheSession)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    market.deposit(*node, u"42000000"_s);
    SlowServer server;
    page->setServer(&server);
    QSignalSpy attention(page.get(), &StakePage::attentionWanted);
    watch(market);
    page->show();
    ASSERT_TRUE(settles());
    EXPECT_TRUE(attention.isEmpty());
    child<QPushButton>(page.get(), u"stakeAlerts"_s)->click();
    child<QLineEdit>(page.get(), u"collateralWarning"_s)->setText(u"50"_s);
    child<QDialog>(page.get(), u"alertsDialog"_s)
        ->findChild<QDialogButtonBox *>()
        ->button(QDialogButtonBox::Ok)
        ->click();
    ASSERT_TRUE(shows([&] { return noticeText().contains(u"collateral is low"); }));
    EXPECT_EQ(attention.count(), 1);
    EXPECT_TRUE(attention.at(0).at(1).toString().contains(u"42 USDC"));
    EXPECT_FALSE(attention.at(0).at(2).toBool()) << "low, not critical";
    page->watch(store.config, RpcUrl::fromText(proxy->url().toString()).value());
    ASSERT_TRUE(settles());
    EXPECT_EQ(attention.count(), 1) << "the same crossing is told once, also after a new start";
    EXPECT_EQ(store.config.thresholds.collateralWarning, U256(50'000'000));

    child<QPushButton>(page.get(), u"stakeWithdraw"_s)->click();
    auto *dialog = child<QDialog>(page.get(), u"transferDialog"_s);
    child<QLineEdit>(dialog, u"transferAmount"_s)->setText(u"2"_s);
    child<QLineEdit>(dialog, u"transferTyped"_s)->setText(u"2"_s);
    child<QPushButton>(dialog, u"transferSubmit"_s)->click();
    ASSERT_EQ(server.plans.size(), 1);
    EXPECT_EQ(store.book.records().size(), 1) << "noted before it went out";
    server.end({TransferOutcome::Kind::Unknown, u"the connection was lost"_s});
    ASSERT_TRUE(shows([&] { return noticeText().contains(u"held back"); }));
    market.withdraw(*node, u"2000000"_s); // it had gone out after all
    ASSERT_TRUE(shows([&] { return !noticeText().contains(u"held back"); }));
    EXPECT_EQ(store.book.records().first().state, TransferState::Done);
}

TEST_F(StakePageTest, NothingGoesOutThatCannotBeNotedOrThatAnotherProgramHasSent)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    market.deposit(*node, u"42000000"_s);
    SlowServer server;
    server.files.clear();
    page->setServer(&server);
    watch(market);
    page->show();
    ASSERT_TRUE(settles());
    const auto withdraw = [&](const QString &amount, const QString &key) {
        child<QPushButton>(page.get(), u"stakeWithdraw"_s)->click();
        QPointer<QDialog> dialog = child<QDialog>(page.get(), u"transferDialog"_s);
        child<QLineEdit>(dialog, u"transferAmount"_s)->setText(amount);
        child<QLineEdit>(dialog, u"transferKey"_s)->setText(key);
        shoot(u"withdraw-key"_s);
        child<QPushButton>(dialog, u"transferSubmit"_s)->click();
        EXPECT_TRUE(shows([&] { return dialog.isNull(); }));
    };
    const QString key(64, u'a');
    store.problem = u"The disk is full."_s;
    withdraw(u"1"_s, key);
    EXPECT_TRUE(
        shows([&] { return noticeText().contains(u"Nothing was sent: The disk is full."); }));
    EXPECT_TRUE(server.plans.isEmpty());

    // The other program's note counts, although the page has never read it.
    store.problem.clear();
    TransferPlan other;
    other.kind = TransferKind::Withdrawal;
    other.facts = *page->stakeWatch()->facts();
    other.account = page->stakeWatch()->target().account;
    other.amount = U256(1'000'000);
    other.before.block = 1'000'000;
    child<QPushButton>(page.get(), u"stakeWithdraw"_s)->click();
    QPointer<QDialog> dialog = child<QDialog>(page.get(), u"transferDialog"_s);
    child<QLineEdit>(dialog, u"transferAmount"_s)->setText(u"1"_s);
    child<QLineEdit>(dialog, u"transferKey"_s)->setText(key);
    store.book.submitted(other, QDateTime::currentDateTimeUtc());
    child<QPushButton>(dialog, u"transferSubmit"_s)->click();
    EXPECT_TRUE(shows([&] { return noticeText().contains(u"could move the amount twice"); }));
    EXPECT_TRUE(server.plans.isEmpty());
    EXPECT_TRUE(shows([&] { return dialog.isNull(); }));

    withdraw(u"2"_s, {});
    EXPECT_TRUE(shows([&] { return noticeText().contains(u"keychain holds no private key"); }));
    EXPECT_TRUE(server.plans.isEmpty());
    secrets.kept.insert(u"private key of %1 (Boundless)"_s.arg(Us), key);
    withdraw(u"2"_s, {});
    ASSERT_EQ(server.plans.size(), 1);
    EXPECT_EQ(server.keys.last(), key.toLatin1());
    server.end({TransferOutcome::Kind::NotSent, u"Nothing was sent: the chain is another one."_s});
    EXPECT_TRUE(shows([&] { return noticeText().contains(u"the chain is another one"); }));
    withdraw(u"2"_s, key);
    EXPECT_EQ(server.plans.size(), 2) << "not held back: it is certain that nothing was sent";
}

} // namespace
} // namespace proverdeck::ui

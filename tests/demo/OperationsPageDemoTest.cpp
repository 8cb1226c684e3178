// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/BrokerStops.h"
#include "app/demo/DemoHost.h"
#include "ssh/SshShell.h"
#include "support/Test.h"
#include "ui/boundless/OperationsPage.h"
#include "ui/common/Theme.h"

#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace std::chrono_literals;

namespace proverdeck::app::demo {
namespace {

using models::boundless::BrokerServer;
using models::boundless::StopState;

constexpr int Limit = 60'000;

/// The page with a real server, a person before it, and a history of its own.
class OperationsPageDemoTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        if (QStandardPaths::findExecutable("ssh").isEmpty()) {
            GTEST_SKIP() << "no ssh client here";
        }
        demo = std::make_unique<DemoHost>(DemoHost::Options{.speed = 40, .faults = {"slow"}});
        QSignalSpy ready(demo.get(), &DemoHost::ready);
        QSignalSpy failed(demo.get(), &DemoHost::failed);
        demo->start();
        ASSERT_TRUE(QTest::qWaitFor([&] { return !ready.isEmpty() || !failed.isEmpty(); }, Limit));
        if (!failed.isEmpty()) {
            GTEST_SKIP() << failed.at(0).at(0).toString().toStdString();
        }
        ASSERT_TRUE(store.open(folder.filePath("history.db")));
        open();
    }

    void TearDown() override
    {
        page.reset();
        if (demo && demo->isReady()) {
            QSignalSpy stopped(demo.get(), &DemoHost::stopped);
            demo->stop();
            EXPECT_TRUE(QTest::qWaitFor([&] { return !stopped.isEmpty(); }, Limit));
        }
    }

    void open()
    {
        ui::applyAppearance(*qApp, ui::Appearance::Light);
        page = std::make_unique<ui::OperationsPage>(operations);
        page->setContentsMargins(24, 16, 24, 16); // as within its window
        page->resize(1280, 720);
        page->show();
        auto shell = std::make_unique<ssh::SshShell>(
            ssh::HostTarget{"demo", demo->sshConfigPath(), {}, false});
        BrokerServer::Options options;
        options.statusEvery = 500ms;
        options.databaseEvery = 1000ms;
        page->setServer(std::make_unique<BrokerServer>(std::move(shell), "~/boundless", options));
    }

    void login(const QByteArray &script) const
    {
        QProcess ssh;
        ssh.start("ssh", {"-F", demo->sshConfigPath(), "demo", "bash -l"});
        ssh.write(script);
        ssh.closeWriteChannel();
        EXPECT_TRUE(ssh.waitForFinished(Limit));
    }

    template<typename Widget> [[nodiscard]] Widget *find(const char *name) const
    {
        return page->findChild<Widget *>(QString::fromLatin1(name));
    }

    void grab(const QString &name) const
    {
        const QString dir = qEnvironmentVariable("PROVERDECK_TOUR_DIR");
        if (!dir.isEmpty()) {
            QDir().mkpath(dir);
            page->grab().save(dir + "/operations-" + name + ".png");
        }
    }

    std::unique_ptr<DemoHost> demo;
    QTemporaryDir folder;
    models::store::RunStore store;
    BrokerOperations operations{store, nullptr, 500ms};
    std::unique_ptr<ui::OperationsPage> page;
};

TEST_F(OperationsPageDemoTest, ShowsTheStackAndStopsItSafelyAlsoAfterItsWindowWasClosed)
{
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return find<QLabel>("operationsState")->text().startsWith("Nothing runs"); }, Limit));
    EXPECT_TRUE(find<QPushButton>("operationsStart")->isEnabled());
    EXPECT_FALSE(find<QPushButton>("operationsStop")->isEnabled());
    grab("nothing");
    QSignalSpy wanted(page.get(), &ui::OperationsPage::workflowWanted);
    QTest::mouseClick(find<QPushButton>("operationsStart"), Qt::LeftButton);
    ASSERT_EQ(wanted.size(), 1);
    EXPECT_EQ(wanted.at(0).at(0).toString(), "boundless-start");

    QSignalSpy databases(page.get(), &ui::OperationsPage::databaseCame);
    QByteArray log;
    QObject::connect(page.get(), &ui::OperationsPage::logCame, page.get(),
                     [&log](const QByteArray &bytes) { log += bytes; });
    login("cd ~/boundless; . ./.env.base; just broker >/dev/null 2>&1");
    EXPECT_TRUE(QTest::qWaitFor([&] { return log.count("Proving order") >= 2; }, Limit));
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return find<QPushButton>("operationsStop")->isEnabled(); }, Limit));
    EXPECT_EQ(find<QTableView>("containerTable")->model()->rowCount(), 11);
    EXPECT_TRUE(QTest::qWaitFor([&] { return !databases.isEmpty(); }, Limit));
    grab("running");
    find<QTabWidget>("operationsTabs")->setCurrentIndex(2);
    QTest::qWait(200);
    grab("log");
    find<QTabWidget>("operationsTabs")->setCurrentIndex(1);
    QTest::qWait(1500);
    grab("gpus");
    find<QTabWidget>("operationsTabs")->setCurrentIndex(0);
    const auto locked = log.count("Proving order");

    // As soon as two are in work: there is some time until the first of them ends.
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            const bool areTwo = log.count("Proving order") - log.count("Completed order") >= 2;
            const bool isNew = log.count("Proving order") > locked;
            return areTwo && isNew;
        },
        Limit));
    QTest::mouseClick(find<QPushButton>("operationsStop"), Qt::LeftButton);
    QPointer<QMessageBox> question = find<QMessageBox>("stopQuestion");
    ASSERT_TRUE(question);
    QTest::mouseClick(question->findChild<QPushButton *>("stopBegin"), Qt::LeftButton);
    ASSERT_NE(page->stop(), nullptr);
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return page->stop()->verdict().holding.size() == 2; }, Limit));
    QTest::qWait(1200);
    EXPECT_TRUE(find<QLabel>("stopTitle")->text().startsWith("Not safe to stop"));
    EXPECT_EQ(find<QTableView>("stopOrders")->model()->rowCount(), 2);
    grab("waiting");
    ui::applyAppearance(*qobject_cast<QApplication *>(qApp), ui::Appearance::Dark);
    QTest::qWait(100);
    grab("waiting-dark");
    ui::applyAppearance(*qobject_cast<QApplication *>(qApp), ui::Appearance::Light);

    page.reset(); // the window is closed in the middle
    open();
    ASSERT_TRUE(QTest::qWaitFor([&] { return page->stop() != nullptr; }, Limit))
        << "the drain goes on";
    EXPECT_TRUE(QTest::qWaitFor([&] { return models::boundless::isFinal(page->stop()->state()); },
                                Limit * 2));
    EXPECT_EQ(page->stop()->state(), StopState::Stopped) << page->stop()->problem().toStdString();
    EXPECT_EQ(find<QLabel>("stopTitle")->text(), "The broker is stopped");
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return find<QPushButton>("operationsStart")->isEnabled(); }, Limit));
    grab("stopped");
    QTest::mouseClick(find<QPushButton>("stopCancel"), Qt::LeftButton);
    EXPECT_EQ(page->stop(), nullptr);
    EXPECT_FALSE(operations.hasOpenStop("demo", "~/boundless"));
}

} // namespace
} // namespace proverdeck::app::demo

// SPDX-License-Identifier: GPL-3.0-or-later
// The whole program watches a fleet of Aztec provers, as a person would.
#include "app/Application.h"
#include "support/Test.h"
#include "tour/Tour.h"
#include "ui/MainWindow.h"
#include "ui/aztec/AztecPage.h"
#include "ui/aztec/WatchDialog.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck {
namespace {

using testing::child;
using testing::click;
using testing::picture;

constexpr int LimitMs = 60'000;

QString rowText(const QTableView *table, int row)
{
    QStringList cells;
    for (int column = 0; column < table->model()->columnCount(); ++column) {
        cells << table->model()->index(row, column).data().toString();
    }
    return cells.join(" | ");
}

TEST(FleetTourTest, WatchesTwoMachinesThroughALostConnection)
{
    const QTemporaryDir home;
    ASSERT_TRUE(home.isValid());
    qputenv("XDG_DATA_HOME", home.path().toUtf8());
    qputenv("XDG_CONFIG_HOME", (home.path() + "/config").toUtf8());
    app::Request request;
    request.demo = true;
    request.fleet = "aztec";
    request.speed = 60;
    request.faults = {"wrong-port", "job-stuck"};
    app::Application application(request);
    ASSERT_TRUE(application.start());
    ui::applyAppearance(*qApp, ui::Appearance::Light);
    ui::MainWindow *window = application.window();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(window));
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return qobject_cast<ui::AztecPage *>(window->currentPage()) != nullptr; }, LimitMs));
    auto *page = qobject_cast<ui::AztecPage *>(window->currentPage());
    QSignalSpy notified(&page->notifier(), &ui::Notifier::notified);

    // First results, and the state of each log.
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return page->result() && page->result()->analysis.jobs.size() > 40; }, LimitMs));
    auto *sources = child<QTableView>(page, "aztecSources");
    ASSERT_TRUE(QTest::qWaitFor([&] { return sources->model()->rowCount() == 5; }, LimitMs));
    EXPECT_TRUE(rowText(sources, 0).contains("machine-a")) << rowText(sources, 0).toStdString();
    auto *state = child<QLabel>(page, "watchState-machine-b");
    EXPECT_TRUE(state->text().startsWith("connected")) << state->text().toStdString();
    EXPECT_TRUE(child<QLabel>(page, "aztecSummary")->text().endsWith("live"));

    // One connection is lost and taken up again.
    const QString folder = QFileInfo(application.sshConfigFor("machine-b")).absolutePath();
    QFile cut(folder + "/machine-b/state/cut-connections");
    ASSERT_TRUE(cut.open(QIODevice::WriteOnly));
    cut.close();
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return state->text().startsWith("connection lost"); }, LimitMs));
    picture(window, "aztec-live-reconnecting");
    ASSERT_TRUE(QTest::qWaitFor([&] { return state->text().startsWith("connected"); }, LimitMs));

    // The stuck job is told to the desktop.
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            return std::any_of(notified.begin(), notified.end(), [](const auto &one) {
                return one.at(0).toString().startsWith("Stuck job in epoch");
            });
        },
        LimitMs));
    auto *tabs = child<QTabWidget>(page, "aztecTabs");
    for (int tab = 0; tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        picture(window, "aztec-live-" + QString::number(tab));
    }
    tabs->setCurrentIndex(5);
    EXPECT_EQ(child<QTableView>(page, "aztecContainers")->model()->rowCount(), 5);

    // A report of what is here now.
    const QString report = home.filePath("now.json");
    EXPECT_EQ(page->exportTo(report), QString());
    ASSERT_TRUE(QTest::qWaitFor([&] { return QFile::exists(report); }, LimitMs));
    QFile json(report);
    ASSERT_TRUE(json.open(QIODevice::ReadOnly));
    EXPECT_FALSE(QJsonDocument::fromJson(json.readAll()).object().value("jobs").isNull());

    // Which worker does not reach its broker.
    click(child<QPushButton>(page, "aztecDiagnose"));
    auto *dialog = child<QDialog>(page, "diagnosisDialog");
    ASSERT_NE(dialog, nullptr);
    auto *again = child<QPushButton>(dialog, "diagnosisAgain");
    ASSERT_TRUE(QTest::qWaitFor([&] { return again->isEnabled(); }, LimitMs));
    EXPECT_EQ(child<ui::FindingsView>(dialog, "diagnosisFindings")->count(), 3);
    picture(dialog, "aztec-diagnosis");
    dialog->close();

    click(child<QPushButton>(page, "aztecWatch"));
    auto *choice = child<ui::WatchDialog>(page, "watchDialog");
    ASSERT_NE(choice, nullptr);
    child<QComboBox>(choice, "watchHost")->setCurrentText("machine-a");
    child<QLineEdit>(choice, "watchMore")->setText("/var/log/prover.log");
    EXPECT_EQ(choice->choices().size(), 1);
    picture(choice, "aztec-watch-dialog");
    choice->close();

    click(child<QPushButton>(page, "aztecStopWatching"));
    EXPECT_FALSE(page->watched()->isActive());
    EXPECT_TRUE(page->result()) << "what was seen stays";
    click(child<QPushButton>(page, "aztecClear"));
    EXPECT_TRUE(child<QPushButton>(page, "aztecWatchFirst")->isVisible());
}

} // namespace
} // namespace proverdeck

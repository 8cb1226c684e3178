// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/Application.h"
#include "models/logs/LogStore.h"
#include "support/Test.h"
#include "tour/Tour.h"
#include "ui/MainWindow.h"
#include "ui/benchmark/RunPage.h"
#include "ui/dialogs/WatchRunDialog.h"
#include "ui/logs/LogPane.h"

#include <QAction>
#include <QComboBox>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck {
namespace {

constexpr int LimitMs = 90'000;

QAction *action(QWidget *window, const QString &text)
{
    const QList<QAction *> actions = window->findChildren<QAction *>();
    for (QAction *one : actions) {
        if (one->text().remove('&').startsWith(text)) {
            return one;
        }
    }
    return nullptr;
}

/// A run of one program is watched by the window of another, which has another history.
TEST(WatchTest, ARunOfSomebodyElseIsShownAndLeftAlone)
{
    const QTemporaryDir home;
    QProcess demo;
    demo.start(PROVERDECK_BINARY_DIR "/proverdeck",
               {"demo-host", "--speed", "60", "--dir", home.filePath("demo")});
    ASSERT_TRUE(demo.waitForReadyRead(30'000)) << demo.readAllStandardError().toStdString();
    const QString config
        = QJsonDocument::fromJson(demo.readLine()).object().value("ssh_config").toString();

    QProcess other;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("XDG_DATA_HOME", home.filePath("other"));
    other.setProcessEnvironment(environment);
    other.start(
        PROVERDECK_BINARY_DIR "/proverdeck",
        {"run", "--host", "demo", "--ssh-config", config, "--tx-count", "5", "--batches", "500"});
    QByteArray err;
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            err += other.readAllStandardError();
            return err.contains("1 of 500");
        },
        LimitMs))
        << err.toStdString();
    const qsizetype at = err.indexOf("Run ") + 4;
    const QByteArray id = err.mid(at, err.indexOf(' ', at) - at);

    qputenv("XDG_DATA_HOME", home.filePath("mine").toUtf8());
    qputenv("XDG_CONFIG_HOME", home.filePath("config").toUtf8());
    app::Request request;
    request.sshConfig = config;
    app::Application application(request);
    ASSERT_TRUE(application.start());
    ui::MainWindow *window = application.window();
    ASSERT_NE(action(window, "Watch a run"), nullptr);
    action(window, "Watch a run")->trigger();
    auto *dialog = window->findChild<ui::WatchRunDialog *>();
    ASSERT_NE(dialog, nullptr);
    auto *watch = dialog->findChild<QPushButton *>("watchStart");
    dialog->findChild<QComboBox *>("watchHost")->setCurrentText("demo");
    dialog->findChild<QLineEdit *>("watchRunId")->setText("20200101-000000-sp1-none");
    watch->click();
    auto *state = dialog->findChild<QLabel *>("watchState");
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return state->text().contains("could be watched"); }, LimitMs))
        << state->text().toStdString();
    testing::picture(dialog, "watch-run");
    dialog->findChild<QLineEdit *>("watchRunId")->setText(QString::fromLatin1(id));
    watch->click();
    ui::RunPage *page = nullptr;
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            page = window->findChild<ui::RunPage *>();
            return page != nullptr;
        },
        LimitMs))
        << state->text().toStdString();
    auto *note = page->findChild<QLabel *>("connectionNote");
    EXPECT_TRUE(QTest::qWaitFor([&] { return note->text().contains("drives this run"); }, LimitMs))
        << note->text().toStdString();
    EXPECT_TRUE(page->findChild<QPushButton *>("stop")->isHidden());
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            const QList<ui::LogPane *> panes = page->findChildren<ui::LogPane *>();
            return std::any_of(panes.begin(), panes.end(), [](const ui::LogPane *pane) {
                return pane->name() == u"prover.log" && pane->store().extent().lines > 3;
            });
        },
        LimitMs));
    testing::picture(window, "watched-run");
    action(window, "Close page")->trigger();
    EXPECT_TRUE(window->close()) << "nothing of ours is under way, so nothing is asked";

    EXPECT_EQ(other.state(), QProcess::Running);
    const qsizetype before = err.size();
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            err += other.readAllStandardError();
            return err.indexOf("of 500", before) > 0;
        },
        LimitMs))
        << "the run goes on";
    other.terminate();
    EXPECT_TRUE(other.waitForFinished(60'000));
    EXPECT_EQ(other.exitCode(), 5);
    demo.terminate();
    EXPECT_TRUE(demo.waitForFinished(20'000));
}

} // namespace
} // namespace proverdeck

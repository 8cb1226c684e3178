// SPDX-License-Identifier: GPL-3.0-or-later
// A person's way through the program, on the demo host, with mouse and keyboard: the wizard, the
// run, the results, the exports. With PROVERDECK_TOUR_DIR set it leaves a picture of every page and
// dialog.
#include "tour/Tour.h"

#include "app/Application.h"
#include "support/Test.h"
#include "ui/MainWindow.h"
#include "ui/aztec/AztecPage.h"
#include "ui/aztec/JobTableModel.h"
#include "ui/benchmark/BenchmarkWizard.h"
#include "ui/benchmark/ResultsPage.h"
#include "ui/benchmark/RunPage.h"
#include "ui/boundless/BoundlessPage.h"
#include "ui/boundless/OrdersPage.h"
#include "ui/boundless/SettingsDocument.h"
#include "ui/common/Theme.h"
#include "ui/dialogs/Questions.h"
#include "ui/tables/OrderModel.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPointer>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

namespace proverdeck {
namespace {

using app::Application;
using app::Request;
using models::RunState;
using testing::child;
using testing::click;
using testing::picture;

constexpr int DemoLimitMs = 30'000;
constexpr int RunLimitMs = 150'000;

void type(QLineEdit *edit, const QString &text)
{
    ASSERT_NE(edit, nullptr);
    edit->setFocus();
    QTest::keyClick(edit, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(edit, text);
    QTest::keyClick(edit, Qt::Key_Tab);
}

std::string complaints(const models::Run &run)
{
    QString text = models::runStateWord(run.state());
    for (const models::Finding &finding : run.findings()) {
        text += "\n" + finding.code + ": " + finding.text + " " + finding.evidence.text;
    }
    return text.toStdString();
}

class TourTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        ASSERT_TRUE(home.isValid());
        qputenv("XDG_DATA_HOME", home.path().toUtf8());
        qputenv("XDG_CONFIG_HOME", (home.path() + "/config").toUtf8());
        Request request;
        request.speed = 60; // fast enough to watch, slow enough for the load to fill the batches
        request.faults = faults();
        application = std::make_unique<Application>(request);
        ASSERT_TRUE(application->start());
        ui::applyAppearance(*qApp, ui::Appearance::Light);
        window = application->window();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(window));
    }

    void TearDown() override { application.reset(); }

    [[nodiscard]] virtual QStringList faults() const { return {}; }

    /// Clicks on a page in the list at the left.
    void select(const QString &title)
    {
        auto *pages = child<QListWidget>(window, "pages");
        const QList<QListWidgetItem *> found = pages->findItems(title, Qt::MatchExactly);
        ASSERT_EQ(found.size(), 1) << title.toStdString();
        QTest::mouseClick(pages->viewport(), Qt::LeftButton, {},
                          pages->visualItemRect(found.first()).center());
    }

    ui::BenchmarkWizard *openDemoWizard()
    {
        click(child<QPushButton>(window, "tryDemo"));
        EXPECT_TRUE(QTest::qWaitFor(
            [&] { return window->findChild<ui::BenchmarkWizard *>() != nullptr; }, DemoLimitMs));
        return window->findChild<ui::BenchmarkWizard *>();
    }

    /// Fills the three pages and waits until the checks have ended.
    void answer(ui::BenchmarkWizard *wizard)
    {
        click(child<QPushButton>(wizard, "next")); // Server: the demo host is filled in
        type(child<QLineEdit>(wizard, "batches"), "7");
        picture(wizard, "wizard-prove");
        click(child<QPushButton>(wizard, "next"));
        type(child<QLineEdit>(wizard, "tx_count"), "5");
        picture(wizard, "wizard-load");
        click(child<QPushButton>(wizard, "next"));
        auto *summary = child<QLabel>(wizard, "checkSummary");
        ASSERT_TRUE(QTest::qWaitFor(
            [&] { return child<QPushButton>(wizard, "checkAgain")->isEnabled(); }, DemoLimitMs))
            << summary->text().toStdString();
    }

    QTemporaryDir home;
    std::unique_ptr<Application> application;
    ui::MainWindow *window = nullptr;
};

TEST_F(TourTest, ClicksThroughTheWizardToTheExportedTable)
{
    picture(window, "start-empty");
    ui::BenchmarkWizard *wizard = openDemoWizard();
    ASSERT_NE(wizard, nullptr);
    picture(wizard, "wizard-server");

    // A wrong answer is said beside its field, and Next stays on the page.
    click(child<QPushButton>(wizard, "next"));
    type(child<QLineEdit>(wizard, "batches"), "0");
    click(child<QPushButton>(wizard, "next"));
    auto *problem = child<QLabel>(wizard, "batchesProblem");
    EXPECT_TRUE(problem->isVisible());
    EXPECT_TRUE(problem->text().contains("between 1 and")) << problem->text().toStdString();
    picture(wizard, "wizard-problem");
    click(child<QPushButton>(wizard, "back"));

    // exec has no GPU and says why.
    click(child<QPushButton>(wizard, "next"));
    auto *backend = child<QComboBox>(wizard, "backend");
    backend->setFocus();
    QTest::keyClick(backend, Qt::Key_End);
    EXPECT_EQ(backend->currentText(), "exec");
    auto *gpu = child<QCheckBox>(wizard, "gpu");
    EXPECT_FALSE(gpu->isEnabled());
    EXPECT_TRUE(gpu->text().contains("exec")) << gpu->text().toStdString();
    QTest::keyClick(backend, Qt::Key_Home);
    EXPECT_TRUE(gpu->isEnabled());
    click(child<QPushButton>(wizard, "back"));

    answer(wizard);
    picture(wizard, "wizard-checks");
    ASSERT_TRUE(child<QPushButton>(wizard, "next")->isEnabled());
    click(child<QPushButton>(wizard, "next"));
    auto *review = child<QPlainTextEdit>(wizard, "review");
    EXPECT_TRUE(review->toPlainText().contains("make init-prover-sp1"));
    EXPECT_TRUE(review->toPlainText().contains("skipped: only when"));
    picture(wizard, "wizard-review");
    auto *start = child<QPushButton>(wizard, "start");
    EXPECT_EQ(start->text(), "Start benchmark on demo");
    click(start);

    auto *page = qobject_cast<ui::RunPage *>(window->currentPage());
    ASSERT_NE(page, nullptr);
    models::Run *run = page->run();
    ASSERT_NE(run, nullptr);
    ASSERT_TRUE(QTest::qWaitFor([&] { return run->progress().first >= 2; }, RunLimitMs));
    picture(window, "run-charts");
    page->showLog("prover.log", 0);
    picture(window, "run-log");

    // The connection is cut: a banner says so, and the run goes on by itself.
    QFile cut(QFileInfo(run->plan().sshConfigFile).absolutePath() + "/state/cut-connections");
    ASSERT_TRUE(cut.open(QIODevice::WriteOnly));
    cut.close();
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return run->state() == RunState::Unreachable; }, DemoLimitMs));
    picture(window, "run-unreachable");
    ASSERT_TRUE(QTest::qWaitFor([&] { return run->state() == RunState::Running; }, DemoLimitMs));
    click(child<QPushButton>(page, "stop"));
    auto *stop = window->findChild<ui::StopDialog *>();
    ASSERT_NE(stop, nullptr);
    picture(stop, "stop-dialog");
    QTest::keyClick(stop, Qt::Key_Escape);

    // Closing the window asks, too, and offers to detach.
    window->close();
    QApplication::processEvents();
    EXPECT_TRUE(window->isVisible());
    ui::StopDialog *closing = nullptr;
    for (ui::StopDialog *dialog : window->findChildren<ui::StopDialog *>()) {
        closing = dialog->isVisible() ? dialog : closing;
    }
    ASSERT_NE(closing, nullptr);
    EXPECT_TRUE(child<QPushButton>(closing, "detach")->isDefault());
    picture(closing, "close-dialog");
    QTest::keyClick(closing, Qt::Key_Escape);

    ASSERT_TRUE(QTest::qWaitFor([&] { return models::isFinal(run->state()); }, RunLimitMs));
    EXPECT_EQ(run->state(), RunState::Done) << complaints(*run);
    picture(window, "run-done");
    click(child<QPushButton>(page, "showResults"));
    auto *results = qobject_cast<ui::ResultsPage *>(window->currentPage());
    ASSERT_NE(results, nullptr);
    auto *table = child<QTableView>(results, "batches");
    EXPECT_GE(table->model()->rowCount(), 5);
    picture(window, "results-batches");
    click(child<QToolButton>(results, "showFilters"));
    QTest::keyClicks(child<QLineEdit>(results, "filter-gas"), ">1M");
    picture(window, "results-filtered");
    EXPECT_LT(table->model()->rowCount(), 100);
    click(child<QToolButton>(results, "showFilters"));
    auto *tabs = child<QTabWidget>(results, "resultTabs");
    for (int tab = 1; tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        QApplication::processEvents();
        static const QStringList names{"batches", "times", "gpu", "l2", "findings", "observations"};
        if (tab == 5) {
            auto *notes = child<QPlainTextEdit>(results, "observations");
            notes->setFocus();
            QTest::keyClicks(notes, "Fans at full speed from batch 3 on.");
        }
        picture(window, "results-" + names.at(tab));
    }
    click(child<QPushButton>(results, "copyMarkdown"));
    EXPECT_TRUE(QApplication::clipboard()->text().contains("| Batch |"));
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            return application->store()
                .load(run->options().id)
                ->result.observations.contains("Fans");
        },
        5000));

    // Export everything into a folder, with the keyboard.
    QTemporaryDir out;
    child<QAction>(results, "exportAll")->trigger();
    auto *dialog = child<QFileDialog>(results, "exportFolderDialog");
    auto *name = child<QLineEdit>(dialog, "fileNameEdit");
    name->setText(out.path());
    QTest::keyClick(name, Qt::Key_Return);
    ASSERT_TRUE(QTest::qWaitFor([&] { return QFile::exists(out.filePath("results.md")); }, 5000));
    QFile json(out.filePath("results.json"));
    ASSERT_TRUE(json.open(QIODevice::ReadOnly));
    const QJsonObject document = QJsonDocument::fromJson(json.readAll()).object();
    EXPECT_GE(document.value("summary").toObject().value("batches").toInt(), 5);
    for (const char *file :
         {"results.csv", "bench_results.md", "prover.log", "l2.log", "gpu.csv"}) {
        EXPECT_TRUE(QFile::exists(out.filePath(file))) << file;
    }

    // The support bundle of the run shows what is in it, before it is written.
    child<QAction>(window, "supportBundle")->trigger();
    const QPointer<QDialog> bundle = child<QDialog>(window, "supportBundleDialog");
    auto *save = child<QPushButton>(bundle, "saveBundle");
    ASSERT_TRUE(QTest::qWaitFor([&] { return save->isEnabled(); }, RunLimitMs));
    picture(bundle, "support-bundle");
    bundle->reject();

    // A double click on a batch shows its line in the prover's log.
    tabs->setCurrentIndex(0);
    const QModelIndex first = table->model()->index(0, 0);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(first).center());
    QTest::mouseDClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(first).center());
    EXPECT_EQ(window->currentPage(), page);

    child<QAbstractItemView>(window, "pages")
        ->setCurrentIndex(child<QAbstractItemView>(window, "pages")->model()->index(0, 0));
    picture(window, "start");
    window->openFile(out.filePath("prover.log"));
    EXPECT_NE(qobject_cast<ui::ResultsPage *>(window->currentPage()), nullptr);
    picture(window, "opened-log");

    // An exported result opens with what it was exported with.
    window->openFile(out.filePath("results.json"));
    auto *opened = qobject_cast<ui::ResultsPage *>(window->currentPage());
    ASSERT_NE(opened, nullptr);
    QList<models::ethrex::BatchRow> expected = results->record().result.rows;
    for (models::ethrex::BatchRow &row : expected) {
        row.line = 0; // exports do not name lines of a log
    }
    EXPECT_EQ(opened->record().result.rows, expected);
    EXPECT_EQ(opened->record().result.session, results->record().result.session);
}

TEST_F(TourTest, AServerIsAddedAfterARealLogin)
{
    ASSERT_NE(openDemoWizard(), nullptr);
    window->findChild<ui::BenchmarkWizard *>()->reject();
    click(child<QPushButton>(window, "addServer"));
    const QPointer<QDialog> dialog = child<QDialog>(window, "addServerDialog");
    auto *host = child<QComboBox>(dialog, "serverHost");
    auto *state = child<QLabel>(dialog, "serverState");
    host->setCurrentText("nobody@127.0.0.1:1");
    click(child<QPushButton>(dialog, "serverConnect"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return state->text().startsWith("✕"); }, DemoLimitMs));
    EXPECT_TRUE(dialog->isVisible());
    picture(dialog, "add-server");
    host->setCurrentText("demo");
    click(child<QPushButton>(dialog, "serverConnect"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return !dialog || !dialog->isVisible(); }, DemoLimitMs));
    EXPECT_TRUE(application->hosts().contains("demo"));
}

TEST_F(TourTest, PicturesOfTheQuestions)
{
    ui::HostKeyDialog hostKey({"bench-07.example.org", 2222, "ssh-ed25519",
                               "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDhqb3uVyPY5hG6Hhc",
                               "This host is known under another key type."});
    hostKey.show();
    EXPECT_TRUE(child<QPushButton>(&hostKey, "cancel")->isDefault());
    picture(&hostKey, "host-key");
    ui::SecretDialog secret({ssh::SecretQuestion::Kind::Passphrase,
                             "Passphrase for ~/.ssh/id_ed25519", "bench@bench-07.example.org",
                             false, true});
    secret.show();
    picture(&secret, "passphrase");
    ui::SecretDialog kept({ssh::SecretQuestion::Kind::Password, "Password",
                           "bench@bench-07.example.org", false, false},
                          {true, true, {}});
    kept.show();
    picture(&kept, "password-remember");
    ui::SecretDialog locked({ssh::SecretQuestion::Kind::KeyboardInteractive,
                             "Verification code:", "bench@bench-07.example.org", true, false},
                            {false, false, "The keychain is locked."});
    locked.show();
    picture(&locked, "keychain-locked");
    window->openFile("/nonexistent/prover.log");
    picture(window->findChild<QDialog *>("messageBox"), "message");
}

TEST_F(TourTest, ABrokersLogAndItsSettings)
{
    select("Boundless");
    auto *page = qobject_cast<ui::BoundlessPage *>(window->currentPage());
    ASSERT_NE(page, nullptr);
    picture(window, "boundless-stake-empty");
    auto *tabs = child<QTabWidget>(page, "boundlessTabs");
    tabs->setCurrentIndex(1);
    picture(window, "boundless-operations-empty");
    tabs->setCurrentIndex(2);
    picture(window, "boundless-orders-empty");
    QSignalSpy read(page->ordersPage(), &ui::OrdersPage::filesRead);
    page->ordersPage()->openFiles({PROVERDECK_TEST_DATA "/boundless/broker-0.13.log"});
    ASSERT_TRUE(QTest::qWaitFor([&] { return read.count() > 0; }, DemoLimitMs));
    EXPECT_EQ(page->ordersPage()->analysis().facts().skipLines, 15);
    picture(window, "boundless-orders");
    tabs->setCurrentIndex(3);
    picture(window, "boundless-settings-empty");
    QTemporaryDir folder;
    const QString copy = folder.filePath("broker.toml");
    ASSERT_TRUE(
        QFile::copy(PROVERDECK_TEST_DATA "/boundless/broker-0.13-operator-crlf.toml", copy));
    ASSERT_TRUE(page->document().open(copy).isEmpty());
    picture(window, "boundless-settings");
    tabs->setCurrentIndex(4);
    picture(window, "boundless-requestors");
    tabs->setCurrentIndex(5);
    picture(window, "boundless-agents-empty");
}

TEST_F(TourTest, ABoundlessServerAndItsSettings)
{
    ASSERT_NE(openDemoWizard(), nullptr);
    window->findChild<ui::BenchmarkWizard *>()->reject();
    select("Boundless");
    auto *page = qobject_cast<ui::BoundlessPage *>(window->currentPage());
    ASSERT_NE(page, nullptr);
    auto *tabs = child<QTabWidget>(page, "boundlessTabs");
    tabs->setCurrentIndex(1);
    child<QComboBox>(page, "boundlessHost")->setCurrentText("demo");
    click(child<QPushButton>(page, "boundlessConnect"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return page->document().isLoaded(); }, DemoLimitMs));
    EXPECT_EQ(page->document().name(), "broker.toml on demo");
    picture(window, "boundless-operations");
    tabs->setCurrentIndex(3);
    picture(window, "boundless-settings-server");

    // A change is written into the file on the server, and nothing else of it changes.
    const QString path = QFileInfo(application->sshConfigFor("demo")).absolutePath()
        + "/home/boundless/broker.toml";
    const QString address = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    ASSERT_TRUE(page->document().setList("market", "allow_client_addresses", {address}).isEmpty());
    click(child<QPushButton>(page, "saveSettings"));
    auto *diff = child<QDialog>(page, "diffDialog");
    ASSERT_NE(diff, nullptr);
    picture(diff, "boundless-settings-diff");
    diff->reject();
    QSignalSpy saved(&page->document(), &ui::SettingsDocument::saved);
    EXPECT_TRUE(page->document().save().isEmpty());
    ASSERT_TRUE(QTest::qWaitFor([&] { return saved.count() == 1; }, DemoLimitMs));
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll(), page->document().file().bytes());
    EXPECT_TRUE(page->document().file().bytes().contains(address.toUtf8()));
    EXPECT_EQ(child<QLabel>(page, "settingsMessage")->text(),
              "Saved. No broker runs: it counts from the next start.");

    // What a benchmark of the history has measured goes into the settings, by the difference.
    models::RunRecord benchmark;
    benchmark.id = "20260101-010203-bento-0001";
    benchmark.host = "demo";
    benchmark.workflow = "boundless-benchmark";
    benchmark.state = models::RunState::Done;
    benchmark.started = QDateTime(QDate(2026, 1, 1), QTime(1, 2), Qt::UTC);
    benchmark.ended = benchmark.started.addSecs(900);
    benchmark.values = {{"kind", "synthetic"}, {"iterations", 1024}};
    models::StepState figure;
    figure.note = "264.89 kHz (34603008 cycles in 130.63 s); proposal: peak_prove_khz = 198";
    benchmark.steps = {{"Result", figure}};
    ASSERT_TRUE(application->store().save(benchmark));
    click(child<QPushButton>(page, "settingsFromBenchmark"));
    auto *benchmarks = child<QDialog>(page, "benchmarkDialog");
    ASSERT_NE(benchmarks, nullptr);
    picture(benchmarks, "boundless-benchmarks");
    click(child<QPushButton>(benchmarks, "useBenchmark"));
    EXPECT_TRUE(page->document().file().bytes().contains("peak_prove_khz = 198"));
    const QList<QDialog *> diffs = page->findChildren<QDialog *>("diffDialog");
    ASSERT_FALSE(diffs.isEmpty());
    picture(diffs.last(), "boundless-benchmark-diff");
    diffs.last()->reject();
    page->document().undo();
    tabs->setCurrentIndex(5);
    picture(window, "boundless-agents");
    tabs->setCurrentIndex(6);
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return child<QLabel>(page, "envTitle")->text().endsWith("on demo"); }, DemoLimitMs));
    picture(window, "boundless-environment");

    // A stop that an earlier program left, of another checkout there.
    EXPECT_EQ(window->findChild<QMessageBox *>("openStops"), nullptr);
    ASSERT_TRUE(application->store().append("stop-tour",
                                            {QDateTime::currentDateTimeUtc(),
                                             "stop",
                                             {},
                                             {{"host", "demo"}, {"dir", "~/boundless-2"}}}));
    window->offerOpenStops();
    auto *stops = child<QMessageBox>(window, "openStops");
    ASSERT_NE(stops, nullptr);
    EXPECT_TRUE(stops->text().contains("~/boundless-2 on demo"));
    picture(stops, "boundless-open-stops");
    stops->reject();
    ASSERT_TRUE(application->store().append(
        "stop-tour", {QDateTime::currentDateTimeUtc(), "finish", {}, {{"state", "cancelled"}}}));
}

TEST_F(TourTest, LogsOfAztecProvers)
{
    select("Aztec");
    auto *page = qobject_cast<ui::AztecPage *>(window->currentPage());
    ASSERT_NE(page, nullptr);
    picture(window, "aztec-empty");
    page->addFiles({PROVERDECK_TEST_DATA "/aztec/machine-a-epoch-3054.log",
                    PROVERDECK_TEST_DATA "/aztec/prover-node-epoch-3054-lifecycle.log",
                    PROVERDECK_TEST_DATA "/aztec/machine-b-epoch-3055.log",
                    PROVERDECK_TEST_DATA "/aztec/unhealthy.log"});
    ASSERT_TRUE(QTest::qWaitFor([&] { return !page->isBusy() && page->result(); }, DemoLimitMs));
    auto *tabs = child<QTabWidget>(page, "aztecTabs");
    for (int tab = 0; tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        picture(window, "aztec-" + QString::number(tab));
    }
    // The jobs that waited long, by type and then by how long they worked.
    auto *jobs = child<QTableView>(page, "aztecJobs");
    auto *order = qobject_cast<ui::OrderModel *>(jobs->model());
    ASSERT_NE(order, nullptr);
    const int all = order->rowCount();
    tabs->setCurrentIndex(tabs->indexOf(jobs->parentWidget()->parentWidget()));
    jobs->setFocus();
    QTest::keyClick(jobs, Qt::Key_F, Qt::ControlModifier);
    QTest::keyClicks(child<QLineEdit>(page, "filter-work"), ">10");
    QTest::keyClicks(child<QLineEdit>(page, "filter-type"), "rollup");
    order->toggleSort(ui::JobTableModel::Type, false);
    order->toggleSort(ui::JobTableModel::Work, true);
    order->toggleSort(ui::JobTableModel::Work, true);
    EXPECT_GT(order->rowCount(), 0);
    EXPECT_LT(order->rowCount(), all);
    picture(window, "table-filtered");
}

class FaultTourTest : public TourTest
{
protected:
    [[nodiscard]] QStringList faults() const override { return {"no-docker"}; }
};

TEST_F(FaultTourTest, AFailedCheckStopsTheWizardAndSaysWhatToDo)
{
    ui::BenchmarkWizard *wizard = openDemoWizard();
    ASSERT_NE(wizard, nullptr);
    answer(wizard);
    EXPECT_FALSE(child<QPushButton>(wizard, "next")->isEnabled());
    EXPECT_TRUE(child<QLabel>(wizard, "checkSummary")->text().contains("1 check failed"));
    EXPECT_TRUE(child<QLabel>(wizard, "checkDetails")->text().contains("Install Docker"));
    picture(wizard, "wizard-check-failed");
}

} // namespace
} // namespace proverdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/AztecPage.h"

#include "support/Test.h"
#include "ui/aztec/CellTableModel.h"
#include "ui/aztec/FactsDialog.h"
#include "ui/aztec/JobTableModel.h"
#include "ui/aztec/ProofTreeView.h"
#include "ui/aztec/TimelineView.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"
#include "ui/tables/OrderModel.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QDateEdit>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QSvgRenderer>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck::ui {
namespace {

QString sample(const QString &name)
{
    return QString(PROVERDECK_TEST_DATA "/aztec/") + name;
}

class AztecPageTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        page.resize(1100, 700);
        page.show();
    }
    bool open(const QStringList &names)
    {
        page.addFiles(names);
        return QTest::qWaitFor([this] { return !page.isBusy(); }, 20'000);
    }
    [[nodiscard]] QLabel *label(const char *name) const { return page.findChild<QLabel *>(name); }
    [[nodiscard]] QTableView *table(const char *name) const
    {
        return page.findChild<QTableView *>(name);
    }

    AztecPage page;
};

TEST_F(AztecPageTest, SaysHowToBegin)
{
    EXPECT_TRUE(page.findChild<QPushButton *>("aztecOpenFirst")->isVisible());
    EXPECT_FALSE(page.findChild<QPushButton *>("aztecExport")->isEnabled());
}

TEST_F(AztecPageTest, ShowsWhatManyMachinesDid)
{
    ASSERT_TRUE(open({sample("machine-a-epoch-3054.log"), sample("machine-b-epoch-3055.log"),
                      "machine-b-epoch-3055=" + sample("docker-stats.machine-b.txt")}));
    EXPECT_TRUE(label("aztecSummary")->text().contains("2 epoch"))
        << label("aztecSummary")->text().toStdString();
    EXPECT_EQ(table("aztecEpochs")->model()->rowCount(), 2);
    EXPECT_EQ(table("aztecTypes")->model()->rowCount(), 6);
    EXPECT_EQ(table("aztecJobs")->model()->rowCount(), 82);
    EXPECT_EQ(table("aztecTxs")->model()->rowCount(), 17);
    EXPECT_EQ(table("aztecContainers")->model()->rowCount(), 2);
    EXPECT_GT(page.findChild<TimelineView *>()->laneCount(), 30);
    auto *epoch = page.findChild<QComboBox *>("aztecEpoch");
    epoch->setCurrentIndex(2);
    EXPECT_EQ(table("aztecJobs")->model()->rowCount(), 49);
    EXPECT_EQ(table("aztecTypes")->model()->rowCount(), 3);
}

TEST_F(AztecPageTest, AsksOnceForWhatTheLogsDoNotSay)
{
    ASSERT_TRUE(open({sample("machine-b-epoch-3055.log"),
                      "machine-b-epoch-3055=" + sample("docker-stats.machine-b.txt")}));
    EXPECT_TRUE(label("aztecFacts")->isVisible());
    EXPECT_TRUE(label("aztecFacts")->text().contains("cores"))
        << label("aztecFacts")->text().toStdString();
    page.findChild<QPushButton *>("aztecTell")->click();
    auto *dialog = page.findChild<FactsDialog *>("factsDialog");
    ASSERT_TRUE(dialog);
    dialog->findChild<QSpinBox *>("factsCores-machine-b-epoch-3055")->setValue(128);
    dialog->findChild<QDateEdit *>("factsDay")->setDate(QDate(2025, 7, 9));
    dialog->accept();
    ASSERT_TRUE(QTest::qWaitFor(
        [this] { return page.result()->analysis.machines.first().cores == 128; }, 20'000));
    EXPECT_EQ(page.result()->analysis.logs.first().dateFrom, "user");
    EXPECT_TRUE(
        page.result()->analysis.timeText(page.result()->analysis.first).startsWith("2025-07-09"));
    EXPECT_FALSE(label("aztecFacts")->isVisible()) << "asked once";
}

TEST_F(AztecPageTest, AClickOnAJobShowsItsLine)
{
    ASSERT_TRUE(open({sample("midnight.log")}));
    auto *tabs = page.findChild<QTabWidget *>("aztecTabs");
    tabs->setCurrentIndex(2);
    auto *timeline = page.findChild<TimelineView *>();
    std::optional<QPoint> place;
    for (int y = 0; y < timeline->viewport()->height() && !place; y += 3) {
        for (int x = 0; x < timeline->viewport()->width() && !place; x += 3) {
            if (timeline->jobAt({x, y})) {
                place = QPoint(x, y);
            }
        }
    }
    ASSERT_TRUE(place);
    QSignalSpy selected(timeline, &TimelineView::jobSelected);
    QTest::mouseClick(timeline->viewport(), Qt::LeftButton, {}, *place);
    ASSERT_EQ(selected.count(), 1);
    EXPECT_TRUE(QTest::qWaitFor(
        [this] { return label("aztecDetailText")->text().contains("completed outputUri"); }, 5000));
}

TEST_F(AztecPageTest, FindingsNameConsequences)
{
    ASSERT_TRUE(open({sample("unhealthy.log")}));
    auto *findings = page.findChild<FindingsView *>();
    EXPECT_GT(findings->count(), 15);
    auto *link = findings->findChild<QPushButton *>("evidence-job-killed");
    ASSERT_TRUE(link);
    link->click();
    EXPECT_TRUE(QTest::qWaitFor(
        [this] { return label("aztecDetailText")->text().contains("SIGKILL"); }, 5000));
    EXPECT_TRUE(label("aztecDetailTitle")->text().contains("unhealthy.log"));
}

TEST_F(AztecPageTest, Exports)
{
    ASSERT_TRUE(open({sample("unhealthy.log")}));
    QTemporaryDir folder;
    const auto read = [&folder](const QString &name) {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    for (const char *name : {"r.md", "r.json", "r.csv", "r.svg", "r.png"}) {
        EXPECT_EQ(page.exportTo(folder.filePath(name)), QString()) << name;
        EXPECT_FALSE(read(name).isEmpty()) << name;
    }
    EXPECT_TRUE(QJsonDocument::fromJson(read("r.json")).object().contains("epochs"));
    EXPECT_TRUE(QSvgRenderer(read("r.svg")).isValid());
    EXPECT_FALSE(QImage::fromData(read("r.png")).isNull());
    EXPECT_FALSE(page.exportTo(folder.filePath("r.doc")).isEmpty());
    EXPECT_FALSE(page.exportTo("/nowhere/r.md").isEmpty());
}

TEST_F(AztecPageTest, SaysWhatIsWrongWithAFile)
{
    page.addFiles({"/no/such/file.log"});
    EXPECT_TRUE(label("aztecMessage")->text().contains("/no/such/file.log"));
    QTemporaryDir folder;
    QFile file(folder.filePath("other.txt"));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("nothing of a prover\n");
    file.close();
    ASSERT_TRUE(open({file.fileName()}));
    EXPECT_TRUE(label("aztecMessage")->isVisible());
    page.findChild<QPushButton *>("aztecClear")->click();
    EXPECT_TRUE(page.findChild<QPushButton *>("aztecOpenFirst")->isVisible());
}

AztecResultPtr manyJobs(int count)
{
    auto result = std::make_shared<AztecResult>();
    models::aztec::Place place;
    place.container = "agent-1";
    result->analysis.places.push_back(place);
    result->analysis.logs << models::aztec::LogRow{"a.log", "machine-a", {}, {}, 0, "log"};
    result->analysis.types = {"TUBE_PROOF", "MERGE_ROLLUP"};
    result->analysis.hasDates = true;
    for (int i = 0; i < count; ++i) {
        models::aztec::JobRow job;
        job.type = quint16(i % 2);
        job.epoch = 3000 + i / 1000;
        job.started = 1'751'969'000'000 + qint64(i) * 50;
        job.workMs = 15'000;
        job.log = 0;
        job.place = 0;
        result->analysis.jobs.push_back(job);
        models::aztec::Attempt attempt;
        attempt.job = quint32(i);
        attempt.start = job.started;
        attempt.end = job.started + job.workMs;
        attempt.lane = i % 300;
        attempt.how = models::aztec::Attempt::End::Done;
        result->analysis.attempts.push_back(attempt);
        result->ids.push_back("3000:TUBE_PROOF:" + QByteArray::number(i).rightJustified(64, '0'));
    }
    return result;
}

TEST(TimelineViewTest, DrawsOnlyWhatIsVisible)
{
    TimelineView view;
    view.resize(1200, 700);
    view.show();
    view.setResult(manyJobs(100'000), std::nullopt);
    EXPECT_EQ(view.laneCount(), 300);
    (void)view.grab();
    EXPECT_GT(view.paintedBars(), 100);
    EXPECT_LT(view.paintedBars(), 50 * 1200);
    const auto all = view.range();
    for (int i = 0; i < 12; ++i) {
        view.zoom(2, 700);
    }
    (void)view.grab();
    EXPECT_LT(view.paintedBars(), 200);
    EXPECT_LT(view.range().second - view.range().first, (all.second - all.first) / 1000);
    QTest::keyClick(&view, Qt::Key_0);
    EXPECT_EQ(view.range(), all);
    view.setResult({}, std::nullopt);
    (void)view.grab();
    EXPECT_EQ(view.paintedBars(), 0);
}

TEST(JobTableModelTest, HoldsUnderTheTester)
{
    JobTableModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Warning);
    EXPECT_EQ(model.rowCount(), 0);
    model.setResult(manyJobs(3000));
    EXPECT_EQ(model.rowCount(), 3000);
    model.setFilter(3001, "MERGE_ROLLUP");
    EXPECT_EQ(model.rowCount(), 500);
    EXPECT_EQ(model.rowOf(1999), 499);
    EXPECT_EQ(model.rowOf(0), -1);
    OrderModel order(JobSnapshot::columns(), JobTableModel::SortRole);
    order.setSourceModel(&model);
    const QAbstractItemModelTester orderTester(
        &order, QAbstractItemModelTester::FailureReportingMode::Warning);
    order.sort(JobTableModel::Started, Qt::DescendingOrder);
    EXPECT_EQ(order.index(0, 0).data(JobTableModel::JobRole).toUInt(), 1999U);
    EXPECT_EQ(order.mapFromSource(model.index(499, 0)).row(), 0);
    model.setFilter({}, {});
    model.setResult(manyJobs(10));
    EXPECT_EQ(model.rowCount(), 10);
    model.setResult({});
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(CellTableModelTest, HoldsUnderTheTester)
{
    CellTableModel model({"A", "B"});
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Warning);
    model.setRows({{1, {{"x", 1, {}, false, {}}, TableCell::count(std::nullopt, "why")}},
                   {2, {{"<b>", 2, {}, false, {}}}}});
    EXPECT_EQ(model.rowCount(), 2);
    EXPECT_EQ(model.index(0, 1).data().toString(), QString("–"));
    EXPECT_TRUE(model.index(0, 1).data(Qt::ToolTipRole).toString().contains("why"));
    EXPECT_FALSE(model.index(1, 0).data(Qt::ToolTipRole).toString().contains("<b>"));
    EXPECT_EQ(model.index(1, 1).data().toString(), QString());
    model.setRows({});
    EXPECT_EQ(model.rowCount(), 0);
}

/// Pictures for people: PROVERDECK_AZTEC_PICTURES=FOLDER.
TEST_F(AztecPageTest, Pictures)
{
    const QString folder = qEnvironmentVariable("PROVERDECK_AZTEC_PICTURES");
    if (folder.isEmpty()) {
        GTEST_SKIP() << "PROVERDECK_AZTEC_PICTURES is not set";
    }
    for (const auto &[name, appearance] :
         {std::pair(QString("light"), Appearance::Light), {"dark", Appearance::Dark}}) {
        applyAppearance(*qApp, appearance);
        page.resize(1060, 720);
        page.findChild<QPushButton *>("aztecClear")->click();
        page.findChild<QPushButton *>("aztecClear")->setEnabled(true);
        EXPECT_TRUE(page.grab().save(folder + '/' + name + "-empty.png"));
        ASSERT_TRUE(open({sample("unhealthy.log"), sample("machine-a-epoch-3054.log"),
                          sample("machine-b-epoch-3055.log"), sample("v4-v5-vocabulary.log"),
                          sample("docker-stats.txt")}));
        auto *tabs = page.findChild<QTabWidget *>("aztecTabs");
        auto *epoch = page.findChild<QComboBox *>("aztecEpoch");
        for (int i = 0; i < tabs->count(); ++i) {
            epoch->setCurrentIndex(i == 2 ? 3 : i == 3 ? 1 : 0);
            tabs->setCurrentIndex(i);
            QTest::qWait(50);
            EXPECT_TRUE(page.grab().save(folder + '/' + name + QString("-%1.png").arg(i)));
        }
        tabs->setCurrentIndex(2);
        epoch->setCurrentIndex(6);
        EXPECT_TRUE(page.grab().save(folder + '/' + name + "-2b.png"));
    }
}

} // namespace
} // namespace proverdeck::ui

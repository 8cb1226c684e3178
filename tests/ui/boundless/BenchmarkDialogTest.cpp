// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/BenchmarkDialog.h"

#include "support/Test.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

namespace proverdeck::ui {
namespace {

using models::boundless::BenchmarkFigure;

QList<BenchmarkFigure> figures()
{
    const auto at = [](int day) { return QDateTime(QDate(2026, 1, day), QTime(1, 2), Qt::UTC); };
    return {{"c", "alpha", at(3), "1024 iterations", 431.38, 351'000'000, 813.7, 3},
            {"b", "beta", at(2), "32 iterations", 200.5, 900'000, 4.5, 1},
            {"a", "alpha", at(1), "1024 iterations", 400, 34'603'008, 86.5, 1}};
}

class BenchmarkDialogTest : public ::testing::Test
{
protected:
    void open(const QList<BenchmarkFigure> &list, const QString &host)
    {
        dialog = std::make_unique<BenchmarkDialog>(list, host, nullptr);
        dialog->show();
    }
    [[nodiscard]] QString proposal() const
    {
        return dialog->findChild<QLabel *>("benchmarkProposal")->text();
    }
    [[nodiscard]] QTableView *table() const
    {
        return dialog->findChild<QTableView *>("benchmarks");
    }
    [[nodiscard]] QPushButton *use() const
    {
        return dialog->findChild<QPushButton *>("useBenchmark");
    }

    std::unique_ptr<BenchmarkDialog> dialog;
};

TEST_F(BenchmarkDialogTest, BeginsWithTheLastOneOfTheServer)
{
    open(figures(), "beta");
    EXPECT_TRUE(proposal().startsWith("peak_prove_khz = 150, from 200.50 kHz"))
        << proposal().toStdString();
    EXPECT_TRUE(proposal().contains("Under a million cycles"));
    open(figures(), "alpha");
    EXPECT_EQ(proposal(), "peak_prove_khz = 323, from 431.38 kHz");
}

TEST_F(BenchmarkDialogTest, TheSlowestOfThoseThatAreChosenCounts)
{
    open(figures(), "alpha");
    QSignalSpy chosen(dialog.get(), &BenchmarkDialog::chosen);
    table()->selectAll();
    EXPECT_TRUE(proposal().startsWith("peak_prove_khz = 150, from 200.50 kHz"));
    EXPECT_TRUE(proposal().contains("several servers")) << proposal().toStdString();
    table()->clearSelection();
    EXPECT_FALSE(use()->isEnabled());
    table()->selectRow(0);
    table()->selectionModel()->select(table()->model()->index(2, 0),
                                      QItemSelectionModel::Select | QItemSelectionModel::Rows);
    EXPECT_EQ(proposal(), "peak_prove_khz = 300, from 400.00 kHz");
    QTest::mouseClick(use(), Qt::LeftButton);
    ASSERT_EQ(chosen.count(), 1);
    EXPECT_EQ(chosen.at(0).at(0).toLongLong(), 300);
    EXPECT_FALSE(dialog->isVisible());
}

TEST_F(BenchmarkDialogTest, WithoutBenchmarksItSaysHowToGetOne)
{
    open({}, "alpha");
    EXPECT_FALSE(use()->isEnabled());
    EXPECT_EQ(proposal(), QString());
}

} // namespace
} // namespace proverdeck::ui

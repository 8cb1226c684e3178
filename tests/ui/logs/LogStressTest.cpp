// SPDX-License-Identifier: GPL-3.0-or-later
// A log at full speed while somebody scrolls, searches and filters in it. PROVERDECK_STRESS_LINES
// says how many lines; 20000000 takes some minutes.
#include "support/Test.h"
#include "tests/bench/Bench.h"
#include "ui/logs/LogPane.h"
#include "ui/logs/LogView.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QScrollBar>
#include <QTest>
#include <QToolButton>

namespace proverdeck::ui {
namespace {

constexpr qsizetype BatchLines = 3333;

/// What a person does while the log grows, another thing each time.
void act(LogPane &pane, qint64 round)
{
    static const QStringList searches{"proving_time", "gpu 7", "[0-9]{5}", "no such thing", ""};
    LogView *view = pane.view();
    switch (round % 7) {
    case 0:
        pane.findChild<QLineEdit *>("logFind")->setText(searches.at(round / 7 % searches.size()));
        break;
    case 1:
        view->verticalScrollBar()->setValue(
            int(round * 7919 % std::max(1, view->verticalScrollBar()->maximum())));
        break;
    case 2:
        pane.find(round % 2 == 0);
        break;
    case 3:
        pane.setFilterShown(round % 14 == 3);
        pane.findChild<QLineEdit *>("logFilterText")->setText(searches.at(round / 14 % 3));
        break;
    case 4:
        pane.findError(true);
        break;
    case 5:
        view->setFollowing(true);
        break;
    default:
        pane.findChild<QToolButton *>("logFindExpression")->toggle();
        break;
    }
}

TEST(LogStressTest, EveryByteIsThereWhileSomebodyLooks)
{
    const qint64 wanted
        = std::max(qEnvironmentVariableIntValue("PROVERDECK_STRESS_LINES"), 300'000);
    LogPane pane("stress");
    pane.resize(1000, 700);
    pane.show();
    bench::LogSource source;
    qint64 sent = 0;
    double longest = 0;
    double early = 0;
    for (qint64 round = 0; sent < wanted; ++round) {
        pane.append(source.lines(BatchLines));
        sent += BatchLines;
        const double before = bench::threadCpu();
        if (round % 11 == 0) {
            act(pane, round / 11);
        }
        QCoreApplication::processEvents();
        longest = std::max(longest, bench::threadCpu() - before);
        // As fast as it is stored, not faster: a queue would hide how fast that is.
        ASSERT_TRUE(QTest::qWaitFor(
            [&] { return pane.store().extent().lines >= sent - 40 * BatchLines; }, 20'000));
        if (sent >= wanted / 4 && early <= 0) {
            early = bench::statusMiB("RssAnon:");
        }
    }
    ASSERT_TRUE(QTest::qWaitFor([&] { return pane.store().extent().lines == sent; }, 20'000));
    const double late = bench::statusMiB("RssAnon:");
    std::printf(
        "%lld lines; longest GUI turn %.1f ms of processor time; own memory %.0f MiB after a "
        "quarter, %.0f MiB at the end\n",
        sent, longest * 1000, early, late);
    EXPECT_LT(late - early, 150);

    bench::LogSource again;
    quint64 offset = 0;
    for (qint64 compared = 0; compared < sent; compared += BatchLines) {
        const QByteArray expected = again.lines(BatchLines);
        ASSERT_EQ(pane.store().read(offset, expected.size()), expected) << compared;
        offset += quint64(expected.size());
    }
    EXPECT_EQ(pane.store().extent().end, offset);
    EXPECT_TRUE(pane.store().problem().isEmpty());
}

} // namespace
} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Test.h"
#include "ui/boundless/ContainerTableModel.h"
#include "ui/boundless/HoldingOrderModel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

namespace proverdeck::ui {
namespace {

using models::boundless::BrokerEra;
using models::boundless::HoldingOrder;
using models::boundless::StackContainer;
using models::boundless::StackStatus;
using models::boundless::StopVerdict;

constexpr qint64 Now = 1'800'000'000'000;

StackContainer container(const QString &name)
{
    StackContainer one;
    one.name = name;
    one.service = name;
    one.status = "running";
    one.isRunning = true;
    one.started = QDateTime::fromMSecsSinceEpoch(Now - 90'000, Qt::UTC);
    return one;
}

QString shown(const QAbstractItemModel &model, int row, int column)
{
    return model.index(row, column).data().toString();
}

TEST(ContainerTableModelTest, FillsChangesAndClears)
{
    ContainerTableModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Warning);
    StackStatus status;
    status.now = QDateTime::fromMSecsSinceEpoch(Now, Qt::UTC);
    status.containers = {container("broker"), container("redis")};
    model.setStatus(status);
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_EQ(shown(model, 0, ContainerTableModel::Name), "broker");
    EXPECT_EQ(shown(model, 0, ContainerTableModel::Up), "1 min 30 s");
    EXPECT_EQ(shown(model, 0, ContainerTableModel::Cpu), "–") << "not known is not 0";

    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    status.containers[0].cpuPercent = 12.4;
    status.containers[0].health = "healthy";
    status.containers[1].isRunning = false;
    status.containers[1].status = "exited";
    status.containers[1].exitCode = 137;
    model.setStatus(status);
    EXPECT_TRUE(reset.isEmpty()) << "the selection stays";
    EXPECT_EQ(shown(model, 0, ContainerTableModel::Cpu), "12 %");
    EXPECT_EQ(shown(model, 0, ContainerTableModel::State), "running, healthy");
    EXPECT_EQ(shown(model, 1, ContainerTableModel::Up), "exit status 137");

    model.setStatus({});
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(HoldingOrderModelTest, CountsDownAndTellsTheLostOnes)
{
    HoldingOrderModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Warning);
    StopVerdict verdict;
    verdict.holding = {{.requestId = "0x1",
                        .status = "Proving",
                        .lockDeadlineMs = Now + 65'000,
                        .collateralRaw = "5000000"},
                       {.requestId = "0x2", .why = HoldingOrder::Why::Unjudged}};
    verdict.lost = {{.requestId = "0x3", .lockDeadlineMs = Now - 1}};
    model.setVerdict(verdict, BrokerEra::V013);
    ASSERT_EQ(model.rowCount(), 3);
    EXPECT_EQ(shown(model, 0, HoldingOrderModel::Left), "–") << "the server's clock is not known";
    model.setNow(Now);
    EXPECT_EQ(shown(model, 0, HoldingOrderModel::Left), "1 min 05 s");
    EXPECT_TRUE(shown(model, 0, HoldingOrderModel::Collateral).startsWith("5"));
    EXPECT_EQ(shown(model, 1, HoldingOrderModel::Left), "–");
    EXPECT_EQ(shown(model, 1, HoldingOrderModel::Collateral), "–");
    EXPECT_EQ(shown(model, 2, HoldingOrderModel::Left), "over");
    model.setNow(Now + 70'000);
    EXPECT_EQ(shown(model, 0, HoldingOrderModel::Left), "0 s");

    verdict.holding.removeFirst();
    model.setVerdict(verdict, BrokerEra::V013);
    EXPECT_EQ(model.rowCount(), 2);
    model.setVerdict({}, BrokerEra::V013);
    EXPECT_EQ(model.rowCount(), 0);
}

} // namespace
} // namespace proverdeck::ui

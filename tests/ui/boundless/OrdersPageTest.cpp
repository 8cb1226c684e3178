// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/OrdersPage.h"

#include "support/Test.h"
#include "ui/boundless/OrderFilter.h"
#include "ui/boundless/OrderTableModel.h"
#include "ui/boundless/SkipReasonModel.h"
#include "ui/common/Theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

namespace proverdeck::ui {
namespace {

using namespace Qt::StringLiterals;
using models::boundless::BrokerEra;
using models::boundless::OrderRow;

QString path(const char *name)
{
    return QStringLiteral(PROVERDECK_TEST_DATA "/boundless/") + QString::fromLatin1(name);
}

/// Where PROVERDECK_TEST_PICTURES says, for people to look at.
void savePicture(QWidget &widget, const QString &name)
{
    const QString folder = qEnvironmentVariable("PROVERDECK_TEST_PICTURES");
    if (!folder.isEmpty()) {
        QDir().mkpath(folder);
        for (int i = 0; i < 5; ++i) {
            QCoreApplication::processEvents(); // what was changed gets its place
        }
        EXPECT_TRUE(widget.grab().save(folder + u'/' + name + u".png"_s));
    }
}

class OrdersPageTest : public ::testing::Test
{
protected:
    OrdersPageTest()
    {
        applyAppearance(*qApp, Appearance::Light);
        page.resize(1280, 720);
        page.show();
    }
    void open(const QStringList &files)
    {
        QSignalSpy read(&page, &OrdersPage::filesRead);
        page.openFiles(files);
        EXPECT_TRUE(QTest::qWaitFor([&read] { return !read.isEmpty(); }, 20'000));
        QSignalSpy changed(&page, &OrdersPage::changed);
        EXPECT_TRUE(QTest::qWaitFor([&changed] { return !changed.isEmpty(); }, 5000));
    }
    [[nodiscard]] QString card(const char *id) const
    {
        return page.findChild<QLabel *>(u"card-"_s + QString::fromLatin1(id))->text();
    }
    [[nodiscard]] QAbstractItemModel *table() const
    {
        return page.findChild<QTableView *>(u"orders"_s)->model();
    }
    template<class T> [[nodiscard]] T *child(const char *name) const
    {
        return page.findChild<T *>(QString::fromLatin1(name));
    }

    OrdersPage page;
};

TEST_F(OrdersPageTest, SaysWhatToDoWhileItIsEmpty)
{
    EXPECT_TRUE(child<QPushButton>("openFirstLogs")->isVisible());
    EXPECT_FALSE(child<QTableView>("orders")->isVisible());
    savePicture(page, u"orders-empty"_s);
}

TEST_F(OrdersPageTest, ShowsSumsAlarmAndOrders)
{
    open({path("broker-0.13.log")});
    EXPECT_EQ(card("seen"), u"27"_s);
    EXPECT_EQ(card("skipped"), u"15"_s);
    EXPECT_EQ(card("locked"), u"2"_s);
    EXPECT_EQ(card("fulfilled"), u"2"_s);
    EXPECT_EQ(card("rate"), u"50 %"_s);
    EXPECT_EQ(card("speed"), u"431.4 kHz"_s);
    EXPECT_EQ(table()->rowCount(), 27);
    ASSERT_TRUE(child<QFrame>("alarm")->isVisible());
    EXPECT_THAT(child<QLabel>("alarmText")->text().toStdString(),
                ::testing::HasSubstr("Lost lock"));
    EXPECT_EQ(child<QTableView>("skipReasons")->model()->rowCount(), 15);
    EXPECT_THAT(child<QLabel>("sources")->text().toStdString(), ::testing::HasSubstr("0.13"));
    savePicture(page, u"orders"_s);
}

TEST_F(OrdersPageTest, FiltersByStateAndText)
{
    open({path("broker-0.13.log")});
    child<QPushButton>("showAlarm")->click();
    EXPECT_EQ(table()->rowCount(), 4) << "a lost lock, a failed one, two whose time is over";
    child<QComboBox>("stateFilter")->setCurrentIndex(0);
    QTest::keyClicks(child<QLineEdit>("searchOrders"), u"B-BON-005"_s);
    EXPECT_EQ(table()->rowCount(), 1);
    child<QLineEdit>("searchOrders")->setText(u"00000024"_s);
    EXPECT_EQ(table()->rowCount(), 1);
    child<QLineEdit>("searchOrders")->clear();
    child<QComboBox>("stateFilter")->setCurrentIndex(3);
    EXPECT_EQ(table()->rowCount(), 2);
    child<QComboBox>("stateFilter")->setCurrentIndex(5);
    EXPECT_GE(table()->rowCount(), 15);
}

TEST_F(OrdersPageTest, ClearsAndTellsWhatCannotBeRead)
{
    open({path("broker-2.0.log"), path("nothing.log")});
    EXPECT_EQ(card("fulfilled"), u"3"_s);
    EXPECT_THAT(
        child<QLabel>("sources")->text().toStdString(),
        ::testing::AllOf(::testing::HasSubstr("2.0.2"), ::testing::HasSubstr("nothing.log")));
    savePicture(page, u"orders-2.0"_s);
    child<QPushButton>("clearOrders")->click();
    EXPECT_EQ(table()->rowCount(), 0);
    EXPECT_TRUE(child<QPushButton>("openFirstLogs")->isVisible());
}

TEST_F(OrdersPageTest, LinksToLinesAndSettings)
{
    open({path("broker-2.0.log")});
    QSignalSpy line(&page, &OrdersPage::lineWanted);
    QSignalSpy setting(&page, &OrdersPage::settingWanted);
    auto *orders = child<QTableView>("orders");
    emit orders->activated(orders->model()->index(0, 0));
    ASSERT_EQ(line.count(), 1);
    EXPECT_EQ(line.at(0).at(0).toString(), u"broker-2.0.log"_s);
    EXPECT_GT(line.at(0).at(1).toLongLong(), 0);
    auto *skips = child<QTableView>("skipReasons");
    for (int row = 0; row < skips->model()->rowCount(); ++row) {
        emit skips->doubleClicked(skips->model()->index(row, 0));
    }
    QStringList keys;
    for (const auto &call : setting) {
        keys << call.at(0).toString();
    }
    EXPECT_THAT(
        keys,
        ::testing::IsSupersetOf({u"peak_prove_khz"_s, u"min_mcycle_price"_s, u"max_collateral"_s}));
}

TEST_F(OrdersPageTest, IsReadableInTheDark)
{
    applyAppearance(*qApp, Appearance::Dark);
    page.resize(1280, 720);
    open({path("broker-0.13.log")});
    savePicture(page, u"orders-dark"_s);
    applyAppearance(*qApp, Appearance::Light);
}

TEST(OrderTableModel, LivesUnderTheTester)
{
    OrderTableModel model;
    OrderFilter filter;
    filter.setSourceModel(&model);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Warning);
    const QAbstractItemModelTester filterTester(
        &filter, QAbstractItemModelTester::FailureReportingMode::Warning);
    QList<OrderRow> rows;
    for (int i = 0; i < 50; ++i) {
        OrderRow row;
        row.order.id = u"0x"_s + QString::number(i, 16);
        row.deadlineMs = 100'000 + i;
        row.isExposed = true;
        row.state = models::boundless::OrderState::Proving;
        rows << row;
        model.setRows(rows, BrokerEra::V013, 1000 * i);
        filter.setText(i % 3 == 0 ? QString() : u"1"_s);
    }
    EXPECT_EQ(model.rowCount(), 50);
    EXPECT_EQ(model.index(0, OrderTableModel::Deadline).data().toString(), u"in 51.0 s"_s);
    model.setNow(100'001);
    EXPECT_EQ(model.index(0, OrderTableModel::Deadline).data().toString(), u"over"_s);
    rows[3].state = models::boundless::OrderState::Fulfilled;
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.setRows(rows, BrokerEra::V013, 5);
    EXPECT_EQ(changed.count(), 1);
    EXPECT_EQ(reset.count(), 0);
    model.setRows(rows.mid(10), BrokerEra::V013, 5);
    EXPECT_EQ(reset.count(), 1);
    model.setRows({}, BrokerEra::V013, 5);
    EXPECT_EQ(model.rowCount(), 0);
    EXPECT_EQ(spanText(47'120), u"47.1 s"_s);
    EXPECT_EQ(spanText(63'000), u"1 min 03 s"_s);
    EXPECT_EQ(spanText(7'500'000), u"2 h 05 min"_s);
}

TEST(SkipReasonModel, LivesUnderTheTester)
{
    SkipReasonModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Warning);
    models::boundless::SkipCount skip;
    skip.reason = models::boundless::BrokerPatterns::builtIn()->skipReason(u"under-priced"_s);
    skip.orders = 3;
    model.setSkips({skip}, BrokerEra::V013);
    EXPECT_EQ(model.index(0, SkipReasonModel::Setting).data().toString(), u"mcycle_price"_s);
    model.setSkips({skip}, BrokerEra::V20);
    EXPECT_EQ(model.index(0, SkipReasonModel::Setting).data().toString(), u"min_mcycle_price"_s);
    model.setSkips({}, BrokerEra::V20);
}

} // namespace
} // namespace proverdeck::ui

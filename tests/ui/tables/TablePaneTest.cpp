// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tables/TablePane.h"

#include "support/Test.h"
#include "ui/tables/OrderModel.h"
#include "ui/tables/TableHeader.h"
#include "ui/tables/TableView.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <random>

namespace proverdeck::ui {
namespace {

using namespace Qt::StringLiterals;
using models::tables::ValueKind;

struct Job
{
    int number = 0;
    std::optional<int> ms;
    QString type;
};

/// A table that grows, shrinks and changes; with or without snapshots.
class Jobs : public QAbstractTableModel
{
public:
    enum Column { Number, Time, Type, Columns };
    static constexpr int SortRole = Qt::UserRole + 1;

    [[nodiscard]] static TableColumns columns()
    {
        return {
            {.id = u"number"_s, .kind = ValueKind::Number},
            {.id = u"time"_s,
             .kind = ValueKind::Duration,
             .total = models::tables::TotalRule(),
             .totalText = [](double ms) { return QString(QString::number(ms / 1000) + u" s"_s); }},
            {.id = u"type"_s}};
    }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(jobs.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(Columns);
    }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override
    {
        const Job &job = jobs.at(index.row());
        if (role == Qt::TextAlignmentRole) {
            return int(index.column() == Type ? Qt::AlignLeft : Qt::AlignRight);
        }
        if (role != Qt::DisplayRole && role != SortRole) {
            return {};
        }
        switch (index.column()) {
        case Number:
            return role == SortRole ? QVariant(job.number) : QVariant(QString::number(job.number));
        case Time:
            return role == SortRole
                ? (job.ms ? QVariant(*job.ms) : QVariant())
                : QVariant(job.ms ? QString::number(*job.ms / 1000.0) + u" s"_s : u"–"_s);
        default:
            return job.type;
        }
    }
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override
    {
        if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
            return int(section == Type ? Qt::AlignLeft : Qt::AlignRight);
        }
        return orientation == Qt::Horizontal && role == Qt::DisplayRole
            ? QVariant(QStringList{u"Job"_s, u"Time"_s, u"Type"_s}.at(section))
            : QVariant();
    }
    void insert(int at, const QList<Job> &more)
    {
        beginInsertRows({}, at, at + int(more.size()) - 1);
        jobs = jobs.mid(0, at) + more + jobs.mid(at);
        endInsertRows();
    }
    void remove(int at, int count)
    {
        beginRemoveRows({}, at, at + count - 1);
        jobs.remove(at, count);
        endRemoveRows();
    }
    void change(int at, const Job &job)
    {
        jobs[at] = job;
        emit dataChanged(index(at, 0), index(at, Columns - 1));
    }
    void reset(const QList<Job> &all)
    {
        beginResetModel();
        jobs = all;
        endResetModel();
    }

    QList<Job> jobs;
};

class Memory : public TableMemory
{
public:
    [[nodiscard]] QByteArray tableState(const QString &name) const override
    {
        return states.value(name);
    }
    void setTableState(const QString &name, const QByteArray &state) override
    {
        states[name] = state;
    }
    QMap<QString, QByteArray> states;
};

class TablePaneTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        source.reset({{1, 3000, u"ROOT"_s},
                      {2, 1000, u"TUBE"_s},
                      {3, {}, u"root b"_s},
                      {4, 3000, u"BASE"_s},
                      {5, 500, u"ROOT"_s}});
        pane.resize(700, 300);
        pane.show();
    }
    [[nodiscard]] QStringList column(int number = Jobs::Number) const
    {
        QStringList all;
        for (int row = 0; row < pane.order().rowCount(); ++row) {
            all << pane.order().index(row, number).data().toString();
        }
        return all;
    }
    [[nodiscard]] QString label(const char *name) const
    {
        return pane.findChild<QLabel *>(QString::fromLatin1(name))->text();
    }
    [[nodiscard]] QLineEdit *filter(const char *name) const
    {
        return pane.findChild<QLineEdit *>(u"filter-"_s + QString::fromLatin1(name));
    }
    void click(int section, Qt::KeyboardModifiers with = {})
    {
        const int x = pane.view().header().sectionViewportPosition(section) + 10;
        QTest::mouseClick(pane.view().header().viewport(), Qt::LeftButton, with, {x, 8});
    }

    Jobs source;
    QAbstractItemModelTester sourceTester{&source,
                                          QAbstractItemModelTester::FailureReportingMode::Warning};
    TablePane pane{u"jobs"_s, u"Jobs"_s, Jobs::columns(), Jobs::SortRole, &source};
    QAbstractItemModelTester tester{&pane.order(),
                                    QAbstractItemModelTester::FailureReportingMode::Warning};
};

TEST_F(TablePaneTest, SortsBySeveralColumnsAndSaysSoInTheTitles)
{
    EXPECT_EQ(column(), (QStringList{"1", "2", "3", "4", "5"}));
    click(Jobs::Time);
    EXPECT_EQ(column(), (QStringList{"5", "2", "1", "4", "3"}));
    EXPECT_EQ(pane.order().headerData(Jobs::Time, Qt::Horizontal, Qt::DisplayRole), u"Time ▲"_s);
    click(Jobs::Number, Qt::ShiftModifier);
    click(Jobs::Number, Qt::ShiftModifier);
    EXPECT_EQ(column(), (QStringList{"5", "2", "4", "1", "3"}));
    EXPECT_EQ(pane.order().headerData(Jobs::Time, Qt::Horizontal, Qt::DisplayRole), u"Time ▲1"_s);
    EXPECT_EQ(pane.order().headerData(Jobs::Number, Qt::Horizontal, Qt::DisplayRole), u"Job ▼2"_s);
    EXPECT_EQ(pane.order().headerData(Jobs::Number, Qt::Horizontal, Qt::AccessibleTextRole),
              u"Job, sorted downwards, 2 of 2"_s);
    click(Jobs::Time);
    EXPECT_EQ(pane.order().sortKeys().size(), 1U);
    click(Jobs::Time);
    EXPECT_EQ(column(), (QStringList{"1", "4", "2", "5", "3"})); // unknown stays last
    click(Jobs::Time);
    EXPECT_EQ(column(), (QStringList{"1", "2", "3", "4", "5"}));
}

TEST_F(TablePaneTest, FiltersAsOneTypes)
{
    pane.view().setFocus();
    pane.view().setCurrentIndex(pane.order().index(0, Jobs::Type));
    QTest::keyClick(&pane.view(), Qt::Key_F, Qt::ControlModifier);
    ASSERT_TRUE(filter("type")->isVisible());
    QTest::keyClicks(filter("type"), u"roo"_s);
    EXPECT_EQ(column(), (QStringList{"1", "3", "5"}));
    EXPECT_EQ(label("rowCount"), u"3 of 5 rows"_s);
    EXPECT_EQ(label("totals"), u"Time 3.5 s (of 2)"_s);
    QTest::keyClicks(filter("time"), u">=3"_s);
    EXPECT_EQ(column(), (QStringList{"1"}));
    QTest::keyClicks(filter("time"), u"x"_s);
    EXPECT_EQ(column(), (QStringList{"1", "3", "5"})); // not understood: hides nothing
    EXPECT_FALSE(filter("time")->accessibleDescription().isEmpty());
    QTest::keyClick(filter("time"), Qt::Key_Escape);
    EXPECT_EQ(filter("time")->text(), QString());
    pane.findChild<QToolButton *>(u"clearFilters"_s)->click();
    EXPECT_EQ(filter("type")->text(), QString());
    EXPECT_EQ(label("rowCount"), u"5 rows"_s);
    EXPECT_EQ(label("totals"), u"Time 7.5 s (of 4)"_s);
}

TEST_F(TablePaneTest, HidingTheFiltersRemovesThem)
{
    pane.findChild<QToolButton *>(u"showFilters"_s)->click();
    filter("number")->setText(u"=4"_s);
    EXPECT_EQ(column(), QStringList{"4"});
    pane.findChild<QToolButton *>(u"showFilters"_s)->click();
    EXPECT_EQ(column().size(), 5);
    EXPECT_FALSE(pane.order().isFiltered());
}

TEST_F(TablePaneTest, FollowsItsSource)
{
    pane.order().sort(Jobs::Time, Qt::DescendingOrder);
    pane.order().setFilter(Jobs::Type, u"!tube"_s);
    EXPECT_EQ(column(), (QStringList{"1", "4", "5", "3"}));
    const QPersistentModelIndex four = pane.order().index(1, 0);
    pane.view().selectRow(1);
    source.insert(5, {{6, 9000, u"BASE"_s}, {7, 100, u"TUBE"_s}});
    EXPECT_EQ(column(), (QStringList{"6", "1", "4", "5", "3"}));
    source.insert(0, {{8, 3000, u"BASE"_s}});
    EXPECT_EQ(column(), (QStringList{"6", "8", "1", "4", "5", "3"}));
    source.remove(1, 1);
    EXPECT_EQ(column(), (QStringList{"6", "8", "4", "5", "3"}));
    EXPECT_EQ(four.data().toString(), u"4"_s);
    ASSERT_EQ(pane.view().selectionModel()->selectedRows().size(), 1);
    EXPECT_EQ(pane.view().selectionModel()->selectedRows().at(0).data().toString(), u"4"_s);
    QSignalSpy settled(&pane.order(), &OrderModel::settled);
    source.change(3, {4, 1, u"BASE"_s});
    ASSERT_TRUE(QTest::qWaitFor([&] { return settled.count() > 0; }));
    EXPECT_EQ(column(), (QStringList{"6", "8", "5", "4", "3"}));
    source.reset({});
    EXPECT_EQ(pane.order().rowCount(), 0);
    source.reset({{1, 1, u"a"_s}});
    EXPECT_EQ(column(), QStringList{"1"});
}

TEST_F(TablePaneTest, CopiesWhatIsSelectedAsItIsArranged)
{
    pane.order().sort(Jobs::Time, Qt::AscendingOrder);
    pane.view().header().moveSection(2, 0);
    pane.view().setColumnHidden(Jobs::Number, true);
    pane.view().selectRow(4);
    pane.view().setFocus();
    QTest::keyClick(&pane.view(), Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QGuiApplication::clipboard()->text(), u"Type\tTime\nroot b\t–\n"_s);
    pane.view().clearSelection();
    pane.order().setFilter(Jobs::Time, u"<=1"_s);
    pane.view().copyRows(models::tables::TextForm::Markdown);
    EXPECT_EQ(QGuiApplication::clipboard()->text(),
              u"| Type | Time |\n| --- | ---: |\n| ROOT | 0.5 s |\n| TUBE | 1 s |\n"_s);
    EXPECT_TRUE(label("rowCount").contains(u"Copied 2"_s));
}

TEST_F(TablePaneTest, RemembersHowItWasArranged)
{
    Memory memory;
    pane.setMemory(&memory);
    pane.view().header().moveSection(2, 0);
    pane.order().setSort({{Jobs::Type, true}, {Jobs::Number, false}});
    QMenu *menu = pane.view().makeColumnMenu();
    menu->findChild<QAction *>(u"column-time"_s)->trigger();
    ASSERT_TRUE(QTest::qWaitFor([&] { return memory.states.contains(u"jobs"_s); }));

    TablePane other(u"jobs"_s, u"Jobs"_s, Jobs::columns(), Jobs::SortRole, &source);
    other.setMemory(&memory);
    EXPECT_EQ(other.view().header().visualIndex(Jobs::Type), 0);
    EXPECT_TRUE(other.view().isColumnHidden(Jobs::Time));
    EXPECT_EQ(other.order().sortKeys(), pane.order().sortKeys());
    for (const char *bad : {"", "{", "[]", R"({"columns":[{"id":"gone"},{"id":"type","width":-5},
         {"id":"type","shown":false},{"id":"time","shown":false},{"id":"number","shown":false}],
         "sort":[{"id":"gone"},7]})"}) {
        memory.states[u"jobs"_s] = bad;
        other.setMemory(&memory);
        EXPECT_LT(other.view().header().hiddenSectionCount(), 3);
    }
}

TEST_F(TablePaneTest, AnEmptyTableSaysWhy)
{
    pane.setEmptyText(u"No jobs yet"_s);
    source.reset({});
    EXPECT_EQ(label("rowCount"), u"0 rows"_s);
    EXPECT_FALSE(pane.grab().isNull());
    source.reset({{1, 1, u"a"_s}});
    pane.order().setFilter(Jobs::Type, u"zzz"_s);
    EXPECT_EQ(label("rowCount"), u"0 of 1 rows"_s);
    EXPECT_FALSE(pane.grab().isNull());
}

/// Many rows, with random operations while the worker is at it: in the end it is what a sort gives.
TEST_F(TablePaneTest, ManyRowsAreSortedInAWorkerWhateverHappensMeanwhile)
{
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto job = [&] {
        return Job{int(random() % 1000), int(random() % 500), random() % 2 ? u"ROOT"_s : u"TUBE"_s};
    };
    QList<Job> many(OrderModel::SmallRows + 5000);
    std::ranges::generate(many, job);
    source.reset(many);
    QSignalSpy settled(&pane.order(), &OrderModel::settled);
    for (int step = 0; step < 30; ++step) {
        const int at = int(random() % unsigned(source.jobs.size()));
        switch (random() % 6) {
        case 0:
            source.insert(int(source.jobs.size()), {job(), job(), job()});
            break;
        case 1:
            source.insert(at, {job()});
            break;
        case 2:
            source.remove(at, 1);
            break;
        case 3:
            source.change(at, job());
            break;
        case 4:
            pane.order().setSort({{int(random() % 3), random() % 2 == 0}, {Jobs::Number, false}});
            break;
        default:
            pane.order().setFilter(Jobs::Type, random() % 2 ? u"root"_s : QString());
        }
        if (random() % 3 == 0) {
            QCoreApplication::processEvents();
        }
    }
    pane.order().setSort({{Jobs::Time, true}, {Jobs::Number, false}});
    pane.order().setFilter(Jobs::Type, u"tube"_s);
    std::vector<int> expected;
    for (int i = 0; i < int(source.jobs.size()); ++i) {
        if (source.jobs.at(i).type == u"TUBE") {
            expected.push_back(i);
        }
    }
    std::ranges::stable_sort(expected, [&](int a, int b) {
        const Job &x = source.jobs.at(a);
        const Job &y = source.jobs.at(b);
        return x.ms != y.ms ? x.ms > y.ms : x.number < y.number;
    });
    const auto isRight = [&] {
        return !pane.order().isBusy()
            && std::ranges::equal(*pane.order().shown(), expected,
                                  [](quint32 a, int b) { return a == quint32(b); });
    };
    EXPECT_TRUE(QTest::qWaitFor(isRight, 10'000));
}

} // namespace
} // namespace proverdeck::ui

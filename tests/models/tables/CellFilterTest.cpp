// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tables/CellFilter.h"

#include "models/tables/TableText.h"
#include "models/tables/TableTotals.h"
#include "support/Test.h"

#include <QDateTime>

#include <cmath>
#include <limits>

namespace proverdeck::models::tables {
namespace {

using namespace Qt::StringLiterals;

bool isIn(const char *typed, const QString &text)
{
    return CellFilter::parse(QString::fromUtf8(typed), ValueKind::Text).accepts(QStringView(text));
}

bool isIn(const char *typed, double number, ValueKind kind = ValueKind::Number)
{
    const CellFilter filter = CellFilter::parse(QString::fromUtf8(typed), kind);
    EXPECT_TRUE(filter.isAboutNumbers()) << typed;
    return filter.accepts(number);
}

TEST(CellFilterTest, FindsTexts)
{
    EXPECT_TRUE(isIn("root", "BLOCK_ROOT_ROLLUP"));
    EXPECT_FALSE(isIn("tube", "BLOCK_ROOT_ROLLUP"));
    EXPECT_FALSE(isIn("!root", "BLOCK_ROOT_ROLLUP"));
    EXPECT_TRUE(isIn("=gpu1", "GPU1"));
    EXPECT_FALSE(isIn("=gpu1", "gpu10"));
    EXPECT_TRUE(isIn("-", "–"));
    EXPECT_TRUE(isIn("–", ""));
    EXPECT_FALSE(isIn("-", "agent-1"));
    EXPECT_TRUE(isIn("agent-", "agent-1"));
    EXPECT_TRUE(isIn("  ", "anything"));
    EXPECT_TRUE(isIn("!", "anything")); // somebody is typing
}

TEST(CellFilterTest, ComparesNumbers)
{
    EXPECT_TRUE(isIn(">5", 5.1));
    EXPECT_FALSE(isIn(">5", 5));
    EXPECT_TRUE(isIn(">= 5", 5));
    EXPECT_TRUE(isIn("<20k", 19'999));
    EXPECT_FALSE(isIn("<20k", 20'000));
    EXPECT_TRUE(isIn("<= 1 234 567", 1'234'567));
    EXPECT_TRUE(isIn("=3", 3));
    EXPECT_TRUE(isIn("3..5", 3));
    EXPECT_TRUE(isIn("3..5", 5));
    EXPECT_FALSE(isIn("3..5", 5.01));
    EXPECT_TRUE(isIn("-2..", 99));
    EXPECT_FALSE(isIn(">-1", std::numeric_limits<double>::quiet_NaN()));
    EXPECT_TRUE(isIn(">1.5M", 1'600'000));
}

TEST(CellFilterTest, DurationsAreInSecondsUnlessTheySayOtherwise)
{
    EXPECT_TRUE(isIn(">47", 47'120, ValueKind::Duration));
    EXPECT_FALSE(isIn(">48", 47'120, ValueKind::Duration));
    EXPECT_TRUE(isIn("<=1 min", 60'000, ValueKind::Duration));
    EXPECT_TRUE(isIn("200ms..0.5 h", 1'800'000, ValueKind::Duration));
}

TEST(CellFilterTest, ADateIsAWholeDay)
{
    const auto at = [](int hour) {
        return double(QDateTime(QDate(2026, 11, 21), QTime(hour, 5)).toMSecsSinceEpoch());
    };
    EXPECT_TRUE(isIn("=2026-11-21", at(0), ValueKind::Time));
    EXPECT_TRUE(isIn("=2026-11-21", at(23), ValueKind::Time));
    EXPECT_FALSE(isIn(">2026-11-21", at(23), ValueKind::Time));
    EXPECT_TRUE(isIn(">2026-11-21 13:04", at(13), ValueKind::Time));
    EXPECT_FALSE(isIn("<2026-11-21 13:05", at(13), ValueKind::Time));
}

TEST(CellFilterTest, WhatIsNotUnderstoodHidesNothing)
{
    for (const char *typed : {">abc", "5..x", "<5 s s", ">5q", ">2026-13-01"}) {
        const CellFilter filter = CellFilter::parse(QString::fromUtf8(typed), ValueKind::Number);
        EXPECT_TRUE(filter.isEmpty()) << typed;
        EXPECT_FALSE(filter.problem().isEmpty()) << typed;
        EXPECT_TRUE(filter.accepts(QStringView(u"x")));
    }
    EXPECT_TRUE(CellFilter::parse(u">"_s, ValueKind::Number).problem().isEmpty());
}

/// Two columns: amounts and times.
class Amounts : public ColumnSource
{
public:
    [[nodiscard]] std::size_t rows() const override { return all.size(); }
    [[nodiscard]] ValueKind kind(int) const override { return ValueKind::Number; }
    [[nodiscard]] double number(std::size_t row, int column) const override
    {
        return column == 0 ? all[row].first : all[row].second;
    }
    [[nodiscard]] QStringView text(std::size_t row, int column, QString &buffer) const override
    {
        buffer = column == 0 ? u"a|b\n\t"_s + QString::number(row) : QString::number(row);
        return buffer;
    }
    std::vector<std::pair<double, double>> all;
};

TEST(TableTotalsTest, ARatioIsTotalsDividedByTotals)
{
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    Amounts source;
    source.all = {{10, 1}, {30, 9}, {unknown, 5}, {7, unknown}};
    const auto totals
        = totalsOf(source, {0, 1, 2, 3}, {{.column = 0}, {.column = 1, .of = 0, .by = 1}}, false);
    ASSERT_EQ(totals.size(), 2U);
    EXPECT_EQ(totals[0].value, 47);
    EXPECT_EQ(totals[0].known, 3U);
    EXPECT_EQ(totals[1].value, 4); // not the mean of 10 and 3.33
    EXPECT_EQ(totals[1].known, 2U);
    EXPECT_TRUE(std::isnan(totalsOf(source, {2}, {{.column = 0}}, false).at(0).value));
    EXPECT_TRUE(std::isnan(totalsOf(source, {}, {{.column = 0}}, false).at(0).value));
}

TEST(TableTextTest, CellsStayCells)
{
    Amounts source;
    source.all.resize(3);
    const std::vector<TextColumn> columns{{0, u"A|"_s, false}, {1, u"N"_s, true}};
    EXPECT_EQ(tableText(source, {2, 0}, columns, TextForm::Tsv),
              u"A|\tN\na|b  2\t2\na|b  0\t0\n"_s);
    EXPECT_EQ(tableText(source, {1}, columns, TextForm::Markdown),
              u"| A\\| | N |\n| --- | ---: |\n| a\\|b  1 | 1 |\n"_s);
}

} // namespace
} // namespace proverdeck::models::tables

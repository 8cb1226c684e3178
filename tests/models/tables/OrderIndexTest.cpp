// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tables/OrderIndex.h"

#include "models/tables/FoldedText.h"
#include "support/Test.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

// PROVERDECK_TEST_SEED and PROVERDECK_TEST_ROUNDS choose other tables and more of them.
namespace proverdeck::models::tables {
namespace {

using namespace Qt::StringLiterals;

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

struct Row
{
    double number = kUnknown;
    QString text;
    quint32 kind = 0;
};

const QStringList kKinds{u"Root"_s, u"base"_s, u"MERGE"_s, u"–"_s, u"tube"_s, u"base"_s};

class Rows : public ColumnSource
{
public:
    enum Column { Number, Text, Kind, Columns };

    [[nodiscard]] std::size_t rows() const override { return all.size(); }
    [[nodiscard]] ValueKind kind(int column) const override
    {
        return column == Number ? ValueKind::Number : ValueKind::Text;
    }
    [[nodiscard]] double number(std::size_t row, int) const override { return all[row].number; }
    [[nodiscard]] QStringView text(std::size_t row, int column, QString &buffer) const override
    {
        if (column == Number) {
            buffer = std::isnan(all[row].number) ? u"–"_s : QString::number(all[row].number);
            return buffer;
        }
        return column == Text ? all[row].text : kKinds.at(all[row].kind);
    }
    [[nodiscard]] QStringList categories(int column) const override
    {
        return column == Kind ? kKinds : QStringList();
    }
    [[nodiscard]] quint32 category(std::size_t row, int) const override { return all[row].kind; }

    std::vector<Row> all;
};

class RandomTable
{
public:
    explicit RandomTable(unsigned seed)
        : m_random(seed)
    {
    }

    [[nodiscard]] unsigned below(unsigned limit) { return unsigned(m_random() % limit); }
    [[nodiscard]] Row row()
    {
        Row one;
        switch (below(5)) {
        case 0:
            break;
        case 1:
            one.number = double(below(20)) - 10;
            break;
        case 2:
            one.number = (double(below(2'000'000)) - 1e6) * 1e-3;
            break;
        case 3:
            one.number = std::ldexp(double(below(1000)) - 500, int(below(200)) - 100);
            break;
        default:
            one.number = below(2) == 0 ? 0.0 : -0.0;
        }
        one.kind = below(unsigned(kKinds.size()));
        one.text = text();
        return one;
    }
    [[nodiscard]] QString text()
    {
        static const QStringList parts{u"0x0000"_s, u"agent-"_s, u"Agent-"_s, u"ü"_s,  u"Ü"_s,
                                       u"漢"_s,     u"😀"_s,      u"a"_s,      u"Zz"_s, u"9"_s};
        QString made;
        if (below(12) == 0) {
            return below(2) == 0 ? QString() : u"–"_s;
        }
        for (unsigned i = below(6); i > 0; --i) {
            made += parts.at(qsizetype(below(unsigned(parts.size()))));
        }
        if (below(20) == 0) {
            made += QChar(char16_t(0xd800 + below(0x800))); // a lone surrogate
        }
        return made;
    }
    [[nodiscard]] TableQuery query()
    {
        static const QStringList words{u"a"_s,  u"!0x"_s, u"=base"_s,    u"-"_s,
                                       u">0"_s, u"<=5"_s, u"-3..70.5"_s, u"ü"_s};
        TableQuery query;
        for (unsigned i = below(4); i > 0; --i) {
            query.sort.push_back({int(below(Rows::Columns)), below(2) == 0});
        }
        for (unsigned i = below(3); i > 0; --i) {
            const int column = int(below(Rows::Columns));
            query.filters.push_back(
                {column,
                 CellFilter::parse(words.at(qsizetype(below(unsigned(words.size())))),
                                   column == Rows::Number ? ValueKind::Number : ValueKind::Text)});
        }
        return query;
    }

private:
    std::mt19937 m_random;
};

/// What is right, in the plainest way.
RowOrder plainOrder(const Rows &source, const TableQuery &query)
{
    RowOrder rows(source.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    QString buffer;
    for (auto key = query.sort.rbegin(); key != query.sort.rend(); ++key) {
        const auto isUnknown = [&](quint32 row) {
            return key->column == Rows::Number
                ? std::isnan(source.all[row].number)
                : isUnknownText(source.text(row, key->column, buffer));
        };
        std::stable_sort(rows.begin(), rows.end(), [&](quint32 a, quint32 b) {
            if (isUnknown(a) || isUnknown(b)) {
                return !isUnknown(a) && isUnknown(b);
            }
            if (key->column == Rows::Number) {
                const double x = source.all[a].number;
                const double y = source.all[b].number;
                return key->descending ? x > y : x < y;
            }
            QString first;
            QString second;
            const int way = compareFolded(source.text(a, key->column, first),
                                          source.text(b, key->column, second));
            return key->descending ? way > 0 : way < 0;
        });
    }
    std::erase_if(rows, [&](quint32 row) {
        return !std::ranges::all_of(query.filters, [&](const ColumnFilter &filter) {
            return filter.filter.isAboutNumbers()
                ? filter.filter.accepts(source.all[row].number)
                : filter.filter.accepts(source.text(row, filter.column, buffer));
        });
    });
    return rows;
}

class OrderIndexTest : public ::testing::Test
{
protected:
    bool update() { return index.update(source, query, std::exchange(changed, {}), stop); }

    Rows source;
    TableQuery query;
    std::vector<quint32> changed;
    StopFlag stop = false;
    OrderIndex index;
};

TEST_F(OrderIndexTest, IsWhatAStableSortGivesAfterAnyOperations)
{
    bool isSet = false;
    const int given = qEnvironmentVariableIntValue("PROVERDECK_TEST_SEED", &isSet);
    const unsigned seed = isSet ? unsigned(given) : std::random_device()() >> 1U;
    RandomTable random(seed);
    const int rounds = std::max(40, qEnvironmentVariableIntValue("PROVERDECK_TEST_ROUNDS"));
    for (int round = 0; round < rounds; ++round) {
        const unsigned first = random.below(1U << random.below(12));
        SCOPED_TRACE("round " + std::to_string(round)
                     + ", PROVERDECK_TEST_SEED=" + std::to_string(seed));
        source.all.clear();
        index.reset();
        for (unsigned i = 0; i < first; ++i) {
            source.all.push_back(random.row());
        }
        for (int step = 0; step < 25; ++step) {
            switch (random.below(6)) {
            case 0:
                query = random.query();
                break;
            case 1: // more rows, sometimes many
                for (unsigned i = random.below(random.below(8) == 0 ? 500 : 20); i > 0; --i) {
                    source.all.push_back(random.row());
                }
                break;
            case 2: // other cells
                for (unsigned i = random.below(random.below(8) == 0 ? 500 : 9);
                     i > 0 && !source.all.empty(); --i) {
                    changed.push_back(random.below(unsigned(source.all.size())));
                    source.all[changed.back()] = random.row();
                }
                break;
            case 3: // fewer rows
                if (!source.all.empty()) {
                    const auto at = qsizetype(random.below(unsigned(source.all.size())));
                    const auto count = std::min<qsizetype>(qsizetype(random.below(30)),
                                                           qsizetype(source.all.size()) - at);
                    source.all.erase(source.all.begin() + at, source.all.begin() + at + count);
                    index.reset();
                    changed.clear();
                }
                break;
            case 4: // a computation that is given up
                stop = true;
                query = random.query();
                (void)update();
                stop = false;
                break;
            default:
                query.filters = random.query().filters;
            }
            ASSERT_TRUE(update());
            ASSERT_EQ(*index.shown(), plainOrder(source, query)) << "step " << step;
        }
    }
}

TEST_F(OrderIndexTest, ManyTextsWithACommonBeginning)
{
    RandomTable random(7);
    for (int i = 0; i < 3000; ++i) {
        source.all.push_back(
            {1, u"0x000000000000000000000000"_s + QString::number(random.below(900)), 0});
    }
    query.sort = {{Rows::Text, true}};
    ASSERT_TRUE(update());
    EXPECT_EQ(*index.shown(), plainOrder(source, query));
}

TEST_F(OrderIndexTest, UnknownComesLastEitherWay)
{
    source.all = {{kUnknown, u"–"_s, 3}, {2, u"b"_s, 0}, {1, u"a"_s, 1}, {kUnknown, {}, 3}};
    for (const bool descending : {false, true}) {
        for (const int column : {Rows::Number, Rows::Text, Rows::Kind}) {
            query.sort = {{column, descending}};
            ASSERT_TRUE(update());
            EXPECT_EQ(index.shown()->at(2), 0U);
            EXPECT_EQ(index.shown()->at(3), 3U);
        }
    }
}

TEST_F(OrderIndexTest, StopsSoonWhenItIsTold)
{
    /// Stops its reader after some texts.
    class Stopping : public Rows
    {
    public:
        explicit Stopping(StopFlag &flag)
            : m_flag(flag)
        {
        }
        [[nodiscard]] QStringView text(std::size_t row, int column, QString &buffer) const override
        {
            m_flag = m_flag || ++asked == 1000;
            return Rows::text(row, column, buffer);
        }
        mutable std::size_t asked = 0;

    private:
        StopFlag &m_flag;
    };
    Stopping stopping(stop);
    RandomTable random(3);
    for (int i = 0; i < 100'000; ++i) {
        stopping.all.push_back({double(random.below(1U << 30U)), random.text(), 0});
    }
    query.sort = {{Rows::Text, false}, {Rows::Number, false}};
    const auto before = index.shown();
    EXPECT_FALSE(index.update(stopping, query, {}, stop));
    EXPECT_LT(stopping.asked, 100'000U);
    EXPECT_EQ(index.shown(), before);
    stop = false;
    EXPECT_TRUE(index.update(stopping, query, {}, stop));
    EXPECT_EQ(*index.shown(), plainOrder(stopping, query));
}

} // namespace
} // namespace proverdeck::models::tables

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/SampleStore.h"

#include "support/Test.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>
#include <thread>

namespace proverdeck::models::series {
namespace {

constexpr float Unknown = std::numeric_limits<float>::quiet_NaN();

unsigned seed()
{
    bool isNumber = false;
    const unsigned given = qEnvironmentVariable("PROVERDECK_TEST_SEED").toUInt(&isNumber);
    const unsigned chosen = isNumber ? given : std::random_device{}();
    ::testing::Test::RecordProperty("seed", int(chosen));
    return chosen;
}

struct Sample
{
    qint64 at;
    std::array<float, 2> values;
};

/// The store and the same samples in a plain list.
struct Twin
{
    SampleStore store;
    std::vector<Sample> plain;

    explicit Twin(std::size_t most = SampleStore::MaxSamples)
        : store(2, most)
    {
    }
    void append(qint64 at, float a, float b)
    {
        if (store.append(at, std::array{a, b})) {
            plain.push_back({at, {a, b}});
        }
        const std::size_t kept = store.view().size();
        if (plain.size() > kept) {
            plain.erase(plain.begin(), plain.end() - qsizetype(kept));
        }
    }
};

Extent plainExtent(const std::vector<Sample> &samples, std::size_t column, std::size_t from,
                   std::size_t to)
{
    Extent all;
    for (std::size_t i = from; i < to; ++i) {
        all.add(samples[i].values.at(column));
    }
    return all;
}

void expectSame(const Extent &a, const Extent &b)
{
    EXPECT_EQ(a.count, b.count);
    if (b.count > 0) {
        EXPECT_EQ(a.low, b.low);
        EXPECT_EQ(a.high, b.high);
        const double size = std::max(std::abs(double(b.low)), std::abs(double(b.high)));
        EXPECT_NEAR(a.sum, b.sum, 1e-6 * size * double(b.count) + 1e-9);
    }
}

/// Values of every kind that the packing tells apart.
float someValue(std::mt19937 &random, int kind)
{
    switch (kind) {
    case 0:
        return 42;
    case 1:
        return float(random() % 101);
    case 2:
        return float(double(random() % 60'000) / 100);
    case 3:
        return std::uniform_real_distribution<float>(-1e6F, 1e6F)(random);
    default:
        return float(random() % 100'000'000);
    }
}

void checkAgainstPlain(const Twin &twin, std::mt19937 &random)
{
    const SampleView view = twin.store.view();
    ASSERT_EQ(view.size(), twin.plain.size());
    if (view.isEmpty()) {
        return;
    }
    const std::size_t size = view.size();
    for (int i = 0; i < 50; ++i) {
        const std::size_t at = random() % size;
        EXPECT_EQ(view.timeAt(at), twin.plain[at].at);
        const float value = view.valueAt(at % 2, at);
        const float wanted = twin.plain[at].values.at(at % 2);
        EXPECT_TRUE(value == wanted || (std::isnan(value) && std::isnan(wanted)));
        std::size_t from = random() % (size + 1);
        std::size_t to = random() % (size + 1);
        std::tie(from, to) = std::minmax(from, to);
        expectSame(view.extent(at % 2, from, to), plainExtent(twin.plain, at % 2, from, to));

        const qint64 first = twin.plain.front().at;
        const qint64 span = twin.plain.back().at - first + 2000;
        const qint64 when = first - 1000 + qint64(random() % quint64(span));
        const auto found = std::ranges::lower_bound(twin.plain, when, {}, &Sample::at);
        EXPECT_EQ(view.lowerBound(when), std::size_t(found - twin.plain.begin()));
    }
    const double from = double(twin.plain[random() % size].at) - double(random() % 5000);
    const double to = from + 1 + double(random() % quint64(view.lastTime() - view.firstTime() + 9));
    const std::size_t count = 1 + random() % 300;
    const auto buckets = view.buckets(0, from, to, count);
    ASSERT_EQ(buckets.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
        const double low = from + (to - from) / double(count) * double(i);
        const double high = from + (to - from) / double(count) * double(i + 1);
        const auto begin
            = std::ranges::lower_bound(twin.plain, qint64(std::ceil(low)), {}, &Sample::at);
        const auto end
            = std::ranges::lower_bound(twin.plain, qint64(std::ceil(high)), {}, &Sample::at);
        ASSERT_EQ(buckets[i].samples, std::size_t(end - begin));
        expectSame(buckets[i].extent,
                   plainExtent(twin.plain, 0, std::size_t(begin - twin.plain.begin()),
                               std::size_t(end - twin.plain.begin())));
        if (begin != end) {
            EXPECT_EQ(buckets[i].firstAt, begin->at);
            EXPECT_EQ(buckets[i].lastAt, std::prev(end)->at);
        }
    }
}

TEST(SampleStoreTest, IsWhatAPlainListIs)
{
    const unsigned used = seed();
    SCOPED_TRACE(used);
    std::mt19937 random(used);
    for (int round = 0; round < 12; ++round) {
        Twin twin(random() % 2 == 0 ? SampleStore::MaxSamples : 3 * SampleBlock::Size);
        qint64 at = 1'795'269'600'000;
        int kind = 0;
        for (int operation = 0; operation < 30; ++operation) {
            switch (random() % 6) {
            case 0:
                kind = int(random() % 5);
                break;
            case 1:
                at += qint64(random() % 7'200'000); // a hole
                break;
            case 2:
                at += random() % 8 == 0 ? qint64(60) * 86'400'000 : 0; // more than a block spans
                break;
            case 3:
                twin.append(at - 1 - qint64(random() % 1000), 1, 2); // a clock set back
                break;
            case 4:
                if (random() % 20 == 0) {
                    twin.store.clear();
                    twin.plain.clear();
                }
                break;
            default:
                break;
            }
            const std::size_t more = random() % 2000;
            for (std::size_t i = 0; i < more; ++i) {
                at += 900 + qint64(random() % 200);
                const bool isKnown = random() % 50 != 0;
                twin.append(at, isKnown ? someValue(random, kind) : Unknown,
                            someValue(random, int(random() % 5)));
            }
            if (operation % 6 == 5) {
                checkAgainstPlain(twin, random);
            }
            if (::testing::Test::HasFailure()) {
                return;
            }
        }
    }
}

TEST(SampleStoreTest, AViewDoesNotChange)
{
    SampleStore store(1, 2 * SampleBlock::Size);
    for (qint64 i = 0; i < 5000; ++i) {
        store.append(i, std::array{float(i % 7)});
    }
    const SampleView view = store.view();
    const Extent before = view.extent(0, 0, view.size());
    for (qint64 i = 5000; i < 50'000; ++i) {
        store.append(i, std::array{100.0F});
    }
    EXPECT_EQ(view.size(), 5000U);
    EXPECT_EQ(view.lastTime(), 4999);
    EXPECT_EQ(view.extent(0, 0, view.size()).high, before.high);
    EXPECT_LE(store.view().size(), 3 * SampleBlock::Size);
    store.clear();
    EXPECT_EQ(view.extent(0, 0, view.size()).sum, before.sum);
    EXPECT_TRUE(store.view().isEmpty());
}

TEST(SampleStoreTest, ReadersSeeOnlyWholeSamplesWhileOneWrites)
{
    SampleStore store(2, 4 * SampleBlock::Size);
    std::atomic<bool> done = false;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 2; ++reader) {
        readers.emplace_back([&] {
            while (!done) {
                const SampleView view = store.view();
                if (view.isEmpty()) {
                    continue;
                }
                const Extent a = view.extent(0, 0, view.size());
                const Extent b = view.extent(1, 0, view.size());
                const bool isGood = a.count == view.size() && b.low == -a.high && b.high == -a.low
                    && a.low == float(view.firstTime()) && a.high == float(view.lastTime());
                wrong += isGood ? 0 : 1;
            }
        });
    }
    for (qint64 i = 0; i < 60'000; ++i) {
        store.append(i, std::array{float(i), -float(i)});
    }
    done = true;
    for (std::thread &reader : readers) {
        reader.join();
    }
    EXPECT_EQ(wrong, 0);
}

TEST(SampleStoreTest, AWeekOfAGpuStaysSmall)
{
    SampleStore store(6);
    std::mt19937 random(1);
    constexpr qint64 Week = 604'800;
    for (qint64 second = 0; second < Week; ++second) {
        store.append(second * 1000 + qint64(random() % 20),
                     std::array{float(random() % 101), float(11'236 + random() % 40'000),
                                float(double(7'000 + random() % 60'000) / 100),
                                float(30 + random() % 50), float(210 + 15 * (random() % 110)),
                                float(random() % 100)});
    }
    EXPECT_EQ(store.view().size(), std::size_t(Week));
    EXPECT_LE(store.bytes(), std::size_t(12) * 1024 * 1024);
    EXPECT_LE(double(store.bytes()) / double(6 * Week), 6.0);
}

TEST(SampleStoreTest, ForgetsWhatIsOld)
{
    SampleStore store(1);
    for (qint64 i = 0; i < 20'000; ++i) {
        store.append(i, std::array{float(i)});
    }
    store.forgetBefore(10'000);
    const SampleView view = store.view();
    EXPECT_GT(view.firstTime(), 0);
    EXPECT_LE(view.firstTime(), 10'000);
    EXPECT_EQ(view.valueAt(0, 0), float(view.firstTime()));
    EXPECT_EQ(view.lastTime(), 19'999);
    EXPECT_EQ(view.nearest(15'000, 5).value_or(0), view.lowerBound(15'000));
    EXPECT_FALSE(view.nearest(30'000, 5).has_value());
    EXPECT_EQ(view.last(0).value_or(0), 19'999.0F);
}

} // namespace
} // namespace proverdeck::models::series

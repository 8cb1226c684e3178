// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/PastSamples.h"

#include "models/store/SampleArchive.h"
#include "support/Test.h"

#include <QFile>
#include <QTemporaryDir>

#include <cmath>
#include <random>

namespace proverdeck::models::store {
namespace {

constexpr qint64 kStart = 1'795'269'600'000;
constexpr qint64 kStep = 8; ///< seconds

class PastSamplesTest : public ::testing::Test
{
protected:
    /// A line as nvidia-smi prints it, of one of two boards.
    static QByteArray lineOf(qint64 second, int gpu)
    {
        const QDateTime at = QDateTime::fromMSecsSinceEpoch(kStart + second * 1000, Qt::UTC);
        return at.toString("yyyy/MM/dd HH:mm:ss.zzz").toUtf8() + ", " + QByteArray::number(gpu)
            + ", GPU-" + QByteArray::number(gpu) + ", NVIDIA H200, "
            + (second % 96 == 0 ? "[N/A]" : QByteArray::number(second % 101)) + ", 3, "
            + QByteArray::number(1000 + second % 5000) + ", 143771, " + QByteArray::number(30 + gpu)
            + ", " + QByteArray::number(100 + second % 70) + ".25, " + "700.00, [N/A], 1980, P0\n";
    }
    void write(qint64 from, qint64 to)
    {
        QFile file(folder.filePath("gpu.csv"));
        ASSERT_TRUE(file.open(QIODevice::Append));
        for (qint64 second = from; second < to; second += kStep) {
            file.write(lineOf(second, 0));
            file.write(lineOf(second, 1));
        }
    }
    [[nodiscard]] PastSamples read() const { return readPastSamples(folder.path(), false); }
    void expectAll(qint64 seconds) const
    {
        const PastSamples past = read();
        series::GpuSampleReader reader;
        QFile file(folder.filePath("gpu.csv"));
        ASSERT_TRUE(file.open(QIODevice::ReadOnly));
        series::GpuSeries plain;
        plain.add(reader.feed(file.readAll()));
        ASSERT_EQ(past.gpus.gpus().size(), 2U);
        for (std::size_t gpu = 0; gpu < 2; ++gpu) {
            const auto &sealed = past.gpus.gpus()[gpu];
            EXPECT_EQ(sealed.latest.name, "NVIDIA H200");
            EXPECT_EQ(sealed.latest.memoryTotalMiB, 143771);
            const series::SampleView a = sealed.store->view();
            const series::SampleView b = plain.gpus()[gpu].store->view();
            ASSERT_EQ(a.size(), std::size_t((seconds + kStep - 1) / kStep));
            ASSERT_EQ(b.size(), a.size());
            for (std::size_t i = 0; i < a.size(); ++i) {
                ASSERT_EQ(a.timeAt(i), b.timeAt(i)) << i;
                for (std::size_t column = 0; column < series::GpuQuantities; ++column) {
                    const float x = a.valueAt(column, i);
                    const float y = b.valueAt(column, i);
                    ASSERT_TRUE(x == y || (std::isnan(x) && std::isnan(y))) << i;
                }
            }
        }
    }

    QTemporaryDir folder;
};

TEST_F(PastSamplesTest, SealsFullHoursAndReadsTheRestFromTheText)
{
    write(0, 20'000);
    expectAll(20'000);
    SampleArchive archive;
    ASSERT_TRUE(archive.open(folder.filePath("samples.db")));
    const quint64 sealed = archive.sealedTo("gpu.csv");
    EXPECT_GT(sealed, 0U);
    EXPECT_LT(sealed, quint64(QFile(folder.filePath("gpu.csv")).size()));
    expectAll(20'000);
    write(20'000, 31'000);
    expectAll(31'000);
    EXPECT_GT(archive.sealedTo("gpu.csv"), sealed);
    expectAll(31'000);
}

TEST_F(PastSamplesTest, ADamagedArchiveIsMadeAnew)
{
    write(0, 16'000);
    expectAll(16'000);
    for (const char *end : {"", "-wal", "-shm"}) {
        QFile::remove(folder.filePath("samples.db") + end);
    }
    QFile file(folder.filePath("samples.db"));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(5000, 'x'));
    file.close();
    expectAll(16'000);
}

TEST_F(PastSamplesTest, WithoutAFolderToWriteInItReadsTheText)
{
    EXPECT_TRUE(readPastSamples("/nonexistent", false).gpus.isEmpty());
}

TEST_F(PastSamplesTest, OfTwoWhoSealTheSameOnlyOneDoes)
{
    SampleArchive first;
    SampleArchive second;
    ASSERT_TRUE(first.open(folder.filePath("samples.db")));
    ASSERT_TRUE(second.open(folder.filePath("samples.db")));
    const QList<SampleArchive::Sealed> chunks{
        {"a", {{"index", 0}}, {{1, 2}, {{1.5F, std::nanf("")}}}}};
    ASSERT_TRUE(first.seal("x", 0, 100, chunks));
    ASSERT_TRUE(second.seal("x", 0, 200, chunks));
    EXPECT_EQ(second.sealedTo("x"), 100U);
    int count = 0;
    second.read("x", [&](const SampleArchive::Sealed &sealed) {
        EXPECT_EQ(sealed.chunk.at, (std::vector<qint64>{1, 2}));
        EXPECT_EQ(sealed.about.value("index").toInt(), 0);
        ++count;
        return true;
    });
    EXPECT_EQ(count, 1);
}

TEST(SampleChunkTest, GivesBackEveryValueExactly)
{
    std::mt19937 random(5);
    for (int round = 0; round < 300; ++round) {
        series::SampleChunk chunk;
        const std::size_t count = random() % 200;
        qint64 at = qint64(random()) - 5;
        for (std::size_t i = 0; i < count; ++i) {
            chunk.at.push_back(at);
            at += round % 3 == 0 ? 1000 : qint64(random() % (round % 2 == 0 ? 300 : 4'000'000));
        }
        for (std::size_t column = 0; column < random() % 5; ++column) {
            std::vector<float> values;
            const unsigned kind = unsigned(random() % 6);
            for (std::size_t i = 0; i < count; ++i) {
                const float value = kind == 0 ? 7.25F
                    : kind == 1               ? float(random() % 200)
                    : kind == 2               ? float(random() % 40'000) / 100
                    : kind == 3               ? -float(random() % 100'000)
                    : kind == 4               ? std::bit_cast<float>(quint32(random()))
                                              : -0.0F;
                values.push_back(random() % 9 == 0 && kind != 0 ? std::nanf("") : value);
            }
            chunk.columns.push_back(values);
        }
        const QByteArray bytes = chunk.packed();
        const auto back = series::SampleChunk::unpack(bytes);
        ASSERT_TRUE(back) << round;
        EXPECT_EQ(back->at, chunk.at);
        ASSERT_EQ(back->columns.size(), chunk.columns.size());
        for (std::size_t column = 0; column < chunk.columns.size(); ++column) {
            for (std::size_t i = 0; i < count; ++i) {
                const float x = back->columns[column][i];
                const float y = chunk.columns[column][i];
                ASSERT_TRUE((std::isnan(x) && std::isnan(y))
                            || std::bit_cast<quint32>(x) == std::bit_cast<quint32>(y))
                    << round << ' ' << i << ' ' << x << ' ' << y;
            }
        }
        QByteArray bad = bytes;
        const qsizetype place = qsizetype(random()) % bad.size();
        bad[place] = char(bad.at(place) ^ 1);
        EXPECT_FALSE(series::SampleChunk::unpack(bad)) << place;
        EXPECT_FALSE(series::SampleChunk::unpack(bytes.first(place)));
    }
}

TEST(SampleChunkTest, WhatIsUnknownStaysSoBesideAnyRange)
{
    // As far apart as the codes of one and of two bytes go, and beyond.
    for (const float high : {0.0F, 1.0F, 253.0F, 254.0F, 255.0F, 256.0F, 65533.0F, 65534.0F,
                             65535.0F, 65536.0F, 1e6F}) {
        for (const bool isKnown : {true, false}) {
            series::SampleChunk chunk;
            chunk.at = {1, 2, 3};
            chunk.columns = {{100.0F, isKnown ? 100.0F : std::nanf(""), 100.0F + high}};
            const auto back = series::SampleChunk::unpack(chunk.packed());
            ASSERT_TRUE(back);
            EXPECT_EQ(back->columns[0][0], 100.0F);
            EXPECT_EQ(std::isnan(back->columns[0][1]), !isKnown) << high;
            EXPECT_EQ(back->columns[0][2], 100.0F + high);
        }
    }
}

TEST(SampleChunkTest, FewBytesCannotAskForMuchMemory)
{
    // 2^24 samples of 256 columns, all of them constant: 64 GiB from three hundred bytes.
    const QByteArray good = series::SampleChunk().packed();
    QByteArray claim
        = good.first(4) + QByteArray::fromHex("0000000100010000") + QByteArray(13, '\0');
    for (int column = 0; column < 256; ++column) {
        claim += QByteArray::fromHex("00010000000000000000");
    }
    EXPECT_FALSE(series::SampleChunk::unpack(series::SampleChunk::withChecksum(claim)));
    EXPECT_TRUE(series::SampleChunk::unpack(series::SampleChunk::withChecksum(good.chopped(4))));
}

} // namespace
} // namespace proverdeck::models::store

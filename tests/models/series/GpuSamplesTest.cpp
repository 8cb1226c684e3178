// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/GpuSamples.h"

#include "support/Test.h"

namespace proverdeck::models::series {
namespace {

QList<GpuSample> read(const QByteArray &bytes, QString *error = nullptr)
{
    GpuSampleReader reader;
    QList<GpuSample> samples = reader.feed(bytes);
    samples += reader.finish();
    if (error != nullptr) {
        *error = reader.error();
    }
    return samples;
}

QList<GpuSample> readFile(const char *name)
{
    QString error;
    const QList<GpuSample> samples
        = read(proverdeck::testing::readData(QStringLiteral("nvidia-smi/") + name), &error);
    EXPECT_EQ(error, QString()) << name;
    return samples;
}

TEST(GpuSamplesTest, ReadsEveryColumn)
{
    const QList<GpuSample> samples = readFile("gpu1-noheader-nounits.csv");
    ASSERT_EQ(samples.size(), 6);
    const GpuSample expected{.at = QDateTime(QDate(2025, 8, 5), QTime(12, 0, 3, 129), Qt::UTC),
                             .index = 0,
                             .uuid = "GPU-00a98ac7-9c1d-4e2f-8a3b-000000000001",
                             .name = "NVIDIA GeForce RTX 3090",
                             .utilisation = 100,
                             .memoryUtilisation = 72,
                             .memoryUsedMiB = 11236,
                             .memoryTotalMiB = 24576,
                             .temperatureC = 61,
                             .powerW = 341.02,
                             .powerLimitW = 350,
                             .fanPercent = 52,
                             .smClockMHz = 1875,
                             .performanceState = "P2",
                             .trouble = {}};
    EXPECT_EQ(samples[3], expected);
}

TEST(GpuSamplesTest, WhatACardDoesNotTellIsUnknown)
{
    const QList<GpuSample> many = readFile("gpu4-noheader-nounits.csv");
    ASSERT_EQ(many.size(), 16);
    EXPECT_EQ(many[0].fanPercent, std::nullopt);
    EXPECT_EQ(many[11].utilisation, std::nullopt);
    EXPECT_EQ(many[11].memoryUsedMiB, 8123.0);
    EXPECT_EQ(many[11].trouble, QString());
    EXPECT_EQ(many[14].index, 2);
    EXPECT_EQ(many[14].trouble, QStringLiteral("GPU is lost"));
    EXPECT_EQ(many[14].memoryUsedMiB, std::nullopt);
    EXPECT_EQ(many[14].memoryTotalMiB, 24564.0);
    EXPECT_EQ(many[14].performanceState, QString());

    const QList<GpuSample> mig = readFile("gpu-mig-and-unified.csv");
    ASSERT_EQ(mig.size(), 2);
    EXPECT_EQ(mig[0].utilisation, std::nullopt);
    EXPECT_EQ(mig[1].memoryTotalMiB, std::nullopt);
    EXPECT_EQ(mig[1].powerW, 61.2);
    const QList<GpuSample> old = readFile("gpu-old-driver.csv");
    ASSERT_EQ(old.size(), 1);
    EXPECT_EQ(old[0].fanPercent, std::nullopt);
    EXPECT_EQ(old[0].utilisation, 0.0);
}

TEST(GpuSamplesTest, AHeaderSaysWhichColumnsFollow)
{
    const QList<GpuSample> samples = readFile("gpu1-header-units.csv");
    ASSERT_EQ(samples.size(), 1);
    EXPECT_EQ(samples[0].utilisation, 100.0);
    EXPECT_EQ(samples[0].memoryUsedMiB, 11236.0);
    EXPECT_EQ(samples[0].powerW, 341.02);
    EXPECT_EQ(samples[0].uuid, QString());
    EXPECT_EQ(samples[0].smClockMHz, std::nullopt);
}

TEST(GpuSamplesTest, KeepsWhatNvidiaSmiPrintsInstead)
{
    for (const char *name :
         {"error-bad-field.txt", "error-no-devices.txt", "error-no-driver.txt"}) {
        QString error;
        EXPECT_TRUE(
            read(proverdeck::testing::readData(QStringLiteral("nvidia-smi/") + name), &error)
                .isEmpty());
        EXPECT_FALSE(error.isEmpty()) << name;
    }
    QString error;
    EXPECT_TRUE(read("bash: line 1: nvidia-smi: command not found\n", &error).isEmpty());
    EXPECT_EQ(error, QStringLiteral("bash: line 1: nvidia-smi: command not found"));
}

TEST(GpuSamplesTest, IsTheSameWhereverItIsCut)
{
    const QByteArray bytes
        = proverdeck::testing::readData(QStringLiteral("nvidia-smi/gpu4-noheader-nounits.csv"));
    const QList<GpuSample> whole = read(bytes);
    for (qsizetype cut = 0; cut <= bytes.size(); ++cut) {
        GpuSampleReader reader;
        QList<GpuSample> samples = reader.feed(QByteArrayView(bytes).first(cut));
        samples += reader.feed(QByteArrayView(bytes).sliced(cut));
        samples += reader.finish();
        ASSERT_EQ(samples, whole) << "cut at " << cut;
    }
    QByteArray windows = bytes;
    EXPECT_EQ(read(windows.replace("\n", "\r\n")), whole);
}

TEST(GpuSamplesTest, ASampleThatIsCutShortIsLeftOut)
{
    QString error;
    EXPECT_TRUE(read("2025/08/05 12:00:00.120, 0, GPU-0, NVIDIA, 0, 0, 41", &error).isEmpty());
    EXPECT_EQ(error, QString());
}

TEST(GpuSamplesTest, TextsAreHarmlessAndShort)
{
    QString error;
    const QList<GpuSample> samples
        = read("2026/11/21 10:00:00.000, 0, GPU-1, N\x1b[31mV\xe2\x80\xae"
               "IDIA\a, 1, 1, 1, 1, 1, 1, 1, 1, 1, P2\n\aoops\x9b\n"
                   + QByteArray(5000, 'x'),
               &error);
    ASSERT_EQ(samples.size(), 1);
    EXPECT_EQ(samples[0].name, QString("NV") + QChar(0xfffd) + "IDIA" + QChar(0x2407));
    EXPECT_EQ(error, QString(QChar(0x2407)) + "oops" + QChar(0xfffd));
    (void)read(QByteArray(5000, 'x') + '\n', &error);
    EXPECT_EQ(error.size(), 500);
}

} // namespace
} // namespace proverdeck::models::series

// SPDX-License-Identifier: GPL-3.0-or-later
// A week of samples of eight GPUs, 40 numbers a second: what keeping a second costs, how many bytes
// a number takes once its hour is sealed, and how long a week takes to be loaded, beside wide rows
// in plain SQLite. CPU time; compare the ratios, which are of one run. Takes half a minute and 400
// MiB of the folder of temporary files.
#include "models/logs/LogFile.h"
#include "models/store/PastSamples.h"
#include "models/store/SampleArchive.h"
#include "tests/bench/Bench.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>

#include <array>
#include <functional>
#include <random>

using namespace proverdeck;
using namespace Qt::StringLiterals;
using models::store::SampleArchive;

namespace {

constexpr int Gpus = 8;
constexpr int Quantities = 5;
constexpr int Week = 604'800;
constexpr int Hour = 3600;
constexpr qint64 Start = 1'795'269'600'000;

/// What GPUs tell: whole numbers, watts with two decimals; clocks that jitter.
class Source
{
public:
    std::array<float, Quantities> next()
    {
        m_load = std::clamp(m_load + float(int(m_random() % 21) - 10), 0.F, 100.F);
        return {m_load, 20'000.F + float(m_random() % 40'000),
                100.F + float(m_random() % 60'000) / 100, 40.F + float(m_random() % 40),
                m_random() % 5 == 0 ? 1410.F : 1980.F};
    }
    qint64 jitter() { return qint64(m_random() % 20); }

private:
    std::mt19937 m_random{11};
    float m_load = 50;
};

double cpuMs(const std::function<void()> &work)
{
    const double begin = bench::processCpu();
    work();
    return (bench::processCpu() - begin) * 1e3;
}

void sealWeek(SampleArchive &archive)
{
    Source source;
    for (int hour = 0; hour < Week / Hour; ++hour) {
        QList<SampleArchive::Sealed> chunks;
        for (int gpu = 0; gpu < Gpus; ++gpu) {
            SampleArchive::Sealed sealed{
                u"GPU-%1"_s.arg(gpu),
                {{u"index"_s, gpu}, {u"uuid"_s, u"GPU-%1"_s.arg(gpu)}, {u"name"_s, u"H200"_s}},
                {}};
            sealed.chunk.columns.resize(Quantities);
            for (int second = 0; second < Hour; ++second) {
                sealed.chunk.at.push_back(Start + (qint64(hour) * Hour + second) * 1000
                                          + source.jitter());
                const auto values = source.next();
                for (std::size_t i = 0; i < Quantities; ++i) {
                    sealed.chunk.columns[i].push_back(values.at(i));
                }
            }
            chunks << std::move(sealed);
        }
        const auto done = archive.seal(u"gpu.csv"_s, quint64(hour), quint64(hour) + 1, chunks);
        if (!done) {
            std::printf("%s\n", qPrintable(done.error()));
            std::exit(1);
        }
    }
}

/// A row per second with a column per number.
void writeWide(QSqlDatabase &database)
{
    QStringList columns;
    QStringList marks;
    for (int i = 0; i < Gpus * Quantities; ++i) {
        columns << u"v%1 REAL"_s.arg(i);
        marks << u"?"_s;
    }
    QSqlQuery query(database);
    query.exec(u"PRAGMA journal_mode=WAL"_s);
    query.exec(u"PRAGMA synchronous=NORMAL"_s);
    query.exec(u"CREATE TABLE samples(at INTEGER PRIMARY KEY, %1)"_s.arg(columns.join(u',')));
    query.exec(u"BEGIN"_s);
    query.prepare(u"INSERT INTO samples VALUES(?,%1)"_s.arg(marks.join(u',')));
    Source source;
    for (int second = 0; second < Week; ++second) {
        query.addBindValue(Start + qint64(second) * 1000);
        for (int gpu = 0; gpu < Gpus; ++gpu) {
            for (const float value : source.next()) {
                query.addBindValue(double(value));
            }
        }
        query.exec();
    }
    query.exec(u"COMMIT"_s);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QTemporaryDir folder;
    bool good = true;
    constexpr double Values = double(Week) * Gpus * Quantities;

    // A second as it comes: a line for each GPU, written at once.
    {
        models::LogFile log(folder.filePath(u"second.csv"_s));
        if (!log.open()) {
            return 1;
        }
        const QByteArray second
            = QByteArray(
                  "2026/11/21 13:44:55.123, 0, GPU-7d3a1f6e-0000-0000-0000-000000000000, "
                  "NVIDIA H200, 87, 31, 61234, 143771, 61, 512.25, 700.00, [N/A], 1980, P0\n")
                  .repeated(Gpus);
        constexpr int Times = 20'000;
        const double spent = cpuMs([&] {
            for (int i = 0; i < Times; ++i) {
                (void)log.append(second);
            }
        });
        good = bench::limit("G12 a second of samples kept, us", spent / Times * 1e3, 25, "us")
            && good;
    }

    const QString path = folder.filePath(u"samples.db"_s);
    {
        SampleArchive archive;
        if (!archive.open(path)) {
            return 1;
        }
        const double sealing = cpuMs([&] { sealWeek(archive); });
        std::printf("%-46s %9.3f ns\n", "G12 sealing, with making the numbers, a value",
                    sealing * 1e6 / Values);
    }
    good
        = bench::limit("G12 bytes a value, sealed", double(QFileInfo(path).size()) / Values, 5, "B")
        && good;

    SampleArchive archive;
    if (!archive.open(path)) {
        return 1;
    }
    double week = 1e9;
    double sum = 0;
    for (int i = 0; i < 3; ++i) {
        week = std::min(week, cpuMs([&] {
                            archive.read(u"gpu.csv"_s, [&](const SampleArchive::Sealed &sealed) {
                                sum += double(sealed.chunk.columns[2][7]);
                                return true;
                            });
                        }));
    }
    double opened = 1e9;
    for (int i = 0; i < 3; ++i) {
        opened = std::min(opened, cpuMs([&] {
                              const auto past
                                  = models::store::readPastSamples(folder.path(), false);
                              sum += double(past.gpus.gpus().size());
                          }));
    }
    std::printf("%-46s %9.3f ms   for each GPU %.1f ms (%g)\n",
                "G12 a run of a week, eight GPUs, with pyramids", opened, opened / Gpus, sum);

    double wide = 0;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"wide"_s);
        database.setDatabaseName(folder.filePath(u"wide.db"_s));
        if (!database.open()) {
            return 1;
        }
        writeWide(database);
        wide = cpuMs([&] {
            QSqlQuery query(database);
            query.setForwardOnly(true);
            query.exec(u"SELECT at, v12 FROM samples"_s);
            while (query.next()) {
                sum += query.value(1).toDouble();
            }
        });
    }
    QSqlDatabase::removeDatabase(u"wide"_s);
    good = bench::row("G12 a series of a week, loaded, ms", week / (Gpus * Quantities),
                      "wide rows in SQLite", wide, 1.0 / 50, "ms")
        && good;
    good = bench::limit("G12 a run of a week of one GPU opens, ms", opened / Gpus, 100, "ms")
        && good;
    std::printf("(%g)\n", sum);
    return good ? 0 : 1;
}

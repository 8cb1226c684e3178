// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/PastSamples.h"

#include "models/logs/LogFile.h"
#include "models/store/SampleArchive.h"

#include <QFileInfo>

#include <array>
#include <cmath>
#include <functional>
#include <map>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;
using series::SampleChunk;

namespace {

constexpr qint64 HourMs = 3'600'000;
constexpr qsizetype PieceSize = 1 << 18;
const QString GpuFile = u"gpu.csv"_s;
const QString L2File = u"metrics.csv"_s;

/// What was read of a text file and is not sealed yet.
struct Open
{
    std::map<QString, SampleArchive::Sealed> series;
    qint64 first = 0;
    qint64 last = 0;

    template<std::size_t N>
    void add(const QString &name, qint64 at, const std::array<float, N> &values,
             const std::function<QJsonObject()> &about)
    {
        SampleArchive::Sealed &to = series[name];
        if (to.series.isEmpty()) {
            to.series = name;
            to.chunk.columns.resize(N);
        }
        if (!to.chunk.at.empty() && at < to.chunk.at.back()) {
            return; // as in a SampleStore: the order is worth more
        }
        if (to.about.isEmpty()) {
            to.about = about();
        }
        to.chunk.at.push_back(at);
        for (std::size_t i = 0; i < N; ++i) {
            to.chunk.columns[i].push_back(values[i]);
        }
        first = first == 0 ? at : std::min(first, at);
        last = std::max(last, at);
    }
    [[nodiscard]] bool isFull() const { return last - first >= HourMs; }
    [[nodiscard]] QList<SampleArchive::Sealed> take()
    {
        QList<SampleArchive::Sealed> all;
        for (auto &[name, sealed] : series) {
            all << std::move(sealed);
        }
        *this = {};
        return all;
    }
};

/// Whole lines of a text file from where it is sealed to, each piece with the offset of its end.
void readLines(const QString &path, quint64 from, const std::atomic<bool> &stop,
               const std::function<void(QByteArrayView lines, quint64 end)> &take)
{
    LogFile file(path);
    if (!file.openExisting()) {
        return;
    }
    quint64 at = std::max(from, file.firstKept());
    while (!stop) {
        auto bytes = file.read(at, PieceSize);
        if (!bytes || bytes->isEmpty()) {
            return;
        }
        const qsizetype end = bytes->lastIndexOf('\n') + 1;
        if (end == 0) {
            return; // a line that is being written
        }
        at += quint64(end);
        take(QByteArrayView(*bytes).first(end), at);
    }
}

template<class Add>
void readSource(SampleArchive *archive, const QString &folder, const QString &name,
                const std::atomic<bool> &stop, const Add &add)
{
    quint64 sealed = archive ? archive->sealedTo(name) : 0;
    Open open;
    readLines(folder + u'/' + name, sealed, stop, [&](QByteArrayView lines, quint64 end) {
        add(lines, open);
        if (archive && open.isFull()) {
            if (archive->seal(name, sealed, end, open.take())) {
                sealed = end;
            }
        }
    });
}

QJsonObject aboutGpu(const series::GpuSample &sample)
{
    QJsonObject about{
        {u"index"_s, sample.index}, {u"uuid"_s, sample.uuid}, {u"name"_s, sample.name}};
    if (sample.memoryTotalMiB) {
        about[u"memory_total_mib"_s] = *sample.memoryTotalMiB;
    }
    if (sample.powerLimitW) {
        about[u"power_limit_w"_s] = *sample.powerLimitW;
    }
    return about;
}

std::optional<double> known(float value)
{
    return std::isnan(value) ? std::nullopt : std::optional(double(value));
}

/// The last sample of a chunk, as far as it is kept.
series::GpuSample gpuOf(const SampleArchive::Sealed &sealed)
{
    const QJsonObject &about = sealed.about;
    series::GpuSample sample;
    sample.index = about.value(u"index"_s).toInt(-1);
    sample.uuid = about.value(u"uuid"_s).toString();
    sample.name = about.value(u"name"_s).toString();
    if (const QJsonValue total = about.value(u"memory_total_mib"_s); total.isDouble()) {
        sample.memoryTotalMiB = total.toDouble();
    }
    if (const QJsonValue limit = about.value(u"power_limit_w"_s); limit.isDouble()) {
        sample.powerLimitW = limit.toDouble();
    }
    const SampleChunk &chunk = sealed.chunk;
    if (!chunk.at.empty() && chunk.columns.size() == series::GpuQuantities) {
        sample.at = QDateTime::fromMSecsSinceEpoch(chunk.at.back(), Qt::UTC);
        sample.utilisation = known(chunk.columns[0].back());
        sample.memoryUsedMiB = known(chunk.columns[1].back());
        sample.powerW = known(chunk.columns[2].back());
        sample.temperatureC = known(chunk.columns[3].back());
        sample.smClockMHz = known(chunk.columns[4].back());
    }
    return sample;
}

bool hasSamples(const QString &folder)
{
    return QFileInfo::exists(folder + u'/' + GpuFile) || QFileInfo::exists(folder + u'/' + L2File);
}

/// Seals full hours; gives @p past, if there is one, all that was not sealed.
void readText(SampleArchive *archive, const QString &folder, const std::atomic<bool> &stop,
              PastSamples *past)
{
    series::GpuSampleReader gpuReader;
    readSource(archive, folder, GpuFile, stop, [&](QByteArrayView lines, Open &open) {
        const QList<series::GpuSample> samples = gpuReader.feed(lines);
        for (const series::GpuSample &sample : samples) {
            if (past) {
                past->gpus.add(sample);
            }
            if (sample.at.isValid() && (sample.index >= 0 || !sample.uuid.isEmpty())) {
                open.add(sample.uuid.isEmpty() ? QString::number(sample.index) : sample.uuid,
                         sample.at.toMSecsSinceEpoch(), series::gpuValues(sample),
                         [&] { return aboutGpu(sample); });
            }
        }
    });
    ethrex::L2SampleReader l2Reader;
    readSource(archive, folder, L2File, stop, [&](QByteArrayView lines, Open &open) {
        const QList<ethrex::L2Sample> samples = l2Reader.feed(lines);
        for (const ethrex::L2Sample &sample : samples) {
            if (past) {
                past->l2->add(sample);
            }
            open.add(u"l2"_s, sample.at, ethrex::l2Values(sample), [] {
                return QJsonObject{{u"of"_s, u"l2"_s}};
            });
        }
    });
}

} // namespace

PastSamples readPastSamples(const QString &folder, const std::atomic<bool> &stop)
{
    PastSamples past;
    if (!hasSamples(folder)) {
        return past;
    }
    SampleArchive opened;
    SampleArchive *archive = opened.open(folder + u"/samples.db"_s) ? &opened : nullptr;
    if (archive) {
        archive->read(GpuFile, [&](const SampleArchive::Sealed &sealed) {
            past.gpus.addChunk(gpuOf(sealed), sealed.chunk);
            return !stop;
        });
        archive->read(L2File, [&](const SampleArchive::Sealed &sealed) {
            past.l2->addChunk(sealed.chunk);
            return !stop;
        });
    }
    readText(archive, folder, stop, &past);
    return past;
}

void sealPastSamples(const QString &folder, const std::atomic<bool> &stop)
{
    SampleArchive archive;
    if (hasSamples(folder) && archive.open(folder + u"/samples.db"_s)) {
        readText(&archive, folder, stop, nullptr);
    }
}

} // namespace proverdeck::models::store

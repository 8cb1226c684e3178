// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/GpuHistory.h"

#include "ui/charts/ChartTheme.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::series::GpuSample;

namespace {

constexpr qint64 KeptMs = 7LL * 24 * 3600 * 1000;
constexpr double MiBPerGiB = 1024;

float valueOr(const std::optional<double> &value)
{
    return value && std::isfinite(*value) ? float(*value) : std::numeric_limits<float>::quiet_NaN();
}

/// The larger of each value: what matters is how far up it went.
GpuHistory::Moment merged(const GpuHistory::Moment &a, const GpuHistory::Moment &b)
{
    GpuHistory::Moment result = b;
    for (size_t i = 0; i < result.values.size(); ++i) {
        result.values[i] = std::fmax(a.values[i], b.values[i]); // ignores what is not a number
    }
    return result;
}

void halveOlderHalf(std::vector<GpuHistory::Moment> &moments)
{
    const size_t pairs = moments.size() / 4;
    for (size_t i = 0; i < pairs; ++i) {
        moments[i] = merged(moments[2 * i], moments[2 * i + 1]);
    }
    using Offset = std::vector<GpuHistory::Moment>::difference_type;
    moments.erase(moments.begin() + Offset(pairs), moments.begin() + Offset(2 * pairs));
}

QString number(const std::optional<double> &value, int digits)
{
    return value ? QString::number(*value, 'f', digits) : u"–"_s;
}

std::optional<double> inGiB(const std::optional<double> &mib)
{
    return mib ? std::optional(*mib / MiBPerGiB) : std::nullopt;
}

} // namespace

void GpuHistory::add(const GpuSample &sample)
{
    if (sample.index < 0 && sample.uuid.isEmpty()) {
        return; // a word of trouble that names no card
    }
    auto gpu = std::find_if(m_gpus.begin(), m_gpus.end(), [&sample](const Gpu &known) {
        return sample.uuid.isEmpty() ? known.index == sample.index : known.uuid == sample.uuid;
    });
    if (gpu == m_gpus.end()) {
        if (m_gpus.size() >= MaxGpus) {
            return; // no server has so many
        }
        gpu = std::find_if(m_gpus.begin(), m_gpus.end(),
                           [&sample](const Gpu &g) { return g.index > sample.index; });
        gpu = m_gpus.insert(gpu, Gpu{sample.index, sample.uuid, {}, {}});
    }
    gpu->latest = sample;
    if (!sample.at.isValid()) {
        return;
    }
    const Moment moment{sample.at.toMSecsSinceEpoch(),
                        {valueOr(sample.utilisation), valueOr(inGiB(sample.memoryUsedMiB)),
                         valueOr(sample.powerW), valueOr(sample.temperatureC)}};
    auto &moments = gpu->moments;
    if (!moments.empty() && moment.at < moments.back().at) {
        return; // the clock was set back: the order of the rest is worth more
    }
    moments.push_back(moment);
    if (moments.size() % 1024 == 0) {
        const auto young = std::find_if(moments.begin(), moments.end(), [&](const Moment &m) {
            return moment.at - m.at <= KeptMs;
        });
        moments.erase(moments.begin(), young);
    }
    if (moments.size() > MaxMoments) {
        halveOlderHalf(moments);
    }
}

QList<QPointF> GpuHistory::points(const Gpu &gpu, GpuMeasure measure, int most) const
{
    const qint64 from = lastTime() - KeptMs;
    QList<QPointF> all;
    for (const Moment &moment : gpu.moments) {
        const float value = moment.values[size_t(measure)];
        if (!std::isnan(value) && moment.at >= from) {
            all.append({double(moment.at), double(value)});
        }
    }
    QList<QPointF> result;
    const QList<qsizetype> kept = thinned(all, most / 2);
    for (const qsizetype i : kept) {
        result.append(all.at(i));
    }
    return result;
}

double GpuHistory::top(GpuMeasure measure) const
{
    if (measure == GpuMeasure::Load) {
        return 100;
    }
    double limit = measure == GpuMeasure::Temperature ? 100 : 0;
    double reached = 0;
    for (const Gpu &gpu : m_gpus) {
        const auto known = measure == GpuMeasure::Memory ? inGiB(gpu.latest.memoryTotalMiB)
            : measure == GpuMeasure::Power               ? gpu.latest.powerLimitW
                                                         : std::nullopt;
        limit = std::max(limit, known.value_or(0));
        for (const Moment &moment : gpu.moments) {
            const float value = moment.values[size_t(measure)];
            reached = std::isnan(value) ? reached : std::max(reached, double(value));
        }
    }
    if (reached > limit) {
        const double step = niceStep(reached, 4);
        return std::ceil(reached / step) * step;
    }
    return limit > 0 ? limit : 1;
}

qint64 GpuHistory::firstTime() const
{
    const qint64 oldest = lastTime() - KeptMs;
    qint64 first = 0;
    for (const Gpu &gpu : m_gpus) {
        if (!gpu.moments.empty() && (first == 0 || gpu.moments.front().at < first)) {
            first = gpu.moments.front().at;
        }
    }
    return std::max(first, oldest);
}

qint64 GpuHistory::lastTime() const
{
    qint64 last = 0;
    for (const Gpu &gpu : m_gpus) {
        last = gpu.moments.empty() ? last : std::max(last, gpu.moments.back().at);
    }
    return last;
}

QString gpuValuesText(const GpuSample &sample)
{
    if (!sample.trouble.isEmpty()) {
        return sample.trouble;
    }
    const auto tr = [](const char *text) {
        return QCoreApplication::translate("proverdeck::ui::GpuCharts", text);
    };
    return tr("%1 %  ·  %2 of %3 GiB  ·  %4 W  ·  %5 °C")
        .arg(number(sample.utilisation, 0), number(inGiB(sample.memoryUsedMiB), 1),
             number(inGiB(sample.memoryTotalMiB), 1), number(sample.powerW, 0),
             number(sample.temperatureC, 0));
}

} // namespace proverdeck::ui

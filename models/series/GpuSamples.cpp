// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/GpuSamples.h"

#include "models/logs/LogText.h"

#include <QStringList>

#include <array>
#include <cmath>

namespace proverdeck::models::series {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxLine = 4000; ///< longer ones are no samples
constexpr qsizetype MaxText = 500;

struct NumberColumn
{
    QLatin1StringView name;
    std::optional<double> GpuSample::*member;
};
constexpr std::array NumberColumns{
    NumberColumn{"utilization.gpu"_L1, &GpuSample::utilisation},
    NumberColumn{"utilization.memory"_L1, &GpuSample::memoryUtilisation},
    NumberColumn{"memory.used"_L1, &GpuSample::memoryUsedMiB},
    NumberColumn{"memory.total"_L1, &GpuSample::memoryTotalMiB},
    NumberColumn{"temperature.gpu"_L1, &GpuSample::temperatureC},
    NumberColumn{"power.draw"_L1, &GpuSample::powerW},
    NumberColumn{"power.limit"_L1, &GpuSample::powerLimitW},
    NumberColumn{"fan.speed"_L1, &GpuSample::fanPercent},
    NumberColumn{"clocks.sm"_L1, &GpuSample::smClockMHz},
    NumberColumn{"clocks.current.sm"_L1, &GpuSample::smClockMHz},
};

QStringList splitFields(const QString &line)
{
    QStringList fields;
    const QStringList parts = line.split(u',');
    for (const QString &part : parts) {
        fields << part.trimmed();
    }
    return fields;
}

// "11236", "11236 MiB", "100 %"; "[N/A]" and its like are none.
std::optional<double> toNumber(const QString &field)
{
    bool isNumber = false;
    const double value = field.section(u' ', 0, 0).toDouble(&isNumber);
    return isNumber && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// What is in brackets, unless it only says that the card has no such figure.
QString troubleIn(const QString &field)
{
    if (!field.startsWith(u'[') || !field.endsWith(u']')) {
        return {};
    }
    const QString words = field.mid(1, field.size() - 2).left(MaxText);
    static const QStringList harmless{u"N/A"_s, u"Not Supported"_s, u"Not Available"_s,
                                      u"Insufficient Permissions"_s};
    return harmless.contains(words) ? QString() : words;
}

QDateTime toTime(const QString &field)
{
    QDateTime time = QDateTime::fromString(field, u"yyyy/MM/dd HH:mm:ss.zzz"_s);
    time.setTimeSpec(Qt::UTC);
    return time;
}

bool isColumnName(const QString &field)
{
    return field.startsWith("timestamp"_L1) || field.startsWith("utilization."_L1)
        || field.startsWith("memory."_L1) || field == "index"_L1 || field == "uuid"_L1;
}

bool takeNumber(const QString &column, const QString &field, GpuSample &sample)
{
    for (const NumberColumn &known : NumberColumns) {
        if (column == known.name) {
            sample.*known.member = toNumber(field);
            return true;
        }
    }
    return false;
}

void takeField(const QString &column, const QString &field, GpuSample &sample)
{
    if (const QString trouble = troubleIn(field);
        !trouble.isEmpty() && sample.trouble != "GPU is lost"_L1) {
        sample.trouble = trouble;
    }
    if (takeNumber(column, field, sample)) {
        return;
    }
    if (column == "timestamp"_L1) {
        sample.at = toTime(field);
    } else if (column == "index"_L1) {
        bool isNumber = false;
        const int index = field.toInt(&isNumber);
        sample.index = isNumber ? index : -1;
    } else if (column == "uuid"_L1) {
        sample.uuid = field.left(MaxText);
    } else if (column == "name"_L1) {
        sample.name = field.left(MaxText);
    } else if (column == "pstate"_L1 && !field.startsWith(u'[')) {
        sample.performanceState = field.left(MaxText);
    }
}

} // namespace

GpuSampleReader::GpuSampleReader()
    : m_columns(QString::fromLatin1(Query).split(u','))
{
}

QList<GpuSample> GpuSampleReader::feed(QByteArrayView bytes)
{
    QList<GpuSample> samples;
    m_splitter.feed(bytes, [&](const LogLine &line) { onLine(line.text, samples); });
    return samples;
}

QList<GpuSample> GpuSampleReader::finish()
{
    QList<GpuSample> samples;
    m_splitter.finish([&](const LogLine &line) { onLine(line.text, samples); });
    return samples;
}

void GpuSampleReader::onLine(QByteArrayView line, QList<GpuSample> &samples)
{
    const QString text = plainLineFromUtf8(line, MaxLine);
    if (text.isEmpty()) {
        return;
    }
    const QStringList fields = splitFields(text);
    if (fields.size() > 1 && isColumnName(fields.first())
        && isColumnName(fields.at(1).section(u' ', 0, 0))) {
        m_columns.clear();
        for (const QString &field : fields) {
            m_columns << field.section(u' ', 0, 0); // without " [MiB]"
        }
        return;
    }
    GpuSample sample;
    for (qsizetype i = 0; i < std::min(fields.size(), m_columns.size()); ++i) {
        takeField(m_columns.at(i), fields.at(i), sample);
    }
    const bool isTimed = sample.at.isValid() || !m_columns.contains("timestamp"_L1);
    if (fields.size() == m_columns.size() && isTimed && sample.index >= 0) {
        samples << sample;
    } else if (!text.at(0).isDigit() && m_error.isEmpty()) {
        m_error = plainLine(text,
                            MaxText); // a sample cut short begins with its date; a message does not
    }
}

} // namespace proverdeck::models::series

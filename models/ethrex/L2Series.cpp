// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/L2Series.h"

#include <array>
#include <limits>

namespace proverdeck::models::ethrex {

namespace {

using Member = std::optional<quint64> L2Sample::*;
constexpr std::array Members{&L2Sample::mempool,        &L2Sample::blockNumber,
                             &L2Sample::gasUsed,        &L2Sample::transactions,
                             &L2Sample::committedBatch, &L2Sample::verifiedBatch};

float valueOr(const std::optional<quint64> &value)
{
    return value ? float(*value) : std::numeric_limits<float>::quiet_NaN();
}

std::optional<L2Sample> sampleIn(QByteArrayView line)
{
    const QList<QByteArray> fields = line.toByteArray().trimmed().split(',');
    if (fields.size() != qsizetype(Members.size()) + 1) {
        return std::nullopt;
    }
    bool isNumber = false;
    L2Sample sample;
    sample.at = fields.first().toLongLong(&isNumber);
    if (!isNumber || sample.at <= 0) {
        return std::nullopt; // the names of the columns
    }
    for (std::size_t i = 0; i < Members.size(); ++i) {
        const quint64 value = fields.at(qsizetype(i) + 1).toULongLong(&isNumber);
        if (isNumber) {
            sample.*Members.at(i) = value;
        }
    }
    return sample;
}

} // namespace

std::optional<quint64> L2Sample::backlog() const
{
    if (!committedBatch || !verifiedBatch || *verifiedBatch > *committedBatch) {
        return std::nullopt;
    }
    return *committedBatch - *verifiedBatch;
}

L2Sample l2SampleOf(const MetricsSnapshot &snapshot, qint64 at)
{
    return {at,
            snapshot.mempool,
            snapshot.blockNumber,
            snapshot.blockGasUsed,
            snapshot.transactions,
            snapshot.committedBatch,
            snapshot.verifiedBatch};
}

QByteArray l2CsvHeader()
{
    return "time_ms,mempool,block_number,block_gas_used,transactions,committed_batch,"
           "verified_batch\n";
}

QByteArray l2CsvLine(const L2Sample &sample)
{
    QByteArray line = QByteArray::number(sample.at);
    for (const Member member : Members) {
        line += ',';
        if (const auto &value = sample.*member) {
            line += QByteArray::number(*value);
        }
    }
    return line + '\n';
}

QList<L2Sample> L2SampleReader::feed(QByteArrayView bytes)
{
    QList<L2Sample> samples;
    m_splitter.feed(bytes, [&samples](const LogLine &line) {
        if (const auto sample = sampleIn(line.text)) {
            samples << *sample;
        }
    });
    return samples;
}

QList<L2Sample> L2SampleReader::finish()
{
    QList<L2Sample> samples;
    m_splitter.finish([&samples](const LogLine &line) {
        if (const auto sample = sampleIn(line.text)) {
            samples << *sample;
        }
    });
    return samples;
}

L2Series::L2Series()
    : m_store(L2Quantities)
{
}

std::array<float, L2Quantities> l2Values(const L2Sample &sample)
{
    return {valueOr(sample.mempool),       valueOr(sample.blockNumber),
            valueOr(sample.gasUsed),       valueOr(sample.committedBatch),
            valueOr(sample.verifiedBatch), valueOr(sample.backlog())};
}

void L2Series::add(const L2Sample &sample)
{
    m_store.append(sample.at, l2Values(sample));
}

void L2Series::addChunk(const series::SampleChunk &chunk)
{
    if (chunk.columns.size() != L2Quantities) {
        return;
    }
    std::array<float, L2Quantities> values{};
    for (std::size_t i = 0; i < chunk.at.size(); ++i) {
        for (std::size_t column = 0; column < L2Quantities; ++column) {
            values.at(column) = chunk.columns[column][i];
        }
        m_store.append(chunk.at[i], values);
    }
}

void L2Series::addLater(const L2Series &later)
{
    const series::SampleView here = view();
    const series::SampleView there = later.view();
    std::array<float, L2Quantities> values{};
    for (std::size_t i = here.isEmpty() ? 0 : there.lowerBound(here.lastTime() + 1);
         i < there.size(); ++i) {
        for (std::size_t column = 0; column < L2Quantities; ++column) {
            values.at(column) = there.valueAt(column, i);
        }
        m_store.append(there.timeAt(i), values);
    }
}

} // namespace proverdeck::models::ethrex

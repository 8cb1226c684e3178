// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/SampleChunk.h"

#include "models/series/WholeNumbers.h"

#include <QtEndian>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>

namespace proverdeck::models::series {

namespace {

constexpr quint32 Magic = 0x31534450; // "PDS1"
constexpr quint32 MaxSamples = 1U << 24U;
constexpr quint32 MaxColumns = 256;
constexpr quint64 MaxValues
    = 1U << 25U; ///< of all columns together, so that few bytes cannot ask for much memory

constexpr qint64 MaxLow = Q_INT64_C(1) << 40U; ///< far beyond what wholeRange() gives

/// How a column of numbers is written: n codes of some bytes, each added to the lowest number.
enum class Width : quint8 { Constant = 0, One = 1, Two = 2, Four = 4 };

template<class T> void put(QByteArray &out, T value)
{
    const T little = qToLittleEndian(value);
    out.append(reinterpret_cast<const char *>(&little), sizeof little);
}

class Reader
{
public:
    explicit Reader(QByteArrayView bytes)
        : m_rest(bytes)
    {
    }
    template<class T> T take()
    {
        if (m_rest.size() < qsizetype(sizeof(T))) {
            m_isWell = false;
            return T{};
        }
        const T value = qFromLittleEndian<T>(m_rest.data());
        m_rest = m_rest.sliced(sizeof(T));
        return value;
    }
    [[nodiscard]] QByteArrayView take(qsizetype size)
    {
        if (size > m_rest.size()) {
            m_isWell = false;
            return {};
        }
        const QByteArrayView taken = m_rest.first(size);
        m_rest = m_rest.sliced(size);
        return taken;
    }
    [[nodiscard]] bool isWell() const { return m_isWell; }
    [[nodiscard]] bool atEnd() const { return m_rest.isEmpty(); }

private:
    QByteArrayView m_rest;
    bool m_isWell = true;
};

quint32 checksum(QByteArrayView bytes)
{
    quint32 a = 1;
    quint32 b = 0;
    constexpr quint32 Prime = 65521; // Adler-32
    constexpr qsizetype Safe = 5552; // bytes before b could overflow
    for (qsizetype begin = 0; begin < bytes.size(); begin += Safe) {
        for (const char byte : bytes.sliced(begin, std::min(Safe, bytes.size() - begin))) {
            a += quint8(byte);
            b += a;
        }
        a %= Prime;
        b %= Prime;
    }
    return b << 16U | a;
}

Width widthFor(quint64 range)
{
    return range == 0    ? Width::Constant
        : range < 0xff   ? Width::One
        : range < 0xffff ? Width::Two
                         : Width::Four;
}

void putCode(QByteArray &out, Width width, quint64 code)
{
    switch (width) {
    case Width::Constant:
        break;
    case Width::One:
        put(out, quint8(code));
        break;
    case Width::Two:
        put(out, quint16(code));
        break;
    case Width::Four:
        put(out, quint32(code));
        break;
    }
}

void packTimes(QByteArray &out, const std::vector<qint64> &at)
{
    quint64 low = std::numeric_limits<quint32>::max();
    quint64 high = 0;
    for (std::size_t i = 1; i < at.size(); ++i) {
        const auto step = quint64(at[i] - at[i - 1]);
        low = std::min(low, step);
        high = std::max(high, step);
    }
    low = std::min(low, high);
    const Width width = widthFor(high - low);
    put(out, at.empty() ? qint64(0) : at.front());
    put(out, quint8(width));
    put(out, quint32(low));
    for (std::size_t i = 1; i < at.size(); ++i) {
        putCode(out, width, quint64(at[i] - at[i - 1]) - low);
    }
}

/// As whole numbers of 1 / @p scale; false if they are not all such.
bool packWhole(QByteArray &out, std::span<const float> values, quint8 scale)
{
    const std::optional<WholeRange> range = wholeRange(values, scale);
    if (!range) {
        return false;
    }
    const auto [low, high, hasUnknown] = *range;
    // One code more than the numbers need: the last stands for unknown.
    const Width width = widthFor(std::max<quint64>(quint64(high - low), hasUnknown ? 1 : 0));
    if (width == Width::Four) {
        return false;
    }
    put(out, quint8(width));
    put(out, scale);
    put(out, low);
    const quint64 unknown = width == Width::One ? 0xff : 0xffff;
    for (const float value : values) {
        putCode(out, width,
                std::isnan(value) ? unknown : quint64(std::llround(double(value) * scale) - low));
    }
    return true;
}

void packValues(QByteArray &out, std::span<const float> values)
{
    if (packWhole(out, values, 1) || packWhole(out, values, 100)) {
        return;
    }
    put(out, quint8(Width::Four));
    for (const float value : values) {
        put(out, std::bit_cast<quint32>(value));
    }
}

std::optional<std::vector<qint64>> unpackTimes(Reader &reader, quint32 count)
{
    std::vector<qint64> at;
    at.reserve(count);
    auto now = reader.take<quint64>();
    const auto width = reader.take<quint8>();
    const auto low = reader.take<quint32>();
    const QByteArrayView codes
        = reader.take(count > 0 ? qsizetype(width) * (qsizetype(count) - 1) : 0);
    if (!reader.isWell() || (width != 0 && width != 1 && width != 2 && width != 4)) {
        return {};
    }
    for (quint32 i = 0; i < count; ++i) {
        if (i > 0) {
            const char *code = codes.data() + qsizetype(width) * (qsizetype(i) - 1);
            now += quint64(low)
                + (width == 0       ? 0U
                       : width == 1 ? quint32(quint8(*code))
                       : width == 2 ? quint32(qFromLittleEndian<quint16>(code))
                                    : qFromLittleEndian<quint32>(code));
        }
        at.push_back(qint64(now));
    }
    return at;
}

template<class Code>
void decode(std::vector<float> &values, QByteArrayView codes, qint64 low, double scale)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto code = qFromLittleEndian<Code>(codes.data() + qsizetype(i * sizeof(Code)));
        values[i] = code == std::numeric_limits<Code>::max()
            ? std::numeric_limits<float>::quiet_NaN()
            : float(double(low + code) / scale);
    }
}

std::optional<std::vector<float>> unpackValues(Reader &reader, quint32 count)
{
    std::vector<float> values(count);
    const auto width = reader.take<quint8>();
    if (width == quint8(Width::Four)) {
        const QByteArrayView codes = reader.take(qsizetype(count) * 4);
        if (!reader.isWell()) {
            return {};
        }
        for (quint32 i = 0; i < count; ++i) {
            values[i]
                = std::bit_cast<float>(qFromLittleEndian<quint32>(codes.data() + qsizetype(i) * 4));
        }
        return values;
    }
    const auto scale = reader.take<quint8>();
    const auto low = reader.take<qint64>();
    const QByteArrayView codes = reader.take(qsizetype(count) * width);
    if (!reader.isWell() || width > 2 || scale == 0 || low > MaxLow || low < -MaxLow) {
        return {};
    }
    if (width == 0) {
        std::ranges::fill(values, float(double(low) / scale));
    } else if (width == 1) {
        decode<quint8>(values, codes, low, scale);
    } else {
        decode<quint16>(values, codes, low, scale);
    }
    return values;
}

} // namespace

QByteArray SampleChunk::packed() const
{
    QByteArray out;
    put(out, Magic);
    put(out, quint32(at.size()));
    put(out, quint32(columns.size()));
    packTimes(out, at);
    for (const std::vector<float> &column : columns) {
        packValues(out, column);
    }
    return withChecksum(out);
}

QByteArray SampleChunk::withChecksum(QByteArray bytes)
{
    put(bytes, checksum(bytes));
    return bytes;
}

std::optional<SampleChunk> SampleChunk::unpack(const QByteArray &bytes)
{
    constexpr qsizetype Tail = 4;
    if (bytes.size() < Tail
        || checksum(QByteArrayView(bytes).chopped(Tail))
            != qFromLittleEndian<quint32>(bytes.constData() + bytes.size() - Tail)) {
        return {};
    }
    Reader reader(QByteArrayView(bytes).chopped(Tail));
    const auto magic = reader.take<quint32>();
    const auto count = reader.take<quint32>();
    const auto columnCount = reader.take<quint32>();
    if (magic != Magic || count > MaxSamples || columnCount > MaxColumns
        || quint64(count) * columnCount > MaxValues) {
        return {};
    }
    SampleChunk chunk;
    auto at = unpackTimes(reader, count);
    if (!at) {
        return {};
    }
    chunk.at = std::move(*at);
    for (quint32 i = 0; i < columnCount; ++i) {
        auto values = unpackValues(reader, count);
        if (!values) {
            return {};
        }
        chunk.columns.push_back(std::move(*values));
    }
    return reader.atEnd() ? std::optional(std::move(chunk)) : std::nullopt;
}

} // namespace proverdeck::models::series

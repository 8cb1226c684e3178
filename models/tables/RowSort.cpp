// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tables/RowSort.h"

#include "models/tables/FoldedText.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace proverdeck::models::tables {

namespace {

constexpr quint64 Last = std::numeric_limits<quint64>::max();
constexpr std::size_t StopEvery = 1U << 15U; ///< rows between two looks at the flag

struct Keyed
{
    quint64 key;
    quint32 row;
};
using KeyedRows = std::vector<Keyed>;

/// The same order as the numbers have; what is not known comes last.
quint64 numberKey(double value, bool descending)
{
    if (std::isnan(value)) {
        return Last;
    }
    const auto bits = std::bit_cast<quint64>(value + 0.0); // there is no negative 0
    const quint64 key = bits >> 63U ? ~bits : bits | (quint64(1) << 63U);
    return descending ? ~key : key;
}

/// Eight bytes of the folded text in UTF-8, whose order is that of the code points.
quint64 textKey(QStringView text, std::size_t skipped, bool descending)
{
    quint64 key = 0;
    std::size_t written = 0;
    FoldedText folded(text);
    const auto put = [&](char32_t byte) {
        if (written >= skipped && written < skipped + 8) {
            key |= quint64(byte) << (8 * (7 - (written - skipped)));
        }
        ++written;
    };
    while (written < skipped + 8 && !folded.atEnd()) {
        const char32_t c = folded.next();
        if (c < 0x80) {
            put(c);
        } else if (c < 0x800) {
            put(0xc0U | c >> 6U);
            put(0x80U | (c & 0x3fU));
        } else if (c < 0x10000) {
            put(0xe0U | c >> 12U);
            put(0x80U | (c >> 6U & 0x3fU));
            put(0x80U | (c & 0x3fU));
        } else {
            put(0xf0U | c >> 18U);
            put(0x80U | (c >> 12U & 0x3fU));
            put(0x80U | (c >> 6U & 0x3fU));
            put(0x80U | (c & 0x3fU));
        }
    }
    return descending ? ~key : key;
}

/// Stable, eleven bits at a time from the lowest that differs; @p spare is as long as @p rows.
bool sortByDigits(KeyedRows &rows, KeyedRows &spare, const StopFlag &stop)
{
    constexpr unsigned Digit = 11;
    constexpr quint64 Mask = (1U << Digit) - 1;
    quint64 differing = 0;
    for (const Keyed &row : rows) {
        differing |= row.key ^ rows.front().key;
    }
    while (differing != 0) {
        const auto shift = unsigned(std::countr_zero(differing));
        std::array<quint32, Mask + 2> begins{};
        for (const Keyed &row : rows) {
            ++begins[(row.key >> shift & Mask) + 1];
        }
        std::partial_sum(begins.begin(), begins.end(), begins.begin());
        for (const Keyed &row : rows) {
            spare[begins[row.key >> shift & Mask]++] = row;
        }
        rows.swap(spare);
        differing &= ~(Mask << shift);
        if (stop) {
            return false;
        }
    }
    return true;
}

std::vector<quint32> ranksOf(const QStringList &names, bool unknownLast)
{
    std::vector<quint32> order(std::size_t(names.size()));
    std::iota(order.begin(), order.end(), 0U);
    const auto less = [&](quint32 a, quint32 b) {
        return compareFolded(names.at(qsizetype(a)), names.at(qsizetype(b))) < 0;
    };
    std::stable_sort(order.begin(), order.end(), less);
    std::vector<quint32> ranks(order.size());
    quint32 rank = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && less(order[i - 1], order[i])) {
            ++rank;
        }
        ranks[order[i]] = unknownLast && isUnknownText(names.at(qsizetype(order[i])))
            ? std::numeric_limits<quint32>::max()
            : rank;
    }
    return ranks;
}

class ColumnSorter
{
public:
    ColumnSorter(const ColumnSource &source, SortKey key, const StopFlag &stop)
        : m_source(source)
        , m_key(key)
        , m_stop(stop)
    {
    }

    bool sort(RowOrder &rows)
    {
        m_rows.resize(rows.size());
        m_spare.resize(rows.size());
        if (!fill(rows) || !sortByDigits(m_rows, m_spare, m_stop)) {
            return false;
        }
        const QStringList names = m_source.categories(m_key.column);
        if (m_source.kind(m_key.column) == ValueKind::Text && names.isEmpty()
            && !settleTies(0, m_rows.size(), 8)) {
            return false;
        }
        std::ranges::transform(m_rows, rows.begin(), &Keyed::row);
        return true;
    }

private:
    bool fill(const RowOrder &rows)
    {
        const QStringList names = m_source.categories(m_key.column);
        const std::vector<quint32> ranks = ranksOf(names, true);
        const bool isText = m_source.kind(m_key.column) == ValueKind::Text;
        QString buffer;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (i % StopEvery == 0 && m_stop) {
                return false;
            }
            const quint32 row = rows[i];
            if (!names.isEmpty()) {
                const quint32 rank = ranks[m_source.category(row, m_key.column)];
                const bool isLast = rank == std::numeric_limits<quint32>::max();
                m_rows[i] = {isLast ? Last : m_key.descending ? Last - 1 - rank : rank, row};
            } else if (!isText) {
                m_rows[i] = {numberKey(m_source.number(row, m_key.column), m_key.descending), row};
            } else {
                const QStringView text = m_source.sortText(row, m_key.column, buffer);
                m_rows[i]
                    = {isUnknownText(text) ? Last
                                           : std::min(textKey(text, 0, m_key.descending), Last - 1),
                       row};
            }
        }
        return true;
    }

    /// Rows [@p from, @p to) are sorted by the first @p known bytes of their texts.
    bool settleTies(std::size_t from, std::size_t to, std::size_t known)
    {
        constexpr std::size_t Few = 48;
        for (std::size_t begin = from; begin < to && !m_stop;) {
            std::size_t end = begin + 1;
            const quint64 key = m_rows[begin].key;
            while (end < to && m_rows[end].key == key) {
                ++end;
            }
            const quint64 bytes = m_key.descending ? ~key : key;
            const bool isWhole = key == Last || (bytes & 0xffU) == 0; // the texts end here
            if (end - begin > 1 && !isWhole) {
                if (end - begin <= Few) {
                    sortFew(begin, end);
                } else if (!sortRun(begin, end, known)) {
                    return false;
                }
            }
            begin = end;
        }
        return !m_stop;
    }

    void sortFew(std::size_t begin, std::size_t end)
    {
        std::stable_sort(m_rows.begin() + qsizetype(begin), m_rows.begin() + qsizetype(end),
                         [this](const Keyed &a, const Keyed &b) {
                             const int way
                                 = compareFolded(m_source.sortText(a.row, m_key.column, m_first),
                                                 m_source.sortText(b.row, m_key.column, m_second));
                             return m_key.descending ? way > 0 : way < 0;
                         });
    }

    bool sortRun(std::size_t begin, std::size_t end, std::size_t known)
    {
        KeyedRows run(m_rows.begin() + qsizetype(begin), m_rows.begin() + qsizetype(end));
        for (Keyed &row : run) {
            row.key = textKey(m_source.sortText(row.row, m_key.column, m_first), known,
                              m_key.descending);
        }
        KeyedRows spare(run.size());
        if (!sortByDigits(run, spare, m_stop)) {
            return false;
        }
        std::ranges::copy(run, m_rows.begin() + qsizetype(begin));
        return settleTies(begin, end, known + 8);
    }

    const ColumnSource &m_source;
    const SortKey m_key;
    const StopFlag &m_stop;
    KeyedRows m_rows;
    KeyedRows m_spare;
    QString m_first;
    QString m_second;
};

} // namespace

RowLess::RowLess(const ColumnSource &source, const std::vector<SortKey> &keys)
    : m_source(source)
{
    for (const SortKey &key : keys) {
        m_keys.push_back(
            {key, source.kind(key.column), ranksOf(source.categories(key.column), true)});
    }
}

bool RowLess::operator()(quint32 a, quint32 b) const
{
    for (const Key &key : m_keys) {
        if (const int way = compare(key, a, b); way != 0) {
            return way < 0;
        }
    }
    return a < b;
}

int RowLess::compare(const Key &key, quint32 a, quint32 b) const
{
    const auto way = [](auto x, auto y) { return int(x > y) - int(x < y); };
    const int column = key.key.column;
    if (!key.ranks.empty() || key.kind != ValueKind::Text) {
        const auto keyOf = [&](quint32 row) {
            if (key.ranks.empty()) {
                return numberKey(m_source.number(row, column), key.key.descending);
            }
            const quint32 rank = key.ranks[m_source.category(row, column)];
            return rank == std::numeric_limits<quint32>::max() ? Last
                : key.key.descending                           ? Last - 1 - rank
                                                               : quint64(rank);
        };
        return way(keyOf(a), keyOf(b));
    }
    const QStringView first = m_source.sortText(a, column, m_first);
    const QStringView second = m_source.sortText(b, column, m_second);
    if (isUnknownText(first) || isUnknownText(second)) {
        return int(isUnknownText(first)) - int(isUnknownText(second));
    }
    const int compared = compareFolded(first, second);
    return key.key.descending ? -compared : compared;
}

bool sortRows(const ColumnSource &source, const std::vector<SortKey> &keys, RowOrder &rows,
              const StopFlag &stop)
{
    // Each pass keeps the order of what is equal, so that the last one decides first.
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
        if (!ColumnSorter(source, *key, stop).sort(rows)) {
            return false;
        }
    }
    return !stop;
}

} // namespace proverdeck::models::tables

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tables/TableTotals.h"

#include <cmath>
#include <limits>

namespace proverdeck::models::tables {

namespace {

constexpr std::size_t StopEvery = 1U << 14U;

/// Kahan's sum: a million durations or amounts of gas do not lose their small parts.
class ExactSum
{
public:
    void add(double value)
    {
        const double corrected = value - m_lost;
        const double next = m_sum + corrected;
        m_lost = (next - m_sum) - corrected;
        m_sum = next;
    }
    [[nodiscard]] double value() const { return m_sum; }

private:
    double m_sum = 0;
    double m_lost = 0;
};

} // namespace

std::vector<Total> totalsOf(const ColumnSource &source, const RowOrder &rows,
                            const std::vector<TotalRule> &rules, const StopFlag &stop)
{
    std::vector<Total> totals;
    for (const TotalRule &rule : rules) {
        const bool isRatio = rule.of >= 0;
        ExactSum sum;
        ExactSum divisor;
        std::size_t known = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (i % StopEvery == 0 && stop) {
                return totals;
            }
            const double value = source.number(rows[i], isRatio ? rule.of : rule.column);
            const double by = isRatio ? source.number(rows[i], rule.by) : 1;
            if (!std::isnan(value) && !std::isnan(by)) {
                sum.add(value);
                divisor.add(by);
                ++known;
            }
        }
        const double all = isRatio ? sum.value() / divisor.value() : sum.value();
        const bool isKnown = known > 0 && std::isfinite(all);
        totals.push_back({rule.column,
                          isKnown ? all * rule.factor : std::numeric_limits<double>::quiet_NaN(),
                          known});
    }
    return totals;
}

} // namespace proverdeck::models::tables

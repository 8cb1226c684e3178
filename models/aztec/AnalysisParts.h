// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Analysis.h"

#include <algorithm>
#include <functional>

// The steps of analyse(), in their order. Each fills its part of the analysis from the parts
// before.
namespace proverdeck::models::aztec::parts {

void dateLogs(const Gathering &gathering, const AnalysisOptions &options, Analysis &analysis);
void readJobs(const Gathering &gathering, Analysis &analysis);
void readMachines(const Gathering &gathering, const AnalysisOptions &options, Analysis &analysis);
void readEpochs(const Gathering &gathering, Analysis &analysis);
/// @p jobs and @p attempts are those of the epoch, by their place in the analysis.
void readTypes(const Gathering &gathering, EpochRow &epoch, const std::vector<quint32> &jobs,
               const std::vector<quint32> &attempts, Analysis &analysis);
void readTroubles(const Gathering &gathering, const AnalysisOptions &options, Analysis &analysis);

[[nodiscard]] inline qint64 absolute(const Analysis &analysis, const Spot &spot)
{
    return spot.log < 0 || spot.time == NoTime ? NoTime
                                               : spot.time + analysis.logs.at(spot.log).base;
}
[[nodiscard]] Evidence evidenceOf(const Gathering &gathering, const Spot &spot);
/// What follows " err=" in a line of any framing; empty if there is nothing.
[[nodiscard]] QString errorIn(const QByteArray &line);
/// Most of what comes from a log is in order already.
template<class List, class Less = std::less<>> void sortIfNeeded(List &list, Less less = {})
{
    if (!std::is_sorted(list.begin(), list.end(), less)) {
        std::sort(list.begin(), list.end(), less);
    }
}
/// Of each place, the number of its machine in the order of their names; so that no names are
/// compared per job.
[[nodiscard]] std::vector<int> machineNumbers(const Analysis &analysis);
[[nodiscard]] double medianOf(std::vector<double> values);

} // namespace proverdeck::models::aztec::parts

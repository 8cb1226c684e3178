// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Analysis.h"
#include "support/Test.h"

#include <memory>

namespace proverdeck::models::aztec::testing {

/// Logs of tests/data/aztec/, read and analysed.
struct Fleet
{
    std::unique_ptr<Gathering> gathering = std::make_unique<Gathering>();
    Analysis analysis;

    void add(const QByteArray &bytes, const QString &machine, qsizetype piece = 0)
    {
        const int log = gathering->addLog(machine + QStringLiteral(".log"), machine);
        const qsizetype step = piece > 0 ? piece : qMax<qsizetype>(bytes.size(), 1);
        for (qsizetype at = 0; at < bytes.size(); at += step) {
            gathering->feed(log, QByteArrayView(bytes).sliced(at, qMin(step, bytes.size() - at)));
        }
        gathering->finish(log);
    }
    void finish(const AnalysisOptions &options = {}) { analysis = analyse(*gathering, options); }

    [[nodiscard]] const EpochRow *epoch(qint64 number) const
    {
        for (const EpochRow &row : analysis.epochs) {
            if (row.epoch == number) {
                return &row;
            }
        }
        return nullptr;
    }
    [[nodiscard]] TypeStats type(qint64 number, const QString &name) const
    {
        const EpochRow *row = epoch(number);
        for (const TypeStats &stats : row ? row->types : QList<TypeStats>()) {
            if (stats.type == name) {
                return stats;
            }
        }
        ADD_FAILURE() << "no " << name.toStdString() << " in epoch " << number;
        return {};
    }
    [[nodiscard]] QList<Trouble> troubles(const QString &code) const
    {
        QList<Trouble> list;
        for (const Trouble &one : analysis.troubles) {
            if (one.code == code) {
                list << one;
            }
        }
        return list;
    }
    [[nodiscard]] int jobsIn(JobState state) const
    {
        return int(std::count_if(analysis.jobs.begin(), analysis.jobs.end(),
                                 [state](const JobRow &job) { return job.state == state; }));
    }
};

[[nodiscard]] inline QByteArray sample(const QString &name)
{
    return proverdeck::testing::readData(QStringLiteral("aztec/") + name);
}

/// The logs by name; the machine of each is its name without the extension.
[[nodiscard]] inline Fleet fleetOf(const QStringList &names, qsizetype piece = 0)
{
    Fleet fleet;
    for (const QString &name : names) {
        fleet.add(sample(name), name.section(QChar(u'.'), 0, -2), piece);
    }
    fleet.finish();
    return fleet;
}

} // namespace proverdeck::models::aztec::testing

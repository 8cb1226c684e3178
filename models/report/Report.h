// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/BatchTable.h"

#include <QJsonObject>

namespace proverdeck::models::report {

struct Gpu
{
    QString name;
    QString driver;
    quint64 memoryMiB = 0;
    bool operator==(const Gpu &) const = default;
};

/// What this program itself took of the server while it measured: of the connection that it had at
/// the end, its samplers and what followed its logs.
struct ServerCost
{
    double cpuSeconds = 0; ///< without nvidia-smi
    double gpuToolCpuSeconds = 0; ///< of nvidia-smi, which samples the GPUs
    double seconds = 0; ///< how long the connection had been there; not 0
    bool operator==(const ServerCost &) const = default;
};
/// "0.31 % of a core, nvidia-smi 0.52 %".
[[nodiscard]] QString serverCostText(const ServerCost &cost);

/// The session info of a result: everything needed to say what the number means. Empty = unknown.
struct Session
{
    QDateTime started; ///< UTC
    QDateTime ended;
    QString runId;
    QString server;
    QString backend; ///< sp1, risc0, exec
    std::optional<bool> gpu;
    QList<Gpu> gpus;
    QString cpuModel;
    std::optional<quint64> memoryKiB;
    QString gitRef; ///< as asked for
    QString commit; ///< full hash
    QString commitSubject;
    std::optional<int> txPerAccount;
    QString txType;
    std::optional<bool> endless;
    QString workflow; ///< "ethrex-benchmark 1 (built in)"
    QString state; ///< done, failed, cancelled, …
    std::optional<ServerCost> cost;
    bool operator==(const Session &) const = default;
};

struct ResultDocument
{
    Session session;
    QList<ethrex::BatchRow> rows;
    QList<Finding> findings;
    QString observations;
};

/// The guide's results template: session info, table, summaries, findings, observations.
[[nodiscard]] QString toMarkdown(const ResultDocument &document);
/// Exactly what upstream's scripts/bench_metrics.sh writes: its columns, its floor divisions, "-"
/// for unknown, and the batch_size metric (blocks minus one) in the column that it calls Blocks.
/// Empty without a timed batch, as upstream writes no file then.
[[nodiscard]] QString toUpstreamMarkdown(const ResultDocument &document);
/// RFC 4180, header first, one row per batch, UTF-8, \r\n.
[[nodiscard]] QByteArray toCsv(const ResultDocument &document);
/// The keys of `analyse ethrex --format json` (batches, summary, counted, findings); with
/// @p withSession also "session" and "observations".
[[nodiscard]] QJsonObject toJson(const ResultDocument &document, bool withSession);

/// "47.12 s", "1 min 03 s", "2 h 05 min"; below one second "845 ms".
[[nodiscard]] QString durationText(qint64 milliseconds);
/// A proving time as tables show it: "72.99 s", below one second "412 ms". Never minutes: numbers
/// to be compared keep one unit.
[[nodiscard]] QString provingTimeText(qint64 milliseconds);
/// "23,121,000"; thousands separated for reading, never used in files that programs read.
[[nodiscard]] QString groupedText(quint64 value);

/// Writes a whole file or none (temporary file beside it, then rename). Without @p overwrite an
/// existing file is left alone. Returns an empty string, or a sentence for a person.
[[nodiscard]] QString writeWholeFile(const QString &path, const QByteArray &data, bool overwrite);

} // namespace proverdeck::models::report

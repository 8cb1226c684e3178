// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/benchmark/BatchTableModel.h"

#include "models/report/Report.h"

#include <QGuiApplication>
#include <QPalette>

#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::ethrex::BatchRow;

namespace {

const QString Missing = u"–"_s;

template<class T> QString numberText(const std::optional<T> &value)
{
    return value ? models::report::groupedText(*value) : Missing;
}

QString rateText(const std::optional<double> &value, int decimals)
{
    return value ? QString::number(*value, 'f', decimals) : Missing;
}

} // namespace

void BatchTableModel::setRows(const QList<BatchRow> &rows)
{
    if (rows.size() < m_rows.size()) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
        return;
    }
    const qsizetype old = m_rows.size();
    for (qsizetype i = 0; i < old; ++i) {
        if (m_rows.at(i) != rows.at(i)) {
            m_rows[i] = rows.at(i);
            emit dataChanged(index(int(i), 0), index(int(i), ColumnCount - 1));
        }
    }
    if (rows.size() > old) {
        beginInsertRows({}, int(old), int(rows.size() - 1));
        m_rows += rows.mid(old);
        endInsertRows();
    }
}

int BatchTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int BatchTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString BatchTableModel::text(const BatchRow &row, int column) const
{
    switch (column) {
    case Batch:
        return QString::number(row.batch);
    case Time: {
        QString all = row.timeMs ? models::report::provingTimeText(*row.timeMs) : Missing;
        for (qsizetype i = 1; i < row.allTimesMs.size(); ++i) {
            all += u" · "_s + models::report::provingTimeText(row.allTimesMs.at(i));
        }
        return all;
    }
    case Gas:
        return numberText(row.facts.gasUsed);
    case Txs:
        return numberText(row.facts.txCount);
    case Blocks:
        return numberText(row.facts.blocks);
    case GasRate:
        return rateText(row.mgasPerSecond(), 3);
    case TxRate:
        return rateText(row.txPerSecond(), 2);
    case Energy:
        return row.energy ? tr("%1 kJ").arg(QString::number(row.energy->joules / 1000, 'f', 2))
                          : Missing;
    default:
        return models::ethrex::flagWords(row.flags).join(u", "_s);
    }
}

QVariant BatchTableModel::sortValue(const BatchRow &row, int column) const
{
    const auto number
        = [](const auto &value) { return value ? QVariant(double(*value)) : QVariant(); };
    switch (column) {
    case Batch:
        return row.batch;
    case Time:
        return number(row.timeMs);
    case Gas:
        return number(row.facts.gasUsed);
    case Txs:
        return number(row.facts.txCount);
    case Blocks:
        return number(row.facts.blocks);
    case GasRate:
        return number(row.mgasPerSecond());
    case TxRate:
        return number(row.txPerSecond());
    case Energy:
        return row.energy ? QVariant(row.energy->joules) : QVariant();
    default:
        return text(row, column);
    }
}

QString BatchTableModel::why(const BatchRow &row, int column) const
{
    if (column == Time && row.allTimesMs.size() > 1) {
        return tr("Proved %1 times; the first time counts.").arg(row.allTimesMs.size());
    }
    if (column == Time && !row.timeMs) {
        return tr("The prover ran without its timing option (PROVER_CLIENT_TIMED).");
    }
    if (column == Blocks) {
        return tr("The true number of blocks: the metric batch_size plus one.");
    }
    if (column == Energy) {
        return row.energy
            ? tr("At least ± %1 kJ. All GPU boards of the server during the first proof, from "
                 "samples %2 apart; without CPU, memory, fans and power supplies.")
                  .arg(QString::number(row.energy->uncertainty / 1000, 'f', 2),
                       models::report::durationText(row.energy->sampleIntervalMs))
            : tr("Not known: the power of a GPU was not sampled all the time that "
                 "the proof took.");
    }
    if (text(row, column) == Missing) {
        return tr("Not known: neither the L2's metrics nor its RPC gave it.");
    }
    if (!row.counts()) {
        return tr("Not counted in the second summary.");
    }
    return {};
}

QVariant BatchTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const BatchRow &row = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::ToolTipRole:
        return why(row, index.column());
    case Qt::TextAlignmentRole:
        return QVariant(index.column() == Flags ? int(Qt::AlignLeft | Qt::AlignVCenter)
                                                : int(Qt::AlignRight | Qt::AlignVCenter));
    case Qt::ForegroundRole:
        return row.counts() ? QVariant()
                            : QVariant(QGuiApplication::palette().color(QPalette::PlaceholderText));
    case SortRole:
        return sortValue(row, index.column());
    case LineRole:
        return row.line;
    default:
        return {};
    }
}

QVariant BatchTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant(section == Flags ? int(Qt::AlignLeft | Qt::AlignVCenter)
                                         : int(Qt::AlignRight | Qt::AlignVCenter));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    static const QStringList names{tr("Batch"), tr("Proving time"), tr("Gas"),
                                   tr("Tx"),    tr("Blocks"),       tr("Mgas/s"),
                                   tr("tx/s"),  tr("GPU energy"),   tr("Flags")};
    return names.value(section);
}

TableColumns BatchTableModel::tableColumns()
{
    using models::tables::TotalRule;
    using models::tables::ValueKind;
    const auto whole
        = [](double value) { return models::report::groupedText(quint64(std::llround(value))); };
    const auto rate = [](int decimals) {
        return [decimals](double value) { return QString::number(value, 'f', decimals); };
    };
    const TotalRule sum;
    // Gas by milliseconds, in millions by seconds; transactions by milliseconds, by seconds.
    const TotalRule gasRate{.of = Gas, .by = Time, .factor = 1e-3};
    const TotalRule txRate{.of = Txs, .by = Time, .factor = 1e3};
    return {
        {.id = u"batch"_s, .kind = ValueKind::Number},
        {.id = u"time"_s,
         .kind = ValueKind::Duration,
         .total = sum,
         .totalText = [](double ms) { return models::report::provingTimeText(std::llround(ms)); }},
        {.id = u"gas"_s, .kind = ValueKind::Number, .total = sum, .totalText = whole},
        {.id = u"txs"_s, .kind = ValueKind::Number, .total = sum, .totalText = whole},
        {.id = u"blocks"_s, .kind = ValueKind::Number, .total = sum, .totalText = whole},
        {.id = u"gas-rate"_s, .kind = ValueKind::Number, .total = gasRate, .totalText = rate(3)},
        {.id = u"tx-rate"_s, .kind = ValueKind::Number, .total = txRate, .totalText = rate(2)},
        {.id = u"energy"_s,
         .kind = ValueKind::Number,
         .total = sum,
         .totalText
         = [](double joules) { return tr("%1 kJ").arg(QString::number(joules / 1000, 'f', 2)); }},
        {.id = u"flags"_s}};
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartTable.h"

#include "ui/charts/ChartOverlay.h"

#include <QDateTime>

#include <algorithm>
#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

QString csvField(QString text)
{
    if (text.contains(u'"') || text.contains(u',') || text.contains(u'\n')) {
        text = u'"' % text.replace(u'"', u"\"\""_s) % u'"';
    }
    return text;
}

QString csvNumber(const std::optional<double> &value)
{
    return value ? QString::number(*value, 'g', 9) : QString();
}

} // namespace

ChartRows chartRows(const QList<ChartSeries> &series, const QString &unit, TimeRange view)
{
    ChartRows result;
    result.unit = unit;
    qint64 shortest = view.span();
    for (const ChartSeries &one : series) {
        result.names << one.name;
        if (const qint64 step = one.view.typicalStep(); step > 0) {
            shortest = std::min(shortest, step);
        }
    }
    if (view.isEmpty() || series.isEmpty()) {
        return result;
    }
    const qint64 wanted = std::max(shortest, view.span() / ChartRows::MaxRows + 1);
    result.stepMs = wanted <= 900 ? std::max<qint64>(1, wanted) : (wanted + 500) / 1000 * 1000;
    const qint64 from = view.from / result.stepMs * result.stepMs;
    const qint64 count = (view.to - from) / result.stepMs + 1;
    QList<std::vector<models::series::Bucket>> columns;
    for (const ChartSeries &one : series) {
        columns << one.view.buckets(one.column, double(from), double(from + count * result.stepMs),
                                    std::size_t(count));
    }
    for (qint64 i = 0; i < count; ++i) {
        ChartRows::Row row{from + i * result.stepMs, {}};
        bool hasSample = false;
        for (qsizetype k = 0; k < series.size(); ++k) {
            const models::series::Bucket &bucket = columns.at(k)[std::size_t(i)];
            const double scale = series.at(k).scale;
            ChartRows::Cell cell;
            if (!bucket.extent.isEmpty()) {
                cell = {bucket.extent.mean() * scale, double(bucket.extent.low) * scale,
                        double(bucket.extent.high) * scale, std::size_t(bucket.extent.count)};
            }
            hasSample = hasSample || bucket.samples > 0;
            row.cells << cell;
        }
        if (hasSample) {
            result.rows << row;
        }
    }
    return result;
}

QByteArray chartCsv(const ChartRows &rows)
{
    QStringList header{u"time"_s};
    for (const QString &name : rows.names) {
        const QString unit = rows.unit.isEmpty() ? QString() : u" ("_s + rows.unit + u')';
        header << csvField(name + u" mean"_s + unit) << csvField(name + u" min"_s + unit)
               << csvField(name + u" max"_s + unit) << csvField(name + u" samples"_s);
    }
    QString text = header.join(u',') + u"\r\n"_s;
    for (const ChartRows::Row &row : rows.rows) {
        QStringList fields{
            QDateTime::fromMSecsSinceEpoch(row.at, Qt::UTC).toString(Qt::ISODateWithMs)};
        for (const ChartRows::Cell &cell : row.cells) {
            fields << csvNumber(cell.mean) << csvNumber(cell.low) << csvNumber(cell.high)
                   << QString::number(cell.samples);
        }
        text += fields.join(u',') + u"\r\n"_s;
    }
    return text.toUtf8();
}

ChartTableModel::ChartTableModel(int decimals, QObject *parent)
    : QAbstractTableModel(parent)
    , m_decimals(decimals)
{
}

void ChartTableModel::setRows(const ChartRows &rows)
{
    beginResetModel();
    m_rows = rows;
    endResetModel();
}

int ChartTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.rows.size());
}

int ChartTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.names.size()) + 1;
}

QVariant ChartTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return int((index.column() == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const ChartRows::Row &row = m_rows.rows.at(index.row());
    if (index.column() == 0) {
        return exactTime(row.at);
    }
    const ChartRows::Cell &cell = row.cells.at(index.column() - 1);
    if (!cell.mean) {
        return u"–"_s;
    }
    const QString mean = QString::number(*cell.mean, 'f', m_decimals);
    if (cell.low == cell.high) {
        return mean;
    }
    return tr("%1 (%2 to %3)")
        .arg(mean, QString::number(*cell.low, 'f', m_decimals),
             QString::number(*cell.high, 'f', m_decimals));
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return QAbstractTableModel::headerData(section, orientation, role);
    }
    return section == 0 ? tr("Time") : QVariant(m_rows.names.value(section - 1));
}

} // namespace proverdeck::ui

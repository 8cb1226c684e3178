// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/SeriesItem.h"

#include <QAbstractTableModel>

namespace proverdeck::ui {

/// What a chart shows, in rows: each a stretch of time with the mean, the smallest and the largest
/// value of each series in it. A stretch is as short as MaxRows allows, often a single sample.
struct ChartRows
{
    static constexpr int MaxRows = 2000;

    struct Cell
    {
        std::optional<double> mean, low, high; ///< none: no known value
        std::size_t samples = 0; ///< known ones
    };
    struct Row
    {
        qint64 at = 0; ///< its beginning, ms since the epoch, UTC
        QList<Cell> cells; ///< one per series
    };
    QStringList names;
    QString unit;
    qint64 stepMs = 0;
    QList<Row> rows; ///< only those with a sample
};
[[nodiscard]] ChartRows chartRows(const QList<ChartSeries> &series, const QString &unit,
                                  TimeRange view);
/// RFC 4180, UTC with milliseconds, an unknown value is empty.
[[nodiscard]] QByteArray chartCsv(const ChartRows &rows);

/// ChartRows for a view: the time, then one column per series.
class ChartTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    explicit ChartTableModel(int decimals, QObject *parent = nullptr);

    void setRows(const ChartRows &rows);
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    int m_decimals;
    ChartRows m_rows;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/tables/TableColumn.h"

#include <QDeadlineTimer>

class QAbstractItemModel;
class QVariant;

namespace proverdeck::ui {

/// The cells of an item model, asked for when they are needed. GUI thread only.
class LiveColumns : public models::tables::ColumnSource
{
public:
    LiveColumns(const QAbstractItemModel &model, const TableColumns &columns, int sortRole);

    [[nodiscard]] std::size_t rows() const override;
    [[nodiscard]] models::tables::ValueKind kind(int column) const override;
    [[nodiscard]] double number(std::size_t row, int column) const override;
    [[nodiscard]] QStringView text(std::size_t row, int column, QString &buffer) const override;
    [[nodiscard]] QStringView sortText(std::size_t row, int column, QString &buffer) const override;

private:
    const QAbstractItemModel &m_model;
    const TableColumns &m_columns;
    int m_sortRole;
};

/// What a query asks of the columns of an item model, copied a few milliseconds at a time in the
/// GUI thread; once it is whole, it may be read in any thread until somebody goes on copying.
class CopiedColumns : public models::tables::ColumnSource
{
public:
    explicit CopiedColumns(const TableColumns &columns);

    /// True when everything is here that @p query and the totals of the columns need.
    [[nodiscard]] bool copy(const LiveColumns &live, const models::tables::TableQuery &query,
                            const QDeadlineTimer &until);
    /// Reads these rows again, as far as they are here.
    void copyAgain(const LiveColumns &live, const std::vector<quint32> &rows);

    [[nodiscard]] std::size_t rows() const override { return m_rows; }
    [[nodiscard]] models::tables::ValueKind kind(int column) const override;
    [[nodiscard]] double number(std::size_t row, int column) const override;
    [[nodiscard]] QStringView text(std::size_t row, int column, QString &buffer) const override;
    [[nodiscard]] QStringView sortText(std::size_t row, int column, QString &buffer) const override;

private:
    struct Cells
    {
        bool needsNumbers = false;
        bool needsTexts = false;
        bool needsSortTexts = false;
        std::vector<double> numbers;
        std::vector<QString> texts;
        std::vector<QString> sortTexts;
    };
    [[nodiscard]] bool fill(const LiveColumns &live, int column, const QDeadlineTimer &until);

    const TableColumns m_columns;
    std::vector<Cells> m_cells;
    std::size_t m_rows = 0;
};

/// NaN if it is no number.
[[nodiscard]] double numberOf(const QVariant &value);

} // namespace proverdeck::ui

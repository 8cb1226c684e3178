// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <cstddef>

namespace proverdeck::models::tables {

/// What the cells of a column are sorted and compared by.
enum class ValueKind {
    Text,
    Number,
    Duration, ///< milliseconds
    Time, ///< milliseconds since 1970, UTC
};

/// The cells of a table as they were at one moment. It does not change, so that any thread may read
/// it. Rows and columns are counted from 0 and are those of the table, not of a view of it.
class ColumnSource
{
public:
    ColumnSource() = default;
    ColumnSource(const ColumnSource &) = delete;
    ColumnSource &operator=(const ColumnSource &) = delete;
    virtual ~ColumnSource() = default;

    [[nodiscard]] virtual std::size_t rows() const = 0;
    [[nodiscard]] virtual ValueKind kind(int column) const = 0;
    /// Of a column that is no text; not a number if it is not known.
    [[nodiscard]] virtual double number(std::size_t row, int column) const = 0;
    /// As people see it: a view of the source's own, or of @p buffer, which is filled then.
    [[nodiscard]] virtual QStringView text(std::size_t row, int column, QString &buffer) const = 0;
    /// What a column of texts is sorted by, if that is not what people see.
    [[nodiscard]] virtual QStringView sortText(std::size_t row, int column, QString &buffer) const
    {
        return text(row, column, buffer);
    }
    /// The texts of a column that has only few different ones, and which of them a cell has. Such a
    /// column is sorted and filtered without a look at each cell's text.
    [[nodiscard]] virtual QStringList categories(int column) const
    {
        Q_UNUSED(column)
        return {};
    }
    [[nodiscard]] virtual quint32 category(std::size_t row, int column) const
    {
        Q_UNUSED(row)
        Q_UNUSED(column)
        return 0;
    }
};

/// A cell that says nothing: empty, or the dash that stands for an unknown value.
[[nodiscard]] inline bool isUnknownText(QStringView text)
{
    return text.isEmpty() || text == QStringView(u"–");
}

} // namespace proverdeck::models::tables

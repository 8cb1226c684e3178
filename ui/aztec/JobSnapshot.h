// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/aztec/AztecLoader.h"
#include "ui/tables/TableColumn.h"

namespace proverdeck::ui {

/// Some jobs of an analysis and what stands in their cells. Constant: read in any thread.
class JobSnapshot : public models::tables::ColumnSource
{
public:
    /// @p rows are numbers of jobs.
    JobSnapshot(AztecResultPtr result, std::vector<quint32> rows);

    [[nodiscard]] static TableColumns columns();
    [[nodiscard]] const std::vector<quint32> &jobs() const { return m_rows; }
    [[nodiscard]] QString cell(std::size_t row, int column) const;

    [[nodiscard]] std::size_t rows() const override { return m_rows.size(); }
    [[nodiscard]] models::tables::ValueKind kind(int column) const override;
    [[nodiscard]] double number(std::size_t row, int column) const override;
    [[nodiscard]] QStringView text(std::size_t row, int column, QString &buffer) const override;
    [[nodiscard]] QStringList categories(int column) const override;
    [[nodiscard]] quint32 category(std::size_t row, int column) const override;

private:
    [[nodiscard]] const models::aztec::JobRow &job(std::size_t row) const
    {
        return m_result->analysis.jobs[m_rows[row]];
    }

    AztecResultPtr m_result;
    std::vector<quint32> m_rows;
};

} // namespace proverdeck::ui

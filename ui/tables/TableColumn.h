// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/tables/OrderIndex.h"
#include "models/tables/TableTotals.h"

#include <functional>
#include <optional>

namespace proverdeck::ui {

/// A column of a table, beside what its item model says of it.
struct TableColumn
{
    QString id; ///< a word for what is remembered; never changes
    models::tables::ValueKind kind = models::tables::ValueKind::Text;
    bool isHidden = false; ///< until somebody asks for it
    /// The item model says −1 of what it does not know.
    bool isNegativeUnknown = false;
    /// What is summed up below the table; its column is filled in.
    std::optional<models::tables::TotalRule> total;
    std::function<QString(double)> totalText; ///< how that is written
};
using TableColumns = std::vector<TableColumn>;

/// An item model that can say what all its cells hold without being asked for each. For tables that
/// may have more than some 10 000 rows.
class SnapshotModel
{
public:
    SnapshotModel() = default;
    SnapshotModel(const SnapshotModel &) = delete;
    SnapshotModel &operator=(const SnapshotModel &) = delete;
    virtual ~SnapshotModel() = default;
    /// As the rows are now.
    [[nodiscard]] virtual std::shared_ptr<const models::tables::ColumnSource> snapshot() const = 0;
};

/// Where the tables keep how somebody arranged them. GUI thread.
class TableMemory
{
public:
    TableMemory() = default;
    TableMemory(const TableMemory &) = delete;
    TableMemory &operator=(const TableMemory &) = delete;
    virtual ~TableMemory() = default;
    /// Empty if nothing is known of a table of this name.
    [[nodiscard]] virtual QByteArray tableState(const QString &name) const = 0;
    virtual void setTableState(const QString &name, const QByteArray &state) = 0;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/Settings.h"
#include "ui/tables/TableColumn.h"

namespace proverdeck::app {

/// How tables are arranged, kept in the settings.
class TableSettings : public ui::TableMemory
{
public:
    [[nodiscard]] QByteArray tableState(const QString &name) const override
    {
        return Settings::table(name);
    }
    void setTableState(const QString &name, const QByteArray &state) override
    {
        Settings::setTable(name, state);
    }
};

} // namespace proverdeck::app

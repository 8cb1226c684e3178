// SPDX-License-Identifier: GPL-3.0-or-later
// How fields of an order take what several sources tell of them.
#pragma once

#include <QString>

#include <optional>

namespace proverdeck::models::boundless {

inline void setFirst(std::optional<qint64> &time, std::optional<qint64> value)
{
    if (value && (!time || *value < *time)) {
        time = value;
    }
}

inline void setLast(std::optional<qint64> &time, std::optional<qint64> value)
{
    if (value && (!time || *value > *time)) {
        time = value;
    }
}

inline void setIfKnown(QString &text, const QString &value)
{
    if (!value.isEmpty()) {
        text = value;
    }
}

} // namespace proverdeck::models::boundless

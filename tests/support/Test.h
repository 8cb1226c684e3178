// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDebug>
#include <QString>
#include <QStringList>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

// The same printers in every test file: two different ones for one type would break the ODR.
inline void PrintTo(const QString &text, std::ostream *out)
{
    *out << '"' << text.toStdString() << '"';
}

inline void PrintTo(const QByteArray &bytes, std::ostream *out)
{
    *out << '"' << bytes.toStdString() << '"';
}

inline void PrintTo(const QStringList &list, std::ostream *out)
{
    *out << '[' << list.join(QStringLiteral(", ")).toStdString() << ']';
}

namespace proverdeck::testing {

/// A Qt warning that matches @p part is expected in the running test and fails nothing.
void allowWarning(const QString &part);

/// The bytes of tests/data/@p name; fails the test if it cannot be read.
[[nodiscard]] QByteArray readData(const QString &name);

} // namespace proverdeck::testing

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdio>

class QJsonObject;

namespace proverdeck::app {

// What the program prints. What another machine said is a part of it, so nothing gets through that
// a terminal would obey: escape sequences, other control characters, marks of direction.

/// Line ends and tabs stay.
void printText(std::FILE *stream, const QString &text);
/// One document; such characters in its texts become \u escapes, so it says the same.
void printJson(std::FILE *stream, const QJsonObject &object);
/// Bytes for another program: as they are, unless @p stream is a terminal.
void printExact(std::FILE *stream, const QString &text);
/// Back to the beginning of the line, which is wiped; for a terminal only.
void wipeLine(std::FILE *stream);

/// What printJson() prints.
[[nodiscard]] QByteArray jsonForTerminal(const QJsonObject &object);

} // namespace proverdeck::app

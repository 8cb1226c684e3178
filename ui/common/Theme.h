// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/RunTypes.h"

#include <QIcon>
#include <QPalette>

class QApplication;
class QFrame;
class QLabel;
class QPushButton;
class QWidget;

namespace proverdeck::ui {

enum class Appearance { System, Light, Dark };

/// Sets Fusion with our light or dark palette. System follows the desktop's own palette.
void applyAppearance(QApplication &application, Appearance appearance);
[[nodiscard]] bool isDark(const QPalette &palette);

/// Okabe–Ito colours, readable on the given palette. Never the only sign: each has its own shape
/// too.
struct Colours
{
    QColor good, running, warning, bad, muted, accent;
};
[[nodiscard]] Colours coloursFor(const QPalette &palette);

/// A painted sign: tick, dot, triangle, cross, dash, ring. Scales with the display.
[[nodiscard]] QIcon outcomeIcon(models::StepOutcome outcome, const QPalette &palette);
[[nodiscard]] QIcon severityIcon(models::Severity severity, const QPalette &palette);
[[nodiscard]] QIcon runStateIcon(models::RunState state, const QPalette &palette);

[[nodiscard]] QLabel *makeHeading(const QString &text, QWidget *parent = nullptr);
/// Wrapped, selectable, in the muted colour.
[[nodiscard]] QLabel *makeHint(const QString &text, QWidget *parent = nullptr);
/// Plain text only, wrapped, selectable: for everything that a remote program said.
[[nodiscard]] QLabel *makeText(const QString &text = {}, QWidget *parent = nullptr);
[[nodiscard]] QFrame *makeCard(QWidget *parent = nullptr);
void makePrimary(QPushButton *button);

[[nodiscard]] QString localTimeText(const QDateTime &time); ///< with the offset from UTC
[[nodiscard]] QString runStateTitle(models::RunState state); ///< "Done", "Check failed", …

} // namespace proverdeck::ui

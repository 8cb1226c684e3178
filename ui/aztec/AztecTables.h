// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Analysis.h"
#include "ui/aztec/CellTableModel.h"

#include <QPalette>

// The rows of the tables of the Aztec page, from an analysis.
namespace proverdeck::ui::aztectables {

using Rows = QList<CellTableModel::Row>;

[[nodiscard]] QStringList epochTitles();
[[nodiscard]] Rows epochRows(const models::aztec::Analysis &analysis, const QPalette &palette);
[[nodiscard]] QStringList typeTitles();
[[nodiscard]] Rows typeRows(const models::aztec::Analysis &analysis, std::optional<qint64> epoch);
[[nodiscard]] QStringList txTitles();
[[nodiscard]] Rows txRows(const models::aztec::Analysis &analysis);
[[nodiscard]] QStringList machineTitles();
[[nodiscard]] Rows machineRows(const models::aztec::Analysis &analysis);
[[nodiscard]] QStringList agentTitles();
[[nodiscard]] Rows agentRows(const models::aztec::Analysis &analysis, const QPalette &palette);
[[nodiscard]] QStringList containerTitles();
[[nodiscard]] Rows containerRows(const models::aztec::Analysis &analysis);
[[nodiscard]] QStringList compareTitles();
[[nodiscard]] Rows compareRows(const QList<models::aztec::Comparison> &list);
[[nodiscard]] QStringList startUpTitles();
[[nodiscard]] Rows startUpRows(const models::aztec::Analysis &analysis);
[[nodiscard]] QStringList circuitTitles();
[[nodiscard]] Rows circuitRows(const models::aztec::Analysis &analysis);

} // namespace proverdeck::ui::aztectables

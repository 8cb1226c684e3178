// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BenchmarkFigures.h"

#include <QDialog>

class QLabel;
class QPushButton;
class QStandardItemModel;

namespace proverdeck::ui {

class TableMemory;
class TablePane;

/// The benchmarks of the history, to take peak_prove_khz from the slowest of those that are chosen.
class BenchmarkDialog : public QDialog
{
    Q_OBJECT

public:
    /// @p figures newest first. Of those of @p host the newest is chosen at first, if it has some.
    BenchmarkDialog(const QList<models::boundless::BenchmarkFigure> &figures, const QString &host,
                    TableMemory *memory, QWidget *parent = nullptr);

signals:
    /// Somebody wants this value; @p worst is what it follows from.
    void chosen(qint64 peakProveKhz, const proverdeck::models::boundless::BenchmarkFigure &worst);

private:
    [[nodiscard]] QList<models::boundless::BenchmarkFigure> selected() const;
    void showProposal();
    void accept() override;

    QList<models::boundless::BenchmarkFigure> m_figures;
    QStandardItemModel *m_model = nullptr;
    TablePane *m_table = nullptr;
    QLabel *m_proposal = nullptr;
    QPushButton *m_use = nullptr;
};

} // namespace proverdeck::ui

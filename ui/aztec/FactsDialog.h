// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Analysis.h"

#include <QDialog>
#include <QMap>

class QCheckBox;
class QComboBox;
class QDateEdit;
class QDateTimeEdit;
class QFormLayout;
class QSpinBox;
class QWidget;

namespace proverdeck::ui {

/// Asks what logs do not say: their day, the cores of machines, the network's slot times.
class FactsDialog : public QDialog
{
    Q_OBJECT

public:
    FactsDialog(const models::aztec::Analysis &analysis,
                const models::aztec::AnalysisOptions &options, QWidget *parent = nullptr);

    /// The options that it was given, with what a person knows.
    [[nodiscard]] models::aztec::AnalysisOptions options() const;

    /// What is missing, in a sentence; empty if nothing is.
    [[nodiscard]] static QString missing(const models::aztec::Analysis &analysis);

private:
    void addDay(QFormLayout &form);
    void addCores(QFormLayout &form, const models::aztec::Analysis &analysis);
    void addNetwork(QFormLayout &form, const models::aztec::Analysis &analysis);
    void showNetwork();

    models::aztec::AnalysisOptions m_options;
    QCheckBox *m_hasDay = nullptr;
    QDateEdit *m_day = nullptr;
    QMap<QString, QSpinBox *> m_cores; ///< by machine; 0: not known
    QComboBox *m_network = nullptr;
    QWidget *m_custom = nullptr;
    QDateTimeEdit *m_genesis = nullptr;
    QSpinBox *m_slot = nullptr;
    QSpinBox *m_slots = nullptr;
    QSpinBox *m_proof = nullptr;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/live/Diagnosis.h"

#include <QDialog>
#include <QMap>

class QLabel;
class QPushButton;

namespace proverdeck::ui {

class AztecWatch;
class FindingsView;

/// Whether each worker of the watched servers reaches its broker, and what its environment says.
/// Asks when it is shown and again on demand.
class DiagnosisDialog : public QDialog
{
    Q_OBJECT

public:
    /// @p watch must outlive it.
    explicit DiagnosisDialog(AztecWatch &watch, QWidget *parent = nullptr);

    void ask();

private:
    void onDiagnosed(const QString &host,
                     const tl::expected<models::aztec::Diagnosis, QString> &result);
    void refresh();

    AztecWatch &m_watch;
    QLabel *m_state;
    FindingsView *m_findings;
    QLabel *m_details;
    QPushButton *m_again;
    QMap<QString, tl::expected<models::aztec::Diagnosis, QString>> m_answers;
    int m_waiting = 0;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/findings/Finding.h"

#include <QScrollArea>

class QVBoxLayout;

namespace proverdeck::ui {

/// Findings as cards, worst first: sign, what happened, what to do, and a link to the log line.
class FindingsView : public QScrollArea
{
    Q_OBJECT

public:
    explicit FindingsView(QWidget *parent = nullptr);

    void setFindings(const QList<models::Finding> &findings);
    [[nodiscard]] int count() const { return int(m_findings.size()); }

signals:
    /// A log name and a 1-based line.
    void lineWanted(const QString &log, qint64 line);

private:
    QVBoxLayout *m_layout = nullptr;
    QList<models::Finding> m_findings;
};

} // namespace proverdeck::ui

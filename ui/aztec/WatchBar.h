// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QGridLayout;
class QLabel;
class QPushButton;

namespace proverdeck::ui {

class AztecWatch;

/// One line for each watched server: its state and, when it needs a person, a button to try again.
/// Hidden when nothing is watched.
class WatchBar : public QFrame
{
    Q_OBJECT

public:
    /// @p watch must outlive it.
    explicit WatchBar(AztecWatch &watch, QWidget *parent = nullptr);

signals:
    void diagnosisWanted();
    void stopWanted();

private:
    struct Row
    {
        QLabel *sign = nullptr;
        QLabel *name = nullptr;
        QLabel *state = nullptr;
        QPushButton *retry = nullptr;
    };
    void refresh();
    void rebuild();

    AztecWatch &m_watch;
    QGridLayout *m_grid;
    QList<Row> m_rows;
    QPushButton *m_diagnose;
    QPushButton *m_stop;
};

} // namespace proverdeck::ui

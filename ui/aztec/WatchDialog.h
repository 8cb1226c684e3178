// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/live/MachineWatch.h"
#include "ui/Services.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QVBoxLayout;

namespace proverdeck::ui {

class WatchHostRow;

/// Asks which servers are watched, and which of their logs.
class WatchDialog : public QDialog
{
    Q_OBJECT

public:
    /// @p services must outlive it; @p choices as they were the last time.
    WatchDialog(Services &services, const QList<models::aztec::WatchChoice> &choices,
                QWidget *parent = nullptr);

    [[nodiscard]] QList<models::aztec::WatchChoice> choices() const;

    /// For the settings: one text per server.
    [[nodiscard]] static QStringList toTexts(const QList<models::aztec::WatchChoice> &choices);
    [[nodiscard]] static QList<models::aztec::WatchChoice> fromTexts(const QStringList &texts);

private:
    void addRow(const models::aztec::WatchChoice &choice);
    void tryAccept();

    Services &m_services;
    QVBoxLayout *m_list;
    QList<WatchHostRow *> m_rows;
    QComboBox *m_since;
    QLabel *m_problem;
};

} // namespace proverdeck::ui

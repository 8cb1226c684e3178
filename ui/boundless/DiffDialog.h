// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace proverdeck::ui {

/// Shows what would change in a file, before it is written. accepted() means: write it.
class DiffDialog : public QDialog
{
    Q_OBJECT

public:
    /// @p note says what saving does; plain text.
    DiffDialog(const QString &title, const QByteArray &before, const QByteArray &after,
               const QString &note, QWidget *parent = nullptr);
};

} // namespace proverdeck::ui

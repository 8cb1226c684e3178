// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAccessibleWidget>

namespace proverdeck::ui {

class LogView;

/// What a screen reader knows of a log: its current line as the value, and where that is.
class LogViewAccessible : public QAccessibleWidget
{
public:
    explicit LogViewAccessible(LogView *view);
    /// Makes it known to Qt; once is enough.
    static void install();

    [[nodiscard]] QString text(QAccessible::Text kind) const override;
    [[nodiscard]] QAccessible::State state() const override;

private:
    [[nodiscard]] LogView *view() const;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogViewAccessible.h"

#include "ui/logs/LogView.h"

#include <QCoreApplication>

namespace proverdeck::ui {

namespace {

QAccessibleInterface *make(const QString & /*className*/, QObject *object)
{
    auto *view = qobject_cast<LogView *>(object);
    return view ? new LogViewAccessible(view) : nullptr;
}

} // namespace

LogViewAccessible::LogViewAccessible(LogView *view)
    : QAccessibleWidget(view, QAccessible::Document)
{
}

void LogViewAccessible::install()
{
    static const bool done = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    Q_UNUSED(done)
}

LogView *LogViewAccessible::view() const
{
    return qobject_cast<LogView *>(widget());
}

QString LogViewAccessible::text(QAccessible::Text kind) const
{
    if (view()->rowCount() == 0) {
        return kind == QAccessible::Value ? view()->emptyText() : QAccessibleWidget::text(kind);
    }
    switch (kind) {
    case QAccessible::Value:
        return view()->textOf(view()->currentLine());
    case QAccessible::Description:
        return QCoreApplication::translate("LogView", "Line %1; %2 lines are shown")
            .arg(view()->currentLine() + 1)
            .arg(view()->rowCount());
    default:
        return QAccessibleWidget::text(kind);
    }
}

QAccessible::State LogViewAccessible::state() const
{
    QAccessible::State state = QAccessibleWidget::state();
    state.readOnly = true;
    state.multiLine = true;
    state.focusable = true;
    return state;
}

} // namespace proverdeck::ui

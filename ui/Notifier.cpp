// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/Notifier.h"

#include <QApplication>
#include <QProcess>
#include <QStandardPaths>
#include <QWidget>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

void Notifier::notify(const QString &title, const QString &text, Urgency urgency)
{
    emit notified(title, text);
    if (QWidget *window = QApplication::activeWindow()) {
        QApplication::alert(window);
    }
    const QString program = QStandardPaths::findExecutable(u"notify-send"_s);
    const bool hasDesktop = qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")
        && QGuiApplication::platformName() != u"offscreen";
    if (!program.isEmpty() && hasDesktop) {
        const QString word = urgency == Urgency::Critical ? u"critical"_s
            : urgency == Urgency::Low                     ? u"low"_s
                                                          : u"normal"_s;
        QProcess::startDetached(program,
                                {u"--app-name=Proverdeck"_s, u"--icon=dev.proverdeck.Proverdeck"_s,
                                 u"--urgency"_s, word, u"--"_s, title, text.toHtmlEscaped()});
    }
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

namespace proverdeck::ui {

/// Tells a person who may be looking elsewhere: a notification of the desktop, and the window asks
/// for attention. GUI thread.
class Notifier : public QObject
{
    Q_OBJECT

public:
    enum class Urgency { Low, Normal, Critical };

    using QObject::QObject;

    /// Plain text; nothing secret. Without a desktop that shows notifications only notified()
    /// comes.
    void notify(const QString &title, const QString &text, Urgency urgency);

signals:
    void notified(const QString &title, const QString &text);
};

} // namespace proverdeck::ui

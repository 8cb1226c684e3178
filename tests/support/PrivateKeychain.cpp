// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/PrivateKeychain.h"

#include "support/Test.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>

namespace proverdeck::testing {

using namespace Qt::StringLiterals;

PrivateKeychain::PrivateKeychain(Kind kind)
    : m_kind(kind)
{
}

QString PrivateKeychain::missing()
{
    for (const QString &program : {u"dbus-run-session"_s, u"gnome-keyring-daemon"_s}) {
        if (QStandardPaths::findExecutable(program).isEmpty()) {
            return program + u" is not installed"_s;
        }
    }
    return {};
}

/// A configuration without the services of this machine.
QString PrivateKeychain::busConfig(const QByteArray &policy)
{
    QFile file(m_home.filePath(u"bus.conf"_s));
    EXPECT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN\" "
               "\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
               "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>\n"
               "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
               "<allow eavesdrop=\"true\"/><allow own=\"*\"/>"
               + policy + "</policy></busconfig>\n");
    return file.fileName();
}

std::optional<QList<QByteArray>>
PrivateKeychain::run(const QString &program, const QStringList &arguments, const QByteArray &input)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : {u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s, u"DBUS_SESSION_BUS_ADDRESS"_s,
                                u"XDG_CURRENT_DESKTOP"_s, u"GNOME_KEYRING_CONTROL"_s}) {
        environment.remove(name);
    }
    for (const QString &name : {u"HOME"_s, u"XDG_RUNTIME_DIR"_s}) {
        environment.insert(name, m_home.path());
    }
    for (const QString &name : {u"XDG_DATA_HOME"_s, u"XDG_CONFIG_HOME"_s, u"XDG_CACHE_HOME"_s}) {
        const QString folder = m_home.filePath(name);
        QDir().mkpath(folder);
        environment.insert(name, folder);
    }
    QStringList command{QCoreApplication::applicationFilePath(), u"--child-program"_s, program};
    command += arguments;
    if (m_kind == Kind::Unlocked || m_kind == Kind::Refusing) {
        command = QStringList{u"sh"_s, u"-c"_s,
                              u"printf 'the keyring\\n' | gnome-keyring-daemon --unlock "
                              "--components=secrets >/dev/null 2>&1; exec \"$@\""_s,
                              u"sh"_s}
            + command;
    } else if (m_kind == Kind::NoCollection) {
        command = QStringList{u"sh"_s, u"-c"_s,
                              u"gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; "
                              "exec \"$@\""_s,
                              u"sh"_s}
            + command;
    }
    if (m_kind != Kind::NoBus) {
        QStringList bus{u"dbus-run-session"_s};
        if (m_kind == Kind::NoService) {
            bus << u"--config-file="_s + busConfig({});
        } else if (m_kind == Kind::Refusing) {
            bus << u"--config-file="_s
                    + busConfig("<deny send_destination=\"org.freedesktop.secrets\"/>");
        }
        command = bus + QStringList{u"--"_s} + command;
    }
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(command.takeFirst(), command);
    process.write(input);
    process.closeWriteChannel();
    const bool ended = process.waitForFinished(60'000);
    if (!ended) {
        process.terminate();
        process.waitForFinished(5000);
    }
    if (!ended || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        ADD_FAILURE() << "the child program failed: " << process.exitCode() << '\n'
                      << process.readAllStandardError().toStdString(); // mostly of the bus
        return std::nullopt;
    }
    QList<QByteArray> lines = process.readAllStandardOutput().split('\n');
    lines.removeLast();
    return lines;
}

} // namespace proverdeck::testing

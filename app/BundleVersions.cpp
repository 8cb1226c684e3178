// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/SupportBundle.h"
#include "app/Version.h"
#include "ssh/Algorithms.h"

#include <QGuiApplication>
#include <QJsonObject>
#include <QLocale>
#include <QProcess>
#include <QSysInfo>

#include <archive.h>

namespace proverdeck::app {

using namespace Qt::StringLiterals;

namespace {

QString opensshVersion()
{
    QProcess ssh;
    ssh.start(u"ssh"_s, {u"-V"_s});
    if (!ssh.waitForFinished(3000)) {
        return {};
    }
    return QString::fromUtf8(ssh.readAllStandardError()).section(u'\n', 0, 0).left(200);
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

} // namespace

QJsonObject bundleVersions()
{
    return {{u"proverdeck"_s, QString::fromLatin1(Version)},
            {u"qt"_s, QString::fromLatin1(qVersion())},
            {u"qt_built_with"_s, QStringLiteral(QT_VERSION_STR)},
            {u"libssh2"_s, ssh::libraryVersion()},
            {u"libssh2_rsa"_s, ssh::canUseRsaKeys()},
            {u"libarchive"_s, QString::fromLatin1(archive_version_string())},
            {u"openssh"_s, orNull(opensshVersion())},
            {u"system"_s, QSysInfo::prettyProductName()},
            {u"kernel"_s, QString(QSysInfo::kernelType() + u' ' + QSysInfo::kernelVersion())},
            {u"architecture"_s, QSysInfo::currentCpuArchitecture()},
            {u"locale"_s, QLocale::system().name()},
            {u"lang"_s, orNull(qEnvironmentVariable("LANG"))},
            {u"desktop"_s, orNull(qEnvironmentVariable("XDG_CURRENT_DESKTOP"))},
            {u"session_type"_s, orNull(qEnvironmentVariable("XDG_SESSION_TYPE"))},
            {u"platform"_s, orNull(qGuiApp ? QGuiApplication::platformName() : QString())}};
}

} // namespace proverdeck::app

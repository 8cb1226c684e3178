// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Child.h"
#include "support/Test.h"
#include "support/TestApplication.h"

#include <QDir>
#include <QFile>
#include <QMutex>
#include <QTemporaryDir>

#include <cstdio>

namespace {

QMutex s_mutex;
QStringList s_allowed;

void onMessage(QtMsgType type, const QMessageLogContext & /*context*/, const QString &text)
{
    if (type == QtDebugMsg || type == QtInfoMsg) {
        std::fprintf(stderr, "%s\n", qPrintable(text));
        return;
    }
    const QMutexLocker lock(&s_mutex);
    for (const QString &part : std::as_const(s_allowed)) {
        if (text.contains(part)) {
            return;
        }
    }
    ADD_FAILURE() << "Qt says: " << text.toStdString();
}

class ResetWarnings : public ::testing::EmptyTestEventListener
{
    void OnTestStart(const ::testing::TestInfo & /*info*/) override
    {
        const QMutexLocker lock(&s_mutex);
        // The offscreen platform has no settings portal and no raise().
        // A daemon that was told to end may still write into its folder.
        s_allowed
            = {QStringLiteral("This plugin does not support"), QStringLiteral("propagateSizeHints"),
               QStringLiteral("QTemporaryDir: Unable to remove")};
    }
};

} // namespace

namespace proverdeck::testing {

void allowWarning(const QString &part)
{
    const QMutexLocker lock(&s_mutex);
    s_allowed << part;
}

QByteArray readData(const QString &name)
{
    QFile file(QStringLiteral(PROVERDECK_TEST_DATA "/") + name);
    if (!file.open(QIODevice::ReadOnly)) {
        ADD_FAILURE() << "cannot read " << file.fileName().toStdString();
        return {};
    }
    return file.readAll();
}

} // namespace proverdeck::testing

int main(int argc, char **argv)
{
    if (const std::optional<int> code = proverdeck::testing::runChildProgram(argc, argv)) {
        return *code;
    }
    qputenv("QT_QPA_PLATFORM", "offscreen");
    // Nothing of the person who runs the tests is read or written.
    const QTemporaryDir home;
    for (const char *name :
         {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"}) {
        const QString folder = home.filePath(QString::fromLatin1(name));
        QDir().mkpath(folder);
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv(name, folder.toUtf8());
    }
    ::testing::InitGoogleMock(&argc, argv);
    const proverdeck::testing::TestApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("proverdeck-tests"));
    ::testing::UnitTest::GetInstance()->listeners().Append(new ResetWarnings);
    qInstallMessageHandler(onMessage);
    const int code = RUN_ALL_TESTS();
    qInstallMessageHandler(nullptr);
    return code;
}

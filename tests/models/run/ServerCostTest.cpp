// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/ServerCost.h"

#include "support/Test.h"

#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>

namespace proverdeck::models {
namespace {

QByteArray output(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    EXPECT_TRUE(process.waitForFinished(30'000));
    return process.readAllStandardOutput() + process.readAllStandardError();
}

TEST(ServerCostTest, CountsWhatTheConnectionHasStartedAndNothingElse)
{
    // Shells under other names: a process is known by the name of its file.
    const QTemporaryDir folder;
    const QString sshd = folder.filePath("sshd");
    const QString tool = folder.filePath("nvidia-smi");
    const QString shell = QFileInfo("/bin/sh").canonicalFilePath();
    ASSERT_TRUE(QFile::copy(shell, sshd) && QFile::copy(shell, tool));
    const QByteArray work = "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; ";
    const QByteArray script = "'" + tool.toUtf8() + "' -c '" + work + "read x' <&3 &\n" + "sh -c '"
        + work + "'\n" + "sleep 1.5\n" + serverCostScript() + "kill $!\n";
    QFile file(folder.filePath("script"));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(script);
    file.close();
    const QString pipe = folder.filePath("pipe"); // that nobody writes
    ASSERT_EQ(output("mkfifo", {pipe}), QByteArray());
    const QByteArray text
        = output(sshd, {"-c", "exec 3<>'" + pipe + "'; sh '" + file.fileName() + "'; true"});
    const auto cost = readServerCost(text);
    ASSERT_TRUE(cost) << text.toStdString();
    EXPECT_GE(cost->cpuSeconds, 0.02);
    EXPECT_LT(cost->cpuSeconds, 60);
    EXPECT_GE(cost->gpuToolCpuSeconds, 0.02);
    EXPECT_GE(cost->seconds, 1);
    EXPECT_LT(cost->seconds, 120);

    // Not below an sshd: nothing is known.
    EXPECT_FALSE(readServerCost(output("setsid", {"-w", "-f", "sh", file.fileName()})));
}

TEST(ServerCostTest, ReadsOnlyWhatTheScriptPrints)
{
    const auto cost = readServerCost("motd\nserver-cost 1.250 0.500 250\n");
    ASSERT_TRUE(cost);
    EXPECT_EQ(report::serverCostText(*cost), QString("0.50 % of a core, nvidia-smi 0.20 %"));
    EXPECT_EQ(report::serverCostText({.cpuSeconds = 3, .seconds = 1000}),
              QString("0.30 % of a core"));
    for (const char *wrong : {"", "server-cost 1 2", "server-cost 1 2 0", "server-cost a 1 2",
                              "server-cost -1 0 9", "server-cost 1 2 3 4"}) {
        EXPECT_FALSE(readServerCost(wrong)) << wrong;
    }
}

} // namespace
} // namespace proverdeck::models

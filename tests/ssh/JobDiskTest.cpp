// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/JobProtocol.h"
#include "ssh/JobScript.h"
#include "ssh/JobScriptFixture.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTest>

#include <unistd.h>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using State = JobStatus::State;

/// Homes that cannot be written, are full, or are not there, and servers without the tools.
class JobDiskTest : public JobScriptTest
{
protected:
    /// Runs @p script in a mount namespace of its own, with a small file system in the folder
    /// "disk" and the helper in "disk/jobs". False: see whyNot.
    [[nodiscard]] bool runWithDisk(const QByteArray &options, const QByteArray &script)
    {
        QDir(path(u""_s)).mkdir(u"disk"_s);
        const QByteArray mounting = "mount -t tmpfs -o " + options
            + " tmpfs \"$PWD/../disk\" "
              "|| { echo cannot mount; exit 99; }\n"
              "cd ../disk && mkdir jobs && cp ../jobs/h-2.sh jobs/\n";
        QProcess process;
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(path(u"home"_s));
        process.start(u"unshare"_s,
                      {getuid() == 0 ? u"-m"_s : u"-rm"_s, u"sh"_s, u"-c"_s,
                       QString::fromUtf8(mounting + script)});
        if (!process.waitForStarted()) {
            whyNot = "unshare is not installed";
            return false;
        }
        answer = wait(process, 120'000);
        whyNot = "no file system of its own: " + answer.out + answer.err;
        return answer.code != 99 && !answer.err.contains("unshare failed");
    }
    [[nodiscard]] Answer install(const QByteArray &input = JobScript::text())
    {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(path(u"home"_s));
        process.start(u"sh"_s, {u"-c"_s, QString::fromUtf8(JobProtocol::installLine())});
        process.write(input);
        process.closeWriteChannel();
        Answer done = wait(process);
        done.out = done.out.sliced(done.out.indexOf("OUTPUT\n") + 7);
        return done;
    }

    Answer answer;
    QByteArray whyNot;
};

// One round for every state of the disk: k blocks (or files) are free when the job is started.
constexpr const char *kFill = R"sh(
job='echo run >>"$TEST_COUNT"; echo 0123456789; exit 7'
for k in $ROUNDS; do
  $FILL
  out=$(printf %s "$job" | sh jobs/h-2.sh start "j$k" ${#job} 2>&1)
  i=0
  while sh jobs/h-2.sh status "j$k" | grep -qE 'starting|running' && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
  rm -rf filler*
  echo "$k|$(echo "$out" | head -n 1)|$(sh jobs/h-2.sh status "j$k")|$(ls -A jobs | grep -v '^[.]ended\|^[.]notes\|^[.]leases\|^h-2' | tr '\n' ' ')"
  rm -rf jobs/j* jobs/.[euln]*
done
)sh";

TEST_F(JobDiskTest, AFullDiskNeverLeavesAJobHalfStarted)
{
    struct Case
    {
        const char *name;
        QByteArray options;
        QByteArray fill;
    };
    const Case cases[] = {
        {"blocks", "size=256k",
         "head -c 1000000 /dev/zero >filler 2>/dev/null; "
         "truncate -s $(( ($(wc -c <filler) / 4096 - k) * 4096 )) filler"},
        {"files", "size=4m,nr_inodes=60",
         "eval 'n=0; while true >filler$n; do n=$((n+1)); done 2>/dev/null; n=0; "
         "while [ $n -lt $k ]; do rm -f filler$n; n=$((n+1)); done'"},
    };
    for (const Case &one : cases) {
        QByteArray script = "ROUNDS='0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 18 20'\n";
        script += QByteArray(kFill).replace("$FILL", one.fill);
        QFile::remove(path(u"count"_s));
        if (!runWithDisk(one.options, script)) {
            GTEST_SKIP() << whyNot.toStdString();
        }
        int refused = 0;
        int done = 0;
        const QList<QByteArray> lines = answer.out.trimmed().split('\n');
        EXPECT_EQ(lines.size(), 19) << answer.out.toStdString() << answer.err.toStdString();
        for (const QByteArray &line : lines) {
            const QList<QByteArray> parts = line.split('|');
            ASSERT_EQ(parts.size(), 4) << line.toStdString();
            const std::optional<JobStatus> status = parseJobStatus(parts.at(2));
            ASSERT_TRUE(status) << line.toStdString();
            if (parts.at(1).startsWith("E ")) {
                ++refused;
                EXPECT_EQ(status->state, State::None) << line.toStdString();
                EXPECT_EQ(parts.at(3), "") << "left behind: " << line.toStdString();
            } else {
                ++done;
                EXPECT_EQ(parts.at(1), "S started") << line.toStdString();
                EXPECT_EQ(status->state, State::Done) << line.toStdString();
                EXPECT_TRUE(status->exitCode) << line.toStdString();
            }
        }
        EXPECT_GT(refused, 2) << one.name << '\n' << answer.out.toStdString();
        EXPECT_GT(done, 2) << one.name << '\n' << answer.out.toStdString();
        EXPECT_EQ(read(u"count"_s).count('\n'), done) << one.name;
    }
}

TEST_F(JobDiskTest, AJobThatFillsTheDiskKeepsItsExitCode)
{
    const QByteArray script = R"sh(
job='cat /dev/zero >filler; cat /dev/zero; exit 7'
printf %s "$job" | sh jobs/h-2.sh start j ${#job}
i=0; while sh jobs/h-2.sh status j | grep -qE 'starting|running' && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
printf x | sh jobs/h-2.sh start other 1
sh jobs/h-2.sh rm j
sh jobs/h-2.sh status j
)sh";
    if (!runWithDisk("size=512k", "HOME=$PWD; export HOME\n" + script)) {
        GTEST_SKIP() << whyNot.toStdString();
    }
    const QList<QByteArray> lines = answer.out.split('\n');
    EXPECT_TRUE(answer.out.contains("\nE cannot write in ")) << answer.out.toStdString();
    const std::optional<JobStatus> last = parseJobStatus(answer.out);
    ASSERT_TRUE(last) << answer.out.toStdString();
    EXPECT_EQ(last->state, State::None);
    EXPECT_EQ(last->exitCode, 7) << answer.out.toStdString();
}

TEST_F(JobDiskTest, AReadOnlyHomeIsOneClearLine)
{
    const QByteArray script = R"sh(
mount -o remount,ro tmpfs "$PWD" || exit 99
printf x | sh jobs/h-2.sh start j 1
echo "code $?"
sh jobs/h-2.sh status j
printf 'token\nme\n' | sh jobs/h-2.sh take s run 60
printf x | sh jobs/h-2.sh write n 1
)sh";
    if (!runWithDisk("size=1m", script)) {
        GTEST_SKIP() << whyNot.toStdString();
    }
    const QList<QByteArray> lines = answer.out.trimmed().split('\n');
    ASSERT_EQ(lines.size(), 5) << answer.out.toStdString();
    EXPECT_TRUE(lines.at(0).startsWith("E cannot write in ")) << lines.at(0).toStdString();
    EXPECT_TRUE(lines.at(0).contains("ead-only file system")) << lines.at(0).toStdString();
    EXPECT_EQ(lines.at(1), "code 73");
    EXPECT_TRUE(lines.at(2).startsWith("S none "));
    EXPECT_TRUE(lines.at(3).startsWith("E cannot write in "));
    EXPECT_TRUE(lines.at(4).startsWith("E cannot write in "));
    EXPECT_EQ(answer.err, "");
}

TEST_F(JobDiskTest, InstallsOnceAndSaysWhyNot)
{
    const QString helper = path(u"home/.local/state/proverdeck/jobs/h-2.sh"_s);
    EXPECT_EQ(install().out, "ok\n");
    EXPECT_FALSE(QFile::permissions(QFileInfo(helper).path())
                 & (QFile::ReadGroup | QFile::ReadOther));
    // It is there: the disk may be full now. Without the text it cannot have been written again.
    EXPECT_EQ(install("").out, "ok\n");
    QFile::remove(helper);
    EXPECT_EQ(install("cut").code, 73);
    EXPECT_FALSE(QFileInfo::exists(helper));
    QFile other(helper);
    ASSERT_TRUE(other.open(QIODevice::WriteOnly));
    other.write("another version\n");
    other.close();
    EXPECT_EQ(install().out, "ok\n");
    EXPECT_EQ(install().out, "ok\n");

    write(u"file"_s, "");
    environment.insert(u"XDG_STATE_HOME"_s, path(u"file"_s)); // not even root can make this one
    const Answer inFile = install();
    EXPECT_EQ(inFile.code, 73);
    EXPECT_TRUE(inFile.out.startsWith("E cannot install the job helper in ")) << inFile.out.data();
    EXPECT_EQ(inFile.out.count('\n'), 1) << inFile.out.data();
    environment.remove(u"XDG_STATE_HOME"_s);

    for (const QString &home : {u""_s, path(u"missing"_s)}) {
        environment.insert(u"HOME"_s, home);
        const Answer homeless = install();
        EXPECT_EQ(homeless.code, 73);
        EXPECT_TRUE(homeless.out.contains("there is no home folder")) << homeless.out.data();
        EXPECT_FALSE(QFileInfo::exists(path(u"missing"_s)));
    }
    environment.remove(u"HOME"_s);
    EXPECT_TRUE(install().out.contains("there is no home folder"));
}

TEST_F(JobDiskTest, SaysWhichToolIsMissing)
{
    for (const QString &missing : {u"bash"_s, u"setsid"_s}) {
        QDir(path(u""_s)).mkdir(u"tools"_s);
        for (const QString &tool : {u"cat"_s, u"cut"_s, u"date"_s, u"tr"_s, u"mkdir"_s, u"rm"_s,
                                    u"wc"_s, u"sed"_s, u"bash"_s, u"setsid"_s}) {
            if (tool != missing) {
                QFile::link(QStandardPaths::findExecutable(tool), path(u"tools/"_s + tool));
            }
        }
        environment.insert(u"PATH"_s, path(u"tools"_s));
        const Answer refused = start(u"j"_s, "true");
        EXPECT_EQ(refused.code, 69);
        EXPECT_TRUE(refused.out.startsWith(QByteArray("E " + missing.toUtf8())))
            << refused.out.data();
        EXPECT_TRUE(refused.out.endsWith(" is not installed on the server\n"));
        EXPECT_EQ(leftovers(), QStringList());
        QDir(path(u"tools"_s)).removeRecursively();
    }
}

TEST_F(JobDiskTest, SumsByWhatTheServerHas)
{
    (void)start(u"j"_s, "printf abc");
    (void)waitForEnd(u"j"_s);
    const QByteArray hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    QDir(path(u""_s)).mkdir(u"tools"_s);
    for (const QString &tool : {u"cat"_s, u"date"_s, u"tr"_s, u"wc"_s, u"tail"_s, u"head"_s}) {
        QFile::link(QStandardPaths::findExecutable(tool), path(u"tools/"_s + tool));
    }
    environment.insert(u"PATH"_s, path(u"tools"_s));
    const Answer none = call({u"sum"_s, u"j"_s, u"0"_s, u"3"_s});
    EXPECT_EQ(none.out, "E no-sha256\n");
    EXPECT_EQ(none.code, 69);
    int tried = 0;
    for (const QString &tool : {u"openssl"_s, u"shasum"_s, u"sha256sum"_s}) {
        const QString found = QStandardPaths::findExecutable(tool);
        if (found.isEmpty()) {
            continue;
        }
        ++tried;
        QFile::link(found, path(u"tools/"_s + tool));
        const Answer summed = call({u"sum"_s, u"j"_s, u"0"_s, u"3"_s});
        EXPECT_EQ(parseJobSum(summed.out), (JobSum{hash, 3})) << summed.out.data();
        QFile::remove(path(u"tools/"_s + tool));
    }
    EXPECT_GT(tried, 0);
}

} // namespace
} // namespace proverdeck::ssh

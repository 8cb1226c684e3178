// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/MarkerFilter.h"
#include "ssh/RemoteShell.h"
#include "support/FakeShell.h"
#include "support/Test.h"

#include <QCryptographicHash>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;

TEST(JobAnswers, ReadsTheNewFieldsOfAStatus)
{
    const std::optional<JobStatus> status = parseJobStatus(
        "S rebooted rc=- size=12 pgid=7 inode=88 started=5 ended=- now=9 boot=8 beat=6\n");
    ASSERT_TRUE(status);
    EXPECT_EQ(status->state, JobStatus::State::Rebooted);
    EXPECT_EQ(status->inode, 88U);
    EXPECT_EQ(status->bootedSecs, 8);
    EXPECT_EQ(status->beatSecs, 6);
    EXPECT_FALSE(parseJobStatus("S lost rc=- size=1 boot=- beat=-5\n")->beatSecs);
}

TEST(JobAnswers, ReadsTheSumOfALog)
{
    const QByteArray hash = QCryptographicHash::hash("x", QCryptographicHash::Sha256).toHex();
    EXPECT_EQ(parseJobSum(QByteArray("noise\nH sha256=" + hash + " size=77\n")),
              (JobSum{hash, 77}));
    EXPECT_EQ(parseJobSum(testing::sumLine("x", 77)), (JobSum{hash, 77}));
    EXPECT_EQ(parseJobSum(QByteArray("H sha256=" + hash.toUpper() + " size=77"))->sha256, hash);
    EXPECT_FALSE(parseJobSum("E no-sha256\n"));
    EXPECT_FALSE(parseJobSum(QByteArray("H sha256=" + hash.first(63) + "g size=77\n")));
    EXPECT_FALSE(parseJobSum(QByteArray("H sha256=" + hash + "\n")));
    EXPECT_FALSE(parseJobSum(QByteArray("H sha256=" + hash + " size=-1\n")));
}

TEST(JobAnswers, ReadsAListOfJobs)
{
    const QByteArray text = "noise\n" + testing::listLine("r1-a", "done", 5, 3)
        + "J r1-b flying rc=- size=0\nJ\nJ x\n" + testing::listLine("r1-c", "running", 9);
    const auto jobs = parseJobList(text);
    ASSERT_EQ(jobs.size(), 2);
    EXPECT_EQ(jobs.at(0).first, "r1-a");
    EXPECT_EQ(jobs.at(0).second.exitCode, 3);
    EXPECT_EQ(jobs.at(1).first, "r1-c");
    EXPECT_EQ(jobs.at(1).second.state, JobStatus::State::Running);
}

TEST(JobAnswers, ReadsALease)
{
    const std::optional<Lease> lease
        = parseLease("noise\nL mine run=r2 previous=r1 taken=5 renewed=6 now=7 "
                     "holder=anna run=evil now=99 \x1b[31m@x \xe2\x80\xae y\n");
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->state, Lease::State::Mine);
    EXPECT_EQ(lease->runId, "r2");
    EXPECT_EQ(lease->previousRun, "r1");
    EXPECT_EQ(lease->nowSecs, 7);
    EXPECT_EQ(lease->holder, u"anna run=evil now=99 @x y"_s);
    EXPECT_EQ(parseLease(QByteArray("L held run=r holder=" + QByteArray(9999, 'x')))->holder.size(),
              120);
    const std::optional<Lease> nobodys = parseLease(testing::leaseLine("free"));
    ASSERT_TRUE(nobodys);
    EXPECT_EQ(*nobodys, (Lease{.nowSecs = 20, .bootId = "first-boot", .bootedSecs = 7}));
    EXPECT_EQ(parseLease(testing::leaseLine("expired", "r1", "bob"))->holder, u"bob"_s);
    EXPECT_FALSE(parseLease("L stolen run=r holder=\n"));
    EXPECT_FALSE(parseLease("L held run=r\n")) << "cut off";
}

TEST(MarkerFilter, LetsPassWhatComesBehindTheLine)
{
    const QByteArray stream = "noise MARK\nxMARK\nMARKS\n\nMARK\nMARK\nrest\nMARK\n";
    for (int piece = 1; piece <= stream.size(); ++piece) {
        MarkerFilter filter("MARK");
        QByteArray out;
        for (qsizetype at = 0; at < stream.size(); at += piece) {
            const QByteArray bytes = stream.mid(at, piece);
            if (const std::optional<QByteArrayView> passed = filter.pass(bytes)) {
                out.append(passed->data(), passed->size());
            }
        }
        EXPECT_EQ(out, "MARK\nrest\nMARK\n") << piece;
    }
    MarkerFilter first("MARK");
    EXPECT_EQ(first.pass("MARK\nrest").value_or("").toByteArray(), "rest");
    MarkerFilter none("");
    EXPECT_EQ(none.pass("all").value_or("").toByteArray(), "all");
}

TEST(MarkerFilter, KeepsLittleOfWhatItDrops)
{
    MarkerFilter filter("MARK");
    for (int i = 0; i < 1000; ++i) {
        EXPECT_FALSE(filter.pass(QByteArray(1000, char('a' + i % 26))));
    }
    EXPECT_EQ(filter.dropped().size(), 4096);
    EXPECT_TRUE(filter.dropped().startsWith("aaa"));
    EXPECT_TRUE(filter.pass("\nMARK\n"));
    EXPECT_TRUE(filter.hasPassed());
    EXPECT_EQ(filter.dropped(), "");
}

} // namespace
} // namespace proverdeck::ssh

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/KnownHosts.h"

#include "ssh/Text.h"
#include "support/LoopbackSshd.h"
#include "support/Test.h"

#include <QFile>
#include <QFileInfo>
#include <QSet>
#include <QTemporaryDir>
#include <QtEndian>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using Kind = HostKeyVerdict::Kind;

/// A blob of the right shape; the key in it is never used.
QByteArray blob(const QByteArray &type, char fill)
{
    QByteArray size(4, '\0');
    qToBigEndian(quint32(type.size()), size.data());
    return size + type + QByteArray(36, fill);
}

QByteArray line(const QByteArray &hosts, const QByteArray &key)
{
    return hosts + ' ' + keyTypeOf(key) + ' ' + key.toBase64();
}

const QByteArray kA = blob("ssh-ed25519", 'a');
const QByteArray kB = blob("ssh-ed25519", 'b');
const QByteArray kEcdsa = blob("ecdsa-sha2-nistp256", 'e');

struct Case
{
    const char *name;
    QByteArray text;
    QString host;
    int port;
    QByteArray shown;
    Kind kind;
    int line;
};

class KnownHostsCheck : public ::testing::TestWithParam<Case>
{
};

TEST_P(KnownHostsCheck, Judges)
{
    KnownHosts known;
    known.addText(GetParam().text, u"file"_s);
    const HostKeyVerdict verdict
        = known.check(KnownHosts::nameFor(GetParam().host, GetParam().port), GetParam().shown);
    EXPECT_EQ(verdict.kind, GetParam().kind);
    EXPECT_EQ(verdict.line, GetParam().line);
}

INSTANTIATE_TEST_SUITE_P(
    Table, KnownHostsCheck,
    ::testing::Values(
        Case{"Plain", line("h", kA), u"h"_s, 22, kA, Kind::Match, 1},
        Case{"UpperCase", line("H.Example", kA), u"h.eXample"_s, 22, kA, Kind::Match, 1},
        Case{"List", line("a,h,[h]:2222", kA), u"h"_s, 2222, kA, Kind::Match, 1},
        Case{"Changed", line("h", kA), u"h"_s, 22, kB, Kind::Changed, 1},
        Case{"Rotation", line("h", kA) + '\n' + line("h", kB), u"h"_s, 22, kB, Kind::Match, 2},
        Case{"OtherType", line("h", kA), u"h"_s, 22, kEcdsa, Kind::OnlyOtherTypes, 1},
        Case{"NoFallback", line("h", kA), u"h"_s, 2222, kB, Kind::Unknown, 0},
        Case{"NoFallbackMatch", line("h", kA) + '\n' + line("[h]:2222", kB), u"h"_s, 2222, kA,
             Kind::Changed, 2},
        Case{"Wildcard", line("*.ex?mple", kA), u"a.example"_s, 22, kA, Kind::Match, 1},
        Case{"Negation", line("!bad.example,*.example", kA), u"bad.example"_s, 22, kA,
             Kind::Unknown, 0},
        Case{"Revoked", line("h", kA) + '\n' + line("@revoked *", kA), u"h"_s, 22, kA,
             Kind::Revoked, 2},
        Case{"OtherRevoked", line("h", kA) + '\n' + line("@revoked *", kB), u"h"_s, 22, kA,
             Kind::Match, 1},
        Case{"Authority", line("@cert-authority *", kB), u"h"_s, 22, kA, Kind::OnlyAuthority, 1},
        Case{"UnknownMarker", line("@new *", kA), u"h"_s, 22, kA, Kind::Unknown, 0},
        Case{"Crlf", line("h", kA) + "\r\n", u"h"_s, 22, kA, Kind::Match, 1},
        Case{"Malformed", "h ssh-ed25519\nh ssh-ed25519 AAAA\nx\n" + line("h", kA), u"h"_s, 22, kA,
             Kind::Match, 4},
        Case{"Comment", "# " + line("h", kA), u"h"_s, 22, kA, Kind::Unknown, 0},
        Case{"Hashed", "|1|c2FsdHNhbHRzYWx0c2FsdHNhbHQ=|AAAA ssh-ed25519 " + kA.toBase64(), u"h"_s,
             22, kA, Kind::Unknown, 0}),
    [](const auto &one) { return std::string(one.param.name); });

TEST(KnownHosts, ListsTheTypesOnRecord)
{
    KnownHosts known;
    known.addText(line("h", kEcdsa) + '\n' + line("h", kA) + '\n' + line("@revoked h", kB), {});
    EXPECT_EQ(known.typesFor("h"), (QList<QByteArray>{"ecdsa-sha2-nistp256", "ssh-ed25519"}));
    EXPECT_TRUE(known.typesFor("other").isEmpty());
}

TEST(KnownHosts, AppendsLinesThatItReadsBack)
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u".ssh/known_hosts"_s);
    ASSERT_TRUE(KnownHosts::append(file, "h", kA, false));
    ASSERT_TRUE(KnownHosts::append(file, "[h]:2222", kB, true));
    KnownHosts known;
    known.addFile(file);
    EXPECT_EQ(known.check("h", kA).kind, Kind::Match);
    EXPECT_EQ(known.check("[h]:2222", kB).kind, Kind::Match);
    EXPECT_TRUE(known.entries().value(1).hosts.startsWith("|1|"));
    const auto everyone = QFile::ReadGroup | QFile::ReadOther | QFile::ExeGroup | QFile::ExeOther;
    EXPECT_FALSE(QFile::permissions(file) & everyone);
    EXPECT_FALSE(QFile::permissions(folder.filePath(u".ssh"_s)) & everyone);
    EXPECT_FALSE(QFileInfo::exists(file + u".proverdeck.lock"_s));
}

TEST(KnownHosts, FinishesALastLineWithoutNewline)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"known_hosts"_s);
    {
        QFile file(path);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(line("old", kA));
    }
    ASSERT_TRUE(KnownHosts::append(path, "new", kB, false));
    KnownHosts known;
    known.addFile(path);
    EXPECT_EQ(known.entries().size(), 2);
}

TEST(KnownHosts, SaysWhyItCannotWrite)
{
    const Result<> result = KnownHosts::append(u"/proc/no/such/known_hosts"_s, "h", kA, false);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Local);
}

TEST(KnownHosts, AgreesWithSshKeygen)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"known_hosts"_s);
    const QString key = folder.filePath(u"key"_s);
    if (testing::runProgram(u"ssh-keygen"_s,
                            {u"-q"_s, u"-t"_s, u"ed25519"_s, u"-N"_s, {}, u"-f"_s, key})
            .isNull()) {
        GTEST_SKIP() << "there is no ssh-keygen";
    }
    QFile keyFile(key + u".pub"_s);
    ASSERT_TRUE(keyFile.open(QIODevice::ReadOnly));
    const QByteArray real = QByteArray::fromBase64(keyFile.readAll().split(' ').value(1));
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    for (const char *hosts :
         {"h.example", "[h.example]:2222", "a.example,b.example", "*.sub.example",
          "!deny.example,*.example", "10.0.0.?", "[10.0.0.7]:2222", "fe80::1"}) {
        file.write(line(hosts, real) + '\n');
    }
    file.close();
    ASSERT_TRUE(KnownHosts::append(path, "plain", real, true));
    ASSERT_TRUE(KnownHosts::append(path, "[plain]:22222", real, true));
    KnownHosts known;
    known.addFile(path);
    int found = 0;
    for (const char *host : {"h.example", "H.Example", "a.example", "x.sub.example", "deny.example",
                             "10.0.0.7", "10.0.1.7", "fe80::1", "plain", "x"}) {
        for (const int port : {22, 2222, 22222}) {
            const QByteArray name = KnownHosts::nameFor(QString::fromLatin1(host), port);
            QSet<int> mine;
            for (const KnownHosts::Entry &entry : known.entries()) {
                if (KnownHosts::hostsMatch(entry.hosts, name)) {
                    mine.insert(entry.line);
                }
            }
            QSet<int> theirs;
            const QByteArray said = testing::runProgram(
                u"ssh-keygen"_s, {u"-F"_s, QString::fromLatin1(name), u"-f"_s, path});
            for (const QByteArray &text : said.split('\n')) {
                const qsizetype at = text.indexOf("found: line ");
                if (at >= 0) {
                    theirs.insert(text.mid(at + 12).split(' ').value(0).toInt());
                }
            }
            found += int(theirs.size());
            EXPECT_EQ(mine, theirs) << name.toStdString();
        }
    }
    EXPECT_GT(found, 8);
}

} // namespace
} // namespace proverdeck::ssh

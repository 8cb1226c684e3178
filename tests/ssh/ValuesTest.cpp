// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Algorithms.h"
#include "ssh/KexProbe.h"
#include "ssh/KeyFile.h"
#include "ssh/RemoteShell.h"
#include "ssh/Text.h"
#include "support/LoopbackSshd.h"
#include "support/Test.h"

#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtEndian>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using State = JobStatus::State;

TEST(JobStatusText, ReadsTheLastStatusLine)
{
    const std::optional<JobStatus> status = parseJobStatus(
        "noise\nS started\nS running rc=- size=1234 pgid=77 inode=9 started=100 ended=- now=160\n");
    ASSERT_TRUE(status);
    EXPECT_EQ(*status,
              (JobStatus{.state = State::Running,
                         .size = 1234,
                         .processGroup = 77,
                         .startedSecs = 100,
                         .nowSecs = 160,
                         .inode = 9}));
    EXPECT_EQ(parseJobStatus("S lost rc=- size=0\nS done rc=137 size=5 ended=7")->exitCode, 137);
    EXPECT_EQ(parseJobStatus("S none rc=- size=0\r\n")->state, State::None);
}

TEST(JobStatusText, RefusesWhatIsNone)
{
    for (const char *text :
         {"", "S", "S started", "E no", "S flying rc=1", "x S done rc=1 size=0", "S done size=0"}) {
        EXPECT_FALSE(parseJobStatus(text)) << text;
    }
    EXPECT_FALSE(parseJobStatus("S done rc=9999999999999999999999 size=-4")->exitCode);
    EXPECT_EQ(parseJobStatus("S done rc=1 size=-4")->size, 0U);
}

TEST(ShellQuoted, MeansTheSameToSh)
{
    EXPECT_EQ(shellQuoted(u"it's"_s), u"'it'\\''s'"_s);
    QRandomGenerator random(4711);
    QByteArray script;
    QByteArray expected;
    for (int i = 0; i < 300; ++i) {
        QString text;
        for (int n = random.bounded(20); n >= 0; --n) {
            text += QChar(u"'\"\\$`!*? \n\t;&|<>(){}#~aZé%"[random.bounded(26)]);
        }
        script += "printf '%s|' " + shellQuoted(text).toUtf8() + '\n';
        expected += text.toUtf8() + '|';
    }
    EXPECT_TRUE(testing::runProgram(u"sh"_s, {u"-s"_s}, script) == expected);
}

TEST(PlainText, RemovesWhatCouldDeceive)
{
    EXPECT_EQ(plainBytes("a\x1b[31mred\x1b[0m\r\n\tb\x07"), u"ared b"_s);
    EXPECT_EQ(plainBytes("a\x1b]0;title\x07"
                         "b\x1b]52;c;x\x1b\\c\x1bPq\nd\x1b]"),
              u"abcd"_s);
    EXPECT_EQ(plainText(u"ab\u202Ecd\u2028e"_s), u"ab cd e"_s);
    EXPECT_EQ(plainText(QString(50, u'x'), 10).size(), 10);
}

TEST(KeyFile, ReadsHeaders)
{
    const QTemporaryDir folder;
    struct Row
    {
        const char *type;
        QStringList options;
        const char *expected;
        bool isEncrypted;
    };
    const Row rows[] = {
        {"ed25519", {u"-N"_s, u""_s}, "ssh-ed25519", false},
        {"ed25519", {u"-N"_s, u"secret words"_s}, "ssh-ed25519", true},
        {"ecdsa", {u"-N"_s, u""_s}, "ecdsa-sha2-nistp256", false},
        {"ecdsa", {u"-N"_s, u"secret words"_s, u"-m"_s, u"PEM"_s}, "ecdsa", true},
        {"rsa", {u"-N"_s, u""_s, u"-m"_s, u"PEM"_s}, "ssh-rsa", false},
        {"rsa", {u"-N"_s, u""_s, u"-m"_s, u"PKCS8"_s}, "ssh-rsa", false},
        {"rsa", {u"-N"_s, u"secret words"_s}, "ssh-rsa", true},
    };
    int number = 0;
    for (const Row &row : rows) {
        const QString file = folder.filePath(u"k%1"_s.arg(++number));
        const QStringList arguments
            = QStringList{u"-q"_s, u"-t"_s, QString::fromLatin1(row.type), u"-f"_s, file}
            + row.options;
        if (testing::runProgram(u"ssh-keygen"_s, arguments).isNull()) {
            GTEST_SKIP() << "there is no ssh-keygen";
        }
        QFile device(file);
        ASSERT_TRUE(device.open(QIODevice::ReadOnly));
        const std::optional<KeyHeader> header = parseKeyHeader(device.readAll());
        ASSERT_TRUE(header) << number;
        EXPECT_EQ(header->type, row.expected) << number;
        EXPECT_EQ(header->isEncrypted, row.isEncrypted) << number;
        QFile other(file + u".pub"_s);
        ASSERT_TRUE(other.open(QIODevice::ReadOnly));
        EXPECT_EQ(publicBlobFor(file), parsePublicKey(other.readAll())) << number;
        const QByteArray listed = testing::runProgram(u"ssh-keygen"_s, {u"-lf"_s, file});
        EXPECT_TRUE(listed.contains(fingerprintOf(publicBlobFor(file)).toUtf8()));
    }
}

TEST(KeyFile, RefusesWhatIsNoKey)
{
    for (const char *text :
         {"", "-----BEGIN ", "-----BEGIN X-----\nAAAA\n-----END X-----\n",
          "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"}) {
        EXPECT_FALSE(parseKeyHeader(text)) << text;
    }
    EXPECT_TRUE(parsePublicKey("ssh-ed25519").isEmpty());
    EXPECT_TRUE(parsePublicKey("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA==").isEmpty());
}

TEST(Algorithms, PutKnownHostKeyTypesFirst)
{
    const QList<QByteArray> list = hostKeyPreference({"ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp384"});
    EXPECT_EQ(list.first(3),
              (QList<QByteArray>{"rsa-sha2-512", "rsa-sha2-256", "ecdsa-sha2-nistp384"}));
    EXPECT_EQ(list.size(), 6);
    EXPECT_FALSE(list.contains("ssh-rsa"));
}

QByteArray kexInit(const QList<QByteArray> &lists)
{
    const auto number = [](qsizetype n) {
        QByteArray bytes(4, '\0');
        qToBigEndian(quint32(n), bytes.data());
        return bytes;
    };
    QByteArray payload = QByteArray(1, '\4') + '\x14' + QByteArray(16, 'c');
    for (const QByteArray &list : lists) {
        payload += number(list.size()) + list;
    }
    payload += QByteArray(9, '\0');
    return "Welcome\r\nSSH-2.0-Test\r\n" + number(payload.size()) + payload;
}

TEST(KexProbe, ReadsAnOfferAndNamesWhatIsMissing)
{
    const QByteArray bytes = kexInit({"kex-a,kex-b", "ssh-ed25519", "c1", "aes256-ctr", "m1",
                                      "hmac-a,hmac-b", "none", "none", "", ""});
    const std::optional<KexOffer> offer = parseKexInit(bytes);
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->keyExchange, (QList<QByteArray>{"kex-a", "kex-b"}));
    const KexOffer ours{{"kex-b"}, {"ssh-ed25519"}, {"aes256-ctr"}, {"hmac-c"}};
    const QString text = describeMismatch(*offer, ours);
    EXPECT_TRUE(text.contains(u"no common MAC: the server offers hmac-a hmac-b"_s));
    EXPECT_FALSE(text.contains(u"key exchange"_s));
    for (qsizetype size = 0; size < bytes.size() - 9; ++size) {
        EXPECT_FALSE(parseKexInit(bytes.first(size)));
    }
}

TEST(KexProbe, NeedsNoMacForAuthenticatedCiphers)
{
    const KexOffer one{{"k"}, {"h"}, {"aes256-gcm@openssh.com"}, {"a"}};
    const KexOffer two{{"k"}, {"h"}, {"aes256-gcm@openssh.com"}, {"b"}};
    EXPECT_TRUE(describeMismatch(one, two).isEmpty());
}

} // namespace
} // namespace proverdeck::ssh

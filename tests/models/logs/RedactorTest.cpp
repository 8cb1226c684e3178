// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/Redactor.h"

#include "support/Test.h"

#include <QRegularExpression>

#include <cstdio>
#include <ctime>

namespace proverdeck::models {
namespace {

using proverdeck::testing::readData;

const QByteArray kKey(64, 'a');
const QByteArray kMasked(64, '*');

QByteArray inPieces(const QByteArray &text, qsizetype first, qsizetype step, int *count = nullptr)
{
    Redactor redactor;
    QByteArray out = redactor.feed(QByteArrayView(text).first(first));
    for (qsizetype at = first; at < text.size(); at += step) {
        out += redactor.feed(QByteArrayView(text).sliced(at, std::min(step, text.size() - at)));
    }
    out += redactor.finish();
    if (count != nullptr) {
        *count = redactor.count();
    }
    return out;
}

TEST(RedactorTest, GivesTheSameWhereverTheStreamIsCut)
{
    const QByteArray text = "start PRIVATE_KEY=0x" + kKey + "\n{\"privateKey\": \"" + kKey
        + "\", \"hash\": \"0x" + kKey + "\"}\nprivate key:\n0x" + kKey
        + "\npassword=\"two\nlines\"\nhttps://me:hunter2@example.org/x\ntx 0x" + kKey
        + "\nlast --l1-private-key 0x" + kKey;
    int whole = 0;
    const QByteArray expected = inPieces(text, text.size(), 1, &whole);
    EXPECT_EQ(expected.size(), text.size());
    for (qsizetype cut = 0; cut <= text.size(); ++cut) {
        int count = 0;
        ASSERT_EQ(inPieces(text, cut, text.size(), &count), expected) << "cut at " << cut;
        ASSERT_EQ(count, whole) << "cut at " << cut;
    }
    EXPECT_EQ(inPieces(text, 0, 1), expected);
}

TEST(RedactorTest, MasksTheKeysOfTheFixtureAndKeepsItsHashes)
{
    const QByteArray log = readData("ethrex/l2.log");
    const QByteArray masked = inPieces(log, 0, 977);
    ASSERT_EQ(masked.size(), log.size());
    static const QRegularExpression afterWord(
        QStringLiteral("private[-_ ]?key['\"=:\\s]+(?:0x)?[0-9a-f]{64}"),
        QRegularExpression::CaseInsensitiveOption);
    ASSERT_TRUE(afterWord.match(QString::fromLatin1(log)).hasMatch());
    EXPECT_FALSE(afterWord.match(QString::fromLatin1(masked)).hasMatch());
    // Every 64-digit number that follows no such word stands as it was.
    static const QRegularExpression hash(QStringLiteral("0x[0-9a-f]{64}"));
    const auto countOf = [](const QByteArray &text, const QRegularExpression &pattern) {
        int count = 0;
        for (auto it = pattern.globalMatch(QString::fromLatin1(text)); it.hasNext(); it.next()) {
            ++count;
        }
        return count;
    };
    EXPECT_EQ(countOf(masked, hash), countOf(log, hash) - countOf(log, afterWord));
    EXPECT_EQ(masked.count('\n'), log.count('\n'));
}

struct Case
{
    const char *name;
    QByteArray text;
    QByteArray expected;
};

class RedactorCases : public ::testing::TestWithParam<Case>
{
};

TEST_P(RedactorCases, Masks)
{
    int count = 0;
    EXPECT_EQ(redacted(GetParam().text, &count), GetParam().expected);
    EXPECT_EQ(count, GetParam().text == GetParam().expected ? 0 : 1);
}

INSTANTIATE_TEST_SUITE_P(
    All, RedactorCases,
    ::testing::Values(
        Case{"Option", "--proof-coordinator.l1-private-key 0x" + kKey + " \\",
             "--proof-coordinator.l1-private-key 0x" + kMasked + " \\"},
        Case{"OptionWithEquals", "--private-key=" + kKey, "--private-key=" + kMasked},
        Case{"Environment", "ETHREX_COMMITTER_L1_PRIVATE_KEY=0x" + kKey,
             "ETHREX_COMMITTER_L1_PRIVATE_KEY=0x" + kMasked},
        Case{"Json", "{\"privateKey\":\"0x" + kKey + "\"}",
             "{\"privateKey\":\"0x" + kMasked + "\"}"},
        Case{"CapitalDigits", "private_key: " + kKey.toUpper(), "private_key: " + kMasked},
        Case{"Password", "password: hunter2, next", "password: *******, next"},
        Case{"QuotedPassword", "PASSWORD='a b c' x", "PASSWORD='*****' x"},
        Case{"ApiKey", "api_key=abcdef", "api_key=******"},
        Case{"Mnemonic", "mnemonic=\"test test junk\"", "mnemonic=\"**************\""},
        Case{"Url", "GET https://user:s3cret@rpc.example.org:8545/",
             "GET https://user:******@rpc.example.org:8545/"},
        Case{"UrlWithoutUser", "redis://:pw@localhost", "redis://:**@localhost"},
        Case{"UrlWithPort", "http://localhost:1729/path@home", "http://localhost:1729/path@home"},
        Case{"TransactionHash", "tx hash: 0x" + kKey, "tx hash: 0x" + kKey},
        Case{"LongerNumber", "private-key " + kKey + "a", "private-key " + kKey + "a"},
        Case{"Prose", "the public key of the prover changed",
             "the public key of the prover changed"},
        Case{"PassphrasePrompt", "Enter passphrase for key '/home/me/.ssh/id'",
             "Enter passphrase for key '/home/me/.ssh/id'"}),
    [](const ::testing::TestParamInfo<Case> &one) { return std::string(one.param.name); });

TEST(RedactorTest, CountsEachSecret)
{
    int count = 0;
    const QByteArray text = "a private-key " + kKey + " b private-key 0x" + kKey;
    const QByteArray expected = "a private-key " + kMasked + " b private-key 0x" + kMasked;
    EXPECT_EQ(redacted(text, &count), expected);
    EXPECT_EQ(count, 2);
}

TEST(RedactorTest, HoldsALineBackUntilItIsComplete)
{
    Redactor redactor;
    EXPECT_EQ(redactor.feed("private-key 0x"), QByteArray());
    const QByteArray rest = kKey + "\nnext";
    const QByteArray expected = "private-key 0x" + kMasked + '\n';
    EXPECT_EQ(redactor.feed(rest), expected);
    EXPECT_EQ(redactor.finish(), QByteArray("next"));
    EXPECT_EQ(redactor.finish(), QByteArray());
}

TEST(RedactorTest, LetsAVeryLongLineGo)
{
    Redactor redactor;
    const QByteArray line(70 * 1024, 'x');
    EXPECT_EQ(redactor.feed(line).size() + redactor.finish().size(), line.size());
}

TEST(RedactorTest, FindsASecretWhereverALongLineIsCut)
{
    // The window is 64 KiB; a secret is moved over its ends.
    const QByteArray secret = "--private-key 0x" + kKey + ' ';
    const QByteArray expected = "--private-key 0x" + kMasked + ' ';
    for (qsizetype before = 60 * 1024; before < 66 * 1024; before += 163) {
        const QByteArray start(before, 'x');
        const QByteArray rest(70 * 1024, 'y');
        const QByteArray text = start + ' ' + secret + rest + "\nnext\n";
        const QByteArray wanted = start + ' ' + expected + rest + "\nnext\n";
        ASSERT_TRUE(inPieces(text, 0, 5000) == wanted) << before;
        ASSERT_TRUE(inPieces(text, text.size(), 1) == wanted) << before;
    }
}

TEST(RedactorTest, MasksLongLinesTheSameWayHoweverTheyCome)
{
    QByteArray line;
    for (int i = 0; line.size() < 200 * 1024; ++i) {
        line += QByteArray(i % 700, 'z') + " password=" + QByteArray(i % 90 + 1, 'p')
            + " {\"mnemonic\": \"legal winner thank year wave sausage worth useful legal winner "
              "thank yellow\"}";
    }
    const QByteArray text = line + "\nprivate key:\n0x" + kKey + '\n' + line;
    int whole = 0;
    const QByteArray expected = inPieces(text, text.size(), 1, &whole);
    EXPECT_FALSE(expected.contains("pp"));
    EXPECT_FALSE(expected.contains("sausage"));
    EXPECT_FALSE(expected.contains(kKey));
    EXPECT_EQ(expected.count(" password="), text.count(" password="));
    for (const qsizetype step : {11, 4096, 65535, 65536, 65537, 100000}) {
        int count = 0;
        ASSERT_TRUE(inPieces(text, 0, step, &count) == expected) << step;
        ASSERT_EQ(count, whole) << step;
    }
}

TEST(RedactorTest, MasksASecretThatIsLongerThanItsWindow)
{
    const QByteArray text = "password=\"" + QByteArray(300 * 1024, 'p') + "\"\nafter\n";
    const QByteArray masked = inPieces(text, 0, 1000);
    EXPECT_EQ(masked.size(), text.size());
    EXPECT_EQ(masked.count('p'), 1) << "of the word";
    EXPECT_TRUE(masked.endsWith("\nafter\n"));
    EXPECT_TRUE(inPieces(text, text.size(), 1) == masked);
}

TEST(RedactorTest, MasksAKeyOfManyLinesAcrossFeeds)
{
    const QByteArray body
        = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n";
    const QByteArray text = "before 1234\n-----BEGIN OPENSSH PRIVATE KEY-----\n" + body + body
        + "c2Vj\n-----END OPENSSH PRIVATE KEY-----\nafter abcd\n";
    const QByteArray stars = QByteArray(body.size() - 1, '*') + '\n';
    const QByteArray expected = "before 1234\n-----BEGIN OPENSSH PRIVATE KEY-----\n" + stars + stars
        + "****\n-----END OPENSSH PRIVATE KEY-----\nafter abcd\n";
    for (qsizetype cut = 0; cut <= text.size(); ++cut) {
        ASSERT_EQ(inPieces(text, cut, text.size()), expected) << "cut at " << cut;
    }
}

TEST(RedactorTest, KnowsAfterAnInterruptionThatAKeyHadBegun)
{
    const QByteArray first
        = "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKc\n";
    const QByteArray second
        = "wggSjAgEAAoIBAQDSbn2Xa72IOcxuteB9SlZ\n-----END RSA PRIVATE KEY-----\n";
    Redactor before;
    const QByteArray written = before.feed(first);
    Redactor after;
    after.resumeAfter(written);
    EXPECT_EQ(after.count(), 0);
    const QByteArray rest = after.feed(second);
    const QByteArray expected = QByteArray(36, '*') + "\n-----END RSA PRIVATE KEY-----\n";
    EXPECT_EQ(rest, expected);
    EXPECT_EQ(after.count(), 1);
}

TEST(RedactorTest, AnUnfinishedKeyBlockDoesNotMaskTheRestOfTheLog)
{
    QByteArray text = "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKc\n";
    const QByteArray line = "2026-02-12T14:58:36Z  INFO prover: batch 7 was proved in 412 s\n";
    text += line.repeated(3);
    const QByteArray masked = redacted(text);
    EXPECT_FALSE(masked.contains("MIIEvQ"));
    EXPECT_TRUE(masked.endsWith(line.repeated(3)));
}

TEST(RedactorTest, MasksNothingASecondTime)
{
    const QByteArray log = readData("ethrex/l2.log") + readData("logs/secrets.txt");
    int first = 0;
    const QByteArray once = redacted(log, &first);
    int again = 0;
    EXPECT_EQ(redacted(once, &again), once);
    EXPECT_EQ(again, 0);
    EXPECT_GT(first, 20);
}

TEST(RedactorTest, MasksWhatServersReallyPrint)
{
    // Each secret of this file contains the word CANARY or is a number of 64 digits that ends in
    // c0ffee; everything else must stay.
    const QByteArray text = readData("logs/secrets.txt");
    const QByteArray masked = inPieces(text, 0, 13);
    ASSERT_EQ(masked.size(), text.size());
    const QList<QByteArray> before = text.split('\n');
    const QList<QByteArray> after = masked.split('\n');
    ASSERT_EQ(after.size(), before.size());
    for (qsizetype i = 0; i < after.size(); ++i) {
        EXPECT_FALSE(after.at(i).contains("CANARY") || after.at(i).contains("c0ffee"))
            << "line " << i + 1 << ": " << after.at(i).toStdString();
    }
}

TEST(RedactorTest, KeepsWhatIsNoSecret)
{
    const QByteArray text = readData("logs/no-secrets.txt");
    const QList<QByteArray> before = text.split('\n');
    const QList<QByteArray> after = redacted(text).split('\n');
    ASSERT_EQ(after.size(), before.size());
    for (qsizetype i = 0; i < after.size(); ++i) {
        EXPECT_EQ(after.at(i), before.at(i)) << "line " << i + 1;
    }
}

TEST(RedactorTest, NamesTheRuleAndTheLineOfEachSecret)
{
    Redactor redactor;
    QList<Redaction> seen;
    redactor.observe([&seen](const Redaction &one) { seen << one; });
    const QByteArray text = "one\ntwo\nprivate-key 0x" + kKey
        + " password=hunter2\nfour\nprivate key\n" + kKey + "\n";
    (void)redactor.feed(QByteArrayView(text).first(30));
    (void)redactor.feed(QByteArrayView(text).sliced(30));
    (void)redactor.finish();
    ASSERT_EQ(seen.size(), 3);
    const QByteArray line = "private-key 0x" + kMasked + " password=*******";
    EXPECT_EQ(seen.at(0), (Redaction{QStringLiteral("private-key"), 3, line}));
    EXPECT_EQ(seen.at(1), (Redaction{QStringLiteral("password"), 3, line}));
    EXPECT_EQ(seen.at(2), (Redaction{QStringLiteral("key-next-line"), 6, kMasked}));
    const QMap<QString, int> counts = redactor.counts();
    EXPECT_EQ(counts.value(QStringLiteral("private-key")), 1);
    EXPECT_EQ(counts.value(QStringLiteral("key-next-line")), 1);
    EXPECT_EQ(redactor.count(), 3);
}

TEST(RedactorTest, GivesHostileTextItsTime)
{
    // No line may take long, however it repeats what the expressions look for.
    for (const RedactionRule &rule : redactionRules()->rules()) {
        for (const QByteArray &word : rule.words) {
            QByteArray line;
            while (line.size() < 64 * 1024) {
                line += word + "\"=:" + rule.also + ' ';
            }
            const std::clock_t start = std::clock();
            (void)redacted(line);
            const double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
            EXPECT_LT(seconds, 1.5) << rule.id.toStdString() << ": " << word.toStdString();
        }
    }
}

TEST(RedactorTest, ReadsOrdinaryLogsFast)
{
    for (const char *name : {"ethrex/prover.log", "ethrex/loadtest.log"}) {
        const QByteArray log = readData(name);
        const QByteArray text = log.repeated(1 + qsizetype(16 << 20) / log.size());
        Redactor redactor;
        const std::clock_t start = std::clock();
        qsizetype size = 0;
        for (qsizetype at = 0; at < text.size(); at += 65536) {
            size += redactor
                        .feed(QByteArrayView(text).sliced(at).first(
                            std::min<qsizetype>(65536, text.size() - at)))
                        .size();
        }
        size += redactor.finish().size();
        const double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
        EXPECT_EQ(size, text.size());
        EXPECT_EQ(redactor.count(), 0);
        const double speed = double(size) / 1e6 / seconds;
        std::printf("redacting %s: %.0f MB/s\n", name, speed);
        EXPECT_GT(speed, 5) << "unoptimised and with sanitizers it is slower, but not that slow";
    }
}

TEST(RedactorTest, KeepsEveryByteValue)
{
    QByteArray all;
    for (int byte = 0; byte < 256; ++byte) {
        all += char(byte);
    }
    const QByteArray text = all + "key" + all;
    EXPECT_EQ(inPieces(text, 0, 3), text);
}

} // namespace
} // namespace proverdeck::models

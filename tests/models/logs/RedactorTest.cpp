// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/Redactor.h"

#include "support/Test.h"

#include <QRegularExpression>

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

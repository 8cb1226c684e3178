// SPDX-License-Identifier: GPL-3.0-or-later
// Runs every fuzz target without libFuzzer: over its corpus, and over mutations of it that are the
// same every time. The search for new inputs is run.sh's.
#include "fuzz/Fuzz.h"
#include "support/Test.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>

#include <array>
#include <cstdio>

namespace proverdeck::fuzz {

void violated(const char *condition, const char *file, int line)
{
    throw Violation{
        QStringLiteral("%1:%2: does not hold: %3")
            .arg(QString::fromUtf8(file), QString::number(line), QString::fromUtf8(condition))};
}

namespace {

struct Target
{
    const char *name;
    int (*run)(const std::uint8_t *, std::size_t);
};

} // namespace
} // namespace proverdeck::fuzz

using proverdeck::fuzz::Target;
#include "fuzz/Targets.inc" // NOLINT(bugprone-suspicious-include)

namespace proverdeck::fuzz {
namespace {

constexpr int kMutations = 1500; // per target, …
constexpr qsizetype kMutatedBytes = 1'000'000; // … or as many as this much text makes
constexpr qsizetype kLongest = 64 * 1024;

struct Tally
{
    QString target;
    qsizetype files = 0;
    qint64 inputs = 0;
    qint64 milliseconds = 0;
    QStringList findings;
};

QList<Tally> s_tallies;

/// What a target says of one input; empty if all is well.
QString complaintOf(const Target &target, const QByteArray &input)
{
    try {
        target.run(reinterpret_cast<const std::uint8_t *>(input.constData()),
                   std::size_t(input.size()));
    } catch (const Violation &violation) {
        return violation.text;
    }
    return {};
}

/// Bytes that readers tend to stumble over.
QByteArray nastyToken(Dice &dice)
{
    static const std::array<QByteArray, 30> tokens{QByteArray("\x1b[31m"),
                                                   "\x1b]0;title\a",
                                                   "\x1b]52;c;aGk=\x1b\\",
                                                   "\x1bP1$r\x1b\\",
                                                   "\x1b[",
                                                   "\x9b",
                                                   "\xc2\x9b"
                                                   "5n",
                                                   "\r",
                                                   "\r\n",
                                                   "\n",
                                                   QByteArray(1, '\0'),
                                                   "\xe2\x80\xae",
                                                   "\xe2\x81\xa6",
                                                   "\xef\xbb\xbf",
                                                   "\xed\xa0\x80",
                                                   "\xf4\x90\x80\x80",
                                                   "\xff\xfe",
                                                   "%1%2%n%s",
                                                   "18446744073709551616",
                                                   "9223372036854775808",
                                                   "-1",
                                                   "1e308",
                                                   "nan",
                                                   "0x",
                                                   "\"",
                                                   "\\",
                                                   "{}",
                                                   "[[",
                                                   "=",
                                                   QByteArray("\xff\xff\xff\xff")};
    return tokens.at(std::size_t(dice.below(qsizetype(tokens.size()))));
}

QByteArray mutated(QByteArray text, const QList<QByteArray> &corpus, Dice &dice)
{
    for (qsizetype rounds = 1 + dice.below(4); rounds > 0; --rounds) {
        const qsizetype at = dice.below(text.size() + 1);
        const qsizetype length = qMin(text.size() - at, 1 + dice.below(64));
        switch (dice.below(8)) {
        case 0:
            if (at < text.size()) {
                text[at] = char(dice.next());
            }
            break;
        case 1:
            if (at < text.size()) {
                text[at] = char(text.at(at) ^ (1 << dice.below(8)));
            }
            break;
        case 2:
            text.remove(at, length);
            break;
        case 3:
            text.insert(at, text.mid(at, length));
            break;
        case 4:
            text.insert(at, nastyToken(dice));
            break;
        case 5:
            text.truncate(at);
            break;
        case 6:
            text.insert(at, QByteArray(dice.below(3000), char(dice.next())));
            break;
        default: {
            const QByteArray &other = corpus.at(dice.below(corpus.size()));
            text = text.first(at) + other.mid(dice.below(other.size() + 1));
            break;
        }
        }
        text.truncate(kLongest);
    }
    return text;
}

QList<QByteArray> corpusOf(const QString &target)
{
    QList<QByteArray> corpus;
    const QDir folder(QStringLiteral(PROVERDECK_FUZZ_CORPUS "/") + target);
    const QStringList names = folder.entryList(QDir::Files, QDir::Name);
    for (const QString &name : names) {
        QFile file(folder.filePath(name));
        if (file.open(QIODevice::ReadOnly)) {
            corpus << file.readAll();
        }
    }
    return corpus;
}

QString summary()
{
    QString text = QStringLiteral("Fuzz targets replayed: corpus and fixed mutations\n")
        + QStringLiteral("%1 %2 %3 %4 %5\n")
              .arg(QStringLiteral("target"), -16)
              .arg(QStringLiteral("corpus files"), 13)
              .arg(QStringLiteral("inputs"), 8)
              .arg(QStringLiteral("ms"), 6)
              .arg(QStringLiteral("findings"), 9);
    qsizetype findings = 0;
    for (const Tally &tally : std::as_const(s_tallies)) {
        text += QStringLiteral("%1 %2 %3 %4 %5\n")
                    .arg(tally.target, -16)
                    .arg(tally.files, 13)
                    .arg(tally.inputs, 8)
                    .arg(tally.milliseconds, 6)
                    .arg(tally.findings.size(), 9);
        findings += tally.findings.size();
    }
    text += QStringLiteral("%1 targets, %2 findings\n").arg(s_tallies.size()).arg(findings);
    for (const Tally &tally : std::as_const(s_tallies)) {
        for (const QString &finding : tally.findings) {
            text += tally.target + QStringLiteral(": ") + finding + QChar(u'\n');
        }
    }
    return text;
}

/// Writes the table when all targets have run, also those that failed.
class SummaryWriter : public ::testing::Environment
{
public:
    void TearDown() override
    {
        if (s_tallies.isEmpty()) {
            return;
        }
        const QByteArray text = summary().toUtf8();
        std::fputs(text.constData(), stdout);
        QString folder = qEnvironmentVariable("PROVERDECK_REPORT_DIR");
        if (folder.isEmpty()) {
            folder = QStringLiteral(PROVERDECK_BINARY_DIR);
        }
        QDir().mkpath(folder);
        QFile file(folder + QStringLiteral("/fuzz-summary.txt"));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly) && file.write(text) == text.size())
            << file.fileName().toStdString();
    }
};

const ::testing::Environment *const s_summary
    = ::testing::AddGlobalTestEnvironment(new SummaryWriter);

class FuzzReplay : public ::testing::TestWithParam<Target>
{
protected:
    void look(const QByteArray &input)
    {
        ++tally.inputs;
        const QString complaint = complaintOf(GetParam(), input);
        if (!complaint.isEmpty() && tally.findings.size() < 5) {
            tally.findings << complaint;
            ADD_FAILURE() << complaint.toStdString()
                          << "\ninput, base64: " << input.left(4096).toBase64().toStdString();
        }
    }

    Tally tally;
};

TEST_P(FuzzReplay, HoldsForTheCorpusAndItsMutations)
{
    tally.target = QString::fromUtf8(GetParam().name);
    QElapsedTimer timer;
    timer.start();
    const QList<QByteArray> corpus = corpusOf(tally.target);
    EXPECT_FALSE(corpus.isEmpty()) << "no seeds in tests/fuzz/corpus/" << GetParam().name;
    tally.files = corpus.size();
    look({});
    for (const QByteArray &input : corpus) {
        look(input);
    }
    Dice dice(std::uint64_t{20261121});
    qsizetype bytes = 0;
    for (int i = 0; i < kMutations && bytes < kMutatedBytes && !corpus.isEmpty(); ++i) {
        const QByteArray &seed = corpus.at(dice.below(corpus.size()));
        const QByteArray input = mutated(seed, corpus, dice);
        bytes += input.size();
        look(input);
    }
    tally.milliseconds = timer.elapsed();
    s_tallies << tally;
}

std::string nameOf(const ::testing::TestParamInfo<Target> &info)
{
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzReplay, ::testing::ValuesIn(kTargets), nameOf);

TEST(FuzzHarness, SeesWhatDoesNotHold)
{
    const Target broken{"Broken", [](const std::uint8_t *, std::size_t size) {
                            FUZZ_CHECK(size == 0);
                            return 0;
                        }};
    EXPECT_TRUE(complaintOf(broken, {}).isEmpty());
    EXPECT_TRUE(complaintOf(broken, "x").contains(QStringLiteral("size == 0")));
}

TEST(FuzzHarness, PiecesAreTheWholeAgainAndTheSameEveryTime)
{
    const QByteArray text = QByteArray("one two three four\n").repeated(50);
    for (const Cuts cuts : {Cuts::None, Cuts::EveryByte, Cuts::Somewhere}) {
        QList<QByteArray> first;
        QList<QByteArray> second;
        feedInPieces(text, cuts, [&](QByteArrayView piece) { first << piece.toByteArray(); });
        feedInPieces(text, cuts, [&](QByteArrayView piece) { second << piece.toByteArray(); });
        EXPECT_EQ(first.join(), text);
        EXPECT_EQ(first, second);
    }
}

TEST(FuzzHarness, KnowsWhatATerminalWouldObey)
{
    EXPECT_TRUE(isHarmless(QStringLiteral("a\tb ü – 漢")));
    for (const char16_t code :
         {u'\x1b', u'\a', u'\x9b', u'\r', u'\u202e', u'\u2066', u'\ufeff', u'\x7f'}) {
        EXPECT_FALSE(isHarmless(QString(QChar(code)))) << std::hex << unsigned(code);
    }
    EXPECT_FALSE(isHarmless(QStringLiteral("a\nb")));
    EXPECT_TRUE(isHarmless(QStringLiteral("a\nb"), true));
}

} // namespace
} // namespace proverdeck::fuzz

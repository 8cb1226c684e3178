// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/AztecFixture.h"
#include "models/aztec/LogReader.h"

namespace proverdeck::models::aztec {
namespace {

using testing::sample;

struct Seen
{
    EventKind kind;
    qint64 time;
    qint64 line;
    QByteArray id;
    QByteArray message;
    bool operator==(const Seen &) const = default;
};

class Recorder : public LogSink
{
public:
    void take(const Event &event) override
    {
        seen.push_back({event.kind, event.time, event.line,
                        QByteArray(event.id.data(), qsizetype(event.id.size())),
                        QByteArray(event.message.data(), qsizetype(event.message.size()))});
    }
    [[nodiscard]] int count(EventKind kind) const
    {
        return int(std::count_if(seen.begin(), seen.end(),
                                 [kind](const Seen &one) { return one.kind == kind; }));
    }
    std::vector<Seen> seen;
};

struct Reading
{
    Recorder sink;
    LogFacts facts;
    explicit Reading(const QByteArray &bytes, qsizetype piece = 0)
    {
        LogReader reader(Vocabulary::builtIn(), sink);
        const qsizetype step = piece > 0 ? piece : qMax<qsizetype>(bytes.size(), 1);
        for (qsizetype at = 0; at < bytes.size(); at += step) {
            reader.feed(QByteArrayView(bytes).sliced(at, qMin(step, bytes.size() - at)));
        }
        reader.finish();
        facts = reader.facts();
    }
};

struct Expected
{
    const char *file;
    qint64 records;
    qint64 continuations;
    qint64 untimed;
    quint8 framing;
};

void PrintTo(const Expected &expected, std::ostream *out)
{
    *out << expected.file;
}

class AztecFraming : public ::testing::TestWithParam<Expected>
{
};

TEST_P(AztecFraming, IsRecognisedNotAsked)
{
    const Reading reading(sample(GetParam().file));
    EXPECT_EQ(reading.facts.records, GetParam().records);
    EXPECT_EQ(reading.facts.continuations, GetParam().continuations);
    EXPECT_EQ(reading.facts.untimed, GetParam().untimed);
    EXPECT_EQ(int(reading.facts.framing), int(GetParam().framing));
    EXPECT_EQ(reading.facts.bytes, sample(GetParam().file).size());
}

INSTANTIATE_TEST_SUITE_P(
    Files, AztecFraming,
    ::testing::Values(
        Expected{"machine-a-epoch-3054.log", 138, 5, 0, FramedRaw | FramedCompose},
        Expected{"machine-a-epoch-3054.broker.log", 24, 0, 0, FramedRaw},
        Expected{"machine-a-epoch-3054.json.log", 138, 0, 0, FramedJson},
        Expected{"machine-a-epoch-3054.color.log", 138, 5, 0, FramedRaw | FramedColour},
        Expected{"machine-b-epoch-3055.log", 157, 0, 2, FramedRaw},
        Expected{"machine-b-epoch-3055.docker-t.log", 62, 0, 2, FramedRaw | FramedStamp},
        Expected{"machine-b-first-start.docker-t.log", 3, 0, 2, FramedRaw | FramedStamp},
        Expected{"unhealthy.log", 118, 64, 0, FramedRaw | FramedCompose},
        Expected{"unhealthy.json.log", 118, 0, 0, FramedJson},
        Expected{"unhealthy-worker.log", 22, 69, 4, FramedRaw},
        Expected{"messy-crlf.log", 8, 0, 2,
                 FramedRaw | FramedJson | FramedColour | FramedCompose | FramedStamp
                     | FramedCrLf}));

TEST(AztecLogReaderTest, TheSameWhateverTheCuts)
{
    for (const char *name : {"messy-crlf.log", "unhealthy-worker.log", "midnight.log",
                             "machine-a-epoch-3054.color.log", "unhealthy.json.log"}) {
        const QByteArray bytes = sample(name);
        const Reading whole(bytes);
        for (const qsizetype piece : {1, 2, 3, 7, 64, 4096}) {
            const Reading cut(bytes, piece);
            EXPECT_EQ(cut.facts, whole.facts) << name << ' ' << piece;
            EXPECT_EQ(cut.sink.seen, whole.sink.seen) << name << ' ' << piece;
        }
    }
}

TEST(AztecLogReaderTest, ALogThatEndsAnywhereCountsNoJobThatIsNotThere)
{
    const QByteArray bytes = sample("midnight.log");
    const Reading whole(bytes);
    for (qsizetype end = 0; end <= bytes.size(); ++end) {
        const Reading cut(bytes.left(end));
        ASSERT_LE(cut.sink.seen.size(), whole.sink.seen.size()) << end;
        for (const Seen &one : cut.sink.seen) {
            if (isJobKind(one.kind)) {
                ASSERT_TRUE(bytes.contains(one.id)) << end;
                ASSERT_EQ(one.id.size() - one.id.lastIndexOf(':'), 65) << end;
            }
        }
        ASSERT_LE(cut.sink.count(EventKind::JobComplete), 2) << end;
    }
}

TEST(AztecLogReaderTest, MidnightGoesForward)
{
    const Reading reading(sample("midnight.log"));
    qint64 last = 0;
    for (const Seen &one : reading.sink.seen) {
        EXPECT_GE(one.time, last);
        last = one.time;
    }
    EXPECT_EQ(reading.facts.last - reading.facts.first, 57'292);
}

TEST(AztecLogReaderTest, LatecomersOfTheDayBeforeStayInIt)
{
    const QByteArray text
        = "broker-1  | [23:59:59.900] INFO: cli Aztec Server listening on port 1\n"
          "broker-1  | [00:00:00.100] INFO: cli Aztec Server listening on port 2\n"
          "broker-1  | [23:59:59.990] INFO: cli Aztec Server listening on port 3\n"
          "broker-1  | [00:00:01.000] INFO: cli Aztec Server listening on port 4\n";
    const Reading reading(text);
    ASSERT_EQ(reading.sink.seen.size(), 4U);
    EXPECT_EQ(reading.sink.seen.at(1).time - reading.sink.seen.at(0).time, 200);
    EXPECT_EQ(reading.sink.seen.at(2).time - reading.sink.seen.at(0).time, 90);
    EXPECT_EQ(reading.sink.seen.at(3).time - reading.sink.seen.at(0).time, 1100);
}

TEST(AztecLogReaderTest, LinesOfManyMegabytesAndBrokenTextAreOneLineEach)
{
    const QByteArray id
        = "3054:TUBE_PROOF:64c030b65d2623fdabfb7356de741e8e8e86b5bda771fee7439e2dac7def861c";
    const QByteArray start = "[10:00:00.000] INFO: prover-client:proving-agent Starting job id="
        + id + " type=TUBE_PROOF inputsUri=";
    const QByteArray done = "[10:00:09.000] INFO: prover-client:proving-agent Job id=" + id
        + " type=TUBE_PROOF completed outputUri=data\n";
    const QByteArray text = start + QByteArray(10'000'000, 'x') + '\n'
        + QByteArray(10'000'000, '\xff') + '\n' + QByteArray("\xed\xa0\x80\xf4\x90\x00 |\n", 9)
        + done;
    const Reading reading(text, 65'536);
    EXPECT_EQ(reading.facts.lines, 4);
    EXPECT_EQ(reading.facts.records, 2);
    EXPECT_EQ(reading.sink.count(EventKind::JobStart), 1);
    EXPECT_EQ(reading.sink.count(EventKind::JobDone), 1);
    EXPECT_EQ(reading.sink.seen.back().line, 4);
}

TEST(AztecLogReaderTest, TimedOutInAnotherMessageIsNoTimeout)
{
    const Reading reading(sample("unhealthy.log"));
    EXPECT_EQ(reading.sink.count(EventKind::JobTimeout), 7);
    EXPECT_EQ(reading.facts.levels.at(std::size_t(Level::Info)), 70);
    EXPECT_EQ(reading.facts.levels.at(std::size_t(Level::Warn)), 16);
    EXPECT_EQ(reading.facts.levels.at(std::size_t(Level::Error)), 32);
}

TEST(AztecLogReaderTest, BigNumbersMayBeQuoted)
{
    double value = 0;
    EXPECT_TRUE(numberOf(R"({"a":1,"gasPrice":"1500000010"})", "gasPrice", value));
    EXPECT_EQ(value, 1500000010);
    EXPECT_FALSE(numberOf(R"({"gasPrice":null})", "gasPrice", value));
    EXPECT_FALSE(numberOf(R"({"xgasPrice":1})", "gasPrice", value));
    EXPECT_EQ(numberAfter("port 8080", "port "), 8080);
    EXPECT_EQ(numberAfter("port 99999999999999999999999", "port "), -1);
}

TEST(AztecLogReaderTest, GoesOnWhereALogGrows)
{
    const QByteArray bytes = sample("midnight.log");
    Recorder sink;
    LogReader reader(Vocabulary::builtIn(), sink);
    reader.feed(QByteArrayView(bytes).first(1000));
    EXPECT_EQ(reader.position(), 1000);
    const std::size_t before = sink.seen.size();
    reader.feed(QByteArrayView(bytes).sliced(reader.position()));
    EXPECT_GT(sink.seen.size(), before);
    EXPECT_EQ(reader.position(), bytes.size());
}

TEST(AztecVocabularyTest, SaysWhatIsWrongWithAFile)
{
    const auto broken = Vocabulary::read("[[module]]\nname = \"a\"\nmessages = [ { starts = \"b\", "
                                         "event = \"no-such\" } ]\n",
                                         "");
    ASSERT_FALSE(broken);
    EXPECT_TRUE(broken.error().contains("no-such")) << broken.error().toStdString();
    EXPECT_FALSE(Vocabulary::read("[[", ""));
    EXPECT_FALSE(Vocabulary::read("", "[[network]]\nname=\"n\"\nslot_seconds=0\n"));
}

TEST(AztecVocabularyTest, EveryNeedNamesAType)
{
    const auto vocabulary = Vocabulary::builtIn();
    for (const JobType &type : vocabulary->types()) {
        for (const QString &need : type.needs) {
            const JobType *child = vocabulary->type(need);
            ASSERT_TRUE(child) << need.toStdString();
            EXPECT_LE(child->level, type.level) << type.name.toStdString();
        }
    }
    EXPECT_EQ(vocabulary->typeOfCircuit("PublicBaseRollupArtifact")->name,
              QString("PUBLIC_BASE_ROLLUP"));
    EXPECT_EQ(vocabulary->type("PARITY_BASE")->name, QString("BASE_PARITY"));
    EXPECT_EQ(vocabulary->type("NO_SUCH_TYPE"), nullptr);
}

} // namespace
} // namespace proverdeck::models::aztec

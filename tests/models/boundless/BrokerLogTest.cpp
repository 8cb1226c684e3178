// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BrokerLog.h"

#include "support/Test.h"

#include <QSet>

namespace proverdeck::models::boundless {
namespace {

using namespace Qt::StringLiterals;
using Kind = BrokerEventKind;

struct Read
{
    BrokerLog log{u"broker.log"_s};
    QList<BrokerEvent> events;

    [[nodiscard]] int distinct(Kind kind) const
    {
        QSet<QString> ids;
        for (const BrokerEvent &event : events) {
            if (event.kind == kind) {
                ids.insert(event.id);
            }
        }
        return int(ids.size());
    }
    [[nodiscard]] const BrokerEvent *first(Kind kind) const
    {
        for (const BrokerEvent &event : events) {
            if (event.kind == kind) {
                return &event;
            }
        }
        return nullptr;
    }
};

Read read(const QByteArray &bytes, qsizetype step = 1 << 20)
{
    Read made;
    const auto sink = [&made](const BrokerEvent &event) { made.events << event; };
    for (qsizetype at = 0; at < bytes.size(); at += step) {
        made.log.feed(QByteArrayView(bytes).sliced(at, std::min(step, bytes.size() - at)), sink);
    }
    made.log.finish(sink);
    return made;
}

QByteArray data(const char *name)
{
    return testing::readData(u"boundless/"_s + QString::fromLatin1(name));
}

qsizetype linesWith(const QByteArray &bytes, const QByteArray &part)
{
    qsizetype count = 0;
    for (const QByteArray &line : bytes.split('\n')) {
        count += line.contains(part) ? 1 : 0;
    }
    return count;
}

TEST(BrokerLine, TakesEveryFramingApart)
{
    const QByteArray bare = "2025-08-05T09:14:22.115873Z  INFO broker::order_monitor: Locked it";
    const QByteArray json
        = R"({"timestamp":"2025-08-05T09:14:22.115873Z","level":"INFO","fields":{"message":"Locked it"},"target":"broker::order_monitor"})";
    for (const QByteArray &prefix :
         {QByteArray(), QByteArray("broker-1  | "), QByteArray("bento-broker-1 | "),
          QByteArray("broker-1           | 2025-08-05T09:14:22.120000001Z ")}) {
        for (const QByteArray &text : {bare, json}) {
            const QByteArray whole = prefix + text;
            const BrokerLine line = splitBrokerLine(whole);
            EXPECT_EQ(line.timeMs, 1754385262115) << whole.toStdString();
            EXPECT_EQ(line.level, BrokerLevel::Info);
            EXPECT_EQ(line.target, u"broker::order_monitor"_s);
            EXPECT_EQ(line.message, u"Locked it"_s);
            EXPECT_TRUE(line.isBroker());
            EXPECT_FALSE(line.chain.has_value());
        }
    }
}

TEST(BrokerLine, KnowsTheChainOfItsSpan)
{
    const BrokerLine line = splitBrokerLine(
        "2026-06-10T17:02:13.001670Z ERROR chain{chain_id=8453}: broker::proving::service: x: y");
    EXPECT_EQ(line.chain, 8453U);
    EXPECT_EQ(line.target, u"broker::proving::service"_s);
    EXPECT_EQ(line.message, u"x: y"_s);
    const BrokerLine json = splitBrokerLine(
        R"({"timestamp":"2026-06-10T17:02:13.019772Z","level":"INFO","fields":{"message":"m"},"target":"broker::x","span":{"chain_id":8453,"name":"chain"}})");
    EXPECT_EQ(json.chain, 8453U);
}

TEST(BrokerLine, WhatContinuesARecordHasNoFrame)
{
    for (const char *text :
         {"Caused by:", "    26 | peak_prove_khz = \"435\"", "26 | x", "       |", "",
          "[Proving] 0xab", "{not json", "2025-08-05 09:14:28.002 UTC [1] LOG: x",
          "2025-08-05T09:14:28Z no level"}) {
        EXPECT_FALSE(splitBrokerLine(text).isFramed()) << text;
    }
    const BrokerLine other = splitBrokerLine("postgres-1 | 2025-08-05T09:14:28Z  INFO broker: x");
    EXPECT_FALSE(other.isBroker()) << "another service";
}

TEST(BrokerLog, CountsWhatTheSampleHolds)
{
    const QByteArray bytes = data("broker-0.13.log");
    const Read made = read(bytes);
    EXPECT_EQ(made.distinct(Kind::Locked), 2);
    EXPECT_EQ(made.log.count(Kind::Fulfilled), 2);
    EXPECT_EQ(made.log.count(Kind::Skipped), 15);
    EXPECT_EQ(made.log.count(Kind::LockFailed), 5) << "four soft ones and a hard one";
    EXPECT_EQ(made.log.count(BrokerLevel::Error), 10);
    EXPECT_EQ(made.log.era(), BrokerEra::V013);
    EXPECT_EQ(made.log.lines(), 186);
    EXPECT_EQ(made.log.firstMs(), 1754385260001);
    const BrokerEvent *price = made.first(Kind::Priced);
    ASSERT_NE(price, nullptr);
    EXPECT_EQ(price->value(u"collateral"_s), u"5.000000"_s);
    EXPECT_EQ(price->value(u"max"_s), u"0.003500000000000000"_s);
}

TEST(BrokerLog, EverySkippedOrderHasAKnownReason)
{
    for (const char *name : {"broker-0.13.log", "broker-2.0.log"}) {
        const Read made = read(data(name));
        QMap<QString, QString> reasons;
        for (const BrokerEvent &event : made.events) {
            if (event.kind == Kind::SkipReason
                || (event.kind == Kind::Skipped && !event.value(u"key"_s).isEmpty())) {
                reasons.insert(event.id, event.value(u"key"_s));
            }
        }
        for (const BrokerEvent &event : made.events) {
            if (event.kind == Kind::Skipped) {
                EXPECT_TRUE(reasons.contains(event.id)) << event.evidence.text.toStdString();
            }
        }
    }
}

TEST(BrokerLog, SaysTheSameInEveryFraming)
{
    struct Row
    {
        const char *framed;
        const char *plain;
    };
    for (const Row &row : {Row{"broker-0.13.compose.log", "broker-0.13.log"},
                           Row{"broker-2.0.compose.log", "broker-2.0.log"}}) {
        const Read framed = read(data(row.framed));
        const Read plain = read(data(row.plain));
        ASSERT_EQ(framed.events.size(), plain.events.size()) << row.framed;
        for (qsizetype i = 0; i < plain.events.size(); ++i) {
            EXPECT_EQ(framed.events.at(i).kind, plain.events.at(i).kind);
            EXPECT_EQ(framed.events.at(i).id, plain.events.at(i).id);
            EXPECT_EQ(framed.events.at(i).values, plain.events.at(i).values);
            EXPECT_EQ(framed.events.at(i).timeMs, plain.events.at(i).timeMs);
        }
    }
    // Those are the first lines of the samples.
    struct Part
    {
        const char *name;
        const char *locked;
        const char *skipped;
    };
    for (const char *name :
         {"broker-0.13.ansi.log", "broker-0.13.compose-ansi.log", "broker-0.13.jsonlog",
          "broker-2.0.jsonlog", "stack-0.13.compose.log"}) {
        const QByteArray bytes = data(name);
        const Read made = read(bytes);
        EXPECT_EQ(made.log.count(Kind::Skipped), linesWith(bytes, "Skipping order")) << name;
        EXPECT_EQ(made.log.count(Kind::Locked), linesWith(bytes, "Locked request: 0x")) << name;
        EXPECT_EQ(made.log.count(Kind::Fulfilled), linesWith(bytes, "Completed order:")) << name;
        EXPECT_GT(made.log.records(), 0) << name;
    }
}

TEST(BrokerLog, ReadsTheWordsOfTwoPointZero)
{
    const QByteArray bytes = data("broker-2.0.log");
    const Read made = read(bytes);
    EXPECT_EQ(made.log.era(), BrokerEra::V20);
    EXPECT_EQ(made.log.version(), u"2.0.2"_s);
    EXPECT_EQ(made.log.count(Kind::Skipped), linesWith(bytes, "Skipping order"));
    EXPECT_EQ(made.log.count(Kind::Fulfilled), 3);
    EXPECT_EQ(made.log.count(Kind::Locked), 1);
    const BrokerEvent *done = made.first(Kind::Proved);
    ASSERT_NE(done, nullptr);
    EXPECT_EQ(done->number(u"cycles"_s), 612368384);
    EXPECT_EQ(done->chain, 8453U);
    QStringList wanted;
    for (const BrokerEvent &event : made.events) {
        if (!event.value(u"wanted"_s).isEmpty()) {
            wanted << event.value(u"key"_s) + u'=' + event.value(u"wanted"_s);
        }
    }
    EXPECT_EQ(wanted, (QStringList{u"too-many-cycles=91200"_s, u"too-slow=1379"_s}));
}

TEST(BrokerLog, IsTheSameWhereverTheBytesAreCut)
{
    for (const char *name : {"broker-0.13.log", "broker-0.13.ansi.log", "broker-2.0.jsonlog",
                             "stack-0.13.compose.log"}) {
        const QByteArray bytes = data(name);
        const Read whole = read(bytes);
        for (const qsizetype step : {1, 2, 3, 7, 61, 997}) {
            const Read cut = read(bytes, step);
            EXPECT_EQ(cut.events, whole.events) << name << " in steps of " << step;
        }
    }
}

TEST(BrokerLog, AFileCutAtAnyByteIsNoTrouble)
{
    const QByteArray bytes = data("broker-0.13.jsonlog").left(3000);
    qsizetype events = 0;
    for (qsizetype size = 0; size <= bytes.size(); ++size) {
        const Read made = read(bytes.left(size));
        EXPECT_GE(made.events.size() + 1, events) << "cut at " << size;
        events = std::max(events, made.events.size());
    }
}

TEST(BrokerLog, TakesInvalidTextAndEndlessLines)
{
    QByteArray bytes(10 * 1024 * 1024, 'x');
    bytes += "\n2025-08-05T09:15:37.005471Z  INFO broker::order_monitor: Locked request: 0xab\n";
    bytes += "\xff\xfe\x80 2025\xc3\n";
    bytes += "2025-08-05T09:15:37.005471Z  INFO broker::x: Skipping order "
             "\xff\xff\x1b[31m0x\xe2\x82\n";
    bytes += QByteArray("\0\0\0\n", 4);
    bytes += "{\"timestamp\":\"" + QByteArray(10 * 1024 * 1024, 'y') + "\"}\n";
    const Read made = read(bytes, 65536);
    EXPECT_EQ(made.log.count(Kind::Locked), 1);
    EXPECT_EQ(made.log.records(), 2);
    EXPECT_EQ(made.first(Kind::Locked)->id, u"0xab"_s);
    EXPECT_EQ(made.first(Kind::Locked)->evidence.line, 2);
}

TEST(BrokerLog, CompletedOrdersOfEveryRelease)
{
    const QByteArray head = "2025-08-05T09:35:26.001871Z  INFO broker::submitter: ";
    const Read made
        = read(head + "✨ Completed order: a3f1 fee: 0.1 stake_reward: 2.5 ✨\n" + head
               + "✨ Completed order: 0x00A3F2 eth_reward: 0.1 stake_reward: 0.0 ✨\n" + head
               + "✨ Completed order: 0xa3f3 eth_reward: 0.0 collateral_reward: 0 (lost secondary "
                 "prover race to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 for 2.5) ✨\n");
    ASSERT_EQ(made.log.count(Kind::Fulfilled), 3);
    EXPECT_EQ(made.events.at(0).id, u"0xa3f1"_s);
    EXPECT_EQ(made.events.at(1).id, u"0xa3f2"_s);
    EXPECT_THAT(made.events.at(2).value(u"race"_s).toStdString(),
                ::testing::HasSubstr("lost secondary"));
}

TEST(BrokerPatterns, RefusesAFileThatIsWrong)
{
    EXPECT_TRUE(
        BrokerPatterns::load("[[event]]\nkind = \"locked\"\nhas = \"x\"\n", "").has_value());
    const auto kind = BrokerPatterns::load("[[event]]\nkind = \"nonsense\"\n", "");
    ASSERT_FALSE(kind.has_value());
    EXPECT_THAT(kind.error().toStdString(), ::testing::StartsWith("Line 1"));
    EXPECT_FALSE(
        BrokerPatterns::load("[[event]]\nkind = \"locked\"\nexpression = \"(\"\n", "").has_value());
    EXPECT_FALSE(BrokerPatterns::load("[[", "").has_value());
}

TEST(BrokerPatterns, EveryCodeHasATextAndAdvice)
{
    const auto patterns = BrokerPatterns::builtIn();
    EXPECT_GT(patterns->knownCodes().size(), 40);
    for (const QString &code : patterns->knownCodes()) {
        EXPECT_FALSE(patterns->code(code).text.isEmpty()) << code.toStdString();
        EXPECT_FALSE(patterns->code(code).advice.isEmpty()) << code.toStdString();
    }
    EXPECT_EQ(patterns->code(u"B-OM-500"_s).severity, Severity::Error);
    EXPECT_THAT(patterns->code(u"B-XX-777"_s).text.toStdString(), ::testing::HasSubstr("B-XX-777"));
}

} // namespace
} // namespace proverdeck::models::boundless

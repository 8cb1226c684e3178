// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LineSplitter.h"

#include "support/Test.h"

namespace proverdeck::models {
namespace {

struct Line
{
    QByteArray text;
    qint64 number = 0;
    quint64 offset = 0;
    bool hadEscapes = false;
    bool operator==(const Line &) const = default;
};

void PrintTo(const Line &line, std::ostream *out)
{
    *out << line.number << '@' << line.offset << ':' << line.text.left(80).toStdString();
}

class Collector
{
public:
    void feed(QByteArrayView bytes) { m_splitter.feed(bytes, sink()); }
    QList<Line> finish()
    {
        m_splitter.finish(sink());
        return m_lines;
    }

private:
    LineSplitter::Sink sink()
    {
        return [this](const LogLine &line) {
            m_lines << Line{line.text.toByteArray(), line.number, line.offset, line.hadEscapes};
        };
    }
    LineSplitter m_splitter;
    QList<Line> m_lines;
};

QList<Line> split(const QByteArray &bytes, qsizetype step = 0)
{
    Collector collector;
    for (qsizetype at = 0; at < bytes.size(); at += step) {
        step = step > 0 ? step : bytes.size();
        collector.feed(QByteArrayView(bytes).sliced(at, std::min(step, bytes.size() - at)));
    }
    return collector.finish();
}

QByteArrayList texts(const QList<Line> &lines)
{
    QByteArrayList list;
    for (const Line &line : lines) {
        list << line.text;
    }
    return list;
}

TEST(LineSplitterTest, GivesLinesWithNumbersAndRawOffsets)
{
    const QList<Line> expected{{"one", 1, 0}, {"", 2, 4}, {"two", 3, 6}, {"rest", 4, 10}};
    EXPECT_EQ(split("one\n\r\ntwo\nrest"), expected);
}

TEST(LineSplitterTest, HoldsAnUnfinishedLineBack)
{
    QByteArrayList seen;
    LineSplitter splitter;
    const auto sink = [&seen](const LogLine &line) { seen << line.text.toByteArray(); };
    splitter.feed("half a", sink);
    EXPECT_TRUE(seen.isEmpty());
    splitter.feed(" line\nnext", sink);
    EXPECT_EQ(seen, QByteArrayList{"half a line"});
    splitter.finish(sink);
    splitter.finish(sink);
    EXPECT_EQ(seen, (QByteArrayList{"half a line", "next"}));
}

TEST(LineSplitterTest, RemovesEscapeSequences)
{
    EXPECT_EQ(texts(split("\x1b[2m2026\x1b[0m \x1b[38;5;12mINFO\x1b[0m a\n")),
              QByteArrayList{"2026 INFO a"});
    EXPECT_EQ(texts(split("\x1b]0;title\x07text\n")), QByteArrayList{"text"});
    EXPECT_EQ(texts(split("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ end\n")),
              QByteArrayList{"link end"});
    EXPECT_EQ(texts(split("\x1b(Ba\x1b=b\x1bMc\n")), QByteArrayList{"abc"});
    EXPECT_EQ(texts(split("\x1b]0;a\x1b[1mb\n")), QByteArrayList{"b"});
    EXPECT_TRUE(split("\x1b[1mx\n").first().hadEscapes);
    EXPECT_FALSE(split("\x1b[1mx\ny").last().hadEscapes);
}

TEST(LineSplitterTest, AnUnfinishedSequenceSpoilsItsOwnLineOnly)
{
    EXPECT_EQ(texts(split("a\x1b]0;never ended\nb\nc\x1b[12\nd\x1b\ne\n")),
              (QByteArrayList{"a", "b", "c", "d", "e"}));
    EXPECT_EQ(texts(split("a\x1b[1\xc3\xa4z\n")), QByteArrayList{"a\xc3\xa4z"});
}

TEST(LineSplitterTest, IsTheSameWhereverItIsCut)
{
    QByteArray bytes = "\x1b[32m INFO\x1b[0m one\r\n\x1b]0;t\x1b\\two "
                       "\xff\xfe\n\n\x1b[31mred\x1b[0m\r\na_b\n\x1b(Blast\r";
    bytes.replace('_', QByteArray(1, '\0'));
    const QList<Line> whole = split(bytes);
    ASSERT_EQ(whole.size(), 6);
    for (qsizetype cut = 0; cut <= bytes.size(); ++cut) {
        Collector collector;
        collector.feed(QByteArrayView(bytes).first(cut));
        collector.feed(QByteArrayView(bytes).sliced(cut));
        EXPECT_EQ(collector.finish(), whole) << "cut at " << cut;
    }
    EXPECT_EQ(split(bytes, 1), whole);
    EXPECT_EQ(split(bytes, 3), whole);
}

TEST(LineSplitterTest, PassesBytesThatAreNoUtf8AndNulBytes)
{
    EXPECT_EQ(texts(split(QByteArray("a\0\xff\x80z\n", 6))),
              (QByteArrayList{QByteArray("a\0\xff\x80z", 5)}));
}

TEST(LineSplitterTest, CutsAnEndlessLine)
{
    const QByteArray bytes = "first\n" + QByteArray(10 << 20, 'x') + "\r\nlast";
    const QList<Line> whole = split(bytes);
    ASSERT_EQ(whole.size(), 3);
    EXPECT_EQ(whole[1].text, QByteArray(LineSplitter::MaxLine, 'x'));
    EXPECT_EQ(whole[2], (Line{"last", 3, quint64(6 + (10 << 20) + 2)}));
    EXPECT_EQ(split(bytes, 4093), whole);
    for (const qsizetype extra : {-1, 0, 1}) {
        const QByteArray edge = QByteArray(LineSplitter::MaxLine + extra, 'y') + "\r\n";
        EXPECT_EQ(split(edge, 1), split(edge)) << extra;
    }
}

} // namespace
} // namespace proverdeck::models

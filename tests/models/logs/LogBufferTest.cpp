// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogBuffer.h"

#include "models/logs/LogText.h"
#include "support/Test.h"

namespace proverdeck::models {
namespace {

QList<QByteArray> linesOf(const LogBuffer &buffer)
{
    QList<QByteArray> lines;
    for (qsizetype i = 0; i < buffer.lineCount(); ++i) {
        lines << buffer.line(i);
    }
    return lines;
}

TEST(LogBufferTest, KeepsLinesWhereverTheReadsWereCut)
{
    const QByteArray log
        = "first\n\nthird \xc3\xa9\r\n" + QByteArray(9000, 'x') + "\xe2\x82\xac\n\x1b[31mred\nopen";
    LogBuffer whole;
    whole.append(log);
    for (qsizetype step = 1; step < 50; ++step) {
        LogBuffer pieces;
        for (qsizetype i = 0; i < log.size(); i += step) {
            pieces.append(log.mid(i, step));
        }
        ASSERT_EQ(linesOf(pieces), linesOf(whole)) << step;
    }
    EXPECT_EQ(whole.line(1), QByteArray());
    EXPECT_EQ(whole.lineCount(), 8);
    EXPECT_TRUE(whole.isLastLineOpen());
}

TEST(LogBufferTest, CutsLongLinesBetweenCharactersAndEscapes)
{
    LogBuffer buffer;
    buffer.append(
        QByteArray(QByteArray(LogBuffer::MaxLine - 1, 'a') + "\xe2\x82\xac" + "b\nnext\n"));
    EXPECT_EQ(buffer.line(0).size(), LogBuffer::MaxLine - 1);
    EXPECT_EQ(buffer.line(1),
              QByteArray("\xe2\x82\xac"
                         "b"));
    EXPECT_TRUE(buffer.isContinuation(1));
    EXPECT_EQ(buffer.lineNumber(1), 1);
    EXPECT_EQ(buffer.lineNumber(2), 2);
    EXPECT_EQ(buffer.indexOfLine(2), 2);

    LogBuffer escapes;
    escapes.append(QByteArray(QByteArray(LogBuffer::MaxLine - 2, 'a') + "\x1b[31mred\n"));
    EXPECT_EQ(escapes.line(1), QByteArray("\x1b[31mred"));
}

TEST(LogBufferTest, ALineOfExactlyTheLimitIsOneLine)
{
    LogBuffer buffer;
    buffer.append(QByteArray(LogBuffer::MaxLine, 'a'));
    buffer.append("\nb\n");
    EXPECT_EQ(buffer.lineCount(), 2);
}

TEST(LogBufferTest, DropsTheOlderHalfAndCounts)
{
    LogBuffer buffer(64 * 1024);
    for (int i = 1; i <= 10'000; ++i) {
        buffer.append(QByteArray("line number " + QByteArray::number(i) + '\n'));
        ASSERT_LE(buffer.byteCount(), 64 * 1024);
    }
    EXPECT_EQ(buffer.droppedLines() + buffer.lineCount(), 10'000);
    EXPECT_GT(buffer.droppedLines(), 0);
    EXPECT_EQ(buffer.line(buffer.lineCount() - 1), QByteArray("line number 10000"));
    EXPECT_EQ(buffer.line(0), "line number " + QByteArray::number(buffer.droppedLines() + 1));
    EXPECT_EQ(buffer.lineNumber(0), buffer.droppedLines() + 1);
    EXPECT_FALSE(buffer.indexOfLine(1));
    EXPECT_EQ(buffer.indexOfLine(10'000), buffer.lineCount() - 1);
}

TEST(LogBufferTest, KeepsHalfOfItsLimitAtLeastAndNeverMoreThanAll)
{
    LogBuffer buffer(1 << 20);
    QByteArray line(99, 'x');
    line += '\n';
    qint64 fed = 0;
    for (const qsizetype lines : {1, 3000, 70'000, 5, 20'000, 9000}) {
        const QByteArray piece = line.repeated(lines);
        buffer.append(piece);
        fed += piece.size();
        EXPECT_LE(buffer.byteCount(), 1 << 20);
        EXPECT_GE(buffer.byteCount(), std::min<qint64>(fed, (1 << 19) - 100));
    }
}

TEST(LogBufferTest, OneHugeLineWithoutAnEndStaysBounded)
{
    LogBuffer buffer(256 * 1024);
    buffer.append(QByteArray(3'000'000, 'x'));
    EXPECT_LE(buffer.byteCount(), 256 * 1024);
    EXPECT_EQ(buffer.lineNumber(buffer.lineCount() - 1), 1);
}

TEST(LogBufferTest, EmptyLinesStayBoundedToo)
{
    LogBuffer buffer;
    buffer.append(QByteArray(10'000'000, '\n'));
    EXPECT_LE(buffer.lineCount(), LogBuffer::MaxLines);
    EXPECT_EQ(buffer.droppedLines() + buffer.lineCount(), 10'000'000);
}

TEST(LogBufferTest, FindsForwardsBackwardsAndAround)
{
    LogBuffer buffer;
    buffer.append("one two one\n\x1b[31mO\x1b[0mne\nnothing\n");
    using Position = LogPosition;
    EXPECT_EQ(buffer.find("one", {0, 0}, true, false), (Position{0, 0}));
    EXPECT_EQ(buffer.find("one", {0, 1}, true, false), (Position{0, 8}));
    EXPECT_EQ(buffer.find("one", {0, 9}, true, false), (Position{1, 0}));
    EXPECT_EQ(buffer.find("one", {0, 9}, true, true), (Position{0, 0}));
    EXPECT_EQ(buffer.find("one", {1, 1}, true, false), (Position{0, 0}));
    EXPECT_EQ(buffer.find("one", {0, 0}, false, false), (Position{1, 0}));
    EXPECT_EQ(buffer.find("one", {1, 0}, false, false), (Position{0, 8}));
    EXPECT_FALSE(buffer.find("three", {0, 0}, true, false));
    EXPECT_FALSE(buffer.find("", {0, 0}, true, false));
    EXPECT_FALSE(LogBuffer().find("one", {0, 0}, true, false));
}

TEST(LogTextTest, DropsEscapesAndKeepsColours)
{
    const LogText text = readLogText(
        "\x1b[2m12:00\x1b[0m \x1b[1;31mred\x1b[38;5;1mstill\x1b[0m\x1b]0;title\x07 end\x1b[2K");
    EXPECT_EQ(text.text, QString("12:00 redstill end"));
    ASSERT_EQ(text.spans.size(), 3);
    EXPECT_EQ(text.spans.at(0), (LogSpan{0, 5, {-1, false, true}}));
    EXPECT_EQ(text.spans.at(1), (LogSpan{6, 3, {1, true, false}}));
}

TEST(LogTextTest, ShowsWhatWouldNotBeSeen)
{
    EXPECT_EQ(readLogText(QByteArrayView("a\0b\x7f", 4)).text, QString::fromUtf8("a␀b␡"));
    EXPECT_EQ(readLogText("a\xe2\x80\xae"
                          "b")
                  .text,
              QString::fromUtf8("a�b"));
    EXPECT_TRUE(readLogText("\xff\xfe ok").text.endsWith(" ok"));
    EXPECT_TRUE(readLogText("\xff ok").text.startsWith(QChar(0xfffd)));
    EXPECT_EQ(readLogText("10%\r 50%\r100%\r").text, QString("100%"));
    // A byte order mark is seen wherever it stands, also after a change of colour.
    EXPECT_EQ(readLogText("\xef\xbb\xbfx\x1b[31m\xef\xbb\xbfy").text,
              QString::fromUtf8("\xef\xbf\xbdx\xef\xbf\xbdy"));
}

TEST(LogTextTest, KnowsTheLevels)
{
    EXPECT_EQ(levelOf(u"2026-02-12T14:41:02.616946Z ERROR Error starting"), LogLevel::Error);
    EXPECT_EQ(levelOf(u"2026-02-12T14:41:02.616946Z  WARN slow"), LogLevel::Warning);
    EXPECT_EQ(levelOf(u"2026-02-12T14:41:02.616946Z  INFO no ERROR here"), LogLevel::None);
    EXPECT_EQ(levelOf(u"error[E0308]: mismatched types"), LogLevel::Error);
    EXPECT_EQ(levelOf(u"errors: 0"), LogLevel::None);
    EXPECT_EQ(levelOf(u"warning: unused"), LogLevel::Warning);
}

TEST(PlainLineTest, OneHarmlessLineOfBoundedLength)
{
    EXPECT_EQ(plainLineFromUtf8("  \x1b]0;title\a\x1b[31mred\x1b[0m\tand\r\nmore \n"),
              "red and  more");
    EXPECT_EQ(plainLineFromUtf8("\xe2\x80\xae"
                                "a\xef\xbb\xbf\xc2\x9b"
                                "b"),
              QString::fromUtf8("\xef\xbf\xbd"
                                "a\xef\xbf\xbd\xef\xbf\xbd"
                                "b"));
    EXPECT_EQ(plainLine(QString(10'000, u'x'), 40), QString(40, u'x'));
    // A character of two UTF-16 units is not cut in half.
    EXPECT_EQ(plainLine(QString::fromUtf8("abc\xf0\x9f\x98\x80"), 4), "abc");
    EXPECT_EQ(plainLineFromUtf8({}), "");
    EXPECT_EQ(plainText("  a\r\n\x1b[31mb\x1b[0m\tc\rd\n\n\x07"),
              QString("  a\nb\tc d\n\n") + QChar(0x2407));
    EXPECT_EQ(plainText(""), "");
}

} // namespace
} // namespace proverdeck::models

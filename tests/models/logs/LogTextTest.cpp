// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogText.h"

#include "support/Test.h"

namespace proverdeck::models {
namespace {

TEST(LogTextTest, DropsEscapesAndKeepsColours)
{
    const LogText text = readLogText(
        "\x1b[2m12:00\x1b[0m \x1b[1;31mred\x1b[38;5;1mstill\x1b[0m\x1b]0;title\x07 end\x1b[2K");
    EXPECT_EQ(text.text, QString("12:00 redstill end"));
    ASSERT_EQ(text.spans.size(), 3);
    EXPECT_EQ(text.spans.at(0), (LogSpan{0, 5, {-1, false, true}}));
    EXPECT_EQ(text.spans.at(1), (LogSpan{6, 3, {1, true, false}}));
}

TEST(LogTextTest, KnowsTheColoursOfXterm)
{
    const LogText text = readLogText("\x1b[38;5;208;48;2;1;2;3mx\x1b[91;103;4my\x1b[39;49;24mz"
                                     "\x1b[7;38;5;999mw\x1b[38;2;1m!\x1b[48m.");
    EXPECT_EQ(text.text, QString("xyzw!."));
    ASSERT_GE(text.spans.size(), 3);
    EXPECT_EQ(text.spans.at(0).style,
              (LogStyle{.colour = 208, .background = LogStyle::TrueColour | 0x010203}));
    EXPECT_EQ(text.spans.at(1).style, (LogStyle{.colour = 9, .background = 11, .underline = true}));
    EXPECT_EQ(text.spans.at(2).style, (LogStyle{.inverse = true})); // there is no colour 999
}

TEST(LogTextTest, GivesVisibleBytesLineByLine)
{
    QByteArray visible("before\n");
    appendVisible("a\x1b[31mb\x1b[0m\n 1%\r99%\r\n\x1b]0;x\x07\n\xff\nend", visible);
    EXPECT_EQ(visible, QByteArray("before\nab\n99%\n\n\xff\nend"));
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

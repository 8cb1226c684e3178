// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogView.h"

#include "support/Test.h"
#include "ui/logs/LogPane.h"

#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QGuiApplication>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

namespace proverdeck::ui {
namespace {

class LogViewTest : public ::testing::Test
{
protected:
    LogViewTest()
    {
        pane.resize(900, 400);
        pane.show();
    }

    void fill(const QByteArray &bytes)
    {
        pane.append(bytes);
        settle();
    }
    void settle()
    {
        EXPECT_TRUE(QTest::qWaitFor(
            [this] { return pane.isIdle() && view->rowCount() == pane.store().extent().lines; },
            5000));
    }
    [[nodiscard]] static QByteArray numbered(int count)
    {
        QByteArray bytes;
        for (int i = 1; i <= count; ++i) {
            bytes += "line " + QByteArray::number(i)
                + (i % 100 == 0 ? " ERROR\n2025-01-01T00:00:00Z ERROR bad\n" : "\n");
        }
        return bytes;
    }
    template<class T> [[nodiscard]] T *child(const char *name) { return pane.findChild<T *>(name); }
    /// For the eye, where a folder for pictures is given.
    void picture(const QString &name)
    {
        const QString folder = qEnvironmentVariable("PROVERDECK_PICTURES");
        const QPixmap shown = pane.grab();
        EXPECT_FALSE(shown.isNull());
        if (!folder.isEmpty()) {
            shown.save(folder + "/log-" + name + ".png");
        }
    }
    [[nodiscard]] bool hasColour(QRgb wanted)
    {
        const QImage image = view->viewport()->grab().toImage();
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if ((image.pixel(x, y) & 0xffffff) == (wanted & 0xffffff)) {
                    return true;
                }
            }
        }
        return false;
    }

    LogPane pane{"prover"};
    LogView *view = pane.view();
};

QByteArray allKinds()
{
    QByteArray log;
    log += "2025-11-21T20:14:03.120Z \x1b[32m INFO\x1b[0m \x1b[2methrex_prover\x1b[0m: batch 7 "
           "proved \x1b[1mproving_time\x1b[0m=412.053\n";
    log += "2025-11-21T20:14:04.500Z \x1b[33m WARN\x1b[0m \x1b[2methrex_l2\x1b[0m: commitment is "
           "late by 12 s\n";
    log += "2025-11-21T20:14:05.001Z \x1b[31mERROR\x1b[0m ethrex_prover: no space left on "
           "device\n";
    for (const int from : {30, 90, 40, 100}) {
        for (int i = 0; i < 8; ++i) {
            log += "\x1b[" + QByteArray::number(from + i) + "m colour " + QByteArray::number(i)
                + " \x1b[0m";
        }
        log += '\n';
    }
    for (int i = 16; i < 52; ++i) {
        log += "\x1b[48;5;" + QByteArray::number(i * 4 + 20) + "m  \x1b[38;5;"
            + QByteArray::number(i * 4 + 20) + ";49mx";
    }
    log += "\x1b[0m 256\n";
    for (int i = 0; i < 60; ++i) {
        log += "\x1b[38;2;" + QByteArray::number(i * 4) + ";80;" + QByteArray::number(255 - i * 4)
            + "m#";
    }
    log += "\x1b[0m true colour\n";
    log += "plain\ttab\tstops \x1b[4munderlined\x1b[24m \x1b[3mitalic\x1b[23m "
           "\x1b[7minverse\x1b[27m\n";
    log += "  1%\r 50%\r100% downloaded\n";
    log += "日本語の行: 証明時間 412 秒 | 한국어 | 中文 ｆｕｌｌｗｉｄｔｈ\n";
    log += "combining: e\xcc\x81 a\xcc\x8a n\xcc\x83 | שלום עולם | مرحبا | "
           "👩‍🚀 "
           "😀 "
           "🚀 "
           "→ "
           "done\n";
    log += "a line in ASCII below them, to see the grid: | 0123456789 |\n";
    return log;
}

TEST_F(LogViewTest, PaintsColoursAndAllKindsOfText)
{
    fill(allKinds() + numbered(3));
    picture("light");
    EXPECT_TRUE(hasColour(0xd55e00)); // the sign of an error
    EXPECT_TRUE(hasColour(0xe69f00)); // and of a warning
    view->selectAll();
    const QString text = view->selectedText();
    EXPECT_TRUE(text.contains("100% downloaded"));
    EXPECT_FALSE(text.contains(" 50%"));
    EXPECT_TRUE(text.contains("日本語の行"));
    EXPECT_TRUE(text.contains("👩‍🚀"));
    EXPECT_FALSE(text.contains(QChar(0x1b)));
    view->select({0, 0}, {0, 0});

    QPalette dark;
    dark.setColor(QPalette::Base, QColor(0x16, 0x1b, 0x22));
    dark.setColor(QPalette::Window, QColor(0x0d, 0x11, 0x17));
    for (const QPalette::ColorRole role :
         {QPalette::Text, QPalette::WindowText, QPalette::ButtonText}) {
        dark.setColor(role, QColor(0xe6, 0xed, 0xf3));
    }
    dark.setColor(QPalette::PlaceholderText, QColor(0x9a, 0xa5, 0xb1));
    pane.setPalette(dark);
    child<QLineEdit>("logFind")->setText("prov");
    settle();
    pane.find(true);
    picture("dark");
    EXPECT_TRUE(hasColour(0xf0e442)); // a hit
    child<QAction>("logNumbers")->toggle();
    child<QAction>("logArrival")->toggle();
    child<QAction>("logWrap")->toggle();
    pane.resize(520, 400);
    picture("narrow");
}

TEST_F(LogViewTest, TrueColourIsAsGivenWhereItCanBeRead)
{
    QPalette light;
    light.setColor(QPalette::Base, Qt::white);
    light.setColor(QPalette::Text, Qt::black);
    pane.setPalette(light);
    fill("\x1b[48;2;1;2;200m" + QByteArray(30, ' ') + "\n\x1b[38;2;255;255;0m################\n");
    EXPECT_TRUE(hasColour(0x0102c8));
    EXPECT_FALSE(hasColour(0xffff00)); // yellow on white is not readable
}

TEST_F(LogViewTest, TheFilteredViewStaysInStep)
{
    fill(numbered(1000));
    child<QToolButton>("logFilter")->click();
    auto *level = child<QComboBox>("logFilterLevel");
    level->setCurrentIndex(2);
    LogView *filtered = pane.filteredView();
    EXPECT_TRUE(QTest::qWaitFor([&] { return filtered->rowCount() == 10; }, 5000));
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return child<QLabel>("logFilterCount")->text() == QString("10 lines"); }, 5000));
    picture("filter");
    fill(numbered(200));
    EXPECT_TRUE(QTest::qWaitFor([&] { return filtered->rowCount() == 12; }, 5000));

    filtered->setFocus();
    filtered->goToLine(1);
    EXPECT_EQ(filtered->currentLine(), 100); // "2025-… ERROR bad" after line 100
    EXPECT_EQ(view->currentLine(), 100);
    QTest::keyClick(filtered, Qt::Key_Down);
    EXPECT_EQ(view->currentLine(), 201);
    filtered->selectAll();
    EXPECT_EQ(filtered->selectedText().count("ERROR bad"), 12);
    EXPECT_EQ(filtered->selectedText().count('\n'), 11);

    child<QLineEdit>("logFilterText")->setText("nothing of the kind");
    EXPECT_TRUE(QTest::qWaitFor([&] { return pane.isIdle() && filtered->rowCount() == 0; }, 5000));
    child<QToolButton>("logFilter")->click();
    EXPECT_FALSE(filtered->isVisible());
}

TEST_F(LogViewTest, SaysWhatIsWrongWithAnExpression)
{
    fill("a(b)\n");
    child<QToolButton>("logFindExpression")->click();
    child<QLineEdit>("logFind")->setText("a(b");
    const QString problem = child<QLabel>("logFindCount")->text();
    EXPECT_TRUE(problem.contains("character 3")) << problem.toStdString();
    child<QLineEdit>("logFind")->setText("a\\(b");
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return child<QLabel>("logFindCount")->text() == QString("1 hit"); }, 5000));
}

TEST_F(LogViewTest, KeysGoToErrorsMarksAndEnds)
{
    fill(numbered(1000));
    QTest::keyClick(view, 'g');
    EXPECT_EQ(view->currentLine(), 0);
    QTest::keyClick(view, 'e');
    EXPECT_TRUE(QTest::qWaitFor([&] { return view->currentLine() == 100; }, 5000));
    QTest::keyClick(view, 'e');
    EXPECT_EQ(view->currentLine(), 201);
    QTest::keyClick(view, 'm');
    QTest::keyClick(view, Qt::Key_E, Qt::ShiftModifier);
    EXPECT_EQ(view->currentLine(), 100);
    QTest::keyClick(view, ']');
    EXPECT_EQ(view->currentLine(), 201);
    EXPECT_EQ(view->marks().size(), 1U);
    QTest::keyClick(view, 'm');
    EXPECT_TRUE(view->marks().empty());
    QTest::keyClick(view, Qt::Key_G, Qt::ShiftModifier);
    EXPECT_TRUE(view->isFollowing());
    QTest::keyClick(view, 'f');
    EXPECT_FALSE(view->isFollowing());
    child<QLineEdit>("logFind")->setText("line 77");
    settle();
    QTest::keyClick(view, 'n');
    EXPECT_EQ(view->selectedText(), QString("line 77"));
    pane.goToLine(500);
    pane.goBack();
    EXPECT_EQ(view->textOf(view->currentLine()), QString("line 770"));
}

TEST_F(LogViewTest, WrapsLongLines)
{
    QByteArray log;
    for (int i = 0; i < 30; ++i) {
        log += QByteArray(1000, char('a' + i % 26)) + '\n';
    }
    log += QString(700, QChar(0x65e5)).toUtf8() + "\nend\n";
    child<QAction>("logWrap")->toggle();
    fill(log);
    EXPECT_EQ(view->horizontalScrollBar()->maximum(), 0);
    EXPECT_GT(view->verticalScrollBar()->maximum(), 20);
    picture("wrapped");
    for (int i = 0; i < 40; ++i) {
        QTest::keyClick(view, Qt::Key_PageUp);
    }
    EXPECT_EQ(view->topLine(), 0);
    QTest::mousePress(view->viewport(), Qt::LeftButton, {}, QPoint(60, 6));
    QTest::mouseMove(view->viewport(), QPoint(60, 60));
    QTest::mouseRelease(view->viewport(), Qt::LeftButton, {}, QPoint(60, 60));
    EXPECT_GT(view->selectedText().size(), 150);
    EXPECT_EQ(view->selectedText().count('\n'), 0);
    QTest::keyClick(view, Qt::Key_End);
    EXPECT_TRUE(view->isFollowing());
    EXPECT_EQ(view->verticalScrollBar()->value(), view->verticalScrollBar()->maximum());
}

TEST_F(LogViewTest, GoesToALineThatHasYetToCome)
{
    pane.append(numbered(10));
    pane.goToLine(150);
    pane.append(numbered(300));
    settle();
    EXPECT_TRUE(QTest::qWaitFor([&] { return view->currentLine() == 149; }, 5000));
}

TEST_F(LogViewTest, GoesToATimeAndTellsTheTimeOfALine)
{
    QByteArray log;
    for (int i = 0; i < 600; ++i) {
        log += "2026-02-03T10:" + QByteArray::number(i / 60).rightJustified(2, '0') + ':'
            + QByteArray::number(i % 60).rightJustified(2, '0') + ".000Z INFO line\n";
    }
    fill(log);
    QSignalSpy pointed(&pane, &LogPane::momentPointed);
    const auto type = [this](const QString &text) {
        QTest::keyClick(view, Qt::Key_L, Qt::ControlModifier);
        auto *dialog = pane.findChild<QInputDialog *>("logGoToLine");
        ASSERT_NE(dialog, nullptr);
        dialog->setTextValue(text);
        dialog->accept();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    };
    type("10:05:30");
    EXPECT_EQ(view->currentLine(), 330);
    ASSERT_EQ(pointed.size(), 1);
    EXPECT_EQ(pointed.first().first().toLongLong(),
              QDateTime(QDate(2026, 2, 3), QTime(10, 5, 30), Qt::UTC).toMSecsSinceEpoch());
    type("2026-02-03 10:02");
    EXPECT_EQ(view->currentLine(), 120);
    type("17");
    EXPECT_EQ(view->currentLine(), 16);
    for (const char *wrong : {"2026-02-04 10:00", "soon"}) {
        type(QString::fromLatin1(wrong));
        auto *box = pane.findChild<QMessageBox *>();
        ASSERT_NE(box, nullptr) << wrong;
        box->accept();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        EXPECT_EQ(view->currentLine(), 16);
    }
}

TEST_F(LogViewTest, SpeaksTheCurrentLine)
{
    fill("first\nsecond \x1b[31mred\x1b[0m\n");
    view->showLine(1);
    QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(view);
    ASSERT_NE(spoken, nullptr);
    EXPECT_EQ(spoken->text(QAccessible::Value), QString("second red"));
    EXPECT_TRUE(spoken->text(QAccessible::Description).startsWith("Line 2"));
    EXPECT_EQ(spoken->text(QAccessible::Name), QString("Log prover"));
}

TEST_F(LogViewTest, OpensAFileAndSavesSomeOfIt)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath("a.log");
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(numbered(100'000));
    file.close();
    pane.openFile(path);
    EXPECT_TRUE(QTest::qWaitFor([&] { return pane.store().extent().lines == 101'000; }, 5000));
    settle();
    pane.goToLine(50'000);
    const QString target = folder.filePath("some.txt");
    pane.save(target, {.range = std::pair<qint64, qint64>(9, 11)});
    EXPECT_TRUE(QTest::qWaitFor([&] { return QFile::exists(target); }, 5000));
    QFile saved(target);
    ASSERT_TRUE(saved.open(QIODevice::ReadOnly));
    EXPECT_EQ(saved.readAll(), QByteArray("line 10\nline 11\nline 12\n"));
    pane.save(folder.filePath("two.txt"), {.lines = {0, 99'999}, .isFiltered = true});
    EXPECT_TRUE(QTest::qWaitFor([&] { return QFile::exists(folder.filePath("two.txt")); }, 5000));
}

TEST_F(LogViewTest, SelectsWholeLinesAtTheMargin)
{
    fill("one\ntwo\nthree\n");
    view->grab();
    const int height = view->viewport()->fontMetrics().height();
    QTest::mousePress(view->viewport(), Qt::LeftButton, {}, QPoint(4, 4));
    QTest::mouseMove(view->viewport(), QPoint(4, 4 + height));
    QTest::mouseRelease(view->viewport(), Qt::LeftButton, {}, QPoint(4, 4 + height));
    EXPECT_EQ(view->selectedText(), QString("one\ntwo"));
}

} // namespace
} // namespace proverdeck::ui

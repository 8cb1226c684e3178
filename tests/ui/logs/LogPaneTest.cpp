// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogPane.h"

#include "support/Test.h"
#include "ui/logs/LogView.h"

#include <QClipboard>
#include <QFile>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

namespace proverdeck::ui {
namespace {

class LogPaneTest : public ::testing::Test
{
protected:
    LogPaneTest()
    {
        pane.resize(700, 300);
        pane.show();
    }

    void fill(const QByteArray &bytes)
    {
        pane.append(bytes);
        settle();
    }
    /// Until all is stored, searched and shown.
    void settle()
    {
        EXPECT_TRUE(QTest::qWaitFor(
            [this] { return pane.isIdle() && view->rowCount() == pane.store().extent().lines; },
            5000));
        QTest::qWait(1);
    }
    bool says(const char *label, const QString &wanted)
    {
        return QTest::qWaitFor([&] { return text(label) == wanted; }, 5000);
    }
    void fillLines(int count)
    {
        QByteArray bytes;
        for (int i = 1; i <= count; ++i) {
            bytes += "line " + QByteArray::number(i) + (i % 10 == 0 ? " batch\n" : "\n");
        }
        fill(bytes);
    }
    [[nodiscard]] QString text(const char *label)
    {
        return pane.findChild<QLabel *>(label)->text();
    }
    [[nodiscard]] QScrollBar *bar() { return view->verticalScrollBar(); }

    LogPane pane{"prover"};
    LogView *view = pane.view();
    QLineEdit *field = pane.findChild<QLineEdit *>("logFind");
};

TEST_F(LogPaneTest, PaintsHostileBytes)
{
    QByteArray bytes;
    for (int i = 0; i < 256; ++i) {
        bytes += QByteArray("x") + char(i) + "\x1b[" + char(i) + "31m" + char(255 - i) + '\n';
    }
    bytes += "\x1b]0;never ended \xf0\x9f\x92\xa9 \xed\xa0\x80 \xe2\x80\xa8 "
             "\x1b[99999999999999m\x1b[38;2mx\n\x1b";
    bytes += QByteArray(20'000, '\x1b') + QByteArray(20'000, '\t')
        + "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d";
    fill(bytes);
    field->setText("x");
    for (int value = 0; value <= bar()->maximum(); value += 7) {
        bar()->setValue(value);
        EXPECT_FALSE(view->grab().isNull());
    }
    view->selectAll();
    EXPECT_FALSE(view->selectedText().contains(QChar(0x1b)));
}

TEST_F(LogPaneTest, FollowsUntilTheUserScrollsUp)
{
    fillLines(200);
    EXPECT_TRUE(view->isFollowing());
    EXPECT_EQ(bar()->value(), bar()->maximum());

    QSignalSpy changed(view, &LogView::followingChanged);
    QTest::keyClick(view, Qt::Key_PageUp);
    ASSERT_EQ(changed.count(), 1);
    EXPECT_FALSE(pane.findChild<QToolButton *>("logFollow")->isChecked());
    const int value = bar()->value();
    fill("more\nand more\n");
    EXPECT_EQ(bar()->value(), value);
    auto *newLines = pane.findChild<QToolButton *>("logNewLines");
    EXPECT_EQ(newLines->text(), QString("2 new lines"));

    QTest::mouseClick(pane.findChild<QToolButton *>("logFollow"), Qt::LeftButton);
    EXPECT_TRUE(view->isFollowing());
    EXPECT_EQ(bar()->value(), bar()->maximum());
    EXPECT_TRUE(newLines->isHidden());

    QTest::keyClick(view, Qt::Key_Home);
    EXPECT_FALSE(view->isFollowing());
    QTest::keyClick(view, Qt::Key_End);
    EXPECT_TRUE(view->isFollowing());
}

TEST_F(LogPaneTest, CountsHitsAndWraps)
{
    fillLines(170);
    QTest::keyClick(view, Qt::Key_Home);
    QTest::keyClicks(field, "BATCH");
    EXPECT_TRUE(says("logFindCount", QString("17 hits")));
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_TRUE(says("logFindCount", QString("1 of 17")));
    EXPECT_EQ(view->selectedText(), QString("batch"));
    QTest::keyClick(field, Qt::Key_Return);
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_TRUE(says("logFindCount", QString("3 of 17")));
    for (int i = 0; i < 3; ++i) {
        QTest::keyClick(field, Qt::Key_Return, Qt::ShiftModifier);
    }
    EXPECT_TRUE(says("logFindCount", QString("17 of 17, from the end")));
    QTest::mouseClick(pane.findChild<QToolButton *>("logMatchCase"), Qt::LeftButton);
    EXPECT_TRUE(says("logFindCount", QString("No hits")));
    QTest::keyClick(field, Qt::Key_Escape);
    EXPECT_TRUE(says("logFindCount", QString()));
}

TEST_F(LogPaneTest, CountsHitsOfTheGrowingLastLineOnce)
{
    field->setText("ab");
    for (const char *piece : {"a", "b a", "b\n", "ab"}) {
        fill(piece);
    }
    EXPECT_TRUE(says("logFindCount", QString("3 hits")));
}

TEST_F(LogPaneTest, CopiesWithoutEscapes)
{
    fill("\x1b[31mred\x1b[0m line\nsecond\n" + QByteArray(5000, 'y') + '\n');
    QTest::keyClick(view, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QGuiApplication::clipboard()->text(), "red line\nsecond\n" + QString(5000, 'y'));
}

TEST_F(LogPaneTest, SelectsWithTheMouse)
{
    fill("hello world\nsecond line\n");
    view->grab();
    QWidget *viewport = view->viewport();
    QTest::mousePress(viewport, Qt::LeftButton, {}, QPoint(2, 6));
    QTest::mouseMove(viewport, QPoint(600, 6));
    QTest::mouseRelease(viewport, Qt::LeftButton, {}, QPoint(600, 6));
    EXPECT_EQ(view->selectedText(), QString("hello world"));
    QTest::mouseDClick(viewport, Qt::LeftButton, {}, QPoint(30, 6));
    EXPECT_EQ(view->selectedText(), QString("hello"));
    QTest::mouseClick(pane.findChild<QToolButton *>("logCopy"), Qt::LeftButton);
    EXPECT_EQ(QGuiApplication::clipboard()->text(), QString("hello"));
}

TEST_F(LogPaneTest, GoesToALine)
{
    pane.goToLine(3); // nothing there yet
    fillLines(500);
    pane.goToLine(321);
    EXPECT_EQ(view->selectedText(), QString("line 321"));
    EXPECT_FALSE(view->isFollowing());
    EXPECT_LE(bar()->value(), 320);
    EXPECT_GT(bar()->value(), 280);
}

TEST_F(LogPaneTest, ZoomsWithTheKeyboard)
{
    const double size = view->font().pointSizeF();
    QTest::keyClick(view, Qt::Key_Plus, Qt::ControlModifier);
    EXPECT_GT(view->font().pointSizeF(), size);
    QTest::keyClick(view, Qt::Key_0, Qt::ControlModifier);
    EXPECT_EQ(view->font().pointSizeF(), size);
}

TEST_F(LogPaneTest, SavesText)
{
    fill("\x1b[31mred\x1b[0m\nend");
    const QTemporaryDir folder;
    const QString path = folder.filePath("log.txt");
    QTest::mouseClick(pane.findChild<QToolButton *>("logSave"), Qt::LeftButton);
    auto *dialog = pane.findChild<QFileDialog *>("logSaveDialog");
    ASSERT_NE(dialog, nullptr);
    EXPECT_TRUE(dialog->isVisible());
    EXPECT_FALSE(dialog->testOption(QFileDialog::DontConfirmOverwrite));
    emit dialog->fileSelected(path);
    dialog->close();
    QFile file(path);
    ASSERT_TRUE(QTest::qWaitFor([&] { return file.exists(); }, 5000));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll(), QByteArray("red\nend\n"));
    EXPECT_FALSE(pane.saveTo(folder.filePath("missing/log.txt")).isEmpty());
}

TEST_F(LogPaneTest, SaysWhyItIsEmpty)
{
    EXPECT_TRUE(view->emptyText().contains("Nothing yet"));
    pane.setEmptyText("Not started");
    EXPECT_EQ(view->emptyText(), QString("Not started"));
    EXPECT_FALSE(pane.grab().isNull());
}

} // namespace
} // namespace proverdeck::ui

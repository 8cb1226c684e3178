// SPDX-License-Identifier: GPL-3.0-or-later
// What a server says is text wherever the window shows it: never markup, never a terminal's orders.
#include "support/Test.h"
#include "ui/benchmark/StepListModel.h"
#include "ui/common/FindingsView.h"
#include "ui/dialogs/Questions.h"
#include "ui/history/RunListModel.h"
#include "ui/logs/LogPane.h"
#include "ui/logs/LogView.h"

#include <QElapsedTimer>
#include <QLabel>
#include <QTest>
#include <QTextDocument>

namespace proverdeck::ui {
namespace {

const QString kMarkup = "<img src=\"file:///dev/zero\"><b>bold</b>";

/// The tool tip as a person reads it.
QString shownTip(const QString &tip)
{
    if (!Qt::mightBeRichText(tip)) {
        return tip;
    }
    QTextDocument document;
    document.setHtml(tip);
    return document.toPlainText();
}

TEST(HostileTextTest, ToolTipsShowMarkupAsItIs)
{
    StepListModel steps;
    steps.setRows({{.title = kMarkup, .state = {.note = kMarkup}}});
    const QString tip = steps.data(steps.index(0), Qt::ToolTipRole).toString();
    EXPECT_EQ(shownTip(tip), kMarkup + '\n' + kMarkup);

    RunListModel runs;
    models::store::RunHead head;
    head.run.id = "r";
    head.run.host = kMarkup;
    head.run.result.session.commit = "0123456789abcdef";
    head.run.result.session.commitSubject = kMarkup;
    runs.setRuns({head});
    const QModelIndex commit = runs.index(0, RunListModel::Commit);
    EXPECT_EQ(shownTip(commit.data(Qt::ToolTipRole).toString()), "0123456789 " + kMarkup);
    EXPECT_EQ(shownTip(runs.index(0, RunListModel::Host).data(Qt::ToolTipRole).toString()),
              kMarkup);
    EXPECT_EQ(commit.data().toString(), "0123456789 " + kMarkup);
}

void expectPlainLabels(const QWidget &widget)
{
    int seen = 0;
    for (const QLabel *label : widget.findChildren<QLabel *>()) {
        if (label->text().contains(u'<')) {
            EXPECT_EQ(label->textFormat(), Qt::PlainText) << label->text().toStdString();
            ++seen;
        }
    }
    EXPECT_GT(seen, 0);
}

TEST(HostileTextTest, FindingsAndQuestionsArePlainText)
{
    FindingsView findings;
    findings.setFindings({{.code = kMarkup, .text = kMarkup, .advice = kMarkup}});
    expectPlainLabels(findings);

    const HostKeyDialog question(
        {.host = kMarkup, .keyType = kMarkup, .fingerprint = kMarkup, .note = kMarkup});
    expectPlainLabels(question);
}

TEST(HostileTextTest, ALineOfTenMillionIsShownAtOnce)
{
    LogPane pane("l2");
    pane.resize(900, 500);
    pane.show();
    QElapsedTimer elapsed;
    elapsed.start();
    const QByteArray piece = QByteArray("\x1b[31m") + QByteArray(65'536 - 5, 'x');
    for (int i = 0; i < 160; ++i) {
        pane.append(piece);
    }
    pane.append("\x1b]0;owned\x07\xe2\x80\xae the end\n");
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return pane.view()->rowCount() == 1 && pane.isIdle(); }, 5000));
    EXPECT_FALSE(pane.grab().isNull());
    EXPECT_LT(elapsed.elapsed(), 5000);
    EXPECT_EQ(pane.store().extent().lines, 1);
    pane.view()->selectAll();
    const QString text = pane.view()->selectedText();
    EXPECT_TRUE(text.endsWith(" the end"));
    EXPECT_FALSE(text.contains(u'\x1b') || text.contains(u'\a') || text.contains(QChar(0x202e)));
}

} // namespace
} // namespace proverdeck::ui

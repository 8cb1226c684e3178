// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/DiffDialog.h"

#include "models/boundless/LineDiff.h"
#include "models/logs/LogText.h"
#include "models/logs/Redactor.h"
#include "ui/common/Theme.h"

#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTextBlock>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

/// Added and removed lines have a sign and a colour of the background.
void colourLines(QPlainTextEdit *view)
{
    QList<QTextEdit::ExtraSelection> selections;
    const Colours colours = coloursFor(view->palette());
    for (QTextBlock block = view->document()->begin(); block.isValid(); block = block.next()) {
        const QString text = block.text();
        if (!text.startsWith(u'+') && !text.startsWith(u'-')) {
            continue;
        }
        QColor colour = text.startsWith(u'+') ? colours.running : colours.bad;
        colour.setAlpha(50);
        QTextEdit::ExtraSelection selection;
        selection.format.setBackground(colour);
        selection.format.setProperty(QTextFormat::FullWidthSelection, true);
        selection.cursor = QTextCursor(block);
        selections << selection;
    }
    view->setExtraSelections(selections);
}

} // namespace

DiffDialog::DiffDialog(const QString &title, const QByteArray &before, const QByteArray &after,
                       const QString &note, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"diffDialog"_s);
    setWindowTitle(title);
    resize(760, 460);
    auto *column = new QVBoxLayout(this);
    column->addWidget(makeText(note, this));
    auto *view = new QPlainTextEdit(this);
    view->setObjectName(u"diff"_s);
    view->setAccessibleName(tr("Changes"));
    view->setReadOnly(true);
    view->setLineWrapMode(QPlainTextEdit::NoWrap);
    view->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    const QString diff = models::boundless::diffText(models::boundless::lineDiff(before, after), 3);
    view->setPlainText(models::plainText(models::redactedText(diff)));
    colourLines(view);
    column->addWidget(view, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    auto *save = new QPushButton(tr("Save"), buttons);
    save->setObjectName(u"confirmSave"_s);
    save->setDefault(true);
    makePrimary(save);
    buttons->addButton(save, QDialogButtonBox::AcceptRole);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
}

} // namespace proverdeck::ui

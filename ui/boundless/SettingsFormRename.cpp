// SPDX-License-Identifier: GPL-3.0-or-later
// Files of a server and the names of a newer release, of the form of settings.
#include "ui/boundless/SettingsDocument.h"
#include "ui/boundless/SettingsForm.h"

#include <QComboBox>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalBlocker>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

void SettingsForm::setFiles(const QStringList &names, const QString &shown)
{
    const QSignalBlocker blocker(m_files);
    m_files->clear();
    m_files->addItems(names);
    m_files->setCurrentText(shown);
    m_files->setVisible(names.size() > 1);
}

/// Each is shown before; values stay, and what counts in another token is said.
void SettingsForm::askToRename()
{
    QStringList lines;
    bool isAny = false;
    const auto moves = m_document.renames();
    for (const models::boundless::SettingMove &move : moves) {
        isAny = isAny || move.isDone;
        lines << (move.isDone ? tr("%1 = %2 becomes %3").arg(move.old, move.value, move.now)
                              : tr("%1 = %2 stays").arg(move.old, move.value));
        if (!move.remark.isEmpty()) {
            lines << u"    "_s + move.remark;
        }
    }
    auto *box = new QMessageBox(QMessageBox::Question,
                                tr("Use the names of %1?").arg(m_era->currentText()),
                                lines.join(u'\n'), QMessageBox::Cancel, this);
    box->setObjectName(u"renameQuestion"_s);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    if (isAny) {
        QPushButton *yes = box->addButton(tr("Rename"), QMessageBox::AcceptRole);
        yes->setObjectName(u"renameConfirm"_s);
        connect(yes, &QPushButton::clicked, this, [this] { (void)m_document.migrate(); });
    }
    box->open();
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/Questions.h"

#include "ui/common/Theme.h"
#include "ui/dialogs/SecretAnswers.h"

#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::StopMode;

HostKeyDialog::HostKeyDialog(const ssh::HostKeyQuestion &question, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"hostKeyDialog"_s);
    setWindowTitle(tr("Unknown server"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addWidget(makeHeading(tr("Do you know this server?"), this));
    layout->addWidget(
        makeText(tr("It was never seen before from this account. Compare the fingerprint with the "
                    "one that the "
                    "server's owner gave you, or with ssh-keygen -lf on the server itself."),
                 this));
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(16);
    const QList<QPair<QString, QString>> rows{{tr("Host"), question.host},
                                              {tr("Port"), QString::number(question.port)},
                                              {tr("Key type"), question.keyType},
                                              {tr("Fingerprint"), question.fingerprint}};
    for (const auto &[name, value] : rows) {
        QLabel *label = makeText(value, this);
        label->setWordWrap(false);
        label->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
        label->setObjectName(name);
        form->addRow(makeHint(name, this), label);
    }
    layout->addLayout(form);
    if (!question.note.isEmpty()) {
        layout->addWidget(makeHint(question.note, this));
    }
    auto *buttons = new QDialogButtonBox(this);
    QPushButton *trust = buttons->addButton(tr("Trust and remember"), QDialogButtonBox::AcceptRole);
    trust->setObjectName(u"trust"_s);
    trust->setAutoDefault(false);
    QPushButton *cancel = buttons->addButton(QDialogButtonBox::Cancel);
    cancel->setObjectName(u"cancel"_s);
    cancel->setDefault(true);
    cancel->setFocus();
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    setMinimumWidth(560);
}

StopDialog::StopDialog(const QString &host, bool forClose, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"stopDialog"_s);
    setWindowTitle(forClose ? tr("A benchmark is running") : tr("Stop the benchmark"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(makeHeading(forClose ? tr("A benchmark is running on %1").arg(host)
                                           : tr("Stop the benchmark on %1?").arg(host),
                                  this));
    struct Choice
    {
        StopMode mode;
        QString name;
        QString title;
        QString hint;
    };
    const QList<Choice> choices{
        {StopMode::TearDown, u"tearDown"_s, tr("Stop and tear down"),
         tr("Collect the results so far, then stop everything that this run started.")},
        {StopMode::LeaveRunning, u"leaveRunning"_s, tr("Stop and leave running"),
         tr("Collect the results so far; L1, L2, load and prover go on.")},
        {StopMode::Detach, u"detach"_s, tr("Detach"),
         tr("Let go at once. L1, L2, load and prover go on at the server; this program watches no "
            "longer.")}};
    for (const Choice &choice : choices) {
        auto *button = new QPushButton(choice.title, this);
        button->setObjectName(choice.name);
        button->setAccessibleDescription(choice.hint);
        button->setDefault(forClose ? choice.mode == StopMode::Detach
                                    : choice.mode == StopMode::TearDown);
        button->setAutoDefault(button->isDefault());
        if (button->isDefault()) {
            makePrimary(button);
        }
        connect(button, &QPushButton::clicked, this, [this, mode = choice.mode] {
            m_mode = mode;
            accept();
        });
        layout->addWidget(button);
        layout->addWidget(makeHint(choice.hint, this));
    }
    auto *cancel = new QPushButton(forClose ? tr("Keep the window open") : tr("Cancel"), this);
    cancel->setObjectName(u"cancel"_s);
    cancel->setAutoDefault(false);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    layout->addSpacing(6);
    layout->addWidget(cancel);
    setMinimumWidth(480);
}

void answerWithDialogs(ssh::RemoteShell &shell, const std::function<QWidget *()> &parent,
                       models::SecretStore *store)
{
    const QPointer<ssh::RemoteShell> target(&shell);
    QObject::connect(&shell, &ssh::RemoteShell::hostKeyAsked, &shell,
                     [target, parent](const ssh::HostKeyQuestion &question) {
                         auto *dialog = new HostKeyDialog(question, parent());
                         dialog->setAttribute(Qt::WA_DeleteOnClose);
                         QObject::connect(dialog, &QDialog::finished, dialog, [target](int result) {
                             if (target) {
                                 target->answerHostKey(result == QDialog::Accepted);
                             }
                         });
                         dialog->open();
                     });
    new SecretAnswers(shell, store, parent); // the shell's child
}

} // namespace proverdeck::ui

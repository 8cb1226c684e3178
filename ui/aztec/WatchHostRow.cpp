// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/WatchHostRow.h"

#include "ui/common/Theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

using namespace std::chrono_literals;

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::aztec::LiveSource;
using models::aztec::WatchChoice;

namespace {

constexpr auto AnswerTime = 60s;

/// As a person writes it: a path, compose:PROJECT, or a container's name.
QString textOf(const LiveSource &source)
{
    return source.kind == LiveSource::Kind::Compose ? QString(u"compose:"_s + source.name)
                                                    : source.name;
}

QStringList wordsIn(const QString &text)
{
    QStringList words;
    const QStringList parts = text.split(u',', Qt::SkipEmptyParts);
    for (const QString &part : parts) {
        if (const QString word = part.trimmed(); !word.isEmpty()) {
            words << word;
        }
    }
    return words;
}

} // namespace

WatchHostRow::WatchHostRow(Services &services, const WatchChoice &choice, QWidget *parent)
    : QFrame(parent)
    , m_services(services)
{
    setObjectName(u"card"_s);
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(14, 10, 10, 10);
    grid->setColumnStretch(1, 1);
    m_host = new QComboBox(this);
    m_host->setObjectName(u"watchHost"_s);
    m_host->setAccessibleName(tr("Server"));
    m_host->setEditable(true);
    m_host->addItems(services.hosts());
    m_host->setCurrentText(choice.host);
    m_host->lineEdit()->setPlaceholderText(tr("server or user@host:port"));
    grid->addWidget(new QLabel(tr("Server"), this), 0, 0);
    grid->addWidget(m_host, 0, 1);
    auto *remove = new QPushButton(tr("Remove"), this);
    remove->setObjectName(u"watchRemove"_s);
    remove->setFlat(true);
    connect(remove, &QPushButton::clicked, this, &WatchHostRow::removeWanted);
    grid->addWidget(remove, 0, 2);
    m_all = new QCheckBox(tr("All containers of Aztec provers, also those that come later"), this);
    m_all->setObjectName(u"watchAll"_s);
    m_all->setChecked(choice.isAll);
    grid->addWidget(m_all, 1, 1, 1, 2);
    m_more = new QLineEdit(this);
    m_more->setObjectName(u"watchMore"_s);
    m_more->setAccessibleName(tr("Further logs"));
    m_more->setPlaceholderText(tr("container, compose:PROJECT, /path/to/prover.log"));
    QStringList words;
    for (const LiveSource &source : choice.sources) {
        words << textOf(source);
    }
    m_more->setText(words.join(u", "_s));
    grid->addWidget(new QLabel(tr("And these"), this), 2, 0);
    grid->addWidget(m_more, 2, 1);
    m_ask = new QPushButton(tr("Choose…"), this);
    m_ask->setObjectName(u"watchAsk"_s);
    m_ask->setToolTip(tr("Asks the server for its containers."));
    connect(m_ask, &QPushButton::clicked, this, &WatchHostRow::askServer);
    grid->addWidget(m_ask, 2, 2);
    m_note = makeHint({}, this);
    m_note->hide();
    grid->addWidget(m_note, 3, 1, 1, 2);
}

WatchHostRow::~WatchHostRow() = default;

QString WatchHostRow::host() const
{
    return m_host->currentText().trimmed();
}

tl::expected<WatchChoice, QString> WatchHostRow::choice() const
{
    WatchChoice choice;
    choice.host = host();
    choice.isAll = m_all->isChecked();
    const QStringList words = wordsIn(m_more->text());
    for (const QString &word : words) {
        const LiveSource::Kind kind = word.startsWith(u'/') ? LiveSource::Kind::File
            : word.startsWith(u"compose:")                  ? LiveSource::Kind::Compose
                                                            : LiveSource::Kind::Container;
        const LiveSource source{kind, kind == LiveSource::Kind::Compose ? word.mid(8) : word};
        if (!isGoodName(source)) {
            return tl::unexpected(
                tr("\"%1\" is neither a container's name, nor compose:PROJECT, nor a path that "
                   "begins with /.")
                    .arg(word));
        }
        choice.sources << source;
    }
    if (!choice.isAll && choice.sources.isEmpty()) {
        return tl::unexpected(tr("Choose at least one log of %1.").arg(choice.host));
    }
    return choice;
}

void WatchHostRow::say(const QString &text)
{
    m_note->setText(text);
    m_note->setVisible(!text.isEmpty());
    m_ask->setEnabled(true);
}

void WatchHostRow::askServer()
{
    if (host().isEmpty()) {
        say(tr("Name a server first."));
        return;
    }
    m_caller.reset();
    m_shell = m_services.shellFor(host());
    m_caller = std::make_unique<models::Caller>(*m_shell);
    say(tr("Asking %1 …").arg(host()));
    m_ask->setEnabled(false);
    connect(
        m_shell.get(), &ssh::RemoteShell::openFailed, this,
        [this](const auto &error) { say(error.detail); }, Qt::QueuedConnection);
    connect(m_shell.get(), &ssh::RemoteShell::opened, this, [this] {
        const auto done = [this](const models::Reply &reply) {
            const auto status = reply.result ? models::aztec::parseMachineStatus(reply.out, host())
                                             : tl::unexpected(reply.result.error().detail);
            if (status) {
                showContainers(*status);
            } else {
                say(status.error());
            }
        };
        m_caller->call(m_shell->runLoginScript(models::aztec::machineStatusScript(), AnswerTime),
                       done);
    });
    m_shell->open();
}

void WatchHostRow::showContainers(const models::aztec::MachineStatus &status)
{
    say(status.containers.isEmpty() ? tr("Docker on %1 has no containers.").arg(host())
                                    : QString());
    if (status.containers.isEmpty()) {
        return;
    }
    const QStringList chosen = wordsIn(m_more->text());
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString &word, const QString &title) {
        QAction *action = menu->addAction(title);
        action->setCheckable(true);
        action->setChecked(chosen.contains(word));
        connect(action, &QAction::toggled, this,
                [this, word](bool isWanted) { toggle(word, isWanted); });
    };
    for (const auto &container : status.containers) {
        add(container.name, tr("%1 (%2)").arg(container.name, container.status));
    }
    QStringList projects = status.projects.values();
    projects.removeDuplicates();
    projects.sort();
    if (!projects.isEmpty()) {
        menu->addSeparator();
    }
    for (const QString &project : std::as_const(projects)) {
        add(u"compose:"_s + project, tr("Everything of the compose project %1").arg(project));
    }
    menu->popup(m_ask->mapToGlobal(QPoint(0, m_ask->height())));
}

void WatchHostRow::toggle(const QString &word, bool isWanted)
{
    QStringList words = wordsIn(m_more->text());
    words.removeAll(word);
    if (isWanted) {
        words << word;
    }
    m_more->setText(words.join(u", "_s));
    m_all->setChecked(m_all->isChecked() && !isWanted);
}

} // namespace proverdeck::ui

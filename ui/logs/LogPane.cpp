// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogPane.h"

#include "models/report/Report.h"
#include "ui/logs/HitCounter.h"
#include "ui/logs/LogView.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

QToolButton *makeButton(const QString &objectName, const QString &text, const QString &hint,
                        QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setObjectName(objectName);
    button->setText(text);
    button->setToolTip(hint);
    button->setAccessibleName(hint);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

LogPane::LogPane(QString name, QWidget *parent)
    : QWidget(parent)
    , m_name(std::move(name))
    , m_view(new LogView(this))
    , m_counter(new HitCounter(m_view->buffer(), this))
    , m_toolbar(new QWidget(this))
{
    setObjectName(u"logPane"_s);
    m_view->setAccessibleName(tr("Log %1").arg(m_name));
    buildToolbar();
    addShortcuts();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_toolbar);
    layout->addWidget(m_view, 1);
    setFocusProxy(m_view);
    connect(m_view, &LogView::contentChanged, this, &LogPane::onContentChanged);
    connect(m_view, &LogView::followingChanged, this, &LogPane::onFollowingChanged);
    connect(m_counter, &HitCounter::changed, this, &LogPane::updateCount);
    onContentChanged();
}

void LogPane::buildToolbar()
{
    m_find = new QLineEdit(m_toolbar);
    m_find->setObjectName(u"logFind"_s);
    m_find->setPlaceholderText(tr("Find (Ctrl+F)"));
    m_find->setAccessibleName(tr("Find in log %1").arg(m_name));
    m_find->setClearButtonEnabled(true);
    m_find->setMaximumWidth(260);
    m_find->installEventFilter(this);
    connect(m_find, &QLineEdit::textChanged, this, &LogPane::onSearchEdited);

    m_case = makeButton(u"logMatchCase"_s, tr("Aa"), tr("Match upper and lower case"), m_toolbar);
    m_case->setCheckable(true);
    connect(m_case, &QToolButton::toggled, this, &LogPane::onSearchEdited);
    auto *previous
        = makeButton(u"logFindPrevious"_s, {}, tr("Previous hit (Shift+Enter)"), m_toolbar);
    previous->setArrowType(Qt::UpArrow);
    connect(previous, &QToolButton::clicked, this, [this] { find(false); });
    auto *next = makeButton(u"logFindNext"_s, {}, tr("Next hit (Enter)"), m_toolbar);
    next->setArrowType(Qt::DownArrow);
    connect(next, &QToolButton::clicked, this, [this] { find(true); });
    m_count = new QLabel(m_toolbar);
    m_count->setObjectName(u"logFindCount"_s);
    m_count->setTextFormat(Qt::PlainText);
    m_count->setForegroundRole(QPalette::PlaceholderText);

    m_newLines = new QLabel(m_toolbar);
    m_newLines->setObjectName(u"logNewLines"_s);
    m_newLines->setTextFormat(Qt::PlainText);
    m_follow = makeButton(u"logFollow"_s, tr("Follow"), tr("Stay at the end as new lines come"),
                          m_toolbar);
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    connect(m_follow, &QToolButton::clicked, m_view, &LogView::setFollowing);
    auto *copy = makeButton(u"logCopy"_s, tr("Copy"), tr("Copy the selection, or the whole log"),
                            m_toolbar);
    connect(copy, &QToolButton::clicked, this, &LogPane::onCopy);
    auto *save
        = makeButton(u"logSave"_s, tr("Save…"), tr("Save the log as a text file"), m_toolbar);
    connect(save, &QToolButton::clicked, this, &LogPane::onSave);

    auto *row = new QHBoxLayout(m_toolbar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_find, 1);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_case, previous, next, m_count}) {
        row->addWidget(widget);
    }
    row->addStretch(1);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_newLines, m_follow, copy, save}) {
        row->addWidget(widget);
    }
}

void LogPane::addShortcuts()
{
    const auto add = [this](const QKeySequence &keys, auto &&action) {
        auto *shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, action);
    };
    add(QKeySequence::Find, [this] {
        const QString selected = m_view->selectedText();
        if (!selected.isEmpty() && selected.size() < 200 && !selected.contains(u'\n')) {
            m_find->setText(selected);
        }
        m_find->setFocus(Qt::ShortcutFocusReason);
        m_find->selectAll();
    });
    add(Qt::Key_F3, [this] { find(true); });
    add(QKeySequence(Qt::SHIFT | Qt::Key_F3), [this] { find(false); });
}

bool LogPane::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_find || event->type() != QEvent::KeyPress) {
        return QWidget::eventFilter(watched, event);
    }
    const auto *key = static_cast<QKeyEvent *>(event);
    switch (key->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        find(!(key->modifiers() & Qt::ShiftModifier));
        return true;
    case Qt::Key_Escape:
        m_find->clear();
        m_view->setFocus(Qt::OtherFocusReason);
        return true;
    default:
        return QWidget::eventFilter(watched, event);
    }
}

void LogPane::append(const QByteArray &bytes)
{
    m_view->append(bytes);
}

void LogPane::setEmptyText(const QString &text)
{
    m_view->setEmptyText(text);
}

void LogPane::goToLine(qint64 number)
{
    m_view->goToLine(number);
}

void LogPane::onSearchEdited()
{
    m_hit.reset();
    m_view->setSearch(m_find->text(), m_case->isChecked());
    m_counter->setSearch(m_find->text(), m_case->isChecked());
}

void LogPane::find(bool forward)
{
    const auto hit = m_view->buffer().find(m_find->text(), m_view->searchStart(forward), forward,
                                           m_case->isChecked());
    m_hit = hit;
    if (hit) {
        m_view->showHit(*hit);
        m_hit->line += m_view->buffer().droppedLines();
    }
    updateCount();
}

void LogPane::updateCount()
{
    if (m_find->text().isEmpty()) {
        m_count->clear();
        return;
    }
    if (m_counter->count() == 0) {
        m_count->setText(m_counter->isComplete() ? tr("No hits") : tr("Searching…"));
        return;
    }
    QString total = QString::number(m_counter->count());
    if (!m_counter->isComplete() || m_counter->isFull()) {
        total += u'+';
    }
    qsizetype place = 0;
    if (m_hit) {
        place = m_counter->placeOf({m_hit->line - m_view->buffer().droppedLines(), m_hit->column});
    }
    m_count->setText(place > 0 ? tr("%1 of %2").arg(QString::number(place), total)
                               : tr("%1 hits").arg(total));
}

void LogPane::onContentChanged()
{
    m_counter->refresh();
    onFollowingChanged(m_view->isFollowing());
}

void LogPane::onFollowingChanged(bool following)
{
    m_follow->setChecked(following);
    const qint64 lines = m_view->newLines();
    m_newLines->setVisible(lines > 0);
    m_newLines->setText(lines == 1 ? tr("1 new line") : tr("%1 new lines").arg(lines));
}

void LogPane::onCopy()
{
    QGuiApplication::clipboard()->setText(m_view->hasSelection() ? m_view->selectedText()
                                                                 : m_view->allText());
}

void LogPane::onSave()
{
    auto *dialog
        = new QFileDialog(this, tr("Save log"), {}, tr("Text files (*.txt *.log);;All files (*)"));
    dialog->setObjectName(u"logSaveDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave); // asks before it overwrites
    dialog->setDefaultSuffix(u"txt"_s);
    dialog->selectFile(m_name + u".txt"_s);
    connect(dialog, &QFileDialog::fileSelected, this, &LogPane::onFileChosen);
    dialog->open();
}

QString LogPane::saveTo(const QString &path) const
{
    QString text = m_view->allText();
    if (const qint64 dropped = m_view->buffer().droppedLines(); dropped > 0) {
        text.prepend(
            tr("[%1 earlier lines are not in this file: the pane keeps the end of a log]\n")
                .arg(dropped));
    }
    return models::report::writeWholeFile(path, text.toUtf8(), true);
}

void LogPane::onFileChosen(const QString &path)
{
    const QString problem = saveTo(path);
    if (problem.isEmpty()) {
        return;
    }
    auto *box
        = new QMessageBox(QMessageBox::Warning, tr("Save log"), problem, QMessageBox::Ok, this);
    box->setObjectName(u"logSaveProblem"_s);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogPane.h"

#include "ui/logs/LogQueryBar.h"
#include "ui/logs/LogView.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QShortcut>
#include <QSplitter>
#include <QStyle>
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
    , m_feed(m_store)
    , m_hits(m_store, models::LogSearch::Kind::EachHit)
    , m_filter(m_store, models::LogSearch::Kind::EachLine)
    , m_errors(m_store, models::LogSearch::Kind::EachLine)
    , m_view(new LogView(m_store, this))
    , m_filtered(new LogView(m_store, this))
    , m_toolbar(new QWidget(this))
    , m_splitter(new QSplitter(Qt::Vertical, this))
{
    setObjectName(u"logPane"_s);
    m_view->setAccessibleName(tr("Log %1").arg(m_name));
    buildToolbar();
    buildFilter();
    addShortcuts();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_toolbar);
    layout->addWidget(m_splitter, 1);
    setFocusProxy(m_view);
    connect(&m_feed, &models::LogFeed::grew, this, &LogPane::onGrew);
    connect(&m_feed, &models::LogFeed::failed, this, [this](const QString &problem) {
        m_problem = problem;
        updateCounts();
    });
    for (models::LogSearch *search : {&m_hits, &m_filter, &m_errors}) {
        connect(search, &models::LogSearch::changed, this, &LogPane::onSearched);
    }
    connect(m_view, &LogView::contentChanged, this, &LogPane::onContentChanged);
    connect(m_view, &LogView::followingChanged, this, &LogPane::onFollowingChanged);
    for (LogView *view : {m_view, m_filtered}) {
        connect(view, &LogView::keyPressed, this, &LogPane::onKey);
        connect(view, &LogView::markToggled, this,
                [this, view] { (view == m_view ? m_filtered : m_view)->setMarks(view->marks()); });
    }
    connect(m_view, &LogView::scrolled, this, [this] { m_lineWanted.reset(); });
    connect(m_filtered, &LogView::currentLineChanged, this, &LogPane::onFilteredLine);
    connect(m_view, &LogView::currentLineChanged, this, [this](qint64 line) {
        if (m_filterPart->isVisible() && !m_filtered->hasFocus()) {
            m_filtered->bringIntoView(line);
        }
        onCurrentLine(line);
    });
    onContentChanged();
}

LogPane::~LogPane()
{
    delete m_saver; // it and the views use the store, which ends before the pane's children do
    delete m_splitter;
}

void LogPane::buildToolbar()
{
    m_find = new LogQueryBar(LogQueryBar::Kind::Find, m_name, m_toolbar);
    connect(m_find, &LogQueryBar::patternChanged, this, &LogPane::onSearchEdited);
    connect(m_find, &LogQueryBar::nextWanted, this, &LogPane::find);
    connect(m_find, &LogQueryBar::left, this, [this] {
        m_find->clear();
        m_view->setFocus(Qt::OtherFocusReason);
    });
    m_status = new QLabel(m_toolbar);
    m_status->setObjectName(u"logStatus"_s);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setForegroundRole(QPalette::PlaceholderText);
    m_newLines
        = makeButton(u"logNewLines"_s, {}, tr("Go to the end and stay there (G)"), m_toolbar);
    m_newLines->setAutoRaise(false);
    connect(m_newLines, &QToolButton::clicked, this, [this] { m_view->setFollowing(true); });
    m_follow = makeButton(u"logFollow"_s, tr("Follow"), tr("Stay at the end as new lines come (f)"),
                          m_toolbar);
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    connect(m_follow, &QToolButton::clicked, m_view, &LogView::setFollowing);
    m_filterButton
        = makeButton(u"logFilter"_s, tr("Filter"),
                     tr("Show some lines only, in a second view (Ctrl+Shift+F)"), m_toolbar);
    m_filterButton->setCheckable(true);
    connect(m_filterButton, &QToolButton::toggled, this, &LogPane::setFilterShown);
    auto *copy = makeButton(u"logCopy"_s, tr("Copy"), tr("Copy the selection, or the whole log"),
                            m_toolbar);
    connect(copy, &QToolButton::clicked, this, &LogPane::onCopy);
    auto *save
        = makeButton(u"logSave"_s, tr("Save…"), tr("Save the log as a text file"), m_toolbar);
    connect(save, &QToolButton::clicked, this, [this] { chooseFile({}); });
    auto *more = makeButton(u"logMore"_s, tr("More"), tr("More that can be done with this log"),
                            m_toolbar);
    buildMenu(more);

    auto *row = new QHBoxLayout(m_toolbar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_find, 1);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_status, m_newLines, m_follow,
                                                            m_filterButton, copy, save, more}) {
        row->addWidget(widget);
    }
}

void LogPane::buildMenu(QToolButton *button)
{
    auto *menu = new QMenu(button);
    menu->setObjectName(u"logMenu"_s);
    const auto addView
        = [this, menu](const QString &name, const QString &text, void (LogView::*set)(bool)) {
              QAction *action = menu->addAction(text);
              action->setObjectName(name);
              action->setCheckable(true);
              connect(action, &QAction::toggled, m_view, set);
              return action;
          };
    QAction *wrap = addView(u"logWrap"_s, tr("&Wrap long lines (w)"), &LogView::setWrapping);
    connect(wrap, &QAction::toggled, m_filtered, &LogView::setWrapping);
    addView(u"logNumbers"_s, tr("Line &numbers (l)"), &LogView::setShowingNumbers);
    QAction *arrival
        = addView(u"logArrival"_s, tr("Time of &arrival (t)"), &LogView::setShowingArrival);
    connect(arrival, &QAction::toggled, m_filtered, &LogView::setShowingArrival);
    menu->addSeparator();
    menu->addAction(tr("&Go to line or time… (Ctrl+L)"), this, &LogPane::askForPlace);
    menu->addAction(tr("&Back to where I was (Alt+Left)"), this, &LogPane::goBack);
    menu->addAction(tr("Next &error (e)"), this, [this] { findError(true); });
    menu->addAction(tr("Previous error (E)"), this, [this] { findError(false); });
    menu->addAction(tr("&Mark this line (m)"), this,
                    [this] { m_view->toggleMark(m_view->currentLine()); });
    menu->addAction(tr("Next mark (])"), this, [this] { goToMark(true); });
    menu->addAction(tr("Previous mark ([)"), this, [this] { goToMark(false); });
    menu->addSeparator();
    menu->addAction(tr("Save the &selected lines…"), this, [this] {
        if (m_view->hasSelection()) {
            chooseFile({.range = m_view->selectedLines()});
        } else {
            say(tr("Save log"), tr("No lines are selected: select some with the mouse first."));
        }
    });
    menu->addAction(tr("Save the &filtered lines…"), this, [this] {
        chooseFile({.lines = m_filter.linesOf(0, m_filter.count()), .isFiltered = true});
    });
    button->setMenu(menu);
    button->setPopupMode(QToolButton::InstantPopup);
}

void LogPane::buildFilter()
{
    m_filterPart = new QWidget(m_splitter);
    m_filterBar = new LogQueryBar(LogQueryBar::Kind::Filter, m_name, m_filterPart);
    connect(m_filterBar, &LogQueryBar::patternChanged, this, &LogPane::onFilterEdited);
    connect(m_filterBar, &LogQueryBar::nextWanted, this, [this] { m_filtered->setFocus(); });
    connect(m_filterBar, &LogQueryBar::left, this, [this] { m_filterButton->setChecked(false); });
    m_filtered->setObjectName(u"logFilteredView"_s);
    m_filtered->setAccessibleName(tr("Filtered lines of log %1").arg(m_name));
    m_filtered->setEmptyText(tr("No lines: choose a level or type what they hold"));
    m_filtered->setFilter(&m_filter);
    m_filtered->setShowingNumbers(true);
    auto *column = new QVBoxLayout(m_filterPart);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_filterBar);
    column->addWidget(m_filtered, 1);
    m_splitter->addWidget(m_view);
    m_splitter->addWidget(m_filterPart);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_filterPart->hide();
}

void LogPane::addShortcuts()
{
    const auto add = [this](const QKeySequence &keys, auto &&action) {
        auto *shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, action);
    };
    add(QKeySequence::Find, [this] {
        const bool isLine = m_view->selectedLines().first == m_view->selectedLines().second;
        const QString selected = isLine ? m_view->selectedText() : QString();
        if (!selected.isEmpty() && selected.size() < 200) {
            m_find->setText(selected);
        }
        m_find->edit();
    });
    add(Qt::Key_F3, [this] { find(true); });
    add(QKeySequence(Qt::SHIFT | Qt::Key_F3), [this] { find(false); });
    add(QKeySequence(Qt::CTRL | Qt::Key_L), [this] { askForPlace(); });
    add(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), [this] {
        m_filterButton->setChecked(true);
        m_filterBar->edit();
    });
    add(QKeySequence(Qt::ALT | Qt::Key_Left), [this] { goBack(); });
}

void LogPane::append(const QByteArray &bytes, qint64 arrival)
{
    if (!bytes.isEmpty()) {
        m_feed.push(bytes, arrival);
    }
}

void LogPane::openFile(const QString &path)
{
    m_problem.clear();
    findChild<QAction *>(u"logNumbers"_s)->setChecked(true);
    m_feed.openFile(path);
}

void LogPane::openLog(const QString &path, quint64 size)
{
    m_problem.clear();
    m_feed.openLog(path, size);
}

void LogPane::setEmptyText(const QString &text)
{
    m_view->setEmptyText(text);
}

bool LogPane::isIdle() const
{
    return m_feed.isIdle() && m_hits.isComplete() && m_filter.isComplete() && m_errors.isComplete();
}

void LogPane::setFilterShown(bool isShown)
{
    m_filterPart->setVisible(isShown);
    m_filterButton->setChecked(isShown);
    onFilterEdited();
    if (isShown) {
        m_filterBar->edit();
    } else {
        m_view->setFocus(Qt::OtherFocusReason);
    }
}

void LogPane::onGrew()
{
    m_view->refresh();
    m_hits.refresh();
    m_errors.refresh();
    m_filter.refresh();
}

void LogPane::onContentChanged()
{
    if (m_lineWanted && *m_lineWanted <= m_store.extent().lines) {
        goToLine(*m_lineWanted);
    }
    onFollowingChanged(m_view->isFollowing());
    updateCounts();
}

void LogPane::onFollowingChanged(bool following)
{
    m_follow->setChecked(following);
    const qint64 lines = m_view->newLines();
    m_newLines->setVisible(lines > 0);
    m_newLines->setText(lines == 1 ? tr("1 new line")
                                   : tr("%1 new lines").arg(QLocale::c().toString(lines)));
}

QString LogPane::sharedStatus() const
{
    if (m_feed.progress() > 0 && m_feed.progress() < 1) {
        return tr("Reading %1 %…").arg(int(m_feed.progress() * 100));
    }
    const QString problem = m_problem.isEmpty() ? m_store.problem() : m_problem;
    return problem.isEmpty() ? QString() : u"⚠ "_s + problem;
}

} // namespace proverdeck::ui

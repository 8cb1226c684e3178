// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogPane.h"
#include "ui/logs/LogQueryBar.h"
#include "ui/logs/LogView.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QInputDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QMetaMethod>
#include <QToolButton>

#include <algorithm>

// What the pane does: finding, filtering, jumping, saving.
namespace proverdeck::ui {

using namespace Qt::StringLiterals;

void LogPane::onSearchEdited()
{
    const models::LogPattern pattern = m_find->pattern();
    m_place = 0;
    m_wrapped = 0;
    m_wanted.reset();
    m_view->setSearch(pattern);
    m_filtered->setSearch(pattern);
    m_findProblem = m_hits.setPattern(pattern);
    updateCounts();
}

void LogPane::onFilterEdited()
{
    const bool isShown = m_filterButton->isChecked();
    const models::LogPattern pattern = isShown ? m_filterBar->pattern() : models::LogPattern();
    m_filterProblem = m_filter.setPattern(pattern);
    m_filtered->setFilter(&m_filter);
    m_filtered->setFollowing(true);
    updateCounts();
}

void LogPane::onFilteredLine(qint64 line)
{
    if (m_filtered->hasFocus() || m_filtered->underMouse()) {
        rememberPlace();
        m_view->showLine(line);
    }
}

void LogPane::find(bool forward)
{
    m_wrapped = 0;
    if (!m_hits.pattern().isEmpty() && !stepInLine(forward)) {
        step(m_hits, forward);
    }
    updateCounts();
}

void LogPane::findError(bool forward)
{
    if (m_errors.pattern().isEmpty()) {
        // An expression is not given, so nothing can be wrong with it.
        (void)m_errors.setPattern({.level = models::LogLevel::Error});
    }
    m_wrapped = 0;
    step(m_errors, forward);
    updateCounts();
}

bool LogPane::stepInLine(bool forward)
{
    const LogPlace start = m_view->searchStart();
    const auto hits = m_view->hitsIn(start.line);
    qsizetype found = -1;
    for (qsizetype i = 0; i < hits.size(); ++i) {
        if (forward ? int(hits.at(i).begin) > start.column && found < 0
                    : int(hits.at(i).begin) < start.column) {
            found = i;
        }
    }
    if (forward && found < 0 && !m_view->hasSelection() && !hits.isEmpty()
        && hits.front().begin == start.column) {
        found = 0;
    }
    if (found < 0) {
        return false;
    }
    m_place = m_hits.firstAt(start.line) + found + 1;
    m_view->showSelection({start.line, int(hits.at(found).begin)},
                          {start.line, int(hits.at(found).end)});
    return true;
}

/// To the next line with a hit; around the end when all of the log has been searched.
void LogPane::step(models::LogSearch &search, bool forward)
{
    const qint64 line = m_view->searchStart().line;
    const bool isError = &search == &m_errors;
    const bool isAtTop = isError && m_view->searchStart().column < 0;
    m_wanted.reset();
    qint64 hit = search.firstAt(forward && !isAtTop ? line + 1 : line) - (forward ? 0 : 1);
    if (hit < 0 || hit >= search.count()) {
        if (!search.isComplete()) {
            m_wanted = Wanted{&search, forward};
            return;
        }
        if (search.count() == 0) {
            return;
        }
        hit = forward ? 0 : search.count() - 1;
        m_wrapped = forward ? 1 : -1;
    }
    const qint64 found = search.lineOf(hit);
    if (isError) {
        rememberPlace();
        m_view->showSelection({found, 0}, {found, 0});
    } else {
        showHitIn(found, forward);
    }
}

void LogPane::showHitIn(qint64 line, bool forward)
{
    const auto hits = m_view->hitsIn(line);
    if (hits.isEmpty()) { // further on in the line than the view shows
        m_place = m_hits.firstAt(line) + 1;
        m_view->showSelection({line, 0}, {line, LogPlace::LineEnd});
        return;
    }
    const auto &hit = forward ? hits.front() : hits.back();
    m_place = m_hits.firstAt(line) + (forward ? 1 : hits.size());
    m_view->showSelection({line, int(hit.begin)}, {line, int(hit.end)});
}

void LogPane::onSearched()
{
    m_filtered->refresh();
    if (m_wanted) {
        const Wanted wanted = *m_wanted;
        step(*wanted.search, wanted.forward);
    }
    updateCounts();
}

QString LogPane::countText(const models::LogSearch &search) const
{
    const QLocale locale = QLocale::c();
    if (search.pattern().isEmpty()) {
        return {};
    }
    const bool isComplete = search.isComplete();
    QString total = locale.toString(search.count());
    total.remove(u',');
    if (!isComplete || search.isFull()) {
        total += u'+';
    }
    const QString searching
        = isComplete ? QString() : tr(" (%1 %)").arg(int(search.progress() * 100));
    if (search.count() == 0) {
        return isComplete ? tr("No hits") : tr("Searching…") + searching;
    }
    if (&search == &m_filter) {
        return (total == u"1" ? tr("1 line") : tr("%1 lines").arg(total)) + searching;
    }
    if (m_place > 0) {
        const QString around = m_wrapped == 0 ? QString()
            : m_wrapped > 0                   ? tr(", from the beginning")
                                              : tr(", from the end");
        return tr("%1 of %2").arg(QString::number(m_place), total) + around + searching;
    }
    return (total == u"1" ? tr("1 hit") : tr("%1 hits").arg(total)) + searching;
}

void LogPane::updateCounts()
{
    if (m_findProblem.isEmpty()) {
        m_find->setStatus(countText(m_hits));
    } else {
        m_find->setProblem(m_findProblem);
    }
    if (m_filterProblem.isEmpty()) {
        m_filterBar->setStatus(countText(m_filter));
    } else {
        m_filterBar->setProblem(m_filterProblem);
    }
    const QString status = m_errors.isComplete() && m_errors.count() == 0
            && !m_errors.pattern().isEmpty() && sharedStatus().isEmpty()
        ? tr("No errors")
        : sharedStatus();
    m_status->setText(m_status->fontMetrics().elidedText(status, Qt::ElideRight, 360));
    m_status->setToolTip(status);
    m_status->setVisible(!status.isEmpty());
}

void LogPane::goToLine(qint64 number)
{
    rememberPlace();
    m_view->goToLine(number);
    m_lineWanted = number > m_store.extent().lines ? std::optional(number) : std::nullopt;
}

void LogPane::rememberPlace()
{
    constexpr qsizetype Most = 100;
    const qint64 line = m_view->isFollowing() ? -1 : m_view->currentLine();
    if (m_places.isEmpty() || m_places.last() != line) {
        m_places.append(line);
    }
    if (m_places.size() > Most) {
        m_places.removeFirst();
    }
}

void LogPane::goBack()
{
    if (m_places.isEmpty()) {
        return;
    }
    const qint64 line = m_places.takeLast();
    if (line < 0) {
        m_view->setFollowing(true);
    } else {
        m_view->showLine(line);
    }
}

void LogPane::goToMark(bool forward)
{
    const std::set<qint64> &marks = m_view->marks();
    if (marks.empty()) {
        return;
    }
    const qint64 line = m_view->currentLine();
    auto mark = forward ? marks.upper_bound(line) : marks.lower_bound(line);
    if (forward) {
        mark = mark == marks.end() ? marks.begin() : mark;
    } else {
        mark = std::prev(mark == marks.begin() ? marks.end() : mark);
    }
    m_view->showLine(*mark);
}

void LogPane::onKey(QKeyEvent *event)
{
    const auto toggle = [this](const QString &name) { findChild<QAction *>(name)->toggle(); };
    const QString text
        = event->modifiers() & Qt::ShiftModifier ? event->text().toUpper() : event->text();
    auto *view = qobject_cast<LogView *>(sender());
    if (!view || text.size() != 1 || event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) {
        return;
    }
    switch (text.front().unicode()) {
    case u'/':
        m_find->edit();
        break;
    case u'n':
        find(true);
        break;
    case u'N':
        find(false);
        break;
    case u'e':
        findError(true);
        break;
    case u'E':
        findError(false);
        break;
    case u'g':
        rememberPlace();
        view->goToLine(1);
        break;
    case u'G':
        view->setFollowing(true);
        break;
    case u'f':
        m_view->setFollowing(!m_view->isFollowing());
        break;
    case u'm':
        view->toggleMark(view->currentLine());
        break;
    case u']':
        goToMark(true);
        break;
    case u'[':
        goToMark(false);
        break;
    case u'w':
        toggle(u"logWrap"_s);
        break;
    case u'l':
        toggle(u"logNumbers"_s);
        break;
    case u't':
        toggle(u"logArrival"_s);
        break;
    default:
        return;
    }
    event->accept();
}

bool LogPane::goToTime(models::LineTime time)
{
    const auto line = models::lineAtTime(m_store, time);
    if (line) {
        goToLine(*line + 1);
    }
    return line.has_value();
}

void LogPane::onCurrentLine(qint64 line)
{
    // It may take a look at thousands of lines: only if somebody wants to know.
    if (!isSignalConnected(QMetaMethod::fromSignal(&LogPane::momentPointed))) {
        return;
    }
    if (const auto at = models::momentOfLine(m_store, line)) {
        emit momentPointed(*at);
    }
}

void LogPane::askForPlace()
{
    auto *dialog = new QInputDialog(this);
    dialog->setObjectName(u"logGoToLine"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Go to line or time"));
    const qint64 lines = m_store.extent().lines;
    dialog->setLabelText(tr("A line, 1 to %1, or a time of the log, such as 14:05:30 or "
                            "2026-02-03 14:05:")
                             .arg(QLocale::c().toString(lines)));
    dialog->setInputMode(QInputDialog::TextInput); // a line may have more than 31 bits
    dialog->setTextValue(QString::number(m_view->currentLine() + 1));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString &text) {
        if (const auto time = models::timeFromText(text)) {
            if (!goToTime(*time)) {
                say(tr("Go to time"),
                    tr("No line of this log is of %1 or later. Times are those that stand in the "
                       "lines.")
                        .arg(text.trimmed()));
            }
            return;
        }
        QString digits = text;
        digits.remove(u' ').remove(u',').remove(u'.');
        bool isNumber = false;
        const qint64 number = digits.toLongLong(&isNumber);
        if (isNumber && number > 0) {
            goToLine(number);
        } else {
            say(tr("Go to line or time"),
                tr("\"%1\" is no line and no time. Write 1234, 14:05, 14:05:30 or "
                   "2026-02-03 14:05.")
                    .arg(text.trimmed()));
        }
    });
    dialog->open();
}

void LogPane::onCopy()
{
    if (!m_view->hasSelection()) {
        const models::LogExtent extent = m_store.extent();
        if (extent.end - extent.begin > quint64(LogView::MaxCopy)) {
            say(tr("Copy log"),
                tr("The log is too long for the clipboard. Select some lines, or save it."));
            return;
        }
        m_view->selectAll();
    }
    m_view->copy();
}

void LogPane::chooseFile(const models::LogSelection &what)
{
    auto *dialog
        = new QFileDialog(this, tr("Save log"), {}, tr("Text files (*.txt *.log);;All files (*)"));
    dialog->setObjectName(u"logSaveDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave); // asks before it overwrites
    dialog->setDefaultSuffix(u"txt"_s);
    dialog->selectFile(m_name + u".txt"_s);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, what](const QString &path) { save(path, what); });
    dialog->open();
}

QString LogPane::saveTo(const QString &path) const
{
    const std::atomic<bool> never = false;
    return models::saveLog(m_store, {}, path, never);
}

void LogPane::save(const QString &path, models::LogSelection what)
{
    delete m_saver;
    m_saver = new models::LogSaver(m_store, std::move(what), path, this);
    connect(m_saver, &models::LogSaver::finished, this, [this](const QString &problem) {
        m_saver->deleteLater();
        if (!problem.isEmpty()) {
            say(tr("Save log"), problem);
        }
    });
    m_saver->start();
}

void LogPane::say(const QString &title, const QString &text)
{
    auto *box = new QMessageBox(QMessageBox::Warning, title, text, QMessageBox::Ok, this);
    box->setObjectName(u"logSaveProblem"_s);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

} // namespace proverdeck::ui

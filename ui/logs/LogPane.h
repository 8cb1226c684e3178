// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogFeed.h"
#include "models/logs/LogSaver.h"
#include "models/logs/LogSearch.h"
#include "models/logs/LogStore.h"
#include "models/logs/LogTimes.h"

#include <QPointer>
#include <QWidget>

#include <optional>

class QKeyEvent;
class QLabel;
class QSplitter;
class QToolButton;

namespace proverdeck::ui {

class LogQueryBar;
class LogView;

/// One log with its tools: follow, find, filter, mark, copy, save. The log may be of any length,
/// come at any rate, or be a file.
class LogPane : public QWidget
{
    Q_OBJECT

public:
    /// @p name is what the log is called, for the file name of "Save…" and for screen readers.
    explicit LogPane(QString name, QWidget *parent = nullptr);
    ~LogPane() override;

    /// @p arrival: when they came, ms since 1970 UTC; -1 where that is not known.
    void append(const QByteArray &bytes, qint64 arrival = -1);
    /// Shows a file, also a compressed one, and follows it.
    void openFile(const QString &path);
    /// Shows the first @p size bytes of a run's log (models::LogFile); append() goes on after them.
    void openLog(const QString &path, quint64 size);
    void setEmptyText(const QString &text);
    /// A line counted from 1, now or as soon as it is there.
    void goToLine(qint64 number);
    /// The first line that is not older. False if no line tells or has a time, or all are older.
    bool goToTime(models::LineTime time);
    /// To where the user was before the last jump.
    void goBack();
    [[nodiscard]] const QString &name() const { return m_name; }
    [[nodiscard]] LogView *view() const { return m_view; }
    [[nodiscard]] LogView *filteredView() const { return m_filtered; }
    [[nodiscard]] const models::LogStore &store() const { return m_store; }
    /// If all that came is stored and searched.
    [[nodiscard]] bool isIdle() const;

    void find(bool forward);
    void findError(bool forward);
    void setFilterShown(bool isShown);
    /// Writes the whole log as text. Returns an empty string, or a sentence for a person. For logs
    /// of some size, save() does not make the window wait.
    [[nodiscard]] QString saveTo(const QString &path) const;
    /// In a thread.
    void save(const QString &path, models::LogSelection what);

signals:
    /// The user points at a line of this moment, ms since 1970 UTC.
    void momentPointed(qint64 at);

private:
    /// A search that will be answered when more of the log has been looked at.
    struct Wanted
    {
        models::LogSearch *search;
        bool forward;
    };

    void buildToolbar();
    void buildFilter();
    void buildMenu(QToolButton *button);
    void addShortcuts();
    void onSearchEdited();
    void onFilterEdited();
    void onGrew();
    void onContentChanged();
    void onSearched();
    void onFollowingChanged(bool following);
    void onKey(QKeyEvent *event);
    void onCopy();
    void onFilteredLine(qint64 line);
    void chooseFile(const models::LogSelection &what);
    void askForPlace();
    void onCurrentLine(qint64 line);
    void step(models::LogSearch &search, bool forward);
    /// In the line where the user is. False if there is none.
    bool stepInLine(bool forward);
    void showHitIn(qint64 line, bool forward);
    void goToMark(bool forward);
    void rememberPlace();
    void updateCounts();
    void say(const QString &title, const QString &text);
    [[nodiscard]] QString countText(const models::LogSearch &search) const;
    [[nodiscard]] QString sharedStatus() const;

    QString m_name;
    models::LogStore m_store;
    models::LogFeed m_feed;
    models::LogSearch m_hits;
    models::LogSearch m_filter;
    models::LogSearch m_errors;
    LogView *m_view;
    LogView *m_filtered;
    QWidget *m_toolbar;
    QSplitter *m_splitter;
    QWidget *m_filterPart = nullptr;
    LogQueryBar *m_find = nullptr;
    LogQueryBar *m_filterBar = nullptr;
    QToolButton *m_filterButton = nullptr;
    QToolButton *m_follow = nullptr;
    QToolButton *m_newLines = nullptr;
    QLabel *m_status = nullptr;
    QPointer<models::LogSaver> m_saver;
    std::optional<Wanted> m_wanted;
    std::optional<qint64> m_lineWanted; ///< has not come yet
    qint64 m_place = 0; ///< of the hit that is selected, from 1; 0: none is
    qint64 m_wrapped = 0; ///< 1: a search has gone on at the beginning; -1: at the end
    QList<qint64> m_places; ///< where the user was
    QString m_problem; ///< of the file
    QString m_findProblem; ///< of the expression
    QString m_filterProblem;
};

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogBuffer.h"

#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QToolButton;

namespace proverdeck::ui {

class HitCounter;
class LogView;

/// One log with its tools: find, follow, copy, save.
class LogPane : public QWidget
{
    Q_OBJECT

public:
    /// @p name is what the log is called, for the file name of "Save…" and for screen readers.
    explicit LogPane(QString name, QWidget *parent = nullptr);

    void append(const QByteArray &bytes);
    void setEmptyText(const QString &text);
    void goToLine(qint64 number);
    [[nodiscard]] const QString &name() const { return m_name; }
    [[nodiscard]] LogView *view() const { return m_view; }

    void find(bool forward);
    /// Writes what the pane shows, as text. Returns an empty string, or a sentence for a person.
    [[nodiscard]] QString saveTo(const QString &path) const;

private:
    void buildToolbar();
    void addShortcuts();
    void onSearchEdited();
    void onContentChanged();
    void onFollowingChanged(bool following);
    void onCopy();
    void onSave();
    void onFileChosen(const QString &path);
    void updateCount();
    bool eventFilter(QObject *watched, QEvent *event) override;

    QString m_name;
    LogView *m_view;
    HitCounter *m_counter;
    QWidget *m_toolbar;
    QLineEdit *m_find = nullptr;
    QLabel *m_count = nullptr;
    QToolButton *m_case = nullptr;
    QToolButton *m_follow = nullptr;
    QLabel *m_newLines = nullptr;
    std::optional<models::LogPosition> m_hit; ///< its line is counted from the first that ever came
};

} // namespace proverdeck::ui

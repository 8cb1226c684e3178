// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogMatcher.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace proverdeck::ui {

/// A field for what is looked for in a log, with its options: case, whole word, expression, and for
/// a filter the level.
class LogQueryBar : public QWidget
{
    Q_OBJECT

public:
    enum class Kind { Find, Filter };
    LogQueryBar(Kind kind, const QString &logName, QWidget *parent = nullptr);

    [[nodiscard]] models::LogPattern pattern() const;
    void setText(const QString &text);
    void clear();
    void edit();
    /// How many hits there are, or how far the search is.
    void setStatus(const QString &status);
    /// What is wrong with the expression; empty: nothing.
    void setProblem(const QString &problem);

signals:
    void patternChanged();
    /// Enter, or the buttons.
    void nextWanted(bool forward);
    /// Escape.
    void left();

private:
    QToolButton *addOption(const QString &objectName, const QString &text, const QString &hint);
    bool eventFilter(QObject *watched, QEvent *event) override;

    QLineEdit *m_text;
    QComboBox *m_level = nullptr;
    QToolButton *m_case;
    QToolButton *m_word;
    QToolButton *m_expression;
    QLabel *m_status;
};

} // namespace proverdeck::ui

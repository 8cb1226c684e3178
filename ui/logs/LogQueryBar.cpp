// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogQueryBar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

LogQueryBar::LogQueryBar(Kind kind, const QString &logName, QWidget *parent)
    : QWidget(parent)
    , m_text(new QLineEdit(this))
    , m_status(new QLabel(this))
{
    const bool isFind = kind == Kind::Find;
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    const QString prefix = isFind ? u"logFind"_s : u"logFilter"_s;
    m_text->setObjectName(isFind ? u"logFind"_s : u"logFilterText"_s);
    m_text->setPlaceholderText(isFind ? tr("Find (Ctrl+F)") : tr("Only lines with …"));
    m_text->setAccessibleName(isFind ? tr("Find in log %1").arg(logName)
                                     : tr("Filter log %1").arg(logName));
    m_text->setClearButtonEnabled(true);
    m_text->setMinimumWidth(120);
    m_text->setMaximumWidth(320);
    m_text->installEventFilter(this);
    connect(m_text, &QLineEdit::textChanged, this, &LogQueryBar::patternChanged);
    if (!isFind) {
        m_level = new QComboBox(this);
        m_level->setObjectName(u"logFilterLevel"_s);
        m_level->setAccessibleName(tr("Levels that are shown"));
        m_level->addItem(tr("All levels"), int(models::LogLevel::None));
        m_level->addItem(tr("Warnings and errors"), int(models::LogLevel::Warning));
        m_level->addItem(tr("Errors"), int(models::LogLevel::Error));
        connect(m_level, &QComboBox::currentIndexChanged, this, &LogQueryBar::patternChanged);
        row->addWidget(m_level);
    }
    row->addWidget(m_text, 1);
    m_case = addOption(isFind ? u"logMatchCase"_s : u"logFilterCase"_s, tr("Aa"),
                       tr("Match upper and lower case"));
    m_word = addOption(prefix + u"Word"_s, tr("W"), tr("Whole words only"));
    m_expression = addOption(prefix + u"Expression"_s, tr(".*"), tr("Regular expression"));
    if (isFind) {
        const auto addStep = [&](const QString &objectName, const QString &hint,
                                 Qt::ArrowType arrow, bool forward) {
            QToolButton *button = addOption(objectName, {}, hint);
            button->setCheckable(false);
            button->setArrowType(arrow);
            connect(button, &QToolButton::clicked, this,
                    [this, forward] { emit nextWanted(forward); });
        };
        addStep(u"logFindPrevious"_s, tr("Previous hit (Shift+Enter, N)"), Qt::UpArrow, false);
        addStep(u"logFindNext"_s, tr("Next hit (Enter, n)"), Qt::DownArrow, true);
    }
    m_status->setObjectName(prefix + u"Count"_s);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setForegroundRole(QPalette::PlaceholderText);
    row->addWidget(m_status);
    row->addStretch(1);
}

QToolButton *LogQueryBar::addOption(const QString &objectName, const QString &text,
                                    const QString &hint)
{
    auto *button = new QToolButton(this);
    button->setObjectName(objectName);
    button->setText(text);
    button->setToolTip(hint);
    button->setAccessibleName(hint);
    button->setAutoRaise(true);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::TabFocus);
    layout()->addWidget(button);
    connect(button, &QToolButton::toggled, this, &LogQueryBar::patternChanged);
    return button;
}

models::LogPattern LogQueryBar::pattern() const
{
    return {.text = m_text->text(),
            .isCaseSensitive = m_case->isChecked(),
            .isWholeWord = m_word->isChecked(),
            .isExpression = m_expression->isChecked(),
            .level
            = m_level ? models::LogLevel(m_level->currentData().toInt()) : models::LogLevel::None};
}

void LogQueryBar::setText(const QString &text)
{
    m_text->setText(text);
}

void LogQueryBar::clear()
{
    if (m_level) {
        m_level->setCurrentIndex(0);
    }
    m_text->clear();
}

void LogQueryBar::edit()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void LogQueryBar::setStatus(const QString &status)
{
    m_status->setForegroundRole(QPalette::PlaceholderText);
    m_status->setText(status);
    m_status->setToolTip({});
}

void LogQueryBar::setProblem(const QString &problem)
{
    m_status->setForegroundRole(QPalette::WindowText);
    m_status->setText(u"⚠ "_s + problem);
    m_status->setToolTip(problem);
}

bool LogQueryBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_text || event->type() != QEvent::KeyPress) {
        return QWidget::eventFilter(watched, event);
    }
    const auto *key = static_cast<QKeyEvent *>(event);
    switch (key->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        emit nextWanted(!(key->modifiers() & Qt::ShiftModifier));
        return true;
    case Qt::Key_Escape:
        emit left();
        return true;
    default:
        return QWidget::eventFilter(watched, event);
    }
}

} // namespace proverdeck::ui

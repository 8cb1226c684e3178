// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/benchmark/InputForm.h"

#include "ui/common/Theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::Input;
using models::InputType;

InputForm::InputForm(const models::Workflow &workflow, const QList<Input> &inputs,
                     const QStringList &hosts, QWidget *parent)
    : QWidget(parent)
    , m_workflow(workflow)
{
    auto *layout = new QFormLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setVerticalSpacing(10);
    layout->setHorizontalSpacing(16);
    layout->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    for (const Input &input : inputs) {
        addField(input, hosts, layout);
    }
}

QWidget *InputForm::makeEditor(const Input &input, const QStringList &hosts)
{
    if (input.type == InputType::Boolean) {
        auto *box = new QCheckBox(input.help, this);
        connect(box, &QCheckBox::toggled, this, &InputForm::onEdited);
        return box;
    }
    if (input.type == InputType::Choice || input.type == InputType::Host) {
        auto *combo = new QComboBox(this);
        combo->setEditable(input.type == InputType::Host);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        combo->addItems(input.type == InputType::Host ? hosts : input.choices);
        if (combo->isEditable()) {
            combo->setCurrentText({});
            combo->setInsertPolicy(QComboBox::NoInsert);
            combo->completer()->setCompletionMode(QCompleter::PopupCompletion);
            combo->lineEdit()->setPlaceholderText(tr("server or user@host:port"));
            combo->lineEdit()->setObjectName(input.id + u"Edit"_s);
        }
        connect(combo, &QComboBox::currentTextChanged, this, &InputForm::onEdited);
        return combo;
    }
    auto *edit = new QLineEdit(this);
    if (input.optional) {
        edit->setPlaceholderText(tr("(none)"));
    }
    connect(edit, &QLineEdit::textChanged, this, &InputForm::onEdited);
    return edit;
}

void InputForm::addField(const Input &input, const QStringList &hosts, QFormLayout *layout)
{
    Field field;
    field.input = input;
    field.editor = makeEditor(input, hosts);
    field.editor->setObjectName(input.id);
    field.editor->setAccessibleName(input.title);
    field.editor->setAccessibleDescription(input.help);
    field.help = makeHint(input.type == InputType::Boolean ? QString() : input.help, this);
    field.help->setVisible(!field.help->text().isEmpty());
    field.problem = makeText({}, this);
    field.problem->setObjectName(input.id + u"Problem"_s);
    field.problem->hide();
    auto *column = new QVBoxLayout;
    column->setSpacing(3);
    auto *row = new QHBoxLayout;
    row->addWidget(field.editor);
    if (input.type == InputType::Integer) {
        field.editor->setMaximumWidth(160);
        row->addStretch();
    }
    column->addLayout(row);
    column->addWidget(field.help);
    column->addWidget(field.problem);
    auto *label = new QLabel(input.title, this);
    label->setTextFormat(Qt::PlainText);
    label->setBuddy(field.editor);
    layout->addRow(label, column);
    m_fields.emplace(input.id, field);
    // Problems show when a field is left, not at every keystroke.
    QLineEdit *line = qobject_cast<QLineEdit *>(field.editor);
    if (auto *combo = qobject_cast<QComboBox *>(field.editor)) {
        line = combo->lineEdit();
    }
    if (line) {
        connect(line, &QLineEdit::editingFinished, this,
                [this, id = input.id] { check(m_fields.at(id)); });
    }
}

QVariant InputForm::rawValue(const Field &field) const
{
    if (const auto *box = qobject_cast<QCheckBox *>(field.editor)) {
        return box->isChecked();
    }
    if (const auto *combo = qobject_cast<QComboBox *>(field.editor)) {
        return combo->currentText();
    }
    return qobject_cast<QLineEdit *>(field.editor)->text();
}

void InputForm::setValues(const models::InputValues &values)
{
    for (auto &[id, field] : m_fields) {
        const QVariant value = values.value(id, field.input.defaultValue);
        const QSignalBlocker blocker(field.editor);
        if (auto *box = qobject_cast<QCheckBox *>(field.editor)) {
            box->setChecked(value.toBool());
        } else if (auto *combo = qobject_cast<QComboBox *>(field.editor)) {
            combo->setCurrentText(value.toString());
        } else {
            qobject_cast<QLineEdit *>(field.editor)->setText(value.toString());
        }
    }
    onEdited();
}

models::InputValues InputForm::values() const
{
    models::InputValues values;
    for (const auto &[id, field] : m_fields) {
        const auto checked = models::checkValue(field.input, rawValue(field));
        values.insert(id, checked ? *checked : rawValue(field));
    }
    return values;
}

bool InputForm::isComplete() const
{
    return std::all_of(m_fields.begin(), m_fields.end(), [&](const auto &entry) {
        return models::checkValue(entry.second.input, rawValue(entry.second)).has_value();
    });
}

bool InputForm::showProblems()
{
    for (auto &[id, field] : m_fields) {
        check(field);
    }
    return isComplete();
}

void InputForm::setContext(const models::InputValues &values)
{
    m_context = values;
    onEdited();
}

void InputForm::onEdited()
{
    models::InputValues known = m_context;
    known.insert(values());
    for (auto &[id, field] : m_fields) {
        const bool enabled = field.input.enabledWhen.isEmpty()
            || field.input.enabledWhen.holds(known).value_or(true);
        field.editor->setEnabled(enabled);
        if (auto *box = qobject_cast<QCheckBox *>(field.editor)) {
            // The answer itself is kept: it comes back with the choice that allows it.
            box->setText(enabled ? field.input.help : field.input.disabledHelp);
        }
        QString advice;
        for (const models::Advice &one : m_workflow.advice) {
            if (one.input == id && one.when.holds(known).value_or(false)) {
                advice += (advice.isEmpty() ? QString() : u"\n"_s) + u"⚠ "_s + one.finding.text
                    + u' ' + one.finding.advice;
            }
        }
        const QString base = field.input.type == InputType::Boolean ? QString() : field.input.help;
        field.help->setText(advice.isEmpty()     ? base
                                : base.isEmpty() ? advice
                                                 : base + u'\n' + advice);
        field.help->setVisible(!field.help->text().isEmpty());
        if (field.problem->isVisible()) {
            check(field); // mended: the complaint goes at once
        }
    }
    emit changed();
}

void InputForm::check(Field &field)
{
    const auto checked = models::checkValue(field.input, rawValue(field));
    field.problem->setText(checked ? QString() : u"✕ "_s + checked.error().text);
    field.problem->setStyleSheet(u"color: %1"_s.arg(coloursFor(palette()).bad.name()));
    field.problem->setVisible(!checked);
}

} // namespace proverdeck::ui

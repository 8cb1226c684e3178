// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/Workflow.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <limits>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Workflow", text);
}

bool compares(qint64 value, const QString &expression)
{
    static const QRegularExpression pattern(u"^(>=|<=|>|<)\\s*(\\d+)$"_s);
    const QRegularExpressionMatch match = pattern.match(expression);
    if (!match.hasMatch()) {
        return false;
    }
    const qint64 limit = match.captured(2).toLongLong();
    const QString op = match.captured(1);
    return op == u">=" ? value >= limit
        : op == u"<="  ? value <= limit
        : op == u">"   ? value > limit
                       : value < limit;
}

bool matches(const QVariant &value, const QVariant &wanted)
{
    if (value.typeId() == QMetaType::LongLong && wanted.typeId() == QMetaType::QString) {
        return compares(value.toLongLong(), wanted.toString());
    }
    return value == wanted;
}

QString wordFor(const QVariant &value)
{
    if (value.typeId() == QMetaType::Bool) {
        return value.toBool() ? tr("on") : tr("off");
    }
    return value.toString().isEmpty() ? tr("empty") : value.toString();
}

tl::unexpected<InputError> refuse(const Input &input, const QString &text)
{
    return tl::unexpected<InputError>(InputError{input.id, text});
}

bool hasControlCharacter(const QString &text)
{
    return std::any_of(text.begin(), text.end(),
                       [](QChar c) { return c.unicode() < 0x20 || c.unicode() == 0x7f; });
}

tl::expected<QVariant, InputError> checkInteger(const Input &input, const QVariant &value)
{
    bool ok = false;
    const qint64 number = value.toString().trimmed().toLongLong(&ok);
    if (!ok) {
        return refuse(input,
                      tr("%1: \"%2\" is not a whole number.").arg(input.title, value.toString()));
    }
    if ((input.minimum && number < *input.minimum) || (input.maximum && number > *input.maximum)) {
        return refuse(input,
                      input.maximum ? tr("%1: %2 is out of range; it must be between %3 and %4.")
                                          .arg(input.title)
                                          .arg(number)
                                          .arg(input.minimum.value_or(0))
                                          .arg(*input.maximum)
                                    : tr("%1: %2 is too small; it must be at least %3.")
                                          .arg(input.title)
                                          .arg(number)
                                          .arg(*input.minimum));
    }
    return QVariant(number);
}

tl::expected<QVariant, InputError> checkBoolean(const Input &input, const QVariant &value)
{
    if (value.typeId() == QMetaType::Bool) {
        return value;
    }
    const QString word = value.toString().trimmed().toLower();
    if (word == u"true" || word == u"yes" || word == u"on" || word == u"1") {
        return QVariant(true);
    }
    if (word == u"false" || word == u"no" || word == u"off" || word == u"0") {
        return QVariant(false);
    }
    return refuse(input,
                  tr("%1: \"%2\" is neither yes nor no.").arg(input.title, value.toString()));
}

/// Text that may reach a program's arguments: nothing that could pass for an option or break a
/// line.
tl::expected<QVariant, InputError> checkText(const Input &input, const QString &text)
{
    if (hasControlCharacter(text)) {
        return refuse(
            input, tr("%1: control characters and line breaks are not allowed.").arg(input.title));
    }
    if (text.startsWith(u'-')) {
        return refuse(input,
                      tr("%1: \"%2\" begins with a dash and would be taken for an option.")
                          .arg(input.title, text));
    }
    if (input.type == InputType::GitRef) {
        static const QRegularExpression bad(u"[\\s~^:?*\\[\\\\]|\\.\\.|@\\{|//|/$|\\.$|\\.lock$"_s);
        if (bad.match(text).hasMatch()) {
            return refuse(
                input,
                tr("%1: \"%2\" is no branch, tag or commit; git does not allow such a name.")
                    .arg(input.title, text));
        }
    }
    if (input.type == InputType::RemotePath && !text.startsWith(u'/') && !text.startsWith(u"~/"_s)
        && text != u"~") {
        return refuse(
            input,
            tr("%1: \"%2\" must be an absolute path or begin with ~/.").arg(input.title, text));
    }
    return QVariant(text);
}

} // namespace

std::optional<bool> Condition::holds(const InputValues &values) const
{
    bool undecided = false;
    for (auto term = terms.begin(); term != terms.end(); ++term) {
        const auto found = values.find(term.key());
        if (found == values.end()) {
            undecided = true;
            continue;
        }
        const bool any = std::any_of(term->begin(), term->end(), [&](const QVariant &wanted) {
            return matches(*found, wanted);
        });
        if (!any) {
            return false;
        }
    }
    return undecided ? std::nullopt : std::optional(true);
}

QString Condition::toText() const
{
    QStringList parts;
    for (auto term = terms.begin(); term != terms.end(); ++term) {
        QStringList words;
        for (const QVariant &wanted : *term) {
            words << wordFor(wanted);
        }
        QString name = term.key();
        name.replace(u'_', u' ');
        parts << tr("%1 is %2").arg(name, words.join(tr(" or ")));
    }
    return parts.join(u", "_s);
}

const Input *Workflow::input(const QString &inputId) const
{
    const auto found = std::find_if(inputs.begin(), inputs.end(),
                                    [&](const Input &input) { return input.id == inputId; });
    return found == inputs.end() ? nullptr : &*found;
}

const Step *Workflow::step(const QString &stepId) const
{
    const auto found = std::find_if(steps.begin(), steps.end(),
                                    [&](const Step &step) { return step.id == stepId; });
    return found == steps.end() ? nullptr : &*found;
}

tl::expected<QVariant, InputError> checkValue(const Input &input, const QVariant &value)
{
    const QString text = value.toString().trimmed();
    if (text.isEmpty() && input.type != InputType::Boolean) {
        if (input.optional) {
            return QVariant(QString());
        }
        return refuse(input, tr("%1: please give a value.").arg(input.title));
    }
    switch (input.type) {
    case InputType::Integer:
        return checkInteger(input, value);
    case InputType::Boolean:
        return checkBoolean(input, value);
    case InputType::Choice:
        if (!input.choices.contains(text)) {
            return refuse(input,
                          tr("%1: \"%2\" is not one of %3.")
                              .arg(input.title, text, input.choices.join(u", "_s)));
        }
        return QVariant(text);
    case InputType::Text:
    case InputType::GitRef:
    case InputType::RemotePath:
    case InputType::Host:
        break;
    }
    return checkText(input, text);
}

tl::expected<InputValues, QList<InputError>> checkValues(const Workflow &workflow,
                                                         const InputValues &given)
{
    InputValues values;
    QList<InputError> errors;
    for (auto it = given.begin(); it != given.end(); ++it) {
        if (!workflow.input(it.key())) {
            errors << InputError{it.key(),
                                 tr("This workflow has no input named %1.").arg(it.key())};
        }
    }
    for (const Input &input : workflow.inputs) {
        const auto found = given.find(input.id);
        const bool isGiven = found != given.end() && found->isValid();
        if (!isGiven && !input.defaultValue.isValid() && input.optional) {
            values.insert(input.id, QString());
            continue;
        }
        const auto checked = checkValue(input, isGiven ? *found : input.defaultValue);
        if (!checked) {
            errors << checked.error();
            continue;
        }
        values.insert(input.id, *checked);
    }
    for (const Input &input : workflow.inputs) {
        if (!input.enabledWhen.isEmpty() && !input.enabledWhen.holds(values).value_or(true)) {
            values.insert(input.id, input.valueWhenDisabled);
        }
    }
    if (!errors.isEmpty()) {
        return tl::unexpected(errors);
    }
    return values;
}

std::optional<std::chrono::milliseconds> parseDuration(const QString &text)
{
    static const QRegularExpression pattern(u"^(\\d{1,9})\\s*(ms|s|m|h)$"_s);
    const QRegularExpressionMatch match = pattern.match(text.trimmed());
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    const qint64 number = match.captured(1).toLongLong();
    const QString unit = match.captured(2);
    const qint64 factor = unit == u"ms" ? 1
        : unit == u"s"                  ? 1000
        : unit == u"m"                  ? 60'000
                                        : 3'600'000;
    if (number * factor > std::numeric_limits<int>::max()) {
        return std::nullopt; // more than a QTimer counts: 24 days
    }
    return std::chrono::milliseconds(number * factor);
}

} // namespace proverdeck::models

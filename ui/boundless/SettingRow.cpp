// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/SettingRow.h"

#include "models/logs/LogText.h"
#include "ui/boundless/SettingsDocument.h"
#include "ui/common/Theme.h"

#include <QComboBox>
#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::Severity;
using models::boundless::SettingKey;
using Type = models::boundless::SettingKey::Type;

namespace {

constexpr int NameWidth = 300;
constexpr int EditWidth = 230;

QString unitText(const SettingKey &key, models::boundless::BrokerEra era)
{
    return key.units.isEmpty() || era < models::boundless::BrokerEra::V14
        ? key.unit
        : key.units.join(u" / "_s);
}

QString rangeText(const SettingKey &key)
{
    if (key.max) {
        return SettingRow::tr("%1 to %2").arg(key.min.value_or(0)).arg(*key.max);
    }
    return key.min.value_or(0) > 0 ? SettingRow::tr("at least %1").arg(*key.min) : QString();
}

} // namespace

SettingRow::SettingRow(SettingsDocument &document, SettingKey key, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_key(std::move(key))
{
    setObjectName(u"setting-"_s + m_key.name);
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 4, 0, 4);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(2);
    m_name = new QLabel(m_key.name, this);
    m_name->setTextFormat(Qt::PlainText);
    m_name->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_name->setFixedWidth(NameWidth);
    grid->addWidget(m_name, 0, 0);

    QWidget *editor = nullptr;
    const bool isChoice = m_key.type == Type::Choice || m_key.type == Type::Boolean;
    if (isChoice) {
        m_choice = new QComboBox(this);
        m_choice->addItem(QString());
        m_choice->addItems(m_key.type == Type::Boolean ? QStringList{u"true"_s, u"false"_s}
                                                       : m_key.choices);
        connect(m_choice, &QComboBox::activated, this,
                [this](int index) { take(index == 0 ? QString() : m_choice->itemText(index)); });
        editor = m_choice;
    } else {
        m_edit = new QLineEdit(this);
        connect(m_edit, &QLineEdit::editingFinished, this, [this] { take(m_edit->text()); });
        editor = m_edit;
    }
    editor->setObjectName(u"edit-"_s + m_key.name);
    editor->setAccessibleName(m_key.name);
    editor->setFixedWidth(EditWidth);
    m_name->setBuddy(editor);
    grid->addWidget(editor, 0, 1);
    m_reset = new QToolButton(this);
    m_reset->setObjectName(u"reset-"_s + m_key.name);
    m_reset->setText(u"×"_s);
    m_reset->setAutoRaise(true);
    QSizePolicy policy = m_reset->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_reset->setSizePolicy(policy);
    m_reset->setToolTip(tr("Take the key out of the file: the default counts"));
    m_reset->setAccessibleName(tr("Take %1 out of the file").arg(m_key.name));
    connect(m_reset, &QToolButton::clicked, this, [this] { take({}); });
    grid->addWidget(m_reset, 0, 2);
    QStringList facts{unitText(m_key, m_document.era()), rangeText(m_key)};
    facts.removeAll(QString());
    QLabel *unit = makeHint(facts.join(u", "_s), this);
    unit->setMinimumWidth(130);
    unit->setWordWrap(false);
    grid->addWidget(unit, 0, 3);
    auto *badge = makeHint(m_key.isLive ? tr("live") : tr("restart"), this);
    badge->setObjectName(u"badge-"_s + m_key.name);
    badge->setWordWrap(false);
    badge->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    badge->setToolTip(m_key.isLive ? tr("A running broker takes a change at once")
                                   : tr("A change counts after the broker was started again"));
    grid->addWidget(badge, 0, 4);
    grid->setColumnStretch(3, 1);

    QLabel *help = makeHint(m_key.help, this);
    grid->addWidget(help, 1, 0, 1, 5);
    auto *flags = new QHBoxLayout;
    flags->setSpacing(6);
    m_sign = new QLabel(this);
    flags->addWidget(m_sign, 0, Qt::AlignTop);
    m_remark = makeText({}, this);
    m_remark->setObjectName(u"remark-"_s + m_key.name);
    flags->addWidget(m_remark, 1);
    grid->addLayout(flags, 2, 0, 1, 5);
    refresh();
}

QString SettingRow::currentText() const
{
    const auto value = m_document.file().value(m_key.section, m_document.nameInFile(m_key));
    if (!value) {
        return {};
    }
    return models::plainLine(value->type == models::boundless::SettingValue::Type::List
                                 ? value->list.join(u", "_s)
                                 : value->text,
                             4000);
}

bool SettingRow::isSet() const
{
    return m_document.file().find(m_key.section, m_document.nameInFile(m_key)) != nullptr;
}

bool SettingRow::matches(const QString &text) const
{
    return text.isEmpty() || m_key.name.contains(text, Qt::CaseInsensitive)
        || m_key.alias.contains(text, Qt::CaseInsensitive)
        || m_key.help.contains(text, Qt::CaseInsensitive);
}

void SettingRow::focusEditor()
{
    if (m_edit != nullptr) {
        m_edit->setFocus();
    } else {
        m_choice->setFocus();
    }
}

void SettingRow::take(const QString &text)
{
    if (text == currentText()) {
        m_problem.clear();
        showFlags();
        return;
    }
    m_problem = m_document.setText(m_key, text);
    if (!m_problem.isEmpty()) {
        showFlags(); // what was typed stays, to be mended
    }
}

void SettingRow::refresh()
{
    const QString text = currentText();
    const QString standard = m_key.defaultIn(m_document.era());
    const QString fallback = !standard.isEmpty() ? tr("default: %1").arg(standard)
        : m_key.isRequired(m_document.era())     ? tr("required")
        : !m_key.without.isEmpty()               ? m_key.without
                                                 : tr("not set");
    if (m_edit != nullptr) {
        const QSignalBlocker blocker(m_edit);
        if (m_problem.isEmpty() || !m_edit->hasFocus()) {
            m_edit->setText(text);
            m_edit->setCursorPosition(0);
            m_problem.clear();
        }
        m_edit->setPlaceholderText(fallback);
        m_edit->setToolTip(text);
    } else {
        const QSignalBlocker blocker(m_choice);
        m_choice->setItemText(0, u'(' + fallback + u')');
        int index = m_choice->findText(text);
        if (index < 0 && !text.isEmpty()) {
            m_choice->addItem(text); // wrong, and the remark says so
            index = m_choice->count() - 1;
        }
        m_choice->setCurrentIndex(text.isEmpty() ? 0 : index);
    }
    QFont font = m_name->font();
    font.setBold(isSet());
    m_name->setFont(font);
    m_reset->setVisible(isSet());
    showFlags();
}

void SettingRow::showFlags()
{
    const QString name = m_document.nameInFile(m_key);
    QStringList texts;
    Severity worst = Severity::Info;
    if (!m_problem.isEmpty()) {
        texts << m_problem;
        worst = Severity::Error;
    }
    for (const models::boundless::SettingFlag &flag : m_document.flags()) {
        if (flag.section == m_key.section && (flag.key == name || flag.key == m_key.name)) {
            texts << flag.finding.text
                    + (flag.finding.advice.isEmpty() ? QString()
                                                     : QString(u' ' + flag.finding.advice));
            worst = std::max(worst, flag.finding.severity);
        }
    }
    m_remark->setText(texts.join(u'\n'));
    m_remark->setVisible(!texts.isEmpty());
    m_sign->setVisible(!texts.isEmpty());
    m_sign->setPixmap(severityIcon(worst, palette()).pixmap(QSize(16, 16), devicePixelRatioF()));
    m_sign->setAccessibleName(models::severityWord(worst));
}

} // namespace proverdeck::ui

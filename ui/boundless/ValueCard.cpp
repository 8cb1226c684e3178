// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/ValueCard.h"

#include "ui/common/Theme.h"

#include <QLabel>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

ValueCard::ValueCard(const QString &title, const QString &name, QWidget *parent)
    : QFrame(parent)
    , m_value(new QLabel(u"–"_s, this))
    , m_note(makeHint({}, this))
{
    setObjectName(u"card"_s);
    setFrameShape(QFrame::StyledPanel);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(14, 10, 14, 10);
    column->setSpacing(2);
    column->addWidget(makeHint(title, this));
    QFont font = m_value->font();
    font.setPointSizeF(font.pointSizeF() * 1.45);
    font.setBold(true);
    m_value->setFont(font);
    m_value->setTextFormat(Qt::PlainText);
    m_value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_value->setObjectName(name);
    m_value->setAccessibleName(title);
    m_note->setObjectName(name + u"Note"_s);
    column->addWidget(m_value);
    column->addWidget(m_note);
    column->addStretch(1);
}

void ValueCard::setValue(const QString &value, const QString &note, const QString &tip)
{
    m_value->setText(value);
    m_value->setToolTip(tip);
    m_value->setAccessibleDescription(tip);
    m_note->setText(note);
}

void ValueCard::setOld(bool isOld)
{
    m_value->setForegroundRole(isOld ? QPalette::PlaceholderText : QPalette::WindowText);
}

QString ValueCard::value() const
{
    return m_value->text();
}

QString ValueCard::note() const
{
    return m_note->text();
}

} // namespace proverdeck::ui

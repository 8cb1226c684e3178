// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/NoticeBar.h"

#include "ui/common/Theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

NoticeBar::NoticeBar(QWidget *parent)
    : QFrame(parent)
    , m_rows(new QVBoxLayout(this))
{
    setObjectName(u"card"_s);
    setAccessibleName(tr("Notices"));
    setFrameShape(QFrame::StyledPanel);
    m_rows->setContentsMargins(12, 8, 12, 8);
    m_rows->setSpacing(6);
    hide();
}

void NoticeBar::setNotices(QList<Notice> notices)
{
    std::stable_sort(notices.begin(), notices.end(),
                     [](const Notice &a, const Notice &b) { return a.severity > b.severity; });
    if (notices != m_notices) {
        m_notices = std::move(notices);
        rebuild();
    }
}

void NoticeBar::rebuild()
{
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    m_signs.clear();
    for (const Notice &notice : std::as_const(m_notices)) {
        auto *row = new QWidget(this);
        auto *line = new QHBoxLayout(row);
        line->setContentsMargins(0, 0, 0, 0);
        line->setSpacing(8);
        auto *sign = new QLabel(row);
        m_signs << sign;
        line->addWidget(sign, 0, Qt::AlignTop);
        QLabel *text = makeText(notice.text, row);
        text->setObjectName(u"notice"_s);
        line->addWidget(text, 1);
        m_rows->addWidget(row);
    }
    paintSigns();
    setVisible(!m_notices.isEmpty());
}

void NoticeBar::paintSigns()
{
    for (qsizetype i = 0; i < m_signs.size(); ++i) {
        m_signs.at(i)->setPixmap(severityIcon(m_notices.at(i).severity, palette()).pixmap(16, 16));
    }
}

void NoticeBar::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        paintSigns(); // no widget may be made or deleted here: Qt is walking over all of them
    }
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/FindingsView.h"

#include "ui/common/Theme.h"

#include <QFontDatabase>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::Finding;

namespace {

QWidget *makeFinding(const Finding &finding, FindingsView *view)
{
    QFrame *card = makeCard();
    auto *row = new QHBoxLayout(card);
    row->setContentsMargins(10, 8, 10, 8);
    auto *sign = new QLabel;
    sign->setPixmap(severityIcon(finding.severity, view->palette())
                        .pixmap(QSize(16, 16), view->devicePixelRatioF()));
    sign->setAccessibleName(models::severityWord(finding.severity));
    row->addWidget(sign, 0, Qt::AlignTop);
    auto *column = new QVBoxLayout;
    column->setSpacing(4);
    row->addLayout(column, 1);
    const QString times
        = finding.count > 1 ? FindingsView::tr("  (%1 times)").arg(finding.count) : QString();
    column->addWidget(makeText(finding.text + times));
    if (!finding.advice.isEmpty()) {
        column->addWidget(makeHint(finding.advice));
    }
    auto *foot = new QHBoxLayout;
    QLabel *code = makeHint(finding.code);
    code->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    code->setWordWrap(false);
    foot->addWidget(code);
    foot->addStretch();
    if (!finding.evidence.log.isEmpty()) {
        auto *link = new QPushButton(finding.evidence.line > 0 ? FindingsView::tr("%1, line %2")
                                                                     .arg(finding.evidence.log)
                                                                     .arg(finding.evidence.line)
                                                               : finding.evidence.log);
        link->setFlat(true);
        link->setCursor(Qt::PointingHandCursor);
        link->setObjectName(u"evidence-"_s + finding.code);
        QObject::connect(link, &QPushButton::clicked, view, [view, evidence = finding.evidence] {
            emit view->lineWanted(evidence.log, evidence.line);
        });
        foot->addWidget(link);
    }
    column->addLayout(foot);
    return card;
}

} // namespace

FindingsView::FindingsView(QWidget *parent)
    : QScrollArea(parent)
{
    setObjectName(u"findings"_s);
    setAccessibleName(tr("Findings"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    auto *content = new QWidget;
    m_layout = new QVBoxLayout(content);
    m_layout->setContentsMargins(0, 0, 6, 0);
    m_layout->setSpacing(8);
    setWidget(content);
    setFindings({});
}

void FindingsView::setFindings(const QList<Finding> &findings)
{
    if (findings == m_findings && m_layout->count() > 0) {
        return;
    }
    m_findings = findings;
    std::stable_sort(m_findings.begin(), m_findings.end(),
                     [](const Finding &a, const Finding &b) { return a.severity > b.severity; });
    while (QLayoutItem *item = m_layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const Finding &finding : std::as_const(m_findings)) {
        m_layout->addWidget(makeFinding(finding, this));
    }
    if (m_findings.isEmpty()) {
        m_layout->addWidget(makeHint(tr("Nothing to report.")));
    }
    m_layout->addStretch();
}

} // namespace proverdeck::ui

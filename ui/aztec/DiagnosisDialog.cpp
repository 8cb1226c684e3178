// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/DiagnosisDialog.h"

#include "ui/aztec/AztecWatch.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"

#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::aztec::WorkerCheck;

DiagnosisDialog::DiagnosisDialog(AztecWatch &watch, QWidget *parent)
    : QDialog(parent)
    , m_watch(watch)
{
    setObjectName(u"diagnosisDialog"_s);
    setWindowTitle(tr("Diagnose"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(makeHeading(tr("Does each worker reach its broker?"), this));
    layout->addWidget(makeHint(tr("Asked from inside each worker: GET /status, and the state of a "
                                  "job that does not exist. "
                                  "Neither takes work nor changes anything."),
                               this));
    m_state = makeText({}, this);
    m_state->setObjectName(u"diagnosisState"_s);
    layout->addWidget(m_state);
    m_findings = new FindingsView(this);
    m_findings->setObjectName(u"diagnosisFindings"_s);
    layout->addWidget(m_findings, 2);
    auto *area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    m_details = makeText({}, area);
    m_details->setObjectName(u"diagnosisDetails"_s);
    m_details->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_details->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_details->setWordWrap(false);
    area->setWidget(m_details);
    layout->addWidget(area, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_again = buttons->addButton(tr("Ask again"), QDialogButtonBox::ActionRole);
    m_again->setObjectName(u"diagnosisAgain"_s);
    connect(m_again, &QPushButton::clicked, this, &DiagnosisDialog::ask);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    connect(&m_watch, &AztecWatch::diagnosed, this, &DiagnosisDialog::onDiagnosed);
    resize(760, 560);
    ask();
}

void DiagnosisDialog::ask()
{
    m_answers.clear();
    m_waiting = int(m_watch.machines().size());
    for (const auto &machine : m_watch.machines()) {
        machine->diagnose();
    }
    refresh();
}

void DiagnosisDialog::onDiagnosed(const QString &host,
                                  const tl::expected<models::aztec::Diagnosis, QString> &result)
{
    m_answers.insert(host, result);
    --m_waiting;
    refresh();
}

void DiagnosisDialog::refresh()
{
    m_again->setEnabled(m_waiting <= 0);
    QList<models::Finding> findings;
    QString details;
    int workers = 0;
    for (auto at = m_answers.cbegin(); at != m_answers.cend(); ++at) {
        const auto &answer = at.value();
        if (!answer) {
            findings << models::Finding{
                u"no-answer"_s,
                models::Severity::Error,
                tr("%1 could not be asked: %2").arg(at.key(), answer.error()),
                {},
                {},
                1};
            continue;
        }
        workers += int(answer->workers.size());
        findings << models::aztec::findingsOf(*answer);
        for (const WorkerCheck &worker : answer->workers) {
            details += tr("%1 / %2\n").arg(at.key(), worker.container);
            details += tr("  from inside    %1\n").arg(probeWord(worker.inside.result));
            details += tr("  from the host  %1\n").arg(probeWord(worker.outside.result));
            for (const QString &variable : worker.environment) {
                details += u"  "_s + variable + u'\n';
            }
        }
        for (const QString &broker : answer->brokers) {
            details += tr("%1 / %2\n").arg(at.key(), broker);
        }
    }
    m_findings->setFindings(findings);
    m_details->setText(details);
    m_state->setText(m_waiting > 0 ? tr("Asking the servers …")
                         : workers ? tr("Workers asked: %1").arg(workers)
                                   : tr("No container with an agent was found on these servers."));
}

} // namespace proverdeck::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/LogFindings.h"

#include "models/ethrex/LogPatterns.h"

#include <QCoreApplication>

#include <algorithm>

namespace proverdeck::models::ethrex {

using namespace Qt::StringLiterals;

namespace {

QString batchesText(int count)
{
    return count == 1 ? QCoreApplication::translate("LogFindings", "1 batch")
                      : QCoreApplication::translate("LogFindings", "%1 batches").arg(count);
}

// "Batch 8" or "Batches 8, 11 and 3 more"
QString namesText(const QList<BatchRow> &rows)
{
    constexpr int Shown = 8;
    QStringList names;
    for (const BatchRow &row : rows.first(std::min<qsizetype>(rows.size(), Shown))) {
        names << QString::number(row.batch);
    }
    const QString list = names.join(u", "_s);
    if (rows.size() == 1) {
        return QCoreApplication::translate("LogFindings", "Batch %1").arg(list);
    }
    if (rows.size() > Shown) {
        return QCoreApplication::translate("LogFindings", "Batches %1 and %2 more")
            .arg(list)
            .arg(rows.size() - Shown);
    }
    return QCoreApplication::translate("LogFindings", "Batches %1").arg(list);
}

class Judge
{
public:
    explicit Judge(const Picture &picture)
        : m_picture(picture)
    {
    }

    [[nodiscard]] QList<Finding> findings()
    {
        timing();
        if (m_picture.coloured) {
            add("coloured-log", {}, 1, m_picture.rows.isEmpty() ? 0 : m_picture.rows.first().line);
        }
        repeats();
        flagged(BatchFlag::Empty, "empty-batches");
        flagged(BatchFlag::Outlier, "batch-outlier");
        idle();
        metrics();
        ending();
        nothingCounted();
        return m_found;
    }

private:
    void add(std::string_view code, const QString &what, int count = 1, qint64 line = 0)
    {
        Finding finding = trapFinding(code, what);
        finding.count = count;
        if (line > 0) {
            finding.evidence.log = m_picture.logName;
            finding.evidence.line = line;
            const auto proof = std::ranges::find(m_picture.proofs, line, &Proof::line);
            if (proof != m_picture.proofs.end()) {
                finding.evidence.offset = static_cast<qint64>(proof->offset);
            }
        }
        m_found << finding;
    }

    [[nodiscard]] QList<BatchRow> rowsWith(BatchFlag flag) const
    {
        QList<BatchRow> rows;
        std::ranges::copy_if(m_picture.rows, std::back_inserter(rows),
                             [flag](const BatchRow &row) { return row.flags.testFlag(flag); });
        return rows;
    }

    void timing()
    {
        const auto isUntimed = [](const Proof &proof) { return !proof.timeMs; };
        const auto count = std::ranges::count_if(m_picture.proofs, isUntimed);
        if (count > 0) {
            const auto first = std::ranges::find_if(m_picture.proofs, isUntimed);
            add("no-timing", batchesText(int(count)), int(count), first->line);
        }
    }

    void repeats()
    {
        const QList<BatchRow> rows = rowsWith(BatchFlag::Repeat);
        if (rows.isEmpty()) {
            return;
        }
        qint64 line = rows.first().line;
        for (const Proof &proof : m_picture.proofs) {
            if (proof.batch == rows.first().batch && proof.line > line) {
                line = proof.line;
                break;
            }
        }
        const QString what = rows.size() == 1
            ? QCoreApplication::translate("LogFindings", "%1 was").arg(namesText(rows))
            : QCoreApplication::translate("LogFindings", "%1 were").arg(namesText(rows));
        add("repeated-batch", what, int(rows.size()), line);
    }

    void flagged(BatchFlag flag, std::string_view code)
    {
        const QList<BatchRow> rows = rowsWith(flag);
        if (!rows.isEmpty()) {
            add(code, flag == BatchFlag::Empty ? batchesText(int(rows.size())) : namesText(rows),
                int(rows.size()), rows.first().line);
        }
    }

    /// Time between two proofs that neither of them took.
    void idle()
    {
        constexpr qint64 NoteworthyMs = 120'000;
        qint64 longest = 0;
        qint64 line = 0;
        for (qsizetype i = 1; i < m_picture.proofs.size(); ++i) {
            const Proof &before = m_picture.proofs.at(i - 1);
            const Proof &proof = m_picture.proofs.at(i);
            if (proof.timeMs && before.at.isValid() && proof.at.isValid()
                && before.at.msecsTo(proof.at) - *proof.timeMs > longest) {
                longest = before.at.msecsTo(proof.at) - *proof.timeMs;
                line = proof.line;
            }
        }
        if (longest > NoteworthyMs) {
            add("prover-idle",
                QCoreApplication::translate("LogFindings", "%1 s").arg(longest / 1000), 1, line);
        }
    }

    void metrics()
    {
        const QList<BatchRow> lost = rowsWith(BatchFlag::L2Restarted);
        if (!lost.isEmpty() || m_picture.l2Restarts > 0) {
            add("l2-restarted", {}, std::max(1, m_picture.l2Restarts),
                lost.isEmpty() ? 0 : lost.first().line);
        }
        const qsizetype missing = rowsWith(BatchFlag::MetricsMissing).size() - lost.size();
        const bool isUnreadable = m_picture.metricsAsked && !m_picture.metricsReadable;
        if (missing > 0 || isUnreadable) {
            add("metrics-missing",
                missing > 0 ? batchesText(int(missing))
                            : QCoreApplication::translate("LogFindings", "every batch to come"),
                std::max(1, int(missing)));
            if (!m_picture.metricsAsked) {
                m_found.last().severity = Severity::Info; // a log on its own: nobody expected more
            }
        }
    }

    void ending()
    {
        if (!m_picture.proverExitCode) {
            return;
        }
        const auto hasCode = [this](std::initializer_list<QLatin1StringView> codes) {
            return std::ranges::any_of(m_picture.logFindings, [codes](const Finding &finding) {
                return std::ranges::find(codes, finding.code) != codes.end();
            });
        };
        const bool hasPanicked
            = hasCode({"prover-panicked"_L1, "gpu-out-of-memory"_L1, "sp1-gpu-server-crashed"_L1});
        const bool isExplained
            = std::ranges::any_of(m_picture.logFindings, [](const Finding &finding) {
                  return finding.severity == Severity::Error;
              });
        if (m_picture.proverExitCode == 0 && hasPanicked) {
            add("prover-exited-after-panic", {});
        } else if (!isExplained) {
            add("prover-exited", QString::number(*m_picture.proverExitCode));
        }
    }

    void nothingCounted()
    {
        if (std::ranges::any_of(m_picture.rows, &BatchRow::counts)) {
            return;
        }
        QString why = QCoreApplication::translate("LogFindings", "no batch has been proved yet");
        if (!m_picture.rows.isEmpty()) {
            why = QCoreApplication::translate(
                "LogFindings",
                "every batch is empty, a warm-up, an outlier, untimed or without metrics");
        }
        add("nothing-counted", why);
    }

    const Picture &m_picture;
    QList<Finding> m_found;
};

} // namespace

LogFindings::LogFindings(LogKind kind, QString logName)
    : m_scanner(kind, std::move(logName))
{
}

void LogFindings::feed(QByteArrayView bytes)
{
    m_splitter.feed(bytes, [this](const LogLine &one) { line(one); });
}

void LogFindings::finish()
{
    m_splitter.finish([this](const LogLine &one) { line(one); });
    m_scanner.finish();
}

void LogFindings::line(const LogLine &line)
{
    m_scanner.line(
        line, splitTracingLine({line.text.data(), static_cast<std::size_t>(line.text.size())}));
}

QList<Finding> judge(const Picture &picture)
{
    return Judge(picture).findings();
}

} // namespace proverdeck::models::ethrex

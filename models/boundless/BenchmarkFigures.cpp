// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BenchmarkFigures.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

std::optional<BenchmarkFigure> parseFigure(const QString &note)
{
    static const QRegularExpression form(
        u"^([0-9]{1,9}\\.[0-9]{2}) kHz \\(([0-9]{1,18}) cycles in ([0-9]{1,9}\\.[0-9]{2}) s\\)"
        "(?:, the slowest of ([0-9]{1,6}))?; proposal:"_s,
        QRegularExpression::MultilineOption);
    const auto match = form.match(note);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    BenchmarkFigure figure;
    figure.khz = match.captured(1).toDouble();
    figure.cycles = match.captured(2).toLongLong();
    figure.seconds = match.captured(3).toDouble();
    figure.proofs = std::max(1, match.captured(4).toInt());
    return figure.khz > 0 ? std::optional(figure) : std::nullopt;
}

QList<BenchmarkFigure> benchmarkFigures(const QList<RunRecord> &runs)
{
    QList<BenchmarkFigure> figures;
    for (const RunRecord &run : runs) {
        if (run.workflow != u"boundless-benchmark") {
            continue;
        }
        for (const auto &[title, state] : run.steps) {
            auto figure = parseFigure(state.note);
            if (!figure) {
                continue;
            }
            figure->run = run.id;
            figure->host = run.host;
            figure->when = run.ended.isValid() ? run.ended : run.started;
            figure->what = run.values.value(u"kind"_s).toString() == u"orders"
                ? run.values.value(u"request_ids"_s).toString()
                : QCoreApplication::translate("BenchmarkFigures", "%1 iterations")
                      .arg(run.values.value(u"iterations"_s).toInt());
            figures << *figure;
        }
    }
    return figures;
}

} // namespace proverdeck::models::boundless

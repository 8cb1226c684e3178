// SPDX-License-Identifier: GPL-3.0-or-later
// A results.json that somebody sent, and the JSON columns of the history.
#include "fuzz/Fuzz.h"
#include "models/store/RunJson.h"

#include <QJsonDocument>

using namespace proverdeck;
using namespace proverdeck::models;
using namespace proverdeck::models::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QJsonObject json = QJsonDocument::fromJson(fuzz::bytesOf(data, size)).object();
    report::ResultDocument document;
    document.rows = rowsFromJson(json.value(QStringLiteral("batches")).toArray());
    document.findings = findingsFromJson(json.value(QStringLiteral("findings")).toArray());
    document.session = sessionFromJson(json.value(QStringLiteral("session")).toObject());
    document.observations = json.value(QStringLiteral("observations")).toString();
    // What was read and written reads the same.
    FUZZ_CHECK(rowsFromJson(rowsToJson(document.rows)) == document.rows);
    FUZZ_CHECK(findingsFromJson(findingsToJson(document.findings)) == document.findings);
    FUZZ_CHECK(sessionFromJson(sessionToJson(document.session)) == document.session);
    const auto steps = stepsFromJson(json.value(QStringLiteral("steps")).toArray());
    FUZZ_CHECK(stepsFromJson(stepsToJson(steps)) == steps);
    const InputValues values = valuesFromJson(json.value(QStringLiteral("values")).toObject());
    FUZZ_CHECK(valuesFromJson(valuesToJson(values)) == values);
    // An export can be opened again.
    const QJsonObject exported = report::toJson(document, true);
    FUZZ_CHECK(rowsFromJson(exported.value(QStringLiteral("batches")).toArray()).size()
               == document.rows.size());
    for (const ethrex::BatchRow &row : document.rows) {
        FUZZ_CHECK(!row.timeMs || *row.timeMs >= 0);
        FUZZ_CHECK(row.line >= 0);
    }
    for (const Finding &finding : document.findings) {
        FUZZ_CHECK(finding.count > 0);
    }
    FUZZ_CHECK(fuzz::isHarmless(report::toMarkdown(document), true));
    (void)report::toUpstreamMarkdown(document);
    (void)report::toCsv(document);
    return 0;
}

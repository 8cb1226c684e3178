// SPDX-License-Identifier: GPL-3.0-or-later
// Logs of Aztec provers, of any framing, and outputs of docker.
#include "fuzz/Fuzz.h"
#include "models/aztec/Analysis.h"
#include "models/aztec/Report.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <array>
#include <string>

using namespace proverdeck;
using namespace proverdeck::models;
using namespace proverdeck::models::aztec;

namespace {

struct Reading
{
    Gathering gathering;
    Analysis analysis;

    Reading(const QByteArray &bytes, fuzz::Cuts cuts)
    {
        const int log = gathering.addLog(QStringLiteral("a.log"), QStringLiteral("a"));
        fuzz::feedInPieces(bytes, cuts, [&](QByteArrayView piece) { gathering.feed(log, piece); });
        gathering.finish(log);
        analysis = analyse(gathering);
    }
    [[nodiscard]] QByteArray json() const
    {
        QByteArray text;
        writeJson(gathering, analysis, {}, [&text](std::string_view piece) {
            text.append(piece.data(), qsizetype(piece.size()));
        });
        return text;
    }
};

/// What a reader made of its lines, but for places and times.
class Heard : public LogSink
{
public:
    void take(const Event &event) override
    {
        if (event.kind != EventKind::None) {
            for (const std::string_view part :
                 {event.module, event.message, event.data, event.id, event.type, event.rest}) {
                text.append(part).append("\n");
            }
            text.append({char('0' + int(event.kind)), char('0' + int(event.level)), '\n'});
        }
    }
    std::string text;
};

/// A reader that has seen much takes short ways; one that has seen nothing takes none.
void checkShortWays(const QByteArray &bytes)
{
    const QList<QByteArray> lines = bytes.split('\n');
    // (A byte order mark counts at the beginning only.)
    if (lines.size() > 100 || bytes.contains("\xef\xbb\xbf")) {
        return;
    }
    const auto vocabulary = Vocabulary::builtIn();
    Heard knowing;
    LogReader reader(vocabulary, knowing);
    qint64 records = 0;
    std::array<qint64, LevelCount> levels{};
    Heard fresh;
    for (int round = 0; round < 2; ++round) {
        for (const QByteArray &line : lines) {
            reader.feed(QByteArray(line + '\n'));
            LogReader first(vocabulary, fresh);
            first.feed(QByteArray(line + '\n'));
            records += first.facts().records;
            for (std::size_t i = 0; i < levels.size(); ++i) {
                levels.at(i) += first.facts().levels.at(i);
            }
        }
    }
    FUZZ_CHECK(reader.facts().records == records && reader.facts().levels == levels);
    FUZZ_CHECK(knowing.text == fresh.text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    const Reading reading(bytes, fuzz::Cuts::None);
    const QByteArray json = reading.json();
    FUZZ_CHECK(json == Reading(bytes, fuzz::Cuts::EveryByte).json());
    FUZZ_CHECK(json == Reading(bytes, fuzz::Cuts::Somewhere).json());
    FUZZ_CHECK(QJsonDocument::fromJson(json).isObject());
    FUZZ_CHECK(fuzz::isHarmless(QString::fromUtf8(json), true));
    const LogFacts &facts = reading.gathering.logs().front().reader->facts();
    FUZZ_CHECK(facts.bytes == qint64(size));
    FUZZ_CHECK(facts.records + facts.continuations + facts.untimed + facts.stray <= facts.lines);
    for (const JobRow &job : reading.analysis.jobs) {
        FUZZ_CHECK(job.line > 0 && job.line <= facts.lines && job.offset < qint64(size));
        FUZZ_CHECK(job.waitMs >= -1 && job.workMs >= -1);
    }
    for (const Attempt &attempt : reading.analysis.attempts) {
        FUZZ_CHECK(attempt.end >= attempt.start && attempt.lane >= 0);
    }
    for (const EpochRow &epoch : reading.analysis.epochs) {
        FUZZ_CHECK(epoch.jobsDone <= epoch.jobs);
        for (const TypeStats &type : epoch.types) {
            FUZZ_CHECK(type.cancelled <= type.failed && type.jobsTimedOut <= type.timedOut);
            FUZZ_CHECK(!type.work.median || *type.work.median <= *type.work.max);
        }
    }
    for (const Trouble &trouble : reading.analysis.troubles) {
        FUZZ_CHECK(trouble.count > 0 && trouble.evidence.size() <= 50);
        FUZZ_CHECK(fuzz::isHarmless(textOf(trouble).text));
    }
    checkShortWays(bytes);
    (void)toMarkdown(reading.analysis, {});
    if (isDockerOutput(bytes)) {
        const DockerFile file = readDocker(bytes, QStringLiteral("m"));
        for (const DockerContainer &one : file.containers) {
            FUZZ_CHECK(one.name.size() <= 400);
        }
    }
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/JsonWriter.h"
#include "models/aztec/Report.h"
#include "models/logs/NameHider.h"
#include "models/logs/Redactor.h"

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

class Json
{
public:
    Json(const Gathering &gathering, const Analysis &analysis, const ReportOptions &options,
         const ReportSink &sink)
        : m_gathering(gathering)
        , m_analysis(analysis)
        , m_options(options)
        , m_out(sink)
    {
    }

    void write();

private:
    template<class List, class Use> void each(std::string_view name, const List &list, Use use)
    {
        m_out.key(name);
        m_out.open('[');
        for (const auto &one : list) {
            m_out.open('{');
            use(one);
            m_out.close('}');
        }
        m_out.close(']');
    }
    void time(std::string_view name, qint64 value);
    void spread(std::string_view name, const Spread &spread);
    void words(std::string_view name, const QStringList &list);
    void spot(const Spot &spot);
    void epoch(const EpochRow &row);
    void type(const TypeStats &stats);
    void machine(const MachineRow &row);
    void agent(const AgentRow &row);
    void job(std::size_t index);
    void finding(const Trouble &trouble);
    void log(const LogRow &row);
    void startUp(const StartUpRow &row);
    void container(const DockerContainer &row);
    void rest();
    [[nodiscard]] QString safe(const QString &text) const
    {
        return forStrangers(text, m_options.showNames);
    }

    const Gathering &m_gathering;
    const Analysis &m_analysis;
    const ReportOptions &m_options;
    JsonWriter m_out;
    qint64 m_day = -1; ///< of the last time that was written, …
    std::string m_date; ///< … as it is written
};

/// As Analysis::timeText(), without a QString for each of a million jobs.
void Json::time(std::string_view name, qint64 value)
{
    m_out.key(name);
    if (value == NoTime) {
        m_out.null();
        return;
    }
    constexpr qint64 DayMs = 86'400'000;
    const qint64 ofDay = ((value % DayMs) + DayMs) % DayMs;
    const qint64 day = (value - ofDay) / DayMs;
    if (day != m_day && m_analysis.hasDates) {
        m_day = day;
        m_date = m_analysis.timeText(value).section(u'T', 0, 0).toStdString() + 'T';
    }
    char text[16] = "00:00:00.000";
    const auto put = [&text](int at, int number) {
        text[at] = char('0' + number / 10);
        text[at + 1] = char('0' + number % 10);
    };
    const int millis = int(ofDay % 1000);
    put(0, int(ofDay / 3'600'000));
    put(3, int(ofDay / 60'000 % 60));
    put(6, int(ofDay / 1000 % 60));
    text[9] = char('0' + millis / 100);
    put(10, millis % 100);
    m_out.ascii(m_analysis.hasDates ? m_date + text + 'Z' : std::string(text));
}

void Json::spread(std::string_view name, const Spread &spread)
{
    m_out.key(name);
    m_out.open('{');
    m_out.put("n", spread.n);
    m_out.put("min", spread.min);
    m_out.put("median", spread.median);
    m_out.put("p95", spread.p95);
    m_out.put("max", spread.max);
    if (!spread.why.isEmpty()) {
        m_out.put("why", spread.why);
    }
    m_out.close('}');
}

void Json::words(std::string_view name, const QStringList &list)
{
    m_out.key(name);
    m_out.open('[');
    for (const QString &word : list) {
        m_out.text(word);
    }
    m_out.close(']');
}

void Json::spot(const Spot &spot)
{
    m_out.putOrNull("log", spot.log < 0 ? QString() : m_analysis.logs.at(spot.log).name);
    m_out.put("line", spot.line);
}

void Json::type(const TypeStats &stats)
{
    m_out.put("type", stats.type);
    m_out.put("enqueued", stats.enqueued);
    m_out.put("started", stats.started);
    m_out.put("completed", stats.completed);
    m_out.put("failed", stats.failed);
    m_out.put("cancelled", stats.cancelled);
    m_out.put("retried", stats.retried);
    m_out.put("timed_out", stats.timedOut);
    m_out.put("jobs_timed_out", stats.jobsTimedOut);
    m_out.put("attempts", stats.attempts);
    m_out.put("max_attempts", stats.mostAttempts);
    m_out.put("in_progress", stats.inProgress);
    m_out.put("queued", stats.queued);
    m_out.put("start_unseen", stats.startUnseen);
    spread("wait_ms", stats.wait);
    spread("work_ms", stats.work);
    spread("cadence_ms", stats.cadence);
    m_out.put("peak_parallel", stats.peakParallel);
    if (!stats.whyNoPeak.isEmpty()) {
        m_out.put("peak_parallel_why", stats.whyNoPeak);
    }
    m_out.put("per_second", stats.perSecond);
    if (!stats.whyNoRate.isEmpty()) {
        m_out.put("per_second_why", stats.whyNoRate);
    }
    m_out.put("expected", stats.expected);
    if (!stats.whyNoExpected.isEmpty()) {
        m_out.put("expected_why", stats.whyNoExpected);
    }
}

void Json::epoch(const EpochRow &row)
{
    m_out.put("epoch", row.epoch < 0 ? std::optional<qint64>() : std::optional(row.epoch));
    each("types", row.types, [this](const TypeStats &stats) { type(stats); });
    m_out.put("outcome", row.outcome);
    m_out.putOrNull("failed_stage", row.failedStage);
    m_out.put("jobs", row.jobs);
    m_out.put("jobs_completed", row.jobsDone);
    m_out.put("from", row.from < 0 ? std::optional<qint64>() : std::optional(row.from));
    m_out.put("to", row.to < 0 ? std::optional<qint64>() : std::optional(row.to));
    m_out.put("blocks", row.blocks);
    m_out.put("txs", row.txs);
    time("first_job", row.firstJob);
    time("last_job", row.lastJob);
    time("started", row.started);
    time("proved", row.proved);
    time("submitting", row.submitting);
    time("mined", row.mined);
    time("submitted", row.submitted);
    time("failed_at", row.failedAt);
    time("end", row.end);
    time("deadline", row.deadline);
    m_out.put("margin_ms", row.marginMs);
    m_out.put("proving_ms", row.provingMs);
    m_out.putOrNull("tx_hash", row.txHash);
    m_out.put("gas_used", row.gasUsed);
    m_out.key("first_cause");
    if (row.cause) {
        m_out.open('{');
        m_out.put("code", row.cause->code);
        m_out.put("text", safe(row.cause->text));
        spot(row.cause->spot);
        m_out.close('}');
    } else {
        m_out.null();
    }
    m_out.put("consequence_lines", row.consequences);
    m_out.put("proved_by_other", row.provenByOther);
    m_out.put("outstanding", row.outstanding);
    m_out.key("critical_path");
    m_out.open('[');
    for (const quint32 index : row.criticalPath) {
        m_out.ascii(m_gathering.book().idOf(m_gathering.book().jobs().at(index)));
    }
    m_out.close(']');
}

void Json::machine(const MachineRow &row)
{
    m_out.put("name", row.name);
    m_out.put("role", row.role);
    words("roles", row.roles);
    time("first", row.first);
    time("last", row.last);
    m_out.put("clock_offset_ms", row.clockOffsetMs);
    m_out.put("clock_samples", row.clockSamples);
    m_out.put("jobs_started", row.jobsStarted);
    m_out.put("jobs_completed", row.jobsCompleted);
    m_out.put("cores", row.cores);
    words("logs", row.logs);
}

void Json::agent(const AgentRow &row)
{
    m_out.put("machine", row.machine);
    m_out.put("name", row.name);
    m_out.put("verdict", row.verdict);
    m_out.put("why", row.why);
    each("history", row.history, [this](const WorkSpan &span) {
        m_out.put("verdict", span.verdict);
        time("from", span.from);
        time("to", span.to);
        m_out.put("lines", span.count);
        spot(span.spot);
    });
}

void Json::job(std::size_t index)
{
    const JobRow &row = m_analysis.jobs.at(index);
    m_out.open('{');
    m_out.key("id");
    m_out.ascii(m_gathering.book().idOf(m_gathering.book().jobs().at(index)));
    m_out.key("type");
    m_out.ascii(m_gathering.book().types().at(row.type));
    m_out.put("state", jobStateWord(row.state));
    m_out.put("attempts", row.attempts ? std::optional(row.attempts) : std::nullopt);
    m_out.put("epoch", row.epoch < 0 ? std::optional<qint64>() : std::optional(row.epoch));
    time("enqueued", row.enqueued);
    time("started", row.started);
    time("completed", row.completed);
    m_out.put("wait_ms", row.waitMs < 0 ? std::optional<qint64>() : std::optional(row.waitMs));
    m_out.put("work_ms", row.workMs < 0 ? std::optional<qint64>() : std::optional(row.workMs));
    m_out.key("machine");
    if (row.place < 0) {
        m_out.null();
    } else {
        m_out.text(m_analysis.logs.at(m_analysis.places[std::size_t(row.place)].log).machine);
    }
    m_out.put("starts", row.starts);
    m_out.put("retries", row.retries);
    m_out.put("timed_out", row.timeouts);
    if (row.isCancelled) {
        m_out.put("cancelled", true);
    }
    if (row.isStuck) {
        m_out.put("stuck", true);
    }
    m_out.put("log", m_analysis.logs.at(row.log).name);
    m_out.put("line", row.line);
    m_out.close('}');
}

void Json::finding(const Trouble &trouble)
{
    const TroubleText text = textOf(trouble, m_options.language);
    const Evidence first = trouble.evidence.value(0);
    m_out.put("code", trouble.code);
    m_out.put("severity", severityWord(trouble.severity));
    m_out.put("line", first.line > 0 ? std::optional(first.line) : std::nullopt);
    m_out.put("text", safe(text.text));
    m_out.put("advice", safe(text.advice));
    m_out.put("group", trouble.group);
    m_out.putOrNull("log", first.log);
    m_out.put("count", trouble.count);
    m_out.put("epoch", trouble.epoch);
    m_out.putOrNull("machine", trouble.machine);
    m_out.putOrNull("job", trouble.job);
    m_out.putOrNull("consequence_of", trouble.consequenceOf);
    each("evidence", trouble.evidence, [this](const Evidence &evidence) {
        m_out.put("log", evidence.log);
        m_out.put("line", evidence.line);
        m_out.put("offset", evidence.offset);
        m_out.put("text", safe(evidence.text));
    });
}

void Json::log(const LogRow &row)
{
    m_out.put("name", row.name);
    m_out.put("machine", row.machine);
    m_out.put("bytes", row.facts.bytes);
    m_out.put("lines", row.facts.lines);
    m_out.put("records", row.facts.records);
    m_out.put("continuation_lines", row.facts.continuations);
    m_out.put("untimed_lines", row.facts.untimed);
    m_out.put("stray_lines", row.facts.stray);
    m_out.key("levels");
    m_out.open('{');
    constexpr std::array names{"", "trace", "debug", "verbose", "info", "warn", "error", "fatal"};
    for (std::size_t i = 1; i < names.size(); ++i) {
        m_out.put(names.at(i), row.facts.levels.at(i));
    }
    m_out.close('}');
    QStringList framing;
    for (const auto &[flag, word] : {std::pair<quint8, QString>(FramedRaw, u"pretty"_s),
                                     {FramedJson, u"json"_s},
                                     {FramedColour, u"colour"_s},
                                     {FramedCompose, u"compose"_s},
                                     {FramedStamp, u"docker-t"_s},
                                     {FramedCrLf, u"crlf"_s}}) {
        if (row.facts.framing & flag) {
            framing << word;
        }
    }
    words("framing", framing);
    const auto at = [&row](qint64 value) { return value == NoTime ? NoTime : value + row.base; };
    time("first", at(row.facts.first));
    time("last", at(row.facts.last));
    m_out.putOrNull("date_from", row.dateFrom);
}

void Json::startUp(const StartUpRow &row)
{
    m_out.put("machine", row.machine);
    m_out.put("container", row.container);
    spot(row.spot);
    each("crs", row.crs, [this](const CrsRow &crs) {
        m_out.put("kind", crs.isGrumpkin ? u"grumpkin"_s : u"bn254"_s);
        m_out.put("source", crs.isDownload ? u"download"_s : u"cache"_s);
        m_out.put("points", crs.points);
        m_out.put("bytes", crs.bytes);
    });
    time("from", row.from);
    time("backend", row.backend);
    time("listening", row.listening);
    time("first_job", row.firstJob);
    m_out.put("crs_ms", row.crsMs);
    m_out.put("ready_ms", row.readyMs);
    m_out.put("first_job_ms", row.firstJobMs);
    m_out.put("port", row.port < 0 ? std::optional<qint64>() : std::optional(row.port));
}

void Json::container(const DockerContainer &row)
{
    m_out.put("machine", row.machine);
    m_out.put("name", row.name);
    m_out.putOrNull("role", row.role);
    m_out.putOrNull("image", row.image);
    m_out.putOrNull("state", row.state);
    m_out.putOrNull("status", row.status);
    m_out.putOrNull("health", row.health);
    m_out.put("ports", safe(row.ports));
    m_out.put("cpu_percent", row.cpuPercent);
    std::optional<double> ofMachine;
    for (const MachineRow &one : m_analysis.machines) {
        if (one.name == row.machine && one.cores && row.cpuPercent) {
            ofMachine = *row.cpuPercent / *one.cores;
        }
    }
    m_out.put("cpu_percent_of_machine", ofMachine);
    m_out.put("memory_bytes", row.memoryBytes);
    m_out.put("memory_limit_bytes", row.memoryLimitBytes);
    m_out.put("memory_percent", row.memoryPercent);
    m_out.put("pids", row.pids);
    m_out.put("oom_killed", row.oomKilled);
    m_out.put("exit_code", row.exitCode);
    m_out.put("restarts", row.restarts);
    m_out.put("agent_count", row.agentCount);
    m_out.putOrNull("broker_url", safe(row.brokerUrl));
    QStringList environment;
    for (const QString &variable : row.environment) {
        environment << safe(variable);
    }
    words("environment", environment);
}

void Json::rest()
{
    each("circuits", m_analysis.circuits, [this](const CircuitRow &row) {
        m_out.put("machine", row.machine);
        m_out.put("container", row.container);
        m_out.put("circuit", row.circuit);
        m_out.putOrNull("type", row.type);
        spread("proof_ms", row.proofMs);
        spread("witness_ms", row.witnessMs);
        spread("input_bytes", row.inputBytes);
        spread("output_bytes", row.outputBytes);
    });
    each("transactions", m_analysis.txs, [this](const TxRow &row) {
        m_out.put("hash", row.hash);
        m_out.putOrNull("machine", row.machine);
        time("received", row.received);
        time("proving", row.proving);
        time("proved", row.proved);
        m_out.put("proof_ms", row.proofMs);
        m_out.put("failures", row.failures);
    });
    each("blocks", m_analysis.blocks, [this](const std::pair<const qint64, BlockNote> &one) {
        const BlockNote &note = one.second;
        const auto known = [](qint64 value) {
            return value < 0 ? std::optional<qint64>() : std::optional(value);
        };
        m_out.put("block", one.first);
        m_out.put("slot", known(note.slot));
        m_out.put("txs", known(note.orchestratedTxs >= 0 ? note.orchestratedTxs : note.txs));
        m_out.put("wanted", known(note.wantedTxs));
        m_out.put("found", known(note.foundTxs));
        m_out.put("from_mempool", known(note.fromMempool));
        m_out.put("from_p2p", known(note.fromP2p));
        m_out.put("missing", known(note.missingTxs));
        m_out.put("world_state_ms",
                  note.worldStateMs < 0 ? std::optional<double>() : note.worldStateMs);
    });
    each("outstanding", m_analysis.polls, [this](const PollNote &poll) {
        time("time", poll.time);
        m_out.put("outstanding", poll.outstanding);
        m_out.put("ready", poll.ready);
    });
    m_out.key("network");
    if (m_analysis.network) {
        m_out.open('{');
        m_out.put("name", m_analysis.network->name);
        m_out.put("from", m_analysis.networkFrom);
        m_out.put("genesis", m_analysis.network->genesis);
        m_out.put("slot_seconds", m_analysis.network->slotSeconds);
        m_out.put("epoch_slots", m_analysis.network->epochSlots);
        m_out.put("proof_submission_epochs", m_analysis.network->proofEpochs);
        m_out.close('}');
    } else {
        m_out.null();
    }
    m_out.put("proven_tip",
              m_analysis.provenTip < 0 ? std::optional<qint64>()
                                       : std::optional(m_analysis.provenTip));
    m_out.put("peers",
              m_analysis.peers < 0 ? std::optional<int>() : std::optional(m_analysis.peers));
}

void Json::write()
{
    m_out.open('{');
    each("epochs", m_analysis.epochs, [this](const EpochRow &row) { epoch(row); });
    each("machines", m_analysis.machines, [this](const MachineRow &row) { machine(row); });
    each("agents", m_analysis.agents, [this](const AgentRow &row) { agent(row); });
    each("findings", m_analysis.troubles, [this](const Trouble &one) { finding(one); });
    each("logs", m_analysis.logs, [this](const LogRow &row) { log(row); });
    each("startups", m_analysis.startUps, [this](const StartUpRow &row) { startUp(row); });
    each("containers", m_analysis.containers,
         [this](const DockerContainer &row) { container(row); });
    rest();
    m_out.key("jobs");
    m_out.open('[');
    for (std::size_t i = 0; i < m_analysis.jobs.size(); ++i) {
        job(i);
    }
    m_out.close(']');
    m_out.close('}');
    m_out.flush();
}

} // namespace

QString forStrangers(const QString &text, bool showNames)
{
    const QString masked = redactedText(text);
    if (showNames || masked.isEmpty()) {
        return masked;
    }
    NameHider hider;
    return QString::fromUtf8(hider.hidden(masked.toUtf8()));
}

void writeJson(const Gathering &gathering, const Analysis &analysis, const ReportOptions &options,
               const ReportSink &sink)
{
    Json(gathering, analysis, options, sink).write();
    sink("\n");
}

} // namespace proverdeck::models::aztec

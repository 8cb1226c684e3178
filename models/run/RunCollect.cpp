// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogText.h"
#include "models/run/Run.h"
#include "models/run/ServerCost.h"

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

constexpr char MetricsMark[] = "@@proverdeck-metrics";
constexpr int FallbackBatches = 200; ///< at most so many are asked for, block by block
constexpr quint64 FallbackBlocks = 5000;
constexpr qsizetype MaxGpus = 64;

QString batchCountText(qsizetype count)
{
    return count == 1 ? Run::tr("1 batch") : Run::tr("%1 batches").arg(count);
}

QByteArray hexNumber(quint64 number)
{
    return "0x" + QByteArray::number(number, 16);
}

} // namespace

void Run::runCollect()
{
    const bool session = planned().step.collects == u"session";
    m_caller.call(m_shell.runLoginScript(scriptFor(commandOf(planned())), planned().step.timeout),
                  whileCurrent([this, session](const Reply &reply) {
                      if (reply.lost()) {
                          return;
                      }
                      if (session) {
                          onSession(reply);
                          return;
                      }
                      if (!reply.ok() || !m_collector.feedMetrics(reply.out)) {
                          m_collector.metricsFailed();
                      } else if (!m_options.folder.isEmpty()) {
                          (void)report::writeWholeFile(m_options.folder + u"/metrics.txt"_s,
                                                       redacted(reply.out), true);
                      }
                      askServerCost();
                  }));
}

void Run::askServerCost()
{
    m_caller.call(m_shell.runLoginScript(serverCostScript(), std::chrono::seconds(30)),
                  whileCurrent([this](const Reply &reply) {
                      if (reply.lost()) {
                          return;
                      }
                      m_session.cost = readServerCost(reply.out);
                      askMissingBatches();
                  }));
}

void Run::onSession(const Reply &reply)
{
    const QByteArray text = redacted(reply.out.left(16 * 1024));
    takeSession(text);
    finishStep(m_session.commit.isEmpty() ? StepOutcome::Warning : StepOutcome::Done,
               m_session.commit.isEmpty()
                   ? tr("the commit is not known")
                   : m_session.commit.left(10) + u' ' + m_session.commitSubject,
               {}, {{u"text"_s, QString::fromUtf8(text)}});
    nextStep();
}

/// Lines "key=value" of the session step.
void Run::takeSession(const QByteArray &text)
{
    m_session.gpus.clear();
    QString branch;
    bool dirty = false;
    for (const QByteArray &line : text.split('\n')) {
        const qsizetype equals = line.indexOf('=');
        const QByteArray key = line.left(equals);
        const QString value = plainLineFromUtf8(line.mid(equals + 1));
        if (equals < 0 || value.isEmpty()) {
            continue;
        }
        if (key == "commit") {
            m_session.commit = value;
        } else if (key == "subject") {
            m_session.commitSubject = value;
        } else if (key == "branch") {
            branch = value;
        } else if (key == "dirty") {
            dirty = true;
        } else if (key == "cpu") {
            m_session.cpuModel = value;
        } else if (key == "memory_kib") {
            m_session.memoryKiB = value.toULongLong();
        } else if (key == "gpu") {
            const QStringList parts = value.split(u", "_s);
            if (parts.size() == 3 && m_session.gpus.size() < MaxGpus) {
                m_session.gpus << report::Gpu{parts.at(0), parts.at(2), parts.at(1).toULongLong()};
            }
        }
    }
    if (m_session.gitRef.isEmpty()) {
        m_session.gitRef = branch;
    }
    if (dirty) {
        m_session.commitSubject += tr(" (with uncommitted changes)");
        addFinding({u"dirty-tree"_s, Severity::Warning,
                    tr("The working tree holds uncommitted changes: the commit alone does not say "
                       "what was measured."),
                    tr("Publish the changes with the number, or commit them and run again.")});
    }
}

void Run::askMissingBatches()
{
    const QList<quint64> missing = m_collector.batchesWithoutFacts().mid(0, FallbackBatches);
    if (missing.isEmpty() || !m_plan.workflow.input(u"rpc_port"_s)) {
        refreshResults();
        finishStep(StepOutcome::Done, batchCountText(m_rows.size()));
        nextStep();
        return;
    }
    QByteArray script = shellPrelude();
    const QByteArray port = expand(u"{rpc_port}"_s, m_plan.workflow, m_known).toUtf8();
    for (const quint64 batch : missing) {
        script += "printf 'B %s ' " + QByteArray::number(batch) + "; pd_rpc " + port
            + " ethrex_getBatchByNumber '[\"" + hexNumber(batch)
            + "\",false]' | tr -d '\\n'; echo\n";
    }
    m_caller.call(
        m_shell.runLoginScript(script, std::chrono::seconds(120)),
        whileCurrent([this, missing](const Reply &reply) { onBatchesReply(reply, missing); }));
}

void Run::onBatchesReply(const Reply &reply, const QList<quint64> &missing)
{
    if (reply.lost()) {
        return;
    }
    QMap<quint64, QPair<quint64, quint64>> blocks;
    quint64 sum = 0;
    for (const QByteArray &line : reply.out.split('\n')) {
        const QList<QByteArray> parts = line.split(' ');
        if (parts.size() < 3 || parts.at(0) != "B") {
            continue;
        }
        const quint64 batch = parts.at(1).toULongLong();
        const auto range = ethrex::batchBlocks(
            QByteArrayView(line).sliced(parts.at(0).size() + parts.at(1).size() + 2));
        if (range && missing.contains(batch)
            && sum + range->second - range->first < FallbackBlocks) {
            sum += range->second - range->first + 1;
            blocks.insert(batch, *range);
        }
    }
    QByteArray script = shellPrelude();
    const QByteArray port = expand(u"{rpc_port}"_s, m_plan.workflow, m_known).toUtf8();
    for (const auto &range : std::as_const(blocks)) {
        for (quint64 block = range.first; block <= range.second; ++block) {
            script += "printf 'K %s ' " + QByteArray::number(block) + "; pd_rpc " + port
                + " eth_getBlockByNumber '[\"" + hexNumber(block)
                + "\",false]' | tr -d '\\n'; echo\n";
        }
    }
    m_caller.call(
        m_shell.runLoginScript(script, std::chrono::seconds(300)),
        whileCurrent([this, blocks](const Reply &answer) { onBlocksReply(answer, blocks); }));
}

void Run::onBlocksReply(const Reply &reply, const QMap<quint64, QPair<quint64, quint64>> &blocks)
{
    if (reply.lost()) {
        return;
    }
    QMap<quint64, QPair<quint64, quint64>> known;
    for (const QByteArray &line : reply.out.split('\n')) {
        const QList<QByteArray> parts = line.split(' ');
        if (parts.size() >= 3 && parts.at(0) == "K") {
            const auto facts = ethrex::blockGasAndTxs(
                QByteArrayView(line).sliced(parts.at(0).size() + parts.at(1).size() + 2));
            if (facts) {
                known.insert(parts.at(1).toULongLong(), *facts);
            }
        }
    }
    int filled = 0;
    for (auto range = blocks.begin(); range != blocks.end(); ++range) {
        ethrex::BatchFacts facts;
        quint64 gas = 0;
        quint64 txs = 0;
        bool whole = true;
        for (quint64 block = range->first; block <= range->second && whole; ++block) {
            whole = known.contains(block);
            gas += known.value(block).first;
            txs += known.value(block).second;
        }
        facts.blocks = range->second - range->first + 1;
        if (whole) {
            facts.gasUsed = gas;
            facts.txCount = txs;
            ++filled;
        }
        m_collector.fillBatch(range.key(), facts);
    }
    if (filled > 0) {
        addFinding({u"metrics-from-rpc"_s,
                    Severity::Info,
                    tr("The metrics did not have %1; gas, transactions and blocks were summed from "
                       "the L2's blocks.")
                        .arg(batchCountText(filled)),
                    {}});
    }
    refreshResults();
    finishStep(StepOutcome::Done, batchCountText(m_rows.size()));
    nextStep();
}

// ---- samplers: one long-lived channel each ----

void Run::startGpuSampler()
{
    if (m_gpuSampler || !m_session.gpu.value_or(false) || m_options.checksOnly) {
        return;
    }
    const QByteArray script
        = "exec env TZ=UTC nvidia-smi "
          "--query-gpu=timestamp,index,uuid,name,utilization.gpu,utilization.memory,memory.used,"
          "memory.total,temperature.gpu,power.draw,power.limit,fan.speed,clocks.sm,pstate "
          "--format=csv,noheader,nounits -l 1\n";
    const auto id = m_shell.runLoginScript(script, std::chrono::milliseconds(0));
    m_gpuSampler = id;
    m_caller.stream(
        id,
        [this](const QByteArray &bytes) {
            const QList<series::GpuSample> samples = m_gpuReader.feed(bytes);
            if (!samples.isEmpty()) {
                keepGpu(bytes);
                m_collector.feedGpu(samples);
                emit gpuSampled(samples);
            }
        },
        [this](const Reply &) { m_gpuSampler.reset(); });
}

void Run::startMetricsSampler()
{
    if (m_metricsSampler || !m_sampleMetrics || m_state == RunState::TearingDown
        || !m_plan.workflow.input(u"metrics_port"_s)) {
        return;
    }
    // The server's clock, as of the GPU samples and the logs.
    const QByteArray script = shellPrelude() + "while pd_http "
        + expand(u"{metrics_port}"_s, m_plan.workflow, m_known).toUtf8()
        + " /metrics || true; do echo " + MetricsMark + " $(date +%s) || exit 0; sleep "
        + QByteArray::number(qint64(m_options.metricsInterval.count())) + "; done\n";
    const auto id = m_shell.runLoginScript(script, std::chrono::milliseconds(0));
    m_metricsSampler = id;
    m_metricsText.clear();
    m_caller.stream(
        id, [this](const QByteArray &bytes) { onMetricsBytes(bytes); },
        [this](const Reply &) { m_metricsSampler.reset(); });
}

void Run::onMetricsBytes(const QByteArray &bytes)
{
    m_metricsText += bytes;
    qsizetype mark = m_metricsText.indexOf(MetricsMark);
    qsizetype end = m_metricsText.indexOf('\n', std::max<qsizetype>(mark, 0));
    while (mark >= 0 && end >= 0) {
        const QByteArray body = m_metricsText.left(mark);
        const qsizetype after = mark + qsizetype(sizeof(MetricsMark) - 1);
        bool isNumber = false;
        const qint64 secs = m_metricsText.mid(after, end - after).trimmed().toLongLong(&isNumber);
        m_metricsText.remove(0, end + 1);
        if (!m_collector.feedMetrics(body)) {
            m_collector.metricsFailed();
        } else {
            keepMetrics(body);
            takeL2Sample(isNumber && secs > 0 ? std::optional(secs) : std::nullopt);
        }
        mark = m_metricsText.indexOf(MetricsMark);
        end = m_metricsText.indexOf('\n', std::max<qsizetype>(mark, 0));
        refreshResults();
    }
    if (m_metricsText.size() > 16 * 1024 * 1024) {
        m_metricsText.clear(); // not a metrics endpoint
    }
}

void Run::takeL2Sample(std::optional<qint64> serverSecs)
{
    if (!serverSecs) {
        return; // without the server's time it has no place among the GPU samples
    }
    const ethrex::L2Sample sample
        = ethrex::l2SampleOf(m_collector.metrics().latest(), *serverSecs * 1000);
    const bool isFirst = !m_l2File;
    keepSamples(m_l2File, u"metrics.csv"_s,
                (isFirst ? ethrex::l2CsvHeader() : QByteArray()) + ethrex::l2CsvLine(sample));
    emit l2Sampled(sample);
}

void Run::keepGpu(const QByteArray &bytes)
{
    keepSamples(m_gpuFile, u"gpu.csv"_s, bytes);
}

/// Beside the logs, and compressed like them.
void Run::keepSamples(std::unique_ptr<LogFile> &file, const QString &name, const QByteArray &bytes)
{
    if (m_options.folder.isEmpty()) {
        return;
    }
    if (!file) {
        file = std::make_unique<LogFile>(m_options.folder + u'/' + name);
        if (const auto opened = file->open(); !opened) {
            file.reset();
            addFinding({u"local-disk"_s, Severity::Error, opened.error(),
                        tr("Free space on this machine.")});
            return;
        }
    }
    if (const auto written = file->append(bytes); !written) {
        addFinding({u"local-disk"_s, Severity::Error, written.error(),
                    tr("Free space on this machine; samples of this time are lost.")});
    }
}

/// Now and then, for a program that goes on with this run: the L2 may be gone by then.
void Run::keepMetrics(const QByteArray &body)
{
    static constexpr qint64 EveryMs = 60'000;
    if (m_options.folder.isEmpty()
        || (m_metricsKept.isValid() && m_metricsKept.elapsed() < EveryMs)) {
        return;
    }
    m_metricsKept.start();
    (void)report::writeWholeFile(m_options.folder + u"/metrics.txt"_s, redacted(body), true);
}

void Run::stopSamplers()
{
    for (auto *sampler : {&m_gpuSampler, &m_metricsSampler}) {
        if (*sampler) {
            m_caller.cancel(**sampler);
            sampler->reset();
        }
    }
}

} // namespace proverdeck::models

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/Report.h"
#include "models/aztec/Texts.h"

#include <algorithm>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

/// Everything that logs said goes through here: no table, heading or link comes out of it.
QString cell(QString text)
{
    text.replace(u'\n', u' ').replace(u'|', u"\\|"_s).replace(u'<', u"&lt;"_s);
    return text.isEmpty() ? u"–"_s : text;
}

/// The report in the outline of the guide that it replaces. @p m_zh chooses the second text.
class Markdown
{
public:
    Markdown(const Analysis &analysis, const ReportOptions &options)
        : m_analysis(analysis)
        , m_options(options)
        , m_zh(options.language == Language::Chinese)
    {
    }

    QString make();

private:
    [[nodiscard]] QString say(const char16_t *english, const char16_t *chinese) const
    {
        return QString::fromUtf16(m_zh ? chinese : english);
    }
    void heading(int level, const QString &text);
    void table(const QStringList &head, const QList<QStringList> &rows);
    [[nodiscard]] QString time(qint64 value) const;
    [[nodiscard]] QString span(std::optional<double> ms) const;
    [[nodiscard]] QString why(const QString &word) const;
    [[nodiscard]] QString outcome(const QString &word) const;
    [[nodiscard]] QString verdict(const QString &word) const;
    [[nodiscard]] QString number(std::optional<int> value) const;
    void overview();
    void types();
    void startUps();
    void tree();
    void epochs();
    void performance();
    void transactions();
    void machines();
    void chain();
    void comparison();
    void findings();
    void notes();

    const Analysis &m_analysis;
    const ReportOptions &m_options;
    bool m_zh;
    QString m_text;
};

void Markdown::heading(int level, const QString &text)
{
    m_text += u'\n' + QString(level, u'#') + u' ' + text + u"\n\n"_s;
}

void Markdown::table(const QStringList &head, const QList<QStringList> &rows)
{
    m_text += u"| "_s + head.join(u" | "_s) + u" |\n|"_s;
    for (qsizetype i = 0; i < head.size(); ++i) {
        m_text += u" --- |"_s;
    }
    m_text += u'\n';
    for (const QStringList &row : rows) {
        QStringList cells;
        for (const QString &one : row) {
            cells << cell(one);
        }
        m_text += u"| "_s + cells.join(u" | "_s) + u" |\n"_s;
    }
}

QString Markdown::time(qint64 value) const
{
    QString text = m_analysis.timeText(value);
    return text.replace(u'T', u' ');
}

QString Markdown::span(std::optional<double> ms) const
{
    return ms ? durationText(*ms) : u"–"_s;
}

QString Markdown::number(std::optional<int> value) const
{
    return value ? QString::number(*value) : u"–"_s;
}

QString Markdown::why(const QString &word) const
{
    if (word == u"no-broker-log") {
        return say(u"no broker log", u"没有 broker 日志");
    }
    if (word == u"no-agent-log") {
        return say(u"no agent log: the broker prints nothing when it hands a job out",
                   u"没有 agent 日志：broker 分配任务时不打印任何内容");
    }
    if (word == u"no-job-seen-whole") {
        return say(u"no job was seen from its beginning to its end", u"没有任务从头到尾都可见");
    }
    if (word == u"fewer-than-two-completions") {
        return say(u"fewer than two completions", u"完成数少于两个");
    }
    return word;
}

QString Markdown::outcome(const QString &word) const
{
    if (word == u"submitted") {
        return say(u"submitted to L1", u"已提交到 L1");
    }
    if (word == u"proved") {
        return say(u"proved, submission not seen", u"已证明，未见提交");
    }
    if (word == u"submission-failed") {
        return say(u"proved, submission failed", u"已证明，提交失败");
    }
    if (word == u"deadline-missed") {
        return say(u"deadline missed", u"错过截止时间");
    }
    if (word == u"proving-failed") {
        return say(u"proving failed", u"证明失败");
    }
    if (word == u"in-progress") {
        return say(u"in progress", u"进行中");
    }
    if (word == u"reorg") {
        return say(u"halted by a reorg", u"因重组中止");
    }
    return say(u"unknown: no prover node log", u"未知：没有 prover node 日志");
}

QString Markdown::verdict(const QString &word) const
{
    if (word == u"working") {
        return say(u"working", u"工作中");
    }
    if (word == u"idle") {
        return say(u"idle, nothing to do", u"空闲，没有任务");
    }
    if (word == u"cannot-reach-broker") {
        return say(u"cannot reach the broker", u"无法连接 broker");
    }
    if (word == u"wrong-service") {
        return say(u"asks the wrong service", u"连接了错误的服务");
    }
    if (word == u"loading-crs") {
        return say(u"loading the CRS", u"正在加载 CRS");
    }
    if (word == u"restarting") {
        return say(u"restarting", u"正在重启");
    }
    return say(u"unknown", u"未知");
}

void Markdown::overview()
{
    m_text = u"# "_s + say(u"Prover log analysis", u"Prover 日志分析") + u'\n';
    heading(2, say(u"Overview", u"概览"));
    QList<QStringList> rows;
    for (const LogRow &log : m_analysis.logs) {
        const auto at = [&log](qint64 t) { return t == NoTime ? NoTime : t + log.base; };
        rows << QStringList{log.machine,
                            log.name,
                            QString::number(log.facts.records),
                            QString::number(log.facts.levels.at(std::size_t(Level::Warn))),
                            QString::number(log.facts.levels.at(std::size_t(Level::Error))
                                            + log.facts.levels.at(std::size_t(Level::Fatal))),
                            time(at(log.facts.first)),
                            time(at(log.facts.last))};
    }
    if (!rows.isEmpty()) {
        table({say(u"Machine", u"机器"), say(u"Log", u"日志"), say(u"Records", u"记录"),
               say(u"Warnings", u"警告"), say(u"Errors", u"错误"), say(u"First", u"开始"),
               say(u"Last", u"结束")},
              rows);
    }
    if (m_analysis.network) {
        m_text += u'\n'
            + say(u"Network: %1, slots of %2 s, %3 slots per epoch.",
                  u"网络：%1，每个 slot %2 秒，每个 epoch %3 个 slot。")
                  .arg(cell(m_analysis.network->name))
                  .arg(m_analysis.network->slotSeconds)
                  .arg(m_analysis.network->epochSlots)
            + u'\n';
    }
}

void Markdown::types()
{
    QMap<QString, int> seen;
    for (const EpochRow &epoch : m_analysis.epochs) {
        for (const TypeStats &type : epoch.types) {
            seen[type.type] += 1;
        }
    }
    if (seen.isEmpty()) {
        return;
    }
    heading(2, say(u"Job types observed", u"观察到的任务类型"));
    const auto vocabulary = Vocabulary::builtIn();
    QList<QStringList> rows;
    for (auto at = seen.cbegin(); at != seen.cend(); ++at) {
        const JobType *type = vocabulary->type(at.key());
        rows << QStringList{at.key(),
                            type ? (m_zh ? type->whatZh : type->what)
                                 : say(u"not known to this version", u"此版本不认识"),
                            type ? type->needs.join(u", "_s) : QString()};
    }
    table({say(u"Type", u"类型"), say(u"What it proves", u"证明的内容"), say(u"Needs", u"需要")},
          rows);
}

void Markdown::startUps()
{
    if (m_analysis.startUps.isEmpty()) {
        return;
    }
    heading(2, say(u"Start-up", u"启动过程"));
    QList<QStringList> rows;
    for (const StartUpRow &row : m_analysis.startUps) {
        QStringList crs;
        for (const CrsRow &one : row.crs) {
            crs << u"%1 %2: %3 (%4)"_s.arg(one.isGrumpkin ? u"Grumpkin"_s : u"BN254"_s,
                                           one.isDownload ? say(u"downloaded", u"下载")
                                                          : say(u"from the cache", u"来自缓存"),
                                           say(u"%1 points", u"%1 个点").arg(one.points),
                                           one.bytes < 0 ? u"–"_s : bytesText(double(one.bytes)));
        }
        const auto ms = [this](std::optional<qint64> value) {
            return span(value ? std::optional(double(*value)) : std::nullopt);
        };
        rows << QStringList{row.container.isEmpty() ? row.machine
                                                    : row.machine + u" / "_s + row.container,
                            time(row.from),
                            crs.join(u"; "_s),
                            ms(row.crsMs),
                            ms(row.readyMs),
                            ms(row.firstJobMs)};
    }
    table({say(u"Where", u"位置"), say(u"Begun", u"开始"), u"CRS"_s, say(u"CRS time", u"CRS 用时"),
           say(u"Until listening", u"到开始监听"), say(u"Until the first job", u"到第一个任务")},
          rows);
}

void Markdown::tree()
{
    QStringList present;
    for (const EpochRow &epoch : m_analysis.epochs) {
        for (const TypeStats &type : epoch.types) {
            if (!present.contains(type.type)) {
                present << type.type;
            }
        }
    }
    if (present.isEmpty()) {
        return;
    }
    heading(2, say(u"Hierarchical proving structure", u"证明的层级结构"));
    const auto vocabulary = Vocabulary::builtIn();
    m_text += u"```text\n"_s;
    std::stable_sort(present.begin(), present.end(), [&](const QString &a, const QString &b) {
        const JobType *first = vocabulary->type(a);
        const JobType *second = vocabulary->type(b);
        return (first ? first->level : 99) < (second ? second->level : 99);
    });
    for (const QString &name : std::as_const(present)) {
        const JobType *type = vocabulary->type(name);
        QStringList needs;
        for (const QString &need : type ? type->needs : QStringList()) {
            for (const QString &other : std::as_const(present)) {
                const JobType *child = vocabulary->type(other);
                if (child && child->name == need) {
                    needs << other;
                }
            }
        }
        m_text += (needs.isEmpty() ? name : needs.join(u" + "_s) + u" → "_s + name) + u'\n';
    }
    m_text += u"```\n"_s;
}

void Markdown::epochs()
{
    if (m_analysis.epochs.isEmpty()) {
        return;
    }
    heading(2, say(u"Epochs", u"Epoch 对比"));
    QList<QStringList> rows;
    for (const EpochRow &row : m_analysis.epochs) {
        const QString failure = row.cause
            ? outcome(row.outcome) + u": "_s + forStrangers(row.cause->text, m_options.showNames)
            : outcome(row.outcome);
        rows << QStringList{QString::number(row.epoch),
                            failure,
                            u"%1 / %2"_s.arg(row.jobsDone).arg(row.jobs),
                            time(row.started),
                            time(row.proved),
                            time(row.mined != NoTime ? row.mined : row.submitted),
                            time(row.deadline),
                            row.marginMs ? (*row.marginMs < 0 ? u"−"_s : QString())
                                    + durationText(std::abs(double(*row.marginMs)))
                                         : u"–"_s};
    }
    table({u"Epoch"_s, say(u"Outcome", u"结果"), say(u"Jobs done", u"完成任务"),
           say(u"Started", u"开始"), say(u"Proved", u"已证明"), say(u"On L1", u"上链"),
           say(u"Deadline", u"截止"), say(u"Margin", u"余量")},
          rows);
}

void Markdown::performance()
{
    if (m_analysis.epochs.isEmpty()) {
        return;
    }
    heading(2, say(u"Performance metrics", u"性能指标"));
    m_text += say(u"Wait is from the broker's queue to an agent, work from an agent's start to its "
                  u"end, cadence from one completion to the next. They are three different things. "
                  u"Time-outs are no attempts.",
                  u"等待：从进入 broker 队列到 agent 开始；工作：从 agent "
                  u"开始到完成；间隔：从一个完成到"
                  u"下一个完成。三者不同。超时不算尝试。")
        + u'\n';
    for (const EpochRow &epoch : m_analysis.epochs) {
        if (epoch.types.isEmpty()) {
            continue;
        }
        heading(3, u"Epoch %1"_s.arg(epoch.epoch));
        QList<QStringList> rows;
        QStringList reasons;
        for (const TypeStats &type : epoch.types) {
            const auto spread = [this](const Spread &one) {
                return one.n
                    ? u"%1 / %2 / %3 (%4)"_s.arg(span(one.median), span(one.p95), span(one.max))
                          .arg(one.n)
                    : u"–"_s;
            };
            rows << QStringList{type.type,
                                number(type.enqueued),
                                number(type.started),
                                type.expected ? u"%1 / %2"_s.arg(type.completed).arg(*type.expected)
                                              : QString::number(type.completed),
                                QString::number(type.failed),
                                QString::number(type.retried),
                                QString::number(type.timedOut),
                                number(type.mostAttempts),
                                spread(type.wait),
                                spread(type.work),
                                spread(type.cadence),
                                type.perSecond ? QString::number(*type.perSecond, 'g', 3) : u"–"_s,
                                number(type.peakParallel)};
            for (const auto &[name, word] : {std::pair(say(u"wait", u"等待"), type.wait.why),
                                             std::pair(say(u"work", u"工作"), type.work.why)}) {
                const QString reason = name + u": "_s + why(word);
                if (!word.isEmpty() && !reasons.contains(reason)) {
                    reasons << reason;
                }
            }
        }
        table({say(u"Type", u"类型"), say(u"Enqueued", u"入队"), say(u"Started", u"开始"),
               say(u"Completed", u"完成"), say(u"Failed", u"失败"), say(u"Retried", u"重试"),
               say(u"Timed out", u"超时"), say(u"Most attempts", u"最多尝试"),
               say(u"Wait median / p95 / max (n)", u"等待 中位数 / p95 / 最大 (n)"),
               say(u"Work median / p95 / max (n)", u"工作 中位数 / p95 / 最大 (n)"),
               say(u"Cadence median / p95 / max (n)", u"间隔 中位数 / p95 / 最大 (n)"),
               say(u"Per second", u"每秒"), say(u"Peak parallel", u"最大并行")},
              rows);
        if (!reasons.isEmpty()) {
            m_text += u'\n' + say(u"– means: ", u"– 表示：") + reasons.join(u"; "_s) + u".\n"_s;
        }
    }
    if (m_analysis.circuits.isEmpty()) {
        return;
    }
    heading(3, say(u"Circuits", u"电路"));
    QList<QStringList> rows;
    for (const CircuitRow &row : m_analysis.circuits) {
        rows << QStringList{row.machine,
                            row.type.isEmpty() ? row.circuit : row.type,
                            span(row.witnessMs.median),
                            row.inputBytes.median ? bytesText(*row.inputBytes.median) : u"–"_s,
                            row.outputBytes.median ? bytesText(*row.outputBytes.median) : u"–"_s,
                            span(row.proofMs.median),
                            QString::number(row.proofMs.n)};
    }
    table({say(u"Machine", u"机器"), say(u"Type", u"类型"), say(u"Witness median", u"见证 中位数"),
           say(u"Input", u"输入"), say(u"Output", u"输出"), say(u"Proof median", u"证明 中位数"),
           say(u"Proofs", u"证明数")},
          rows);
}

void Markdown::transactions()
{
    if (m_analysis.txs.isEmpty()) {
        return;
    }
    heading(2, say(u"Transaction processing", u"交易处理"));
    int proving = 0;
    int proved = 0;
    for (const TxRow &row : m_analysis.txs) {
        proving += row.proving != NoTime;
        proved += row.proved != NoTime;
    }
    m_text += say(u"%1 transactions are named in the logs; the AVM proof of %2 was begun, of %3 "
                  u"finished.",
                  u"日志中出现 %1 笔交易；其中 %2 笔开始了 AVM 证明，%3 笔完成。")
                  .arg(m_analysis.txs.size())
                  .arg(proving)
                  .arg(proved)
        + u"\n\n"_s;
    QList<QStringList> rows;
    for (const TxRow &row : m_analysis.txs) {
        if (rows.size() >= 50) {
            break;
        }
        rows << QStringList{row.hash,          row.machine,       time(row.received),
                            time(row.proving), span(row.proofMs), QString::number(row.failures)};
    }
    table({say(u"Transaction", u"交易"), say(u"Machine", u"机器"), say(u"Received", u"收到"),
           say(u"AVM proof begun", u"AVM 证明开始"), say(u"Took", u"用时"),
           say(u"Failures", u"失败")},
          rows);
}

void Markdown::machines()
{
    heading(2, say(u"Machines", u"多机状态"));
    QList<QStringList> rows;
    for (const MachineRow &row : m_analysis.machines) {
        rows << QStringList{
            row.name,
            row.roles.isEmpty() ? say(u"unknown", u"未知") : row.roles.join(u" + "_s),
            time(row.first),
            time(row.last),
            QString::number(row.jobsStarted),
            row.clockOffsetMs ? QString::number(*row.clockOffsetMs) + u" ms"_s : u"–"_s};
    }
    table({say(u"Machine", u"机器"), say(u"Role, by evidence", u"角色（依据证据）"),
           say(u"First", u"开始"), say(u"Last", u"结束"), say(u"Jobs started", u"开始的任务"),
           say(u"Clock offset", u"时钟偏差")},
          rows);
    if (!m_analysis.agents.isEmpty()) {
        heading(3, say(u"Agents", u"Agent 状态"));
        rows.clear();
        for (const AgentRow &row : m_analysis.agents) {
            QStringList history;
            for (const WorkSpan &one :
                 row.history.mid(std::max<qsizetype>(0, row.history.size() - 6))) {
                history << verdict(one.verdict);
            }
            rows << QStringList{row.name.isEmpty() ? row.machine
                                                   : row.machine + u" / "_s + row.name,
                                verdict(row.verdict), history.join(u" → "_s)};
        }
        table({u"Agent"_s, say(u"Now", u"当前"), say(u"What its lines show", u"日志显示的过程")},
              rows);
    }
    if (m_analysis.containers.isEmpty()) {
        return;
    }
    heading(3, say(u"Containers", u"容器"));
    rows.clear();
    for (const DockerContainer &one : m_analysis.containers) {
        std::optional<int> cores;
        for (const MachineRow &machine : m_analysis.machines) {
            if (machine.name == one.machine) {
                cores = machine.cores;
            }
        }
        rows << QStringList{
            one.machine,
            one.name,
            one.status.isEmpty() ? one.state : one.status,
            !one.cpuPercent ? u"–"_s
                : cores     ? u"%1 % (%2)"_s.arg(*one.cpuPercent / *cores, 0, 'f', 1)
                              .arg(say(u"of %1 cores", u"共 %1 核").arg(*cores))
                        : say(u"%1 % of one core", u"单核的 %1 %").arg(*one.cpuPercent),
            one.memoryBytes && one.memoryLimitBytes
                ? u"%1 / %2"_s.arg(bytesText(*one.memoryBytes), bytesText(*one.memoryLimitBytes))
                : u"–"_s,
            one.restarts ? QString::number(*one.restarts) : u"–"_s};
    }
    table({say(u"Machine", u"机器"), say(u"Container", u"容器"), say(u"State", u"状态"), u"CPU"_s,
           say(u"Memory", u"内存"), say(u"Restarts", u"重启")},
          rows);
    m_text += u'\n'
        + say(u"Docker sums CPU over all cores: 10 698 % of 128 cores is 84 % of the machine, and "
              u"normal while proving. Give --cores for shares of the machine.",
              u"Docker 把所有核的 CPU 相加：128 核上的 10698 % 只是整机的 84 %，证明时属正常。用 "
              u"--cores "
              u"可得到占整机的比例。")
        + u'\n';
}

void Markdown::chain()
{
    if (m_analysis.blocks.empty() && m_analysis.provenTip < 0) {
        return;
    }
    heading(2, say(u"Chain", u"区块链状态"));
    if (m_analysis.provenTip >= 0) {
        m_text += say(u"- Proven up to block %1", u"- 已证明到区块 %1").arg(m_analysis.provenTip)
            + u'\n';
    }
    if (m_analysis.peers >= 0) {
        m_text += say(u"- Peers at the end: %1", u"- 结束时的对端数：%1").arg(m_analysis.peers)
            + u'\n';
    }
    m_text += u'\n';
    QList<QStringList> rows;
    const auto known = [](qint64 value) { return value < 0 ? u"–"_s : QString::number(value); };
    for (auto at = m_analysis.blocks.rbegin(); at != m_analysis.blocks.rend() && rows.size() < 40;
         ++at) {
        const BlockNote &note = at->second;
        rows.prepend(
            {QString::number(at->first), known(note.slot),
             known(note.orchestratedTxs >= 0 ? note.orchestratedTxs : note.txs),
             note.wantedTxs < 0 ? u"–"_s : u"%1/%2"_s.arg(note.foundTxs).arg(note.wantedTxs),
             known(note.fromMempool), known(note.missingTxs),
             note.worldStateMs < 0 ? u"–"_s : durationText(note.worldStateMs)});
    }
    table({say(u"Block", u"区块"), u"Slot"_s, say(u"Transactions", u"交易"),
           say(u"Retrieved", u"获取"), say(u"From the pool", u"来自交易池"),
           say(u"Missing", u"缺少"), say(u"World state", u"世界状态")},
          rows);
}

void Markdown::comparison()
{
    QList<const EpochRow *> withWork;
    for (const EpochRow &row : m_analysis.epochs) {
        if (!row.types.isEmpty() && row.jobs > 1) {
            withWork << &row;
        }
    }
    QList<Comparison> list;
    if (withWork.size() >= 2) {
        list += compareEpochs(m_analysis, withWork.at(withWork.size() - 2)->epoch,
                              withWork.last()->epoch);
    }
    QStringList working;
    for (const MachineRow &machine : m_analysis.machines) {
        if (machine.jobsStarted > 0) {
            working << machine.name;
        }
    }
    if (working.size() >= 2) {
        list += compareMachines(m_analysis, working.at(0), working.at(1));
    }
    if (list.isEmpty()) {
        return;
    }
    heading(2, say(u"Comparative analysis", u"对比分析"));
    QList<QStringList> rows;
    for (const Comparison &one : std::as_const(list)) {
        const QString verdictText = one.verdict == u"too-few"
            ? say(u"too few to tell", u"样本太少，无法判断")
            : one.verdict == u"b-slower" ? say(u"%1 is slower", u"%1 更慢").arg(one.b)
            : one.verdict == u"b-faster" ? say(u"%1 is faster", u"%1 更快").arg(one.b)
                                         : say(u"no clear difference", u"没有明显差别");
        rows << QStringList{one.type,
                            one.a,
                            u"%1 (%2)"_s.arg(span(one.medianA)).arg(one.nA),
                            one.b,
                            u"%1 (%2)"_s.arg(span(one.medianB)).arg(one.nB),
                            verdictText};
    }
    table({say(u"Type", u"类型"), u"A"_s, say(u"Median work (n)", u"工作 中位数 (n)"), u"B"_s,
           say(u"Median work (n)", u"工作 中位数 (n)"), say(u"Verdict", u"结论")},
          rows);
}

void Markdown::findings()
{
    heading(2, say(u"Findings and advice", u"发现与建议"));
    if (m_analysis.troubles.isEmpty()) {
        m_text
            += say(u"Nothing wrong was found in these logs.", u"这些日志中没有发现问题。") + u'\n';
        return;
    }
    for (const Trouble &one : m_analysis.troubles) {
        const TroubleText text = textOf(one, m_options.language);
        const QString sign = one.severity == Severity::Error ? say(u"ERROR", u"错误")
            : one.severity == Severity::Warning              ? say(u"WARNING", u"警告")
                                                             : say(u"INFO", u"信息");
        m_text += u"- **"_s + sign + u"** "_s + cell(forStrangers(text.text, m_options.showNames));
        if (!one.consequenceOf.isEmpty()) {
            m_text += u' '
                + say(u"(a consequence of: %1)", u"（后果，原因：%1）").arg(one.consequenceOf);
        }
        QStringList lines;
        for (const Evidence &evidence : one.evidence) {
            if (lines.size() < 6) {
                lines << u"%1:%2"_s.arg(evidence.log).arg(evidence.line);
            }
        }
        if (!lines.isEmpty()) {
            m_text += u" `"_s + lines.join(u", "_s).remove(u'`') + u'`';
        }
        m_text += u"\n  "_s + cell(forStrangers(text.advice, m_options.showNames)) + u'\n';
    }
}

void Markdown::notes()
{
    heading(2, say(u"How to read this", u"阅读说明"));
    m_text += say(
        u"- CRS sizes are counts of points, 64 bytes each: 33 554 433 points are 2.0 GiB.\n"
        u"- totalAttempts=1 does not mean that nothing was repeated: time-outs are counted apart.\n"
        u"- Jobs begun before a log are \"start unseen\": they have no work time, and are no "
        u"error.\n"
        u"- \"Broker facade stopped\" is printed after an epoch ended for another reason.\n"
        u"- The servers answer at /status; /health does not exist.\n",
        u"- CRS 的大小是点数，每点 64 字节：33554433 个点是 2.0 GiB。\n"
        u"- totalAttempts=1 并不表示没有重复：超时另外计数。\n"
        u"- 在日志开始之前启动的任务是“未见开始”：没有工作时间，也不是错误。\n"
        u"- \"Broker facade stopped\" 是 epoch 因其他原因结束之后打印的。\n"
        u"- 服务器的状态地址是 /status；/health 不存在。\n");
}

QString Markdown::make()
{
    overview();
    types();
    startUps();
    tree();
    epochs();
    comparison();
    performance();
    transactions();
    findings();
    machines();
    chain();
    notes();
    return m_text;
}

} // namespace

QString toMarkdown(const Analysis &analysis, const ReportOptions &options)
{
    return Markdown(analysis, options).make();
}

} // namespace proverdeck::models::aztec

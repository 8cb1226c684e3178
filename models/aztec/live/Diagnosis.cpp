// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/live/Diagnosis.h"

#include "models/logs/LogText.h"
#include "models/logs/Redactor.h"

#include <QCoreApplication>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Diagnosis", text);
}

// Runs in plain sh, in the container and on the server. The address may hold a password: it comes
// by the environment and goes to curl by its standard input, never onto a command line, and not
// out.
constexpr char Probe[] = R"sh(u=${PROVER_BROKER_HOST%/}
body='{"jsonrpc":"2.0","id":1,"method":"proverBroker_getProvingJobStatus","params":["0:TUBE_PROOF:0000000000000000000000000000000000000000000000000000000000000000"]}'
if command -v curl >/dev/null 2>&1; then
  echo "via curl"
  said=$(printf 'url = "%s/status"\n' "$u" | curl -sS -m 8 -K - -o /dev/null -w '%{http_code}' 2>&1)
  code=$?
  case $code in 0) echo "status $said" ;; 6) echo "error dns $said" ;; 7) echo "error refused $said" ;; 28) echo "error timeout $said" ;; *) echo "error other $said" ;; esac
  [ $code = 0 ] && echo "rpc $(printf 'url = "%s/"\n' "$u" | curl -sS -m 8 -K - -H 'content-type: application/json' --data "$body" 2>&1 | head -c 300 | tr '\n' ' ')"
elif command -v node >/dev/null 2>&1; then
  echo "via node"
  BODY=$body node -e '
const u = process.env.PROVER_BROKER_HOST.replace(/\/$/, "");
const ask = (path, more) => fetch(u + path, {signal: AbortSignal.timeout(8000), ...more});
(async () => {
  try { console.log("status " + (await ask("/status")).status); }
  catch (e) {
    const c = (e.cause && e.cause.code) || e.name || "";
    const kind = /ENOTFOUND|EAI_AGAIN/.test(c) ? "dns" : /ECONNREFUSED/.test(c) ? "refused" : /TIMEOUT|Timeout|ETIMEDOUT/.test(c) ? "timeout" : "other";
    console.log("error " + kind + " " + c);
    process.exit(0);
  }
  try {
    const r = await ask("/", {method: "POST", headers: {"content-type": "application/json"}, body: process.env.BODY});
    console.log("rpc " + (await r.text()).slice(0, 300).replace(/\n/g, " "));
  } catch (e) { console.log("rpc "); }
})();' 2>/dev/null
elif command -v bash >/dev/null 2>&1; then
  echo "via bash"
  h=${u#*://}; h=${h%%/*}; h=${h##*@}; p=${h##*:}; h=${h%:*}
  [ "$p" != "$h" ] || p=80
  ask() { H=$h P=$p REQUEST=$1 timeout 8 bash -c 'exec 3<>"/dev/tcp/$H/$P" || exit 1; printf "%s" "$REQUEST" >&3; head -c 2000 <&3' 2>&1; }
  end=$(printf '\r\nHost: broker\r\nConnection: close\r\n')
  said=$(ask "GET /status HTTP/1.1$end

")
  code=$?
  case $said in
    HTTP/*) echo "status $(printf '%s' "$said" | head -n 1 | cut -d ' ' -f 2)"
      echo "rpc $(ask "POST / HTTP/1.1$end
Content-Type: application/json
Content-Length: ${#body}

$body" | tail -n 1 | head -c 300)" ;;
    *refused*) echo "error refused" ;;
    *"not known"*|*"resolution"*) echo "error dns" ;;
    *) if [ $code = 124 ]; then echo "error timeout"; else echo "error other $(printf '%s' "$said" | head -n 1 | head -c 200)"; fi ;;
  esac
else
  echo "error tool"
fi)sh";

constexpr char Script[] = R"sh(
command -v docker >/dev/null 2>&1 || { echo "docker: command not found"; exit 1; }
all=$(docker ps -a --format '{{.Names}}|{{.State}}|{{.Ports}}' 2>&1) || { echo "$all"; exit 1; }
echo @diagnosis
printf '%s\n' "$all" | while IFS='|' read -r name state ports; do
  [ -n "$name" ] || continue
  env=$(docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$name" 2>/dev/null)
  args=$(docker inspect --format '{{range .Args}}{{println .}}{{end}}' "$name" 2>/dev/null)
  url=$(printf '%s\n' "$env" | sed -n 's/^PROVER_BROKER_HOST=//p' | head -n 1)
  case "$args" in
    *--prover-agent*) ;;
    *--prover-broker*) echo "@broker $name|$state|$ports"; continue ;;
    *) case "$name" in *agent*) [ -n "$url" ] || continue ;; *) continue ;; esac ;;
  esac
  echo "@worker $name|$state"
  printf '%s\n' "$env" | awk '
/^(PROVER_AGENT_COUNT|PROVER_AGENT_POLL_INTERVAL_MS|PROVER_REAL_PROOFS|HARDWARE_CONCURRENCY|LOG_LEVEL|PROVER_AGENT_PROOF_TYPES)=[A-Za-z0-9_.:;,-]*$/ {print "env " $0}
/^PROVER_BROKER_HOST=/ {
  value = $0; sub(/^[^=]*=/, "", value)
  scheme = ""
  if (match(value, /^[a-z]+:\/\//)) {scheme = substr(value, 1, RLENGTH); value = substr(value, RLENGTH + 1)}
  sub(/[\/?#].*/, "", value)
  sub(/^.*@/, "", value)
  print "env PROVER_BROKER_HOST=" scheme value
}'
  [ -n "$url" ] || continue
  echo inside
  if [ "$state" = running ]; then timeout 30 docker exec "$name" sh -c "$probe" </dev/null 2>&1 | head -c 2000; fi
  echo
  echo outside
  PROVER_BROKER_HOST=$url timeout 30 sh -c "$probe" </dev/null 2>&1 | head -c 2000
  echo
done
)sh";

void readProbe(BrokerProbe &probe, const QByteArray &line)
{
    using Result = BrokerProbe::Result;
    if (line.startsWith("status ")) {
        probe.httpStatus = line.mid(7).trimmed().toInt();
        probe.result = probe.httpStatus == 200 ? Result::Answers : Result::Failing;
        if (probe.httpStatus == 404) {
            probe.result = Result::OtherService;
        }
    } else if (line.startsWith("rpc ") && probe.httpStatus == 200) {
        if (line.contains("\"status\"") && line.contains("\"result\"")) {
            probe.result = Result::Broker;
        } else if (line.contains("Method not found") || line.contains("-32601")) {
            probe.result = Result::OtherService;
        }
    } else if (line.startsWith("error ")) {
        const QByteArray kind = line.mid(6).split(' ').first();
        probe.result = kind == "dns" ? Result::NoSuchName
            : kind == "refused"      ? Result::Refused
            : kind == "timeout"      ? Result::TimedOut
            : kind == "tool"         ? Result::NoTool
                                     : Result::Other;
        probe.detail = redactedText(plainLineFromUtf8(line.mid(7 + kind.size())));
    } else if (probe.result == Result::None && !line.startsWith("via ")
               && !line.trimmed().isEmpty()) {
        probe.result = Result::Other;
        probe.detail = redactedText(plainLineFromUtf8(line));
    }
}

bool isGood(BrokerProbe::Result result)
{
    return result == BrokerProbe::Result::Broker || result == BrokerProbe::Result::Answers;
}

struct Said
{
    Severity severity = Severity::Error;
    QString code;
    QString text;
    QString advice;
};

Said judge(const WorkerCheck &worker, const Diagnosis &diagnosis)
{
    using Result = BrokerProbe::Result;
    const QString name = diagnosis.machine + u" / "_s + worker.container;
    const QString &url = worker.brokerUrl;
    if (worker.state != u"running") {
        return {Severity::Error, u"worker-not-running"_s,
                tr("%1 is %2: it takes no work.").arg(name, worker.state),
                tr("See the end of its log, then start it: docker start %1").arg(worker.container)};
    }
    if (url.isEmpty()) {
        return {Severity::Warning, u"no-broker-address"_s,
                tr("%1 has no PROVER_BROKER_HOST.").arg(name),
                tr("An agent on a machine of its own needs the broker's address, as in "
                   "PROVER_BROKER_HOST=http://ADDRESS:8081.")};
    }
    const bool outsideIsWell = isGood(worker.outside.result);
    switch (worker.inside.result) {
    case Result::Broker:
        return {Severity::Info,
                u"broker-reached"_s,
                tr("%1 reaches its broker at %2.").arg(name, url),
                {}};
    case Result::OtherService:
        return {Severity::Error, u"wrong-service"_s,
                tr("%1 reaches %2, but what answers there is no broker.").arg(name, url),
                tr("Usually the port of the prover node (8080) stands where the broker's (8081 in "
                   "most guides) belongs. Mend PROVER_BROKER_HOST and make the container anew.")};
    case Result::Answers:
        return {Severity::Warning, u"broker-unclear"_s,
                tr("%1 reaches %2, which answers GET /status; whether it is a broker could not be "
                   "told.")
                    .arg(name, url),
                tr("See the agent's log for \"Method not found\".")};
    case Result::Failing:
        return {Severity::Error, u"broker-unwell"_s,
                tr("%1 reaches %2, which answers with HTTP status %3.")
                    .arg(name, url)
                    .arg(worker.inside.httpStatus),
                tr("See the broker's log.")};
    case Result::Refused:
        return {
            Severity::Error, u"broker-unreachable"_s,
            tr("%1 cannot reach its broker: nobody listens at %2.").arg(name, url),
            outsideIsWell
                ? tr("The server itself reaches it: inside a container localhost is the "
                     "container. Use the machine's address or the service's name.")
                : tr("Is the broker running, and is its port published (ports: \"8081:8080\")? The "
                     "documented compose file does not publish it.")};
    case Result::NoSuchName:
        return {
            Severity::Error, u"broker-unreachable"_s,
            tr("%1 cannot reach its broker: the name in %2 is not known there.").arg(name, url),
            tr("A service's name is known in its own compose project only. From another machine "
               "use the address.")};
    case Result::TimedOut:
        return {Severity::Error, u"broker-unreachable"_s,
                tr("%1 cannot reach its broker: %2 did not answer in time.").arg(name, url),
                outsideIsWell ? tr("The server itself reaches it: see the container's network.")
                              : tr("A firewall between the machines usually does that. Open the "
                                   "broker's port for this machine's address only.")};
    case Result::NoTool:
        return outsideIsWell
            ? Said{Severity::Warning,
                   u"broker-unclear"_s,
                   tr("The server of %1 reaches %2; the container has no program to try it with.")
                       .arg(name, url),
                   {}}
            : Said{Severity::Error,
                   u"broker-unreachable"_s,
                   tr("The server of %1 cannot reach %2; the container has no program to try it "
                      "with.")
                       .arg(name, url),
                   {}};
    case Result::None:
    case Result::Other:
        break;
    }
    return {Severity::Warning,
            u"broker-unclear"_s,
            tr("Whether %1 reaches %2 could not be found out: %3")
                .arg(name, url,
                     worker.inside.detail.isEmpty() ? tr("no answer") : worker.inside.detail),
            {}};
}

} // namespace

QString probeWord(BrokerProbe::Result result)
{
    switch (result) {
    case BrokerProbe::Result::None:
        return u"not-tried"_s;
    case BrokerProbe::Result::Broker:
        return u"broker"_s;
    case BrokerProbe::Result::OtherService:
        return u"other-service"_s;
    case BrokerProbe::Result::Answers:
        return u"answers"_s;
    case BrokerProbe::Result::Failing:
        return u"failing"_s;
    case BrokerProbe::Result::Refused:
        return u"refused"_s;
    case BrokerProbe::Result::NoSuchName:
        return u"no-such-name"_s;
    case BrokerProbe::Result::TimedOut:
        return u"timed-out"_s;
    case BrokerProbe::Result::NoTool:
        return u"no-tool"_s;
    case BrokerProbe::Result::Other:
        break;
    }
    return u"other"_s;
}

QByteArray diagnosisScript()
{
    QByteArray probe = Probe;
    return "probe='" + probe.replace('\'', "'\\''") + "'\n" + Script;
}

tl::expected<Diagnosis, QString> parseDiagnosis(QByteArrayView output, const QString &machine)
{
    Diagnosis diagnosis;
    diagnosis.machine = machine;
    bool hasBegun = false;
    BrokerProbe *probe = nullptr;
    const QList<QByteArray> lines = output.toByteArray().split('\n');
    for (const QByteArray &line : lines) {
        if (line == "@diagnosis") {
            hasBegun = true;
        } else if (line.startsWith("@broker ")) {
            const QList<QByteArray> words = line.mid(8).split('|');
            diagnosis.brokers << QString::fromUtf8(words.value(0))
                    + (words.value(2).isEmpty() ? QString()
                                                : u": "_s + QString::fromUtf8(words.value(2)));
            probe = nullptr;
        } else if (line.startsWith("@worker ")) {
            const QList<QByteArray> words = line.mid(8).split('|');
            WorkerCheck worker;
            worker.container = QString::fromUtf8(words.value(0));
            worker.state = QString::fromUtf8(words.value(1));
            diagnosis.workers << worker;
            probe = nullptr;
        } else if (diagnosis.workers.isEmpty()) {
            continue;
        } else if (line.startsWith("env ") && !probe) {
            WorkerCheck &worker = diagnosis.workers.last();
            const QString variable = maskedVariable(QString::fromUtf8(line.mid(4)).left(300));
            worker.environment << variable;
            if (variable.startsWith(u"PROVER_BROKER_HOST=")) {
                worker.brokerUrl = variable.mid(19);
            } else if (variable.startsWith(u"PROVER_AGENT_COUNT=")) {
                bool ok = false;
                const int count = variable.mid(19).toInt(&ok);
                worker.agentCount = ok ? std::optional(count) : std::nullopt;
            }
        } else if (line == "inside") {
            probe = &diagnosis.workers.last().inside;
        } else if (line == "outside") {
            probe = &diagnosis.workers.last().outside;
        } else if (probe) {
            readProbe(*probe, line);
        }
    }
    if (!hasBegun) {
        const QString said = redactedText(plainLineFromUtf8(lines.first()));
        return tl::unexpected(tr("Docker on %1 does not answer: %2")
                                  .arg(machine, said.isEmpty() ? tr("it printed nothing") : said));
    }
    return diagnosis;
}

QList<Finding> findingsOf(const Diagnosis &diagnosis)
{
    QList<Finding> findings;
    for (const WorkerCheck &worker : diagnosis.workers) {
        const Said said = judge(worker, diagnosis);
        Finding finding;
        finding.code = said.code;
        finding.severity = said.severity;
        finding.text = said.text;
        finding.advice = said.advice;
        findings << finding;
    }
    return findings;
}

} // namespace proverdeck::models::aztec

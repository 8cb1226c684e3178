// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/ServerCost.h"

#include <QList>

namespace proverdeck::models {

QByteArray serverCostScript()
{
    // The fields of /proc/PID/stat behind the name: 2 parent, 12 and 13 user and system time, 14
    // and 15 those of children that have ended, 20 when it began; in ticks. The name may hold
    // anything.
    return R"sh(hz=$(getconf CLK_TCK 2>/dev/null || echo 100)
read -r up _ </proc/uptime
cat /proc/[0-9]*/stat 2>/dev/null | awk -v me=$$ -v up="$up" -v hz="$hz" '
  {
    pid = $1; name = $0; rest = $0
    sub(/^[0-9]+ \(/, "", name); sub(/\) [^)]*$/, "", name); sub(/^.*\) /, "", rest)
    split(rest, f, " ")
    parent[pid] = f[2]; used[pid] = f[12] + f[13] + f[14] + f[15]; begun[pid] = f[20]; called[pid] = name
  }
  END {
    for (top = me; top > 1 && called[top] !~ /^(sshd|dropbear)/; top = parent[top]);
    if (top <= 1) exit
    for (pid in parent) {
      for (p = pid; p > 1 && p != top; p = parent[p]);
      if (p != top) continue
      if (called[pid] == "nvidia-smi") gpu += used[pid]; else own += used[pid]
    }
    printf "server-cost %.3f %.3f %.0f\n", own / hz, gpu / hz, up - begun[top] / hz
  }'
)sh";
}

std::optional<report::ServerCost> readServerCost(QByteArrayView output)
{
    for (const QByteArray &line : output.toByteArray().split('\n')) {
        const QList<QByteArray> words = line.trimmed().split(' ');
        if (words.size() != 4 || words.at(0) != "server-cost") {
            continue;
        }
        bool isOwn = false;
        bool isGpu = false;
        bool isSeconds = false;
        const report::ServerCost cost{.cpuSeconds = words.at(1).toDouble(&isOwn),
                                      .gpuToolCpuSeconds = words.at(2).toDouble(&isGpu),
                                      .seconds = words.at(3).toDouble(&isSeconds)};
        if (isOwn && isGpu && isSeconds && cost.seconds >= 1 && cost.cpuSeconds >= 0
            && cost.gpuToolCpuSeconds >= 0) {
            return cost;
        }
    }
    return {};
}

} // namespace proverdeck::models

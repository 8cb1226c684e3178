#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the measurements optimised, runs one after the other, and prints one table: tests/bench/run.sh [NAME]...
# Status 1 if one misses a goal. The machine should have nothing else to do.
set -u
cd "$(dirname "$0")/../.." || exit 2
benches="
LogOpenBench
LogFollowBench
ChartBench
HistoryBench
TableBench
"
test $# -gt 0 && benches="$*"

cmake --preset release -DPROVERDECK_TESTS=ON > /dev/null || exit 2
# shellcheck disable=SC2086 # a list of names
ninja -C build/release $benches > build/release/bench-build.log || { tail -n 30 build/release/bench-build.log; exit 2; }
missed=0
for bench in $benches; do
    printf '\n== %s\n' "$bench"
    QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen} "build/release/$bench" || missed=1
done
exit $missed

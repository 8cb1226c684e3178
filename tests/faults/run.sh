#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goes on breaking the benchmark on the demo host, with new random seeds, for a while.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
    echo 'Usage: bash tests/faults/run.sh [MINUTES] [BUILD_FOLDER]'
    echo
    echo 'Runs the fault rounds of build/dev (or BUILD_FOLDER) with random seeds for 60 minutes (or MINUTES).'
    echo 'The first failure ends it, with the seed that shows it again:'
    echo '  PROVERDECK_FAULT_SEED=N build/dev/faults_tests'
    exit 0
fi
minutes=${1:-60}
build=${2:-build/dev}
[ -x "$build/faults_tests" ] || { echo "$build/faults_tests is not built: bash tests/run.sh builds it." >&2; exit 2; }
export QT_QPA_PLATFORM=offscreen
end=$((SECONDS + minutes * 60))
total=0
while [ $SECONDS -lt $end ]; do
    export PROVERDECK_FAULT_SEED=$((RANDOM * 32768 + RANDOM))
    echo "== PROVERDECK_FAULT_SEED=$PROVERDECK_FAULT_SEED"
    "$build/faults_tests" --gtest_brief=1
    total=$((total + 4 * ${PROVERDECK_FAULT_ROUNDS:-50}))
    echo "== $total rounds so far"
done

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How fast "analyse aztec" is beside grep, on a log of which every second line is about a job.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
    cat <<'USAGE'
Usage: bash tests/bench/aztec.sh [MEGABYTES]

Makes a log of MEGABYTES (1000) in a temporary folder and reads it, three times each, with grep, with the reader alone
and with the whole command. Prints seconds of processor time. Needs build/release (cmake --preset release), or the
folder that PROVERDECK_BENCH_BUILD names.
USAGE
}

case ${1:-} in
--help | -h) usage && exit 0 ;;
esac
megabytes=${1:-1000}
build=${PROVERDECK_BENCH_BUILD:-build/release}
ninja -C "$build" proverdeck AztecAnalyseBench
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/AztecAnalyseBench" generate "$folder/big.log" "$megabytes"
TIMEFORMAT='%U user + %S system s'
for round in 1 2 3; do
    printf 'round %s, grep:    ' "$round"
    time grep -c 'job id=' "$folder/big.log" >"$folder/grep.out"
    printf 'round %s, reader:  ' "$round"
    "$build/AztecAnalyseBench" read "$folder/big.log"
    printf 'round %s, report:  ' "$round"
    time "$build/proverdeck" analyse aztec "$folder/big.log" --format csv >"$folder/out.csv"
    printf 'round %s, json:    ' "$round"
    time "$build/proverdeck" analyse aztec "$folder/big.log" --format json >"$folder/out.json"
done

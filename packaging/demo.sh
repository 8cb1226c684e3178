#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds Proverdeck and runs its main job, a benchmark of an ethrex L2 prover, on the demo host: a
# private OpenSSH server on 127.0.0.1 with stand-ins for the programs of a real server. No GPU needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. packaging/packages.sh

usage() {
    cat <<'USAGE'
Usage: bash packaging/demo.sh [--headless] [--out DIR] [--fault NAME]

Installs what is missing, builds the release preset, and runs a benchmark on the demo host: in the
window where there is a display, else in the terminal.

  --headless    In the terminal, also where there is a display
  --out DIR     Where the results of a run in the terminal go (default build/demo/TIME)
  --fault NAME  Make one thing go wrong; build/release/proverdeck run --help lists the names
  --help        Show this help

PROVERDECK_SKIP_PACKAGES=1 leaves the packages alone and builds with what is installed.
USAGE
}

headless=
out=
faults=()
while [ $# -gt 0 ]; do
    case $1 in
    --headless) headless=yes ;;
    --out) [ -n "${2:-}" ] || die "--out needs a folder." && out=$2 && shift ;;
    --out=*) out=${1#*=} ;;
    --fault) [ -n "${2:-}" ] || die "--fault needs a name." && faults+=(--fault "$2") && shift ;;
    --fault=*) faults+=(--fault "${1#*=}") ;;
    --help | -h) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
    shift
done
if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    [ -n "$headless" ] || say "No display (DISPLAY and WAYLAND_DISPLAY are empty): running in the terminal."
    headless=yes
fi

lists="$PROVERDECK_BUILD_PACKAGES $PROVERDECK_RUN_PACKAGES"
if [ -z "$headless" ] && [ -z "${DISPLAY:-}" ]; then
    lists="$lists qt6-wayland"
fi
need_packages "$lists"
use_utf8

say "Building the release preset, without its tests, into build/release"
cmake --preset release -DPROVERDECK_TESTS=OFF
cmake --build --preset release --parallel "$(build_jobs)"

if [ -z "$headless" ]; then
    say "Opening the panel: it starts the demo host and a benchmark on it by itself"
    exec build/release/proverdeck --demo ${faults[@]+"${faults[@]}"}
fi

out=${out:-build/demo/$(date +%Y%m%d-%H%M%S)}
say "A benchmark on the demo host: six batches with SP1, about half a minute"
status=0
build/release/proverdeck run --demo --backend sp1 --tx-count 5 --batches 6 --out "$out" ${faults[@]+"${faults[@]}"} || status=$?
case $status in
0) say "Done. The table above and every log are in $out; build/release/proverdeck runs list shows the history." ;;
5) say "Cancelled." ;;
*) say "The run ended with exit status $status; build/release/proverdeck --help explains it." ;;
esac
exit "$status"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what the tests need, builds, and runs every test. Needs no GPU, no display and no server.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. packaging/packages.sh

usage() {
    cat <<'USAGE'
Usage: bash tests/run.sh [--preset NAME] [-- CTEST-OPTION…]

Installs what is missing, builds the preset (dev), and runs every test; the last lines are ctest's summary.

  --preset NAME  dev (default), asan, tsan or release
  --help         Show this help

What follows -- goes to ctest: bash tests/run.sh -- -R Redactor

PROVERDECK_SKIP_PACKAGES=1 leaves the packages alone and builds with what is installed.
USAGE
}

preset=dev
while [ $# -gt 0 ]; do
    case $1 in
    --preset) [ -n "${2:-}" ] || die "--preset needs a name." && preset=$2 && shift ;;
    --preset=*) preset=${1#*=} ;;
    --help | -h) usage && exit 0 ;;
    --) shift && break ;;
    *) usage >&2 && exit 2 ;;
    esac
    shift
done
case $preset in
dev | asan | tsan | release) ;;
*) die "there is no preset \"$preset\" with tests: dev, asan, tsan or release." ;;
esac

need_packages "$PROVERDECK_BUILD_PACKAGES $PROVERDECK_RUN_PACKAGES $PROVERDECK_TEST_PACKAGES"
use_utf8

# Warnings are errors with the compiler that the sources are kept clean for; another one may know new warnings.
werror=OFF
case "$preset $(c++ -dumpversion 2>/dev/null)" in
release*) ;;
*" 12" | *" 12."*) werror=ON ;;
esac

say "Building the preset $preset into build/$preset"
cmake --preset "$preset" -DPROVERDECK_TESTS=ON -DPROVERDECK_PCH=ON -DPROVERDECK_WERROR=$werror
cmake --build --preset "$preset" --parallel "$(build_jobs)"

# The tests keep to folders of their own; a machine without a login session has no such folder.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ ! -d "${XDG_RUNTIME_DIR:-/nonexistent}" ]; then
    export XDG_RUNTIME_DIR="$scratch"
fi
if [ ! -w "${HOME:-/nonexistent}" ]; then
    export HOME="$scratch"
fi

need_anvil "$PWD/build/$preset/npm"

say "Testing the preset $preset"
# Tables that tests write beside their verdict: which login works where, what the search for secrets found, …
PROVERDECK_REPORT_DIR=$PWD/build/$preset/reports
export PROVERDECK_REPORT_DIR
rm -rf "$PROVERDECK_REPORT_DIR"
mkdir -p "$PROVERDECK_REPORT_DIR"
code=0
ctest --preset "$preset" --parallel "$(build_jobs)" "$@" </dev/null || code=$?
for report in "$PROVERDECK_REPORT_DIR"/*.txt; do
    [ -f "$report" ] || continue
    say "$(basename "$report" .txt)"
    cat "$report"
done
[ "$code" = 0 ] || die "tests failed (ctest's list is above the tables)."

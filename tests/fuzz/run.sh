#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Searches for input that breaks a reader: libFuzzer with the address and undefined-behaviour sanitizers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD

usage() {
    cat <<'USAGE'
Usage: bash tests/fuzz/run.sh [SECONDS] [TARGET…]

Builds the preset "fuzz" (clang) and runs each target for SECONDS (600) of processor time, one after
the other; without names all of them. A finding is kept in build/fuzz/findings/TARGET and ends that target's turn.
The corpus grows in build/fuzz/corpus/TARGET; the smallest part of it that reaches the same code goes to
tests/fuzz/corpus/TARGET, which the ordinary tests replay. Ends with 1 if there was a finding.

PROVERDECK_FUZZ_BUILD=DIR  use this build folder, and build nothing
USAGE
}

die() {
    printf 'run.sh: %s\n' "$*" >&2
    exit 2
}

seconds=600
case ${1:-} in
--help | -h) usage && exit 0 ;;
[0-9]*) seconds=$1 && shift ;;
esac

mapfile -t all < <(cd tests/fuzz/targets && printf '%s\n' *Fuzz.cpp | sed 's/Fuzz\.cpp$//')
targets=("$@")
[ $# -gt 0 ] || targets=("${all[@]}")
for target in "${targets[@]}"; do
    [ -f "tests/fuzz/targets/${target}Fuzz.cpp" ] || die "there is no target \"$target\"; there are: ${all[*]}"
done

if [ -z "${PROVERDECK_FUZZ_BUILD:-}" ]; then
    command -v clang++ >/dev/null || die "clang++ is missing; install clang and libclang-rt-dev of its version."
    build=$root/build/fuzz
    cmake --preset fuzz >/dev/null
    cmake --build --preset fuzz --target "${targets[@]/#/fuzz-}"
else
    build=$PROVERDECK_FUZZ_BUILD
fi

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
kept_bytes=65536 # of the kept corpus, per target
longest=32768
summary=$build/fuzz-run.txt
printf '%-14s %8s %12s %9s %7s %9s\n' target cpu-s executions per-cpu-s corpus findings | tee "$summary"
TIMEFORMAT='%0U %0S'
findings=0

# Copies the smallest inputs first until the size is used up; what people wrote (seed names) stays.
keep() {
    local from=$1 to=$2 size=0 bytes name file
    find "$to" -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -delete
    while read -r bytes file; do
        name=$(basename "$file")
        size=$((size + bytes))
        [ $size -le $kept_bytes ] || break
        cp "$file" "$to/$name"
    done < <(find "$from" -type f -printf '%s %p\n' | sort -n)
}

for target in "${targets[@]}"; do
    program=$build/fuzz-$target
    [ -x "$program" ] || die "$program was not built."
    corpus=$build/corpus/$target
    found=$build/findings/$target
    kept=$root/tests/fuzz/corpus/$target
    log=$build/fuzz-$target.log
    mkdir -p "$corpus" "$found" "$kept"
    dictionary=$root/tests/fuzz/dictionaries/$target.dict
    # A time-out is by the wall, too: it must be far longer than a slow input takes on an idle machine.
    options=("-max_len=$longest" -timeout=60 -rss_limit_mb=3000 "-artifact_prefix=$found/" -print_final_stats=1)
    [ ! -f "$dictionary" ] || options+=("-dict=$dictionary")
    # libFuzzer counts the time on the wall; on a busy machine most of it is somebody else's.
    status=0
    took=0
    executions=0
    for ((round = 0; round < 100 && took < seconds && status == 0; ++round)); do
        { time "$program" "-max_total_time=$((seconds - took))" "${options[@]}" "$corpus" "$kept" >"$log" 2>&1 </dev/null; } \
            2>"$log.time" || status=$?
        read -r user system <<<"$(tail -1 "$log.time")"
        took=$((took + user + system))
        ran=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
        executions=$((executions + ${ran:-0}))
    done
    [ $status -eq 0 ] || findings=$((findings + 1))
    # Only what reaches code that nothing smaller reaches.
    smallest=$(mktemp -d)
    if "$program" -set_cover_merge=1 "-max_len=$longest" "$smallest" "$corpus" "$kept" >"$log.merge" 2>&1 </dev/null; then
        keep "$smallest" "$kept"
    fi
    rm -rf "$smallest"
    printf '%-14s %8s %12s %9s %7s %9s\n' "$target" "$took" "$executions" "$((executions / (took > 0 ? took : 1)))" \
        "$(find "$corpus" -type f | wc -l)" "$([ $status -eq 0 ] && echo 0 || echo "1 (see $log)")" | tee -a "$summary"
done

[ $findings -eq 0 ] || exit 1

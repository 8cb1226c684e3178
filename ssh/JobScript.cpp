// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/JobScript.h"

#include <QCryptographicHash>
#include <QString>

namespace proverdeck::ssh {

namespace {

// What every verb uses.
constexpr const char *kBasics
    = R"sh(# proverdeck job helper 2: sh h-2.sh VERB [WORD]..., see JobScript.h
set -u
umask 077
case $0 in */*) base=${0%/*};; *) base=.;; esac
case $base in /*) ;; *) base=$PWD/$base;; esac
self=$base/${0##*/}
verb=${1-} id=${2-} arg=${3-} arg2=${4-}
d=$base/$id
ended=$base/.ended

die() { # exit code, reason
  code=$1; shift
  printf 'E %s\n' "$(printf %s "$*" | tr '\000-\037' ' ')"
  exit "$code"
}
word() { case $1 in ''|*[!A-Za-z0-9_-]*) echo 'E bad-id'; exit 64;; esac; }
number() { case $1 in ''|*[!0-9]*|???????????????????*) echo 'E bad-argument'; exit 64;; esac; }
now() { date +%s; }
uptime() { cut -d' ' -f1 /proc/uptime 2>/dev/null || echo 0; } # tells jobs of one second apart
pause() { sleep 0.1 2>/dev/null || sleep 1; }

# Asked of cat, and not of the shell's own read, so that it can be answered by somebody else.
boot() { cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo -; }
booted() { # when the server was last booted
  all=$(cat /proc/stat 2>/dev/null)
  case $all in *btime\ *) all=${all##*btime }; echo "${all%%[!0-9]*}";; *) echo -;; esac
}
birth() { # the kernel's birth time of process $1; a zombie counts as gone
  if [ -r /proc/self/stat ]; then sed -n 's/.*) [^ZX] //p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f19
  else ps -o lstart= -p "$1" 2>/dev/null | tr ' ' _; fi
}
alive() { # is the process that is noted in file $1 still that one? sets p and b
  p='' b=''
  [ -s "$1" ] || return 1
  read -r p b <"$1"
  case $p in ''|*[!0-9]*) return 1;; esac
  [ -n "$b" ] && [ "$(birth "$p")" = "$b" ]
}
others() { # of the session $1, but not of its first group: what "timeout" starts is such a one
  sed -n "s/.*) . [0-9]* $1 //;s/^\([0-9]*\) (.*) [^ZX] [0-9]* [0-9]* $1 .*/\1/p" /proc/[0-9]*/stat 2>/dev/null
}
member() { # is any process of group or session $1 more than a zombie?
  [ -r /proc/self/stat ] || { kill -0 "-$1" 2>/dev/null; return; }
  [ -n "$(sed -n "s/.*) [^ZX] [0-9]* $1 .*/1/p;s/.*) [^ZX] [0-9]* [0-9]* $1 .*/1/p" /proc/[0-9]*/stat 2>/dev/null)" ]
}
signal() { # $1 to the group and session $2
  kill "-$1" "-$2" 2>/dev/null
  # shellcheck disable=SC2046 # numbers
  kill "-$1" $(others "$2") 2>/dev/null
}
headless() { # do members of session $1 live on without the leader that has given it its number?
  case $1 in ''|*[!0-9]*) return 1;; esac
  [ -d /proc/self ] && [ -z "$(birth "$1")" ] && member "$1"
}
settle() { # to the disk with these files, so that a power failure takes none of them back
  if command -v timeout >/dev/null 2>&1; then timeout 15 sync "$@"; else sync "$@"; fi >/dev/null 2>&1
}
fixed() { printf '%-39s\n' "$1"; } # a line that can be written over in place
)sh";

// The claim, and the state of a job.
constexpr const char *kState = R"sh(
# A job begins with its claim: a folder with content that is renamed to "claim". Only one rename can
# do that, and whoever loses does not run the script. Version 1 had no claims.
claimed() { [ -d "$d/claim" ] || [ -s "$d/sup" ] || [ -s "$d/job" ] || [ -s "$d/rc" ]; }
void() { # was the claim made only to take the folder away?
  [ -s "$d/claim/job" ] && read -r p b <"$d/claim/job" && [ "$p" = void ] && [ ! -s "$d/rc" ]
}
become() { # the folder $1 becomes the claim
  mv -f "$1" "$d/claim" 2>/dev/null || { rm -rf "$1"; return 1; }
  # There was one already: mv has put ours into it.
  [ -d "$d/claim/${1##*/}" ] || return 0
  rm -rf "$d/claim/${1##*/}"
  return 1
}
draft() { # a folder $1 that can become the claim and says $2
  rm -rf "$1"
  { mkdir "$1" && printf '%s\n' "$2" >"$1/job" && [ -s "$1/job" ]; } 2>/dev/null && return
  rm -rf "$1" 2>/dev/null
  return 1
}
discard() { # the folder goes at once, its files one by one
  gone=$base/.gone-$id-$$
  mv -f "$d" "$gone" 2>/dev/null || return 1
  rm -rf "$gone" "$base"/.gone-*
}
leftover() { # does the job's group live on without its leader? sets nothing
  [ "$bt" = "$boot" ] && headless "$g"
}
look() { # sets line: state and facts of the job in $d
  st='' s='' bt='' g='' c='' t='' n='' ino='' beat=''
  who=$d; [ -d "$d/claim" ] && who=$d/claim
  if [ -s "$ended/$id" ]; then st=none; read -r c t <"$ended/$id"
  elif [ ! -d "$d" ]; then st=none
  else
    [ -s "$d/meta" ] && read -r s bt _ <"$d/meta"
    [ -s "$who/job" ] && read -r g _ <"$who/job"
    [ -s "$d/beat" ] && read -r beat <"$d/beat"
    case $g in *[!0-9]*) g='';; esac
    if [ -s "$d/rc" ]; then st='done'
    elif ! claimed || void; then st=starting
    elif [ -n "$bt" ] && [ "$bt" != - ] && [ "$boot" != - ] && [ "$bt" != "$boot" ]; then
      st=rebooted; [ -s "$d/rc" ] && st='done'
    elif alive "$who/sup"; then st=running; [ -n "$g" ] || st=starting
    elif [ -s "$d/rc" ]; then st='done' # it ended between the two looks
    elif alive "$who/job" || leftover; then st=orphan
    else st=lost; fi
    [ "$st" = 'done' ] && read -r c t <"$d/rc"
    # shellcheck disable=SC2012 # its name does not matter
    ino=$(ls -i "$d/log" 2>/dev/null | awk '{print $1}')
    size
  fi
  line="$st rc=${c:--} size=${n:-0} pgid=${g:--} inode=${ino:--} started=${s:--} ended=${t:--}"
  line="$line now=$(now) boot=$booted beat=${beat:--}"
}
size() { n=$(wc -c <"$d/log" 2>/dev/null | tr -d ' '); n=${n:-0}; }
status() { look; echo "S $line"; }
)sh";

// The verb "start", and what runs detached.
constexpr const char *kStart = R"sh(
upload() { # standard input, which has $arg bytes, becomes the file $tmp
  number "$arg"
  mkdir -p "$ended" "$base/.notes" "$base/.leases" 2>/dev/null
  for f in "$base"/.up-*; do kill -0 "${f##*-}" 2>/dev/null || rm -f "$f"; done
  tmp=$base/.up-$$
  trap 'rm -f "$tmp"' EXIT
  why=$({ cat >"$tmp"; } 2>&1) || die 73 "cannot write in $base: $why"
  n=$(wc -c <"$tmp" | tr -d ' ')
  [ "$n" = "$arg" ] || die 65 "the text arrived incomplete: $n of $arg bytes"
}
prepare() { # all that the job writes for certain gets its place on the disk now
  {
    draft "$try" 'void -' || return 1
    true >"$try/going" || return 1
    [ "$(wc -c <"$d/cmd" | tr -d ' ')" = "$arg" ] || mv -f "$tmp" "$d/cmd" || return 1
    [ -f "$d/log" ] || true >"$d/log" || return 1
    [ -s "$d/rc.tmp" ] || fixed - >"$d/rc.tmp" || return 1
    [ -s "$d/beat" ] || fixed "$(now)" >"$d/beat" || return 1
    echo "$(now) $boot $(uptime)" >"$try/meta" && mv -f "$try/meta" "$d/meta" || return 1
    [ -f "$try/going" ] && [ -s "$d/rc.tmp" ] && [ -s "$d/beat" ] && [ -s "$d/meta" ]
  } 2>/dev/null
}
give_up() { # nothing stays behind, unless somebody else has begun the job meanwhile
  if [ -d "$try" ] && become "$try"; then discard
  elif ! claimed; then rmdir "$d" 2>/dev/null
  else echo 'S exists'; status; exit 0; fi
  die 73 "$*"
}
start() {
  command -v bash >/dev/null 2>&1 || die 69 'bash is not installed on the server'
  command -v setsid >/dev/null 2>&1 || die 69 'setsid (util-linux) is not installed on the server'
  upload
  [ -d "$d" ] && void && discard # a start that failed and was cut off while it tidied up
  if [ -s "$ended/$id" ] || { [ -d "$d" ] && claimed; }; then echo 'S exists'; status; return; fi
  mkdir "$d" 2>/dev/null || [ -d "$d" ] || die 73 "cannot create $d (is the disk full?)"
  try=$d/try-$$
  prepare || give_up "cannot write in $base (is the disk full?)"
  # With job control, as without it "&" makes the job ignore INT for ever; not every sh has it.
  bash -c 'set -m; "$@" &' start setsid sh "$self" supervise "$id" "try-$$" </dev/null >/dev/null 2>&1
  i=0
  while ! claimed && [ -f "$try/going" ] && [ $i -lt 100 ]; do pause; i=$((i+1)); done
  if claimed; then rm -rf "$try"
  elif [ ! -f "$try/going" ]; then give_up 'the job could not be started (is the disk full?)'; fi
  echo 'S started'; status
}

# The supervisor has a session of its own, and the job another one: what is sent to the job's group
# does not reach who writes down how it ended.
supervise() {
  claimed && exit 0
  trap : HUP INT TERM
  me="$$ $(birth $$)"
  heartbeat &
  beater=$!
  setsid sh "$self" lead "$id" $$
  rc=$?
  kill "$beater" 2>/dev/null
  wait "$beater"
  p='' b=''
  [ -s "$d/claim/sup" ] && read -r p b <"$d/claim/sup"
  if [ "$p $b" != "$me" ]; then rm -f "$d/$arg/going"; exit 0; fi
  while [ "$rc" -gt 255 ]; do rc=$((rc-128)); done # some shells count signals from 256
  # In place: its block was taken at the start, so that a full disk cannot lose it.
  fixed "$rc $(now)" 1<>"$d/rc.tmp" && mv -f "$d/rc.tmp" "$d/rc"
  settle "$d/rc" "$d/log" "$d"
}
heartbeat() { # ends with the supervisor, and takes its sleep along
  set +u # there may be no $! yet
  trap 'kill $!; exit 0' TERM
  while [ "$$ $(birth $$)" = "$me" ]; do
    fixed "$(now)" 1<>"$d/beat"
    sleep 15 &
    wait $!
  done 2>/dev/null
}
lead() { # the leader of the job's session and group: it claims the job and becomes it
  claimed && exit 0
  draft "$d/claim-$$" "$$ $(birth $$)" || exit 73
  echo "$arg $(birth "$arg")" 2>/dev/null >"$d/claim-$$/sup" && [ -s "$d/claim-$$/sup" ] || exit 73
  cd "${HOME:-/}" 2>/dev/null || cd /
  exec </dev/null >>"$d/log" 2>&1
  become "$d/claim-$$" || exit 0
  settle "$d/meta" "$d/claim" "$d" "$base"
  exec bash -l "$d/cmd"
}
)sh";

// The other verbs of jobs.
constexpr const char *kVerbs = R"sh(
nap() { # 0.3 s; reads what nobody writes, if file 9 is that
  # shellcheck disable=SC3045 # bash alone has a file 9
  if [ -n "${BASH_VERSION-}" ] && [ -p /dev/fd/9 ]; then
    read -r -t 0.3 _ <&9
    [ $? -gt 128 ] && return
  fi
  sleep 0.3 2>/dev/null || sleep 1
}
log() {
  number "$arg"
  [ -f "$d/log" ] || { echo 'E no-log' >&2; exit 66; }
  look
  size
  [ "$arg" -le "$n" ] || { echo "E truncated size=$n" >&2; exit 67; }
  [ "$st" = running ] || exec tail -c "+$((arg+1))" "$d/log"
  # bash can wait without a process of its own each time: this goes on for days.
  if [ -z "${BASH_VERSION-}" ] && command -v bash >/dev/null 2>&1; then
    BASH_ENV='' exec bash "$self" log "$id" "$arg"
  fi
  # shellcheck disable=SC3040 # in bash alone
  [ -z "${BASH_VERSION-}" ] || { set +o posix; eval 'exec 9<> <(:)'; }
  tail -c "+$((arg+1))" -f "$d/log" 9<&- &
  t=$! k=0
  trap 'kill "$t" 2>/dev/null' EXIT
  trap 'exit 1' HUP INT PIPE TERM
  while [ ! -s "$d/rc" ]; do
    nap
    k=$((k+1))
    kill -0 "$t" 2>/dev/null || exit 1
    # A byte now and then, so that a reader whose connection died ends by itself.
    if [ $((k%30)) = 0 ]; then echo . >&2 || exit 1; alive "$who/sup" || break; fi
  done
  sleep 0.4 2>/dev/null || sleep 1 # for tail; a reader asks again until it has "size" bytes
}
sum() {
  number "$arg"; number "$arg2"
  [ -f "$d/log" ] || die 66 no-log
  size
  [ $((arg+arg2)) -le "$n" ] || die 67 "truncated size=$n"
  if command -v sha256sum >/dev/null 2>&1; then tool=sha256sum
  elif command -v shasum >/dev/null 2>&1; then tool='shasum -a 256'
  elif command -v openssl >/dev/null 2>&1; then tool='openssl dgst -sha256 -r'
  else die 69 no-sha256; fi
  # shellcheck disable=SC2086 # words of our own
  hash=$(tail -c "+$((arg+1))" "$d/log" | head -c "$arg2" | $tool)
  hash=${hash%% *}
  [ ${#hash} = 64 ] || die 69 'the SHA-256 of the log cannot be computed'
  echo "H sha256=$hash size=$n"
}
list() {
  cd "$base" 2>/dev/null || return 0
  all=$(for f in "./$id"*/; do
    [ -d "$f" ] || continue
    s=99999999999 t=0
    [ -s "$f/meta" ] && read -r s _ t <"$f/meta"
    echo "$s ${t:-0} $f"
  done | sort -n -k1,1 -k2,2 | cut -d/ -f2)
  for id in $all; do
    d=$base/$id
    look
    echo "J $id $line"
  done
}

await() { # waits up to $1 seconds for the end of the group
  i=0
  while member "$g" && [ $i -lt $(($1*10)) ]; do pause; i=$((i+1)); done
  ! member "$g"
}
forestall() { # a job that has not begun never will
  draft "$d/claim-$$" "$1 -" || die 73 "cannot write in $d (is the disk full?)"
  become "$d/claim-$$"
}
stop() {
  number "${arg:-10}"
  if [ -d "$d" ] && ! claimed && forestall stopped; then
    [ -s "$d/rc.tmp" ] || fixed - >"$d/rc.tmp"
    fixed "143 $(now)" 1<>"$d/rc.tmp" && mv -f "$d/rc.tmp" "$d/rc"
    echo 'S forestalled'
  fi
  look
  case $st in running|orphan|'done')
    if [ -n "$g" ] && { [ "$st" != 'done' ] || leftover; }; then interrupt; fi;;
  esac
  # Of a supervisor that was killed: its heartbeat.
  if [ -s "$who/sup" ] && ! alive "$who/sup" && [ "$bt" = "$boot" ] && headless "$p"; then
    signal KILL "$p"
  fi
  i=0 # the supervisor still writes the exit code
  while [ ! -s "$d/rc" ] && alive "$who/sup" && [ $i -lt 50 ]; do pause; i=$((i+1)); done
  status
}
interrupt() {
  grace=${arg:-10} half=$((${arg:-10}/2))
  signal INT "$g"
  if await "$half"; then echo 'S interrupted'; return; fi
  signal TERM "$g"
  if await $((grace-half)); then echo 'S terminated'; return; fi
  signal KILL "$g"
  if await 5; then echo 'S killed'; return; fi
  status
  die 70 "process group $g does not die"
}
remove() {
  look
  if [ "$st" = running ] || [ "$st" = orphan ] || { [ -d "$d" ] && alive "$who/sup"; }; then
    echo "S $line"
    die 69 'the job is still running'
  fi
  if [ -d "$d" ]; then
    if [ "$st" = starting ] && ! void; then
      forestall void || { status; die 69 'the job is just beginning'; }
    elif [ "$st" != starting ]; then # its end is kept, so that its id can never begin again
      mkdir -p "$ended" 2>/dev/null
      if [ ! -s "$ended/$id" ]; then
        [ -s "$d/rc" ] || { fixed "- $(now)" 1<>"$d/rc.tmp" && mv -f "$d/rc.tmp" "$d/rc"; }
        mv -f "$d/rc" "$ended/$id" 2>/dev/null
      fi
    fi
    discard || die 73 "cannot delete $d"
  fi
  find "$ended" -type f -mtime +60 -exec rm -f {} + 2>/dev/null
  echo 'S removed'; status
}
)sh";

// Leases, notes, and the call of the verb.
constexpr const char *kNotes = R"sh(
# A lease is a row of numbered folders; the last one counts. Each change is the folder with the next
# number, put there by a rename that only one can win, so that nothing ever waits for a lock.
lease() { # sets n and what the last folder says
  slot=$base/.leases/$id
  tries=0
  while [ $tries -lt 9 ]; do
    n=1000000000 st=free run='' token='' taken='' renewed='' life=0 previous='' holder=''
    for f in "$slot"/1[0-9]*; do [ -d "$f" ] && n=${f##*/}; done
    [ "$n" != 1000000000 ] || return 0
    if { read -r st run token taken renewed life previous && IFS= read -r holder; } 2>/dev/null <"$slot/$n/lease"; then
      case $renewed-$life in *[!0-9-]*|-*|*-) ;; *) return;; esac
    fi
    tries=$((tries+1)) # a newer one has replaced it meanwhile
  done
  st=free # what a power failure leaves is nobody's
}
judge() { # what the lease is for the token $1, at the time $2
  if [ "$st" = free ]; then verdict=free
  elif [ -n "$1" ] && [ "$token" = "$1" ]; then verdict=mine
  # A time far in the future was written before somebody set the clock back.
  elif [ "$2" -ge $((renewed+life)) ] || [ "$renewed" -gt $(($2+life)) ]; then verdict=expired
  else verdict=held; fi
}
propose() { # state run token taken renewed life previous holder
  for f in "$slot"/.t-*; do kill -0 "${f##*-}" 2>/dev/null || rm -rf "$f"; done
  f=$slot/.t-$$
  rm -rf "$f"
  { mkdir -p "$f" && printf '%s %s %s %s %s %s %s\n%s\n' "$@" >"$f/lease" && [ -s "$f/lease" ]; } 2>/dev/null \
    || { rm -rf "$f"; die 73 "cannot write in $slot (is the disk full?)"; }
  next=$((n+1))
  mv -f "$f" "$slot/$next" 2>/dev/null || { rm -rf "$f"; return 1; }
  if [ -d "$slot/$next/.t-$$" ]; then rm -rf "$slot/$next/.t-$$"; return 1; fi
  for f in "$slot"/1[0-9]*; do
    [ "${f##*/}" -le "$next" ] || return 1 # ours came too late to count
  done
  for f in "$slot"/1[0-9]*; do
    [ "${f##*/}" -gt $((next-3)) ] || rm -rf "$f"
  done
}
told() { # the lease's line; never the token
  [ "$verdict" != free ] || { run='' taken='' renewed='' previous='' holder=''; }
  [ "$verdict" = mine ] || previous=''
  printf '%s\n' "L $verdict run=${run:--} previous=${previous:--} taken=${taken:--} renewed=${renewed:--} now=$1 boot=$boot booted=${booted:--} holder=$holder"
}
take() {
  word "$arg"; number "$arg2"
  IFS= read -r mine || die 65 'the token is missing'
  word "$mine"
  name=''
  IFS= read -r name
  name=$(printf %s "$name" | tr -d '\000-\037\177' | cut -c 1-200)
  k=0
  while [ $k -lt 50 ]; do
    lease
    at=$(now)
    judge "$mine" "$at"
    case $verdict in
    held) told "$at"; return;;
    mine) since=$taken was=$previous; [ "$run" = "$arg" ] || since=$at;;
    expired) since=$at was=$run;;
    *) since=$at was=-;;
    esac
    if propose held "$arg" "$mine" "$since" "$at" "$arg2" "$was" "$name"; then
      verdict=mine run=$arg previous=$was taken=$since renewed=$at holder=$name
      told "$at"
      return
    fi
    k=$((k+1))
  done
  die 75 'the lease changes too fast'
}
drop() {
  IFS= read -r mine || die 65 'the token is missing'
  word "$mine"
  k=0
  while [ $k -lt 50 ]; do
    lease
    at=$(now)
    judge "$mine" "$at"
    [ "$verdict" = mine ] || { told "$at"; return; }
    if propose free - - "$at" "$at" 0 - ''; then verdict=free; told "$at"; return; fi
    k=$((k+1))
  done
  die 75 'the lease changes too fast'
}
show() { lease; at=$(now); judge '' "$at"; told "$at"; }

write() {
  upload
  mv -f "$tmp" "$base/.notes/$id" 2>/dev/null || die 73 "cannot write in $base/.notes"
  settle "$base/.notes/$id" "$base/.notes"
  echo ok
}
note() {
  [ -f "$base/.notes/$id" ] || { echo 'E no-note' >&2; exit 66; }
  exec cat "$base/.notes/$id"
}
erase() { rm -f "$base/.notes/$id" || die 73 "cannot delete the note $id"; echo ok; }

case $verb in
list) [ -z "$id" ] || word "$id";;
*) word "$id";;
esac
boot=$(boot) booted=$(booted)
case $verb in
start|status|stop|log|sum|list|take|drop|show|write|erase|supervise|lead) "$verb";;
rm) remove;;
read) note;;
*) echo 'E bad-verb'; exit 64;;
esac
)sh";

QByteArray body()
{
    QByteArray text;
    for (const char *part : {kBasics, kState, kStart, kVerbs, kNotes}) {
        text += part;
    }
    return text;
}

} // namespace

QByteArray JobScript::text()
{
    return body() + "# " + version() + '\n';
}

QByteArray JobScript::version()
{
    return QCryptographicHash::hash(body(), QCryptographicHash::Sha256).toHex().first(16);
}

} // namespace proverdeck::ssh

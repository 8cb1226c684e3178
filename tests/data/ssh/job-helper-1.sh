# proverdeck job helper 1: sh h-1.sh start|status|log|stop|rm ID [ARGUMENT]
set -u
umask 077
base=${XDG_STATE_HOME:-$HOME/.local/state}/proverdeck/jobs
verb=${1-} id=${2-} arg=${3-}
case $id in ''|*[!A-Za-z0-9_-]*) echo 'E bad-id'; exit 64;; esac
case $arg in *[!0-9]*) echo 'E bad-argument'; exit 64;; esac
d=$base/$id
die() { code=$1; shift; echo "E $*" | tr '\n' ' '; echo; exit "$code"; }

# The kernel's birth time of a process; a zombie counts as gone.
birth() {
  if [ -r /proc/self/stat ]; then sed -n 's/.*) [^ZX] //p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f19
  else ps -o lstart= -p "$1" 2>/dev/null | tr ' ' _; fi
}

boot() { cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo -; }
alive() { # sets p and b
  p='' b=''
  [ -s "$d/$1" ] || return 1
  read -r p b <"$d/$1"
  [ -n "$b" ] && [ "$(birth "$p")" = "$b" ]
}
member() { # is any process of group $1 more than a zombie?
  kill -0 "-$1" 2>/dev/null || return 1
  [ -r /proc/self/stat ] || return 0
  sed -n 's/.*) [^ZX] [0-9]* \([0-9]*\) .*/\1/p' /proc/[0-9]*/stat 2>/dev/null | grep -qx "$1"
}
group() { # does the job's group live? sets p
  alive job && return 0
  [ -n "$p" ] || return 1
  s='' bt=''
  [ -s "$d/meta" ] && read -r s bt <"$d/meta"
  [ "$bt" = "$(boot)" ] && [ -d /proc/self ] && [ -z "$(birth "$p")" ] && member "$p"
}
size() { n=$(wc -c <"$d/log" 2>/dev/null | tr -d ' '); echo "${n:-0}"; }
status() {
  c='' t='' s='' bt='' g='' x=''
  [ -d "$d" ] || { echo 'S none rc=- size=0'; return; }
  [ -s "$d/meta" ] && read -r s bt <"$d/meta"
  [ -s "$d/job" ] && read -r g x <"$d/job"
  if [ -s "$d/rc" ]; then st='done'
  elif alive sup; then st=running; [ -n "$g" ] || st=starting
  elif [ -s "$d/rc" ]; then st='done' # it ended between the two looks
  elif [ -n "$bt" ] && [ "$bt" != "$(boot)" ]; then st=rebooted
  elif group; then st=orphan
  elif [ -s "$d/sup" ]; then st=lost
  else st=starting; fi
  [ "$st" = 'done' ] && read -r c t <"$d/rc"
  ino=$(ls -i "$d/log" 2>/dev/null | awk '{print $1}')
  echo "S $st rc=${c:--} size=$(size) pgid=${g:--} inode=${ino:--} started=${s:--} ended=${t:--} now=$(date +%s)"
}
pause() { sleep 0.1 2>/dev/null || sleep 1; }

supervisor() { cat <<'SUP'
# The kernel's birth time of a process; a zombie counts as gone.
birth() {
  if [ -r /proc/self/stat ]; then sed -n 's/.*) [^ZX] //p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f19
  else ps -o lstart= -p "$1" 2>/dev/null | tr ' ' _; fi
}

d=$1
put() { printf '%s\n' "$2" >"$d/$1.tmp" && mv "$d/$1.tmp" "$d/$1"; }
if [ "${2-}" = job ]; then # now the leader of a session of its own
  put job "$$ $(birth $$)" || exit 125
  cd "$HOME" 2>/dev/null || cd /
  exec bash -l "$d/cmd" </dev/null >>"$d/log" 2>&1
fi
trap : HUP INT TERM
put sup "$$ $(birth $$)" || { rm -rf "$d"; exit 1; }
setsid sh "$d/sup.sh" "$d" job
rc=$?
[ -s "$d/job" ] || { rm -rf "$d"; exit 1; }
printf '%-39s\n' "$rc $(date +%s)" 1<>"$d/rc.tmp" && mv "$d/rc.tmp" "$d/rc"
SUP
}

start() {
  command -v bash >/dev/null 2>&1 || die 69 'bash is not installed on the server'
  command -v setsid >/dev/null 2>&1 || die 69 'setsid (util-linux) is not installed on the server'
  why=$(mkdir -p "$base" 2>&1) || die 73 "$why"
  tmp=$base/.up.$$
  trap 'rm -f "$tmp"' EXIT
  why=$({ cat >"$tmp"; } 2>&1) || die 73 "cannot write in $base: $why"
  n=$(wc -c <"$tmp" | tr -d ' ')
  [ "$n" = "$arg" ] || die 65 "the script arrived incomplete: $n of $arg bytes"
  if ! mkdir "$d" 2>/dev/null; then
    [ -d "$d" ] || die 73 "cannot create $d"
    echo 'S exists'; status; return
  fi
  # From here on a failure takes the whole folder away again.
  { mv "$tmp" "$d/cmd" && : >"$d/log" && echo "$(date +%s) $(boot)" >"$d/meta" \
      && printf '%-40s\n' - >"$d/rc.tmp" && supervisor >"$d/sup.sh"; } 2>/dev/null \
    || { rm -rf "$d"; die 73 "cannot write in $base (is the disk full?)"; }
  # Not with "&" where it can be helped: that makes the job ignore INT for ever.
  if setsid -f true 2>/dev/null; then setsid -f sh "$d/sup.sh" "$d" </dev/null >/dev/null 2>&1
  else setsid sh "$d/sup.sh" "$d" </dev/null >/dev/null 2>&1 & fi
  i=0
  while [ -d "$d" ] && [ ! -s "$d/job" ] && [ ! -s "$d/rc" ] && [ $i -lt 100 ]; do
    pause; i=$((i+1))
  done
  [ -d "$d" ] || die 73 'the job could not be started (is the disk full?)'
  echo 'S started'; status
}

log() {
  [ -f "$d/log" ] || { echo 'E no-log' >&2; exit 66; }
  n=$(size)
  [ "$arg" -le "$n" ] || { echo "E truncated size=$n" >&2; exit 67; }
  [ ! -s "$d/rc" ] && alive sup || exec tail -c "+$((arg+1))" "$d/log"
  tail -c "+$((arg+1))" -f "$d/log" &
  t=$! k=0
  trap 'kill "$t" 2>/dev/null' EXIT
  trap 'exit 1' HUP INT PIPE TERM
  while [ ! -s "$d/rc" ]; do
    sleep 0.3 2>/dev/null || sleep 1
    k=$((k+1))
    kill -0 "$t" 2>/dev/null || exit 1
    # A byte now and then, so that a reader whose connection died ends by itself.
    if [ $((k%30)) = 0 ]; then echo . >&2 || exit 1; alive sup || break; fi
  done
  sleep 0.4 2>/dev/null || sleep 1 # for tail; a reader asks again until it has "size" bytes
}
await() { # waits up to $1 seconds for the end of the group
  i=0
  while member "$p" && [ $i -lt $(($1*10)) ]; do pause; i=$((i+1)); done
  ! member "$p"
}
stop() {
  g=${arg:-10}
  if group; then
    half=$((g/2))
    kill -INT "-$p" 2>/dev/null
    if await "$half"; then echo 'S interrupted'
    else
      kill -TERM "-$p" 2>/dev/null
      if await $((g-half)); then echo 'S terminated'
      else
        kill -KILL "-$p" 2>/dev/null
        if await 5; then echo 'S killed'; else status; die 70 "process group $p does not die"; fi
      fi
    fi
  fi
  i=0 # the supervisor still writes the exit code
  while [ ! -s "$d/rc" ] && alive sup && [ $i -lt 50 ]; do pause; i=$((i+1)); done
  status
}
remove() {
  if alive sup || group; then status; die 69 'the job is still running'; fi
  rm -rf "$d" || die 73 "cannot delete $d"
  echo 'S removed'; status
}
case $verb in
start) start;;
status) status;;
log) log;;
stop) stop;;
rm) remove;;
*) echo 'E bad-verb'; exit 64;;
esac

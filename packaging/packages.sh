# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034,SC2046,SC2086 # lists of names, used by those who source this
# The distribution packages that Proverdeck is built and tested with, and how they get onto a machine.
# Sourced by packaging/demo.sh and tests/run.sh; it defines functions and lists only. Needs bash.

# One entry per line. "a|b" is the first of several names that the distribution knows: the names
# differ between Debian 12, Debian 13 and Ubuntu 24.04. A leading "?" marks what is only useful.
PROVERDECK_BUILD_PACKAGES='
cmake
ninja-build
g++
pkgconf|pkg-config
qt6-base-dev
qt6-charts-dev|libqt6charts6-dev
qt6-svg-dev|libqt6svg6-dev
libqt6svg6
libqt6sql6-sqlite
libssh2-1-dev
libexpected-dev
libtomlplusplus-dev
qtkeychain-qt6-dev
libarchive-dev
libyaml-cpp-dev
libpcre2-dev
?ccache
'
# A package of its own in Debian 12, and CMake does not find Qt Charts without it.
case " $(. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-} ${UBUNTU_CODENAME:-} ${DEBIAN_CODENAME:-}") " in
*" bookworm "*) PROVERDECK_BUILD_PACKAGES="$PROVERDECK_BUILD_PACKAGES libqt6opengl6-dev" ;;
esac
# What the demo host and every run need besides the program.
PROVERDECK_RUN_PACKAGES='
openssh-server
openssh-client
git
procps
fonts-dejavu-core
libsecret-1-0
?libqt6sql6-psql
'
PROVERDECK_TEST_PACKAGES='
libgtest-dev
libgmock-dev
?dropbear-bin
?python3-asyncssh
?busybox
curl
?gnome-keyring
?dbus
?nodejs
?npm
desktop-file-utils
appstream
?libqt6sql6-psql
?postgresql
'

say() { printf '%s\n' "== $*"; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

is_installed() {
    local state
    state=$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) || return 1
    case $state in
    installed | triggers-awaited | triggers-pending) return 0 ;;
    # Its set-up ends by starting a system service, which fails in many containers. The program is all we need.
    half-configured) [ "$1" = openssh-server ] && [ -x /usr/sbin/sshd ] ;;
    *) return 1 ;;
    esac
}

# missing_of LISTS: the entries that no installed package satisfies.
missing_of() {
    local entry name
    for entry in $1; do
        for name in $(tr '|' ' ' <<<"${entry#\?}"); do
            is_installed "$name" && continue 2
        done
        printf '%s\n' "$entry"
    done
}

apt_knows() { [ -n "$(LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: *//p' | grep -vFx '(none)')" ]; }

# as_root COMMAND…: never waits for a password that nobody can type.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ] && [ -z "${CI:-}" ]; then
        sudo "$@"
    else
        sudo -n "$@" </dev/null
    fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@" </dev/null
}

# need_packages LISTS: installs what is missing. Without anything missing it starts neither apt nor sudo.
need_packages() {
    local lists=$1 missing entry name names='' optional='' needed unknown='' system
    if [ -n "${PROVERDECK_SKIP_PACKAGES:-}" ]; then
        say "PROVERDECK_SKIP_PACKAGES is set: building with what is here."
        return
    fi
    system=$(. /etc/os-release 2>/dev/null && printf '%s' "${PRETTY_NAME:-}")
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        die "packages are known for Debian and Ubuntu, and this is ${system:-an unknown system}. Install what corresponds to these and set PROVERDECK_SKIP_PACKAGES=1:" $lists
    fi
    missing=$(missing_of "$lists")
    needed=$(grep -v '^?' <<<"$missing" || true)
    # What is only useful is asked for along with the rest, and never a reason to fail or to wait.
    if [ -z "$missing" ] || { [ -z "$needed" ] && [ "$(id -u)" != 0 ]; }; then
        return
    fi
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "these packages are missing, and there is no sudo to install them. As root: apt-get install" $(tr '|' ' ' <<<"$needed" | awk '{print $1}')
        as_root true || die "these packages are missing, and sudo does not let you in without a password. As root: apt-get install" $(tr '|' ' ' <<<"$needed" | awk '{print $1}')
    fi
    say "Missing:" $missing
    say "Reading the package lists (apt-get update)"
    apt_get update || say "apt-get update failed; trying with the lists that are here."
    for entry in $missing; do
        for name in $(tr '|' ' ' <<<"${entry#\?}"); do
            if apt_knows "$name"; then
                case $entry in
                \?*) optional="$optional $name" ;;
                *) names="$names $name" ;;
                esac
                continue 2
            fi
        done
        case $entry in
        \?*) ;;
        *) unknown="$unknown $entry" ;;
        esac
    done
    [ -z "$unknown" ] || die "${system:-this system} offers no package for:$unknown. Is the network there, and are the components main (Debian) or universe (Ubuntu) switched on?"
    if [ -z "$names$optional" ]; then
        return
    fi
    say "Installing with apt-get:$names$optional"
    case " $names " in
    *" openssh-server "*) say "openssh-server also starts the system's own SSH server where systemd runs; \"sudo systemctl disable --now ssh\" turns that off. The demo host and the tests use private ones on 127.0.0.1." ;;
    esac
    # shellcheck disable=SC2086 # lists of names
    if ! apt_get install -y --no-install-recommends $names $optional; then
        missing=$(missing_of "$lists" | grep -v '^?' || true)
        [ -z "$missing" ] || die "apt-get could not install these packages (its messages are above):" $missing
        say "apt-get reported a problem, but everything that is needed is here: going on."
    fi
}

# build_jobs: as many compilers as there are processors, and 1 GiB of memory for each.
build_jobs() {
    local cpus memory
    cpus=$(nproc 2>/dev/null || echo 2)
    memory=$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null)
    [ -n "$memory" ] && [ "$memory" -lt "$cpus" ] && cpus=$memory
    [ "$cpus" -ge 1 ] || cpus=1
    printf '%s\n' "$cpus"
}

# use_utf8: Qt wants a UTF-8 locale; bare containers have none.
use_utf8() {
    case $(locale charmap 2>/dev/null) in
    UTF-8) ;;
    *) export LC_ALL=C.UTF-8 ;;
    esac
}

# need_anvil DIR: an Ethereum node for the tests of the Boundless pages, from npm, into DIR. It is only useful:
# without it those tests are skipped, each with its reason.
need_anvil() {
    local dir=$1
    if compgen -G "$dir/node_modules/@foundry-rs/anvil-*/bin/anvil" >/dev/null || command -v anvil >/dev/null || [ -n "${PROVERDECK_ANVIL:-}" ]; then
        return
    fi
    if [ -n "${PROVERDECK_SKIP_PACKAGES:-}" ]; then
        say "PROVERDECK_SKIP_PACKAGES is set and anvil is not here: the tests with a real chain will be skipped."
        return
    fi
    if ! command -v npm >/dev/null; then
        say "npm is not here, so neither is anvil: the tests with a real chain will be skipped."
        return
    fi
    mkdir -p "$dir"
    say "Installing anvil into $dir"
    if ! (cd "$dir" && npm install --silent --no-audit --no-fund --ignore-scripts --no-save --prefix . @foundry-rs/anvil </dev/null); then
        say "npm could not install @foundry-rs/anvil: the tests with a real chain will be skipped."
    fi
}

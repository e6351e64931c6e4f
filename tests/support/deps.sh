#!/usr/bin/env bash
# Installs with apt what is missing to build, run and test uptake on Debian 12 and 13; does nothing when all is there.
#
#   deps.sh build   what compiling and `make demo` need
#   deps.sh test    that, and what `make test` needs
#   deps.sh all     that, and the tools of developers

set -eu

# One need a line: packages of which any one will do; the first that Debian offers here is installed.
BUILD='
build-essential
pkg-config|pkgconf
libevent-dev
librdkafka-dev
libpq-dev
libhiredis-dev
libsodium-dev
libxxhash-dev
libsystemd-dev
libinih-dev
liblz4-dev
libzstd-dev
libcurl4-openssl-dev|libcurl4-gnutls-dev
libsimdjson-dev
libssl-dev
zlib1g-dev
postgresql|postgresql-15|postgresql-17
redis-server
curl
openssl
python3
'
TEST='
libcmocka-dev
default-jre-headless|openjdk-17-jre-headless|openjdk-21-jre-headless|openjdk-25-jre-headless
maven
jq
iproute2
prometheus
prometheus-alertmanager
git
chromium
chromium-driver
man-db
groff-base
debhelper
lintian
fakeroot
'
DEVELOP='
clang
libclang-rt-dev|libclang-rt-14-dev|libclang-rt-19-dev
clang-format
valgrind
cppcheck
'

say() { printf 'deps: %s\n' "$*"; }

# Prints the needs for which nothing is installed.
list_missing() {
    local need package installed
    installed=" $(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | tr '\n' ' ')"
    for need; do
        for package in ${need//|/ }; do
            [[ $installed != *" $package "* ]] || continue 2
        done
        echo "$need"
    done
}

# Prints the first package of each need that apt can install.
choose_packages() {
    local need package
    for need; do
        for package in ${need//|/ }; do
            LC_ALL=C apt-cache policy "$package" 2>/dev/null | grep -q '^  Candidate: [^(]' || continue
            echo "$package"
            continue 2
        done
        say "apt offers none of $need" >&2
        return 1
    done
}

# Debian starts a server when its package is installed. Ours run privately, so for the time of the installation that is
# declined, unless the machine has a policy of its own.
POLICY=/usr/sbin/policy-rc.d
install_packages() {
    local made_policy=
    if ! $SUDO test -e "$POLICY"; then
        made_policy=yes
        # shellcheck disable=SC2064 # SUDO is known now
        trap "$SUDO rm -f $POLICY" EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
        printf '#!/bin/sh\nexit 101\n' | $SUDO tee "$POLICY" >/dev/null
        $SUDO chmod 755 "$POLICY"
    fi
    $SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@"
    if [ -n "$made_policy" ]; then $SUDO rm -f "$POLICY"; fi
}

give_up() {
    say "cannot install anything here ($1); please install: $(echo "${MISSING[*]}" | sed 's/|[^ ]*//g')" >&2
    exit 1
}

case ${1:-} in
build) NEEDS=$BUILD ;;
test) NEEDS=$BUILD$TEST ;;
all) NEEDS=$BUILD$TEST$DEVELOP ;;
*)
    say 'usage: deps.sh build|test|all' >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null; then
    say 'not a Debian system: nothing checked; the list of packages is in tests/support/deps.sh'
    exit 0
fi
# shellcheck disable=SC2086 # one word a need
mapfile -t MISSING < <(list_missing $NEEDS)
if ((${#MISSING[@]} == 0)); then
    say "all packages for '$1' are installed"
    exit 0
fi

SUDO=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || give_up 'not root, and no sudo'
    SUDO=sudo
    # Without a terminal nobody can type a password.
    [ -t 0 ] || sudo -n true 2>/dev/null || give_up 'not root, and sudo wants a password'
fi
command -v apt-get >/dev/null || give_up 'no apt-get'
say "missing: ${MISSING[*]}"
$SUDO apt-get update -q || give_up 'apt-get update failed'
CHOSEN=$(choose_packages "${MISSING[@]}") || give_up 'a package is not offered'
# shellcheck disable=SC2086 # one word a package
install_packages $CHOSEN
mapfile -t MISSING < <(list_missing "${MISSING[@]}")
((${#MISSING[@]} == 0)) || give_up 'still missing after the installation'
say 'installed; servers among them were not started now, but may be at the next boot'

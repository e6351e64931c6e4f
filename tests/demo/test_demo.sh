#!/usr/bin/env bash
# The demonstration: without a terminal it ends by itself; on one it offers the page and serves it until Ctrl-C; either way nothing
# is left of it.
# test deadline: 1200 s
set -u
HERE=${UPTAKE_TESTS_DIR:?}/demo
WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-demo-test.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

fail() {
    echo "FAILED: $*"
    tail -n 30 "$WORK"/*.log
    exit 1
}

GONE_BY=1100
# Of a demonstration that has ended: its directory is gone, and with it all that ran there.
check_gone() {
    local directory
    directory=$(grep -oE '/tmp/uptake\.[A-Za-z0-9]+|'"${TMPDIR:-/tmp}"'/uptake\.[A-Za-z0-9]+' "$1" | head -n 1)
    [ -n "$directory" ] || fail "no directory is named in $1"
    [ ! -e "$directory" ] || fail "$directory is left"
    # What was killed may take a moment to be gone.
    while pgrep -f "$directory" > "$WORK/left"; do
        ((SECONDS < GONE_BY)) || fail "$(wc -l < "$WORK/left") processes are left"
        read -r -t 0.1 <> <(:) || true
    done
}

export VARIANT=${UPTAKE_BUILD_DIR##*/}
bash "$HERE/run-demo.sh" < /dev/null > "$WORK/plain.log" 2>&1 || fail "without a terminal it ends with $?"
grep -q '^growing-1 ' "$WORK/plain.log" || fail 'no teams are shown'
! grep -q 'Ctrl-C' "$WORK/plain.log" || fail 'it offers to serve nobody'
check_gone "$WORK/plain.log"
echo 'without a terminal: ends by itself'

python3 "$HERE/on_terminal.py" "$HERE/run-demo.sh" "$WORK/terminal.log" || fail 'on a terminal'
check_gone "$WORK/terminal.log"

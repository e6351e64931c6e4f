#!/usr/bin/env bash
# Proves that servers.sh starts what it is asked for, brings it back after a crash and leaves nothing behind.

set -eu
SERVERS=$(cd "$(dirname "$0")/../support" && pwd)/servers.sh
WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-self.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
export SERVERS WORK
unset UPTAKE_KEEP

fail() {
    echo "FAILED: $*"
    exit 1
}

is() { [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"; }

ask_redis() { redis-cli -h 127.0.0.1 -p "${UPTAKE_TEST_REDIS##*:}" "$@"; }

export -f fail is ask_redis

await() {
    local tries
    for ((tries = 0; tries < 1200; tries++)); do
        if "$@"; then return 0; fi
        sleep 0.05
    done
    fail "waited in vain for: $*"
}

is_gone() { [ ! -d "$1" ]; }

# assert_clean NAME: the directory noted in $WORK/NAME.dir is gone, and so is every process noted beside it.
assert_clean() {
    local pid
    await is_gone "$(cat "$WORK/$1.dir")"
    for pid in $(cat "$WORK/$1.pids"); do
        [ ! -e "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status" || fail "$1: process $pid is left"
    done
}

# For the commands of sessions: notes what must be gone later.
note() {
    echo "$UPTAKE_TEST_DIR" >"$WORK/$1.dir"
    cat "$UPTAKE_TEST_DIR"/*/pid >"$WORK/$1.pids"
}
export -f note

everything_answers() {
    note answers
    is 'redis' "$(ask_redis ping)" PONG
    is 'redis socket' "$(redis-cli -s "$UPTAKE_TEST_REDIS_SOCKET" ping)" PONG
    is 'postgres' "$(psql -XAtc 'SELECT 1' "$UPTAKE_TEST_PG")" 1
    is 'postgres, TCP' "$(PGPASSWORD=$UPTAKE_TEST_PG_PASSWORD psql -XAtc 'SELECT 2' "$UPTAKE_TEST_PG_TCP")" 2
    ! PGPASSWORD=wrong psql -XAtc 'SELECT 2' "$UPTAKE_TEST_PG_TCP" 2>/dev/null || fail 'any password will do'
    "$SERVERS" topic create second:2
    is 'kafka' "$("$SERVERS" topic describe first | wc -l)$("$SERVERS" topic describe second | wc -l)" 32

    psql -XAtqc 'CREATE TABLE kept AS SELECT 7 AS x' "$UPTAKE_TEST_PG"
    ask_redis set lost 1 >/dev/null
    for name in kafka redis postgres; do
        before=$(cat "$UPTAKE_TEST_DIR/$name/pid")
        "$SERVERS" restart "$name"
        [ "$(cat "$UPTAKE_TEST_DIR/$name/pid")" != "$before" ] || fail "$name is the same process"
    done
    is 'postgres keeps its tables' "$(psql -XAtc 'SELECT x FROM kept' "$UPTAKE_TEST_PG")" 7
    is 'redis forgets its keys' "$(ask_redis exists lost)" 0
    is 'kafka keeps its topics' "$("$SERVERS" topic describe second | wc -l)" 2

    "$SERVERS" stop redis
    ! ask_redis ping 2>/dev/null || fail 'a stopped Redis answers'
    "$SERVERS" start redis
    is 'redis, started again' "$(ask_redis ping)" PONG

    is 'nothing is to be revived' "$("$SERVERS" revive 2>&1)" ''
    "$SERVERS" kill kafka
    "$SERVERS" stop redis
    kill -s STOP $(cat "$UPTAKE_TEST_DIR/postgres/pid")
    is 'revived' "$("$SERVERS" revive 2>&1)" "$(printf 'servers: %s\n' 'kafka was dead: started again' \
        'postgres was stopped by a signal: goes on' 'redis was dead: started again')"
    is 'redis, revived' "$(ask_redis ping)" PONG
    is 'postgres, revived' "$(psql -XAtc 'SELECT x FROM kept' "$UPTAKE_TEST_PG")" 7
    is 'kafka, revived' "$("$SERVERS" topic describe second | wc -l)" 2
    cat "$UPTAKE_TEST_DIR"/*/pid >>"$WORK/answers.pids"
    exit 5
}
export -f everything_answers

status=0
"$SERVERS" run --kafka --redis --postgres --topic first:3:retention.ms=1000 -- \
    bash -euc everything_answers || status=$?
is 'status of the command' "$status" 5
assert_clean answers
echo 'servers answer, come back and go away'

three_nodes() {
    note cluster
    first=${UPTAKE_TEST_REDIS_CLUSTER%%,*}
    is 'keys on all nodes' "$(for key in a b c d e f; do
        redis-cli -c -h 127.0.0.1 -p "${first##*:}" set "$key" 1
    done | sort -u)" OK
    is 'masters' "$(redis-cli -h 127.0.0.1 -p "${first##*:}" cluster nodes | grep -c master)" 3
}
export -f three_nodes
"$SERVERS" run --redis-cluster -- bash -euc three_nodes
assert_clean cluster
echo 'three Redis nodes form a cluster'

# A session that is ended from outside, once with a command that takes no notice, and with a process that hides.
stays() {
    [ "$1" != by-TERM ] || trap '' TERM
    setsid tail -f /dev/null &
    "$SERVERS" restart redis
    note "$1"
    echo "$!" >>"$WORK/$1.pids"
    : >"$WORK/$1.up"
    while :; do sleep 0.2; done
}
export -f stays

for signal in TERM INT KILL; do
    name=by-$signal
    env --default-signal=INT "$SERVERS" run --redis --postgres -- bash -euc "stays $name" &
    runner=$!
    await test -e "$WORK/$name.up"
    kill -s "$signal" "$runner"
    status=0
    wait "$runner" 2>/dev/null || status=$?
    is "status after SIG$signal" "$status" "$((128 + $(kill -l "$signal")))"
    assert_clean "$name"
    echo "nothing is left after SIG$signal"
done

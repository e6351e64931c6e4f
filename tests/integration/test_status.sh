#!/usr/bin/env bash
# uptakectl status: every partition with its owner, watermark, lag and last checkpoint, with the daemon there and without.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"
daemon_begin status 3

status() { "$BIN_DIR/uptakectl" status --config "$DIR/a.conf" "$@" >"$DIR/out" 2>"$DIR/err"; }
is() { jq -e "$1" "$DIR/out" >/dev/null || fail "not so: $1: $(cat "$DIR/out" "$DIR/err")"; }

daemon_start a "kafka.instance=first" "checkpoint.interval=200ms"
wait_until 60 'instance that is ready' daemon_is_ready a
lines=$("$BIN_DIR/uptakectl" simulate --seed 5 --days 30 --teams steady:5,growing:5,theatre:5 --faults 0.02 |
    "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" - | grep -oE '^[0-9]+')
wait_until 60 'checkpoint of everything' all_done "$lines"

status --json
is '.partitions | length == 3'
is '[.partitions[].partition] == [0, 1, 2]'
is 'all(.partitions[]; .owner == "uptaked/first" and .epoch >= 1 and (.accepted == 0 or .checkpoint_age_s >= 0))'
is "([.partitions[] | .accepted + .rejected] | add) == $lines"
is '([.partitions[].teams] | add) == 3'
is 'any(.partitions[]; .watermark != null and .behind_s > 0)'
is '.instances[0].answers and .instances[0].shards == 3 and .instances[0].postgresql_up == 1 and .instances[0].redis_up == 1'
nothing_unread() { status --json && jq -e 'all(.partitions[]; .lag_events == 0)' "$DIR/out" >/dev/null; }
wait_until 60 'lag of 0' nothing_unread
status
[ "$(grep -c 'uptaked/first' "$DIR/out")" = 3 ] || fail "for people: $(cat "$DIR/out")"
grep -q '^http://127.0.0.1:[0-9]*/metrics: shards 3 ' "$DIR/out" || fail "no instance: $(cat "$DIR/out")"

# ---- without the daemon: what PostgreSQL knows
daemon_kill a TERM
status --json
is '(.partitions | length == 3) and all(.partitions[]; .lag_events == null) and .instances[0].answers == false'
status && grep -q 'does not answer' "$DIR/out" || fail 'nothing is said of the instance'

# ---- without PostgreSQL, and without a configuration
code=0
status --set 'postgresql.connection=host=127.0.0.1 port=1' || code=$?
[ $code = 4 ] || fail "exit code $code, not 4"
code=0
"$BIN_DIR/uptakectl" status --config "$DIR/nothing.conf" 2>"$DIR/err" || code=$?
[ $code = 3 ] && grep -q 'nothing.conf: cannot be opened' "$DIR/err" || fail "exit code $code, not 3"
echo 'all as expected'

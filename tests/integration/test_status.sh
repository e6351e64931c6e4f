#!/usr/bin/env bash
# uptakectl status: every partition with its owner, watermark, lag and last checkpoint, with the daemon there and without.
# uptakectl top: daemons and teams, live in a terminal and printed.
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

# ---- top: printed, and in a terminal, with teams whose names would steer it
closed() { [ "$(sql 'SELECT count(*) FROM uptake.team_health')" = 3 ]; }
wait_until 60 'closed days of all teams' closed
psql -qX -v ON_ERROR_STOP=1 -v source="$(sql "SELECT min(team) FROM uptake.team WHERE team ~ '^steady'")" "$PG" -f "$TESTS_DIR/integration/top.sql" || fail 'hostile teams'
url=http://127.0.0.1:${DAEMON_PORTS[a]}
top() { "$BIN_DIR/uptakectl" top "$@" > "$DIR/out" 2> "$DIR/err"; }
# prints FILTER OPTION...: that holds of its JSON
prints() { local filter=$1 && shift && top --json "$@" && jq -e "$filter" "$DIR/out" > /dev/null; }
wait_until 60 'daemon that is ready and idle' prints ".daemons == [.daemons[0]] and (.daemons[0] | .url == \"$url\" and .ready and .partitions == 3
    and .lag_events == 0 and .events_per_s == 0 and .rejects_per_s == 0)" --postgresql "$PG" --url "$url/metrics"
sql "SELECT json_agg(json_build_array(team, round(health::numeric, 1), state, verdict, diagnosis, alarms) ORDER BY team COLLATE \"C\") FROM uptake.team_health" > "$DIR/teams.json"
jq -e --slurpfile teams "$DIR/teams.json" '[.teams[] | [.team, .health, .state, .verdict, .diagnosis, .alarms]] | sort == ($teams[0] | sort)' "$DIR/out" > /dev/null ||
    fail "top has other teams: $(cat "$DIR/out" "$DIR/teams.json")"
wait_until 60 'the same as the configuration says' prints '.daemons[0].ready and .teams == []' --config "$DIR/a.conf" --filter nobody
top --postgresql "$PG" --url '' --sort -team || fail "top printed: $(cat "$DIR/err")"
! grep -q 'daemons' "$DIR/out" && ! LC_ALL=C grep -q $'[\x01-\x09\x0b-\x1f\x7f]' "$DIR/out" && grep -q '^中文团队 ' "$DIR/out" || fail "top printed: $(cat "$DIR/out")"
code=0
top --postgresql "host=127.0.0.1 port=1" --url "$url" || code=$?
[ $code = 4 ] && grep -q 'cannot be reached' "$DIR/err" || fail "exit code $code, not 4: $(cat "$DIR/err")"
[ "$("$BIN_DIR/uptakectl" top --batch --interval 0.2 --postgresql "$PG" --url '' | head -n 40 | grep -c '^uptakectl top ')" -ge 2 ] || fail 'top does not print again'
python3 "$TESTS_DIR/integration/top.py" "$BIN_DIR/uptakectl" "$PG" "$url" "$(daemon_pid a)" "$DIR" || fail 'top in a terminal'

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

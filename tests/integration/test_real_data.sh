#!/usr/bin/env bash
# Four published data sets go through Kafka and the daemon into the published figures in PostgreSQL.

set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
OUT=${UPTAKE_BUILD_DIR:-$ROOT/build/${VARIANT:-release}}
SERVERS=$HERE/../support/servers.sh
CONVERT=$HERE/../real_data/convert.py CHECK=$HERE/../real_data/check.py
NAME=uptake_real_data TOPIC=real-data LETTERS=real-data.dead-letters
PARTITIONS=4 REDIS_DATABASE=11 DEADLINE_S=120
# shellcheck source=tests/real_data/common.sh
. "$HERE/../real_data/common.sh"
# shellcheck source=tests/support/servers/common.sh
. "$HERE/../support/servers/common.sh"

require_real_data
[ -x "$OUT/uptaked" ] || skip "uptaked is not built"
for variable in UPTAKE_TEST_KAFKA UPTAKE_TEST_REDIS UPTAKE_TEST_PG; do
    [ -n "${!variable:-}" ] || skip "$variable is not set (tests/support/servers.sh run)"
done

WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-real.XXXXXX")
CONNECTION="$UPTAKE_TEST_PG dbname=$NAME"
DAEMON=

ask_redis() {
    redis-cli -h "${UPTAKE_TEST_REDIS%:*}" -p "${UPTAKE_TEST_REDIS##*:}" -n "$REDIS_DATABASE" "$@"
}

clear_up() {
    [ -z "$DAEMON" ] || kill -s KILL "$DAEMON" 2>/dev/null || true
    ask_redis flushdb >/dev/null || true
    psql -Xqc "DROP DATABASE IF EXISTS $NAME WITH (FORCE)" "$UPTAKE_TEST_PG" || true
    "$SERVERS" topic delete "$TOPIC" || true
    "$SERVERS" topic delete "$LETTERS" || true
    rm -rf "$WORK"
}
trap clear_up EXIT

fail() {
    echo "FAILED: $*"
    [ ! -e "$WORK/uptaked.log" ] || tail -n 20 "$WORK/uptaked.log"
    exit 1
}

ask() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1" "$CONNECTION"; }

# It ended a day or more ago: whatever the hour, the clock closes it once the topic is silent.
LAST_DAY=$(date -u -d '2 days ago' +%F)
CLOSE="$(date -u -d "$LAST_DAY + 1 day" +%F) 06:00:00+00"

write_config() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$WORK/pseudonym.key"
    chmod 600 "$WORK/pseudonym.key"
    cat >"$WORK/uptaked.conf" <<END
[kafka]
kafka.bootstrap.servers = $UPTAKE_TEST_KAFKA
topics = $TOPIC
dead_letter_topic = $LETTERS
group = $NAME
[events]
idle_after = 1s
[measures]
measure_interval = 10s
[privacy]
pseudonym_key_file = $WORK/pseudonym.key
min_group = 1
[postgresql]
connection = $CONNECTION
auto_migrate = yes
[redis]
addresses = $UPTAKE_TEST_REDIS
database = $REDIS_DATABASE
[checkpoint]
interval = 500ms
[http]
http_listen =
END
}

send() {
    local set
    for set in "${REAL_SETS[@]}"; do
        python3 "$CONVERT" "$REAL_DATA/$set" --last-day "$LAST_DAY" >>"$WORK/events.ndjson"
    done
    "$SERVERS" topic create "$TOPIC:$PARTITIONS" "$LETTERS:1"
    "$OUT/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" \
        "$WORK/events.ndjson"
}

# All teams have been evaluated since their partition was read to its end and its last day closed.
is_evaluated() {
    is_alive "$DAEMON" || fail "uptaked ended"
    local evaluated
    evaluated=$(ask "SELECT count(*) FROM uptake.measure WHERE win = '90d' AND workflow IS NULL
                     AND watermark >= '$CLOSE'" 2>/dev/null) && [ "$evaluated" = "$TEAMS" ]
}

psql -Xqc "CREATE DATABASE $NAME" "$UPTAKE_TEST_PG"
write_config
send
EVENTS=$(wc -l <"$WORK/events.ndjson")
TEAMS=$(grep -o '"team": "[^"]*"' "$WORK/events.ndjson" | sort -u | wc -l)

"$OUT/uptaked" --config "$WORK/uptaked.conf" >"$WORK/uptaked.log" 2>&1 &
DAEMON=$!
if ! wait_for "$DEADLINE_S" is_evaluated; then
    ask 'SELECT partition, number, watermark, greatest, accepted, last_opened FROM uptake.shard'
    ask "SELECT team, as_of, watermark FROM uptake.measure WHERE win = '90d' AND workflow IS NULL"
    fail "not all of $TEAMS teams are evaluated"
fi
accepted=$(ask 'SELECT sum(accepted) FROM uptake.shard')
[ "$accepted" = "$EVENTS" ] || fail "$accepted of $EVENTS events were accepted"
ask "SELECT json_agg(json_build_object('team', team, 'workflow', workflow, 'values', values))
     FROM uptake.measure WHERE win = '90d' AND workflow IS NULL" >"$WORK/figures.json"
kill -s TERM "$DAEMON"
status=0
wait "$DAEMON" || status=$?
DAEMON=
[ "$status" = 0 ] || fail "uptaked ended with $status"

failed=0
for set in "${REAL_SETS[@]}"; do
    python3 "$CHECK" --whole-teams "$REAL_DATA/$set" "$WORK/figures.json" || failed=$((failed + 1))
done
echo "$EVENTS events of $TEAMS teams, ${#REAL_SETS[@]} data sets, $failed failed"
[ "$failed" = 0 ]

#!/usr/bin/env bash
# What the demonstration does once its PostgreSQL and Redis run; called by run-demo.sh.
set -eu

ROOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN_DIR=$ROOT_DIR/build/${VARIANT:-release}
DIR=$UPTAKE_TEST_DIR/demo
TEAMS=growing:9,steady:8,randomised:10,redesigned:8,stall:9,relapse:8,theatre:7,over_trust:8,faster_worse:9,work_design:8,skills_gap:7,hollow_entry:8
TOPIC=uptake.events
READY_DEADLINE_S=120
CAUGHT_UP_DEADLINE_S=600

mkdir -p "$DIR"
daemon_pid='' broker_pid=''

stop_all() {
    for pid in $daemon_pid $broker_pid; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}
trap stop_all EXIT
trap 'exit 130' INT TERM

say() { printf '\n%s\n' "$*"; }

fail() {
    printf 'demo: %s\n' "$1" >&2
    tail -n 20 "$DIR/uptaked.log" >&2 || true
    exit 1
}

# until_true SECONDS WHAT COMMAND...: waits for the command to succeed.
until_true() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        kill -0 "$daemon_pid" 2>/dev/null || fail "uptaked ended before $what"
        ((SECONDS < deadline)) || fail "no $what in time"
        read -r -t 0.2 <> <(:) || true
    done
}

metric() { curl -sf "http://127.0.0.1:$port/metrics" | awk -v name="$1" '$1 ~ "^" name "([{]|$)" { sum += $2 } END { print sum + 0 }'; }

start_broker() {
    mkfifo "$DIR/address"
    "$BIN_DIR/uptakectl" broker --topic "$TOPIC:4" --topic uptake.dead-letters:1 > "$DIR/address" &
    broker_pid=$!
    read -r brokers < "$DIR/address"
}

start_daemon() {
    (umask 077 && openssl rand -hex 16 > "$DIR/pseudonym.key")
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    cat > "$DIR/uptaked.conf" <<CONF
[kafka]
kafka.bootstrap.servers = $brokers
topics = $TOPIC
dead_letter_topic = uptake.dead-letters
[events]
idle_after = 2s
[privacy]
pseudonym_key_file = $DIR/pseudonym.key
[postgresql]
connection = $UPTAKE_TEST_PG
auto_migrate = yes
[redis]
addresses = $UPTAKE_TEST_REDIS
[checkpoint]
interval = 1s
[http]
http_listen = 127.0.0.1:$port
CONF
    "$BIN_DIR/uptaked" --config "$DIR/uptaked.conf" 2> "$DIR/uptaked.log" &
    daemon_pid=$!
    until_true $READY_DEADLINE_S "first assignment" curl -sf "http://127.0.0.1:$port/readyz"
}

# The clock moves the watermark once all is read and silent; then yesterday's close is in PostgreSQL for every team.
all_closed() {
    local teams closed
    teams=$(psql -qtA "$UPTAKE_TEST_PG" -c "SELECT count(*) FROM uptake.team")
    closed=$(psql -qtA "$UPTAKE_TEST_PG" -c \
        "SELECT count(*) FROM uptake.team WHERE evaluated_through = (now() AT TIME ZONE 'UTC' - interval '6 hours')::date - 1")
    [ "$teams" -eq 12 ] && [ "$closed" -eq 12 ] && [ "$(metric uptake_lag_events)" = 0 ]
}

say "1. A broker in memory, a private PostgreSQL and Redis, and uptaked between them"
start_broker
start_daemon
echo "   broker $brokers, uptaked http://127.0.0.1:$port/"

say "2. A simulated year of twelve teams that ends now"
"$BIN_DIR/uptakectl" simulate --seed 12 --days 365 --until now --teams "$TEAMS" --rate 1.2 > "$DIR/events.ndjson"
"$BIN_DIR/uptakectl" produce --brokers "$brokers" --topic "$TOPIC" \
    --ahead-of "http://127.0.0.1:$port/metrics" "$DIR/events.ndjson"

say "3. Read, counted, closed day by day; the clock closes the last one"
until_true $CAUGHT_UP_DEADLINE_S "close of yesterday" all_closed
printf '   %s events accepted, %s refused (they are in the dead-letter topic), %s checkpoints, %s days closed in PostgreSQL\n' \
    "$(metric uptake_events_accepted_total)" "$(metric uptake_events_rejected_total)" \
    "$(metric uptake_checkpoints_total)" "$(psql -qtA "$UPTAKE_TEST_PG" -c 'SELECT count(*) FROM uptake.health')"

say "4. What became of the twelve teams, read back from PostgreSQL"
"$BIN_DIR/uptakectl" teams --postgresql "$UPTAKE_TEST_PG"

say "5. Where to look next"
cat <<NEXT
   README.md                       what the words mean, how to run it for real
   uptakectl teams --json          everything that is known of each team
   uptakectl evaluate FILE         the same figures from a file, without any server
   SELECT * FROM uptake.team_measure WHERE team = '...';
                                   each measure with its interval, or the word why it is unknown
   HGETALL uptake:{0}:team:<team>:28d
                                   the rolling measures in Redis, live
NEXT
if [ -t 0 ] && [ -t 1 ]; then
    say "Everything still runs. Open the page in a browser, every team and why:"
    printf '\n   \033[1mhttp://127.0.0.1:%s/\033[0m\n' "$port"
    say "Or from another terminal:"
    echo "   psql '$UPTAKE_TEST_PG'"
    echo "   redis-cli -u redis://$UPTAKE_TEST_REDIS"
    echo "   curl http://127.0.0.1:$port/metrics"
    echo "Ctrl-C ends it and removes everything."
    wait "$daemon_pid"
fi

# Runs uptaked instances for shell tests on the servers of servers.sh; to be sourced. Each test has its own topic,
# database and consumer group, named after it.
#
#   daemon_begin NAME PARTITIONS    topics, database, key; sets DIR, TOPIC, LETTERS, PG
#   daemon_start INSTANCE [LINE...] configuration lines "section.key=value"; sets nothing, see daemon_pid INSTANCE
#   daemon_kill INSTANCE SIGNAL     and waits where the signal ends it
#   daemon_metric INSTANCE NAME     sum of its samples, 0 where the daemon does not answer
#   wait_until SECONDS WHAT COMMAND...   of a machine that is idle: four times as long before it fails
#   daemon_end [STATUS]             stops all and exits, by the exit trap; one of a test's own hands its $? over, taken first
#
# The session of a consumer is longer than any stall of a busy machine, and time is that of the events: a test that is about the end
# of a session or about the clock says so (kafka.kafka.session.timeout.ms, events.idle_after). A warning or error that repeats is
# logged once a minute: the log does not tell how often it came.

BIN_DIR=${UPTAKE_BUILD_DIR:?}
TESTS_DIR=${UPTAKE_TESTS_DIR:?}
PG_ADMIN=${UPTAKE_TEST_PG:-}
PATIENCE=4
# shellcheck source=port.sh
. "$TESTS_DIR/support/port.sh"
declare -A DAEMON_PIDS=() DAEMON_PORTS=()

fail() {
    printf 'FAILED: %s\n' "$*"
    for log in "$DIR"/*.log; do
        [ -f "$log" ] && printf -- '--- %s\n' "$log" && tail -n 25 "$log"
    done
    exit 1
}

skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}

# Waits for a command to succeed, with a deadline.
wait_until() {
    local deadline=$((SECONDS + PATIENCE * $1)) what=$2
    shift 2
    until "$@"; do
        ((SECONDS < deadline)) || fail "no $what in time"
        read -r -t 0.1 <> <(:) || true
    done
}

sql() { psql -qtA -v ON_ERROR_STOP=1 "$PG" -c "$1"; }

daemon_begin() {
    [ -n "${UPTAKE_TEST_KAFKA:-}" ] || skip "needs the servers of tests/support/servers.sh"
    NAME=$1 PARTITIONS=$2
    DIR=$(mktemp -d "${TMPDIR:-/tmp}/uptake-$NAME.XXXXXX")
    trap daemon_end EXIT
    trap 'exit 130' INT TERM
    TOPIC=$NAME.events LETTERS=$NAME.letters
    bash "$TESTS_DIR/support/servers.sh" topic create "$TOPIC:$PARTITIONS" "$LETTERS:1" > /dev/null || fail 'no topics'
    local database=${NAME//[^a-z0-9]/_}
    PGOPTIONS='-c client_min_messages=warning' psql -qtA -v ON_ERROR_STOP=1 "$PG_ADMIN" -c "DROP DATABASE IF EXISTS $database" \
        -c "CREATE DATABASE $database" || fail 'no database'
    PG="$(sed -E 's/ ?dbname=[^ ]*//' <<< "$PG_ADMIN") dbname=$database"
    (umask 077 && head -c 16 /dev/zero | tr '\0' k > "$DIR/pseudonym.key")
}

daemon_conf() {
    local instance=$1 port=$2
    shift 2
    cat <<CONF
[kafka]
kafka.bootstrap.servers = $UPTAKE_TEST_KAFKA
kafka.session.timeout.ms = 45000
kafka.heartbeat.interval.ms = 500
topics = $TOPIC
dead_letter_topic = $LETTERS
group = $NAME
[events]
idle_after = 1d
[privacy]
pseudonym_key_file = $DIR/pseudonym.key
[postgresql]
connection = $PG
auto_migrate = yes
[redis]
addresses = $UPTAKE_TEST_REDIS
[http]
http_listen = 127.0.0.1:$port
CONF
}

daemon_start() {
    local instance=$1
    shift
    local port=${DAEMON_PORTS[$instance]:-$(free_port)}
    DAEMON_PORTS[$instance]=$port
    daemon_conf "$instance" "$port" > "$DIR/$instance.conf"
    local overrides=()
    for line in "$@"; do overrides+=(--set "$line"); done
    "$BIN_DIR/uptaked" --config "$DIR/$instance.conf" "${overrides[@]}" 2>> "$DIR/$instance.log" &
    DAEMON_PIDS[$instance]=$!
}

daemon_pid() { printf '%s\n' "${DAEMON_PIDS[$1]}"; }

daemon_kill() {
    local pid=${DAEMON_PIDS[$1]}
    kill "-$2" "$pid" 2> /dev/null || true
    case $2 in
    STOP | CONT) ;;
    *)
        wait "$pid" 2> /dev/null
        DAEMON_EXIT=$?
        ;;
    esac
}

daemon_is_ready() { curl -sf "http://127.0.0.1:${DAEMON_PORTS[$1]}/readyz" > /dev/null 2>&1; }

daemon_metric() {
    { curl -sf -m 30 "http://127.0.0.1:${DAEMON_PORTS[$1]}/metrics" || true; } |
        awk -v name="$2" '$1 ~ "^" name "([{]|$)" { sum += $2 } END { printf "%d\n", sum }'
}

# How many messages PostgreSQL knows as done.
messages_done() {
    sql "SELECT coalesce(sum(accepted + rejected_malformed + rejected_envelope + rejected_unknown_type + rejected_schema
                             + rejected_key + rejected_misrouted + rejected_too_late + rejected_future), 0)
           FROM uptake.shard" 2> /dev/null || echo 0
}

all_done() { [ "$(messages_done)" -ge "$1" ]; }

# Cells of a database and of a document of `uptakectl evaluate`, one a line, in one order.
cells_of_database() {
    local columns
    columns=$(jq -r '.cells.columns[4:] | join(", ")' "$1")
    sql "SELECT concat_ws('|', team, workflow, day - DATE '1970-01-01', arm, $columns) FROM uptake.cell" | LC_ALL=C sort
}

cells_of_document() { jq -r '.cells.rows[] | map(tostring) | join("|")' "$1" | LC_ALL=C sort; }

daemon_end() {
    local status=${1:-$?}
    trap - EXIT
    for pid in "${DAEMON_PIDS[@]}"; do
        kill -CONT "$pid" 2> /dev/null
        kill -9 "$pid" 2> /dev/null
    done
    wait 2> /dev/null
    if [ -n "${UPTAKE_KEEP:-}" ]; then echo "kept: $DIR"; else rm -rf "$DIR"; fi
    exit "$status"
}

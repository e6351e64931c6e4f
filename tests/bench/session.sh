#!/usr/bin/env bash
# The measurements of make bench, once the servers run; called by run-bench.sh.
set -eu

ROOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN_DIR=$ROOT_DIR/build/${VARIANT:-release}
BENCH=$BIN_DIR/tests/bench/bench_kafka
DIR=$UPTAKE_TEST_DIR/bench
EVENTS=${EVENTS:-4000000} TEAMS=${TEAMS:-2000} ROUNDS=${ROUNDS:-3} RATE=${RATE:-20000}
DEADLINE_S=300
mkdir -p "$DIR"
(umask 077 && openssl rand -hex 16 > "$DIR/pseudonym.key")
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
daemon_pid=''
trap '[ -z "$daemon_pid" ] || kill -9 "$daemon_pid" 2>/dev/null || true' EXIT

field() { sed -E "s/.*$1=([0-9.]+).*/\1/" <<< "$2"; }
metric() { curl -sf "http://127.0.0.1:$port/metrics" | awk -v name="$1" '$1 ~ "^" name "([{]|$)" { sum += $2 } END { printf "%.6f", sum }'; }
labelled() { curl -sf "http://127.0.0.1:$port/metrics" | awk -v name="$1" 'index($1, name "{") == 1 { gsub(/.*="|"}/, "", $1); printf "%s %.2f  ", $1, $2 }'; }
status_kb() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$daemon_pid/status"; }
cpu_s() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$daemon_pid/stat"; }
now() { date +%s.%N; }
calc() { awk "BEGIN { printf \"%.3f\", $1 }"; }

start_daemon() { # DATABASE TOPIC
    psql -qtA "$UPTAKE_TEST_PG" -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1"
    local pg
    pg="$(sed -E 's/ ?dbname=[^ ]*//' <<< "$UPTAKE_TEST_PG") dbname=$1"
    cat > "$DIR/uptaked.conf" <<CONF
[kafka]
kafka.bootstrap.servers = $UPTAKE_TEST_KAFKA
topics = $2
dead_letter_topic = bench.letters
group = $1
[privacy]
pseudonym_key_file = $DIR/pseudonym.key
[postgresql]
connection = $pg
[redis]
addresses = $UPTAKE_TEST_REDIS
[http]
http_listen = 127.0.0.1:$port
CONF
    "$BIN_DIR/uptaked" --config "$DIR/uptaked.conf" --migrate 2>> "$DIR/uptaked.log"
    PG=$pg
    began=$(now)
    "$BIN_DIR/uptaked" --config "$DIR/uptaked.conf" 2>> "$DIR/uptaked.log" &
    daemon_pid=$!
}

stop_daemon() {
    kill -TERM "$daemon_pid"
    wait "$daemon_pid" || echo "uptaked ended with $?"
    daemon_pid=''
}

committed() { psql -qtA "$PG" -c 'SELECT coalesce(sum(accepted), 0) FROM uptake.shard' 2>/dev/null || echo 0; }

wait_committed() {
    local deadline=$((SECONDS + DEADLINE_S))
    until [ "$(committed)" -ge "$1" ]; do
        kill -0 "$daemon_pid" || { tail -n 20 "$DIR/uptaked.log"; exit 1; }
        ((SECONDS < deadline)) || { echo "not committed in $DEADLINE_S s: $(committed) of $1"; tail -n 20 "$DIR/uptaked.log"; exit 1; }
        read -r -t 0.1 <> <(:) || true
    done
}

raw() {
    local line
    line=$("$BENCH" raw "$UPTAKE_TEST_KAFKA" bench.events "$EVENTS")
    raw_rate=$(calc "$EVENTS / $(field seconds "$line")")
    raw_cpu=$(calc "$(field cpu "$line") * 1e6 / $EVENTS")
}

drain() { # ROUND
    start_daemon "bench_$1" bench.events
    wait_committed "$EVENTS"
    local seconds cpu
    seconds=$(calc "$(now) - $began")
    cpu=$(cpu_s)
    drain_rate=$(calc "$EVENTS / $seconds")
    drain_cpu=$(calc "$cpu * 1e6 / $EVENTS")
    drain_rss=$(calc "$(status_kb VmHWM) / 1024")
    drain_task=$(calc "$(metric uptake_open_task_bytes) / ($(metric uptake_open_tasks) + 1e-9)")
    drain_phases=$(labelled uptake_loop_cpu_seconds_total)
    drain_checkpoints=$(metric uptake_checkpoints_total)
    drain_checkpoint_s=$(calc "$(metric uptake_checkpoint_seconds_sum) / ($drain_checkpoints + 1e-9)")
    drain_closes=$(psql -qtA "$PG" -c 'SELECT count(*) FROM uptake.health')
    close_cpu=$(curl -sf "http://127.0.0.1:$port/metrics" | awk 'index($1, "uptake_loop_cpu_seconds_total{phase=\"close\"}") { print $2 }')
    stop_daemon
}

echo "machine: $(nproc) cores, $(awk -F: '/model name/ { print $2; exit }' /proc/cpuinfo | sed 's/^ *//'), $(awk '/MemTotal/ { printf "%d", $2 / 1048576 }' /proc/meminfo) GiB; broker, Redis and PostgreSQL on the same cores"
"$BENCH" load "$UPTAKE_TEST_KAFKA" bench.events "$EVENTS" "$TEAMS"
printf '%-6s %12s %12s %8s %10s %10s %9s %10s %12s\n' round raw/s uptaked/s ratio cpu-raw cpu-uptaked peak-MiB task-bytes checkpoint-s
raw
for ((round = 1; round <= ROUNDS; round++)); do
    before=$raw_rate
    drain "$round"
    raw
    ratio=$(calc "$drain_rate / (($before + $raw_rate) / 2)")
    printf '%-6s %12.0f %12.0f %8s %10s %10s %9.0f %10s %12s\n' "$round" "$(calc "($before + $raw_rate) / 2")" "$drain_rate" "$ratio" "$raw_cpu" "$drain_cpu" "$drain_rss" "$drain_task" "$drain_checkpoint_s"
    echo "       loop CPU seconds: $drain_phases"
    echo "       $drain_closes day closes, $(calc "$close_cpu * 1000 / ($drain_closes + 1e-9)") CPU seconds per 1,000 team-closes; $drain_checkpoints checkpoints"
done
echo "raw = a librdkafka consumer that counts bytes, mean of the runs before and after; cpu in seconds per million events, of the"
echo "process; from the start of the process until all is committed in PostgreSQL, with Redis on; task-bytes: pools and index of open tasks"

echo
echo "live: $RATE events/s over $TEAMS teams"
start_daemon bench_live bench.live
"$BENCH" pace "$UPTAKE_TEST_KAFKA" bench.live $((RATE * 30)) "$TEAMS" "$RATE"
curl -sf "http://127.0.0.1:$port/metrics" | awk '
    /^uptake_publish_delay_seconds_bucket/ { match($1, /le="[^"]*"/); le[++n] = substr($1, RSTART + 4, RLENGTH - 5); count[n] = $2 }
    END { total = count[n]; for (i = 1; i <= n; i++) if (count[i] >= 0.99 * total) { printf "99 %% of %d publications were in Redis within %s s of the oldest change they carry\n", total, le[i]; exit } }'
stop_daemon

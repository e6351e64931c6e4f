#!/usr/bin/env bash
# The measurements of make bench, once the servers run; called by run-bench.sh.
set -eu

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

EVENTS=${EVENTS:-4000000} TEAMS=${TEAMS:-2000} ROUNDS=${ROUNDS:-3} RATE=${RATE:-20000}

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
    turns=$(curl -sf "http://127.0.0.1:$port/metrics" | awk -F '[ "]' '/^uptake_loop_turn_seconds_bucket.*le="0.05"/ { short = $NF }
        /^uptake_loop_turn_seconds_count/ { all = $NF } END { printf "%d turns of the loop, %d longer than 50 ms", all, all - short }')
    close_cpu=$(curl -sf "http://127.0.0.1:$port/metrics" | awk 'index($1, "uptake_loop_cpu_seconds_total{phase=\"close\"}") { print $2 }')
    stop_daemon
}

describe_machine
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
    echo "       $turns"
    echo "       $drain_closes day closes, $(calc "$close_cpu * 1000 / ($drain_closes + 1e-9)") CPU seconds per 1,000 team-closes; $drain_checkpoints checkpoints"
done
echo "raw = a librdkafka consumer that counts bytes, mean of the runs before and after; cpu in seconds per million events, of the"
echo "process; from the start of the process until all is committed in PostgreSQL, with Redis on; task-bytes: pools and index of open tasks"

# The buckets of the delay, as "bound count" lines.
delays() { curl -sf "http://127.0.0.1:$port/metrics" | sed -nE 's/^uptake_publish_delay_seconds_bucket\{.*le="([^"]*)".*\} ([0-9.e+]+).*/\1 \2/p'; }

# A team's first write is of all its fields: ten seconds of a start are not what stays.
echo
echo "live: $RATE events/s over $TEAMS teams, after 10 s of it"
start_daemon bench_live bench.live
"$BENCH" pace "$UPTAKE_TEST_KAFKA" bench.live $((RATE * 10)) "$TEAMS" "$RATE" > /dev/null
delays > "$DIR/delays"
"$BENCH" pace "$UPTAKE_TEST_KAFKA" bench.live $((RATE * 30)) "$TEAMS" "$RATE"
delays | paste -d' ' - "$DIR/delays" | awk '
    { le[NR] = $1; count[NR] = $2 - $4 }
    END { for (i = 1; i <= NR; i++) if (count[i] >= 0.99 * count[NR]) { printf "99 %% of %d publications were in Redis within %s s of the oldest change they carry\n", count[NR], le[i]; exit } }'
stop_daemon

#!/usr/bin/env bash
# What a service manager and an operator see of the daemon: readiness (a standby's too), status, reload, the watchdog that a
# stuck loop does not feed, metrics that promtool accepts, the end by SIGTERM with and without PostgreSQL, a second SIGTERM.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "service-$$" 1
SERVERS=$TESTS_DIR/support/servers.sh
MANAGER=
finish() {
    local status=$?
    [ -z "$MANAGER" ] || kill "$MANAGER" 2> /dev/null
    daemon_end $status
}
trap finish EXIT
python3 "$TESTS_DIR/support/service_manager.py" "$DIR/notify" "$DIR/notify.log" 3 "$DIR/watched.pid" &
MANAGER=$!
wait_until 20 'service manager' test -S "$DIR/notify"
"$BIN_DIR/uptakectl" simulate --seed 3 --days 40 --until now --teams growing:9 --rate 1 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
produce() { "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" > "$DIR/produced" || fail 'not sent'; }
logged() { grep -q "$2" "$DIR/$1.log"; }
notified() { grep -q "$1" "$DIR/notify.log"; }
count() { grep -c "$2" "$DIR/$1.log"; }
has_count() { [ "$(count "$1" "$2")" -ge "$3" ]; }
ready_json() { curl -s "http://127.0.0.1:${DAEMON_PORTS[one]}/readyz"; }
export NOTIFY_SOCKET=$DIR/notify WATCHDOG_USEC=3000000

# ---- ready, status, standby
daemon_start one checkpoint.interval=200ms
produce
wait_until 60 'all messages' all_done "$lines"
wait_until 30 'readiness' daemon_is_ready one
wait_until 30 'readiness for the service manager' notified '^READY=1 STATUS='
[ "$(grep -nm 1 '^EXTEND_TIMEOUT_USEC=' "$DIR/notify.log" | cut -d: -f1)" -lt "$(grep -nm 1 '^READY=1' "$DIR/notify.log" | cut -d: -f1)" ] ||
    fail 'no more time was asked for while loading'
wait_until 30 'status' notified '^STATUS=1 shards, lag 0, reading'
ready_json | jq -e '.ready and .assigned and .saving and .reasons == {}' > /dev/null || fail "not ready: $(ready_json)"
unset NOTIFY_SOCKET WATCHDOG_USEC
# The assignor goes by the names of members, which begin with client.id, "uptake" unless set: the only partition stays with the first.
NOTIFY_SOCKET=$DIR/notify daemon_start two kafka.kafka.client.id=z-two
wait_until 60 'a standby that is ready' logged two 'event=ready partitions=0'
wait_until 30 'the status of a standby' notified '^STATUS=0 shards, lag unknown, standing by'
wait_until 30 'readiness of a standby' daemon_is_ready two
daemon_kill two TERM
[ "$DAEMON_EXIT" = 0 ] || fail "a standby ended with $DAEMON_EXIT"
wait_until 60 'readiness after the standby left' daemon_is_ready one

# ---- a unix socket instead, over one that a killed process has left
daemon_start three kafka.kafka.client.id=z-three kafka.kafka.session.timeout.ms=6000 "http.http_socket=$DIR/http.sock"
is_served() { [ "$(curl -s --unix-socket "$DIR/http.sock" http://uptake/healthz)" = alive ]; }
wait_until 30 'socket' is_served
[ "$(stat -c %a "$DIR/http.sock")" = 660 ] || fail "the socket has mode $(stat -c %a "$DIR/http.sock")"
daemon_kill three KILL
[ -S "$DIR/http.sock" ] && ! is_served || fail 'no socket was left'
daemon_start three kafka.kafka.client.id=z-three kafka.kafka.session.timeout.ms=6000 "http.http_socket=$DIR/http.sock"
wait_until 30 'socket over the old one' is_served
code=0
daemon_conf four "$(free_port)" > "$DIR/four.conf"
timeout 300 "$BIN_DIR/uptaked" --config "$DIR/four.conf" --set "http.http_socket=$DIR/http.sock" 2> "$DIR/four.out" || code=$?
[ "$code" = 3 ] && grep -q 'another process serves' "$DIR/four.out" || fail 'a socket that is served was taken away'
is_served || fail 'the socket is gone'
daemon_kill three TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
[ ! -e "$DIR/http.sock" ] || fail 'the socket is left at the end'
wait_until 60 'readiness after the third left' daemon_is_ready one

# ---- metrics
url=http://127.0.0.1:${DAEMON_PORTS[one]}/metrics
families='uptake_build_info uptake_lag_events uptake_events_total uptake_events_rejected_total uptake_watermark_timestamp_seconds
    uptake_watermark_delay_seconds uptake_publish_delay_seconds_bucket uptake_event_publish_delay_seconds_bucket
    uptake_commit_delay_seconds_bucket uptake_event_commit_delay_seconds_bucket uptake_checkpoint_seconds_bucket
    uptake_checkpoint_written_bytes_total uptake_checkpoint_age_seconds uptake_loop_turn_seconds_bucket
    uptake_redis_round_trip_seconds_bucket uptake_redis_errors_total uptake_postgresql_round_trip_seconds_bucket
    uptake_postgresql_errors_total uptake_open_tasks uptake_people uptake_cells process_resident_memory_bytes uptake_shards
    uptake_shard_epoch uptake_rebalances_total uptake_kafka_brokers_up uptake_kafka_round_trip_seconds'
has_positive() { [ "$(daemon_metric one "$1")" -gt 0 ]; }
for name in uptake_kafka_brokers_up uptake_commit_delay_seconds_count uptake_event_commit_delay_seconds_count \
    uptake_publish_delay_seconds_count uptake_event_publish_delay_seconds_count uptake_postgresql_round_trip_seconds_count \
    uptake_redis_round_trip_seconds_count uptake_open_tasks process_resident_memory_bytes; do
    wait_until 20 "count in $name" has_positive "$name"
done
[ "$(daemon_metric one uptake_events_total)" = "$lines" ] || fail 'events by type are not all'
curl -sf "$url" > "$DIR/metrics" || fail 'no metrics'
for name in $families; do
    grep -qE "^$name[ {]" "$DIR/metrics" || fail "no $name"
done
promtool check metrics < "$DIR/metrics" > "$DIR/promtool" 2>&1 || fail "promtool: $(cat "$DIR/promtool")"
[ ! -s "$DIR/promtool" ] || fail "promtool: $(cat "$DIR/promtool")"
curl -sfD "$DIR/head" -H 'Accept: application/openmetrics-text' "$url" > "$DIR/openmetrics"
grep -qi '^content-type: application/openmetrics-text' "$DIR/head" || fail 'no OpenMetrics'
[ "$(tail -n 1 "$DIR/openmetrics")" = '# EOF' ] || fail 'OpenMetrics without its end'

# ---- reload
set_options() {
    daemon_conf one "${DAEMON_PORTS[one]}" > "$DIR/one.new"
    printf '%s\n' "$@" >> "$DIR/one.new"
    mv "$DIR/one.new" "$DIR/one.conf"
    daemon_kill_soft HUP
}
daemon_kill_soft() { kill "-$1" "$(daemon_pid one)" || fail 'it has ended'; }
daemon_kill_soft HUP
wait_until 30 'reload of the same' has_count one 'event=reloaded changed=""' 1
set_options '[daemon]' 'log_level = debug' '[kafka]' 'kafka.client.id = else'
wait_until 30 'reload' logged one 'event=reloaded changed=daemon.log_level'
wait_until 30 'what a reload cannot change' logged one 'event=restart_needed keys=kafka.kafka.client.id'
wait_until 30 'a reload that is told' notified '^RELOADING=1 MONOTONIC_USEC=[0-9]*$'
is_over() { [ "$(sed -n '/^RELOADING/,$p' "$DIR/notify.log" | grep -c '^READY=1')" -ge 2 ]; }
wait_until 30 'the end of two reloads' is_over
set_options '[daemon]' 'log_level = loud' '[checkpoint]' 'interval = 1y'
wait_until 30 'refusal' logged one 'event=not_reloaded'
[ "$(count one event=configuration_problem)" = 2 ] || fail 'not both mistakes were told'
wait_until 30 'readiness in spite of mistakes in a reloaded configuration' daemon_is_ready one
set_options
wait_until 30 'another reload' has_count one 'event=reloaded changed=daemon.log_level' 2

# ---- a summary
# Asked until it is so: when the session of the killed one ends, the group comes together anew.
summary_says() { daemon_kill_soft USR1 && logged one "$1"; }
wait_until 30 'summary' summary_says "event=summary_partition partition=0 .* accepted=$lines "
wait_until 30 'summary of all' summary_says 'event=summary assignment=live partitions=1 lag=0 postgresql_up=1'

# ---- a refused checkpoint is told, shown and over when its cause is
sql "ALTER TABLE uptake.shard ADD CONSTRAINT refused CHECK (number < 0) NOT VALID"
"$BIN_DIR/uptakectl" simulate --seed 4 --days 5 --until now --teams growing:5 --rate 1 --faults 0 > "$DIR/events.ndjson"
lines=$((lines + $(wc -l < "$DIR/events.ndjson")))
produce
wait_until 30 'refusal by PostgreSQL' logged one 'level=error event=checkpoint_refused .*err=".*refused'
wait_until 30 'repetition' has_positive uptake_checkpoint_refused
refused_thrice() { [ "$(daemon_metric one uptake_checkpoint_errors_total)" -ge 3 ]; }
wait_until 60 'three attempts' refused_thrice
[ "$(grep event=checkpoint_refused "$DIR/one.log" | grep -vc repeated=)" = 1 ] || fail 'a repeated fault does not collapse'
ready_json | jq -e '(.ready or .saving | not) and (.reasons.saving | test("refused"))' > /dev/null || fail "not why: $(ready_json)"
sql 'ALTER TABLE uptake.shard DROP CONSTRAINT refused'
wait_until 60 'all messages after the refusal' all_done "$lines"
wait_until 30 'the end of the fault' logged one 'event=recovered of=checkpoint_refused times='
ready_json | jq -e .saving > /dev/null || fail "not saving: $(ready_json)"

# ---- SIGTERM
started=$SECONDS
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
wait_until 30 'a stop that is told' notified '^STOPPING=1 '

# ---- SIGTERM without PostgreSQL: in time, told, nothing lost; a second one at once
lose_postgresql() {
    bash "$SERVERS" stop postgres
    produce
    lines=$((lines + $(wc -l < "$DIR/events.ndjson")))
    read_on() { [ "$(daemon_metric one uptake_lag_events)" = 0 ] && [ "$(daemon_metric one uptake_unsaved_bytes)" -gt 0 ]; }
    wait_until 60 'messages that are read and not saved' read_on
}
: > "$DIR/one.log"
# Named, so that who comes after a bad end need not wait for the session of the one before to end.
daemon_start one kafka.instance=one checkpoint.interval=10m daemon.shutdown_timeout=4s
wait_until 60 'readiness' daemon_is_ready one
lose_postgresql
started=$SECONDS
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
((SECONDS - started < 120)) || fail "took $((SECONDS - started)) s to stop"
logged one 'event=stopped_unsaved unsaved_bytes=[1-9][0-9]* why="PostgreSQL is down; nothing is lost' || fail 'what was not saved was not told'
bash "$SERVERS" start postgres || fail 'PostgreSQL does not start'
: > "$DIR/one.log"
daemon_start one kafka.instance=one checkpoint.interval=10m daemon.shutdown_timeout=1h
wait_until 60 'all messages again' all_done "$lines"
lose_postgresql
daemon_kill_soft TERM
wait_until 30 'the first SIGTERM' logged one 'event=stopping signal=15'
kill -0 "$(daemon_pid one)" || fail 'it did not wait for PostgreSQL'
started=$SECONDS
daemon_kill one TERM
[ "$DAEMON_EXIT" = 1 ] || fail "ended with $DAEMON_EXIT"
((SECONDS - started < 120)) || fail "took $((SECONDS - started)) s to stop at once"
logged one event=stopping_at_once || fail 'the second SIGTERM was not told'
bash "$SERVERS" start postgres || fail 'PostgreSQL does not start'

# ---- a loop that is stuck: the configuration is a pipe that nobody writes to
: > "$DIR/one.log"
: > "$DIR/notify.log"
NOTIFY_SOCKET=$DIR/notify WATCHDOG_USEC=3000000 daemon_start one kafka.instance=one checkpoint.interval=200ms
wait_until 60 'all messages after two bad ends' all_done "$lines"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"
wait_until 30 'food for the watchdog' notified '^WATCHDOG=1$'
rm "$DIR/one.conf" && mkfifo "$DIR/one.conf"
daemon_kill_soft HUP
daemon_pid one > "$DIR/watched.new" && mv "$DIR/watched.new" "$DIR/watched.pid"
wait_until 60 'bark' notified '^BARK$'
wait "$(daemon_pid one)" 2> /dev/null
DAEMON_EXIT=$?
[ "$DAEMON_EXIT" = 134 ] || fail "a stuck daemon ended with $DAEMON_EXIT"
rm "$DIR/one.conf"
daemon_start one kafka.instance=one checkpoint.interval=200ms
wait_until 60 'readiness after the watchdog' daemon_is_ready one
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"
echo "$lines messages, each once, over seven ends"

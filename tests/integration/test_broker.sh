#!/usr/bin/env bash
# Kafka crashes, and is away for longer than a session, while events flow: the daemon stays, and the cells are right at the end.
# SIGTERM while Kafka is away ends it in time, with everything saved.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "broker-$$" 2
SERVERS=$TESTS_DIR/support/servers.sh
"$BIN_DIR/uptakectl" simulate --seed 31 --days 60 --until now --repeat 2 --rate 2.5 --faults 0.01 > "$DIR/all.ndjson"
# Lines that place themselves on a partition would be refused by a topic of another size.
grep -v '"partition":' "$DIR/all.ndjson" > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" evaluate --partitions 2 --now "$(date -u +%FT%TZ)" "$DIR/events.ndjson" > "$DIR/expected.json"
split -n l/3 "$DIR/events.ndjson" "$DIR/part."
sent=0
# Takes ten seconds, so that what is done to Kafka meanwhile is done while events flow.
send_part() {
    local part_lines
    part_lines=$(wc -l < "$DIR/part.$1")
    "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" --rate $((part_lines / 10 + 1)) \
        "$DIR/part.$1" > "$DIR/produced.$1" 2>&1 &
    producer=$! sent=$((sent + part_lines))
}
is_sent() { wait $producer || fail "not everything was sent: $(tail -n 3 "$DIR/produced.$1")"; }
done_beyond() { [ "$(messages_done)" -gt "$1" ]; }
# Told each time: a warning that repeats is told once a minute.
assignments_lost() { grep -c 'event=assignment from=live to=none' "$DIR/one.log"; }
is_unassigned() { curl -s "http://127.0.0.1:${DAEMON_PORTS[one]}/readyz" | grep -q '"ready":false,"assigned":false,'; }
brokers_up() { curl -s "http://127.0.0.1:${DAEMON_PORTS[one]}/metrics" | grep -qx "uptake_kafka_brokers_up $1"; }

# A session that ends soon: its end is what this is about.
daemon_start one checkpoint.interval=500ms kafka.kafka.session.timeout.ms=6000
wait_until 60 'daemon' daemon_is_ready one
send_part aa
wait_until 60 'first checkpoint' done_beyond 0
bash "$SERVERS" restart kafka || fail 'Kafka does not start'
is_sent aa
wait_until 120 'all of the first part' all_done "$sent"

# ---- away until the session has ended
wait_until 120 'daemon, after a crash of Kafka' daemon_is_ready one
lost=$(assignments_lost)
send_part ab
wait_until 60 'some of the second part' done_beyond "$((sent - $(wc -l < "$DIR/part.ab")))"
bash "$SERVERS" kill kafka
# Nobody can assign anything now: what is lost stays lost.
wait_until 120 'loss of the partitions' is_unassigned
[ "$(assignments_lost)" -gt "$lost" ] || fail 'the loss is not logged'
wait_until 60 'loss of the broker' brokers_up 0
bash "$SERVERS" start kafka || fail 'Kafka does not start'
is_sent ab
send_part ac
is_sent ac
wait_until 120 'all messages' all_done "$lines"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"
for event in kafka_down assignment_lost; do grep -q event=$event "$DIR/one.log" || fail "$event is never logged"; done

# ---- SIGTERM while Kafka is away: all is saved, nobody can be told, and that is no reason to wait
wait_until 60 'return of the broker' brokers_up 1
bash "$SERVERS" kill kafka
wait_until 60 'another loss of the broker' brokers_up 0
started=$SECONDS
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "without Kafka it ended with $DAEMON_EXIT"
((SECONDS - started < 120)) || fail "took $((SECONDS - started)) s to stop without Kafka"
bash "$SERVERS" start kafka || fail 'Kafka does not start'
# Whoever refuses a message has it in the dead-letter topic, at least once.
letters=$(bash "$SERVERS" topic read "$LETTERS" | jq -r '.headers_b64 | (.uptake_partition | @base64d) + ":" + (.uptake_offset | @base64d)' | sort -u | wc -l)
rejected=$((lines - $(sql 'SELECT sum(accepted) FROM uptake.shard')))
[ "$letters" = "$rejected" ] || fail "$letters different letters of $rejected refused messages"
cells_of_document "$DIR/expected.json" > "$DIR/expected.cells"
cells_of_database "$DIR/expected.json" > "$DIR/actual.cells"
[ -s "$DIR/expected.cells" ] || fail 'no cells expected'
cmp "$DIR/expected.cells" "$DIR/actual.cells" || fail "$(diff "$DIR/expected.cells" "$DIR/actual.cells" | head -n 10)"
echo "$lines events, $(wc -l < "$DIR/actual.cells") cells equal, $letters letters"

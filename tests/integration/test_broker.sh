#!/usr/bin/env bash
# Kafka crashes, and is away for longer than a session, while events flow: the daemon stays, and the cells are right at the end.
# SIGTERM while Kafka is away ends it in time, with everything saved.
# test deadline: 300 s
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "broker-$$" 2
SERVERS=$TESTS_DIR/support/servers.sh
"$BIN_DIR/uptakectl" simulate --seed 31 --days 60 --until now --repeat 2 --rate 2.5 --faults 0.01 > "$DIR/all.ndjson"
# Lines that place themselves on a partition would be refused by a topic of another size.
grep -v '"partition":' "$DIR/all.ndjson" > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" evaluate --partitions 2 --now "$(date -u +%FT%TZ)" "$DIR/events.ndjson" > "$DIR/expected.json"
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" --rate $((lines / 20)) "$DIR/events.ndjson" \
    > "$DIR/produced" 2>&1 &
producer=$!
daemon_start one checkpoint.interval=500ms
done_beyond() { [ "$(messages_done)" -gt "$1" ]; }
logged() { grep -q "$1" "$DIR/one.log"; }

wait_until 30 'first checkpoint' done_beyond 0
bash "$SERVERS" restart kafka || fail 'Kafka does not start'
before=$(messages_done)
wait_until 60 'checkpoint after a crash of Kafka' done_beyond "$before"

bash "$SERVERS" kill kafka
wait_until 30 'loss of the broker' logged event=kafka_down
wait_until 30 'end of the session' logged event=assignment_lost
! daemon_is_ready one || fail 'ready without partitions'
bash "$SERVERS" start kafka || fail 'Kafka does not start'
wait $producer || fail "not everything was sent: $(tail -n 3 "$DIR/produced")"
wait_until 90 'all messages' all_done "$lines"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"

# ---- SIGTERM while Kafka is away: all is saved, nobody can be told, and that is no reason to wait
no_broker() { curl -s "http://127.0.0.1:${DAEMON_PORTS[one]}/metrics" | grep -qx 'uptake_kafka_brokers_up 0'; }
bash "$SERVERS" kill kafka
wait_until 60 'another loss of the broker' no_broker
started=$SECONDS
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "without Kafka it ended with $DAEMON_EXIT"
((SECONDS - started < 90)) || fail "took $((SECONDS - started)) s to stop without Kafka"
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

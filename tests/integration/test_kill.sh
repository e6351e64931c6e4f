#!/usr/bin/env bash
# kill -9 at 20 random moments while 300,000 events flow through two instances: the cells in PostgreSQL are exactly those of
# `uptakectl evaluate`, which the golden tests hold against the reference. Prints its seed; UPTAKE_TEST_SEED repeats it.
# test deadline: 900 s
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

EVENTS_LEAST=300000 KILLS=20 RATE=6000 FLOW_DEADLINE_S=420
RANDOM=${UPTAKE_TEST_SEED:-$(($(date +%s) % 32768))}
echo "UPTAKE_TEST_SEED=$RANDOM"

daemon_begin "kill-$$" 4
"$BIN_DIR/uptakectl" simulate --seed $RANDOM --days 60 --until now --repeat 7 --rate 4 --faults 0.005 > "$DIR/all.ndjson"
# Lines that place themselves on a partition would be refused by a topic of another size.
grep -v '"partition":' "$DIR/all.ndjson" > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
[ "$lines" -ge $EVENTS_LEAST ] || fail "only $lines events"
"$BIN_DIR/uptakectl" evaluate --partitions 4 --now "$(date -u +%FT%TZ)" "$DIR/events.ndjson" > "$DIR/expected.json"

# Who was killed is not to be waited for.
settings=(checkpoint.interval=500ms kafka.kafka.session.timeout.ms=6000)
daemon_start one "${settings[@]}"
daemon_start two "${settings[@]}"
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" --rate $RATE "$DIR/events.ndjson" &
producer=$!

for ((i = 1; i <= KILLS; i++)); do
    # Not a wait for something to be ready: the moment of the kill is to be random.
    read -r -t "$((RANDOM % 3)).$((RANDOM % 10))" <> <(:) || true
    instance=$([ $((RANDOM % 2)) = 0 ] && echo one || echo two)
    daemon_kill $instance KILL
    daemon_start $instance "${settings[@]}"
done
wait $producer || fail "not everything was sent"
wait_until $FLOW_DEADLINE_S "end of the topic" all_done "$lines"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"

for instance in one two; do
    daemon_kill $instance TERM
    [ "$DAEMON_EXIT" = 0 ] || fail "instance $instance ended with $DAEMON_EXIT"
done
cells_of_document "$DIR/expected.json" > "$DIR/expected.cells"
cells_of_database "$DIR/expected.json" > "$DIR/actual.cells"
[ -s "$DIR/expected.cells" ] || fail "no cells expected"
cmp "$DIR/expected.cells" "$DIR/actual.cells" || fail "$(diff "$DIR/expected.cells" "$DIR/actual.cells" | head -n 10)"
accepted=$(sql "SELECT sum(accepted) FROM uptake.shard")
[ "$accepted" = "$(jq .accepted "$DIR/expected.json")" ] || fail "$accepted accepted, not $(jq .accepted "$DIR/expected.json")"
echo "$lines events, $KILLS kills, $(wc -l < "$DIR/actual.cells") cells equal, $accepted accepted"

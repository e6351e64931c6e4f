#!/usr/bin/env bash
# Partitions move between instances: what stays goes on as it is, what goes is saved and loaded by the next, a polite end leaves
# the group at once, and with static membership a restart moves nothing. The cells are those of an instance alone.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "rebalance-$$" 6
"$BIN_DIR/uptakectl" simulate --seed 21 --days 40 --until now --repeat 3 --rate 1.5 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" evaluate --partitions 6 --now "$(date -u +%FT%TZ)" "$DIR/events.ndjson" > "$DIR/expected.json"
split -n l/4 "$DIR/events.ndjson" "$DIR/part."
sent=0
send_part() {
    "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" --rate 8000 "$DIR/part.$1" > "$DIR/produced" || fail 'not sent'
    sent=$((sent + $(wc -l < "$DIR/part.$1")))
}
epochs_of() { sql "SELECT string_agg(partition || ':' || epoch, ' ' ORDER BY partition) FROM uptake.shard WHERE partition $1"; }
has_shards() { [ "$(daemon_metric "$1" uptake_shards)" = "$2" ]; }
count() { grep -c "$2" "$DIR/$1.log" || true; }
# A session that is long: whoever waits for it to end fails.
settings=(checkpoint.interval=400ms kafka.kafka.session.timeout.ms=120000)

# ---- a second instance joins while events flow
daemon_start one "${settings[@]}"
wait_until 60 'six partitions' has_shards one 6
send_part aa &
producer=$!
daemon_start two "${settings[@]}"
wait_until 60 'three partitions of the first' has_shards one 3
wait_until 60 'three partitions of the second' has_shards two 3
wait $producer
sent=$(wc -l < "$DIR/part.aa")
[ "$(count one event=partition_goes_on)" -ge 3 ] || fail 'what stays was loaded again'
[ "$(count one event=partition_taken)" = 6 ] || fail 'what stays was taken again'
wait_until 60 'first part' all_done "$sent"

# ---- the second ends politely while events flow: all saved, group left, what it had goes over at once
send_part ab &
producer=$!
wait_until 30 'some of the second part' all_done $((sent + 100))
began=$SECONDS
daemon_kill two TERM
[ "$DAEMON_EXIT" = 0 ] || fail "the second ended with $DAEMON_EXIT"
[ "$(count two event=stopped_unsaved)" = 0 ] || fail 'the second has not saved all'
wait_until 30 'six partitions again' has_shards one 6
echo "over after $((SECONDS - began)) s"
wait $producer
sent=$((sent + $(wc -l < "$DIR/part.ab")))
wait_until 60 'second part' all_done "$sent"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "the first ended with $DAEMON_EXIT"

# ---- static members: ended politely or killed, within the session nothing moves
daemon_start a "${settings[@]}" kafka.instance=a
daemon_start b "${settings[@]}" kafka.instance=b
wait_until 60 'three partitions of a' has_shards a 3
wait_until 60 'three partitions of b' has_shards b 3
rebalances=$(daemon_metric a uptake_rebalances_total)
# range: the first member, in the order of their names, has the first partitions.
kept=$(curl -sf "http://127.0.0.1:${DAEMON_PORTS[a]}/metrics" | sed -n 's/^uptake_shard_epoch{partition="\([0-9]*\)"}.*/\1/p' | paste -sd,)
before=$(epochs_of "IN ($kept)") moved=$(epochs_of "NOT IN ($kept)")
for signal in TERM KILL; do
    send_part "$([ $signal = TERM ] && echo ac || echo ad)" &
    producer=$!
    daemon_kill b $signal
    daemon_start b "${settings[@]}" kafka.instance=b
    wait_until 60 "three partitions of b after $signal" has_shards b 3
    wait $producer
    [ "$(epochs_of "IN ($kept)")" = "$before" ] || fail "$signal of b moved partitions of a: $before, now $(epochs_of "IN ($kept)")"
    [ "$(daemon_metric a uptake_rebalances_total)" = "$rebalances" ] || fail "$signal of b was a rebalance for a"
    [ "$(epochs_of "NOT IN ($kept)")" != "$moved" ] || fail 'b has not taken its partitions anew'
done
wait_until 90 'all messages' all_done "$lines"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"
for instance in a b; do
    daemon_kill $instance TERM
    [ "$DAEMON_EXIT" = 0 ] || fail "$instance ended with $DAEMON_EXIT"
done
cells_of_document "$DIR/expected.json" > "$DIR/expected.cells"
cells_of_database "$DIR/expected.json" > "$DIR/actual.cells"
[ -s "$DIR/expected.cells" ] || fail 'no cells expected'
cmp "$DIR/expected.cells" "$DIR/actual.cells" || fail "$(diff "$DIR/expected.cells" "$DIR/actual.cells" | head -n 10)"
echo "$lines events, $(wc -l < "$DIR/actual.cells") cells equal; static members moved nothing"

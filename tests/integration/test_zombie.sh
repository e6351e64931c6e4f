#!/usr/bin/env bash
# An instance that is stopped past its session, replaced, and woken again writes nothing: neither to PostgreSQL nor to Redis.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "zombie-$$" 2
"$BIN_DIR/uptakectl" simulate --seed 3 --days 30 --until now --rate 2 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
half=$((lines / 2))
head -n $half "$DIR/events.ndjson" > "$DIR/first.ndjson"
tail -n +$((half + 1)) "$DIR/events.ndjson" > "$DIR/second.ndjson"
"$BIN_DIR/uptakectl" evaluate --partitions 2 --now "$(date -u +%FT%TZ)" "$DIR/events.ndjson" > "$DIR/expected.json"
produce() { "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$1" || fail "not sent"; }
epochs() { sql "SELECT string_agg(epoch::text, ',' ORDER BY partition) FROM uptake.shard"; }
first_half_is_read() { [ "$(daemon_metric zombie uptake_messages_read_total)" -ge $half ]; }
owner_changed() { [ "$(epochs)" != "$before" ]; }

# The first instance has read half, and holds changes that it has not saved.
daemon_start zombie checkpoint.interval=10m kafka.kafka.session.timeout.ms=6000
produce "$DIR/first.ndjson"
wait_until 60 "first half read" first_half_is_read
before=$(epochs)
daemon_kill zombie STOP

# Another takes over what the first still thinks it owns.
daemon_start heir checkpoint.interval=500ms kafka.kafka.session.timeout.ms=6000
wait_until 60 "take-over" owner_changed
produce "$DIR/second.ndjson"
wait_until 60 "all messages" all_done "$lines"
after=$(epochs)

# Awake again, with unsaved changes and a shutdown that would save them.
daemon_kill zombie CONT
daemon_kill zombie TERM
grep -qE 'event=(assignment_lost|partition_dropped|partition_fenced|stopped)' "$DIR/zombie.log" || fail "the zombie noticed nothing"
[ "$(epochs)" = "$after" ] || fail "epochs moved from $after to $(epochs)"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"
daemon_kill heir TERM
[ "$DAEMON_EXIT" = 0 ] || fail "the heir ended with $DAEMON_EXIT"
cells_of_document "$DIR/expected.json" > "$DIR/expected.cells"
cells_of_database "$DIR/expected.json" > "$DIR/actual.cells"
cmp "$DIR/expected.cells" "$DIR/actual.cells" || fail "$(diff "$DIR/expected.cells" "$DIR/actual.cells" | head -n 10)"
echo "$lines events; the zombie wrote nothing; epochs $before then $after"

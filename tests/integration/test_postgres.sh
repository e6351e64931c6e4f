#!/usr/bin/env bash
# PostgreSQL crashes, is away for ten seconds and is slow while events flow: the daemon stays, reading waits where too much is
# unsaved and goes on, nothing is lost and nothing counts twice.
# test deadline: 300 s
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "postgres-$$" 2
SERVERS=$TESTS_DIR/support/servers.sh
"$BIN_DIR/uptakectl" simulate --seed 31 --days 60 --until now --repeat 4 --rate 2.5 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" evaluate --partitions 2 --now "$(date -u +%FT%TZ)" "$DIR/events.ndjson" > "$DIR/expected.json"
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" --rate $((lines / 40)) "$DIR/events.ndjson" > "$DIR/produced" &
producer=$!
daemon_start one checkpoint.interval=500ms checkpoint.bytes=64KiB checkpoint.unsaved_bytes=512KiB
is_alive() { kill -0 "$(daemon_pid one)" 2> /dev/null; }
done_beyond() { [ "$(messages_done)" -gt "$1" ]; }
read_count() { daemon_metric one uptake_messages_read_total; }
logged() { [ "$(grep -c "$1" "$DIR/one.log")" -ge "$2" ]; }

# ---- a crash
wait_until 30 'first checkpoint' done_beyond 0
bash "$SERVERS" restart postgres || fail 'PostgreSQL does not start'
before=$(messages_done)
wait_until 30 'checkpoint after a crash of PostgreSQL' done_beyond "$before"

# ---- away: reading waits, the rest answers
bash "$SERVERS" stop postgres
stopped=$SECONDS
wait_until 30 'reading that waits' logged 'event=reading_waits .*unsaved_bytes=' 1
is_alive || fail 'the daemon has ended'
! daemon_is_ready one || fail 'ready without PostgreSQL'
[ "$(daemon_metric one uptake_postgresql_up)" = 0 ] || fail 'PostgreSQL is said to be up'
waiting=$(read_count)
has_waited() { ((SECONDS - stopped >= 10)); }
wait_until 20 'ten seconds' has_waited
[ "$(read_count)" = "$waiting" ] || fail 'it reads on without PostgreSQL'
unsaved=$(daemon_metric one uptake_unsaved_bytes)
((unsaved < 4 * 1024 * 1024)) || fail "$unsaved bytes are unsaved"
bash "$SERVERS" start postgres || fail 'PostgreSQL does not start'
wait_until 60 'reading that goes on' logged 'event=reading_goes_on' 1
before=$(messages_done)
wait_until 30 'checkpoint after PostgreSQL was away' done_beyond "$before"
logged 'event=postgresql_down' 1 || fail 'the loss was not said'

# ---- slow: another session has a table for itself
waits=$(grep -c event=reading_waits "$DIR/one.log")
psql -qtA "$PG" -c 'BEGIN' -c 'LOCK TABLE uptake.cell IN ACCESS EXCLUSIVE MODE' -c 'SELECT pg_sleep(6)' -c 'COMMIT' > /dev/null &
locker=$!
wait_until 30 'reading that waits for the lock' logged event=reading_waits $((waits + 1))
wait $locker
wait_until 60 'reading that goes on after the lock' logged event=reading_goes_on $((waits + 1))

# ---- the end
wait $producer || fail 'not everything was sent'
wait_until 90 'all messages' all_done "$lines"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
cells_of_document "$DIR/expected.json" > "$DIR/expected.cells"
cells_of_database "$DIR/expected.json" > "$DIR/actual.cells"
[ -s "$DIR/expected.cells" ] || fail 'no cells expected'
cmp "$DIR/expected.cells" "$DIR/actual.cells" || fail "$(diff "$DIR/expected.cells" "$DIR/actual.cells" | head -n 10)"
echo "$lines events, $(wc -l < "$DIR/actual.cells") cells equal after a crash, an absence and a lock"

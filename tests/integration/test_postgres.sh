#!/usr/bin/env bash
# PostgreSQL crashes, is away for ten seconds and is slow while events flow: the daemon stays, reading waits where too much is
# unsaved and goes on, nothing is lost and nothing counts twice.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "postgres-$$" 2
SERVERS=$TESTS_DIR/support/servers.sh
"$BIN_DIR/uptakectl" simulate --seed 31 --days 60 --until now --repeat 4 --rate 2.5 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" evaluate --partitions 2 --now "$(date -u +%FT%TZ)" "$DIR/events.ndjson" > "$DIR/expected.json"
split -n l/4 "$DIR/events.ndjson" "$DIR/part."
sent=0
# send PART [OPTION...]: in the background
send() {
    sent=$((sent + $(wc -l < "$DIR/part.$1")))
    "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "${@:2}" "$DIR/part.$1" > "$DIR/produced.$1" &
    producer=$!
}
is_sent() { wait $producer || fail 'not everything was sent'; }
settings=(checkpoint.interval=500ms checkpoint.bytes=64KiB checkpoint.unsaved_bytes=512KiB)
daemon_start one "${settings[@]}"
is_alive() { kill -0 "$(daemon_pid one)" 2> /dev/null; }
done_beyond() { [ "$(messages_done)" -gt "$1" ]; }
read_count() { daemon_metric one uptake_messages_read_total; }
logged() { [ "$(grep -c "$1" "$DIR/one.log")" -ge "$2" ]; }

# ---- a crash
wait_until 60 'daemon' daemon_is_ready one
send aa --rate $((lines / 4 / 10 + 1))
wait_until 30 'first checkpoint' done_beyond 0
bash "$SERVERS" restart postgres || fail 'PostgreSQL does not start'
is_sent
wait_until 60 'all of the first part after a crash of PostgreSQL' all_done "$sent"

# ---- away: reading waits, the rest answers
bash "$SERVERS" stop postgres
stopped=$SECONDS
send ab
wait_until 30 'reading that waits' logged 'event=reading_waits .*unsaved_bytes=' 1
is_alive || fail 'the daemon has ended'
is_missed() { [ "$(daemon_metric one uptake_postgresql_up)" = 0 ] && ! daemon_is_ready one; }
wait_until 30 'PostgreSQL that is missed' is_missed
is_sent
waiting=$(read_count)
has_waited() { ((SECONDS - stopped >= 10)); }
wait_until 20 'ten seconds' has_waited
[ "$(read_count)" = "$waiting" ] || fail 'it reads on without PostgreSQL'
unsaved=$(daemon_metric one uptake_unsaved_bytes)
((unsaved < 4 * 1024 * 1024)) || fail "$unsaved bytes are unsaved"
bash "$SERVERS" start postgres || fail 'PostgreSQL does not start'
wait_until 60 'reading that goes on' logged 'event=reading_goes_on' 1
wait_until 60 'all of the second part after PostgreSQL was away' all_done "$sent"
logged 'event=postgresql_down' 1 || fail 'the loss was not said'

# ---- slow: another session has a table for itself
waits=$(grep -c event=reading_waits "$DIR/one.log")
mkfifo "$DIR/locker"
psql -qtA "$PG" < "$DIR/locker" > "$DIR/locked" 2>&1 &
locker=$!
exec 6> "$DIR/locker"
echo "BEGIN; LOCK TABLE uptake.cell IN ACCESS EXCLUSIVE MODE; SELECT 'locked';" >&6
is_locked() { grep -q locked "$DIR/locked"; }
wait_until 30 'lock' is_locked
send ac
wait_until 30 'reading that waits for the lock' logged event=reading_waits $((waits + 1))
echo 'COMMIT;' >&6
exec 6>&-
wait $locker || fail "the lock: $(cat "$DIR/locked")"
wait_until 60 'reading that goes on after the lock' logged event=reading_goes_on $((waits + 1))
is_sent

# ---- full: PostgreSQL answers, has no room, and somebody is told
sql "CREATE FUNCTION uptake.full() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN RAISE EXCEPTION 'could not extend file'
         USING ERRCODE = '53100'; END \$\$;
     CREATE TRIGGER full_trigger BEFORE INSERT OR UPDATE ON uptake.cell FOR EACH ROW EXECUTE FUNCTION uptake.full()"
send ad
is_sent
wait_until 60 'refusal for want of room' logged 'level=error event=checkpoint_refused .*53100.*todo=' 1
has_no_room() { [ "$(daemon_metric one uptake_checkpoint_refused)" = 1 ] && ! daemon_is_ready one; }
wait_until 30 'readiness that says so' has_no_room
daemon_kill one KILL
daemon_start one "${settings[@]}"
has_never_saved() { [ "$(daemon_metric one uptake_checkpoint_age_seconds)" -ge 1 ] && [ "$(daemon_metric one uptake_checkpoints_total)" = 0 ]; }
wait_until 60 'age of what was never saved since the start' has_never_saved
sql 'DROP TRIGGER full_trigger ON uptake.cell'
wait_until 30 'ready again' daemon_is_ready one

# ---- the end
wait_until 90 'all messages' all_done "$lines"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
cells_of_document "$DIR/expected.json" > "$DIR/expected.cells"
cells_of_database "$DIR/expected.json" > "$DIR/actual.cells"
[ -s "$DIR/expected.cells" ] || fail 'no cells expected'
cmp "$DIR/expected.cells" "$DIR/actual.cells" || fail "$(diff "$DIR/expected.cells" "$DIR/actual.cells" | head -n 10)"
echo "$lines events, $(wc -l < "$DIR/actual.cells") cells equal after a crash, an absence and a lock"

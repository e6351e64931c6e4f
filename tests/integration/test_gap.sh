#!/usr/bin/env bash
# Messages that Kafka removed before they were read, while the daemon was away and while it ran: said loudly, recorded in
# uptake.gap, and reading goes on behind them. Other offsets that are gone need nobody.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "gap-$$" 2
SERVERS=$TESTS_DIR/support/servers.sh
settings=(checkpoint.interval=300ms)
"$BIN_DIR/uptakectl" simulate --seed 8 --days 20 --until now --repeat 2 --rate 1 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
split -n l/7 "$DIR/events.ndjson" "$DIR/part."
produce() { "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$1" > "$DIR/produced" || fail 'not sent'; }
end_of() { bash "$SERVERS" topic describe "$TOPIC" | awk -v p="$1" '$2 == p { print $4 }'; }
stored_of() { sql "SELECT next_offset FROM uptake.shard_offset WHERE partition = $1"; }
gaps() { sql "SELECT string_agg(partition || ':' || from_offset || '-' || to_offset, ' ' ORDER BY partition, from_offset) FROM uptake.gap"; }
sent=0 missed=0
send_part() {
    produce "$DIR/part.$1"
    sent=$((sent + $(wc -l < "$DIR/part.$1")))
}
is_read() { [ "$(messages_done)" -ge $((sent - missed)) ]; }

# What is gone before the first start is no gap: there reading begins.
send_part aa
bash "$SERVERS" topic trim "$TOPIC" 0 5
missed=5
daemon_start one "${settings[@]}"
wait_until 60 'first part' is_read
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
[ -z "$(gaps)" ] || fail "a gap before the first start: $(gaps)"
# What is gone that was read is none either.
bash "$SERVERS" topic trim "$TOPIC" 1 "$(stored_of 1)"

# While it was away.
from=$(stored_of 0)
send_part ab
bash "$SERVERS" topic trim "$TOPIC" 0 $((from + 7))
missed=$((missed + 7))
expected="0:$from-$((from + 7))"
daemon_start one "${settings[@]}"
wait_until 60 'second part' is_read
[ "$(gaps)" = "$expected" ] || fail "gaps $(gaps), not $expected"
grep -q "level=error event=retention_gap topic=$TOPIC partition=0 from=$from to=$((from + 7)) todo=" "$DIR/one.log" || fail 'not said'

# While it runs: stopped for a moment, and the topic is cut meanwhile. The question that it had asked before is answered by some or
# all of the third part; for the fourth it cannot ask. The gap begins behind what it got, and ends where the topic begins now.
is_quiet() { [ "$(daemon_metric one uptake_lag_events)" = 0 ] && [ "$(stored_of 0)$(stored_of 1)" = "$(end_of 0)$(end_of 1)" ]; }
in_gaps() { sql "SELECT coalesce(sum(to_offset - from_offset), 0) FROM uptake.gap"; }
is_all_accounted_for() { [ $(($(messages_done) + $(in_gaps) + 5)) = $sent ]; }
wait_until 30 'all saved' is_quiet
daemon_kill one STOP
from=$(stored_of 0)
send_part ac
behind_third=$(end_of 0)
send_part ad
to=$(($(end_of 0) - 3))
bash "$SERVERS" topic trim "$TOPIC" 0 "$to"
daemon_kill one CONT
send_part ae
wait_until 60 'the other parts' is_all_accounted_for
last=$(sql "SELECT from_offset FROM uptake.gap WHERE partition = 0 ORDER BY from_offset DESC LIMIT 1")
[ "$last" -ge "$from" ] && [ "$last" -le "$behind_third" ] || fail "the gap begins at $last, not between $from and $behind_third"
[ "$(gaps)" = "$expected 0:$last-$to" ] || fail "gaps $(gaps), not $expected 0:$last-$to"
[ "$(grep -c event=retention_gap "$DIR/one.log")" = 2 ] || fail 'not said once each'

# The same, and nothing else comes: nothing is left of either partition.
wait_until 30 'all saved' is_quiet
daemon_kill one STOP
send_part af
send_part ag
for partition in 0 1; do bash "$SERVERS" topic trim "$TOPIC" $partition "$(end_of $partition)"; done
daemon_kill one CONT
wait_until 60 'gaps of both partitions' is_all_accounted_for
[ "$(sql "SELECT count(*) FROM uptake.gap WHERE to_offset = $(end_of 0) AND partition = 0 OR to_offset = $(end_of 1) AND partition = 1")" = 2 ] ||
    fail "gaps $(gaps) do not end where the partitions begin"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo "$lines events; gaps $(gaps)"

#!/usr/bin/env bash
# Another daemon on the same database, in a group of its own, takes what is ours. Kafka's group still thinks that a partition is
# ours and nobody else of it will read it: the daemon saves what it has and ends, so that its next start takes it again.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "orphan-$$" 2
"$BIN_DIR/uptakectl" simulate --seed 4 --days 20 --until now --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
half=$((lines / 2))
head -n $half "$DIR/events.ndjson" > "$DIR/first.ndjson"
tail -n +$((half + 1)) "$DIR/events.ndjson" > "$DIR/second.ndjson"
produce() { "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$1" > "$DIR/produced" || fail 'not sent'; }
logged() { grep -qE "$2" "$DIR/$1.log"; }
has_ended() { [ "$(ps -o stat= -p "$(daemon_pid "$1")" | cut -c1)" = Z ] || ! kill -0 "$(daemon_pid "$1")" 2> /dev/null; }

daemon_start ours checkpoint.interval=300ms
produce "$DIR/first.ndjson"
wait_until 60 'first half' all_done $half
# As another daemon would, for one of the partitions.
sql "UPDATE uptake.shard SET epoch = epoch + 1, claim = gen_random_uuid() WHERE partition = 0"
produce "$DIR/second.ndjson"
wait_until 30 'fence' logged ours 'event=partition_fenced partition=0 by=postgresql'
wait_until 60 'end of the daemon' has_ended ours
logged ours 'level=error event=partition_orphaned .*todo=' || fail 'it does not say why'
when() { sed -n "s/^ts=\([0-9]*\)[.].* event=$1 .*/\1/p" "$DIR/ours.log" | head -n 1; }
(($(when partition_orphaned) - $(when partition_fenced) >= 29)) || fail 'no time to learn better'
wait "$(daemon_pid ours)"
[ $? = 1 ] || fail 'not the exit code of a fault'
(($(messages_done) < lines)) || fail 'the orphan was saved'
daemon_start ours checkpoint.interval=300ms
wait_until 60 'all messages after a restart' all_done "$lines"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"
daemon_kill ours TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo "$lines events in spite of a partition that somebody took"

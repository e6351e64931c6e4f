#!/usr/bin/env bash
# Silence: a topic that is silent no longer holds up time; when all are, the clock does what events did and closes the day; but the
# clock gives no first watermark, so that a partition without events takes a history later.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "silence-$$" 2
SECOND=$NAME.second
bash "$TESTS_DIR/support/servers.sh" topic create "$SECOND:2" > /dev/null
produce() { "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$@" > "$DIR/produced" || fail 'not sent'; }
event() { # TEAM SECONDS_AGO ID
    printf '{"specversion":"1.0","id":"%s","source":"test","type":"uptake.usage.v1","time":"%s","data":{"team":"%s","user":"u1","assist":"ai","task":"%s"}}\n' \
        "$3" "$(date -u -d "@$((now - $2))" +%FT%TZ)" "$1" "$3"
}
now=$(date +%s) DAY=86400
# murmur2: which partition a team has is what the daemon says of it.
partition_of() { sql "SELECT partition FROM uptake.team WHERE team = '$1'"; }
watermark_of() { sql "SELECT coalesce(floor(extract(epoch FROM watermark))::bigint, -1) FROM uptake.shard WHERE partition = $1"; }
shown_watermark() { curl -sf "http://127.0.0.1:${DAEMON_PORTS[one]}/metrics" | sed -n "s/^uptake_watermark_timestamp_seconds{partition=\"$1\"} //p" | awk '{ printf "%d", $1 }'; }

settings=(checkpoint.interval=200ms "kafka.topics=$TOPIC,$SECOND" events.grace=0s)

# ---- two topics: the one that is behind and silent holds up time, until it is idle
daemon_start one "${settings[@]}" events.idle_after=1d
for ((i = 0; i < 20; i++)); do event alpha $((10 * DAY - i)) "a$i"; done > "$DIR/first.ndjson"
event alpha $((12 * DAY)) b0 > "$DIR/second.ndjson"
produce "$SECOND" "$DIR/second.ndjson"
produce "$TOPIC" "$DIR/first.ndjson"
wait_until 30 'both topics' all_done 21
partition=$(partition_of alpha)
other=$((1 - partition))
stands_at() { [ "$(shown_watermark "$partition")" = "$1" ]; }
wait_until 30 'the watermark of the topic that is behind' stands_at $((now - 12 * DAY))
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
for ((i = 1; i <= 1000; i++)); do event alpha $((9 * DAY - i)) "c$i"; done > "$DIR/more.ndjson"
# The first topic keeps talking, far more often than it may be silent, so that only the second becomes idle.
daemon_start one "${settings[@]}" events.idle_after=15s
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" --rate 4 "$DIR/more.ndjson" > "$DIR/talked" 2>&1 &
DAEMON_PIDS[talker]=$!
follows() { [ "$(shown_watermark "$partition")" -ge $((now - 9 * DAY)) ]; }
wait_until 60 'time that goes on without the silent topic' follows
(($(shown_watermark "$partition") <= now - 8 * DAY)) || fail 'time is ahead of the topic that talks'
daemon_kill talker KILL

# ---- all silent: the clock closes yesterday
yesterday=$(date -u -d "@$((now - DAY))" +%F)
is_evaluated() { [ "$(sql "SELECT max(evaluated_through) FROM uptake.team WHERE team = 'alpha'")" \> "$(date -u -d "@$((now - 2 * DAY))" +%F)" ]; }
wait_until 60 "a close of $yesterday" is_evaluated
has_health() { [ "$(sql "SELECT count(*) FROM uptake.health WHERE team = 'alpha' AND day = '$yesterday'")" = 1 ]; }
wait_until 20 "health of $yesterday" has_health
present=$(date +%s)
follows_clock() { (($(watermark_of "$partition") >= present)); }
wait_until 60 'a stored watermark that follows the clock' follows_clock
(($(watermark_of "$partition") <= $(date +%s))) || fail 'time is ahead of the clock'

# ---- the other partition has seen nothing: it has no watermark and takes a history; the first takes none
[ "$(watermark_of "$other")" = -1 ] || fail "a watermark without events: $(watermark_of "$other")"
for ((i = 0; i < 40; i++)); do event "team$i" $((200 * DAY - i)) "h$i"; done > "$DIR/history.ndjson"
before=$(messages_done)
produce "$TOPIC" "$DIR/history.ndjson"
wait_until 30 'the history' all_done $((before + 40))
taken=$(sql "SELECT accepted FROM uptake.shard WHERE partition = $other")
late=$(sql "SELECT rejected_too_late FROM uptake.shard WHERE partition = $partition")
((taken > 5 && late > 5 && taken + late == 40)) || fail "$taken of the history were taken, $late were too late"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo "time went on without the silent topic, the clock closed $yesterday, $taken old events in an empty partition"

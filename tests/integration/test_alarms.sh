#!/usr/bin/env bash
# On the golden scenario alarms open and resolve on the days of the reference, though their owner is killed twice and each time
# another instance goes on; who took one up stays known; the frozen history replays to the same alarms, and to others with another
# rate; a partition that falls silent is an alarm of its own.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

GOLDEN=$TESTS_DIR/golden/relapse-and-stall TEAMS=3
# The reference counts 8 teams and 4 false alarms a year: A is the same.
RATE=1.5
UPTAKECTL=$BIN_DIR/uptakectl

daemon_begin "alarms-$$" 1
# What the reference refuses changes nothing; some of it was refused for its clock only.
python3 - "$GOLDEN" > "$DIR/events.ndjson" << 'END'
import gzip, json, sys
refused = {line for line, _ in json.load(gzip.open(sys.argv[1] + '.expected.json.gz'))['reject_lines']}
for number, line in enumerate(gzip.open(sys.argv[1] + '.ndjson.gz', 'rt'), 1):
    if number not in refused:
        sys.stdout.write(line)
END
lines=$(wc -l < "$DIR/events.ndjson")
settings=(checkpoint.interval=200ms kafka.kafka.session.timeout.ms=6000 "alarms.false_alarms_per_year=$RATE")
for instance in one two; do daemon_start $instance "${settings[@]}" events.idle_after=1d "kafka.instance=$instance"; done
"$UPTAKECTL" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" --rate 2000 "$DIR/events.ndjson" &
producer=$!

# ---- the owner dies
owner() { sql "SELECT substring(instance FROM '[^/]+$') FROM uptake.shard WHERE partition = 0"; }
alerts_beyond() { [ "$(sql 'SELECT count(*) FROM uptake.alert' 2> /dev/null || echo 0)" -gt "$1" ]; }
is_taken_over() { [ "$(owner)" != "$1" ]; }
for ((kills = 0; kills < 2; kills++)); do
    wait_until 60 "alarm number $((kills + 1))" alerts_beyond "$kills"
    victim=$(owner)
    if [ "$kills" = 0 ]; then
        ack=$(sql 'SELECT name FROM uptake.alert_history ORDER BY id LIMIT 1')
        "$UPTAKECTL" ack "$ack" --by desk --note 'a meeting' --postgresql "$PG" > "$DIR/ack.out" || fail 'not acknowledged'
        grep -q "^$ack is acknowledged by desk$" "$DIR/ack.out" || fail 'ack says nothing'
    fi
    daemon_kill "$victim" KILL
    wait_until 90 'a new owner' is_taken_over "$victim"
    daemon_start "$victim" "${settings[@]}" events.idle_after=1d "kafka.instance=$victim"
done
wait $producer || fail 'not everything was sent'
wait_until 120 'all messages' all_done "$lines"
[ "$(messages_done)" = "$lines" ] || fail "$(messages_done) messages done of $lines"
for instance in one two; do
    daemon_kill $instance TERM
    [ "$DAEMON_EXIT" = 0 ] || fail "instance $instance ended with $DAEMON_EXIT"
done

# ---- the days of the reference
last=$(sql "SELECT last_opened - DATE '1970-01-01' FROM uptake.shard")
python3 - "$GOLDEN" "$last" << 'END' | LC_ALL=C sort > "$DIR/expected"
import gzip, json, sys
for team, days in json.load(gzip.open(sys.argv[1] + '.expected.json.gz'))['daily'].items():
    opened = {}
    for row in days:
        if row['day'] > int(sys.argv[2]):
            break
        for kind in row['resolved']:
            print(team, kind, opened.pop(kind), row['day'], sep='|')
        opened.update((kind, row['day']) for kind in row['opened'])
    for kind, day in opened.items():
        print(team, kind, day, '', sep='|')
END
sql "SELECT concat_ws('|', team, kind, opened - DATE '1970-01-01', coalesce((resolved - DATE '1970-01-01')::text, ''))
       FROM uptake.alert WHERE audience = 'adoption'" | LC_ALL=C sort > "$DIR/actual"
[ "$(wc -l < "$DIR/expected")" -ge 5 ] || fail 'hardly any alarm is expected'
grep -q '[0-9]$' "$DIR/expected" || fail 'none is expected to resolve'
cmp "$DIR/expected" "$DIR/actual" || fail "$(diff "$DIR/expected" "$DIR/actual")"
# Told before they are committed; what was read again after a death is told again.
sql "SELECT 'alarm_opened partition=0 team=' || team || ' kind=' || kind || ' day=' || opened FROM uptake.alert WHERE audience = 'adoption'
     UNION ALL SELECT 'alarm_resolved partition=0 team=' || team || ' kind=' || kind || ' day=' || resolved
       FROM uptake.alert WHERE audience = 'adoption' AND resolved IS NOT NULL" | LC_ALL=C sort > "$DIR/told.expected"
grep -ohE 'alarm_(opened|resolved) .*' "$DIR/one.log" "$DIR/two.log" | LC_ALL=C sort -u > "$DIR/told"
[ "$(LC_ALL=C comm -23 "$DIR/told.expected" "$DIR/told")" = '' ] || fail "not in the log: $(LC_ALL=C comm -23 "$DIR/told.expected" "$DIR/told")"
[ "$(sql "SELECT count(*) FROM uptake.alert
           WHERE sentence = '' OR (evidence ->> 'day')::date <> opened OR NOT evidence ? 'measures'")" = 0 ] || fail 'an alarm says nothing'
[ "$(sql "SELECT count(*) FROM uptake.alert WHERE kind = 'relapsing' AND sentence ~ '^Practising fell from [0-9]+ % to [0-9]+ % '")" = 2 ] ||
    fail "a relapse says: $(sql 'SELECT sentence FROM uptake.alert')"
[ "$(sql "SELECT count(*) FROM uptake.health h, unnest(alarms) a WHERE a IN ('blind', 'silent')")" = 0 ] || fail 'the feed is said to be at fault'

# ---- as people see them
"$UPTAKECTL" alerts --json --postgresql "$PG" > "$DIR/alerts.json" || fail 'alerts'
[ "$(jq length "$DIR/alerts.json")" = "$(wc -l < "$DIR/actual")" ] || fail 'alerts are missing'
jq -e --arg id "$ack" 'any(.[]; .id == $id and .acknowledged.by == "desk" and .acknowledged.note == "a meeting")' "$DIR/alerts.json" > "$DIR/jq" ||
    fail 'who took it up is forgotten'
"$UPTAKECTL" alerts --open --team stall-2 --postgresql "$PG" > "$DIR/alerts.out" || fail 'alerts --open'
grep -q '^stall-2/stalled/.*  open  adoption$' "$DIR/alerts.out" && ! grep -qE '^(relapse-1|.*resolved)' "$DIR/alerts.out" ||
    fail "the open alarms of one team: $(cat "$DIR/alerts.out")"
"$UPTAKECTL" ack "$ack" --by "$(printf 'x%.0s' {1..201})" --postgresql "$PG" 2> "$DIR/ack.err"
[ $? = 2 ] && grep -q 'a name has 200 bytes at most' "$DIR/ack.err" || fail "a long name: $(cat "$DIR/ack.err")"
"$UPTAKECTL" ack "$ack" --by desk --note "$(printf 'x%.0s' {1..4001})" --postgresql "$PG" 2> "$DIR/ack.err"
[ $? = 2 ] && grep -q 'a note 4000' "$DIR/ack.err" || fail "a long note: $(cat "$DIR/ack.err")"
sql "UPDATE uptake.alert SET note = repeat('x', 4001)" > "$DIR/ack.out" 2>&1 && fail 'SQL takes a note that nobody can be told'
"$UPTAKECTL" ack nobody/relapsing/2025-01-01 --by desk --postgresql "$PG" 2> "$DIR/ack.err" && fail 'an alarm that is none was acknowledged'
grep -q 'there is no alarm' "$DIR/ack.err" || fail "ack: $(cat "$DIR/ack.err")"

# ---- the frozen history again
would() { "$UPTAKECTL" alarms --would-have --json --false-alarms-per-year "$1" --postgresql "$PG" 2> "$DIR/would.err" > "$DIR/would.json" || fail "would-have: $(cat "$DIR/would.err")"; }
would $RATE
jq -r '[.team, .kind, .opened, .resolved // ""] | join("|")' "$DIR/would.json" | LC_ALL=C sort > "$DIR/would"
sql "SELECT concat_ws('|', team, kind, opened, coalesce(resolved::text, '')) FROM uptake.alert
      WHERE kind IN ('relapsing', 'bypassing', 'over_trust')" | LC_ALL=C sort > "$DIR/did"
cmp "$DIR/did" "$DIR/would" || fail "$(diff "$DIR/did" "$DIR/would")"
[ "$(jq -c 'select(.fired and .would_fire | not)' "$DIR/would.json")" = '' ] || fail "the same rate, other alarms: $(cat "$DIR/would.json")"
count=$(wc -l < "$DIR/did")
would 1000000
[ "$(jq -c 'select(.would_fire)' "$DIR/would.json" | wc -l)" -gt "$count" ] || fail 'more false alarms allowed, not more alarms'
would 0.000001
[ "$(jq -c 'select(.would_fire and .fired)' "$DIR/would.json")" = '' ] || fail 'hardly any false alarm allowed, and alarms as early'
[ "$(jq -c 'select(.fired and (.would_fire | not))' "$DIR/would.json" | wc -l)" -gt 0 ] || fail 'what fired and would not have is not said'

# ---- nobody sends any more: the clock closes the days, and the silence is said once
daemon_start one "${settings[@]}" events.idle_after=1s kafka.instance=one
said() { [ "$(sql "SELECT count(*) FROM uptake.alert WHERE kind = 'partition_silent' AND audience = 'service' AND resolved IS NULL")" = 1 ]; }
wait_until 120 'an alarm about the silent partition' said
grep -q 'event=alarm_opened partition=0 team="*"* kind=partition_silent ' "$DIR/one.log" || fail 'the log does not know of the silence'
closed_beyond() { [ "$(sql "SELECT min(evaluated_through) >= (SELECT opened + 20 FROM uptake.alert WHERE kind = 'partition_silent') FROM uptake.team")" = t ]; }
wait_until 120 'closes by the clock' closed_beyond
[ "$(sql "SELECT string_agg(DISTINCT (day > opened - 15)::text || h.quiet::text, ' ') FROM uptake.alert, uptake.health h
           WHERE kind = 'partition_silent' AND day BETWEEN opened - 15 AND opened")" = 'falsefalse truetrue' ] || fail 'not the fifteenth quiet day in a row'
[ "$(sql "SELECT count(*) FROM uptake.alert WHERE kind = 'silent'")" = 0 ] || fail 'teams are said to be silent, too'
"$UPTAKECTL" alerts --open --json --postgresql "$PG" |
    jq -e '[.[] | select(.kind == "partition_silent")] | length == 1 and .[0].team == null and (.[0].id | startswith("0/partition_silent/"))' > "$DIR/jq" ||
    fail 'how the silence is shown'
echo "$lines events, two owners killed: $(wc -l < "$DIR/actual") alarms on the days of the reference, acknowledged, replayed; silence said"

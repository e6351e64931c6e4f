#!/usr/bin/env bash
# `uptakectl replay` after a fix: what was refused counts as if it had never been, however often it is said; messages are
# as they came, and what is refused again does not go round in circles.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

PARTITIONS_ALL=2 LETTER_PARTITIONS=3
daemon_begin "replay-$$" $PARTITIONS_ALL
SERVERS=$TESTS_DIR/support/servers.sh
LETTERS=$NAME.refused
bash "$SERVERS" topic create "$LETTERS:$LETTER_PARTITIONS" "$NAME.clean:$PARTITIONS_ALL" > /dev/null

"$BIN_DIR/uptakectl" simulate --seed 23 --until now --days 28 --rate 1.5 --faults 0 --teams growing:6,redesigned:5,tiny:3 > "$DIR/plain.ndjson"
# Every third event is too large for the daemon at first; uptake ignores the member that makes it so.
jq -c 'if input_line_number % 3 == 0 then .data.note = "x" * 1500 else . end' "$DIR/plain.ndjson" > "$DIR/events.ndjson"
wanted=$(grep -c xxxxxx "$DIR/events.ndjson")
lines=$(wc -l < "$DIR/events.ndjson")
[ "$wanted" -gt 100 ] || fail "only $wanted of $lines are large"
echo '{"topic":"uptake","key":"growing-1","value":"{\"specversion\":\"1.0\",\"id\":\"n\",\"source\":\"s\",\"type\":\"uptake.nonsense.v1\",\"time\":\"2026-01-01T00:00:00Z\",\"data\":{}}"}' > "$DIR/nonsense.ndjson"
"$BIN_DIR/uptakectl" evaluate --partitions $PARTITIONS_ALL --now "$(date -u +%FT%TZ)" "$DIR/events.ndjson" > "$DIR/expected.json"

produce() { "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$1" "$2" > /dev/null || fail 'nothing was sent'; }
# replay EXPECTED_CODE ARGUMENTS...
replay() {
    local expected=$1 code=0
    shift
    "$BIN_DIR/uptakectl" replay --config "$DIR/one.conf" --quiet --from "$began" "$@" > "$DIR/said" 2> "$DIR/complaint" < /dev/null || code=$?
    [ $code = "$expected" ] || fail "replay $*: exit code $code, not $expected: $(cat "$DIR/said" "$DIR/complaint")"
}
letters() { bash "$SERVERS" topic describe "$LETTERS" | awk '{ sum += $4 - $3 } END { print sum }'; }
# What events alone decide; state of checkpoints and evaluations is not among it.
tables() {
    local table
    for table in cell person person_week training redesign pulse; do
        sql "SELECT '$table', to_jsonb(t)::text FROM uptake.$table t" | LC_ALL=C sort
    done
}

began=$(date -u +%FT%T.%3NZ)
daemon_start one checkpoint.interval=200ms events.max_event_bytes=1KiB
produce "$TOPIC" "$DIR/events.ndjson"
produce "$TOPIC" "$DIR/nonsense.ndjson"
done_so_far=$((lines + 1))
wait_until 90 'all messages' all_done $done_so_far
[ "$(letters)" = $((wanted + 1)) ] || fail "$(letters) letters, not $((wanted + 1))"
bash "$SERVERS" topic read "$TOPIC" > "$DIR/original.json" || fail 'the topic cannot be read'

# ---- looking
replay 0 --dry-run --json
jq -e --argjson wanted "$wanted" '.letters == $wanted + 1 and .reasons == {malformed: $wanted, unknown_type: 1}
    and ([.hours[].letters] | add) == $wanted + 1 and ([.types[]] | add) == $wanted + 1 and .types["uptake.nonsense.v1"] == 1
    and .misplaced == 0 and has("sent") == false' "$DIR/said" > /dev/null || fail "said: $(cat "$DIR/said")"
replay 0 --dry-run --from 2020-01-01 --to "$began"
grep -q '^0 dead letters' "$DIR/said" || fail "said of nothing: $(cat "$DIR/said")"
replay 0 --dry-run --from "$(date -u -d tomorrow +%F)" --to "$(date -u -d '2 days' +%F)"
grep -q '^0 dead letters' "$DIR/said" || fail "said of the future: $(cat "$DIR/said")"
replay 2 --reason malformed
grep -q -- '--yes' "$DIR/complaint" || fail 'not asked, and sent'
[ "$(letters)/$(messages_done)" = "$((wanted + 1))/$done_so_far" ] || fail 'looking has sent something'
replay 2 --dry-run --reason nonsense
replay 2 --dry-run --to 2020-01-01
replay 2 --dry-run --topic elsewhere
replay 1 --dry-run --after 7:0

# ---- not mended yet: refused again, once
replay 0 --yes --reason malformed --json
[ "$(jq -c '[.sent, .failed, .complete]' "$DIR/said")" = "[$wanted,0,true]" ] || fail "said: $(cat "$DIR/said")"
done_so_far=$((done_so_far + wanted))
wait_until 90 'what was sent again' all_done $done_so_far
[ "$(letters)" = $((2 * wanted + 1)) ] || fail "$(letters) letters, not $((2 * wanted + 1))"
bash "$SERVERS" topic read "$TOPIC" > "$DIR/again.json" || fail 'the topic cannot be read'
# key, value, headers, partition and timestamp; the original ones by offset, those sent again behind them
python3 - "$DIR" << 'PY' || fail 'what was sent again is not what came'
import json, sys
def rows(name):
    return [json.loads(line) for line in open(f"{sys.argv[1]}/{name}.json")]
def what(row):
    return json.dumps({key: row[key] for key in row if key != "offset"}, sort_keys=True)
original = rows("original")
known = {(row["partition"], row["offset"]) for row in original}
sent = sorted(what(row) for row in rows("again") if (row["partition"], row["offset"]) not in known)
refused = sorted(what(row) for row in original if len(row["value_b64"]) > 1500)
sys.exit(not (sent and sent == refused))
PY

# ---- mended: in two parts, the letters of both rounds
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
daemon_start one checkpoint.interval=200ms
replay 6 --yes --reason malformed --limit 50
after=$(grep -oE -- '--after [0-9:,]+' "$DIR/complaint") || fail "no place to go on: $(cat "$DIR/complaint")"
replay 0 --yes --reason malformed $after --json
[ "$(jq '.sent' "$DIR/said")" = $((2 * wanted - 50)) ] || fail "$(cat "$DIR/said") sent behind the first 50 of $((2 * wanted))"
done_so_far=$((done_so_far + 2 * wanted))
wait_until 90 'what was sent after the fix' all_done $done_so_far
[ "$(letters)" = $((2 * wanted + 1)) ] || fail 'something was refused after the fix'
cells_of_document "$DIR/expected.json" > "$DIR/expected.cells"
cells_of_database "$DIR/expected.json" > "$DIR/actual.cells"
[ -s "$DIR/expected.cells" ] || fail 'no cells expected'
cmp "$DIR/expected.cells" "$DIR/actual.cells" || fail "$(diff "$DIR/expected.cells" "$DIR/actual.cells" | head -n 10)"
tables > "$DIR/mended"

# ---- once more, all of it
replay 0 --yes --json
[ "$(jq -c '[.sent, .failed]' "$DIR/said")" = "[$((2 * wanted + 1)),0]" ] || fail "said: $(cat "$DIR/said")"
done_so_far=$((done_so_far + 2 * wanted + 1))
wait_until 90 'what was sent once more' all_done $done_so_far
tables > "$DIR/repeated"
diff "$DIR/mended" "$DIR/repeated" > "$DIR/difference" || fail "counted twice: $(head -n 5 "$DIR/difference")"
[ "$(letters)" = $((2 * wanted + 2)) ] || fail "$(letters) letters, not $((2 * wanted + 2))"
daemon_kill one TERM

# ---- a run that never refused anything
database=${NAME//[^a-z0-9]/_}_clean
psql -qtA "$PG_ADMIN" -c "CREATE DATABASE $database"
PG="$(sed -E 's/ ?dbname=[^ ]*//' <<< "$PG_ADMIN") dbname=$database"
TOPIC=$NAME.clean LETTERS=$NAME.letters NAME=$NAME.clean
produce "$TOPIC" "$DIR/events.ndjson"
daemon_start clean checkpoint.interval=200ms
wait_until 90 'all messages of the other run' all_done "$lines"
tables > "$DIR/clean"
diff "$DIR/clean" "$DIR/repeated" > "$DIR/difference" || fail "not as if nothing had been refused: $(head -n 5 "$DIR/difference")"
daemon_kill clean TERM
echo "$wanted of $lines events refused, mended, sent three times: $(wc -l < "$DIR/clean") rows as if never refused"

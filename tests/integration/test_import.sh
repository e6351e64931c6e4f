#!/usr/bin/env bash
# uptakectl import into a real daemon: the tables are those of the events; the same files again, in parts and in another form,
# change nothing.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "import-$$" 2
SAMPLES=$TESTS_DIR/cli/import
CSV=(csv --map "$TESTS_DIR/../config/import/tickets.map")
TEAMS=(--teams "$SAMPLES/teams.csv")
SEND=(--quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC")

# import CODE ARGUMENTS...: sends the events, and counts them in `lines`
lines=0
import() {
    local expected=$1 code=0 sent
    shift
    "$BIN_DIR/uptakectl" import "$@" "${SEND[@]}" > "$DIR/out" 2> "$DIR/err" || code=$?
    [ "$code" = "$expected" ] || fail "import $*: exit code $code, not $expected: $(cat "$DIR/err")"
    sent=$(grep -oP '^[0-9]+(?= lines, [0-9]+ delivered, 0 failed)' "$DIR/out") || fail "not sent: $(cat "$DIR/err")"
    [ "$(wc -l < "$DIR/out")" = 1 ] || fail "what is sent is printed too"
    lines=$((lines + sent))
}
import_all() {
    import 0 copilot "${TEAMS[@]}" "$SAMPLES/copilot-users.ndjson"
    import 0 claude-code "${TEAMS[@]}" "$SAMPLES/claude-logs.json"
    import 0 xapi "${TEAMS[@]}" "$SAMPLES/statements.json"
    import 0 "${CSV[@]}" "$SAMPLES/tickets.csv"
}
tables() {
    cells_of_database "$DIR/expected.json"
    for table in person person_week training; do
        sql "SELECT '$table', t.* FROM uptake.$table t" | LC_ALL=C sort
    done
}

for part in "copilot ${TEAMS[*]} $SAMPLES/copilot-users.ndjson" "claude-code ${TEAMS[*]} $SAMPLES/claude-logs.json" \
    "xapi ${TEAMS[*]} $SAMPLES/statements.json" "${CSV[*]} $SAMPLES/tickets.csv"; do
    # shellcheck disable=SC2086 # words, none of them with blanks
    "$BIN_DIR/uptakectl" import $part 2> /dev/null || fail "import $part"
done > "$DIR/events.ndjson"
"$BIN_DIR/uptakectl" evaluate --partitions 2 "$DIR/events.ndjson" > "$DIR/expected.json" || fail 'the events cannot be evaluated'

# Silence must not move time past the day of the samples: what comes again is to be judged as it was.
daemon_start one checkpoint.interval=200ms events.idle_after=1d
import_all
[ "$lines" = "$(wc -l < "$DIR/events.ndjson")" ] || fail "$lines lines sent, not those of the files"
wait_until 60 'all events' all_done "$lines"
[ "$(sql 'SELECT sum(accepted) FROM uptake.shard')" = "$lines" ] || fail 'some were refused'
cells_of_document "$DIR/expected.json" > "$DIR/expected.cells"
cells_of_database "$DIR/expected.json" > "$DIR/actual.cells"
[ -s "$DIR/expected.cells" ] || fail 'no cells expected'
cmp "$DIR/expected.cells" "$DIR/actual.cells" || fail "$(diff "$DIR/expected.cells" "$DIR/actual.cells" | head -n 10)"
[ "$(sql 'SELECT count(*) FROM uptake.training')" = 2 ] || fail 'the trainings are not there'
[ "$(sql "SELECT count(*) FROM uptake.person WHERE team = 'platform' AND cardinality(capability) = 4")" = 1 ] ||
    fail 'what was used of two tools is not known of one person'
tables > "$DIR/first.tables"

import_all
{ head -n 1 "$SAMPLES/tickets.csv"; tail -n 1 "$SAMPLES/tickets.csv"; sed -n 2p "$SAMPLES/tickets.csv"; } > "$DIR/part.csv"
import 0 "${CSV[@]}" "$DIR/part.csv" "$SAMPLES/tickets.csv"
wait_until 60 'all events again' all_done "$lines"
[ "$(sql 'SELECT sum(accepted) FROM uptake.shard')" = "$lines" ] || fail 'some of those that came again were refused'
tables > "$DIR/second.tables"
cmp "$DIR/first.tables" "$DIR/second.tables" || fail "$(diff "$DIR/first.tables" "$DIR/second.tables" | head -n 10)"

# Where it cannot be sent.
code=0
"$BIN_DIR/uptakectl" import "${CSV[@]}" --quiet --brokers 127.0.0.1:1 --reach-s 2 "$SAMPLES/tickets.csv" > "$DIR/out" 2> "$DIR/err" || code=$?
[ "$code" = 4 ] || fail "without a broker the exit code is $code"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo "$lines events, $(wc -l < "$DIR/second.tables") rows that do not change"

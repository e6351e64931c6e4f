#!/usr/bin/env bash
# uptakectl import: every format's samples become events that are taken; the same again, or in another form, changes nothing; the
# summary says what became of the rest without naming anybody.

set -eu
# shellcheck source=tests/support/cli.sh
. "${UPTAKE_TESTS_DIR:?}/support/cli.sh"
cli_begin import
ROOT=$UPTAKE_TESTS_DIR/..
SAMPLES=$UPTAKE_TESTS_DIR/cli/import

# import EXPECTED_CODE ARGUMENTS...
import() {
    local expected=$1
    shift
    run "$expected" import "$@"
    ! grep -qiE 'ada|bob|eve-gh' "$WORK/err" || fail "import $*: a person is named"
}
# events TYPE COUNT: of what came out
events() { [ "$(grep -c "\"uptake\.$1\.v1\"" "$WORK/out" || true)" = "$2" ] || fail "not $2 events $1"; }
# Everything that came out is taken; prints the document.
evaluate() {
    "$UPTAKECTL" evaluate "$1" >"$WORK/document" || fail 'it cannot be evaluated'
    grep -q "\"accepted\":$(wc -l <"$1")," "$WORK/document" || fail 'not every event is taken'
}
TEAMS=(--teams "$SAMPLES/teams.csv")
CSV=(csv --map "$ROOT/config/import/tickets.map")

# ---- copilot
import 0 copilot "${TEAMS[@]}" "$SAMPLES/copilot-users.ndjson"
says err '4 records of 1 file: 3 events'
says err 'only_shown, code_generation_activity_count'
says err 'no_team, team'
events usage 3
grep -q '"time":"2025-11-03T00:00:00.000Z","data":{"team":"platform","user":"ada","assist":"ai","tool":"copilot","capability":"code_completion"}' "$WORK/out" || fail 'the use of a completion'
grep -q '"team":"claims","user":"bob"' "$WORK/out" || fail 'who moved is in the team of the day'
evaluate "$WORK/out"
import 7 copilot --team all "$SAMPLES/copilot-metrics.json"
says err 'totals, total_active_users'
says err "first in $SAMPLES/copilot-metrics.json:2"

# ---- claude-code
import 0 claude-code "${TEAMS[@]}" "$SAMPLES/claude-logs.json"
says err '5 records of 1 file: 5 events'
says err 'agent_step, event.name'
says err 'permission, tool_name'
events usage 3
events override 2
evaluate "$WORK/out"
grep -qF '["platform","claude-code",' "$WORK/document" || fail 'there is no cell of the edits'
import 0 claude-code --workflow edits "$SAMPLES/claude-logs.json"
grep -q '"team":"platform","user":"ada@example.org".*"workflow":"edits"' "$WORK/out" || fail 'team of the resource, workflow of the option'

# ---- xapi
import 0 xapi "${TEAMS[@]}" "$SAMPLES/statements.json"
says err 'not_completed, verb.id'
says err "first in $SAMPLES/statements.json:11"
events training 2
head -n 1 "$WORK/out" | grep -q '"id":"12345678-1234-5678-1234-567812345678","time":"2025-11-03T08:00:00.000Z"' || fail 'not by time'
grep -q '"data":{"team":"platform","user":"ada","program":"https://lms.example.org/course/ai-basics","hours":1.5}' "$WORK/out" || fail 'hours'
evaluate "$WORK/out"

# ---- csv
import 0 "${CSV[@]}" "$SAMPLES/tickets.csv"
events usage 3
events override 1
events outcome 3
evaluate "$WORK/out"
grep -q '"quality":0.75' "$WORK/out" || fail 'no quality'
sed 's/;used;/;tried;/' "$SAMPLES/tickets.csv" >"$WORK/tickets.csv"
import 6 "${CSV[@]}" "$WORK/tickets.csv"
says err 'not_listed, assist'
says err "first in $WORK/tickets.csv:2"

# ---- the same again, in another order, in another form: the same bytes
same() {
    local expected=$1
    shift
    import 0 "$@"
    cmp "$expected" "$WORK/out" || fail "not the same: $*"
}
import 0 "${CSV[@]}" "$SAMPLES/tickets.csv"
cp "$WORK/out" "$WORK/tickets"
same "$WORK/tickets" "${CSV[@]}" "$SAMPLES/tickets.csv" "$SAMPLES/tickets.csv"
says err '(7 came more than once)'
{ head -n 1 "$SAMPLES/tickets.csv"; tail -n 2 "$SAMPLES/tickets.csv" | tac; sed -n 2p "$SAMPLES/tickets.csv"; } | gzip >"$WORK/tickets.csv.gz"
same "$WORK/tickets" "${CSV[@]}" "$WORK/tickets.csv.gz"
import 0 xapi "${TEAMS[@]}" "$SAMPLES/statements.json"
cp "$WORK/out" "$WORK/statements"
python3 - "$SAMPLES/statements.json" "$WORK" <<'END'
import gzip, json, sys
statements = json.load(open(sys.argv[1]))['statements']
with gzip.open(sys.argv[2] + '/lines.ndjson.gz', 'wt') as file:
    file.writelines(json.dumps(s) + '\n' for s in statements[::-1])
json.dump(statements, open(sys.argv[2] + '/list.json', 'w'))
json.dump(statements[1:], open(sys.argv[2] + '/part.json', 'w'), indent=1)
END
same "$WORK/statements" xapi "${TEAMS[@]}" "$WORK/lines.ndjson.gz"
same "$WORK/statements" xapi "${TEAMS[@]}" "$WORK/list.json"
same "$WORK/statements" xapi "${TEAMS[@]}" "$WORK/part.json" "$SAMPLES/statements.json" "$WORK/list.json"
# A file after itself through the daemon's code: no table differs. (`accepted` counts lines.)
document() { "$UPTAKECTL" evaluate - | sed 's/"accepted":[0-9]*,//'; }
for events in tickets statements; do
    document <"$WORK/$events" >"$WORK/once"
    cat "$WORK/$events" "$WORK/$events" | document >"$WORK/twice"
    cmp "$WORK/once" "$WORK/twice" || fail "$events twice are something else"
done

# ---- mistakes: the next record goes on, and the code says so
{ echo '{"broken'; cat "$WORK/list.json"; echo; echo '{"actor":{},'; } >"$WORK/broken.jsonl"
import 6 xapi --team t "$WORK/broken.jsonl"
says err 'not_json, ends in the middle of its line'
says err "first in $WORK/broken.jsonl:1"
events training 2
printf '{"id":"a","verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"actor":{"mbox":"mailto:ada@example.org"},"object":{"id":"urn:c"},"timestamp":"yesterday"}\n' >"$WORK/time.json"
import 6 xapi --team t --json "$WORK/time.json"
python3 - "$WORK/err" <<'END' || fail 'the summary as JSON'
import json, sys
summary = json.load(open(sys.argv[1]))
assert (summary['records'], summary['events'], summary['refused'], summary['left_out']) == (1, 0, 1, 0), summary
assert [(r['reason'], r['field'], r['line'], r['refused']) for r in summary['reasons']] == [('time', 'timestamp', 1, True)], summary
END
head -c 200 "$WORK/tickets.csv.gz" >"$WORK/cut.csv.gz" && truncate -s -20 "$WORK/cut.csv.gz"
import 1 "${CSV[@]}" "$SAMPLES/tickets.csv" "$WORK/cut.csv.gz"
[ ! -s "$WORK/out" ] || fail 'something was written although a file is cut off'
import 1 xapi --team t "$WORK/nothing"
import 2 learning "$WORK/list.json" && says err "'learning' is no format"
import 2 csv "$SAMPLES/tickets.csv" && says err '--map FILE is missing'
import 2 xapi --map "$WORK/list.json" "$WORK/list.json"
import 2 xapi
printf 'user,team\nada,north\nada,south\n' >"$WORK/teams.csv"
import 1 xapi --teams "$WORK/teams.csv" "$WORK/list.json" && says err "$WORK/teams.csv:3: the user is in a team at the same time by line 2"
printf '[event e]\ntype = usage\n' >"$WORK/bad.map"
import 1 csv --map "$WORK/bad.map" "$SAMPLES/tickets.csv" && says err 'has 3 mistakes: nothing was imported'
printf '[event e]\ntype = usage\ntime = ${when}\nuser = ${who}\nassist = ai\n' >"$WORK/other.map"
import 1 csv --map "$WORK/other.map" "$SAMPLES/tickets.csv" && says err "there is no column 'when'"
echo 'all as expected'

#!/usr/bin/env bash
# What a redesign changed is the same in PostgreSQL, Redis, the page's JSON and the export as the reference says, after a restart and
# from a replay too; once it is not judged any more its last judgement stands in PostgreSQL, and Redis has forgotten it.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

UPTAKECTL=$BIN_DIR/uptakectl
GOLDEN=$TESTS_DIR/golden
daemon_begin "redesigns-$$" 1
redis() { redis-cli -u "redis://$UPTAKE_TEST_REDIS/5" "$@"; }
redis FLUSHDB > /dev/null || fail 'no Redis'
start() { daemon_start one kafka.instance=one events.idle_after=1d checkpoint.interval=200ms redis.database=5 "$@"; }
send() { "$UPTAKECTL" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$1" > "$DIR/produced" || fail 'nothing was sent'; }
row() { sql "SELECT as_of - DATE 'epoch', provisional, definitions <> '' FROM uptake.redesign_measure"; }
has_row() { [ "$(row)" = "$1" ]; }
# The analyst's view, one object.
outcome() {
    PGOPTIONS='-c role=uptake_analyst' psql -qtA -v ON_ERROR_STOP=1 "$PG" -c "
        SELECT json_object_agg(measure, json_build_object('figure', json_build_array(estimate, lo, hi, n), 'because', because, 'day', day - DATE 'epoch',
                                                          'workflow', workflow, 'label', label, 'is_final', is_final) ORDER BY measure)
          FROM uptake.redesign_outcomes WHERE team = 'redesigned-1'"
}
compare() {
    python3 - "$@" <<'PY'
import json, math, sys

expected, said, redis = json.load(open(sys.argv[1])), json.load(open(sys.argv[2])), sys.argv[3:] and open(sys.argv[3]).read().split('\n')
wrong = []


def equal(a, b):
    return a is None and b is None or a is not None and b is not None and math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


names = [name for name in expected if name.startswith('redesign_')]
if len(names) != 6 or set(names) != set(said):
    wrong.append((names, list(said)))
known = 0
for name in names:
    value, row = expected[name], said[name]
    known += value is not None
    figure = value if isinstance(value, list) else [None if value is None else int(value), None, None, None]
    if value is None:
        figure = [None] * 4
    if not all(equal(a, b) for a, b in zip(figure, row['figure'])) or row['because'] != expected['because'].get(name):
        wrong.append((name, value, row))
    if (row['day'], row['workflow'], row['label']) != (expected['time'] // 86400000, expected['workflow'], expected['label']):
        wrong.append((name, row))
    if redis:
        fields = dict(zip(redis[0::2], redis[1::2]))
        place = f"{expected['time']}:{expected['workflow']}"
        if value is None:
            ok = fields.get(f'because:{name}:{place}') == expected['because'][name] and f'{name}:{place}' not in fields
        else:
            parts = [None if part == '-' else float(part) for part in fields[f'{name}:{place}'].split()]
            ok = all(equal(a, b) for a, b in zip(figure, parts)) and f'because:{name}:{place}' not in fields
        if not ok or fields.get(f'label:{place}') != expected['label']:
            wrong.append((name, value, fields))
print(*wrong[:5], sep='\n')
sys.exit(bool(wrong) or known < 4)
PY
}

# ---- while it is judged: what the reference says at the end of the scenario
gzip -dc "$GOLDEN/redesign.expected.json.gz" > "$DIR/reference.json"
# What the reference refuses is left out: some of it only the scenario's clock would refuse, some has no partition here.
python3 - "$GOLDEN" > "$DIR/events.ndjson" <<'PY' || fail 'no scenario'
import gzip, json, sys
refused = json.load(gzip.open(sys.argv[1] + '/redesign.expected.json.gz'))['reject_lines']
refused = {line for line, _reason in refused}
for number, line in enumerate(gzip.open(sys.argv[1] + '/redesign.ndjson.gz', 'rt'), 1):
    if number not in refused:
        sys.stdout.write(line)
PY
lines=$(wc -l < "$DIR/events.ndjson")
jq '.measures["redesigned-1"].redesigns[0]' "$DIR/reference.json" > "$DIR/expected.json"
day=$(jq '.measures["redesigned-1"].day' "$DIR/reference.json")
designed=$(jq '.time / 86400000 | floor' "$DIR/expected.json")
((day - designed >= 28 && day - designed < 60)) || fail "the scenario ends $((day - designed)) days after the redesign"
send "$DIR/events.ndjson"
start privacy.min_group=1
wait_until 120 'all messages' all_done "$lines"
# Right after a close nothing is stored for an interval; who starts anew stores what it publishes.
again() { daemon_kill one "$1" && sql 'DELETE FROM uptake.redesign_measure' && start "privacy.min_group=$2"; }
again TERM 1
wait_until 60 'a judgement as of the last day' has_row "$day|t|t"
in_redis() { [ "$(redis HGET 'uptake:{0}:team:redesigned-1:redesign' as_of)" = "$day" ]; }
wait_until 60 'a judgement in Redis' in_redis
redis HGETALL 'uptake:{0}:team:redesigned-1:redesign' > "$DIR/redis"
outcome > "$DIR/said.json"
compare "$DIR/expected.json" "$DIR/said.json" "$DIR/redis" || fail 'PostgreSQL or Redis differs from the reference'
[ "$(redis KEYS 'uptake:{0}:team:*:redesign' | wc -l)" = 1 ] || fail 'teams without a judged redesign have a hash'
on_page() { curl -s "http://127.0.0.1:${DAEMON_PORTS[one]}/api/v1/team?team=redesigned-1"; }
is_on_page() { [ "$(on_page | jq -c '.redesign_outcomes | map([.workflow, .provisional, .is_final, (.values + .because | length)])')" = '[["review",true,false,6]]' ]; }
wait_until 60 'the redesign on the page' is_on_page
[ "$(on_page | jq -c '.redesign_outcomes[0].values.redesign_success_change')" = "$(jq -c '.redesign_success_change.figure' "$DIR/said.json")" ] ||
    fail 'the page differs from SQL'

# ---- a restart says it again, small groups hidden; then a replay from nothing
again KILL 30
wait_until 60 'a judgement after a restart' has_row "$day|t|t"
[ "$(outcome | jq -r '[.[].because] | unique | join(" ")')" = suppressed ] || fail "of less than 30 people: $(outcome)"
in_redis_hidden() { [ "$(redis HGETALL 'uptake:{0}:team:redesigned-1:redesign' | grep -c '^suppressed$')" = 6 ] && [ "$(redis HLEN 'uptake:{0}:team:redesigned-1:redesign')" = 11 ]; }
wait_until 60 'hidden figures in Redis' in_redis_hidden
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
redis FLUSHDB > /dev/null
psql -qtA "$PG" -c 'SET client_min_messages = warning' -c 'DROP SCHEMA uptake CASCADE' > /dev/null
start privacy.min_group=1
wait_until 120 'all messages again' all_done "$lines"
again TERM 1
wait_until 60 'a judgement from a replay' has_row "$day|t|t"
outcome | cmp - "$DIR/said.json" || fail 'a replay says something else'

# ---- days go by, work without a task: what its last close said stays
usage() { printf '{"specversion":"1.0","id":"later-%d","source":"/later","type":"uptake.usage.v1","time":"%sT12:00:00Z","data":{"team":"%s","user":"late","assist":"none"}}\n' "$1" "$(date -u -d "1970-01-01 + $1 days" +%F)" "$2"; }
for ((d = day + 1; d < designed + 75; d++)); do usage $d redesigned-1; done > "$DIR/later.ndjson"
last=$((designed + 60))
cat "$DIR/events.ndjson" <(head -n $((last + 1 - day)) "$DIR/later.ndjson") > "$DIR/known.ndjson"
"$UPTAKECTL" evaluate --as-of "$(date -u -d "1970-01-01 + $last days" +%F)" "$DIR/known.ndjson" | jq '.measures["redesigned-1"].redesigns[0]' > "$DIR/expected.json"
[ "$(jq .time "$DIR/expected.json")" != null ] || fail 'it is not judged on its last day'
send "$DIR/later.ndjson"
wait_until 60 'later messages' all_done $((lines + $(wc -l < "$DIR/later.ndjson")))
wait_until 60 'the last judgement' has_row "$last|f|t"
outcome > "$DIR/said.json"
compare "$DIR/expected.json" "$DIR/said.json" || fail 'the last judgement differs from an evaluation of that day'
[ "$(jq -r '[.[].is_final] | unique | join(" ")' "$DIR/said.json")" = true ] || fail 'it is not said to be final'
forgotten() { [ "$(redis EXISTS 'uptake:{0}:team:redesigned-1:redesign')" = 0 ]; }
wait_until 60 'Redis without it' forgotten
PGOPTIONS='-c role=uptake_analyst' "$UPTAKECTL" export --from "$(date -u -d "1970-01-01 + $last days" +%F)" --postgresql "$PG" > "$DIR/export.csv" || fail 'no export'
[ "$(awk -F , '$10 == "review"' "$DIR/export.csv" | wc -l)" = 6 ] || fail "exported: $(grep redesign_ "$DIR/export.csv")"
PGOPTIONS='-c role=uptake_analyst' "$UPTAKECTL" explain redesigned-1 --postgresql "$PG" > "$DIR/why" || fail 'not explained'
grep -q '^  review, 2024-10-31: v2; as of 2024-12-30, final' "$DIR/why" || fail "explained: $(cat "$DIR/why")"
grep -q '^    redesign_success_change: .* (95 %: ' "$DIR/why" || fail "explained: $(cat "$DIR/why")"
version() { sql 'SELECT xmin FROM uptake.redesign_measure'; }
final=$(version)
daemon_kill one TERM
start privacy.min_group=30
usage $((designed + 80)) redesigned-1 > "$DIR/more.ndjson"
send "$DIR/more.ndjson"
wait_until 60 'one message more' all_done $((lines + $(wc -l < "$DIR/later.ndjson") + 1))
is_published() { [ "$(redis HGET 'uptake:{0}:team:redesigned-1:28d' as_of)" = $((designed + 80)) ]; }
wait_until 60 'a publication of that day' is_published
daemon_kill one TERM
[ "$(version)" = "$final" ] || fail 'what is final was written again'
outcome | cmp - "$DIR/said.json" || fail 'what is final has changed'
echo "the redesign of $designed is judged until $last, and stays"

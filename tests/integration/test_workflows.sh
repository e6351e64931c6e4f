#!/usr/bin/env bash
# What PostgreSQL says by workflow is what `uptakectl evaluate` says, after a restart too, and a figure is held back exactly
# where fewer than min_group people had a task in the workflow and window, or the team less all others would show such a one.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "workflows-$$" 1
"$BIN_DIR/uptakectl" simulate --seed 5 --days 62 --teams growing:9,hollow_entry:8,theatre:5,tiny:3 --rate 0.5 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" evaluate --teams 4 "$DIR/events.ndjson" > "$DIR/expected.json" || fail 'the events cannot be evaluated'
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" > "$DIR/produced" || fail 'nothing was sent'
workflows=$(jq '[.measures[].workflows | length] | add' "$DIR/expected.json")
((workflows > 4)) || fail "only $workflows workflows are expected"

# Every row by workflow is there, of the last watermark.
is_said() {
    [ "$(sql "SELECT count(*) FROM uptake.measure m JOIN uptake.shard s USING (partition)
               WHERE m.workflow IS NOT NULL AND m.watermark = s.watermark" 2> /dev/null || echo 0)" = $((workflows * 5)) ]
}
figures() {
    sql "SELECT json_agg(json_build_object('team', team, 'workflow', workflow, 'win', win, 'values', m.values, 'because', because,
                                           'as_of', as_of - DATE '1970-01-01', 'definitions', definitions, 'provisional', provisional))
           FROM uptake.measure m WHERE workflow IS NOT NULL" > "$1"
}

# ---- all of it is read, then said anew by a daemon that has loaded it; nobody is hidden
daemon_start one events.idle_after=1d
wait_until 120 'all messages' all_done "$lines"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
sql "DELETE FROM uptake.measure" || fail 'no measures to delete'
daemon_start one events.idle_after=1d privacy.min_group=1
wait_until 120 'figures by workflow' is_said
daemon_kill one TERM
figures "$DIR/all.json"

# ---- the same with small groups hidden
sql "DELETE FROM uptake.measure" || fail 'no measures to delete'
daemon_start one events.idle_after=1d
wait_until 120 'figures by workflow, small groups hidden' is_said
daemon_kill one TERM
figures "$DIR/shown.json"

python3 - "$DIR" <<'PY' || fail 'figures by workflow differ'
import collections, datetime, json, math, sys

folder = sys.argv[1]
expected = json.load(open(folder + '/expected.json'))['measures']
everything, shown = (json.load(open(f'{folder}/{name}.json')) for name in ('all', 'shown'))
wrong = compared = hidden = seen = 0


def complain(*words):
    global wrong
    wrong += 1
    if wrong <= 20:
        print(*words)


def equal(a, b):
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b))
    if isinstance(a, bool) or a is None or isinstance(b, bool) or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


for row in everything:
    window = expected[row['team']]['workflows'][row['workflow']][row['win']]
    if row['as_of'] != expected[row['team']]['day'] or not row['provisional'] or not row['definitions']:
        complain(row['team'], row['workflow'], 'is as of', row['as_of'])
    for name, word in window['because'].items():
        compared += 1
        if row['because'].get(name) != word or name in row['values']:
            complain(row['team'], row['workflow'], row['win'], name, 'should be', word)
    for name, value in window.items():
        if name == 'because' or name in window['because']:
            continue
        compared += 1
        if not equal(value, row['values'].get(name)):
            complain(row['team'], row['workflow'], row['win'], name, value, row['values'].get(name))

people = collections.defaultdict(lambda: collections.defaultdict(lambda: collections.defaultdict(set)))  # team, workflow, day: who
for line in open(folder + '/events.ndjson'):
    event = json.loads(line)
    data = event['data']
    if event['type'] == 'uptake.usage.v1' and 'task' in data:
        day = (datetime.datetime.fromisoformat(event['time'].replace('Z', '+00:00')) -
               datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).days
        people[data['team']][data.get('workflow', '')][day].add(data['user'])
spans = {'1d': (0, 0), '7d': (6, 0), '28d': (27, 0), '90d': (89, 0)}


def hidden_of(team, first, last):
    """Workflows that are too small, then the next smallest until those together are a group."""
    groups = {workflow: set().union(*(days[day] for day in range(first, last + 1))) for workflow, days in people[team].items()}
    groups = {workflow: group for workflow, group in groups.items() if group}
    names = {workflow for workflow, group in groups.items() if len(group) < 5}
    others = sorted(groups.keys() - names, key=lambda workflow: (len(groups[workflow]), workflow.encode()))
    while names and others and len(set().union(*(groups[workflow] for workflow in names))) < 5:
        names.add(others.pop(0))
    return names, groups


complements = 0
for row in shown:
    for name, value in {**row['values'], **row['because']}.items():
        first, last = spans.get(row['win'], (55, 0) if name == 'autonomy_unearned' else (34, 7))
        names, groups = hidden_of(row['team'], row['as_of'] - first, row['as_of'] - last)
        is_hidden = row['workflow'] in names or row['workflow'] not in groups
        if value == 'suppressed':
            hidden += 1
            complements += row['workflow'] in groups and len(groups[row['workflow']]) >= 5
            if not is_hidden:
                complain(row['team'], row['workflow'], row['win'], name, 'is hidden')
        elif name in row['values']:
            seen += 1
            if is_hidden:
                complain(row['team'], row['workflow'], row['win'], name, 'is shown')
print(f'{compared} figures compared, {seen} shown, {hidden} hidden, {complements} of them for others')
sys.exit(wrong > 0 or compared < 1000 or seen < 100 or hidden < 100 or complements < 10)
PY

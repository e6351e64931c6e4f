#!/usr/bin/env bash
# `uptakectl recompute` says of closed days what `uptakectl evaluate` says as of them with everything that is known now,
# leaves out what is not kept, changes nothing that was frozen, and takes no partition from a running daemon.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "recompute-$$" 2
"$BIN_DIR/uptakectl" simulate --seed 17 --days 520 --rate 0.35 --faults 0 --teams growing:9,steady:8,hollow_entry:8,tiny:3 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" > "$DIR/produced" || fail 'nothing was sent'
daemon_start one events.idle_after=1d
wait_until 250 'all messages' all_done "$lines"
is_closed() { [ "$(sql 'SELECT bool_and(t.evaluated_through = s.last_opened) FROM uptake.team t JOIN uptake.shard s USING (partition)')" = t ]; }
wait_until 60 'closes' is_closed
last=$(sql 'SELECT min(last_opened) FROM uptake.shard')
back() { date -u -d "$last - $1 days" +%F; }
# The daemon goes on; only its own checkpoints count up.
owner() { sql 'SELECT partition, epoch, claim FROM uptake.shard ORDER BY 1'; }
frozen() { sql "SELECT md5(string_agg(h::text, '|' ORDER BY h.team, h.day)) FROM uptake.health h"; }
recompute() { "$BIN_DIR/uptakectl" recompute --config "$DIR/one.conf" --set events.idle_after=1d --quiet "$@" > "$DIR/said" 2> "$DIR/complaint"; }
owned_by=$(owner) was=$(frozen)

# ---- days of which everything is kept
recompute --from "$(back 45)" --to "$last" || fail "recompute ended with $?: $(cat "$DIR/complaint")"
grep -q "of $(back 45) to $last" "$DIR/said" || fail "said: $(cat "$DIR/said")"
[ "$(sql "SELECT count(*) = 46 * 4 AND bool_and(not_kept = '{}') FROM uptake.health_hindsight")" = t ] || fail 'not every day of every team'
# ---- older ones: what is not kept is left out and said
recompute --from "$(back 430)" --to "$(back 100)"
[ $? = 6 ] || fail 'that figures are left out is not told by the exit code'
grep -q "before $(date -u -d "$(back 100) + 1 day" +%F) some figures about people are left out" "$DIR/complaint" || fail "said: $(cat "$DIR/complaint")"
[ "$(owner)" = "$owned_by" ] || fail 'a partition has another owner'
[ "$(frozen)" = "$was" ] || fail 'frozen rows changed'
kill -0 "$(daemon_pid one)" || fail 'the daemon has ended'
sql "SELECT json_agg(h) FROM uptake.health_hindsight h" > "$DIR/rows.json"
for days in 0 20 45 100 300 429; do
    "$BIN_DIR/uptakectl" evaluate --partitions 2 --teams 4 --as-of "$(back $days)" "$DIR/events.ndjson" |
        jq -c --arg day "$(back $days)" '{day: $day, measures}' || fail "no evaluation as of $(back $days)"
done > "$DIR/expected.ndjson"
python3 - "$DIR" <<'PY' || fail 'hindsight differs from an evaluation of all events'
import json, math, sys

folder = sys.argv[1]
rows = {(row['team'], row['day']): row for row in json.load(open(folder + '/rows.json'))}
wrong = compared = left_out = 0


def equal(a, b):
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b))
    if isinstance(a, (bool, str)) or a is None or isinstance(b, (bool, str)) or b is None:
        return a == b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def check(what, expected, actual):
    global wrong, compared
    compared += 1
    if not equal(expected, actual):
        wrong += 1
        if wrong <= 20:
            print(what, 'should be', expected, 'is', actual)


for line in open(folder + '/expected.ndjson'):
    document = json.loads(line)
    for team, expected in document['measures'].items():
        row = rows[team, document['day']]
        where = team, document['day']
        gone = set(row['not_kept'])
        left_out += len(gone)
        for window in expected['windows']['28d'], expected['windows']['own']:
            for name, value in window.items():
                if name == 'because' or name in gone:
                    continue
                check((*where, name), value, row['measures'].get(name))
                check((*where, name, 'because'), window['because'].get(name), row['because'].get(name))
        if gone & set(row['measures']) or gone & set(row['because']):
            check((*where, 'left out'), [], sorted(gone & (set(row['measures']) | set(row['because']))))
        if not gone:
            for name in 'health', 'lo', 'hi', 'n', 'health_limit', 'verdict', 'diagnosis':
                check((*where, name), expected[name], row[name])
        elif row['health'] is not None or row['verdict'] is not None:
            check((*where, 'health'), None, row['health'])
        for name, word in expected['indicators'].items():
            if row[name] != 'unknown' or not gone:
                check((*where, name), word, row[name])
print(f'{compared} figures compared, {left_out} left out')
sys.exit(wrong > 0 or compared < 1500 or left_out < 20)
PY

# ---- both side by side, for analysts
analyst() { PGOPTIONS='-c role=uptake_analyst' psql -qtA -v ON_ERROR_STOP=1 "$PG" -c "$1"; }
[ "$(analyst "SELECT count(*) > 0 AND bool_and(is_comparable) FROM uptake.team_hindsight WHERE estimate <> estimate_now")" = t ] ||
    fail 'what came later makes no difference'
[ "$(analyst "SELECT count(*) = 0 AND (SELECT count(*) FROM uptake.team_hindsight WHERE because_now = 'not_kept') > 0
                FROM uptake.team_hindsight WHERE team = 'tiny-4' AND measure IN ('judgement', 'health', 'headcount')
                 AND (estimate IS NOT NULL OR estimate_now IS NOT NULL)")" = t ] || fail 'a small team is shown'
analyst 'SELECT 1 FROM uptake.health_hindsight' 2> /dev/null && fail 'analysts read the table of the writer'

# ---- again, with other options: the row is replaced, and does not compare
recompute --from "$last" --set alarms.false_alarms_per_year=5 ||
    fail "other options: $(cat "$DIR/complaint")"
[ "$(analyst "SELECT bool_or(is_comparable) FROM uptake.team_hindsight WHERE day = '$last'")" = f ] || fail 'other options compare'

# ---- months that are dropped
sql "SELECT uptake.drop_old_months(6)" > /dev/null
first=$(sql "SELECT (min(to_date(right(c.relname, 6), 'YYYYMM')) + 89)::date FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
              WHERE i.inhparent = 'uptake.cell'::regclass")
recompute --from "$(back 400)" --to "$last"
[ $? = 6 ] || fail 'that days are left out is not told by the exit code'
grep -q "earlier days than $first cannot be recomputed" "$DIR/complaint" || fail "said: $(cat "$DIR/complaint")"
grep -q " rows in uptake.health_hindsight, of $first to $last" "$DIR/said" || fail "said: $(cat "$DIR/said")"
recompute
[ $? = 2 ] || fail 'no --from is taken'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo 'recomputed while the daemon went on'

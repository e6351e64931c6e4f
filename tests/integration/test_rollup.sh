#!/usr/bin/env bash
# Roll-ups over teams say what evaluating the union of the teams says, with teams as the trials; whom too few stand behind is not
# shown; groups are the teams of the day.
set -u
TESTS_DIR=${UPTAKE_TESTS_DIR:?} BIN_DIR=${UPTAKE_BUILD_DIR:?}
[ -n "${UPTAKE_TEST_PG:-}" ] || { echo 'skipped: needs the servers of tests/support/servers.sh'; exit 77; }
DATABASE=rollup_$$
DIR=$(mktemp -d "${TMPDIR:-/tmp}/uptake-rollup.XXXXXX")
trap 'psql -qtA "$UPTAKE_TEST_PG" -c "DROP DATABASE IF EXISTS $DATABASE WITH (FORCE)"; rm -rf "$DIR"' EXIT
PG="$UPTAKE_TEST_PG dbname=$DATABASE"
fail() { echo "FAILED: $*"; exit 1; }
sql() { psql -qtA -v ON_ERROR_STOP=1 "$PG" -c "$1" || fail "$1"; }
is() { local actual; actual=$(sql "$1") && [ "$actual" = "$2" ] || fail "$1: $actual, not $2"; }
helper() { python3 "$TESTS_DIR/integration/rollup.py" "$@"; }

psql -qtA "$UPTAKE_TEST_PG" -c "CREATE DATABASE $DATABASE" || fail 'no database'
for migration in "$TESTS_DIR"/../sql/*.sql; do
    psql -qtA -1 -v ON_ERROR_STOP=1 "$PG" -f "$migration" > "$DIR/migration.log" || fail "$migration"
done

# ---- nothing is known yet
is "SELECT count(*) FROM uptake.organisation_health" 0
is "SELECT count(*) FROM uptake.group_health" 0
is "SELECT sum(teams_judged) FROM uptake.organisation_diagnosis" 0
is "SELECT count(*) FROM uptake.rollup('{nobody}', '28d')" 0

# ---- the union, whatever the teams are
# case DAY MIN_GROUP SIMULATE_OPTIONS...: fills the database
fill() {
    local day=$1 min_group=$2
    shift 2
    "$BIN_DIR/uptakectl" simulate "$@" > "$DIR/events.ndjson" || fail "simulate $*"
    helper merge "$DIR/events.ndjson" > "$DIR/one.ndjson" || fail merge
    "$BIN_DIR/uptakectl" evaluate --as-of "$day" "$DIR/events.ndjson" > "$DIR/document.json" || fail evaluate
    "$BIN_DIR/uptakectl" evaluate --as-of "$day" "$DIR/one.ndjson" > "$DIR/one.json" || fail evaluate
    sql "TRUNCATE uptake.shard, uptake.team, uptake.cell, uptake.health, uptake.person, uptake.person_week"
    helper fill "$DIR/document.json" "$day" "$min_group" > "$DIR/fill.sql" || fail fill
    psql -qtA -v ON_ERROR_STOP=1 "$PG" -f "$DIR/fill.sql" > "$DIR/fill.log" || fail 'the database cannot be filled'
}

check_union() {
    fill "$@"
    jq -r '.measures | keys[]' "$DIR/document.json" > "$DIR/teams"
    sql "SELECT row_to_json(x) FROM (SELECT r.*, uptake.t_quantile(0.975, nullif(greatest(r.teams - 1, 0), 0)) AS t
                                       FROM uptake.rollup(NULL) r) x" > "$DIR/rows"
    mapfile -t teams < "$DIR/teams"
    echo "$*: $(helper check "$DIR/document.json" "$DIR/one.json" "$DIR/rows" "${teams[@]}")" | tee "$DIR/said"
    grep -q ', 0 differences$' "$DIR/said" || fail "$*"
}

check_union 2025-04-20 0 --seed 1 --days 120 --faults 0
check_union 2025-03-16 0 --seed 2 --days 80 --teams over_trust:6 --faults 0
check_union 2025-03-12 0 --seed 3 --days 80 --teams silent:5,reversal:3 --faults 0
check_union 2025-05-13 0 --seed 4 --days 130 --teams steady:1,faster_worse:8,unverified:4 --faults 0
check_union 2025-02-10 0 --seed 5 --days 60 --teams no_outcomes:6,importer:6,automated:6 --faults 0
check_union 2025-01-08 0 --seed 6 --days 20 --repeat 2 --rate 3 --faults 0
check_union 2026-01-09 0 --seed 7 --days 400 --teams hollow_entry:9,growing:12,relapse:8,gone:5,redesigned:7 --rate 0.3 --faults 0

# ---- counts beyond 32 bits: three thousand million times as many of everything is the same share
counters="tasks, outcomes, success_n, success_k, accepted, modified, rejected, decided, ca, wa, co, wo"
shares="SELECT jsonb_object_agg(measure || win, round(estimate::numeric, 9)) FROM uptake.rollup(NULL) WHERE measure IN ('success_lift', 'judgement', 'over_reliance', 'ai_share', 'traceable')"
is "BEGIN; UPDATE uptake.cell SET ($counters) =
    ROW($(sed 's/[a-z_]\+/& * 3000000000/g' <<< "$counters")); $shares; ROLLBACK" "$(sql "$shares")"

# ---- windows, days, mistakes
is "SELECT string_agg(measure || ' ' || win, ', ' ORDER BY measure) FROM uptake.rollup(NULL, '7d') WHERE because IS DISTINCT FROM 'no_survey' AND win <> '28d'" \
   'ai_share 7d, cycle_ratio 7d, judgement 7d, over_reliance 7d, success_lift 7d, traceable own'
is "SELECT DISTINCT as_of FROM uptake.rollup(NULL, '1d', '2025-12-24')" 2025-12-24
is "SELECT DISTINCT as_of FROM uptake.rollup(NULL, '1d', '2030-01-01')" 2026-01-09
is "SELECT (SELECT n FROM uptake.rollup(ARRAY[t, t, 'nobody'], '90d') WHERE measure = 'ai_share') = (SELECT n FROM uptake.rollup(ARRAY[t], '90d') WHERE measure = 'ai_share') FROM (SELECT min(team) t FROM uptake.cell WHERE day > '2025-12-20') x" t
psql -qtA "$PG" -c "SELECT * FROM uptake.rollup(NULL, '30d')" 2> "$DIR/said" && fail "30d is a window"
grep -q "win is '30d', not" "$DIR/said" || fail "$(cat "$DIR/said")"

# ---- diagnoses: teams that have it, of those of which it could be told
sql "SELECT diagnosis || ' ' || teams_with FROM uptake.organisation_diagnosis WHERE teams_with > 0 ORDER BY 1" > "$DIR/actual"
jq -r '[.measures[].diagnosis[]] | group_by(.)[] | "\(.[0]) \(length)"' "$DIR/document.json" | LC_ALL=C sort > "$DIR/expected"
[ -s "$DIR/expected" ] && cmp "$DIR/expected" "$DIR/actual" || fail "$(diff "$DIR/expected" "$DIR/actual")"
is "SELECT bool_and(teams_with <= teams_judged AND teams_judged <= 5) FROM uptake.organisation_diagnosis" t
is "SELECT teams_judged FROM uptake.organisation_diagnosis WHERE diagnosis = 'bypassing'" "$(jq '[.measures[].windows["28d"].bypass_rate | select(.)] | length' "$DIR/document.json")"

# ---- teams that are all equal: no interval, the estimate of any of them (of cycle_ratio but where each has two cases a side)
fill 2025-03-16 0 --seed 8 --days 80 --teams reversal:6 --faults 0
columns=$(sql "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'uptake.cell'::regclass AND attnum > 2")
alone=$(sql "SELECT jsonb_object_agg(measure, estimate) FROM uptake.rollup(NULL, '28d')")
for twin in b c; do
    sql "INSERT INTO uptake.team SELECT partition, '$twin', first_day, first_cell_day, evaluated_through, unmatched FROM uptake.team LIMIT 1"
    sql "INSERT INTO uptake.cell (partition, team, $columns) SELECT partition, '$twin', $columns FROM uptake.cell WHERE team NOT IN ('b', 'c')"
done
is "SELECT bool_and(abs(estimate - ('$alone'::jsonb ->> measure)::float8) < 1e-12) FILTER (WHERE measure <> 'cycle_ratio'), bool_and(lo IS NULL),
           bool_and(abs(team_mean - ('$alone'::jsonb ->> measure)::float8) < 1e-12), max(tau2), min(teams)
      FROM uptake.rollup(NULL, '28d') WHERE measure IN ('success_lift', 'cycle_ratio', 'judgement', 'over_reliance', 'ai_share')" 't|t|t|0|3'

# ---- small groups: people with a task in the days, each once
fill 2025-03-16 5 --seed 9 --days 80 --teams steady:4,growing:4 --faults 0
is "SELECT count(*) FILTER (WHERE because = 'suppressed'), count(estimate), count(people) FROM uptake.rollup(NULL, '28d') WHERE measure IN ('ai_share', 'traceable')" '2|0|0'
mapfile -t teams < <(sql 'SELECT team FROM uptake.team ORDER BY team')
# person TEAM NUMBER DAY: worked on that day, on one task
person() {
    sql "INSERT INTO uptake.person (partition, team, person, first_seen, days_from, worked, practised, capability, capability_first, capability_last)
         VALUES (0, '$1', lpad('$2', 32, '0')::uuid, '2025-01-06', '2025-01-01', set_bit(decode(repeat('00', 20), 'hex'), '$3' - DATE '2025-01-01', 1), '', '{}', '{}', '{}');
         INSERT INTO uptake.person_week VALUES (0, '$1', lpad('$2', 32, '0')::uuid, ('$3' - DATE 'epoch') / 7, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)"
}
people_behind() { sql "SELECT coalesce(people, 0) FROM uptake.rollup(NULL, '$1') WHERE measure = 'ai_share'"; }
for i in 1 2 3; do person "${teams[0]}" $i 2025-03-12; done
person "${teams[1]}" 4 2025-03-03
person "${teams[1]}" 1 2025-03-10
[ "$(people_behind 28d)" = 0 ] || fail 'four people are shown'
person "${teams[1]}" 5 2025-02-16 # the day before the 28 days, in a week that is partly among them
[ "$(people_behind 28d)" = 0 ] || fail 'who did not work in the window is counted'
[ "$(people_behind 90d)" = 5 ] || fail 'five people are not shown'
person "${teams[1]}" 6 2025-02-17
[ "$(people_behind 28d)" = 5 ] || fail 'five people are not shown'
[ "$(people_behind 7d)" = 0 ] || fail 'four people are shown'
is "SELECT (SELECT bool_and(estimate IS NOT NULL) FROM uptake.rollup(NULL, '90d') WHERE measure = 'ai_share'), count(*) FROM uptake.rollup('{${teams[0]}}', '90d') WHERE measure = 'ai_share' AND because = 'suppressed'" 't|1'
# Of figures about people the frozen rows say how many; whoever is in both teams counts in each, or totals would tell of those.
is "SELECT people FROM uptake.rollup(NULL, 'own') WHERE measure = 'headcount'" 8
# A team with fewer people than that is judged for nobody.
is "SELECT max(teams_judged) FROM uptake.organisation_diagnosis" 0

# ---- groups: by who belongs to them on the day
sql "INSERT INTO uptake.team_group VALUES ('${teams[0]}', 'old', '2025-01-01', '2025-03-16'), ('${teams[0]}', 'new', '2025-03-16', NULL),
     ('${teams[1]}', 'new', '2025-01-01', NULL), ('${teams[1]}', 'old', '2025-01-01', '2025-03-17'), ('${teams[0]}', 'later', '2025-03-17', NULL), ('unheard', 'new', '2025-01-01', NULL)"
is "SELECT string_agg(g || '=' || array_to_string(uptake.group_teams(g), '+'), ' ' ORDER BY g) FROM unnest('{later,new,old}'::text[]) g" "later= new=${teams[0]}+${teams[1]}+unheard old=${teams[1]}"
is "SELECT cardinality(uptake.group_teams('old', '2025-03-15')), cardinality(uptake.group_teams('nobody'))" '2|0'
is "SELECT string_agg(grp || ' ' || coalesce(n::text, because), ', ' ORDER BY grp) FROM uptake.group_health WHERE measure = 'ai_share' AND win = '90d'" \
   "new $(sql "SELECT n FROM uptake.rollup(NULL, '90d') WHERE measure = 'ai_share'"), old suppressed"
is "SELECT count(DISTINCT grp), count(DISTINCT as_of) FROM uptake.group_diagnosis" '2|1'
is "SELECT bool_and(has_events) FILTER (WHERE team <> 'unheard'), bool_or(has_events) FILTER (WHERE team = 'unheard') FROM uptake.group_team" 't|f'
psql -qtA "$PG" -c "INSERT INTO uptake.team_group VALUES ('${teams[1]}', 'old', '2024-01-01', '2025-01-02')" 2> "$DIR/said" && fail 'a team is in a group twice'
grep -q team_group_once_at_a_time "$DIR/said" || fail "$(cat "$DIR/said")"

# ---- analysts see this, and nothing behind it
as_analyst() { psql -qtA -v ON_ERROR_STOP=1 "$PG" -c 'SET ROLE uptake_analyst' -c "$1"; }
for query in 'SELECT * FROM uptake.organisation_health' 'SELECT * FROM uptake.group_health' 'SELECT * FROM uptake.organisation_diagnosis' \
             'SELECT * FROM uptake.group_diagnosis' 'SELECT * FROM uptake.group_team' "SELECT * FROM uptake.rollup(uptake.group_teams('new'), '28d')"; do
    [ -n "$(as_analyst "$query")" ] || fail "as an analyst: $query"
done
for query in 'SELECT * FROM uptake.team_group' "SELECT * FROM uptake.rollup_cells('{x}', '2025-01-01', NULL, '{}')" \
             "SELECT * FROM uptake.rollup_people('{x}', '2025-01-01', '{}')" "SELECT * FROM uptake.rollup_pulse('{x}', '2025-01-01', NULL, '{}')" \
             "SELECT * FROM uptake.rollup_over('{x}', '2025-01-01', NULL, '{}')"; do
    as_analyst "$query" > "$DIR/said" 2>&1 && fail "an analyst may: $query"
done
echo 'roll-ups agree with the union of their teams'

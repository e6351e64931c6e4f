#!/usr/bin/env bash
# The views over programs, teaching, sequences and years say what an independent calculation from the events says, held back
# for small groups; history, export, explain, team and report say what is frozen; and every example of README.md and of sql/examples, and
# all that the dashboards ask, gives rows to an analyst.
# test deadline: 1500 s
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"
. "$UPTAKE_TESTS_DIR/support/npm.sh"
README=$(dirname "$TESTS_DIR")/README.md

daemon_begin "views-$$" 1
"$BIN_DIR/uptakectl" simulate --seed 9 --days 400 --rate 0.4 --faults 0 \
    --teams growing:9,steady:8,redesigned:8,tiny:3,stall:7,theatre:8,over_trust:6,reversal:6 > "$DIR/events.ndjson"
# Somebody teaches in another team, whose people then use AI more.
teacher=$(jq -r 'select(.type == "uptake.training.v1" and .data.team == "growing-1").data.user' "$DIR/events.ndjson" | head -n 1)
at=$(jq -r ".time[:10]" "$DIR/events.ndjson" | sort | tail -n 1)
at=$(date -u -d "$at - 20 days" +%F)
jq -r 'select(.type == "uptake.usage.v1" and .data.team == "stall-5").data.user' "$DIR/events.ndjson" | sort -u | head -n 4 |
    jq -Rc --arg teacher "$teacher" --arg at "$at" '
        . as $user | ({type: "uptake.training.v1", time: ($at + "T09:00:00Z"), data: {program: "lent", teacher: $teacher, hours: 1}},
            (range(10) | {type: "uptake.usage.v1", time: ($at + "T1\(.):00:00Z"), data: {assist: "ai", capability: "lent"}} |
                .time = ((.time | fromdate) + 86400 * 2 | todate))) |
        {specversion: "1.0", id: ("lent-" + .time + $user), source: "/lent"} + . | .data += {team: "stall-5", user: $user}' > "$DIR/lent.ndjson"
cat "$DIR/lent.ndjson" >> "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" > "$DIR/produced" || fail 'nothing was sent'

is_said() {
    [ "$(sql "SELECT count(*) FILTER (WHERE m.watermark IS DISTINCT FROM s.watermark) || ' ' || (count(*) >= 40)
                FROM uptake.shard s LEFT JOIN uptake.measure m USING (partition)" 2> /dev/null)" = '0 true' ]
}
daemon_start one events.idle_after=1d
wait_until 200 'all messages' all_done "$lines"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
[ "$(sql 'SELECT accepted FROM uptake.shard')" = "$lines" ] || fail 'events were refused'
sql "DELETE FROM uptake.measure" || fail 'no measures to delete'
daemon_start one events.idle_after=1d
wait_until 120 'measures' is_said
daemon_kill one TERM

# ---- against the events
analyst() { PGOPTIONS='-c role=uptake_analyst' psql -qtA -v ON_ERROR_STOP=1 "$PG" -c "$1"; }
rows() { analyst "SELECT coalesce(json_agg(v), '[]') FROM uptake.$1 v"; }
jq -n --argjson program "$(rows program_outcomes)" --argjson teaching "$(rows teaching_reach)" \
    --argjson sequence "$(rows sequence_outcomes)" --argjson small "$(rows "small_teams(uptake.rollup_day(), 'own')")" \
    --argjson figures "$(analyst "SELECT json_agg(v) FROM uptake.team_measure v WHERE workflow IS NULL
                                     AND measure IN ('durability_180', 'success_lift', 'judgement')")" \
    '{program: $program, teaching: $teaching, sequence: $sequence, small: $small, figures: $figures}' > "$DIR/views.json" ||
    fail 'the views cannot be read'
python3 "$TESTS_DIR/integration/views.py" "$DIR/events.ndjson" "$DIR/views.json" || fail 'the views say something else'
jq -e '.teaching[0].teams_taught_elsewhere == 1 and .teaching[0].people_brought_elsewhere == 4' "$DIR/views.json" > /dev/null ||
    fail 'teaching in another team is not seen'

# ---- a year apart: what is frozen, where both are shown
[ "$(sql "SELECT count(*) > 500 AND bool_and(y.estimate = (h.measures #>> ARRAY[y.measure, '0'])::float8
                  AND y.estimate_before = (b.measures #>> ARRAY[y.measure, '0'])::float8
                  AND NOT y.measure = ANY (h.suppressed || b.suppressed) AND y.change BETWEEN y.change_lo AND y.change_hi
                  AND h.day - b.day BETWEEN 365 AND 366)
            FROM uptake.team_year y JOIN uptake.health h USING (team, day) JOIN uptake.health b ON b.team = y.team AND b.day = y.year_before
           WHERE y.lo IS NOT NULL AND y.lo_before IS NOT NULL AND y.measure <> 'health'")" = t ] || fail 'a year apart differs'
[ "$(sql "SELECT count(*) FROM uptake.team_year WHERE team = 'tiny-4' AND measure = 'practising'")" = 0 ] || fail 'a small team is shown'
sql "UPDATE uptake.health SET definitions = 'other' WHERE day = (SELECT max(day) FROM uptake.health)"
[ "$(sql "SELECT count(*) FROM uptake.team_year WHERE day = (SELECT max(day) FROM uptake.health)")" = 0 ] ||
    fail 'figures by different definitions are compared'
sql "UPDATE uptake.health h SET definitions = o.definitions FROM uptake.health o WHERE h.definitions = 'other' AND o.team = h.team AND o.day = h.day - 1"

# ---- the frozen history as a plot and as CSV
analyst_ctl() { PGOPTIONS='-c role=uptake_analyst' "$BIN_DIR/uptakectl" "$@" --postgresql "$PG"; }
analyst_ctl export > "$DIR/all.csv" || fail 'nothing is exported'
[ "$(head -n 1 "$DIR/all.csv")" = team,day,measure,estimate,lo,hi,n,because,definitions,workflow,redesigned ] || fail "the CSV begins with $(head -n 1 "$DIR/all.csv")"
sql "SELECT concat_ws(',', team, day, key) || ',' || CASE jsonb_typeof(value) WHEN 'boolean' THEN concat(value::boolean::integer, ',,,')
            WHEN 'array' THEN concat((value ->> 0)::float8, ',', (value ->> 1)::float8, ',', (value ->> 2)::float8, ',', (value ->> 3)::float8)
            ELSE concat(value::float8, ',,,') END || ',,' || definitions
       FROM uptake.health, jsonb_each(measures - suppressed)
      UNION ALL SELECT concat_ws(',', team, day, 'health', health, lo, hi, n) || ',,' || definitions
       FROM uptake.health WHERE health IS NOT NULL AND headcount >= min_group" | LC_ALL=C sort > "$DIR/expected"
sed 1d "$DIR/all.csv" | awk -F , '$4 != "" && $11 == ""' | sed 's/,,$//' | LC_ALL=C sort > "$DIR/actual"
cmp "$DIR/expected" "$DIR/actual" || fail "exported figures are others: $(diff "$DIR/expected" "$DIR/actual" | head -n 4)"
sql "SELECT concat_ws(',', team, as_of, measure, estimate, lo, hi, n, because) FROM uptake.redesign_outcomes WHERE NOT provisional" |
    LC_ALL=C sort > "$DIR/expected"
[ -s "$DIR/expected" ] || fail 'no redesign was judged'
awk -F , '$11 ~ /^2/' "$DIR/all.csv" | cut -d , -f 1-8 | sed 's/,,*/,/g; s/,$//' | LC_ALL=C sort | cmp - "$DIR/expected" || fail 'exported redesigns are others'
jq -Rrs 'split("\n")[1:-1][] | split(",") | select((.[3] == "") == (.[7] == "") or .[8] == "")' "$DIR/all.csv" > "$DIR/odd"
[ ! -s "$DIR/odd" ] || fail "neither a figure nor why there is none: $(head -n 3 "$DIR/odd")"
at=$(sql 'SELECT max(day) - 9 FROM uptake.health')
analyst_ctl export --from "$at" --to "$at" > "$DIR/day.csv" && grep -F ",$at," "$DIR/all.csv" | cmp - <(sed 1d "$DIR/day.csv") || fail 'one day is another'
analyst_ctl export --from "$at" --to 2020-01-01 2> "$DIR/said" && fail 'a range that ends before it begins'
sql "UPDATE uptake.health SET definitions = 'other' WHERE day >= '$at' AND team = 'stall-5'"
analyst_ctl export --json --from "$at" --to "$at" > "$DIR/day.json" && jq -rs '.[] | [.team, .day, .measure, .because] | @csv' "$DIR/day.json" | tr -d '"' |
    LC_ALL=C sort > "$DIR/actual" && sed 1d "$DIR/day.csv" | awk -F , -v OFS=, '{ print $1, $2, $3, $8 }' | LC_ALL=C sort | cmp - "$DIR/actual" || fail 'export --json is another'
analyst_ctl history stall-5 --measure practising --days 40 > "$DIR/plot" || fail 'no history'
[ "$(grep -c '| from here on definitions other:' "$DIR/plot")" = 1 ] && sed -n 4p "$DIR/plot" | grep -qE '^  [^ |]+[|][^ |]+$' ||
    fail "where definitions change: $(cat "$DIR/plot")"
analyst_ctl history stall-5 --measure practising --days 40 --json > "$DIR/history.json" || fail 'no history as JSON'
sql "UPDATE uptake.health h SET definitions = o.definitions FROM uptake.health o WHERE h.definitions = 'other' AND o.team = h.team AND o.day = '$at'::date - 1"
[ "$(jq -r '.days | length, (map(.definitions) | unique | length)' "$DIR/history.json" | xargs)" = '40 2' ] || fail 'not every day is there'
[ "$(jq -r '.days[] | [.day, .estimate] | @csv' "$DIR/history.json" | tr -d '"')" = "$(grep '^stall-5,.*,practising,' "$DIR/all.csv" | tail -n 40 | cut -d , -f 2,4)" ] ||
    fail 'history and export differ'
analyst_ctl history tiny-4 --days 5 > "$DIR/plot" && grep -q 'unknown: suppressed' "$DIR/plot" && ! grep -q ' n [0-9]' "$DIR/plot" || fail "a small team: $(cat "$DIR/plot")"
analyst_ctl history nobody 2> "$DIR/said" && fail 'a team that is none has a history'
grep -q 'uptakectl teams' "$DIR/said" || fail "a team that is none: $(cat "$DIR/said")"

# ---- why a team is judged so
analyst_ctl explain theatre-6 > "$DIR/why" || fail 'nothing is explained'
[ "$(sql "SELECT verdict FROM uptake.team_health WHERE team = 'theatre-6'")" = theatre ] && ! sed 1d "$DIR/why" | grep -qi theatre ||
    fail 'the word for SQL is said to people'
for heading in Health Verdict 'In the way' 'Open alarms'; do grep -qx "$heading" "$DIR/why" || fail "nothing of $heading"; done
grep -q '^  Changed work: not visible yet' "$DIR/why" || fail "which sign is not visible: $(cat "$DIR/why")"
said=$(sql "SELECT e ->> 0, e ->> 1, e ->> 2 FROM (SELECT measures -> 'durability_28' AS e FROM uptake.team_health WHERE team = 'theatre-6') f" |
    awk -F '|' '{ printf "durability_28: %.3g (95 %%: %.3g to %.3g)", $1, $2, $3 }')
grep -qF "    $said" "$DIR/why" || fail "not $said"
while read -r sentence; do grep -qF "$sentence" "$DIR/why" || fail "no alarm: $sentence"; done < <(sql "SELECT sentence FROM uptake.alert_open WHERE team = 'theatre-6'")
analyst_ctl explain theatre-6 --json | jq -e '.team.verdict == "theatre" and (.figures | length > 50) and (.alarms | length > 0)' > "$DIR/jq" || fail 'explain --json'
analyst_ctl explain tiny-4 > "$DIR/why" && [ "$(wc -l < "$DIR/why")" = 2 ] || fail "a small team: $(cat "$DIR/why")"
analyst_ctl explain nobody 2> "$DIR/said" && fail 'a team that is none is explained'

# ---- the same on one screen
analyst_ctl team theatre-6 > "$DIR/card" || fail 'no card'
[ "$(wc -l < "$DIR/card")" -le 32 ] && ! sed 1d "$DIR/card" | grep -qi theatre || fail "the card of a team: $(cat "$DIR/card")"
healthy=$(sql "SELECT min(team) FROM uptake.team_health WHERE health IS NOT NULL")
said=$(sql "SELECT round(health::numeric), round(lo::numeric), round(hi::numeric) FROM uptake.team_health WHERE team = '$healthy'" |
    awk -F '|' '{ printf "%s of 100 (%s to %s)", $1, $2, $3 }')
analyst_ctl team "$healthy" > "$DIR/healthy" && grep -qF "$said" "$DIR/healthy" || fail "no health: $(cat "$DIR/healthy")"
while IFS='|' read -r measure figure; do grep -qE "  $measure +$figure" "$DIR/card" || fail "the card has no $measure $figure: $(cat "$DIR/card")"; done < <(
    sql "SELECT key, (value ->> 0)::float8 FROM uptake.team_health, jsonb_each(measures)
          WHERE team = 'theatre-6' AND key IN ('regular', 'judgement', 'durability_28', 'attrition_365')" |
        awk -F '|' '{ printf "%s|%.3g\n", $1, $2 }')
grep -qE '^  Changed work +Not visible yet +0' "$DIR/card" || fail "no signs: $(cat "$DIR/card")"
analyst_ctl team theatre-6 --json > "$DIR/card.json" || fail 'no card as JSON'
sql "SELECT json_build_object('team', team, 'day', day, 'state', state, 'verdict', verdict, 'diagnosis', diagnosis, 'traceable', measures -> 'traceable' -> 0,
            'limit', health_limit, 'alarms', (SELECT json_agg(kind ORDER BY opened, kind) FROM uptake.alert_open a WHERE a.team = h.team))
       FROM uptake.team_health h WHERE team = 'theatre-6'" |
    jq -e --slurpfile card "$DIR/card.json" '$card[0] as $c | . == {team: $c.team, day: $c.day, state: $c.state, verdict: $c.verdict.word,
        diagnosis: $c.diagnosis, traceable: $c.verdict.traceable.figures[0].estimate, limit: $c.health.limit, alarms: [$c.alarms[].kind]} and
        ($c.health.components | length == 6) and ($c.beside | map(.measure) == ["completions", "training_hours", "trained"])' > "$DIR/jq" || fail "team --json: $(cat "$DIR/card.json")"
analyst_ctl team tiny-4 > "$DIR/card" && [ "$(wc -l < "$DIR/card")" = 2 ] || fail "the card of a small team: $(cat "$DIR/card")"
analyst_ctl team tiny-4 --json | jq -e '.is_suppressed and .health.estimate == null and .state == null and
    ([.health.components[], (.verdict | .changed_work, .traceable, .reproduces | .figures)] | flatten | length > 6 and all(.estimate == null))' > "$DIR/jq" || fail 'a small team as JSON'

# ---- reports: the same figures in every format
REPORTS=$DIR/reports
mkdir "$REPORTS"
odd_name=$'<script>alert(1)</script>|`*_[x](y)\n=1+1\u202eevil'
report() { analyst_ctl report "$@" 2> "$DIR/said" || fail "report $*: $(cat "$DIR/said")"; }
for format in html md csv json; do
    report theatre-6 --format $format --output "$REPORTS/one.$format"
    report --all --format $format --output "$REPORTS/all.$format"
done
[ "$(jq '[.teams[].team] | sort' "$REPORTS/all.json")" = "$(sql "SELECT json_agg(team ORDER BY team) FROM uptake.team_health" | jq .)" ] ||
    fail 'a team has no part of the report'
jq -r '.teams[] | .team as $team | .sections | (.health.health, (.measures[] | objects | .figures[]?)) | select(.estimate != null) |
        [$team, .name, .estimate, .lo, .hi, .n] | @csv' "$REPORTS/all.json" | tr -d '"' | awk -F , '{ printf "%s,%s", $1, $2; for (i = 3; i <= 6; i++) printf ($i == "" ? "," : ",%.12g"), $i; print "" }' |
    LC_ALL=C sort > "$DIR/actual"
analyst "SELECT concat_ws(',', team, m.measure), m.estimate, m.lo, m.hi, m.n FROM uptake.team_health h, LATERAL (
           SELECT 'health' AS measure, h.health AS estimate, h.lo, h.hi, h.n::float8 AS n WHERE h.health IS NOT NULL UNION ALL
           SELECT key, CASE jsonb_typeof(value) WHEN 'array' THEN (value ->> 0)::float8 WHEN 'boolean' THEN value::boolean::integer ELSE value::float8 END,
                  (value ->> 1)::float8, (value ->> 2)::float8, (value ->> 3)::float8 FROM jsonb_each(h.measures)) m
          WHERE m.measure NOT IN ('completions', 'training_hours', 'trained')" | tr '|' , |
    awk -F , '{ printf "%s,%s", $1, $2; for (i = 3; i <= 6; i++) printf ($i == "" ? "," : ",%.12g"), $i; print "" }' | LC_ALL=C sort > "$DIR/expected"
[ "$(wc -l < "$DIR/expected")" -gt 300 ] && cmp "$DIR/expected" "$DIR/actual" || fail "reported figures are others: $(diff "$DIR/expected" "$DIR/actual" | head -n 6)"
[ "$(jq '[.organisation.sections.organisation[] | objects | .entries[]?.figures[] | select(.estimate != null)] | length' "$REPORTS/all.json")" = "$(
    analyst "SELECT count(estimate) + count(team_mean) FROM uptake.organisation_health WHERE win IN ('28d', 'own')")" ] || fail 'figures of the organisation differ'
# Some versions of jq print a number as it was written.
[ "$(jq '[.teams[0].sections.health.history.days[].estimate | if . then . + 0 else . end]' "$REPORTS/one.json")" = "$(
    analyst "SELECT json_agg(health ORDER BY day) FROM uptake.team_health_daily WHERE team = 'theatre-6' AND
             day > (SELECT day - 400 FROM uptake.team_health WHERE team = 'theatre-6')" | jq '[.[] | if . then . + 0 else . end]')" ] || fail 'the history differs'
jq -e '.teams[] | select(.team == "tiny-4") | .is_suppressed and .state == null and .sections.health.health.because == "suppressed" and
       ([.sections.measures[] | objects | .figures[] | select(.because == "suppressed")] | length > 20)' "$REPORTS/all.json" > "$DIR/jq" || fail 'a small team is shown'
# A day in the past, as it was closed.
at=$(sql "SELECT max(day) - 30 FROM uptake.team_health")
report theatre-6 --format json --from "$(date -u -d "$at - 9 days" +%F)" --to "$at" --output "$REPORTS/past.json"
[ "$(jq -c '.teams[0] | [.as_of, .sections.health.health.estimate, (.sections.health.history.days | length)]' "$REPORTS/past.json")" = "$(
    analyst "SELECT json_build_array(day, health, 10) FROM uptake.team_health_daily WHERE team = 'theatre-6' AND day = '$at'" | jq -c .)" ] || fail 'a day in the past'
report --all --format json --to "$at" --output "$REPORTS/past.json"
[ "$(jq '[.teams[].as_of] | unique | length' "$REPORTS/past.json")" = 1 ] && jq -e --arg at "$at" '.organisation.as_of == $at' "$REPORTS/past.json" > "$DIR/jq" || fail 'all teams in the past'
# What cannot be made leaves what is there.
before=$(cat "$REPORTS/one.md" | cksum)
analyst_ctl report nobody --format md --output "$REPORTS/one.md" 2> "$DIR/said" && fail 'a team that is none is reported'
grep -q 'uptakectl teams' "$DIR/said" && [ "$(cat "$REPORTS/one.md" | cksum)" = "$before" ] || fail "a team that is none: $(cat "$DIR/said")"
[ "$(find "$REPORTS" -name '*.??????' | wc -l)" = 0 ] || fail 'half a report is left over'
psql -qtA -v ON_ERROR_STOP=1 -v source=theatre-6 -v "name=$odd_name" "$PG" -f "$TESTS_DIR/page/hostile-team.sql" || fail 'no team with an odd name'
for format in html md csv json; do report "$odd_name" --format $format --output "$REPORTS/hostile.$format"; done
for table in alert redesign measure health team; do sql "DELETE FROM uptake.$table WHERE team LIKE '<script>%'"; done
if npm_fetch page axe-core/axe.min.js; then export AXE=$NPM_MODULES/axe-core/axe.min.js; else echo "not checked: accessibility of reports (npm is not there, or axe-core could not be fetched)"; fi
python3 "$TESTS_DIR/page/check_report.py" "$REPORTS" theatre-6 || fail 'a report'

# ---- the README's examples, in a database that knows of groups and of hindsight
sql "SELECT team || CASE WHEN row_number() OVER (ORDER BY team) > 4 THEN ',claims' ELSE ',service' END || ',2024-01-01,' FROM uptake.team" |
    { echo team,grp,valid_from,valid_to && cat; } | "$BIN_DIR/uptakectl" groups --postgresql "$PG" - > "$DIR/said" || fail "$(cat "$DIR/said")"
"$BIN_DIR/uptakectl" recompute --config "$DIR/one.conf" --set events.idle_after=1d --quiet \
    --from "$(sql "SELECT max(day) - 5 FROM uptake.health")" > "$DIR/said" || fail 'nothing can be recomputed'
awk -v dir="$DIR" '$0 == "```sql" { on = 1; file = sprintf("%s/example-%02d.sql", dir, ++n); printf "" > file; next }
                   /^```/ { on = 0 } on { print > file }' "$README"
examples=0
for example in "$DIR"/example-*.sql; do
    [ -s "$example" ] || fail 'README.md has no examples'
    # Each statement by itself: all of them must give rows.
    python3 - "$example" "$DIR" <<'PY'
import re, sys
for n, statement in enumerate(filter(str.strip, open(sys.argv[1]).read().split(';\n'))):
    open(f'{sys.argv[1]}.{n}', 'w').write(statement.rstrip().rstrip(';') + ';\n')
PY
    for statement in "$example".*; do
        examples=$((examples + 1))
        # The outbox is the writer's, and empty where everything is delivered.
        role=uptake_analyst
        grep -q 'uptake\.alert_delivery' "$statement" && role=uptake_writer
        PGOPTIONS="-c role=$role" psql -qtA -v ON_ERROR_STOP=1 "$PG" -f "$statement" > "$DIR/answer" 2> "$DIR/said" ||
            fail "an example fails: $(cat "$statement" "$DIR/said")"
        [ -s "$DIR/answer" ] || [ "$role" = uptake_writer ] || fail "an example gives no rows: $(cat "$statement")"
    done
done
((examples >= 10)) || fail "only $examples examples"

# ---- the questions of sql/examples: how to read the answer is said before the query
questions=0
for question in "$(dirname "$TESTS_DIR")"/sql/examples/*.sql; do
    questions=$((questions + 1))
    sed -n 1p "$question" | grep -q '^-- .*?$' && [ "$(grep -c '^-- ' "$question")" -ge 4 ] || fail "$question does not say what it answers"
    PGOPTIONS='-c role=uptake_analyst' psql -qtA -v ON_ERROR_STOP=1 "$PG" -f "$question" > "$DIR/answer" 2> "$DIR/said" ||
        fail "$question: $(cat "$DIR/said")"
    [ -s "$DIR/answer" ] || fail "$question gives no rows"
    ! grep -qE '^tiny-4[|].*[0-9][.][0-9]' "$DIR/answer" || fail "$question shows a small team"
done
((questions >= 10)) || fail "only $questions questions"

# ---- the dashboards
python3 "$TESTS_DIR/grafana/check_queries.py" "$PG" "$UPTAKE_TEST_REDIS" tiny-4 stall-5 theatre-6 redesigned-3 growing-1 || fail 'the dashboards'
echo "$examples examples and $questions questions give rows"

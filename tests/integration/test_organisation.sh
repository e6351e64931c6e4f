#!/usr/bin/env bash
# From events to the organisation and its groups, as an analyst sees them: what the daemon has stored of several teams, rolled up,
# is what evaluating the union of the teams says, small groups held back.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "organisation-$$" 2
rollup() { python3 "$TESTS_DIR/integration/rollup.py" "$@"; }
"$BIN_DIR/uptakectl" simulate --seed 41 --days 120 --teams growing:7,steady:6,over_trust:9,silent:5,tiny:3,tiny:3 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" > "$DIR/produced" || fail 'nothing was sent'
daemon_start one events.idle_after=1d
wait_until 120 'all messages' all_done "$lines"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"

day=$(sql 'SELECT uptake.rollup_day()')
[ -n "$day" ] || fail 'no day has closed'
"$BIN_DIR/uptakectl" evaluate --as-of "$day" "$DIR/events.ndjson" > "$DIR/document.json" || fail 'the events cannot be evaluated'
mapfile -t teams < <(jq -r '.measures | keys[]' "$DIR/document.json")
[ ${#teams[@]} = 6 ] || fail "there are the teams ${teams[*]}"
mapfile -t tiny < <(printf '%s\n' "${teams[@]}" | grep tiny)

# ---- groups: the large ones, each of the tiny ones, and one of all
{
    echo team,grp,valid_from,valid_to
    for team in "${teams[@]}"; do
        case $team in
        "${tiny[0]}") echo "$team,small,2025-01-01," ;;
        "${tiny[1]}") echo "$team,smaller,2025-01-01," ;;
        *) echo "$team,large,2025-01-01," ;;
        esac
        echo "$team,every,$day,"
        echo "$team,before,2025-01-01,$day"
    done
} | "$BIN_DIR/uptakectl" groups --postgresql "$PG" - > "$DIR/said" || fail 'groups are not loaded'
as_analyst() { psql -qtA -v ON_ERROR_STOP=1 "$PG" -c 'SET ROLE uptake_analyst' -c "$1"; }

# check GROUP TEAM...: the figures of the group, all of which people stand behind, against the union of these teams
check() {
    local group=$1
    shift
    jq -c --arg teams "$*" 'select(.data.team as $t | $teams | split(" ") | index($t))' "$DIR/events.ndjson" > "$DIR/some.ndjson"
    rollup merge "$DIR/some.ndjson" > "$DIR/one.ndjson"
    "$BIN_DIR/uptakectl" evaluate --as-of "$day" "$DIR/one.ndjson" > "$DIR/one.json" || fail 'the union cannot be evaluated'
    as_analyst "SELECT row_to_json(x) FROM (SELECT r.*, uptake.t_quantile(0.975, nullif(greatest(r.teams - 1, 0), 0)) AS t FROM $group r) x" > "$DIR/rows"
    as_analyst "SELECT row_to_json(s) FROM uptake.small_teams('$day') s" > "$DIR/small"
    echo "$group: $(rollup check-cells "$DIR/document.json" "$DIR/one.json" "$DIR/rows" "$DIR/small" "$@")" | tee "$DIR/said"
    grep -q ', 0 differences$' "$DIR/said" || fail "$group differs"
}
mapfile -t large < <(printf '%s\n' "${teams[@]}" | grep -v tiny)
check "uptake.rollup(uptake.group_teams('large'))" "${large[@]}"
check "(SELECT * FROM uptake.group_health WHERE grp = 'large')" "${large[@]}"
check "uptake.organisation_health" "${teams[@]}"
[ "$(as_analyst "SELECT string_agg(DISTINCT grp, ' ' ORDER BY grp) FROM uptake.group_health")" = 'every large small smaller' ] || fail 'other groups are valid'
[ "$(as_analyst "SELECT count(*) FROM uptake.group_health WHERE grp LIKE 'small%' AND (estimate IS NOT NULL OR people IS NOT NULL OR n IS NOT NULL)")" = 0 ] ||
    fail "figures of three people are shown: $(as_analyst "SELECT * FROM uptake.group_health WHERE grp LIKE 'small%' AND estimate IS NOT NULL")"
[ "$(as_analyst "SELECT count(*) FROM uptake.group_health WHERE grp = 'small' AND because = 'suppressed' AND measure IN ('headcount', 'ai_share') AND win <> '1d'")" = 4 ] ||
    fail 'figures of three people are not suppressed'
# As many people are behind it as were at work: nobody of these works elsewhere.
[ "$(as_analyst "SELECT people FROM uptake.group_health WHERE grp = 'large' AND measure = 'ai_share' AND win = '90d'")" = \
  "$(sql "SELECT count(DISTINCT w.person) FROM uptake.person_week w JOIN uptake.person p USING (partition, team, person)
           WHERE w.team NOT LIKE 'tiny%' AND w.tasks > 0 AND w.week BETWEEN (DATE '$day' - 89 - DATE 'epoch') / 7 AND (DATE '$day' - DATE 'epoch') / 7
             AND EXISTS (SELECT FROM generate_series(0, 89) i WHERE DATE '$day' - i - p.days_from BETWEEN 0 AND 8 * length(p.worked) - 1
                            AND get_bit(p.worked, DATE '$day' - i - p.days_from) = 1 AND (DATE '$day' - i - DATE 'epoch') / 7 = w.week)")" ] ||
    fail 'another number of people stands behind a figure'

# ---- figures about people: sums over the frozen rows; of beginners there are too few in each team, but not in all
[ "$(sql "SELECT bool_and('entry_nonroutine_share' = ANY (suppressed) OR NOT measures ? 'entry_nonroutine_share') FROM uptake.health WHERE day = '$day'")" = t ] ||
    fail 'a team has many beginners'
for measure in entry_nonroutine_share durability_28 practising; do
    [ "$(as_analyst "SELECT round(estimate::numeric, 9), n FROM uptake.organisation_health WHERE measure = '$measure'")" = \
      "$(sql "SELECT round((sum((measures #>> '{$measure,0}')::float8 * (measures #>> '{$measure,3}')::float8) / sum((measures #>> '{$measure,3}')::float8))::numeric, 9),
                     sum((measures #>> '{$measure,3}')::float8) FROM uptake.health WHERE day = '$day'")" ] || fail "$measure is no sum over teams"
done
[ "$(as_analyst "SELECT people BETWEEN 5 AND 12 FROM uptake.organisation_health WHERE measure = 'entry_nonroutine_share'")" = t ] ||
    fail "$(as_analyst "SELECT people FROM uptake.organisation_health WHERE measure = 'entry_nonroutine_share'") beginners"
[ "$(as_analyst "SELECT estimate = people AND n IS NULL FROM uptake.organisation_health WHERE measure = 'headcount'")" = t ] || fail 'no headcount'

# ---- diagnoses: of the teams that are shown
as_analyst "SELECT diagnosis || ' ' || teams_with FROM uptake.group_diagnosis WHERE grp = 'every' AND teams_with > 0 ORDER BY 1" > "$DIR/actual"
sql "SELECT word || ' ' || count(*) FROM uptake.team_health_daily, unnest(diagnosis) word WHERE day = '$day' GROUP BY word ORDER BY 1" > "$DIR/expected"
[ -s "$DIR/expected" ] && cmp "$DIR/expected" "$DIR/actual" || fail "$(diff "$DIR/expected" "$DIR/actual")"
[ "$(as_analyst "SELECT max(teams_judged) FROM uptake.organisation_diagnosis")" = 4 ] || fail 'a team of three people is judged'
echo "roll-ups of $day agree with the union of the teams"

#!/usr/bin/env bash
# A team whose outcomes dry up, and one that stops sending while others go on, are alarms of the service, for the owner of the team or
# of its group; both resolve when the feed is back.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

UPTAKECTL=$BIN_DIR/uptakectl
daemon_begin "feed-alarms-$$" 1
"$UPTAKECTL" simulate --seed 11 --start 2026-01-05 --days 240 --teams steady:8,growing:7,randomised:9 --faults 0 > "$DIR/all.ndjson"
# steady-1 loses its outcomes of days 80 to 159, growing-2 says nothing on days 150 to 179.
python3 - "$DIR/all.ndjson" > "$DIR/events.ndjson" << 'END'
import datetime, json, sys
begin = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)
for line in open(sys.argv[1]):
    event = json.loads(line)
    day = (datetime.datetime.fromisoformat(event['time'].replace('Z', '+00:00')) - begin).days
    team = event['data']['team']
    if team == 'steady-1' and event['type'] == 'uptake.outcome.v1' and 80 <= day < 160:
        continue
    if team == 'growing-2' and 150 <= day < 180:
        continue
    sys.stdout.write(line)
END
lines=$(wc -l < "$DIR/events.ndjson")
[ "$lines" -lt "$(wc -l < "$DIR/all.ndjson")" ] || fail 'nothing was left out'
daemon_start one checkpoint.interval=200ms events.idle_after=1d
wait_until 60 readiness daemon_is_ready one
sql "INSERT INTO uptake.owner VALUES ('team', 'steady-1', 'desk of steady'), ('group', 'north', 'desk of the north'), ('group', 'old', 'nobody')"
sql "INSERT INTO uptake.team_group (team, grp, valid_from, valid_to)
     VALUES ('growing-2', 'north', '2026-01-01', NULL), ('growing-2', 'old', '2025-01-01', '2026-01-01'), ('steady-1', 'north', '2026-01-01', NULL)"
"$UPTAKECTL" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" || fail 'not sent'
wait_until 120 'all messages' all_done "$lines"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"

sql "SELECT concat_ws('|', kind, team, owner, (resolved > opened)::text) FROM uptake.alert WHERE audience = 'service' ORDER BY kind" > "$DIR/actual"
printf '%s\n' 'blind|steady-1|desk of steady|true' 'silent|growing-2|desk of the north|true' > "$DIR/expected"
cmp "$DIR/expected" "$DIR/actual" || fail "$(diff "$DIR/expected" "$DIR/actual"; sql 'SELECT kind, team, opened, resolved, sentence FROM uptake.alert')"
# Blind once its four weeks hold hardly an outcome: a week to mature, seven closes. Silent after eleven days on which others worked.
day() { date -u -d "2026-01-05 + $1 days" +%F; }
between() { [ "$(sql "SELECT opened BETWEEN '$(day "$2")' AND '$(day "$3")' FROM uptake.alert WHERE kind = '$1'")" = t ]; }
between blind 100 130 || fail "blind: $(sql "SELECT opened FROM uptake.alert WHERE kind = 'blind'")"
counted=$(sql "SELECT count(*) FROM uptake.alert a JOIN uptake.health h ON h.team = 'randomised-3'
                AND h.day > (a.evidence ->> 'last_worked')::date AND h.day <= a.opened WHERE a.kind = 'silent' AND NOT h.quiet")
[ "$counted" = 11 ] || fail "silent after $counted days on which others worked"
[ "$(sql "SELECT evidence ->> 'last_worked' < '$(day 150)' FROM uptake.alert WHERE kind = 'silent'")" = t ] || fail 'when it was last heard of'
[ "$(sql "SELECT (evidence #>> '{measures,own,traceable,2}')::float8 < 0.2 FROM uptake.alert WHERE kind = 'blind'")" = t ] || fail 'what was seen'
# The document that is compared with the reference is about adoption.
"$UPTAKECTL" evaluate "$DIR/events.ndjson" > "$DIR/document.json"
! grep -qE '"(blind|silent)"' "$DIR/document.json" || fail 'faults of the feed are in the document'
echo "$lines events: $(paste -sd ' ' "$DIR/actual")"

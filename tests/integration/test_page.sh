#!/usr/bin/env bash
# The page in a real browser, and its JSON: what is shown, what is refused, and what happens while PostgreSQL is away.
# test deadline: 1500 s
set -u
. "$UPTAKE_TESTS_DIR/support/daemon.sh"
. "$UPTAKE_TESTS_DIR/support/npm.sh"

PARTITIONS=2
SIMULATED=steady:8,relapse:9,faster_worse:8,randomised:10
TEAM=steady-1

get() { curl -s -m 30 "$@" "http://127.0.0.1:${DAEMON_PORTS[one]}$path"; }
status() { path=$1 && shift && get -o /dev/null -w '%{http_code}' "$@"; }
header() { path=$1 && get -o /dev/null -D - | tr -d '\r' | sed -n "s/^$2: //Ip"; }
has_status() { [ "$(status "$2")" = "$1" ]; }
# Time has come to the present, every team has closed the same last day, and its measures are as new: nothing moves any more.
all_closed() {
    [ "$(sql "SELECT min(watermark) > now() - interval '1 minute' FROM uptake.shard WHERE teams > 0")" = t ] &&
        [ "$(sql "SELECT count(*) FILTER (WHERE evaluated_through = newest) || '/' ||
                     count(*) FILTER (WHERE newest <= (SELECT min(m.as_of) FROM uptake.measure m WHERE m.team = t.team))
                FROM uptake.team t, (SELECT max(evaluated_through) AS newest FROM uptake.team) n")" = 4/4 ] &&
        [ "$(daemon_metric one uptake_lag_events)" = 0 ]
}

daemon_begin page $PARTITIONS
daemon_start one events.idle_after=2s checkpoint.interval=1s measures.measure_interval=10s
wait_until 60 "ready daemon" daemon_is_ready one

# ---- before there is anything ------------------------------------------------------------------
wait_until 30 "answer without teams" has_status 200 /api/v1/teams
path=/api/v1/teams && [ "$(get | jq '.teams | length')" = 0 ] || fail "teams of an empty database: $(get)"

"$BIN_DIR/uptakectl" simulate --seed 7 --days 120 --until now --teams "$SIMULATED" --rate 1.2 --faults 0 > "$DIR/events.ndjson" || fail "simulate"
"$BIN_DIR/uptakectl" produce --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" > "$DIR/produce.log" 2>&1 || fail "produce"
wait_until 120 "messages in PostgreSQL" all_done "$(wc -l < "$DIR/events.ndjson")"
wait_until 120 "closed days of all teams" all_closed
# From here on time stands still, whatever the clock says.
daemon_kill one TERM
daemon_start one
wait_until 60 "daemon, again" daemon_is_ready one
wait_until 30 "page, again" has_status 200 /api/v1/teams

# ---- what is sent --------------------------------------------------------------------------------
for path in / /page/page.css /page/main.js /page/icon.svg /api/v1/glossary /api/v1/teams "/api/v1/teams?weeks=yes" "/api/v1/team?team=$TEAM" "/api/v1/history?team=$TEAM&measure=judgement"; do
    [ "$(status "$path")" = 200 ] || fail "$path: $(status "$path")"
    etag=$(header "$path" ETag)
    [ -n "$etag" ] || fail "$path has no ETag"
    [ "$(status "$path" -H "If-None-Match: $etag")" = 304 ] || fail "$path is sent again though it is known"
    cmp -s <(get) <(get --compressed) || fail "$path differs when it is compressed"
    [ "$(header "$path" X-Content-Type-Options)" = nosniff ] || fail "$path may be sniffed"
    [ "$(header "$path" Referrer-Policy)" = no-referrer ] || fail "$path tells where it came from"
    header "$path" Content-Security-Policy | grep -q "default-src 'none'" || fail "$path has no policy"
    [ "$(status "$path" -X POST)" != 200 ] || fail "$path can be posted to"
done
header / Content-Security-Policy | grep -q unsafe && fail "the policy permits what is unsafe"
header / Content-Security-Policy | grep -q "script-src 'self';.*trusted-types 'none'" || fail "the policy is $(header / Content-Security-Policy)"
[ "$(status /page/teams.sql)$(status /page/..%2fteam.sql)$(status '/api/v1/team?team=nobody')$(status /api/v1/team)$(status '/api/v1/team?team=')$(status '/api/v1/team?team=%ff')" = 404404404400400400 ] || fail "what is not there"
path="/api/v1/team?team=$TEAM"
get | jq -e '  .history | length > 60' > /dev/null || fail "no history"
get | jq -e '[.windows[] | select(.workflow == null) | .win] == ["1d", "28d", "7d", "90d", "own"]' > /dev/null || fail "windows: $(get | jq -c '.windows | map(.win)')"
[ "$(get | jq -c '.measures.judgement')" = "$(sql "SELECT measures -> 'judgement' FROM uptake.team_health WHERE team = '$TEAM'" | jq -c .)" ] || fail "judgement differs from SQL"
path="/api/v1/history?team=$TEAM&measure=judgement"
[ "$(get | jq -c '.days[-1][1:]')" = "$(sql "SELECT measures -> 'judgement' FROM uptake.team_health WHERE team = '$TEAM'" | jq -c .)" ] || fail "the last day differs from SQL"

# ---- in a browser ----------------------------------------------------------------------------------
check_page() { python3 "$TESTS_DIR/page/check_page.py" "$1" "http://127.0.0.1:${DAEMON_PORTS[one]}/" "$TEAM"; }

if command -v chromedriver > /dev/null && command -v chromium > /dev/null; then
    if npm_fetch page axe-core/axe.min.js; then export AXE=$NPM_MODULES/axe-core/axe.min.js; else echo "not checked: accessibility (npm is not there, or axe-core could not be fetched)"; fi
    check_page few || fail "a browser, few teams"
    psql -qtA -v ON_ERROR_STOP=1 -v source="$TEAM" "$PG" -f "$TESTS_DIR/page/more-teams.sql" || fail "more teams"
    check_page many || fail "a browser, many teams"
    path=/api/v1/teams
    echo "2,000 teams: $(get | wc -c) bytes, compressed $(get -H 'Accept-Encoding: gzip' | wc -c)"
else
    echo "not checked: the page in a browser (chromium and chromium-driver are not there: make deps)"
fi

# ---- PostgreSQL is away from the page -----------------------------------------------------------------
database=$(sql 'SELECT current_database()')
psql -qtA "$PG_ADMIN" -c "ALTER DATABASE $database WITH ALLOW_CONNECTIONS false" \
    -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$database' AND application_name = 'uptaked/page'" > /dev/null
wait_until 60 "503 while PostgreSQL is away" has_status 503 "/api/v1/team?team=$TEAM"
path="/api/v1/team?team=$TEAM" && get | jq -e '.error | endswith(".")' > /dev/null || fail "no sentence: $(get)"
[ "$(status /)" = 200 ] || fail "the page itself is away"
psql -qtA "$PG_ADMIN" -c "ALTER DATABASE $database WITH ALLOW_CONNECTIONS true" > /dev/null
wait_until 60 "page that comes back" has_status 200 "/api/v1/team?team=$TEAM"

# ---- with a token -----------------------------------------------------------------------------------------
daemon_kill one TERM
(umask 077 && printf 'open sesame\n' > "$DIR/token")
daemon_start one "http.http_token_file=$DIR/token"
wait_until 60 "daemon with a token" daemon_is_ready one
wait_until 30 "page with a token" has_status 401 /api/v1/teams
for path in / /page/page.css /api/v1/glossary "/api/v1/team?team=$TEAM"; do
    [ "$(status "$path")" = 401 ] || fail "$path without a token"
    [ "$(status "$path" -H 'Authorization: Bearer open sesam')$(status "$path" -u any:sesame)$(status "$path" -H 'Authorization: Basic !')" = 401401401 ] || fail "$path with a wrong token"
    [ "$(status "$path" -u 'any:open sesame')" = 200 ] || wait_until 30 "$path with a token" eval "[ \"\$(status '$path' -u 'any:open sesame')\" = 200 ]"
    [ "$(status "$path" -H 'Authorization: Bearer open sesame')" = 200 ] || fail "$path with a bearer token"
done
header / WWW-Authenticate | grep -q '^Basic realm=' || fail "a browser would not ask for it"
[ "$(status /metrics)$(status /healthz)" = 200200 ] || fail "metrics and health checks want no token"
echo "the page shows what it should"

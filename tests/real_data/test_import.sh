#!/usr/bin/env bash
# Published exports and samples are read whole by `uptakectl import`: what they prove becomes events that are taken, and nothing else.
# test deadline: 120 s

set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
UPTAKECTL=${UPTAKE_BUILD_DIR:-$ROOT/build/${VARIANT:-release}}/uptakectl
# shellcheck source=tests/real_data/common.sh
. "$HERE/common.sh"
require_real_data
require_import_data
WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-real.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

fail() {
    echo "FAILED: $*"
    head -c 3000 "$WORK/err"
    exit 1
}

# import CODE ARGUMENTS...: what comes out is taken as a whole
import() {
    local expected=$1 code=0
    shift
    "$UPTAKECTL" import "$@" >"$WORK/events" 2>"$WORK/err" || code=$?
    [ "$code" = "$expected" ] || fail "import $*: exit code $code, not $expected"
    "$UPTAKECTL" evaluate "$WORK/events" >"$WORK/document"
    grep -q "\"accepted\":$(wc -l <"$WORK/events")," "$WORK/document" || fail "import $*: not every event is taken"
    echo "$1 ${*: -1}: $(head -n 1 "$WORK/err")"
}
says() { grep -qE -- "$1" "$WORK/err" || fail "'$1' is not said"; }

# ---- Copilot: reports of people are events; everything else is totals
METRICS=$REAL_DATA/copilot-metrics
for report in organization-users-1-day-report organization-users-28-day-report; do
    import 0 copilot --team organisation "$METRICS/new-api/$report.json"
    python3 "$HERE/check_import.py" copilot-metrics "$METRICS/new-api/$report.json" "$WORK/events" || fail "$report"
done
cp "$WORK/events" "$WORK/month"
import 0 copilot --team organisation "$METRICS"/new-api/organization-users-*.json "$METRICS/new-api/organization-users-1-day-report.json"
sort "$WORK/events" | uniq -d | grep -q . && fail 'an event of overlapping reports came twice'
grep -vxFf "$WORK/events" "$WORK/month" | grep -q . && fail 'a longer report and a shorter one lack an event of the longer'
for totals in organization_metrics_response_sample organization_usage_response_sample ms-dashboard-metrics billing-credits \
    new-api/organization-1-day-report new-api/organization-28-day-report; do
    import 7 copilot --team organisation "$METRICS/$totals.json"
    says '^ +[0-9]+  totals, '
    [ "$(grep -cE '^ +[0-9]+  ' "$WORK/err")" = 1 ] || fail "$totals has something else than totals"
done
import 0 copilot --team organisation "$METRICS/organization_seats_response_sample.json"

# ---- xAPI: the conformance suite's statements have no time, and none says that something was completed
import 6 xapi --team organisation "$REAL_DATA"/xapi/statements/*.json
says '11 records of 11 files: 0 events'
says 'twice: '
import 6 xapi --team organisation --verb http://adlnet.gov/expapi/verbs/attended "$REAL_DATA"/xapi/*/*.json
says '5  time, timestamp: '

# ---- OpenTelemetry's own samples are of other programs
import 7 claude-code --team organisation "$REAL_DATA"/otlp-json/*.json
says 'unknown, scopeSpans'
says 'unknown, event.name'

# ---- CSV
import 0 csv --map "$HERE/copilot-telemetry.map" "$REAL_DATA/copilot-telemetry/events.csv"
says '1124  condition, only'
python3 "$HERE/check_import.py" copilot-telemetry "$REAL_DATA/copilot-telemetry/expected.json" "$WORK/document" || fail 'other decisions'
import 6 csv --map "$HERE/realhumaneval-chat.map" "$REAL_DATA/realhumaneval-chat/chat_events.csv"
says '568  time, time'
echo 'all as expected'

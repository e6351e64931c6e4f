#!/usr/bin/env bash
# The command line of uptakectl: help, suggestions, exit codes, and streams that begin in one command and end in another.

set -eu
# shellcheck source=tests/support/cli.sh
. "${UPTAKE_TESTS_DIR:?}/support/cli.sh"
cli_begin cli

# ---- help and mistakes
run 0 help && says out 'evaluate' && silent err
for command in $(awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' "$WORK/out"); do
    run 0 "$command" --help && says out "Usage: uptakectl $command" && says out 'Example' && silent err
done
run 0 help simulate && says out 'Archetypes'
run 2 && says err 'Usage' && silent out
run 2 evalaute && says err 'Did you mean `evaluate`?' && silent out
run 2 evaluate && says err 'FILE'
run 0 measures judgement && says out 'cannot show' && says out 'success_lift_randomised' && says out 'by reliance_measure()' && silent err
run 0 measures --table && [ "$(wc -l < "$WORK/out")" -ge 80 ] || fail "measures are missing"
run 0 measures judgement --json && jq -e 'length == 1 and .[0].name == "judgement" and .[0].see == "success_lift_randomised"' "$WORK/out" > /dev/null || fail 'measures --json'
run 0 measures --json && [ "$(jq length "$WORK/out")" = "$("$UPTAKECTL" measures --table | wc -l)" ] || fail 'measures --json: not all'
run 2 measures nonsense && says err "no measure"
run 2 evaluate --partition 3 x && says err 'no option --partition'
run 2 evaluate --now yesterday x && says err 'RFC 3339'
run 2 evaluate --as-of 2025-02-30 x && says err 'YYYY-MM-DD'
run 1 evaluate "$WORK/nothing" && says err 'No such file' && silent out
run 2 simulate --teams growing:8,growin:3 && says err "'growin'"
run 2 simulate --start 2025-01-01 --until now
run 2 simulate --days 0

# ---- alarms
{ yes 0.8 | head -n 60; yes 0.2 | head -n 40; } > "$WORK/series.csv"
run 0 detect --series "$WORK/series.csv" && says out 'day,alarm,event,since,e' && silent err
grep -qE '^6[0-9],relapsing,opened,60,' "$WORK/out" || fail 'a fall to a quarter is not found'
{ yes 0.1 | head -n 60; yes 0.9 | head -n 40; } > "$WORK/series.csv"
run 0 detect --series "$WORK/series.csv" --alarm bypassing --alarm over_trust
grep -qE '^6[0-9],bypassing,opened,60,' "$WORK/out" && grep -qE '^7[0-9],over_trust,opened,60,' "$WORK/out" || fail 'a rise is not found'
yes 0.5 | head -n 300 > "$WORK/series.csv"
run 0 detect --series "$WORK/series.csv" && [ "$(wc -l < "$WORK/out")" = 1 ] || fail 'an alarm where nothing moves'
run 2 detect && says err '--series FILE is missing'
run 2 detect --series "$WORK/series.csv" --alarm fading && says err "no alarm 'fading'"
run 2 detect --series "$WORK/series.csv" --full 0 && says err '--full must be above --empty'
run 1 detect --series "$WORK/nothing"
run 2 ack && says err 'ID'
run 2 ack a/b/c && says err '--by NAME is missing'
run 2 ack a/b/c --by "$(printf 'a\tb')" && says err 'neither tabs nor line ends'
run 2 alarms && says err '--would-have'

# ---- the other end of the output: a name that would steer a terminal, one who reads no more, a disk that is full
run 2 evaluate --now $'x\033[2Jy' x && says err 'x�[2Jy' && ! grep -q $'\033' "$WORK/err" || fail 'an escape sequence is handed on'
run 2 $'\033[2J' && ! grep -q $'\033' "$WORK/err" || fail 'an escape sequence is handed on'
[ "$("$UPTAKECTL" simulate --days 300 2> "$WORK/err" | head -n 1 | wc -l)" = 1 ] && silent err
(trap '' PIPE && "$UPTAKECTL" simulate --days 300 2> "$WORK/err" | head -n 1 > "$WORK/out") && silent err
code=0
"$UPTAKECTL" measures > /dev/full 2> "$WORK/err" || code=$?
[ $code = 1 ] && says err 'the output could not be written: No space left on device'
(unset NO_COLOR && TERM=xterm "$UPTAKECTL" measures judgement) > "$WORK/out" && ! grep -q $'\033' "$WORK/out" || fail 'colours without a terminal'
run 4 teams --postgresql 'host=127.0.0.1 port=1' && says err '`uptakectl teams --help` says how to name the server.'
run 2 top --sort nothing && says err "no column 'nothing'"
run 2 top --interval 0 && says err 'between'
run 4 top --url '' --postgresql 'host=127.0.0.1 port=1' && says err 'cannot be reached' && silent out

# ---- streams
run 0 simulate --seed 7 --days 90 --teams growing:5,relapse:4,tiny:2 --faults 0
cp "$WORK/out" "$WORK/events"
run 0 simulate --seed 7 --days 90 --teams growing:5,relapse:4,tiny:2 --faults 0
cmp "$WORK/out" "$WORK/events" || fail 'the same seed gave other events'
lines=$(wc -l <"$WORK/events")
[ "$lines" -gt 500 ] || fail "only $lines events"
run 0 evaluate "$WORK/events" && says out "\"accepted\":$lines,"

run 0 simulate --seed 8 --days 200 --teams growing:5,relapse:4 --faults 0.2
cp "$WORK/out" "$WORK/events"
run 0 evaluate --partitions 2 --now 2026-01-01T00:00:00Z "$WORK/events"
for reason in malformed envelope unknown_type schema key misrouted too_late; do
    grep -qE "\"$reason\":[1-9]" "$WORK/out" || fail "no line is $reason"
done

run 0 simulate --until 2025-06-30T12:00:00Z --days 60 --teams steady:6 --faults 0
last=$(tail -n 1 "$WORK/out" | grep -oE '"time":"[^"]*"')
[[ $last == *2025-06-* ]] || fail "the last event is of $last"
echo 'all as expected'

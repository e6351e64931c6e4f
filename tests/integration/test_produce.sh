#!/usr/bin/env bash
# `uptakectl produce` against a real Kafka: everything arrives, and every way to fail has its exit code.

set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
SERVERS=$HERE/../support/servers.sh
UPTAKECTL=$UPTAKE_BUILD_DIR/uptakectl
WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-produce.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

fail() {
    echo "FAILED: $*"
    cat "$WORK/out" "$WORK/err"
    exit 1
}

# produce EXPECTED_CODE ARGUMENTS...
produce() {
    local expected=$1 code=0
    shift
    "$UPTAKECTL" produce "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || code=$?
    [ "$code" = "$expected" ] || fail "produce $*: exit code $code, not $expected"
}

"$SERVERS" topic create produce-work:3 produce-results:3 produce-narrow:2
"$UPTAKECTL" simulate --seed 5 --days 40 --teams growing:5,automated:4,tiny:3 --faults 0.05 >"$WORK/events.ndjson"
lines=$(wc -l <"$WORK/events.ndjson")

produce 0 --brokers "$UPTAKE_TEST_KAFKA" --topic produce-work "$WORK/events.ndjson"
grep -q "^$lines lines, $lines delivered, 0 failed" "$WORK/out" || fail 'the counts'
stored=$("$SERVERS" topic describe produce-work | awk '{ sum += $4 - $3 } END { print sum }')
[ "$stored" = "$lines" ] || fail "$stored of $lines lines are in the topic"

gzip "$WORK/events.ndjson"
produce 0 --brokers "$UPTAKE_TEST_KAFKA" --topic produce-work --topic produce-results --rate 100000 "$WORK/events.ndjson.gz"

produce 2 "$WORK/events.ndjson.gz"
produce 2 --brokers "$UPTAKE_TEST_KAFKA" --set nonsense "$WORK/events.ndjson.gz"
produce 3 --brokers "$UPTAKE_TEST_KAFKA" --set kafka.nonsense=1 "$WORK/events.ndjson.gz"
produce 3 --brokers "$UPTAKE_TEST_KAFKA" --topic produce-missing "$WORK/events.ndjson.gz"
grep -q 'produce-missing does not exist' "$WORK/err" || fail 'the missing topic is not named'
produce 3 --brokers "$UPTAKE_TEST_KAFKA" --topic produce-work --topic produce-narrow "$WORK/events.ndjson.gz"
produce 4 --brokers 127.0.0.1:1 --reach-s 2 "$WORK/events.ndjson.gz"
produce 1 --brokers "$UPTAKE_TEST_KAFKA" --topic produce-work "$WORK/nothing"
printf '{"topic":"elsewhere","key":"a","value":"b"}\n' >"$WORK/other.ndjson"
produce 6 --brokers "$UPTAKE_TEST_KAFKA" --topic produce-work "$WORK/other.ndjson"
echo 'all as expected'

#!/usr/bin/env bash
# The daemon's shards agree with the independent reference to the digit: every scenario that lies here.

set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
failed=0 count=0
for file in "$HERE"/*.ndjson.gz; do
    count=$((count + 1))
    bash "$HERE/run_scenario.sh" "$(basename "$file" .ndjson.gz)" || failed=$((failed + 1))
done
echo "$count scenarios, $failed failed"
[ "$failed" = 0 ] && [ "$count" -ge 6 ]

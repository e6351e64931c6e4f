#!/usr/bin/env bash
# Runs `uptakectl evaluate` on one scenario and compares its document with the reference's.
#
#   run_scenario.sh NAME [FOLDER]     FOLDER holds NAME.ndjson.gz and NAME.expected.json.gz (default: here)

set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
NAME=$1 FOLDER=${2:-$HERE}
ROOT=$(cd "$HERE/../.." && pwd)
UPTAKECTL=${UPTAKE_BUILD_DIR:-$ROOT/build/${VARIANT:-release}}/uptakectl
WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-golden.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

mapfile -t OPTIONS < <(python3 -c '
import json, sys
print(*json.load(open(sys.argv[1]))["scenarios"][sys.argv[2]]["options"], sep="\n")' "$HERE/scenarios.json" "$NAME")
[ -n "${OPTIONS[0]-}" ] || OPTIONS=()

"$UPTAKECTL" evaluate "${OPTIONS[@]}" "$FOLDER/$NAME.ndjson.gz" >"$WORK/actual.json"
python3 "$HERE/compare.py" "$FOLDER/$NAME.expected.json.gz" "$WORK/actual.json" | sed "s/^/$NAME: /"
[ "${PIPESTATUS[0]}" = 0 ]
# The same from a pipe, uncompressed: not one byte may differ.
gzip -dc "$FOLDER/$NAME.ndjson.gz" | "$UPTAKECTL" evaluate "${OPTIONS[@]}" - | cmp - "$WORK/actual.json"

#!/usr/bin/env bash
# On four published data sets `uptakectl evaluate` finds the figures that others computed from them.
#
# The data are not ours to hand on: UPTAKE_REAL_DATA (../shared/data) has a folder of each set, or
# the test is skipped.

set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
DATA=${UPTAKE_REAL_DATA:-$ROOT/../shared/data}
UPTAKECTL=${UPTAKE_BUILD_DIR:-$ROOT/build/${VARIANT:-release}}/uptakectl
export PYTHONDONTWRITEBYTECODE=1

for set in human-alignment chatgpt-advice ai-fact-checking halie-qa; do
    if [ ! -f "$DATA/$set/expected.json" ]; then
        echo "the data set $set is not here (UPTAKE_REAL_DATA)"
        exit 77
    fi
done
WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-real.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

# Writes $1 with one figure off by twice the tolerance ($2 = off) or unknown (gone).
spoil() {
    python3 - "$1" "$2" <<'END'
import json, sys
document = json.load(open(sys.argv[1]))
windows = next(w for w in (record['windows']['90d'] for record in document['measures'].values())
               if w['rair'] or w['success_lift_randomised'])
name = 'rair' if windows['rair'] else 'success_lift_randomised'
estimate, *rest = windows[name]
windows[name] = {'off': [estimate * (1 + 2e-6), *rest], 'gone': None}[sys.argv[2]]
json.dump(document, sys.stdout)
END
}

failed=0
for set in human-alignment chatgpt-advice ai-fact-checking halie-qa; do
    python3 "$HERE/convert.py" "$DATA/$set" >"$WORK/events.ndjson"
    "$UPTAKECTL" evaluate "$WORK/events.ndjson" >"$WORK/document.json"
    python3 "$HERE/check.py" "$DATA/$set" "$WORK/document.json" || failed=$((failed + 1))
    for change in off gone; do
        spoil "$WORK/document.json" "$change" >"$WORK/spoilt.json"
        if python3 "$HERE/check.py" "$DATA/$set" "$WORK/spoilt.json" >"$WORK/spoilt.log" ||
            ! grep -q '^FAILED: ' "$WORK/spoilt.log"; then
            echo "FAILED: the check of $set does not see that a figure is $change"
            failed=$((failed + 1))
        fi
    done
done
echo "4 data sets, $failed failed"
[ "$failed" = 0 ]

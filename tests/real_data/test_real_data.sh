#!/usr/bin/env bash
# On four published data sets `uptakectl evaluate` finds the figures that others computed from them.
# test deadline: 300 s

set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
UPTAKECTL=${UPTAKE_BUILD_DIR:-$ROOT/build/${VARIANT:-release}}/uptakectl
# shellcheck source=tests/real_data/common.sh
. "$HERE/common.sh"
require_real_data
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
for set in "${REAL_SETS[@]}"; do
    python3 "$HERE/convert.py" "$REAL_DATA/$set" >"$WORK/events.ndjson"
    "$UPTAKECTL" evaluate "$WORK/events.ndjson" >"$WORK/document.json"
    python3 "$HERE/check.py" "$REAL_DATA/$set" "$WORK/document.json" || failed=$((failed + 1))
    for change in off gone; do
        spoil "$WORK/document.json" "$change" >"$WORK/spoilt.json"
        if python3 "$HERE/check.py" "$REAL_DATA/$set" "$WORK/spoilt.json" >"$WORK/spoilt.log" ||
            ! grep -q '^FAILED: ' "$WORK/spoilt.log"; then
            echo "FAILED: the check of $set does not see that a figure is $change"
            failed=$((failed + 1))
        fi
    done
done
echo "${#REAL_SETS[@]} data sets, $failed failed"
[ "$failed" = 0 ]

#!/usr/bin/env bash
# On published series whose changes people have marked, `uptakectl detect` names changes, and seldom anything else.

set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
UPTAKECTL=${UPTAKE_BUILD_DIR:-$ROOT/build/${VARIANT:-release}}/uptakectl
# shellcheck source=tests/real_data/common.sh
. "$HERE/common.sh"
REAL_SETS=(tcpd)
require_real_data
python3 "$HERE/change_points.py" "$UPTAKECTL" "$REAL_DATA/tcpd"

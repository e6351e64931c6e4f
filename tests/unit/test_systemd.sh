#!/usr/bin/env bash
# Tests of systemd/: the units are valid, shut in (exposure at most 1.5), and the template says what the single one says.

set -u
ROOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
EXPOSURE_MAX=15 # in tenths
FAILURES=0

fail() {
    echo "FAILED: $*"
    FAILURES=$((FAILURES + 1))
}

if ! command -v systemd-analyze >/dev/null; then
    echo 'systemd-analyze is not installed'
    exit 77
fi
WORK_DIR=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK_DIR"' EXIT

# The program need not be installed here, only what the units say of it be right.
for unit in uptaked.service uptaked@.service; do
    sed 's#^ExecStart=/usr/bin/uptaked #ExecStart=/bin/true #' "$ROOT_DIR/systemd/$unit" >"$WORK_DIR/$unit"
    grep -q '^ExecStart=/bin/true ' "$WORK_DIR/$unit" || fail "$unit does not start /usr/bin/uptaked"
done

for unit in uptaked.service uptaked@1.service; do
    said=$(systemd-analyze verify "$WORK_DIR/$unit" 2>&1) || fail "systemd-analyze verify $unit"
    [ -z "$said" ] || fail "systemd-analyze verify $unit: $said"
done

for unit in uptaked.service uptaked@.service; do
    if said=$(systemd-analyze security --offline=true --no-pager --threshold=$EXPOSURE_MAX "$WORK_DIR/$unit" 2>&1); then
        grep 'Overall exposure' <<<"$said" || fail "$unit: no exposure was told"
    else
        fail "$unit is exposed more than $EXPOSURE_MAX tenths: $(grep 'Overall exposure' <<<"$said")"
    fi
done

# Options of both, without comments and without what an instance has of its own.
options_of() { grep -v '^#' "$ROOT_DIR/systemd/$1" | grep -vE '^(Description|ExecStart|RuntimeDirectory)='; }
diff <(options_of uptaked.service) <(options_of uptaked@.service) || fail 'the template differs in more than the instance'

# Every code that the units do not restart on is one that the program has.
for code in $(sed -n 's/^RestartPreventExitStatus=//p' "$ROOT_DIR/systemd/uptaked.service"); do
    grep -qE "^EXIT_CODE\([A-Z]+, $code," "$ROOT_DIR/include/app/exit_code.def" || fail "there is no exit code $code"
done

exit $((FAILURES > 0))

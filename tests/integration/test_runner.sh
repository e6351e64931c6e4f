#!/usr/bin/env bash
# One failure stays one: what a test leaves dead, stopped or running is put right before the next, which is said, and where that
# cannot be, the rest is not run.
set -eu
TESTS=${UPTAKE_TESTS_DIR:?}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-runner.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
unset UPTAKE_KEEP

fail() {
    echo "FAILED: $*"
    cat "$WORK/out"
    exit 1
}

# A tree with tests of its own.
mkdir -p "$WORK/tree/tests/integration" "$WORK/tree/build"
cp "$TESTS/run-tests.sh" "$WORK/tree/tests"
cp -r "$TESTS/support" "$WORK/tree/tests"
add() { cat >"$WORK/tree/tests/integration/test_$1.sh"; }
run() { bash "$WORK/tree/tests/run-tests.sh" --servers redis,postgres "$@" >"$WORK/out" 2>&1; }
says() { grep -qE -- "$1" "$WORK/out" || fail "it does not say: $1"; }

add a_kills <<'END'
bash "$UPTAKE_TESTS_DIR/support/servers.sh" kill redis
kill -STOP "$(cat "$UPTAKE_TEST_DIR/postgres/pid")"
setsid tail -f /dev/null &
echo $! >"$UPTAKE_TEST_DIR/left"
exit 1
END
add b_asks <<'END'
[ "$(redis-cli -p "${UPTAKE_TEST_REDIS##*:}" ping)" = PONG ] && psql -qtAc 'SELECT 1' "$UPTAKE_TEST_PG" || exit 1
read -r left <"$UPTAKE_TEST_DIR/left"
[ ! -e "/proc/$left" ] || grep -q '^State:.Z' "/proc/$left/status"
END
! run || fail 'a failure is none'
says '^1 passed, 1 failed, 0 skipped$'
says '^  FAILED +integration/test_a_kills .*exit code 1$'
says '! servers: redis was dead: started again$'
says '! servers: postgres was stopped by a signal: goes on$'
says '! left running, ended now: tail '

add a_kills <<'END'
bash "$UPTAKE_TESTS_DIR/support/servers.sh" stop redis
echo exit 1 >"$UPTAKE_TEST_DIR/redis/launch"
END
! run || fail 'servers that do not come back are no failure'
says '^1 passed, 1 failed, 0 skipped$'
says '^  FAILED +integration: the servers .*after integration/test_a_kills: 1 tests were not run$'
says '\| servers: redis did not start'
! grep -q test_b_asks "$WORK/out" || fail 'the rest was run'
echo 'put right, or stopped'

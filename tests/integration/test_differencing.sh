#!/usr/bin/env bash
# No adding up and subtracting of what an analyst gets tells of fewer than min_group people: all sets of teams, groups, the
# organisation, teams by themselves and programs, in organisations with small teams, by linear algebra; and it is told of neither
# who of a block did what, nor of who is in no total. Without the rule the same attempt succeeds.
# test deadline: 600 s
set -u
TESTS_DIR=${UPTAKE_TESTS_DIR:?}
[ -n "${UPTAKE_TEST_PG:-}" ] || { echo 'skipped: needs the servers of tests/support/servers.sh'; exit 77; }
DATABASE=differencing_$$
DIR=$(mktemp -d "${TMPDIR:-/tmp}/uptake-differencing.XXXXXX")
trap 'psql -qtA "$UPTAKE_TEST_PG" -c "DROP DATABASE IF EXISTS $DATABASE WITH (FORCE)"; rm -rf "$DIR"' EXIT
PG="$UPTAKE_TEST_PG dbname=$DATABASE"
fail() { echo "FAILED: $*"; exit 1; }
helper() { python3 "$TESTS_DIR/integration/differencing.py" "$@"; }
run() { psql -qtA -v ON_ERROR_STOP=1 "$PG" -f "$1" > "$DIR/run.log" || fail "$1"; }

psql -qtA "$UPTAKE_TEST_PG" -c "CREATE DATABASE $DATABASE" || fail 'no database'
for migration in "$TESTS_DIR"/../sql/*.sql; do
    psql -qtA -1 -v ON_ERROR_STOP=1 "$PG" -f "$migration" > "$DIR/migration.log" || fail "$migration"
done

fill() { helper fill "$1" > "$DIR/fill.sql" && run "$DIR/fill.sql"; }
# ask KIND FILE: as an analyst
ask() {
    helper ask "$1" > "$DIR/ask.sql" || fail ask
    PGOPTIONS='-c role=uptake_analyst' psql -qtA -v ON_ERROR_STOP=1 "$PG" -f "$DIR/ask.sql" > "$2" || fail "nobody answers for $1"
}

for kind in block rest out 1 2 3; do
    fill "$kind"
    ask "$kind" "$DIR/answers"
    helper solve "$kind" "$DIR/answers" || fail "an analyst sees a small group"
    case $kind in
    block | out)
        helper change "$kind" > "$DIR/change.sql" && run "$DIR/change.sql"
        ask "$kind" "$DIR/changed"
        helper same "$DIR/answers" "$DIR/changed" || fail 'totals tell of small teams'
        ;;
    esac
done

# ---- the attempt is worth something: without the rule it succeeds
cat > "$DIR/off.sql" << 'SQL'
CREATE OR REPLACE FUNCTION uptake.small_teams(d date, only_win text DEFAULT NULL) RETURNS SETOF uptake.small_team
LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT (NULL::uptake.small_team).* WHERE false';
SQL
run "$DIR/off.sql"
for kind in block 1; do
    fill "$kind"
    ask "$kind" "$DIR/answers"
    helper solve "$kind" "$DIR/answers" > "$DIR/said" && fail 'without the rule nothing is seen either'
    grep -q ' seen \[.*people' "$DIR/said" || fail "without the rule: $(cat "$DIR/said")"
done

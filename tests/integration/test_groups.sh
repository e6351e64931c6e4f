#!/usr/bin/env bash
# uptakectl groups: the table is what the file says, in one transaction, or nothing has changed.
set -u
TESTS_DIR=${UPTAKE_TESTS_DIR:?} BIN_DIR=${UPTAKE_BUILD_DIR:?}
[ -n "${UPTAKE_TEST_PG:-}" ] || { echo 'skipped: needs the servers of tests/support/servers.sh'; exit 77; }
DATABASE=groups_$$
DIR=$(mktemp -d "${TMPDIR:-/tmp}/uptake-groups.XXXXXX")
trap 'psql -qtA "$UPTAKE_TEST_PG" -c "DROP DATABASE IF EXISTS $DATABASE WITH (FORCE)"; rm -rf "$DIR"' EXIT
PG="$(sed -E 's/ ?dbname=[^ ]*//' <<< "$UPTAKE_TEST_PG") dbname=$DATABASE"
fail() { echo "FAILED: $*"; cat "$DIR/out" "$DIR/err"; exit 1; }
sql() { psql -qtA -v ON_ERROR_STOP=1 "$PG" -c "$1"; }
rows() { sql "SELECT team, grp, valid_from, valid_to FROM uptake.team_group ORDER BY team COLLATE \"C\", grp COLLATE \"C\", valid_from"; }

# groups CODE ARGUMENTS...: the file is standard input
groups() {
    local expected=$1 code=0
    shift
    "$BIN_DIR/uptakectl" groups --postgresql "$PG" "$@" - > "$DIR/out" 2> "$DIR/err" || code=$?
    [ "$code" = "$expected" ] || fail "exit code $code, not $expected"
}
says() { [ "$(cat "$DIR/out")" = "$1" ] || fail "not '$1'"; }

psql -qtA "$UPTAKE_TEST_PG" -c "CREATE DATABASE $DATABASE"
: > "$DIR/out" > "$DIR/err"
groups 1 <<< 'team,grp,valid_from,valid_to'
grep -q 'run uptaked --migrate' "$DIR/err" || fail 'without a schema it does not say what is missing'
for migration in "$TESTS_DIR"/../sql/*.sql; do
    psql -qtA -1 -v ON_ERROR_STOP=1 "$PG" -f "$migration" > "$DIR/migration.log" || fail "$migration"
done
sql "INSERT INTO uptake.team VALUES (0, 'north', '2025-01-01', NULL, NULL, 0)"

FILE='team,grp,valid_from,valid_to
north,claims,2025-01-01,2025-07-01
north,service,2025-07-01,
"o'"'"'hara, ""west""",claims,2025-01-01,
north,Köln,2025-01-01,
'
groups 0 --dry-run <<< "$FILE"
says '4 rows: 4 added, 0 removed, 0 unchanged (dry run: nothing was changed)'
[ -z "$(rows)" ] || fail 'a dry run has changed something'
groups 0 <<< "$FILE"
says '4 rows: 4 added, 0 removed, 0 unchanged'
[ "$(cat "$DIR/err")" = "nothing is known yet of team 'o'hara, \"west\"'" ] || fail 'other teams are unheard of'
loaded=$(rows)
[ "$loaded" = "north|Köln|2025-01-01|
north|claims|2025-01-01|2025-07-01
north|service|2025-07-01|
o'hara, \"west\"|claims|2025-01-01|" ] || fail "the rows are $loaded"
before=$(sql "SELECT string_agg(xmin::text || ctid::text, ' ') FROM uptake.team_group")
groups 0 <<< "$FILE"
says '4 rows: 0 added, 0 removed, 4 unchanged'
[ "$before" = "$(sql "SELECT string_agg(xmin::text || ctid::text, ' ') FROM uptake.team_group")" ] || fail 'the same file has touched a row'

# A period that grows into where another was.
groups 0 <<< "${FILE//2025-07-01/2025-09-01}"
says '4 rows: 2 added, 2 removed, 2 unchanged'

# Mistakes, all of them, and nothing else.
loaded=$(rows)
groups 1 << 'END'
team,grp,valid_from,valid_to
north,claims,2025-01-01,
north,claims,2025-06-01,2025-05-01
north,claims,2025-06-01,
END
[ "$(grep -c '^-:[34]: ' "$DIR/err")" = 2 ] && grep -q -- '- has 2 mistakes: nothing was changed' "$DIR/err" || fail 'other mistakes'
[ "$loaded" = "$(rows)" ] || fail 'a file with mistakes has changed something'

# Who may not, and what may not be.
sql "CREATE ROLE groups_reader_$$ LOGIN IN ROLE uptake_analyst"
code=0
"$BIN_DIR/uptakectl" groups --postgresql "$PG user=groups_reader_$$" - <<< "$FILE" > "$DIR/out" 2> "$DIR/err" || code=$?
sql "DROP ROLE groups_reader_$$"
[ "$code" = 5 ] || fail "an analyst's exit code is $code"
[ "$loaded" = "$(rows)" ] || fail 'an analyst has changed something'
"$BIN_DIR/uptakectl" groups --postgresql "host=$DIR" - <<< "$FILE" > "$DIR/out" 2> "$DIR/err"
[ $? = 4 ] || fail 'a server that is not there has another exit code'

# Two at once: each file is in the table as a whole, or the other is.
for i in $(seq 0 299); do echo "team $i,even,2025-01-01,"; done > "$DIR/even"
for i in $(seq 0 299); do echo "team $i,odd,2025-01-01,"; done > "$DIR/odd"
for round in 1 2 3; do
    pids=()
    for name in even odd; do
        (echo team,grp,valid_from,valid_to; cat "$DIR/$name") | "$BIN_DIR/uptakectl" groups --postgresql "$PG" - > "$DIR/out.$name" 2> "$DIR/err.$name" &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || fail "$(cat "$DIR"/err.*)"; done
    [ "$(sql "SELECT count(*), count(DISTINCT grp) FROM uptake.team_group")" = '300|1' ] || fail 'the table is of two files'
done

groups 0 <<< 'team,grp,valid_from,valid_to'
says '0 rows: 0 added, 300 removed, 0 unchanged'
echo 'groups are what the file says'

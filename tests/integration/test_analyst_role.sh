#!/usr/bin/env bash
# sql/roles: an analyst's login from nothing, what it can and cannot do, the same again, and gone.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "analyst-$$" 1
ROLES=$(cd "$TESTS_DIR/../sql/roles" && pwd)
SECRET='pa"ss word'\'
ANA="ana o'\"brien $$"
WRITER=analyst_writer_$$
database=$(sed -E 's/.*dbname=//' <<< "$PG")
TCP=$(sed -E 's/ ?(user|dbname)=[^ ]*//g' <<< "$UPTAKE_TEST_PG_TCP")

# script EXPECTED_CODE FILE ARGUMENT...: without a terminal; psql then reads the password from standard input
script() {
    local expected=$1 file=$2 code=0
    shift 2
    printf '%s\n%s\n' "$SECRET" "$SECRET" | setsid -w psql -X "$@" -f "$ROLES/$file" "$PG" > "$DIR/said" 2>&1 || code=$?
    [ $code = "$expected" ] || fail "$file $*: exit code $code, not $expected: $(cat "$DIR/said")"
}
quoted() { sed "s/[\\\\']/\\\\&/g; s/.*/'&'/" <<< "$1"; }
ana() { PGPASSWORD=$SECRET psql -XqtA -v ON_ERROR_STOP=1 "$TCP dbname=$database user=$(quoted "$ANA")" "$@" 2>&1; }
# cannot STATEMENT: for lack of a right, and of nothing else, even where the login says it may write
cannot() {
    local said
    said=$(ana -c 'SET default_transaction_read_only = off' -c "$1") && fail "$1: was done"
    grep -qE 'permission denied|must be (owner|superuser)' <<< "$said" || fail "$1: refused otherwise: $said"
}

script 3 create_analyst.sql -v analyst="$ANA"
grep -q 'uptaked --migrate' "$DIR/said" || fail 'it does not say what comes first'
daemon_conf one 1 > "$DIR/one.conf"
"$BIN_DIR/uptaked" --config "$DIR/one.conf" --migrate 2> "$DIR/migrate.log" || fail 'not migrated'
sql "CREATE ROLE $WRITER LOGIN IN ROLE uptake_writer"
[ "$(sql "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'ana o%$$'")" = 0 ] || fail 'what failed has left a role'

# ---- whom it does not touch
script 3 create_analyst.sql
grep -q 'analyst=NAME' "$DIR/said" || fail 'it does not ask for a name'
for name in "$WRITER" uptake_analyst "$(sql 'SELECT current_user')"; do
    script 3 create_analyst.sql -v analyst="$name"
    grep -q 'may do more than read' "$DIR/said" || fail "$name: $(cat "$DIR/said")"
    script 3 drop_analyst.sql -v analyst="$name"
    grep -q "is no analyst's login" "$DIR/said" || fail "$name: $(cat "$DIR/said")"
done
[ "$(sql "SELECT count(*) FROM pg_db_role_setting WHERE setrole <> 0 AND setdatabase = (SELECT oid FROM pg_database WHERE datname = '$database')")" = 0 ] ||
    fail 'somebody else got settings'

# ---- from nothing
sql "REVOKE CONNECT ON DATABASE $database FROM PUBLIC"
script 0 create_analyst.sql -v analyst="$ANA" -v timeout=90s
[ "$(ana -c 'SELECT current_user')" = "$ANA" ] || fail "cannot log in: $(ana -c 'SELECT 1')"
! grep -rqF "$SECRET" "$UPTAKE_TEST_PG_DIR" --include='*log*' || fail 'the log has the password'
PGPASSWORD=wrong psql -Xq "$TCP dbname=$database user=$(quoted "$ANA")" -c 'SELECT 1' > "$DIR/said" 2>&1 && fail 'any password will do'
settings=$(ana -c "SELECT string_agg(current_setting(s), ' ') FROM unnest(ARRAY['default_transaction_read_only', 'statement_timeout',
    'idle_in_transaction_session_timeout', 'lock_timeout', 'work_mem', 'jit', 'search_path']) s")
[ "$settings" = 'on 90s 90s 10s 64MB off uptake' ] || fail "settings: $settings"
[ "$(sql "SELECT rolconnlimit FROM pg_roles WHERE rolname LIKE 'ana o%$$'")" = 3 ] || fail 'no limit of connections'
# Everything that has "analyst" in its grants, and by its short name.
views=$(sql "SELECT quote_ident(viewname) FROM pg_views WHERE schemaname = 'uptake'")
for view in $views; do ana -c "SELECT * FROM $view LIMIT 1" > "$DIR/said" || fail "$view cannot be read: $(cat "$DIR/said")"; done
for query in "$ROLES"/../examples/*.sql; do ana -f "$query" > "$DIR/said" || fail "$query: $(cat "$DIR/said")"; done
for table in $(sql "SELECT c.oid::regclass FROM pg_class c WHERE relnamespace = 'uptake'::regnamespace AND relkind IN ('r', 'p')"); do
    cannot "SELECT FROM $table"
done
cannot 'INSERT INTO uptake.health DEFAULT VALUES'
cannot 'CREATE TABLE uptake.mine (x integer)'
cannot 'CREATE TABLE public.mine (x integer)'
cannot 'CREATE SCHEMA mine'
cannot 'SELECT uptake.grant_roles()'
cannot 'SET ROLE uptake_writer'
cannot 'ALTER ROLE uptake_analyst LOGIN'
cannot "COPY (SELECT 1) TO PROGRAM 'true'"
ana -c 'CREATE TEMP TABLE t (x integer)' -c 'CREATE TABLE mine (x integer)' > "$DIR/said" && fail 'it can write'

# ---- the commands that read: what they lack is a team, not a right
ctl() {
    local expected=$1 code=0
    shift
    PGPASSWORD=$SECRET "$BIN_DIR/uptakectl" "$@" --postgresql "$TCP dbname=$database user=$(quoted "$ANA")" \
        > "$DIR/said" 2> "$DIR/err" || code=$?
    [ $code = "$expected" ] || fail "uptakectl $*: exit code $code, not $expected: $(cat "$DIR/err")"
}
for command in teams alerts export 'report --all --format md' 'top --once'; do ctl 0 $command; done
for command in team explain history report; do
    ctl 1 $command nobody
    grep -q nobody "$DIR/err" || fail "uptakectl $command: $(cat "$DIR/err")"
done
ctl 5 alarms --would-have
ctl 4 ack nobody/relapsing/2025-05-30 --by ana
grep -q 'takes no writing there' "$DIR/err" || fail "uptakectl ack: $(cat "$DIR/err")"

# ---- again: nothing is asked, what is said changes, the rest is as it comes
script 0 create_analyst.sql -v analyst="$ANA" -v connections=1 -v work_mem=8MB
! grep -qi password "$DIR/said" || fail 'it asks again'
[ "$(ana -c "SELECT current_setting('work_mem') || current_setting('statement_timeout')")" = 8MB5min ] || fail 'not as it was said'
[ "$(sql "SELECT rolconnlimit FROM pg_roles WHERE rolname LIKE 'ana o%$$'")" = 1 ] || fail 'the limit of connections stays'
script 3 create_analyst.sql -v analyst="$ANA" -v timeout=nonsense
[ "$(ana -c 'SHOW statement_timeout')" = 5min ] || fail 'a mistake was half done'
SECRET=another
script 0 create_analyst.sql -v analyst="$ANA" -v password=ask
[ "$(ana -c 'SELECT 1')" = 1 ] || fail 'no other password'
script 0 create_analyst.sql -v analyst="peer_$$" -v password=none
[ "$(sql "SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'peer_$$'")" = t ] || fail 'it has a password'
script 0 drop_analyst.sql -v analyst="peer_$$"

# ---- away, with a session that is open
coproc SESSION { PGPASSWORD=$SECRET psql -XqtA "$TCP dbname=$database user=$(quoted "$ANA")" 2>&1; }
exec {rest}<&"${SESSION[0]}" # Bash closes its own when the session ends.
session_pid=$SESSION_PID
echo 'SELECT 1;' >&"${SESSION[1]}"
read -r -t 60 answer <&"$rest" && [ "$answer" = 1 ] || fail 'no session'
script 0 drop_analyst.sql -v analyst="$ANA"
[ "$(sql "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'ana o%$$'")" = 0 ] || fail 'the role is there'
no_session() { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'ana o%$$'")" = 0 ]; }
wait_until 30 'end of the session' no_session
kill "$session_pid" 2> /dev/null
ana -c 'SELECT 1' > "$DIR/said" && fail 'it still logs in'
script 0 drop_analyst.sql -v analyst="$ANA"
grep -q 'there is no role' "$DIR/said" || fail "of nobody it says: $(cat "$DIR/said")"
sql "DROP ROLE $WRITER"
echo "reads $(wc -w <<< "$views") views and nothing else"

#!/usr/bin/env bash
# PostgreSQL behind TLS with sslmode=verify-full: the daemon works over it, and refuses, as uptakectl does, a server whose
# certificate is of a stranger or of another host, or that has none. While it runs it does not end for that: it waits.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "pg-tls-$$" 2
ADMIN="psql -XqAt -v ON_ERROR_STOP=1"
PORT=$(sed -E 's/.*port=([0-9]+).*/\1/' <<< "$UPTAKE_TEST_PG_TCP")
DATABASE=${PG##*dbname=}
(umask 077 && printf '%s\n' "$UPTAKE_TEST_PG_PASSWORD" > "$DIR/postgresql.password" &&
    printf 'localhost:%s:*:uptake:%s\n127.0.0.1:%s:*:uptake:%s\n' "$PORT" "$UPTAKE_TEST_PG_PASSWORD" "$PORT" "$UPTAKE_TEST_PG_PASSWORD" \
        > "$DIR/passfile")

# ---- the server learns TLS without a restart, for the time of this test
for name in pem key; do
    install -m 600 -o "$(stat -c %u "$UPTAKE_TEST_PG_DIR/data")" "$UPTAKE_TEST_TLS/server.$name" "$UPTAKE_TEST_PG_DIR/server.$name"
done
has_ssl() { [ "$($ADMIN "$PG_ADMIN" -c 'SHOW ssl')" = "$1" ]; }
set_ssl() {
    $ADMIN "$PG_ADMIN" -c "ALTER SYSTEM SET ssl_cert_file = '$UPTAKE_TEST_PG_DIR/server.pem'" \
        -c "ALTER SYSTEM SET ssl_key_file = '$UPTAKE_TEST_PG_DIR/server.key'" -c "ALTER SYSTEM SET ssl = '$1'" \
        -c 'SELECT pg_reload_conf()' > /dev/null || fail 'PostgreSQL does not take the certificate'
    wait_until 30 "ssl = $1" has_ssl "$1"
}
unset_ssl() {
    local status=$?
    $ADMIN "$PG_ADMIN" -c 'ALTER SYSTEM RESET ssl' -c 'ALTER SYSTEM RESET ssl_cert_file' -c 'ALTER SYSTEM RESET ssl_key_file' \
        -c 'SELECT pg_reload_conf()' > /dev/null 2>&1
    daemon_end $status
}
trap unset_ssl EXIT
set_ssl on

connection() { echo "host=$1 port=$PORT dbname=$DATABASE user=uptake sslmode=verify-full sslrootcert=$UPTAKE_TEST_TLS/$2.pem"; }

# refused PATTERN HOST CA: both programs with exit code 5.
refused() {
    local code=0
    daemon_conf one 0 > "$DIR/one.conf"
    timeout 300 "$BIN_DIR/uptaked" --config "$DIR/one.conf" --set "postgresql.connection=$(connection "$2" "$3")" \
        --set "postgresql.password_file=$DIR/postgresql.password" > "$DIR/refused.log" 2>&1 || code=$?
    [ "$code" = 5 ] || fail "uptaked: exit code $code, not 5"
    [ "$(grep -c level=error "$DIR/refused.log")" = 1 ] && grep level=error "$DIR/refused.log" | grep -qE "$1" ||
        fail "uptaked does not say /$1/, and once"
    code=0
    "$BIN_DIR/uptakectl" teams --postgresql "$(connection "$2" "$3") passfile=$DIR/passfile" > "$DIR/refused.log" 2>&1 || code=$?
    [ "$code" = 5 ] && grep -qE "$1" "$DIR/refused.log" || fail "uptakectl: exit code $code, or not /$1/"
}

refused 'has not proved who it is.*sslrootcert.*certificate verify failed' localhost stranger-ca
refused 'has not proved who it is.*localhost.*does not match host name .*127\.0\.0\.1' 127.0.0.1 ca
refused 'has not proved who it is.*root certificate file .*none.pem' localhost none

# ---- it works
"$BIN_DIR/uptakectl" simulate --seed 5 --days 10 --until now --teams growing:6 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" || fail 'not sent'
daemon_start one checkpoint.interval=200ms "postgresql.connection=$(connection localhost ca)" \
    "postgresql.password_file=$DIR/postgresql.password"
wait_until 120 'all messages' all_done "$lines"
ssl_of() { sql "SELECT bool_and(ssl) AND count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                 WHERE datname = current_database() AND application_name LIKE 'uptaked%'"; }
[ "$(ssl_of)" = t ] || fail 'a connection of the daemon is in the clear'
"$BIN_DIR/uptakectl" teams --postgresql "$(connection localhost ca) passfile=$DIR/passfile" > "$DIR/teams.log" 2>&1 || fail 'uptakectl teams'
for connection in "$(connection localhost ca) password=not-the-secret" "postgresql://uptake:not-the-secret@localhost:$PORT/$DATABASE"; do
    code=0
    "$BIN_DIR/uptakectl" teams --postgresql "$connection" > "$DIR/teams.log" 2>&1 || code=$?
    [ "$code" = 2 ] && ! grep -q not-the-secret "$DIR/teams.log" || fail 'a password on a command line is taken, or shown'
done
! grep -aqE "$UPTAKE_TEST_PG_PASSWORD" <(tr '\0' '\n' < "/proc/$(daemon_pid one)/cmdline") || fail 'a secret in the command line'

# ---- a server that lost its certificate is waited for: nothing goes to it in the clear, and the daemon stays
set_ssl off
sql "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'uptaked%'" \
    > /dev/null
is_down() { grep -q 'event=postgresql_down' "$DIR/one.log" && [ "$(daemon_metric one uptake_postgresql_up)" = 0 ]; }
wait_until 60 'PostgreSQL that is down' is_down
kill -0 "$(daemon_pid one)" 2> /dev/null || fail 'the daemon has ended'
[ "$(ssl_of)" = f ] || fail 'connected in the clear'
set_ssl on
is_up() { [ "$(daemon_metric one uptake_postgresql_up)" = 1 ]; }
wait_until 60 'PostgreSQL that is up' is_up
[ "$(ssl_of)" = t ] || fail 'a connection of the daemon is in the clear'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo 'verified, or nothing'

#!/usr/bin/env bash
# Redis behind TLS with the user of README.md: all works and nothing is missed, and everything outside is refused. A stranger's
# certificate, another host's, a wrong password and a server without TLS are each told apart, and end nothing.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "redis-acl-$$" 2
(umask 077 && echo the-redis-secret > "$DIR/redis.password" && echo not-the-secret > "$DIR/wrong.password")
ACL_LINE=$(sed -n 's/^    \(user uptake on .*\)/\1/p' "$TESTS_DIR/../README.md")
[ "$(wc -l <<< "$ACL_LINE")" = 1 ] && [ -n "$ACL_LINE" ] || fail 'README.md has not one line for the user of Redis'

# ---- a Redis that wants TLS and users
PORT=$(free_port)
SOCKET=$DIR/admin.sock
printf '%s\n' 'user default off' 'user admin on nopass ~* &* +@all' "${ACL_LINE/PASSWORD/the-redis-secret}" > "$DIR/users.acl"
redis-server --port 0 --tls-port "$PORT" --bind 127.0.0.1 --unixsocket "$SOCKET" --dir "$DIR" --save '' --aclfile "$DIR/users.acl" \
    --enable-debug-command yes --enable-module-command yes \
    --tls-cert-file "$UPTAKE_TEST_TLS/server.pem" --tls-key-file "$UPTAKE_TEST_TLS/server.key" \
    --tls-ca-cert-file "$UPTAKE_TEST_TLS/ca.pem" --tls-auth-clients optional > "$DIR/redis.log" 2>&1 &
DAEMON_PIDS[redis]=$!
admin() { redis-cli -s "$SOCKET" --user admin --no-auth-warning --pass any "$@"; }
is_up() { [ "$(admin ping 2> /dev/null)" = PONG ]; }
wait_until 30 'Redis' is_up

SECURE=(redis.tls=yes "redis.addresses=localhost:$PORT" "redis.tls_ca_file=$UPTAKE_TEST_TLS/ca.pem" redis.user=uptake
    "redis.password_file=$DIR/redis.password")

# with KEY=VALUE...: SETTINGS are those of SECURE, but for these.
with() {
    local setting change
    SETTINGS=(checkpoint.interval=200ms events.idle_after=1d)
    for setting in "${SECURE[@]}"; do
        for change; do [ "${setting%%=*}" != "${change%%=*}" ] || continue 2; done
        SETTINGS+=("$setting")
    done
    SETTINGS+=("$@")
}

# ---- what is refused, and that the daemon stays
plain=${UPTAKE_TEST_REDIS##*:}
says() { grep -E 'event=redis_down' "$DIR/$1.log" | grep -qE "$2"; }
refuses() {
    local name=$1 pattern=$2
    with "${@:3}"
    daemon_start "$name" "${SETTINGS[@]}" "kafka.group=$NAME.$name"
    wait_until 60 "/$pattern/ of $name" says "$name" "$pattern"
    [ "$(daemon_metric "$name" uptake_redis_up)" = 0 ] || fail "$name: Redis is said to be up"
    ! grep -qE 'the-redis-secret|not-the-secret' "$DIR/$name.log" || fail "$name: a secret in the log"
    daemon_kill "$name" TERM
    [ "$DAEMON_EXIT" = 0 ] || fail "$name: ended with $DAEMON_EXIT"
}
refuses stranger 'has not proved who it is.*tls_ca_file.*certificate' "redis.tls_ca_file=$UPTAKE_TEST_TLS/stranger-ca.pem"
refuses elsewhere 'has not proved who it is.*IP address mismatch' "redis.addresses=127.0.0.1:$PORT"
refuses wrong_password 'refuses the login.*password_file' "redis.password_file=$DIR/wrong.password"
refuses without_tls 'does it speak TLS' "redis.addresses=localhost:$plain"
refuses in_the_clear 'with or without TLS|closed the connection|reset by peer' redis.tls=no redis.tls_ca_file=

code=0
daemon_conf bad 0 > "$DIR/bad.conf"
"$BIN_DIR/uptaked" --config "$DIR/bad.conf" --set redis.tls=yes --set "redis.tls_ca_file=$DIR/redis.password" > "$DIR/bad.log" 2>&1 || code=$?
[ "$code" = 3 ] && grep -q 'tls_ca_file .* cannot be used' "$DIR/bad.log" || fail "a file without certificates: exit code $code"

# ---- all works
"$BIN_DIR/uptakectl" simulate --seed 11 --days 40 --until now --teams growing:9,theatre:5,tiny:3 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" > "$DIR/produced" || fail 'not sent'
admin ACL LOG RESET > /dev/null
with redis.tls=yes "redis.tls_cert_file=$UPTAKE_TEST_TLS/server.pem" "redis.tls_key_file=$UPTAKE_TEST_TLS/server.key"
daemon_start one "${SETTINGS[@]}"
wait_until 120 'all messages' all_done "$lines"
published() { [ "$(admin --scan --pattern 'uptake:{*}:team:*:28d' | wc -l)" = 3 ] && [ "$(admin --scan --pattern 'uptake:{*}:health' | wc -l)" -gt 0 ]; }
wait_until 60 'three teams in Redis' published
admin FLUSHALL > /dev/null
admin CLIENT KILL TYPE normal SKIPME yes > /dev/null
wait_until 60 'three teams again' published
daemon_conf doctor 0 > "$DIR/doctor.conf"
"$BIN_DIR/uptakectl" doctor --config "$DIR/doctor.conf" "${SETTINGS[@]/#/--set=}" --check redis --json > "$DIR/doctor.log" 2>&1
jq -e 'any(.check == "redis.rights") and ([.[] | select(.check == "redis.tls" and (.text | contains("is valid for")))] | length == 2) and all(.level == "ok" or .level == "warning")' "$DIR/doctor.log" > "$DIR/doctor.ok" ||
    fail 'the doctor finds fault with Redis'
[ "$(admin ACL LOG)" = '' ] || fail "something is not permitted that is wanted: $(admin ACL LOG)"
secret=$(tr '\0' '\n' < "/proc/$(daemon_pid one)/cmdline" | grep -c the-redis-secret)
[ "$secret" = 0 ] || fail 'a secret in the command line'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"

# ---- and nothing else: each command there is, with as many arguments as it wants; then foreign keys
allowed=" $(grep -oE ' \+[a-z|]+' <<< "$ACL_LINE" | tr -d ' +' | tr '\n' ' ') auth hello quit reset "
admin --json COMMAND | jq -r '.. | arrays | select(length >= 7 and (.[0] | type) == "string" and (.[1] | type) == "number")
    | select((.[9] // []) | length == 0) | "\(.[0]) \(.[1])"' | sort -u > "$DIR/commands"
[ "$(wc -l < "$DIR/commands")" -gt 250 ] || fail 'these are not all commands'
while read -r name arity; do
    # Of sync and psync redis-cli makes something of its own.
    [[ $allowed == *" $name "* || $name == *sync ]] && continue
    words=${name//|/ }
    for ((n = $(wc -w <<< "$words"); n < ${arity#-}; n++)); do words+=' x'; done
    printf '%s\n' "$words"
done < "$DIR/commands" > "$DIR/attempts"
REFUSED='^(EXECABORT .*)?NOPERM '
as_uptake() { redis-cli -s "$SOCKET" --user uptake --pass the-redis-secret --no-auth-warning; }
as_uptake < "$DIR/attempts" > "$DIR/answers" 2>&1
[ "$(grep -cE "$REFUSED" "$DIR/answers")" = "$(wc -l < "$DIR/attempts")" ] ||
    fail "not refused: $(grep -vE "$REFUSED" "$DIR/answers" | grep . | head -5)"
printf '%s\n' 'HGET foreign a' 'HSET foreign a b' 'HDEL foreign a' 'HLEN foreign' 'HKEYS foreign' 'DEL foreign' 'EXPIRE foreign 9' \
    'ZADD foreign 1 a' 'ZREM foreign a' 'XADD foreign * a b' 'DEL uptake:{1}:team:a:28d foreign' 'HGET uptake:1:x a' > "$DIR/attempts"
as_uptake < "$DIR/attempts" > "$DIR/answers" 2>&1
[ "$(grep -c '^NOPERM' "$DIR/answers")" = "$(wc -l < "$DIR/attempts")" ] || fail "a foreign key: $(cat "$DIR/answers")"
echo 'the user of README.md can do all that is needed, and that only'

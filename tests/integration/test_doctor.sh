#!/usr/bin/env bash
# uptakectl doctor: finds what is wrong with configuration, secrets, PostgreSQL, Kafka and Redis, and says what to do;
# every check runs whatever the others find, and servers that are down or silent do not hold it up.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"
daemon_begin doctor 4
CONF=$DIR/doctor.conf
daemon_conf doctor "$(free_port)" >"$CONF"

# ask EXPECTED_CODES ARGUMENTS...: fills $DIR/out with the findings
ask() {
    local expected=$1 code=0
    shift
    timeout 300 "$BIN_DIR/uptakectl" doctor --json --timeout-s 60 --config "$CONF" "$@" >"$DIR/out" 2>"$DIR/err" || code=$?
    [[ " $expected " == *" $code "* ]] || fail "doctor $*: exit code $code, not $expected: $(cat "$DIR/out" "$DIR/err")"
}

# finds LEVEL CHECK WORDS: the check has a finding of that level with these words in text or advice
finds() {
    jq -e --arg level "$1" --arg check "$2" --arg words "$3" \
        'any(.[]; .level == $level and .check == $check and (.text + ": " + .todo | contains($words)))' "$DIR/out" >/dev/null ||
        fail "no $1 of $2 with '$3': $(jq -r --arg check "$2" '.[] | select(.check == $check) | "\(.level) \(.text): \(.todo)"' "$DIR/out")"
}

redis() { redis-cli -h 127.0.0.1 -p "${UPTAKE_TEST_REDIS##*:}" "$@" >/dev/null; }
# Others use this Redis, too.
finish() {
    local status=$?
    redis CONFIG SET maxmemory-policy noeviction
    redis ACL DELUSER doctor
    daemon_end $status
}
trap finish EXIT

# ---- an empty database, seen by a superuser
ask 1
[ "$(jq -r 'map(.check) | unique | join(" ")' "$DIR/out")" = \
    "$("$BIN_DIR/uptakectl" doctor --list | awk '{ print $1 }' | LC_ALL=C sort | paste -sd ' ')" ] || fail 'not every check ran'
finds fault postgresql.schema 'run uptaked --migrate'
finds warning postgresql.rights 'superuser'
finds fault postgresql.durability 'set fsync' # the tests' server is a quick one
finds skipped postgresql.state 'no schema'
finds ok kafka.keys 'no message'

# ---- as it should be: a role with the rights of the daemon, events where they belong
"$BIN_DIR/uptaked" --migrate --config "$CONF" 2>"$DIR/migrate.log" || fail 'no schema'
PGOPTIONS='-c client_min_messages=warning' psql -qtA "$PG" -c "DROP ROLE IF EXISTS uptake_doctor" -c "CREATE ROLE uptake_doctor LOGIN IN ROLE uptake_writer"
AS_WRITER=(--set "postgresql.connection=$(sed -E 's/ ?user=[^ ]*//' <<<"$PG") user=uptake_doctor")
"$BIN_DIR/uptakectl" simulate --seed 3 --days 20 --teams steady:5,growing:5 --faults 0 |
    "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" - >"$DIR/produce.log"
ask '1 7' "${AS_WRITER[@]}"
# How fast servers answer, and what this machine is like, is not the test's.
for check in configuration credentials http postgresql.rights postgresql.schema postgresql.clock postgresql.tls \
    postgresql.state kafka.topics kafka.retention kafka.letters kafka.keys kafka.clock kafka.tls redis.rights redis.clock redis.tls delivery; do
    finds ok "$check" ''
done
finds ok postgresql.disk 'its disk is not seen from here' # by a role that may not ask where the data are
finds ok kafka.letters "$LETTERS can be written to"
[ "$(bash "$TESTS_DIR/support/servers.sh" topic describe "$LETTERS" | awk '{ sum += $4 } END { print sum }')" = 0 ] || fail 'the doctor has left a letter'
jq -e 'any(.[]; .check == "kafka" and (.text | contains("Kafka 4.1 or newer")))' "$DIR/out" >/dev/null || fail "no version: $(cat "$DIR/out")"
ask '0 7' "${AS_WRITER[@]}" --check postgresql.r --check kafka --check redis.c
jq -e 'all(.[]; .level == "ok" or (.text | contains("round trip")))' "$DIR/out" >/dev/null || fail "not well: $(cat "$DIR/out")"
ask 0 "${AS_WRITER[@]}" --check configuration --check credentials --check http --check delivery
[ "$(redis-cli -h 127.0.0.1 -p "${UPTAKE_TEST_REDIS##*:}" exists 'uptake:{doctor}:shard')" = 0 ] || fail 'a key is left in Redis'

bash "$TESTS_DIR/support/servers.sh" topic create "$NAME.large:1:max.message.bytes=30000000" >/dev/null
ask '0 7' "${AS_WRITER[@]}" --set "kafka.dead_letter_topic=$NAME.large" --check kafka.letters
finds skipped kafka.letters 'it takes very large ones'

# ---- another partitioner than the producers', other topics
ask 1 "${AS_WRITER[@]}" --set kafka.partitioner=consistent --check kafka.keys
finds fault kafka.keys 'set partitioner = murmur2'
bash "$TESTS_DIR/support/servers.sh" topic create "$NAME.brief:4:retention.ms=86400000" "$NAME.compact:4:cleanup.policy=compact" \
    "$NAME.other:3" >/dev/null
ask 7 "${AS_WRITER[@]}" --set "kafka.topics=$TOPIC,$NAME.brief" --check kafka.retention
finds warning kafka.retention "$NAME.brief keeps messages for 1.0 days, join_window is 35.0"
ask 1 "${AS_WRITER[@]}" --set "kafka.topics=$NAME.compact" --check kafka.retention
finds fault kafka.retention 'cleanup.policy to delete'
ask 1 "${AS_WRITER[@]}" --set "kafka.topics=$TOPIC,$NAME.other" --check kafka.topics
finds fault kafka.topics 'all input topics must have the same number'
ask 1 "${AS_WRITER[@]}" --set "kafka.topics=$NAME.nowhere" --check kafka
finds fault kafka.topics "$NAME.nowhere does not exist"

# ---- what is stored is of another key
sql "INSERT INTO uptake.shard (partition, partitions, key_fingerprint) VALUES (0, 4, '\\x00')"
ask 1 "${AS_WRITER[@]}" --check kafka.topics --check postgresql.state
finds fault postgresql.state 'another key'
sql "UPDATE uptake.shard SET partitions = 8"
sql "UPDATE uptake.schema_version SET version = 9000 WHERE version = (SELECT max(version) FROM uptake.schema_version)"
ask 7 "${AS_WRITER[@]}" --check postgresql.schema
finds warning postgresql.schema 'install the newer program'

# ---- Redis: rights that do not suffice, a policy that loses figures
redis ACL SETUSER doctor on nopass '~other:*' +ping +info
redis CONFIG SET maxmemory-policy allkeys-lru
(umask 077 && echo anything >"$DIR/password")
ask 1 "${AS_WRITER[@]}" --set redis.user=doctor --set "redis.password_file=$DIR/password" --check redis
finds fault redis.rights 'NOPERM'
finds warning redis.memory 'maxmemory-policy noeviction'
redis CONFIG SET maxmemory-policy noeviction
redis ACL DELUSER doctor
ask 1 "${AS_WRITER[@]}" --set redis.user=doctor --set "redis.password_file=$DIR/password" --check redis
finds fault redis 'correct [redis] user'

# ---- receivers of alerts
ask 0 "${AS_WRITER[@]}" --check delivery
ask 1 "${AS_WRITER[@]}" --check delivery --set delivery.alertmanager_url=http://127.0.0.1:1
finds fault delivery 'does not answer'

# ---- secrets that others may read; a mistake in the configuration hides nothing else
chmod 644 "$DIR/pseudonym.key"
ask 1 "${AS_WRITER[@]}" # it lies where systemd would take it from: that is not the daemon's to judge
finds ok configuration ''
finds fault credentials 'chmod 0600'
ask 1 "${AS_WRITER[@]}" --credentials /nonexistent
finds fault configuration 'pseudonym_key_file'
finds fault credentials 'chmod 0600'
finds ok kafka.topics ''
finds fault postgresql.state 'shards of 8 partitions, the topics have 4' # without the key
chmod 600 "$DIR/pseudonym.key"
(umask 022 && echo key >"$DIR/loose.key")
ask 1 "${AS_WRITER[@]}" --check credentials --set redis.tls=yes --set "redis.tls_cert_file=$DIR/loose.key" \
    --set "redis.tls_key_file=$DIR/loose.key" --set "kafka.kafka.ssl.key.location=$DIR/loose.key"
finds fault credentials "tls_key_file: $DIR/loose.key (mode 0644) is open to others than its owner: chmod 0600 it"
finds fault credentials "ssl.key.location: $DIR/loose.key (mode 0644) is open to others"
ask 1 --set nonsense.key=1
finds fault configuration 'there is no such key'
finds skipped kafka.topics 'the configuration cannot be read'

# ---- servers that are away, and one that accepts and says nothing
ask 1 --timeout-s 1 --set kafka.kafka.bootstrap.servers=127.0.0.1:1 --set redis.addresses=127.0.0.1:1 \
    --set 'postgresql.connection=host=127.0.0.1 port=1'
for check in postgresql kafka redis; do finds fault "$check" 'start'; done
finds skipped redis.memory 'Redis cannot be asked'
python3 -c '
import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(64)
print(s.getsockname()[1], flush=True)
kept = []
while True: kept.append(s.accept())' >"$DIR/port" &
DAEMON_PIDS[silent]=$! # ended with the rest
wait_until 30 'silent server' test -s "$DIR/port"
port=$(cat "$DIR/port")
ask 1 --timeout-s 1 --set "kafka.kafka.bootstrap.servers=127.0.0.1:$port" --set "redis.addresses=127.0.0.1:$port" \
    --set "postgresql.connection=host=127.0.0.1 port=$port"
for check in postgresql kafka redis; do finds fault "$check" ''; done

# ---- for people
code=0
"$BIN_DIR/uptakectl" doctor --config "$CONF" --check http >"$DIR/out" || code=$?
[ $code = 0 ] && grep -qE '^ok +http ' "$DIR/out" && tail -n 1 "$DIR/out" | grep -qxF '0 faults, 0 warnings, 2 ok, 0 skipped' ||
    fail "for people: $(cat "$DIR/out")"
code=0
"$BIN_DIR/uptakectl" doctor --check kafke 2>"$DIR/err" || code=$?
[ $code = 2 ] && grep -q "no check 'kafke'" "$DIR/err" || fail 'a check that is not there'
echo 'all as expected'

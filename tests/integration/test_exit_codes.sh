#!/usr/bin/env bash
# Whatever keeps uptaked from running: its exit code, exactly one error that says what to do, and no secret in any output.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "exit-codes-$$" 2
SERVERS=$TESTS_DIR/support/servers.sh
daemon_conf one 0 > "$DIR/one.conf"
(umask 077 && echo not-the-secret > "$DIR/wrong.password" && printf '%s\n' "$UPTAKE_TEST_PG_PASSWORD" > "$DIR/right.password")
CLOSED_PORT=$(free_port)

# Ends by itself with this code.
run() {
    local expected=$1 code=0
    shift
    timeout 300 "$BIN_DIR/uptaked" --config "$DIR/one.conf" "$@" > "$DIR/out" 2>&1 < /dev/null || code=$?
    cat "$DIR/out" >> "$DIR/all.log"
    [ "$code" = "$expected" ] || fail "$*: exit code $code, not $expected"
    ! grep -qE "not-the-secret|$UPTAKE_TEST_PG_PASSWORD|kkkkkkkk|6b6b6b6b" "$DIR/out" || fail "$*: a secret in the output"
}

# refused CODE PATTERN ARGUMENTS...: with one line of level error, which matches.
refused() {
    local expected=$1 pattern=$2
    shift 2
    run "$expected" "$@"
    [ "$(grep -c 'level=error' "$DIR/out")" = 1 ] || fail "$*: not one error but: $(cat "$DIR/out")"
    grep 'level=error' "$DIR/out" | grep -qE -- "$pattern" || fail "$*: $(grep level=error "$DIR/out") is not /$pattern/"
}

# misconfigured PATTERN ARGUMENTS...: the only line matches.
misconfigured() {
    local pattern=$1
    shift
    run 3 "$@"
    [ "$(wc -l < "$DIR/out")" = 1 ] || fail "$*: not one line but: $(cat "$DIR/out")"
    grep -qE -- "$pattern" "$DIR/out" || fail "$*: $(cat "$DIR/out") is not /$pattern/"
}

# ---- the configuration and the files that it names
run 0 --check-config
misconfigured 'dead_letter_topic: .* one of the topics' --set "kafka.dead_letter_topic=$TOPIC"
misconfigured 'pseudonym_key_file: .*No such file' --set "privacy.pseudonym_key_file=$DIR/none"
chmod 644 "$DIR/pseudonym.key"
misconfigured "one.conf:[0-9]+: \[privacy\] pseudonym_key_file: .*mode 0644.*chmod 0600"
chmod 600 "$DIR/pseudonym.key"
misconfigured 'wants keyword=value|password_file' --set "postgresql.connection=host=x password=not-the-secret"
misconfigured 'kafka.nonsense' --check-config --set kafka.kafka.nonsense=1
run 2 --nonsense
misconfigured 'nothing.conf: cannot be opened' --config "$DIR/nothing.conf" --check-config

cat > "$DIR/faulty.conf" <<'CONF'
[kafka]
topics =
[events]
grace = 7x
no pair at all
[privacy]
pseudonym_key_file = /nowhere/pseudonym.key
[redis]
adresses = 127.0.0.1:6379
CONF
run 3 --check-config --config "$DIR/faulty.conf"
for place in '2: \[kafka\] topics: ' '4: \[events\] grace: ' '5: ' '7: \[privacy\] pseudonym_key_file: ' \
    '9: \[redis\] adresses: .*did you mean addresses'; do
    grep -qE "^$DIR/faulty.conf:$place" "$DIR/out" || fail "no complaint at $place: $(cat "$DIR/out")"
done
[ "$(wc -l < "$DIR/out")" = 5 ] || fail "not five complaints: $(cat "$DIR/out")"

# ---- PostgreSQL and its schema
refused 7 'version 0.*uptaked --migrate' --set postgresql.auto_migrate=no
run 0 --migrate
refused 4 'event=(migrate|postgresql) .*cannot be reached' --set "postgresql.connection=host=127.0.0.1 port=$CLOSED_PORT"
refused 4 'event=(migrate|postgresql) .*cannot be reached' --set "postgresql.connection=host=127.0.0.1 port=$CLOSED_PORT" --migrate
refused 5 'password.*password_file' --set "postgresql.connection=$UPTAKE_TEST_PG_TCP" \
    --set "postgresql.password_file=$DIR/wrong.password"
refused 5 'password.*password_file' --set "postgresql.connection=$UPTAKE_TEST_PG_TCP" --set postgresql.auto_migrate=no
refused 3 'no database .*nowhere.*create it' --set "postgresql.connection=${PG/dbname=*/dbname=nowhere_$$}"
sql "INSERT INTO uptake.schema_version (version, name) VALUES (9999, 'of the future')"
refused 7 'version 9999.*install a newer' --set postgresql.auto_migrate=no
refused 7 'version 9999.*install a newer'
sql "DELETE FROM uptake.schema_version WHERE version = 9999"

# ---- Kafka and its topics
bash "$SERVERS" topic create "$TOPIC.three:3" "$TOPIC.renewed:2" > /dev/null
refused 4 'no broker answers.*bootstrap' --set "kafka.kafka.bootstrap.servers=127.0.0.1:$CLOSED_PORT"
refused 6 "topic nowhere.$$ does not exist; create" --set "kafka.topics=$TOPIC,nowhere.$$"
refused 6 "topic nowhere.$$ does not exist; create" --set "kafka.dead_letter_topic=nowhere.$$"
refused 6 "2 partitions.*3.*same number" --set "kafka.topics=$TOPIC,$TOPIC.three"

# ---- HTTP
refused 3 "http .*listen at $UPTAKE_TEST_KAFKA: Address already in use.*todo=.*http_listen" --set "http.http_listen=$UPTAKE_TEST_KAFKA"

# ---- what is stored
"$BIN_DIR/uptakectl" simulate --seed 3 --days 5 --until now --teams growing:4,stall:4 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC.renewed" "$DIR/events.ndjson" ||
    fail 'not sent'
daemon_start one checkpoint.interval=200ms "kafka.topics=$TOPIC.renewed"
wait_until 60 'all messages' all_done "$lines"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"

# A topic that grows while it is read would move teams between partitions.
bash "$SERVERS" topic create "$TOPIC.growing:2" > /dev/null
timeout 300 "$BIN_DIR/uptaked" --config "$DIR/one.conf" --set "kafka.topics=$TOPIC.growing" --set "kafka.group=$NAME.growing" \
    --set kafka.kafka.topic.metadata.refresh.interval.ms=500 > "$DIR/out" 2>&1 &
growing=$!
wait_until 30 'reading' grep -q event=ready "$DIR/out"
bash "$SERVERS" topic grow "$TOPIC.growing" 3
code=0
wait $growing || code=$?
[ "$code" = 8 ] || fail "a growing topic: exit code $code"
[ "$(grep -c level=error "$DIR/out")" = 1 ] && grep -q 'level=error event=partitions_added .*todo=' "$DIR/out" ||
    fail "a growing topic: $(cat "$DIR/out")"

(umask 077 && head -c 16 /dev/zero | tr '\0' j > "$DIR/other.key")
refused 8 'key' --set "privacy.pseudonym_key_file=$DIR/other.key" --set "kafka.topics=$TOPIC.renewed"
refused 8 '3 partitions.*made of 2' --set "kafka.topics=$TOPIC.three"
bash "$SERVERS" topic delete "$TOPIC.renewed" && bash "$SERVERS" topic create "$TOPIC.renewed:2" > /dev/null || fail 'the topic is not made anew'
refused 8 'offset_beyond_end .*todo=.*made anew' --set "kafka.topics=$TOPIC.renewed"
[ "$(messages_done)" = "$lines" ] || fail 'what was stored has changed'
echo "every refusal has its exit code and one clear line"

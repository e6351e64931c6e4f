#!/usr/bin/env bash
# Kafka behind TLS and SCRAM: the daemon reads and rejects, uptakectl sends; a wrong password, a stranger's certificate and another
# host's are told apart and end both with their exit codes; no secret is to be seen from outside. Where librdkafka is too old for
# SCRAM with Kafka 4 that is said, and PLAIN over TLS takes its place.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "kafka-tls-$$" 2
(umask 077 && echo not-the-secret > "$DIR/wrong.password" && printf '%s\n' "$UPTAKE_TEST_KAFKA_PASSWORD" > "$DIR/kafka.password")
PORT=${UPTAKE_TEST_KAFKA_TLS##*:}

"$BIN_DIR/uptakectl" simulate --seed 5 --days 40 --until now --teams growing:6,tiny:3 --faults 0.05 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")

MECHANISM=SCRAM-SHA-256

# use HOST PASSWORD CA: SETTINGS for both programs
use() {
    SETTINGS=("kafka.security.protocol=sasl_ssl" "kafka.sasl.mechanism=$MECHANISM" "kafka.sasl.username=uptake"
        "kafka.bootstrap.servers=$1:$PORT" "kafka.sasl.password_file=$DIR/$2.password" "kafka.ssl.ca.location=$UPTAKE_TEST_TLS/$3.pem")
}

# produce EXPECTED_CODE PATTERN [SETTING...]
produce() {
    local expected=$1 pattern=$2 settings=() code=0
    for setting in "${SETTINGS[@]}" "${@:3}"; do settings+=(--set "$setting"); done
    timeout 300 "$BIN_DIR/uptakectl" produce --quiet --reach-s 60 --topic "$TOPIC" "${settings[@]}" "$DIR/events.ndjson" \
        > "$DIR/produce.log" 2>&1 || code=$?
    [ "$code" = "$expected" ] || fail "uptakectl: exit code $code, not $expected"
    grep -qiE "$pattern" "$DIR/produce.log" || fail "uptakectl does not say /$pattern/"
    ! grep -qE "not-the-secret|$UPTAKE_TEST_KAFKA_PASSWORD" "$DIR/produce.log" || fail 'uptakectl: a secret in the output'
}

# refused PATTERN: both, with exit code 5; the daemon with one error.
refused() {
    local code=0
    produce 5 "$1"
    daemon_conf one 0 > "$DIR/one.conf"
    timeout 300 "$BIN_DIR/uptaked" --config "$DIR/one.conf" "${SETTINGS[@]/#/--set=kafka.}" > "$DIR/refused.log" 2>&1 || code=$?
    [ "$code" = 5 ] || fail "uptaked: exit code $code, not 5"
    [ "$(grep -c level=error "$DIR/refused.log")" = 1 ] && grep level=error "$DIR/refused.log" | grep -qiE "$1" ||
        fail "uptaked does not say /$1/, and once"
    ! grep -qE "not-the-secret|$UPTAKE_TEST_KAFKA_PASSWORD" "$DIR/refused.log" || fail 'uptaked: a secret in the output'
}

# ---- what librdkafka can
library=$(pkg-config --modversion rdkafka)
if [ "$(printf '2.6.1\n%s\n' "$library" | sort -V | head -n 1)" != 2.6.1 ]; then
    echo "librdkafka $library cannot log in to Kafka 4 by SCRAM"
    use localhost kafka ca && refused "Kafka 4 takes SCRAM from librdkafka 2\.6\.1.*$library.*PLAIN over TLS"
    MECHANISM=PLAIN
fi

# ---- refused
use localhost wrong ca && refused 'authentication failed'
use localhost kafka stranger-ca && refused 'certificate'
use 127.0.0.1 kafka ca && refused 'certificate'
use localhost kafka ca && produce 2 'does not belong on the command line' kafka.sasl.password=not-the-secret-either

# ---- done
produce 0 "^$lines lines, $lines delivered, 0 failed"
daemon_start one checkpoint.interval=200ms "${SETTINGS[@]/#/kafka.}"
wait_until 120 'all messages' all_done "$lines"
letters() { bash "$TESTS_DIR/support/servers.sh" topic describe "$LETTERS" | awk '{ sum += $4 - $3 } END { print sum + 0 }'; }
rejected=$(sql 'SELECT sum(rejected_malformed + rejected_envelope + rejected_unknown_type + rejected_schema + rejected_key +
                           rejected_misrouted + rejected_too_late + rejected_future) FROM uptake.shard')
((rejected > 0)) || fail 'nothing was rejected'
[ "$(letters)" = "$rejected" ] || fail "$(letters) dead letters of $rejected rejected messages"

# ---- what others on the machine see of it
pid=$(daemon_pid one)
for seen in cmdline environ; do
    ! grep -aqE "$UPTAKE_TEST_PG_PASSWORD|$UPTAKE_TEST_KAFKA_PASSWORD|kkkkkkkk" <(tr '\0' '\n' < "/proc/$pid/$seen" |
        grep -av '^UPTAKE_TEST_') || fail "a secret in /proc/$pid/$seen"
done
grep -q '^Max core file size *0 *0 ' "/proc/$pid/limits" || fail 'it may leave a core dump'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo 'TLS and SCRAM, and nothing less'

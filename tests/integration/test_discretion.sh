#!/usr/bin/env bash
# No name of a person or task, no payload and no secret stands in anything that is written but dead letters: not in the log at
# its most talkative (librdkafka's and libpq's own sentences included), not in /metrics and /readyz, not in Redis, PostgreSQL, the
# command line or the environment, while names and secrets flow, servers fail and passwords are wrong or in the wrong place.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "discretion-$$" 2
SERVERS=$TESTS_DIR/support/servers.sh
redis() { redis-cli -u "redis://$UPTAKE_TEST_REDIS/4" "$@"; }
redis FLUSHDB > /dev/null
REDIS_SECRET=rosebud-in-the-snow WRONG=swordfish-is-not-it MISPLACED=open-sesame-of-forty
redis ACL SETUSER discreet on ">$REDIS_SECRET" '~*' '&*' +@all > /dev/null
finish() {
    local status=$?
    redis ACL DELUSER discreet > /dev/null 2>&1
    daemon_end $status
}
trap finish EXIT
KEY=5f1e0d9c8b7a69584736251403f2e1d0
write_secrets() {
    umask 077
    printf '%s\n' $KEY > "$DIR/pseudonym.key"
    printf '%s\n' "$UPTAKE_TEST_KAFKA_PASSWORD" > "$DIR/kafka.password"
    printf '%s\n' "$UPTAKE_TEST_PG_PASSWORD" > "$DIR/postgresql.password"
    printf '%s\n' $REDIS_SECRET > "$DIR/redis.password"
    printf '%s\n' $WRONG > "$DIR/wrong.password"
}
(write_secrets)

# ---- events that are full of names, and some that are refused for a name in the wrong place
python3 - > "$DIR/events.ndjson" << 'PYTHON'
import datetime, json, random

random.seed(8)
now = datetime.datetime.now(datetime.timezone.utc)
number = 0


def send(kind, hours, data, **other):
    global number
    number += 1
    time = (now - datetime.timedelta(hours=hours)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event = {"specversion": "1.0", "id": f"Idiosyncratic-{number}", "source": "/Sourcerer", "type": f"uptake.{kind}.v1", "time": time,
             "data": {"team": "open-team", "comment": "Payloadia wrote this", **data}}
    print(json.dumps({**event, **other}))


people = [f"Personne-{i}" for i in range(9)]
for i in range(1500):
    hours = 700 - i * 0.4
    user, task = random.choice(people), f"Casefile-{i}"
    send("usage", hours, {"user": user, "assist": random.choice(["ai", "none", "bypass"]), "task": task, "workflow": "open-workflow"})
    send("override", hours, {"user": user, "task": task, "action": random.choice(["accept", "reject"])})
    send("outcome", hours, {"task": task, "success": random.random() < 0.7, "by": "reviewer", "advice_correct": random.random() < 0.5})
for user in people:
    send("person", 600, {"user": user, "status": "active", "level": "junior"})
    send("training", 500, {"user": user, "program": "open-program", "teacher": "Professora"})
    send("pulse", 400, {"user": user, "question": "coached", "score": 3})
for i in range(40):
    send("usage", 1, {"user": "Personne-0", "assist": "Assistenza"})
    send("usage", 1, {"user": ["Personne-0"], "assist": "ai"})
    send("usage", -3, {"user": "Personne-1", "assist": "ai"})
    send("Nonsensical", 1, {"user": "Personne-1"})
    send("usage", 1, {"user": "Personne-2", "assist": "ai"}, time="Yesteryear")
PYTHON
lines=$(wc -l < "$DIR/events.ndjson")
NAMES='Personne Casefile Professora Idiosyncratic Sourcerer Payloadia Assistenza Yesteryear Nonsensical'
SECRETS="$KEY $UPTAKE_TEST_KAFKA_PASSWORD $UPTAKE_TEST_PG_PASSWORD $REDIS_SECRET $WRONG $MISPLACED"

# Bytes of PostgreSQL are printed as hexadecimal digits.
for needle in $NAMES $SECRETS; do
    printf '%s\n' "$needle"
    printf '%s' "$needle" | od -An -v -tx1 | tr -d ' \n'
    echo
done > "$DIR/needles"
python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]) + b"\n")' $KEY >> "$DIR/needles"

LC_ALL=C grep -aiFq -f "$DIR/needles" <<< 'a personne-7 would be found' || fail 'nothing would be found'

# silent FILE: none of them stands there.
silent() {
    [ -s "$1" ] || fail "${1##*/} is empty"
    if LC_ALL=C grep -aiFn -f "$DIR/needles" "$1" > "$DIR/found"; then fail "${1##*/} says: $(head -c 2000 "$DIR/found")"; fi
}

# ---- the daemon with all its secrets, as talkative as can be
library=(kafka.kafka.security.protocol=sasl_ssl kafka.kafka.sasl.mechanism=PLAIN kafka.kafka.sasl.username=uptake
    "kafka.kafka.bootstrap.servers=$UPTAKE_TEST_KAFKA_TLS" "kafka.kafka.ssl.ca.location=$UPTAKE_TEST_TLS/ca.pem"
    "kafka.kafka.sasl.password_file=$DIR/kafka.password"
    kafka.kafka.debug=conf,broker,topic,metadata,security,cgrp,protocol,feature)
connection="$(sed -E 's/ ?dbname=[^ ]*//' <<< "$UPTAKE_TEST_PG_TCP") dbname=${PG##*dbname=}"
all=("${library[@]}" "postgresql.connection=$connection" "postgresql.password_file=$DIR/postgresql.password"
    postgresql.auto_migrate=no redis.user=discreet "redis.password_file=$DIR/redis.password" redis.database=4
    daemon.log_level=debug checkpoint.interval=200ms)
daemon_conf one 0 > "$DIR/migrate.conf"
"$BIN_DIR/uptaked" --migrate --config "$DIR/migrate.conf" 2> "$DIR/migrate.log" || fail 'no schema'
sql 'GRANT uptake_writer TO uptake'
daemon_start one "${all[@]}"
LC_ALL=C tr '\0' '\n' < "/proc/$(daemon_pid one)/cmdline" > "$DIR/command-line"
LC_ALL=C tr '\0' '\n' < "/proc/$(daemon_pid one)/environ" | grep -v '^UPTAKE_TEST_' > "$DIR/environment"
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" > "$DIR/produced" || fail 'not sent'
wait_until 90 'all messages' all_done "$lines"
wait_until 60 'readiness' daemon_is_ready one

# ---- faults: servers go, PostgreSQL refuses rows, the configuration has secrets where none belong
logged() { grep -q "$1" "$DIR/one.log"; }
kill -USR1 "$(daemon_pid one)"
wait_until 30 'summary' logged event=summary_partition
sql "ALTER TABLE uptake.shard ADD CONSTRAINT refused CHECK (number < 0) NOT VALID"
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" > "$DIR/produced" || fail 'not sent'
wait_until 60 'refusal' logged event=checkpoint_refused
curl -s "http://127.0.0.1:${DAEMON_PORTS[one]}/readyz" > "$DIR/readyz"
sql 'ALTER TABLE uptake.shard DROP CONSTRAINT refused'
bash "$SERVERS" restart postgres || fail 'PostgreSQL does not start'
bash "$SERVERS" restart redis || fail 'Redis does not start'
# A restarted Redis has forgotten the user, so ours is refused until it has it again.
wait_until 30 'refusal by Redis' logged event=redis_down
redis ACL SETUSER discreet on ">$REDIS_SECRET" '~*' '&*' +@all > /dev/null
wait_until 90 'all messages again' all_done $((2 * lines))
wait_until 60 'readiness after the faults' daemon_is_ready one
{
    daemon_conf one "${DAEMON_PORTS[one]}"
    printf '%s\n' '[redis]' "password = $MISPLACED" "password_file = $MISPLACED" '[kafka]' "kafka.sasl.password = $MISPLACED" "$MISPLACED" \
        '[postgresql]' "connection = host=x password=$MISPLACED" '[privacy]' "pseudonym_key_file = $MISPLACED"
} > "$DIR/one.new"
mv "$DIR/one.new" "$DIR/one.conf"
kill -HUP "$(daemon_pid one)"
wait_until 30 'refusal of the configuration' logged event=not_reloaded
[ "$(grep -c event=configuration_problem "$DIR/one.log")" -ge 5 ] || fail 'not every mistake is told'
"$BIN_DIR/uptaked" --check-config --config "$DIR/one.conf" 2> "$DIR/check.log" && fail 'the mistakes are none'
curl -sf "http://127.0.0.1:${DAEMON_PORTS[one]}/metrics" > "$DIR/metrics" || fail 'no metrics'
sql 'SELECT * FROM pg_stat_activity' > "$DIR/activity"

# ---- what was stored
has_health() { redis --scan | grep -q health; }
wait_until 60 'figures in Redis' has_health
redis --scan | while read -r key; do
    printf '%s\n' "$key"
    case $(redis TYPE "$key") in hash) redis HGETALL "$key" ;; zset) redis ZRANGE "$key" 0 -1 WITHSCORES ;; *) redis DUMP "$key" ;; esac
done > "$DIR/redis"
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
pg_dump "$PG" > "$DIR/postgresql" || fail 'no dump'

# ---- passwords that are wrong
refused() {
    timeout 300 "$BIN_DIR/uptaked" --config "$DIR/migrate.conf" "${all[@]/#/--set=}" "$@" 2>> "$DIR/refused.log"
}
all=("${all[@]/"$DIR/postgresql.password"/"$DIR/wrong.password"}")
refused && fail 'a wrong password of PostgreSQL lets in'
all=("${all[@]/"postgresql.password_file=$DIR/wrong.password"/"postgresql.password_file=$DIR/postgresql.password"}")
all=("${all[@]/"$DIR/kafka.password"/"$DIR/wrong.password"}")
refused && fail 'a wrong password of Kafka lets in'

# ---- they flowed, and were seen nowhere
bash "$SERVERS" topic read "$LETTERS" > "$DIR/letters"
for name in Personne Assistenza Payloadia; do
    grep -aqE "$name|$(printf '%s' "$name" | base64 | cut -c 2-8)" "$DIR/letters" || fail "no $name in the dead letters"
done
grep -q 'event=kafka_log .*sasl' "$DIR/one.log" || fail 'librdkafka is not talkative'
grep -qi 'level=error event=postgresql .*password authentication failed' "$DIR/refused.log" || fail 'libpq is not talkative'
grep -q open-team "$DIR/postgresql" && grep -q open-team "$DIR/redis" || fail 'no figures were stored'
[ "$(grep -c '^uptake_events_total' "$DIR/metrics")" = 7 ] || fail 'no events in the metrics'
for file in one.log migrate.log refused.log check.log metrics readyz activity redis postgresql command-line environment; do
    silent "$DIR/$file"
done
echo "$lines messages with names, $(wc -l < "$DIR/one.log") lines of log: nothing was given away"

#!/usr/bin/env bash
# A receiver that answers 500, 403 or garbage, without end or not at all, that has another key or no certificate, or is gone,
# holds up nothing: events are read and saved meanwhile, one request at a time is under way, and once it is well it gets
# everything, signed, over TLS.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"
daemon_begin "webhook-$$" 2
. "$TESTS_DIR/support/alerting.sh"

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout "$DIR/ca.key" -out "$DIR/ca.pem" 2> /dev/null
openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout "$DIR/server.key" -out "$DIR/server.csr" 2> /dev/null
openssl x509 -req -in "$DIR/server.csr" -CA "$DIR/ca.pem" -CAkey "$DIR/ca.key" -CAcreateserial -days 2 \
    -extfile <(echo 'subjectAltName=IP:127.0.0.1') -out "$DIR/server.pem" 2> /dev/null || fail 'no certificate'
webhook_start "$DIR/server.pem" "$DIR/server.key"
settings=(checkpoint.interval=300ms events.idle_after=1s delivery.retry_most=1s delivery.timeout=4s
    "delivery.webhook_url=$WEBHOOK" "delivery.webhook_secret_file=$DIR/webhook.secret")

"$BIN_DIR/uptakectl" simulate --seed 5 --days 220 --until now --teams relapse:8,bypassing:8,over_trust:8 --faults 0 > "$DIR/events.ndjson"
produce() { "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$1" > /dev/null || fail 'not sent'; }
sent=$(wc -l < "$DIR/events.ndjson")
undelivered() { sql "SELECT count(*) FROM uptake.alert_delivery WHERE delivered_at IS NULL AND receiver = 'webhook'"; }
failures() { curl -sf "http://127.0.0.1:${DAEMON_PORTS[one]}/metrics" | sed -n 's/^uptake_delivery_failures_total{receiver="webhook"} //p'; }
has_failed_since() { [ "$(failures)" -gt "$1" ]; }
last_error() { sql "SELECT last_error FROM uptake.alert_delivery WHERE receiver = 'webhook' AND attempts > 0 ORDER BY next_attempt_at DESC LIMIT 1"; }
says() { [[ "$(last_error)" == *"$1"* ]]; }

# ---- its certificate is nobody's
daemon_start one "${settings[@]}"
wait_until 60 'daemon' daemon_is_ready one
produce "$DIR/events.ndjson"
wait_until 120 'all messages' all_done "$sent"
wait_until 60 'an attempt' says SSL
[ ! -s "$WEBHOOK_DIR/requests" ] || fail 'something was told to whom it may concern'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"

# ---- every way to be of no use; meanwhile events flow
webhook_mode 500
settings+=("delivery.webhook_ca_file=$DIR/ca.pem")
daemon_start one "${settings[@]}"
wait_until 60 'daemon' daemon_is_ready one
burst() {
    local mode=$1 wanted=$2 before
    before=$(failures)
    sed "s/\"id\":\"/\"id\":\"$mode-/" "$DIR/events.ndjson" | tail -n 500 > "$DIR/burst.ndjson"
    produce "$DIR/burst.ndjson"
    sent=$((sent + 500))
    wait_until 60 "messages while it answers $mode" all_done "$sent"
    wait_until 60 "failures while it answers $mode" has_failed_since "$before"
    wait_until 60 "the reason while it answers $mode" says "$wanted"
    wait_until 60 "readiness while it answers $mode" daemon_is_ready one
}
! curl -sf "http://127.0.0.1:${DAEMON_PORTS[one]}/metrics" | grep -q '^uptake_team_' || fail 'teams in /metrics, unasked'
burst 500 'status 500'
webhook_mode 403
burst 403 'status 403'
webhook_mode garbage
burst garbage 'HTTP'
webhook_mode large
burst large 'more than 65536 bytes'
webhook_mode hang
burst hang 'timed out'
webhook_stop
burst gone 'connect'
[ ! -s "$WEBHOOK_DIR/taken" ] || fail 'taken what was refused'
webhook_mode ok
head -c 24 /dev/urandom | base64 > "$DIR/other.secret"
mv "$DIR/webhook.secret" "$DIR/right.secret"
cp "$DIR/other.secret" "$DIR/webhook.secret"
webhook_start "$DIR/server.pem" "$DIR/server.key"
burst forged 'status 403'
webhook_stop
! grep -qvE ' (signed|forged) [0-9]+$' "$WEBHOOK_DIR/requests" || fail 'too old'
# An answer that is not waited for any longer may still be under way there.
[ "$(awk '{ print $4 }' "$WEBHOOK_DIR/requests" | sort -n | tail -n 1)" -le 5 ] || fail 'more than one request at a time'

# ---- well again: everything, each signed
mv "$DIR/right.secret" "$DIR/webhook.secret"
webhook_start "$DIR/server.pem" "$DIR/server.key"
all_delivered() { [ "$(undelivered)" = 0 ]; }
wait_until 60 'delivery of all' all_delivered
events=$(sql "SELECT count(*) + count(resolved) FROM uptake.alert")
[ "$events" -ge 3 ] || fail "only $events events"
[ "$(jq -r '.type + " " + .data.id' "$WEBHOOK_DIR/taken" | sort -u | wc -l)" = "$events" ] || fail 'not each was told'
grep -Eq 'event=delivery_works receiver="?webhook' "$DIR/one.log" || fail 'recovery is not logged'
[ "$(grep -c 'event=delivery_fails' "$DIR/one.log")" -le 4 ] || fail 'a log line for each attempt'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo "$events events told, $(wc -l < "$WEBHOOK_DIR/requests") requests, $sent messages read meanwhile"

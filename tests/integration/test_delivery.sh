#!/usr/bin/env bash
# Alerts reach a real Alertmanager, the stream in Redis, sessions that listen, and a webhook that checks each signature:
# though Alertmanager, of which there are two and which wants a password, is down at first and the daemon is killed between commit
# and delivery, and between delivery and its mark; repeated while open, as resolved once resolved, not while a history is read, and
# never by an instance that no longer owns the partition.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"
daemon_begin "delivery-$$" 2
. "$TESTS_DIR/support/alerting.sh"
command -v prometheus-alertmanager > /dev/null || skip 'needs prometheus-alertmanager'
redis() { redis-cli -u "redis://$UPTAKE_TEST_REDIS/4" "$@"; }
redis FLUSHDB > /dev/null

# Twelve days are left in which an alert can resolve; until then only events move time.
PAST=$(date -u -d '12 days ago' +%FT00:00:00Z)
"$BIN_DIR/uptakectl" simulate --seed 5 --days 210 --until "$PAST" --teams relapse:8,bypassing:8,over_trust:8,steady:8 --faults 0 \
    > "$DIR/events.ndjson"
python3 - > "$DIR/better.ndjson" << 'PYTHON'
import datetime, json

start = datetime.datetime.now(datetime.timezone.utc).replace(hour=9, minute=0, second=0, microsecond=0) - datetime.timedelta(days=12)
for number in range(12 * 8 * 3):
    time = start + datetime.timedelta(days=number // 24, minutes=number % 24)
    print(json.dumps({"specversion": "1.0", "id": str(number), "source": "/better", "type": "uptake.usage.v1",
                      "time": time.isoformat(timespec="milliseconds"),
                      "data": {"team": "bypassing-2", "user": f"b{number % 8 + 1:02}@bypassing-2", "assist": "ai",
                               "task": f"better-{number}"}}))
PYTHON
produce() { "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$1" > /dev/null || fail 'not sent'; }
lines=$(wc -l < "$DIR/events.ndjson")
webhook_start
webhook_mode hang
ALERTMANAGER=127.0.0.1:$(free_port)
(umask 077 && printf '%s\n' "$ALERTMANAGER_PASSWORD" > "$DIR/alertmanager.password")
# Two names of one Alertmanager: the daemon cannot know.
# Named, so that who comes after one that was killed need not wait for its session to end.
settings=(kafka.instance=one checkpoint.interval=300ms redis.database=4 events.idle_after=1d delivery.retry_most=1s delivery.timeout=5s
    "delivery.alertmanager_url=http://$ALERTMANAGER,http://localhost:${ALERTMANAGER##*:}/" delivery.alertmanager_repeat=5s
    "delivery.alertmanager_user=$ALERTMANAGER_USER" "delivery.alertmanager_password_file=$DIR/alertmanager.password"
    "delivery.webhook_url=$WEBHOOK" "delivery.webhook_secret_file=$DIR/webhook.secret")
# start_with HOLD_BEHIND: of whom the watermark is twelve days behind, or less.
start_with() {
    daemon_start one "${settings[@]}" "delivery.hold_behind=$1"
    wait_until 60 'daemon' daemon_is_ready one
}
start_with 1h
listener_start

events() { sql 'SELECT count(*) + count(resolved) + count(acknowledged_at) FROM uptake.alert'; }
entries() { { redis XRANGE 'uptake:{0}:alerts' - +; redis XRANGE 'uptake:{1}:alerts' - +; } | grep -cx event; }
taken() { wc -l < "$WEBHOOK_DIR/taken"; }
undelivered() { sql "SELECT count(*) FROM uptake.alert_delivery WHERE delivered_at IS NULL AND receiver ~ '$1'"; }
open_alerts() { sql "SELECT concat_ws(' ', 'uptake_' || kind, kind, team) FROM uptake.alert WHERE resolved IS NULL" | LC_ALL=C sort; }

# ---- a history is read: what was years ago waits, and nobody is late with it
produce "$DIR/events.ndjson"
wait_until 120 'all messages' all_done "$lines"
is_open() { [ "$(sql "SELECT count(*) FROM uptake.alert WHERE kind = 'bypassing' AND team = 'bypassing-2' AND resolved IS NULL")" = 1 ]; }
wait_until 60 'an open alert' is_open
is_waiting() { [ "$(daemon_metric one uptake_deliveries_waiting)" -gt 0 ]; }
wait_until 60 'what waits' is_waiting
curl -sf "http://127.0.0.1:${DAEMON_PORTS[one]}/metrics" | grep '^uptake_delivery_oldest_seconds{' > "$DIR/oldest"
[ "$(awk '$NF == 0' "$DIR/oldest" | wc -l)" = 5 ] || fail "late with what is held back: $(cat "$DIR/oldest")"
[ "$(sql 'SELECT count(*) FROM uptake.alert_delivery WHERE attempts > 0')" = 0 ] || fail 'told while a history is read'
daemon_kill one TERM

# ---- Alertmanager is down, the webhook silent, the others hear
start_with 100d
# An entry may come twice, a notification is marked by the transaction that notifies.
others_know() { [ "$(heard)" = "$(events)" ] && [ "$(entries)" -ge "$(events)" ]; }
wait_until 60 'notifications and entries of the stream' others_know
has_failed() { [ "$(daemon_metric one uptake_delivery_failures_total)" -ge 1 ]; }
wait_until 60 'an attempt that fails' has_failed
[ "$(sql "SELECT count(*) FILTER (WHERE delivered_at IS NULL AND receiver ~ 'alertmanager|webhook') = 3 * count(DISTINCT (alert, event))
            FROM uptake.alert_delivery")" = t ] || fail 'somebody took what nobody could'
wait_until 60 'readiness in spite of the receivers' daemon_is_ready one
sed -n 's/.*payload "\(.*\)" received from.*/\1/p' "$DIR/heard" > "$DIR/payloads"
jq -se 'length > 0 and all(.data | .id and .kind and .opened and .audience)' "$DIR/payloads" > /dev/null || fail 'a payload that says nothing'

# ---- killed between commit and delivery; somebody else finds it in the outbox
daemon_kill one KILL
[ "$(undelivered webhook)" -gt 0 ] || fail 'nothing was left to deliver'
alertmanager_start

# ---- killed between delivery and its mark, which waits for a lock: told again
mkfifo "$DIR/locker"
psql -qtA "$PG" < "$DIR/locker" > "$DIR/locked" 2>&1 &
disown $!
exec 6> "$DIR/locker"
echo "BEGIN; SELECT 'locked' FROM uptake.alert_delivery WHERE receiver = 'webhook' FOR UPDATE;" >&6
is_locked() { grep -q locked "$DIR/locked"; }
wait_until 60 'locks' is_locked
webhook_mode ok
daemon_start one "${settings[@]}" delivery.hold_behind=100d
sessions="FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> 'psql'"
is_to_be_marked() { [ "$(taken)" -gt 0 ] && [ "$(sql "SELECT count(*) $sessions AND wait_event_type = 'Lock'")" -gt 0 ]; }
wait_until 60 'a delivery without a mark' is_to_be_marked
daemon_kill one KILL
# What the dead has asked for is not to be done once the locks are gone.
are_buried() { [ "$(sql "SELECT count(pg_terminate_backend(pid)) $sessions")" = 0 ]; }
wait_until 60 'end of the sessions of the dead' are_buried
echo 'ROLLBACK;' >&6
exec 6>&-
told_first=$(head -n 1 "$WEBHOOK_DIR/taken" | jq -c '[.type, .data.id]')
start_with 100d
all_delivered() { [ "$(undelivered .)" = 0 ]; }
wait_until 60 'delivery after the kill' all_delivered
shows_open() { [ "$(alerts_of active)" = "$(open_alerts)" ]; }
wait_until 60 'the open alerts in Alertmanager' shows_open
[ "$(jq -c '[.type, .data.id]' "$WEBHOOK_DIR/taken" | sort -u | wc -l)" = "$(events)" ] || fail 'the webhook lacks some'
[ "$(jq -c '[.type, .data.id]' "$WEBHOOK_DIR/taken" | grep -cxF "$told_first")" -ge 2 ] || fail 'not told again what was not marked'
! grep -vqE ' signed [0-9]+$' "$WEBHOOK_DIR/requests" || fail "not signed: $(cat "$WEBHOOK_DIR/requests")"
alertmanager_ask /api/v2/alerts | jq -e 'all(.labels.partition and .labels.audience and .annotations.summary
    and (.startsAt < .endsAt))' > /dev/null || fail 'an alert that lacks something'

# ---- told again while it is open, even if time stands still
daemon_kill one TERM
start_with 1h
ends() { alertmanager_ask '/api/v2/alerts?filter=kind=bypassing' | jq -r '.[0].endsAt // empty'; }
first_end=$(ends)
is_told_again() { [[ "$(ends)" > "$first_end" ]]; }
wait_until 60 'repetition' is_told_again
daemon_kill one TERM
start_with 100d

# ---- acknowledged
sql "UPDATE uptake.alert SET acknowledged_at = now(), acknowledged_by = 'ops', note = 'on it' WHERE kind = 'bypassing' AND resolved IS NULL"
is_acknowledged() { jq -se 'any(.type == "uptake.alert.acknowledged" and .data.acknowledged.by == "ops")' "$WEBHOOK_DIR/taken" > /dev/null; }
wait_until 60 'the acknowledgement' is_acknowledged

# ---- resolved: at once, not when Alertmanager has heard nothing for long
produce "$DIR/better.ndjson"
is_resolved() { [ "$(sql "SELECT count(*) FROM uptake.alert_delivery d JOIN uptake.alert a ON a.id = d.alert WHERE a.kind = 'bypassing'
    AND d.event = 'resolved' AND d.delivered_at IS NOT NULL AND d.receiver ~ 'alertmanager'")" = 2 ]; }
wait_until 120 'the resolution' is_resolved
! alerts_of all | grep -q 'bypassing bypassing-2' || fail 'Alertmanager shows what is resolved'
wait_until 60 'delivery of all' all_delivered
wait_until 60 'notifications and entries of the stream' others_know
jq -se 'any(.type == "uptake.alert.resolved" and .data.status == "resolved")' "$WEBHOOK_DIR/taken" > /dev/null || fail 'the webhook heard of no resolution'
# At least once, each in its order.
jq -r 'select(.data.kind == "bypassing") | .type' "$WEBHOOK_DIR/taken" | uniq | paste -sd' ' |
    grep -qx 'uptake.alert.opened uptake.alert.acknowledged uptake.alert.resolved' || fail 'another order'

# ---- who no longer owns the partition delivers nothing, its successor does
before=$(taken) fenced=$(grep -c event=partition_fenced "$DIR/one.log")
daemon_kill one STOP
sql "UPDATE uptake.shard SET epoch = epoch + 1000, claim = gen_random_uuid()"
sql "UPDATE uptake.alert_delivery SET delivered_at = NULL, next_attempt_at = now() WHERE receiver = 'webhook' AND event = 'resolved'"
daemon_kill one CONT
tail -n 1 "$DIR/better.ndjson" > "$DIR/one.ndjson"
produce "$DIR/one.ndjson"
is_fenced() { [ "$(grep -c event=partition_fenced "$DIR/one.log")" -gt "$fenced" ]; }
wait_until 60 'fence' is_fenced
[ "$(taken)" = "$before" ] || fail 'a former owner has delivered'
[ "$(undelivered webhook)" -ge 1 ] || fail 'a former owner has marked'
daemon_kill one TERM
start_with 100d
wait_until 60 'delivery by the successor' all_delivered
[ "$(taken)" -gt "$before" ] || fail 'the successor delivered nothing'
! grep -vE 'event=alarm_(opened|resolved) ' "$DIR/one.log" | grep -E 'bypassing-2|relapse-1|over-trust-3' || fail 'a team in the log'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo "$(events) events: $(heard) heard, $(entries) in the stream, $(taken) by webhook, $(open_alerts | wc -l) open in Alertmanager"

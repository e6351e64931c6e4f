#!/usr/bin/env bash
# A real Prometheus scrapes a running daemon: the target is up, every metric that the shipped rules name is there, the rules
# are evaluated without an error, and one fires when its cause is there and no more when it is gone. What the dashboard of
# operations asks is answered.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"
daemon_begin "prometheus-$$" 2
. "$TESTS_DIR/support/alerting.sh"
command -v prometheus > /dev/null || skip 'needs prometheus'
RULES=$TESTS_DIR/../config/prometheus/uptake.rules.yml

"$BIN_DIR/uptakectl" simulate --seed 3 --days 30 --until now --teams growing:6,tiny:3 --faults 0 > "$DIR/events.ndjson"
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" > /dev/null || fail 'not sent'
webhook_start
# Nobody waits for the clock to be followed: the last day may have been one on which nobody worked.
daemon_start one checkpoint.interval=300ms events.idle_after=1s http.metrics_per_team=yes "delivery.alertmanager_url=http://127.0.0.1:$(free_port)" \
    "delivery.webhook_url=$WEBHOOK" "delivery.webhook_secret_file=$DIR/webhook.secret"
wait_until 60 'daemon' daemon_is_ready one
# As shipped, but nobody waits ten minutes.
sed 's/^\( *for:\) .*/\1 0s/' "$RULES" > "$DIR/uptake.rules.yml"
prometheus_start "$DIR/uptake.rules.yml"
is_up() { [ "$(prometheus_ask 'up{job="uptaked"}')" = 1 ]; }
wait_until 60 'target' is_up
wait_until 60 'all messages' all_done "$(wc -l < "$DIR/events.ndjson")"

# Ratios and sums of nothing would be silent for ever.
for name in $(grep -oE '(uptake|process)_[a-z_]+' "$RULES" | sort -u); do
    is_scraped() { [ -n "$(prometheus_ask "count($name)")" ]; }
    wait_until 60 "metric $name" is_scraped
done
# ---- teams, where that is wanted; none of which few people would be seen
stored() { sql "SELECT round((values->'practising'->>0)::numeric, 4) FROM uptake.measure WHERE win = '28d' AND team ~ 'growing' AND workflow IS NULL"; }
shown() { prometheus_ask 'round(uptake_team_practising{team=~"growing.*"}, 0.0001)'; }
is_shown() { [ -n "$(shown)" ] && [ "$(jq -n "$(shown) == $(stored)")" = true ]; }
wait_until 60 'a measure of a team' is_shown
[ -n "$(prometheus_ask 'count(uptake_team_health)')" ] || fail 'no health'
[ -z "$(prometheus_ask 'uptake_team_practising{team=~"tiny.*"}')" ] || fail 'three people are shown'

are_evaluated() {
    curl -sf "http://$PROMETHEUS/api/v1/rules" |
        jq -e '[.data.groups[].rules[]] | length >= 12 and all(.health == "ok")' > /dev/null
}
wait_until 60 'rules that are evaluated' are_evaluated
firing() { curl -sf "http://$PROMETHEUS/api/v1/alerts" | jq -r '.data.alerts[] | select(.state == "firing") | .labels.alertname' | sort -u | paste -sd' '; }
is_quiet() { [ -z "$(firing)" ]; }
wait_until 60 "quiet (fires: $(firing))" is_quiet

# ---- the dashboard
python3 "$TESTS_DIR/grafana/check_promql.py" "$PROMETHEUS" "http://127.0.0.1:${DAEMON_PORTS[one]}/metrics" || fail 'the dashboard of operations'

# ---- causes come and go
fires() { [[ " $(firing) " == *" $1 "* ]]; }
bash "$TESTS_DIR/support/servers.sh" stop redis
wait_until 90 'UptakeRedisDown' fires UptakeRedisDown
bash "$TESTS_DIR/support/servers.sh" start redis || fail 'Redis does not start'
wait_until 90 'quiet again' is_quiet
daemon_kill one KILL
wait_until 90 'UptakeDown' fires UptakeDown
echo "$(curl -sf "http://$PROMETHEUS/api/v1/rules" | jq '[.data.groups[].rules[]] | length') rules evaluated, two fired"

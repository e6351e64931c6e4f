# Receivers of alerts for shell tests beside daemon.sh; to be sourced behind it. All end with the test.
#
#   alertmanager_start [FILE]    a private Alertmanager on the same port each time, that wants ALERTMANAGER_USER and _PASSWORD; sets
#                                ALERTMANAGER
#   alertmanager_ask PATH        what it answers
#   alerts_of STATE              alertname, kind and team of what it shows: active or all
#   prometheus_start RULES       scrapes the daemon that DAEMON_PORTS names `one` each second; sets PROMETHEUS
#   listener_start               a session that listens; heard: how often it was notified
#   webhook_start, webhook_stop  sets WEBHOOK, WEBHOOK_DIR; webhook_mode MODE: see webhook.py

ALERTMANAGER_PID='' PROMETHEUS_PID='' WEBHOOK_PID='' LISTENER_PID=''
alerting_end() {
    local status=$?
    # shellcheck disable=SC2086 # one word each
    kill -9 $ALERTMANAGER_PID $PROMETHEUS_PID $WEBHOOK_PID $LISTENER_PID 2> /dev/null
    (exit $status)
    daemon_end
}
trap alerting_end EXIT

# The hash is bcrypt's, of the least cost.
ALERTMANAGER_USER=uptake ALERTMANAGER_PASSWORD='open sesame'
alertmanager_ask() { curl -sf -u "$ALERTMANAGER_USER:$ALERTMANAGER_PASSWORD" "http://$ALERTMANAGER$1"; }
alertmanager_is_ready() { alertmanager_ask /-/ready > /dev/null; }

alertmanager_start() {
    local config=${1:-}
    printf 'basic_auth_users: {%s: %s}\n' "$ALERTMANAGER_USER" '$2b$04$uptakeuptakeuptakeuptec2rQenAf6qkCFwSJ.3da7In.qKUbhAK' \
        > "$DIR/alertmanager.web.yml"
    ALERTMANAGER=${ALERTMANAGER:-127.0.0.1:$(free_port)}
    if [ -z "$config" ]; then
        config=$DIR/alertmanager.yml
        printf '%s\n' 'route: {receiver: nobody}' 'receivers: [{name: nobody}]' > "$config"
    fi
    prometheus-alertmanager --config.file="$config" --storage.path="$DIR/alertmanager" --cluster.listen-address= \
        --web.config.file="$DIR/alertmanager.web.yml" --web.listen-address="$ALERTMANAGER" > "$DIR/alertmanager.log" 2>&1 &
    ALERTMANAGER_PID=$!
    disown "$ALERTMANAGER_PID"
    wait_until 60 'Alertmanager' alertmanager_is_ready
}

alerts_of() {
    { alertmanager_ask '/api/v2/alerts?active=true&silenced=false&inhibited=false' || echo '[]'; } |
        jq -r --arg state "$1" '.[] | select($state == "all" or .status.state == $state)
            | [.labels.alertname, .labels.kind, .labels.team] | join(" ")' | LC_ALL=C sort
}

prometheus_start() {
    PROMETHEUS=127.0.0.1:$(free_port)
    cat > "$DIR/prometheus.yml" << CONF
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [$1]
scrape_configs:
  - job_name: uptaked
    static_configs: [{targets: ['127.0.0.1:${DAEMON_PORTS[one]}']}]
CONF
    prometheus --config.file="$DIR/prometheus.yml" --storage.tsdb.path="$DIR/prometheus" \
        --web.listen-address="$PROMETHEUS" > "$DIR/prometheus.log" 2>&1 &
    PROMETHEUS_PID=$!
    disown "$PROMETHEUS_PID"
    wait_until 60 'Prometheus' curl -sf -o /dev/null "http://$PROMETHEUS/-/ready"
}

# The value of an expression, nothing where it has none.
prometheus_ask() {
    curl -sf -G "http://$PROMETHEUS/api/v1/query" --data-urlencode "query=$1" | jq -r '.data.result[0].value[1] // empty'
}

listener_start() {
    mkfifo "$DIR/listener"
    psql -qtA "$PG" < "$DIR/listener" > "$DIR/heard" 2>&1 &
    LISTENER_PID=$!
    disown "$LISTENER_PID"
    exec 7> "$DIR/listener"
    echo 'LISTEN uptake_alert;' >&7
}

# A session prints what it heard behind the answer to its next question.
heard() {
    echo 'SELECT 1;' >&7
    grep -c '^Asynchronous notification "uptake_alert" with payload "{"type":"uptake.alert' "$DIR/heard"
}

webhook_mode() { printf '%s\n' "$1" > "$WEBHOOK_DIR/mode.new" && mv "$WEBHOOK_DIR/mode.new" "$WEBHOOK_DIR/mode"; }

# webhook_start [CERTIFICATE KEY]: over TLS.
webhook_start() {
    local port=${WEBHOOK_PORT:-$(free_port)} scheme=http
    [ $# = 0 ] || scheme=https
    WEBHOOK_PORT=$port WEBHOOK=$scheme://127.0.0.1:$port/alerts WEBHOOK_DIR=$DIR/webhook
    mkdir -p "$WEBHOOK_DIR"
    [ -e "$DIR/webhook.secret" ] ||
        (umask 077 && printf 'whsec_%s\n' "$(head -c 24 /dev/urandom | base64)" > "$DIR/webhook.secret")
    [ -e "$WEBHOOK_DIR/mode" ] || webhook_mode ok
    touch "$WEBHOOK_DIR/requests" "$WEBHOOK_DIR/taken"
    python3 "$TESTS_DIR/support/webhook.py" "$port" "$DIR/webhook.secret" "$WEBHOOK_DIR" "$@" 2>> "$DIR/webhook.log" &
    WEBHOOK_PID=$!
    disown "$WEBHOOK_PID"
}

webhook_stop() {
    kill -KILL "$WEBHOOK_PID"
    WEBHOOK_PID=''
}

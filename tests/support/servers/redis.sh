# A real Redis: one server, or three that form a cluster.

REDIS_SETTINGS=()

redis_prepare() { mkdir "$1"; }

redis_configure() {
    local port
    port=$(free_port)
    echo "$port" >"$1/port"
    cat >"$1/redis.conf" <<END
bind 127.0.0.1
port $port
unixsocket $1/redis.sock
unixsocketperm 700
dir $1
daemonize no
save ""
appendonly no
END
    [ ! -e "$1/is-cluster-node" ] || printf '%s\n' 'cluster-enabled yes' 'cluster-node-timeout 2000' \
        "cluster-port $(free_port)" 'cluster-require-full-coverage no' >>"$1/redis.conf"
    ((${#REDIS_SETTINGS[@]} == 0)) || printf '%s\n' "${REDIS_SETTINGS[@]}" >>"$1/redis.conf"
    echo "exec redis-server '$1/redis.conf'" >"$1/launch"
}

redis_ask() {
    local dir=$1
    shift
    redis-cli -h 127.0.0.1 -p "$(cat "$dir/port")" "$@" 2>/dev/null
}

redis_is_ready() { [ "$(redis_ask "$1" ping)" = PONG ]; }

redis_answers() { redis_is_ready "$1" && { [ ! -e "$1/is-cluster-node" ] || redis_cluster_node_is_ok "$1"; }; }

redis_signal() { [ "$1" = stop ] && echo TERM || echo KILL; }

redis_export() {
    UPTAKE_TEST_REDIS=127.0.0.1:$(cat "$1/port")
    UPTAKE_TEST_REDIS_SOCKET=$1/redis.sock
    UPTAKE_TEST_REDIS_PID=$(instance_pid "$1")
    UPTAKE_TEST_REDIS_DIR=$1
    export UPTAKE_TEST_REDIS UPTAKE_TEST_REDIS_SOCKET UPTAKE_TEST_REDIS_PID UPTAKE_TEST_REDIS_DIR
}

redis_cluster_node_is_ok() { redis_ask "$1" cluster info | grep -q '^cluster_state:ok'; }

# redis_cluster_form DIR...: makes one cluster of running, empty nodes.
redis_cluster_form() {
    local dir nodes=()
    for dir; do nodes+=("127.0.0.1:$(cat "$dir/port")"); done
    redis-cli --cluster create "${nodes[@]}" --cluster-yes >"$1/create.log" 2>&1 ||
        { say "the Redis cluster could not be made; see $1/create.log"; return 1; }
    for dir; do
        wait_for "$ANSWER_DEADLINE_S" redis_cluster_node_is_ok "$dir" || { say "Redis node $dir found no cluster"; return 1; }
    done
    UPTAKE_TEST_REDIS_CLUSTER=$(IFS=,; echo "${nodes[*]}")
    export UPTAKE_TEST_REDIS_CLUSTER
}

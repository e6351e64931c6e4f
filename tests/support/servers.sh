#!/usr/bin/env bash
# Starts real private servers for a command and removes every trace of them when it ends, whatever happens.
#
#   servers.sh run [options] [--] COMMAND...   start, run COMMAND, stop all, exit with COMMAND's status
#     --kafka --redis --redis-cluster --postgres     which servers
#     --topic NAME:PARTITIONS[:KEY=VALUE,...]        create a topic (repeatable)
#     --kafka-set KEY=VALUE    a line of server.properties       --kafka-jvm 'FLAGS'   instead of small and quick
#     --redis-set 'KEY VALUE'  a line of redis.conf              --pg-set KEY=VALUE    a line of postgresql.conf
#     --durable                PostgreSQL with fsync (off otherwise)
#
# COMMAND finds in its environment (instances are kafka, redis, redis-cluster-1..3 and postgres):
#   UPTAKE_TEST_DIR                a directory with one folder an instance: log, pid, data, configuration
#   UPTAKE_TEST_TLS                a directory of certificates: see servers/certificates.sh
#   UPTAKE_TEST_KAFKA              127.0.0.1:port
#   UPTAKE_TEST_KAFKA_TLS, _PASSWORD   localhost:port, TLS and SCRAM-SHA-256 or PLAIN; the password of the user uptake
#   UPTAKE_TEST_REDIS, _SOCKET     127.0.0.1:port, path of the unix socket
#   UPTAKE_TEST_REDIS_CLUSTER      127.0.0.1:port,127.0.0.1:port,127.0.0.1:port
#   UPTAKE_TEST_PG                 connection string: unix socket, superuser, no password
#   UPTAKE_TEST_PG_TCP, _PASSWORD  connection string: loopback, SCRAM; the password it wants
#   UPTAKE_TEST_<KAFKA|REDIS|PG>_PID, _DIR   process (after a restart: the file pid in the folder) and folder
#
# Within COMMAND (same ports, same data):
#   servers.sh kill NAME      as a crash: SIGKILL, or an immediate shutdown of PostgreSQL
#   servers.sh stop NAME      in good order
#   servers.sh start NAME     again, until it answers
#   servers.sh restart NAME   kill, then start
#   servers.sh revive         all of them answer again, whatever became of them; says what it did; fails where that is not enough
#   servers.sh topic create NAME:PARTITIONS[:KEY=VALUE,...]... | delete NAME | grow NAME PARTITIONS
#                    | trim NAME PARTITION OFFSET | describe NAME | read NAME (a line of JSON for each record)
#
#   servers.sh resolve        fetches Kafka now, if that was not done before; run does it by itself
#
# UPTAKE_KEEP=1 keeps the directory and says where it is.

set -u

SUPPORT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT_DIR=$(cd "$SUPPORT_DIR/../.." && pwd)
BUILD_DIR=$ROOT_DIR/build
START_DEADLINE_S=180
ANSWER_DEADLINE_S=60

# shellcheck source=port.sh
. "$SUPPORT_DIR/port.sh"
# shellcheck source=servers/common.sh
. "$SUPPORT_DIR/servers/common.sh"
# shellcheck source=servers/certificates.sh
. "$SUPPORT_DIR/servers/certificates.sh"
# shellcheck source=servers/kafka.sh
. "$SUPPORT_DIR/servers/kafka.sh"
# shellcheck source=servers/redis.sh
. "$SUPPORT_DIR/servers/redis.sh"
# shellcheck source=servers/postgres.sh
. "$SUPPORT_DIR/servers/postgres.sh"


SESSION_DIR=${UPTAKE_TEST_DIR:-}

# Adds what the options ask for to WANTED, TOPICS and the settings; leaves COMMAND.
parse_run_options() {
    WANTED=() TOPICS=() COMMAND=()
    while (($# > 0)); do
        case $1 in
        --kafka | --redis | --redis-cluster | --postgres) WANTED+=("${1#--}") ;;
        --durable) PG_FSYNC=on ;;
        --topic | --kafka-set | --kafka-jvm | --redis-set | --pg-set)
            (($# > 1)) || die "$1 wants a value"
            case $1 in
            --topic) TOPICS+=("$2") ;;
            --kafka-set) KAFKA_SETTINGS+=("$2") ;;
            --kafka-jvm) KAFKA_JVM=$2 ;;
            --redis-set) REDIS_SETTINGS+=("$2") ;;
            --pg-set) PG_SETTINGS+=("$2") ;;
            esac
            shift
            ;;
        --) shift && COMMAND=("$@") && break ;;
        -*) die "unknown option $1 (see the head of $0)" ;;
        *) COMMAND=("$@") && break ;;
        esac
        shift
    done
    ((${#COMMAND[@]} > 0)) || die 'run wants a command'
    ((${#TOPICS[@]} == 0)) || is_wanted kafka || die '--topic wants --kafka'
}

is_wanted() { [[ " ${WANTED[*]} " == *" $1 "* ]]; }

# session_add NAME KIND: prepares the folder (slow, so all of them at the same time).
session_add() {
    INSTANCES+=("$1")
    {
        "$2_prepare" "$SESSION_DIR/$1" && echo "$2" >"$SESSION_DIR/$1/kind"
    } &
    PREPARING+=($!)
}

session_start() {
    local name pid dir started_ms
    INSTANCES=() PREPARING=()
    started_ms=$(now_ms)
    certificates_make "$SESSION_DIR/tls" || return 1
    export UPTAKE_TEST_TLS=$SESSION_DIR/tls
    is_wanted kafka && session_add kafka kafka
    is_wanted postgres && session_add postgres postgres
    is_wanted redis && session_add redis redis
    if is_wanted redis-cluster; then
        for name in redis-cluster-{1,2,3}; do session_add "$name" redis; done
    fi
    for pid in ${PREPARING[@]+"${PREPARING[@]}"}; do wait "$pid" || return 1; done
    for name in redis-cluster-{1,2,3}; do
        [ ! -d "$SESSION_DIR/$name" ] || touch "$SESSION_DIR/$name/is-cluster-node"
    done
    for name in ${INSTANCES[@]+"${INSTANCES[@]}"}; do
        dir=$SESSION_DIR/$name
        "$(cat "$dir/kind")_configure" "$dir"
        instance_launch "$dir"
    done
    for name in ${INSTANCES[@]+"${INSTANCES[@]}"}; do instance_await_new "$SESSION_DIR/$name" || return 1; done
    session_finish_start || return 1
    say "${WANTED[*]} up after $(($(now_ms) - started_ms)) ms in $SESSION_DIR"
}

# What only running servers can be asked, and the environment of the command.
session_finish_start() {
    export UPTAKE_TEST_DIR=$SESSION_DIR
    if is_wanted postgres; then
        postgres_create_database "$SESSION_DIR/postgres" || return 1
        postgres_export "$SESSION_DIR/postgres"
    fi
    if is_wanted kafka; then
        kafka_export "$SESSION_DIR/kafka"
        ((${#TOPICS[@]} == 0)) || kafka_topic create "${TOPICS[@]}" || return 1
    fi
    if is_wanted redis; then redis_export "$SESSION_DIR/redis"; fi
    if is_wanted redis-cluster; then redis_cluster_form "$SESSION_DIR"/redis-cluster-{1,2,3} || return 1; fi
    declare -px | grep -E '^declare -x UPTAKE_TEST_' >"$SESSION_DIR/env"
}

# Ends the servers, then every process that was started with this session in its environment.
session_clear() {
    local dir pid
    for dir in "$SESSION_DIR"/*/; do
        [ ! -e "$dir/pid" ] || instance_end "${dir%/}" kill
    done
    for pid in $(grep -lzxF "UPTAKE_TEST_DIR=$SESSION_DIR" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3); do
        [ "$pid" = "$BASHPID" ] || kill -s KILL "$pid" 2>/dev/null
    done
    if [ -n "${UPTAKE_KEEP:-}" ]; then say "kept $SESSION_DIR"; else rm -rf "$SESSION_DIR"; fi
}

# Runs beside the session and clears up after it if it was killed before it could do so itself.
janitor() {
    trap '' INT TERM HUP
    tail --pid="$2" -s 0.2 -f /dev/null
    SESSION_DIR=$1
    [ ! -d "$SESSION_DIR" ] || session_clear
}

session_end() {
    local job
    trap '' INT TERM HUP
    if [ -n "${COMMAND_PID:-}" ] && is_alive "$COMMAND_PID"; then
        disown "$COMMAND_PID"
        kill -s TERM -- "-$COMMAND_PID" 2>/dev/null
        wait_for 5 is_dead "$COMMAND_PID"
        kill -s KILL -- "-$COMMAND_PID" 2>/dev/null
    fi
    for job in ${PREPARING[@]+"${PREPARING[@]}"}; do kill "$job" 2>/dev/null; done
    session_clear
    kill -s KILL -- "-$JANITOR_PID" 2>/dev/null
}

session_run() {
    parse_run_options "$@"
    { : <&0; } 2>/dev/null || exec </dev/null
    umask 022
    SESSION_DIR=$(mktemp -d "${TMPDIR:-/tmp}/uptake.XXXXXX") || die 'no temporary directory'
    ((${#SESSION_DIR} < 60)) || { rmdir "$SESSION_DIR"; die 'TMPDIR is too long for the path of a socket'; }
    setsid env -u UPTAKE_TEST_OF bash "${BASH_SOURCE[0]}" janitor "$SESSION_DIR" $$ </dev/null >/dev/null 2>&1 &
    JANITOR_PID=$!
    trap session_end EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    session_start || exit 1
    # Bash lets a background command ignore SIGINT; the command shall not.
    setsid env --default-signal=INT,QUIT "${COMMAND[@]}" <&0 &
    COMMAND_PID=$!
    wait "$COMMAND_PID"
    exit
}

# The folder of a running session's instance.
named_instance() {
    [ -n "$SESSION_DIR" ] || die 'only within servers.sh run'
    [ -e "$SESSION_DIR/${1:-}/kind" ] || die "no server is called '${1:-}' here"
    echo "$SESSION_DIR/$1"
}

# All run before one is asked: a node of a cluster may need the others for its answer.
revive() {
    local dir dirs=()
    [ -n "$SESSION_DIR" ] || die 'only within servers.sh run'
    for dir in "$SESSION_DIR"/*/; do
        [ ! -e "$dir/kind" ] || dirs+=("${dir%/}")
    done
    for dir in "${dirs[@]}"; do instance_revive "$dir" || return 1; done
    for dir in "${dirs[@]}"; do instance_rouse "$dir" || return 1; done
}

main() {
    local verb=${1:-help} dir
    (($# == 0)) || shift
    case $verb in
    run) session_run "$@" ;;
    janitor) janitor "$@" ;;
    resolve) kafka_resolve ;;
    revive) revive ;;
    topic) kafka_topic "$@" ;;
    start | stop | kill | restart)
        dir=$(named_instance "$@") || exit 1
        case $verb in
        start) instance_start_again "$dir" ;;
        restart) instance_end "$dir" kill && instance_start_again "$dir" ;;
        *) instance_end "$dir" "$verb" ;;
        esac
        ;;
    *) sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" ;;
    esac
}

[ "${BASH_SOURCE[0]}" != "$0" ] || main "$@"

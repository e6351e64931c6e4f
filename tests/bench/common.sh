# What the sessions of the benches share; to be sourced within servers.sh run.

ROOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN_DIR=$ROOT_DIR/build/${VARIANT:-release}
BENCH=$BIN_DIR/tests/bench/bench_kafka
DIR=$UPTAKE_TEST_DIR/bench
DEADLINE_S=${DEADLINE_S:-300}
mkdir -p "$DIR"
(umask 077 && openssl rand -hex 16 > "$DIR/pseudonym.key")
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
daemon_pid=''
trap '[ -z "$daemon_pid" ] || kill -9 "$daemon_pid" 2>/dev/null || true' EXIT

field() { sed -E "s/.*$1=([0-9.]+).*/\1/" <<< "$2"; }
metric() { curl -sf "http://127.0.0.1:$port/metrics" | awk -v name="$1" '$1 ~ "^" name "([{]|$)" { sum += $2 } END { printf "%.6f", sum }'; }
labelled() { curl -sf "http://127.0.0.1:$port/metrics" | awk -v name="$1" 'index($1, name "{") == 1 { gsub(/.*="|"}/, "", $1); printf "%s %.2f  ", $1, $2 }'; }
status_kb() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$daemon_pid/status"; }
cpu_s() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$daemon_pid/stat"; }
now() { date +%s.%N; }
calc() { awk "BEGIN { printf \"%.3f\", $1 }"; }

# start_daemon DATABASE TOPIC [OPTION...]: with an empty database.
start_daemon() {
    psql -qtA "$UPTAKE_TEST_PG" -c 'SET client_min_messages = warning' -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1"
    PG="$(sed -E 's/ ?dbname=[^ ]*//' <<< "$UPTAKE_TEST_PG") dbname=$1"
    write_conf "$1" "$2"
    "$BIN_DIR/uptaked" --config "$DIR/uptaked.conf" --migrate 2>> "$DIR/uptaked.log"
    start_again "$@"
}

# The same, with what is there.
start_again() {
    shift 2
    began=$(now)
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 "$BIN_DIR/uptaked" --config "$DIR/uptaked.conf" "$@" 2>> "$DIR/uptaked.log" & # as the unit has it
    daemon_pid=$!
}

write_conf() {
    cat > "$DIR/uptaked.conf" <<CONF
[kafka]
kafka.bootstrap.servers = $UPTAKE_TEST_KAFKA
topics = $2
dead_letter_topic = bench.letters
group = $1
[privacy]
pseudonym_key_file = $DIR/pseudonym.key
[postgresql]
connection = $PG
[redis]
addresses = $UPTAKE_TEST_REDIS
[http]
http_listen = 127.0.0.1:$port
CONF
}

stop_daemon() {
    kill -TERM "$daemon_pid"
    wait "$daemon_pid" || echo "uptaked ended with $?"
    daemon_pid=''
}

# One session that asks again and again: a process for each question would take a fifth of the machine that is measured.
wait_committed() {
    psql -qtA "$PG" -c "SET statement_timeout = '${DEADLINE_S}s'" -c "DO \$\$ BEGIN
        WHILE (SELECT coalesce(sum(accepted), 0) FROM uptake.shard) < $1 LOOP COMMIT; PERFORM pg_sleep(0.02); END LOOP; END \$\$" ||
        { echo "not committed: $(psql -qtA "$PG" -c 'SELECT sum(accepted) FROM uptake.shard') of $1"; tail -n 20 "$DIR/uptaked.log"; exit 1; }
}

describe_machine() {
    echo "machine: $(nproc) cores, $(awk -F: '/model name/ { print $2; exit }' /proc/cpuinfo | sed 's/^ *//'), $(awk '/MemTotal/ { printf "%d", $2 / 1048576 }' /proc/meminfo) GiB; broker, Redis and PostgreSQL on the same cores"
}

#!/usr/bin/env bash
# On a Redis Cluster of three nodes: the partitions of the others go on while one node is down, and it is refilled when it is back.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "failover-$$" 8
SERVERS=$TESTS_DIR/support/servers.sh
IFS=, read -ra NODES <<< "${UPTAKE_TEST_REDIS_CLUSTER:?}"
ask() { redis-cli -h 127.0.0.1 -p "${NODES[$1]#*:}" "${@:2}" 2> /dev/null; }
for node in 0 1 2; do ask $node FLUSHALL > /dev/null; done
produce() { "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$1" > "$DIR/produced" || fail 'not sent'; }
keys_of() { ask "$1" --scan --pattern 'uptake:{*}:team:*' | sort; }

"$BIN_DIR/uptakectl" simulate --seed 5 --days 40 --until now --repeat 3 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
teams=$("$BIN_DIR/uptakectl" evaluate --partitions 8 "$DIR/events.ndjson" | jq '.measures | length')
daemon_start one checkpoint.interval=300ms "redis.addresses=$UPTAKE_TEST_REDIS_CLUSTER" redis.cluster=yes
produce "$DIR/events.ndjson"
wait_until 60 'all messages' all_done "$lines"
is_full() { [ "$(for node in 0 1 2; do keys_of $node; done | wc -l)" = $((5 * teams)) ]; }
wait_until 60 "$((5 * teams)) hashes" is_full
for node in 0 1 2; do
    keys_of $node > "$DIR/keys.$node"
    echo "node $node: $(wc -l < "$DIR/keys.$node") hashes, partitions $(sed 's/.*{\(.*\)}.*/\1/' "$DIR/keys.$node" | sort -u | paste -sd,)"
done
# The node to kill and the one to look at meanwhile both have teams.
mapfile -t used < <(for node in 0 1 2; do [ -s "$DIR/keys.$node" ] && echo $node; done)
((${#used[@]} >= 2)) || fail 'all partitions are on one node'
down=${used[0]} other=${used[1]}

# send_to KEY: an event of the team of that hash, now.
send_to() {
    local team=${1#*:team:}
    team=${team%:*}
    last_ms=$(date +%s%3N)
    printf '{"specversion":"1.0","id":"live-%s-%s","source":"test","type":"uptake.usage.v1","time":"%s","data":{"team":"%s","user":"u-live","assist":"ai"}}\n' \
        "$team" "$last_ms" "$(date -u -d "@$((last_ms / 1000)).$(printf %03d $((last_ms % 1000)))" +%FT%T.%3NZ)" "$team" > "$DIR/one.ndjson"
    produce "$DIR/one.ndjson"
}
is_shown() { [ "$(ask "$1" HGET "$2" watermark)" = "$last_ms" ]; }
down_key=$(grep ':7d$' "$DIR/keys.$down" | head -n 1)
other_key=$(grep ':7d$' "$DIR/keys.$other" | head -n 1)

bash "$SERVERS" kill "redis-cluster-$((down + 1))"
is_down() { [ "$(daemon_metric one uptake_redis_up)" = 0 ]; }
wait_until 20 'loss of a node' is_down
send_to "$down_key"
send_to "$other_key"
wait_until 20 'change on a node that is up' is_shown "$other" "$other_key"
wait_until 20 'checkpoints' all_done $((lines + 2))
[ "$(kill -0 "$(daemon_pid one)" && echo alive)" = alive ] || fail 'the daemon has ended'

bash "$SERVERS" start "redis-cluster-$((down + 1))" || fail 'the node does not start'
is_refilled() { keys_of "$down" | cmp -s - "$DIR/keys.$down"; }
wait_until 60 'refill of the node' is_refilled
wait_until 20 'every slot' daemon_is_ready one
send_to "$down_key"
wait_until 20 'change on the node that was down' is_shown "$down" "$down_key"
for node in 0 1 2; do ask $node FLUSHALL > /dev/null; done
wait_until 60 'refill after FLUSHALL' is_full
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo "$teams teams on three nodes, refilled after a crash of one and after FLUSHALL of all"

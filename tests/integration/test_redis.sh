#!/usr/bin/env bash
# What stands in Redis is what `uptakectl evaluate` says, figures of few people are suppressed, changes are there within about a
# second, Redis that lost its data is refilled by itself, a later owner's epoch is obeyed, and none of it stops the daemon.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "redis-$$" 2
SERVERS=$TESTS_DIR/support/servers.sh
redis() { redis-cli -u "redis://$UPTAKE_TEST_REDIS/3" "$@"; }
# Others use this Redis, too.
finish() {
    local status=$?
    redis CONFIG SET maxmemory 0 > /dev/null 2>&1
    daemon_end $status
}
trap finish EXIT
produce() { "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$@" > "$DIR/produced" || fail 'not sent'; }
redis FLUSHDB > /dev/null

# Nothing is idle, so that the watermark is that of the events.
settings=(checkpoint.interval=300ms redis.database=3 events.idle_after=1d)
"$BIN_DIR/uptakectl" simulate --seed 11 --days 60 --until now --teams growing:9,automated:7,theatre:5,tiny:3 --rate 2 --faults 0 \
    > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" evaluate --partitions 2 --now "$(date -u +%FT%TZ)" "$DIR/events.ndjson" > "$DIR/expected.json"
teams=$(jq -r '.measures | keys[]' "$DIR/expected.json")
daemon_start one "${settings[@]}"
produce "$DIR/events.ndjson"
wait_until 60 'all messages' all_done "$lines"

# ---- fields: one document of all hashes, compared with that of `evaluate`
key_of() { redis --scan --pattern "uptake:{*}:team:$1:$2"; }
read_hashes() {
    local team window
    for team in $teams; do
        for window in 1d 7d 28d 90d own; do
            redis --json HGETALL "$(key_of "$team" $window)" | jq -c --arg team "$team" --arg window $window '{$team, $window, fields: .}'
        done
    done > "$DIR/hashes.json"
}
cat > "$DIR/compare.py" << 'PYTHON'
import json, sys

hashes = [json.loads(line) for line in open(sys.argv[1])]
measures = json.load(open(sys.argv[2]))["measures"]
differences = []


def parts(value):
    return [None if part is None else float(part) for part in (value if isinstance(value, list) else [value])]


def near(a, b):
    return a == b or (a is not None and b is not None and abs(a - b) <= 1e-11 * abs(b))


def compare(place, shown, wanted):
    if shown is None or wanted is None:
        same = shown is None and wanted is None
    else:
        shown = [None if part == "-" else float(part) for part in shown.split()]
        same = all(near(a, b) for a, b in zip(shown, parts(wanted)))
    if not same:
        differences.append(f"{place}: {shown}, not {wanted}")


for entry in hashes:
    team, fields = measures[entry["team"]], entry["fields"]
    window = team["windows"][entry["window"]]
    place = f"{entry['team']} {entry['window']}"
    for name, wanted in window.items():
        if name == "because" or fields.get("because:" + name) == "suppressed":
            continue
        compare(f"{place} {name}", fields.get(name), wanted)
        if wanted is None and fields.get("because:" + name) != window["because"].get(name):
            differences.append(f"{place} {name}: because {fields.get('because:' + name)}, not {window['because'].get(name)}")
    if int(fields["as_of"]) != team["day"]:
        differences.append(f"{place}: as of {fields['as_of']}, not {team['day']}")
    if fields.get("because:health") == "suppressed":
        continue
    compare(f"{place} health", fields.get("health"), team["health"] and [team["health"], team["lo"], team["hi"], team["n"]])
    for name in "state", "verdict", "health_limit":
        if fields.get(name) != team[name]:
            differences.append(f"{place} {name}: {fields.get(name)}, not {team[name]}")
    if fields["diagnosis"] != (" ".join(team["diagnosis"]) or "-"):
        differences.append(f"{place} diagnosis: {fields['diagnosis']}, not {team['diagnosis']}")
print("\n".join(differences), end="")
PYTHON
compare() {
    read_hashes
    python3 "$DIR/compare.py" "$DIR/hashes.json" "$DIR/expected.json" > "$DIR/differences" 2>&1
    [ ! -s "$DIR/differences" ]
}
is_equal() {
    compare && return
    [ "$SECONDS" -lt "$deadline" ] || fail "figures unlike those of evaluate: $(head -n 20 "$DIR/differences")"
    false
}
deadline=$((SECONDS + 120))
wait_until 60 'figures as evaluate has them' is_equal
[ "$(wc -l < "$DIR/hashes.json")" = 20 ] || fail 'not five windows of four teams'
jq -e -s '[.[] | select(.team | startswith("growing")) | select(.window == "28d") | .fields | keys[] | select(startswith("because:") | not)]
          | length > 30' "$DIR/hashes.json" > /dev/null || fail 'hardly any figure of the largest team'
# Three people: nothing but what it is about, and why there is no figure.
jq -r 'select(.team | startswith("tiny")) | .fields | to_entries[] | select(.key | startswith("because:") | not) | .key' \
    "$DIR/hashes.json" | sort -u > "$DIR/tiny"
printf '%s\n' as_of definitions provisional watermark | cmp - "$DIR/tiny" || fail "of three people there is: $(paste -s "$DIR/tiny")"
jq -e 'select(.team | startswith("tiny")) | .fields["because:health"] == "suppressed"' "$DIR/hashes.json" > /dev/null || fail 'not suppressed'
[ "$(redis ZRANGE 'uptake:{0}:health' 0 -1; redis ZRANGE 'uptake:{1}:health' 0 -1)" = "$(jq -r '.measures | to_entries[]
    | select(.value.health != null and (.key | startswith("tiny") | not)) | .key' "$DIR/expected.json" | sort)" ] ||
    [ "$({ redis ZRANGE 'uptake:{0}:health' 0 -1; redis ZRANGE 'uptake:{1}:health' 0 -1; } | grep -c tiny)" = 0 ] || fail 'the sorted sets'
# No name of a person, no key without an end.
redis --scan --pattern 'uptake:*' | while read -r key; do redis TTL "$key"; done | grep -vq '^[0-9]' && fail 'a key that does not expire'
! grep -q '"user"' "$DIR/hashes.json" || fail 'a user'

# ---- a change is there within about a second
team=$(jq -r '.measures | keys[] | select(startswith("growing"))' "$DIR/expected.json")
key=$(key_of "$team" 7d)
partition=$(sed 's/.*{\(.*\)}.*/\1/' <<< "$key")
last_ms=0
send_one() {
    last_ms=$(($(date +%s%3N)))
    local time
    time=$(date -u -d "@$((last_ms / 1000)).$(printf %03d $((last_ms % 1000)))" +%FT%T.%3NZ)
    printf '{"specversion":"1.0","id":"live-%s","source":"test","type":"uptake.usage.v1","time":"%s","data":{"team":"%s","user":"u-live","assist":"ai"}}\n' \
        "$last_ms" "$time" "$team" > "$DIR/one.ndjson"
    produce "$DIR/one.ndjson"
}
is_shown() { [ "$(redis HGET "$key" watermark)" = "$last_ms" ]; }
# Behind the time in which this machine sends one event, for it may be slow, and mostly, for others may work on it.
quick=0
for ((changes = 1; changes <= 30; changes++)); do
    send_one
    sent_ms=$(($(date +%s%3N) - last_ms))
    wait_until 30 'change in Redis' is_shown
    took_ms=$(($(date +%s%3N) - last_ms))
    echo "from before produce to behind it: $sent_ms ms, to Redis: $took_ms ms"
    ((took_ms <= 1000 + 2 * sent_ms)) && ((quick++))
    ((changes < 6 || 3 * quick < 2 * changes)) || break
done
((changes <= 30)) || fail "only $quick of 30 changes were there within a second"

# ---- lost data come back by themselves, without any event
is_full() { [ "$(redis --scan --pattern 'uptake:*:team:*' | grep -vc ':redesign$')" = 20 ]; }
redis FLUSHDB > /dev/null
wait_until 30 'refill after FLUSHDB' is_full
is_shown || fail 'refilled with something else'
bash "$SERVERS" restart redis || fail 'Redis does not start'
wait_until 30 'refill after a crash of Redis' is_full

# ---- Redis that answers and takes nothing: told once, asked now and then, and all is there when it takes it again
refusals() { grep -c "event=redis_refused .*$1.*todo=" "$DIR/one.log"; }
is_refused() { [ "$(refusals "$1")" -ge 1 ] && ! daemon_is_ready one && [ "$(daemon_metric one uptake_redis_up)" = 0 ]; }
redis CONFIG SET maxmemory 1 > /dev/null
send_one
wait_until 30 'refusal for want of memory' is_refused OOM
curl -s "http://127.0.0.1:${DAEMON_PORTS[one]}/readyz" | jq -e '.reasons.redis | contains("OOM")' > /dev/null || fail 'not ready, and no reason'
before=$(daemon_metric one uptake_redis_errors_total)
is_asked_again() { [ "$(daemon_metric one uptake_redis_errors_total)" -gt "$before" ]; }
wait_until 30 'another attempt' is_asked_again
[ "$(daemon_metric one uptake_redis_errors_total)" -lt $((before + 200)) ] || fail 'Redis is asked without a pause'
redis CONFIG SET maxmemory 0 > /dev/null
wait_until 30 'what was refused' is_shown
wait_until 30 'ready again' daemon_is_ready one
[ "$(refusals OOM)" -le 2 ] || fail 'a refusal is told again and again'

# ---- while Redis is down everything else goes on
bash "$SERVERS" stop redis
before=$(messages_done)
send_one
wait_until 30 'checkpoint without Redis' all_done $((before + 1))
is_missed() { [ "$(daemon_metric one uptake_redis_up)" = 0 ] && ! daemon_is_ready one; }
wait_until 30 'Redis that is missed' is_missed
bash "$SERVERS" start redis || fail 'Redis does not start'
wait_until 30 'refill after Redis was away' is_full
wait_until 10 'what changed meanwhile' is_shown
wait_until 10 'ready again' daemon_is_ready one

# ---- a higher epoch: nothing is written until PostgreSQL has told that it is nobody's; then it is replaced
daemon_kill one STOP
owner=$(redis HGET "uptake:{$partition}:shard" epoch)
redis HSET "uptake:{$partition}:shard" epoch $((owner + 1000)) > /dev/null
redis HSET "$key" watermark mine > /dev/null
# A real later owner: its claim is in PostgreSQL too.
sql "UPDATE uptake.shard SET epoch = epoch + 1000, claim = gen_random_uuid() WHERE partition = $partition"
daemon_kill one CONT
send_one
is_fenced() { grep -q "event=partition_fenced partition=$partition by=postgresql" "$DIR/one.log"; }
wait_until 30 'fence' is_fenced
[ "$(redis HGET "$key" watermark)" = mine ] || fail 'the former owner has written to Redis'
[ "$(redis HGET "uptake:{$partition}:shard" epoch)" = $((owner + 1000)) ] || fail 'the former owner has claimed'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
daemon_start one "${settings[@]}"
wait_until 30 'the next owner' is_shown

redis HSET "uptake:{$partition}:shard" epoch 9000000000000000 > /dev/null
send_one
wait_until 30 'figures in spite of a foreign epoch' is_shown
grep -q "event=partition_doubted partition=$partition" "$DIR/one.log" || fail 'the epoch was not noticed'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo "figures of $(wc -l < "$DIR/hashes.json") hashes equal, $quick of $changes changes within a second, refilled, fenced"

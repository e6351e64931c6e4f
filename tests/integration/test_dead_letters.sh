#!/usr/bin/env bash
# A message for each reason of refusal arrives in the dead-letter topic as it came, with why and from where, and is counted in
# PostgreSQL and /metrics; one that is too large for that topic arrives without its value.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "letters-$$" 2
SERVERS=$TESTS_DIR/support/servers.sh
LETTERS=$NAME.small
bash "$SERVERS" topic create "$LETTERS:1:max.message.bytes=140000" > /dev/null

# The header `case` names the reason that is expected; "none": accepted.
python3 - > "$DIR/events.ndjson" << 'PYTHON'
import base64, datetime, json, random

now = datetime.datetime.now(datetime.timezone.utc)
numbers = iter(range(1000))


def at(**ago):
    return (now - datetime.timedelta(**ago)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event(data=None, **other):
    data = {"team": "t1", "user": "u1", "assist": "ai"} if data is None else data
    base = {"specversion": "1.0", "id": f"e{next(numbers)}", "source": "test", "type": "uptake.usage.v1", "time": at(hours=1)}
    return json.dumps({**base, "data": data, **other})


def send(case, value, key="t1", **line):
    value = value if isinstance(value, bytes) else value.encode()
    headers = {"case": case, "trace": "caf\u00e9 \u2603", **line.pop("headers", {})}
    print(json.dumps({"topic": "uptake", "key": key, "value_b64": base64.b64encode(value).decode(), "headers": headers, **line}))


send("none", event())
send("malformed", b"{\xff\xfe not json")
send("malformed", b"")
send("envelope", event(specversion="0.3"))
send("envelope", "[1, 2]")
send("unknown_type", event(type="uptake.nonsense.v1"))
send("schema", event({"team": "t1", "user": "u1", "assist": "perhaps"}))
send("key", event(), key="t2")
send("key", event(), key="")
send("too_late", event(time=at(days=36)))
send("future", event(time=at(hours=-1)))
binary = {"ce_specversion": "1.0", "ce_id": "b1", "ce_source": "test", "ce_type": "uptake.usage.v1", "ce_time": at(hours=1)}
send("none", json.dumps({"team": "t1", "user": "u1", "assist": "ai"}), headers=binary)
send("schema", json.dumps({"team": "t1"}), headers=binary)
# To every partition: only one of them is the right one.
both = event({"team": "lonely", "user": "u1", "assist": "ai"})
send("misrouted", both, key="lonely", partition=0)
send("misrouted", both, key="lonely", partition=1)
random.seed(5)
send("malformed", "".join(random.choices("0123456789abcdef", k=300000)), headers={"large": "yes"})
PYTHON

daemon_start one checkpoint.interval=200ms
"$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" "$DIR/events.ndjson" || fail 'not sent'
lines=$(wc -l < "$DIR/events.ndjson")
wait_until 60 'all messages' all_done "$lines"

# Each letter beside the message that it names. Lines: case, reason, all as it came (the large one without its value).
bash "$SERVERS" topic read "$TOPIC" > "$DIR/messages.json" || fail 'the topic cannot be read'
bash "$SERVERS" topic read "$LETTERS" > "$DIR/letters.json" || fail 'the letters cannot be read'
jq -r -n --arg topic "$TOPIC" --slurpfile messages "$DIR/messages.json" --slurpfile letters "$DIR/letters.json" '
    $letters[] | (.headers_b64 | map_values(@base64d)) as $h
    | [$messages[] | select($h.uptake_topic == $topic and "\(.partition)" == $h.uptake_partition and "\(.offset)" == $h.uptake_offset)]
        as $found
    | (.headers_b64 | with_entries(select(.key | startswith("uptake_") | not))) as $original
    | [$h.case, $h.uptake_reason, ($h | has("uptake_detail")), ($found | length), .key_b64 == $found[0].key_b64,
       (.value_b64 // "") == ($found[0].value_b64 // ""), $original == $found[0].headers_b64, $h.uptake_truncated // "whole"]
    | join(" ")' | LC_ALL=C sort > "$DIR/actual"
LC_ALL=C sort > "$DIR/expected" << 'LINES'
envelope envelope true 1 true true true whole
envelope envelope true 1 true true true whole
future future true 1 true true true whole
key key true 1 true true true whole
key key true 1 true true true whole
malformed malformed true 1 true false true 300000
malformed malformed true 1 true true true whole
malformed malformed true 1 true true true whole
misrouted misrouted true 1 true true true whole
schema schema true 1 true true true whole
schema schema true 1 true true true whole
too_late too_late true 1 true true true whole
unknown_type unknown_type true 1 true true true whole
LINES
diff "$DIR/expected" "$DIR/actual" || fail 'the letters are not those (case, reason, detail, found, key, value, headers, truncated)'

for count in malformed:3 envelope:2 unknown_type:1 schema:2 key:2 misrouted:1 too_late:1 future:1; do
    reason=${count%:*} expected=${count#*:}
    stored=$(sql "SELECT sum(rejected_$reason) FROM uptake.shard")
    shown=$(curl -sf "http://127.0.0.1:${DAEMON_PORTS[one]}/metrics" |
        sed -n "s/^uptake_events_rejected_total{reason=\"$reason\"} //p")
    [ "$stored/$shown" = "$expected/$expected" ] || fail "$reason: $stored in PostgreSQL, $shown shown, $expected expected"
done
[ "$(sql 'SELECT sum(accepted) FROM uptake.shard')" = 3 ] || fail 'not three are accepted'
! grep -qE 'lonely|not json' "$DIR/one.log" || fail 'the log repeats what it refused'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
echo "$(wc -l < "$DIR/letters.json") letters as they came, counted by reason"

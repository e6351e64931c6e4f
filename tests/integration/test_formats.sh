#!/usr/bin/env bash
# Binary and structured events, uncompressed and in every compression of Kafka, give the cells of the plain file.
set -u
. "${UPTAKE_TESTS_DIR:?}/support/daemon.sh"

daemon_begin "formats-$$" 2
"$BIN_DIR/uptakectl" simulate --seed 13 --days 30 --until now --teams growing:6,theatre:5,gone:6 --rate 2 --faults 0 > "$DIR/events.ndjson"
lines=$(wc -l < "$DIR/events.ndjson")
"$BIN_DIR/uptakectl" evaluate --partitions 2 --now "$(date -u +%FT%TZ)" "$DIR/events.ndjson" > "$DIR/expected.json"
daemon_start one checkpoint.interval=200ms
split -n l/5 "$DIR/events.ndjson" "$DIR/part."
for part in aa:none ab:gzip ac:snappy ad:lz4 ae:zstd; do
    # Every other event in binary mode, some with attributes in the headers that we do not read.
    jq -c 'if input_line_number % 2 == 0 then . else
        {topic: "uptake", key: .data.team, value: (.data | tojson),
         headers: {"ce_specversion": .specversion, "ce_id": .id, "ce_source": .source, "ce_type": .type, "ce_time": .time,
                   "ce_subject": "x", "content-type": "application/json"}} end' "$DIR/part.${part%:*}" > "$DIR/mixed.ndjson"
    grep -q ce_specversion "$DIR/mixed.ndjson" || fail 'nothing is binary'
    "$BIN_DIR/uptakectl" produce --quiet --brokers "$UPTAKE_TEST_KAFKA" --topic "$TOPIC" --compression "${part#*:}" "$DIR/mixed.ndjson" \
        > "$DIR/produced" || fail "${part#*:} is not sent"
done
wait_until 60 'all messages' all_done "$lines"
[ "$(sql 'SELECT sum(accepted) FROM uptake.shard')" = "$lines" ] || fail 'some were refused'
daemon_kill one TERM
[ "$DAEMON_EXIT" = 0 ] || fail "ended with $DAEMON_EXIT"
cells_of_document "$DIR/expected.json" > "$DIR/expected.cells"
cells_of_database "$DIR/expected.json" > "$DIR/actual.cells"
[ -s "$DIR/expected.cells" ] || fail 'no cells expected'
cmp "$DIR/expected.cells" "$DIR/actual.cells" || fail "$(diff "$DIR/expected.cells" "$DIR/actual.cells" | head -n 10)"
echo "$lines events in two modes and five compressions, $(wc -l < "$DIR/actual.cells") cells equal"

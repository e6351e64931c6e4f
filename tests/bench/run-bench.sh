#!/usr/bin/env bash
# make bench: uptaked against a bare librdkafka consumer on the same topic of a real Kafka, in one run, taken in turns.
#   EVENTS=4000000 TEAMS=2000 ROUNDS=3 RATE=20000 make bench
set -eu
BENCH_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec bash "$BENCH_DIR/../support/servers.sh" run --kafka --redis --postgres --durable \
    --kafka-jvm '-Xmx1g -XX:+UseG1GC' --topic bench.events:4 --topic bench.live:4 --topic bench.letters:1 \
    -- bash "$BENCH_DIR/session.sh"

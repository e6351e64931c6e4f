#!/usr/bin/env bash
# make bench-memory: fills the memory target of the design (10,000 teams of 8 people, 3 workflows, 90 days, 2 arms, 1,000,000
# open tasks), prints resident memory by what holds it, and how long a restart takes to load it again.
#   TEAMS=10000 DAYS=90 make bench-memory
set -eu
BENCH_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec bash "$BENCH_DIR/../support/servers.sh" run --kafka --redis --postgres \
    --kafka-jvm '-Xmx1g -XX:+UseG1GC' --topic bench.memory:4 --topic bench.letters:1 \
    -- bash "$BENCH_DIR/memory-session.sh"

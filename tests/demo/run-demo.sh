#!/usr/bin/env bash
# make demo: a simulated year of twelve teams through the whole pipeline, in private servers that are gone afterwards.
set -eu
DEMO_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec bash "$DEMO_DIR/../support/servers.sh" run --redis --postgres -- bash "$DEMO_DIR/session.sh"

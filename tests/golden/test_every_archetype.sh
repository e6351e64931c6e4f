#!/usr/bin/env bash
# The largest scenario, 26 teams over 400 days; its events are too large to be kept here.

set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
FOLDER=$HERE/../../../shared/golden
if [ ! -f "$FOLDER/every-archetype.ndjson.gz" ]; then
    echo 'the events of every-archetype are not here'
    exit 77
fi
bash "$HERE/run_scenario.sh" every-archetype "$FOLDER"

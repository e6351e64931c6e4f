#!/usr/bin/env bash
# The dashboards are what Grafana takes: by its own schema, by their layout, by the data sources that are provisioned; their
# thresholds are those of the alerts, their words those of uptake.
# test deadline: 300 s
set -u
. "${UPTAKE_TESTS_DIR:?}/support/npm.sh"

python3 "$UPTAKE_TESTS_DIR/grafana/check_dashboards.py" || exit 1
if command -v node > /dev/null && npm_fetch grafana typescript/package.json; then
    node "$UPTAKE_TESTS_DIR/grafana/check_types.mjs" "$NPM_MODULES" || exit 1
else
    echo 'not checked: the schema of Grafana (npm is not there, or could not fetch it)'
fi

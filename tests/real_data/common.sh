# shellcheck shell=bash
# What the tests on published data share: where the data are, and which sets.
#
# The data are not ours to hand on: UPTAKE_REAL_DATA (../shared/data) has a folder of each set, or
# the tests are skipped. The caller has set ROOT.

REAL_DATA=${UPTAKE_REAL_DATA:-$ROOT/../shared/data}
REAL_SETS=(human-alignment chatgpt-advice ai-fact-checking halie-qa)
export PYTHONDONTWRITEBYTECODE=1

skip() {
    echo "$*"
    exit 77
}

require_real_data() {
    local set
    for set in "${REAL_SETS[@]}"; do
        [ -f "$REAL_DATA/$set/expected.json" ] || skip "the data set $set is not in $REAL_DATA"
    done
}

IMPORT_SETS=(copilot-metrics copilot-telemetry otlp-json realhumaneval-chat xapi)
require_import_data() {
    local set
    for set in "${IMPORT_SETS[@]}"; do
        [ -f "$REAL_DATA/$set/README.md" ] || skip "the data set $set is not in $REAL_DATA"
    done
}

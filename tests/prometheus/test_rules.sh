#!/usr/bin/env bash
# The rules for Prometheus are sound, fire when they should and name only metrics that there are; the example of routes pages
# nobody for the sake of adoption.
set -u
TESTS_DIR=${UPTAKE_TESTS_DIR:?}
RULES=$TESTS_DIR/../config/prometheus/uptake.rules.yml
ROUTES=$TESTS_DIR/../config/prometheus/alertmanager.example.yml
fail() { printf 'FAILED: %s\n' "$*" && exit 1; }
for tool in promtool amtool; do
    command -v $tool > /dev/null || { echo "skipped: needs $tool (prometheus, prometheus-alertmanager)" && exit 77; }
done

promtool check rules "$RULES" || fail 'the rules are not sound'
promtool test rules "$TESTS_DIR/prometheus/uptake.tests.yml" || fail 'a rule does not do what its test says'

# Each alert has a unit test, and says whom it is for.
while read -r name; do
    grep -q "$name" "$TESTS_DIR/prometheus/uptake.tests.yml" || fail "$name has no test"
done < <(sed -n 's/^ *- alert: //p' "$RULES")
[ "$(grep -c '^ *- alert: ' "$RULES")" = "$(grep -cE 'labels: \{audience: service, severity: (page|ticket)\}' "$RULES")" ] || fail 'an alert for nobody'

amtool check-config "$ROUTES" || fail 'the routes are not sound'
route() { amtool config routes test --config.file="$ROUTES" "$@" 2> /dev/null; }
for kind in relapsing stalled bypassing over_trust fading faster_but_worse hollow_entry; do
    for owner in '' enablement somebody; do
        receiver=$(route audience=adoption "kind=$kind" "alertname=uptake_$kind" team=a severity=page ${owner:+"owner=$owner"})
        [[ $receiver != *pager* ]] || fail "$kind pages"
    done
done
[ "$(route audience=adoption owner=enablement)" = enablement-mail ] || fail 'the owner is not told'
[ "$(route audience=service severity=page alertname=UptakeDown)" = operators-pager ] || fail 'a page that reaches nobody'
[ "$(route audience=service severity=ticket alertname=UptakeRedisDown)" = operators-mail ] || fail 'a ticket elsewhere'
[ "$(route audience=service kind=blind)" = operators-mail ] || fail 'a feed that goes blind'

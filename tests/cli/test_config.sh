#!/usr/bin/env bash
# uptakectl config show: every option with its value, where that comes from, and what a change takes; no secret.

set -eu
# shellcheck source=tests/support/cli.sh
. "${UPTAKE_TESTS_DIR:?}/support/cli.sh"
cli_begin config

# show EXPECTED_CODE ARGUMENTS...
show() {
    local expected=$1
    shift
    run "$expected" config show --config "$WORK/uptaked.conf" "$@"
}

# line PATTERN: one line of the answer, blanks in it counting as any number
line() { grep -qE -- "^${1// / +}\$" "$WORK/out" || fail "no line: $1"; }

echo hunter2 >"$WORK/password"
chmod 600 "$WORK/password"
cat >"$WORK/uptaked.conf" <<CONF
[kafka]
topics = b, a
kafka.sasl.password_file = $WORK/password
kafka.client.id = us
[postgresql]
password_file = \$CREDENTIALS_DIRECTORY/postgresql.password
[events]
idle_after = 90s
CONF

# Secrets are neither shown nor needed: one of the files is not there.
show 0 --set events.grace=2h
! grep -rq hunter2 "$WORK/out" "$WORK/err" || fail 'a secret is shown'
line 'kafka.topics a, b uptake.events line 2 restart'
line 'kafka.kafka.sasl.password_file [^ ]*/password - line 3 restart'
line 'kafka.kafka.client.id us - line 4 restart'
line 'postgresql.password_file \$CREDENTIALS_DIRECTORY/postgresql.password - line 6 restart'
line 'events.idle_after 90s 60s line 8 restart, changes figures'
line 'events.grace 2h 6h command line restart, changes figures'
line 'daemon.log_level info info default reload'
rows=$("$UPTAKECTL" config show --config "$WORK/uptaked.conf" --json | jq length)
[ "$rows" = $(($(grep -c '^ROW' "$UPTAKE_TESTS_DIR/../include/app/config.def") + 2)) ] || fail "$rows options"

show 0 --changed --json
[ "$(jq -r 'map(.key) | join(" ")' "$WORK/out")" = \
    'topics idle_after password_file kafka.sasl.password_file kafka.client.id' ] || fail 'other options are changed'
[ "$(jq -c '.[1] | [.value, .default, .source, .line, .reloadable, .changes_figures]' "$WORK/out")" = \
    '["90s","60s","file",8,false,true]' ] || fail 'an option is described otherwise'
show 0 grace && [ "$(wc -l <"$WORK/out")" = 2 ] || fail 'not one option'
show 0 checkpoint && [ "$(wc -l <"$WORK/out")" -ge 4 ] || fail 'not a section'
show 2 nothing && says err "no option 'nothing'"

echo 'nonsense = 1' >>"$WORK/uptaked.conf"
show 3 && grep -q 'uptaked.conf:9: .*no such key' "$WORK/err" || fail 'a mistake in the configuration'
run 2 config list
echo 'all as expected'

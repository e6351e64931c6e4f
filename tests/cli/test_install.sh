#!/usr/bin/env bash
# make install puts everything where a system looks for it; make uninstall takes it away, but for what somebody changed.

set -eu
OUT=${UPTAKE_BUILD_DIR:?}
ROOT_DIR=$(cd "${UPTAKE_TESTS_DIR:?}/.." && pwd)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-install-test.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

fail() {
    echo "FAILED: $*"
    exit 1
}

# run_make TARGET VARIABLE=VALUE...
run_make() {
    env -u MAKEFLAGS -u MAKELEVEL make -s -C "$ROOT_DIR" VARIANT="$(basename "$OUT")" "$@" 2>"$WORK/err" ||
        fail "make $*: $(cat "$WORK/err")"
}

ROOT=$WORK/root
run_make install DESTDIR="$ROOT" PREFIX=/opt/uptake
for file in opt/uptake/bin/uptaked opt/uptake/bin/uptakectl; do
    [ -x "$ROOT/$file" ] || fail "no program $file"
done
for file in lib/systemd/system/uptaked.service lib/systemd/system/uptaked@.service lib/systemd/system/uptake.target \
    lib/systemd/catalog/uptake.catalog lib/sysusers.d/uptake.conf lib/tmpfiles.d/uptake.conf share/man/man8/uptaked.8 \
    share/man/man1/uptakectl.1 share/man/man5/uptaked.conf.5 share/man/man7/uptake-events.7 \
    share/bash-completion/completions/uptakectl share/bash-completion/completions/uptaked share/doc/uptake/copyright; do
    [ -s "$ROOT/opt/uptake/$file" ] || fail "no $file"
done
for file in "$ROOT_DIR"/sql/*.sql; do
    cmp "$file" "$ROOT/opt/uptake/share/uptake/sql/${file##*/}" || fail "no migration ${file##*/}"
done
for file in "$ROOT_DIR"/sql/roles/*.sql; do
    cmp "$file" "$ROOT/opt/uptake/share/uptake/roles/${file##*/}" || fail "no script ${file##*/}"
done
for file in "$ROOT_DIR"/sql/examples/*.sql; do
    cmp "$file" "$ROOT/opt/uptake/share/doc/uptake/examples/${file##*/}" || fail "no example ${file##*/}"
done
for file in "$ROOT_DIR"/config/grafana/dashboards/*.json; do
    cmp "$file" "$ROOT/opt/uptake/share/uptake/grafana/dashboards/${file##*/}" || fail "no dashboard ${file##*/}"
done
grep -qx ' *path: /opt/uptake/share/uptake/grafana/dashboards' "$ROOT/opt/uptake/share/uptake/grafana/provisioning/dashboards/uptake.yaml" ||
    fail 'Grafana would look for dashboards elsewhere'
[ ! -e "$ROOT/opt/uptake/share/uptake/sql/examples" ] || fail 'examples stand among the migrations'
grep -qx 'ExecStart=/opt/uptake/bin/uptaked --config /etc/uptake/uptaked.conf' \
    "$ROOT/opt/uptake/lib/systemd/system/uptaked.service" || fail 'the unit starts something else'
! grep -r /usr/bin/uptake "$ROOT/opt" --include='*.service' || fail 'a unit has the wrong path'
cmp "$ROOT_DIR/config/uptaked.conf" "$ROOT/etc/uptake/uptaked.conf" || fail 'the configuration is another'
# As it comes it is valid; the key is the one thing that is missing.
(umask 077 && head -c 16 /dev/zero >"$WORK/pseudonym.key")
CREDENTIALS_DIRECTORY=$WORK "$ROOT/opt/uptake/bin/uptaked" --check-config --config "$ROOT/etc/uptake/uptaked.conf" |
    grep -qx 'configuration ok' || fail 'the configuration is not valid'

# ---- again: a configuration that was changed stays
echo '# ours' >>"$ROOT/etc/uptake/uptaked.conf"
run_make install DESTDIR="$ROOT" PREFIX=/opt/uptake
tail -n 1 "$ROOT/etc/uptake/uptaked.conf" | grep -qx '# ours' || fail 'a changed configuration was replaced'
grep -q 'is kept' "$WORK/err" || fail 'nothing is said of it'

# ---- and away
run_make uninstall DESTDIR="$ROOT" PREFIX=/opt/uptake
[ "$(cd "$ROOT" && find . -type f)" = ./etc/uptake/uptaked.conf ] || fail "left: $(find "$ROOT" -type f)"
cp "$ROOT_DIR/config/uptaked.conf" "$ROOT/etc/uptake/uptaked.conf"
run_make uninstall DESTDIR="$ROOT" PREFIX=/opt/uptake
[ ! -e "$ROOT/etc/uptake" ] || fail 'a configuration that nobody changed was left'
echo 'all as expected'

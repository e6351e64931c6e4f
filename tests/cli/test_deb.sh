#!/usr/bin/env bash
# The Debian package: complete, the same bytes twice, without errors of lintian; an upgrade and a removal keep what
# people have put in. Installed into a directory, never into this system.
# test deadline: 900 s

set -eu
OUT=${UPTAKE_BUILD_DIR:?}
ROOT_DIR=$(cd "${UPTAKE_TESTS_DIR:?}/.." && pwd)

skip() {
    echo "skipped: $*"
    exit 77
}
[ "$(basename "$OUT")" = release ] || skip 'only the release is packaged'
for tool in dh lintian dpkg fakeroot systemd-sysusers; do
    command -v "$tool" >/dev/null || skip "needs $tool (apt-get install debhelper lintian fakeroot systemd)"
done
WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-deb-test.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

fail() {
    echo "FAILED: $*"
    exit 1
}

# make_package VERSION
make_package() {
    local made
    made=$(cd "$ROOT_DIR" && UPTAKE_DEB_VERSION=$1 bash src/make-deb.sh "${OUT#"$ROOT_DIR"/}") || fail "no package: $made"
    mv "$ROOT_DIR/$made" "$WORK/$1.deb"
}

make_package 1.0-1
make_package 1.0-2
# All but the version: names, modes, owners, times and bytes.
describe() {
    dpkg-deb --fsys-tarfile "$1" | tar -tv --full-time | grep -v changelog.Debian
    dpkg-deb --ctrl-tarfile "$1" | tar -xO ./md5sums | grep -v changelog.Debian
}
[ "$(describe "$WORK/1.0-1.deb")" = "$(describe "$WORK/1.0-2.deb")" ] || fail 'made twice it is not the same'

lintian --allow-root --fail-on error "$WORK/1.0-1.deb" || fail 'lintian finds errors'
dpkg -c "$WORK/1.0-1.deb" | awk '{ print $6 }' >"$WORK/contents"
for file in usr/bin/uptaked usr/bin/uptakectl etc/uptake/uptaked.conf usr/lib/systemd/system/uptaked.service \
    usr/lib/systemd/system/uptaked@.service usr/lib/sysusers.d/uptake.conf usr/lib/tmpfiles.d/uptake.conf usr/share/man/man8/uptaked.8.gz usr/share/man/man1/uptakectl.1.gz \
    usr/share/man/man5/uptaked.conf.5.gz usr/share/man/man7/uptake-events.7.gz \
    usr/share/bash-completion/completions/uptakectl usr/share/uptake/sql/001_tables.sql usr/share/uptake/grafana/dashboards/uptake-adoption.json usr/share/doc/uptake/copyright; do
    grep -qxF "./$file" "$WORK/contents" || fail "no $file in the package"
done
dpkg -I "$WORK/1.0-1.deb" conffiles | grep -qx /etc/uptake/uptaked.conf || fail 'the configuration is no conffile'
dpkg -f "$WORK/1.0-1.deb" Depends | grep -q 'librdkafka1.*' || fail 'the libraries are no dependencies'

# ---- install, change, upgrade, remove, purge
ROOT=$WORK/root
mkdir -p "$ROOT/var/lib/dpkg/info" "$ROOT/var/lib/dpkg/updates" "$ROOT/var/lib/dpkg/triggers"
: >"$ROOT/var/lib/dpkg/status"
: >"$ROOT/var/lib/dpkg/available"
run_dpkg() {
    PATH=$PATH:/usr/sbin:/sbin fakeroot dpkg --root="$ROOT" --log="$WORK/dpkg.log" --force-script-chrootless --force-depends \
        --force-confdef --force-confold "$@" >"$WORK/out" 2>&1 || fail "dpkg $*: $(cat "$WORK/out")"
}
run_dpkg -i "$WORK/1.0-1.deb"
[ -x "$ROOT/usr/bin/uptaked" ] && [ -e "$ROOT/etc/uptake/uptaked.conf" ] || fail 'not installed'
echo '# ours' >>"$ROOT/etc/uptake/uptaked.conf"
echo key >"$ROOT/etc/uptake/pseudonym.key"
run_dpkg -i "$WORK/1.0-2.deb"
grep -q '1.0-2' "$ROOT/var/lib/dpkg/status" || fail 'not upgraded'
kept() { grep -qx '# ours' "$ROOT/etc/uptake/uptaked.conf" && grep -qx key "$ROOT/etc/uptake/pseudonym.key"; }
kept || fail 'an upgrade changed what people had put in'
run_dpkg -r uptake
[ ! -e "$ROOT/usr/bin/uptaked" ] || fail 'not removed'
kept || fail 'a removal changed what people had put in'
run_dpkg -P uptake
[ ! -e "$ROOT/etc/uptake/uptaked.conf" ] || fail 'a purge left the configuration'
grep -qx key "$ROOT/etc/uptake/pseudonym.key" || fail 'a purge took the key, without which stored people are nobody'
echo 'all as expected'

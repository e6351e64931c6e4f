#!/usr/bin/env bash
# Makes a Debian package of what was built, in build/deb. Needs debhelper; everything that it reads is generated there.
#
#   make-deb.sh OUT    OUT: directory of the programs
#
#   SOURCE_DATE_EPOCH   time of all files (that of the last commit): the same source gives the same package
#   UPTAKE_DEB_VERSION  version of the package (that of the programs, and -1)

set -eu
export LC_ALL=C

OUT=${1:?}
ROOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT_DIR"
command -v dh >/dev/null || {
    echo 'make-deb: needs debhelper (apt-get install debhelper)' >&2
    exit 1
}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y include/base/version.h)}
export SOURCE_DATE_EPOCH
VERSION=${UPTAKE_DEB_VERSION:-$(grep -oP '#define UPTAKE_VERSION "\K[^"]+' include/base/version.h)-1}
TREE=$ROOT_DIR/build/deb/uptake
rm -rf "$TREE"
mkdir -p "$TREE/debian/source"
cd "$TREE/debian"

cat >control <<CONTROL
Source: uptake
Section: misc
Priority: optional
Maintainer: The uptake authors <authors@uptake.example>
Build-Depends: debhelper-compat (= 13)
Standards-Version: 4.6.2
Rules-Requires-Root: no

Package: uptake
Architecture: any
Pre-Depends: \${misc:Pre-Depends}
Depends: \${shlibs:Depends}, \${misc:Depends}
Suggests: postgresql (>= 15), redis-server
Description: measures of how AI is taken up, from Kafka to PostgreSQL and Redis
 uptaked reads events about work with AI from Kafka, keeps rolling measures of
 every team live in Redis, and writes the health of every team to PostgreSQL
 once a day, exactly once. Every figure has an estimate, a 95 % interval and
 the number of cases behind it; where evidence is missing it says which.
 .
 This package has the daemon, its units for systemd, and uptakectl, the tool
 for people: checks, evaluation of files, simulation, reports.
CONTROL

cat >changelog <<CHANGELOG
uptake ($VERSION) unstable; urgency=medium

  * Made of the source of this version; see its history for what changed.

 -- The uptake authors <authors@uptake.example>  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
CHANGELOG

cat >copyright <<COPYRIGHT
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
$(sed -n 's/^Copyright (c) /Copyright: /p' "$ROOT_DIR/LICENSE")
License: Expat
$(sed -n '/^Permission is/,$p' "$ROOT_DIR/LICENSE" | sed 's/^$/./; s/^/ /')
COPYRIGHT

# Removed, it must not run on.
cat >prerm <<'PRERM'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
    deb-systemd-invoke stop uptaked.service 'uptaked@*.service' >/dev/null || true
fi
#DEBHELPER#
PRERM
cat >postinst <<'POSTINST'
#!/bin/sh
set -e
if [ "$1" = configure ] && [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
fi
#DEBHELPER#
POSTINST

# Nothing is enabled or started by itself: it wants a configuration, a key, a database and topics first. An upgrade
# leaves what runs alone, for the schema may have to be migrated before the new program may start.
cat >rules <<RULES
#!/usr/bin/make -f
%:
	dh \$@
override_dh_auto_configure override_dh_auto_build override_dh_auto_test override_dh_auto_clean:
override_dh_auto_install:
	DESTDIR='$TREE/debian/uptake' PREFIX=/usr SYSCONFDIR=/etc bash '$ROOT_DIR/src/install.sh' install '$ROOT_DIR/$OUT'
	rm -f debian/uptake/usr/share/doc/uptake/copyright
override_dh_installsystemd:
	dh_installsystemd --no-enable --no-start --no-stop-on-upgrade
	dh_installsysusers
RULES
chmod 755 rules
echo '3.0 (native)' >source/format

cd "$TREE"
debian/rules binary >"$ROOT_DIR/build/deb/log" 2>&1 || {
    tail -n 20 "$ROOT_DIR/build/deb/log" >&2
    exit 1
}
cd "$ROOT_DIR/build/deb"
ls -1 uptake_"$VERSION"_*.deb | sed 's|^|build/deb/|'

#!/usr/bin/env bash
# Puts what was built where a system looks for it, or takes it away again.
#
#   install.sh install|uninstall OUT    OUT: directory of the programs; the variables are make's
#
#   DESTDIR      what stands before every path (packages)
#   PREFIX       /usr/local, or /usr
#   SYSCONFDIR   /etc: where the configuration is, and the secrets

set -eu
export LC_ALL=C

ACTION=${1:?} OUT=${2:?}
DESTDIR=${DESTDIR:-} PREFIX=${PREFIX:?} SYSCONFDIR=${SYSCONFDIR:?}
ROOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT_DIR"
MADE=$(mktemp -d "${TMPDIR:-/tmp}/uptake-install.XXXXXX")
trap 'rm -rf "$MADE"' EXIT

# put MODE SOURCE TARGET
put() {
    if [ "$ACTION" = install ]; then
        install -D -m "$1" "$2" "$DESTDIR$3"
    else
        rm -f "$DESTDIR$3"
    fi
}

# The same of a text that says where things are: written for PREFIX /usr.
put_adapted() {
    sed "s|/usr/bin/|$PREFIX/bin/|g; s|/usr/share/|$PREFIX/share/|g; s|/etc/uptake|$SYSCONFDIR/uptake|g" "$2" >"$MADE/adapted"
    put "$1" "$MADE/adapted" "$3"
}

put_programs() {
    put 755 "$OUT/uptaked" "$PREFIX/bin/uptaked"
    put 755 "$OUT/uptakectl" "$PREFIX/bin/uptakectl"
}

put_pages() {
    local page
    for page in uptaked.8 uptakectl.1 uptaked.conf.5 uptake-events.7; do
        "$OUT/uptakectl" --print-man "$page" >"$MADE/$page"
        put 644 "$MADE/$page" "$PREFIX/share/man/man${page##*.}/$page"
    done
    "$OUT/uptakectl" --print-completion >"$MADE/completion"
    put 644 "$MADE/completion" "$PREFIX/share/bash-completion/completions/uptakectl"
    put 644 "$MADE/completion" "$PREFIX/share/bash-completion/completions/uptaked"
}

# RestartSteps came with systemd 254; an older one would complain of it at each look at the unit.
knows_restart_steps() {
    local version
    version=$(systemctl --version 2>/dev/null | awk 'NR == 1 { print $2 }')
    [ "${version:-0}" -ge 254 ]
}

put_units() {
    local file unit
    while read -r file; do
        case $file in
        *.service | *.target | *.socket | *.timer | *.slice)
            put_adapted 644 "$file" "$PREFIX/lib/systemd/system/${file##*/}"
            ;;
        *sysusers*) put_adapted 644 "$file" "$PREFIX/lib/sysusers.d/uptake.conf" ;;
        *tmpfiles*) put_adapted 644 "$file" "$PREFIX/lib/tmpfiles.d/uptake.conf" ;;
        *.catalog) put_adapted 644 "$file" "$PREFIX/lib/systemd/catalog/${file##*/}" ;;
        *.conf)
            for unit in uptaked.service uptaked@.service; do
                if [ "$ACTION" = uninstall ] || knows_restart_steps; then
                    put_adapted 644 "$file" "$PREFIX/lib/systemd/system/$unit.d/${file##*/}"
                fi
            done
            ;;
        esac
    done < <(find systemd -type f | sort)
}

# The migrations, to be read (uptaked has them built in), scripts for psql, and what other programs take: dashboards, rules,
# examples.
put_shared() {
    local file
    while read -r file; do put 644 "$file" "$PREFIX/share/uptake/$file"; done < <(find sql -maxdepth 1 -name '*.sql' | sort)
    while read -r file; do put 644 "$file" "$PREFIX/share/uptake/${file#sql/}"; done < <(find sql/roles -name '*.sql' | sort)
    while read -r file; do put 644 "$file" "$PREFIX/share/doc/uptake/examples/${file##*/}"; done < <(find sql/examples -name '*.sql' | sort)
    while read -r file; do
        put_adapted 644 "$file" "$PREFIX/share/uptake/${file#config/}"
    done < <(find config -type f ! -name uptaked.conf | sort)
    put 644 config/uptaked.conf "$PREFIX/share/doc/uptake/examples/uptaked.conf"
    put 644 README.md "$PREFIX/share/doc/uptake/README.md"
    put 644 LICENSE "$PREFIX/share/doc/uptake/copyright"
}

# A configuration that somebody has changed is neither replaced nor removed.
put_configuration() {
    local target=$DESTDIR$SYSCONFDIR/uptake/uptaked.conf
    if [ -e "$target" ] && ! cmp -s config/uptaked.conf "$target"; then
        echo "$target is kept; as it comes it is in $PREFIX/share/doc/uptake/examples" >&2
    else
        put 644 config/uptaked.conf "$SYSCONFDIR/uptake/uptaked.conf"
    fi
}

# Directories that are ours alone, when nothing is left in them.
remove_directories() {
    local directory
    for directory in "$PREFIX/share/uptake" "$PREFIX/share/doc/uptake" "$SYSCONFDIR/uptake" \
        "$PREFIX/lib/systemd/system/uptaked.service.d" "$PREFIX/lib/systemd/system/uptaked@.service.d"; do
        [ ! -d "$DESTDIR$directory" ] || find "$DESTDIR$directory" -depth -type d -empty -delete
    done
}

case $ACTION in
install | uninstall) ;;
*)
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
put_programs
put_pages
put_units
put_shared
put_configuration
[ "$ACTION" = install ] || remove_directories

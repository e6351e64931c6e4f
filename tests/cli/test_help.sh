#!/usr/bin/env bash
# Manual pages and completion are made of the programs' own tables: complete, and fit for man and bash.

set -eu
BIN_DIR=${UPTAKE_BUILD_DIR:?}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-help.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

fail() {
    echo "FAILED: $*"
    exit 1
}

# ---- manual pages
PAGES='uptaked.8 uptakectl.1 uptaked.conf.5 uptake-events.7'
for page in $PAGES; do
    "$BIN_DIR/uptakectl" --print-man "$page" >"$WORK/$page"
    head -n 2 "$WORK/$page" | grep -qi "^\.TH ${page%.*} ${page##*.} " || fail "$page has no title"
    if command -v man >/dev/null && command -v groff >/dev/null; then
        MANROFFSEQ='' MANWIDTH=90 LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z "$WORK/$page" 2>"$WORK/warnings" >/dev/null
        [ ! -s "$WORK/warnings" ] || fail "$page: $(head -n 3 "$WORK/warnings")"
    fi
    if command -v mandoc >/dev/null; then
        mandoc -T lint -W warning "$WORK/$page" | grep -v 'missing date' >"$WORK/warnings" || true
        [ ! -s "$WORK/warnings" ] || fail "$page: $(head -n 3 "$WORK/warnings")"
    fi
done
# has PAGE TEXT: in the page, with its escapes taken out
has() { sed 's/\\-/-/g; s/\\f[BIR]//g; s/\\(aq/'\''/g' "$WORK/$1" | grep -qF -- "$2" || fail "$1 says nothing of $2"; }

commands=$("$BIN_DIR/uptakectl" help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }')
for command in $commands; do
    has uptakectl.1 ".SS \"$command\""
    "$BIN_DIR/uptakectl" "$command" --help >"$WORK/one"
    while read -r option; do has uptakectl.1 "$option"; done < <(grep -oE '^  --[a-z-]+' "$WORK/one")
done
while read -r option; do has uptaked.8 "$option"; done < <("$BIN_DIR/uptaked" --help | grep -oE '^  --[a-z-]+')
for code in 0 1 2 3 4 5 6 7 8 9; do grep -q "^\\\\fB$code\\\\fR" "$WORK/uptaked.8" || fail "uptaked.8: no exit code $code"; done
while read -r key; do has uptaked.conf.5 "$key"; done < <("$BIN_DIR/uptaked" --print-example-config | grep -oP '^#\K[a-z_.]+(?= =)')
while read -r measure; do has uptake-events.7 "$measure"; done < <("$BIN_DIR/uptakectl" measures --table | cut -f 1)
code=0
"$BIN_DIR/uptakectl" --print-man uptake.9 2>"$WORK/err" || code=$?
[ $code = 2 ] && grep -q uptaked.conf.5 "$WORK/err" || fail 'a page that is not there'

# ---- completion
"$BIN_DIR/uptakectl" --print-completion >"$WORK/completion"
bash -n "$WORK/completion"
cat >"$WORK/complete" <<'SCRIPT'
set -u
. "$1"
shift
complete -p "$1" | grep -q -- "-F _$1 " || exit 1
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
"_$1"
printf '%s\n' "${COMPREPLY[@]}"
SCRIPT
# completes EXPECTED WORDS...: exactly these, in any order
completes() {
    local expected got
    expected=$(tr ' ' '\n' <<<"$1" | sort)
    shift
    got=$(cd "$WORK" && bash "$WORK/complete" "$WORK/completion" "$@" | sort)
    [ "$got" = "$expected" ] || fail "completion of '$*': $got"
}
completes 'evaluate' uptakectl ev
completes "$(echo $commands help)" uptakectl ''
completes '--partitions' uptakectl evaluate --part
completes 'judgement judgement_explained_gain' uptakectl measures judg
completes 'uptaked.conf.5 uptaked.8' uptakectl evaluate uptaked
completes 'team teams' uptakectl help te
completes 'error warn info debug' uptaked --log-level ''
completes 'warn' uptaked --log-level = w
completes 'kafka.topics=' uptaked --set kafka.top
completes 'uptaked.conf.5' uptaked --config uptaked.c
completes '--check-config' uptaked --check
completes '' uptakectl nosuch ''
for command in $commands; do
    options=$("$BIN_DIR/uptakectl" "$command" --help | grep -oP '^  \K--[a-z-]+' || true)
    completes "$(echo $options --help)" uptakectl "$command" --
done
echo 'all as expected'

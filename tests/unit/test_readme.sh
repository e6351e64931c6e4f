#!/usr/bin/env bash
# Tests of README.md: the commands, options, keys, views, measures, metrics, files and targets that it names exist, and
# the programs take its examples of events.

set -u
ROOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN_DIR=${UPTAKE_BUILD_DIR:-$ROOT_DIR/build/release}
FAILURES=0
WORK_DIR=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK_DIR"' EXIT
cd "$ROOT_DIR" || exit 1

fail() {
    echo "FAILED: $*"
    FAILURES=$((FAILURES + 1))
}

# Prints what of README.md matches, each once; fails when nothing does, so that no check becomes empty unnoticed.
named() {
    grep -oP -- "$1" README.md | sort -u >"$WORK_DIR/named"
    [ -s "$WORK_DIR/named" ] || fail "README.md has nothing like $1"
    cat "$WORK_DIR/named"
}

# Prints what stands between lines ```LANGUAGE and ```.
blocks() { awk -v begin="\`\`\`$1" '$0 == begin { on = 1; next } /^```/ { on = 0 } on' README.md; }

# Prints the first columns of the rows of the table whose head is this, without backticks.
first_column() {
    awk -F ' *[|] *' -v head="$1" '
        !/^\|/ { on = 0; next }
        $2 == head { on = 1; next }
        on && $2 !~ /^---/ { print $2 }' README.md | tr -d '`,' | tr ' ' '\n'
}

# ---- commands and options
named 'uptakectl \K[a-z]+(?=[^a-z])' >"$WORK_DIR/commands"
while read -r command; do
    [ "$command" != help ] || continue
    "$BIN_DIR/uptakectl" "$command" --help >"$WORK_DIR/help" 2>&1 || fail "there is no uptakectl $command"
    while read -r option; do
        grep -qF -- "  $option" "$WORK_DIR/help" || fail "uptakectl $command has no option $option"
    done < <(grep -oP "uptakectl $command[^|\`]*" README.md | grep -oP '(?<= )--[a-z-]+' | grep -vx -- --help | sort -u)
done <"$WORK_DIR/commands"
"$BIN_DIR/uptaked" --help >"$WORK_DIR/help"
while read -r option; do
    grep -qF -- "  $option" "$WORK_DIR/help" || fail "uptaked has no option $option"
done < <(grep -oP 'uptaked --[^`#]*' README.md | grep -oP '(?<= )--[a-z-]+' | sort -u)

# ---- make
env -u MAKEFLAGS -u MAKELEVEL make -pq help 2>/dev/null | grep -oP '^[a-z][a-z-]*(?=:)' >"$WORK_DIR/targets"
while read -r target; do
    grep -qx -- "$target" "$WORK_DIR/targets" || fail "there is no target $target"
done < <(grep -v 'no `make install`' README.md | grep -oP '(^    |`)([A-Z]+=\S+ )*make \K[a-z-]+' | sort -u)

# ---- configuration: every row with its section and default
"$BIN_DIR/uptaked" --print-example-config >"$WORK_DIR/conf"
awk '
    /^\[/ { section = substr($1, 2, length($1) - 2) }
    /^#[a-z_.]+ =/ { sub(/^#/, ""); sub(/ *$/, ""); print section ": " $0 }' "$WORK_DIR/conf" >"$WORK_DIR/options"
while read -r option; do
    grep -qxF -- "$option" "$WORK_DIR/options" || fail "no such option with this default: $option"
done < <(named '^\| `[a-z]+` \| `[a-z_.]+` \| [^|]*(?=\|)' | tr -d '`' |
    awk -F ' *[|] *' '{ sub(/ *$/, "", $4); print $2 ": " $3 " =" ($4 == "" ? "" : " " $4) }')

# ---- what is in the database, in Redis' and Prometheus' words, and in the tree
while read -r name; do
    grep -qE "(TABLE|VIEW|FUNCTION) $name\b" sql/*.sql || fail "there is no $name in sql/"
done < <(named '(?<![a-z.=/])uptake\.[a-z_]++(?!\.v1|-)' | grep -vxE 'uptake\.(events|target)') # a topic, a unit
while read -r name; do
    grep -qrE "\b${name%_total}\b" src include sql || fail "the code does not know $name"
done < <(named '\buptake_[a-z_]+' | grep -vx uptake_owner) # a role that the README makes
while read -r name; do
    grep -qE "\`$name(_total)?\`" README.md || fail "README.md does not say what the metric $name is"
done < <(grep -ohP '"\K(uptake|process)_[a-z_]+(?=")' src/app/metrics*.c)
while read -r measure; do
    grep -q "^MEASURE($measure," include/model/measures.def || fail "there is no measure $measure"
done < <(first_column measure)
while read -r path; do
    [ -e "$path" ] || fail "there is no $path"
done < <(named '`\K(src|include|tests|config|sql|systemd)/[A-Za-z0-9_./@-]*(?=`)')

# ---- events: all seven types, all reasons, and examples that are taken
blocks json >"$WORK_DIR/events.ndjson"
DOCUMENT=$WORK_DIR/document.json
"$BIN_DIR/uptakectl" evaluate "$WORK_DIR/events.ndjson" >"$DOCUMENT" || fail 'the examples cannot be evaluated'
accepted=$(grep -oP '"accepted": *\K[0-9]+' "$DOCUMENT" | head -n 1)
[ "$accepted" = "$(wc -l <"$WORK_DIR/events.ndjson")" ] || fail "only $accepted of the examples are taken"
for type in $(grep -ohP '"\Kuptake\.[a-z]+\.v1' src/model/event.c); do
    grep -qF "\"$type\"" "$WORK_DIR/events.ndjson" || fail "there is no example of $type"
    first_column type | grep -qx "$type" || fail "no row says what $type is"
done
reasons() { grep -oP '"rejected": *{\K[^}]*' "$DOCUMENT" | grep -oP '[a-z_]+(?=":)'; }
diff <(first_column reason | sort) <(reasons | sort) || fail 'the reasons to refuse are others'

# ---- exit codes
codes() { grep -oP '^EXIT_CODE\([A-Z]+, \K[0-9]+' include/app/exit_code.def; }
diff <(first_column '`uptaked`') <(codes) || fail 'the exit codes are others'

exit $((FAILURES > 0))

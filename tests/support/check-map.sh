#!/usr/bin/env bash
# Keeps src/README.md's map of files true: one line a file, as the first line of the file says.
#
#   check-map.sh           fails where the map differs, and shows where
#   check-map.sh --write   writes the map anew (make map)

set -u
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
MAP=src/README.md
BEGIN='<!-- map: made by `make map` -->'
END='<!-- end of the map -->'
LAYERS='base stat model codec io app ctl bin'

# Of a header and a body of one name the header speaks for both: it says more.
list_files() {
    local layer=$1
    find "include/$layer" "src/$layer" -maxdepth 1 -type f \( -name '*.[ch]' -o -name '*.cc' -o -name '*.def' \) \
        2>/dev/null | awk -F/ '{ print $NF, $0 }' | sort | awk '
        { stem = $1; sub(/\.[a-z]+$/, "", stem); suffix = $1; sub(/^.*\./, ".", suffix) }
        suffix == ".def" { print $2; next }
        $2 ~ /^include\// { header[stem] = $2; print $2; next }
        { body[++count] = $2; of[count] = stem }
        END { for (i = 1; i <= count; i++) if (!(of[i] in header)) print body[i] }'
}

# shellcheck disable=SC2046 # the names have no blanks
make_map() {
    local layer files
    for layer in $LAYERS; do
        files=$(list_files "$layer" | awk -F/ '{ print $NF, $0 }' | sort | cut -d ' ' -f 2)
        [ -n "$files" ] || continue
        printf '\n### %s\n\n| file | what it is for |\n| --- | --- |\n' "$layer"
        # One awk for all: a process a file would take seconds. A sentence may go on in the next lines.
        awk 'function tell() {
                 gsub(/\|/, "\\|", said)
                 printf "| `%s` | %s |\n", name, said
             }
             FNR == 1 { name = FILENAME; sub(/^.*\//, "", name); said = ""; is_told = 0 }
             is_told { next }
             {
                 is_whole = /\*\// || /^\/\//
                 sub(/^(\/\*|\/\/| \*) ?/, ""); sub(/ *\*\/.*$/, "")
                 said = said (said != "" ? " " : "") $0
                 is_told = is_whole || /[.:]$/
                 if (is_told)
                     tell()
             }' $files
    done
    echo
}

make_whole() {
    sed "/^$BEGIN\$/q" "$MAP"
    make_map
    sed -n "/^$END\$/,\$p" "$MAP"
}

if ! grep -qxF "$BEGIN" "$MAP" || ! grep -qxF "$END" "$MAP"; then
    echo "$MAP: the marks of the map are missing" && exit 1
fi
WANTED=$(make_whole)
if [ "${1:-}" = --write ]; then
    printf '%s\n' "$WANTED" >"$MAP"
elif ! diff <(cat "$MAP") <(printf '%s\n' "$WANTED"); then
    echo "$MAP: the map of files is stale; run: make map" && exit 1
fi

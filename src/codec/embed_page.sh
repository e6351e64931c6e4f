#!/bin/sh
# Prints files as C: their bytes, those that browsers fetch compressed too, and the table of these.
set -eu

word_of() { basename "$1" | tr -c 'a-z0-9\n' '_'; }

type_of() {
    case $1 in
    *.html) echo 'text/html; charset=utf-8' ;;
    *.css) echo 'text/css; charset=utf-8' ;;
    *.js) echo 'text/javascript; charset=utf-8' ;;
    *.svg) echo 'image/svg+xml' ;;
    *) echo "embed_page.sh: what is $1?" >&2 && return 1 ;;
    esac
}

print_bytes() {
    printf 'static const unsigned char %s[] = {\n' "$1"
    od -An -v -tu1 | sed 's/  */,/g; s/^,//; s/$/,/'
    printf '0};\n'
}

served=''
for file in "$@"; do
    print_bytes "page_$(word_of "$file")" < "$file"
    case $file in *.sql) continue ;; esac
    gzip -9nc "$file" | print_bytes "page_$(word_of "$file")_gz"
    served="$served $file"
done
[ -n "$served" ] || exit 0
printf 'static const struct page_file page_files[] = {\n'
for file in $served; do
    name=page_$(word_of "$file")
    printf '    {"%s", "%s", %s, sizeof %s - 1, %s_gz, sizeof %s_gz - 1},\n' \
        "$(basename "$file")" "$(type_of "$file")" "$name" "$name" "$name" "$name"
done
printf '};\n'

#!/bin/sh
# Prints the migrations (files sql/NNN_name.sql, in order) as C: their bytes and the table of them.
set -eu

number_of() { basename "$1" | sed 's/_.*//; s/^0*//'; }
name_of() { basename "$1" .sql | sed 's/^[0-9]*_//'; }

for file in "$@"; do
    printf 'static const unsigned char sql_%s[] = {\n' "$(number_of "$file")"
    od -An -v -tu1 "$file" | sed 's/  */,/g; s/^,//; s/$/,/'
    printf '0};\n'
done
printf 'static const struct migration migrations[] = {\n'
for file in "$@"; do
    printf '    {%s, "%s", (const char *)sql_%s},\n' "$(number_of "$file")" "$(name_of "$file")" "$(number_of "$file")"
done
printf '};\n'

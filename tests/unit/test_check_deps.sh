#!/usr/bin/env bash
# Tests of support/check-deps.sh and check-map.sh: each rule finds its breach, in a small tree of its own.

set -u
TESTS_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
WORK_DIR=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK_DIR"' EXIT
FAILURES=0

# A tree in which all is well.
make_tree() {
    rm -rf "${WORK_DIR:?}"/*
    mkdir -p "$WORK_DIR/tests/support" "$WORK_DIR"/{include,src}/{base,io}
    cp "$TESTS_DIR"/support/check-{deps.sh,deps.awk,map.sh} "$WORK_DIR/tests/support"
    printf '<!-- map: made by `make map` -->\n<!-- end of the map -->\n' >"$WORK_DIR/src/README.md"
    printf '/* One. */\n#pragma once\n#include <stdint.h>\n' >"$WORK_DIR/include/base/one.h"
    printf '/* Two. */\n#include "io/two.h"\n#include "base/one.h"\n#include "two_priv.h"\n' >"$WORK_DIR/src/io/two.c"
    printf '/* Two, for others. */\n#pragma once\n' >"$WORK_DIR/include/io/two.h"
    printf '/* Two, among its files. */\n#pragma once\n' >"$WORK_DIR/src/io/two_priv.h"
    printf '/* Memory. */\n#include <stdlib.h>\nvoid *p = malloc(1);\n' >"$WORK_DIR/src/base/mem.c"
    bash "$WORK_DIR/tests/support/check-map.sh" --write
}

check() { bash "$WORK_DIR/tests/support/check-deps.sh" base io 2>&1; }

accept() {
    local said
    said=$(check) && [ -z "$said" ] && return
    echo "FAILED: $1 was refused: $said"
    FAILURES=$((FAILURES + 1))
}

# refuse WHERE WHAT FILE TEXT: with TEXT added to FILE there is one complaint more, at WHERE, that says WHAT.
refuse() {
    local said
    make_tree
    printf '%b' "$4" >>"$WORK_DIR/$3"
    if said=$(check); then
        echo "FAILED: $4 was accepted in $3"
    elif ! grep -qF "$1: " <<<"$said" || ! grep -qF "$2" <<<"$said"; then
        echo "FAILED: $4 in $3: not \"$1: ... $2\" but: $said"
    else
        return
    fi
    FAILURES=$((FAILURES + 1))
}

make_tree && accept 'a tree in which all is well'
printf '/* malloc( in a comment\n free( */\nconst char *t = "strcpy(\\"x\\")"; // exit(\nx->free(1); y.time(2);\nint my_free(void);\n' \
    >>"$WORK_DIR/src/io/two.c"
accept 'what only looks like a call'

refuse src/base/mem.c:4 'base must not know io' src/base/mem.c '#include "io/two.h"\n'
refuse src/io/two.c:5 'is not there' src/io/two.c '#include "base/none.h"\n'
refuse src/io/two.c:5 'is of no layer' src/io/two.c '#include "util/x.h"\n'
refuse src/io/two.c:5 'does not lie beside' src/io/two.c '#include "one.h"\n'
refuse src/io/two.c:5 'belongs to src/base/hash.c' src/io/two.c '#include <xxhash.h>\n'
refuse include/base/one.h:4 'belongs to src/io/pg_priv.h' include/base/one.h '#include <libpq-fe.h>\n'
refuse src/io/two.c:5 'of no library' src/io/two.c '#include <cmocka.h>\n'
refuse src/io/two.c:5 'of no library' src/io/two.c '#include <assert.h>\n'
refuse src/io/two.c:5 'malloc() is not for use here' src/io/two.c 'void *p = malloc(1);\n'
refuse src/io/two.c:6 'exit() is not for use here' src/io/two.c '/* exit */ int x;\n  exit (1);\n'
refuse src/base/mem.c:4 'strcpy() is not for use here' src/base/mem.c 'strcpy(a, "b");\n'
refuse src/base/mem.c:4 'time() is not for use here' src/base/mem.c 'time(NULL);\n'
refuse src/base/three.c:1 'no comment' src/base/three.c '#include <stdint.h>\n'
refuse src/README.md 'the map of files is stale' src/base/three.c '/* Three. */\n'

exit $((FAILURES > 0))

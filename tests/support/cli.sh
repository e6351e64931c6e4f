# Runs uptakectl for shell tests that need no server; to be sourced.
#
#   cli_begin NAME            sets UPTAKECTL, and WORK: a folder for the test alone, gone at its end
#   run CODE ARGUMENTS...     uptakectl, which is to end with that code; what it said is in $WORK/out and $WORK/err
#   says out|err TEXT         as it stands, somewhere in there
#   silent out|err
#   fail WHY                  ends the test and shows what was said last

UPTAKECTL=${UPTAKE_BUILD_DIR:?}/uptakectl

cli_begin() {
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/uptake-$1.XXXXXX")
    trap 'rm -rf "$WORK"' EXIT
    : >"$WORK/out" 2>"$WORK/err"
}

fail() {
    echo "FAILED: $*"
    head -c 2000 "$WORK/out" "$WORK/err"
    exit 1
}

run() {
    local expected=$1 code=0
    shift
    "$UPTAKECTL" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || code=$?
    [ "$code" = "$expected" ] || fail "uptakectl $*: exit code $code, not $expected"
}

says() { grep -qF -- "$2" "$WORK/$1" || fail "'$2' is not on $1"; }
silent() { [ ! -s "$WORK/$1" ] || fail "there is something on $1"; }

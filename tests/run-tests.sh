#!/usr/bin/env bash
# Runs all tests and ends with the line "N passed, N failed, N skipped"; fails when any failed.
#
#   tests/run-tests.sh [--only REGEX] [--no-servers | --servers KIND,...]
#
# Names are those of the files under tests/ without ending: unit/base/test_mem, golden/test_evaluate,
# integration/test_kill. First all without servers, then, beside one set of real ones (kafka, redis, redis-cluster and postgres,
# or those of --servers), integration/. What a test leaves running is ended behind it, and a server that it leaves dead or
# stopped is brought back, which is said; if it does not come back, the rest is not run.
# VARIANT (release) says which build. A test is given 300 s, one of integration/ 600 s, or what the words
# "test deadline: N s" in its source say. Exit code 77 means skipped; its last line of output says why.
# All output goes to build/test-logs.

set -u

TESTS_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT_DIR=$(dirname "$TESTS_DIR")
OUT_DIR=$ROOT_DIR/build/${VARIANT:-release}
LOGS_DIR=$ROOT_DIR/build/test-logs
SKIPPED_CODE=77
TAIL_LINES=25
export UPTAKE_TESTS_DIR=$TESTS_DIR UPTAKE_BUILD_DIR=$OUT_DIR
# Whoever runs the tests may have any language and live anywhere.
export LC_ALL=C.UTF-8 TZ=UTC
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

ONLY=. SERVERS=kafka,redis,redis-cluster,postgres IN_SESSION='' RESULTS=''
while (($# > 0)); do
    case $1 in
    --only) ONLY=${2:?--only wants a pattern} && shift ;;
    --no-servers) SERVERS='' ;;
    --servers) SERVERS=${2:?--servers wants a list} && shift ;;
    --in-session) IN_SESSION=yes RESULTS=${2:?} && shift ;; # how this script calls itself
    *) sed -n '2,/^$/s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
    shift
done

cd "$ROOT_DIR" || exit 1
mkdir -p "$LOGS_DIR"

# Prints the sources under tests/ that match the patterns and --only.
list_tests() {
    (cd "$TESTS_DIR" && compgen -G "$1" | sort; [ -z "${2:-}" ] || { cd "$TESTS_DIR" && compgen -G "$2" | sort; }) |
        while read -r source; do
            [[ ${source%.*} =~ $ONLY ]] && echo "$source"
        done
}

list_tests_alone() {
    list_tests 'unit/*/test_*.c'
    list_tests '*/test_*.sh' | grep -v '^integration/'
}

list_tests_with_servers() { list_tests 'integration/test_*.c' 'integration/test_*.sh'; }

# report RESULT NAME SECONDS [REMARK]
report() {
    echo "$1" >>"$RESULTS"
    printf '  %-8s %-52s %8s s%s\n' "$1" "$2" "$3" "${4:+  $4}"
}

deadline_of() {
    local seconds
    seconds=$(grep -m 1 -oE 'test deadline: [0-9]+ s' "$TESTS_DIR/$1" | grep -oE '[0-9]+')
    case $1 in
    integration/*) echo "${seconds:-600}" ;;
    *) echo "${seconds:-300}" ;;
    esac
}

RUNNING=
stop_running() {
    [ -z "$RUNNING" ] || { kill -s TERM "$RUNNING" && wait "$RUNNING"; } 2>/dev/null
}

left_running() { grep -lzxF "UPTAKE_TEST_OF=$1" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3; }

# end_what_is_left MARK: what was started with it in its environment; what is on its way out is given a moment.
end_what_is_left() {
    local pid pids tries
    for ((tries = 0; tries < 20; tries++)); do
        pids=$(left_running "$1")
        [ -n "$pids" ] || return 0
        sleep 0.1
    done
    for pid in $pids; do
        echo "           ! left running, ended now: $(cat "/proc/$pid/comm" 2>/dev/null) ($pid)"
        kill -s KILL "$pid" 2>/dev/null
    done
}

run_test() {
    local source=$1 name=${1%.*} log start_ms ms code deadline_s seconds command mark
    log=$LOGS_DIR/${name//\//-}.log
    deadline_s=$(deadline_of "$source")
    case $source in
    *.c) command=("$OUT_DIR/tests/$name") ;;
    *) command=(bash "$TESTS_DIR/$source") ;;
    esac
    start_ms=$(date +%s%3N)
    # In the background, so that a signal to this script is heeded at once.
    mark=$name.$$
    env --default-signal=INT,QUIT UPTAKE_TEST_OF="$mark" timeout -k 10 "$deadline_s" "${command[@]}" </dev/null >"$log" 2>&1 &
    RUNNING=$!
    wait "$RUNNING"
    code=$?
    RUNNING=
    ms=$(($(date +%s%3N) - start_ms))
    seconds=$(printf '%d.%02d' $((ms / 1000)) $((ms % 1000 / 10)))
    case $code in
    0) report ok "$name" "$seconds" ;;
    "$SKIPPED_CODE") report skipped "$name" "$seconds" "$(tail -n 1 "$log")" ;;
    *)
        case $code in
        127) report FAILED "$name" "$seconds" 'not built (make test-programs)' ;;
        124 | 137) report FAILED "$name" "$seconds" "took more than $deadline_s s" ;;
        *) report FAILED "$name" "$seconds" "exit code $code" ;;
        esac
        tail -n "$TAIL_LINES" "$log" | sed 's/^/           | /'
        echo "           whole output: ${log#"$ROOT_DIR"/}"
        ;;
    esac
    end_what_is_left "$mark"
}

run_tests_alone() {
    local source
    while read -r source; do run_test "$source"; done < <(list_tests_alone)
}

# Brings the servers back where the last test has left them otherwise, so that its failure stays one.
run_tests_with_servers() {
    local source sources=() said i
    while read -r source; do sources+=("$source"); done < <(list_tests_with_servers)
    for i in "${!sources[@]}"; do
        run_test "${sources[i]}"
        said=$(bash "$TESTS_DIR/support/servers.sh" revive 2>&1) && { [ -z "$said" ] || sed 's/^/           ! /' <<<"$said"; } && continue
        report FAILED 'integration: the servers' 0.00 \
            "are not as they were after ${sources[i]%.*}: $((${#sources[@]} - i - 1)) tests were not run"
        sed 's/^/           | /' <<<"$said"
        return
    done
}

run_with_servers() {
    local names
    names=$(list_tests_with_servers)
    [ -n "$names" ] || return 0
    if [ -z "$SERVERS" ]; then
        while read -r source; do report skipped "${source%.*}" 0.00 '--no-servers'; done <<<"$names"
        return 0
    fi
    # shellcheck disable=SC2046 # one word each
    "$TESTS_DIR/support/servers.sh" run $(printf -- '--%s ' ${SERVERS//,/ }) \
        -- bash "$TESTS_DIR/run-tests.sh" --only "$ONLY" --in-session "$RESULTS" &
    RUNNING=$!
    wait "$RUNNING" || report FAILED 'integration: the servers or the run beside them' 0.00
    RUNNING=
}

trap 'stop_running; exit 130' INT
trap 'stop_running; exit 143' TERM HUP

if [ -n "$IN_SESSION" ]; then
    run_tests_with_servers
    exit 0
fi

RESULTS=$(mktemp) || exit 1
trap 'rm -f "$RESULTS"' EXIT
run_tests_alone
run_with_servers

count() { grep -cx "$1" "$RESULTS"; }
failed=$(count FAILED)
printf '%d passed, %d failed, %d skipped\n' "$(count ok)" "$failed" "$(count skipped)"
((failed == 0 && $(wc -l <"$RESULTS") > 0))

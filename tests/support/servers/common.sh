# What all servers share: instances in folders, launching, waiting with a deadline, killing for sure.
#
# An instance is a folder $SESSION_DIR/<name> with: kind (whose functions serve it), launch (a script that
# becomes the server), port, pid, log (of the latest start; earlier ones are log.1, log.2, ...).
# A kind has the functions <kind>_configure DIR, <kind>_is_ready DIR (after a start), <kind>_answers DIR and the signals it ends by.

say() { printf 'servers: %s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

now_ms() { date +%s%3N; }

# wait_for SECONDS COMMAND...: true as soon as COMMAND is, false when SECONDS have passed.
wait_for() {
    local deadline=$(($(now_ms) + $1 * 1000))
    shift
    until "$@"; do
        (($(now_ms) < deadline)) || return 1
        sleep 0.05
    done
}

# A dead child that nobody has waited for yet is dead.
is_alive() {
    local stat
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    stat=${stat##*) }
    [[ $stat != Z* ]]
}

is_stopped() {
    local stat
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    stat=${stat##*) }
    [[ $stat == T* ]]
}

is_dead() { ! is_alive "$1"; }

instance_pid() { cat "$1/pid" 2>/dev/null; }

# Starts the server of folder $1 in a session of its own, so that no signal of a terminal reaches it.
instance_launch() {
    local dir=$1 n=1
    if [ -e "$dir/log" ]; then
        while [ -e "$dir/log.$n" ]; do n=$((n + 1)); done
        mv "$dir/log" "$dir/log.$n"
    fi
    # No longer a process of the test that starts it again.
    setsid env -u UPTAKE_TEST_OF bash "$dir/launch" </dev/null >"$dir/log" 2>&1 &
    echo $! >"$dir/pid"
    disown $! # or bash reports its death
}

instance_is_ready_or_dead() {
    is_dead "$(instance_pid "$1")" || "$(cat "$1/kind")_is_ready" "$1"
}

# Waits until the server answers; false when it died or took too long.
instance_await() {
    wait_for "$START_DEADLINE_S" instance_is_ready_or_dead "$1" && is_alive "$(instance_pid "$1")"
}

instance_report_failure() {
    say "$(basename "$1") did not start; the end of $1/log:"
    tail -n 15 "$1/log" >&2
}

# Waits for a new instance; one whose port somebody else took in the meantime gets another.
instance_await_new() {
    local dir=$1 attempt
    for attempt in 1 2 3; do
        instance_await "$dir" && return 0
        grep -qiE 'address (is )?already in use' "$dir/log" && ((attempt < 3)) || break
        instance_end "$dir" kill
        "$(cat "$dir/kind")_configure" "$dir"
        instance_launch "$dir"
    done
    instance_report_failure "$dir"
    return 1
}

# instance_end DIR stop|kill: with the kind's signal, then, when that does not help, with SIGKILL.
instance_end() {
    local dir=$1 how=$2 pid signal
    pid=$(instance_pid "$dir")
    [ -n "$pid" ] || return 0
    signal=$("$(cat "$dir/kind")_signal" "$how")
    kill -s "$signal" "$pid" 2>/dev/null
    if ! wait_for 20 is_dead "$pid"; then
        kill -s KILL -- "-$pid" 2>/dev/null
        wait_for 5 is_dead "$pid" || say "process $pid ($(basename "$dir")) does not die"
    fi
    rm -f "$dir/pid"
}

instance_start_again() {
    instance_launch "$1"
    instance_await "$1" || { instance_report_failure "$1"; return 1; }
}

# instance_wake DIR: what was stopped goes on, the server's own processes too; false where nothing was.
instance_wake() {
    local pid woken=''
    for pid in $(instance_pid "$1") $(cat "/proc/$(instance_pid "$1")"/task/*/children 2>/dev/null); do
        is_stopped "$pid" && kill -s CONT "$pid" && woken=yes
    done
    [ -n "$woken" ]
}

instance_answers() { "$(cat "$1/kind")_answers" "$1"; }

# instance_revive DIR: it runs afterwards.
instance_revive() {
    local name
    name=$(basename "$1")
    if instance_wake "$1"; then say "$name was stopped by a signal: goes on"; fi
    if [ -e "$1/pid" ] && is_alive "$(instance_pid "$1")"; then return 0; fi
    instance_end "$1" kill
    instance_start_again "$1" || return 1
    say "$name was dead: started again"
}

# instance_rouse DIR: one that runs answers afterwards, too.
instance_rouse() {
    local name
    name=$(basename "$1")
    if wait_for "$ANSWER_DEADLINE_S" instance_answers "$1"; then return 0; fi
    instance_end "$1" kill
    instance_start_again "$1" && wait_for "$ANSWER_DEADLINE_S" instance_answers "$1" ||
        { say "$name does not answer"; return 1; }
    say "$name did not answer: started again"
}

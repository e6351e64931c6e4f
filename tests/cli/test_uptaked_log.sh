#!/usr/bin/env bash
# Tests of uptaked's log: fields in the journal, logfmt or JSON on stderr, and what the journal's catalog knows.

set -u
ROOT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
UPTAKED=${UPTAKE_BUILD_DIR:-$ROOT_DIR/build/release}/uptaked
FAILURES=0
WORK_DIR=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK_DIR"' EXIT

fail() {
    echo "FAILED: $*"
    FAILURES=$((FAILURES + 1))
}

(umask 077 && printf 'kkkkkkkkkkkkkkkk' >"$WORK_DIR/pseudonym.key")
cat >"$WORK_DIR/uptaked.conf" <<CONF
[privacy]
pseudonym_key_file = $WORK_DIR/pseudonym.key
CONF

# No server listens in that directory: it says so and ends.
run() { "$UPTAKED" --config "$WORK_DIR/uptaked.conf" --set "postgresql.connection=host=$WORK_DIR dbname=none" "$@"; }

run 2>"$WORK_DIR/stderr"
[ $? -eq 4 ] || fail 'not the exit code of a server that does not answer'
grep -qE '^ts=[0-9]+\.[0-9]{3} level=info event=starting version=[0-9.]+ definitions=' "$WORK_DIR/stderr" || fail 'no logfmt'
# libpq quotes the socket's path: inner quotes do not end the field.
grep -qE '^ts=[0-9.]+ level=error event=postgresql exit_code=4 err="([^"\\]|\\.)*" todo="([^"\\]|\\.)*"$' "$WORK_DIR/stderr" ||
    fail "no error that can be read: $(cat "$WORK_DIR/stderr")"
grep -qF '\"' "$WORK_DIR/stderr" || fail 'the test has no inner quote to try'

run --set daemon.log_format=json 2>"$WORK_DIR/stderr"
jq -es 'map(.event) == ["starting", "postgresql", "stopped"] and .[1].exit_code == 4 and (.[1].err | test("\"")) and
        all(.[]; .ts > 1e9 and (.level | IN("info", "error")))' "$WORK_DIR/stderr" >/dev/null ||
    fail "no JSON: $(cat "$WORK_DIR/stderr")"

# ---- the journal: a socket of our own where systemd has its, if we may have a /run of our own
cat >"$WORK_DIR/journal.py" <<'PYTHON'
"""Stands in for the journal: prints one JSON object a record until the program given on the command line ends."""
import json, os, socket, subprocess, sys, threading

os.makedirs("/run/systemd/journal")
journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
journal.bind("/run/systemd/journal/socket")
with open(sys.argv[1], "w") as stderr:
    status = os.fstat(stderr.fileno())
    stream = f"{status.st_dev}:{status.st_ino}"
    program = subprocess.Popen(sys.argv[2:], stderr=stderr, env=os.environ | {"JOURNAL_STREAM": stream})
    threading.Thread(target=lambda: (program.wait(), journal.shutdown(socket.SHUT_RD)), daemon=True).start()
    while record := journal.recv(1 << 20):
        print(json.dumps(dict(line.split("=", 1) for line in record.decode().strip().split("\n"))))
PYTHON
if unshare -rm true 2>/dev/null; then
    unshare -rm sh -c 'mount -t tmpfs none /run && exec "$@"' sh python3 "$WORK_DIR/journal.py" "$WORK_DIR/stderr" \
        "$UPTAKED" --config "$WORK_DIR/uptaked.conf" --set "postgresql.connection=host=$WORK_DIR dbname=none" \
        >"$WORK_DIR/journal" || fail 'the journal cannot be stood in for'
    [ ! -s "$WORK_DIR/stderr" ] || fail "what the journal has was written to stderr too: $(cat "$WORK_DIR/stderr")"
    jq -es 'map(.UPTAKE_EVENT) == ["starting", "postgresql", "stopped"] and
            (.[1] | .PRIORITY == "3" and .UPTAKE_EXIT_CODE == "4" and (.UPTAKE_ERR | test("\"")) and
                    .SYSLOG_IDENTIFIER == "uptaked" and (.MESSAGE | startswith("event=postgresql exit_code=4 err=")) and
                    (.MESSAGE_ID | test("^[0-9a-f]{32}$"))) and
            (map(.MESSAGE_ID) | unique | length) == 3' "$WORK_DIR/journal" >/dev/null ||
        fail "not the journal's fields: $(cat "$WORK_DIR/journal")"
else
    echo 'no namespace of our own here: the journal is not tried'
fi

# stderr that is not what JOURNAL_STREAM names gets lines.
JOURNAL_STREAM=1:2 run 2>"$WORK_DIR/stderr"
grep -q '^ts=.* event=starting ' "$WORK_DIR/stderr" || fail 'a stale JOURNAL_STREAM silences stderr'

# ---- what is asked of the log is what it knows: key=value fields, and conversions without flags and width
python3 - "$ROOT_DIR" <<'PYTHON' || fail 'a format that the log does not know'
import pathlib, re, sys

call = re.compile(r'log_event\(\s*[^"]*?"\w+",\s*((?:"(?:[^"\\]|\\.)*"\s*(?:UPTAKE_VERSION\s*)?)+)')
known = re.compile(r"%(?:\.(?:\*|\d+))?(?:ll|l|z|j|t|hh|h)?[diuxcsf]|%%")
count = bad = 0
for path in sorted(pathlib.Path(sys.argv[1], "src").glob("*/*.c")):
    for found in call.finditer(path.read_text()):
        form = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found.group(1))).replace('\\"', '"')
        count += 1
        without = known.sub("", form)
        fields = re.fullmatch(r'(?:\w+=(?:"[^"]*"|[^" ]*) ?)*', form)
        if "%" in without or not (fields or form == "%s"):
            print(f"{path}: {form}")
            bad += 1
sys.exit(bad > 0 or count < 30)
PYTHON

exit $((FAILURES > 0))

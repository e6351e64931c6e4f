"""Runs the demonstration on a terminal, looks at the page that it offers, and presses Ctrl-C: on_terminal.py SCRIPT LOG"""
import os
import pty
import re
import select
import signal
import sys
import time
import urllib.request

SCRIPT, LOG = sys.argv[1:]
DEADLINE_S = 900
deadline = time.monotonic() + DEADLINE_S

child, terminal = pty.fork()
if child == 0:
    os.execvp("bash", ["bash", SCRIPT])


def give_up(why):
    os.kill(child, signal.SIGTERM)
    sys.exit(f"on_terminal: {why}")


def read_until(wanted, log):
    """What came until `wanted` did; all of it where wanted is None and the other end is closed."""
    text = ""
    while wanted is None or wanted not in text:
        if time.monotonic() > deadline:
            give_up(f"no {wanted} in time")
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            piece = os.read(terminal, 4096).decode(errors="replace")
        except OSError:
            piece = ""
        if piece == "":
            if wanted is None:
                return text
            give_up(f"it ended before {wanted}")
        log.write(piece)
        log.flush()
        text += piece
    return text


with open(LOG, "w") as log:
    said = read_until("Ctrl-C ends it", log)
    address = re.search(r"Open the page in a browser.*?(http://127\.0\.0\.1:\d+/)", said, re.S)[1]
    for path, expected in (("", "<title>"), ("api/v1/teams", '"teams"')):
        with urllib.request.urlopen(address + path, timeout=60) as answer:
            if expected not in answer.read().decode():
                give_up(f"{address}{path} is not served")
    # It serves until somebody ends it.
    if os.waitpid(child, os.WNOHANG) != (0, 0):
        sys.exit("on_terminal: it ended by itself")
    os.write(terminal, b"\x03")
    read_until(None, log)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code != 128 + signal.SIGINT:
        sys.exit(f"on_terminal: Ctrl-C ends it with {code}")
try:
    urllib.request.urlopen(address, timeout=5)
    sys.exit("on_terminal: the page is still served")
except OSError:
    print("on a terminal: serves the page until Ctrl-C, then nothing is left")

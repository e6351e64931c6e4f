"""Stands in for systemd: listens at $NOTIFY_SOCKET and ends a service whose watchdog is not fed.

    service_manager.py SOCKET LOG WATCHDOG_S PID_FILE

Writes each message to LOG, a line each (newlines become blanks). While PID_FILE exists, the process that it names gets
SIGABRT once no WATCHDOG=1 came for WATCHDOG_S seconds since then, as systemd does; LOG then says BARK.
"""
import os
import signal
import socket
import sys
import time

path, log_path, watchdog_s, pid_path = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(path)
listener.settimeout(0.1)
fed = None
with open(log_path, "w", buffering=1) as log:
    while True:
        try:
            message = listener.recv(4096).decode().replace("\n", " ")
            log.write(message + "\n")
        except socket.timeout:
            message = ""
        if not os.path.exists(pid_path):
            fed = None
            continue
        if fed is None or message == "WATCHDOG=1":
            fed = time.monotonic()
        elif time.monotonic() - fed > watchdog_s:
            log.write("BARK\n")
            with open(pid_path) as pid:
                os.kill(int(pid.read()), signal.SIGABRT)
            os.remove(pid_path)

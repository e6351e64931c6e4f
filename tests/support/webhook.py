"""A receiver of webhooks for tests: verifies each signature as a receiver should, and misbehaves when it is told to.

    webhook.py PORT SECRET_FILE DIRECTORY [CERTIFICATE KEY]

DIRECTORY/mode says how it answers: ok, 500, 400, garbage (no HTTP), large (an endless body), hang (nothing). Each request
adds a line to DIRECTORY/requests: "<id> <mode> <verdict> <requests at the same time>"; the body of what was taken goes to DIRECTORY/taken.
"""
import base64, hashlib, hmac, http.server, pathlib, socketserver, ssl, sys, threading, time

port, secret_file, directory = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
secret = pathlib.Path(secret_file).read_text().strip()
key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
TOLERANCE_S = 300
present, present_lock = 0, threading.Lock()


def enter(change):
    global present
    with present_lock:
        present += change
        return present


def verdict(headers, body):
    identity, stamp, signatures = (headers.get("webhook-" + name, "") for name in ("id", "timestamp", "signature"))
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > TOLERANCE_S:
        return "old"
    made = hmac.new(key, f"{identity}.{stamp}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(made).decode()
    return "signed" if any(hmac.compare_digest(wanted, given) for given in signatures.split()) else "forged"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        beside = enter(1)
        try:
            self.take(beside)
        finally:
            enter(-1)

    def take(self, beside):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mode = (directory / "mode").read_text().strip()
        judged = verdict(self.headers, body)
        if mode == "ok" and judged == "signed":
            with open(directory / "taken", "ab") as taken:
                taken.write(body + b"\n")
        with open(directory / "requests", "a") as requests:
            requests.write(f"{self.headers.get('webhook-id')} {mode} {judged} {beside}\n")
        self.answer(mode, judged)

    def answer(self, mode, judged):
        if mode == "hang":
            self.rfile.read(1)
        elif mode == "garbage":
            self.wfile.write(b"\x00\xffthis is no HTTP\r\n\r\n")
            self.close_connection = True
        elif mode == "large":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        else:
            self.send_response(200 if mode == "ok" and judged == "signed" else 403 if mode == "ok" else int(mode))
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # the sender gave up


server = Server(("127.0.0.1", port), Handler)
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])
    # The handshake is a thread's, so that no client holds up another.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()

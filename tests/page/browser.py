"""A headless Chromium, driven by the WebDriver protocol of chromedriver."""
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

DEADLINE_S = 300
KEYS = {"tab": "\ue004", "enter": "\ue007", "left": "\ue012", "space": " "}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Browser:
    def __init__(self, width=1280, height=900):
        self.profile = tempfile.mkdtemp(prefix="uptake-page.")
        port = free_port()
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}", "--log-level=SEVERE"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        self.until("chromedriver", lambda: self.call("GET", "/status")["ready"], (OSError,))
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     f"--window-size={width},{height}", f"--user-data-dir={self.profile}"]
        options = {"args": arguments}
        binary = shutil.which("chromium")
        if binary:
            options["binary"] = binary
        wanted = {"browserName": "chrome", "timeouts": {"script": DEADLINE_S * 1000}, "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.base += "/session/" + session["sessionId"]

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, method=method, data=data,
                                         headers={"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()[:500]) from None

    def until(self, what, holds, ignored=()):
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                value = holds()
                if value:
                    return value
            except ignored:
                pass
            if time.monotonic() > deadline:
                raise AssertionError(f"no {what} in time")
            time.sleep(0.05)

    def js(self, code, *arguments):
        return self.call("POST", "/execute/sync", {"script": code, "args": list(arguments)})

    def js_later(self, code):
        return self.call("POST", "/execute/async", {"script": code, "args": []})

    def cdp(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def go(self, address):
        self.call("POST", "/url", {"url": address})
        self.until("page", lambda: self.js("return document.querySelector('h1') !== null"))

    def press(self, key):
        actions = [{"type": "keyDown", "value": KEYS.get(key, key)}, {"type": "keyUp", "value": KEYS.get(key, key)}]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "k", "actions": actions}]})

    def click(self, selector):
        element = self.call("POST", "/element", {"using": "css selector", "value": selector})
        self.call("POST", f"/element/{next(iter(element.values()))}/click")

    def back(self):
        self.call("POST", "/back")

    def messages(self):
        return [m["message"] for m in self.call("POST", "/se/log", {"type": "browser"}) if m["level"] == "SEVERE"]

    def emulate(self, width=None, dark=None):
        if width:
            self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=width < 600)
        if dark is not None:
            self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def picture(self, path):
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 5000), "scale": 1}
        shot = self.cdp("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def print(self):
        """The page as PDF."""
        return base64.b64decode(self.cdp("Page.printToPDF", preferCSSPageSize=True)["data"])


def say(text):
    print(text)
    sys.stdout.flush()


def axe_source():
    path = os.environ.get("AXE", "")
    return open(path, encoding="utf-8").read() if path else None


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def check_silent(browser, where):
    found = browser.messages()
    check(not found, f"{where}: the browser complains: {found}")


def check_axe(browser, where):
    source = axe_source()
    if source is None:
        return
    browser.js(source)
    found = browser.js_later(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations.map((v) =>"
        " `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`)),"
        " (e) => done([String(e)]))")
    check(not found, f"{where}: axe finds {found}")
    say(f"axe finds nothing: {where}")

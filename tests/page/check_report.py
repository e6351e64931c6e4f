"""Checks reports: check_report.py FOLDER TEAM, with one.* of that team, all.* of all and hostile.* of a team with odd names."""
import csv
import html.parser
import json
import os
import re
import shutil
import sys
import xml.etree.ElementTree

from browser import Browser, check, check_axe, check_silent, say

NAMES = ["one", "all", "hostile"]
HOSTILE = "<script>alert(1)</script>|`*_[x](y)\n=1+1\u202eevil"
WORD = re.compile("theatre(?!-)")
SVG = "{http://www.w3.org/2000/svg}"


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
        return file.read()


# ---- one file, whole and alone -------------------------------------------------------------------


def check_html(folder, name):
    text = read(folder, name)
    root = xml.etree.ElementTree.fromstring(text)
    elements = list(root.iter())
    tags = {e.tag for e in elements}
    check(not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}, f"{name}: {tags}")
    for element in elements:
        for key, value in element.attrib.items():
            check(not key.startswith("on") and key != "style", f"{name}: {key}")
            check(key not in ("src", "href") or value.startswith("#p"), f"{name}: {key}={value}")
    check("url(" not in text and "@import" not in text, f"{name} asks for something")
    ids = [e.get("id") for e in elements if e.get("id")]
    check(len(ids) == len(set(ids)), f"{name}: an id stands twice")
    for element in elements:
        for key in ("aria-labelledby", "aria-describedby"):
            check(element.get(key) is None or element.get(key) in ids, f"{name}: {key} leads nowhere")
    for element in elements:
        if element.tag == "svg":
            named = element.get("role") == "img" and element.find("title") is not None and element.find("desc") is not None
            check(named or element.get("aria-hidden") == "true", f"{name}: a drawing without a name")
        if element.tag == "th":
            check(element.get("scope") in ("row", "col"), f"{name}: a heading of nothing")
    parser = html.parser.HTMLParser()
    parser.feed(text)
    parser.close()
    check(not WORD.search("".join(root.find("body").itertext()).lower()), f"{name}: the word stays in SQL")


def check_print(browser, folder, name):
    sheets = browser.print()
    if os.environ.get("PICTURES"):
        with open(f"{os.environ['PICTURES']}/{name}.pdf", "wb") as file:
            file.write(sheets)
    pages = sheets.count(b"/Type /Page\n")
    articles = browser.js("return document.querySelectorAll('article').length")
    check(pages >= articles, f"{name}: {articles} parts on {pages} sheets")
    say(f"{name}: {articles} parts, {pages} sheets")


def check_looks(browser, folder, name):
    """Light and dark, wide and narrow: nothing wider than the window, and no violation."""
    for width, dark in ((1280, False), (390, True), (1280, True), (390, False)):
        browser.emulate(width, dark)
        browser.go(f"file://{folder}/{name}")
        label = f"{name}, {width} px, {'dark' if dark else 'light'}"
        overflow = browser.js("return document.documentElement.scrollWidth - window.innerWidth")
        check(overflow <= 0, f"{label}: {overflow} px too wide")
        if os.environ.get("PICTURES"):
            browser.picture(f"{os.environ['PICTURES']}/{name}-{width}-{'dark' if dark else 'light'}.png")
        if dark == (width < 600):
            check_axe(browser, label)
    browser.emulate(1280, False)
    check_print(browser, folder, name)
    check_silent(browser, name)


def check_overview(browser, folder):
    """What differs from the report of one team: the first part alone, for axe takes long for many."""
    browser.go(f"file://{folder}/all.html")
    links = browser.js("return [...document.querySelectorAll('#p0 .name a')].every((a) => document.querySelector(a.hash))")
    check(links, "every team of the overview leads to its part")
    check_print(browser, folder, "all.html")
    browser.js("document.querySelectorAll('article:not(#p0)').forEach((a) => a.remove())")
    for width in (1280, 390):
        browser.emulate(width, width == 390)
        overflow = browser.js("return document.documentElement.scrollWidth - window.innerWidth")
        check(overflow <= 0, f"all.html, {width} px: {overflow} px too wide")
        if os.environ.get("PICTURES"):
            browser.picture(f"{os.environ['PICTURES']}/all.html-{width}.png")
    check_axe(browser, "the overview of all.html")
    check_silent(browser, "all.html")
    browser.emulate(1280, False)


def check_browser(folder, team):
    browser = Browser()
    try:
        check_looks(browser, folder, "one.html")
        check_overview(browser, folder)
        browser.go(f"file://{folder}/one.html")
        check(browser.js("return document.querySelector('h1').textContent") == team, "the team's name")
        check(browser.js("return document.querySelectorAll('.part.health svg.plot .band').length") > 0, "the interval is a band")
        browser.go(f"file://{folder}/hostile.html")
        check_axe(browser, "hostile.html")
        check("alert(1)" in browser.js("return document.querySelector('h1').textContent"), "a name is text")
        check(browser.js("return document.querySelectorAll('h1 *:not(bdi)').length") == 0, "a name is no markup")
    finally:
        browser.close()


# ---- the other formats -----------------------------------------------------------------------------


def check_markdown(folder, name):
    """Tables are tables: each row has as many cells as its head, and no name breaks out of its line."""
    width = None
    for line in read(folder, name).split("\n"):
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)\|", line))
            width = width or cells
            check(cells == width, f"{name}: {cells} cells, not {width}: {line}")
        else:
            width = None
        check("<" not in re.sub(r"\\.", "", line), f"{name}: markup: {line}")
        check(not re.search("[\u0000-\u0008\u200e\u200f\u202a-\u202e\u2066-\u2069]", line), f"{name}: turned around: {line}")
    check(not WORD.search(read(folder, name).lower()), f"{name}: the word stays in SQL")


def check_csv(folder, name):
    rows = list(csv.reader(read(folder, name).splitlines(keepends=True), strict=True))
    head, rows = rows[0], rows[1:]
    check(all(len(row) == len(head) for row in rows), f"{name}: rows of different lengths")
    keys = [tuple(row[:9]) for row in rows if row[3] != "history" and row[head.index("estimate")] != ""]
    check(len(keys) == len(set(keys)), f"{name}: a figure stands twice: {[k for k in keys if keys.count(k) > 1][:2]}")
    for row in rows:
        for place, field in enumerate(row):
            is_number = head[place] in ("estimate", "lo", "hi", "n")
            check(is_number or field[:1] not in ("=", "+", "-", "@", "\t", "\r"), f"{name}: a formula: {field!r}")
            check(not is_number or field == "" or float(field) is not None, f"{name}: no number: {field}")
    return head, rows


def figures_of(document):
    """Every figure of every team, by where it stands."""
    for team in document["teams"]:
        for section, blocks in team["sections"].items():
            for block, content in blocks.items():
                if not isinstance(content, dict):
                    continue
                alone = [("", content)] if "estimate" in content else [("", f) for f in content.get("figures", [])]
                for entry, figure in alone + [(e["name"], f) for e in content.get("entries", []) for f in e.get("figures", [])]:
                    yield (team["team"], section, block, entry, figure)


def check_same(folder, name):
    """CSV and JSON say the same figures."""
    document = json.loads(read(folder, f"{name}.json"))
    head, rows = check_csv(folder, f"{name}.csv")
    at = {column: place for place, column in enumerate(head)}
    said = {(row[at["team"]], row[at["section"]], row[at["entry"]], row[at["name"]], row[at["workflow"]], row[at["window"]]):
            tuple(float(row[at[c]]) if row[at[c]] else None for c in ("estimate", "lo", "hi", "n"))
            for row in rows if row[at["day"]] == "" and row[at["estimate"]] != ""}
    compared = 0
    for team, section, _, entry, figure in figures_of(document):
        key = (team, section, entry, figure["name"], figure.get("workflow", ""), figure.get("window", ""))
        if figure["estimate"] is None:
            check("send" in figure, f"unknown without a sentence: {key}")
        elif key in said:
            check(said[key] == tuple(figure.get(c) for c in ("estimate", "lo", "hi", "n")), f"{key}: {said[key]}, {figure}")
            compared += 1
    check(compared > 60 * len(document["teams"]) / 2 or name == "hostile", f"{name}: {compared} figures compared")
    say(f"{name}: {compared} figures are the same in CSV and JSON")


def check_hostile(folder):
    document = json.loads(read(folder, "hostile.json"))
    check(document["teams"][0]["team"] == HOSTILE, "JSON has the name as it is")
    rows = check_csv(folder, "hostile.csv")[1]
    check(all(row[0] == HOSTILE for row in rows), "CSV has the name as it is")
    check("<script" not in read(folder, "hostile.html"), "HTML has no script")
    check(read(folder, "hostile.md").split("\n")[0].startswith("# \\<script\\>"), "a heading is one line")


def main():
    folder, team = sys.argv[1:]
    for name in NAMES:
        check_html(folder, f"{name}.html")
        check_markdown(folder, f"{name}.md")
        check_same(folder, name)
    check_hostile(folder)
    if shutil.which("chromedriver") and shutil.which("chromium"):
        check_browser(folder, team)
    else:
        say("not checked: reports in a browser (chromium and chromium-driver are not there: make deps)")


main()

"""Checks the page in a real browser.  check_page.py few|many ADDRESS TEAM"""
import os
import sys
import urllib.parse

from browser import Browser, check, check_axe, check_silent, say

HOSTILE = "<script>alert(1)</script>"
ROWS = "table.teams tbody tr"


def count(browser, selector):
    return browser.js("return document.querySelectorAll(arguments[0]).length", selector)


def text(browser, selector):
    return browser.js("return document.querySelector(arguments[0])?.textContent ?? ''", selector)


def names(browser):
    return browser.js(f"return [...document.querySelectorAll('{ROWS} .name a')].map((a) => a.textContent)")


def query(browser):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(browser.js("return location.href")).query))


def check_looks(browser, address, where, dark_when):
    """Light and dark, wide and narrow: no violations, nothing wider than the window."""
    for width in (1280, 390):
        for dark in (False, True) if os.environ.get("PICTURES") else (width == dark_when,):
            browser.emulate(width, dark)
            browser.go(address)
            settle(browser)
            label = f"{where}, {width} px, {'dark' if dark else 'light'}"
            overflow = browser.js("return document.documentElement.scrollWidth - window.innerWidth")
            check(overflow <= 0, f"{label}: {overflow} px too wide")
            check_axe(browser, label)
            if os.environ.get("PICTURES"):
                browser.picture(f"{os.environ['PICTURES']}/{where}-{width}-{'dark' if dark else 'light'}.png")
    browser.emulate(1280, False)


def check_paper(browser, address, where):
    """On paper nothing is left of what is for pressing, and nothing is wider than the sheet."""
    browser.go(address)
    settle(browser)
    browser.cdp("Emulation.setEmulatedMedia", media="print")
    buttons = browser.js("return [...document.querySelectorAll('input, select, .windows button')].filter((e) => e.offsetParent !== null && e.type !== 'range').length")
    background = browser.js("return getComputedStyle(document.body).backgroundColor")
    overflow = browser.js("return document.documentElement.scrollWidth - window.innerWidth")
    browser.cdp("Emulation.setEmulatedMedia", media="")
    check(buttons == 0 and background == "rgb(255, 255, 255)" and overflow <= 0, f"{where} on paper: {buttons} controls, {background}, {overflow} px too wide")
    check(browser.call("POST", "/print", {"background": True}).startswith("JVBERi"), f"{where}: no PDF")


def settle(browser):
    """The page tries again by itself where PostgreSQL was too slow."""
    browser.until("content", lambda: browser.js(
        "return document.querySelector('main').dataset.page !== undefined && document.querySelector('[role=alert]') === null"))


# ---- the overview ------------------------------------------------------------------------------


def first_view_bytes(browser):
    """All that is there before the lines of weeks are asked for."""
    return browser.js("return performance.getEntries().filter((e) => !e.name.endsWith('weeks=yes'))"
                      ".reduce((sum, e) => sum + (e.transferSize ?? 0), 0)")


def check_overview(browser, address):
    browser.go(address)
    settle(browser)
    teams = names(browser)
    check(len(teams) == count(browser, ROWS) and len(teams) > 3, "the overview has every team")
    check(count(browser, f"{ROWS} td.health svg.interval .bar") > 0, "health has its interval drawn")
    browser.until("a line of weeks", lambda: count(browser, f"{ROWS} td.past svg .line") > 0)
    check(count(browser, f"{ROWS} .discs .sign") >= 3, "the three signs are there")
    check("theatre" not in browser.js("return document.body.innerText").replace("theatre-", "").lower(), "the word stays in SQL")
    bytes_ = first_view_bytes(browser)
    check(0 < bytes_ < 100_000, f"the first view takes {bytes_} bytes")
    foreign = browser.js("return performance.getEntriesByType('resource').filter((e) => !e.name.startsWith(location.origin)).length")
    check(foreign == 0, "nothing comes from elsewhere")
    say(f"first view: {bytes_} bytes")


def check_sorting(browser, address):
    browser.go(address + "?sort=team")
    settle(browser)
    teams = names(browser)
    check(teams == sorted(teams, key=lambda name: (name.rsplit("-", 1)[0], int(name.rsplit("-", 1)[1]))), f"sorted by team: {teams}")
    browser.click("th button[data-sort=team]")
    check(names(browser) == teams[::-1], "a second click turns the order")
    check(query(browser) == {"sort": "team", "order": "reversed"}, "the address keeps the order")
    check(browser.js("return document.querySelector('th[aria-sort=descending]').textContent").startswith("Team"), "it is said")
    browser.click("th button[data-sort=health]")
    figures = browser.js("return [...document.querySelectorAll('td.health')].map((c) => Number(c.querySelector('.figure')?.textContent ?? -1))")
    check(figures == sorted(figures, reverse=True) and query(browser) == {"sort": "health"}, f"sorted by health: {figures}")


def check_filters(browser, address):
    browser.go(address)
    settle(browser)
    everybody = names(browser)
    browser.js("const s = document.querySelector('#search'); s.focus()")
    for letter in "stead":
        browser.press(letter)
    browser.until("filtered rows", lambda: names(browser) == [n for n in everybody if "stead" in n])
    check(query(browser) == {"q": "stead"}, "the address keeps the search")
    check(browser.js("return document.activeElement.id") == "search", "typing keeps the focus")
    browser.go(address + "?q=stead")
    settle(browser)
    check(names(browser) == [n for n in everybody if "stead" in n], "an address gives the view back")
    browser.go(address)
    settle(browser)
    alarmed = browser.js(f"return [...document.querySelectorAll('{ROWS}:has(td.alarms .alarm) .name a')].map((a) => a.textContent)")
    browser.click("[data-tile=alarm]")
    check(query(browser) == {"alarm": "1"}, "the address keeps a filter")
    check(names(browser) == alarmed and len(alarmed) < len(everybody), f"only teams with alarms: {alarmed}")
    check(browser.js("return document.activeElement.dataset.tile") == "alarm", "the focus stays on what was pressed")
    browser.go(address + "?q=nobody-is-called-this")
    settle(browser)
    check(names(browser) == [] and "No team fits" in text(browser, ".count"), "that nothing fits is said")


def check_links(browser, address, team):
    browser.go(address + "?q=" + urllib.parse.quote(team))
    settle(browser)
    browser.click(f"{ROWS} .name a")
    browser.until("team page", lambda: text(browser, "h1") == team)
    check(query(browser) == {"team": team}, "a team has an address")
    check(browser.js("return document.activeElement.tagName") == "H1", "the heading has the focus")
    check(team in browser.js("return document.title"), "the title names the team")
    browser.back()
    browser.until("overview", lambda: names(browser) == [team])
    check(query(browser) == {"q": team}, "the way back keeps the view")


def check_keyboard(browser, address):
    browser.go(address + "?sort=team")
    settle(browser)
    before = names(browser)
    browser.press("tab")
    check(browser.js("return document.activeElement.className") == "skip", "first the way to the content")
    for _ in range(30):
        browser.press("tab")
        if browser.js("return document.activeElement.dataset.sort") == "team":
            break
    check(browser.js("return document.activeElement.dataset.sort") == "team", "the heads are reached by tab")
    browser.press("enter")
    check(names(browser) == before[::-1], "enter sorts")
    check(browser.js("return document.activeElement.dataset.sort") == "team", "the focus stays on the head")
    outline = browser.js("return getComputedStyle(document.activeElement).outlineStyle")
    check(outline != "none", "the focus is seen")


# ---- a team ------------------------------------------------------------------------------------


def check_team(browser, address, team):
    browser.go(address + "?team=" + urllib.parse.quote(team))
    settle(browser)
    page = browser.js("return document.querySelector('main').innerText")
    for part in ("health", "verdict", "way", "against", "reliance", "durability", "all", "beside"):
        check(count(browser, f"#h-{part}") == 1, f"the page of a team has {part}")
    check(count(browser, ".indicator .sign") == 3, "each sign is told")
    check(count(browser, ".matrix td.right") == 2 and count(browser, ".matrix td.wrong") == 2, "the matrix has four fields")
    check(count(browser, ".redesigns li.redesign") == 3, "each redesign is there")
    check(count(browser, ".redesigns [data-measure]") == 18 and count(browser, ".redesigns svg.interval .bar") > 0,
          "what each changed has its interval, or why it is unknown")
    check("Final: as of" in text(browser, ".redesigns") and "association" in text(browser, ".redesigns"), "how far it can be trusted")
    check(count(browser, ".durability .axis") >= 8, "durability is drawn")
    check("association" in page and "Completions" not in text(browser, "#h-health"), "what is an association is said")
    check(browser.js("return document.querySelector('.beside').contains(document.querySelector('.counts'))"), "completions stand beside")
    check(count(browser, ".measure") > 60, "every measure is there")
    check(count(browser, ".measure.unknown .because") > 0, "what is unknown says why")
    check("theatre" not in page.replace(team, "").lower(), "the word stays in SQL")
    browser.until("plot", lambda: count(browser, ".part.health svg.plot .line") > 0)
    browser.click("[data-measure=judgement] summary")
    browser.until("history", lambda: count(browser, "[data-measure=judgement] svg.plot .line") > 0)
    check("cannot show" in text(browser, "[data-measure=judgement] .detail"), "what it cannot show is said")
    browser.js("document.querySelector('.part.health input[type=range]').focus()")
    told = text(browser, ".part.health .readout")
    for _ in range(5):
        browser.press("left")
    check(text(browser, ".part.health .readout") != told, "arrows read the plot day by day")
    browser.click("[data-window='90d']")
    check(query(browser) == {"team": team, "window": "90d"}, "the address keeps the window")
    browser.js("document.querySelector('[data-measure=judgement]').open = true")


def check_matrix(browser, address, team):
    """The four counts are those of the two shares they are made of."""
    found = browser.js_later(
        "const done = arguments[arguments.length - 1];"
        f"fetch('api/v1/team?team={urllib.parse.quote(team)}').then((r) => r.json()).then((t) => {{"
        " const w = t.windows.find((x) => x.workflow === null && x.win === '90d').values;"
        " done([w.over_reliance[3], w.under_reliance[3], w.judgement[3]]) })")
    shown = browser.js("return [...document.querySelectorAll('.matrix strong')].map((s) => Number(s.textContent.replace(/,/g, '')))")
    check(shown[1] + shown[3] == found[0] and shown[0] + shown[2] == found[1] and sum(shown) == found[2],
          f"the matrix {shown} adds up to {found}")


def check_few(browser, address, team):
    check_overview(browser, address)
    check_sorting(browser, address)
    check_filters(browser, address)
    check_links(browser, address, team)
    check_keyboard(browser, address)
    check_team(browser, address, team)
    check_matrix(browser, address, team)
    check_looks(browser, address, "overview", 390)
    check_looks(browser, address + "?team=" + urllib.parse.quote(team), "team", 1280)
    check_paper(browser, address, "the overview")
    check_paper(browser, address + "?team=" + urllib.parse.quote(team), "a team")
    check_silent(browser, "few teams")
    browser.go(address + "?team=nobody")
    browser.until("error", lambda: count(browser, "[role=alert]") == 1)
    check("closed" in text(browser, "[role=alert]"), "an unknown team is told in a sentence")
    check_axe(browser, "an error")


# ---- many teams, and hostile ones ------------------------------------------------------------------


def check_hostile(browser, address):
    browser.go(address + "?q=" + urllib.parse.quote("script"))
    settle(browser)
    check(names(browser) == [HOSTILE], "a hostile name is text in the overview")
    browser.click(f"{ROWS} .name a")
    browser.until("team page", lambda: text(browser, "h1") == HOSTILE)
    page = browser.js("return document.querySelector('main').innerText")
    check("<b>bold</b>" in text(browser, ".redesigns") and "about to be judged" in text(browser, ".redesigns"), "labels of others are text")
    check("Fewer <i>practise</i>." in page and "<u>note</u>" in page and "<s>me</s>" in page, "words of others are text")
    check(count(browser, "main script, main img, main i, main u, main s, main b") == 0, "no word became markup")
    browser.go(address + "?team=" + urllib.parse.quote('a/b & "c" %41'))
    browser.until("odd name", lambda: text(browser, "h1") == 'a/b & "c" %41')


def check_small(browser, address):
    browser.go(address + "?q=" + urllib.parse.quote("too few"))
    settle(browser)
    check("held back" in text(browser, "td.health") and count(browser, "td.health .figure") == 0, "a small group is held back")
    browser.go(address + "?team=" + urllib.parse.quote("too few"))
    settle(browser)
    check("unknown" in text(browser, ".number-card") and count(browser, "#h-verdict") == 0, "on its page too")


def check_rules(browser, address):
    browser.go(address + "?q=" + urllib.parse.quote("new rules"))
    settle(browser)
    browser.until("mark", lambda: count(browser, "td.past svg .rules") == 1)
    browser.go(address + "?team=" + urllib.parse.quote("new rules"))
    browser.until("plot", lambda: count(browser, ".part.health svg.plot .rules") == 1)
    check(count(browser, ".part.health svg.plot path.line") >= 2, "the line is cut where the rules changed")


def check_many(browser, address, _team):
    check_hostile(browser, address)
    check_small(browser, address)
    check_rules(browser, address)
    browser.go(address)
    browser.until("2,000 teams", lambda: count(browser, ROWS) > 2000)
    browser.until("lines of weeks", lambda: count(browser, "td.past svg") > 0)
    drawn = count(browser, "td.past svg")
    check(drawn < 200, f"lines are drawn as they come into view, not all at once: {drawn}")
    browser.js("window.scrollTo(0, document.body.scrollHeight)")
    browser.until("last line", lambda: browser.js("return [...document.querySelectorAll('td.past')].at(-1).querySelector('svg') !== null"))
    check(count(browser, "td.past svg") < 400, "and those that were passed over are not")
    spent = browser.js("const t = performance.now(); const s = document.querySelector('#search'); s.value = 'many-1';"
                       "s.dispatchEvent(new Event('input')); return performance.now() - t")
    check(len(names(browser)) == 1000, "search goes through all")
    say(f"2,000 teams: {drawn} lines drawn at first, a search takes {spent:.0f} ms")
    check_silent(browser, "many teams")


def main():
    which, address, team = sys.argv[1:]
    browser = Browser()
    try:
        {"few": check_few, "many": check_many}[which](browser, address, team)
    finally:
        browser.close()


main()

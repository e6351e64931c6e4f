#!/usr/bin/env python3
"""Holds the dashboards to what Grafana wants of them, to the provisioning files, to the alerts' rules and to the words of uptake."""
import json
import os
import re
import sys

import dashboards

wrong = []
read = lambda *path: open(os.path.join(dashboards.ROOT, *path)).read()


def check(holds, what):
    if not holds:
        wrong.append(what)


def provisioned():
    """uid -> type of the data sources that the provisioning files make; no secret may stand in them."""
    found = {}
    home = os.path.join("config", "grafana", "provisioning", "datasources")
    for name in sorted(os.listdir(os.path.join(dashboards.ROOT, home))):
        text = read(home, name)
        found.update(re.findall(r"^    uid: (\S+)\n    type: (\S+)$", text, re.M))
        for secret in re.findall(r"^ +(?:password|.*[Tt]oken|.*Key): *(.*)$", text, re.M):
            check(re.fullmatch(r"\$__file\{/[^}]+\}", secret), f"{name}: a secret is not a file: {secret}")
    return found


def words():
    """(set, word) -> (label, sentence), from the table that the program has them from."""
    found = {}
    text = r'"(?:[^"]*)"(?:\s*"[^"]*")*'
    for kind, word, label, sentence in re.findall(rf"^WORD\((\w+), (\w+), ({text}),\s*({text}),", read("include", "model", "words.def"), re.M):
        found[kind, word] = tuple("".join(re.findall(r'"([^"]*)"', part)) for part in (label, sentence))
    return found


def all_values(value, key):
    """Every value of this key, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from all_values(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from all_values(inner, key)


def check_layout(name, board):
    ids = [panel["id"] for panel in board["panels"]]
    check(len(ids) == len(set(ids)), f"{name}: two panels with one id")
    taken = {}
    for panel in board["panels"]:
        at = panel["gridPos"]
        check(0 <= at["x"] and 1 <= at["w"] and at["x"] + at["w"] <= 24 and at["h"] >= 1, f"{name}, {panel['title']}: does not fit {at}")
        for place in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
            check(place not in taken, f"{name}: {panel['title']} lies on {taken.get(place)}")
            taken[place] = panel["title"]


def check_panels(name, board):
    titles = [panel["title"] for panel in dashboards.panels(board)]
    check(len(titles) == len(set(titles)), f"{name}: two panels of one title")
    for panel in dashboards.panels(board):
        where = f"{name}, {panel['title']}"
        check(len(panel["description"]) > 40 and panel["description"].endswith("."), f"{where}: nothing says what it means")
        check(panel["targets"], f"{where}: asks nothing")
        references = [target["refId"] for target in panel["targets"]]
        check(len(references) == len(set(references)), f"{where}: two questions of one name")
        defaults = panel["fieldConfig"]["defaults"]
        if panel["type"] in ("stat", "table"):
            check(defaults.get("noValue"), f"{where}: what is unknown is not said to be")
        if panel["type"] == "timeseries":
            check(defaults["custom"]["spanNulls"] is False, f"{where}: a line is drawn over what is unknown")
        for step in (defaults.get("thresholds") or {}).get("steps", []):
            value = step["value"]
            check(value in (None, 1) or re.search(rf"> {re.escape(str(value))}\b", read("config", "prometheus", "uptake.rules.yml")), f"{where}: no alert begins at {value}")


def check_variables(name, board):
    declared = {variable["name"] for variable in board["templating"]["list"]}
    body = json.dumps(board, ensure_ascii=False)
    used = {a or b for a, b in re.findall(r"\$\{(\w+)[:}]|\$(?!__)([a-z]\w*)", body)} - {"__value", "__field", "__data"}
    check(used == declared, f"{name}: variables {declared}, used {used}")
    for rule in (target["rawSql"] for _, uid, target, _ in dashboards.questions(board) if uid == dashboards.POSTGRESQL):
        check(not re.search(r"\$(\w+\b|\{\w+\})(?<!\$__timeFilter)(?<!\$__timeFrom)(?<!\$__timeTo)", rule), f"{name}: a variable stands in SQL as it is: {rule}")


def check_sources(name, board, sources):
    for source in all_values(board, "datasource"):
        if source["uid"] != "-- Grafana --":
            check(sources.get(source["uid"]) == source["type"], f"{name}: no data source {source} is provisioned")
    check("__inputs" not in board and "id" not in board, f"{name}: is an export for sharing, not for provisioning")


def check_links(name, board, uids):
    for url in list(all_values(board, "url")):
        check(re.fullmatch(r"|/d/({})\?.*|\$\{{page\}}.*".format("|".join(uids)), url), f"{name}: a link to {url}")


def check_words(name, board, known):
    texts = {text for pair in known.values() for text in pair}
    own = {"visible", "not visible yet", "unknown", "up", "down", "away", "nothing", "Held back: too few people"}
    for mappings in all_values(board, "mappings"):
        for word, result in ((word, result) for mapping in mappings for word, result in mapping["options"].items()):
            text = result["text"]
            check(text in own or any(word == of and text in pair for (_, of), pair in known.items()), f"{name}: {word} is called {text}")
            check(text in own or text in texts, f"{name}: {text} is no word of uptake")
    for kind in ("state", "verdict"):
        for override in (o for panel in dashboards.panels(board) for o in panel["fieldConfig"]["overrides"] if o["matcher"]["options"] == kind):
            mapped = {word for p in override["properties"] if p["id"] == "mappings" for m in p["value"] for word in m["options"]}
            check({word for of, word in known if of == kind} <= mapped, f"{name}: not every {kind} has its label")


def main():
    boards, sources, known = dashboards.boards(), provisioned(), words()
    check(len(known) > 50, "the words cannot be read")
    check(set(sources) == {dashboards.PROMETHEUS, dashboards.POSTGRESQL, dashboards.REDIS}, f"data sources {sources}")
    for uid, board in boards.items():
        check(board["version"] >= 1 and board["schemaVersion"] >= 36 and board["timezone"] == "utc", f"{uid}: version or time zone")
        check(os.path.exists(os.path.join(dashboards.GRAFANA, "dashboards", uid + ".json")), f"{uid} is in another file")
        check_layout(uid, board)
        check_panels(uid, board)
        check_variables(uid, board)
        check_sources(uid, board, sources)
        check_links(uid, board, boards)
        check_words(uid, board, known)
    check(sorted(boards) == ["uptake-adoption", "uptake-live", "uptake-operations", "uptake-team"], f"dashboards {sorted(boards)}")
    for line in wrong:
        print(line)
    print(f"{len(boards)} dashboards, {sum(len(dashboards.panels(board)) for board in boards.values())} panels, {len(wrong)} wrong")
    sys.exit(len(wrong) > 0)


main()

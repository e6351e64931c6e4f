#!/usr/bin/env python3
"""Asks a Prometheus what the dashboard of operations asks: check_promql.py ADDRESS METRICS_URL

Every expression is understood and gives a series, but where a panel says what it means that there is none (noValue); every
metric that is named is one of the daemon's.
"""
import json
import re
import sys
import time
import urllib.parse
import urllib.request

import dashboards

PROMETHEUS, METRICS = sys.argv[1:]
DEADLINE_S = 60
VARIABLES = {"job": ["uptaked"], "instance": [".*"]}
OF_PROMETHEUS = {"up", "ALERTS"}


def ask(path, **arguments):
    with urllib.request.urlopen(f"http://{PROMETHEUS}/api/v1/{path}?{urllib.parse.urlencode(arguments)}", timeout=30) as answer:
        return json.load(answer)["data"]


def asked(board):
    """(where, expression, whether it may find nothing)"""
    for where, uid, target, panel in dashboards.questions(board):
        if uid == dashboards.PROMETHEUS and "expr" in target:
            may_be_empty = "ALERTS" in target["expr"] or panel and panel["fieldConfig"]["defaults"].get("noValue", "unknown") != "unknown"
            yield where, dashboards.expand(target["expr"], VARIABLES, "", ""), may_be_empty


def main():
    with urllib.request.urlopen(METRICS, timeout=30) as page:
        served = page.read().decode()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", served, re.M))
    names = set(kinds) | OF_PROMETHEUS | {name + "_bucket" for name, kind in kinds.items() if kind == "histogram"}
    wrong, count = [], 0
    board = dashboards.boards()["uptake-operations"]
    for where, expression, may_be_empty in asked(board):
        count += 1
        for name in re.findall(r"(\w+)\{", expression):
            if name not in names:
                wrong.append(f"{where}: {name} is no metric of uptaked")
            if re.search(rf"(rate|increase)\({name}\{{", expression) and kinds.get(name) == "gauge":
                wrong.append(f"{where}: the rate of a gauge, {name}")
        # Rates want two scrapes.
        deadline = time.monotonic() + DEADLINE_S
        while not (found := ask("query", query=expression)["result"]) and not may_be_empty and time.monotonic() < deadline:
            time.sleep(0.2)
        if not found and not may_be_empty:
            wrong.append(f"{where}: no series for {expression}")
    for variable in board["templating"]["list"]:
        name, label = re.fullmatch(r"label_values\((.*), (\w+)\)", dashboards.expand(variable["query"]["query"], VARIABLES, "", "")).groups()
        if not ask(f"label/{label}/values", **{"match[]": name}):
            wrong.append(f"variable {variable['name']}: no values")
    for line in wrong:
        print(line)
    print(f"{count} expressions, {len(wrong)} wrong")
    sys.exit(len(wrong) > 0 or count < 50)


main()

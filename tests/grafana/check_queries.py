#!/usr/bin/env python3
"""Asks PostgreSQL, as an analyst, and Redis what the dashboards ask: all answers, with the columns that panels want.

    check_queries.py CONNECTION REDIS_ADDRESS SMALL_TEAM TEAM...      SMALL_TEAM: one that may not be shown

Each question is answered for one of the teams at least.
"""
import csv
import functools
import io
import os
import re
import subprocess
import sys

import dashboards

CONNECTION, REDIS_ADDRESS, SMALL_TEAM, *TEAMS = sys.argv[1:]
HOSTILE = "x' OR team <> '"
# As Grafana says All for the variable.
ALL = "'*'"
DAYS = 400
# What may find nothing where all is well.
MAY_BE_EMPTY = ("annotation Rules",)
wrong = []


@functools.lru_cache(maxsize=None)
def ask(sql):
    """Rows as the role for analysts sees them, the names of the columns first."""
    done = subprocess.run(["psql", "-q", "--csv", "-v", "ON_ERROR_STOP=1", CONNECTION, "-c", sql], capture_output=True, text=True,
                          env=dict(os.environ, PGOPTIONS="-c role=uptake_analyst -c jit=off -c timezone=UTC"))
    if done.returncode != 0:
        raise RuntimeError(f"{done.stderr.strip()}\n{sql}")
    return list(csv.reader(io.StringIO(done.stdout)))


def ask_redis(*command):
    host, port = REDIS_ADDRESS.rsplit(":", 1)
    done = subprocess.run(["redis-cli", "-h", host, "-p", port, *command], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def wanted_columns(panel):
    if panel is None:
        return set()
    return {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"] if override["matcher"]["id"] == "byName"}


def check_rows(where, target, panel, rows):
    columns, rows = rows[0], rows[1:]
    missing = wanted_columns(panel) - set(columns)
    if missing:
        wrong.append(f"{where}: no columns {missing} in {columns}")
    if ", variable" in where and len(columns) != 1:
        wrong.append(f"{where}: columns {columns}")
    if ", annotation" in where and not {"time", "text", "tags"} <= set(columns):
        wrong.append(f"{where}: columns {columns}")
    if target["format"] == "time_series" or panel and panel["type"] == "state-timeline":
        times = [row[0] for row in rows]
        if columns[0] != "time" or times != sorted(times) or any(not time.endswith("+00") for time in times):
            wrong.append(f"{where}: not a series of instants: {columns}, {times[:3]}")
    for name, position in ((name, columns.index(name)) for name in ("lo", "hi") if name in columns):
        if "estimate" in columns and any(row[position] and not row[columns.index("estimate")] for row in rows):
            wrong.append(f"{where}: a limit without an estimate")


def variables_of(board, team, groups):
    """As Grafana would have them at first, or with another team or groups."""
    found = {variable["name"]: [variable.get("current", {}).get("value", "")] for variable in board["templating"]["list"]}
    if "team" in found:
        found["team"] = [team]
    if "grp" in found:
        found["grp"] = groups
    if "key" in found:
        # Of a name that is none there is no key.
        found["key"] = (ask(f"SELECT redis_key FROM uptake.team_live WHERE team = {dashboards.quoted([team])}")[1:] or [[""]])[0]
    if "win" in found:
        found["win"] = ["28d"]
    return found


def each_question(board, source, team, groups, repeated=True):
    """(where, target, panel, variables); a panel that is repeated for each measure is there once for each, or for the first."""
    variables = variables_of(board, team, groups)
    for where, uid, target, panel in dashboards.questions(board):
        if uid != source:
            continue
        several = variables["measure"][0] if isinstance(variables.get("measure", [""])[0], list) else variables.get("measure", [])
        choices = several if repeated and panel is not None and panel.get("repeat") == "measure" else several[:1]
        for choice in choices or [""]:
            yield where, target, panel, dict(variables, measure=[choice])


def time_range():
    """Up to the day after the last that closed."""
    last = ask("SELECT max(day) + 1 FROM uptake.team_health")[1][0]
    first = ask(f"SELECT DATE '{last}' - {DAYS}")[1][0]
    return first + "T12:00:00.123Z", last + "T12:00:00.123Z"


def check_answers(board, team, groups, answered):
    """Notes in `answered` which questions gave rows: (where, measure) -> whether."""
    for where, target, panel, variables in each_question(board, dashboards.POSTGRESQL, team, groups):
        key = (where, tuple(variables.get("measure", ())))
        if answered.get(key):
            continue
        rows = ask(dashboards.expand(target["rawSql"], variables, *RANGE))
        check_rows(f"{board['uid']}, {where}", target, panel, rows)
        answered[key] = len(rows) > 1


def check_nothing(board):
    """Neither a group that is none nor a name that would end a string brings a row; too few people bring no figure."""
    for where, target, panel, variables in each_question(board, dashboards.POSTGRESQL, HOSTILE, [HOSTILE], repeated=False):
        columns, *rows = ask(dashboards.expand(target["rawSql"], variables, *RANGE))
        # A series has its instants, and nothing at any.
        rows = [row[1:] if columns[0] == "time" else row for row in rows]
        if panel is not None and re.search(r"\$\{(team|grp)", target["rawSql"]) and any(any(row) for row in rows):
            wrong.append(f"{board['uid']}, {where}: rows of a team or group that is none: {rows[0]}")
    for where, target, panel, variables in each_question(board, dashboards.POSTGRESQL, SMALL_TEAM, ALL, repeated=False):
        if panel is not None and "${team:sqlstring}" in target["rawSql"]:
            columns, *rows = ask(dashboards.expand(target["rawSql"], variables, *RANGE))
            for name in {"health", "lo", "hi", "verdict"} & set(columns):
                if any(row[columns.index(name)] for row in rows):
                    wrong.append(f"{board['uid']}, {where}: {name} of a small team")


def check_postgresql(board):
    groups = [row[0] for row in ask("SELECT DISTINCT grp FROM uptake.group_team ORDER BY grp")[1:]]
    if any(variable["name"] == "grp" for variable in board["templating"]["list"]):
        rounds = [(TEAMS[0], ALL), (TEAMS[0], groups[:1])]
    else:
        rounds = [(team, ALL) for team in TEAMS]
    answered = {}
    for team, choice in rounds:
        of_round = answered if choice == ALL else {}
        check_answers(board, team, choice, of_round)
        for (where, measure), was in of_round.items():
            if choice != ALL and not was and where not in MAY_BE_EMPTY:
                wrong.append(f"{board['uid']}, {where}: no rows for a group")
    for (where, measure), was in answered.items():
        if not was and where not in MAY_BE_EMPTY:
            wrong.append(f"{board['uid']}, {where} {' '.join(measure)}: no rows for any of {TEAMS}")
    check_nothing(board)
    return len(answered)


def check_redis(board):
    asked = 0
    for where, target, panel, variables in each_question(board, dashboards.REDIS, TEAMS[0], ALL):
        key = dashboards.expand(target["keyName"], variables, "", "")
        command = [target["command"], key, *target.get("field", "").split()]
        answer = ask_redis(*command)
        asked += 1
        if target["command"] == "hmget":
            if len(answer) != len(target["field"].split()) or not all(answer):
                wrong.append(f"{where}: {command} says {answer}")
            continue
        # As the panel cuts each field into its figures.
        ignored = re.compile(next(t["options"]["filters"][0]["config"]["options"]["value"] for t in panel["transformations"] if t["id"] == "filterByValue"))
        cut = next(t["options"]["regExp"] for t in panel["transformations"] if t["id"] == "extractFields")
        cut = re.compile(cut.strip("/").replace("(?<", "(?P<"))
        fields = {name: value for name, value in zip(answer[::2], answer[1::2]) if not ignored.match(name)}
        glossary = {row[0] for row in ask("SELECT measure FROM uptake.glossary")[1:]} | {"health"}
        if len(fields) < 20 or not set(fields) <= glossary:
            wrong.append(f"{where}: no measures, or more than measures: {sorted(set(fields) - glossary)}")
        for name, value in fields.items():
            figures = cut.match(value)
            if not figures or float(figures["estimate"]) is None or figures["lo"] and not float(figures["lo"]) <= float(figures["hi"]):
                wrong.append(f"{where}: {name} is {value}")
    return asked


RANGE = time_range()


def main():
    asked = answered = 0
    for board in dashboards.boards().values():
        asked += check_postgresql(board)
        answered += check_redis(board)
    for line in wrong:
        print(line)
    print(f"{asked} questions to PostgreSQL, {answered} to Redis, {len(wrong)} wrong")
    sys.exit(len(wrong) > 0 or asked < 35 or answered < 3)


main()

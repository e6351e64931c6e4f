"""What the dashboards ask, with variables and macros replaced as Grafana replaces them."""
import glob
import json
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GRAFANA = os.path.join(ROOT, "config", "grafana")
PROMETHEUS, POSTGRESQL, REDIS = "uptake-prometheus", "uptake-postgresql", "uptake-redis"


def boards():
    """The dashboards by their uid."""
    found = [json.load(open(path)) for path in sorted(glob.glob(os.path.join(GRAFANA, "dashboards", "*.json")))]
    return {board["uid"]: board for board in found}


def panels(board):
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def questions(board):
    """(where it stands, data source, target, panel or None) of all that a dashboard asks."""
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']}", variable["datasource"]["uid"], {"rawSql": variable["query"], "format": "table"}, None
    for annotation in board["annotations"]["list"]:
        if not annotation.get("builtIn"):
            yield f"annotation {annotation['name']}", annotation["datasource"]["uid"], annotation.get("target", annotation), None
    for panel in panels(board):
        for target in panel["targets"]:
            yield f"panel {panel['title']}", target["datasource"]["uid"], target, panel


def quoted(values):
    return ",".join("'" + value.replace("'", "''") + "'" for value in values)


def expand(text, variables, first, last):
    """variables: name -> list of values, or None for All, which stands for what allValue says; first, last: the time range."""
    def value_of(match):
        name, form = match[1] or match[3], match[2]
        values = variables[name]
        if isinstance(values, str):
            return values
        if form == "sqlstring":
            return quoted(values)
        assert len(values) == 1, f"{name} has several values where one is wanted"
        return values[0]

    text = re.sub(r"\$__timeFilter\(([^)]*)\)", rf"\1 BETWEEN '{first}' AND '{last}'", text)
    text = text.replace("$__timeFrom()", f"'{first}'").replace("$__timeTo()", f"'{last}'")
    text = text.replace("$__rate_interval", "10s").replace("$__interval", "10s")
    text = re.sub(r"\$\{(\w+)(?::(\w+))?\}|\$(?!__)([a-z]\w*)", value_of, text)
    assert "$__" not in text, f"a macro is left in {text}"
    return text

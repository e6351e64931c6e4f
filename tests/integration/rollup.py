"""What the test of roll-ups needs: several teams as one, a database filled from a document of `uptakectl evaluate`, and
what the roll-ups must say, computed from that document another way.

    rollup.py merge EVENTS              the same events, all of one team, on standard output
    rollup.py fill DOCUMENT DAY GROUP   SQL that fills a database; GROUP is min_group
    rollup.py check DOCUMENT ONE ROWS TEAM...         ROWS (JSON lines of uptake.rollup) against the documents of the teams
                                                      and of one
    rollup.py check-cells DOCUMENT ONE ROWS SMALL TEAM...   only what is made of cells: frozen rows may know less than a
                                                      document. SMALL: JSON lines of uptake.small_teams; windows in which a
                                                      team counts not at all are left out, those of a block are one
"""
import datetime
import json
import math
import sys

ARMS_AI = ("ai", "ai_random")
EPOCH = datetime.date(1970, 1, 1)


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, (dict, list)):
        value = json.dumps(value)
    return "'" + str(value).replace("'", "''") + "'"


def merge(path):
    """Tasks and people of simulated events name their team, so nothing runs together."""
    for line in open(path):
        event = json.loads(line)
        event["data"]["team"] = "all"
        print(json.dumps(event))


# ---- a database as the daemon would have filled it

def known(windows):
    figures = dict(windows["28d"])
    figures.update(windows["own"])
    return {name: value for name, value in figures.items() if value is not None and name != "because"}


def fill(path, day_text, min_group):
    document = json.load(open(path))
    day = datetime.date.fromisoformat(day_text)
    columns = document["cells"]["columns"]
    print("BEGIN;")
    print("INSERT INTO uptake.shard (partition, partitions, key_fingerprint, watermark) VALUES (0, 1, '', %s);" % literal(day_text))
    days = sorted({row[2] for row in document["cells"]["rows"]})
    print("SELECT uptake.add_months(ARRAY[%s]::date[]);" % ", ".join(
        literal(EPOCH + datetime.timedelta(d)) for d in days + [(day - EPOCH).days]))
    print("COPY uptake.cell (partition, %s) FROM STDIN;" % ", ".join(columns))
    for team, workflow, cell_day, *rest in document["cells"]["rows"]:
        print("\t".join(map(str, [0, team, workflow, EPOCH + datetime.timedelta(cell_day)] + rest)))
    print("\\.")
    for team, measures in document["measures"].items():
        first = min((row[2] for row in document["cells"]["rows"] if row[0] == team), default=None)
        print("INSERT INTO uptake.team VALUES (0, %s, %s, %s, %s, 0);" % (
            literal(team), literal("2025-01-01"), literal(first and EPOCH + datetime.timedelta(first)), literal(day_text)))
        figures = known(measures["windows"])
        print("INSERT INTO uptake.health (partition, team, day, verdict, changed_work, traceable, reproduces, diagnosis, state,"
              " alarms, quiet, measures, because, suppressed, headcount, min_group, definitions, watermark, provisional)"
              " VALUES (0, %s, %s, '', '', '', '', ARRAY(SELECT jsonb_array_elements_text(%s)), '', '{}', false, %s, %s, '{}',"
              " %s, %s, 'test', %s, false);" % (
                  literal(team), literal(day_text), literal(measures["diagnosis"]), literal(figures),
                  literal(dict(measures["windows"]["28d"]["because"], **measures["windows"]["own"]["because"])),
                  int(figures["headcount"]), min_group, literal(day_text)))
    print("COMMIT;")


# ---- what must come out

SPANS = {"1d": (0, 0), "7d": (6, 0), "28d": (27, 0), "90d": (89, 0), "own": (34, 7)}
WINDOWED = ("success_lift", "cycle_ratio", "judgement", "over_reliance", "ai_share")


def total(cells, name, ai=None):
    return sum(cell[name] for cell in cells if ai is None or (cell["arm"] in ARMS_AI) == ai)


def spread(k, n):
    return k * (n - k) / n ** 2 if n else 0


def spread_within(cells, ai):
    """Of ln(cycle), about the means of teams and workflows."""
    squares = freedom = 0
    for part in {(cell["team"], cell["workflow"]) for cell in cells}:
        inside = [cell for cell in cells if (cell["team"], cell["workflow"]) == part]
        n, ln, square = (total(inside, name, ai) for name in ("cycle_n", "cycle_ln", "cycle_ln_sq"))
        if n:
            squares += (n * square - ln * ln) / n / 65536 ** 2
            freedom += n - 1
    return squares / freedom if freedom else 0


def over_strata(strata, spreads):
    """Of (n1, n0, difference): the weighed difference and its variance."""
    weights = [n1 * n0 / (n1 + n0) for n1, n0, _ in strata]
    if not weights:
        return None
    return (sum(w * x for w, (_, _, x) in zip(weights, strata)) / sum(weights),
            sum((w / sum(weights)) ** 2 * (spreads[0] / n1 + spreads[1] / n0) for w, (n1, n0, _) in zip(weights, strata)))


def spoken_in(cells, day):
    recent = [cell for cell in cells if day - 89 <= cell["day"] <= day]
    return {w for w in {c["workflow"] for c in cells} if total([c for c in recent if c["workflow"] == w], "decided", True) > 0}


def scored(inside, spoken):
    return [total([c for c in inside if c["workflow"] in spoken], name, True) for name in ("ca", "wa", "co", "wo")]


def strata_of(inside):
    lifts, cycles = [], []
    for workflow in {cell["workflow"] for cell in inside}:
        here = [cell for cell in inside if cell["workflow"] == workflow]
        n1, n0, k1, k0 = (total(here, name, ai) for name in ("success_n", "success_k") for ai in (True, False))
        if n1 and n0:
            lifts.append((n1, n0, k1 / n1 - k0 / n0))
        n1, n0, ln1, ln0 = (total(here, name, ai) for name in ("cycle_n", "cycle_ln") for ai in (True, False))
        if n1 > 1 and n0 > 1:
            cycles.append((n1, n0, (ln1 / n1 - ln0 / n0) / 65536))
    return lifts, cycles


def inside_of(cells, day, win):
    first, last = SPANS[win]
    return [cell for cell in cells if day - first <= cell["day"] <= day - last]


def spreads_of(everything, day, win):
    """Within teams: of shares those of the union."""
    whole = inside_of(everything, day, win)
    ca, wa, co, wo = scored(whole, spoken_in(everything, day))
    tasks, tasks1 = total(whole, "tasks"), total(whole, "tasks", True)
    return {"success": [spread(total(whole, "success_k", ai), total(whole, "success_n", ai)) for ai in (True, False)],
            "cycle": [spread_within(whole, ai) for ai in (True, False)],
            "kept": spread(ca, ca + wo), "caught": spread(co, co + wa), "ai": spread(tasks1, tasks),
            "traceable": spread(total(whole, "outcomes", True), tasks1)}


def effects_of(cells, spreads, day, win):
    """Of one team's cells: measure to (effect, variance)."""
    inside = inside_of(cells, day, win)
    tasks, tasks1 = total(inside, "tasks"), total(inside, "tasks", True)
    if win == "own":
        return {"traceable": (total(inside, "outcomes", True) / tasks1, spreads["traceable"] / tasks1) if tasks1 else None}
    lifts, cycles = strata_of(inside)
    ca, wa, co, wo = scored(inside, spoken_in(cells, day))
    kept, caught, right, wrong = spreads["kept"], spreads["caught"], ca + wo, co + wa
    return {"success_lift": over_strata(lifts, spreads["success"]), "cycle_ratio": over_strata(cycles, spreads["cycle"]),
            "judgement": ((ca / right + co / wrong) / 2, (kept / right + caught / wrong) / 4) if right and wrong else None,
            "over_reliance": (wa / wrong, caught / wrong) if wrong else None,
            "ai_share": (tasks1 / tasks, spreads["ai"] / tasks) if tasks else None}


def random_effects(pairs):
    """Mean, tau2 and what the square of the half width is of t squared."""
    fixed = sum(y / v for y, v in pairs) / sum(1 / v for _, v in pairs)
    q = sum((y - fixed) ** 2 / v for y, v in pairs)
    w, w2 = sum(1 / v for _, v in pairs), sum(1 / v ** 2 for _, v in pairs)
    k = len(pairs)
    tau2 = max(0, (q - k + 1) / (w - w2 / w)) if k > 1 else 0
    w = sum(1 / (v + tau2) for _, v in pairs)
    mean = sum(y / (v + tau2) for y, v in pairs) / w
    square = sum((y - mean) ** 2 / (v + tau2) for y, v in pairs) / (k - 1) / w if k > 2 else None
    return mean, tau2, square


def near(a, b, tolerance=1e-9):
    return a is None and b is None or a is not None and b is not None and abs(a - b) <= tolerance * max(1, abs(a), abs(b))


class Differences:
    def __init__(self):
        self.compared = 0
        self.found = []

    def compare(self, what, actual, expected, tolerance=1e-9):
        self.compared += 1
        if not near(actual, expected, tolerance):
            self.found.append("%s is %r, not %r" % (what, actual, expected))


def check_cells(document, one, rows, teams, small, differences):
    day = one["measures"]["all"]["day"]
    columns = document["cells"]["columns"]
    everything_of_teams = [dict(zip(columns, row)) for row in document["cells"]["rows"] if row[0] in teams]
    for win, windows in one["measures"]["all"]["windows"].items():
        unit = {row["team"]: row["block"] for row in small if row["source"] == "cells" and row["win"] == win and row["team"] in teams}
        if None in unit.values():
            continue
        everything = [dict(cell, team=unit.get(cell["team"], cell["team"])) for cell in everything_of_teams]
        cells = {name: [cell for cell in everything if cell["team"] == name] for name in {unit.get(team, team) for team in teams}}
        spreads = spreads_of(everything, day, win)
        effects = [effects_of(cells[name], spreads, day, win) for name in sorted(cells)]
        for measure in ("traceable",) if win == "own" else WINDOWED:
            row, expected = rows.pop((win, measure)), windows[measure]
            what = "%s %s" % (win, measure)
            differences.compare(what, row["estimate"], expected and expected[0])
            differences.compare(what + " n", row["n"], expected and expected[3])
            if expected is None:
                if row["because"] != windows["because"][measure]:
                    differences.found.append("%s: because %s, not %s" % (what, row["because"], windows["because"][measure]))
                continue
            pairs = [e[measure] for e in effects if e[measure]]
            differences.compare(what + " teams", row["teams"], len(pairs))
            check_interval(what, row, pairs, {"success_lift": -1, "cycle_ratio": None}.get(measure, 0), differences)


def check_interval(what, row, pairs, least, differences):
    pairs = [pair for pair in pairs if pair[1] > 0]
    if len(pairs) < 3:
        differences.compare(what + " team_mean", row["team_mean"], None)
        differences.compare(what + " lo", row["lo"], None)
        return
    mean, tau2, square = random_effects(pairs)
    forward = math.log if least is None else float
    differences.compare(what + " team_mean", forward(row["team_mean"]), mean, 1e-8)
    differences.compare(what + " tau2", row["tau2"], tau2, 1e-8)
    if len({effect for effect, _ in pairs}) == 1:
        differences.compare(what + " lo", row["lo"], None)
        return
    half = row["t"] * math.sqrt(square)
    lo, hi = mean - half, mean + half
    differences.compare(what + " lo", forward(row["lo"]), lo if least is None else max(least, lo), 1e-6)
    differences.compare(what + " hi", forward(row["hi"]), hi if least is None else min(1, hi), 1e-6)


def check_people(document, rows, teams, differences):
    """Shares and rates over the teams: what each says, times what it says it of."""
    figures = [known(document["measures"][team]["windows"]) for team in teams]
    for (win, measure), row in rows.items():
        values = [f[measure] for f in figures if f.get(measure) is not None]
        if measure in ("headcount", "trained", "entry_headcount_change"):
            differences.compare(measure, row["estimate"], sum(values))
        elif measure == "entry_gap" and values:
            ours = [(f["entry_nonroutine_share"], f["entry_gap"]) for f in figures if "entry_gap" in f]
            beginners = sum(s[0] * s[3] for s, _ in ours) / sum(s[3] for s, _ in ours)
            others = sum((s[0] - g[0]) * (g[3] - s[3]) for s, g in ours) / sum(g[3] - s[3] for s, g in ours)
            differences.compare(measure, row["estimate"], beginners - others)
        elif measure in ("entry_judgement", "learning_gain", "entry_learning_gain"):
            pairs = [(v[0], ((v[2] - v[1]) / 2 / 1.959963984540054) ** 2) for v in values]
            differences.compare(measure, row["estimate"], random_effects(pairs)[0] if pairs else None)
        elif win in ("28d", "own") and row["because"] != "no_survey":
            exposure = sum(v[3] for v in values)
            differences.compare(measure, row["estimate"], sum(v[0] * v[3] for v in values) / exposure if exposure else None, 1e-8)


def check(path, one_path, rows_path, teams, small=(), people=True):
    document, one = json.load(open(path)), json.load(open(one_path))
    rows = {(row["win"], row["measure"]): row for row in map(json.loads, open(rows_path))}
    differences = Differences()
    check_cells(document, one, rows, teams, small, differences)
    if people:
        check_people(document, rows, teams, differences)
    for difference in differences.found[:20]:
        print(difference)
    print("%d figures, %d differences" % (differences.compared, len(differences.found)))
    return 1 if differences.found or differences.compared < 50 else 0


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "check":
        sys.exit(check(*arguments[:3], arguments[3:]))
    if command == "check-cells":
        sys.exit(check(*arguments[:3], arguments[4:], list(map(json.loads, open(arguments[3]))), False))
    sys.exit({"merge": merge, "fill": fill}[command](*arguments))

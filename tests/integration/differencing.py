"""Tries to see small groups by adding up and subtracting what an analyst gets: organisations whose figures say which teams are
in them, and linear algebra over the answers.

    differencing.py fill KIND           SQL that fills a database with an organisation: block, rest, out or a number (random)
    differencing.py ask KIND            SQL that asks for the figures of every set of teams, of groups and of the organisation
    differencing.py change KIND         SQL that changes what no total may tell: who of a block did what, what is left out
    differencing.py solve KIND ANSWERS  tries; fails when a group of fewer people than MIN_GROUP can be had
    differencing.py same A B            fails when two files of answers differ
"""
import datetime
import fractions
import itertools
import json
import math
import random
import sys

MIN_GROUP = 5
DAY = datetime.date(2025, 3, 16)
START = datetime.date(2024, 12, 1)
BASE = 40  # more than a team has days of work: figures in powers of it say which teams are in a sum
TASK_DAYS = (0, 3, 15, 60)  # days back
SPANS = {"1d": (0, 0), "7d": (6, 0), "28d": (27, 0), "90d": (89, 0), "own": (34, 7)}
OF_HEADCOUNT = ("practising", "regular", "pulse_response")
# Of a task a person did on a day: n of each measure made of cells.
CELLS = {"ai_share": 2, "success_lift": 2, "cycle_ratio": 2, "judgement": 4, "over_reliance": 2}


class Team:
    def __init__(self, number, people, days, trained, answered, beginners, groups):
        self.name, self.weight, self.people = "team-%d" % number, BASE ** number, people
        self.days = days  # of each person, days back
        self.trained, self.answered, self.beginners, self.groups = trained, answered, beginners, groups

    def had_tasks(self, win):
        first, last = SPANS[win]
        return {p for p in self.people if any(last <= d <= first for d in self.days[p])}

    def tasks(self, win):
        first, last = SPANS[win]
        return self.weight * sum(last <= d <= first for p in self.people for d in self.days[p])


def organisation(kind):
    """Sizes that are powers of two can be told from their sum as well."""
    fixed = {"block": ((1, 2, 4, 8, 16), ("", "", "", "", "")), "rest": ((1, 2, 4, 8, 16), ("a", "a", "b", "a", "b")),
             "out": ((1, 2, 8, 16, 32), ("a", "b", "a", "a", "b"))}
    if kind in fixed:
        teams, next_person = [], 1
        for number, (size, groups) in enumerate(zip(*fixed[kind])):
            people = range(next_person, next_person + size)
            next_person += size
            everybody = {p: index % 3 for index, p in enumerate(people)}
            teams.append(Team(number, set(people), {p: TASK_DAYS for p in people}, everybody, set(people), set(people), groups))
        return teams
    dice = random.Random(int(kind))
    teams = []
    for number in range(5):
        people = set(dice.sample(range(1, dice.choice((12, 60))), dice.randint(1, 9)))
        days = {p: [d for d in TASK_DAYS if dice.random() < 0.6] for p in people}
        some = {p for p in people if dice.random() < 0.7}
        teams.append(Team(number, people, days, {p: dice.randrange(4) for p in some}, {p for p in people if dice.random() < 0.7},
                          {p for p in people if dice.random() < 0.5}, [g for g in "abc" if dice.random() < 0.4]))
    return teams


def literal(value):
    return "'" + (json.dumps(value) if isinstance(value, (dict, list)) else str(value)).replace("'", "''") + "'"


def uuid(person):
    return literal("%032d" % person)


def frozen(team):
    """The figures of a row of health, and who stands behind each."""
    size, trained, beginners, large = len(team.people), len(team.trained), len(team.beginners), 10 * team.weight
    gain = 0.2 + int(team.name[-1]) / 50
    figures = {name: ([(size // 2) / size, 0.1, 0.9, size], team.people) for name in OF_HEADCOUNT}
    figures["headcount"] = (size, team.people)
    figures["attrition_365"] = ([(large // 3) / large, 0.1, 0.9, large], team.people)
    figures["trained"] = (trained, set(team.trained) or team.people)
    if trained:
        figures["durability_28"] = ([(large // 2) / large, 0.1, 0.9, large], set(team.trained))
        figures["changed_work"] = ([(trained // 2) / trained, 0.1, 0.9, trained], set(team.trained))
    if beginners:
        figures["entry_nonroutine_share"] = ([(large // 2) / large, 0.1, 0.9, large], team.beginners)
        figures["learning_gain"] = ([gain, gain - 0.1, gain + 0.1, large], team.beginners)
    return figures


def fill_team(team):
    name, back = literal(team.name), lambda days: DAY - datetime.timedelta(days)
    print("INSERT INTO uptake.team VALUES (0, %s, '2024-12-01', '2024-12-01', '%s', 0);" % (name, DAY))
    figures = frozen(team)
    small = [measure for measure, (_, people) in figures.items() if len(people) < MIN_GROUP]
    print("INSERT INTO uptake.health (partition, team, day, verdict, changed_work, traceable, reproduces, diagnosis, state, alarms, quiet,"
          " measures, because, suppressed, headcount, min_group, definitions, watermark, provisional) VALUES (0, %s, '%s', '', '', '', '',"
          " '{}', '', '{}', false, %s, '{}', %s, %d, %d, 'test', '%s', false);" %
          (name, DAY, literal({m: f for m, (f, _) in figures.items()}), literal("{%s}" % ",".join(small)), len(team.people), MIN_GROUP, DAY))
    for group in team.groups:
        print("INSERT INTO uptake.team_group VALUES (%s, %s, '2024-01-01', NULL);" % (name, literal(group)))
    for person in sorted(team.people):
        days = [(back(d) - START).days for d in team.days[person]] + [(back(70) - START).days]
        bits = sum(1 << (d // 8 * 8 + d % 8) for d in set(days))
        worked = bits.to_bytes(20, "little").hex()
        print("INSERT INTO uptake.person (partition, team, person, first_seen, first_training_at, days_from, worked, practised,"
              " capability, capability_first, capability_last) VALUES (0, %s, %s, '2024-12-01', '2024-12-06', '%s', '\\x%s', '\\x%s',"
              " '{}', '{}', '{}');" % (name, uuid(person), START, worked, worked))
        kinds = math.ceil(10 * team.weight / len(team.beginners)) if person in team.beginners else 0
        for week in {(back(d) - datetime.date(1970, 1, 1)).days // 7 for d in team.days[person]}:
            print("INSERT INTO uptake.person_week VALUES (0, %s, %s, %d, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);" % (name, uuid(person), week))
        print("INSERT INTO uptake.person_week VALUES (0, %s, %s, %d, 0, 0, 0, 0, %d, 0, %d, 0, 0, 0);" %
              (name, uuid(person), (back(100) - datetime.date(1970, 1, 1)).days // 7, kinds, kinds))
        if person in team.trained:
            print("INSERT INTO uptake.training VALUES (0, %s, %s, 'program-%d', '%s', 0, NULL, 0, NULL);" %
                  (name, uuid(person), team.trained[person], back(100)))
        if person in team.answered:
            print("INSERT INTO uptake.pulse VALUES (0, %s, %s, 'tool_clear', '%s', '%s', 0, %d);" %
                  (name, uuid(person), DAY, DAY, 2 + person % 3))
    for back_days in TASK_DAYS:
        n = team.weight * sum(back_days in team.days[p] for p in team.people)
        for arm in ("ai", "none") if n else ():
            ai = n if arm == "ai" else 0
            counters = {"tasks": n, "outcomes": (n + 1) // 2, "success_n": n, "success_k": (n + 1) // 2, "cycle_n": n,
                        "cycle_ln": n * 70000 + back_days, "cycle_ln_sq": n * 6000000000, "accepted": ai, "decided": ai, "ca": ai,
                        "wa": ai, "co": ai, "wo": ai}
            print("INSERT INTO uptake.cell SELECT 0, %s, 'work', '%s', '%s', %s;" % (name, back(back_days), arm, ", ".join(
                "coalesce((%s::jsonb ->> '%s')::bigint, 0)" % (literal(counters), column) for column in COUNTERS)))


COUNTERS = """tasks outcomes self_outcomes fed_back success_n success_k quality_n quality_sum quality_sq cycle_n cycle_ln cycle_ln_sq
effort_n effort_s10 effort_sq rework_n rework_k kind_routine kind_judgement kind_creative kind_relational explained batch accepted
modified rejected auto decided reason_n reason_skill reason_design ca wa co wo ca_x wa_x co_x wo_x rair_n rair_k rsr_n rsr_k""".split()


def fill(kind):
    print("BEGIN; TRUNCATE uptake.shard, uptake.team, uptake.cell, uptake.health, uptake.person, uptake.person_week, uptake.training,"
          " uptake.pulse, uptake.team_group;")
    print("SELECT uptake.add_months(ARRAY['2025-01-01', '2025-02-01', '2025-03-01']::date[]);")
    print("INSERT INTO uptake.shard (partition, partitions, key_fingerprint, watermark) VALUES (0, 1, '', '%s');" % DAY)
    for team in organisation(kind):
        fill_team(team)
    print("COMMIT;")


def ask(kind):
    teams = [team.name for team in organisation(kind)]
    row = "jsonb_build_object('of', %s, 'teams', %s, 'rows', (SELECT jsonb_agg(r ORDER BY r::text) FROM %s r))"
    for size in range(1, len(teams) + 1):
        for some in itertools.combinations(teams, size):
            array = "ARRAY[%s]" % ", ".join(map(literal, some))
            print("SELECT %s;" % (row % ("'set'", "to_jsonb(%s)" % array, "uptake.rollup(%s)" % array)))
    print("SELECT %s;" % (row % ("'all'", "to_jsonb(%s)" % ("ARRAY[%s]" % ", ".join(map(literal, teams))), "uptake.organisation_health")))
    print("SELECT jsonb_build_object('of', 'group', 'teams', uptake.group_teams(grp), 'rows', jsonb_agg(r ORDER BY r::text))"
          " FROM uptake.group_health r GROUP BY grp;")
    for view in ("program_outcomes", "teaching_reach", "small_teams('%s')" % DAY, "team_health"):
        print("SELECT %s;" % (row % (literal(view.split("(")[0]), "'[]'::jsonb", "uptake." + view)))


# ---- what nobody may be told of

def change(kind):
    """In block one member has what another had; in out the two that are left out have something else altogether."""
    if kind == "block":
        for team, sign in (("team-1", "-"), ("team-2", "+")):
            print("UPDATE uptake.cell SET success_k = success_k {0} 3, outcomes = outcomes {0} 5, cycle_ln = cycle_ln {0} 999,"
                  " ca = ca {0} 2, wa = wa {0} 1, co = co {0} 4, accepted = accepted {0} 6 WHERE team = '{1}' AND day = '{2}';"
                  .format(sign, team, DAY))
            print("UPDATE uptake.health SET measures = measures || (SELECT jsonb_object_agg(key, jsonb_build_array("
                  "(value ->> 0)::float8 {0} 1 / (value ->> 3)::float8, 0.1, 0.9, value -> 3)) FROM jsonb_each(measures)"
                  " WHERE jsonb_typeof(value) = 'array' AND key <> 'learning_gain') || jsonb_build_object('learning_gain',"
                  " (SELECT jsonb_agg(CASE place WHEN 4 THEN limit_of::float8 ELSE limit_of::float8 {0} 0.01 END ORDER BY place) FROM"
                  " jsonb_array_elements_text(measures -> 'learning_gain') WITH ORDINALITY l (limit_of, place))) WHERE team = '{1}';".format(sign, team))
        print("UPDATE uptake.pulse SET score = CASE team WHEN 'team-1' THEN 4 ELSE 2 END WHERE team = 'team-1' AND score = 2"
              " OR team = 'team-2' AND score = 4 AND person = (SELECT min(person::text)::uuid FROM uptake.pulse WHERE team = 'team-2' AND score = 4);")
    else:
        print("UPDATE uptake.cell SET tasks = 7 * tasks, success_k = 0, outcomes = 0, cycle_ln = 3, ca = 9 * ca, wo = 0"
              " WHERE team IN ('team-0', 'team-1');")
        print("UPDATE uptake.health SET measures = (SELECT jsonb_object_agg(key, CASE jsonb_typeof(value) WHEN 'array'"
              " THEN jsonb_build_array(0.9, 0.8, 0.95, value -> 3) ELSE value END) FROM jsonb_each(measures)) WHERE team IN ('team-0', 'team-1');")
        print("UPDATE uptake.pulse SET score = 5 WHERE team IN ('team-0', 'team-1');")


def near(a, b):
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(near(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(near, a, b))
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return a == b


def same(first, second):
    pairs = list(zip(open(first), open(second), strict=True))
    known = 0
    for a, b in ((json.loads(x), json.loads(y)) for x, y in pairs):
        if a["of"] in ("team_health", "small_teams"):
            continue
        order = lambda rows: sorted(rows or [], key=lambda row: (row.get("grp", ""), row.get("measure", ""), row.get("win", ""), row.get("program", "")))
        known += sum(row.get("estimate") is not None for row in a["rows"] or [])
        if not near(order(a["rows"]), order(b["rows"])):
            odd = [(x, y) for x, y in zip(order(a["rows"]), order(b["rows"])) if not near(x, y)]
            sys.exit("%s %s tells of what it must not: %r" % (a["of"], a["teams"], odd[:2]))
    print("%d answers, %d figures: the same" % (len(pairs), known))
    return known < 100


# ---- linear algebra

def figures_of(teams, kind):
    """Of each figure: where it is read, the weight of each team in it, and who stands behind that."""
    for win in SPANS:
        for measure, factor in {"traceable": 1}.items() if win == "own" else CELLS.items():
            yield measure, win, "n", [factor * t.tasks(win) for t in teams], [t.had_tasks(win) for t in teams]
    rows = [frozen(team) for team in teams]
    names = ["attrition_365", "durability_28", "entry_nonroutine_share", "learning_gain"]
    if kind in ("block", "rest", "out"):
        names += ["headcount", "trained", "changed_work", *OF_HEADCOUNT]
        for win in ("1d", "7d", "28d", "90d"):
            yield "tool_clear", win, "n", [len(t.answered) for t in teams], [t.answered for t in teams]
    for name in names:
        values = [row.get(name, (0, set())) for row in rows]
        field = "n" if any(isinstance(value, list) for value, _ in values) else "estimate"
        win = "28d" if name in ("practising", "pulse_response") else "own"
        yield name, win, field, [v[3] if isinstance(v, list) else v for v, _ in values], [p for _, p in values]


def add_row(basis, row):
    """Takes a vector into a basis in echelon form; False when it was in its span."""
    row = list(row)
    for pivot, other in basis:
        if row[pivot]:
            row = [a - row[pivot] * b for a, b in zip(row, other)]
    pivot = next((i for i, a in enumerate(row) if a), None)
    if pivot is None:
        return False
    basis.append((pivot, [a / row[pivot] for a in row]))
    return True


def decode(value, weights):
    """Which teams a sum is of."""
    matches = [mask for mask in itertools.product((0, 1), repeat=len(weights))
               if sum(m * w for m, w in zip(mask, weights)) == round(value) and all(w or not m for m, w in zip(mask, weights))]
    if len(matches) != 1:
        sys.exit("%r is the sum of %d sets of %r" % (value, len(matches), weights))
    return [fractions.Fraction(m) for m in matches[0]]


def solve(kind, path):
    teams = organisation(kind)
    answers = [json.loads(line) for line in open(path)]
    totals = [a for a in answers if a["of"] in ("set", "all", "group")]
    small = next(a["rows"] for a in answers if a["of"] == "small_teams") or []
    shown = {row["team"]: row["measures"] for row in next(a["rows"] for a in answers if a["of"] == "team_health")}
    found, told, kept = [], 0, 0
    for measure, win, field, weights, people in figures_of(teams, kind):
        basis = []
        for number, team in enumerate(teams):
            own = measure in shown[team.name] if measure in frozen(team) else len(people[number]) >= MIN_GROUP
            if own and weights[number]:
                add_row(basis, [fractions.Fraction(i == number) for i in range(len(teams))])
        for answer in totals:
            for row in answer["rows"] or []:
                if (row["measure"], row["win"]) == (measure, win) and row[field] is not None:
                    told += 1
                    vector = decode(row[field], weights)
                    if any(v and team.name not in answer["teams"] for v, team in zip(vector, teams)):
                        sys.exit("%s %s of %s counts others" % (measure, win, answer["teams"]))
                    add_row(basis, vector)
        for mask in itertools.product((0, 1), repeat=len(teams)):
            if not any(m and w for m, w in zip(mask, weights)) or any(m and not w for m, w in zip(mask, weights)):
                continue
            group = set().union(*(p for m, p in zip(mask, people) if m))
            if len(group) < MIN_GROUP:
                kept += 1
                if not add_row(list(basis), map(fractions.Fraction, mask)):
                    found.append("%s %s of %d people" % (measure, win, len(group)))
    found += solve_programs(teams, next(a["rows"] for a in answers if a["of"] == "program_outcomes") or [], small)
    print("%s: %d figures, %d small groups, %d seen %s" % (kind, told, kept, len(found), found[:4]))
    return bool(found) or told == 0 or kept == 0


def solve_programs(teams, rows, small):
    """The total of all programs is that of the teams that count at all; less the programs that are shown it is of who is left."""
    for column, source in (("completions", "trained"), ("durability_28", "durability_28")):
        out = {row["team"] for row in small if row["source"] == source and row["block"] is None}
        hidden = set()
        for row in rows:
            people = {p for t in teams if t.name not in out for p, program in t.trained.items() if "program-%d" % program == row["program"]}
            if row[column] is None:
                hidden |= people
            elif len(people) < MIN_GROUP:
                yield "%s of %s, of %d people" % (column, row["program"], len(people))
        if 0 < len(hidden) < MIN_GROUP:
            yield "%s of programs together, of %d people" % (column, len(hidden))


if __name__ == "__main__":
    sys.exit({"fill": fill, "ask": ask, "change": change, "solve": solve, "same": same}[sys.argv[1]](*sys.argv[2:]))

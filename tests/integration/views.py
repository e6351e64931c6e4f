#!/usr/bin/env python3
"""Works the views over programs, teaching, sequences and years out of the events alone, and compares.

    views.py EVENTS.ndjson VIEWS.json      VIEWS.json: {"program": rows, "teaching": rows, ...} as psql gives them
"""
import collections
import datetime
import json
import math
import sys

Z = 1.959963984540054
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
wrong = compared = 0


def instant(text):
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00'))


def day_of(at):
    return (at - EPOCH).days


def wilson(k, n):
    if n == 0:
        return None
    centre, half = (k + Z * Z / 2) / (n + Z * Z), Z * math.sqrt(k * (n - k) / n + Z * Z / 4) / (n + Z * Z)
    return [k / n, centre - half if k else 0, centre + half if k < n else 1, n]


def poisson_at_most(k, mean):
    return sum(math.exp(i * math.log(mean) - mean - math.lgamma(i + 1)) for i in range(int(k) + 1))


def poisson_mean(k, p):
    low, high = 1e-12, 10 * k + 50
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if poisson_at_most(k, middle) > p else (low, middle)
    return low


def garwood(k, n):
    if n == 0:
        return None
    return [k / n, poisson_mean(k - 1, 0.975) / n if k else 0, poisson_mean(k, 0.025) / n, n]


def judgement(c):
    ca, wa, co, wo = c
    if ca + wo == 0 or co + wa == 0:
        return None
    h, f = wilson(co, co + wa), wilson(wo, wo + ca)
    j = h[0] - f[0]
    return [(1 + j) / 2, (1 + j - math.hypot(h[0] - h[1], f[2] - f[0])) / 2,
            (1 + j + math.hypot(h[2] - h[0], f[0] - f[1])) / 2, ca + wa + co + wo]


def check(what, expected, actual):
    global wrong, compared
    compared += 1
    for e, a in zip(expected if isinstance(expected, list) else [expected], actual if isinstance(actual, list) else [actual]):
        if e != a and (e is None or a is None or isinstance(e, str) or not math.isclose(e, a, rel_tol=1e-9, abs_tol=1e-9)):
            wrong += 1
            print(what, 'should be', expected, 'is', actual)
            return


# ---- facts
worked, practised, capability = (collections.defaultdict(set), collections.defaultdict(set),
                                 collections.defaultdict(dict))
status, trainings, redesigns, first_seen = {}, {}, collections.defaultdict(list), {}
work, decision, outcome = {}, {}, {}
for line in open(sys.argv[1]):
    event = json.loads(line)
    data, at, kind = event['data'], instant(event['time']), event['type'].split('.')[1]
    team, who, day = data['team'], (data['team'], data.get('user')), day_of(at)
    if 'user' in data:
        first_seen[who] = min(first_seen.get(who, day), day)
    task = (team, data.get('task'))
    if kind == 'usage':
        worked[who].add(day)
        if data['assist'] == 'ai':
            practised[who].add(day)
            if data.get('capability'):
                firsts = capability[who]
                firsts[data['capability']] = min(firsts.get(data['capability'], day), day)
        if 'task' in data and at >= work.get(task, (at,))[0]:
            work[task] = (at, who, data)
    elif kind == 'override' and at >= decision.get(task, (at,))[0]:
        decision[task] = (at, data)
    elif kind == 'outcome':
        rank = (data.get('by') != 'self', at)
        if rank >= outcome.get(task, (rank,))[0]:
            outcome[task] = (rank, data)
    elif kind == 'training':
        trainings[who, data['program'], at] = data
    elif kind == 'person' and at >= status.get(who, (at,))[0]:
        status[who] = (at, data['status'])
    elif kind == 'redesign':
        redesigns[team].append(at)

views = json.load(open(sys.argv[2]))
D = day_of(instant(views['program'][0]['as_of'] + 'T00:00:00Z'))
weeks = collections.defaultdict(lambda: [0] * 7)  # ai, engaged, bypass, ca, wa, co, wo
ai_only, spoken, traced = set(k[0] for k in first_seen), set(), collections.defaultdict(lambda: [0, 0])
for task, (at, who, data) in work.items():
    day, week = day_of(at), weeks[who, day_of(at) // 7]
    said, chosen = outcome.get(task, (None, None))[1], decision.get(task, (None, {}))[1]
    by_others = said is not None and said.get('by') != 'self'
    if data['assist'] == 'ai':
        policy, overrides = chosen.get('by') == 'policy', chosen.get('action') in ('modify', 'reject')
        week[0] += 1
        week[1] += not policy and (data.get('explained') is True or overrides)
        if D - 34 <= day <= D - 7:
            traced[task[0]][0] += by_others
            traced[task[0]][1] += 1
        if D - 89 <= day <= D and chosen and not policy:
            spoken.add(task[0])
        if by_others and 'advice_correct' in said and not policy:
            week[3 + 2 * overrides + (said['advice_correct'] if overrides else not said['advice_correct'])] += 1
    else:
        week[2] += data['assist'] == 'bypass'
        if D - 89 <= day <= D:
            ai_only.discard(task[0])


def count(days, first, last):
    return sum(first <= day <= last for day in days)


def is_brought(who, day):
    last = min(day + 14, D)
    return (count(practised[who], day + 1, last) > count(practised[who], day - 14, day - 1)
            or any(day + 1 <= first <= last for first in capability[who].values()))


def in_headcount(who):
    if who not in status:
        return count(worked[who], D - 27, D) > 0
    return first_seen[who] <= D and (status[who][1] == 'active' or day_of(status[who][0]) > D)


# ---- programs
recent = [(who, program, at, day_of(at), data) for (who, program, at), data in trainings.items() if D - 399 <= day_of(at) <= D]
latest, first_day, first_ever = {}, {}, {}
for who, program, at, day, _ in recent:
    first_day[who] = min(first_day.get(who, day), day)
    latest[who] = max(latest.get(who, (at, program)), (at, program))
for who, _, at in trainings:
    first_ever[who] = min(first_ever.get(who, at), at)
rows = {row['program']: row for row in views['program']}
check('programs', sorted({r[1] for r in recent}), sorted(rows))
out, small = collections.defaultdict(set), collections.defaultdict(set)  # teams in no total, and all that are small
for row in views['small']:
    small[row['source']].add(row['team'])
    if row['block'] is None:
        out[row['source']].add(row['team'])
figures = collections.defaultdict(dict)  # of each measure and program: who stands behind it, and what it says


def users(people):
    return {user for _, user in people}


for program in rows:
    mine = [r for r in recent if r[1] == program]
    year = [r for r in mine if r[3] > D - 365]
    if year:
        counted = [r for r in year if r[0][0] not in out['trained']]
        hours = sum(int(math.floor(r[4].get('hours', 0) * 3600 + 0.5)) for r in counted) / 3600
        figures['completions'][program] = users(r[0] for r in counted), [len(counted), len(users(r[0] for r in counted)), hours]
    for delay in 14, 28, 180:
        old = [(who, day + delay) for who, _, _, day, _ in mine if day + delay + 6 <= D and who[0] not in out[f'durability_{delay}'] and
               (who[0] in ai_only or count(worked[who], day + delay, day + delay + 6))]
        kept = sum(count(practised[who], day, day + 6) > 0 for who, day in old)
        figures[f'durability_{delay}'][program] = users(o[0] for o in old), wilson(kept, len(old))
    graduates = [who for who, (_, of) in latest.items() if of == program]
    judged = [who for who in graduates if in_headcount(who) and first_day[who] <= D - 28
              and count(worked[who], 7 * (D // 7 - 4), D) and who[0] not in out['changed_work']]
    sums = [[sum(weeks[who, week][i] for week in range(D // 7 - 4, D // 7 + 1)) for i in range(3)] for who in judged]
    changed = sum(ai >= 5 and 5 * engaged >= ai and bypass <= ai for ai, engaged, bypass in sums)
    figures['changed_work'][program] = users(judged), wilson(changed, len(judged))
    teams = {who[0] for who in graduates} - small['cells']
    figures['traceable'][program] = users(graduates), wilson(sum(traced[t][0] for t in teams), sum(traced[t][1] for t in teams))
    brought = {who[1] for who, _, at, day, data in recent if day > D - 90 and data.get('teacher') not in (None, who[1])
               and (who[0], data['teacher']) in graduates and first_ever[who[0], data['teacher']] < at and is_brought(who, day)
               and who[0] not in out['reproduction']}
    old = users(who for who in graduates if first_day[who] <= D - 90 and who[0] not in out['reproduction'])
    figures['reproduction'][program] = old, garwood(len(brought), len(old))
    scored, sides = [], [[0] * 4, [0] * 4]
    for who in {r[0] for r in mine if r[0][0] in spoken}:
        at_week = min(r[3] for r in mine if r[0] == who) // 7
        both = [[sum(weeks[who, week][3 + i] for week in span) for i in range(4)]
                for span in (range(at_week - 13, at_week), range(at_week + 1, min(at_week + 13, D // 7) + 1))]
        if all(map(sum, both)):
            scored.append(who)
            sides = [[a + b for a, b in zip(side, more)] for side, more in zip(sides, both)]
    for name, side in zip(('judgement_before', 'judgement_after'), sides):
        figures[name][program] = users(scored), judgement(side)

hidden = {}  # too few people; where those together are too few, the next smallest too
for name, of_programs in figures.items():
    known = {program: people for program, (people, figure) in of_programs.items() if figure and people}
    hidden[name] = {program for program, people in known.items() if len(people) < 5}
    others = sorted(known.keys() - hidden[name], key=lambda program: (len(known[program]), program))
    total = name != 'traceable' and not name.startswith('judgement')
    if total and hidden[name] and others and len(set().union(*(known[program] for program in hidden[name]))) < 5:
        hidden[name].add(others[0])


def shown(name, program):
    people, figure = figures[name].get(program, (set(), [0, 0, 0]))
    return figure if figure and program not in hidden[name] and (people or program not in figures[name]) else None


for program, row in rows.items():
    check(program, shown('completions', program) or [None] * 3, [row['completions'], row['people'], row['training_hours']])
    for name in figures:
        if name != 'completions':
            check((program, name), shown(name, program) or [None] * 4, [row[name], row[name + '_lo'], row[name + '_hi'], row[name + '_n']])
    words = []
    for name, limit, present in ('changed_work', 0.5, 1), ('traceable', 0.5, 1), ('reproduction', 0.2, 0):
        f = shown(name, program)
        words.append('unknown' if f is None else 'present' if f[present] >= limit else 'absent' if f[2] < limit else 'unknown')
    check((program, 'indicators'), words, [row[f'{i}_indicator'] for i in ('changed_work', 'traceable', 'reproduces')])
    verdict = 'insufficient_evidence'
    if any(of == program and in_headcount(who) and count(worked[who], D - 27, D) for who, (_, of) in latest.items()):
        verdict = ('transformation' if words == ['present'] * 3 else 'theatre' if 'absent' in words else verdict)
    check((program, 'verdict'), verdict, row['program_verdict'])

# ---- teaching
taught = [(who, data['teacher'], at, day) for who, _, at, day, data in recent if data.get('teacher') not in (None, who[1])]
counted = [t for t in taught if t[0][0] not in out['trained']]
pupils = collections.defaultdict(set)
for who, teacher, _, day in counted:
    if day > D - 365:
        pupils[teacher].add(who[1])
everybody = set().union(*pupils.values())
top = sorted(pupils.values(), key=len, reverse=True)[:5]
ties = len(pupils) > 5 and len(top[4]) == sorted(map(len, pupils.values()), reverse=True)[5]
row = views['teaching'][0]
away = [(who, teacher) for who, teacher, _, day in counted if day > D - 365 and (who[0], teacher) not in first_seen]
check('teaching', [len(pupils), len(everybody), len({w[0] for w, _, _, day in counted if day > D - 365}), len({w[0] for w, _ in away})],
      [row['teachers'], row['people_taught'], row['teams_taught'], row['teams_taught_elsewhere']])
if not ties:
    check('share of five', len(set().union(*top)) / len(everybody), row['share_of_top_five'])
first_anywhere = {}
for (_, user), at in first_ever.items():
    first_anywhere[user] = min(first_anywhere.get(user, at), at)
brought = {(who[1], (who[0], teacher) in first_seen) for who, teacher, at, day in taught
           if day > D - 90 and first_anywhere.get(teacher, at) < at and is_brought(who, day) and who[0] not in out['reproduction']}
old = {who[1] for who, _, _, day, _ in recent if day <= D - 90 and who[0] not in out['reproduction']}
check('reproduction', garwood(len({user for user, _ in brought}), len(old)),
      [row['reproduction'], row['reproduction_lo'], row['reproduction_hi'], row['reproduction_n']])
check('brought elsewhere', len({user for user, known in brought if not known}), row['people_brought_elsewhere'])

# ---- sequences
def mean_of_teams(estimates, variances):
    """DerSimonian and Laird (1986): the mean and the variance between teams."""
    w = [1 / v for v in variances]
    fixed = sum(a * e for a, e in zip(w, estimates)) / sum(w)
    q = sum(a * (e - fixed) ** 2 for a, e in zip(w, estimates))
    spare = sum(w) - sum(a * a for a in w) / sum(w)
    tau2 = max(0, (q - len(w) + 1) / spare) if len(w) > 1 else 0
    w = [1 / (v + tau2) for v in variances]
    return [sum(a * e for a, e in zip(w, estimates)) / sum(w), tau2]


sequence = collections.defaultdict(set)
for team in {who[0] for who in first_ever}:
    trained = min(at for who, at in first_ever.items() if who[0] == team)
    word = 'only_trained' if not redesigns[team] else 'redesigned_first' if min(redesigns[team]) < trained else 'trained_first'
    sequence[word].add(team)
check('sequences', sorted((word, m) for word in sequence for m in ('durability_180', 'judgement', 'success_lift')),
      sorted((r['sequence'], r['measure']) for r in views['sequence']))
for row in views['sequence']:
    teams = sequence[row['sequence']]
    known = [f for f in views['figures'] if f['team'] in teams and f['measure'] == row['measure'] and f['win'] == row['win']
             and f['lo'] is not None and f['hi'] > f['lo']]
    check((row['sequence'], row['measure'], 'teams'), [len(teams), len(known)], [row['teams'], row['teams_known']])
    if known:
        check((row['sequence'], row['measure']), mean_of_teams([f['estimate'] for f in known], [((f['hi'] - f['lo']) / 2 / Z) ** 2 for f in known]),
              [row['estimate'], row['tau2']])
    if len(known) >= 3 and not row['lo'] <= row['estimate'] <= row['hi']:
        check((row['sequence'], row['measure'], 'limits'), True, False)

print(f'{compared} comparisons, {wrong} wrong')
sys.exit(wrong > 0 or compared < 60)

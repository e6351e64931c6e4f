#!/usr/bin/env bash
# `uptakectl evaluate` says of a team what it would say had memory forgotten nothing: tens of thousands of events of another
# team, between those of this one, make it forget what is old, and change nothing.

set -eu
# shellcheck source=tests/support/cli.sh
. "${UPTAKE_TESTS_DIR:?}/support/cli.sh"
cli_begin evaluate-memory

# Writes $WORK/STORY.alone and $WORK/STORY.crowded.
write_stories() {
    python3 - "$WORK" <<'PYTHON'
import datetime, json, sys

FIRST, KINDS = datetime.datetime(2024, 1, 1), ('routine', 'judgement', 'creative', 'relational')
CROWD_DAY, CROWD = 300, 60000  # `evaluate` saves, and then forgets, after 50,000 events


def line(number, day, second, type_, team, **data):
    time = (FIRST + datetime.timedelta(days=day, seconds=second)).isoformat() + 'Z'
    return json.dumps({'specversion': '1.0', 'id': str(number), 'source': 's', 'type': f'uptake.{type_}.v1', 'time': time,
                       'data': {'team': team, **data}})


def work(arrives, day, second, task, kind, user='a'):
    """A task, decided and scored. -> events as (arrives on day, day, second, kind, data)."""
    yield arrives, day, second, 'usage', {'user': user, 'task': task, 'assist': 'ai', 'kind': kind}
    yield arrives, day, second + 1, 'override', {'user': user, 'task': task, 'action': 'accept' if day % 3 else 'reject'}
    yield arrives, day, second + 2, 'outcome', {'task': task, 'success': True, 'advice_correct': day % 2 == 0}


def late():
    """Work of the team's first weeks arrives a year later."""
    for day in range(180, 420):
        yield from work(day, day, 100, f'n{day}', KINDS[day % 2], 'ab'[day // 40 % 2])
    for day in range(20, 60):
        yield from work(day + 360, day, 100, f'o{day}', 'relational')


def moved():
    """The only task of the first day is heard of again and again, and done anew in the end."""
    yield from work(0, 0, 100, 'first', 'routine')
    for day in range(25, 400, 25):
        yield day, day, 100, 'outcome', {'task': 'first', 'success': False}
    yield from work(400, 400, 100, 'first', 'routine')
    for day in range(40, 420):
        yield from work(day, day, 100, f'n{day}', KINDS[day % (2 if day < 70 else 3)])


for story in late, moved:
    events = sorted(story(), key=lambda event: event[0])
    for name, crowd in ('alone', 0), ('crowded', CROWD):
        with open(f'{sys.argv[1]}/{story.__name__}.{name}', 'w') as out:
            for number, (arrives, day, second, kind, data) in enumerate(events):
                if crowd and arrives > CROWD_DAY:
                    for n in range(crowd):
                        print(line(f'c{n}', CROWD_DAY, n, 'usage', 'crowd', user='x', assist='none'), file=out)
                    crowd = 0
                print(line(number, day, second, kind, 'T', **data), file=out)
PYTHON
}

# check STORY [OPTION...]
check() {
    local story=$1 which
    shift
    for which in alone crowded; do
        run 0 evaluate "$@" "$WORK/$story.$which"
        jq -S '{of: .measures.T, cells: [.cells.rows[] | select(.[0] == "T")], unmatched: .unmatched.T}' "$WORK/out" > "$WORK/$which"
        jq -e '.of.windows["28d"].mix_shift[3] > 20' "$WORK/$which" > /dev/null ||
            fail "$story, $which: says too little"
    done
    cmp -s "$WORK/alone" "$WORK/crowded" || {
        diff "$WORK/alone" "$WORK/crowded" | head -n 20
        fail "$story: a crowd makes a difference"
    }
}

write_stories
check late --join-window-days 400
check moved

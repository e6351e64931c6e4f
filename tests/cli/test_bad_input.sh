#!/usr/bin/env bash
# Teams of which there is too little, too much or something odd: figures are unknown with the word why, never wrong, and
# nothing ends badly.
set -u
UPTAKECTL=$UPTAKE_BUILD_DIR/uptakectl
DIR=$(mktemp -d "${TMPDIR:-/tmp}/uptake-bad-input.XXXXXX")
trap 'rm -rf "$DIR"' EXIT
python3 - "$UPTAKECTL" "$DIR" <<'PY'
import datetime, json, math, subprocess, sys

program, folder = sys.argv[1:]
failures = 0
BEGIN = datetime.datetime(2025, 3, 3, 8, tzinfo=datetime.timezone.utc)


class Events:
    def __init__(self):
        self.lines = []

    def add(self, kind, at, **data):
        data.setdefault('team', 'odd')
        if isinstance(at, (int, float)):
            at = (BEGIN + datetime.timedelta(days=at)).isoformat().replace('+00:00', 'Z')
        self.lines.append(json.dumps({'specversion': '1.0', 'id': str(len(self.lines)), 'source': '/test', 'type': f'uptake.{kind}.v1',
                                      'time': at, 'data': data}))

    def work(self, at, task, assist, outcome=None, user='ada', **more):
        self.add('usage', at, user=user, task=task, assist=assist, **more)
        if outcome:
            self.add('outcome', at + 0.001, task=task, **outcome)

    def evaluate(self, *options):
        path = f'{folder}/events.ndjson'
        open(path, 'w').write('\n'.join(self.lines) + '\n')
        done = subprocess.run([program, 'evaluate', *options, path], capture_output=True, timeout=100)
        check('exit code', done.returncode, 0)
        document = json.loads(done.stdout)
        for team in document['measures'].values():
            lawful(team['windows'])
            for windows in team['workflows'].values():
                lawful(windows)
        return document


def check(what, actual, expected):
    global failures
    if actual != expected:
        failures += 1
        print(f'{case}: {what} is {actual}, not {expected}')


def lawful(windows):
    """A figure is there with finite numbers, or unknown with a word."""
    for window in windows.values():
        for name, value in window.items():
            if name == 'because':
                continue
            if (value is None) != (name in window['because']):
                check((name, 'unknown and why'), (value, window['because'].get(name)), 'one of both')
            if isinstance(value, list):
                estimate, lo, hi, n = value
                if not math.isfinite(estimate) or n <= 0 or lo is not None and not lo - 1e-9 <= estimate <= hi + 1e-9:
                    check(name, value, 'a figure between its limits')


def why(document, window, measure):
    return document['measures']['odd']['windows'][window]['because'].get(measure)


case = 'a single person'
events = Events()
for i in range(40):
    events.work(i, f't{i}', ('ai', 'none')[i % 2], {'success': i % 3 > 0, 'advice_correct': True} if i % 2 == 0 else {'success': True})
events.add('person', 0, user='ada', status='active', level='entry')
document = events.evaluate()
check('practising', document['measures']['odd']['windows']['28d']['practising'][3], 1)
check('why entry_gap', why(document, 'own', 'entry_gap'), 'no_people')

case = 'no headcount'
events = Events()
for i in range(10):
    events.work(i, f't{i}', 'ai', {'success': True})
events.add('person', 10, user='ada', status='left')
events.add('redesign', 60, workflow='w')
document = events.evaluate()
check('headcount', document['measures']['odd']['windows']['own']['headcount'], 0)
for window, measure in ('28d', 'practising'), ('own', 'regular'), ('own', 'capabilities_held'), ('own', 'progressed'):
    check(('why', measure), why(document, window, measure), 'no_people')
check('health', document['measures']['odd']['health'], None)
check('verdict', document['measures']['odd']['verdict'], 'insufficient_evidence')

case = 'outcomes without work'
events = Events()
for i in range(30):
    events.add('outcome', i, task=f't{i}', success=True, quality=1, cycle_s=1e9, effort_s=1e6, advice_correct=False)
document = events.evaluate()
check('cells', document['cells']['rows'], [])
check('why success_lift', why(document, '90d', 'success_lift'), 'no_work')
check('why traceable', why(document, 'own', 'traceable'), 'no_work')
check('state', document['measures']['odd']['state'], 'no_data')

case = 'a workflow with only one arm'
events = Events()
for i in range(40):
    events.work(i / 4, f't{i}', 'ai', {'success': i % 2 == 0, 'quality': i / 40, 'cycle_s': 60 + i, 'effort_s': 60 + i, 'rework': False}, workflow='one')
for i in range(40):
    events.work(10 + i / 4, f'u{i}', 'none', {'success': i % 2 == 0, 'quality': i / 40, 'cycle_s': 60 + i, 'effort_s': 60 + i, 'rework': False}, workflow='two')
document = events.evaluate()
for measure in 'success_lift', 'quality_lift', 'cycle_ratio', 'rework_lift', 'simpson', 'faster_but_worse', 'freed_hours':
    check(('why', measure), why(document, '90d', measure), 'no_comparison')

case = 'all values equal'
events = Events()
for i in range(40):
    events.work(i / 4, f't{i}', ('ai', 'none')[i % 2], {'success': True, 'quality': 0.5, 'cycle_s': 60, 'effort_s': 60, 'rework': False})
document = events.evaluate()
for measure in 'quality_lift', 'cycle_ratio', 'freed_hours':
    check(('why', measure), why(document, '90d', measure), 'too_few')
check('success_lift', document['measures']['odd']['windows']['90d']['success_lift'][0], 0)

case = 'days before 1970'
events = Events()
for at in '1969-12-31T23:59:59Z', '0000-01-01T00:00:00Z', '1970-01-01T00:59:59+01:00':
    events.add('usage', at, user='ada', task='t', assist='ai')
events.add('usage', '1970-01-01T00:00:00Z', user='ada', task='t', assist='ai', workflow='w')
document = events.evaluate()
check('refused', document['rejected']['envelope'], 3)
check('first cell', document['cells']['rows'][0][2], 0)

case = 'days after 2100'
events = Events()
for i in range(10):
    events.work(i, f't{i}', 'ai', {'success': True})
events.add('usage', '2101-03-01T12:00:00Z', user='ada', task='late', assist='ai')
events.add('usage', '9999-12-31T23:59:59Z', user='ada', task='last', assist='ai')
document = events.evaluate('--now', '2101-03-01T12:00:00Z')
check('refused', document['rejected']['future'], 1)
check('taken', document['accepted'], 21)
check('day', document['measures']['odd']['day'], 47906)
check('closed', document['daily']['odd'][-1]['day'], 47905)

case = '5,000 workflows'
events = Events()
for i in range(5000):
    events.work(i / 500, f't{i}', ('ai', 'none')[i % 2], {'success': True}, workflow=f'w{i}', user=f'u{i % 7}')
document = events.evaluate()
check('workflows', len(document['measures']['odd']['workflows']), 5000)
check('why success_lift', why(document, '90d', 'success_lift'), 'no_comparison')
check('ai_share', document['measures']['odd']['windows']['90d']['ai_share'][0], 0.5)

sys.exit(failures > 0)
PY

"""Runs `uptakectl detect` on series whose change points people marked, and scores it.

    change_points.py UPTAKECTL FOLDER

FOLDER is the Turing Change Point Dataset (van den Burg and Williams 2020): series/*.json, annotations.json, and expected.json
with the scores of two other answers, by which the scorer is checked. A rise is a fall of the mirror image, so that each series is
tried both ways. The day since which an alarm's evidence speaks is the change point it names.
"""
import json
import pathlib
import statistics
import subprocess
import sys

MARGIN = 5


def matched(truth, predicted):
    """Pairs (true, predicted) at most MARGIN apart, each prediction used once, the nearest first."""
    left, pairs = set(predicted), []
    for t in sorted(truth):
        near = [p for p in left if abs(p - t) <= MARGIN]
        if near:
            best = min(near, key=lambda p: (abs(p - t), p))
            left.remove(best)
            pairs.append((t, best))
    return pairs


def f1(annotations, predicted):
    """-> (F1, precision, recall): index 0 in every set; precision against the union, recall averaged over annotators."""
    predicted = set(predicted) | {0}
    sets = [set(a) | {0} for a in annotations]
    precision = len(matched(set.union(*sets), predicted)) / len(predicted)
    recall = statistics.fmean(len(matched(s, predicted)) / len(s) for s in sets)
    return 2 * precision * recall / (precision + recall), precision, recall


def segments(points, n):
    cuts = sorted({p for p in points if 0 < p < n})
    return [range(a, b) for a, b in zip([0, *cuts], [*cuts, n])]


def overlap(a, b):
    common = max(0, min(a.stop, b.stop) - max(a.start, b.start))
    return common / (len(a) + len(b) - common)


def covering(annotations, predicted, n):
    ours = segments(predicted, n)
    return statistics.fmean(sum(len(s) * max(overlap(s, o) for o in ours) for s in segments(a, n)) / n for a in annotations)


def detect(uptakectl, values):
    """-> [(since, alarm at)] of falls and rises."""
    known = [v for v in values if v is not None]
    least, most = min(known), max(known)
    found = []
    for mirrored in (False, True):
        if least < 0 or mirrored:  # no level to hold a share of: from the least on
            shares = [None if v is None else (most - v if mirrored else v - least) / (most - least) for v in values]
        else:
            shares = [None if v is None else v / most for v in values]
        rows = '\n'.join('NA' if s is None else repr(s) for s in shares) + '\n'
        out = subprocess.run([uptakectl, 'detect', '--series', '-', '--renew', '--alarm', 'relapsing'], input=rows,
                             capture_output=True, text=True, check=True).stdout
        for line in out.splitlines()[1:]:
            at, _, event, since, _ = line.split(',')
            if event == 'opened':
                found.append((int(since), int(at)))
    return sorted(found)


def check_scorer(name, reference, annotations, n):
    for answer in ('zero', 'pelt_l2'):
        if answer not in reference:
            continue
        points = reference[answer].get('change_points', [])
        for key, ours in (('f1_margin5', f1(annotations, points)[0]), ('covering', covering(annotations, points, n))):
            if abs(ours - reference[answer][key]) > 1e-6 * abs(reference[answer][key]):
                sys.exit(f'FAILED: {name}: {key} of {answer} is {ours}, not {reference[answer][key]}')


def main(uptakectl, folder):
    folder = pathlib.Path(folder)
    annotations = json.loads((folder / 'annotations.json').read_text())
    expected = json.loads((folder / 'expected.json').read_text())
    scores, delays, marked, alarms, false = [], [], 0, 0, 0
    print(f'{"series":20} {"n":>4} {"alarms":>6} {"F1":>6} {"prec.":>6} {"recall":>6} {"cover":>6}   none: {"F1":>6} {"cover":>6}')
    for path in sorted((folder / 'series').glob('*.json')):
        name, series = path.stem, json.loads(path.read_text())
        truth, n = list(annotations[name].values()), series['n_obs']
        reference = expected['series'][name]
        check_scorer(name, reference, truth, n)
        found = detect(uptakectl, series['series'][0]['raw'])
        points = sorted({since for since, _ in found if since > 0})
        at = {since: day for since, day in found}
        scores.append((*f1(truth, points), covering(truth, points, n)))
        union = set().union(*truth)
        pairs = matched(union, points)
        marked += len(union)
        alarms += len(points)
        false += len(points) - len(pairs)
        delays += [at[p] - t for t, p in pairs]
        print(f'{name:20} {n:4} {len(points):6} ' + ' '.join(f'{v:6.3f}' for v in scores[-1]) +
              f'         {reference["zero"]["f1_margin5"]:6.3f} {reference["zero"]["covering"]:6.3f}')
    mean = [statistics.fmean(column) for column in zip(*scores)]
    zero = expected['mean_over_series']['zero']
    print(f'{"mean":27} {alarms:4} ' + ' '.join(f'{v:6.3f}' for v in mean) + f'         {zero["f1_mean"]:6.3f} {zero["covering_mean"]:6.3f}')
    delay = f'{statistics.median(delays):.0f} observations' if delays else 'none'
    print(f'{len(scores)} series (Turing Change Point Dataset): F1 {mean[0]:.3f}, precision {mean[1]:.3f}, recall {mean[2]:.3f}, '
          f'covering {mean[3]:.3f}; {len(delays)} of {alarms} alarms at a marked change, median delay {delay}')
    # Made to be silent rather than wrong: most alarms are at changes that somebody marked, and naming them tells more than silence.
    if mean[1] < 0.75 or mean[3] < zero['covering_mean']:
        sys.exit('FAILED: alarms where nobody saw a change')


if __name__ == '__main__':
    main(*sys.argv[1:])

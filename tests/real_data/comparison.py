"""Compares figures with the published ones, and keeps account of what was judged how."""
import collections
import json
import math
import os
import sys

from convert import own_team

TOLERANCE, ZERO = 1e-6, 1e-12
WINDOW = '90d'
NO_FIGURES = {'dataset', 'half', 'upstream_commit', 'rows_in_file', 'rows_in_files', 'participants',
              'workers', 'sessions', 'excluded', 'excluded_in_this_order', 'method', 'definitions',
              'n_left_out'}


def is_close(a, b):
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=ZERO)


def leaves(node, path=()):
    """Paths of all published figures; a proportion and a list are one figure."""
    if isinstance(node, dict) and 'num' not in node:
        for name, child in node.items():
            if name not in NO_FIGURES:
                yield from leaves(child, path + (name,))
    else:
        yield path


def load_figures(path):
    """{(team, workflow or None): {measure: value}} of a document or of rows of uptake.measure."""
    with open(path, encoding='utf-8') as file:
        figures = json.load(file)
    if isinstance(figures, list):
        return {(row['team'], row['workflow']): row['values'] for row in figures}
    if any(figures['rejected'].values()) or any(figures['unmatched'].values()):
        sys.exit('refused or without work: %s, %s' % (figures['rejected'], figures['unmatched']))
    found = {}
    for team, record in figures['measures'].items():
        found[team, None] = record['windows'][WINDOW]
        for workflow, windows in record['workflows'].items():
            found[team, workflow] = windows[WINDOW]
    return found


class Comparison:
    """A published figure is named by its path in expected.json, ours by where (team, workflow or
    None = all of the team) and measure. What is asked of a workflow must hold of its own team too;
    only of that where the figures are of whole teams (is_whole). The last `shown` names of a path
    stand in the table."""

    def __init__(self, folder, figures, is_whole):
        with open(os.path.join(folder, 'expected.json'), encoding='utf-8') as file:
            self.expected = json.load(file)
        self.folder, self.figures, self.is_whole = folder, figures, is_whole
        self.data_set = self.expected['dataset']
        self.open = set(leaves(self.expected))
        self.table = collections.Counter()  # (published figure, ours or None, how or why not)
        self.failures = []

    def at(self, *path):
        node = self.expected
        for name in path:
            node = node[name]
        return node

    def judge(self, path, ours, how, shown):
        if path not in self.open:
            self.failures.append('%s: published nowhere, or judged twice' % '/'.join(path))
        self.open.discard(path)
        self.table['/'.join(path[-shown:]), ours, how] += 1

    def ours(self, where, measure):
        """(place, figure) for each place; a figure is (estimate, lo, hi, n), None = unknown, as is
        all of a group without rows."""
        places = [where] if where[1] is None else [(own_team(*where), None), where]
        for team, workflow in places[:1] if self.is_whole else places:
            place = self.data_set + '/' + team, workflow
            yield place, self.figures.get(place, {}).get(measure)

    def compare(self, where, measure, expected):
        for place, ours in self.ours(where, measure):
            same = ours is None and expected is None
            if ours is not None and expected is not None:
                same = ours[3] == expected[3] and all(map(is_close, ours, expected))
            if not same:
                self.failures.append('%s of %s, workflow %s: %s, not %s'
                                     % (measure, *place, ours, expected))

    def equal(self, path, where, measure, shown=1):
        """A proportion with Wilson's limits."""
        p = self.at(*path)
        self.judge(path, measure, 'equal', shown)
        known = p['den'] > 0
        self.compare(where, measure, (p['value'], *p['wilson95'], p['den']) if known else None)

    def complement(self, path, where, measure, why, shown=1):
        """Ours is 1 less the published proportion."""
        p = self.at(*path)
        self.judge(path, measure, 'equal to 1 - x, ' + why, shown)
        expected = None
        if p['den'] > 0:
            lo, hi = p['wilson95']
            expected = 1 - p['value'], 1 - hi, 1 - lo, p['den']
        self.compare(where, measure, expected)

    def anew(self, label, where, measure, expected, how):
        """What ours must be by our own definition; label says of which published counts."""
        self.table[label, measure, 'other definition, computed anew: ' + how] += 1
        self.compare(where, measure, expected)

    def other(self, path, why, shown=1):
        """We have no such figure."""
        self.judge(path, None, why, shown)

    def others(self, path, why):
        """The same of all below path that is not judged yet."""
        for leaf in sorted(leaf for leaf in self.open if leaf[:len(path)] == path):
            self.other(leaf, why, len(leaf) - len(path) + 1)

    def finish(self):
        """Prints the account; returns whether every figure was judged and none differs."""
        self.failures += ['%s: no rule judges it' % '/'.join(path) for path in sorted(self.open)]
        missing = collections.defaultdict(list)
        compared = 0
        for (published, ours, how), count in sorted(self.table.items(), key=str):
            if ours is None:
                missing[how].append(published)
                continue
            compared += count
            print('  %4d x %s: %s, %s' % (count, published, ours, how))
        for why, names in missing.items():
            print('  not compared, %s:\n         %s' % (why, ', '.join(names)))
        for failure in self.failures:
            print('FAILED: ' + failure)
        print('%s: %d figures compared, %d failures'
              % (self.data_set, compared, len(self.failures)))
        return not self.failures

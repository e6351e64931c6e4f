#!/usr/bin/env python3
"""Compares what an import made of a published set with the figures in its expected.json.

    check_import.py copilot-telemetry EXPECTED DOCUMENT    of `uptakectl evaluate`
    check_import.py copilot-metrics REPORT EVENTS          a report of people, as it was published
"""
import collections
import json
import sys


def telemetry(expected, document):
    """Decisions and acceptances by task."""
    columns = document['cells']['columns']
    counts = collections.defaultdict(lambda: [0, 0])
    for row in document['cells']['rows']:
        cell = dict(zip(columns, row))
        counts[cell['workflow']][0] += cell['decided']
        counts[cell['workflow']][1] += cell['accepted']
    wanted = {task: [of['decisions'], of['accepted']['num']] for task, of in expected['by_task'].items()}
    print(f"{sum(n for n, _ in counts.values())} decisions in {len(counts)} tasks")
    return dict(counts) == wanted


def metrics(report, events):
    """One event for every feature that somebody asked or took something of on a day, none for anybody else."""
    doing = ('user_initiated_interaction_count', 'code_acceptance_activity_count', 'loc_added_sum', 'loc_deleted_sum')
    wanted, days = set(), set()
    for row in report['day_totals']:
        for feature in row['totals_by_feature']:
            if any(feature.get(count, 0) > 0 for count in doing):
                wanted.add((row['user_login'], row['day'], feature['feature']))
        if any(row.get(count, 0) > 0 for count in doing):
            days.add((row['user_login'], row['day']))
    made = {(e['data']['user'], e['time'][:10], e['data'].get('capability')) for e in events}
    print(f'{len(made)} uses on {len({use[:2] for use in made})} days of people, {len(report["day_totals"])} rows')
    return {use for use in wanted if use[2] != 'others'} <= made and days <= {use[:2] for use in made} and all(
        (user, day) in {(r['user_login'], r['day']) for r in report['day_totals']} for user, day, _ in made)


def main(what, given, made):
    with open(given, encoding='utf-8') as file:
        given = json.load(file)
    with open(made, encoding='utf-8') as file:
        made = [json.loads(line) for line in file]
    sys.exit(not (telemetry(given, made[0]) if what == 'copilot-telemetry' else metrics(given, made)))


if __name__ == '__main__':
    main(*sys.argv[1:])

#!/usr/bin/env python3
"""Turns a published data set about people and AI into CloudEvents, one a line, by time.

    convert.py FOLDER [--last-day YYYY-MM-DD]

FOLDER holds the data and expected.json, which names the set. The sets have no clock: their people
share three days, --last-day (2025-06-30) being the last, and do one piece of work every 15 minutes
in the order of the data. A row may stand in several teams, each a way to group the same rows; each
workflow of a team is a team of its own too, TEAM/WORKFLOW. What expected.json leaves out (attention
checks, no advice, ties, other groups) is left out here too.
"""
import csv
import datetime
import decimal
import gzip
import json
import os
import sys

DAYS = 3
FIRST_HOUR, STEP_MIN = 6, 15
PEOPLE_A_STEP = 600  # one begins each second
EVERYBODY = 'everybody'


class Work:
    """One row: who did it and when, its usage, its decision (None = no advice) and its outcome."""

    def __init__(self, user, task, order, teams, usage, outcome, accepted=None, changed=False):
        self.user, self.task, self.order = user, task, order
        self.teams = teams  # (team, workflow), the workflow may be ''
        self.usage, self.outcome = usage, outcome
        self.action = None
        if accepted is not None:
            self.action = 'accept' if accepted else 'modify' if changed else 'reject'


def read_csv(folder, name):
    opener = gzip.open if name.endswith('.gz') else open
    with opener(os.path.join(folder, name), 'rt', encoding='utf-8', newline='') as file:
        yield from csv.DictReader(file)


def judged(initial, advice, final, truth):
    """Decision and outcome of somebody who answered, saw advice and answered again."""
    outcome = {'success': final == truth, 'advice_correct': advice == truth,
               'initial_correct': initial == truth}
    return {'usage': {'assist': 'ai'}, 'outcome': outcome, 'accepted': final == advice,
            'changed': final != initial}


# ---- the sets ----------------------------------------------------------------------------------


def human_alignment(folder):
    """Teams: the groups of the study, and everybody, with thirds of the session as workflows; and
    everybody once more, judged by the more likely colour instead of the one that was drawn."""
    names = sorted(n for n in os.listdir(folder) if n.startswith('group_') and n.endswith('.csv'))
    for row in (row for name in names for row in read_csv(folder, name)):
        if int(row['game_id']) < 0 or row['AI_conf'] == '' or float(row['AI_conf']) == 50:
            continue
        trial = int(row['trial_id'])
        third = ('trials_00_08', 'trials_09_17', 'trials_18_26')[trial // 9]
        advice = 'Red' if float(row['AI_conf']) > 50 else 'Black'
        answers = row['initial_decision'], advice, row['final_decision']
        key = row['participant_id'], '%s:%d' % (row['participant_id'], trial), trial
        teams = [(row['level_name'], third), (EVERYBODY, third)]
        yield Work(*key, teams, **judged(*answers, row['outcome']))
        if float(row['true_prob']) != 50:
            likely = 'Red' if float(row['true_prob']) > 50 else 'Black'
            yield Work(*key, [('ex-ante-truth', third)], **judged(*answers, likely))


def chatgpt_advice(folder):
    """Teams: whom the advice was said to come from, with blocks of questions as workflows; and
    everybody by topic area, familiarity with the topic, earlier use of ChatGPT and block."""
    for row in read_csv(folder, 'decisions.csv'):
        answers = row['initial_answer'], row['advice_answer'], row['final_answer']
        if any(answer not in ('A', 'B', 'C', 'D') for answer in answers):
            continue
        number = int(row['question_num'])
        first = (number - 1) // 10 * 10 + 1
        block = 'q%02d_%02d' % (first, first + 9)
        teams = [(row['advisor'], block), (EVERYBODY, row['fam_topic']),
                 ('by-familiarity', row['topic_familiarity']),
                 ('by-usage-level', row['usage_level']), ('by-question-block', block)]
        yield Work(row['participant_id'], '%s:%d' % (row['participant_id'], number), number, teams,
                   **judged(*answers, row['correct_answer']))


def ai_fact_checking(folder):
    """Forced and Control are drawn by lot. Teams: pairs of conditions that are compared, whole and
    in strata; and Optional, where people chose by the headline and not looking is a bypass."""
    for row in read_csv(folder, 'responses.csv.gz'):
        condition, says, yes = row['condition'], row['ai_judgement'], row['response_yes'] == '1'
        if row['group'] != 'Belief':
            continue
        headline = int(row['headline_id'])
        key = row['participant_id'], '%s:%d' % (row['participant_id'], headline), headline
        truth = row['headline_true'] == '1'
        outcome = {'success': yes == truth}
        if condition == 'Optional':
            usage = {'assist': 'ai' if row['option_cond'] == 'Opt_in' else 'bypass'}
            yield Work(*key, [('Optional', '')], usage, outcome)
            continue
        usage = {'assist': 'none' if condition == 'Control' else 'ai', 'assignment': 'random'}
        if condition in ('Human-FC', 'Control'):
            yield Work(*key, [('Human-FC against Control', '')], usage, outcome)
        if condition in ('Forced', 'Control'):
            veracity = 'true_headlines' if truth else 'false_headlines'
            teams = [('Forced against Control', ''), ('by-veracity', veracity)]
            yield Work(*key, teams, usage, outcome)
            accepted = None
            if condition == 'Forced' and says in ('true', 'false'):
                accepted = yes == (says == 'true')
                outcome = dict(outcome, advice_correct=truth == (says == 'true'))
            yield Work(*key, [('by-ai-judgement', says)], usage, outcome, accepted)


def halie_qa(folder):
    """Questions with and without a language model by lot; one that was there and not asked is a
    bypass. Teams: the models, everybody, and everybody by subject."""
    for row in read_csv(folder, 'answers.csv'):
        if row['question_type'] == 'attn':
            continue
        assist = 'none'
        if row['question_type'] == 'lm':
            assist = 'ai' if row['lm_used'] == '1' else 'bypass'
        outcome = {'success': row['user_correct'] == '1'}
        elapsed_s = decimal.Decimal(row['elapsed_time']) * 60
        if elapsed_s > 0:
            outcome['cycle_s'] = float(elapsed_s)
        teams = [(row['model'], ''), (EVERYBODY, ''), ('by-category', row['question_category'])]
        task = '%s:%s' % (row['session_id'], row['order_id'])
        usage = {'assist': assist, 'assignment': 'random'}
        yield Work(row['worker_id'], task, int(row['order_id']), teams, usage, outcome)


CONVERTERS = {'human-alignment': human_alignment, 'chatgpt-advice': chatgpt_advice,
              'ai-fact-checking': ai_fact_checking, 'halie-qa': halie_qa}


# ---- events ------------------------------------------------------------------------------------


def own_team(team, workflow):
    return team + '/' + workflow


def events_of(work, person, data_set, last_day):
    """(time, line) of the events of one row; `person` numbers the people."""
    begin = datetime.datetime.combine(last_day, datetime.time(FIRST_HOUR)) + datetime.timedelta(
        days=-(person % DAYS), minutes=STEP_MIN * work.order, seconds=person % PEOPLE_A_STEP)
    facts = [('usage', 0, {'user': work.user, **work.usage}), ('outcome', 40, work.outcome)]
    if work.action is not None:
        facts.insert(1, ('override', 20, {'user': work.user, 'action': work.action}))
    groups = work.teams + [(own_team(*pair), '') for pair in work.teams if pair[1]]
    for group, workflow in groups:
        team = data_set + '/' + group
        for kind, after_s, data in facts:
            time = (begin + datetime.timedelta(seconds=after_s)).isoformat() + 'Z'
            data = {'team': team, 'task': work.task, **data}
            if kind == 'usage' and workflow:
                data['workflow'] = workflow
            yield time, json.dumps({
                'specversion': '1.0', 'type': 'uptake.%s.v1' % kind, 'time': time,
                'id': '%s/%s' % (team, work.task), 'source': 'urn:real-data:' + kind, 'data': data})


def convert(folder, last_day):
    """The lines of events of the set in `folder`, by time."""
    with open(os.path.join(folder, 'expected.json'), encoding='utf-8') as file:
        data_set = json.load(file)['dataset']
    people, events = {}, []
    for work in CONVERTERS[data_set](folder):
        person = people.setdefault(work.user, len(people))
        events.extend(events_of(work, person, data_set, last_day))
    return [line for _, line in sorted(events)]


def main(arguments):
    last_day = datetime.date(2025, 6, 30)
    if len(arguments) == 4 and arguments[2] == '--last-day':
        last_day = datetime.date.fromisoformat(arguments[3])
    elif len(arguments) != 2:
        sys.exit(__doc__)
    sys.stdout.writelines(line + '\n' for line in convert(arguments[1], last_day))


if __name__ == '__main__':
    main(sys.argv)

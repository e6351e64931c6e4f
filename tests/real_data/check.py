#!/usr/bin/env python3
"""Compares figures of uptake with those that a data set publishes in its expected.json.

    check.py [--whole-teams] FOLDER FIGURES.json     FOLDER holds the data and expected.json

FIGURES.json is what `uptakectl evaluate` prints, or the rows of uptake.measure of one window: a
list of {"team", "workflow" (null = all of the team), "values"}. Every published figure is judged:
ours equals it (relative 1e-6), or the reason why we have none is listed; one that no rule knows is
a failure. Where definitions differ, ours must equal our own definition (formulas.py) applied to the
published counts. Nothing is known here beforehand of the numbers: all are read from FOLDER. With
--whole-teams FIGURES.json has no figures by workflow; a workflow is then judged by its own team.
"""
import math
import os
import sys

import formulas
from comparison import Comparison, is_close, load_figures
from convert import EVERYBODY, read_csv

COUNTS = 'counts, of which judgement and d_prime and their n are computed'
AFTER_ADVICE = 'the answer before the advice is no task of its own: nothing to set AI against'
ONE_ARM = 'how one arm did is never shown alone; its counts enter the lifts'
CLUSTERS = 'the team is all there and tasks are the trials (measures.md), so no clusters by person'
NO_MEASURE = 'no measure of ours'


# ---- decisions on advice -----------------------------------------------------------------------


def check_reliance(c, path, where, options):
    """One block of the sets in which people answered, saw advice and answered again."""
    block = c.at(*path)
    if block['n'] == 0:
        c.others(path, 'nobody is left in this group')
        return
    c.equal(path + ('RAIR',), where, 'rair')
    c.equal(path + ('RSR',), where, 'rsr')
    c.equal(path + ('over_reliance_all_wrong_advice',), where, 'over_reliance')
    c.equal(path + ('under_reliance_all_right_advice',), where, 'under_reliance')
    c.equal(path + ('agreement_with_advice_after',), where, 'accept_rate')
    c.complement(path + ('under_reliance_initially_wrong',), where, 'rair', 'by its definition')
    c.complement(path + ('overrides', 'advice_was_right'), where, 'override_precision',
                 'ours counts overridden advice that was wrong', 2)
    first_right = path + ('over_reliance_initially_right',)
    override_right = path + ('overrides', 'override_right')
    if options == 2:
        c.complement(first_right, where, 'rsr', 'who leaves one of two answers takes the other')
        c.equal(override_right, where, 'override_precision', 2)
    else:
        c.other(first_right, 'who leaves the right one of many answers may take a third: neither '
                'our over_reliance, which asks for no first answer, nor 1 - RSR')
        c.other(override_right, 'of many answers the one instead of wrong advice may be wrong too; '
                'our override_precision asks about the advice only', 2)
    check_judgement(c, block, where)
    for name in 'n', 'counts', 'accepts':
        c.others(path + (name,), COUNTS)
    c.other(path + ('overrides', 'n'), COUNTS, 2)
    for name in 'accuracy', 'accuracy_gain', 'gain_over_best_alone', 'mcnemar_before_after':
        c.others(path + (name,), AFTER_ADVICE)
    for name in ('override_value', 'agreement_with_advice_before',
                 'switch_to_advice_when_disagreeing'):
        c.others(path + (name,), NO_MEASURE)


def check_judgement(c, block, where):
    accepts, overrides = block['accepts'], block['overrides']
    ca, wo = accepts['accepted_advice_right']['num'], overrides['advice_was_right']['num']
    wa, co = accepts['n'] - ca, overrides['n'] - wo
    how = 'accepted and overridden advice, right and wrong'
    known = wa + co > 0 and ca + wo > 0
    c.anew('accepts, overrides', where, 'judgement',
           formulas.judgement(ca, wa, co, wo) if known else None, how)
    c.anew('accepts, overrides', where, 'd_prime', formulas.d_prime(ca, wa, co, wo), how)


def check_human_alignment(c):
    check_reliance(c, ('overall',), (EVERYBODY, None), 2)
    check_reliance(c, ('overall_ex_ante_truth',), ('ex-ante-truth', None), 2)
    for group in c.at('by_group'):
        check_reliance(c, ('by_group', group), (group, None), 2)
    for third in c.at('by_trial_block'):
        check_reliance(c, ('by_trial_block', third), (EVERYBODY, third), 2)
    for group, thirds in c.at('by_group_and_block_RAIR_RSR').items():
        for third in thirds:
            path = 'by_group_and_block_RAIR_RSR', group, third
            c.equal(path + ('RAIR',), (group, third), 'rair')
            c.equal(path + ('RSR',), (group, third), 'rsr')


def check_chatgpt_advice(c):
    check_reliance(c, ('overall',), (EVERYBODY, None), 4)
    for advisor in c.at('by_advisor'):
        check_reliance(c, ('by_advisor', advisor), (advisor, None), 4)
    teams = {'by_topic_area': EVERYBODY, 'by_familiarity': 'by-familiarity',
             'by_usage_level': 'by-usage-level', 'by_question_block': 'by-question-block'}
    for grouping, team in teams.items():
        for workflow in c.at(grouping):
            check_reliance(c, (grouping, workflow), (team, workflow), 4)
    c.others(('weight_on_advice_all_rows',), NO_MEASURE)
    c.others(('seconds',), NO_MEASURE)


# ---- with AI against without -------------------------------------------------------------------


def check_lift(c, path, where, measures):
    """A difference of successes; its published limits that take rows as independent are ours."""
    block = c.at(*path)
    n = block['with']['den'] + block['without']['den']
    for measure in measures:
        c.compare(where, measure, (block['difference'], *block['newcombe95_rows_independent'], n))
    ours = ' and '.join(measures)
    c.judge(path + ('difference',), ours, 'equal', 1)
    c.judge(path + ('newcombe95_rows_independent',), ours, 'lo and hi equal', 1)
    for name in 'with', 'without':
        c.other(path + (name,), ONE_ARM)
    for name in 'cluster_robust95_by_participant', 'cluster_robust_se':
        c.other(path + (name,), CLUSTERS)


def check_strata(c, path, team, measure):
    """The whole of a team whose workflows are the blocks below path."""
    strata = [tuple(block[side][x] for side in ('with', 'without') for x in ('num', 'den'))
              for block in c.at(*path).values()]
    c.anew('/'.join(path), (team, None), measure, formulas.lift(strata),
           'workflows are never pooled raw, so Mantel-Haenszel over these strata')


def check_ai_fact_checking(c):
    both = 'success_lift', 'success_lift_randomised'
    check_lift(c, ('lift_forced_vs_control',), ('Forced against Control', None), both)
    check_lift(c, ('lift_humanfc_vs_control',), ('Human-FC against Control', None), both)
    teams = {'lift_forced_vs_control_by_ai_judgement': 'by-ai-judgement',
             'lift_forced_vs_control_by_veracity': 'by-veracity'}
    for grouping, team in teams.items():
        for workflow in c.at(grouping):
            check_lift(c, (grouping, workflow), (team, workflow), both)
        for measure in both:
            check_strata(c, (grouping,), team, measure)
    check_forced_reliance(c)
    check_choice(c)
    c.others(('conditions',), ONE_ARM)


def check_forced_reliance(c):
    where = 'by-ai-judgement', None
    c.equal(('reliance_forced', 'over_reliance_all_wrong_advice'), where, 'over_reliance')
    c.equal(('reliance_forced', 'under_reliance_all_right_advice'), where, 'under_reliance')
    c.equal(('reliance_forced', 'agreement_with_advice'), where, 'accept_rate')
    c.other(('reliance_forced', 'cases'), 'a count, the n of accept_rate')
    for measure in 'rair', 'rsr':
        c.anew('nothing', where, measure, None, 'unknown, nobody was asked for a first answer')


def check_choice(c):
    where = 'Optional', None
    c.complement(('opt_in_rate',), where, 'bypass_rate', 'who does not look goes around the tool')
    counts = [c.at('optional_by_choice', side, 'accuracy', x)
              for side in ('Opt_in', 'Opt_out') for x in ('num', 'den')]
    c.anew('optional_by_choice', where, 'success_lift', formulas.lift([tuple(counts)]),
           'Newcombe of those who looked against those who did not')
    c.anew('optional_by_choice', where, 'success_lift_randomised', None, 'unknown, no lot decided')
    c.others(('optional_by_choice',), ONE_ARM)


def read_cycles(c, column, value, in_units):
    """ln of the positive times (with, without) of answers where column is value, None = of all."""
    sides = {'lm': [], 'ctrl': []}
    for row in read_csv(c.folder, 'answers.csv'):
        seconds = round(float(row['elapsed_time']) * 60, 1)
        if row['question_type'] not in sides or seconds <= 0 or column and row[column] != value:
            continue
        ln = formulas.in_cycle_units(seconds) if in_units else math.log(seconds)
        sides[row['question_type']].append(ln)
    return sides['lm'], sides['ctrl']


def check_cycle(c, path, where, column, value):
    """First what was published, from the data, which proves the reading; then ours as defined."""
    path += ('cycle_time_minutes',)
    block = c.at(*path)
    read = formulas.cycle_ratio([read_cycles(c, column, value, False)], formulas.Z)
    published = (block['ratio_of_geometric_means'], *block['ratio_normal95'],
                 block['with']['n_positive'] + block['without']['n_positive'])
    if not all(map(is_close, read, published)):
        c.failures.append('%s: from the data %s, published %s' % ('/'.join(path), read, published))
    c.anew('cycle_time_minutes', where, 'cycle_ratio_randomised',
           formulas.cycle_ratio([read_cycles(c, column, value, True)]),
           "published one reproduced from the rows, then in units of 2^-16 and with Student's t")
    for place, ours in c.ours(where, 'cycle_ratio_randomised'):
        if ours is None or abs(math.log(ours[0] / published[0])) > 1 / formulas.CYCLE_UNIT:
            c.failures.append('cycle_ratio_randomised of %s, workflow %s: %s is further from %s '
                              'than rounding can be' % (*place, ours, published))
    c.other(path + ('ratio_of_geometric_means',), 'ours sums ln(ms) in whole units of 2^-16, which '
            'may move a ratio by 1.5e-5: that near it is')
    c.other(path + ('ratio_normal95',), "ours are Welch's limits with Student's t, not normal ones")
    c.others(path, NO_MEASURE)


def check_halie_qa(c):
    randomised = 'success_lift_randomised'
    blocks = [(('overall',), (EVERYBODY, None), None, None)]
    blocks += [(('by_model', name), (name, None), 'model', name) for name in c.at('by_model')]
    blocks += [(('by_category', name), ('by-category', name), 'question_category', name)
               for name in c.at('by_category')]
    for path, where, column, value in blocks:
        check_lift(c, path, where, (randomised,))
        check_cycle(c, path, where, column, value)
    check_strata(c, ('by_category',), 'by-category', randomised)
    strata = [read_cycles(c, 'question_category', name, True) for name in c.at('by_category')]
    c.anew('by_category', ('by-category', None), 'cycle_ratio_randomised',
           formulas.cycle_ratio(strata), 'stratified, from the rows')
    check_as_treated(c)


def check_as_treated(c):
    where = EVERYBODY, None
    usage, ctrl = c.at('usage'), c.at('overall', 'without')
    c.complement(('usage', 'lm_used_when_available'), where, 'bypass_rate',
                 'who does not ask goes around the tool')
    asked, silent = usage['accuracy_when_used'], usage['accuracy_when_available_not_used']
    counts = asked['num'], asked['den'], silent['num'] + ctrl['num'], silent['den'] + ctrl['den']
    c.anew('usage', where, 'success_lift', formulas.lift([counts]),
           'Newcombe, who did not ask counting as without AI')
    c.others(('usage',), ONE_ARM)


# ---- all of it ---------------------------------------------------------------------------------

CHECKS = {'human-alignment': check_human_alignment, 'chatgpt-advice': check_chatgpt_advice,
          'ai-fact-checking': check_ai_fact_checking, 'halie-qa': check_halie_qa}


def source_of(folder):
    """The line of the set's README that says where it comes from."""
    with open(os.path.join(folder, 'README.md'), encoding='utf-8') as file:
        lines = [line.strip('- \n') for line in file if line.startswith('- Source:')]
    return lines[0] if lines else 'no source named'


def main(arguments):
    is_whole = arguments[1:2] == ['--whole-teams']
    if len(arguments) != 3 + is_whole:
        sys.exit(__doc__)
    folder, figures = arguments[-2:]
    comparison = Comparison(folder, load_figures(figures), is_whole)
    print('%s, half "%s". %s' % (comparison.data_set, comparison.at('half'), source_of(folder)))
    CHECKS[comparison.data_set](comparison)
    return 0 if comparison.finish() else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv))

/* A task is a function of its three latest events, in whatever order they come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/task.h"
#include "support/dice.h"

static struct event usage_at(int64_t ms, enum assist assist)
{
    struct event event = {.type = EVENT_USAGE, .key = {.time_ms = ms, .hash = 1}, .has_task = true, .has_user = true};
    event.usage.assist = assist;
    return event;
}

static struct event outcome_at(int64_t ms, enum answer success, enum answer advice)
{
    struct event event = {.type = EVENT_OUTCOME, .key = {.time_ms = ms, .hash = 1}, .has_task = true};
    event.outcome.success = success;
    event.outcome.advice_correct = advice;
    return event;
}

static struct event decision_at(int64_t ms, enum action action)
{
    struct event event = {.type = EVENT_OVERRIDE, .key = {.time_ms = ms, .hash = 1}, .has_task = true};
    event.decision.action = action;
    return event;
}

static bool counts(const struct contribution *contribution, enum count count)
{
    return (contribution->amounts.counts >> count & 1) != 0;
}

static void test_silence_is_acceptance(void **state)
{
    (void)state;
    struct task task = {0};
    struct event work = usage_at(10 * DAY_MS, ASSIST_AI), outcome = outcome_at(11 * DAY_MS, ANSWER_YES, ANSWER_NO);
    struct contribution contribution;
    assert_true(task_merge(&task, &outcome, 0, 0));
    task_contribution(&task, &contribution);
    assert_false(contribution.counted);
    assert_true(task_merge(&task, &work, 4, 9));
    task_contribution(&task, &contribution);
    assert_true(contribution.counted);
    assert_int_equal(contribution.day, 10);
    assert_int_equal(contribution.workflow, 4);
    assert_int_equal(contribution.person, 9);
    assert_int_equal(contribution.arm, ARM_AI);
    assert_true(counts(&contribution, COUNT_accepted));
    assert_true(counts(&contribution, COUNT_wa));
    assert_true(counts(&contribution, COUNT_fed_back));
    assert_false(counts(&contribution, COUNT_decided));
    assert_false(counts(&contribution, COUNT_rair_n));
}

static void test_policy_judges_nothing(void **state)
{
    (void)state;
    struct task task = {0};
    struct event work = usage_at(1, ASSIST_AI), decision = decision_at(2, ACTION_REJECT);
    struct event outcome = outcome_at(3, ANSWER_YES, ANSWER_YES);
    decision.decision.by_policy = true;
    struct contribution contribution;
    (void)task_merge(&task, &work, 0, 1);
    (void)task_merge(&task, &decision, 0, 0);
    (void)task_merge(&task, &outcome, 0, 0);
    task_contribution(&task, &contribution);
    assert_true(counts(&contribution, COUNT_auto));
    for (int c = COUNT_ca; c <= COUNT_wo; c++)
        assert_false(counts(&contribution, (enum count)c));
    assert_false(counts(&contribution, COUNT_rejected));
}

static void test_outcome_by_self_is_older(void **state)
{
    (void)state;
    struct task task = {0};
    struct event work = usage_at(1, ASSIST_NONE);
    struct event self = outcome_at(900, ANSWER_YES, ANSWER_ABSENT), other = outcome_at(5, ANSWER_NO, ANSWER_ABSENT);
    self.outcome.by_self = true;
    struct contribution contribution;
    (void)task_merge(&task, &work, 0, 1);
    assert_true(task_merge(&task, &self, 0, 0));
    task_contribution(&task, &contribution);
    assert_true(counts(&contribution, COUNT_self_outcomes));
    assert_false(counts(&contribution, COUNT_outcomes));
    assert_true(task_merge(&task, &other, 0, 0));
    assert_false(task_merge(&task, &self, 0, 0));
    task_contribution(&task, &contribution);
    assert_true(counts(&contribution, COUNT_outcomes));
    assert_true(counts(&contribution, COUNT_success_n));
    assert_false(counts(&contribution, COUNT_success_k));
}

static struct event random_event(struct dice *dice)
{
    int64_t ms = dice_below(dice, 20) * DAY_MS;
    struct event event;
    switch (dice_below(dice, 3)) {
    case 0:
        event = usage_at(ms, (enum assist)dice_below(dice, 3));
        event.usage.kind = (enum work_kind)dice_below(dice, 5);
        event.usage.explained = dice_below(dice, 2) != 0;
        event.usage.random = dice_below(dice, 2) != 0;
        break;
    case 1:
        event = decision_at(ms, (enum action)dice_below(dice, 3));
        break;
    default:
        event = outcome_at(ms, (enum answer)dice_below(dice, 3), (enum answer)dice_below(dice, 3));
        event.outcome.by_self = dice_below(dice, 3) == 0;
        event.outcome.cycle_ms = (uint64_t)dice_below(dice, INT64_C(1000000000001));
        event.outcome.effort_ds = (uint32_t)dice_below(dice, 10000001);
        break;
    }
    event.key.hash = dice_bits(dice);
    return event;
}

/* Any permutation, with repetitions, comes to the same record. */
static void test_order_does_not_matter(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    enum { EVENTS = 12 };
    for (int round = 0; round < 2000; round++) {
        struct event events[EVENTS];
        for (int i = 0; i < EVENTS; i++)
            events[i] = random_event(&dice);
        struct task straight = {0}, shuffled = {0};
        for (int i = 0; i < EVENTS; i++)
            (void)task_merge(&straight, &events[i], 1, 2);
        for (int i = 0; i < 60; i++)
            (void)task_merge(&shuffled, &events[dice_below(&dice, EVENTS)], 1, 2);
        for (int i = EVENTS - 1; i >= 0; i--)
            (void)task_merge(&shuffled, &events[i], 1, 2);
        assert_memory_equal(&straight, &shuffled, sizeof straight);
        assert_true(task_is_sound(&straight));
        struct contribution a, b;
        task_contribution(&straight, &a);
        task_contribution(&shuffled, &b);
        assert_int_equal(a.amounts.counts, b.amounts.counts);
        assert_int_equal(a.amounts.cycle_ln_sq, b.amounts.cycle_ln_sq);
    }
}

static void test_what_no_event_says_is_not_sound(void **state)
{
    (void)state;
    struct task task = {0};
    assert_false(task_is_sound(&task));
    struct event event = outcome_at(7 * DAY_MS, ANSWER_YES, ANSWER_NO);
    assert_true(task_merge(&task, &event, 0, 0));
    assert_true(task_is_sound(&task));
    struct task without_register = task;
    without_register.hash[TASK_WORK] = 1;
    assert_false(task_is_sound(&without_register));
    for (uint32_t bit = 28; bit < 32; bit++) {
        struct task strange = task;
        strange.said |= 1U << bit;
        assert_false(task_is_sound(&strange));
    }
    struct task never = task;
    memset(never.times[TASK_OUTCOME], 0xff, sizeof never.times[TASK_OUTCOME]);
    assert_false(task_is_sound(&never));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_silence_is_acceptance), cmocka_unit_test(test_policy_judges_nothing),
        cmocka_unit_test(test_outcome_by_self_is_older), cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_what_no_event_says_is_not_sound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Results with AI against without: strata, the paradox of Simpson, sides that are missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/results.h"
#include "stat/interval.h"
#include "support/near.h"
#include "unit/model/check_record.h"
#include "unit/model/hand_made.h"

enum { D = 20500 };
static const double EXACT = 1e-12;

static struct record measure(const struct hand_made *made)
{
    struct record record = {.because = {0}};
    struct window_sums *sums = windows_new(&made->shard, &made->team, D, WINDOWS_WHOLE_TEAM);
    windows_extend(sums, D - 27);
    results_measure(sums, &record);
    windows_free(sums);
    return record;
}

static void add_success(struct hand_made *made, const char *workflow, enum arm arm, int64_t k,
                        int64_t n)
{
    hand_made_add(made, workflow, D, arm,
                  HAND_MADE_CELL([COUNTER_tasks] = n, [COUNTER_outcomes] = n,
                                 [COUNTER_success_n] = n, [COUNTER_success_k] = k));
}

/* n values about `mean`, half of them `spread` below and half above. */
static void add_values(struct hand_made *made, const char *workflow, enum arm arm,
                       enum counter first, int64_t n, int64_t mean, int64_t spread)
{
    struct counters c = {.at = {[COUNTER_tasks] = n, [COUNTER_outcomes] = n}};
    c.at[first] = n;
    c.at[first + 1] = n * mean;
    c.at[first + 2] = n * (mean * mean + spread * spread);
    hand_made_add(made, workflow, D, arm, &c);
}

/* The kidney stones of Charig et al. (1986), `times` as many. */
static void add_stones(struct hand_made *made, int64_t times)
{
    add_success(made, "small", ARM_AI, 81 * times, 87 * times);
    add_success(made, "small", ARM_NONE, 234 * times, 270 * times);
    add_success(made, "large", ARM_AI, 192 * times, 263 * times);
    add_success(made, "large", ARM_NONE, 55 * times, 80 * times);
}

static void test_simpson(void **state)
{
    (void)state;
    static const struct {
        int64_t times;
        double flag;
    } cases[] = {{1, 0}, {10, 1}};
    for (size_t i = 0; i < 2; i++) {
        struct hand_made made;
        hand_made_init(&made);
        add_stones(&made, cases[i].times);
        struct record r = measure(&made);
        assert_true(check_value(&r, MEASURE_success_lift) > 0);
        assert_near(check_value(&r, MEASURE_simpson), cases[i].flag, 0);
        hand_made_done(&made);
    }
}

static void test_workflow_with_one_side(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    add_stones(&made, 1);
    struct record before = measure(&made);
    add_success(&made, "ai only", ARM_AI, 1, 500);
    add_success(&made, "a manual one", ARM_BYPASS, 1, 500);
    struct record after = measure(&made);
    assert_near(check_value(&after, MEASURE_success_lift), check_value(&before, MEASURE_success_lift), 0);
    assert_near(after.values[MEASURE_success_lift].lo, before.values[MEASURE_success_lift].lo, 0);
    assert_near(after.values[MEASURE_success_lift].n, 87 + 270 + 263 + 80, 0);
    hand_made_done(&made);
}

static void test_one_workflow_is_newcombe(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    add_success(&made, "w", ARM_AI, 40, 50);
    add_success(&made, "w", ARM_AI_RANDOM, 5, 10);
    add_success(&made, "w", ARM_NONE, 20, 40);
    add_success(&made, "w", ARM_BYPASS_RANDOM, 3, 7);
    add_success(&made, "w", ARM_NONE_RANDOM, 2, 9);
    struct record r = measure(&made);
    struct estimate all = interval_newcombe(45, 60, 25, 56);
    assert_near(r.values[MEASURE_success_lift].lo, all.lo, EXACT);
    assert_near(r.values[MEASURE_success_lift].hi, all.hi, EXACT);
    /* Who was drawn for the tool and worked around it stays in the tool's group. */
    struct estimate drawn = interval_newcombe(8, 17, 2, 9);
    assert_near(r.values[MEASURE_success_lift_randomised].lo, drawn.lo, EXACT);
    assert_near(r.values[MEASURE_success_lift_randomised].value, drawn.value, EXACT);
    hand_made_done(&made);
}

static void test_means(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    add_values(&made, "w", ARM_AI, COUNTER_quality_n, 10, 7000, 1000);
    add_values(&made, "w", ARM_NONE, COUNTER_quality_n, 10, 6000, 500);
    add_values(&made, "w", ARM_AI, COUNTER_effort_n, 10, 1000, 100);
    add_values(&made, "w", ARM_NONE, COUNTER_effort_n, 10, 4600, 100);
    add_values(&made, "w", ARM_AI, COUNTER_cycle_n, 10, 600000, 1000);
    add_values(&made, "w", ARM_NONE, COUNTER_cycle_n, 10, 600000 + 65536, 1000);
    struct record r = measure(&made);
    assert_near(check_value(&r, MEASURE_quality_lift), 0.1, EXACT);
    assert_near(check_value(&r, MEASURE_freed_hours), 1, EXACT);
    assert_near(check_value(&r, MEASURE_cycle_ratio), 0.36787944117144233, EXACT);
    assert_near(check_value(&r, MEASURE_faster_but_worse), 0, 0);
    assert_near(r.values[MEASURE_quality_lift].n, 20, 0);
    hand_made_done(&made);
}

static void test_faster_but_worse(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    add_values(&made, "w", ARM_AI, COUNTER_cycle_n, 10, 600000, 1000);
    add_values(&made, "w", ARM_NONE, COUNTER_cycle_n, 10, 665536, 1000);
    struct record r = measure(&made);
    check_unknown(&r, MEASURE_faster_but_worse, BECAUSE_NO_OUTCOMES);
    add_success(&made, "other", ARM_AI, 5, 50);
    r = measure(&made);
    check_unknown(&r, MEASURE_faster_but_worse, BECAUSE_NO_COMPARISON);
    add_success(&made, "other", ARM_NONE, 45, 50);
    r = measure(&made);
    assert_near(check_value(&r, MEASURE_faster_but_worse), 1, 0);
    add_values(&made, "w", ARM_AI, COUNTER_cycle_n, 100, 700000, 1000);
    r = measure(&made);
    assert_near(check_value(&r, MEASURE_faster_but_worse), 0, 0); /* slower and worse */
    hand_made_done(&made);
}

static void test_no_variance(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    add_values(&made, "w", ARM_AI, COUNTER_quality_n, 5, 7000, 0);
    add_values(&made, "w", ARM_NONE, COUNTER_quality_n, 5, 6000, 0);
    struct record r = measure(&made);
    check_unknown(&r, MEASURE_quality_lift, BECAUSE_TOO_FEW);
    check_unknown(&r, MEASURE_freed_hours, BECAUSE_NO_OUTCOMES);
    hand_made_done(&made);
}

static void test_why_unknown(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct record r = measure(&made);
    check_unknown(&r, MEASURE_success_lift, BECAUSE_NO_WORK);
    hand_made_add(&made, "w", D, ARM_AI, HAND_MADE_CELL([COUNTER_tasks] = 1));
    r = measure(&made);
    check_unknown(&r, MEASURE_cycle_ratio, BECAUSE_NO_OUTCOMES);
    check_unknown(&r, MEASURE_simpson, BECAUSE_NO_OUTCOMES);
    add_success(&made, "w", ARM_AI, 1, 2);
    add_success(&made, "other", ARM_NONE, 1, 2);
    r = measure(&made);
    check_unknown(&r, MEASURE_success_lift, BECAUSE_NO_COMPARISON);
    check_unknown(&r, MEASURE_simpson, BECAUSE_NO_COMPARISON);
    check_unknown(&r, MEASURE_success_lift_randomised, BECAUSE_NO_COMPARISON);
    /* A mean needs two values a side. */
    add_values(&made, "w", ARM_AI, COUNTER_effort_n, 2, 100, 10);
    add_values(&made, "w", ARM_NONE, COUNTER_effort_n, 1, 100, 0);
    r = measure(&made);
    check_unknown(&r, MEASURE_freed_hours, BECAUSE_NO_COMPARISON);
    hand_made_done(&made);
}

/* 100,000 tasks of the largest effort: their sum of squares wraps around over the days. */
static void test_sums_that_do_not_fit(void **state)
{
    (void)state;
    const int64_t effort = 10000000;
    struct hand_made made;
    hand_made_init(&made);
    for (int32_t day = D - 1; day <= D; day++) {
        struct counters c = {.at = {[COUNTER_tasks] = 50000, [COUNTER_outcomes] = 50000}};
        c.at[COUNTER_effort_n] = 50000;
        c.at[COUNTER_effort_s10] = 50000 * effort;
        c.at[COUNTER_effort_sq] = 50000 * effort * effort;
        hand_made_add(&made, "w", day, ARM_AI, &c);
    }
    add_values(&made, "w", ARM_NONE, COUNTER_effort_n, 10, 4600, 100);
    struct record r = measure(&made);
    check_unknown(&r, MEASURE_freed_hours, BECAUSE_TOO_FEW);
    hand_made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_simpson),
        cmocka_unit_test(test_workflow_with_one_side),
        cmocka_unit_test(test_one_workflow_is_newcombe),
        cmocka_unit_test(test_means),
        cmocka_unit_test(test_faster_but_worse),
        cmocka_unit_test(test_no_variance),
        cmocka_unit_test(test_why_unknown),
        cmocka_unit_test(test_sums_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

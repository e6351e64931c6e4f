/* Shares of AI, bypass and kinds, and the mix against that of the first 28 days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/task_mix.h"
#include "support/near.h"
#include "unit/model/check_record.h"
#include "unit/model/hand_made.h"

enum { D = 20500 };
static const double EXACT = 1e-12;

static struct record measure(const struct hand_made *made, int32_t days)
{
    struct record record = {.because = {0}};
    struct window_sums *sums = windows_new(&made->shard, &made->team, D, WINDOWS_WHOLE_TEAM);
    struct task_mix_baseline baseline = task_mix_look_back(sums);
    windows_extend(sums, D - days + 1);
    task_mix_measure(sums, &baseline, &record);
    windows_free(sums);
    return record;
}

static void add_kinds(struct hand_made *made, int32_t day, int64_t routine, int64_t creative)
{
    hand_made_add(
        made, "w", day, ARM_NONE,
        HAND_MADE_CELL([COUNTER_tasks] = routine + creative, [COUNTER_kind_routine] = routine,
                       [COUNTER_kind_creative] = creative));
}

static void test_shares(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    hand_made_add(
        &made, "w", D, ARM_AI,
        HAND_MADE_CELL([COUNTER_tasks] = 6, [COUNTER_outcomes] = 3, [COUNTER_self_outcomes] = 1,
                       [COUNTER_rejected] = 2, [COUNTER_reason_n] = 1, [COUNTER_reason_skill] = 1,
                       [COUNTER_kind_routine] = 2, [COUNTER_kind_relational] = 1));
    hand_made_add(&made, "w", D, ARM_NONE, HAND_MADE_CELL([COUNTER_tasks] = 2));
    hand_made_add(
        &made, "v", D, ARM_BYPASS_RANDOM,
        HAND_MADE_CELL([COUNTER_tasks] = 4, [COUNTER_reason_n] = 3, [COUNTER_reason_design] = 2));
    struct record r = measure(&made, 1);
    assert_near(check_value(&r, MEASURE_ai_share), 0.5, EXACT);
    assert_near(check_value(&r, MEASURE_manual_share), 0.5, EXACT);
    assert_near(check_value(&r, MEASURE_bypass_rate), 0.4, EXACT);
    assert_near(check_value(&r, MEASURE_reason_skill_share), 0.25, EXACT);
    assert_near(check_value(&r, MEASURE_reason_design_share), 0.5, EXACT);
    assert_near(check_value(&r, MEASURE_outcome_share), 0.25, EXACT);
    assert_near(check_value(&r, MEASURE_self_scored), 0.25, EXACT);
    assert_near(check_value(&r, MEASURE_kind_share), 0.25, EXACT);
    assert_near(check_value(&r, MEASURE_nonroutine_share), 1.0 / 3, EXACT);
    assert_near(check_value(&r, MEASURE_layered_share), 1, EXACT);
    hand_made_done(&made);
}

static void test_why_unknown(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct record r = measure(&made, 28);
    check_unknown(&r, MEASURE_ai_share, BECAUSE_NO_WORK);
    check_unknown(&r, MEASURE_mix_shift, BECAUSE_NO_WORK);
    hand_made_add(&made, "w", D - 80, ARM_NONE, HAND_MADE_CELL([COUNTER_tasks] = 2));
    hand_made_add(&made, "w", D, ARM_NONE, HAND_MADE_CELL([COUNTER_tasks] = 2));
    r = measure(&made, 28);
    check_unknown(&r, MEASURE_bypass_rate, BECAUSE_NO_WORK);
    check_unknown(&r, MEASURE_layered_share, BECAUSE_NO_WORK);
    check_unknown(&r, MEASURE_reason_skill_share, BECAUSE_NO_WORK);
    check_unknown(&r, MEASURE_self_scored, BECAUSE_NO_OUTCOMES);
    check_unknown(&r, MEASURE_nonroutine_share, BECAUSE_NO_KIND);
    check_unknown(&r, MEASURE_mix_shift, BECAUSE_NO_KIND);
    hand_made_add(&made, "w", D, ARM_BYPASS, HAND_MADE_CELL([COUNTER_tasks] = 2));
    r = measure(&made, 28);
    check_unknown(&r, MEASURE_reason_skill_share, BECAUSE_NO_REASONS);
    hand_made_done(&made);
}

static void test_mix_against_baseline(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    add_kinds(&made, D - 55, 20, 0);
    add_kinds(&made, D - 28, 0, 20); /* the last day of the baseline */
    add_kinds(&made, D - 27, 0, 20);
    struct record r = measure(&made, 28);
    assert_near(check_value(&r, MEASURE_nonroutine_share_gain), 0.5, EXACT);
    /* {1, 0} against {1/2, 1/2}: log2(4/3)/2 + (log2(2/3) + log2(2))/4. */
    assert_near(check_value(&r, MEASURE_mix_shift), 0.3112781244591328, EXACT);
    assert_false(r.values[MEASURE_mix_shift].has_interval);
    assert_near(r.values[MEASURE_mix_shift].n, 60, 0);
    r = measure(&made, 90);
    check_unknown(&r, MEASURE_mix_shift, BECAUSE_TOO_NEW);
    r = measure(&made, 7);
    check_unknown(&r, MEASURE_mix_shift, BECAUSE_NO_WORK);
    hand_made_add(&made, "w", D, ARM_AI,
                  HAND_MADE_CELL([COUNTER_tasks] = 19, [COUNTER_kind_creative] = 19));
    r = measure(&made, 7);
    check_unknown(&r, MEASURE_mix_shift, BECAUSE_TOO_FEW);
    hand_made_done(&made);
}

/* A window that begins on the last day of the baseline overlaps it. */
static void test_baseline_ends(void **state)
{
    (void)state;
    for (int32_t overlap = 0; overlap < 2; overlap++) {
        struct hand_made made;
        hand_made_init(&made);
        add_kinds(&made, D - 55 + overlap, 20, 0);
        add_kinds(&made, D, 20, 0);
        struct record r = measure(&made, 28);
        assert_int_equal(r.because[MEASURE_mix_shift], overlap ? BECAUSE_TOO_NEW : BECAUSE_NONE);
        hand_made_done(&made);
    }
}

/* Days of the baseline that memory has forgotten still count. */
static void test_forgotten_baseline(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    add_kinds(&made, D - 130, 10, 5);
    add_kinds(&made, D - 129, 30, 15);
    add_kinds(&made, D, 10, 20);
    struct record whole = measure(&made, 28);
    struct workflow *workflow = &made.team.workflows[0];
    uint32_t *head = &workflow->heads[(D - 130) & (HAND_MADE_DAYS - 1)];
    cell_free(&made.shard.cells, *head);
    *head = 0;
    workflow->baseline_kinds[0] = 10;
    workflow->baseline_kinds[2] = 5;
    struct record forgotten = measure(&made, 28);
    assert_near(check_value(&forgotten, MEASURE_mix_shift), check_value(&whole, MEASURE_mix_shift), 0);
    assert_near(check_value(&forgotten, MEASURE_nonroutine_share_gain), 1.0 / 3, EXACT);
    hand_made_done(&made);
}

static void test_layered(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    for (int32_t day = D - 9; day <= D; day++)
        hand_made_add(&made, "w", day, ARM_AI, HAND_MADE_CELL([COUNTER_tasks] = 1));
    hand_made_redesign(&made, "w", D - 2);
    hand_made_redesign(&made, "w", D - 4);
    hand_made_redesign(&made, "elsewhere", D - 9);
    struct record r = measure(&made, 28);
    assert_near(check_value(&r, MEASURE_layered_share), 0.5, EXACT);
    hand_made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_why_unknown),
        cmocka_unit_test(test_mix_against_baseline),
        cmocka_unit_test(test_baseline_ends),
        cmocka_unit_test(test_forgotten_baseline),
        cmocka_unit_test(test_layered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

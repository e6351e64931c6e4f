/* Sums over nested windows: one pass backwards gives what each range gives alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/windows.h"
#include "unit/model/random_cells.h"

enum { D = 20500, ROUNDS = 20, DAYS_SEEN = 130 };

static const char *const names[] = {"zeta", "", "alpha", "alp"};
enum { NAMES = sizeof names / sizeof names[0] };

static void assert_same(const struct counters *a, const struct counters *b)
{
    for (int c = 0; c < COUNTERS; c++)
        assert_int_equal(a->at[c], b->at[c]);
}

/* Cell by cell, without any of the code under test but the look-up. */
static struct counters add_up(const struct hand_made *made, uint32_t arms, int32_t first_day)
{
    struct counters sums = {{0}};
    for (size_t w = 0; w < made->team.workflow_count; w++) {
        for (int32_t day = first_day; day <= D; day++) {
            uint32_t cell = team_cells(&made->team.workflows[w], day);
            for (; cell != 0; cell = cell_next(&made->shard.cells, cell)) {
                for (int c = 0; c < COUNTERS && (1U << cell_arm(&made->shard.cells, cell) & arms);
                     c++)
                    sums.at[c] += cell_get(&made->shard.cells, cell, (enum counter)c);
            }
        }
    }
    return sums;
}

static void test_nested(void **state)
{
    (void)state;
    static const int32_t windows[] = {1, 7, 28, 90};
    static const uint32_t pools[] = {ARMS_AI,  ARMS_BYPASS,   ARMS_MANUAL,
                                     ARMS_ALL, ARMS_AI_DRAWN, ARMS_MANUAL_DRAWN};
    struct dice dice = dice_take();
    for (int i = 0; i < ROUNDS; i++) {
        struct hand_made made;
        hand_made_init(&made);
        for (int n = 0; n < NAMES; n++)
            random_cells_fill(&dice, &made, names[n], D - DAYS_SEEN, D + 3, 0.3);
        struct window_sums *sums = windows_new(&made.shard, &made.team, D, WINDOWS_WHOLE_TEAM);
        for (size_t w = 0; w < sizeof windows / sizeof windows[0]; w++) {
            windows_extend(sums, D - windows[w] + 1);
            for (size_t p = 0; p < sizeof pools / sizeof pools[0]; p++) {
                struct counters pooled = {{0}};
                windows_pool_all(sums, pools[p], &pooled);
                struct counters expected = add_up(&made, pools[p], D - windows[w] + 1);
                assert_same(&pooled, &expected);
            }
        }
        windows_free(sums);
        hand_made_done(&made);
    }
}

static void test_order_is_that_of_bytes(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    for (int n = 0; n < NAMES; n++)
        hand_made_workflow(&made, names[n]);
    struct window_sums *sums = windows_new(&made.shard, &made.team, D, WINDOWS_WHOLE_TEAM);
    static const char *const sorted[NAMES] = {"", "alp", "alpha", "zeta"};
    assert_int_equal(sums->count, NAMES);
    for (int n = 0; n < NAMES; n++)
        assert_true(text_equal(sums->workflows[n].name, text_of(sorted[n])));
    windows_free(sums);
    sums = windows_new(&made.shard, &made.team, D, 2);
    assert_int_equal(sums->count, 1);
    assert_true(text_equal(sums->workflows[0].name, text_of("alpha")));
    windows_free(sums);
    hand_made_done(&made);
}

static void test_days(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    for (int32_t day = D - 3; day <= D + 1; day++)
        hand_made_add(&made, "w", day, ARM_AI, HAND_MADE_CELL([COUNTER_tasks] = day - D + 10));
    const struct workflow *workflow = &made.team.workflows[0];
    struct counters sums = {{0}};
    windows_add_days(&made.shard, workflow, ARMS_AI, D - 2, D, &sums);
    assert_int_equal(sums.at[COUNTER_tasks], 8 + 9 + 10);
    windows_add_days(&made.shard, workflow, ARMS_MANUAL, D - 2, D, &sums);
    assert_int_equal(sums.at[COUNTER_tasks], 27);
    /* Days that memory does not hold add nothing. */
    windows_add_days(&made.shard, workflow, ARMS_ALL, 0, HAND_MADE_FIRST_DAY - 1, &sums);
    windows_add_days(&made.shard, workflow, ARMS_ALL, HAND_MADE_FIRST_DAY + HAND_MADE_DAYS,
                     HAND_MADE_FIRST_DAY + 2 * HAND_MADE_DAYS, &sums);
    assert_int_equal(sums.at[COUNTER_tasks], 27);
    hand_made_done(&made);
}

/* Layered are AI tasks of days before the first redesign, wherever in a window that lies. */
static void test_layered(void **state)
{
    (void)state;
    for (int32_t redesign = D - 30; redesign <= D + 2; redesign++) {
        struct hand_made made;
        hand_made_init(&made);
        int64_t expected = 0;
        for (int32_t day = D - 27; day <= D; day++) {
            hand_made_add(&made, "w", day, ARM_AI, HAND_MADE_CELL([COUNTER_tasks] = 3));
            hand_made_add(&made, "w", day, ARM_NONE, HAND_MADE_CELL([COUNTER_tasks] = 5));
            expected += day < redesign ? 3 : 0;
        }
        hand_made_redesign(&made, "w", redesign);
        struct window_sums *sums = windows_new(&made.shard, &made.team, D, WINDOWS_WHOLE_TEAM);
        windows_extend(sums, D);
        windows_extend(sums, D - 6);
        windows_extend(sums, D - 27);
        assert_int_equal(sums->workflows[0].layered, expected);
        assert_int_equal(sums->workflows[0].by_arm[ARM_AI].at[COUNTER_tasks], 84);
        assert_int_equal(sums->workflows[0].by_arm[ARM_NONE].at[COUNTER_tasks], 140);
        windows_free(sums);
        hand_made_done(&made);
    }
}

static void test_sums_wrap_around(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    for (int32_t day = D - 1; day <= D; day++)
        hand_made_add(&made, "w", day, ARM_AI,
                      HAND_MADE_CELL([COUNTER_tasks] = 1, [COUNTER_effort_sq] = INT64_MAX));
    struct window_sums *sums = windows_new(&made.shard, &made.team, D, WINDOWS_WHOLE_TEAM);
    windows_extend(sums, D - 1);
    struct counters twice = {{0}}, once = {{0}};
    windows_pool_all(sums, ARMS_AI, &twice);
    assert_int_equal(twice.at[COUNTER_effort_sq], -2);
    windows_add_days(&made.shard, &made.team.workflows[0], ARMS_AI, D, D, &once);
    struct counters left = windows_minus(&twice, &once);
    assert_int_equal(left.at[COUNTER_effort_sq], INT64_MAX);
    windows_pool_all(sums, ARMS_AI, &twice);
    assert_int_equal(twice.at[COUNTER_effort_sq], -4);
    windows_free(sums);
    hand_made_done(&made);
}

static void test_silence(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    hand_made_add(&made, "edge", D - 89, ARM_AI_RANDOM,
                  HAND_MADE_CELL([COUNTER_tasks] = 5, [COUNTER_decided] = 1));
    hand_made_add(&made, "old", D - 90, ARM_AI,
                  HAND_MADE_CELL([COUNTER_tasks] = 5, [COUNTER_decided] = 5));
    hand_made_add(&made, "old", D, ARM_AI, HAND_MADE_CELL([COUNTER_tasks] = 5));
    struct window_sums *sums = windows_new(&made.shard, &made.team, D, WINDOWS_WHOLE_TEAM);
    assert_true(sums->decided[0]);
    assert_false(sums->decided[1]);
    assert_true(windows_any_decided(sums));
    windows_free(sums);
    sums = windows_new(&made.shard, &made.team, D, 1);
    assert_false(windows_any_decided(sums));
    windows_free(sums);
    assert_false(windows_is_decided(&made.shard, &made.team.workflows[0], D + 1));
    hand_made_done(&made);
}

static void test_manual_work(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    assert_false(windows_has_manual_work(&made.shard, &made.team, D));
    hand_made_add(&made, "w", D, ARM_AI, HAND_MADE_CELL([COUNTER_tasks] = 1));
    assert_false(windows_has_manual_work(&made.shard, &made.team, D));
    hand_made_add(&made, "w", D - 89, ARM_BYPASS, HAND_MADE_CELL([COUNTER_tasks] = 1));
    assert_true(windows_has_manual_work(&made.shard, &made.team, D));
    assert_false(windows_has_manual_work(&made.shard, &made.team, D + 1));
    hand_made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_order_is_that_of_bytes),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_manual_work),
        cmocka_unit_test(test_layered),
        cmocka_unit_test(test_sums_wrap_around),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

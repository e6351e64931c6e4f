/* A cell holds what was put in, however wide its counts must become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/cell.h"
#include "support/dice.h"

static const struct amounts nothing = {0};

static struct amounts random_amounts(struct dice *dice)
{
    struct amounts amounts = {.counts = UINT64_C(1) << COUNT_tasks};
    for (int c = 0; c < CELL_COUNTS; c++) {
        if (dice_below(dice, 4) == 0)
            amounts.counts |= UINT64_C(1) << c;
    }
    amounts.quality_sum = dice_below(dice, 10001);
    amounts.quality_sq = amounts.quality_sum * amounts.quality_sum;
    amounts.cycle_ln_sq = dice_below(dice, INT64_C(1) << 40);
    return amounts;
}

static void assert_reads(const struct cell_store *store, uint32_t cell,
                         const struct counters *expected)
{
    struct counters actual;
    cell_read(store, cell, &actual);
    for (int c = 0; c < COUNTERS; c++) {
        if (actual.at[c] != expected->at[c] ||
            cell_get(store, cell, (enum counter)c) != expected->at[c])
            fail_msg("%s: %lld, not %lld", cell_counter_name((enum counter)c),
                     (long long)actual.at[c], (long long)expected->at[c]);
    }
}

/* Put in 70,000 tasks (counts of one and of two bytes are outgrown), take back all but the first. */
static void test_grows_and_gives_back(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct cell_store store;
    cell_store_init(&store);
    uint32_t cell = cell_new(&store, ARM_BYPASS_RANDOM);
    cell_set_next(&store, cell, 12345);
    cell_set_dirty(&store, cell, true);
    struct counters expected = {{0}};
    struct dice again = dice;
    for (int i = 0; i < 70000; i++) {
        struct amounts amounts = random_amounts(&dice);
        cell = cell_apply(&store, cell, &amounts, &nothing);
        amounts_add_to(&amounts, 1, &expected);
        if (i == 254 || i == 256 || i == 65536)
            assert_reads(&store, cell, &expected);
    }
    assert_reads(&store, cell, &expected);
    assert_int_equal(cell_next(&store, cell), 12345);
    assert_int_equal(cell_arm(&store, cell), ARM_BYPASS_RANDOM);
    assert_true(cell_dirty(&store, cell));
    struct amounts first = random_amounts(&again);
    for (int i = 1; i < 70000; i++) {
        struct amounts amounts = random_amounts(&again);
        cell = cell_apply(&store, cell, &nothing, &amounts);
    }
    struct counters left = {{0}};
    amounts_add_to(&first, 1, &left);
    assert_reads(&store, cell, &left);
    assert_int_equal(cell_store_count(&store), 1);
    cell_free(&store, cell);
    assert_int_equal(cell_store_count(&store), 0);
    cell_store_done(&store);
}

/* Up to the last count that a byte holds and down again, whatever neighbours lie in the same chunk. */
static void test_bytes(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct cell_store store;
    cell_store_init(&store);
    enum { CELLS = 3, TASKS = 255 };
    uint32_t cells[CELLS];
    struct counters expected[CELLS] = {{{0}}};
    static struct amounts amounts[TASKS];
    for (int i = 0; i < CELLS; i++)
        cells[i] = cell_new(&store, ARM_AI);
    uint32_t narrow = cells[1];
    for (int i = 0; i < 2 * TASKS; i++) {
        struct amounts *task = &amounts[i % TASKS];
        bool comes = i < TASKS;
        if (comes)
            *task = random_amounts(&dice);
        cells[1] = cell_apply(&store, cells[1], comes ? task : &nothing, comes ? &nothing : task);
        amounts_add_to(task, comes ? 1 : -1, &expected[1]);
        for (int c = 0; c < CELLS; c++)
            assert_reads(&store, cells[c], &expected[c]);
    }
    assert_int_equal(cells[1], narrow);
    cell_store_done(&store);
}

/* A task that changes counts as if it were taken back and put in anew. */
static void test_change(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct cell_store store;
    cell_store_init(&store);
    uint32_t cell = cell_new(&store, ARM_AI);
    struct amounts held[8];
    struct counters expected = {{0}};
    for (int i = 0; i < 8; i++) {
        held[i] = random_amounts(&dice);
        cell = cell_apply(&store, cell, &held[i], &nothing);
        amounts_add_to(&held[i], 1, &expected);
    }
    for (int round = 0; round < 5000; round++) {
        struct amounts *changed = &held[dice_below(&dice, 8)], before = *changed;
        *changed = random_amounts(&dice);
        cell = cell_apply(&store, cell, changed, &before);
        amounts_add_to(&before, -1, &expected);
        amounts_add_to(changed, 1, &expected);
        assert_reads(&store, cell, &expected);
    }
    cell_store_done(&store);
}

static void test_merge_takes_any_width(void **state)
{
    (void)state;
    struct cell_store store;
    cell_store_init(&store);
    struct counters counters;
    for (int c = 0; c < COUNTERS; c++)
        counters.at[c] = (INT64_C(1) << (c % 40)) + c;
    uint32_t cell = cell_merge(&store, cell_new(&store, ARM_AI), &counters);
    assert_reads(&store, cell, &counters);
    struct counters sum = counters;
    cell_add_to(&store, cell, &sum);
    for (int c = 0; c < COUNTERS; c++)
        assert_int_equal(sum.at[c], 2 * counters.at[c]);
    cell_store_done(&store);
}

/* 100,000 tasks of the largest effort: the sum of squares does not fit, and yet comes off again. */
static void test_sums_wrap_around(void **state)
{
    (void)state;
    const struct amounts most = {.counts = UINT64_C(1) << COUNT_tasks | UINT64_C(1)
                                                                            << COUNT_effort_n,
                                 .effort_s10 = 10000000,
                                 .effort_sq = INT64_C(100000000000000)};
    const int tasks = 100000;
    struct cell_store store;
    cell_store_init(&store);
    uint32_t cell = cell_new(&store, ARM_AI);
    struct counters expected = {{0}};
    for (int i = 0; i < tasks; i++) {
        cell = cell_apply(&store, cell, &most, &nothing);
        amounts_add_to(&most, 1, &expected);
    }
    assert_true(expected.at[COUNTER_effort_sq] < 0);
    assert_reads(&store, cell, &expected);
    for (int i = 1; i < tasks; i++) {
        cell = cell_apply(&store, cell, &nothing, &most);
        amounts_add_to(&most, -1, &expected);
    }
    assert_reads(&store, cell, &expected);
    assert_int_equal(expected.at[COUNTER_effort_sq], most.effort_sq);
    cell_store_done(&store);
}

/* Chains of cells of every width, and of two arms. */
static void test_totals(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct cell_store store;
    cell_store_init(&store);
    struct counters expected[ARMS] = {{{0}}};
    struct cell_totals totals;
    cell_totals_init(&totals);
    for (int i = 0; i < 600; i++) {
        uint32_t chain = 0;
        for (int left = (int)dice_below(&dice, 4); left > 0; left--) {
            struct counters counters;
            bool wide = dice_below(&dice, 8) == 0;
            for (int c = 0; c < COUNTERS; c++) {
                bool sum = cell_counter_is_sum((enum counter)c);
                counters.at[c] =
                    dice_below(&dice, wide || sum ? INT64_C(1) << dice_below(&dice, 60) : 256);
            }
            enum arm arm = (enum arm)(2 + dice_below(&dice, 2));
            uint32_t cell = cell_merge(&store, cell_new(&store, arm), &counters);
            cell_set_next(&store, cell, chain);
            chain = cell;
            for (int c = 0; c < COUNTERS; c++)
                expected[arm].at[c] = cell_wrap_add(expected[arm].at[c], counters.at[c]);
        }
        cell_prefetch(&store, chain);
        cell_totals_add(&totals, &store, chain);
    }
    assert_int_equal(cell_totals_arms(&totals), 1U << ARM_NONE | 1U << ARM_NONE_RANDOM);
    for (enum arm arm = ARM_NONE; arm <= ARM_NONE_RANDOM; arm++) {
        struct counters sums = {{0}};
        cell_totals_add_to(&totals, arm, &sums);
        assert_memory_equal(&sums, &expected[arm], sizeof sums);
    }
    cell_store_done(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows_and_gives_back), cmocka_unit_test(test_bytes), cmocka_unit_test(test_change),
        cmocka_unit_test(test_merge_takes_any_width), cmocka_unit_test(test_sums_wrap_around),
        cmocka_unit_test(test_totals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

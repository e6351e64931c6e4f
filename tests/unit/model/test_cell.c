/* A cell holds what was put in, however wide its counts must become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/cell.h"
#include "support/dice.h"

static struct amounts random_amounts(struct dice *dice)
{
    struct amounts amounts = {.counts = UINT64_C(1) << COUNTER_tasks};
    for (int c = 0; c < COUNTERS; c++) {
        if (!cell_counter_is_sum((enum counter)c) && dice_below(dice, 4) == 0)
            amounts.counts |= UINT64_C(1) << c;
    }
    amounts.quality_sum = dice_below(dice, 10001);
    amounts.quality_sq = amounts.quality_sum * amounts.quality_sum;
    amounts.cycle_ln_sq = dice_below(dice, INT64_C(1) << 40);
    return amounts;
}

static void assert_reads(const struct cell_store *store, uint32_t cell, const struct counters *expected)
{
    struct counters actual;
    cell_read(store, cell, &actual);
    for (int c = 0; c < COUNTERS; c++) {
        if (actual.at[c] != expected->at[c] || cell_get(store, cell, (enum counter)c) != expected->at[c])
            fail_msg("%s: %lld, not %lld", cell_counter_name((enum counter)c), (long long)actual.at[c],
                     (long long)expected->at[c]);
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
        cell = cell_apply(&store, cell, &amounts, 1);
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
        cell = cell_apply(&store, cell, &amounts, -1);
    }
    struct counters left = {{0}};
    amounts_add_to(&first, 1, &left);
    assert_reads(&store, cell, &left);
    assert_int_equal(cell_store_count(&store), 1);
    cell_free(&store, cell);
    assert_int_equal(cell_store_count(&store), 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_grows_and_gives_back),
                                       cmocka_unit_test(test_merge_takes_any_width)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

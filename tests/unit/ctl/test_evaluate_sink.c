/* What stands for PostgreSQL keeps cells as PostgreSQL does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ctl/evaluate_sink.h"

static struct cell_row row_of(int64_t tasks, int64_t effort_sq)
{
    struct cell_row row = {
        .team = text_of("a"), .workflow = text_of(""), .day = 20000, .arm = ARM_AI};
    row.counters.at[COUNTER_tasks] = tasks;
    row.counters.at[COUNTER_effort_sq] = effort_sq;
    return row;
}

static int64_t kept_sum(struct evaluate_sink *sink)
{
    size_t count;
    struct kept_cell *cells = evaluate_sink_sort_cells(sink, &count);
    assert_int_equal(count, 1);
    int64_t value = cell_get(&sink->store, cells[0].cell, COUNTER_effort_sq);
    mem_free(cells);
    return value;
}

/* Sums over very many tasks wrap around at 2^64; the sanitizer sees one that is not meant to. */
static void test_a_row_replaces_a_sum_of_any_size(void **state)
{
    (void)state;
    static const int64_t sums[] = {INT64_MAX, -2, INT64_MAX, INT64_MIN, 1, INT64_MIN, 0};
    struct evaluate_sink sink;
    evaluate_sink_init(&sink);
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        struct cell_row row = row_of(1, sums[i]);
        sink.sink.cell(sink.sink.arg, &row);
        assert_int_equal(kept_sum(&sink), sums[i]);
    }
    evaluate_sink_done(&sink);
}

static void test_a_difference_goes_round(void **state)
{
    (void)state;
    struct evaluate_sink sink;
    evaluate_sink_init(&sink);
    struct cell_row row = row_of(1, INT64_MAX);
    sink.sink.cell(sink.sink.arg, &row);
    row.difference = true;
    sink.sink.cell(sink.sink.arg, &row);
    assert_int_equal(kept_sum(&sink), -2);
    evaluate_sink_done(&sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row_replaces_a_sum_of_any_size),
        cmocka_unit_test(test_a_difference_goes_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

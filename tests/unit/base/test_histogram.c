/* Tests of base/histogram. */
#include "base/histogram.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

static void bounds_ascend(void **state)
{
    (void)state;
    for (int i = 1; i < HISTOGRAM_BOUNDS; i++)
        assert_true(histogram_bounds_us[i] > histogram_bounds_us[i - 1]);
}

static void a_value_lies_below_its_bound(void **state)
{
    (void)state;
    for (int i = 0; i < HISTOGRAM_BOUNDS; i++) {
        struct histogram histogram = {0};
        histogram_add(&histogram, histogram_bounds_us[i]);
        histogram_add(&histogram, histogram_bounds_us[i] + 1);
        assert_int_equal(histogram.buckets[i], 1);
        assert_int_equal(histogram.buckets[i + 1], 1);
        assert_int_equal(histogram.count, 2);
        assert_int_equal(histogram.sum_us, 2 * histogram_bounds_us[i] + 1);
        assert_int_equal(histogram.max_us, histogram_bounds_us[i] + 1);
    }
}

static void a_clock_that_stepped_back_counts_as_nothing(void **state)
{
    (void)state;
    struct histogram histogram = {0};
    histogram_add(&histogram, -5);
    assert_int_equal(histogram.buckets[0], 1);
    assert_int_equal(histogram.sum_us, 0);
}

static void one_joins_another(void **state)
{
    (void)state;
    struct histogram a = {0}, b = {0};
    histogram_add(&a, 100);
    histogram_add(&b, 100);
    histogram_add(&b, INT64_C(90000000000));
    histogram_join(&a, &b);
    assert_int_equal(a.buckets[0], 2);
    assert_int_equal(a.buckets[HISTOGRAM_BOUNDS], 1);
    assert_int_equal(a.count, 3);
    assert_int_equal(a.sum_us, INT64_C(90000000200));
    assert_int_equal(a.max_us, INT64_C(90000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_ascend),
        cmocka_unit_test(a_value_lies_below_its_bound),
        cmocka_unit_test(a_clock_that_stepped_back_counts_as_nothing),
        cmocka_unit_test(one_joins_another),
    };
    return cmocka_run_group_tests_name("base/histogram", tests, NULL, NULL);
}

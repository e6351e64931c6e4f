/* Samples are found in a page of /metrics by name and partition, and nothing that only looks alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ctl/metrics_page.h"

static const char page[] = "# HELP uptake_lag_events Messages.\n"
                           "# TYPE uptake_lag_events gauge\n"
                           "uptake_lag_events{topic=\"a\",partition=\"1\"} 3\n"
                           "uptake_lag_events{topic=\"b\",partition=\"1\"} 4\n"
                           "uptake_lag_events{topic=\"a\",partition=\"11\"} 100\n"
                           "uptake_lag_events_more{partition=\"1\"} 1000\n"
                           "uptake_redis_up 1\n";

static void samples_are_summed(void **state)
{
    (void)state;
    double sum = -1;
    assert_true(metrics_page_sum(page, "uptake_lag_events", 1, &sum));
    assert_true(sum == 7);
    assert_true(metrics_page_sum(page, "uptake_lag_events", 11, &sum));
    assert_true(sum == 100);
    assert_true(metrics_page_sum(page, "uptake_lag_events", -1, &sum));
    assert_true(sum == 107);
    assert_true(metrics_page_sum(page, "uptake_redis_up", -1, &sum));
    assert_true(sum == 1);
}

static void the_greatest_is_found(void **state)
{
    (void)state;
    double most = -1;
    assert_true(metrics_page_most(page, "uptake_lag_events", &most));
    assert_true(most == 100);
    assert_false(metrics_page_most(page, "uptake_lag", &most));
    assert_true(metrics_page_most("a -3\na -2\n", "a", &most));
    assert_true(most == -2);
}

static void what_is_not_there_is_not_found(void **state)
{
    (void)state;
    double sum = -1;
    assert_false(metrics_page_sum(page, "uptake_lag_events", 2, &sum));
    assert_false(metrics_page_sum(page, "uptake_lag", -1, &sum));
    assert_false(metrics_page_sum(page, "uptake_redis_up", 0, &sum));
    assert_false(metrics_page_sum("", "uptake_redis_up", -1, &sum));
    assert_true(sum == -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_summed),
        cmocka_unit_test(the_greatest_is_found),
        cmocka_unit_test(what_is_not_there_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
